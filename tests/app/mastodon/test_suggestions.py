"""People to follow: who wants to be found, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.accounts.tables import ActorRow, Role
from app.errors import ForbiddenError, InvalidError
from app.services import Services
from app.suggestions import picking
from tests.app import people as rows
from tests.app.mastodon.people import Person, member, sign_in

V2, V1, DIRECTORY = "/api/v2/suggestions", "/api/v1/suggestions", "/api/v1/directory"
Make = Callable[..., Person]


@pytest.fixture
def somebody(http: FlaskClient, services: Services) -> Make:
    """Members who want to be found and have posted; `columns` go to their actor."""

    def make(name: str, **columns: Any) -> Person:
        who = sign_in(http, services, name)
        who.says(f"Hello from {name}")
        with services.db.write() as session:
            changed = {"discoverable": True, **columns}
            session.execute(update(ActorRow).where(ActorRow.id == who.account.id).values(changed))
        return who

    return make


def follows(who: Person, *others: Person) -> None:
    for other in others:
        who.do(f"/api/v1/accounts/{other.id}/follow")


def named(found: list[dict[str, Any]]) -> list[str]:
    return [one["acct"] for one in found]


def suggested(who: Person) -> list[tuple[str, str, list[str]]]:
    return [(one["account"]["acct"], one["source"], one["sources"]) for one in who.read(V2)]


def test_whom_those_follow_whom_one_follows_is_suggested(ana: Person, ben: Person, somebody: Make) -> None:
    kim, lou, mo, friend = (somebody(name) for name in ("kim", "lou", "mo", "friend"))
    follows(ana, friend, ben)
    follows(friend, kim, lou)
    follows(ben, kim, ana)
    assert suggested(ana) == [
        ("kim", "past_interactions", ["friends_of_friends"]),
        ("lou", "past_interactions", ["friends_of_friends"]),
    ]
    assert named(ana.read(f"{V1}?limit=1")) == ["kim"]
    follows(ana, kim)
    assert named(ana.read(V1)) == ["lou"] and named(mo.read(V1)) == []
    assert ana.send("DELETE", f"{V1}/{lou.id}").json == {} and ana.read(V2) == []
    for nobody in ("7", "x", "9" * 30):
        assert ana.send("DELETE", f"{V1}/{nobody}").json == {}


@pytest.mark.parametrize("column", ["silenced_at", "suspended_at", "moved_to_uri", "memorial", "discoverable"])
def test_who_shouldn_t_be_found_is_suggested_to_nobody(
    ana: Person, ben: Person, somebody: Make, services: Services, column: str
) -> None:
    values = {"moved_to_uri": "https://x.example/a", "memorial": True, "discoverable": False}
    kim = somebody("kim")
    follows(ana, ben)
    follows(ben, kim)
    assert named(ana.read(V1)) == ["kim"] and named(ana.read(DIRECTORY)) == ["kim"]
    with services.db.write() as session:
        change = {column: values.get(column, services.clock.now())}
        session.execute(update(ActorRow).where(ActorRow.id == kim.account.id).values(change))
    assert ana.read(V1) == [] and ana.read(DIRECTORY) == []


@pytest.mark.parametrize("act", ["block", "mute"])
def test_whom_one_doesn_t_want_to_see_isn_t_suggested(ana: Person, ben: Person, somebody: Make, act: str) -> None:
    kim, lou = somebody("kim"), somebody("lou")
    follows(ana, ben)
    follows(ben, kim, lou)
    ana.do(f"/api/v1/accounts/{kim.id}/{act}")
    assert named(ana.read(V1)) == ["lou"] and named(ana.read(DIRECTORY)) == ["lou"]
    lou.do(f"/api/v1/accounts/{ana.id}/block")
    assert ana.read(V1) == [] and ana.read(DIRECTORY) == []


def test_who_hides_whom_they_follow_tells_nobody(ana: Person, somebody: Make) -> None:
    friend, kim = somebody("friend", hides_follows=True), somebody("kim")
    follows(ana, friend)
    follows(friend, kim)
    assert ana.read(V1) == []
    assert ana.read(f"/api/v1/accounts/familiar_followers?id[]={kim.id}") == [{"id": kim.id, "accounts": []}]


def test_who_has_nothing_that_passed_the_door_isn_t_found(ana: Person, services: Services, http: FlaskClient) -> None:
    new = sign_in(http, services, "new")
    with services.db.write() as session:
        session.execute(update(ActorRow).where(ActorRow.id == new.account.id).values(discoverable=True))
    new.says("These people are vermin")
    assert ana.read(DIRECTORY) == []


def test_whom_the_house_recommends_comes_first(ana: Person, ben: Person, somebody: Make, services: Services) -> None:
    kim, lou = somebody("kim"), somebody("lou")
    chief = member(services, "chief", role=Role.ADMIN)
    follows(ana, ben)
    follows(ben, kim, lou)
    picking.pick(services, chief, ["@lou"])
    assert suggested(ana) == [
        ("lou", "staff", ["featured", "friends_of_friends"]),
        ("kim", "past_interactions", ["friends_of_friends"]),
    ]
    with pytest.raises(InvalidError):
        picking.pick(services, chief, ["kim", "nobody@nowhere.example"])
    with pytest.raises(ForbiddenError):
        picking.pick(services, ana.account, ["kim"])
    assert suggested(ana)[0][0] == "lou"


def test_the_directory_is_ordered_and_may_be_of_here_alone(ana: Person, somebody: Make, services: Services) -> None:
    kim = somebody("kim")
    somebody("lou")
    kim.says("Again")
    now = services.clock.now()
    rows.remote(services, "far", discoverable=True, last_post_at=now.replace(year=2025), followers_count=9)
    assert named(ana.read(f"{DIRECTORY}?order=new"))[0] == "far@far.example"
    assert named(ana.read(DIRECTORY))[-1] == "far@far.example"
    assert set(named(ana.read(f"{DIRECTORY}?local=true"))) == {"kim", "lou"}
    assert len(ana.read(f"{DIRECTORY}?limit=1&offset=1")) == 1
    assert ana.get(f"{DIRECTORY}?order=best").status_code == 422


def test_familiar_followers_are_those_whom_one_follows_oneself(ana: Person, ben: Person, somebody: Make) -> None:
    kim, lou = somebody("kim"), somebody("lou")
    follows(ana, ben)
    follows(ben, kim)
    follows(lou, kim)
    answer = ana.read(f"/api/v1/accounts/familiar_followers?id[]={kim.id}&id[]={lou.id}&id[]=5")
    assert [(one["id"], named(one["accounts"])) for one in answer] == [(kim.id, ["ben"]), (lou.id, [])]
