"""Imports point one way, and each contract is shown to notice when they don't."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LINT = Path(sys.executable).with_name("lint-imports")

VIOLATIONS = (
    ("app/thing.py", "import workers.jobs", "Dependencies point one way"),
    ("moderation/thing.py", "import app.settings", "Dependencies point one way"),
    ("models/thing.py", "import moderation.values", "Dependencies point one way"),
    ("moderation/thing.py", "from flask import request", "moderation knows no web"),
    ("moderation/thing.py", "import redis", "moderation knows no web"),
    ("models/thing.py", "from sqlalchemy import select", "models knows no database"),
    ("app/thing.py", "import sklearn", "Serving imports numpy"),
    ("models/textmodel.py", "import scipy.sparse", "Serving imports numpy"),
    ("app/federation/wire/thing.py", "from sqlalchemy.orm import Session", "What is pure on the wire"),
    ("moderation/checks/thing.py", "from sqlalchemy import select", "Checks and what policy decides"),
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages that the contracts name, all empty, under the project's own contracts."""
    folder = tmp_path_factory.mktemp("skeleton")
    shutil.copy(ROOT / "pyproject.toml", folder)
    inside = {"workers.jobs", "app.settings", "moderation.values", "models", "workers"}
    for contract in CONTRACTS:
        named = (*contract.get("source_modules", ()), *contract.get("forbidden_modules", ()))
        inside |= {name for name in named if name.split(".")[0] in ("models", "moderation", "app", "workers")}
    for name in inside:
        package = folder.joinpath(*name.split("."))
        for part in (package, *package.parents):
            if part == folder:
                break
            part.mkdir(parents=True, exist_ok=True)
            (part / "__init__.py").touch()
    return folder


def test_the_project_keeps_every_contract() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


def test_an_empty_project_keeps_every_contract(skeleton: Path) -> None:
    done = lint(skeleton)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(("file", "line", "contract"), VIOLATIONS)
def test_a_forbidden_import_breaks_its_contract(skeleton: Path, file: str, line: str, contract: str) -> None:
    path = skeleton / file
    package = path.with_suffix("")
    target = package / "__init__.py" if package.is_dir() else path
    before = target.read_text() if target.exists() else None
    target.write_text(line + "\n")
    try:
        done = lint(skeleton)
    finally:
        target.unlink() if before is None else target.write_text(before)
    assert done.returncode != 0
    broken = [text for text in done.stdout.splitlines() if "BROKEN" in text]
    assert any(text.startswith(contract) for text in broken), done.stdout[-3000:]


def test_every_contract_is_shown_to_notice() -> None:
    shown = {contract for _, _, contract in VIOLATIONS}
    assert all(any(contract["name"].startswith(name) for name in shown) for contract in CONTRACTS)
