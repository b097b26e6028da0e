"""Nothing here is ever unpickled: what is read from disk or from others are arrays, JSON and text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "moderation", "models", "workers", "bench", "notebooks", "deploy")
UNPICKLERS = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}


def sins(source: str) -> set[str]:
    """What in a source would unpickle something."""
    return set(_sins(ast.parse(source)))


def _sins(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in UNPICKLERS)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in UNPICKLERS:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            yield from _of_call(node)


def _of_call(call: ast.Call) -> Iterator[str]:
    name = ast.unparse(call.func)
    allowed = [keyword.value for keyword in call.keywords if keyword.arg == "allow_pickle"]
    if any(not (isinstance(value, ast.Constant) and value.value is False) for value in allowed):
        yield f"{name}(allow_pickle=…)"
    if name in ("np.load", "numpy.load") and not allowed:
        yield f"{name} without allow_pickle=False"
    if name in ("torch.load", "pd.read_pickle", "pandas.read_pickle", "yaml.load", "yaml.unsafe_load"):
        yield name


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_no_source_of_the_project_unpickles_anything() -> None:
    found = {str(path.relative_to(ROOT)): sins(path.read_text(encoding="utf-8")) for path in sources()}
    assert {name: what for name, what in found.items() if what} == {}


def test_no_pickle_lies_among_what_is_shipped() -> None:
    kinds = {".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin", ".npy"}
    assert [path.name for path in (ROOT / "models").rglob("*") if path.suffix in kinds] == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "import joblib as j",
        "from pickle import loads",
        "def f():\n    import dill",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=whatever)",
        "np.savez(file, allow_pickle=True)",
        "yaml.load(text)",
        "torch.load(path)",
    ],
)
def test_what_would_unpickle_is_noticed(source: str) -> None:
    assert sins(source)


@pytest.mark.parametrize("source", ["np.load(path, allow_pickle=False)", "json.loads(text)", "yaml.safe_load(text)"])
def test_what_reads_arrays_and_text_is_let_be(source: str) -> None:
    assert not sins(source)
