"""A poll as it is kept with its post: `options` ({title, votes}), `multiple`, `hide_totals`, `expires_at` (ISO 8601, or
nothing where it never ends), `voters`; of a member's, `expires_in` (seconds), and `closed_at` once all were told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

Poll = Mapping[str, Any]


def ends_at(poll: Poll) -> datetime | None:
    """When it is over; None for one that never is."""
    given = poll.get("expires_at")
    return datetime.fromisoformat(given) if isinstance(given, str) else None


def is_over(poll: Poll, now: datetime) -> bool:
    """Whether nobody can vote any more."""
    ends = ends_at(poll)
    return ends is not None and ends <= now


def titles(poll: Poll) -> list[str]:
    """The options' names, in order."""
    return [str(option["title"]) for option in poll["options"]]


def votes(poll: Poll) -> list[int]:
    """How often each was chosen."""
    return [int(option.get("votes") or 0) for option in poll["options"]]


def question(poll: Poll) -> tuple[bool, list[str]]:
    """What is asked: with another question, the votes so far answer nothing."""
    return bool(poll["multiple"]), titles(poll)


def same_question(one: Poll | None, other: Poll | None) -> bool:
    """Whether both ask the same; no poll and no poll do."""
    if one is None or other is None:
        return one is other
    return question(one) == question(other)


def same_rules(one: Poll | None, other: Poll | None) -> bool:
    """Whether nothing but numbers differs."""
    if one is None or other is None:
        return one is other
    hidden = [bool(poll.get("hide_totals")) for poll in (one, other)]
    return same_question(one, other) and ends_at(one) == ends_at(other) and hidden[0] == hidden[1]


def counted(poll: Poll, choices: Iterable[int], *, voters: int, by: int = 1) -> dict[str, Any]:
    """The poll with these choices counted, and so many voters more; `by=-1` takes them away."""
    tally = votes(poll)
    for choice in choices:
        tally[choice] = max(0, tally[choice] + by)
    there = poll.get("voters")
    return {
        **poll,
        "options": [{**option, "votes": number} for option, number in zip(poll["options"], tally, strict=True)],
        "voters": None if there is None else max(0, int(there) + by * voters),
    }


def carried(old: Poll, new: Poll) -> dict[str, Any]:
    """The new version of a member's poll that asks the same: the votes stay."""
    kept = {"options": list(old["options"]), "voters": old.get("voters")}
    same_end = old.get("expires_at") == new.get("expires_at")
    return {**new, **kept, **({"closed_at": old["closed_at"]} if same_end and "closed_at" in old else {})}


def started(poll: Poll, now: datetime) -> dict[str, Any]:
    """A member's poll whose clock starts now: while its post waited nobody could vote."""
    ends = now + timedelta(seconds=int(poll["expires_in"]))
    return {**{name: value for name, value in poll.items() if name != "closed_at"}, "expires_at": ends.isoformat()}
