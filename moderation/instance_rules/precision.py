"""How often people agreed with a rule: what they decided of what it matched, by weeks and by versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.cases.in_force import ORIGINAL, STANDS
from moderation.cases.tables import DecisionRow
from moderation.instance_rules.tables import HitMode, RuleHitRow
from moderation.recording import verdicts
from moderation.rows import slices
from moderation.values import Action, Outcome

ALLOWING: Final = frozenset((Action.APPROVE, Action.NO_ACTION))
WEEKS: Final = 12
MOST: Final = 5000
"""Hits of a rule that are looked at, the latest."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Of what a rule matched in a span of time."""

    since: datetime
    version: int
    """The newest that matched anything then."""
    matched: int
    restrained: int
    allowed: int
    failed: int

    @property
    def precision(self) -> float | None:
        """Which part of what people decided about they restrained; None where they decided about nothing."""
        decided = self.restrained + self.allowed
        return self.restrained / decided if decided else None


def decided(session: Session, uris: Iterable[str]) -> dict[str, bool]:
    """By URI, whether people restrained it (True) or let it be (False); what nobody decided about is left out."""
    found: dict[str, bool] = {}
    wanted = list(dict.fromkeys(uris))
    for uri, verdict in verdicts.latest_words(session, wanted).items():
        found[uri] = verdict.outcome is not Outcome.APPROVE
    for part in slices(wanted):
        query = select(DecisionRow.uri, DecisionRow.action).where(DecisionRow.uri.in_(part), ORIGINAL, STANDS)
        for uri, action in session.execute(query.order_by(DecisionRow.id)):
            found[uri] = action not in ALLOWING
    return found


def by_week(session: Session, rule_id: int, now: datetime) -> list[Counted]:
    """The last twelve weeks in which it matched anything, the latest first."""
    hits = _hits(session, rule_id, now - timedelta(weeks=WEEKS))
    people = decided(session, [uri for _, _, uri, _ in hits])
    weeks: dict[int, list[tuple[datetime, int, str, HitMode]]] = {}
    for hit in hits:
        weeks.setdefault((now - hit[0]).days // 7, []).append(hit)
    return [_counted(now - timedelta(weeks=week + 1), each, people) for week, each in sorted(weeks.items())]


def totals(session: Session, now: datetime) -> dict[int, Counted]:
    """By rule, the last four weeks."""
    since = now - timedelta(weeks=4)
    numbers = session.scalars(select(RuleHitRow.rule_id).where(RuleHitRow.at > since).distinct())
    found = {}
    for number in numbers:
        hits = _hits(session, number, since)
        found[number] = _counted(since, hits, decided(session, [uri for _, _, uri, _ in hits]))
    return found


def latest(session: Session, rule_id: int, limit: int) -> list[str]:
    """URIs that it matched last."""
    matched = select(RuleHitRow.uri).where(RuleHitRow.rule_id == rule_id, RuleHitRow.mode != HitMode.FAILED)
    return list(session.scalars(matched.order_by(RuleHitRow.at.desc(), RuleHitRow.id.desc()).limit(limit)))


def failures(session: Session, rule_id: int, version: int) -> int:
    """How often this version couldn't be answered."""
    failed = (RuleHitRow.rule_id == rule_id, RuleHitRow.version == version, RuleHitRow.mode == HitMode.FAILED)
    return session.scalar(select(func.count()).select_from(RuleHitRow).where(*failed)) or 0


def _hits(session: Session, rule_id: int, since: datetime) -> list[tuple[datetime, int, str, HitMode]]:
    query = (
        select(RuleHitRow.at, RuleHitRow.version, RuleHitRow.uri, RuleHitRow.mode)
        .where(RuleHitRow.rule_id == rule_id, RuleHitRow.at > since)
        .order_by(RuleHitRow.at.desc())
        .limit(MOST)
    )
    return [(at, version, uri, mode) for at, version, uri, mode in session.execute(query)]


def _counted(
    since: datetime, hits: Sequence[tuple[datetime, int, str, HitMode]], people: Mapping[str, bool]
) -> Counted:
    matched = [uri for _, _, uri, mode in hits if mode is not HitMode.FAILED]
    words = [people[uri] for uri in matched if uri in people]
    return Counted(
        since,
        max(version for _, version, _, _ in hits),
        len(matched),
        sum(words),
        len(words) - sum(words),
        len(hits) - len(matched),
    )
