"""Members' pictures as other servers get them: named in the post, to be had at the address, gone with it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from app.accounts.tables import ActorRow
from app.federation.tables import OutboxActivityRow
from app.federation.wire import fields
from app.media.endpoints import MediaEndpoints
from app.posts import compose, delete, edit
from app.posts.compose import ComposeRequest
from app.posts.edit import EditRequest
from app.posts.tables import AttachmentRow, PostRow, PostState
from app.services import Services
from app.uploads import taking
from app.uploads.recordings import kinds, work
from app.uploads.recordings import taking as recordings
from app.uploads.tables import UploadRow
from app.uploads.taking import Focus
from tests.federation.world import World
from tests.support.pictures import picture
from tests.support.recordings import film, sound


@pytest.fixture
def followed(world: World) -> ActorRow:
    """Ana, whom somebody elsewhere follows."""
    ana = world.member("ana")
    world.follow(world.row(world.known("ben")), ana)
    return ana


def posts(world: World, ana: ActorRow, text: str = "Look", **said: Any) -> PostRow:
    upload = taking.take(world.services, ana.id, picture((300, 200)), **said)
    return compose.compose(world.services, ana.id, ComposeRequest(text, picture_ids=(upload.id,)))


def told(world: World, kind: str) -> list[dict[str, Any]]:
    with world.services.db.read() as session:
        bodies = select(OutboxActivityRow.body).where(OutboxActivityRow.kind == kind).order_by(OutboxActivityRow.id)
        return [orjson.loads(body) for body in session.scalars(bodies)]


def status_of(services: Services, url: str) -> int:
    async def ask() -> int:
        application = Starlette(routes=MediaEndpoints(services, asyncio.Semaphore(4)).routes())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application)) as client:
            return (await client.get(url)).status_code

    return asyncio.run(ask())


def test_a_picture_is_sent_with_all_that_is_known_of_it(world: World, followed: ActorRow) -> None:
    posts(world, followed, description="A red wall", focus=Focus(-0.5, 0.25))
    (create,) = told(world, "Create")
    (attachment,) = create["object"]["attachment"]
    assert attachment["type"] in ("Document", "Image") and attachment["mediaType"] == "image/webp"
    assert attachment["name"] == "A red wall" and attachment["focalPoint"] == [-0.5, 0.25]
    assert (attachment["width"], attachment["height"]) == (300, 200) and attachment["blurhash"]
    assert attachment["url"].startswith("https://ostiary.example/media/uploads/")
    assert status_of(world.services, attachment["url"]) == 200


@pytest.mark.parametrize(("kind", "body"), [("Video", film), ("Audio", sound)])
def test_a_film_and_a_sound_are_sent_with_how_long_they_last(
    world: World, followed: ActorRow, kind: str, body: Callable[[], bytes]
) -> None:
    sent, guessed = io.BytesIO(body()), kinds.guess(body()[: kinds.HEAD_BYTES])
    focus = Focus(-0.5, 0.25) if kind == "Video" else None
    upload = recordings.take(world.services, followed.id, sent, guessed, description="A tone", focus=focus)
    assert work.drain(world.services, 1) == 1
    compose.compose(world.services, followed.id, ComposeRequest("Listen", picture_ids=(upload.id,)))
    (create,) = told(world, "Create")
    (attachment,) = create["object"]["attachment"]
    assert (attachment["type"], attachment["name"]) == (kind, "A tone")
    assert attachment["mediaType"].startswith(kind.lower() + "/")
    lasts = fields.seconds(attachment["duration"])
    assert lasts is not None and 0.3 < lasts < 0.6
    if kind == "Video":
        assert (attachment["width"], attachment["height"]) == (320, 240) and attachment["blurhash"]
        assert attachment["focalPoint"] == [-0.5, 0.25]
    assert status_of(world.services, attachment["url"]) == 200


def test_a_held_post_sends_nothing_and_its_picture_is_not_to_be_had(world: World, followed: ActorRow) -> None:
    post = posts(world, followed, "Vermin, all of them")
    assert post.state is PostState.HELD and told(world, "Create") == []
    with world.services.db.read() as session:
        url = session.scalars(select(AttachmentRow.url).where(AttachmentRow.post_pk == post.pk)).one()
    assert status_of(world.services, url) == 404


def test_an_edit_tells_of_new_words_for_a_picture_and_a_deletion_takes_it_away(
    world: World, followed: ActorRow
) -> None:
    post = posts(world, followed, description="A wall")
    (create,) = told(world, "Create")
    (attachment,) = create["object"]["attachment"]
    with world.services.db.read() as session:
        upload_id = session.scalars(select(UploadRow.id).where(UploadRow.post_pk == post.pk)).one()
    asked = EditRequest("Look", picture_ids=(upload_id,), descriptions={upload_id: "A red wall"})
    edit.edit(world.services, followed.id, post.id, asked)
    (update,) = told(world, "Update")
    assert update["object"]["attachment"][0]["name"] == "A red wall"
    assert update["object"]["attachment"][0]["url"] == attachment["url"]
    delete.delete(world.services, followed.id, post.id)
    assert status_of(world.services, attachment["url"]) == 404
