"""What makes everybody who signs up wait, by programs: which is out, since when, why; and that it is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.tables import Role
from app.barring import breakers
from app.services import Services
from moderation import alarms
from moderation.log.tables import LogRow
from moderation.policy import store
from moderation.policy.document import DEFAULT
from tests.app.api.conftest import Caller


@pytest.fixture
def mo(staff: Callable[..., Caller]) -> Caller:
    """A moderator."""
    return staff("mo")


@pytest.fixture
def storm(services: Services) -> None:
    """Many signed up at once."""
    with services.db.write() as session:
        told = {"count": 30, "hours": "0.5"}
        alarms.raise_(session, breakers.SIGN_UPS, services.clock.now(), told)


def shown(caller: Caller) -> dict[str, Any]:
    """Each breaker by its name."""
    return {each["name"]: each for each in caller.get("/breakers").json}


def put_back(services: Services) -> list[tuple[str, str]]:
    """Who put which back, by the log."""
    with services.db.read() as session:
        rows = session.scalars(select(LogRow).where(LogRow.verb == "breaker_back").order_by(LogRow.seq))
        return [(row.actor, row.object) for row in rows]


def test_each_says_whether_it_is_out_since_when_why_and_when_it_goes_out(
    mo: Caller, services: Services, storm: None
) -> None:
    assert shown(mo) == {
        "quiet": {"name": "quiet", "state": "in", "since": None, "why": None, "goes_out_at": {"days": 7}},
        "sign_ups": {
            "name": "sign_ups",
            "state": "out",
            "since": services.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "why": {"count": 30, "hours": 0.5},
            "goes_out_at": {"count": 30, "hours": 1},
        },
        "reports": {
            "name": "reports", "state": "in", "since": None, "why": None, "goes_out_at": {"count": 60, "hours": 1},
        },
    }  # fmt: skip


def test_one_that_never_goes_out_says_so(mo: Caller, services: Services) -> None:
    with services.db.write() as session:
        never = {**DEFAULT["breakers"], "quiet_days": 0, "reports": 0}
        store.publish(session, {**DEFAULT, "breakers": never}, "ada", services.clock.now())
    assert {name: each["goes_out_at"] for name, each in shown(mo).items()} == {
        "quiet": None, "sign_ups": {"count": 30, "hours": 1}, "reports": None,
    }  # fmt: skip


def test_that_it_is_over_is_said_once_and_written_down_with_who_said_it(
    mo: Caller, services: Services, storm: None
) -> None:
    said = mo.post("/breakers/sign_ups/over").json
    assert (said["name"], said["state"], said["why"], said["was_out"]) == ("sign_ups", "in", None, True)
    assert mo.post("/breakers/sign_ups/over").json["was_out"] is False
    assert shown(mo)["sign_ups"]["state"] == "in"
    assert put_back(services) == [("mo", "breaker:breaker_sign_ups")]


@pytest.mark.parametrize("name", ["else", "breaker_sign_ups", "SIGN_UPS", "%00"])
def test_what_is_no_breaker_isnt_there(mo: Caller, services: Services, storm: None, name: str) -> None:
    assert mo.post(f"/breakers/{name}/over").status_code == 404
    assert shown(mo)["sign_ups"]["state"] == "out"


def test_a_field_that_isnt_known_is_refused_and_nothing_is_put_back(mo: Caller, storm: None) -> None:
    assert mo.post("/breakers/sign_ups/over", until="tomorrow").status_code == 422
    assert shown(mo)["sign_ups"]["state"] == "out"


def test_a_reviewer_neither_sees_nor_ends_it(
    staff: Callable[..., Caller], mo: Caller, services: Services, storm: None
) -> None:
    rea = staff("rea", Role.REVIEWER)
    assert rea.get("/breakers").status_code == 403
    assert rea.post("/breakers/sign_ups/over").status_code == 403
    assert shown(mo)["sign_ups"]["state"] == "out" and put_back(services) == []


NUMBERS = {"quiet_days": 7, "sign_ups": 30, "reports": 60, "window_hours": 1}


def published(services: Services) -> list[tuple[str, str]]:
    """Who published which version, by the log."""
    with services.db.read() as session:
        rows = session.scalars(select(LogRow).where(LogRow.verb == "policy_published").order_by(LogRow.seq))
        return [(row.actor, row.object) for row in rows]


def test_when_they_go_out_is_shown_and_set_by_a_lead_as_a_new_version_of_the_policy(
    staff: Callable[..., Caller], mo: Caller, services: Services
) -> None:
    assert mo.get("/breakers/numbers").json == NUMBERS | {"version": 1}
    lea = staff("lea", Role.LEAD)
    wanted = {"quiet_days": 0, "sign_ups": 5, "window_hours": 0.5}
    said = lea.call("PATCH", "/breakers/numbers", json=wanted).json
    assert said == NUMBERS | wanted | {"version": 2} == mo.get("/breakers/numbers").json
    assert {name: each["goes_out_at"] for name, each in shown(mo).items()} == {
        "quiet": None, "sign_ups": {"count": 5, "hours": 0.5}, "reports": {"count": 60, "hours": 0.5},
    }  # fmt: skip
    assert lea.call("PATCH", "/breakers/numbers", json={"sign_ups": 5}).json["version"] == 2
    assert published(services) == [("lea", "policy:2")]
    with services.db.read() as session:
        document = store.current(session).document
    assert {**document, "breakers": DEFAULT["breakers"]} == DEFAULT


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({}, "at least one of quiet_days"),
        ({"quiet_days": 366}, "breakers.quiet_days: at least 0, at most 365"),
        ({"window_hours": 0}, "breakers.window_hours: at least 0.25, at most 168"),
        ({"sign_ups": -1}, "breakers.sign_ups: a number from 0"),
        ({"sign_ups": 2.5}, "breakers.sign_ups: a whole number"),
        ({"reports": True}, "breakers.reports: a number"),
        ({"reports": None}, "breakers.reports: a number"),
        ({"quiet_days": {"of": 3}}, "breakers.quiet_days: a number"),
        ({"sign_ups": 5, "days": 3}, "'days' isn't a field"),
    ],
)
def test_a_number_that_the_policy_cant_have_is_refused_by_name_and_nothing_changes(
    staff: Callable[..., Caller], services: Services, wanted: dict[str, Any], said: str
) -> None:
    refused = staff("lea", Role.LEAD).call("PATCH", "/breakers/numbers", json=wanted)
    assert refused.status_code == 422 and said in refused.json["error"]
    assert published(services) == []


def test_a_moderator_sees_the_numbers_and_sets_none(mo: Caller, services: Services) -> None:
    assert mo.call("PATCH", "/breakers/numbers", json={"sign_ups": 1}).status_code == 403
    assert mo.get("/breakers/numbers").json["sign_ups"] == 30 and published(services) == []
