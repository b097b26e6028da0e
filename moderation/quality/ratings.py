"""Decisions as ratings, so that two people's answers can be compared. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from moderation.cases.values import DecisionRequest
from moderation.values import Action, Scope


class Rating(StrEnum):
    """What an answer amounts to, mildest first."""

    KEEP = "keep"
    LABEL = "label"
    LIMIT = "limit"
    REMOVE = "remove"
    ACCOUNT = "account"


OF_ACTION: Final[Mapping[Action, Rating]] = {
    Action.APPROVE: Rating.KEEP,
    Action.NO_ACTION: Rating.KEEP,
    Action.LABEL: Rating.LABEL,
    Action.LIMIT: Rating.LIMIT,
    Action.REMOVE: Rating.REMOVE,
    Action.SPAM: Rating.REMOVE,
    Action.WARN: Rating.ACCOUNT,
    Action.FREEZE: Rating.ACCOUNT,
    Action.SILENCE: Rating.ACCOUNT,
    Action.DISABLE: Rating.ACCOUNT,
    Action.SUSPEND: Rating.ACCOUNT,
}
"""What is let in and what is left alone is the same answer, as is what is removed and what is cleared as spam."""
_ORDER: Final = tuple(Rating)


def graver(one: Rating, other: Rating) -> bool:
    """Whether `one` is graver than `other`."""
    return _ORDER.index(one) > _ORDER.index(other)


def agree(one: DecisionRequest, other: DecisionRequest) -> bool:
    """Whether two people would do the same: the same thing, as far, under the same rule where both name one."""
    first, second = OF_ACTION[one.action], OF_ACTION[other.action]
    if first is not second:
        return False
    if first is Rating.KEEP:
        return True
    if one.action is not other.action or one.scope is not other.scope or one.expires_in != other.expires_in:
        return False
    return one.rule_id is None or other.rule_id is None or one.rule_id == other.rule_id


def alike(one: Action, its_rule: str | None, other: Action, other_rule: str | None) -> bool:
    """Whether two answers to the same case are the same, but for how far they reach."""
    first, second = OF_ACTION[one], OF_ACTION[other]
    if first is not second or (first is Rating.ACCOUNT and one is not other):
        return False
    return first is Rating.KEEP or its_rule is None or other_rule is None or its_rule == other_rule


def as_json(request: DecisionRequest) -> dict[str, Any]:
    """A request as it is kept with a proposal. Its version isn't: what was read is the case as it was then."""
    return {
        "action": request.action.value,
        "scope": request.scope.value,
        "rule_id": request.rule_id,
        "reason": request.reason,
        "note": request.note,
        "author_note": request.author_note,
        "seconds": request.expires_in.total_seconds() if request.expires_in else None,
        "warning": request.warning,
        "members": list(request.members) if request.members is not None else None,
    }


def from_json(value: Mapping[str, Any]) -> DecisionRequest:
    """The request of a proposal."""
    return DecisionRequest(
        Action(value["action"]),
        Scope(value["scope"]),
        value["rule_id"],
        value["reason"],
        value["note"],
        timedelta(seconds=value["seconds"]) if value["seconds"] else None,
        None,
        value["warning"],
        tuple(value["members"]) if value["members"] is not None else None,
        author_note=value.get("author_note", ""),  # proposals from before there were such notes have none
    )
