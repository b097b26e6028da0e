"""An S3-compatible server that somebody else wrote, and that checks every signature: moto, in an environment of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.objects import place
from app.objects.bucket import Bucket
from app.objects.place import Place

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv/moto/bin/python"
LETS_IN = {"INITIAL_NO_AUTH_ACTION_COUNT": "4"}
"""So much is done before signatures are checked: a user, a key, a policy and a bucket are made."""


@pytest.fixture(scope="session")
def store() -> Iterator[Place]:
    """Its bucket."""
    assert PYTHON.exists(), "make setup-dev makes the environment of the S3 server"
    command = [str(PYTHON), str(Path(__file__).with_name("moto_house.py"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=LETS_IN
    ) as server:
        assert server.stdout is not None and server.stdin is not None and server.stderr is not None
        line = server.stdout.readline()
        assert line, server.stderr.read()
        told = json.loads(line)
        yield place.read(told["url"], told["key"], told["secret"])
        server.stdin.close()


@pytest.fixture
def bucket(store: Place, tmp_path: Path) -> Iterator[Bucket]:
    """A folder of it that nobody else uses."""
    made = Bucket(replace(store, prefix=f"{store.prefix}{tmp_path.name}/"))
    yield made
    made.close()
