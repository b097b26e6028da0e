"""Several cases together: read whole, decided in one write, or none of them; one undo brings all of them back."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from app.accounts.tables import AccountRow, Role
from app.posts.tables import PostRow, PostState
from moderation.cases.tables import DecisionRow
from moderation.values import CaseState, Visibility
from tests.app.people import told
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
PAGE = "/review/batch"
WORDS = ("ferries", "kettles", "bakers")


@pytest.fixture
def waiting(town: Town, desk: Desk) -> list[PostRow]:
    """Three posts of three members, which wait."""
    return [desk.held(f"vermin, these {word}, I say it again", town.member(f"fan_of_{word}")) for word in WORDS]


def press(
    visitor: Visitor, desk: Desk, posts: list[PostRow], action: str, where: str = PAGE, **fields: object
) -> TestResponse:
    """Press a button of the form with these ticked."""
    cases = [desk.case_of(post) for post in posts]
    versions = {f"version_{case.id}": case.version for case in cases}
    return visitor.post(where, on=PAGE, case=[case.id for case in cases], action=action, **versions, **fields)


def states(desk: Desk, posts: list[PostRow]) -> list[PostState]:
    return [desk.now(post).state for post in posts]


def test_each_stands_there_whole_and_none_is_ticked_before_somebody_does(mo: Visitor, waiting: list[PostRow]) -> None:
    page = mo.page(PAGE)
    for word in WORDS:
        assert f"these {word}, I say it again" in page
    assert 'name="case"' in page
    assert not re.search(r'name="case"[^>]*checked', page)


def test_those_that_were_marked_in_the_queue_are_ticked_and_no_others_shown(
    mo: Visitor, desk: Desk, waiting: list[PostRow]
) -> None:
    first, second = (desk.case_of(post).id for post in waiting[:2])
    page = mo.page(f"{PAGE}?case={first}&case={second}")
    assert len(re.findall(r'name="case"[^>]*checked', page)) == 2
    assert WORDS[2] not in page


def test_the_case_counts_those_of_its_author_that_could_be_decided_with_it(town: Town, mo: Visitor, desk: Desk) -> None:
    fan = town.member("fan")
    first, *_others = [desk.held(f"vermin, these {word}, I say it again", fan) for word in WORDS]
    town.writes(fan, "@mo vermin, this is for you alone", visibility=Visibility.DIRECT)
    assert "3 cases: decide together" in mo.page(f"/review/case/{desk.case_of(first).id}")


def test_the_preview_names_what_it_does_and_changes_nothing(mo: Visitor, desk: Desk, waiting: list[PostRow]) -> None:
    page = press(mo, desk, waiting, "remove", PAGE + "/preview", rule="2").text
    assert "3 cases together" in page
    assert "3 posts are refused, or taken away" in page
    assert "Owed, and sent, to 3 authors here." in page
    assert set(states(desk, waiting)) == {PostState.HELD}


def test_they_are_rejected_together_and_each_author_reads_the_rule_in_their_language(
    town: Town, mo: Visitor, desk: Desk, waiting: list[PostRow]
) -> None:
    with town.services.db.write() as session:
        session.get_one(AccountRow, waiting[0].actor_id).locale = "fr"
    assert press(mo, desk, waiting, "remove", rule="2").headers["Location"] == "/review"
    assert set(states(desk, waiting)) == {PostState.REJECTED}
    with town.services.db.read() as session:
        rows = session.query(DecisionRow).order_by(DecisionRow.id).all()
        assert [row.batch_id for row in rows] == [rows[0].id] * 3
        assert rows[0].reason.startswith("Ceci enfreint") or "règle 2" in rows[0].reason
        assert "This breaks rule 2" in rows[1].reason
    assert "moderation_warning" in [str(kind) for kind in told(town.services, waiting[1].actor_id)]


def test_one_undo_brings_all_of_them_back(mo: Visitor, desk: Desk, waiting: list[PostRow]) -> None:
    press(mo, desk, waiting, "remove", rule="2")
    mo.post("/review/undo", on="/review")
    assert set(states(desk, waiting)) == {PostState.HELD}
    assert {desk.case_of(post).state for post in waiting} == {CaseState.OPEN}


def test_one_of_a_batch_can_be_taken_back_alone_and_the_undo_then_brings_the_others_back(
    town: Town, mo: Visitor, desk: Desk, waiting: list[PostRow]
) -> None:
    press(mo, desk, waiting, "remove", rule="2")
    with town.services.db.read() as session:
        number = session.query(DecisionRow.id).filter(DecisionRow.uri == waiting[1].uri).scalar()
    mo.post(f"/review/decisions/{number}/reverse", on="/review/decided", reason="a quotation")
    assert states(desk, waiting) == [PostState.REJECTED, PostState.HELD, PostState.REJECTED]
    mo.post("/review/undo", on="/review")
    assert set(states(desk, waiting)) == {PostState.HELD}


def test_keeping_lets_in_what_waits_and_leaves_what_is_shown(
    town: Town, mo: Visitor, desk: Desk, ana: AccountRow, ben: AccountRow, waiting: list[PostRow]
) -> None:
    shown = town.writes(ana, "the tram was late again, all of you")
    desk.reported(ben, shown)
    press(mo, desk, [waiting[0], shown], "keep")
    assert states(desk, [waiting[0], shown]) == [PostState.PUBLISHED] * 2
    assert desk.case_of(shown).state is CaseState.DECIDED


def test_where_somebody_was_faster_nothing_is_done_and_that_one_is_unticked_and_says_why(
    town: Town, mo: Visitor, desk: Desk, waiting: list[PostRow]
) -> None:
    town.member("cleo", Role.MODERATOR)
    other = desk.case_of(waiting[1])
    town.visitor().sign_in("cleo").post(f"/review/case/{other.id}/claim", on=f"/review/case/{other.id}")
    answer = press(mo, desk, waiting, "remove", rule="2", reason="Not like this.")
    assert answer.status_code == 409
    assert "Nothing was done" in answer.text
    assert "Not like this." in answer.text
    assert set(states(desk, waiting)) == {PostState.HELD}


def test_an_edit_in_between_stops_all_of_them(town: Town, mo: Visitor, desk: Desk, waiting: list[PostRow]) -> None:
    fields = {f"version_{desk.case_of(post).id}": desk.case_of(post).version for post in waiting}
    first = desk.case_of(waiting[0]).id
    fields[f"version_{first}"] -= 1
    answer = mo.post(PAGE, on=PAGE, case=[desk.case_of(post).id for post in waiting], action="remove", **fields)
    assert answer.status_code == 409
    assert set(states(desk, waiting)) == {PostState.HELD}


def test_a_wave_is_never_part_of_one(mo: Visitor, desk: Desk, waiting: list[PostRow]) -> None:
    wave = desk.wave()
    assert f'id="c{wave.id}"' not in mo.page(PAGE)
    answer = mo.post(PAGE, on=PAGE, case=[wave.id], action="remove", **{f"version_{wave.id}": wave.version})
    assert answer.status_code == 409
    assert "decided by itself" in answer.text or "Nothing was done" in answer.text


@pytest.mark.parametrize("fields", [{"action": "remove"}, {"action": "suspend"}, {}])
def test_nothing_ticked_or_nothing_known_asked_is_one_clear_answer(
    mo: Visitor, desk: Desk, waiting: list[PostRow], fields: dict[str, str]
) -> None:
    numbers = [] if fields.get("action") == "remove" else [desk.case_of(waiting[0]).id]
    for where in (PAGE, PAGE + "/preview"):
        answer = mo.post(where, on=PAGE, case=numbers, **fields)
        assert answer.status_code == 422
        assert "Tick at least one case" in answer.text


def test_an_authors_other_cases_are_one_link_away_and_ticked(
    mo: Visitor, desk: Desk, town: Town, ana: AccountRow
) -> None:
    posts = [town.writes(ana, f"vermin, these {word}, I say it again") for word in WORDS]
    page = mo.page(f"/review/case/{desk.case_of(posts[0]).id}")
    link = re.search(r'href="(/review/batch\?author=[^"]+)"', page)
    assert link is not None
    assert "3 cases: decide together" in page
    assert len(re.findall(r'name="case"[^>]*checked', mo.page(link[1]))) == 3


def test_a_trainee_decides_nothing_together(town: Town, waiting: list[PostRow]) -> None:
    town.member("tina", Role.TRAINEE)
    assert town.visitor().sign_in("tina").get(PAGE).status_code == 403
