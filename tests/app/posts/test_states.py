"""Every arrow between a post's states that isn't drawn is refused."""

from __future__ import annotations

import itertools

import pytest

from app.posts import states
from app.posts.tables import PostState

EVERY_PAIR = list(itertools.product([None, *PostState], PostState))


@pytest.mark.parametrize(("before", "after"), EVERY_PAIR)
def test_only_drawn_arrows_are_taken(before: PostState | None, after: PostState) -> None:
    if after in states.ARROWS[before]:
        states.check(before, after)
    else:
        with pytest.raises(states.ForbiddenArrowError):
            states.check(before, after)


def test_every_state_has_its_arrows_written_down() -> None:
    assert set(states.ARROWS) == {None, *PostState}


def test_what_is_deleted_stays_deleted() -> None:
    assert states.ARROWS[PostState.DELETED] == frozenset()
