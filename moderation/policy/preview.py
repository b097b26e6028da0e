"""What another policy would have held yesterday, with ten posts to read, before anybody publishes it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.checks.model import TextScorer
from moderation.evidence.tables import SnapshotRow
from moderation.policy.document import merged
from moderation.policy.parsing import parse
from moderation.policy.store import assemble, current
from moderation.policy.values import Policy
from moderation.rows import table_of
from moderation.second_model import SecondScorer
from moderation.values import Outcome
from moderation.verdicts.tables import VerdictRow

LOOKED_BACK: Final = timedelta(days=1)
LOOKED_AT: Final = 50_000
TO_READ: Final = 10


_BothLines = tuple[Mapping[str, float], Mapping[str, float]]
"""By label, the models' lines on the first stage's scores, and on the second's."""


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """A post on which the two policies differ. `text` is None where no evidence was kept: the app has the post."""

    uri: str
    label: str
    score: float
    held_before: bool
    held_after: bool
    text: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a day's public posts would have come to. `judged` of them were looked at; `whole` is False if not all."""

    judged: int
    whole: bool
    held_before: int
    held_after: int
    newly_held: int
    newly_let_in: int
    budget: int
    to_read: tuple[PreviewItem, ...]


@dataclass(frozen=True, slots=True)
class _Difference:
    uri: str
    label: str
    score: float
    before: bool
    after: bool


def preview(
    session: Session,
    document: Mapping[str, Any],
    now: datetime,
    *,
    model: TextScorer | None = None,
    second: SecondScorer | None = None,
    rng: random.Random | None = None,
) -> Preview:
    """Compare a document, or some of its parts, with the policy in force. Raises BadPolicyError.

    `document` may name just what changes, such as {"labels": {"spam": {"hold": 0.9}}}. `model` gives the lines that
    read "model", `second` those on scores of the second stage. Scores of the last day are decided again; waves and
    domain rules are as they were.
    """
    before = current(session)
    wanted = merged(before.document, document)
    parse(wanted)
    after = assemble(
        wanted,
        version=before.version,
        started_at=before.started_at,
        human_decisions=before.human_decisions,
        loosened_until=before.loosened_until,
        adapted=before.adapted,
    )
    rows = _facts(session, now)
    holds = (model.hold_lines if model else {}, second.hold_lines if second else {})
    found = [_compare(uri, facts, before, after, holds, now) for uri, facts in rows]
    differing = [each for each in found if each.before != each.after]
    return Preview(
        judged=len(found),
        whole=len(rows) < LOOKED_AT,
        held_before=sum(each.before for each in found),
        held_after=sum(each.after for each in found),
        newly_held=sum(each.after for each in differing),
        newly_let_in=sum(each.before for each in differing),
        budget=after.budget.cases_per_moderator,
        to_read=_to_read(session, differing or [each for each in found if each.after], rng or random.Random()),
    )


def _facts(session: Session, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    table = table_of(VerdictRow)
    statement = (
        select(table.c.uri, table.c.facts)
        .where(table.c.made_at > now - LOOKED_BACK, table.c.facts.is_not(None), ~table.c.by_person)
        .where(table.c.outcome != Outcome.REJECT)
        .order_by(table.c.made_at.desc())
        .limit(LOOKED_AT)
    )
    return [(uri, facts) for uri, facts in session.execute(statement)]


def _compare(
    uri: str,
    facts: Mapping[str, Any],
    before: Policy,
    after: Policy,
    lines: _BothLines,
    now: datetime,
) -> _Difference:
    scores: dict[str, float] = facts.get("s", {})
    trusted = bool(facts.get("p") or facts.get("m"))
    held = [_held(facts, policy, lines, now, trusted) for policy in (before, after)]
    label = next((name for name in (held[1], held[0]) if name), "") or max(scores, key=scores.__getitem__, default="")
    return _Difference(uri, label, scores.get(label, 0.0), held[0] is not None, held[1] is not None)


def _held(facts: Mapping[str, Any], policy: Policy, lines: _BothLines, now: datetime, trusted: bool) -> str | None:
    """The label for which a policy would hold; None if it wouldn't."""
    points, limit = facts.get("b"), policy.behaviour.hold
    if points is not None and limit is not None and points >= limit:
        return "spam"
    if trusted:
        return None
    sent, line = facts.get("w"), policy.sending.hold
    if sent is not None and isinstance(line, float) and sent >= line:
        return "spam"
    asked: Mapping[str, float] = facts.get("z", {})
    for label, first in facts.get("s", {}).items():
        drawn = policy.hold_line(label, lines[label in asked], now)
        if drawn is not None and asked.get(label, first) >= drawn:
            return str(label)
    return None


def _to_read(session: Session, found: list[_Difference], rng: random.Random) -> tuple[PreviewItem, ...]:
    chosen = rng.sample(found, min(TO_READ, len(found)))
    statement = (
        select(SnapshotRow.uri, SnapshotRow.text)
        .where(SnapshotRow.uri.in_([each.uri for each in chosen]))
        .order_by(SnapshotRow.seq)
    )
    texts: dict[str, str] = {uri: text for uri, text in session.execute(statement)}
    return tuple(
        PreviewItem(each.uri, each.label, each.score, each.before, each.after, texts.get(each.uri)) for each in chosen
    )
