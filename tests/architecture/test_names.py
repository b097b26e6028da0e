"""Names that one package uses of another resolve, and every table is known to the migrations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rq.utils import import_attribute

from app.database.schema import METADATA
from app.stores.jobs import QUEUE_OF, QUEUES, Job
from workers import jobs
from workers.cli import COMMANDS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("job", list(Job))
def test_the_name_of_a_job_resolves_to_its_function(job: Job) -> None:
    function = import_attribute(job.value)
    assert callable(function)
    assert function.__module__ == "workers.jobs"


def test_every_job_has_a_queue_and_a_drain() -> None:
    assert set(QUEUE_OF) == set(Job)
    assert set(QUEUE_OF.values()) <= set(QUEUES)
    assert {drain.job for drain in jobs.DRAINS} == set(Job)


def test_every_file_of_tables_is_known_to_the_migrations() -> None:
    known = {table.name for metadata in METADATA for table in metadata.tables.values()}
    declared = {
        line.partition("=")[2].strip().strip('"')
        for package in ("app", "moderation")
        for file in (ROOT / package).rglob("tables.py")
        for line in file.read_text().splitlines()
        if line.strip().startswith("__tablename__ =")
    }
    assert declared == known


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_help_page(name: str) -> None:
    from click.testing import CliRunner

    from workers.cli import main

    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert "Usage: " in shown.output


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("app.factory", {"sklearn", "scipy", "joblib", "pickle5"}),
        ("workers.jobs", {"sklearn", "scipy", "joblib"}),
        ("models.textmodel", {"sklearn", "scipy", "joblib", "sqlalchemy", "flask", "redis"}),
        ("workers.cli.models", {"sqlalchemy", "flask", "redis", "numpy"}),
    ],
)
def test_what_is_imported_stays_light(module: str, unwanted: set[str]) -> None:
    code = f"import sys, {module}; print(*(set({sorted(unwanted)!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
