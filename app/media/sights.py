"""What is remembered of a file that was seen: digests, the hashes of its pictures, what the classifier said of them.

Who only reads it needs nothing of what looks at files (app.media.seeing), which brings numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from moderation.values import Media, Nudity, PictureBits


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A picture, or a moment of one that moves, as it is looked at: `grey` is (height, width), one byte each; `colours`
    are 256 by 256 pixels of red, green and blue."""

    width: int
    height: int
    grey: bytes
    colours: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """`digests`: MD5, SHA-1 and SHA-256 of the bytes as they were sent."""

    digests: tuple[str, ...]
    pictures: tuple[PictureBits, ...] = ()
    nudity: Nudity | None = None


def to_json(seen: Seen) -> dict[str, Any]:
    """As a row keeps it."""
    said = seen.nudity
    return {
        "digests": list(seen.digests),
        "pictures": [{"bits": list(each.bits), "quality": each.quality} for each in seen.pictures],
        "nudity": None if said is None else {"score": said.score, "version": said.version, "why": said.why},
    }


def from_json(kept: Mapping[str, Any] | None) -> Seen | None:
    """Back from a row; None of what was seen before this was kept."""
    if not kept:
        return None
    said = kept.get("nudity")
    return Seen(
        tuple(kept["digests"]),
        tuple(PictureBits(tuple(each["bits"]), each["quality"]) for each in kept["pictures"]),
        None if said is None else Nudity(said["score"], said["version"], said["why"]),
    )


def known(media: Media, sha256: str | None, kept: Mapping[str, Any] | None) -> Media:
    """The same file, with what is remembered of it."""
    seen = from_json(kept)
    if seen is None:
        return replace(media, sha256=sha256, digests=(sha256,) if sha256 else ())
    return replace(media, sha256=sha256, digests=seen.digests, pictures=seen.pictures, nudity=seen.nudity)
