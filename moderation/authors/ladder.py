"""The ladder: which step the policy recommends for one more strike against a member. A person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from moderation.authors import severities, strikes
from moderation.policy import store
from moderation.policy.strikes import Rung
from moderation.policy.values import Policy
from moderation.values import Action


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A step, and what it is reckoned from."""

    action: Action | None
    """None where the policy has no step for so few points."""
    days: int | None
    """For how long; None for until it is taken back."""
    strikes: int
    """How many count now."""
    points: int
    """What they weigh now."""
    more: int
    """What one more would weigh."""
    within_days: int
    """How long each counts."""


def recommend(
    session: Session, uri: str, label: str | None, now: datetime, rule_id: str | None = None
) -> Recommendation:
    """The step for one more strike, for something of this label and under this rule, against a member."""
    policy = store.current(session)
    counting = strikes.active(strikes.of(session, uri, now))
    grave = severities.of(policy, strikes.label_of(session, policy, label, rule_id))
    points, more = sum(each.points for each in counting), policy.strikes.points_of(grave)
    rung = policy.strikes.rung_of(points + more)
    return Recommendation(
        action=Action(rung.action) if rung is not None else None,
        days=rung.days if rung is not None else None,
        strikes=len(counting),
        points=points,
        more=more,
        within_days=policy.strikes.days,
    )


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one more strike would lead to, for what is at least so grave."""

    severity: int
    """From this severity on, of 10."""
    more: int
    """What it would weigh."""
    points: int
    """What all would weigh then."""
    rung: Rung | None
    """The step that so many points reach; None below the first."""


def outlook(policy: Policy, points: int) -> list[Outlook]:
    """For each weight that a strike can have: where it would lead somebody who has so many points."""
    part = policy.strikes
    return [Outlook(least, weight, points + weight, part.rung_of(points + weight)) for least, weight in part.points]
