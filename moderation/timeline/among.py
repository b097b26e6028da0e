"""Rows by the ids that another question finds, read by the index of the ids whatever the planner guesses.

PostgreSQL joins what stands in an IN by reading the whole table once a few hundred ids are expected; an array of them
it looks up one by one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, CompoundSelect, Select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Among(FunctionElement[bool]):
    """An id, and the question that finds those wanted."""

    type = Boolean()
    name = "among"
    inherit_cache = True

    def self_group(self, against: Any = None) -> _Among:
        """It is a condition already: SQLite would compare it with 1, and find no index for that."""
        return self


def among(number: ColumnElement[int] | Any, found: Select[int] | CompoundSelect[int] | Any) -> ColumnElement[bool]:
    """That an id is one of those that `found` selects."""
    return _Among(number, found.scalar_subquery())


@compiles(_Among)
def _plainly(element: _Among, compiler: Any, **more: Any) -> str:
    number, found = (compiler.process(each, **more) for each in element.clauses)
    return f"{number} IN {found}"


@compiles(_Among, "postgresql")
def _by_array(element: _Among, compiler: Any, **more: Any) -> str:
    number, found = (compiler.process(each, **more) for each in element.clauses)
    return f"{number} = ANY (ARRAY{found})"
