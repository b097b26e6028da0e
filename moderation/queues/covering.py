"""Which queues never get a case, because one that is asked before them takes everything that fits them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from moderation.queues.values import PLACES, WAYS, Match, Queue, Source


def shadowed(queues: Sequence[Queue]) -> list[tuple[Queue, Queue]]:
    """Each queue that gets nothing, with the one before it that takes everything; `queues` in the order of asking."""
    found = []
    for at, each in enumerate(queues):
        taker = next((before for before in queues[:at] if covers(before.match, each.match)), None)
        if taker is not None:
            found.append((each, taker))
    return found


def covers(first: Match, second: Match) -> bool:
    """Whether whatever fits the second fits the first, too."""
    return (
        _all_in(second.categories, first.categories, str.__eq__)
        and _all_in(second.languages, first.languages, _is_of_language)
        and _all_in(second.domains, first.domains, _is_below)
        and _all_in(_places(second), _places(first), str.__eq__)
        and _all_in(_of(second, WAYS), _of(first, WAYS), str.__eq__)
    )


def _all_in(narrow: Collection[str], wide: Collection[str], within: Callable[[str, str], bool]) -> bool:
    """Nothing named asks nothing: it is as wide as can be."""
    if not wide:
        return True
    return bool(narrow) and all(any(within(one, other) for other in wide) for one in narrow)


def _places(match: Match) -> tuple[Source, ...]:
    """Here and elsewhere are everywhere, which is as good as not asked."""
    found = _of(match, PLACES)
    return () if len(found) == len(PLACES) else found


def _of(match: Match, kinds: Collection[Source]) -> tuple[Source, ...]:
    return tuple(each for each in match.sources if each in kinds)


def _is_of_language(one: str, other: str) -> bool:
    """A language with its regions: `pt-br` is `pt`."""
    return one.lower() == other.lower() or one.lower().startswith(f"{other.lower()}-")


def _is_below(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}")
