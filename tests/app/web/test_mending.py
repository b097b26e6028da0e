"""Frozen until it is mended: they read what to mend, mend it, and who froze them looks first; then it is shown again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.enforcement import upkeep
from app.posts.tables import PostRow, PostState
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import claiming, decide
from moderation.authors import strikes
from moderation.cases.tables import CaseEventRow, CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.values import Action, CaseState, Scope
from tests.app.people import again
from tests.app.web.conftest import Town

MENDED = "They did it again, said the minister, and I think that he is wrong."


@pytest.fixture
def mo(town: Town) -> AccountRow:
    """Who freezes."""
    return town.member("mo", Role.MODERATOR)


@pytest.fixture
def cleo(town: Town) -> AccountRow:
    """Another moderator."""
    return town.member("cleo", Role.MODERATOR)


def case_of(town: Town, post: PostRow) -> CaseRow:
    with town.services.db.read() as session:
        return session.scalars(select(CaseRow).where(CaseRow.uri == post.uri)).one()


def frozen(town: Town, author: AccountRow, by: AccountRow, post: PostRow) -> int:
    request = DecisionRequest(Action.FREEZE, Scope.ACCOUNT, reason="Take the first line out.")
    return decide.decide(town.services, by, case_of(town, post).id, request).decision.id


def reported(town: Town, author: AccountRow, by: AccountRow) -> PostRow:
    post = town.writes(author, "They did it again. All of them.")
    file.file(town.services, by.actor, FileReport(author.id, (post.id,), "look", "other"))
    return post


def struck(town: Town, account: AccountRow) -> int:
    with town.services.db.read() as session:
        return len(strikes.active(strikes.of(session, account.actor.uri, town.services.clock.now())))


def test_what_was_shown_is_hidden_mended_looked_at_first_by_who_froze_and_shown_again(
    town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow, cleo: AccountRow
) -> None:
    post = reported(town, ana, ben)
    number = frozen(town, ana, mo, post)
    assert (again(town.services, post).state, struck(town, ana)) == (PostState.WITHDRAWN, 1)
    author = town.at_home(ana)
    page = author.page(f"/decisions/{number}")
    assert "Take the first line out." in page and f'href="/posts/{post.id}/edit"' in page
    assert "They did it again. All of them." in author.page(f"/posts/{post.id}/edit")
    changed = author.post(f"/posts/{post.id}/edit", text=MENDED)
    assert changed.status_code == 302
    assert "looks at it before it is shown" in author.page(changed.headers["Location"])
    assert again(town.services, post).state is PostState.WITHDRAWN
    assert town.visitor().get(f"/@ana/{post.id}").status_code == 404

    case = case_of(town, post)
    assert (case.state, case.assigned_to, case.changed_what) == (CaseState.OPEN, "mo", "mended")
    assert claiming.take_next(town.services, cleo) is None
    claim = claiming.take_next(town.services, mo)
    assert claim is not None and claim.case_id == case.id
    desk = town.at_home(mo)
    shown = desk.page(f"/review/case/{case.id}")
    assert "said the minister" in shown and 'value="approve"' in shown
    assert (
        desk.post(f"/review/case/{case.id}/decide", on=f"/review/case/{case.id}", action="approve").status_code == 302
    )

    assert (again(town.services, post).state, struck(town, ana)) == (PostState.PUBLISHED, 0)
    assert again(town.services, ana).frozen_at is None
    assert "said the minister" in town.visitor().page(f"/@ana/{post.id}")


def test_what_waited_is_let_in_when_it_is_mended(town: Town, ana: AccountRow, mo: AccountRow) -> None:
    post = town.writes(ana, "they are vermin")
    frozen(town, ana, mo, post)
    assert again(town.services, post).state is PostState.REJECTED
    town.at_home(ana).post(f"/posts/{post.id}/edit", text=MENDED)
    decide.decide(town.services, mo, case_of(town, post).id, DecisionRequest(Action.APPROVE))
    assert again(town.services, post).state is PostState.PUBLISHED
    assert again(town.services, ana).frozen_at is None


def test_a_day_later_it_is_everybodys(
    town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow, cleo: AccountRow
) -> None:
    post = reported(town, ana, ben)
    frozen(town, ana, mo, post)
    town.at_home(ana).post(f"/posts/{post.id}/edit", text=MENDED)
    town.services.clock.move(timedelta(hours=24))  # type: ignore[attr-defined]
    claim = claiming.take_next(town.services, cleo)
    assert claim is not None and claim.case_id == case_of(town, post).id


def test_what_is_still_wrong_is_removed_and_its_author_may_write_again(
    town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow
) -> None:
    post = reported(town, ana, ben)
    frozen(town, ana, mo, post)
    town.at_home(ana).post(f"/posts/{post.id}/edit", text="They did it again, all of them, always.")
    decide.decide(town.services, mo, case_of(town, post).id, DecisionRequest(Action.REMOVE, reason="No."))
    assert (again(town.services, post).state, struck(town, ana)) == (PostState.WITHDRAWN, 1)
    assert again(town.services, ana).frozen_at is None
    assert town.at_home(ana).post(f"/posts/{post.id}/edit", text=MENDED).status_code == 422


def test_nobody_else_mends_it_and_what_was_removed_for_good_is_not_mended(
    town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow
) -> None:
    post = reported(town, ana, ben)
    frozen(town, ana, mo, post)
    assert town.at_home(ben).get(f"/posts/{post.id}/edit").status_code == 404
    other = town.writes(ben, "they are vermin")
    decide.decide(town.services, mo, case_of(town, other).id, DecisionRequest(Action.REMOVE, reason="No."))
    answer = town.at_home(ben).post(f"/posts/{other.id}/edit", text=MENDED)
    assert answer.status_code in (404, 422)
    assert case_of(town, other).state is CaseState.DECIDED


def test_who_does_not_mend_in_time_is_the_desks_again_first_for_who_froze_them_and_still_frozen(
    town: Town, clock: FrozenClock, ana: AccountRow, ben: AccountRow, mo: AccountRow, cleo: AccountRow
) -> None:
    post = reported(town, ana, ben)
    number = frozen(town, ana, mo, post)
    assert "to mend it, or to answer the moderators" in town.at_home(ana).page(f"/decisions/{number}")
    assert "Its author has until" in town.at_home(mo).page(f"/review/case/{case_of(town, post).id}")
    clock.move(timedelta(hours=71))
    upkeep.end_holds(town.services)
    assert case_of(town, post).state is CaseState.DECIDED
    clock.move(timedelta(hours=1, minutes=1))
    for _ in range(2):
        upkeep.end_holds(town.services)
    case = case_of(town, post)
    assert (case.state, case.changed_what, case.assigned_to) == (CaseState.OPEN, "unmended", "mo")
    assert case.overdue_at is not None and case.rank_parts["overdue"] > 0
    page = town.at_home(mo).page(f"/review/case/{case.id}")
    assert "to mend it, and didn’t" in page and 'value="remove"' in page
    with town.services.db.read() as session:
        assert session.get_one(AccountRow, ana.id).frozen_at is not None
    assert claiming.take_next(town.services, cleo) is None
    clock.move(timedelta(hours=25))
    taken = claiming.take_next(town.services, cleo)
    assert taken is not None and taken.case_id == case.id


def test_a_frozen_author_answers_and_who_froze_them_reads_it_first(
    town: Town, clock: FrozenClock, ana: AccountRow, ben: AccountRow, mo: AccountRow, cleo: AccountRow
) -> None:
    post = reported(town, ana, ben)
    number = frozen(town, ana, mo, post)
    author, where = town.at_home(ana), f"/decisions/{number}"
    assert author.post(f"{where}/answer", on=where, words=" ").status_code == 422
    assert author.post(f"{where}/answer", on=where, words="It was a <b>quote</b>.").status_code == 302
    case = case_of(town, post)
    assert (case.state, case.changed_what, case.assigned_to) == (CaseState.OPEN, "answered", "mo")
    page = town.at_home(mo).page(f"/review/case/{case.id}")
    assert "It was a <b>quote</b>." in page and "Its author" in page
    assert claiming.take_next(town.services, cleo) is None
    stranger = town.at_home(ben)
    assert stranger.post(f"{where}/answer", on="/home", words="me too").status_code == 404
    decide.decide(town.services, mo, case.id, DecisionRequest(Action.APPROVE))
    assert author.post(f"{where}/answer", on="/home", words="again").status_code == 404
    clock.move(timedelta(hours=73))
    upkeep.end_holds(town.services)
    assert case_of(town, post).state is CaseState.DECIDED


def test_five_answers_of_a_frozen_author_are_taken_each_once_and_the_sixth_is_refused(
    town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow
) -> None:
    post = reported(town, ana, ben)
    where = f"/decisions/{frozen(town, ana, mo, post)}"
    author = town.at_home(ana)
    said = [f"Answer {number}." for number in range(1, 7)]
    codes = [author.post(f"{where}/answer", on=where, words=words).status_code for words in said]
    assert codes == [302] * 5 + [422]
    with town.services.db.read() as session:
        asked = select(CaseEventRow.details).where(CaseEventRow.what == "answered").order_by(CaseEventRow.id)
        assert [each["note"] for each in session.scalars(asked)] == said[:5]


def test_for_how_long_one_may_mend_is_policy(town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow) -> None:
    lead, place = town.at_home(town.member("lea", Role.LEAD)), "/review/policy/strikes"
    assert lead.post(place, days="90", mend_hours="0", points_0="1", action_0="warn").status_code == 422
    assert lead.post(place, days="90", mend_hours="24", points_0="1", action_0="warn").status_code == 302
    number = frozen(town, ana, mo, reported(town, ana, ben))
    with town.services.db.read() as session:
        row = session.get_one(DecisionRow, number)
    assert row.mend_by == row.made_at + timedelta(hours=24)
