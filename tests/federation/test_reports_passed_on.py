"""Reports that members pass on: followed until they arrive, and marked as settled by nobody but those who got them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.federation.tables import DeliveryRow, InboxActivityRow, OutboxActivityRow
from app.reports import file, forwarding
from app.reports.file import FileReport
from moderation.reports import forwards
from moderation.reports.forwards import Forward
from moderation.reports.tables import ForwardState, ReportRow
from tests.app import people
from tests.federation.world import Remote, World

pytestmark = pytest.mark.one_database
Shape = Callable[[Remote, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def mod(world: World) -> Remote:
    """Who moderates there."""
    return world.known("mod")


@pytest.fixture
def flag(world: World, mod: Remote) -> dict[str, Any]:
    """A Flag of ours, on its way to them."""
    olaf, ben = world.known("olaf"), world.member("ben")
    post = people.post(world.services, world.row(olaf), "Something that somebody minds.")
    report = FileReport(world.row(olaf).id, (post.id,), "In my words.", forward=True)
    file.file(world.services, ben, report)
    with world.services.db.read() as session:
        body = session.scalars(select(OutboxActivityRow.body).where(OutboxActivityRow.kind == "Flag")).one()
    found: dict[str, Any] = orjson.loads(body)
    return found


def where(world: World) -> Forward:
    """Where it is."""
    with world.services.db.read() as session:
        [found] = [
            one
            for several in forwards.of_reports(session, session.scalars(select(ReportRow.id))).values()
            for one in several
        ]
    return found


def arrives(world: World, answer: str = "delivered") -> None:
    """As the deliveries' job leaves it."""
    with world.services.db.write() as session:
        row = session.scalars(select(DeliveryRow)).one()
        row.state, row.last_error = type(row.state)(answer), None if answer == "delivered" else "status_403"
    forwarding.follow_up(world.services, 10)


def lemmys(mod: Remote, flag: dict[str, Any]) -> dict[str, Any]:
    """Lemmy writes the report anew, under an id of its own."""
    about = next(uri for uri in flag["object"] if "/statuses/" in uri)
    inner = {"id": f"https://{mod.domain}/activities/flag/1", "type": "Flag", "actor": flag["actor"], "object": about}
    return mod.activity("Resolve", inner | {"summary": "", "to": [f"https://{mod.domain}/c/main"]})


def named(mod: Remote, flag: dict[str, Any]) -> dict[str, Any]:
    """By its id alone."""
    return mod.activity("Resolve", flag["id"])


def announced(mod: Remote, flag: dict[str, Any]) -> dict[str, Any]:
    """A group tells what one of its moderators did."""
    return mod.activity("Announce", lemmys(Remote("another", mod.domain), flag))


def test_one_that_is_passed_on_is_followed_until_it_arrives(world: World, flag: dict[str, Any]) -> None:
    assert where(world).state is ForwardState.SENT
    assert forwarding.follow_up(world.services, 10) == 0
    arrives(world)
    assert (where(world).state, where(world).domain) == (ForwardState.DELIVERED, "far.example")
    assert forwarding.follow_up(world.services, 10) == 0


def test_one_that_is_refused_says_why(world: World, flag: dict[str, Any]) -> None:
    arrives(world, "given_up")
    assert (where(world).state, where(world).reason) == (ForwardState.REFUSED, "status_403")


@pytest.mark.parametrize("shape", [lemmys, named, announced])
def test_those_who_got_it_say_that_it_is_settled_and_take_it_back(
    world: World, mod: Remote, flag: dict[str, Any], shape: Shape
) -> None:
    arrives(world)
    said = shape(mod, flag)
    world.take(mod, said)
    assert where(world).state is ForwardState.ANSWERED
    inner = said["object"] if said["type"] == "Announce" else said
    world.take(mod, mod.activity("Undo", inner))
    assert where(world).state is ForwardState.DELIVERED
    world.take(mod, mod.activity("Announce", mod.activity("Undo", inner)))
    assert where(world).state is ForwardState.DELIVERED, "said twice, it is the same"


@pytest.mark.parametrize("shape", [lemmys, named, announced])
def test_nobody_else_is_believed(world: World, flag: dict[str, Any], shape: Shape) -> None:
    arrives(world)
    villain = world.known("villain", "elsewhere.example")
    world.take(villain, shape(villain, flag))
    assert where(world).state is ForwardState.DELIVERED
    with world.services.db.read() as session:
        assert session.scalars(select(InboxActivityRow.reason)).all() == ["resolve_of_nothing_sent"]


def test_a_report_of_somebody_elses_settles_nothing_of_ours(world: World, mod: Remote, flag: dict[str, Any]) -> None:
    arrives(world)
    world.take(mod, lemmys(mod, flag | {"actor": mod.uri}))
    assert where(world).state is ForwardState.DELIVERED
