"""Lists of servers as they are met in the wild: each format is read, and each bad row has a reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domains import DomainRule, Filter, list_rules, set_rule
from moderation.domains.exporting import WRITERS
from moderation.domains.lists import Form, parse
from moderation.domains.planning import Change, Plan, Wishes, plan
from moderation.values import Severity
from tests.moderation.cast import House

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def said(text: str, **more: object) -> dict[str, Severity]:
    """What a list says of which domain."""
    return {draft.domain: draft.severity for draft in parse(text, **more).drafts}  # type: ignore[arg-type]


def rule(domain: str, severity: Severity, **more: object) -> DomainRule:
    """A rule as it might be in force."""
    given: dict[str, object] = {
        "reject_media": False, "reject_reports": False, "obfuscate": False, "public_comment": "",
        "private_comment": "", "set_by": "ana", "set_at": NOW,
    }  # fmt: skip
    return DomainRule(domain, severity, **(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "header",
    [
        "#domain,#severity,#public_comment",
        "domain,severity,public_comment",
        "Domain;Severity;Public comment",
        "instance\tlevel\treason",
        "domain,severity,comment,sources,seen",
    ],
)
def test_columns_by_their_many_names_are_mastodons(header: str) -> None:
    sign = ";" if ";" in header else "\t" if "\t" in header else ","
    found = parse(f"{header}\nbad.example{sign}suspend{sign}spam\n")
    assert [(one.domain, one.severity, one.public_comment) for one in found.drafts] == [
        ("bad.example", Severity.SUSPEND, "spam")
    ]
    assert found.form is Form.CSV and found.refused == ()


def test_columns_without_a_meaning_are_named_and_do_no_harm() -> None:
    assert parse("domain,seen_on,severity\nbad.example,three lists,silence\n").ignored == ("seen_on",)


def test_a_comment_of_several_lines_is_one_cell_and_an_open_quote_costs_its_own_line_alone() -> None:
    found = parse('domain,public_comment\nbad.example,"first\nsecond"\nodd.example,"never closed\nnext.example,fine\n')
    assert {one.domain: one.public_comment for one in found.drafts} == {
        "bad.example": "first\nsecond",
        "next.example": "fine",
    }
    assert [one.line for one in found.refused] == [4]


def test_words_of_other_lists_for_severities_are_understood() -> None:
    lines = "a.example,limit\nb.example,block\nc.example,none\nd.example,reject\n"
    assert said("domain,severity\n" + lines) == {
        "a.example": Severity.SILENCE, "b.example": Severity.SUSPEND,
        "c.example": Severity.NOOP, "d.example": Severity.SUSPEND,
    }  # fmt: skip


def test_gotosocials_export_has_no_severities() -> None:
    text = json.dumps(
        [{"domain": "bad.example", "public_comment": "spam", "obfuscate": True}, {"domain": "worse.example"}, 5]
    )
    found = parse(text, severity=Severity.SILENCE)
    assert found.form is Form.DOMAINS and [one.line for one in found.refused] == [3]
    assert {one.domain: (one.severity, one.obfuscate) for one in found.drafts} == {
        "bad.example": (Severity.SILENCE, True),
        "worse.example": (Severity.SILENCE, False),
    }


def test_a_servers_public_list_names_hidden_domains_by_their_hash() -> None:
    digest = sha256(b"bad.example").hexdigest()
    text = json.dumps(
        [
            {"domain": "b*d.ex**ple", "digest": digest, "severity": "silence", "comment": "why"},
            {"domain": "x*y.example", "digest": "0" * 64, "severity": "suspend"},
            {"domain": "z*z.example", "severity": "suspend"},
        ]
    )
    found = parse(text, known={digest: "bad.example"})
    assert [(one.domain, one.severity, one.public_comment) for one in found.drafts] == [
        ("bad.example", Severity.SILENCE, "why")
    ]
    assert ["hash" in one.reason for one in found.refused] == [True, True]


def test_rapidblock_takes_back_what_it_no_longer_blocks() -> None:
    blocks = {
        "bad.example": {"isBlocked": True, "reason": "spam", "tags": ["spam", "malware"]},
        "mended.example": {"isBlocked": False, "reason": "mended"},
    }
    found = parse(json.dumps({"@spec": "https://rapidblock.example/spec/v1/", "blocks": blocks}))
    assert found.form is Form.RAPIDBLOCK
    assert [(one.draft.domain, one.labels) for one in found.entries] == [("bad.example", ("spam", "malware"))]
    assert [(one.domain, one.reason) for one in found.retracted] == [("mended.example", "mended")]


def test_akkomas_simple_policies_become_one_rule_for_each_domain() -> None:
    federation = {
        "mrf_simple": {
            "reject": ["bad.example"],
            "media_removal": ["loud.example", "bad.example"],
            "media_nsfw": ["loud.example"],
            "federated_timeline_removal": ["bots.example"],
            "reject_deletes": ["odd.example"],
        },
        "mrf_simple_info": {"reject": {"bad.example": {"reason": "spam"}}},
    }
    found = parse(json.dumps({"metadata": {"federation": federation}}))
    assert found.form is Form.SIMPLE_POLICY
    assert {one.domain: (one.severity, one.reject_media, set(one.filters)) for one in found.drafts} == {
        "bad.example": (Severity.SUSPEND, True, set()),
        "loud.example": (Severity.NOOP, True, {Filter.SENSITIVE}),
        "bots.example": (Severity.NOOP, False, {Filter.UNLISTED}),
    }
    assert found.drafts[0].public_comment == "spam"
    assert [one.text for one in found.refused] == ["odd.example"]


def test_fediseers_censures_suspend_and_hesitations_silence() -> None:
    text = json.dumps(
        {
            "instances": [
                {"domain": "bad.example", "censure_reasons": ["spam", "spam"], "censure_evidence": ["a link"]},
                {"domain": "odd.example", "censure_reasons": None, "hesitation_reasons": ["loud"]},
            ]
        }
    )
    found = parse(text)
    assert {one.domain: (one.severity, one.public_comment, one.private_comment) for one in found.drafts} == {
        "bad.example": (Severity.SUSPEND, "spam", "a link"),
        "odd.example": (Severity.SILENCE, "loud", ""),
    }
    assert said('{"domains": ["bad.example"]}') == said('{"csv": "bad.example"}') == {"bad.example": Severity.SUSPEND}


def test_fires_recommends_advises_and_retracts() -> None:
    def change(kind: str, key: str, **more: object) -> dict[str, object]:
        return {"type": kind, "entityKind": "domain", "entityKey": key, **more}

    items = [
        change("Recommendation", "bad.example", recommendedPolicy="drop", labels=["https://fires.example/labels/1"]),
        change("Recommendation", "loud.example", recommendedPolicy="filter", recommendedFilters=["reject-media"]),
        change("Recommendation", "good.example", recommendedPolicy="accept"),
        change("Recommendation", "odd.example", recommendedPolicy="banish"),
        change("Advisory", "new.example"),
        change("Retraction", "bad.example", comment="mended"),
        {"type": "Recommendation", "entityKind": "actor", "entityKey": "https://bad.example/users/x"},
    ]
    found = parse(json.dumps({"type": "OrderedCollection", "orderedItems": items}))
    assert found.form is Form.FIRES
    assert {one.domain: (one.severity, one.reject_media) for one in found.drafts} == {
        "loud.example": (Severity.SILENCE, True), "good.example": (Severity.ALLOW, False),
        "new.example": (Severity.NOOP, False),
    }  # fmt: skip
    assert [one.domain for one in found.retracted] == ["bad.example"] and len(found.refused) == 2


@pytest.mark.parametrize(
    "text", ["<!doctype html><p>404", '{"error": "gone"}', "<?xml version='1.0'?><a/>", '{"a": 1}']
)
def test_what_is_no_list_is_one_refusal(text: str) -> None:
    found = parse(text)
    assert found.entries == () and len(found.refused) == 1


@given(st.recursive(st.none() | st.booleans() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["blocks", "instances", "mrf_simple", "items", "domain", "type", "entityKey", "csv"]), inner
), max_leaves=12))  # fmt: skip
def test_any_document_is_read_without_an_error(document: object) -> None:
    parse(json.dumps(document))


def test_round_trips_keep_everything_and_foreign_ones_keep_our_notes(house: House) -> None:
    set_rule(
        house.session, "bad.example", Severity.SILENCE, "ana", house.now, private_comment="ours",
        public_comment="theirs", subdomains=False, filters=frozenset({Filter.TRENDS, Filter.BOOSTS}),
        expires_at=house.now + timedelta(days=9),
    )  # fmt: skip
    rules = list_rules(house.session)
    there = {each.domain: each for each in rules}
    assert plan(parse(WRITERS["ostiary"](rules)), there, Wishes()).of(Change.KEPT)
    assert plan(parse(WRITERS["mastodon"](rules)), there, Wishes()).of(Change.KEPT)
    changed = parse("domain,severity,public_comment\nbad.example,suspend,worse\n")
    (draft,) = plan(changed, there, Wishes()).drafts
    assert (draft.private_comment, draft.public_comment, draft.severity) == ("ours", "worse", Severity.SUSPEND)


def drafts(found: Plan) -> dict[str, Severity]:
    """What a plan sets."""
    return {draft.domain: draft.severity for draft in found.drafts}


def test_a_list_makes_nothing_milder_and_bars_nobody_who_is_let_in_by_name_unless_it_is_told_to() -> None:
    there = {
        "strict.example": rule("strict.example", Severity.SUSPEND),
        "friend.example": rule("friend.example", Severity.ALLOW),
        "mild.example": rule("mild.example", Severity.SILENCE),
    }
    asked = parse("strict.example,silence\nfriend.example,suspend\nmild.example,suspend\n")
    assert drafts(plan(asked, there, Wishes())) == {"mild.example": Severity.SUSPEND}
    assert len(plan(asked, there, Wishes()).of(Change.CONFLICT)) == 2
    assert len(drafts(plan(asked, there, Wishes(overrule=True)))) == 3


def test_followed_domains_are_spared_excluded_ones_untouched_and_a_list_has_its_bound() -> None:
    asked = parse("loved.example\nours.example\nlast.example\n")
    wishes = Wishes(followed=frozenset({"loved.example"}), excludes=frozenset({"ours.example"}))
    found = plan(asked, {}, wishes)
    assert drafts(found) == {"loved.example": Severity.SILENCE, "last.example": Severity.SUSPEND}
    assert [step.downgraded for step in found.steps] == [True, False, False]
    assert [step.draft.domain for step in found.of(Change.EXCLUDED)] == ["ours.example"]
    assert set(drafts(plan(asked, {}, Wishes(at_most=Severity.NOOP))).values()) == {Severity.NOOP}


def test_a_subscribed_list_changes_its_own_rules_and_no_persons() -> None:
    there = {
        "theirs.example": rule("theirs.example", Severity.SILENCE, source="list:1"),
        "ours.example": rule("ours.example", Severity.SILENCE),
    }
    found = plan(parse("theirs.example\nours.example\n"), there, Wishes(source="list:1"))
    assert drafts(found) == {"theirs.example": Severity.SUSPEND}
    assert found.drafts[0].source == "list:1" and len(found.of(Change.CONFLICT)) == 1


@pytest.mark.parametrize("severity", ["accept", "noop", "silence"])
@pytest.mark.parametrize("source", ["list:1", ""])
def test_no_list_takes_a_server_out_of_what_the_house_said_of_its_parent(severity: str, source: str) -> None:
    there = {"spam.example": rule("spam.example", Severity.SUSPEND)}
    asked = parse(f"www.spam.example,{severity}\nother.example,{severity}\n")
    found = plan(asked, there, Wishes(source=source))
    assert [draft.domain for draft in found.drafts] == ["other.example"]
    (conflict,) = found.of(Change.CONFLICT)
    assert conflict.before is None and conflict.now == there["spam.example"]
    assert len(plan(asked, there, Wishes(overrule=True)).drafts) == 2


@pytest.mark.parametrize("severity", ["suspend", "hold", "silence", "noop"])
@pytest.mark.parametrize("source", ["list:1", ""])
def test_no_list_bars_a_server_whose_parent_the_house_lets_in_by_name(severity: str, source: str) -> None:
    there = {
        "friend.example": rule("friend.example", Severity.ALLOW),
        "alone.example": rule("alone.example", Severity.ALLOW, subdomains=False),
        "theirs.friend.example": rule("theirs.friend.example", Severity.SUSPEND, source="list:1"),
    }
    asked = parse(f"www.friend.example,{severity}\nwww.alone.example,{severity}\n")
    found = plan(asked, there, Wishes(source=source))
    assert [draft.domain for draft in found.drafts] == ["www.alone.example"]
    (conflict,) = found.of(Change.CONFLICT)
    assert conflict.before is None and conflict.now == there["friend.example"]
    assert len(plan(asked, there, Wishes(overrule=True)).drafts) == 2
    nearer = plan(parse("theirs.friend.example,silence\n"), there, Wishes(source="list:1"))
    assert drafts(nearer) == {"theirs.friend.example": Severity.SILENCE}


def test_a_list_may_bar_below_what_a_list_let_in_and_let_in_below_what_the_house_did() -> None:
    there = {
        "theirs.example": rule("theirs.example", Severity.ALLOW, source="list:2"),
        "friend.example": rule("friend.example", Severity.ALLOW),
        "www.friend.example": rule("www.friend.example", Severity.SILENCE, source="list:1"),
    }
    asked = parse("w.theirs.example,suspend\nw.friend.example,accept\nwww.friend.example,suspend\n")
    found = plan(asked, there, Wishes(source="list:1"))
    assert drafts(found) == {"w.theirs.example": Severity.SUSPEND, "w.friend.example": Severity.ALLOW}
    assert [step.draft.domain for step in found.of(Change.CONFLICT)] == ["www.friend.example"]


def test_what_a_rule_of_the_house_leaves_alone_or_does_less_to_is_a_lists_to_name() -> None:
    there = {
        "alone.example": rule("alone.example", Severity.SUSPEND, subdomains=False),
        "mild.example": rule("mild.example", Severity.SILENCE),
        "spam.example": rule("spam.example", Severity.SUSPEND),
        "near.spam.example": rule("near.spam.example", Severity.NOOP),
        "theirs.example": rule("theirs.example", Severity.SUSPEND, source="list:2"),
    }
    asked = parse("w.alone.example,noop\nw.mild.example,suspend\nw.near.spam.example,silence\nw.theirs.example,noop\n")
    assert len(plan(asked, there, Wishes(source="list:1")).drafts) == 4


def test_a_servers_own_rule_may_become_stricter_by_a_list_though_its_parents_is_stricter_still() -> None:
    there = {
        "spam.example": rule("spam.example", Severity.SUSPEND),
        "www.spam.example": rule("www.spam.example", Severity.FILTER, source="list:1"),
    }
    wishes = Wishes(source="list:1")
    assert drafts(plan(parse("www.spam.example,silence\n"), there, wishes)) == {"www.spam.example": Severity.SILENCE}
    assert plan(parse("www.spam.example,noop\n"), there, wishes).of(Change.CONFLICT)


@pytest.mark.parametrize(
    "said",
    [
        {"subdomains": False},
        {"expires_at": "2027-01-01T00:00:00+00:00"},
        {"filters": ["avatars"]},
        {"reject_media": False},
        {"reject_reports": False},
    ],
)
def test_a_list_taken_by_hand_makes_a_rule_of_the_house_no_weaker_under_the_same_word(said: dict[str, object]) -> None:
    given = {"reject_media": True, "reject_reports": True, "filters": frozenset({Filter.AVATARS, Filter.TRENDS})}
    there = {"bad.example": rule("bad.example", Severity.SILENCE, **given)}
    asked = parse(json.dumps({"domain": "bad.example", "severity": "silence"} | said))
    assert plan(asked, there, Wishes()).of(Change.CONFLICT)
    assert plan(asked, there, Wishes(overrule=True)).of(Change.CHANGED)


def test_what_a_suspension_does_anyway_is_not_missed_and_more_than_before_is_no_conflict() -> None:
    there = {
        "bad.example": rule("bad.example", Severity.SILENCE, reject_media=True, filters=frozenset({Filter.AVATARS})),
        "worse.example": rule("worse.example", Severity.SILENCE, expires_at=NOW),
        "list.example": rule("list.example", Severity.SILENCE, reject_media=True, source="list:1"),
    }
    rows = [
        {"domain": "bad.example", "severity": "suspend", "reject_media": False},
        {"domain": "worse.example", "severity": "silence", "expires_at": "2027-01-01T00:00:00+00:00"},
        {"domain": "list.example", "severity": "silence", "reject_media": False},
    ]
    asked = parse("".join(json.dumps(row) + "\n" for row in rows))
    assert len(plan(asked, there, Wishes()).of(Change.CHANGED)) == 3


def test_what_a_refused_row_names_is_told_as_far_as_it_can_be() -> None:
    found = parse("domain,severity\nBad.example,suspendd\nb**.example,suspend\nfine.example,silence\n")
    assert set(found.unread) == {"bad.example", "b**.example"} and len(found.refused) == 2
    assert parse("bad.example\nnot a domain at all\n").unread == ("*",)


def test_what_covers_an_excluded_server_is_left_out_but_for_a_rule_without_subdomains() -> None:
    wishes = Wishes(excludes=frozenset({"good.parent.example"}))
    found = plan(parse("parent.example\nbad.parent.example\nnotparent.example\nexample.org\n"), {}, wishes)
    assert [step.draft.domain for step in found.of(Change.COVERS)] == ["parent.example"]
    assert set(drafts(found)) == {"bad.parent.example", "notparent.example", "example.org"}
    alone = parse(json.dumps({"domain": "parent.example", "severity": "suspend", "subdomains": False}))
    assert set(drafts(plan(alone, {}, wishes))) == {"parent.example"}
