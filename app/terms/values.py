"""What the documents are made from, and what they are made of. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.instance.house import House
from moderation.policy.values import Policy

Part = str | tuple[str, ...]
"""A paragraph, or a list."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document under its own heading."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule in one language."""

    text: str
    hint: str
    good: str
    bad: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that the documents say, before it is in words; of one language."""

    locale: str
    house: House
    rules: tuple[RuleWords, ...]
    policy: Policy
    own: Mapping[str, str]
    """The admin's words by the names of `app.terms.own`."""
    reader_outside: bool
    """Whether somebody outside reads appeals that nobody here may decide."""
    open_to: str
    """Who may sign up: a Registration."""
    address_days: int
    """How long network addresses of members are kept; 0: they aren't."""
    translator: str = ""
    """The host of the service that translates what somebody asks for; empty for none."""
    waiting_list: bool = False
    """Whether people can leave their address where sign-ups are closed; the next: organisations."""
    organisations: bool = False
