"""Moderators at the same time, their roles, and what a rule about a server would touch; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.errors import ForbiddenError, InvalidError
from app.ids import IDS
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow, PostState
from app.relationships.tables import FollowRow, FollowState
from app.reviewing import claiming, decide, impact, people
from app.services import Services
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.errors import ClaimedError, ConflictError, StaleError
from moderation.values import Action, CaseState, Scope
from tests.app.people import again, member, post, remote


def held(services: Services, who: AccountRow, words: str = "they are vermin, all of them") -> PostRow:
    """A post that waits."""
    return compose.compose(services, who.id, ComposeRequest(text=words))


def case_of(services: Services, post: PostRow) -> CaseRow:
    """Its case."""
    with services.db.read() as session:
        return session.scalars(select(CaseRow).where(CaseRow.uri == post.uri)).one()


def test_of_many_who_decide_at_once_one_does(services: Services) -> None:
    crew = [member(services, f"mo{number}", Role.REVIEWER) for number in range(6)]
    waiting = held(services, member(services, "mallory"))
    case = case_of(services, waiting)
    actions = (Action.APPROVE, Action.REMOVE)

    def press(number: int) -> bool:
        try:
            decide.decide(services, crew[number], case.id, DecisionRequest(actions[number % 2], version=case.version))
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(press, range(6))) == 1
    with services.db.read() as session:
        decision = session.scalars(select(DecisionRow)).one()
    expected = PostState.PUBLISHED if decision.action is Action.APPROVE else PostState.REJECTED
    assert again(services, waiting).state is expected


def test_a_decision_and_what_it_does_are_there_together_or_not_at_all(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, waiting = member(services, "ada", Role.ADMIN), held(services, member(services, "mallory"))

    def broken(*_: object) -> None:
        raise RuntimeError("the app can't do it")

    monkeypatch.setattr("app.enforcement.enact.enact", broken)
    with pytest.raises(RuntimeError):
        decide.decide(services, ada, case_of(services, waiting).id, DecisionRequest(Action.APPROVE))
    assert case_of(services, waiting).state is CaseState.OPEN
    assert again(services, waiting).state is PostState.HELD


def test_another_may_not_decide_what_somebody_holds_until_the_lease_is_over(
    services: Services, clock: FrozenClock
) -> None:
    mo, rita = member(services, "mo", Role.REVIEWER), member(services, "rita", Role.REVIEWER)
    case = case_of(services, held(services, member(services, "mallory")))
    claiming.take(services, mo, case.id)
    with pytest.raises(ClaimedError):
        decide.decide(services, rita, case.id, DecisionRequest(Action.REMOVE))
    clock.move(timedelta(minutes=6))
    decide.decide(services, rita, case.id, DecisionRequest(Action.REMOVE))
    with pytest.raises(StaleError):
        claiming.take(services, mo, case.id)


@pytest.mark.parametrize(
    ("role", "request_", "allowed"),
    [
        (Role.MEMBER, DecisionRequest(Action.APPROVE), False),
        (Role.TRAINEE, DecisionRequest(Action.APPROVE), False),
        (Role.REVIEWER, DecisionRequest(Action.REMOVE), True),
        (Role.REVIEWER, DecisionRequest(Action.SUSPEND, Scope.CLUSTER), False),
        (Role.REVIEWER, DecisionRequest(Action.REMOVE, Scope.ACCOUNT), False),
        (Role.MODERATOR, DecisionRequest(Action.SUSPEND, Scope.ACCOUNT), True),
        (Role.MODERATOR, DecisionRequest(Action.SUSPEND, Scope.DOMAIN), False),
        (Role.LEAD, DecisionRequest(Action.SUSPEND, Scope.DOMAIN), True),
        (Role.CHILD_SAFETY, DecisionRequest(Action.APPROVE), False),
    ],
)
def test_a_role_reaches_as_far_as_it_should(role: Role, request_: DecisionRequest, allowed: bool) -> None:
    assert people.may(role, request_) is allowed


def test_who_is_disabled_moderates_no_more(services: Services) -> None:
    mo = member(services, "mo", Role.MODERATOR)
    mo.disabled_at = services.clock.now()
    with pytest.raises(ForbiddenError):
        claiming.take_next(services, mo)


def test_anothers_decision_takes_a_moderator_to_take_back(services: Services) -> None:
    mo, rita = member(services, "mo", Role.MODERATOR), member(services, "rita", Role.REVIEWER)
    case = case_of(services, held(services, member(services, "mallory")))
    made = decide.decide(services, mo, case.id, DecisionRequest(Action.APPROVE)).decision
    with pytest.raises(ForbiddenError):
        decide.reverse(services, rita, made.id, "I would not")
    assert decide.reverse(services, mo, made.id, "misread").decision.reverses_id == made.id


def test_a_case_is_given_only_to_who_may_work_on_it(services: Services) -> None:
    mo = member(services, "mo", Role.MODERATOR)
    member(services, "ana")
    case = case_of(services, held(services, member(services, "mallory")))
    with pytest.raises(InvalidError):
        claiming.assign(services, mo, case.id, "ana")
    claiming.assign(services, mo, case.id, "mo")
    assert case_of_id(services, case.id).assigned_to == "mo"


def case_of_id(services: Services, number: int) -> CaseRow:
    """A case."""
    with services.db.read() as session:
        return session.get_one(CaseRow, number)


def test_a_rule_counts_whom_it_would_touch(services: Services) -> None:
    ana, ben = member(services, "ana"), member(services, "ben")
    tom = remote(services, "tom", "far.example")
    sub = remote(services, "sue", "sub.far.example")
    other = remote(services, "ina", "notfar.example")
    with services.db.write() as session:
        for follower, target in (
            (ana.id, tom.id),
            (ben.id, tom.id),
            (ana.id, sub.id),
            (tom.id, ana.id),
            (ana.id, other.id),
        ):
            session.add(follow(services, follower, target))
    post(services, tom)
    post(services, sub)
    post(services, other)
    with services.db.read() as session:
        found = impact.of(session, "far.example")
        both = impact.of_many(session, ["far.example", "notfar.example"])
        nothing = impact.of(session, "f_r.example")
    assert found == impact.Impact(people=2, followed=3, followers=1, members=2, posts=2, held=0, conversations=0)
    assert (both.people, both.posts) == (3, 3)
    assert nothing == impact.Impact(0, 0, 0, 0, 0, 0, 0)


def follow(services: Services, follower: int, target: int) -> FollowRow:
    """Somebody follows somebody."""
    now = services.clock.now()
    return FollowRow(
        id=IDS.take(now),
        uri=f"https://ostiary.example/follows/{follower}-{target}",
        follower_id=follower,
        target_id=target,
        state=FollowState.ACCEPTED,
        created_at=now,
    )
