"""What the processes of one `ostiary run` share: what is loaded and made before they are forked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.running import RunningServer

pytestmark = [pytest.mark.one_database, pytest.mark.slow]
OURS = ("app", "moderation", "models", "workers")
LARGE = ("sqlalchemy", "flask", "werkzeug", "numpy", "cryptography", "httpx", "httpcore", "redis", "rq", "uvicorn")


def test_children_load_nothing_large_that_they_could_share(tmp_path: Path) -> None:
    server = RunningServer(tmp_path, {"PYTHONPROFILEIMPORTTIME": "1"})
    try:
        server.start()
        assert server.http.get("/about").status_code == 200
        loaded = {name: _loaded(server.data / "logs" / f"{name}.log") for name in ("web", "worker", "stream")}
        assert "sqlalchemy" in _loaded(server.output), "imports are told"
    finally:
        server.close()
    assert any(loaded.values()), "children tell theirs, too"
    alone = {name: {one for one in found if one.split(".")[0] in OURS + LARGE} for name, found in loaded.items()}
    assert alone == {"web": set(), "worker": set(), "stream": set()}


def _loaded(told: Path) -> set[str]:
    """The modules whose loading Python has told there."""
    lines = told.read_text().splitlines()
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}
