"""A number on a form of the review: as the policy's and the planner's pages have them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """What it says, what it is now, and between which bounds it may be."""

    name: str
    words: str
    value: str
    least: float
    most: float
