"""What `ostiary model` does about a server's own versions, which its database and its data directory know."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from click import ClickException

from app.settings import from_environment
from workers.cli.common import one_line, services

if TYPE_CHECKING:
    from models.registry import Version
    from models.textmodel import TextModel
    from moderation.learning.values import ModelKind

BY: Final = "command line"
READ_AT_ONCE: Final = 400
TAKEN: Final = "  a worker has taken it: /review/model and `ostiary model list` say how far it is, and what came of it"


def is_there(port: int, data: Path | None) -> bool:
    """Whether this machine has a server's data at all: listing what is shipped makes none."""
    with one_line():
        return from_environment(port, data).data_dir.is_dir()


def listed(port: int, data: Path | None) -> tuple[list[str], dict[ModelKind, str]]:
    """A line for each version of this server's own, and for the last training of each model where it made none; and
    the version of each model that this server put in use: where it put none, the current shipped one is asked."""
    from app.learning import training
    from moderation.learning import trainings, uses
    from moderation.learning.values import ModelKind

    if not is_there(port, data):
        return [], {}
    with services(port, data) as made, made.db.read() as session:
        chosen = {kind: use.version for kind, use in uses.in_force(session).items() if use.version is not None}
        rows = [row for kind in ModelKind for row in reversed(trainings.several(session, 50, kind))]
        lines = [
            f"{'*' if row.version in chosen.values() else ' '} {row.version}  {(row.digest or '')[:16]}  "
            f"{training.describe(row)}"
            for row in rows
            if row.version is not None
        ]
        last = [row for kind in ModelKind for row in trainings.several(session, 1, kind) if row.version is None]
        lines += [f"- training {row.id}, asked for {_at(row.asked_at)}: {training.describe(row)}" for row in last]
    return lines, chosen


def in_use(port: int, data: Path | None) -> TextModel:
    """The text model that judges here: what this server put in use, the current shipped one where it has no data.

    Raises ModelError where it isn't as it was put in use.
    """
    from models import textmodel
    from models.local import files, named
    from moderation.learning import uses

    if not is_there(port, data):
        return textmodel.load_current()
    with services(port, data) as made:
        with made.db.read() as session:
            use = uses.current(session)
        if use is None or use.version is None:
            return textmodel.load_current()
        return named.load(files.root(made.settings.data_dir), use.version, use.digest)


def named(version: str, port: int, data: Path | None) -> TextModel:
    """The text model of a name, a shipped one or one of this server's own, in use or not; or the one in a folder that a
    training wrote, where the name is a path. Raises ModelError."""
    from models import textmodel
    from models.errors import UnknownVersionError
    from models.local import files, named
    from moderation.learning import trainings

    if os.sep in version:
        return textmodel.load(Path(version))
    if not named.is_own(version):
        return named.load(Path(), version, None)
    if not is_there(port, data):
        raise UnknownVersionError(f"there is no version {version} here")
    with services(port, data) as made:
        with made.db.read() as session, one_line():
            digest = trainings.of_version(session, version).digest
        return named.load(files.root(made.settings.data_dir), version, digest)


def shipped_list(chosen: Mapping[ModelKind, str]) -> Iterator[str]:
    """A line for each shipped version of the text model and of the behaviour model, with a star where it is asked;
    `chosen` is what this server put in use. Raises ModelError."""
    from models import artefact, behaviour, registry
    from moderation.learning.values import ModelKind

    current = {ModelKind.TEXT: _current_text(), ModelKind.BEHAVIOUR: behaviour.current().name}
    folders = {each.name: (ModelKind.TEXT, each.folder) for each in registry.versions()}
    folders |= {name: (ModelKind.BEHAVIOUR, behaviour.named(name)) for name in sorted(behaviour.versions())}
    for name, (kind, folder) in folders.items():
        star = "*" if name == (chosen.get(kind) or current[kind]) else " "
        yield f"{star} {name}  {artefact.version_digest(folder)[:16]}"


def _current_text() -> str | None:
    from models import registry

    return next((each.name for each in registry.versions() if each.current), None)


def shipped(port: int, data: Path | None) -> Version:
    """The shipped version that judges here, or that this server's own one corrects. Raises ModelError."""
    from models import registry
    from moderation.learning import uses

    if not is_there(port, data):
        return registry.current()
    with services(port, data) as made, made.db.read() as session:
        return uses.shipped(session)


def taught(port: int, data: Path | None) -> list[str]:
    """A line for each kind of answer that people gave who teach, with how many there are."""
    from moderation.learning import teaching
    from moderation.learning.values import Taught

    if not is_there(port, data):
        return [f"{given.value}  0" for given in Taught]
    with services(port, data) as made, made.db.read() as session:
        counts = teaching.counts(session)
    return [f"{given.value}  {counts.get(given, 0)}" for given in Taught]


def promote(version: str, port: int, data: Path | None) -> None:
    """Put a version of this server's own in use."""
    from app.reviewing import learning

    with services(port, data) as made:
        learning.promote_as(made, BY, version)


def put_shipped(version: str, port: int, data: Path | None) -> None:
    """Put a shipped version in use for this server alone: the program's folder stays as it is."""
    from app.reviewing import learning
    from models import behaviour
    from moderation.learning.values import ModelKind

    with services(port, data) as made:
        kind = ModelKind.BEHAVIOUR if version.startswith(behaviour.PREFIX) else ModelKind.TEXT
        learning.put_shipped_as(made, BY, version, kind)


def cancel(port: int, data: Path | None) -> None:
    """End the trainings that wait or are under way."""
    from app.reviewing import learning

    with services(port, data) as made:
        learning.cancel_as(made, BY)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def rescore(port: int, data: Path | None) -> Iterator[str]:
    """Read again what waits; a line now and then, and one of what came of it."""
    from app.learning import rescoring as reading
    from moderation.learning import rescoring

    with services(port, data) as made:
        row = reading.ask_as(made, BY)
        if row is None:
            yield "nothing waits that carries scores"
            return
        while row is not None and row.finished_at is None:
            done = reading.work(made, READ_AT_ONCE)
            with made.db.read() as session:
                row = rescoring.newest(session)
            if row is not None:
                yield reading.describe(row)
            if not done and row is not None and row.finished_at is None:
                raise ClickException("no text model can be had; the worker goes on once there is one")


def roll_back(port: int, data: Path | None, name: str) -> str:
    """Put in use again what was in use before, of the model of a name; what that is."""
    from app.reviewing import learning
    from moderation.learning import uses
    from moderation.learning.values import ModelKind

    kind = ModelKind(name)
    shipped = "no context model" if kind is ModelKind.CONTEXT else "the shipped version"
    with services(port, data) as made:
        learning.roll_back_as(made, BY, kind)
        with made.db.read() as session:
            use = uses.current(session, kind)
            return (use.version if use is not None else None) or shipped


def retrain(port: int, data: Path | None, name: str | None) -> tuple[list[str], bool]:
    """Have all models learn here and now, or the one of a name; what came of each, and whether there is a candidate."""
    from app.learning import training
    from app.reviewing import learning
    from moderation.learning import trainings
    from moderation.learning.tables import TrainingState
    from moderation.learning.values import ModelKind

    kinds = tuple(ModelKind) if name is None else (ModelKind(name),)
    with services(port, data) as made:
        learning.ask_as(made, BY, kinds)
        training.run_waiting(made)
        with made.db.read() as session:
            rows = [trainings.several(session, 1, kind)[0] for kind in kinds]
            lines = [training.describe(row) + (TAKEN if row.state in trainings.OPEN else "") for row in rows]
            return lines, any(row.state is TrainingState.CANDIDATE for row in rows)
