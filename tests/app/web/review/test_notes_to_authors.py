"""What moderators write to an author besides the reason: where it is read, and that an undo takes it back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.api import openapi
from app.notifications.tables import MailRow
from app.posts.tables import PostState
from moderation.cases.tables import DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.dsa import rendering
from moderation.quality import ratings
from moderation.statements.tables import StatementRow
from moderation.values import Action
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import HATEFUL, Desk
from tests.app.web.review.test_deciding import decide

pytestmark = pytest.mark.one_database
NOTE = "We know that you were quoted; write it without the word."


@pytest.fixture
def refused(town: Town, mo: Visitor, desk: Desk, ana: AccountRow) -> int:
    """A post of Ana's is refused, with a reason and a note to her; the decision's number."""
    case = desk.case_of(post := town.writes(ana, HATEFUL))
    fields = {"reason_remove": "Nobody is vermin.", "author_note_remove": NOTE, "note": "second time this week"}
    assert decide(mo, case.id, post.uri, "remove", version=case.version, **fields).status_code == 302
    with town.services.db.read() as session:
        return session.scalars(select(DecisionRow.id)).one()


def test_its_author_reads_it_apart_from_the_reason_wherever_they_are_told(
    town: Town, ana: AccountRow, refused: int
) -> None:
    her = town.at_home(ana)
    for page in (her.page(f"/decisions/{refused}"), her.page("/notifications")):
        assert "Nobody is vermin." in page and f"The moderators also write to you: {NOTE}" in page
        assert "second time this week" not in page
    with town.services.db.read() as session:
        mail = session.scalars(select(MailRow).where(MailRow.to == ana.email)).one()
    assert "Reason: Nobody is vermin." in mail.text and NOTE in mail.text


def test_an_undo_takes_it_back_everywhere(town: Town, mo: Visitor, ana: AccountRow, refused: int) -> None:
    mo.post("/review/undo", on="/review")
    her = town.at_home(ana)
    assert NOTE not in her.page(f"/decisions/{refused}") and NOTE not in her.page("/notifications")
    with town.services.db.read() as session:
        assert session.scalar(select(MailRow.id).where(MailRow.to == ana.email)) is None


def test_an_undo_takes_it_back_from_all_who_wrote_the_same(town: Town, mo: Visitor, desk: Desk) -> None:
    people = [town.member(name) for name in ("una", "vic", "wes")]
    text = f"{HATEFUL}, and whoever reads this should pass it on to all of them"
    first, *_others = [town.writes(each, text) for each in people]
    case = desk.case_of(first)
    assert decide(mo, case.id, first.uri, "spam", version=case.version, author_note_spam=NOTE).status_code == 302
    pages = [town.at_home(each) for each in people]
    assert all(NOTE in each.page("/notifications") for each in pages)
    mo.post("/review/undo", on="/review")
    for each in pages:
        said = each.page("/notifications")
        assert NOTE not in said and "taken back" in said


def test_colleagues_read_whom_it_was_for(town: Town, mo: Visitor, lea: Visitor, refused: int) -> None:
    assert "To the author: “We know that you were quoted" in lea.page("/review/decided")


def test_it_is_no_part_of_what_the_transparency_database_gets(town: Town, refused: int) -> None:
    with town.services.db.read() as session:
        row = session.scalars(select(StatementRow)).one()
    assert row.author_note == NOTE
    assert "quoted" not in str(rendering.record(row, "https://ostiary.example/terms"))


def test_what_restricts_nobody_takes_no_note_and_nothing_is_done(town: Town, desk: Desk, mo: Visitor) -> None:
    post = desk.held()
    case = desk.case_of(post)
    answer = decide(mo, case.id, post.uri, "approve", author_note_approve=NOTE, version=case.version)
    assert answer.status_code == 422 and "restricts nobody" in answer.text
    assert desk.now(post).state is PostState.HELD


def test_several_authors_read_one_note_which_the_preview_shows(
    town: Town, mo: Visitor, ana: AccountRow, desk: Desk
) -> None:
    case = desk.case_of(town.writes(ana, HATEFUL))
    fields = {"case": case.id, f"version_{case.id}": case.version, "action": "remove", "author_note": NOTE}
    preview = mo.post("/review/batch/preview", on="/review/batch", **fields)
    assert NOTE in preview.text
    mo.post("/review/batch", on="/review/batch", **fields)
    assert NOTE in town.at_home(ana).page("/notifications")


def test_a_macros_preview_takes_one_for_members_here(town: Town, mo: Visitor, ana: AccountRow, desk: Desk) -> None:
    where = f"/review/case/{desk.case_of(town.writes(ana, HATEFUL)).id}/macro/3"
    assert 'name="author_note"' in mo.page(where)
    mo.post(f"{where}/do", on=where, reason="Nobody is vermin.", author_note=NOTE)
    assert NOTE in town.at_home(ana).page("/notifications")


def test_a_proposal_keeps_its_note_until_somebody_decides() -> None:
    asked = DecisionRequest(Action.REMOVE, author_note=NOTE)
    assert ratings.from_json(ratings.as_json(asked)).author_note == NOTE


def test_the_api_takes_one_and_says_so() -> None:
    assert (
        "author_note"
        in openapi.describe("https://ostiary.example")["components"]["schemas"]["DecisionRequest"]["properties"]
    )
