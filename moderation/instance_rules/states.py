"""Which ways lead on from each state of an instance rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from moderation.instance_rules.tables import RuleState

ARROWS: Final[Mapping[RuleState, frozenset[RuleState]]] = {
    RuleState.DRAFT: frozenset((RuleState.SHADOW, RuleState.LIVE, RuleState.OFF)),
    RuleState.SHADOW: frozenset((RuleState.DRAFT, RuleState.LIVE, RuleState.OFF)),
    RuleState.LIVE: frozenset((RuleState.DRAFT, RuleState.SHADOW, RuleState.OFF)),
    RuleState.OFF: frozenset((RuleState.DRAFT,)),
}
"""What is off is looked at as a draft before it is in force again."""
