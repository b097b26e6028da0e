"""What was decided of cases like this one: told to those who review, and to nobody whom it would colour or concern."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from app.accounts.tables import AccountRow, Role
from app.reviewing import decide, nearest
from app.services import Services
from moderation.cases import exclusions
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import CaseDetail, DecisionRequest, NearestCase
from moderation.evidence.tables import SnapshotRow
from moderation.nearest import index
from moderation.quality import blinding
from moderation.values import Action, CaseOrigin, CaseState, Scope, Visibility
from moderation.verdicts.tables import FindingRow, VerdictRow
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

TEXTS = (
    "those people of the harbour are vermin, throw them into the sea",
    "vermin of the harbour, all those people belong into the sea",
    "the harbour people are vermin and the sea is where they belong",
)
NEW = "throw the harbour people into the sea, vermin that they are"
ELSE = "our vermin printer eats paper every morning and nobody repairs it"


@pytest.fixture
def lead(town: Town) -> AccountRow:
    return town.member("lola", Role.LEAD)


def settle(town: Town, desk: Desk, by: AccountRow, text: str, action: Action, author: str) -> int:
    """A held post that was decided: the number of its case."""
    case = desk.case_of(desk.held(text, town.member(author)))
    decide.decide(town.services, by, case.id, DecisionRequest(action))
    return case.id


def detail_of(services: Services, case_id: int, reader: AccountRow) -> CaseDetail:
    now, name = services.clock.now(), reader.actor.username
    with services.db.read() as session:
        seen = blinding.see(session, case_id, name, now)
        return nearest.with_nearest(session, services, seen, name, reader.role, now).detail


def numbers(found: Sequence[NearestCase]) -> set[int]:
    return {each.case_id for each in found}


def test_the_page_says_how_many_like_this_were_removed_and_kept_with_links(
    town: Town, desk: Desk, lead: AccountRow, mo: Visitor
) -> None:
    removed = [settle(town, desk, lead, text, Action.REMOVE, f"m{n}") for n, text in enumerate(TEXTS[:2])]
    kept = settle(town, desk, lead, TEXTS[2], Action.APPROVE, "m2")
    settle(town, desk, lead, ELSE, Action.REMOVE, "m3")
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    page = mo.page(f"/review/case/{case.id}")
    assert "3 decided cases like this: 2 removed, 1 let be" in page
    assert all(f'href="/review/case/{number}"' in page for number in (*removed, kept))


def test_small_edits_find_the_same_cases(town: Town, desk: Desk, lead: AccountRow) -> None:
    known = {settle(town, desk, lead, text, Action.REMOVE, f"m{n}") for n, text in enumerate(TEXTS)}
    for number, text in enumerate((NEW, NEW.upper(), NEW.replace("vermin", "v e r m i n vermin"), f"{NEW}!!!")):
        case = desk.case_of(desk.held(f"vermin, {text}", town.member(f"n{number}")))
        assert numbers(detail_of(town.services, case.id, lead).nearest) == known


def test_what_was_taken_back_and_what_lost_its_evidence_is_not_told_of(
    town: Town, desk: Desk, lead: AccountRow
) -> None:
    back, stays = (settle(town, desk, lead, text, Action.REMOVE, f"m{n}") for n, text in enumerate(TEXTS[:2]))
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    assert numbers(detail_of(town.services, case.id, lead).nearest) == {back, stays}
    with town.services.db.read() as session:
        decision = session.scalars(select(DecisionRow.id).where(DecisionRow.case_id == back)).one()
    decide.reverse(town.services, lead, decision, "")
    assert numbers(detail_of(town.services, case.id, lead).nearest) == {stays}


def test_a_case_that_is_decided_anew_is_remembered_once(town: Town, desk: Desk, lead: AccountRow) -> None:
    again = settle(town, desk, lead, TEXTS[0], Action.REMOVE, "m0")
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    assert numbers(detail_of(town.services, case.id, lead).nearest) == {again}
    with town.services.db.read() as session:
        decision = session.scalars(select(DecisionRow.id).where(DecisionRow.case_id == again)).one()
    decide.reverse(town.services, lead, decision, "")
    town.services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    decide.decide(town.services, lead, again, DecisionRequest(Action.APPROVE))
    (found,) = detail_of(town.services, case.id, lead).nearest
    assert (found.case_id, found.action) == (again, Action.APPROVE)
    assert len(town.services.tools.decided) == 1


def test_one_decision_about_several_cases_counts_once(town: Town, desk: Desk, lead: AccountRow) -> None:
    sender = town.member("m0")
    cases = [desk.case_of(desk.held(text, sender)) for text in TEXTS[:2]]
    other = settle(town, desk, lead, TEXTS[2], Action.APPROVE, "m1")
    decide.decide(town.services, lead, cases[0].id, DecisionRequest(Action.SPAM, scope=Scope.ACCOUNT))
    assert {desk.case_of_id(each.id).state for each in cases} == {CaseState.DECIDED}
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    found = detail_of(town.services, case.id, lead).nearest
    assert len(found) == 2
    assert numbers(found) - {each.id for each in cases} == {other}


def test_who_reads_blind_is_told_nothing(town: Town, desk: Desk, lead: AccountRow) -> None:
    settle(town, desk, lead, TEXTS[0], Action.REMOVE, "m0")
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    assert detail_of(town.services, case.id, lead).nearest
    with town.services.db.write() as session:
        session.get_one(CaseRow, case.id).origin = CaseOrigin.AUDIT
    assert detail_of(town.services, case.id, lead).nearest == ()


def test_a_case_that_is_kept_from_somebody_is_not_told_to_them(town: Town, desk: Desk, lead: AccountRow) -> None:
    first, second = (settle(town, desk, lead, text, Action.REMOVE, f"m{n}") for n, text in enumerate(TEXTS[:2]))
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    other = town.member("olga", Role.LEAD)
    with town.services.db.write() as session:
        exclusions.exclude(session, first, "olga", "conflict")
    assert numbers(detail_of(town.services, case.id, other).nearest) == {second}
    assert numbers(detail_of(town.services, case.id, lead).nearest) == {first, second}


def test_a_reviewer_is_told_of_what_they_decided_themselves(town: Town, desk: Desk, lead: AccountRow) -> None:
    rudi = town.member("rudi", Role.REVIEWER)
    settle(town, desk, lead, TEXTS[0], Action.REMOVE, "m0")
    mine = settle(town, desk, rudi, TEXTS[1], Action.REMOVE, "m1")
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    assert numbers(detail_of(town.services, case.id, rudi).nearest) == {mine}


def test_what_weighed_beyond_words_stands_beside_the_case_and_not_before_who_reads_it_blind(
    town: Town, desk: Desk, mo: Visitor
) -> None:
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    with town.services.db.write() as session:
        verdict = session.scalars(select(VerdictRow.id).where(VerdictRow.uri == case.uri)).one()
        said = {"score": 0.91, "weighed": ["odd_name", "pace"]}
        finding = {"check": "sending", "label": "spam", "version": "behaviour-1", "why": "spam_sending"}
        session.add(FindingRow(verdict_id=verdict, spans=[], details=said, **finding))
    page = mo.page(f"/review/case/{case.id}")
    assert "behaviour model: 91 of 100" in page
    assert "a name as if drawn by lot, many posts in a short time" in page
    with town.services.db.write() as session:
        session.get_one(CaseRow, case.id).origin = CaseOrigin.AUDIT
    assert "behaviour model" not in mo.page(f"/review/case/{case.id}")


def test_private_posts_are_neither_remembered_nor_compared(town: Town, desk: Desk, lead: AccountRow) -> None:
    settled = settle(town, desk, lead, TEXTS[0], Action.REMOVE, "m0")
    with town.services.db.write() as session:
        row = session.get_one(CaseRow, settled)
        for snapshot in session.scalars(select(SnapshotRow).where(SnapshotRow.uri == row.uri)):
            snapshot.visibility = Visibility.DIRECT
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    assert detail_of(town.services, case.id, lead).nearest == ()
    assert len(town.services.tools.decided) == 0


def test_evidence_that_is_purged_before_it_was_read_is_not_remembered(town: Town, desk: Desk, lead: AccountRow) -> None:
    settled = settle(town, desk, lead, TEXTS[0], Action.REMOVE, "m0")
    with town.services.db.write() as session:
        row = session.get_one(CaseRow, settled)
        session.execute(delete(SnapshotRow).where(SnapshotRow.uri == row.uri))
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    assert detail_of(town.services, case.id, lead).nearest == ()


def test_the_memory_is_bounded_and_the_newest_stay(
    town: Town, desk: Desk, lead: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "KEPT", 2)
    settled = [settle(town, desk, lead, text, Action.REMOVE, f"m{n}") for n, text in enumerate(TEXTS)]
    case = desk.case_of(desk.held(NEW, town.member("nero")))
    found = numbers(detail_of(town.services, case.id, lead).nearest)
    assert len(town.services.tools.decided) <= 3 and settled[-1] in found
    for number in range(3):
        settle(town, desk, lead, f"{TEXTS[number]} again", Action.REMOVE, f"k{number}")
        detail_of(town.services, case.id, lead)
    assert len(town.services.tools.decided) == 2
