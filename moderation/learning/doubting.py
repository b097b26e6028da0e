"""Decisions whose label is probably wrong go back to somebody else, blind: a few a day, and never what isn't for all.

Two things make a decision doubtful: a model that was fitted without it and without its author's other posts would have
said otherwise (confident learning, `models.noise`), or the texts most like it were decided otherwise. Either can be
wrong; that is why a person is asked, who sees a case like any other. Held out examples are left alone: they measure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import noise
from models.labels import LABELS
from moderation.learning import examples
from moderation.learning.values import Example, Provenance
from moderation.quality import reviews
from moderation.quality.tables import ReviewRow, ReviewState

A_DAY: Final = 3
LEAST: Final = 40
"""Examples that say something of a label, before any of them is doubted; and so many of either kind:"""
LEAST_OF_EACH: Final = 8
MOST: Final = 3000
"""The newest: what was decided years ago isn't asked again."""
LOOKED_BACK: Final = timedelta(days=180)
APART: Final = 0.8
"""So far must the nearest texts' labels be from an example's own."""
_OF_ONE: Final = frozenset((Provenance.DECISION, Provenance.AUDIT))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A decision that looks wrong: under which label, how sure that is (0 to 1), and who says so."""

    decision_id: int
    label: str
    sureness: float
    by_model: bool
    by_neighbours: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of doubts: how many were sent back, were answered, and were answered otherwise."""

    asked: int
    answered: int
    differing: int


def find(session: Session, now: datetime) -> list[Doubt]:
    """Doubtful decisions of the last half year, the surest first; one of each decision."""
    read = [each for each in examples.read(session, now - LOOKED_BACK) if not each.held_out][-MOST:]
    if len(read) < LEAST:
        return []
    known = noise.vectors([each.text for each in read])
    best: dict[int, Doubt] = {}
    for label in LABELS:
        for doubt in _of_label(label, read, known):
            if doubt.decision_id not in best or _surer(doubt) > _surer(best[doubt.decision_id]):
                best[doubt.decision_id] = doubt
    return sorted(best.values(), key=_surer, reverse=True)


def ask(session: Session, doubts: Sequence[Doubt], now: datetime, others: Callable[[str], bool]) -> int:
    """Send the surest back, as many as the day has room for; how many. `others`: whether somebody else could answer
    than who of this name decided.
    """
    left = A_DAY - _lately(session, now)
    asked = 0
    for doubt in doubts:
        if asked >= left:
            break
        asked += reviews.doubt(session, doubt.decision_id, now, others) is not None
    return asked


def figures(session: Session, now: datetime) -> Figures:
    """Of the last half year."""
    statement = (
        select(ReviewRow.state, func.count())
        .where(ReviewRow.doubted, ReviewRow.drawn_at > now - LOOKED_BACK)
        .group_by(ReviewRow.state)
    )
    counts: dict[ReviewState, int] = {state: count for state, count in session.execute(statement)}
    unanswered = counts.get(ReviewState.WAITING, 0) + counts.get(ReviewState.LAPSED, 0)
    asked = sum(counts.values())
    return Figures(asked, asked - unanswered, asked - unanswered - counts.get(ReviewState.AGREED, 0))


def _of_label(label: str, read: Sequence[Example], known: noise.Floats) -> list[Doubt]:
    rows = [place for place, each in enumerate(read) if each.labels.get(label) is not None]
    given = np.array([(read[place].labels[label] or 0.0) >= 0.5 for place in rows], dtype=bool)
    yes = int(given.sum())
    if len(rows) < LEAST or min(yes, len(rows) - yes) < LEAST_OF_EACH:
        return []
    own, texts = [read[place] for place in rows], known[rows]
    scores = np.array([each.scores.get(label, 0.5) for each in own], dtype=np.float64)
    probabilities = noise.out_of_fold(texts, given, [each.author_uri for each in own], scores)
    shares, alike = noise.neighbours(texts, given)
    apart = np.where(alike >= noise.LEAST_NEIGHBOURS, np.abs(shares - given), 0.0)
    by_model = {each.row: each.margin for each in noise.suspects(given, probabilities)}
    doubted = sorted({*by_model, *np.flatnonzero(apart >= APART).tolist()})
    return [
        Doubt(
            own[row].decision_id,
            label,
            max(by_model.get(row, 0.0), float(apart[row]) if apart[row] >= APART else 0.0),
            row in by_model,
            bool(apart[row] >= APART),
        )
        for row in doubted
        if own[row].readers == 1 and own[row].provenance in _OF_ONE
    ]


def _surer(doubt: Doubt) -> tuple[bool, float, int]:
    """Where both say so, it comes first."""
    return doubt.by_model and doubt.by_neighbours, doubt.sureness, -doubt.decision_id


def _lately(session: Session, now: datetime) -> int:
    since = now - timedelta(days=1)
    statement = select(func.count()).select_from(ReviewRow).where(ReviewRow.doubted, ReviewRow.drawn_at > since)
    return session.scalar(statement) or 0
