"""Where proposals and second reviews are, which ways lead on, and the functions that go them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from moderation.errors import ForbiddenArrowError
from moderation.quality.tables import ProposalRow, ProposalState, ReviewRow, ReviewState

PROPOSALS: Final[Mapping[ProposalState, frozenset[ProposalState]]] = {
    ProposalState.WAITING: frozenset(
        (ProposalState.AGREED, ProposalState.DIFFERING, ProposalState.ACCEPTED, ProposalState.SETTLED)
    ),
    ProposalState.DIFFERING: frozenset((ProposalState.SETTLED,)),
    ProposalState.AGREED: frozenset(),
    ProposalState.ACCEPTED: frozenset(),
    ProposalState.SETTLED: frozenset(),
}
REVIEWS: Final[Mapping[ReviewState, frozenset[ReviewState]]] = {
    ReviewState.WAITING: frozenset((ReviewState.AGREED, ReviewState.DIFFERING, ReviewState.LAPSED)),
    ReviewState.DIFFERING: frozenset((ReviewState.UPHELD, ReviewState.CHANGED)),
    ReviewState.AGREED: frozenset(),
    ReviewState.UPHELD: frozenset(),
    ReviewState.CHANGED: frozenset(),
    ReviewState.LAPSED: frozenset(),
}


def move_proposal(session: Session, number: int, to: ProposalState, **values: Any) -> None:
    """Move a proposal along an arrow in one atomic UPDATE. Raises ForbiddenArrowError where somebody was faster."""
    sources = [state for state, targets in PROPOSALS.items() if to in targets]
    statement = update(ProposalRow).where(ProposalRow.id == number, ProposalRow.state.in_(sources))
    if session.connection().execute(statement.values(state=to, **values)).rowcount != 1:
        raise ForbiddenArrowError(f"a proposal can't become {to} any more")
    session.get(ProposalRow, number, populate_existing=True)


def move_review(session: Session, number: int, to: ReviewState, **values: Any) -> None:
    """Move a second review along an arrow in one atomic UPDATE. Raises ForbiddenArrowError if somebody was faster."""
    sources = [state for state, targets in REVIEWS.items() if to in targets]
    statement = update(ReviewRow).where(ReviewRow.id == number, ReviewRow.state.in_(sources))
    if session.connection().execute(statement.values(state=to, **values)).rowcount != 1:
        raise ForbiddenArrowError(f"a second review can't become {to} any more")
    session.get(ReviewRow, number, populate_existing=True)
