"""Films and sounds of members: answered at once, made by the worker, and shown to nobody before their post is."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from app.clock import FrozenClock
from app.media import caged
from app.media.endpoints import MediaEndpoints
from app.services import Services
from app.uploads import places, upkeep
from app.uploads.recordings import due, kinds, probing, work
from app.uploads.recordings.refusals import RefusedError, Why
from app.uploads.tables import UploadKind, UploadRow, UploadState
from tests.app.mastodon.people import Person
from tests.support.pictures import opened, picture
from tests.support.recordings import film, sound
from tests.support.stream import ask, get

HATEFUL = "Vermin, all of them"


@pytest.fixture
def shown(services: Services) -> Starlette:
    """The stream process's part that gives out media."""
    return Starlette(routes=MediaEndpoints(services, asyncio.Semaphore(4)).routes())


def send(who: Person, body: bytes, **more: str) -> Any:
    data = {"file": (io.BytesIO(body), "cat.jpg", "image/jpeg"), **more}  # what the sender says it is doesn't count
    return who.post("/api/v2/media", data=data, content_type="multipart/form-data")


def sent(who: Person, body: bytes, **more: str) -> str:
    answer = send(who, body, **more)
    assert answer.status_code == 202, answer.get_data(as_text=True)
    assert answer.json["url"] is None and answer.json["preview_url"] is None
    return str(answer.json["id"])


def ready(who: Person, services: Services, body: bytes, **more: str) -> dict[str, Any]:
    upload_id = sent(who, body, **more)
    assert work.drain(services, 1) == 1
    found: dict[str, Any] = who.read(f"/api/v1/media/{upload_id}")
    return found


def on_disk(services: Services) -> list[Path]:
    return sorted(path for path in (services.settings.data_dir / "media" / "here").rglob("*") if path.is_file())


def row(services: Services, upload_id: str) -> UploadRow:
    with services.db.read() as session:
        return session.get_one(UploadRow, int(upload_id))


def described(body: bytes, tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "answer"
    file.write_bytes(body)
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(file)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def test_a_film_is_answered_at_once_and_made_by_the_worker(
    ana: Person, shown: Starlette, services: Services, tmp_path: Path
) -> None:
    upload_id = sent(ana, film(), description="A test card")
    assert ana.get(f"/api/v1/media/{upload_id}").status_code == 206
    assert work.drain(services, 1) == 1
    media = ana.read(f"/api/v1/media/{upload_id}")
    assert (media["type"], media["description"]) == ("video", "A test card")
    assert media["meta"]["original"]["width"] == 320 and 0.3 < media["meta"]["duration"] < 0.6
    assert media["meta"]["length"].startswith("0:00:00.")
    made = get(shown, media["url"])
    assert made.headers["Content-Type"] == "video/mp4" and made.headers["X-Content-Type-Options"] == "nosniff"
    codecs = {one["codec_type"]: one["codec_name"] for one in described(made.content, tmp_path)["streams"]}
    assert codecs == {"video": "h264", "audio": "aac"}
    assert opened(get(shown, media["preview_url"]).content).size == (320, 240)


def test_nothing_is_left_of_what_was_written_into_a_film(ana: Person, services: Services) -> None:
    assert b"Where we live" in film()
    ready(ana, services, film())
    assert b"Where we live" not in b"".join(path.read_bytes() for path in on_disk(services))
    assert not [path for path in on_disk(services) if path.suffix == ".part"]


def test_a_large_film_is_made_smaller(ana: Person, services: Services) -> None:
    assert ready(ana, services, film(0.2, "2000x500"))["meta"]["original"]["size"] == "1280x320"


def test_a_webm_film_without_a_sound_becomes_what_every_browser_plays(
    ana: Person, shown: Starlette, services: Services, tmp_path: Path
) -> None:
    media = ready(ana, services, film(silent=True, ending="webm"))
    streams = described(get(shown, media["url"]).content, tmp_path)["streams"]
    assert [one["codec_name"] for one in streams] == ["h264"]


@pytest.mark.parametrize("ending", ["wav", "ogg", "flac", "mp3", "m4a"])
def test_a_sound_becomes_one_that_every_browser_plays(
    ana: Person, shown: Starlette, services: Services, ending: str, tmp_path: Path
) -> None:
    media = ready(ana, services, sound(ending=ending))
    assert media["type"] == "audio" and media["preview_url"] is None and media["blurhash"] is None
    made = get(shown, media["url"])
    assert made.headers["Content-Type"] == "audio/mpeg"
    assert described(made.content, tmp_path)["streams"][0]["codec_name"] == "mp3"


def test_a_player_is_given_the_part_that_it_asks_for(ana: Person, shown: Starlette, services: Services) -> None:
    media = ready(ana, services, film())
    whole = get(shown, media["url"]).content
    part = get(shown, media["url"], Range="bytes=10-19")
    assert part.status_code == 206 and part.content == whole[10:20]
    backwards = get(shown, media["url"], Range="bytes=5-2")
    assert backwards.status_code == 200 and backwards.content == whole, "no range at all (RFC 9110, 14.2)"
    beyond = get(shown, media["url"], Range=f"bytes={len(whole)}-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert beyond.headers["Access-Control-Allow-Origin"] == "*" and beyond.headers["Cache-Control"] == "no-store"


def test_a_browser_that_asks_first_whether_another_site_may_play_it_is_told_yes(
    ana: Person, shown: Starlette, services: Services
) -> None:
    media = ready(ana, services, film())
    for path in (media["url"], "/media/nothing"):
        asked = ask(shown, "OPTIONS", path, **{"Access-Control-Request-Headers": "range"})
        assert asked.status_code == 204 and asked.headers["Access-Control-Allow-Origin"] == "*", path
        assert "Range" in asked.headers["Access-Control-Allow-Headers"]
    nothing = get(shown, "/media/nothing")
    assert nothing.status_code == 404 and nothing.headers["Access-Control-Allow-Origin"] == "*"
    refused = ask(shown, "POST", media["url"])
    assert refused.status_code == 405 and "GET" in refused.headers["Allow"]


def test_who_has_a_film_is_told_so(ana: Person, shown: Starlette, services: Services) -> None:
    media = ready(ana, services, film())
    tag = get(shown, media["url"]).headers["ETag"]
    same = get(shown, media["url"], **{"If-None-Match": f'"other", {tag}'})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    assert same.headers["Access-Control-Allow-Origin"] == "*"
    assert get(shown, media["url"], **{"If-None-Match": '"other"'}).status_code == 200


def test_a_post_shows_its_film_to_everybody_who_reads_it(
    ana: Person, ben: Person, shown: Starlette, services: Services
) -> None:
    status = ana.says("Look", media_ids=[ready(ana, services, film())["id"]])
    (media,) = ben.read(f"/api/v1/statuses/{status['id']}")["media_attachments"]
    assert media["type"] == "video" and media["remote_url"] is None and media["meta"]["duration"] > 0
    assert get(shown, media["url"]).status_code == get(shown, media["preview_url"]).status_code == 200
    kept = row(services, media["id"])
    public = places.address(services.settings, kept.key, kept.kind)
    assert public.endswith("/film.mp4") and get(shown, public).status_code == 200


def test_a_post_cant_have_what_isnt_ready(ana: Person, services: Services) -> None:
    upload_id = sent(ana, film())
    refused = ana.post("/api/v1/statuses", json={"status": "Look", "media_ids": [upload_id]})
    assert refused.status_code == 422 and "prepared" in refused.json["error"]
    work.drain(services, 1)
    assert ana.says("Look", media_ids=[upload_id])["media_attachments"][0]["type"] == "video"


def test_a_film_stands_alone_in_a_post(ana: Person, services: Services) -> None:
    still = ana.post(
        "/api/v2/media", data={"file": (io.BytesIO(picture()), "a.png")}, content_type="multipart/form-data"
    ).json["id"]
    both = [ready(ana, services, film())["id"], still]
    assert ana.post("/api/v1/statuses", json={"status": "Look", "media_ids": both}).status_code == 422


def test_a_held_posts_film_waits_with_it(ana: Person, shown: Starlette, services: Services) -> None:
    (mine,) = ana.says(HATEFUL, media_ids=[ready(ana, services, film())["id"]])["media_attachments"]
    assert get(shown, mine["url"]).status_code == 200
    kept = row(services, mine["id"])
    assert get(shown, places.address(services.settings, kept.key, kept.kind)).status_code == 404


def test_nobody_is_given_what_was_sent(ana: Person, shown: Starlette, services: Services) -> None:
    upload_id = sent(ana, film())
    base = places.address(services.settings, row(services, upload_id).key).rsplit("/", 1)[0]
    for name in ("source.part", "source", "film.mp4", "original.webp", "film.webp"):
        assert get(shown, f"{base}/{name}").status_code == 404


def test_a_deleted_posts_film_goes_with_it(ana: Person, services: Services) -> None:
    status = ana.says("Look", media_ids=[ready(ana, services, film())["id"]])
    ana.send("DELETE", f"/api/v1/statuses/{status['id']}?delete_media=true")
    assert upkeep.forget(services) == 1 and on_disk(services) == []


def test_a_deleted_posts_film_can_be_posted_again(ana: Person, services: Services) -> None:
    status = ana.says("Look", media_ids=[ready(ana, services, film())["id"]])
    ana.send("DELETE", f"/api/v1/statuses/{status['id']}")
    (film_,) = status["media_attachments"]
    assert upkeep.forget(services) == 0
    (again,) = ana.says("Look here", media_ids=[film_["id"]])["media_attachments"]
    assert (again["id"], again["type"]) == (film_["id"], "video")


@pytest.mark.parametrize(
    "make", [lambda: b"\x1a\x45\xdf\xa3 and then nothing", lambda: film()[:900], lambda: b"OggS" + bytes(500)]
)
def test_what_is_no_film_fails_with_a_sentence_and_leaves_nothing(
    ana: Person, services: Services, make: Callable[[], bytes]
) -> None:
    upload_id = sent(ana, make())
    assert work.drain(services, 1) == 1
    answer = ana.get(f"/api/v1/media/{upload_id}")
    assert answer.status_code == 422 and "film" in answer.json["error"]
    refused = ana.post("/api/v1/statuses", json={"status": "Look", "media_ids": [upload_id]})
    assert refused.status_code == 422 and on_disk(services) == []


def test_a_playlist_that_names_files_of_the_server_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the key")
    for words in (
        f"#EXTM3U\n#EXTINF:1,\nfile://{tmp_path}/secret\n",
        f"ffconcat version 1.0\nfile {tmp_path}/secret\n",
    ):
        lure = tmp_path / "film.mp4"
        lure.write_text(words)
        with pytest.raises(RefusedError):
            probing.probe(lure)


@pytest.mark.parametrize(
    ("stream", "seconds", "why"),
    [
        ({"codec_type": "video", "width": 7680, "height": 4320, "avg_frame_rate": "30/1"}, "3", Why.LARGE),
        ({"codec_type": "video", "width": 64, "height": 64, "avg_frame_rate": "240/1"}, "3", Why.LARGE),
        ({"codec_type": "audio"}, "601", Why.LONG),
        ({"codec_type": "audio"}, "nan", Why.LONG),
        ({"codec_type": "video", "width": 9, "height": 9, "disposition": {"attached_pic": 1}}, "3", Why.NONE),
        ({"codec_type": "video", "width": "wide"}, "3", Why.NONE),
    ],
)
def test_what_goes_beyond_what_is_taken_is_refused(stream: dict[str, Any], seconds: str, why: Why) -> None:
    with pytest.raises(RefusedError) as refused:
        probing.read(json.dumps({"streams": [stream], "format": {"duration": seconds}}).encode())
    assert refused.value.why is why


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (film, UploadKind.VIDEO),
        (lambda: film(silent=True, ending="webm"), UploadKind.VIDEO),
        (sound, UploadKind.AUDIO),
        (lambda: sound(ending="mp3"), UploadKind.AUDIO),
        (lambda: sound(ending="m4a"), UploadKind.AUDIO),
        (picture, UploadKind.IMAGE),
        (lambda: picture(kind="JPEG"), UploadKind.IMAGE),
        (lambda: picture(kind="AVIF"), UploadKind.IMAGE),
        (lambda: b"", UploadKind.IMAGE),
        (lambda: b"plain words", UploadKind.IMAGE),
    ],
)
def test_a_file_is_what_its_bytes_say(make: Callable[[], bytes], kind: UploadKind) -> None:
    assert kinds.guess(make()[: kinds.HEAD_BYTES]) is kind


def test_what_a_killed_worker_had_in_hand_is_begun_again(ana: Person, services: Services) -> None:
    upload_id = sent(ana, film())
    with services.db.write() as session:
        session.get_one(UploadRow, int(upload_id)).next_at = services.clock.now() + work.LEASE
    assert work.drain(services, 1) == 0
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(work.LEASE + timedelta(seconds=1))
    assert work.drain(services, 1) == 1 and row(services, upload_id).state is UploadState.READY


def test_where_no_other_worker_lives_it_is_begun_again_at_once(ana: Person, services: Services) -> None:
    upload_id = sent(ana, film())
    with services.db.write() as session:
        session.get_one(UploadRow, int(upload_id)).next_at = services.clock.now() + work.LEASE
    assert work.release(services) == 1 and work.drain(services, 1) == 1


def test_what_ends_its_maker_again_and_again_is_given_up(ana: Person, services: Services) -> None:
    upload_id = sent(ana, film())
    with services.db.write() as session:
        session.get_one(UploadRow, int(upload_id)).attempts = work.MOST_ATTEMPTS
    assert work.drain(services, 1) == 1
    assert row(services, upload_id).error == Why.COSTLY and on_disk(services) == []


def test_a_worker_that_stops_gives_back_what_it_has_in_hand(ana: Person, services: Services) -> None:
    upload_id = sent(ana, film())
    caged.end_all()
    try:
        assert work.drain(services, 1) == 0
    finally:
        caged.begin_again()
    found = row(services, upload_id)
    assert (found.state, found.attempts) == (UploadState.WAITING, 0)
    with services.db.read() as session:
        assert session.scalar(select(UploadRow.id).where(due.due(services.clock.now()))) == found.id


def test_a_program_that_takes_too_much_is_ended(tmp_path: Path) -> None:
    tight = caged.Bounds(processor_seconds=1, seconds=20.0, memory_bytes=1024**3, file_bytes=0)
    with pytest.raises(caged.CageError) as ended:
        caged.run(["sh", "-c", "while :; do :; done"], tight, folder=str(tmp_path))
    assert ended.value.costly
    with pytest.raises(caged.CageError):
        caged.run(["sh", "-c", "echo words > file"], tight, folder=str(tmp_path))


def test_without_ffmpeg_none_are_taken_and_clients_are_told_so(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "are_taken", lambda: False)
    assert send(ana, film()).status_code == 422
    limits = ana.read("/api/v2/instance")["configuration"]["media_attachments"]
    assert limits["video_size_limit"] == 0 and not [one for one in limits["supported_mime_types"] if "video" in one]


def test_a_member_cant_fill_the_disk_with_films(ana: Person) -> None:
    for _ in range(5):
        sent(ana, sound())
    assert send(ana, sound()).status_code == 422
