"""Questions for those who teach: put by the worker, answered to the text that was read, and nothing follows from them."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.accounts.tables import AccountRow, Role
from app.learning import lessons
from app.posts.tables import PostRow, PostState
from app.reviewing import lessons as teaching_here
from app.reviewing.lessons import Question
from moderation.errors import NotFoundError, RefusedError
from moderation.evidence.tables import SnapshotCause, SnapshotRow
from moderation.learning import taught
from moderation.learning.tables import LessonRow, TeacherRow
from moderation.learning.values import Taught
from moderation.reports.tables import ReportRow
from moderation.rows import table_of
from moderation.values import Visibility
from tests.app.web.conftest import Town, ana, ben, town

__all__ = ["ana", "ben", "town"]
MARKER = "quixoticzephyr"


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line near which the twin's word on harmless posts lies."""
    monkeypatch.setattr(lessons, "lines", lambda *_args: {"hate": 0.02})


@pytest.fixture
def teacher(town: Town) -> AccountRow:
    """A moderator who teaches."""
    account = town.member("mo", Role.MODERATOR)
    teaching_here.begin(town.services, account, 5)
    return account


def asked(town: Town, account: AccountRow) -> Question | None:
    """What they are asked next, after the worker came by."""
    lessons.work(town.services)
    with town.services.db.read() as session:
        return teaching_here.question(town.services, session, account)


def test_who_teaches_is_asked_about_what_is_public_and_never_by_whom(
    town: Town, teacher: AccountRow, ana: AccountRow
) -> None:
    post = town.writes(ana, "The baker gave away the last of the apples.")
    found = asked(town, teacher)
    assert found is not None and found.post.uri == post.uri


def test_what_is_private_is_never_asked_about_and_stands_in_no_table_of_the_lessons(
    town: Town, teacher: AccountRow, ana: AccountRow
) -> None:
    for visibility in (Visibility.FOLLOWERS, Visibility.DIRECT, Visibility.UNLISTED):
        town.writes_to(ana, f"{MARKER} {visibility.value}", visibility)
    assert asked(town, teacher) is None
    with town.services.db.read() as session:
        for table in (LessonRow, TeacherRow):
            rows = session.execute(select(table_of(table))).all()
            assert MARKER not in repr(rows)
        assert session.scalar(select(func.count()).select_from(LessonRow)) == 0


def test_everybody_who_teaches_is_asked_however_many_they_are(
    town: Town, ana: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "AT_ONCE", 2)
    town.writes(ana, "The baker gave away the last of the apples.")
    names = [f"teacher{number}" for number in range(5)]
    for name in names:
        teaching_here.begin(town.services, town.member(name, Role.MODERATOR), 5)
    lessons.work(town.services)
    with town.services.db.read() as session:
        assert sorted(session.scalars(select(LessonRow.by))) == names


def test_nobody_is_asked_about_their_own_posts(town: Town, teacher: AccountRow) -> None:
    town.writes(teacher, "I wrote this myself, before breakfast.")
    assert asked(town, teacher) is None


def test_of_posts_that_say_the_same_one_is_asked_about(
    town: Town, teacher: AccountRow, ana: AccountRow, ben: AccountRow
) -> None:
    for account in (ana, ben):
        town.writes(account, "The ferry is late again, and nobody at the harbour knows why.")
    lessons.work(town.services)
    with town.services.db.read() as session:
        assert session.scalar(select(func.count()).select_from(LessonRow)) == 1


def test_an_answer_is_an_example_and_leaves_the_post_alone(town: Town, teacher: AccountRow, ana: AccountRow) -> None:
    post = town.writes(ana, "The baker gave away the last of the apples.")
    found = asked(town, teacher)
    assert found is not None
    teaching_here.answer(town.services, teacher, found.number, Taught.HATE, found.digest)
    with town.services.db.read() as session:
        (example,) = taught.read(session)
        assert (example.uri, example.labels["hate"]) == (post.uri, 1.0)
        causes = session.scalars(select(SnapshotRow.cause).where(SnapshotRow.uri == post.uri)).all()
        assert causes == [SnapshotCause.TEACHING]
        now = session.get(PostRow, post.pk)
        assert now is not None and now.state is PostState.PUBLISHED
        assert session.scalars(select(ReportRow)).all() == []


def test_an_answer_to_another_text_is_refused_and_the_question_stays(
    town: Town, teacher: AccountRow, ana: AccountRow
) -> None:
    town.writes(ana, "The baker gave away the last of the apples.")
    found = asked(town, teacher)
    assert found is not None
    with pytest.raises(RefusedError):
        teaching_here.answer(town.services, teacher, found.number, Taught.HATE, "0" * 64)
    assert asked(town, teacher) == found


def test_only_what_was_called_harmful_is_reported_and_then_like_any_report(
    town: Town, teacher: AccountRow, ana: AccountRow
) -> None:
    town.writes(ana, "The baker gave away the last of the apples.")
    found = asked(town, teacher)
    assert found is not None
    with pytest.raises(RefusedError):
        teaching_here.report(town.services, teacher, found.number)
    teaching_here.answer(town.services, teacher, found.number, Taught.SPAM, found.digest)
    teaching_here.report(town.services, teacher, found.number)
    with town.services.db.read() as session:
        assert [row.reporter_uri for row in session.scalars(select(ReportRow))] == [teacher.actor.uri]


def test_nobody_answers_anothers_question(town: Town, teacher: AccountRow, ana: AccountRow) -> None:
    town.writes(ana, "The baker gave away the last of the apples.")
    found = asked(town, teacher)
    assert found is not None
    with pytest.raises(NotFoundError):
        teaching_here.answer(
            town.services, town.member("rita", Role.MODERATOR), found.number, Taught.NONE, found.digest
        )
