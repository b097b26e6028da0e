"""The exercises of the training queue: invented, each with an explanation, in English and French; shipped as data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any


class Answer(StrEnum):
    """What can be answered in an exercise; the desk's own verbs."""

    KEEP = "keep"
    LABEL = "label"
    LIMIT = "limit"
    REMOVE = "remove"
    SPAM = "spam"
    ACCOUNT = "account"
    ESCALATE = "escalate"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in the languages that the house speaks."""

    en: str
    fr: str

    def said(self, language: str) -> str:
        """In this language; English where it isn't one of them."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Above:
    """A post that the exercise answers."""

    handle: str
    text: Words


@dataclass(frozen=True, slots=True)
class Exercise:
    """One case to practise on. `rule` is the position among the rules that a house begins with."""

    key: str
    label: str | None
    handle: str
    text: Words
    above: tuple[Above, ...]
    reports: tuple[Words, ...]
    facts: tuple[Words, ...]
    accepted: frozenset[Answer]
    rule: int | None
    why: Words

    @property
    def local(self) -> bool:
        """Whether its author would be a member here."""
        return self.handle.endswith("@ostiary.example")


@cache
def exercises() -> tuple[Exercise, ...]:
    """All of them, in the order in which they are met."""
    text = resources.files("moderation.quality").joinpath("exercises.json").read_text("utf-8")
    return tuple(_exercise(each) for each in json.loads(text))


def find(key: str) -> Exercise | None:
    """The exercise of a key."""
    return next((each for each in exercises() if each.key == key), None)


def after(key: str, done: Sequence[str]) -> Exercise | None:
    """The next one that isn't done, below this one and then from the top; None when all are."""
    keys = [each.key for each in exercises()]
    at = keys.index(key) + 1 if key in keys else 0
    return next((find(each) for each in [*keys[at:], *keys[:at]] if each not in done and each != key), None)


def _exercise(value: Mapping[str, Any]) -> Exercise:
    return Exercise(
        value["key"],
        value["label"],
        value["handle"],
        _words(value["text"]),
        tuple(Above(each["handle"], _words(each)) for each in value["above"]),
        tuple(_words(each) for each in value["reports"]),
        tuple(_words(each) for each in value["facts"]),
        frozenset(Answer(each) for each in value["accepted"]),
        value["rule"],
        _words(value["why"]),
    )


def _words(value: Mapping[str, str]) -> Words:
    return Words(value["en"], value["fr"])
