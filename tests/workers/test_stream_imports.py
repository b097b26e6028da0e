"""What `ostiary stream` loads: what shows posts, and nothing of what judges them, asks other servers, or makes pages."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from app.accounts.tables import AccountRow
from app.clock import SystemClock
from app.database.engine import Database
from app.database.schema import create_all
from app.oauth import tokens
from app.services import Services
from app.stores import events
from tests.app import people
from tests.support.running import free_ports, wait_for
from tests.support.services import DOMAIN, SECRET, make_services
from tests.support.stores import TestValkey

pytestmark = [pytest.mark.one_database, pytest.mark.slow]
HEAVY = (
    "numpy",
    "scipy",
    "sklearn",
    "onnxruntime",
    "PIL",
    "nltk",
    "cel_expr_python",
    "py3langid",
    "alembic",
    "granian",
)
ELSEWHERE = ("httpx", "httpcore", "h2", "cryptography.hazmat", "argon2")
OURS = (
    *("moderation.door", "moderation.tools", "moderation.checks", "models.textmodel", "models.encoder"),
    *("app.web.review", "app.factory", "app.api", "app.federation.outgoing", "app.enforcement", "app.media.fetching"),
)


@pytest.fixture
def services(tmp_path: Path, valkey: TestValkey) -> Iterator[Services]:
    """Services on a database in a file, which the process reads, too."""
    db = Database(f"sqlite:///{tmp_path / 'ostiary.sqlite3'}")
    create_all(db.engine)
    yield make_services(tmp_path, db=db, redis=valkey.client(), clock=SystemClock())
    db.dispose()


def test_the_stream_process_loads_nothing_of_what_judges_asks_others_or_makes_pages(
    tmp_path: Path, services: Services, valkey: TestValkey
) -> None:
    ana = people.member(services, "ana")
    with services.db.read() as session:
        author = session.get_one(AccountRow, ana.id).actor
    post = people.post(services, author, "The tide is out")
    told = tmp_path / "imports"
    with _stream(tmp_path, valkey, told) as url, _listening(url, tokens.make(services, ana.id, "read")) as listening:
        channel = events.user_channel(ana.id)
        wait_for(lambda: dict(services.redis.pubsub_numsub(channel))[channel.encode()] == 1, "it is listened to")
        events.publish(services.redis, [channel], "update", {"id": str(post.id)})
        heard = json.loads(listening.recv(timeout=20))
    assert "The tide is out" in json.loads(heard["payload"])["content"]
    loaded = {
        line.rpartition("|")[2].strip() for line in told.read_text().splitlines() if line.startswith("import time:")
    }
    assert {"sqlalchemy", "uvicorn", "app.mastodon.present", "app.media.endpoints"} <= loaded, "imports are told"
    unwanted = {name for name in loaded if _is_one_of(name, (*HEAVY, *ELSEWHERE, *OURS))}
    assert not unwanted


def _is_one_of(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@contextlib.contextmanager
def _stream(folder: Path, valkey: TestValkey, told: Path) -> Iterator[str]:
    """A process of its own, which tells all that it imports; what follows the scheme in its address."""
    port = free_ports()
    environment = {
        **os.environ,  # noqa: TID251 - of a process that is started
        "OSTIARY_DOMAIN": DOMAIN,
        "OSTIARY_SECRET_KEY": SECRET,
        "OSTIARY_DATA_DIR": str(folder),
        "OSTIARY_REDIS_URL": valkey.url,
    }
    command = [sys.executable, "-X", "importtime", "-m", "workers.cli", "stream", "--stream-port", str(port)]
    with told.open("w") as file, subprocess.Popen(command, env=environment, stderr=file) as process:
        try:
            wait_for(lambda: _answers(port), "the stream process answers")
            yield f"://127.0.0.1:{port}"
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/streaming/health").status_code == 200
    except httpx.TransportError:
        return False


def _listening(url: str, token: str) -> ClientConnection:
    headers = {"Authorization": f"Bearer {token}"}
    return connect(f"ws{url}/api/v1/streaming?stream=user", additional_headers=headers)
