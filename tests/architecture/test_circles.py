"""No import goes in a circle: otherwise a module can be imported only after another, which works until somebody begins
with the wrong one.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("models", "moderation", "app", "workers")
NOT_ALONE = ("__main__", ".migrations.env")
"""What starts something when it is imported."""
FILES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for package in PACKAGES
    for file in sorted((ROOT / package).rglob("*.py"))
}


def at_import(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that happen when a module is imported: not those in functions, nor those that only types need."""
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield statement
        elif isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            yield from at_import(statement.orelse)
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in ("body", "orelse", "finalbody"):
                yield from at_import(getattr(statement, part, []))
            for handler in getattr(statement, "handlers", []):
                yield from at_import(handler.body)


def imported(file: Path) -> set[str]:
    """The modules of ours that a file needs before it is whole."""
    found: set[str] = set()
    for statement in at_import(ast.parse(file.read_text()).body):
        if isinstance(statement, ast.ImportFrom):
            assert statement.level == 0, f"{file}: imports are absolute here"
            inner = [f"{statement.module}.{alias.name}" for alias in statement.names]
            found |= {name if name in FILES else statement.module or "" for name in inner}
        else:
            found |= {alias.name for alias in statement.names}
    return {name for name in found if name in FILES}


def test_no_import_goes_in_a_circle() -> None:
    try:
        TopologicalSorter({name: imported(file) for name, file in FILES.items()}).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_can_be_imported(package: str) -> None:
    names = [name for name in FILES if name.split(".")[0] == package and not name.endswith(NOT_ALONE)]
    program = f"import importlib\nfor name in {names!r}: importlib.import_module(name)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
