"""The states of a post and the arrows between them, as data."""

from __future__ import annotations

from app.posts.tables import PostState

S = PostState
ARROWS: dict[PostState | None, frozenset[PostState]] = {
    None: frozenset({S.WAITING, S.HELD, S.PUBLISHED, S.REJECTED}),
    S.WAITING: frozenset({S.HELD, S.PUBLISHED, S.REJECTED, S.DELETED}),
    S.HELD: frozenset({S.PUBLISHED, S.REJECTED, S.DELETED}),
    S.PUBLISHED: frozenset({S.HELD, S.WITHDRAWN, S.DELETED}),
    S.WITHDRAWN: frozenset({S.PUBLISHED, S.HELD, S.DELETED}),
    S.REJECTED: frozenset({S.PUBLISHED, S.HELD, S.DELETED}),
    S.DELETED: frozenset(),
}
"""None: a post that isn't stored yet. Published → held is a wave that crossed its line after its first few;
rejected or withdrawn → held a decision about what had waited, taken back."""

EDITABLE = (S.PUBLISHED, S.HELD, S.WAITING)


class ForbiddenArrowError(Exception):
    """A post can't go from this state to that one."""

    def __init__(self, before: PostState | None, after: PostState) -> None:
        super().__init__(f"a post can't go from {before or 'nothing'} to {after}")


def check(before: PostState | None, after: PostState) -> None:
    """Raise ForbiddenArrowError unless the arrow is drawn."""
    if after not in ARROWS[before]:
        raise ForbiddenArrowError(before, after)
