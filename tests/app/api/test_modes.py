"""What servers without a rule meet, by programs: read, foreseen, chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.tables import Role
from app.posts.tables import PostState
from app.services import Services
from moderation.domains.modes import CHOSEN, EVERYBODY
from moderation.domains.tables import DomainEventRow
from moderation.values import Severity
from tests.app.api.conftest import Caller
from tests.app.people import remote
from tests.app.reviewing.test_modes import sends, severity

PLACE = "/domains/mode"


@pytest.fixture
def ada(staff: Callable[..., Caller]) -> Caller:
    """An admin."""
    return staff("ada", Role.ADMIN)


def put(caller: Caller, **sent: Any) -> Any:
    """Choose one; what the answer says."""
    answer = caller.call("PUT", PLACE, json=sent)
    assert answer.status_code == 200, answer.text
    return answer.json


def events(services: Services) -> list[tuple[str, Any]]:
    """Who chose what, the first first."""
    chosen = (DomainEventRow.domain == EVERYBODY, DomainEventRow.what == CHOSEN)
    with services.db.read() as session:
        rows = session.scalars(select(DomainEventRow).where(*chosen).order_by(DomainEventRow.id))
        return [(row.by, row.after) for row in rows]


def test_at_first_servers_without_a_rule_are_let_in_and_nobody_chose_that(ada: Caller) -> None:
    assert ada.get(PLACE).json == {"mode": "open", "first": 3, "since": None, "by": ""}


def test_what_a_mode_would_mean_is_counted_and_nothing_changes(ada: Caller, services: Services) -> None:
    remote(services, "far")
    seen = ada.post(f"{PLACE}/preview", mode="allowlist").json
    assert (seen["mode"], seen["named"], seen["unnamed"], seen["impact"]["people"]) == ("allowlist", 0, 1, 1)
    assert seen["secure_mode"] is services.settings.secure_mode
    assert severity(services, "far.example") is None and events(services) == []


def test_what_is_chosen_is_in_force_written_down_and_ends_with_the_next_choice(ada: Caller, services: Services) -> None:
    remote(services, "far")
    chosen = put(ada, mode="allowlist")
    assert (chosen["mode"], chosen["by"]) == ("allowlist", "ada") and chosen["since"]
    assert ada.get(PLACE).json == chosen
    assert severity(services, "far.example") is Severity.SUSPEND
    put(ada, mode="open")
    assert severity(services, "far.example") is None
    assert events(services) == [("ada", {"mode": "allowlist", "first": 3}), ("ada", {"mode": "open", "first": 3})]


def test_a_mode_that_is_in_force_stays_with_its_time_so_that_who_is_new_stays_new(
    ada: Caller, services: Services
) -> None:
    chosen = put(ada, mode="greylist", first=2)
    services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    assert sends(services, "one", "new.example") is PostState.HELD
    services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    assert put(ada, mode="greylist", first=2) == chosen
    assert sends(services, "two", "new.example") is PostState.HELD
    assert len(events(services)) == 1
    changed = put(ada, mode="greylist", first=3)
    assert (changed["first"], changed["since"]) == (3, chosen["since"])
    assert sends(services, "three", "new.example") is PostState.HELD
    put(ada, mode="open")
    services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    assert put(ada, mode="greylist", first=3)["since"] > changed["since"]


@pytest.mark.parametrize(
    "sent",
    [{}, {"mode": "closed"}, {"mode": None}, {"mode": "greylist", "first": 0}, {"mode": "greylist", "first": 51},
     {"mode": "greylist", "first": "3"}, {"mode": "greylist", "first": True}, {"mode": "open", "confirmed": True}],
)  # fmt: skip
def test_what_is_no_mode_is_refused_in_one_clear_line_and_changes_nothing(
    ada: Caller, services: Services, sent: dict[str, Any]
) -> None:
    for method, path in (("PUT", PLACE), ("POST", f"{PLACE}/preview")):
        answer = ada.call(method, path, json=sent)
        assert answer.status_code == 422 and answer.json["error"], (method, answer.text)
    assert events(services) == []


def test_a_lead_neither_sees_nor_chooses_it(staff: Callable[..., Caller], services: Services) -> None:
    lea = staff("lea", Role.LEAD)
    assert lea.get(PLACE).status_code == 403
    assert lea.post(f"{PLACE}/preview", mode="allowlist").status_code == 403
    assert lea.call("PUT", PLACE, json={"mode": "allowlist"}).status_code == 403
    assert events(services) == []
