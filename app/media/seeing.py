"""To look at a file: digests, the hashes of its pictures, what the classifier says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from app.media.shapes import CLASSIFIED_SIDE
from app.media.sights import Glimpse, Seen, from_json
from moderation.checks import image_model
from moderation.checks import nudity as nudity_check
from moderation.checks.image_model import ImageScorer
from moderation.listed import pdq
from moderation.listed.bank import Entry
from moderation.listed.tables import HashKind
from moderation.values import PictureBits


class Digests:
    """The digests of a file, piece by piece."""

    def __init__(self) -> None:
        self._made = [hashlib.new(name, usedforsecurity=False) for name in ("md5", "sha1", "sha256")]

    def update(self, piece: bytes) -> None:
        """The next piece."""
        for each in self._made:
            each.update(piece)

    def done(self) -> tuple[str, ...]:
        """In hexadecimal digits."""
        return tuple(each.hexdigest() for each in self._made)


def digests(body: bytes) -> tuple[str, ...]:
    """Those of a file that is here whole."""
    made = Digests()
    made.update(body)
    return made.done()


def see(made: tuple[str, ...], glimpses: Sequence[Glimpse]) -> Seen:
    """What is remembered of a file with these digests, of which this is to be seen."""
    return Seen(made, tuple(map(_picture, glimpses)))


def look(model: ImageScorer | None, made: tuple[str, ...], glimpses: Sequence[Glimpse]) -> Seen:
    """The same, and what the image classifier says of it; `model` None is the one that is installed, if one is."""
    seen = see(made, glimpses)
    if not glimpses:
        return seen
    pixels = np.frombuffer(b"".join(each.colours for each in glimpses), dtype=np.uint8)
    return replace(seen, nudity=image_model.ask(model, pixels.reshape(-1, CLASSIFIED_SIDE, CLASSIFIED_SIDE, 3)))


def _picture(glimpse: Glimpse) -> PictureBits:
    grey = np.frombuffer(glimpse.grey, dtype=np.uint8).reshape(glimpse.height, glimpse.width)
    turned = pdq.compute_turned(grey)
    return PictureBits(tuple(each.bits for each in turned), turned[0].quality)


def listable(kept: Mapping[str, Any] | None, reason: str = "") -> Iterator[Entry]:
    """The hashes by which a file is found again where somebody changed it: of its pictures, as far as they say much."""
    seen = from_json(kept)
    for each in seen.pictures if seen is not None else ():
        if each.quality >= pdq.GOOD:
            yield Entry(HashKind.PDQ, each.bits[0], reason)


def failed(seen: Seen | None) -> bool:
    """Whether the classifier should have been heard, and wasn't."""
    return seen is not None and seen.nudity is not None and seen.nudity.why == nudity_check.FAILED
