"""13. Appeals reach somebody else by themselves, show the content as it was, are talked about, and upheld, overturned
or varied; overturned, everything that hung on the decision follows. A house of one or two doesn't claim to be more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.appealing import answer, contest, outside, recrew
from app.notifications.tables import MailRow
from app.posts import delete
from app.posts.tables import PostRow, PostState
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import decide
from moderation.appeals.tables import AppealOutcome
from moderation.appeals.values import Answer, Appeal
from moderation.authors import strikes
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.errors import ExcludedError
from moderation.reports import standing
from moderation.transparency import figures
from moderation.values import Action
from tests.app.people import again
from tests.app.web.conftest import Town

WORDS = "It was a quotation, as the quotation marks say."
OVERTURN = Answer(AppealOutcome.OVERTURN, "A quotation.")


@pytest.fixture
def mo(town: Town) -> AccountRow:
    """Who decides first."""
    return town.member("mo", Role.MODERATOR)


@pytest.fixture
def post(town: Town, ana: AccountRow, ben: AccountRow) -> PostRow:
    """What ben reported."""
    row = town.writes(ana, "The minister said that they are a plague.")
    file.file(town.services, ben.actor, FileReport(ana.id, (row.id,), "Look.", "other"))
    return row


def decided(town: Town, by: AccountRow, post: PostRow, action: Action = Action.REMOVE, rule: str | None = None) -> int:
    with town.services.db.read() as session:
        case = session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri).order_by(CaseRow.id.desc())).first()
    request = DecisionRequest(action, rule_id=rule, reason="It breaks rule 2.")
    return decide.decide(town.services, by, case or 0, request).decision.id


def contested(town: Town, author: AccountRow, decision: int) -> Appeal:
    return contest.by_author(town.services, author, decision, WORDS)


def mailed(town: Town, to: AccountRow) -> str:
    with town.services.db.read() as session:
        return "\n".join(session.scalars(select(MailRow.text).where(MailRow.to == to.email).order_by(MailRow.id)))


def dismissed(town: Town, account: AccountRow) -> None:
    with town.services.db.write() as session:
        session.get_one(AccountRow, account.id).role = Role.MEMBER


def test_somebody_else_gets_it_by_itself_with_the_content_as_it_was(
    town: Town, ana: AccountRow, mo: AccountRow, post: PostRow
) -> None:
    cleo = town.member("cleo", Role.MODERATOR)
    number = decided(town, mo, post, Action.LABEL)
    delete.delete(town.services, ana.id, post.id)
    appeal = contested(town, ana, number)
    assert town.at_home(mo).get(f"/review/case/{appeal.case_id}").status_code == 403
    with pytest.raises(ExcludedError):
        answer.answer(town.services, mo, appeal.case_id, OVERTURN)
    desk = town.at_home(cleo)
    given = desk.post("/review/next", on="/review")
    assert given.headers["Location"].endswith(f"/review/case/{appeal.case_id}")
    shown = desk.page(f"/review/case/{appeal.case_id}")
    assert "a plague" in shown and "It breaks rule 2." in shown and WORDS in shown


def test_overturned_the_strike_the_rules_figures_and_the_reporters_standing_follow(
    town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow, post: PostRow
) -> None:
    cleo = town.member("cleo", Role.MODERATOR)
    number = decided(town, mo, post, rule="2")
    now = town.services.clock.now()
    span = now - timedelta(days=1), now + timedelta(days=1)

    def counted() -> tuple[int, dict[str, int], int, int]:
        with town.services.db.read() as session:
            points = len(strikes.active(strikes.of(session, ana.actor.uri, town.services.clock.now())))
            known = standing.of(session, [ben.actor.uri])[ben.actor.uri]
            return points, dict(figures.of_span(session, *span).rules), known.upheld, known.declined

    points, rules, upheld, declined = counted()
    assert points > 0 and rules == {"2": 1} and (upheld, declined) == (1, 0)
    answer.answer(town.services, cleo, contested(town, ana, number).case_id, OVERTURN)
    assert counted() == (0, {}, 0, 1)
    assert again(town.services, post).state is PostState.PUBLISHED
    assert "Nothing counts against you." in town.at_home(ana).page("/record")


def test_varied_the_milder_takes_the_place_of_the_first_with_reasons_of_its_own(
    town: Town, ana: AccountRow, mo: AccountRow, post: PostRow
) -> None:
    cleo = town.member("cleo", Role.MODERATOR)
    appeal = contested(town, ana, decided(town, mo, post))
    milder = DecisionRequest(Action.LABEL, reason="A warning is enough.")
    done = answer.answer(town.services, cleo, appeal.case_id, Answer(AppealOutcome.VARY, "Half right.", milder))
    assert again(town.services, post).state is PostState.PUBLISHED
    author = town.at_home(ana)
    assert "They decided otherwise." in author.page(f"/appeals/{appeal.id}")
    page = author.page(f"/decisions/{done.appeal.answer_id}")
    assert "Your post was put behind a warning." in page and "A warning is enough." in page
    assert "taken back" in author.page(f"/decisions/{appeal.decision_id}")


@pytest.mark.parametrize("party", [False, True])
def test_where_nobody_else_may_judge_every_text_says_so(
    town: Town, admin: AccountRow, ana: AccountRow, post: PostRow, party: bool
) -> None:
    if party:
        with town.services.db.write() as session:
            row = session.get_one(AccountRow, ana.id)
            row.role, row.second_factor_at = Role.MODERATOR, town.services.clock.now()
    number = decided(town, admin, post, Action.LABEL)
    author = town.at_home(ana)
    told = author.page(f"/decisions/{number}") + mailed(town, ana)
    assert "Nobody else here may judge it" in told and "somebody else" not in told
    form = author.page(f"/decisions/{number}/contest")
    assert ("is part of this" if party else "This server has one moderator") in form
    appeal = contested(town, ana, number)
    town.services.clock.move(timedelta(days=1, seconds=1))  # type: ignore[attr-defined]
    answer.answer(town.services, admin, appeal.case_id, OVERTURN)
    ended = author.page(f"/appeals/{appeal.id}")
    assert "Who decided looked at it afresh, because nobody else here may." in ended and "Somebody else" not in ended


def test_whoever_joins_while_it_waits_gets_it_and_what_was_said_is_corrected(
    town: Town, admin: AccountRow, ana: AccountRow, post: PostRow
) -> None:
    appeal = contested(town, ana, decided(town, admin, post))
    author, page = town.at_home(ana), f"/appeals/{appeal.id}"
    assert "This server has one moderator" in author.page(page) and recrew.reconsider(town.services) == 0
    cleo = town.member("cleo", Role.MODERATOR)
    assert recrew.reconsider(town.services) == 1 and recrew.reconsider(town.services) == 0
    assert "Somebody else than who decided" in author.page(page)
    assert "Who looks at your appeal has changed." in author.page("/notifications")
    assert "Who looks at your appeal has changed." in mailed(town, ana)
    town.services.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    with pytest.raises(ExcludedError):
        answer.answer(town.services, admin, appeal.case_id, OVERTURN)
    answer.answer(town.services, cleo, appeal.case_id, OVERTURN)
    assert "Somebody else looked at it again." in author.page(page)


def test_whoever_leaves_while_it_waits_leaves_nobody_waiting_for_ever(
    town: Town, admin: AccountRow, ana: AccountRow, post: PostRow
) -> None:
    cleo = town.member("cleo", Role.MODERATOR)
    appeal = contested(town, ana, decided(town, admin, post))
    dismissed(town, cleo)
    assert recrew.reconsider(town.services) == 1
    assert "This server has one moderator" in town.at_home(ana).page(f"/appeals/{appeal.id}")
    with pytest.raises(ExcludedError):
        answer.answer(town.services, admin, appeal.case_id, OVERTURN)
    town.services.clock.move(timedelta(days=1, seconds=1))  # type: ignore[attr-defined]
    answer.answer(town.services, admin, appeal.case_id, OVERTURN)


def test_a_reader_outside_who_is_named_later_is_asked_then(
    town: Town, admin: AccountRow, ana: AccountRow, post: PostRow
) -> None:
    appeal = contested(town, ana, decided(town, admin, post))
    outside.name_reader(town.services, admin, "Rae", "rae@mail.example", "en")
    assert recrew.reconsider(town.services) == 1 and recrew.reconsider(town.services) == 0
    with town.services.db.read() as session:
        assert session.scalars(select(MailRow).where(MailRow.to == "rae@mail.example")).one()
    outside.answer(town.services, appeal.case_id, OVERTURN)
    assert "A reader outside looked at it again." in town.at_home(ana).page(f"/appeals/{appeal.id}")
