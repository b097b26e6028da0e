"""The page on which one teaches: off until one wants it, a question at a time, undone, reported, and nothing else."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.learning import lessons
from app.posts import delete
from app.posts.tables import PostRow, PostState
from moderation.learning import taught
from moderation.learning.tables import LessonRow, TrainingRow, TrainingState
from moderation.learning.values import Taught
from moderation.reports.tables import ReportRow
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
PAGE = "/review/model/teach"
APPLES = "The baker gave away the last of the apples."
FERRY = "The ferry is late again, and nobody at the harbour knows why."


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line near which the twin's word on harmless posts lies."""
    monkeypatch.setattr(lessons, "lines", lambda *_args: {"spam": 0.02})


@pytest.fixture
def teacher(rita: Visitor) -> Visitor:
    """A reviewer who teaches."""
    assert rita.post(PAGE, an_hour="5").status_code == 302
    return rita


def asked(town: Town, who: Visitor) -> tuple[str, int, str]:
    """The page after the worker came by, with the question's number and the digest of its text."""
    lessons.work(town.services)
    page = who.page(PAGE)
    number = re.search(rf'action="{PAGE}/([0-9]+)"', page)
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert number is not None and digest is not None
    return page, int(number[1]), digest[1]


def say(town: Town, who: Visitor, answer: Taught) -> int:
    """Answer what is asked."""
    _page, number, digest = asked(town, who)
    assert who.post(f"{PAGE}/{number}", on=PAGE, answer=answer.value, digest=digest).status_code == 302
    return number


def answers(town: Town) -> list[Taught | None]:
    """What is written down."""
    with town.services.db.read() as session:
        return list(session.scalars(select(LessonRow.answer).order_by(LessonRow.id)))


def test_it_is_off_until_somebody_wants_it(town: Town, rita: Visitor, ana: AccountRow) -> None:
    town.writes(ana, APPLES)
    lessons.work(town.services)
    page = rita.page(PAGE)
    assert "off until you say so" in page and APPLES not in page
    assert answers(town) == []


def test_one_post_is_asked_about_at_a_time_and_nobody_is_named(town: Town, teacher: Visitor, ana: AccountRow) -> None:
    ben = town.member("ben")
    town.writes(ana, APPLES)
    town.writes(ben, FERRY)
    page, _number, _digest = asked(town, teacher)
    assert (APPLES in page) != (FERRY in page)
    assert "@ana" not in page and "@ben" not in page


def test_an_answer_is_kept_the_post_stays_and_the_next_one_is_asked(
    town: Town, teacher: Visitor, ana: AccountRow
) -> None:
    post = town.writes(ana, APPLES)
    say(town, teacher, Taught.SPAM)
    page = teacher.page(PAGE)
    assert "You said: spam." in page and "You have given 1 answer." in page and APPLES not in page
    with town.services.db.read() as session:
        assert [each.labels["spam"] for each in taught.read(session)] == [1.0]
        row = session.get_one(PostRow, post.pk)
        assert row.state is PostState.PUBLISHED
        assert session.scalars(select(ReportRow)).all() == []


def test_the_last_answer_is_taken_back_and_asked_again(town: Town, teacher: Visitor, ana: AccountRow) -> None:
    town.writes(ana, APPLES)
    say(town, teacher, Taught.SPAM)
    teacher.post(f"{PAGE}/undo", on=PAGE)
    page = teacher.page(PAGE)
    assert "here it is again" in page and APPLES in page
    assert answers(town) == [None]
    teacher.post(f"{PAGE}/undo", on=PAGE)
    assert "there is no answer to take back" in teacher.page(PAGE)


def test_what_was_called_harmful_comes_to_the_queue_by_one_button(
    town: Town, teacher: Visitor, desk: Desk, ana: AccountRow
) -> None:
    post = town.writes(ana, APPLES)
    number = say(town, teacher, Taught.SPAM)
    assert "data-report" in teacher.page(PAGE)
    teacher.post(f"{PAGE}/{number}/report", on=PAGE)
    assert desk.case_of(post) is not None
    page = teacher.page(PAGE)
    assert "Reported." in page and "data-report" not in page
    teacher.post(f"{PAGE}/{number}/report", on=PAGE)
    with town.services.db.read() as session:
        assert len(session.scalars(select(ReportRow)).all()) == 1


def test_what_was_called_harmless_cant_be_reported_from_here(town: Town, teacher: Visitor, ana: AccountRow) -> None:
    town.writes(ana, APPLES)
    number = say(town, teacher, Taught.NONE)
    assert "data-report" not in teacher.page(PAGE)
    teacher.post(f"{PAGE}/{number}/report", on=PAGE)
    assert "only what you called harmful" in teacher.page(PAGE)


def test_what_is_no_answer_changes_nothing(town: Town, teacher: Visitor, mo: Visitor, ana: AccountRow) -> None:
    town.writes(ana, APPLES)
    _page, number, digest = asked(town, teacher)
    assert teacher.post(f"{PAGE}/{number}", on=PAGE, answer="evil", digest=digest).status_code == 422
    teacher.post(f"{PAGE}/{number}", on=PAGE, answer="spam", digest="0" * 64)
    assert "read it again" in teacher.page(PAGE)
    mo.post(f"{PAGE}/{number}", on=PAGE, answer="spam", digest=digest)
    assert teacher.post(f"{PAGE}/999999", on=PAGE, answer="spam", digest=digest).status_code == 404
    assert answers(town) == [None]


@pytest.mark.parametrize("number", ["0", "6", "-5", "", "1000000"])
def test_only_the_numbers_that_are_offered_begin(rita: Visitor, number: str) -> None:
    rita.post(PAGE, an_hour=number)
    page = rita.page(PAGE)
    assert "choose how many posts an hour" in page and "off until you say so" in page


def test_who_stops_is_asked_nothing_and_what_they_said_stays(town: Town, teacher: Visitor, ana: AccountRow) -> None:
    town.writes(ana, APPLES)
    say(town, teacher, Taught.SPAM)
    teacher.post(f"{PAGE}/stop", on=PAGE)
    assert "off until you say so" in teacher.page(PAGE)
    assert answers(town) == [Taught.SPAM]


def test_a_warning_stands_before_the_text_and_no_picture_is_shown(
    town: Town, teacher: Visitor, ana: AccountRow
) -> None:
    town.writes(ana, APPLES, warning="fruit")
    page, _number, _digest = asked(town, teacher)
    assert "Warning: fruit" in page
    assert page.index("data-veil") < page.index(APPLES)
    assert "<img" not in page[page.index("<article") : page.index("</article>")]


def test_a_question_whose_post_is_gone_makes_room(town: Town, teacher: Visitor, ana: AccountRow) -> None:
    post = town.writes(ana, APPLES)
    asked(town, teacher)
    delete.delete(town.services, ana.id, post.id)
    assert APPLES not in teacher.page(PAGE)
    lessons.work(town.services)
    assert answers(town) == []


def test_who_skips_a_label_isnt_asked_about_it_from_that_moment_on(
    town: Town, teacher: Visitor, ana: AccountRow
) -> None:
    town.writes(ana, APPLES)
    asked(town, teacher)
    teacher.post("/review/start/skip-today", on="/review/start", skip="spam")
    assert APPLES not in teacher.page(PAGE)


def test_nothing_like_what_was_asked_is_asked_again(town: Town, teacher: Visitor, ana: AccountRow) -> None:
    town.writes(ana, APPLES)
    say(town, teacher, Taught.NONE)
    town.writes(town.member("ben"), APPLES)
    lessons.work(town.services)
    assert answers(town) == [Taught.NONE]


def test_what_it_gained_is_told_from_the_last_training(town: Town, teacher: Visitor) -> None:
    now = town.services.clock.now()
    gain = {"spam": {"n": 44, "without": 0.811, "taught": 0.934}}
    with town.services.db.write() as session:
        session.add(
            TrainingRow(
                state=TrainingState.CANDIDATE,
                asked_at=now,
                version="local-1",
                learnt={"taught": 7, "gain": gain},
                judged={},
            )
        )
    page = teacher.page(PAGE)
    assert "7 posts that were taught" in page and "0.811" in page and "0.934" in page


def test_the_page_is_in_french(rita: Visitor) -> None:
    rita.post("/settings/writing", on="/settings", locale="fr", default_visibility="public", default_language="fr")
    assert "Instruire le modèle de texte" in rita.page(PAGE)
