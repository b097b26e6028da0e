"""A backup that somebody else made can't write where it likes."""

from __future__ import annotations

import io
import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest

from app.media import where
from app.settings import Settings, read
from app.uploads import places
from workers import backups
from workers.backups import DATABASE, BackupError

pytestmark = pytest.mark.one_database


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    """A link in an archive."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def device(name: str) -> tarfile.TarInfo:
    """Something that is no file."""
    member = tarfile.TarInfo(name)
    member.type = tarfile.FIFOTYPE
    return member


HOSTILE = {
    "above": [tarfile.TarInfo("../escaped")],
    "absolute": [tarfile.TarInfo("/tmp/ostiary-escaped")],
    "within": [tarfile.TarInfo("keys/../../escaped")],
    "a link out": [link("out", "../../"), tarfile.TarInfo("out/escaped")],
    "a link to a file": [link("secret_key", "/etc/passwd")],
    "a hard link": [link("secret_key", "../outside", tarfile.LNKTYPE)],
    "a database that is a link": [link(DATABASE, "../outside")],
    "a pipe": [device("valkey.sock")],
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of an empty data directory beside something that isn't ours."""
    (tmp_path / "outside").write_text("as it was")
    return read({"OSTIARY_DOMAIN": "ostiary.example"}, data_dir=tmp_path / "data")


def _archive(path: Path, members: list[tarfile.TarInfo]) -> Path:
    database = path.with_name("made.sqlite3")
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    with tarfile.open(path, "w:gz") as tar:
        if DATABASE not in [member.name for member in members]:
            tar.add(database, DATABASE)
        for member in members:
            member.size = 7 if member.isreg() else 0
            tar.addfile(member, io.BytesIO(b"hostile") if member.isreg() else None)
    database.unlink()
    return path


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused_before_anything_is_written(settings: Settings, tmp_path: Path, kind: str) -> None:
    file = _archive(tmp_path / "b.tgz", HOSTILE[kind])
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(BackupError):
        backups.restore(settings, file)
    assert list(settings.data_dir.iterdir()) == []
    assert sorted({*before, "data"}) == sorted(path.name for path in tmp_path.iterdir())
    assert (tmp_path / "outside").read_text() == "as it was"


def test_a_backup_and_what_it_is_restored_to_are_for_their_owner(settings: Settings, tmp_path: Path) -> None:
    settings.data_dir.mkdir(mode=0o755)
    backups.restore(settings, _archive(tmp_path / "b.tgz", []))
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    made = tmp_path / "again.tgz"
    assert backups.backup(settings, made) == [DATABASE]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_pictures_that_are_evidence_are_in_a_backup_and_those_that_can_be_fetched_again_are_not(
    settings: Settings, tmp_path: Path
) -> None:
    settings.data_dir.mkdir(exist_ok=True)
    with sqlite3.connect(settings.data_dir / DATABASE) as connection:
        connection.execute("CREATE TABLE cached_media (key, kept_until)")
        connection.execute("INSERT INTO cached_media VALUES ('aaaa', '2026-09-01'), ('bbbb', NULL)")
    connection.close()
    files = where.on_disk(settings.data_dir, "elsewhere")
    for key in ("aaaa", "bbbb"):
        files.write(key, {"original": b"pixels", "blur": b"less"})
    assert "media" in backups.backup(settings, tmp_path / "backup.tar.gz")
    restored = read({"OSTIARY_DOMAIN": "ostiary.example"}, data_dir=tmp_path / "restored")
    backups.restore(restored, tmp_path / "backup.tar.gz")
    kept = where.on_disk(restored.data_dir, "elsewhere")
    assert (kept.read("aaaa", "original"), kept.read("aaaa", "blur")) == (b"pixels", b"less")
    assert kept.read("bbbb", "original") is None


def test_what_members_sent_is_in_a_backup_for_nobody_else_has_it(settings: Settings, tmp_path: Path) -> None:
    settings.data_dir.mkdir(exist_ok=True)
    with sqlite3.connect(settings.data_dir / DATABASE) as connection:
        connection.execute("CREATE TABLE uploads (key)")
    connection.close()
    places.files(settings.data_dir).write("cccc", {"original": b"pixels", "film": b"a film"})
    backups.backup(settings, tmp_path / "backup.tar.gz")
    restored = read({"OSTIARY_DOMAIN": "ostiary.example"}, data_dir=tmp_path / "restored")
    backups.restore(restored, tmp_path / "backup.tar.gz")
    kept = places.files(restored.data_dir)
    assert (kept.read("cccc", "original"), kept.read("cccc", "film")) == (b"pixels", b"a film")
