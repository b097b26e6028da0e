"""The numbers that a batch is judged against, and the stamps of what is remembered: all in one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, select
from sqlalchemy.orm import Session

from moderation import budget
from moderation.audits import spreading
from moderation.authors.tables import AuthorRow
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.columns import Instant
from moderation.domains import rules
from moderation.duplicates import index
from moderation.instance_rules import keeping as instance_rules
from moderation.learning.tables import ModelUseRow
from moderation.patterns import keeping as patterns
from moderation.policy import store
from moderation.policy.store import Stamp
from moderation.policy.values import Policy
from moderation.quality.staging import PREFIX
from moderation.rows import ask
from moderation.values import CaseOrigin
from moderation.verdicts.tables import VerdictRow

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """As they are at one moment."""

    policy: Stamp
    rules_version: int
    first_author_at: datetime | None
    """When the first author was met."""
    newest_verdict: int
    moderators: int
    """How many people decided something lately; one at least, who runs the place."""
    singles: int
    waves: int
    audits: int
    """Cases that machines made within a day."""
    waves_in_force: bool
    """Whether there is a wave to be looked for."""
    models_chosen: bool
    """Whether somebody ever chose a model."""
    patterns: patterns.Stamp
    instance_rules: instance_rules.Stamp

    @classmethod
    def read(cls, session: Session, now: datetime) -> Figures:
        """Ask."""
        row = ask(session, _FIGURES, {"a_week_ago": now - budget.ACTIVE, "a_day_ago": now - DAY, "now": now}).one()
        version, first, verdict, moderators, singles, waves, audits, in_force, chosen, *stamps = row[len(store.STAMP) :]
        return cls(
            Stamp(*row[: len(store.STAMP)]),
            version,
            first,
            verdict,
            max(1, moderators),
            singles,
            waves,
            audits,
            bool(in_force),
            bool(chosen),
            tuple(stamps[: len(patterns.STAMP)]),
            tuple(stamps[len(patterns.STAMP) :]),
        )

    def cases_left(self, policy: Policy) -> tuple[int, int]:
        """What is left of the budget, for single cases and for waves."""
        return budget.left_of(policy.budget, self.moderators, self.singles, self.waves)

    def audits_left(self, policy: Policy) -> int:
        """What is left of the audits of a day, at most."""
        return max(0, spreading.bound(policy.audits.per_day) - self.audits)

    def acquainted(self, policy: Policy, now: datetime) -> bool:
        """Whether 7 days or 1,000 posts are known: before, everybody is a stranger."""
        if self.first_author_at is None:
            return False
        old = now - self.first_author_at >= timedelta(days=policy.acquaintance.days)
        return old or self.newest_verdict >= policy.acquaintance.posts


def _figures() -> Select[Any]:
    first_author = select(AuthorRow.first_seen_at).order_by(AuthorRow.id).limit(1)
    lately = DecisionRow.made_at > bindparam("a_week_ago", type_=Instant)
    moderators = select(func.count(func.distinct(DecisionRow.made_by))).where(lately)
    return select(
        *store.STAMP,
        rules.VERSION,
        first_author.scalar_subquery(),
        func.coalesce(select(func.max(VerdictRow.id)).scalar_subquery(), 0),
        moderators.scalar_subquery(),
        _made(*budget.MACHINE),
        _made(CaseOrigin.WAVE),
        _drawn(),
        exists(index.IN_FORCE),
        exists(select(ModelUseRow.id)),
        *patterns.STAMP,
        *instance_rules.STAMP,
    ).where(CaseRow.opened_at > bindparam("a_day_ago", type_=Instant))


def _made(*origins: CaseOrigin) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((CaseRow.origin.in_(origins), 1), else_=0)), 0)


def _drawn() -> ColumnElement[int]:
    """Samples of what machines do; staged cases look like them and are none."""
    real = (CaseRow.origin == CaseOrigin.AUDIT) & ~CaseRow.uri.startswith(PREFIX)
    return func.coalesce(func.sum(case((real, 1), else_=0)), 0)


_FIGURES = _figures()
"""Made once: building it costs more than asking."""
