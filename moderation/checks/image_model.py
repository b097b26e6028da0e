"""What asks the image classifier, of pixels that were just seen; the shipped one, and the twins of tests."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models import nudity as models_nudity
from models.errors import ModelError
from moderation.checks import nudity
from moderation.errors import CheckFailedError
from moderation.values import Nudity


class ImageScorer(Protocol):
    """An image classifier. Raises CheckFailedError where it can't score."""

    @property
    def version(self) -> str:
        """Names the model in verdicts."""

    def score(self, pictures: NDArray[np.uint8]) -> list[float]:
        """One for each of (n, 256, 256, 3): red, green and blue."""


class ShippedImageModel:
    """The classifier of the extra, as the check wants it."""

    def __init__(self, model: models_nudity.ImageModel) -> None:
        self._model = model
        self.version = model.version

    def score(self, pictures: NDArray[np.uint8]) -> list[float]:
        """One for each."""
        try:
            return self._model.score(pictures)
        except ModelError as error:
            raise CheckFailedError(nudity.NAME, str(error)) from error


def ask(model: ImageScorer | None, pictures: NDArray[np.uint8]) -> Nudity:
    """What is said of a file of which these are the pictures: the highest score, or why there is none."""
    try:
        found = model or shipped()
        if found is None:
            return Nudity(None, "", nudity.ABSENT)
        return Nudity(round(max(found.score(pictures)), 4), found.version)
    except CheckFailedError:
        return Nudity(None, "", nudity.FAILED)


@lru_cache(maxsize=1)
def shipped() -> ImageScorer | None:
    """Loaded on first use; None where the extra isn't installed. Raises CheckFailedError where it can't be used."""
    file = models_nudity.weights()
    if file is None:
        return None
    try:
        return ShippedImageModel(models_nudity.load(file))
    except ModelError as error:
        raise CheckFailedError(nudity.NAME, str(error)) from error
