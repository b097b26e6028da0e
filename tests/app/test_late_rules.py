"""Rules that learn late: the same addresses, and nothing compiled before the first is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Map, Rule

from app.late_rules import LateRule

RULES: list[tuple[str, dict[str, Any]]] = [
    ("/", {"endpoint": "front"}),
    ("/@<name>", {"endpoint": "profile"}),
    ("/@<name>/<int:post>", {"endpoint": "post"}),
    ("/pages/<path:where>", {"endpoint": "page"}),
    ("/all/", {"endpoint": "list", "defaults": {"number": 1}}),
    ("/all/<int:number>", {"endpoint": "list"}),
]
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("front", {}),
    ("front", {"rule": "a query called as our own argument is", "made": "2"}),
    ("profile", {"name": "ana & ben"}),
    ("post", {"name": "ana", "post": 7, "lang": ["fr", "en"]}),
    ("page", {"where": "a/b?c"}),
    ("list", {"number": 1}),
    ("list", {"number": 2}),
]


def _map(kind: type[Rule]) -> Map:
    return Map([kind(text, **more) for text, more in RULES])


@pytest.mark.parametrize(("endpoint", "values"), ASKED)
def test_an_address_is_what_it_always_was(endpoint: str, values: dict[str, Any]) -> None:
    """With converters, defaults and queries."""
    late, early = (_map(kind).bind("ostiary.example") for kind in (LateRule, Rule))
    assert late.build(endpoint, values) == early.build(endpoint, values)
    assert late.build(endpoint, values, append_unknown=False) == early.build(endpoint, values, append_unknown=False)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Rules that Werkzeug compiled."""
    seen: list[str] = []
    compile_now = Rule._compile_builder

    def noticed(rule: Rule, append_unknown: bool = True) -> Any:
        seen.append(rule.rule)
        return compile_now(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", noticed)
    yield seen


def test_only_what_is_asked_for_is_compiled_and_that_once(compiled: list[str]) -> None:
    """Not when it's added, not when it matches."""
    addresses = _map(LateRule).bind("ostiary.example")
    assert addresses.match("/@ana") == ("profile", {"name": "ana"})
    assert compiled == []
    assert addresses.build("profile", {"name": "ana"}) == addresses.build("profile", {"name": "ben"}).replace(
        "ben", "ana"
    )
    assert compiled == ["/@<name>"]
