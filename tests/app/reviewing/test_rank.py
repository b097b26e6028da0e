"""Who is decided about by whom: nobody of the team is shut out by an equal, by somebody below, or by themselves."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.errors import ForbiddenError
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostState
from app.reviewing import decide
from app.services import Services
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.values import Action, Scope
from tests.app.people import again, member

MEASURES = (Action.WARN, Action.FREEZE, Action.SILENCE, Action.DISABLE, Action.SUSPEND)


def case_about(services: Services, who: AccountRow) -> tuple[int, object]:
    """A case about what somebody wrote."""
    post = compose.compose(services, who.id, ComposeRequest("they are vermin, all of them"))
    with services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one(), post


@pytest.mark.parametrize("action", MEASURES)
@pytest.mark.parametrize(
    ("by", "about", "may"),
    [
        (Role.MODERATOR, Role.MEMBER, True),
        (Role.MODERATOR, Role.REVIEWER, True),
        (Role.MODERATOR, Role.MODERATOR, False),
        (Role.MODERATOR, Role.ADMIN, False),
        (Role.LEAD, Role.CHILD_SAFETY, False),
        (Role.ADMIN, Role.LEAD, True),
    ],
)
def test_an_account_of_the_team_takes_a_higher_role(
    services: Services, action: Action, by: Role, about: Role, may: bool
) -> None:
    moira, other = member(services, "moira", by), member(services, "other", about)
    number, _post = case_about(services, other)
    asked = DecisionRequest(action, Scope.ACCOUNT, reason="read")
    if may:
        decide.decide(services, moira, number, asked)
        return
    with pytest.raises(ForbiddenError) as refused:
        decide.decide(services, moira, number, asked)
    assert refused.value.code == "role_required"
    with services.db.read() as session:
        account = session.get_one(AccountRow, other.id)
        assert session.scalars(select(DecisionRow)).all() == []
        assert account.disabled_at is None and account.frozen_at is None and account.actor.suspended_at is None


def test_what_somebody_of_the_team_posted_is_decided_like_anybodys(services: Services) -> None:
    moira, boss = member(services, "moira", Role.REVIEWER), member(services, "boss", Role.ADMIN)
    number, post = case_about(services, boss)
    decide.decide(services, moira, number, DecisionRequest(Action.REMOVE, reason="read"))
    assert again(services, post).state is PostState.REJECTED  # type: ignore[arg-type]
