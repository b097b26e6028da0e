"""Fair waiting: whatever many want at once is given to each of them in turn, however much one of them has waiting."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Things that wait, each in its owner's line; the owners take turns. Not safe for threads by itself."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[T]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, owner: str, thing: T) -> None:
        """Put a thing at the end of its owner's line; an owner who wasn't there comes last."""
        self._lines.setdefault(owner, deque()).append(thing)

    def give_back(self, owner: str, thing: T) -> None:
        """Put what was taken where it was: its owner's turn is still to come."""
        line = self._lines.pop(owner, deque())
        line.appendleft(thing)
        self._lines[owner] = line
        self._lines.move_to_end(owner, last=False)

    def take(self) -> T | None:
        """The first thing of the owner whose turn it is; None where nothing waits."""
        if not self._lines:
            return None
        owner, line = self._lines.popitem(last=False)
        thing = line.popleft()
        if line:
            self._lines[owner] = line
        return thing
