"""docs/api.md and the routes, both ways; and each method that clients know is there, or stands there with why not."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import mastodon
import pytest
from flask import Flask

from app.stream.endpoints import PATHS, ROOT

PAGE = Path(__file__).parents[3] / "docs/api.md"
OURS = ("/api/v1", "/api/v2", "/api/oembed", "/oauth/", "/.well-known/oauth")
METHODS = "GET|POST|PUT|PATCH|DELETE"
_CALL = re.compile(rf"""__api_request\(\s*['"]({METHODS})['"],\s*f?(['"])(/[^'"]*(?:\{{[^}}]*\}}[^'"]*)*)\2""")
_PART = re.compile(r"\{[^}]*\}|<[^>]*>|:[a-z_]+")
pytestmark = pytest.mark.one_database
ELSEWHERE = frozenset({"GET /.well-known/nodeinfo", "GET /api/v1/timelines/:"})
"""What isn't the client API's: federation's own, and a path that the library fills in with `public`, `tag/x` …"""


def plain(method: str, path: str) -> str:
    """A method and its path, whatever its parts are called."""
    return f"{method} {_PART.sub(':', path).rstrip('/')}"


def section(heading: str) -> str:
    """The part of the page under a heading."""
    return PAGE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]


@cache
def listed() -> frozenset[str]:
    """Every method that the page names in its list."""
    lines = section("Every method").split("```")[1].strip().splitlines()
    return frozenset(plain(method, path) for path, *methods in map(str.split, lines) for method in methods)


@cache
def absent() -> dict[str, str]:
    """What answers 404, and why, as the page says it."""
    rows = re.findall(rf"^\| `({METHODS}) ([^`]+)` \| (.+) \|$", section("What answers 404"), re.MULTILINE)
    return {plain(method, path): why for method, path, why in rows}


def routed(app: Flask) -> frozenset[str]:
    """What the app and the streams answer."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(OURS)]
    found = {plain(method, rule.rule) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return frozenset(found | {plain("GET", f"{ROOT}/{path}") for path in ("health", *PATHS)})


def known_to_clients() -> frozenset[str]:
    """Every method that Mastodon.py calls; it follows the documentation."""
    sources = (file.read_text() for file in Path(mastodon.__file__).parent.glob("*.py"))
    return frozenset(plain(call[1], call[3]) for source in sources for call in _CALL.finditer(source)) - ELSEWHERE


def test_the_page_lists_what_there_is_and_nothing_else(app: Flask) -> None:
    assert sorted(routed(app) - listed()) == [] and sorted(listed() - routed(app)) == []


def test_what_answers_404_does(app: Flask) -> None:
    assert absent().keys() & routed(app) == set() and all(absent().values())


def test_whatever_clients_ask_for_is_there_or_is_said_not_to_be(app: Flask) -> None:
    known = known_to_clients()
    assert len(known) > 200
    assert sorted(known - routed(app) - absent().keys()) == []


def test_each_address_on_the_page_leads_somewhere(app: Flask) -> None:
    paths = {method.split(" ")[1] for method in routed(app) | absent().keys()}
    named = {plain("", path).strip() for path in re.findall(r"`(?:[A-Z]+ )?(/api/[^`… ]+)`", PAGE.read_text())}
    assert [one for one in sorted(named) if not any(f"{path}/".startswith(f"{one}/") for path in paths)] == []
