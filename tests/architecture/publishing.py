"""Finds code that publishes a post: whatever gives the state `published` instead of comparing with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ALLOWED = "app/posts/door.py"


def publishing_lines(source: str) -> list[int]:
    """Lines that give a post the state `published`, or make such a state out of a word."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = {node.lineno for node in _states(tree) if not _compares(node, parents)}
    found |= {node.lineno for node in ast.walk(tree) if _is_word(node) or _is_sql(node) or _is_made(node)}
    return sorted(found)


def _states(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "PUBLISHED"
            and isinstance(node.value, ast.Name | ast.Attribute)
        ):
            name = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if name.endswith("PostState"):
                yield node


def _compares(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether it is only looked at: compared, matched, or in a literal list of states."""
    parent = parents.get(node)
    if isinstance(parent, ast.IfExp):
        return _compares(parent, parents)
    return isinstance(parent, ast.Compare | ast.Tuple | ast.List | ast.Set | ast.MatchValue)


def _is_word(node: ast.AST) -> bool:
    """`state="published"` in a call."""
    return (
        isinstance(node, ast.keyword)
        and node.arg in ("state", "new_state")
        and isinstance(node.value, ast.Constant)
        and node.value.value == "published"
    )


def _is_sql(node: ast.AST) -> bool:
    """A statement that names the word after SET."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    text = node.value.lower()
    return "update posts" in text and "published" in text


def _is_made(node: ast.AST) -> bool:
    """`PostState(…)`: a word from somewhere else becomes a state."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "PostState"


def offenders(root: Path) -> list[str]:
    """Every such line outside of the door, as `file:line`."""
    files = sorted(path for package in ("app", "moderation", "workers") for path in (root / package).rglob("*.py"))
    return [
        f"{file.relative_to(root)}:{line}"
        for file in files
        if file.relative_to(root).as_posix() != ALLOWED
        for line in publishing_lines(file.read_text())
    ]
