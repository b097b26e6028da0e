"""What leads do about the models: have them learn, put a version in use, roll it back; each stands in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from app.accounts.tables import AccountRow
from app.database.engine import after_commit
from app.reviewing import people
from app.services import Services
from app.stores.jobs import Job
from models import artefact, behaviour, registry
from models.errors import ArtefactError, UnknownVersionError
from models.local import files
from moderation.errors import CheckFailedError, NotFoundError, RefusedError
from moderation.learning import serving, trainings, uses
from moderation.learning.values import ModelKind


def ask(services: Services, account: AccountRow) -> None:
    """Have all of them learn anew. Raises ForbiddenError, RefusedError."""
    ask_as(services, people.require(account, people.RULES))


def ask_as(services: Services, by: str, kinds: Sequence[ModelKind] = tuple(ModelKind)) -> None:
    """The same by a name, for the command line; of some models, if not of all."""
    with services.db.write() as session:
        trainings.ask(session, by, services.clock.now(), kinds)
        after_commit(session, lambda: services.nudger.nudge(Job.LEARN))


def cancel(services: Services, account: AccountRow) -> None:
    """End all trainings that wait or are under way. Raises ForbiddenError, RefusedError where there are none."""
    cancel_as(services, people.require(account, people.RULES))


def cancel_as(services: Services, by: str) -> None:
    """The same by a name, for the command line."""
    with services.db.write() as session:
        trainings.cancel(session, by, services.clock.now())


def promote(services: Services, account: AccountRow, version: str) -> None:
    """Put a version of this server's own in use. Raises ForbiddenError, NotFoundError, RefusedError."""
    promote_as(services, people.require(account, people.RULES), version)


def promote_as(services: Services, by: str, version: str) -> None:
    """The same by a name. What can't be read is never put in use."""
    with services.db.read() as session:
        training = trainings.of_version(session, version)
    try:
        serving.LOADERS[training.kind](files.root(services.settings.data_dir), version, training.digest)
    except CheckFailedError as error:
        raise RefusedError("its files aren't here as they were written") from error
    with services.db.write() as session:
        uses.promote(session, version, by, services.clock.now())


def put_shipped(services: Services, account: AccountRow, name: str = "", kind: ModelKind = ModelKind.TEXT) -> None:
    """Put a shipped version in use, the current one unless another is named; of the context model: ask none. Raises
    ForbiddenError, NotFoundError, RefusedError."""
    put_shipped_as(services, people.require(account, people.RULES), name, kind)


def put_shipped_as(services: Services, by: str, name: str = "", kind: ModelKind = ModelKind.TEXT) -> None:
    """The same by a name."""
    version, digest = _older(name, kind) if name else (None, None)
    with services.db.write() as session:
        uses.put_shipped(session, by, services.clock.now(), version, digest, kind)


def _older(name: str, kind: ModelKind) -> tuple[str | None, str | None]:
    """The shipped version of a name and its digest, every file of it checked; neither where it is the current one."""
    try:
        return SHIPPED[kind](name)
    except (KeyError, UnknownVersionError) as error:
        raise NotFoundError("there is no such version") from error
    except ArtefactError as error:
        raise RefusedError("its files aren't here as they were written") from error


def _older_text(name: str) -> tuple[str | None, str | None]:
    found = registry.named(name)
    found.manifest()
    return (None, None) if found.current else (found.name, found.digest())


def _older_behaviour(name: str) -> tuple[str | None, str | None]:
    folder = behaviour.named(name)
    behaviour.load(folder)
    return (None, None) if folder == behaviour.current() else (name, artefact.version_digest(folder))


SHIPPED: Final[Mapping[ModelKind, Callable[[str], tuple[str | None, str | None]]]] = {
    ModelKind.TEXT: _older_text,
    ModelKind.BEHAVIOUR: _older_behaviour,
}


def roll_back(services: Services, account: AccountRow, kind: ModelKind = ModelKind.TEXT) -> None:
    """Put in use again what was in use before. Raises ForbiddenError, RefusedError."""
    roll_back_as(services, people.require(account, people.RULES), kind)


def roll_back_as(services: Services, by: str, kind: ModelKind = ModelKind.TEXT) -> None:
    """The same by a name."""
    with services.db.write() as session:
        uses.roll_back(session, by, services.clock.now(), kind)
