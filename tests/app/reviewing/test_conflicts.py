"""What the house knows of a moderator hides a case from them, on both databases; staged copies too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.relationships import follow
from app.reports import file
from app.reports.file import FileReport
from app.services import Services
from app.workforce import conflicts
from moderation.cases import claims, exclusions, queue
from moderation.cases.tables import CaseRow
from moderation.cases.values import CaseQuery
from moderation.errors import ExcludedError
from moderation.quality import staging
from moderation.quality.tables import StagedKind
from tests.app.people import member


@pytest.fixture
def house(services: Services) -> Services:
    """A house as the app makes it, with two who moderate."""
    services.db.info[exclusions.KNOWS] = conflicts.hidden_from
    member(services, "mo", Role.MODERATOR)
    member(services, "rita", Role.REVIEWER)
    return services


def held(services: Services, by: AccountRow) -> int:
    """A case about what somebody wrote."""
    post = compose.compose(services, by.id, ComposeRequest("they are vermin, all of them"))
    with services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()


def account(services: Services, name: str) -> AccountRow:
    with services.db.read() as session:
        rows = session.scalars(select(AccountRow)).all()
        return next(row for row in rows if row.actor.username == name)


def shown_to(services: Services, name: str) -> list[int]:
    """The cases in somebody's queue; each can be claimed by them, and no other."""
    now = services.clock.now()
    with services.db.write() as session:
        listed = [each.id for each in queue.list_cases(session, CaseQuery(reader=name), now).items]
        for number in session.scalars(select(CaseRow.id).order_by(CaseRow.id)).all():
            if number in listed:
                exclusions.require(session, number, name, now)
            else:
                with pytest.raises(ExcludedError):
                    claims.take(session, number, name, now)
    return listed


def writes_it(services: Services) -> int:
    return held(services, account(services, "mo"))


def follows_them(services: Services) -> int:
    author = member(services, "mallory")
    follow.follow(services, account(services, "mo").id, author.id)
    return held(services, author)


def reports_it(services: Services) -> int:
    author = member(services, "mallory")
    post = compose.compose(services, author.id, ComposeRequest("a harmless line"))
    file.file(services, account(services, "mo").actor, FileReport(author.id, (post.id,), "look", "other"))
    with services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()


@pytest.mark.parametrize("ties", [writes_it, follows_them, reports_it])
def test_what_one_has_to_do_with_is_hidden_from_one_alone(house: Services, ties: Callable[[Services], int]) -> None:
    number = ties(house)
    assert shown_to(house, "mo") == []
    assert shown_to(house, "rita") == [number]


def test_what_has_nothing_to_do_with_anybody_is_shown_to_all(house: Services) -> None:
    number = held(house, member(house, "mallory"))
    assert shown_to(house, "mo") == shown_to(house, "rita") == [number]


def test_a_staged_copy_is_hidden_as_its_original_is(house: Services) -> None:
    number = follows_them(house)
    with house.db.write() as session:
        real = session.get_one(CaseRow, number)
        copy = staging.stage(session, real, StagedKind.REVIEW, 1, house.clock.now())
    assert shown_to(house, "mo") == []
    assert set(shown_to(house, "rita")) == {number, copy}
