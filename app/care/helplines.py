"""Helplines by country: well-known ones, each with where it was read; shipped as data, to be checked by the house."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

OF_LANGUAGE = {"fr": "FR"}
"""Where a member's language says something of their country; a moderator can choose another."""


@dataclass(frozen=True, slots=True)
class Helpline:
    """A number to call. `source` is its own page."""

    country: str
    land: str
    name: str
    number: str
    source: str


def everywhere() -> str:
    """A directory of helplines of all countries."""
    return str(_data()["everywhere"])


def noted_on() -> str:
    """The day on which the numbers were written down, as a date."""
    return str(_data()["noted_on"])


def countries() -> list[tuple[str, str]]:
    """Codes and names, by code."""
    return sorted({(each.country, each.land) for each in _lines()})


def of(country: str) -> tuple[Helpline, ...]:
    """The helplines of a country; none for one that isn't known."""
    return tuple(each for each in _lines() if each.country == country)


@cache
def _lines() -> tuple[Helpline, ...]:
    return tuple(Helpline(**each) for each in _data()["lines"])


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resources.files("app.care").joinpath("helplines.json").read_text("utf-8"))
    return found
