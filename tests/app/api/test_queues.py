"""Queues through the API: listed with what waits, asked for cases, and dealt from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.accounts.tables import Role
from app.posts.tables import PostRow
from app.reviewing import queues
from app.services import Services
from moderation.queues.values import Match, Queue
from tests.app.api.conftest import Caller

Staff = Callable[..., Caller]


@pytest.fixture
def make(services: Services, staff: Staff) -> Callable[..., Queue]:
    """Makes a queue; its cases have followed."""
    lead = staff("lena", Role.LEAD)

    def make(name: str, category: str, **more: Any) -> Queue:
        made = queues.put(services, lead.account, Queue(0, name, Match(categories=(category,)), **more))
        queues.drain(services, 500)
        return made

    return make


def test_queues_are_listed_in_their_order_with_what_waits_and_the_rest_last(
    held: PostRow, staff: Staff, make: Callable[..., Queue]
) -> None:
    hatred, _spam = make("Hatred", "hate", required_role="moderator", due_hours=6), make("Spam", "spam")
    listed = staff("rita", Role.REVIEWER).get("/queues").json
    assert [(each["name"], each["waiting"], each["yours"]) for each in listed] == [
        ("Hatred", 1, False),
        ("Spam", 0, True),
        ("rest", 0, True),
    ]
    assert (listed[0]["id"], listed[0]["due_hours"], listed[2]["id"]) == (hatred.id, 6, 0)
    assert listed[0]["match"]["categories"] == ["hate"]


def test_cases_are_listed_of_one_queue_alone(held: PostRow, staff: Staff, make: Callable[..., Queue]) -> None:
    hatred, ana = make("Hatred", "hate"), staff("ana")
    (case,) = ana.get(f"/cases?queue={hatred.id}").json
    assert case["queue_id"] == hatred.id
    assert ana.get("/cases?queue=rest").json == []
    assert ana.get("/cases?queue=0").json == []


def test_the_next_case_is_claimed_at_once_and_dealt_to_nobody_else(
    held: PostRow, staff: Staff, make: Callable[..., Queue]
) -> None:
    hatred, ana, ben = make("Hatred", "hate"), staff("ana"), staff("ben")
    assert ana.post("/cases/next", queue="rest").status_code == 204
    taken = ana.post("/cases/next", queue=hatred.id)
    assert taken.status_code == 200
    assert taken.json["holder"] == "ana"
    nothing = ben.post("/cases/next")
    assert (nothing.status_code, nothing.data) == (204, b"")
    assert ana.post("/cases/next").json["case_id"] == taken.json["case_id"], "who holds one goes on with it"
    assert ana.post(f"/cases/{taken.json['case_id']}/release").status_code == 200
    assert ben.post("/cases/next").json["case_id"] == taken.json["case_id"]


def test_a_queue_for_another_role_says_so_and_gives_nothing(
    held: PostRow, staff: Staff, make: Callable[..., Queue]
) -> None:
    hatred, rita = make("Hatred", "hate", required_role="moderator"), staff("rita", Role.REVIEWER)
    assert rita.post("/cases/next", queue=hatred.id).status_code == 403
    assert rita.get(f"/cases?queue={hatred.id}").status_code == 403
    assert rita.post("/cases/next").status_code == 204
    assert rita.get("/cases").json == []


@pytest.mark.parametrize(
    ("asked", "status"), [("all of them", 422), (999_999, 404), (True, 422), (-1, 422), ([1], 422)]
)
def test_a_queue_that_isnt_there_is_one_clear_refusal(staff: Staff, asked: object, status: int) -> None:
    refused = staff("ana").post("/cases/next", queue=asked)
    assert refused.status_code == status
    assert refused.json["error"]


@pytest.mark.parametrize(("role", "scope"), [(Role.TRAINEE, "admin:read admin:write"), (Role.MODERATOR, "admin:read")])
def test_taking_the_next_case_takes_scope_and_role(held: PostRow, staff: Staff, role: Role, scope: str) -> None:
    caller = staff("tim", role, scope)
    assert caller.post("/cases/next").status_code == 403
    assert caller.get("/queues").status_code == 200
