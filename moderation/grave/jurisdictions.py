"""What the law of a country wants of evidence of child sexual abuse, and whom to tell: data, each with its source.

Shipped as engineers read it, to be checked by the house; it isn't legal advice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A country. `preserves`: whether the law wants evidence kept for `days` after a report; else it wants it gone, and
    `days` is how long it may take."""

    country: str
    land: str
    preserves: bool
    days: int
    basis: str
    source: str
    compared_on: str
    """The day on which engineers compared `basis` with the text of the law; empty where nobody did. No lawyer has."""
    emergency: str
    """The number to call when a life is in danger now."""
    police: str
    report_to: str
    report_at: str

    @property
    def kept(self) -> timedelta:
        """How long what is sealed is kept after the report."""
        return timedelta(days=self.days)


def of(country: str) -> Jurisdiction:
    """A country's; what holds where nobody has said for one that isn't known."""
    return _known().get(country) or _read(_data()["unknown"])


def countries() -> list[tuple[str, str]]:
    """Codes and names, by code."""
    return [(code, each.land) for code, each in sorted(_known().items())]


def everywhere() -> list[tuple[str, str]]:
    """Whom to tell in any country: names and addresses."""
    return [(each["name"], each["at"]) for each in _data()["everywhere"]]


def noted_on() -> str:
    """The day on which this was written down, as a date."""
    return str(_data()["noted_on"])


@cache
def _known() -> dict[str, Jurisdiction]:
    return {each["country"]: _read(each) for each in _data()["places"]}


def _read(told: dict[str, Any]) -> Jurisdiction:
    return Jurisdiction(preserves=told["class"] == "preserve", **{k: v for k, v in told.items() if k != "class"})


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        resources.files("moderation.grave").joinpath("jurisdictions.json").read_text("utf-8")
    )
    return found
