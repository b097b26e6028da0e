"""The models of one process: read again when somebody put another version in use.

Where that version can't be read, or isn't the one that was put in use, there is no model. The text check says so, and
so does the behaviour check where the policy wants its word: posts wait, and the alarm is up, until it is there again or
somebody rolls it back. The context model holds nothing, so that nothing waits for it: the log says that it is missing.
No other version takes its place unasked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

from sqlalchemy.orm import Session

from models.behaviour import BehaviourModel
from models.context import ContextModel
from models.errors import ModelError
from models.local import behaviour, context, named
from moderation.checks import sending
from moderation.checks.model import TextScorer
from moderation.checks.text import ShippedModel, shipped_model
from moderation.errors import CheckFailedError
from moderation.learning import uses
from moderation.learning.tables import ModelUseRow
from moderation.learning.values import ModelKind

M = TypeVar("M")
log = logging.getLogger(__name__)


class InUse(Generic[M]):
    """Holds the version of a model that is in use, by the number of the row that says so."""

    kind: ModelKind

    def __init__(
        self, root: Path | None, shipped: Callable[[], M | None], load: Callable[[Path | None, str, str | None], M]
    ) -> None:
        self._root = root
        self._shipped = shipped
        self._load = load
        self._loaded: tuple[int, M | None] | None = None

    def get(self, session: Session) -> M | None:
        """The version in use; None where it can't be had, or there is none."""
        return self.of(uses.current(session, self.kind))

    def of(self, use: ModelUseRow | None) -> M | None:
        """The same for a row that was read already."""
        try:
            return self._shipped() if use is None or use.version is None else self._chosen(use, use.version)
        except CheckFailedError:
            return None

    def _chosen(self, use: ModelUseRow, version: str) -> M | None:
        if self._loaded is None or self._loaded[0] != use.id:
            self._loaded = use.id, self._load(self._root, version, use.digest)
        return self._loaded[1]


class ModelCache(InUse[TextScorer]):
    """The text model."""

    kind = ModelKind.TEXT

    def __init__(self, root: Path | None = None) -> None:
        super().__init__(root, shipped_model, load)


class BehaviourCache(InUse[BehaviourModel]):
    """The behaviour model."""

    kind = ModelKind.BEHAVIOUR

    def __init__(self, root: Path | None = None) -> None:
        super().__init__(root, lambda: sending.shipped(), load_behaviour)  # noqa: PLW0108 - asked anew each time


class ContextCache(InUse[ContextModel]):
    """The context model: none is shipped, and one that can't be read is said once."""

    kind = ModelKind.CONTEXT

    def __init__(self, root: Path | None = None) -> None:
        super().__init__(root, lambda: None, load_context)

    def _chosen(self, use: ModelUseRow, version: str) -> ContextModel | None:
        try:
            return super()._chosen(use, version)
        except CheckFailedError as error:
            log.error("the context model can't be used: %s", error)
            self._loaded = use.id, None
            return None


def load(root: Path | None, version: str, digest: str | None) -> TextScorer:
    """A version of the text model by its name, a shipped one too. Raises CheckFailedError where it isn't as it was."""
    try:
        return ShippedModel(named.load(_known(root), version, digest))
    except ModelError as error:
        raise CheckFailedError("text", str(error)) from error


def load_behaviour(root: Path | None, version: str, digest: str | None) -> BehaviourModel:
    """The same of the behaviour model."""
    try:
        return behaviour.load(_known(root), version, digest)
    except ModelError as error:
        raise CheckFailedError(sending.NAME, str(error)) from error


def load_context(root: Path | None, version: str, digest: str | None) -> ContextModel:
    """The same of the context model."""
    try:
        return context.load(_known(root), version, digest)
    except ModelError as error:
        raise CheckFailedError("context", str(error)) from error


LOADERS: Final = {ModelKind.TEXT: load, ModelKind.BEHAVIOUR: load_behaviour, ModelKind.CONTEXT: load_context}
"""How a version of each kind is read, and checked."""


def _known(root: Path | None) -> Path:
    if root is None:
        raise CheckFailedError("text", "no folder with this server's versions is known")
    return root
