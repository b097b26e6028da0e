"""Every purge stands in one table, has its row in docs/retention.md, and asks what must be kept, or says why not."""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.purging.table import PURGES
from app.purging.values import Purge, Stops
from app.settings import Settings, read
from app.web.review import purge_words

ROOT = Path(__file__).parents[2]
SETTINGS = read({"OSTIARY_ADDRESS_DAYS": "77"})
NAMES = [purge.name for purge in PURGES]
TIME = re.compile(r"_(at|after)$|until$")
OF_THEIR_OWN = {
    "app.federation.keys.forget_failures": "keys that could not be had, for minutes",
    "app.federation.links._let_go": "that a page was asked whether it links back",
    "app.federation.tombstones._drop": "carries out what `prune` found",
    "app.trends.counting.count": "what nobody speaks of any more: figures",
    "moderation.evidence.purging._findings": "what `forget_findings` carries out",
    "moderation.evidence.purging._readings": "what `forget_findings` carries out, too",
    "moderation.evidence.purging._fingerprints": "what `forget_fingerprints` carries out",
}
"""Other deletes by time, and what they are."""
ASKS = {
    "moderation.evidence.purging": 5,
    "app.accounts.addresses": 1,
    "app.accounts.browsers": 1,
    "app.accounts.signup": 1,
    "app.media.upkeep": 2,
    "app.uploads.upkeep": 1,
    "app.preservation.copies": 3,
    "app.notices.answering": 1,
    "moderation.grave.cases": 2,
}
"""By module: how often it asks at least; purging for each of its four kinds through one helper."""


def asked(module: str) -> int:
    """How often a module calls what says what must be kept."""
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text())
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    direct = [each for each in calls if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "reach"]
    helped = [each for each in calls if isinstance(each, ast.Name) and each.id == "_wanted"]
    return len(helped) or len(direct)


def rows() -> dict[str, list[str]]:
    """The table of docs/retention.md, by its first column."""
    text = (ROOT / "docs/retention.md").read_text()
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in cells[2:]}


def test_each_purge_has_its_row_and_each_row_its_purge() -> None:
    assert list(rows()) == [purge.what for purge in PURGES]
    assert len(set(NAMES)) == len(NAMES)
    assert list(purge_words.whats()) == NAMES


@pytest.mark.parametrize("purge", PURGES, ids=NAMES)
def test_its_row_names_the_code_and_says_for_how_long(purge: Purge) -> None:
    how_long, code, _job, stops = rows()[purge.what]
    module, _, function = code.strip("`").rpartition(".")
    assert getattr(importlib.import_module(module), function) is purge.code
    days = purge.kept_days(SETTINGS)
    if isinstance(purge.kept, str):
        assert how_long == purge.kept
    elif callable(purge.kept):
        [name] = re.findall(r"`OSTIARY_(\w+)`", how_long)
        assert days == 77 and name.lower() in {each.name for each in fields(Settings)}
    else:
        assert re.match(rf"{days} days?\b", how_long)
    assert stops.startswith("yes") is (purge.stops is Stops.YES) and (purge.stops is Stops.YES or stops == purge.stops)


@pytest.mark.parametrize("purge", [each for each in PURGES if each.stops is Stops.YES], ids=lambda purge: purge.name)
def test_what_an_order_stops_asks(purge: Purge) -> None:
    module = "moderation.grave.cases" if purge.name == "grave" else purge.code.__module__
    assert module in ASKS


def deletes_by_time() -> set[str]:
    """Functions that delete rows by a time of theirs."""
    found = set()
    for package in ("app", "moderation", "workers"):
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and _deletes(node) and _compares_times(node):
                    found.add(f"{module}.{node.name}")
    return found


def _deletes(function: ast.FunctionDef) -> bool:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    names = {ast.unparse(each) for each in calls}
    return bool(names & {"delete", "sql_delete", "session.delete"})


def _compares_times(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node.left, ast.Attribute)
        and node.left.attr.islower()
        and TIME.search(node.left.attr)
        and isinstance(node.ops[0], ast.Lt | ast.LtE)
        for node in ast.walk(function)
        if isinstance(node, ast.Compare)
    )


def test_what_deletes_by_time_stands_in_the_table_or_says_why_not() -> None:
    own = {purge.code_name for purge in PURGES}
    assert deletes_by_time() - own - OF_THEIR_OWN.keys() == set()
    assert OF_THEIR_OWN.keys() - deletes_by_time() == set()


@pytest.mark.parametrize("module", ASKS)
def test_what_says_that_it_asks_does(module: str) -> None:
    assert asked(module) >= ASKS[module]
