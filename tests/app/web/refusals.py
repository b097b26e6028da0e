"""Finds, in the source, the texts with which something is refused: where each stands, and its words with a `{}` for
each value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
PACKAGES: Final = ("moderation", "app")
FAMILY: Final = frozenset(
    {
        "ModerationError",
        "RefusedError",
        "BadPolicyError",
        "BadDomainError",
        "ReportRefusedError",
        "ForbiddenArrowError",
        "ConflictError",
        "AppError",
        "BadRequestError",
        "UnauthorizedError",
        "ForbiddenError",
        "NotFoundError",
        "GoneError",
        "TooLargeError",
        "InvalidError",
        "RateLimitedError",
        "UnavailableError",
        "CannotVoteError",
    }
)
"""Errors that are made with their text, of both trees. Those that are made with a code have words of their own for each
(`conflicts`, `expression_words`, `appeals.refusal`), those of the wire and of settings reach no page."""
KEPT: Final = frozenset({"Row", "Refusal", "_asked"})
"""What keeps a text to be shown later, as its third value: lines of lists, and lists that are followed."""
TRANSLATED: Final = frozenset({"_", "gettext", "ngettext"})


@dataclass(frozen=True, slots=True)
class Text:
    """A text and where it stands; `words` is empty where it isn't written out there."""

    file: str
    line: int
    error: str
    """With its module."""
    code: str
    words: tuple[str, ...]

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


def texts() -> list[Text]:
    """All of them."""
    return [text for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")) for text in _of(file)]


def _of(file: Path) -> Iterator[Text]:
    tree, name = ast.parse(file.read_text()), str(file.relative_to(ROOT))
    constants, modules = _constants(tree), _modules(tree)
    for error, said in _made(tree):
        if not _is_translated(said):
            yield Text(
                name,
                said.lineno,
                f"{modules.get(error, '')}.{error}",
                ast.unparse(said),
                tuple(_words(said, constants)),
            )


def _made(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Each error's name and its text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in FAMILY and node.args:
                yield name, node.args[0]
            if name in KEPT and len(node.args) > 2:
                yield from ((name, each) for each in node.args[2:3] if _is_written(each))
        if isinstance(node, ast.Dict) and [key.value for key in node.keys if isinstance(key, ast.Constant)] == [
            "wrong"
        ]:
            yield "wrong", node.values[0]
        if isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield from _answers(node, ast.unparse(node.returns))


def _answers(function: ast.FunctionDef, returns: str) -> Iterator[tuple[str, ast.expr]]:
    """What a function says that gives the cells of a line, or why there are none."""
    if returns == "Mapping[str, Any] | str":
        found = (node.value for node in ast.walk(function) if isinstance(node, ast.Return))
        for value in found:
            for each in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
                if each is not None and _is_written(each):
                    yield "line", each


def _is_written(said: ast.expr) -> bool:
    return isinstance(said, ast.JoinedStr) or (isinstance(said, ast.Constant) and bool(said.value))


def _is_translated(said: ast.expr) -> bool:
    return isinstance(said, ast.Call) and isinstance(said.func, ast.Name) and said.func.id in TRANSLATED


def _modules(tree: ast.Module) -> dict[str, str]:
    """Where each imported name is from: both trees have a NotFoundError."""
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name: node.module or "" for node in imports for alias in node.names}


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """What a module's names stand for."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return found


def _words(said: ast.expr, constants: dict[str, ast.expr]) -> list[str]:
    """Every form that it can take; none where it isn't written out."""
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        return [said.value]
    if isinstance(said, ast.Name) and isinstance(constants.get(said.id), ast.Constant):
        return _words(constants[said.id], constants)
    if isinstance(said, ast.IfExp):
        return _words(said.body, constants) + _words(said.orelse, constants)
    if isinstance(said, ast.BinOp) and isinstance(said.op, ast.Add):
        left, right = _words(said.left, constants), _words(said.right, constants)
        return [a + b for a, b in product(left or ["{}"], right or ["{}"])] if left or right else []
    if isinstance(said, ast.JoinedStr):
        return ["".join(_words(part, constants)[0] if isinstance(part, ast.Constant) else "{}" for part in said.values)]
    return []
