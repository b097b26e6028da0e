"""Media in a bucket: the whole way of a picture and a film through it, its moves, and what is sealed of it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from starlette.applications import Starlette

from app.clock import FrozenClock
from app.database.engine import Database
from app.emojis import keeping
from app.media import moving, upkeep, where
from app.media.bucket_files import UNASKED, BucketFiles
from app.media.endpoints import MediaEndpoints
from app.media.files import MediaFiles
from app.media.shapes import FILM, ORIGINAL, SMALL, SOURCE, STATIC
from app.objects.bucket import Bucket, BucketError
from app.services import Services
from app.uploads import keeping as uploads
from app.uploads import places, taking
from tests.app import people
from tests.support import stream
from tests.support.pictures import opened, picture
from tests.support.services import make_services, make_settings
from workers import checkup

pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("s3")]
KEY = "ab" * 24


@pytest.fixture
def services(tmp_path: Path, db: Database, redis: Redis, bucket: Bucket) -> Services:
    """A house whose media lie in the bucket."""
    settings = replace(make_settings(tmp_path, db), s3=bucket.place)
    return make_services(tmp_path, db=db, redis=redis, settings=settings)


def folder(services: Services) -> BucketFiles:
    return where.in_bucket(services.settings)[0]


def on_disk(services: Services) -> list[Path]:
    return [path for path in (services.settings.data_dir / "media").rglob("*") if path.is_file()]


def test_a_picture_goes_to_the_bucket_and_is_given_out_by_our_own_door(services: Services) -> None:
    ana = people.member(services, "ana")
    row = taking.take(services, ana.id, picture((64, 48)))
    assert on_disk(services) == []
    assert set(folder(services).sizes(row.key)) == {"original", "small", "grey", "blur"}
    emoji = keeping.add(services, "blob", picture(), "", "ada")
    web = Starlette(routes=MediaEndpoints(services, asyncio.Semaphore(4)).routes())
    [answer] = stream.together(web, places.emoji_address(services.settings, emoji.key, STATIC), 1)
    assert (answer.status_code, opened(answer.content).size) == (200, (64, 48))
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    uploads.drop(services, ana.id, row.id)
    assert folder(services).sizes(row.key) == {}


def test_a_film_is_made_on_disk_and_played_from_a_copy_that_is_dropped(services: Services) -> None:
    files, now = folder(services), services.clock.now()
    for name, body in ((SOURCE, b"as sent"), (FILM, b"a film")):
        files.place(KEY, name).write_bytes(body)
    files.settle(KEY)
    assert [path.name for path in on_disk(services)] == [f"{KEY}-source.part"]
    copy = files.place(KEY, FILM)
    assert copy.read_bytes() == b"a film" and "copies" in copy.parts and files.sizes(KEY)[FILM] == 6
    files.remove(KEY, (SOURCE,))
    files.sweep(now)
    assert copy.exists(), "somebody may be playing it"
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(days=36500))
    assert timedelta(days=1) > UNASKED and upkeep.forget(services) == 0
    assert on_disk(services) == [] and files.read(KEY, FILM) == b"a film"


def test_everything_is_moved_there_and_back_and_is_given_out_meanwhile(services: Services) -> None:
    data = services.settings.data_dir
    disk = MediaFiles(data / "media" / "here")
    disk.write(KEY, {ORIGINAL: b"one", SMALL: b"two"})
    disk.place(KEY, SOURCE).write_bytes(b"as sent")
    MediaFiles(data / "media" / "elsewhere").write(KEY, {ORIGINAL: b"far"})
    files = folder(services)
    assert files.read(KEY, ORIGINAL) == b"one", "not moved yet"
    assert moving.to_bucket(services.settings, dry_run=True) == (3, 9) and disk.read(KEY, SMALL) == b"two"
    assert moving.to_bucket(services.settings) == (3, 9) == (3, 9)
    assert [path.name for path in on_disk(services)] == [f"{KEY}-source.part"]
    assert (files.read(KEY, ORIGINAL), where.elsewhere(services.settings).read(KEY, ORIGINAL)) == (b"one", b"far")
    assert moving.to_bucket(services.settings) == (0, 0)
    assert moving.to_disk(services.settings) == (3, 9)
    assert disk.read(KEY, SMALL) == b"two" and files.read(KEY, ORIGINAL) == b"one"
    assert list(files.stored()) == []


def test_a_move_that_was_ended_half_way_goes_on(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = MediaFiles(services.settings.data_dir / "media" / "here")
    for number in range(3):
        disk.write(f"{number}{KEY[1:]}", {ORIGINAL: b"picture"})
    put, times = Bucket.put, []

    def breaks(bucket: Bucket, name: str, body: bytes | Path, media_type: str = "") -> None:
        times.append(name)
        if len(times) == 2:
            raise BucketError("S3 doesn't answer: gone")
        put(bucket, name, body, media_type)

    monkeypatch.setattr(Bucket, "put", breaks)
    with pytest.raises(OSError, match="gone"):
        moving.to_bucket(services.settings)
    assert len(disk.all()) == 2
    assert moving.to_bucket(services.settings)[0] == 2
    assert len(list(folder(services).stored())) == 3 and disk.all() == []


def test_what_can_t_be_removed_now_is_removed_later(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    files = folder(services)
    files.write(KEY, {ORIGINAL: b"one"})

    def away(_bucket: Bucket, _name: str) -> None:
        raise BucketError("S3 doesn't answer: gone")

    with monkeypatch.context() as broken:
        broken.setattr(Bucket, "remove", away)
        files.remove(KEY, (ORIGINAL,))
    assert files.read(KEY, ORIGINAL) == b"one"
    assert files.sweep(services.clock.now()) == 1
    assert files.read(KEY, ORIGINAL) is None and on_disk(services) == []


def test_what_is_written_again_before_it_could_be_removed_stays(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, other = folder(services), f"cd{KEY[2:]}"
    disk = where.on_disk(services.settings.data_dir, "here")

    def away(_bucket: Bucket, _name: str) -> None:
        raise BucketError("S3 doesn't answer: gone")

    for key in (KEY, other):
        files.write(key, {ORIGINAL: b"one"})
        with monkeypatch.context() as broken:
            broken.setattr(Bucket, "remove", away)
            files.remove(key, (ORIGINAL,))
    files.write(KEY, {ORIGINAL: b"two"})
    disk.write(other, {ORIGINAL: b"three"})
    files.settle(other)
    assert files.sweep(services.clock.now()) == 0
    assert (files.read(KEY, ORIGINAL), files.read(other, ORIGINAL)) == (b"two", b"three")


def test_copies_of_films_have_so_many_bytes_and_the_longest_unasked_goes_first(services: Services) -> None:
    small = replace(services, settings=replace(services.settings, media_cache_bytes=4 * 10))
    files, keys = folder(small), [f"{number}{KEY[1:]}" for number in range(3)]
    for key in keys:
        files.place(key, FILM).write_bytes(b"film!")
        files.settle(key)
    copies = []
    for age, key in enumerate(keys):
        copies.append(files.place(key, FILM))
        os.utime(copies[-1], (1000 + age, 1000 + age))
    assert [copy.exists() for copy in copies] == [False, True, True]
    assert files.place(keys[0], FILM).read_bytes() == b"film!"
    assert [copy.exists() for copy in copies] == [True, False, True]


def test_what_is_sealed_leaves_the_bucket_by_the_path_that_it_has_on_disk(services: Services) -> None:
    files = folder(services)
    files.write(KEY, {ORIGINAL: b"one"})
    files.place(KEY, FILM).write_bytes(b"a film")
    plain = [path.relative_to(services.settings.data_dir).as_posix() for path in files.all_of(KEY)]
    assert plain == [f"media/here/ab/{KEY}-film.mp4", f"media/here/ab/{KEY}-original.webp"]
    assert [where.read(services.settings, each) for each in plain] == [b"a film", b"one"]
    for each in plain:
        where.remove(services.settings, each)
    assert files.all_of(KEY) == [] and on_disk(services) == []
    where.write(services.settings, plain[1], b"one")
    assert files.read(KEY, ORIGINAL) == b"one"


def test_a_store_that_doesn_t_answer_makes_readers_wait_and_loses_nothing(services: Services) -> None:
    emoji = keeping.add(services, "blob", picture(), "", "ada")
    assert services.settings.s3 is not None
    away = replace(services.settings.s3, endpoint="http://127.0.0.1:1")
    broken = replace(services, settings=replace(services.settings, s3=away))
    web = Starlette(routes=MediaEndpoints(broken, asyncio.Semaphore(4)).routes())
    [answer] = stream.together(web, places.emoji_address(services.settings, emoji.key, STATIC), 1)
    assert answer.status_code == 503 and answer.headers["retry-after"]
    answer_of = checkup.media(broken.settings)
    assert not answer_of.well and "doesn't answer" in answer_of.text


def test_the_doctor_looks_at_the_bucket_and_leaves_nothing_there(services: Services, bucket: Bucket) -> None:
    found = checkup.media(services.settings)
    assert found.well and "closed to others" in found.text
    assert list(bucket.listed("doctor/")) == []
    assert checkup.media(replace(services.settings, s3=None)).text == "on disk"
