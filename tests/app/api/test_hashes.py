"""Lists of hashes by the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.accounts.tables import Role
from tests.app.api.conftest import Caller

MD5 = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def ada(staff: Callable[..., Caller]) -> Caller:
    """An admin."""
    return staff("ada", Role.ADMIN)


@pytest.fixture
def raids(ada: Caller) -> int:
    """A list."""
    made = ada.post("/hash-lists", name="known raids", severity="reject", label="hate", origin="a neighbour")
    assert made.status_code == 200, made.text
    number: int = made.json["id"]
    return number


def test_a_list_is_made_and_shown_with_how_much_stands_on_it(ada: Caller, raids: int) -> None:
    ada.post(f"/hash-lists/{raids}/hashes", text=f"{MD5},a flag\n")
    (shown,) = ada.get("/hash-lists").json
    assert shown["id"] == raids
    assert (shown["name"], shown["severity"], shown["on"]) == ("known raids", "reject", True)
    assert shown["hashes"] == {"md5": 1}


def test_good_lines_are_listed_and_bad_ones_come_back_with_their_reason(ada: Caller, raids: int) -> None:
    said = ada.post(f"/hash-lists/{raids}/hashes", text=f"{MD5},a flag\nnonsense,what\n").json
    assert (said["added"], said["of"]) == (1, 1)
    assert [each["line"] for each in said["refused"]] == [2]
    (listed,) = ada.get(f"/hash-lists/{raids}/hashes").json
    assert (listed["kind"], listed["hash"], listed["reason"]) == ("md5", MD5, "a flag")


def test_hashes_come_page_by_page(ada: Caller, raids: int) -> None:
    ada.post(f"/hash-lists/{raids}/hashes", text="\n".join(f"{number:032x}" for number in range(3)))
    first = ada.get(f"/hash-lists/{raids}/hashes?limit=2")
    assert len(first.json) == 2
    rest = ada.get(f"/hash-lists/{raids}/hashes?limit=2&cursor={first.json[-1]['id']}")
    assert len(rest.json) == 1
    assert 'rel="next"' in first.headers["Link"]


def test_a_hash_is_taken_off_once(ada: Caller, raids: int) -> None:
    ada.post(f"/hash-lists/{raids}/hashes", text=MD5)
    (listed,) = ada.get(f"/hash-lists/{raids}/hashes").json
    path = f"/hash-lists/{raids}/hashes/{listed['id']}"
    assert [ada.call("DELETE", path).json["dropped"] for _ in range(2)] == [True, False]


def test_a_list_is_changed_and_switched_off_and_keeps_what_isnt_named(ada: Caller, raids: int) -> None:
    changed = ada.call("PUT", f"/hash-lists/{raids}", json={"severity": "hold", "on": False}).json
    assert (changed["severity"], changed["on"], changed["label"], changed["origin"]) == (
        "hold", False, "hate", "a neighbour",
    )  # fmt: skip
    assert ada.call("PUT", f"/hash-lists/{raids}", json={"on": True}).json["on"] is True


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"name": "known raids"}, 422), ({"name": ""}, 422), ({"name": "x", "severity": "harsh"}, 422), ({"nam": 1}, 422)],
)
def test_what_makes_no_list_is_refused_in_one_clear_line(
    ada: Caller, raids: int, sent: dict[str, object], status: int
) -> None:
    answer = ada.post("/hash-lists", **sent)
    assert answer.status_code in (400, status), answer.text
    assert answer.json["error_description"]
    assert len(ada.get("/hash-lists").json) == 1


def test_a_list_that_isnt_there_is_a_404_and_leads_see_none(
    ada: Caller, staff: Callable[..., Caller], raids: int
) -> None:
    assert ada.get("/hash-lists/999/hashes").status_code == 404
    assert ada.post("/hash-lists/999/hashes", text=MD5).status_code == 404
    assert staff("lea", Role.LEAD).get("/hash-lists").status_code == 403
