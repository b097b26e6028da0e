"""Films and sounds of other servers: fetched when somebody presses play, made anew, gone with their post."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import delete, select, update
from starlette.applications import Starlette

from app.clock import FrozenClock
from app.federation.wire.errors import ContentTypeError
from app.federation.wire.fetching import MAX_RECORDING_BYTES, Kind, check_type, most_bytes
from app.media import caged, endpoints, shown, upkeep, where
from app.media.endpoints import MediaEndpoints
from app.media.files import MediaFiles
from app.media.recordings import wanting, work
from app.media.shapes import SOURCE
from app.media.tables import CachedMediaRow, MediaState
from app.posts.tables import AttachmentRow, PostRow, PostState
from app.reports import file as reports
from app.reports.file import FileReport
from app.services import Services
from app.uploads.recordings import kinds, making
from app.uploads.tables import UploadKind
from moderation.domains import editing
from moderation.values import Severity
from tests.federation.world import Remote, World
from tests.support.pictures import hang, opened
from tests.support.recordings import film, sound
from tests.support.stream import get

FILM = "https://files.far.example/media/garden.mp4"
SOUND = "https://files.far.example/media/bird.ogg"


@pytest.fixture
def reader(services: Services, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    """The stream process's part that gives out media; nobody waits."""
    monkeypatch.setattr(endpoints, "PATIENCE_SECONDS", 0.0)
    return Starlette(routes=MediaEndpoints(services, asyncio.Semaphore(4)).routes())


def attached(url: str = FILM, media_type: str = "video/mp4", **more: Any) -> dict[str, Any]:
    blurhash = "LEHV6nWB2yk8pyo0adR*.7kCMdnj"
    return {"type": "Document", "mediaType": media_type, "url": url, "name": "A garden", "blurhash": blurhash, **more}


def arrives(world: World, text: str = "Look", author: Remote | None = None, **fields: Any) -> dict[str, Any]:
    """A post with a film, from elsewhere."""
    hang(world.web, FILM, film(), "video/mp4")
    hang(world.web, SOUND, sound(ending="ogg"), "audio/ogg")
    sender = author or world.known()
    note = sender.note(text, **{"attachment": [attached()], **fields})
    world.take(sender, sender.create(note))
    return note


def address(world: World, note: dict[str, Any], file: str = "film") -> str:
    with world.services.db.read() as session:
        query = select(AttachmentRow).join(PostRow, PostRow.pk == AttachmentRow.post_pk)
        row = session.scalars(query.where(PostRow.uri == note["id"])).one()
    return shown.picture(world.services.settings, row, file)


def cached(world: World) -> CachedMediaRow:
    with world.services.db.read() as session:
        return session.scalars(select(CachedMediaRow)).one()


def on_disk(world: World) -> list[Path]:
    root = world.services.settings.data_dir / "media" / "elsewhere"
    return sorted(path for path in root.rglob("*") if path.is_file())


def hours(world: World, number: float) -> None:
    assert isinstance(world.services.clock, FrozenClock)
    world.services.clock.move(timedelta(hours=number))


def test_a_film_is_fetched_when_somebody_presses_play_and_then_once(world: World, reader: Starlette) -> None:
    note = arrives(world)
    assert get(reader, address(world, note, "small")).status_code == 404 and FILM not in world.web.asked
    waits = get(reader, address(world, note))
    assert (waits.status_code, waits.headers["Retry-After"]) == (503, "5") and FILM not in world.web.asked
    assert work.drain(world.services, 1) == 1
    for _ in range(2):
        answer = get(reader, address(world, note))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "video/mp4")
    assert get(reader, address(world, note), Range="bytes=0-9").status_code == 206
    assert opened(get(reader, address(world, note, "small")).content).size == (320, 240)
    assert world.web.asked.count(FILM) == 1 and work.drain(world.services, 1) == 0


def test_nothing_is_left_of_what_was_written_into_it(world: World, reader: Starlette) -> None:
    note = arrives(world)
    get(reader, address(world, note))
    work.drain(world.services, 1)
    assert b"Where we live" not in b"".join(path.read_bytes() for path in on_disk(world))
    assert not [path for path in on_disk(world) if path.suffix == ".part"]


def test_who_presses_play_waits_while_it_is_made(
    world: World, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = arrives(world)
    monkeypatch.setattr(endpoints, "LOOK_SECONDS", 0.01)
    reader = Starlette(routes=MediaEndpoints(services, asyncio.Semaphore(4)).routes())

    async def together() -> httpx.Response:
        transport = httpx.ASGITransport(reader)
        async with httpx.AsyncClient(transport=transport, base_url="https://ostiary.example") as client:
            asked = asyncio.create_task(client.get(urlsplit(address(world, note)).path))
            while not await asyncio.to_thread(work.drain, services, 1):
                await asyncio.sleep(0.01)
            return await asked

    assert asyncio.run(together()).status_code == 200


def test_a_sound_is_played_too(world: World, reader: Starlette) -> None:
    note = arrives(world, attachment=[attached(SOUND, "audio/ogg")])
    get(reader, address(world, note, "sound"))
    work.drain(world.services, 1)
    answer = get(reader, address(world, note, "sound"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "audio/mpeg")
    assert get(reader, address(world, note, "film")).status_code == 404


def test_a_held_posts_film_is_wanted_by_no_address(world: World, reader: Starlette) -> None:
    note = arrives(world, "You vermin")
    assert world.state(note) is PostState.HELD
    assert get(reader, address(world, note)).status_code == 404
    assert work.drain(world.services, 1) == 0 and FILM not in world.web.asked


def test_what_was_taken_away_meanwhile_isnt_fetched(world: World, reader: Starlette) -> None:
    author = world.known()
    note = arrives(world, author=author)
    get(reader, address(world, note))
    world.take(author, author.activity("Delete", note["id"]))
    assert work.drain(world.services, 1) == 1
    assert FILM not in world.web.asked and cached(world).error == work.NOT_SHOWN


def test_with_the_post_the_film_is_gone(world: World, reader: Starlette) -> None:
    author = world.known()
    note = arrives(world, author=author)
    url = address(world, note)
    get(reader, url)
    work.drain(world.services, 1)
    world.take(author, author.activity("Delete", note["id"]))
    assert get(reader, url).status_code == 404
    assert upkeep.forget(world.services) == 1 and on_disk(world) == []


def test_a_host_whose_media_are_kept_out_is_never_asked(world: World, reader: Starlette) -> None:
    note = arrives(world)
    get(reader, address(world, note))
    with world.services.db.write() as session:
        now = world.services.clock.now()
        editing.set_rule(session, "far.example", Severity.SILENCE, by="ada", now=now, reject_media=True)
    assert get(reader, address(world, note)).status_code == 404
    assert work.drain(world.services, 1) == 1 and FILM not in world.web.asked


def test_what_is_no_film_is_remembered_as_none(world: World, reader: Starlette) -> None:
    note = arrives(world)
    hang(world.web, FILM, b"<html>no film</html>", "video/mp4")
    get(reader, address(world, note))
    assert work.drain(world.services, 1) == 1
    assert (cached(world).state, cached(world).error) == (MediaState.FAILED, "no_recording")
    assert get(reader, address(world, note)).status_code == 503 and on_disk(world) == []
    assert work.drain(world.services, 1) == 0


def test_a_host_cant_fill_the_queue_of_what_is_to_be_made(world: World, reader: Starlette) -> None:
    author = world.known()
    answers = []
    for number in range(wanting.MOST_OF_HOST + 1):
        url = f"https://files.far.example/media/{number}.mp4"
        note = author.note(f"Number {number} of these", attachment=[attached(url)])
        world.take(author, author.create(note))
        answers.append(get(reader, address(world, note)))
    assert [one.headers["Retry-After"] for one in answers] == ["5"] * wanting.MOST_OF_HOST + ["30"]


def test_what_was_reported_is_had_though_nobody_played_it_and_kept_though_its_author_deletes_it(
    world: World, reader: Starlette
) -> None:
    author = world.known()
    note = arrives(world, author=author)
    ana = world.member("ana")
    with world.services.db.read() as session:
        post = session.scalars(select(PostRow).where(PostRow.uri == note["id"])).one()
    reports.file(world.services, ana, FileReport(post.actor_id, (post.id,), "cruel", "other"))
    assert work.drain(world.services, 1) == 1 and cached(world).state is MediaState.READY
    world.take(author, author.activity("Delete", note["id"]))
    upkeep.forget(world.services)
    links = shown.links(world.services.settings)
    desk = links.desk(FILM, "film", world.services.clock.now())
    assert desk is not None and get(reader, desk).headers["Cache-Control"] == "no-store"


def desk(world: World, file: str, url: str = FILM) -> str:
    """Where a moderator sees it."""
    found = shown.links(world.services.settings).desk(url, file, world.services.clock.now())
    assert found is not None
    return found


def test_a_moderator_sees_a_still_of_a_held_film_by_steps(world: World, reader: Starlette) -> None:
    arrives(world, "You vermin")
    assert get(reader, desk(world, "film-blur")).status_code == 503 and FILM not in world.web.asked
    assert work.drain(world.services, 1) == 1
    seen = {file: get(reader, desk(world, file)) for file in ("film-blur", "film-grey", "film-small", "film-original")}
    assert {answer.headers["Cache-Control"] for answer in seen.values()} == {"no-store"}
    assert max(opened(seen["film-blur"].content).size) <= 12
    assert opened(seen["film-small"].content).size == (320, 240)
    assert cached(world).kept_until is not None and world.web.asked.count(FILM) == 1


def test_the_still_is_there_before_the_film_is(world: World, reader: Starlette) -> None:
    arrives(world, "You vermin")
    get(reader, desk(world, "film-blur"))
    files, key = where.on_disk(world.services.settings.data_dir, "elsewhere"), cached(world).key
    files.place(key, SOURCE).write_bytes(film())
    making.poster_first(files, key, lambda _drawn: False)
    assert get(reader, desk(world, "film-grey")).status_code == 503
    making.poster_first(files, key, lambda _drawn: True)
    assert cached(world).state is MediaState.WANTED
    assert get(reader, desk(world, "film-grey")).status_code == 200
    assert get(reader, desk(world, "film")).status_code == 503


def test_what_only_calls_itself_a_film_has_no_still(world: World, reader: Starlette) -> None:
    arrives(world, "You vermin", attachment=[attached(SOUND, "video/mp4")])
    get(reader, desk(world, "film-blur", SOUND))
    assert work.drain(world.services, 1) == 1
    assert get(reader, desk(world, "film-blur", SOUND)).status_code == 404
    assert get(reader, desk(world, "sound", SOUND)).status_code == 200


def test_a_still_is_for_the_desk_alone(world: World, reader: Starlette) -> None:
    note = arrives(world)
    get(reader, address(world, note))
    work.drain(world.services, 1)
    assert get(reader, address(world, note, "film-small")).status_code == 404


def test_a_worker_that_stops_or_was_killed_loses_nothing(world: World, reader: Starlette) -> None:
    note = arrives(world)
    get(reader, address(world, note))
    caged.end_all()
    try:
        assert work.drain(world.services, 1) == 0
    finally:
        caged.begin_again()
    with world.services.db.write() as session:
        session.execute(update(CachedMediaRow).values(retry_at=world.services.clock.now() + work.LEASE))
    assert work.drain(world.services, 1) == 0
    assert work.release(world.services) == 1 and work.drain(world.services, 1) == 1


def test_what_ends_its_maker_again_and_again_is_given_up(world: World, reader: Starlette) -> None:
    note = arrives(world)
    get(reader, address(world, note))
    with world.services.db.write() as session:
        session.execute(update(CachedMediaRow).values(attempts=work.MOST_BEGUN))
    assert work.drain(world.services, 1) == 0 and cached(world).state is MediaState.FAILED


def test_clients_are_told_what_it_is(world: World) -> None:
    note = arrives(world)
    with world.services.db.read() as session:
        row = session.scalars(select(AttachmentRow)).one()
    assert shown.plays(row) is UploadKind.VIDEO and world.state(note) is PostState.PUBLISHED


def test_what_its_server_says_of_a_film_is_kept(world: World) -> None:
    said = {
        "blurhash": "USQv:h-W-qI-^,W;RPs=",
        "focalPoint": [0.5, -0.25],
        "duration": "PT1M2.5S",
        "name": "A test card",
    }
    arrives(world, attachment=[attached() | said])
    with world.services.db.read() as session:
        row = session.scalars(select(AttachmentRow)).one()
    assert (row.duration, row.blurhash, row.description) == (62.5, said["blurhash"], "A test card")
    assert (row.focus_x, row.focus_y) == (0.5, -0.25)


def test_only_what_plays_lasts(world: World) -> None:
    picture = {"type": "Image", "mediaType": "image/png", "url": FILM + ".png", "duration": "PT3S"}
    arrives(world, attachment=[picture])
    with world.services.db.read() as session:
        assert session.scalars(select(AttachmentRow)).one().duration is None


def test_without_ffmpeg_it_is_only_described(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    arrives(world)
    monkeypatch.setattr(kinds, "are_taken", lambda: False)
    with world.services.db.read() as session:
        assert shown.plays(session.scalars(select(AttachmentRow)).one()) is None


@pytest.mark.parametrize("kind", ["text/html", "image/png", "application/json"])
def test_something_else_is_not_taken_for_a_film(kind: str) -> None:
    with pytest.raises(ContentTypeError):
        check_type(kind, Kind.RECORDING)
    assert most_bytes(Kind.RECORDING) == MAX_RECORDING_BYTES


def test_the_files_of_films_are_counted_and_dropped_like_pictures(world: World, reader: Starlette) -> None:
    note = arrives(world)
    get(reader, address(world, note))
    work.drain(world.services, 1)
    row = cached(world)
    files = where.on_disk(world.services.settings.data_dir, "elsewhere")
    assert row.size_bytes == sum(path.stat().st_size for path in files.all_of(row.key)) > 0
    object.__setattr__(world.services.settings, "media_cache_bytes", 10)
    assert upkeep.forget(world.services) == 1 and on_disk(world) == []


def test_nothing_comes_back_of_a_film_that_was_taken_away_while_it_was_made(
    world: World, reader: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    get(reader, address(world, arrives(world)))
    make = making.make

    def taken_away(files: MediaFiles, key: str) -> tuple[UploadKind, making.Made]:
        with world.services.db.write() as session:
            session.execute(delete(CachedMediaRow))
        return make(files, key)

    monkeypatch.setattr(making, "make", taken_away)
    assert work.drain(world.services, 1) == 1 and on_disk(world) == []
    with world.services.db.read() as session:
        assert session.scalars(select(CachedMediaRow)).all() == []
