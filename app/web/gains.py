"""What the text model's second stage adds to the first, as it was measured when its head was trained, for pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from app.web import labels
from models.encoder import headfile
from models.errors import ModelError
from models.labels import LABELS


@dataclass(frozen=True, slots=True)
class Reach:
    """Of a hundred harmful texts, how many a stage holds and labels, at lines that are equally strict for either."""

    held: float
    labelled: float


@dataclass(frozen=True, slots=True)
class Gain:
    """How well a label is told apart (ROC AUC) by the first stage and by both; on sets left out, their median."""

    label: str
    first: float
    both: float
    out_first: float | None
    out_both: float | None
    harmful: int
    """Texts of which the two that follow speak."""
    reach_first: Reach | None
    reach_both: Reach | None


def of_second() -> list[Gain]:
    """By label; none where the report can't be read."""
    try:
        report = headfile.report(headfile.ROOT)
    except ModelError:
        return []
    return [gain for label in LABELS if (gain := _gain(label, report)) is not None]


def _gain(label: str, report: Mapping[str, Any]) -> Gain | None:
    found = report["labels"].get(label, {})
    pool = found.get("public", {})
    if "both" not in pool:
        return None
    out = [each for each in report["left_out"].get(label, {}).values() if "both" in each]
    out_first, out_both = (median(each[stage] for each in out) if out else None for stage in ("first", "both"))
    at_lines = found.get("at_lines", {})
    reach_first, reach_both = (_reach(at_lines.get(stage, {})) for stage in ("first", "both"))
    return Gain(
        label=labels.name(label),
        first=pool["first"],
        both=pool["both"],
        out_first=out_first,
        out_both=out_both,
        harmful=at_lines.get("harmful", 0),
        reach_first=reach_first,
        reach_both=reach_both,
    )


def _reach(figures: Mapping[str, Any]) -> Reach | None:
    """None where it wasn't measured: a report of older make, or no harmful text."""
    held, labelled = figures.get("held"), figures.get("labelled")
    return Reach(100 * held, 100 * labelled) if held is not None and labelled is not None else None
