"""What others said of cases who read them and knew nothing of the decision; and what people said of golden cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import warnings
from moderation.planning.readers import Golden
from moderation.quality.ratings import OF_ACTION, Rating, from_json
from moderation.quality.tables import (
    GoldenAnswerRow,
    GoldenRow,
    ProposalKind,
    ProposalRow,
    ProposalState,
    ReviewRow,
    ReviewState,
)
from moderation.rows import slices
from moderation.values import Action


class Given(NamedTuple):
    """An answer: what was done, by which rule, and the label put before the post."""

    action: Action
    rule_id: str | None
    warned: str | None


class Others(NamedTuple):
    """Answers besides the decision that stands, in the order in which they came. `by_chance`: whether a second one came
    of a draw, or of what the first one said, and not since somebody or something doubted it."""

    before: tuple[Given, ...] = ()
    after: tuple[Given, ...] = ()
    by_chance: bool = False


NOBODY: Final = Others()


def read(session: Session, decided: Mapping[int, Any]) -> dict[int, Others]:
    """By case, what others said. `decided`: by case, the decision that stands, with `id`, `action` and `rule_id`."""
    return _opinions(session, decided) | _reviews(session, decided)


def _reviews(session: Session, decided: Mapping[int, Any]) -> dict[int, Others]:
    """A lead who ruled has read it, too: what was changed stands as the lead's own decision, after the two others."""
    found: dict[int, Others] = {}
    for part in slices(decided):
        query = select(ReviewRow).where(ReviewRow.case_id.in_(part), ReviewRow.second_by.is_not(None))
        for row in session.scalars(query.order_by(ReviewRow.id)):
            own, second, by_chance = decided[row.case_id], _given(row.second_request), not row.doubted
            if row.state is ReviewState.CHANGED and row.decision_id != own.id:
                found[row.case_id] = Others((Given(row.first_action, row.first_rule, None), *second), (), by_chance)
            elif row.decision_id == own.id:
                lead = (Given(own.action, own.rule_id, None),) if row.state is ReviewState.UPHELD else ()
                found[row.case_id] = Others((), (*second, *lead), by_chance)
    return found


def _opinions(session: Session, decided: Mapping[int, Any]) -> dict[int, Others]:
    """Who asked for one was unsure, so that it says nothing of how often people are wrong."""
    found: dict[int, Others] = {}
    for part in slices(decided):
        query = select(ProposalRow).where(ProposalRow.case_id.in_(part), ProposalRow.kind == ProposalKind.SECOND)
        for row in session.scalars(query.where(ProposalRow.second_by.is_not(None)).order_by(ProposalRow.id)):
            if row.decision_id != decided[row.case_id].id:
                continue
            first, second = _given(row.request), _given(row.second_request)
            agreed = row.state is ProposalState.AGREED
            found[row.case_id] = Others((), second) if agreed else Others((*first, *second))
    return found


def _given(request: Mapping[str, Any] | None) -> tuple[Given, ...]:
    if request is None:
        return ()
    given = from_json(request)
    return (Given(given.action, given.rule_id, warnings.label_of(given.warning)),)


def golden(session: Session, since: datetime) -> Golden:
    """How golden cases in use were answered since then: those that are harmless, and those that break a rule."""
    query = (
        select(GoldenAnswerRow.action, GoldenRow.accepted)
        .join(GoldenRow, GoldenRow.id == GoldenAnswerRow.golden_id)
        .where(GoldenAnswerRow.answered_at > since, GoldenRow.retired_at.is_(None))
    )
    return _counted((action, accepted) for action, accepted in session.execute(query) if action is not None)


def _counted(answers: Iterable[tuple[Action, Sequence[str]]]) -> Golden:
    harmless = alarms = harmful = overlooked = 0
    for action, accepted in answers:
        keeps = OF_ACTION[action] is Rating.KEEP
        if Rating.KEEP not in accepted:
            harmful, overlooked = harmful + 1, overlooked + keeps
        elif len(accepted) == 1:
            harmless, alarms = harmless + 1, alarms + (not keeps)
    return Golden(harmless, alarms, harmful, overlooked)
