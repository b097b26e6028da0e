"""Strikes: decisions that count against a member until they expire, or were taken back.

A strike is its decision. What it weighs and when it expires is written down with it, by the policy of that day, so that
another policy changes nothing for those who were struck before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.appeals.tables import AppealOutcome, AppealRow
from moderation.authors import severities
from moderation.cases.in_force import ORIGINAL
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.policy import store
from moderation.policy.strikes import DEFAULT
from moderation.policy.values import Policy
from moderation.rows import slices
from moderation.values import Action

MOST: Final = 200
ENDED_BY: Final = "policy"
"""Who takes back decisions whose term is over: the strike stays until it expires."""
LABELS_OF_RULES: Final = "what_the_rules_of_the_house_are_about"
"""Under this name a session's `info` carries what moderation can't know by itself."""
LabelsOfRules = Callable[[Session, str], Sequence[str]]


class StrikeState(StrEnum):
    """Whether a strike counts."""

    ACTIVE = "active"
    EXPIRED = "expired"
    LIFTED = "lifted"
    """Its decision was taken back."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A decision that counts, or did."""

    decision_id: int
    action: Action
    rule_id: str | None
    points: int
    at: datetime
    expires_at: datetime
    state: StrikeState


def record(session: Session, case: CaseRow, rule_id: str | None, now: datetime) -> dict[str, Any]:
    """What a decision writes down about its strike, among its effects."""
    policy = store.current(session)
    grave = severities.of(policy, label_of(session, policy, case.label, rule_id))
    expires = now + timedelta(days=policy.strikes.days)
    return {"strike": policy.strikes.points_of(grave), "expires_at": expires.isoformat()}


def label_of(session: Session, policy: Policy, label: str | None, rule_id: str | None) -> str | None:
    """As what something weighs: as what the rule says that a person named, the gravest where it is about several, and
    as the case's label where the rule is about that, or about nothing, or none was named."""
    knows: LabelsOfRules | None = session.info.get(LABELS_OF_RULES)
    about = knows(session, rule_id) if knows is not None and rule_id is not None else ()
    if not about or label in about:
        return label
    return max(about, key=lambda kind: severities.of(policy, kind))


def of(session: Session, uri: str, now: datetime) -> list[Strike]:
    """A member's strikes, the newest first, those that count no more among them."""
    statement = (
        select(DecisionRow)
        .where(DecisionRow.author_uri == uri, DecisionRow.strike, ORIGINAL)
        .order_by(DecisionRow.id.desc())
        .limit(MOST)
    )
    rows = list(session.scalars(statement))
    lifted = _lifted(session, [row.id for row in rows])
    return [_strike(row, now, lifted=row.id in lifted) for row in rows]


def active(strikes: Iterable[Strike]) -> list[Strike]:
    """Those that count."""
    return [each for each in strikes if each.state is StrikeState.ACTIVE]


def _lifted(session: Session, decisions: Sequence[int]) -> set[int]:
    """Those taken back by a person, or found wrong by an appeal after their term was over."""
    found: set[int | None] = set()
    for part in slices(decisions):
        reversed_ = select(DecisionRow.reverses_id)
        found.update(
            session.scalars(reversed_.where(DecisionRow.reverses_id.in_(part), DecisionRow.made_by != ENDED_BY))
        )
        wrong = (AppealOutcome.OVERTURN, AppealOutcome.VARY)
        appeals = select(AppealRow.decision_id)
        found.update(session.scalars(appeals.where(AppealRow.decision_id.in_(part), AppealRow.outcome.in_(wrong))))
    return {number for number in found if number is not None}


def _strike(row: DecisionRow, now: datetime, *, lifted: bool) -> Strike:
    noted = next((each for each in row.effects if "strike" in each), None)
    default = row.made_at + timedelta(days=DEFAULT["days"])
    expires = datetime.fromisoformat(noted["expires_at"]) if noted is not None else default
    state = StrikeState.LIFTED if lifted else StrikeState.ACTIVE if now < expires else StrikeState.EXPIRED
    points = int(noted["strike"]) if noted is not None else 1
    return Strike(row.id, row.action, row.rule_id, points, row.made_at, expires, state)
