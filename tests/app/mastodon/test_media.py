"""Pictures of members by the client API: taken, described, posted, and shown to nobody before their post is."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from starlette.applications import Starlette

from app.clock import FrozenClock
from app.media import shown as shown_media
from app.media.endpoints import MediaEndpoints
from app.posts.tables import AttachmentRow
from app.services import Services
from app.uploads import places, upkeep
from app.uploads.tables import UploadRow
from moderation.evidence.snapshots import RETENTION
from tests.app.mastodon.people import Person
from tests.support.pictures import film, opened, picture
from tests.support.stream import get

HATEFUL = "Vermin, all of them"


@pytest.fixture
def shown(services: Services) -> Starlette:
    """The stream process's part that gives out pictures."""
    return Starlette(routes=MediaEndpoints(services, asyncio.Semaphore(4)).routes())


def send(
    who: Person, body: bytes | None = None, name: str = "cat.png", path: str = "/api/v2/media", **more: str
) -> Any:
    file = (io.BytesIO(picture() if body is None else body), name)
    return who.post(path, data={"file": file, **more}, content_type="multipart/form-data")


def upload(who: Person, body: bytes | None = None, **more: str) -> dict[str, Any]:
    answer = send(who, body, **more)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json
    return found


def public_address(services: Services, upload_id: str) -> str:
    """What other servers are given."""
    with services.db.read() as session:
        return places.address(services.settings, session.get_one(UploadRow, int(upload_id)).key)


def on_disk(services: Services) -> list[Path]:
    return sorted((services.settings.data_dir / "media" / "here").rglob("*.webp"))


def test_a_picture_is_taken_and_answered_as_clients_expect(ana: Person, shown: Starlette) -> None:
    media = upload(ana, picture((800, 600)), description="  A red wall ", focus="-0.5,0.25")
    assert media["type"] == "image" and media["description"] == "A red wall" and media["remote_url"] is None
    assert len(media["blurhash"]) > 10
    assert media["meta"] == {
        "focus": {"x": -0.5, "y": 0.25},
        "original": {"width": 800, "height": 600, "size": "800x600", "aspect": 800 / 600},
        "small": {"width": 640, "height": 480, "size": "640x480", "aspect": 640 / 480},
    }
    assert opened(get(shown, media["url"]).content).size == (800, 600)
    assert opened(get(shown, media["preview_url"]).content).size == (640, 480)
    assert ana.read(f"/api/v1/media/{media['id']}")["id"] == media["id"]


def test_only_pixels_are_kept(ana: Person, services: Services) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera with a name"
    upload(ana, picture(kind="JPEG", exif=exif.tobytes()))
    kept = b"".join(path.read_bytes() for path in on_disk(services))
    assert kept and b"camera" not in kept and b"Exif" not in kept


def test_a_post_shows_its_pictures_in_their_order(
    ana: Person, ben: Person, shown: Starlette, services: Services
) -> None:
    first, second = upload(ana, description="One"), upload(ana, film(), description="Two")
    status = ana.says("Look", media_ids=[second["id"], first["id"]])
    media = ben.read(f"/api/v1/statuses/{status['id']}")["media_attachments"]
    assert [(one["id"], one["description"]) for one in media] == [(second["id"], "Two"), (first["id"], "One")]
    assert get(shown, media[0]["url"]).headers["Content-Type"] == "image/webp"
    assert getattr(opened(get(shown, media[0]["url"]).content), "n_frames", 1) == 3
    assert get(shown, public_address(services, first["id"])).status_code == 200
    assert [one["id"] for one in ben.read(f"/api/v1/accounts/{ana.id}/statuses?only_media=true")] == [status["id"]]


def test_a_picture_alone_is_a_post(ana: Person) -> None:
    assert ana.says("", media_ids=[upload(ana)["id"]])["content"] == ""


def test_what_is_in_no_post_is_shown_to_its_owner_for_a_while_and_to_nobody_else(
    ana: Person, ben: Person, shown: Starlette, services: Services
) -> None:
    media = upload(ana)
    assert get(shown, public_address(services, media["id"])).status_code == 404
    assert ben.get(f"/api/v1/media/{media['id']}").status_code == 404
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(minutes=16))
    assert get(shown, media["url"]).status_code == 404


def test_a_held_posts_picture_waits_with_it(ana: Person, shown: Starlette, services: Services) -> None:
    media = upload(ana)
    status = ana.says(HATEFUL, media_ids=[media["id"]])
    (mine,) = status["media_attachments"]
    assert get(shown, mine["url"]).status_code == 200
    assert get(shown, public_address(services, media["id"])).status_code == 404
    with services.db.read() as session:
        row = session.scalars(select(AttachmentRow)).one()
    assert get(shown, shown_media.picture(services.settings, row)).status_code == 404


def test_what_is_said_of_a_picture_passes_the_door(ana: Person, ben: Person) -> None:
    media = upload(ana, description=HATEFUL)
    status = ana.says("Look", media_ids=[media["id"]])
    assert ben.get(f"/api/v1/statuses/{status['id']}").status_code == 404


def test_a_deleted_post_takes_its_pictures_along(ana: Person, shown: Starlette, services: Services) -> None:
    media = upload(ana)
    status = ana.says("Look", media_ids=[media["id"]])
    ana.send("DELETE", f"/api/v1/statuses/{status['id']}?delete_media=true")
    assert get(shown, public_address(services, media["id"])).status_code == 404
    assert ana.get(f"/api/v1/media/{media['id']}").status_code == 404
    assert upkeep.forget(services) == 1 and on_disk(services) == []


@pytest.mark.parametrize("how", ["DELETE", "PUT"])
def test_what_a_post_lets_go_of_goes_into_another_within_a_day(
    ana: Person, ben: Person, shown: Starlette, services: Services, how: str
) -> None:
    media = upload(ana)
    status = ana.says("Look", media_ids=[media["id"]])
    words = [{"id": media["id"], "description": "A red wall"}]
    path = f"/api/v1/statuses/{status['id']}"
    ana.send("PUT", path, json={"status": "Look", "media_ids": [media["id"]], "media_attributes": words})
    assert ana.send(how, path, json={"status": "Nothing"}).status_code == 200
    assert upkeep.forget(services) == 0
    kept = ana.read(f"/api/v1/media/{media['id']}")
    assert kept["description"] == "A red wall" and get(shown, kept["url"]).status_code == 200
    assert get(shown, public_address(services, media["id"])).status_code == 404
    assert ben.get(f"/api/v1/media/{media['id']}").status_code == 404
    taken = ben.post("/api/v1/statuses", json={"status": "Mine", "media_ids": [media["id"]]})
    assert taken.status_code == 422
    again = ana.says("Look here", media_ids=[media["id"]])
    assert again["media_attachments"][0]["description"] == "A red wall"
    assert get(shown, public_address(services, media["id"])).status_code == 200
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(days=2))
    assert upkeep.forget(services) == 0
    assert ana.post("/api/v1/statuses", json={"status": "Twice", "media_ids": [media["id"]]}).status_code == 422


def test_after_a_day_what_a_post_let_go_of_is_gone_unless_it_is_scheduled(ana: Person, services: Services) -> None:
    first, second = upload(ana), upload(ana)
    status = ana.says("Look", media_ids=[first["id"], second["id"]])
    ana.send("DELETE", f"/api/v1/statuses/{status['id']}")
    later = (services.clock.now() + timedelta(days=3)).isoformat()
    ana.do("/api/v1/statuses", json={"status": "Later", "media_ids": [second["id"]], "scheduled_at": later})
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(days=1))
    assert ana.get(f"/api/v1/media/{first['id']}").status_code == 404
    assert [row.id for row in upkeep.take(services, 10)] == [int(first["id"])]


def test_what_was_reported_is_kept_though_its_author_deletes_it(ana: Person, ben: Person, services: Services) -> None:
    status = ana.says("Look", media_ids=[upload(ana)["id"]])
    report = {"account_id": ana.id, "status_ids": [status["id"]], "comment": "This"}
    ben.do("/api/v1/reports", json=report)
    ana.send("DELETE", f"/api/v1/statuses/{status['id']}")
    (picture,) = status["media_attachments"]
    assert ana.get(f"/api/v1/media/{picture['id']}").status_code == 404
    assert upkeep.forget(services) == 0 and on_disk(services)
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(RETENTION + timedelta(days=1))
    assert upkeep.forget(services) == 1 and on_disk(services) == []


def test_what_was_never_posted_goes_after_a_day_however_often_its_owner_looked(
    ana: Person, shown: Starlette, services: Services
) -> None:
    assert get(shown, upload(ana)["url"]).status_code == 200
    assert upkeep.forget(services) == 0
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(days=1))
    assert upkeep.forget(services) == 1 and on_disk(services) == []


def test_what_a_moderator_looked_at_is_kept_though_its_author_withdraws_it(
    ana: Person, shown: Starlette, services: Services
) -> None:
    media = upload(ana)
    status = ana.says(HATEFUL, media_ids=[media["id"]])
    assert get(shown, status["media_attachments"][0]["url"]).status_code == 200
    links, now = shown_media.links(services.settings), services.clock.now()
    desk = links.desk(public_address(services, media["id"]), "original", now)
    assert desk is not None and get(shown, desk).status_code == 200
    ana.send("DELETE", f"/api/v1/statuses/{status['id']}")
    assert upkeep.forget(services) == 0 and on_disk(services)


def test_it_is_described_before_it_is_posted_and_by_an_edit_after(ana: Person, ben: Person) -> None:
    media = upload(ana)
    path = f"/api/v1/media/{media['id']}"
    said = ana.send("PUT", path, data={"description": "A wall", "focus": "0,1"}).json
    assert said["description"] == "A wall" and said["meta"]["focus"] == {"x": 0.0, "y": 1.0}
    status = ana.says("Look", media_ids=[media["id"]])
    assert ana.send("PUT", path, data={"description": "Late"}).status_code == 404
    change = {
        "status": "Look",
        "media_ids": [media["id"]],
        "media_attributes": [{"id": media["id"], "description": "A red wall"}],
    }
    ana.send("PUT", f"/api/v1/statuses/{status['id']}", json=change)
    shown = ben.read(f"/api/v1/statuses/{status['id']}")
    assert shown["media_attachments"][0]["description"] == "A red wall" and shown["edited_at"]


def test_an_edit_adds_and_takes_away_pictures(ana: Person, ben: Person) -> None:
    first, second = upload(ana), upload(ana)
    status = ana.says("Look", media_ids=[first["id"]])

    def after(*ids: str) -> list[str]:
        answer = ana.send("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Look", "media_ids": list(ids)})
        assert answer.status_code == 200
        return [one["id"] for one in ben.read(f"/api/v1/statuses/{status['id']}")["media_attachments"]]

    assert after(second["id"], first["id"]) == [second["id"], first["id"]]
    assert after(second["id"]) == [second["id"]]
    assert after() == []


def test_an_edit_moves_what_must_stay_in_sight(ana: Person, ben: Person, clock: FrozenClock) -> None:
    media = upload(ana, focus="0.5,0.5")
    status = ana.says("Look", media_ids=[media["id"]])
    path = f"/api/v1/statuses/{status['id']}"

    def after(**told: str) -> dict[str, Any]:
        change = {"status": "Look", "media_ids": [media["id"]], "media_attributes": [{"id": media["id"], **told}]}
        clock.move(timedelta(minutes=1))
        ana.send("PUT", path, json=change)
        (picture,) = ben.read(path)["media_attachments"]
        return {"focus": picture["meta"]["focus"], "description": picture["description"]}

    assert after(focus="-1,0.25") == {"focus": {"x": -1.0, "y": 0.25}, "description": None}
    assert after(description="A wall") == {"focus": {"x": -1.0, "y": 0.25}, "description": "A wall"}
    late = {"status": "Look", "media_ids": [media["id"]], "media_attributes": [{"id": media["id"], "focus": "2,2"}]}
    assert ana.send("PUT", path, json=late).status_code == 422


def test_the_history_shows_each_version_as_it_was(ana: Person, ben: Person, shown: Starlette) -> None:
    first, second = upload(ana, description="First"), upload(ana, description="Second")
    status = ana.says("Look", media_ids=[first["id"], second["id"]])
    words = [{"id": second["id"], "description": "Still second"}]
    for ids in ([second["id"], first["id"]], [second["id"]]):
        change = {"status": "Look", "media_ids": ids, "media_attributes": words}
        ana.send("PUT", f"/api/v1/statuses/{status['id']}", json=change)
    versions = [each["media_attachments"] for each in ben.read(f"/api/v1/statuses/{status['id']}/history")]
    assert [[(one["id"], one["description"]) for one in each] for each in versions] == [
        [(first["id"], "First"), (second["id"], "Second")],
        [(second["id"], "Still second"), (first["id"], "First")],
        [(second["id"], "Still second")],
    ]
    gone, there = versions[0]
    assert (gone["type"], gone["url"], gone["preview_url"]) == ("unknown", None, None)
    assert there["type"] == "image" and get(shown, there["url"]).status_code == 200


def test_one_is_let_go_while_it_is_in_no_post(ana: Person, ben: Person, services: Services) -> None:
    media = upload(ana)
    assert ben.send("DELETE", f"/api/v1/media/{media['id']}").status_code == 404
    assert ana.send("DELETE", f"/api/v1/media/{media['id']}").status_code == 200 and on_disk(services) == []
    used = upload(ana)
    ana.says("Look", media_ids=[used["id"]])
    assert ana.send("DELETE", f"/api/v1/media/{used['id']}").status_code == 422


def test_what_cant_be_in_a_post_is_refused_and_nothing_is_posted(ana: Person, ben: Person) -> None:
    theirs, used = upload(ben)["id"], upload(ana)["id"]
    ana.says("Look", media_ids=[used])
    many = [upload(ana)["id"] for _ in range(5)]
    for given in (
        {"media_ids": [theirs]},
        {"media_ids": [used]},
        {"media_ids": many},
        {"media_ids": ["0"]},
        {"media_ids": ["x"]},
        {"media_ids": [many[0]], "poll": {"options": ["a", "b"], "expires_in": 3600}},
    ):
        answer = ana.post("/api/v1/statuses", json={"status": "No", **given})
        assert answer.status_code == 422 and answer.json["error"], given
    assert len(ana.read(f"/api/v1/accounts/{ana.id}/statuses")) == 1


NO_PICTURES = {"nothing": b"", "text": b"no picture", "svg": b"<svg/>", "head": b"GIF89a", "half": picture()[:60]}


@pytest.mark.parametrize("kind", NO_PICTURES)
def test_what_is_no_picture_is_refused(ana: Person, kind: str, services: Services) -> None:
    body = NO_PICTURES[kind]
    answer = send(ana, body)
    assert answer.status_code == 422 and answer.json["error"] and on_disk(services) == []


def test_what_is_too_large_is_refused(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.uploads.taking.LARGEST_BYTES", 100)
    assert send(ana).status_code == 422
    claims = {"CONTENT_LENGTH": str(101 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    assert ana.post("/api/v2/media", data=b"--x", environ_overrides=claims).status_code == 413


def test_a_focus_and_a_description_have_bounds(ana: Person) -> None:
    for more in ({"focus": "2,0"}, {"focus": "nan,0"}, {"focus": "1"}, {"focus": "a,b"}, {"description": "x" * 1501}):
        assert send(ana, **more).status_code == 422, more  # type: ignore[arg-type]


def test_the_instance_says_what_it_takes(ana: Person) -> None:
    limits = ana.read("/api/v2/instance")["configuration"]
    assert limits["statuses"]["max_media_attachments"] == 4
    assert "image/png" in limits["media_attachments"]["supported_mime_types"]
    assert limits["media_attachments"]["image_size_limit"] == 16 * 1024 * 1024
