"""Every arrow between a quote's states that isn't drawn is refused."""

from __future__ import annotations

import itertools

import pytest

from app.posts.tables import QuoteState
from app.quotes import states


@pytest.mark.parametrize(("before", "after"), list(itertools.product(QuoteState, QuoteState)))
def test_only_drawn_arrows_are_taken(before: QuoteState, after: QuoteState) -> None:
    if after in states.ARROWS[before]:
        states.check(before, after)
    else:
        with pytest.raises(states.ForbiddenArrowError):
            states.check(before, after)


def test_every_state_has_its_arrows_written_down() -> None:
    assert set(states.ARROWS) == set(QuoteState)


def test_what_was_deleted_is_never_quoted_again() -> None:
    assert states.ARROWS[QuoteState.DELETED] == frozenset()
