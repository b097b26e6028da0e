"""What a client sent: query, form or JSON alike, read once into values; what doesn't fit is refused with a clear 4xx.

Names in brackets become groups and lists, as Rails has it: `media_ids[]`, `source[privacy]`,
`fields_attributes[0][name]`; `fields_attributes[][name]` begins a group anew where the last one has that name already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Request, request
from werkzeug.datastructures import MultiDict

from app.errors import BadRequestError, InvalidError
from app.paging import LARGEST, Paging
from app.sent import InOrder

MOST_NAMES = 1000
MOST_IDS = 100
DEEPEST = 4
LONGEST_TEXT = 200_000
_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")
_FALSE = frozenset({"false", "0", "off", "f", "no", "n", ""})


@dataclass(frozen=True)
class Params:
    """Named values. Every reader returns the type that it names, or raises InvalidError."""

    values: Mapping[str, Any]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, otherwise: str = "", *, most: int = LONGEST_TEXT) -> str:
        """Text without control characters that databases refuse; `otherwise` where it's missing or null."""
        value = self.values.get(name)
        if value is None:
            return otherwise
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise InvalidError(f"Validation failed: {name} must be text")
        return clean(name, str(value), most)

    def text_or_none(self, name: str, *, most: int = LONGEST_TEXT) -> str | None:
        """Text, or None where it's missing or null."""
        return None if self.values.get(name) is None else self.text(name, most=most)

    def flag(self, name: str, otherwise: bool = False) -> bool:
        """True or false, in any of the spellings that clients use."""
        found = self.flag_or_none(name)
        return otherwise if found is None else found

    def flag_or_none(self, name: str) -> bool | None:
        """The same, None where it's missing or null: what isn't a no is a yes, as in Rails."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        return word not in _FALSE

    def integer(self, name: str, otherwise: int, *, least: int = 0, most: int = LARGEST) -> int:
        """A whole number, moved into its bounds."""
        value = self.values.get(name)
        if value is None or value == "":
            return otherwise
        return min(max(_whole(name, value), least), most)

    def integer_or_none(self, name: str) -> int | None:
        """A whole number, None where it's missing."""
        value = self.values.get(name)
        return None if value is None or value == "" else min(_whole(name, value), LARGEST)

    def id(self, name: str) -> int | None:
        """A public id; None where it's missing or empty."""
        found = self.integer_or_none(name)
        if found is not None and found < 0:
            raise InvalidError(f"Validation failed: {name} must be an id")
        return found

    def instant_or_none(self, name: str) -> datetime | None:
        """A moment as ISO 8601 has it, without a zone in UTC; None where it's missing or empty."""
        text = self.text(name, most=40).strip()
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise InvalidError(f"Validation failed: {name} must be a date and a time") from error

    def texts(self, name: str, *, most: int = MOST_IDS) -> list[str]:
        """A list of texts; a single one is a list of one."""
        found = [item for item in self._items(name) if item is not None]
        if len(found) > most:
            raise InvalidError(f"Validation failed: too many {name}")
        if any(isinstance(item, bool | list | dict) for item in found):
            raise InvalidError(f"Validation failed: {name} must be a list of texts")
        return [clean(name, str(item), LONGEST_TEXT) for item in found]

    def ids(self, name: str, *, most: int = MOST_IDS) -> list[int]:
        """A list of public ids, each once; what can't be an id names nothing and is left out."""
        found = [int(t) for t in self.texts(name, most=most) if t.isascii() and t.isdigit() and len(t) <= 19]
        return [number for number in dict.fromkeys(found) if number <= LARGEST]

    def group(self, name: str) -> Params:
        """Named values under a name; empty where it's missing."""
        value = self.values.get(name)
        if value is None:
            return Params({})
        if not isinstance(value, dict):
            raise InvalidError(f"Validation failed: {name} must have named parts")
        return Params(value)

    def groups(self, name: str, *, most: int = 20) -> list[Params]:
        """A list of groups, given as a list or under numbers."""
        value = self.values.get(name)
        items = list(value.values()) if isinstance(value, dict) else [] if value is None else value
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items) or len(items) > most:
            raise InvalidError(f"Validation failed: {name} must be a list")
        return [Params(item) for item in items]

    def _items(self, name: str) -> Iterable[Any]:
        value = self.values.get(name)
        if isinstance(value, dict):
            return value.values()
        return value if isinstance(value, list) else [] if value is None else [value]


def clean(name: str, value: str, most: int) -> str:
    """Text that can be stored; raises InvalidError for what can't."""
    if "\0" in value or len(value) > most or any("\ud800" <= char <= "\udfff" for char in value):
        raise InvalidError(f"Validation failed: {name} is too long or has characters that can't be")
    return value


def sent() -> Params:
    """Everything that came with this request; the body wins over the address."""
    return Params(_tree(_pairs(request)) | _json(request))


def asked() -> Params:
    """What stands in the address: enough for a GET without a body."""
    if request.content_length:
        return sent()
    return Params(_tree(_in_order(request.args))) if request.query_string else Params({})


def paging(params: Params, *, otherwise: int = 20, most: int = 40) -> Paging:
    """Which page is asked for; limits are clamped as Mastodon does it."""
    return Paging(
        limit=_limit(params, otherwise, most),
        max_id=params.id("max_id"),
        since_id=params.id("since_id"),
        min_id=params.id("min_id"),
    )


def _limit(params: Params, otherwise: int, most: int) -> int:
    """What is no number asks for nothing: clients get the usual page, as from Mastodon."""
    try:
        return params.integer("limit", otherwise, least=1, most=most)
    except InvalidError:
        return otherwise


def _whole(name: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value).strip()
    digits = text.removeprefix("-")
    if not (isinstance(value, str) and digits.isascii() and digits.isdigit() and len(digits) <= 40):
        raise InvalidError(f"Validation failed: {name} must be a whole number")
    return int(text)


def _pairs(source: Request) -> Iterator[tuple[str, Any]]:
    yield from _in_order(source.args)
    if not source.is_json:
        yield from _in_order(source.form)


def _in_order(found: MultiDict[str, str]) -> Iterable[tuple[str, Any]]:
    return found.pairs if isinstance(found, InOrder) else found.items(multi=True)


def _json(source: Request) -> dict[str, Any]:
    body = source.get_data() if source.is_json else b""
    if not body:
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequestError("The JSON can't be read", code="bad_json") from error
    if not isinstance(value, dict):
        raise BadRequestError("A JSON object was expected", code="bad_json")
    # Some clients send form names in JSON: `{"media_ids[]": [1]}`.
    return _tree(value.items()) if any("[" in key for key in value) else value


def _tree(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for count, (name, value) in enumerate(pairs):
        if count >= MOST_NAMES:
            raise BadRequestError("Too many parameters", code="too_many_parameters")
        match = _NAME.match(name)
        if match is None or not match[2]:
            tree[name] = value
        else:
            _put(tree, [match[1], *_PART.findall(match[2])], value)
    return tree


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    if len(path) > DEEPEST:
        raise BadRequestError("Parameters are nested too deeply", code="too_deep")
    name, *rest = path
    if not rest:
        tree[name] = value
    elif rest[0]:
        _put(_there(tree, name, dict), rest, value)
    elif len(rest) == 1:
        _there(tree, name, list).extend(value if isinstance(value, list) else [value])
    else:
        groups = _there(tree, name, list)
        _put(_open_group(groups, rest[1:]), rest[1:], value)


def _there(tree: dict[str, Any], name: str, kind: type[dict[str, Any]] | type[list[Any]]) -> Any:
    found = tree.setdefault(name, kind())
    if not isinstance(found, kind):
        raise BadRequestError("Parameters contradict each other", code="mixed_parameters")
    return found


def _open_group(groups: list[Any], path: list[str]) -> dict[str, Any]:
    """The last group, unless it has what is to be put there: then another begins, as Rack has it."""
    if not groups or not isinstance(groups[-1], dict) or _has(groups[-1], path):
        groups.append({})
    found: dict[str, Any] = groups[-1]
    return found


def _has(group: Any, path: list[str]) -> bool:
    """A list within is never whole: it goes on."""
    for name in path:
        if not isinstance(group, dict) or name not in group:
            return False
        group = group[name]
    return "" not in path
