"""Reading the tables of entities, and holding answers against them field by field.

A table is `Name` or `Name = Other` (all of Other's fields, and more), then a line for each field: its name, its type,
the version of Mastodon that it is documented since, and `# a reason`. A `~` after a name: the field may be missing.
After a type `?`: it may be null. `served` instead of a version: Mastodon sends it without documenting it; `ours`: nobody
else does. Those, and where it is null with us alone, say why.

Types: `text`, `url`, `time` (RFC 3339), `date`, `int`, `number`, `digits` (a whole number as a string), `bool`, `null`,
`any`, an entity's name, `[of these]`, `{hash of these}`, and `one|of|these`, which are entities, types, or else words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_LINE = re.compile(r"  (?P<name>[^\s~]+)(?P<optional>~?)\s+(?P<type>\S+)\s+(?P<since>\S+)(?:\s+# (?P<reason>.+))?")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and bool(urlsplit(value).scheme and urlsplit(value).netloc)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


SIMPLE: dict[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "url": _is_url,
    "time": _matches(_TIME),
    "date": _matches(_DATE),
    "digits": _matches(re.compile(r"-?\d+")),
    "int": _is_whole,
    "number": _is_number,
    "bool": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "any": lambda _value: True,
}


@dataclass(frozen=True)
class Field:
    """A field of an entity."""

    name: str
    type: str
    since: str
    optional: bool = False
    reason: str = ""


@dataclass
class Entities:
    """All of the entities, and which of them were seen in answers so far."""

    tables: dict[str, dict[str, Field]]
    seen: set[str] = field(default_factory=set)

    def faults(self, value: Any, type_: str, path: str = "") -> Iterator[str]:
        """What is wrong with a value that should be of a type, each with where it is."""
        if type_.endswith("?"):
            if value is not None:
                yield from self.faults(value, type_[:-1], path)
        elif type_.startswith("["):
            yield from self._all(value, list, type_, path)
        elif type_.startswith("{"):
            yield from self._all(value, dict, type_, path)
        elif "|" in type_:
            yield from self._one_of(value, type_.split("|"), path)
        elif type_ in SIMPLE:
            if not SIMPLE[type_](value):
                yield f"{path}: {value!r:.60} isn't {type_}"
        else:
            yield from self._entity(value, type_, path)

    def _all(self, value: Any, kind: type[list[Any]] | type[dict[str, Any]], type_: str, path: str) -> Iterator[str]:
        if not isinstance(value, kind):
            yield f"{path}: {value!r:.60} isn't {type_}"
            return
        items: Iterable[tuple[object, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from self.faults(item, type_[1:-1], f"{path}[{key}]")

    def _one_of(self, value: Any, choices: list[str], path: str) -> Iterator[str]:
        known = [choice for choice in choices if choice in SIMPLE or choice in self.tables]
        if not known:
            if value not in choices:
                yield f"{path}: {value!r:.60} is none of {', '.join(choices)}"
            return
        found = [list(self.faults(value, choice, path)) for choice in known]
        if all(found):
            yield from min(found, key=len)

    def _entity(self, value: Any, name: str, path: str) -> Iterator[str]:
        fields = self.tables[name]
        if not isinstance(value, dict):
            yield f"{path}: {value!r:.60} isn't {name}"
            return
        self.seen.add(name)
        for one in fields.values():
            where = f"{path}.{one.name}"
            if one.name in value:
                yield from self.faults(value[one.name], one.type, where)
            elif not one.optional:
                yield f"{where}: missing"
        yield from (f"{path}.{extra}: not documented" for extra in value.keys() - fields.keys())


def read() -> Entities:
    """The tables that stand beside this file."""
    own: dict[str, dict[str, Field]] = {}
    bases: dict[str, str] = {}
    current: dict[str, Field] = {}
    for path in sorted(Path(__file__).parent.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(" "):
                one = parsed(line)
                current[one.name] = one
            elif line and not line.startswith("#"):
                name, _, base = line.partition(" = ")
                bases[name] = base
                assert name not in own, f"{name} stands twice"
                current = own[name] = {}

    def whole(name: str) -> dict[str, Field]:
        return {**(whole(bases[name]) if bases[name] else {}), **own[name]}

    return Entities({name: whole(name) for name in own})


def parsed(line: str) -> Field:
    """One field."""
    found = _LINE.fullmatch(line)
    assert found, f"not a field: {line!r}"
    since, reason = found["since"], found["reason"] or ""
    assert _VERSION.fullmatch(since) or (since in ("served", "ours") and reason), f"no version and no reason: {line!r}"
    return Field(found["name"], found["type"], since, bool(found["optional"]), reason)
