"""Lists that are followed: asked politely, never believed when they break, and never stronger than the house."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, Role
from app.errors import ForbiddenError, InvalidError
from app.federation.wire.errors import UnreachableError
from app.federation.wire.twins import FakeWeb, Page
from app.relationships import follow
from app.relationships.tables import FollowRow, FollowState
from app.reviewing import doubtful, followed_lists, ruling
from app.reviewing.followed_lists import Wish
from app.services import Services
from moderation.domains import RuleDraft, editing, following, list_rules, names
from moderation.domains.doubtful import note
from moderation.domains.lists.tables import DomainListEntryRow, DomainListRow
from moderation.domains.lists.values import Import
from moderation.domains.planning import Change
from moderation.domains.values import Filter
from moderation.errors import BadDomainError, NotFoundError
from moderation.log.tables import LogRow
from moderation.values import Severity
from tests.app.people import member, remote

URL = "https://lists.example/blocks.csv"
OTHER = "https://other.example/blocks.txt"


@pytest.fixture
def lea(services: Services) -> AccountRow:
    """A lead."""
    return member(services, "lea", Role.LEAD)


def hang(services: Services, text: str, url: str = URL, kind: str = "text/csv", etag: str = "") -> None:
    """A list at an address."""
    assert isinstance(services.fetcher, FakeWeb)
    services.fetcher.pages[url] = Page(text.encode(), kind, etag=etag)


def later(services: Services) -> None:
    """The lists are asked again, when they should be."""
    services.clock.move(timedelta(hours=7))  # type: ignore[attr-defined]
    followed_lists.ask_due(services, 10)


def row(services: Services, list_id: int) -> DomainListRow:
    """A list as it is."""
    with services.db.read() as session:
        return following.one(session, list_id)


def rules(services: Services) -> dict[str, tuple[Severity, str]]:
    """The rules in force: what each does and which list manages it."""
    with services.db.read() as session:
        return {rule.domain: (rule.severity, rule.source) for rule in list_rules(session)}


def proposed(services: Services) -> tuple[dict[str, Severity], list[str]]:
    """What waits for a yes."""
    with services.db.read() as session:
        found = followed_lists.waiting(session, services.clock.now()).proposal
    return {draft.domain: draft.severity for draft in found.plan.drafts}, [rule.domain for rule in found.lifted]


def agree(services: Services, lea: AccountRow) -> int:
    """A lead says yes to what is proposed now."""
    with services.db.read() as session:
        seen = followed_lists.digest(followed_lists.waiting(session, services.clock.now()).proposal)
    return followed_lists.agree(services, lea, None, seen)


def test_what_a_list_says_waits_for_a_yes_and_its_rules_are_known_as_its_own(
    services: Services, lea: AccountRow
) -> None:
    hang(services, "domain,severity\nbad.example,suspend\nloud.example,silence\n")
    list_id = followed_lists.follow(services, lea, Wish("Lists", URL))
    assert rules(services) == {}
    assert proposed(services)[0] == {"bad.example": Severity.SUSPEND, "loud.example": Severity.SILENCE}
    assert agree(services, lea) == 2
    assert rules(services) == {
        "bad.example": (Severity.SUSPEND, f"list:{list_id}"),
        "loud.example": (Severity.SILENCE, f"list:{list_id}"),
    }
    assert proposed(services) == ({}, [])


def test_a_list_that_is_ended_while_it_is_asked_does_not_keep_the_others_waiting(
    services: Services, lea: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang(services, "bad.example\n", kind="text/plain")
    hang(services, "worse.example\n", OTHER, "text/plain")
    ended = followed_lists.follow(services, lea, Wish("Lists", URL))
    followed_lists.follow(services, lea, Wish("Other", OTHER, at_once=True))
    hang(services, "worse.example\nnew.example\n", OTHER, "text/plain")
    fetch = services.fetcher.get

    def end_it_meanwhile(url: str, *given: Any, **more: Any) -> Any:
        if url == URL:
            followed_lists.unfollow(services, lea, ended, keeps=True)
        return fetch(url, *given, **more)

    monkeypatch.setattr(services.fetcher, "get", end_it_meanwhile)
    later(services)
    with pytest.raises(NotFoundError):
        row(services, ended)
    assert set(rules(services)) == {"worse.example", "new.example"}
    with services.db.read() as session:
        left = session.scalars(select(DomainListEntryRow.list_id)).all()
    assert ended not in left, "what it answered is forgotten with it"


def test_a_list_whose_rules_cannot_be_set_says_so_and_does_not_keep_the_others_waiting(
    services: Services, lea: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang(services, "domain,severity,public_comment\nloud.example,silence,\n")
    hang(services, "worse.example\n", OTHER, "text/plain")
    broken = followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    followed_lists.follow(services, lea, Wish("Other", OTHER, at_once=True))
    hang(services, "domain,severity,public_comment\nloud.example,silence,\nbad.example,suspend,too long\n")
    hang(services, "worse.example\nnew.example\n", OTHER, "text/plain")
    monkeypatch.setattr(editing, "COMMENT_LONGEST", 3)
    later(services)
    assert row(services, broken).error == "a comment has at most 3 characters"
    assert set(rules(services)) == {"loud.example", "worse.example", "new.example"}


def test_a_list_that_suspends_and_tones_down_at_once_is_taken_to_suspend(services: Services, lea: AccountRow) -> None:
    hang(services, "domain,severity,filters\nbad.example,suspend,avatars\nloud.example,silence,avatars\n")
    followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    with services.db.read() as session:
        found = {rule.domain: (rule.severity, set(rule.filters)) for rule in list_rules(session)}
    assert found == {"bad.example": (Severity.SUSPEND, set()), "loud.example": (Severity.SILENCE, {Filter.AVATARS})}


def test_a_list_that_is_done_at_once_lifts_what_it_takes_back(services: Services, lea: AccountRow) -> None:
    hang(services, "bad.example\nworse.example\n", kind="text/plain")
    followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    assert set(rules(services)) == {"bad.example", "worse.example"}
    hang(services, "worse.example\nnew.example\n", kind="text/plain")
    later(services)
    assert set(rules(services)) == {"worse.example", "new.example"}


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("", "text/plain", "names nothing"),
        ("<!doctype html><p>Not found</p>", "text/plain", "names nothing"),
        ("b0.example\nb1.example\n", "text/plain", "shrank"),
        ('["b0.example"]', "application/json", "it was plain"),
        ("b0.example\n", "text/html", ""),
    ],
)
def test_an_empty_shrunken_or_broken_list_is_an_error_and_never_an_unblock(
    services: Services, lea: AccountRow, text: str, kind: str, said: str
) -> None:
    hang(services, "".join(f"b{number}.example\n" for number in range(20)), kind="text/plain")
    list_id = followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    assert len(rules(services)) == 20
    hang(services, text, kind=kind)
    later(services)
    assert len(rules(services)) == 20
    assert said in row(services, list_id).error and row(services, list_id).error


@pytest.mark.parametrize("garbled", ["bad.example,suspendd", "b*d.exam***,suspend", "b\ufffd\ufffd.exa mple,suspend"])
def test_a_row_that_cannot_be_read_any_more_lifts_nothing(services: Services, lea: AccountRow, garbled: str) -> None:
    hang(services, "domain,severity\nbad.example,suspend\nloud.example,silence\n")
    list_id = followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    before = rules(services)
    hang(services, f"domain,severity\n{garbled}\nloud.example,silence\n")
    later(services)
    assert rules(services) == before and row(services, list_id).refused == 1
    later(services)
    assert rules(services) == before
    hang(services, "domain,severity\nloud.example,silence\n")
    later(services)
    assert set(rules(services)) == {"loud.example"}


GARBLED = "domain,severity\nnot a domain,suspend\nb*d.example,suspend\nloud.example,silence\n"


def followed_then_garbled(services: Services, lea: AccountRow, garbled: str = GARBLED) -> int:
    """A list that is done at once, two of whose three rows can't be read any more."""
    hang(services, "domain,severity\nbad.example,suspend\nworse.example,suspend\nloud.example,silence\n")
    list_id = followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    hang(services, garbled)
    later(services)
    return list_id


def doubted(services: Services, list_id: int) -> tuple[list[str], list[str], str]:
    """What it may name no longer, which rules would be lifted, and what one agrees to."""
    with services.db.read() as session:
        now = doubtful.look(services, session, list_id)
    return list(now.found.domains), [rule.domain for rule in now.found.lifted], now.seen


def lifts(services: Services) -> list[tuple[str, dict[str, Any]]]:
    """Who lifted what was doubtful, by the log."""
    with services.db.read() as session:
        rows = session.scalars(select(LogRow).where(LogRow.verb == "list_doubtful_lifted").order_by(LogRow.seq))
        return [(each.actor, json.loads(each.payload or "{}")) for each in rows]


def test_a_list_says_which_of_its_rows_cannot_be_read_and_what_stays_for_that(
    services: Services, lea: AccountRow
) -> None:
    list_id = followed_then_garbled(services, lea)
    there = row(services, list_id)
    assert [(each["line"], each["text"]) for each in there.unread] == [
        (2, "not a domain,suspend"), (3, "b*d.example,suspend"),
    ]  # fmt: skip
    assert there.unread_rows == 2 and note(there).startswith("2 of its rows can't be read")
    assert doubted(services, list_id)[:2] == (["bad.example", "worse.example"], ["bad.example", "worse.example"])
    hang(services, "domain,severity\nbad.example,suspend\nloud.example,silence\n")
    later(services)
    assert note(row(services, list_id)) == "" and doubted(services, list_id)[:2] == ([], [])
    assert set(rules(services)) == {"bad.example", "loud.example"}


def test_a_row_that_names_its_server_and_nothing_else_right_keeps_only_that_and_is_not_doubtful(
    services: Services, lea: AccountRow
) -> None:
    list_id = followed_then_garbled(services, lea, "domain,severity\nbad.example,suspendd\nloud.example,silence\n")
    assert row(services, list_id).unread == [] and row(services, list_id).refused == 1
    assert doubted(services, list_id)[:2] == ([], []) and set(rules(services)) == {"bad.example", "loud.example"}


def test_what_is_doubtful_is_lifted_all_the_same_by_a_lead_for_good_and_stands_in_the_log(
    services: Services, lea: AccountRow
) -> None:
    list_id = followed_then_garbled(services, lea)
    seen = doubted(services, list_id)[2]
    with pytest.raises(ForbiddenError):
        doubtful.lift(services, member(services, "mo", Role.MODERATOR), list_id, seen)
    assert len(rules(services)) == 3
    done = doubtful.lift(services, lea, list_id, seen)
    assert [rule.domain for rule in done.lifted] == ["bad.example", "worse.example"]
    assert set(rules(services)) == {"loud.example"} and row(services, list_id).entries == 1
    assert lifts(services) == [("lea", {"entries": 2, "rules": 2})]
    later(services)
    assert set(rules(services)) == {"loud.example"}, "the garbled rows bring nothing back"
    hang(services, GARBLED + "worse.example,suspend\n")
    later(services)
    assert set(rules(services)) == {"loud.example", "worse.example"}
    with pytest.raises(InvalidError, match="look again"):
        doubtful.lift(services, lea, list_id, seen)


def test_nothing_is_lifted_where_it_is_not_what_was_seen_any_more(services: Services, lea: AccountRow) -> None:
    list_id = followed_then_garbled(services, lea)
    seen = doubted(services, list_id)[2]
    hang(services, GARBLED + "bad.example,suspend\n")
    later(services)
    with pytest.raises(InvalidError, match="look again"):
        doubtful.lift(services, lea, list_id, seen)
    assert len(rules(services)) == 3 and lifts(services) == []
    assert doubted(services, list_id)[:2] == (["worse.example"], ["worse.example"])


def test_what_another_list_names_or_the_house_has_said_stays_when_what_is_doubtful_is_lifted(
    services: Services, lea: AccountRow
) -> None:
    list_id = followed_then_garbled(services, lea)
    hang(services, "bad.example\n", OTHER, "text/plain")
    followed_lists.follow(services, lea, Wish("Other", OTHER))
    ruling.set_rules(services, lea, [RuleDraft("worse.example", Severity.HOLD)])
    before = rules(services)
    domains, would, seen = doubted(services, list_id)
    assert (domains, would) == (["bad.example", "worse.example"], [])
    doubtful.lift(services, lea, list_id, seen)
    assert rules(services) == before and doubted(services, list_id)[0] == []


def test_what_covers_an_excluded_server_is_not_taken_though_the_list_is_done_at_once(
    services: Services, lea: AccountRow
) -> None:
    hang(services, "parent.example\nbad.example\n", kind="text/plain")
    followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True, excludes=("good.parent.example",)))
    assert set(rules(services)) == {"bad.example"}


def test_a_row_that_names_somebody_else_keeps_nobody(services: Services, lea: AccountRow) -> None:
    hang(services, "bad.example\nloud.example\n", kind="text/plain")
    followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    hang(services, "loud.example\ncom\nw*rse.example\n", kind="text/plain")
    later(services)
    assert set(rules(services)) == {"loud.example"}


def test_a_list_that_is_done_at_once_lets_nobody_in_by_name_before_somebody_agreed(
    services: Services, lea: AccountRow
) -> None:
    hang(services, "domain,severity\nfriend.example,accept\nbad.example,suspend\n")
    list_id = followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    assert set(rules(services)) == {"bad.example"} and row(services, list_id).error == ""
    assert proposed(services)[0] == {"friend.example": Severity.ALLOW}
    agree(services, lea)
    assert rules(services)["friend.example"] == (Severity.ALLOW, f"list:{list_id}")


def test_a_bound_that_was_to_let_in_makes_a_blocklist_do_nothing(services: Services, lea: AccountRow) -> None:
    hang(services, "bad.example\n", kind="text/plain")
    list_id = followed_lists.follow(services, lea, Wish("Lists", URL))
    with services.db.write() as session:
        session.execute(update(DomainListRow).values(at_most="allow"))
    assert proposed(services)[0] == {"bad.example": Severity.NOOP}
    with pytest.raises(BadDomainError, match="no bound"):
        followed_lists.change(services, lea, list_id, Wish("Lists", URL, at_most=Severity.ALLOW))


def test_a_list_that_is_gone_or_unreachable_changes_nothing(services: Services, lea: AccountRow) -> None:
    hang(services, "bad.example\n", kind="text/plain")
    list_id = followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    assert isinstance(services.fetcher, FakeWeb)
    services.fetcher.pages[URL] = Page(status=404)
    later(services)
    assert "404" in row(services, list_id).error
    services.fetcher.fail(URL, UnreachableError("no such name"))
    later(services)
    assert set(rules(services)) == {"bad.example"} and row(services, list_id).error


def test_an_unchanged_list_is_known_by_its_tag(services: Services, lea: AccountRow) -> None:
    hang(services, "bad.example\n", kind="text/plain", etag='"one"')
    list_id = followed_lists.follow(services, lea, Wish("Lists", URL))
    before = row(services, list_id).changed_at
    hang(services, "never read", kind="text/plain", etag='"one"')
    later(services)
    assert row(services, list_id).changed_at == before and row(services, list_id).error == ""
    assert row(services, list_id).asked_at != before


def test_a_persons_word_stands_against_any_list(services: Services, lea: AccountRow) -> None:
    ruling.set_rules(services, lea, [RuleDraft("ours.example", Severity.ALLOW)])
    hang(services, "ours.example\nbad.example\n", kind="text/plain")
    followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    assert rules(services)["ours.example"] == (Severity.ALLOW, "")
    ruling.set_rules(services, lea, [RuleDraft("bad.example", Severity.SILENCE)])
    later(services)
    assert rules(services)["bad.example"] == (Severity.SILENCE, "")


def test_a_list_that_is_done_at_once_lets_nothing_out_of_what_a_person_suspended(
    services: Services, lea: AccountRow
) -> None:
    ruling.set_rules(services, lea, [RuleDraft("spam.example", Severity.SUSPEND)])
    hang(services, "domain,severity\nwww.spam.example,silence\nbad.example,suspend\n")
    followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    assert set(rules(services)) == {"spam.example", "bad.example"}


def test_a_list_that_is_done_at_once_bars_nobody_whose_parent_a_person_let_in_by_name(
    services: Services, lea: AccountRow
) -> None:
    ruling.set_rules(services, lea, [RuleDraft("friend.example", Severity.ALLOW)])
    hang(services, "www.friend.example\nbad.example\n", kind="text/plain")
    followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    assert set(rules(services)) == {"friend.example", "bad.example"}
    with services.db.read() as session:
        found = followed_lists.waiting(session, services.clock.now()).proposal.plan
    assert [step.draft.domain for step in found.of(Change.CONFLICT)] == ["www.friend.example"]


def test_the_list_with_more_weight_has_the_word_and_several_can_be_asked_to_agree(
    services: Services, lea: AccountRow
) -> None:
    hang(services, "domain,severity\nbad.example,silence\nalone.example,suspend\n")
    hang(services, "bad.example\n", OTHER, "text/plain")
    first = followed_lists.follow(services, lea, Wish("Lists", URL, priority=1, together=2))
    other = followed_lists.follow(services, lea, Wish("Other", OTHER))
    assert proposed(services)[0] == {"bad.example": Severity.SILENCE}
    agree(services, lea)
    with services.db.read() as session:
        assert [found.name for found, _ in following.mentions(session, "sub.bad.example")] == ["Lists", "Other"]
    followed_lists.unfollow(services, lea, first, keeps=True)
    assert proposed(services) == ({}, []), "an orphan is left alone"
    followed_lists.change(services, lea, other, Wish("Other", OTHER, adopts=True))
    assert proposed(services)[0] == {"bad.example": Severity.SUSPEND}


def test_who_is_followed_is_silenced_and_what_is_left_out_is_untouched(services: Services, lea: AccountRow) -> None:
    friend = remote(services, "friend", "loved.example")
    follow.follow(services, lea.id, friend.id)
    with services.db.write() as session:
        session.execute(update(FollowRow).values(state=FollowState.ACCEPTED))
    hang(services, "loved.example\nours.example\nbad.example\n", kind="text/plain")
    followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True, excludes=("ours.example",)))
    assert {domain: severity for domain, (severity, _) in rules(services).items()} == {
        "loved.example": Severity.SILENCE,
        "bad.example": Severity.SUSPEND,
    }


def test_what_was_declined_is_not_proposed_again_until_the_list_says_otherwise(
    services: Services, lea: AccountRow
) -> None:
    hang(services, "domain,severity\nbad.example,silence\n")
    followed_lists.follow(services, lea, Wish("Lists", URL))
    assert followed_lists.decline(services, lea, ["bad.example"]) == 1
    assert proposed(services) == ({}, [])
    hang(services, "domain,severity\nbad.example,suspend\n")
    later(services)
    assert proposed(services)[0] == {"bad.example": Severity.SUSPEND}


def test_nobody_agrees_to_what_they_have_not_seen(services: Services, lea: AccountRow) -> None:
    hang(services, "bad.example\n", kind="text/plain")
    followed_lists.follow(services, lea, Wish("Lists", URL))
    with services.db.read() as session:
        seen = followed_lists.digest(followed_lists.waiting(session, services.clock.now()).proposal)
    hang(services, "bad.example\nmore.example\n", kind="text/plain")
    later(services)
    with pytest.raises(InvalidError, match="look again"):
        followed_lists.agree(services, lea, None, seen)
    assert rules(services) == {}


@pytest.mark.parametrize(
    "wish",
    [
        Wish("Lists", "http://lists.example/a.csv"), Wish("Lists", "file:///etc/passwd"), Wish("", URL),
        Wish("Lists", URL, together=0), Wish("Lists", URL, priority=5000), Wish("Lists", "https://ostiary.example/x"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_followed_is_refused_with_a_reason(
    services: Services, lea: AccountRow, wish: Wish
) -> None:
    with pytest.raises(InvalidError):
        followed_lists.follow(services, lea, wish)


def test_only_who_sets_rules_follows_lists(services: Services) -> None:
    with pytest.raises(ForbiddenError):
        followed_lists.follow(services, member(services, "mo", Role.MODERATOR), Wish("Lists", URL))


def test_a_list_that_the_database_does_not_take_keeps_no_other_waiting(
    services: Services, lea: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang(services, "bad.example\n")
    hang(services, "worse.example\n", OTHER, "text/plain")
    first = followed_lists.follow(services, lea, Wish("First", URL))
    second = followed_lists.follow(services, lea, Wish("Second", OTHER))
    keep = following.store

    def broken(session: Session, row: DomainListRow, found: Import, now: datetime) -> bool:
        if row.id == first:
            session.execute(text("select * from a_table_that_is_not_there"))
        return keep(session, row, found, now)

    monkeypatch.setattr(following, "store", broken)
    hang(services, "worse.example\nworst.example\n", OTHER, "text/plain")
    later(services)
    now = services.clock.now()
    assert "couldn't be kept" in row(services, first).error and row(services, first).next_at > now
    assert (row(services, second).error, row(services, second).entries) == ("", 2)
    monkeypatch.setattr(following, "store", keep)
    later(services)
    assert row(services, first).error == ""


def test_what_a_list_says_for_a_time_is_not_proposed_again_when_that_is_over(
    services: Services, lea: AccountRow
) -> None:
    ends = services.clock.now() + timedelta(hours=3)
    hang(services, f'{{"domain":"bad.example","expires_at":"{ends.isoformat()}"}}\n{{"domain":"worse.example"}}\n')
    followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    assert set(rules(services)) == {"bad.example", "worse.example"}
    services.clock.move(timedelta(hours=4))  # type: ignore[attr-defined]
    with services.db.write() as session:
        editing.expire_due(session, services.clock.now(), 10)
    assert proposed(services) == ({}, [])
    later(services)
    assert set(rules(services)) == {"worse.example"}


def test_a_rule_of_a_list_whose_day_for_a_look_has_come_stays_due(services: Services, lea: AccountRow) -> None:
    day = services.clock.now() + timedelta(hours=3)
    hang(services, f'{{"domain":"bad.example","review_at":"{day.isoformat()}"}}\n')
    followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    later(services)
    with services.db.read() as session:
        [rule] = list_rules(session)
    assert rule.review_at == day and proposed(services) == ({}, [])


def test_a_rule_of_a_list_for_what_turned_out_to_be_a_public_suffix_is_not_lifted_by_itself(
    services: Services, lea: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang(services, "github.io\nbad.example\nworse.example\n")
    with monkeypatch.context() as before:
        before.setattr(names, "is_shared", lambda _host: False)
        followed_lists.follow(services, lea, Wish("Lists", URL, at_once=True))
    hang(services, "github.io\nbad.example\n")
    later(services)
    assert set(rules(services)) == {"github.io", "bad.example"}
