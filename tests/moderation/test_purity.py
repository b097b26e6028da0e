"""Checks and policy are pure: what they need is handed in, and the same input gives the same judgement."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import moderation
from moderation.checks.order import CHECKS
from moderation.figures import Figures
from moderation.loading import load
from moderation.policy.deciding import decide
from tests.moderation.cast import ALIKE, DARK, HARMLESS, HATEFUL, HOME, House, friend

ROOT = Path(moderation.__file__).parent
PURE = [
    *sorted((ROOT / "checks").glob("*.py")),
    *(ROOT / "policy" / f"{name}.py" for name in ("deciding", "lines", "private", "proposals", "parsing", "values")),
    ROOT / "cases" / "plans.py",
    ROOT / "cases" / "priority.py",
    ROOT / "duplicates" / "simhash.py",
]
WORLD = ("sqlalchemy", "random", "time", "os", "pathlib", "socket", "urllib.request", "subprocess", "logging")
KEPT_OUT = ("flask", "rq", "redis", "httpx", "requests", "werkzeug", "sklearn", "scipy", "app", "workers")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_a_pure_module_reaches_nothing_of_the_world(path: Path) -> None:
    touched = {name for name in imports(path) for world in WORLD if name == world or name.startswith(world + ".")}
    assert touched == set()


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_moderation_knows_no_web_no_queue_and_nothing_above_it(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & set(KEPT_OUT)


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_thing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < 20_000 and ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("acquainted", [False, True])
def test_the_same_batch_in_the_same_context_gives_the_same_judgements(house: House, *, acquainted: bool) -> None:
    house.one(HARMLESS)
    batch = [
        house.post(HATEFUL),
        house.post(DARK, house.author("ben", HOME)),
        *(house.post(ALIKE.format(n), house.author(f"a{n}"), mentions=friend()) for n in range(8)),
    ]
    figures = Figures.read(house.session, house.tools.now())
    context = replace(load(house.session, batch, house.tools, figures), acquainted=acquainted)
    before = repr(context)
    results = []
    for _ in range(2):
        findings = [[each for _, check in CHECKS for each in check(batch, context)[n]] for n in range(len(batch))]
        results.append(decide(batch, findings, [()] * len(batch), context))
    assert results[0] == results[1]
    assert repr(context) == before


def test_judging_writes_nothing(house: House) -> None:
    house.judge(*(house.post(ALIKE.format(n), house.author(f"a{n}")) for n in range(8)), house.post(HATEFUL))
    assert not house.session.new and not house.session.dirty
    counts = [house.session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in (
        "verdicts", "cases", "fingerprints", "authors", "policies", "alarms", "tallies"
    )]  # fmt: skip
    assert counts == [0] * 7
