"""One throw-away PostgreSQL per run of pytest, shared by its workers, on a Unix socket and never on a port.

Run as a program (`python -m tests.support.postgres FOLDER PID`) it keeps the server until process PID ends, however
that ends, so that nothing is left running.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg

START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "log_min_messages": "fatal",
}


class PostgresMissingError(Exception):
    """There's no PostgreSQL server on this machine."""


def url(folder: Path, database: str) -> str:
    """What SQLAlchemy is given."""
    return f"postgresql+psycopg://ostiary@/{database}?host={folder}"


def ensure_running(folder: Path, pytest_pid: int) -> None:
    """Start the server in `folder` unless another worker of this run has done so; return when it answers."""
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "ready").exists():
            return
        log = folder.parent / f"{folder.name}.log"
        with log.open("wb") as output:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "tests.support.postgres", str(folder), str(pytest_pid)],
                cwd=Path(__file__).parents[2],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until = time.monotonic() + START_SECONDS
        while not (folder / "ready").exists():
            if keeper.poll() is not None or time.monotonic() > until:
                raise PostgresMissingError(log.read_text())
            time.sleep(0.05)
        keeper.returncode = 0  # it stays after us on purpose: without this, its object warns when it is collected


def make_database(folder: Path, name: str) -> None:
    """Make an empty database."""
    with psycopg.connect(f"host={folder} user=ostiary dbname=postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]), reverse=True)
    elsewhere = shutil.which("initdb")
    if not found and elsewhere is None:
        raise PostgresMissingError("no PostgreSQL server here: apt-get install postgresql (make test does it as root)")
    return (found[0] if found else Path(elsewhere or "")).resolve().parent


def _identity() -> dict[str, object]:
    """PostgreSQL refuses to run as root, so it becomes somebody else there."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    who = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def _start(folder: Path) -> subprocess.Popen[bytes]:
    identity = _identity()
    data = folder / "data"
    if identity:
        os.chown(folder, int(str(identity["user"])), int(str(identity["group"])))
    subprocess.run(
        [_binaries() / "initdb", "-D", data, "-U", "ostiary", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        cwd="/",
        **identity,  # type: ignore[call-overload]
    )
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        [_binaries() / "postgres", "-D", data, "-k", folder, *settings],
        cwd="/",
        **identity,  # type: ignore[call-overload]
    )


def _wait_until_it_answers(folder: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(f"host={folder} user=ostiary dbname=postgres").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _keep(folder: Path, pytest_pid: int) -> None:
    watched = os.pidfd_open(pytest_pid)
    server = _start(folder)
    try:
        _wait_until_it_answers(folder)
        (folder / "ready").touch()
        select.select([watched], [], [])
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nothing in it is worth keeping
        server.wait()
        shutil.rmtree(folder.parent, ignore_errors=True)


if __name__ == "__main__":
    _keep(Path(sys.argv[1]), int(sys.argv[2]))
