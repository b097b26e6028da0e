"""Whom the house deals with: everybody, new servers at first by hand, or named ones only; and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import ForbiddenError
from app.lifecycle import severing
from app.media import allowed
from app.posts import admission
from app.posts.drafts import DraftMention
from app.posts.tables import PostState
from app.reviewing import claiming, decide, modes, ruling
from app.services import Services
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.domains import rule_for
from moderation.domains.modes import Mode
from moderation.domains.rules import DomainRules
from moderation.domains.values import RuleDraft
from moderation.errors import BadDomainError
from moderation.holds import raising
from moderation.holds.tables import HoldRow
from moderation.values import Action, Severity
from tests.app.people import again, draft, member, remote
from tests.app.reviewing.test_planned import follows


@pytest.fixture
def ada(services: Services) -> AccountRow:
    """An admin."""
    return member(services, "ada", Role.ADMIN)


def sends(services: Services, name: str, domain: str, number: int = 1) -> PostState:
    """Somebody of a server posts; where the post is then."""
    with services.db.read() as session:
        author = session.scalars(select(ActorRow).where(ActorRow.username == name)).one_or_none()
    author = author or remote(services, name, domain)
    (one,) = admission.admit(services, [draft(services, author, f"A quiet day, {number}.", f"/statuses/{number}")])
    return one.state


def lets_in(services: Services, account: AccountRow) -> int:
    """Whoever moderates lets in all that waits; how many."""
    with services.db.write() as session:
        for hold in session.scalars(select(HoldRow)):
            assert hold.due_at is not None, "a server that is new isn't held without an end"
    with services.db.read() as session:
        cases = list(session.scalars(select(CaseRow.id).where(CaseRow.decided_at.is_(None))))
    for case in cases:
        decide.decide(services, account, case, DecisionRequest(Action.APPROVE))
    return len(cases)


def severity(services: Services, domain: str) -> Severity | None:
    """What a server meets, by the rules in memory and in the database alike."""
    with services.db.read() as session:
        found, other = DomainRules.load(session).match(domain), rule_for(session, domain)
    assert found == other
    return None if found is None else found.severity


def test_a_new_server_waits_until_some_of_its_posts_were_let_in_and_a_known_one_does_not(
    services: Services, ada: AccountRow
) -> None:
    assert sends(services, "old", "known.example") is PostState.PUBLISHED
    services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    modes.choose(services, ada, Mode.GREYLIST, 2)
    services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    assert sends(services, "old", "known.example", 2) is PostState.PUBLISHED
    assert [sends(services, "new", "new.example", number) for number in (1, 2)] == [PostState.HELD] * 2


def test_what_people_let_in_makes_a_server_known(services: Services, ada: AccountRow) -> None:
    modes.choose(services, ada, Mode.GREYLIST, 1)
    services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    new = remote(services, "new", "new.example")
    follows(services, ada.actor, new)
    assert sends(services, "new", "new.example") is PostState.HELD
    mo = member(services, "mo", Role.MODERATOR)
    assert lets_in(services, mo) == 1
    assert sends(services, "new", "new.example", 2) is PostState.PUBLISHED
    assert sends(services, "other", "other.example") is PostState.HELD


def test_a_rule_says_more_than_being_new(services: Services, ada: AccountRow) -> None:
    modes.choose(services, ada, Mode.GREYLIST, 1)
    ruling.set_rules(services, ada, [RuleDraft("friend.example", Severity.ALLOW)])
    assert sends(services, "friend", "friend.example") is PostState.PUBLISHED


def test_only_named_servers_are_dealt_with_and_the_way_back_brings_all_back(
    services: Services, ada: AccountRow
) -> None:
    far, near = remote(services, "far"), remote(services, "near", "sub.friend.example")
    ruling.set_rules(services, ada, [RuleDraft("friend.example", Severity.SILENCE)])
    modes.choose(services, ada, Mode.ALLOWLIST, 3)
    assert severity(services, "far.example") is Severity.SUSPEND
    assert severity(services, "sub.friend.example") is Severity.SILENCE
    assert again(services, far).domain_hidden and not again(services, near).domain_hidden
    with services.db.read() as session:
        assert not allowed.is_kept_out(DomainRules.load(session), "files.example"), "a host of files is no server"
    modes.choose(services, ada, Mode.OPEN, 3)
    assert severity(services, "far.example") is None and not again(services, far).domain_hidden


def test_a_rule_that_is_set_or_lifted_meanwhile_counts_at_once(services: Services, ada: AccountRow) -> None:
    far = remote(services, "far")
    modes.choose(services, ada, Mode.ALLOWLIST, 3)
    ruling.set_rules(services, ada, [RuleDraft("far.example", Severity.ALLOW)])
    assert not again(services, far).domain_hidden
    ruling.lift_rule(services, ada, "far.example")
    assert again(services, far).domain_hidden


@pytest.mark.parametrize("first", [0, -1, 51])
def test_a_number_that_makes_no_sense_is_refused(services: Services, ada: AccountRow, first: int) -> None:
    with pytest.raises(BadDomainError):
        modes.choose(services, ada, Mode.GREYLIST, first)


def test_nobody_below_an_admin_chooses(services: Services) -> None:
    with pytest.raises(ForbiddenError):
        modes.choose(services, member(services, "lea", Role.LEAD), Mode.ALLOWLIST, 3)


def test_follows_end_ten_minutes_after_a_server_is_named_no_longer(services: Services, ada: AccountRow) -> None:
    follows(services, ada.actor, remote(services, "far"))
    ruling.set_rules(services, ada, [RuleDraft("far.example", Severity.ALLOW)])
    modes.choose(services, ada, Mode.ALLOWLIST, 3)
    services.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]
    assert severing.sever(services, 10) == 0
    ruling.lift_rule(services, ada, "far.example")
    assert severing.sever(services, 10) == 0
    services.clock.move(timedelta(minutes=11))  # type: ignore[attr-defined]
    assert severing.sever(services, 10) == 1


def cases(services: Services) -> list[CaseRow]:
    """What waits, the oldest first."""
    with services.db.read() as session:
        return list(session.scalars(select(CaseRow).where(CaseRow.decided_at.is_(None)).order_by(CaseRow.id)))


def mentions(services: Services, name: str, domain: str, whom: AccountRow) -> PostState:
    """Somebody of a server writes to a member."""
    author = remote(services, name, domain)
    mention = DraftMention(whom.id, whom.actor.uri, local=True)
    (one,) = admission.admit(services, [draft(services, author, f"Hello from {name}.", mentions=(mention,))])
    return one.state


def test_the_first_posts_of_a_new_server_are_one_case_and_one_decision_lets_them_in(
    services: Services, ada: AccountRow
) -> None:
    ana = member(services, "ana")
    modes.choose(services, ada, Mode.GREYLIST, 2)
    services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    for name, domain in (("one", "new.example"), ("two", "new.example"), ("else", "other.example")):
        assert mentions(services, name, domain, ana) is PostState.HELD
    assert [(case.author_domain, case.members) for case in cases(services)] == [
        ("new.example", 2), ("other.example", 1),
    ]  # fmt: skip
    decide.decide(services, ada, cases(services)[0].id, DecisionRequest(Action.APPROVE))
    assert mentions(services, "three", "new.example", ana) is PostState.PUBLISHED
    assert mentions(services, "more", "other.example", ana) is PostState.HELD
    assert [(case.author_domain, case.members) for case in cases(services)] == [("other.example", 2)]


def test_what_comes_while_somebody_decides_is_another_case(services: Services, ada: AccountRow) -> None:
    ana = member(services, "ana")
    modes.choose(services, ada, Mode.GREYLIST, 3)
    services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    mentions(services, "one", "new.example", ana)
    claiming.take(services, ada, cases(services)[0].id)
    mentions(services, "two", "new.example", ana)
    assert [case.members for case in cases(services)] == [1, 1]
    mentions(services, "three", "new.example", ana)
    assert [case.members for case in cases(services)] == [1, 2]


def test_a_post_that_nobody_saw_joins_its_servers_case_when_a_reader_appears(
    services: Services, ada: AccountRow
) -> None:
    ana = member(services, "ana")
    modes.choose(services, ada, Mode.GREYLIST, 3)
    services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    mentions(services, "one", "new.example", ana)
    assert sends(services, "quiet", "new.example") is PostState.HELD
    uri = "https://new.example/users/quiet/statuses/1"
    with services.db.write() as session:
        assert raising.raise_for_reader(session, uri, services.clock.now()) == cases(services)[0].id
    assert [case.members for case in cases(services)] == [2]
