"""Orders to preserve on pages: what keeps more holds at once, what keeps less waits for a second person."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.errors import InvalidError, NotFoundError
from app.grave import sealing
from app.preservation import ordering
from app.services import Services
from app.uploads import keeping, taking
from app.uploads import upkeep as uploads
from app.uploads.tables import UploadRow
from moderation.errors import ForbiddenArrowError, RefusedError
from moderation.log.tables import LogRow
from moderation.preservation import reach
from moderation.preservation.orders import Order
from moderation.preservation.tables import ActState, OrderActRow, OrderKind, PreservationOrderRow
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.support.pictures import picture

pytestmark = pytest.mark.one_database
HOME = "/review/preservation"
THE_COURT = {"kind": "account", "target": "@ana", "ordered_by": "The court", "reference": "50 Gs 1/26"}


@pytest.fixture
def ada(town: Town, admin: AccountRow, ana: AccountRow) -> Visitor:
    """An admin, signed in, in a house where Ana is a member."""
    return town.at_home(admin)


@pytest.fixture
def zoe(town: Town) -> Visitor:
    """Another admin."""
    return town.at_home(town.member("zoe", Role.ADMIN))


def order(services: Services) -> PreservationOrderRow:
    """The only order."""
    with services.db.read() as session:
        return session.scalars(select(PreservationOrderRow)).one()


def acts(services: Services) -> list[tuple[str, str]]:
    """What was done, and where each act is."""
    with services.db.read() as session:
        rows = session.scalars(select(OrderActRow).order_by(OrderActRow.id))
        return [(row.what.value, row.state.value) for row in rows]


def keeps(services: Services, member: AccountRow) -> bool:
    """Whether an order in force wants this member's things kept."""
    with services.db.read() as session:
        return reach.is_reached(session, services.clock.now(), member.actor.uri)


def test_an_order_holds_at_once_and_a_second_person_confirms_it(
    town: Town, ada: Visitor, zoe: Visitor, ana: AccountRow
) -> None:
    assert ada.post(HOME, **THE_COURT).status_code == 302
    assert keeps(town.services, ana)
    assert "waits for a second person" in ada.page(HOME)
    assert ada.post(f"{HOME}/acts/1", on=HOME, answer="yes").status_code == 422
    zoe.post(f"{HOME}/acts/1", on=HOME, answer="yes")
    assert acts(town.services) == [("made", "confirmed")]
    assert "Confirmed by @zoe." in ada.page(HOME)


def test_an_order_that_a_second_person_refuses_ends(town: Town, ada: Visitor, zoe: Visitor, ana: AccountRow) -> None:
    ada.post(HOME, **THE_COURT)
    zoe.post(f"{HOME}/acts/1", on=HOME, answer="no")
    assert not keeps(town.services, ana) and order(town.services).lifted_by == "zoe"


def test_lifting_waits_for_a_second_person_and_may_be_taken_back(
    town: Town, ada: Visitor, zoe: Visitor, ana: AccountRow
) -> None:
    ada.post(HOME, **THE_COURT)
    assert ada.post(f"{HOME}/1/lift", on=HOME, why=" ").status_code == 422
    ada.post(f"{HOME}/1/lift", on=HOME, why="withdrawn")
    assert keeps(town.services, ana)
    ada.post(f"{HOME}/acts/2", on=HOME, answer="back")
    ada.post(f"{HOME}/1/lift", on=HOME, why="withdrawn indeed")
    zoe.post(f"{HOME}/acts/3", on=HOME, answer="yes")
    assert not keeps(town.services, ana)
    assert acts(town.services)[1:] == [("lifted", "taken_back"), ("lifted", "confirmed")]
    with town.services.db.read() as session:
        verbs = session.scalars(select(LogRow.verb).where(LogRow.object == "order:1").order_by(LogRow.seq)).all()
    assert list(verbs) == [
        "preservation_ordered", "preservation_lift_asked", "preservation_taken_back", "preservation_lift_asked",
        "preservation_lifted", "preservation_confirmed",
    ]  # fmt: skip


def test_a_later_end_holds_at_once_and_an_earlier_one_waits(town: Town, ada: Visitor, zoe: Visitor) -> None:
    ada.post(HOME, **THE_COURT, until="2999-01-01")
    ada.post(f"{HOME}/1/end", on=HOME, until="2999-03-01", why="the case goes on")
    assert order(town.services).ends_at.isoformat()[:10] == "2999-03-01"  # type: ignore[union-attr]
    zoe.post(f"{HOME}/acts/2", on=HOME, answer="no")
    assert order(town.services).ends_at.isoformat()[:10] == "2999-01-01"  # type: ignore[union-attr]
    ada.post(f"{HOME}/1/end", on=HOME, until="2998-01-01", why="it is over sooner")
    assert order(town.services).ends_at.isoformat()[:10] == "2999-01-01"  # type: ignore[union-attr]
    zoe.post(f"{HOME}/acts/3", on=HOME, answer="yes")
    assert order(town.services).ends_at.isoformat()[:10] == "2998-01-01"  # type: ignore[union-attr]


def test_where_there_is_nobody_else_one_is_enough_and_it_says_so(town: Town, ada: Visitor, ana: AccountRow) -> None:
    assert "You are the only one here who may" in ada.page(HOME)
    ada.post(HOME, **THE_COURT)
    ada.post(f"{HOME}/1/lift", on=HOME, why="withdrawn")
    assert acts(town.services) == [("made", "alone"), ("lifted", "alone")] and not keeps(town.services, ana)
    assert "One person was enough: there was nobody else." in ada.page(HOME)


def test_who_is_left_alone_with_a_waiting_act_confirms_it_and_it_says_so(
    town: Town, admin: AccountRow, ana: AccountRow
) -> None:
    services, zoe = town.services, town.member("zoe", Role.ADMIN)
    made = ordering.make(services, admin, Order(OrderKind.ACCOUNT, "@ana", "The court"))
    with services.db.write() as session:
        session.get_one(AccountRow, zoe.id).role = Role.MEMBER
    with pytest.raises(RefusedError):
        ordering.answer(services, admin, 1, yes=False)
    assert ordering.answer(services, admin, 1, yes=True).state is ActState.ALONE
    with pytest.raises(ForbiddenArrowError):
        ordering.answer(services, admin, 1, yes=True)
    assert made.id == 1


def test_a_bad_order_is_one_sentence_and_loses_nothing_that_was_typed(ada: Visitor) -> None:
    answer = ada.post(HOME, **THE_COURT | {"target": "@nobody"})
    assert answer.status_code == 404 and "50 Gs 1/26" in answer.text and "No such account" in answer.text
    assert ada.post(HOME, **THE_COURT | {"until": "tomorrow"}).status_code == 422
    assert ada.post(HOME, **THE_COURT | {"kind": "planet"}).status_code == 422


def test_the_child_safety_role_orders_for_what_is_sealed_and_for_nothing_else(town: Town, admin: AccountRow) -> None:
    services, desk = town.services, Desk(town)
    cora = town.member("cora", Role.CHILD_SAFETY)
    case = desk.case_of(desk.held())
    sealing.seal(services, town.member("mo", Role.MODERATOR), case.id, "")
    at_home, page = town.at_home(cora), f"/review/child-safety/{case.id}"
    assert at_home.post(f"{page}/orders", on=page, ordered_by="State police").status_code == 302
    assert order(services).case_id == case.id and "waits for a second person" in at_home.page(page)
    town.at_home(admin).post(f"{HOME}/acts/1", on=HOME, answer="yes")
    assert acts(services) == [("made", "confirmed")]
    other = ordering.make(services, admin, Order(OrderKind.ACCOUNT, "@mallory", "The court"))
    assert at_home.post(f"{page}/orders/{other.id}/lift", on=page, why="no").status_code == 404


def test_an_upload_that_its_member_lets_go_under_an_order_is_gone_for_them_and_kept(
    town: Town, admin: AccountRow, ana: AccountRow, clock: FrozenClock
) -> None:
    services = town.services
    number = taking.take(services, ana.id, picture()).id
    made = ordering.make(services, admin, Order(OrderKind.ACCOUNT, "@ana", "The court"))
    keeping.drop(services, ana.id, number)
    with pytest.raises(NotFoundError), services.db.read() as session:
        keeping.own(session, ana.id, number)
    with pytest.raises(InvalidError) as refused, services.db.read() as session:
        keeping.for_post(session, services, ana.id, [number])
    assert refused.value.code == "no_such_picture", "as of any that was removed: nobody is told of the order"
    assert uploads.forget(services) == 0
    ordering.lift(services, admin, made.id, "withdrawn")
    assert uploads.forget(services) == 1
    with services.db.read() as session:
        assert session.get(UploadRow, number) is None
