"""Domain rules: the most specific wins; lists of others are read line by line and written so that others can read them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import uris
from moderation.domains import DomainRules, editing, history, lift_rule, list_rules, names, rule_for, set_rule, suffixes
from moderation.domains.exporting import mastodon, ostiary
from moderation.domains.lists import parse
from moderation.domains.names import canonical, for_rule, parents
from moderation.domains.values import Filter, RuleDraft
from moderation.errors import BadDomainError, NotFoundError
from moderation.values import Severity, Verb
from tests.moderation.cast import House


def test_the_most_specific_parent_is_in_force(house: House) -> None:
    set_rule(house.session, "bad.example", Severity.SUSPEND, "ana", house.now)
    set_rule(house.session, "good.bad.example", Severity.ALLOW, "ana", house.now)
    rules = DomainRules.load(house.session)
    for domain, expected in (
        ("bad.example", "bad.example"),
        ("deep.down.bad.example", "bad.example"),
        ("x.good.bad.example", "good.bad.example"),
        ("bad.example:8443", "bad.example"),
        ("notbad.example", None),
    ):
        found, straight = rules.match(domain), rule_for(house.session, domain)
        assert (found.domain if found else None) == expected == (straight.domain if straight else None)


def test_a_cache_is_fresh_again_after_any_change(house: House) -> None:
    cached = DomainRules.load(house.session)
    assert DomainRules.fresh(house.session, cached) is cached
    set_rule(house.session, "bad.example", Severity.SILENCE, "ana", house.now)
    changed = DomainRules.fresh(house.session, cached)
    assert changed.match("bad.example") is not None
    lift_rule(house.session, "bad.example", "ana", house.now)
    assert DomainRules.fresh(house.session, changed).match("bad.example") is None


def test_a_rule_is_set_changed_and_lifted_as_events_with_effects(house: House) -> None:
    one = set_rule(house.session, "Bad.Example", Severity.SILENCE, "ana", house.now, private_comment="our secret")
    two = set_rule(house.session, "bad.example", Severity.SUSPEND, "ben", house.now)
    three = lift_rule(house.session, "bad.example", "ana", house.now)
    effects = [each.effects[0] for each in (one, two, three)]
    assert [effect.verb for effect in effects] == [Verb.BLOCK_DOMAIN, Verb.BLOCK_DOMAIN, Verb.UNBLOCK_DOMAIN]
    assert [effect.params["before"] for effect in effects] == [None, "silence", "suspend"]
    assert "secret" not in str(effects)
    assert [row.what for row in history(house.session, "bad.example")] == ["set", "set", "lifted"]
    with pytest.raises(NotFoundError):
        lift_rule(house.session, "bad.example", "ana", house.now)


@pytest.mark.parametrize(
    ("domain", "reason"),
    [
        ("", "empty"),
        ("com", "top-level"),
        ("*.bad.example", "wildcards"),
        ("https://bad.example", "without scheme"),
        ("bad.example/path", "without scheme"),
        ("@mallory@bad.example", "without scheme"),
        ("bad example", "without scheme"),
        ("ostiary.example", "own domain"),
        ("co.uk", "strangers register"),
        *((name, "strangers register") for name in ("com.vn", "co.th", "github.io", "masto.host", "wordpress.com")),
        *(
            (name, "strangers register")
            for name in ("公司.cn", "sch.uk", "borough.sch.uk", "kobe.jp", "GitHub.io:8443")
        ),
        ("-bad.example", "not a domain"),
        ("bad..example", "not a domain"),
        ("xn--\x80.example", "not a domain"),
        ("a\u200db.example", "international"),
        ("\ud800.example", "international"),
        ("xn--.example", "not a domain"),
        ("bad.example:99999", "not a port"),
        ("bad.example:0", "not a port"),
        ("a" * 64 + ".example", "not a domain"),
        ("a." * 200 + "example", "not a domain"),
        ("a" * 5000, "too long"),
    ],
)
def test_a_domain_that_no_rule_can_be_made_for_is_refused_with_one_reason(domain: str, reason: str) -> None:
    with pytest.raises(BadDomainError) as refused:
        for_rule(domain, own="ostiary.example")
    assert reason in refused.value.safe


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("BAD.Example.", "bad.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("XN--FA-HIA.example", "xn--fa-hia.example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("xn--nxasmm1c.example", "xn--nxasmm1c.example"),
        ("نامه\u200cای.example:8443", "xn--mgba3gch31f060k.example:8443"),
        ("xn--mgba3gch31f060k.example", "xn--mgba3gch31f060k.example"),
        ("xn--zzzzzz9999999.example", "xn--zzzzzz9999999.example"),
        ("xn--fa-hia.bücher.example", "xn--fa-hia.xn--bcher-kva.example"),
        ("💩.example", "xn--ls8h.example"),
        ("a_b.example", "a_b.example"),
        ("bad.example:8443", "bad.example:8443"),
        ("127.0.0.1:3000", "127.0.0.1:3000"),
        ("[::1]:3000", "[::1]:3000"),
        ("localhost:3000", "localhost:3000"),
    ],
)
def test_each_domain_has_one_spelling(written: str, stored: str) -> None:
    assert for_rule(written) == stored


@pytest.mark.parametrize(
    "written", ["faß.example", "ΒΌΛΟΣ.example", "βόλος.example", "نامه\u200cای.example", "bücher.example"]
)
def test_a_rule_is_for_the_server_that_the_wire_names(written: str) -> None:
    assert for_rule(written) == uris.normal_host(written)


@pytest.mark.parametrize(
    "domain", ["bad.github.io", "ngrok.io", "school.borough.sch.uk", "city.kobe.jp", "www.ck", "a.co.uk"]
)
def test_a_rule_can_be_made_for_who_registered_under_a_suffix(domain: str) -> None:
    assert for_rule(domain) == domain


def test_the_list_of_suffixes_is_kept_in_ascii_with_its_licence_and_without_top_level_domains() -> None:
    kept = suffixes.compact("// VERSION: 7\n// a comment\ncom\ncom.vn\n*.sch.uk\n!city.kobe.jp\n公司.cn\n")
    assert kept.startswith("// This Source Code Form is subject to the terms of the Mozilla Public")
    rules = [line for line in kept.splitlines() if not line.startswith("//")]
    assert rules == ["!city.kobe.jp", "*.sch.uk", "com.vn", "xn--55qx5d.cn"] and "// VERSION: 7\n" in kept


def test_an_address_has_no_parents() -> None:
    assert parents("127.0.0.1:3000") == ["127.0.0.1:3000", "127.0.0.1"]
    assert parents("a.b.example") == ["a.b.example", "b.example", "example"]


MASTODON = """#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
bad.example,suspend,True,true,"spam, and worse",false
loud.example,silence,false,false,,true
com,suspend,false,false,,false
odd.example,banish,false,false,,false
"""


def test_mastodons_list_is_read_with_a_reason_for_each_refused_line() -> None:
    found = parse(MASTODON, own="ostiary.example")
    assert [(each.domain, each.severity, each.reject_media) for each in found.drafts] == [
        ("bad.example", Severity.SUSPEND, True),
        ("loud.example", Severity.SILENCE, False),
    ]
    assert found.drafts[0].public_comment == "spam, and worse" and found.drafts[1].obfuscate
    assert [(each.line, each.text.split(",")[0]) for each in found.refused] == [(4, "com"), (5, "odd.example")]


def test_headers_without_signs_and_plain_lists_are_read_too() -> None:
    assert parse("domain,severity\nbad.example,silence\n").drafts[0].severity is Severity.SILENCE
    plain = parse("# my list\nbad.example\n\nworse.example\nbad.example\n")
    assert [each.domain for each in plain.drafts] == ["bad.example", "worse.example"]
    assert {each.severity for each in plain.drafts} == {Severity.SUSPEND} and plain.refused == ()


def test_our_own_format_loses_nothing_and_mastodons_has_words_that_it_knows(house: House) -> None:
    for severity in Severity:
        set_rule(
            house.session, f"{severity.value}.example", severity, "ana", house.now,
            public_comment="two\nlines", private_comment="only ours", reject_media=True,
        )  # fmt: skip
    rules = list_rules(house.session)
    again = parse(ostiary(rules))
    assert again.refused == ()
    assert {(each.domain, each.severity, each.private_comment) for each in again.drafts} == {
        (f"{severity.value}.example", severity, "only ours") for severity in Severity
    }
    csv = parse(mastodon(rules))
    assert {each.domain: each.severity.value for each in csv.drafts} == {
        "suspend.example": "suspend", "silence.example": "silence", "hold.example": "silence",
        "filter.example": "silence", "noop.example": "noop",
    }  # fmt: skip
    assert "only ours" not in mastodon(rules) and csv.refused == ()
    assert mastodon(rules).startswith("#domain,#severity")


def test_every_line_of_nonsense_gets_a_reason() -> None:
    lines = ['{"domain": 5}', "{broken", '{"domain": "a.example", "x": 1}', '{"domain":"a.example","severity":[]}',
             "[" * 5000, '"', "a.example,suspend,maybe,1,2,3,4,5"]  # fmt: skip
    found = parse("\n".join(lines))
    assert found.drafts == () and len(found.refused) == len(lines)
    assert all(each.reason for each in found.refused)


@given(st.text(max_size=300))
def test_any_text_is_a_domain_or_refused(text: str) -> None:
    try:
        name = canonical(text)
    except BadDomainError:
        return
    assert canonical(name) == name


@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_list_is_read_without_an_error(lines: list[str]) -> None:
    found = parse("\n".join(lines), own="ostiary.example")
    assert len({each.domain for each in found.drafts}) == len(found.drafts)


@given(st.recursive(st.none() | st.booleans() | st.text() | st.integers(), lambda inner: st.lists(inner), max_leaves=5))
def test_any_json_value_in_any_field_is_read_without_an_error(value: object) -> None:
    for field in ("domain", "severity", "reject_media", "public_comment"):
        parse(json.dumps({"domain": "bad.example", field: value}))


def test_of_many_rules_the_one_that_cannot_be_is_named_and_none_is_set(house: House) -> None:
    sound = RuleDraft("fine.example", Severity.SILENCE)
    unsound = RuleDraft("bad.example", Severity.SUSPEND, filters=frozenset({Filter.TRENDS}))
    with pytest.raises(BadDomainError, match=r"^bad\.example: what is suspended"):
        editing.set_many(house.session, [sound, unsound], "ana", house.now)
    with pytest.raises(BadDomainError, match=r"^what is suspended"):
        editing.set_many(house.session, [unsound], "ana", house.now)
    assert list_rules(house.session) == []


@pytest.mark.parametrize(
    ("domain", "shown"),
    [
        ("plain.example", "plain.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example (bücher.example)"),
        ("xn--bcher-kva.example:8443", "xn--bcher-kva.example:8443 (bücher.example:8443)"),
        ("xn--fa-hia.example", "xn--fa-hia.example (faß.example)"),
        ("xn--ls8h.example", "xn--ls8h.example (💩.example)"),
        ("xn--99999999.example", "xn--99999999.example"),
        ("xn--b***.example", "xn--b***.example"),
    ],
)
def test_names_with_international_letters_are_shown_both_ways(domain: str, shown: str) -> None:
    assert names.readable(domain) == shown
