"""Pages of lists: the cursor that a link carries, and the links to what is newer and older."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request

from app.paging import Paging
from app.web import forms

T = TypeVar("T")
LIMIT = 20


@dataclass(frozen=True)
class Page(Generic[T]):
    """What a template shows: the views, and where to go on; None where there's nothing more."""

    views: Sequence[T]
    newer: str | None = None
    older: str | None = None


def asked() -> Paging:
    """What the address asks for; a cursor that makes no sense is the first page."""
    return Paging(limit=LIMIT, max_id=forms.asked_number("max_id"), min_id=forms.asked_number("min_id"))


def page(views: Sequence[T], paging: Paging, id_of: Callable[[T], int]) -> Page[T]:
    """These views with their links."""
    if not views:
        return Page(views, newer=None, older=None if paging.max_id is None else request.path)
    full = len(views) >= paging.limit
    older = full or paging.upwards
    newer = full if paging.upwards else paging.max_id is not None
    return Page(
        views,
        newer=_link(min_id=id_of(views[0])) if newer else None,
        older=_link(max_id=id_of(views[-1])) if older else None,
    )


def _link(**cursor: int) -> str:
    kept = {k: v for k, v in request.args.items() if k not in ("max_id", "min_id")}
    return f"{request.path}?{urlencode({**kept, **cursor})}"
