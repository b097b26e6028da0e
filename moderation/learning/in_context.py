"""Learning the context model from what people decided, and whether it says more than the text alone.

The standing is the one that the door saw, from the verdict's facts: what was decided since isn't known to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import context
from models.context import LABELS, ContextModel, Decided, Standing
from moderation.checks import in_context
from moderation.learning import examples
from moderation.learning.propensity import CLIP
from moderation.learning.values import Example
from moderation.rows import slices
from moderation.verdicts.tables import VerdictRow

LAST: Final = 0.2
"""Which part of the decisions, the latest, is measured on and not learnt from."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post with what people said of it, by label."""

    decided: tuple[Decided, ...]
    held_out: bool


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of it: `before` and `after` are Brier scores of the text alone and in its context, on later posts."""

    model: ContextModel | None
    learnt: int
    measured: int
    before: float = 0.0
    after: float = 0.0

    @property
    def is_better(self) -> bool:
        """Whether it is worth asking."""
        return self.model is not None and self.measured > 0 and self.after < self.before


def posts(session: Session) -> list[Post]:
    """What there is to learn from, oldest first: public posts whose standing is still known."""
    found = examples.read(session)
    standings = _standings(session, [each.uri for each in found])
    read = [(each, _at(standings.get(each.uri, ()), each.decided_at)) for each in found]
    made = [Post(_decided(each, standing), each.held_out) for each, standing in read if standing is not None]
    return [each for each in made if each.decided]


def learn(found: Sequence[Post]) -> Learnt:
    """By time: what came last, and what is held out, is measured on. No model from fewer than 200 posts."""
    learnable = [each for each in found if not each.held_out]
    first = int(len(learnable) * (1 - LAST))
    learnt, measured = learnable[:first], [*learnable[first:], *(each for each in found if each.held_out)]
    if len(learnable) < context.LEAST_DECISIONS:
        return Learnt(None, len(learnt), len(measured))
    model = context.fit([one for each in learnt for one in each.decided])
    if model is None:
        return Learnt(None, len(learnt), len(measured))
    ones = [one for each in measured for one in each.decided]
    before = _brier(ones, [one.score for one in ones])
    after = _brier(ones, [model.score(one.label, one.score, one.standing) for one in ones])
    return Learnt(model, len(learnt), len(measured), before, after)


def _brier(ones: Sequence[Decided], scores: Sequence[float]) -> float:
    whole = sum(one.counts for one in ones)
    wrong = sum(one.counts * (score - one.upheld) ** 2 for one, score in zip(ones, scores, strict=True))
    return wrong / whole if whole else 0.0


def _decided(example: Example, standing: Standing) -> tuple[Decided, ...]:
    counts = min(CLIP, 1.0 / example.propensity) if example.propensity else 1.0
    said = [(label, example.labels.get(label), example.scores.get(label)) for label in LABELS]
    return tuple(
        Decided(label, score, standing, upheld, counts)
        for label, upheld, score in said
        if upheld is not None and score is not None
    )


def _standings(session: Session, uris: Sequence[str]) -> dict[str, list[tuple[datetime, Standing]]]:
    """By post, what the door saw each time that it judged, oldest first; never a private one's."""
    found: dict[str, list[tuple[datetime, Standing]]] = defaultdict(list)
    columns = select(VerdictRow.uri, VerdictRow.made_at, VerdictRow.facts)
    for part in slices(uris):
        query = columns.where(VerdictRow.uri.in_(part), VerdictRow.by_person.is_(False)).order_by(VerdictRow.id)
        for uri, made_at, facts in session.execute(query):
            known: dict[str, Any] = facts or {}
            standing = in_context.unpacked(known)
            if standing is not None:
                found[uri].append((made_at, standing))
    return found


def _at(seen: Sequence[tuple[datetime, Standing]], at: datetime) -> Standing | None:
    before = [standing for made_at, standing in seen if made_at <= at]
    return before[-1] if before else None
