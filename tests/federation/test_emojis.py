"""Custom emojis on the wire: ours go along with what has them, and those of others are renewed when they say so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.clock import FrozenClock
from app.emojis import keeping
from app.media import cache
from app.media.cache import Picture
from app.media.obtaining import Pictures
from app.media.shapes import ORIGINAL, Shape
from tests.app import people
from tests.federation.world import Remote, World
from tests.support.pictures import hang, opened, picture

FAR = "https://files.far.example/kettle.png"
KEPT = Picture(Shape.EMOJI, FAR)


def read(world: World, path: str) -> dict[str, Any]:
    answer = world.http.get(path, headers={"Accept": "application/activity+json"})
    assert answer.status_code == 200, path
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_member_s_post_and_profile_bring_them_along(world: World) -> None:
    row = keeping.add(world.services, "blob", picture(), "", "ada")
    ana = world.member("ana", display_name="Ana :blob:")
    post = people.post(world.services, ana, "so :blob:")
    address = f"https://ostiary.example/media/house-emojis/{row.key}/original.webp"
    tag = {
        "id": f"https://ostiary.example/emojis/{row.id}",
        "type": "Emoji",
        "name": ":blob:",
        "updated": "2026-03-02T12:00:00Z",
        "icon": {"type": "Image", "mediaType": "image/webp", "url": address},
    }
    assert read(world, post.uri.removeprefix("https://ostiary.example"))["tag"] == [tag]
    assert read(world, "/users/ana")["tag"] == [tag]
    own = read(world, f"/emojis/{row.id}")
    assert {name: own[name] for name in tag} == tag and "toot" in str(own["@context"])
    keeping.disable(world.services, row.id, "ada")
    assert "tag" not in read(world, "/users/ana")
    assert world.http.get(f"/emojis/{row.id}").status_code == 404


def sends(world: World, sender: Remote, updated: str, uri: str = "https://far.example/emojis/1") -> None:
    icon = {"type": "Image", "url": FAR}
    tag = {"id": uri, "type": "Emoji", "name": ":kettle:", "updated": updated, "icon": icon}
    world.take(sender, sender.create(sender.note("tea :kettle:", tag=[tag])))


def width(world: World) -> int:
    return opened(Pictures(world.services).file(KEPT, ORIGINAL).body).width


def later(world: World, by: timedelta) -> str:
    assert isinstance(world.services.clock, FrozenClock)
    world.services.clock.move(by)
    return world.services.clock.now().isoformat()


def test_a_picture_that_changed_is_fetched_anew_at_most_once_in_an_hour(world: World) -> None:
    mallory = world.known()
    hang(world.web, FAR, picture((40, 40)))
    assert width(world) == 40
    hang(world.web, FAR, picture((50, 50)))
    sends(world, mallory, later(world, timedelta(hours=2)))
    assert width(world) == 50
    hang(world.web, FAR, picture((60, 60)))
    sends(world, mallory, later(world, timedelta(minutes=30)))
    assert width(world) == 50, "not so often"
    sends(world, mallory, (world.services.clock.now() + timedelta(days=900)).isoformat())
    later(world, timedelta(hours=2))
    sends(world, mallory, "2020-01-01T00:00:00Z")
    assert width(world) == 50, "an older one says nothing new"
    sends(world, mallory, "2999-01-01T00:00:00Z")
    assert width(world) == 60


@pytest.mark.parametrize("uri", ["https://elsewhere.example/emojis/1", "nonsense"])
def test_nobody_renews_what_isn_t_theirs(world: World, uri: str) -> None:
    hang(world.web, FAR, picture((40, 40)))
    assert width(world) == 40
    hang(world.web, FAR, picture((50, 50)))
    sends(world, world.known(), later(world, timedelta(hours=2)), uri)
    assert width(world) == 40


def test_what_is_evidence_stays_as_it_was_seen(world: World) -> None:
    hang(world.web, FAR, picture((40, 40)))
    assert width(world) == 40
    with world.services.db.write() as session:
        cache.hold(session, KEPT, world.services.clock.now())
    hang(world.web, FAR, picture((50, 50)))
    sends(world, world.known(), later(world, timedelta(hours=2)))
    assert width(world) == 40
