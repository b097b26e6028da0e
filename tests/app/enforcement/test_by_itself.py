"""What runs by itself is told as it was: an edit that a machine labelled, an answer that waited, a hold that ran out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.enforcement import upkeep
from app.instance import rules
from app.notifications.tables import NotificationKind, NotificationRow
from app.posts import compose, edit, rejudge
from app.posts.compose import ComposeRequest
from app.posts.edit import EditRequest
from app.posts.tables import PostRow, PostState
from app.reviewing import decide
from app.services import Services
from moderation.cases import claims
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.queues import keeping
from moderation.queues.values import Ageing, Queue
from moderation.statements.tables import StatementRow
from moderation.values import Action, Outcome, Scope
from tests.app.people import again, member

pytestmark = pytest.mark.one_database
HATEFUL, GLOOMY, HARMLESS = "they are vermin, all of them", "she was cutting herself again", "good morning everybody"


@pytest.fixture
def ana(services: Services) -> AccountRow:
    """Who writes."""
    rules.ensure_defaults(services)
    return member(services, "ana")


def writes(services: Services, who: AccountRow, text: str, parent: PostRow | None = None) -> PostRow:
    return compose.compose(services, who.id, ComposeRequest(text, in_reply_to_id=parent.id if parent else None))


def edits(services: Services, post: PostRow, text: str) -> PostRow:
    return edit.edit(services, post.actor_id, post.id, EditRequest(text))


def statements(services: Services) -> list[tuple[str, bool, list[str]]]:
    """What each says was done, whether to an edit, and what to its visibility."""
    with services.db.read() as session:
        rows = session.scalars(select(StatementRow).order_by(StatementRow.id))
        return [(row.action, row.of_edit, row.visibility) for row in rows]


def told(services: Services, who: AccountRow, kind: NotificationKind) -> list[dict[str, object]]:
    with services.db.read() as session:
        of = select(NotificationRow.payload).where(NotificationRow.account_id == who.id, NotificationRow.kind == kind)
        return list(session.scalars(of.order_by(NotificationRow.id)))


def runs_out(services: Services, clock: FrozenClock, hours: float = 5) -> None:
    """Its time is over, and somebody works here: else what is declared for a deserted house holds."""
    clock.move(timedelta(hours=hours))
    with services.db.write() as session:
        for number in session.scalars(select(CaseRow.id)):
            claims.take(session, number, "mo", services.clock.now())
    upkeep.end_holds(services)


def ends(services: Services, ageing: Ageing) -> None:
    with services.db.write() as session:
        keeping.put(session, Queue(0, "All", ageing=ageing, ageing_hours=4), "lea", services.clock.now())


def test_an_edit_that_a_machine_puts_behind_a_warning_owes_reasons_once(services: Services, ana: AccountRow) -> None:
    post = edits(services, writes(services, ana, HARMLESS), GLOOMY)
    assert (post.state, post.outcome) == (PostState.PUBLISHED, Outcome.LABEL)
    assert statements(services) == [("label", True, ["CONTENT_LABELLED"])]
    edits(services, post, GLOOMY + ", really")
    assert len(statements(services)) == 1, "it is behind the same warning as before"
    edits(services, post, HARMLESS)
    assert again(services, post).outcome is Outcome.APPROVE
    edits(services, post, GLOOMY)
    assert len(statements(services)) == 2


def test_an_edit_under_a_persons_stricter_word_owes_nothing_new(services: Services, ana: AccountRow) -> None:
    mo, post = member(services, "mo", Role.MODERATOR), writes(services, ana, HATEFUL)
    with services.db.read() as session:
        case = session.scalars(select(CaseRow.id)).one()
    decide.decide(services, mo, case, DecisionRequest(Action.LIMIT))
    assert [action for action, *_ in statements(services)] == ["limit"]
    edits(services, again(services, post), GLOOMY)
    assert again(services, post).outcome is Outcome.LIMIT
    assert [action for action, *_ in statements(services)] == ["limit"]


def test_a_refused_edit_is_told_as_one_and_the_version_before_stays(services: Services, ana: AccountRow) -> None:
    pills = "buy these wonderful pills from my cousin, they are very cheap and they do help, casino"
    mo = member(services, "mo", Role.MODERATOR)
    writes(services, member(services, "mallory"), pills)
    with services.db.read() as session:
        case = session.scalars(select(CaseRow.id)).one()
    decide.decide(services, mo, case, DecisionRequest(Action.SPAM, Scope.CLUSTER))
    post = edits(services, writes(services, ana, HARMLESS), pills)
    assert (post.state, post.source) == (PostState.PUBLISHED, HARMLESS)
    assert statements(services)[-1] == ("remove", True, ["CONTENT_REMOVED"])
    (payload,) = told(services, ana, NotificationKind.MODERATION_WARNING)
    assert payload["text"] == "Your edit was refused; the version before stays."


def test_an_edit_that_waits_over_an_hour_says_that_it_is_the_edit(
    services: Services, ana: AccountRow, clock: FrozenClock
) -> None:
    post = edits(services, writes(services, ana, HARMLESS), HATEFUL)
    assert post.source == HARMLESS
    clock.move(timedelta(hours=1))
    upkeep.end_holds(services)
    assert statements(services) == [("hold", True, ["CONTENT_DISABLED"])]
    (payload,) = told(services, ana, NotificationKind.MODERATION_WARNING)
    assert "Your edit waits longer than an hour" in str(payload["text"])


@pytest.mark.parametrize(
    ("ageing", "given"),
    [
        (Ageing.LONGER, ("label", False, ["CONTENT_LABELLED"])),
        (Ageing.LIMITED, ("limit", False, ["CONTENT_DEMOTED"])),
        (Ageing.RELEASE, None),
    ],
)
def test_a_hold_that_ran_out_states_what_still_restricts_and_never_says_that_somebody_read_it(
    services: Services, ana: AccountRow, clock: FrozenClock, ageing: Ageing, given: tuple[object, ...] | None
) -> None:
    ends(services, ageing)
    post = writes(services, ana, HATEFUL)
    runs_out(services, clock)
    assert again(services, post).state is PostState.PUBLISHED
    assert [each for each in statements(services) if each[0] != "hold"] == ([given] if given else [])
    assert told(services, ana, NotificationKind.RELEASED) == [{"how": "unread"}]
    with services.db.read() as session:
        facts = session.scalars(select(StatementRow.facts).where(StatementRow.action != "hold")).all()
    assert all("nobody had read it by" in each for each in facts)


def test_what_a_person_lets_in_says_so(services: Services, ana: AccountRow) -> None:
    mo = member(services, "mo", Role.MODERATOR)
    writes(services, ana, HATEFUL)
    with services.db.read() as session:
        case = session.scalars(select(CaseRow.id)).one()
    decide.decide(services, mo, case, DecisionRequest(Action.APPROVE))
    assert told(services, ana, NotificationKind.RELEASED) == [{"how": "read"}]


def test_an_answer_that_waited_owes_reasons_only_for_what_becomes_of_it(
    services: Services, ana: AccountRow, clock: FrozenClock
) -> None:
    ends(services, Ageing.RELEASE)
    held = writes(services, ana, HATEFUL)
    kind, rude = (writes(services, ana, text, held) for text in (HARMLESS, GLOOMY))
    assert {again(services, each).state for each in (kind, rude)} == {PostState.WAITING}
    clock.move(timedelta(hours=2))
    upkeep.end_holds(services)
    assert [action for action, *_ in statements(services)] == ["hold"], "none for what waits with it"
    runs_out(services, clock, hours=3)
    rejudge.waiting(services)
    assert again(services, kind).state is PostState.PUBLISHED
    assert [each for each in statements(services) if each[0] != "hold"] == [("label", False, ["CONTENT_LABELLED"])]
    assert told(services, ana, NotificationKind.RELEASED)[1:] == [{"how": "judged"}] * 2
