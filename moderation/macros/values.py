"""A macro as a frozen value, and what one must be like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from moderation.cases import plans
from moderation.cases.values import DecisionRequest, Further
from moderation.errors import RefusedError
from moderation.values import Action, Scope

KEYS: Final = range(1, 10)
MOST_STEPS: Final = 3
NAME_LONGEST: Final = 80
TEXT_LONGEST: Final = 5000
DAYS_LONGEST: Final = 3650
LINK_DAYS: Final = 14
"""What is offered for a rule about links."""
LINK_DAYS_LONGEST: Final = 365
FRENCH: Final = "fr"


@dataclass(frozen=True, slots=True)
class MacroStep:
    """One action of a macro. `days` is for how long, None until somebody lifts it."""

    action: Action
    scope: Scope
    days: int | None = None

    @property
    def term(self) -> timedelta | None:
        """For how long."""
        return timedelta(days=self.days) if self.days is not None else None


@dataclass(frozen=True, slots=True)
class Macro:
    """What a key does, in order; the first step decides about the posts."""

    key: int
    name_en: str
    name_fr: str
    text_en: str
    text_fr: str
    rule_id: str | None
    steps: tuple[MacroStep, ...]
    link_days: int | None = None
    """For how long nothing may link to where its posts link; None for no such rule."""

    def name(self, locale: str) -> str:
        """Its name in a moderator's language, or in the other one."""
        first, second = (self.name_fr, self.name_en) if locale.startswith(FRENCH) else (self.name_en, self.name_fr)
        return first or second

    def text(self, locale: str) -> tuple[str, str]:
        """What an author is told, and in which language that is: their own, or the other where there is none in it."""
        texts = {"en": self.text_en, FRENCH: self.text_fr}
        own = FRENCH if locale.startswith(FRENCH) else "en"
        other = "en" if own == FRENCH else FRENCH
        return (texts[own], own) if texts[own] or not texts[other] else (texts[other], other)

    def request(
        self, *, reason: str, note: str, version: int | None, members: tuple[str, ...] | None, author_note: str = ""
    ) -> DecisionRequest:
        """The one decision that it is."""
        first, *more = self.steps
        return DecisionRequest(
            action=first.action,
            scope=first.scope,
            rule_id=self.rule_id,
            reason=reason,
            note=note,
            expires_in=first.term,
            version=version,
            members=members,
            further=tuple(Further(each.action, each.scope, each.term) for each in more),
            macro=self.name_en or self.name_fr,
            link_days=self.link_days,
            author_note=author_note,
        )


def require_good(macro: Macro) -> None:
    """Raise RefusedError, which says why, for a macro that couldn't be done."""
    if macro.key not in KEYS:
        raise RefusedError("a macro's key is one from 1 to 9")
    if not (macro.name_en or macro.name_fr) or max(len(macro.name_en), len(macro.name_fr)) > NAME_LONGEST:
        raise RefusedError(f"a macro has a name of at most {NAME_LONGEST} characters")
    if max(len(macro.text_en), len(macro.text_fr)) > TEXT_LONGEST:
        raise RefusedError(f"a text has at most {TEXT_LONGEST} characters")
    _require_steps(macro.steps)
    if macro.link_days is not None:
        if not 1 <= macro.link_days <= LINK_DAYS_LONGEST:
            raise RefusedError(f"a rule about links holds for 1 to {LINK_DAYS_LONGEST} days")
        if macro.steps[0].action in plans.HARMLESS:
            raise RefusedError("what lets something be brings no rule about its links")


def _require_steps(steps: Sequence[MacroStep]) -> None:
    if not 1 <= len(steps) <= MOST_STEPS:
        raise RefusedError(f"a macro has one to {MOST_STEPS} actions")
    if any(each.days is not None and not 1 <= each.days <= DAYS_LONGEST for each in steps):
        raise RefusedError("a term is at least a day and at most ten years")
    first, *more = steps
    if first.scope not in plans.SCOPES[first.action]:
        raise RefusedError(f"“{first.action}” can't be decided for “{first.scope}”")
    plans.require_further(first.action, [(each.action, each.scope) for each in more])


def as_json(steps: Sequence[MacroStep]) -> list[dict[str, Any]]:
    """Steps as they are stored."""
    return [{"action": each.action.value, "scope": each.scope.value, "days": each.days} for each in steps]


def from_json(stored: Sequence[dict[str, Any]]) -> tuple[MacroStep, ...]:
    """Stored steps."""
    return tuple(MacroStep(Action(each["action"]), Scope(each["scope"]), each["days"]) for each in stored)
