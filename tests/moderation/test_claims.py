"""Claims: nobody works on what another holds, and a crash frees it after five minutes."""

from __future__ import annotations

import pytest

from moderation.cases import claims, decisions, figures, queue
from moderation.cases.tables import CaseRow
from moderation.cases.values import CaseQuery, DecisionRequest
from moderation.errors import BadCursorError, ClaimedError, NotFoundError, StaleError
from moderation.values import Action, CaseState
from tests.moderation.cast import HATEFUL, THREAT, House


def test_a_claim_keeps_others_away_and_says_until_when(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    claim = claims.take(house.session, case_id, "ana", house.now)
    assert claim.until - house.now == claims.LEASE
    house.later(minutes=1)
    with pytest.raises(ClaimedError) as refused:
        claims.take(house.session, case_id, "ben", house.now)
    assert (refused.value.holder, refused.value.until) == ("ana", claim.until)
    assert claims.take(house.session, case_id, "ana", house.now).until > claim.until


def test_a_claim_that_ran_out_is_open_for_others_and_in_the_queue(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    claims.take(house.session, case_id, "ana", house.now)
    assert queue.list_cases(house.session, CaseQuery(), house.now).items == ()
    house.later(minutes=5)
    (shown,) = queue.list_cases(house.session, CaseQuery(), house.now).items
    assert (shown.state, shown.claimed_by) == (CaseState.OPEN, None)
    assert claims.take_next(house.session, "ben", house.now) is not None


def test_the_next_case_is_the_gravest_that_nobody_holds(house: House) -> None:
    first = house.case_of(HATEFUL)
    second = house.case_of(THREAT)
    one = claims.take_next(house.session, "ana", house.now)
    two = claims.take_next(house.session, "ben", house.now)
    assert one is not None and two is not None
    assert (one.case_id, two.case_id) == (second, first)
    assert claims.take_next(house.session, "cleo", house.now) is None


def test_a_case_assigned_to_somebody_is_next_for_them_alone(house: House) -> None:
    case_id, other = house.case_of(HATEFUL), house.case_of(THREAT)
    claims.assign(house.session, case_id, "lead", house.now, to="ben")
    for moderator, expected in (("ana", other), ("ben", case_id)):
        claim = claims.take_next(house.session, moderator, house.now)
        assert claim is not None and claim.case_id == expected


def test_the_next_case_speaks_the_moderators_languages(house: House) -> None:
    house.case_of(HATEFUL, language="fr")
    assert claims.take_next(house.session, "ana", house.now, languages=("de",)) is None
    assert claims.take_next(house.session, "ana", house.now, languages=("fr",)) is not None


def test_released_cases_are_open_again_and_escalated_ones_stay_escalated(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    claims.take(house.session, case_id, "ana", house.now)
    with pytest.raises(ClaimedError):
        claims.release(house.session, case_id, "ben", house.now)
    claims.release(house.session, case_id, "ana", house.now)
    assert house.session.get_one(CaseRow, case_id).state is CaseState.OPEN
    claims.escalate(house.session, case_id, "ana", house.now, "reads like reclaimed speech")
    claims.escalate(house.session, case_id, "ana", house.now)
    assert claims.take_next(house.session, "ben", house.now) is None
    claims.take(house.session, case_id, "lead", house.now)
    claims.release(house.session, case_id, "lead", house.now)
    row = house.session.get_one(CaseRow, case_id)
    assert (row.state, row.escalated_by, row.escalation_note) == (
        CaseState.ESCALATED, "ana", "reads like reclaimed speech",
    )  # fmt: skip


def test_what_is_decided_cannot_be_claimed_escalated_or_assigned(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    decisions.decide(house.session, case_id, DecisionRequest(Action.REMOVE), "ana", house.now)
    for attempt in (
        lambda: claims.take(house.session, case_id, "ben", house.now),
        lambda: claims.escalate(house.session, case_id, "ben", house.now),
        lambda: claims.assign(house.session, case_id, "ben", house.now, to="ben"),
    ):
        with pytest.raises(StaleError) as stale:
            attempt()
        assert (stale.value.what, stale.value.by) == ("decided", "ana")


def test_a_case_that_is_not_there(house: House) -> None:
    for attempt in (claims.take, claims.release, claims.escalate):
        with pytest.raises(NotFoundError):
            attempt(house.session, 404, "ana", house.now)


def test_pages_cover_everything_once_in_order(house: House) -> None:
    for number in range(9):
        house.case_of(f"{'vermin' if number % 2 else 'break both'} {number}", house.author(f"m{number}"))
        house.later(hours=1)
    seen, cursor = [], None
    while True:
        page = queue.list_cases(house.session, CaseQuery(limit=4, cursor=cursor), house.now)
        seen += page.items
        cursor = page.next
        if cursor is None:
            break
    whole = queue.list_cases(house.session, CaseQuery(), house.now).items
    assert [case.id for case in seen] == [case.id for case in whole]
    assert len({case.id for case in seen}) == 9
    assert {case.priority for case in whole} <= {"high", "medium", "low"}


@pytest.mark.parametrize("cursor", ["", "x", "bm90IGpzb24=", "WzEsICJ4Il0=", "W10=", "é"])
def test_a_cursor_that_we_did_not_hand_out_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(BadCursorError):
        queue.list_cases(house.session, CaseQuery(cursor=cursor), house.now)


def test_the_queue_is_filtered_by_what_people_ask_for(house: House) -> None:
    hate = house.one(HATEFUL, language="fr")
    house.case_of(THREAT, house.author("cleo"))
    for query, count in (
        (CaseQuery(label="hate"), 1),
        (CaseQuery(language="fr"), 1),
        (CaseQuery(subject=hate.uri), 1),
        (CaseQuery(subject=house.author("cleo").uri), 1),
        (CaseQuery(assigned_to="ana"), 0),
        (CaseQuery(state=CaseState.DECIDED), 0),
        (CaseQuery(state=None), 2),
    ):
        assert len(queue.list_cases(house.session, query, house.now).items) == count


def test_the_figures_are_real_or_unknown(house: House) -> None:
    empty = figures.of(house.session, house.now)
    assert (empty.open, empty.oldest, empty.wait, empty.figures_borrowed) == (0, None, None, True)
    ids = [house.case_of(f"vermin {n}", house.author(f"m{n}")) for n in range(8)]
    house.one(HATEFUL, seen_by=0)
    opened = house.now
    house.later(minutes=12)
    for case_id in ids[:6]:
        decisions.decide(house.session, case_id, DecisionRequest(Action.APPROVE), "ana", house.now)
    claims.take(house.session, ids[6], "ana", house.now)
    stats = figures.of(house.session, house.now)
    assert (stats.open, stats.claimed, stats.oldest, stats.held_unseen) == (1, 1, opened, 1)
    assert stats.wait is not None and stats.wait.total_seconds() == 12 * 60
    assert (stats.opened_per_hour, stats.decided_per_hour) == (round(8 / 24, 2), 0.25)
    assert stats.by_label == {"hate": 2}
