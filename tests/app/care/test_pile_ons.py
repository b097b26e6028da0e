"""A pile-on is one case about the member at whom it is aimed; strangers are kept from her if she says yes, for a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow, Role
from app.care import giving, noticing, quiet, quiet_days
from app.care.tables import LetterRow
from app.clock import FrozenClock
from app.errors import InvalidError, NotFoundError
from app.notifications.tables import NotificationKind
from app.posts import admission, threads
from app.posts.drafts import DraftMention, PostDraft
from app.posts.tables import PostKind, PostRow
from app.relationships import follow
from app.relationships.tables import FollowRow, FollowState
from app.reviewing import decide
from app.services import Services
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.errors import RefusedError
from moderation.values import Action, CaseOrigin, Outcome, Scope, Visibility
from tests.app.people import member, post, remote, told

MANY = 9


def writes_at(services: Services, author: ActorRow, target: AccountRow, text: str, *, to: PostRow | None = None) -> str:
    """Somebody elsewhere writes to a member; the address of the post."""
    now = services.clock.now()
    uri = f"{author.uri}/statuses/{now.timestamp()}-{abs(hash(text))}"
    draft = PostDraft(
        uri=uri,
        actor_id=author.id,
        local=False,
        kind=PostKind.NOTE,
        visibility=Visibility.PUBLIC,
        submitted_at=now,
        published_at=now,
        content=f"<p>{text}</p>",
        text=text,
        mentions=(DraftMention(target.id, target.actor.uri, local=True),),
        in_reply_to_uri=to.uri if to is not None else None,
        live=True,
    )
    admission.admit(services, [draft])
    return uri


def piled_on(services: Services, target: AccountRow, people: int = MANY) -> list[ActorRow]:
    """Many strangers write to her twice each, harmlessly."""
    strangers = [remote(services, f"stranger{number}", f"s{number}.example") for number in range(people)]
    for number, each in enumerate(strangers):
        writes_at(services, each, target, f"soup? {number}")
        writes_at(services, each, target, f"lol {number}")
    return strangers


def cases_about(services: Services, target: AccountRow) -> list[CaseRow]:
    """The cases about a member."""
    with services.db.read() as session:
        return list(session.scalars(select(CaseRow).where(CaseRow.author_uri == target.actor.uri)))


def test_many_harmless_posts_by_strangers_become_one_case_about_her(services: Services) -> None:
    mira = member(services, "mira")
    piled_on(services, mira)
    assert noticing.drain(services, 20) == 1
    (case,) = cases_about(services, mira)
    assert (case.origin, case.label, case.uri) == (CaseOrigin.CARE, "pile_on", mira.actor.uri)
    assert noticing.drain(services, 20) == 0


def test_nothing_can_be_decided_against_her(services: Services) -> None:
    mira, mo = member(services, "mira"), member(services, "mo", Role.MODERATOR)
    piled_on(services, mira)
    noticing.drain(services, 20)
    (case,) = cases_about(services, mira)
    for action, scope in ((Action.REMOVE, Scope.SUBJECT), (Action.SUSPEND, Scope.ACCOUNT)):
        with pytest.raises(RefusedError):
            decide.decide(services, mo, case.id, DecisionRequest(action, scope))


def test_friends_who_write_to_her_are_no_pile_on(services: Services) -> None:
    mira = member(services, "mira")
    friends = [remote(services, f"friend{number}", f"f{number}.example") for number in range(MANY)]
    for number, each in enumerate(friends):
        follow.follow(services, mira.id, each.id)
        with services.db.write() as session:
            _accept(session, mira.id, each.id)
        writes_at(services, each, mira, f"happy birthday {number}")
        writes_at(services, each, mira, f"and many more {number}")
    assert noticing.drain(services, 20) == 0


def _accept(session, member_id: int, other: int) -> None:  # type: ignore[no-untyped-def]
    row = session.scalars(
        select(FollowRow).where(FollowRow.follower_id == member_id, FollowRow.target_id == other)
    ).one()
    row.state = FollowState.ACCEPTED


def test_a_few_strangers_or_many_over_a_day_are_none(services: Services, clock: FrozenClock) -> None:
    mira = member(services, "mira")
    for number in range(MANY):
        each = remote(services, f"slow{number}", f"l{number}.example")
        writes_at(services, each, mira, f"one {number}")
        writes_at(services, each, mira, f"two {number}")
        clock.move(timedelta(minutes=20))
    assert noticing.drain(services, 20) == 0


def offered(services: Services, mira: AccountRow) -> LetterRow:
    """A reviewer offers her a quiet day."""
    noticing.drain(services, 20)
    (case,) = cases_about(services, mira)
    giving.offer_quiet(services, member(services, "rita", Role.REVIEWER), case.id)
    with services.db.read() as session:
        return session.scalars(select(LetterRow).where(LetterRow.account_id == mira.id)).one()


def test_nothing_is_kept_from_her_before_she_says_yes_and_no_means_no(services: Services) -> None:
    mira = member(services, "mira")
    strangers = piled_on(services, mira)
    letter = offered(services, mira)
    before = len(told(services, mira.id))
    writes_at(services, strangers[0], mira, "still here")
    assert len(told(services, mira.id)) == before + 1
    assert quiet.answer(services, letter.id, mira.id, yes=False) is None
    with pytest.raises(InvalidError):
        quiet.answer(services, letter.id, mira.id, yes=True)
    writes_at(services, strangers[1], mira, "and here")
    assert len(told(services, mira.id)) == before + 2


def test_a_quiet_day_keeps_strangers_from_her_and_nobody_else(services: Services, clock: FrozenClock) -> None:
    mira, ben = member(services, "mira"), member(services, "ben")
    hers = post(services, mira.actor, "soup is a beverage")
    strangers = piled_on(services, mira)
    letter = offered(services, mira)
    with pytest.raises(NotFoundError):
        quiet.answer(services, letter.id, ben.id, yes=True)
    ends = quiet.answer(services, letter.id, mira.id, yes=True)
    assert ends == clock.now() + timedelta(hours=24)
    before = told(services, mira.id)
    uri = writes_at(services, strangers[0], mira, "look at this", to=hers)
    assert told(services, mira.id) == before
    with services.db.read() as session:
        row = session.scalars(select(PostRow).where(PostRow.uri == uri)).one()
        assert row.outcome is Outcome.LIMIT
        _above, below = threads.context(session, session.merge(hers), mira.id)
        assert [each.post.uri for each in below] == [uri]
        assert not quiet.without_strangers(session, below, mira.id, clock.now())
        assert quiet.without_strangers(session, below, ben.id, clock.now()) == below
    friend = remote(services, "friend", "f.example")
    writes_at(services, remote(services, "other", "o.example"), ben, "hello ben")
    assert told(services, ben.id) == [NotificationKind.MENTION]
    follow.follow(services, mira.id, friend.id)
    with services.db.write() as session:
        _accept(session, mira.id, friend.id)
    writes_at(services, friend, mira, "are you well?")
    assert told(services, mira.id) == [*before, NotificationKind.MENTION]


def test_it_ends_by_itself_or_when_she_says_so(services: Services, clock: FrozenClock) -> None:
    mira = member(services, "mira")
    piled_on(services, mira)
    letter = offered(services, mira)
    quiet.answer(services, letter.id, mira.id, yes=True)
    with services.db.read() as session:
        assert quiet_days.until(session, mira.id, clock.now() + timedelta(hours=23)) is not None
        assert quiet_days.until(session, mira.id, clock.now() + timedelta(hours=24)) is None
    quiet.end(services, mira.id)
    with services.db.read() as session:
        assert quiet_days.until(session, mira.id, clock.now()) is None


def test_neither_the_case_nor_its_end_counts_against_her(services: Services) -> None:
    mira = member(services, "mira")
    piled_on(services, mira)
    offered(services, mira)
    with services.db.read() as session:
        (decision,) = session.scalars(select(DecisionRow).where(DecisionRow.author_uri == mira.actor.uri))
    assert not decision.strike
    assert NotificationKind.MODERATION_WARNING not in told(services, mira.id)
