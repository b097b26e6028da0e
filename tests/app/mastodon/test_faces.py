"""Pictures of members themselves, and their banners: judged with the profile, shown when it is."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from app.accounts.tables import ActorRow
from app.clock import FrozenClock
from app.media.endpoints import MediaEndpoints
from app.services import Services
from app.uploads import upkeep
from tests.app.mastodon.people import Person
from tests.app.mastodon.test_media import on_disk
from tests.support.pictures import opened, picture
from tests.support.stream import get

EDIT = "/api/v1/accounts/update_credentials"
NOBODY = "/pictures/avatar.png"


@pytest.fixture
def shown(services: Services) -> Starlette:
    """The stream process's part that gives out pictures."""
    return Starlette(routes=MediaEndpoints(services, asyncio.Semaphore(4)).routes())


def change(who: Person, which: str = "avatar", body: bytes | None = None, **more: str) -> Any:
    data = {which: (io.BytesIO(picture((800, 600)) if body is None else body), "me.png"), **more}
    return who.send("PATCH", EDIT, data=data, content_type="multipart/form-data")


def address_of(who: Person, services: Services) -> str:
    """What other servers are given."""
    with services.db.read() as session:
        return session.get_one(ActorRow, int(who.id)).avatar_url or ""


def test_a_face_is_shown_to_clients_and_other_servers(
    ana: Person, ben: Person, shown: Starlette, services: Services
) -> None:
    assert change(ana).status_code == 200
    seen = ben.read(f"/api/v1/accounts/{ana.id}")
    for name in ("avatar", "avatar_static"):
        assert opened(get(shown, seen[name]).content).size == (400, 300)
    assert get(shown, address_of(ana, services)).status_code == 200


def test_a_banner_is_larger(ana: Person, shown: Starlette) -> None:
    change(ana, "header", picture((1600, 400)))
    assert opened(get(shown, ana.read("/api/v1/accounts/verify_credentials")["header"]).content).size == (1500, 375)


def test_a_face_waits_with_the_words_that_came_with_it(
    ana: Person, ben: Person, shown: Starlette, services: Services
) -> None:
    change(ana)
    before, first = ben.read(f"/api/v1/accounts/{ana.id}")["avatar"], address_of(ana, services)
    change(ana, body=picture((300, 300)), note="Vermin, all of them")
    assert ben.read(f"/api/v1/accounts/{ana.id}")["avatar"] == before
    assert address_of(ana, services) == first and len({path.parent for path in on_disk(services)}) == 2


def test_a_face_can_be_taken_away_and_its_files_go_when_nothing_shows_them(
    ana: Person, ben: Person, shown: Starlette, services: Services
) -> None:
    change(ana)
    public = address_of(ana, services)
    assert ana.send("DELETE", "/api/v1/profile/avatar").status_code == 200
    assert ben.read(f"/api/v1/accounts/{ana.id}")["avatar"].endswith(NOBODY)
    assert get(shown, public).status_code == 404 and upkeep.forget(services) == 0
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(days=1, seconds=1))
    assert upkeep.forget(services) == 1 and on_disk(services) == []


def test_a_face_that_is_shown_is_never_forgotten(ana: Person, services: Services) -> None:
    change(ana)
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(days=90))
    assert upkeep.forget(services) == 0 and on_disk(services)


def test_a_suspended_members_face_is_gone(ana: Person, shown: Starlette, services: Services) -> None:
    change(ana)
    public = address_of(ana, services)
    with services.db.write() as session:
        session.get_one(ActorRow, int(ana.id)).suspended_at = services.clock.now()
    assert get(shown, public).status_code == 404


def test_what_is_no_picture_changes_nothing(ana: Person) -> None:
    assert change(ana, body=b"no picture", display_name="Another").status_code == 422
    assert ana.send("PATCH", EDIT, json={"avatar": "data:image/png;base64,AAAA"}).status_code == 422
    assert ana.read("/api/v1/accounts/verify_credentials")["display_name"] != "Another"


def test_the_next_edit_of_words_keeps_the_face(ana: Person, services: Services) -> None:
    change(ana)
    before = address_of(ana, services)
    ana.send("PATCH", EDIT, json={"display_name": "Ana B"})
    assert address_of(ana, services) == before != ""
