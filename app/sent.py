"""Requests that remember in which order the names in their address and form came: Rails-style lists of groups, such as
`fields_attributes[][name]`, begin a group anew where a name comes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict


class InOrder(ImmutableMultiDict[str, Any]):
    """Names and values, also as the pairs that came."""

    def __init__(self, mapping: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        pairs = mapping if mapping is None or isinstance(mapping, Mapping) else tuple(mapping)
        super().__init__(pairs)
        self.pairs: tuple[tuple[str, Any], ...] = pairs if isinstance(pairs, tuple) else tuple(self.items(multi=True))


class SentRequest(Request):
    """A request whose `args` and `form` keep their order."""

    parameter_storage_class = InOrder
