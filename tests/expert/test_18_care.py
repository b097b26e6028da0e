"""18. Care for who reads is measured: what each was exposed to, caps and what they skip are honoured by giving something else,
nothing of what they read is kept on their disk, and what concerns themselves never comes to them.

That pictures come by steps, and colour only while a key is held: tests/browser/test_looking.py. That members never learn who
decided: test_19_least_privilege.py.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.relationships import follow
from app.reviewing import claiming
from moderation.workforce import exposure, records
from moderation.workforce.records import Record
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk, desk
from tests.security.conftest import filled, rules_of

__all__ = ["desk"]
pytestmark = pytest.mark.one_database
WORDS = ("ferries", "kettles", "bakers", "herons")


@pytest.fixture
def mo(town: Town) -> AccountRow:
    """Who reads."""
    return town.member("mo", Role.MODERATOR)


@pytest.fixture
def lightly(town: Town, desk: Desk, ana: AccountRow, ben: AccountRow) -> int:
    """A case that is light to read: somebody was reported for nothing much."""
    return desk.reported(ben, town.writes(ana, "soup with tomatoes, and I mean it")).id


@pytest.fixture
def gravely(town: Town, desk: Desk) -> list[int]:
    """Cases that are grave to read."""
    posts = [desk.held(f"vermin, these {word}, I say it again", town.member(f"fan_of_{word}")) for word in WORDS]
    return [desk.case_of(post).id for post in posts]


def reads(town: Town, record: Record) -> None:
    with town.services.db.write() as session:
        records.put(session, record, record.name, town.services.clock.now())


def given(town: Town, account: AccountRow) -> list[int]:
    """Everything that is dealt, each put aside for a colleague as it comes."""
    found: list[int] = []
    while (claim := claiming.take_next(town.services, account)) is not None:
        assert claim.case_id not in found
        found.append(claim.case_id)
        claiming.escalate(town.services, account, claim.case_id, "for somebody else")
    return found


def test_after_so_many_grave_cases_in_a_day_lighter_ones_come_and_the_next_day_is_new(
    town: Town, mo: AccountRow, gravely: list[int], lightly: int, clock: FrozenClock
) -> None:
    reads(town, Record("mo", heavy_a_day=2))
    dealt = given(town, mo)
    assert len(set(dealt) & set(gravely)) == 2
    assert lightly in dealt, "nobody is sent home: there is lighter work"
    with town.services.db.read() as session:
        heavy = exposure.heavy_labels(session)
        assert exposure.today(session, "mo", heavy, clock.now()) == 2
        assert exposure.today(session, "mo", heavy, clock.now() + timedelta(days=1)) == 0
    clock.move(timedelta(days=1))
    assert len(set(given(town, mo)) & set(gravely)) == 2


def test_what_somebody_skips_is_never_dealt_to_them(
    town: Town, mo: AccountRow, gravely: list[int], lightly: int
) -> None:
    reads(town, Record("mo", skips=("hate",)))
    assert given(town, mo) == [lightly]


def test_own_reports_those_whom_they_follow_and_declared_conflicts_never_come(
    town: Town, desk: Desk, mo: AccountRow, ana: AccountRow, ben: AccountRow
) -> None:
    town.member("cleo", Role.MODERATOR)
    followed, theirs, declared, free = (town.member(name) for name in ("flo", "rob", "dan", "eve"))
    follow.follow(town.services, mo.id, followed.id)
    reads(town, Record("mo", conflict_people={"@dan": declared.actor.uri}))
    cases = {
        who.actor.username: desk.reported(by, town.writes(who, f"soup of the kind that {who.actor.username} likes"))
        for who, by in ((followed, ana), (theirs, mo), (declared, ana), (free, ana))
    }
    assert given(town, mo) == [cases["eve"].id]
    at_desk = town.visitor().sign_in("mo")
    for name in ("rob", "dan", "flo"):
        answer = at_desk.get(f"/review/case/{cases[name].id}")
        assert answer.status_code == 403, name
        assert "likes" not in answer.text


def test_nothing_of_the_review_is_kept_in_a_browsers_cache(town: Town, mo: AccountRow, gravely: list[int]) -> None:
    at_desk: Visitor = town.visitor().sign_in("mo")
    looked = 0
    for rule in rules_of(town.app):
        if not rule.rule.startswith("/review") or "GET" not in (rule.methods or ()):
            continue
        answer = at_desk.get(filled(rule, number=gravely[0]))
        assert answer.headers.get("Cache-Control") == "no-store", rule.rule
        looked += answer.status_code == 200
    assert looked > 20


def test_the_crews_page_counts_grave_cases_and_ranks_nobody(town: Town, mo: AccountRow, gravely: list[int]) -> None:
    town.member("loes", Role.LEAD)
    for _ in range(2):
        claim = claiming.take_next(town.services, mo)
        assert claim is not None
        claiming.escalate(town.services, mo, claim.case_id, "")
    page = town.visitor().sign_in("loes").page("/review/crew")
    assert "Grave today" in page
    row = page[page.index(">mo<") :].split("</tr>")[0]
    assert ">2<" in row
