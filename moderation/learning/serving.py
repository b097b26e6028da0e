"""The text model of one process: read again when somebody put another version in use.

Where that version can't be read, or isn't the one that was put in use, there is no model: the text check says so, posts
wait, and the alarm is up, until it is there again or somebody rolls it back. No other version takes its place unasked.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from models.errors import ModelError
from models.local import named
from moderation.checks.model import TextScorer
from moderation.checks.text import ShippedModel, shipped_model
from moderation.errors import CheckFailedError
from moderation.learning import uses
from moderation.learning.tables import ModelUseRow


class ModelCache:
    """Holds the version in use, by the number of the row that says so."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self._loaded: tuple[int, TextScorer] | None = None

    def get(self, session: Session) -> TextScorer | None:
        """The version in use; None where it can't be had, which the text check says for every post."""
        use = uses.current(session)
        try:
            return shipped_model() if use is None or use.version is None else self._chosen(use)
        except CheckFailedError:
            return None

    def _chosen(self, use: ModelUseRow) -> TextScorer:
        if self._loaded is None or self._loaded[0] != use.id:
            self._loaded = use.id, load(self._root, use.version or "", use.digest)
        return self._loaded[1]


def load(root: Path | None, version: str, digest: str | None) -> TextScorer:
    """A version by its name, a shipped one too. Raises CheckFailedError where it isn't as it was."""
    if root is None:
        raise CheckFailedError("text", "no folder with this server's versions is known")
    try:
        return ShippedModel(named.load(root, version, digest))
    except ModelError as error:
        raise CheckFailedError("text", str(error)) from error
