"""What `ostiary model` does about a server's own versions, which its database and its data directory know."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from app.settings import from_environment
from workers.cli.common import one_line, services

BY: Final = "command line"


def is_there(port: int, data: Path | None) -> bool:
    """Whether this machine has a server's data at all: listing what is shipped makes none."""
    with one_line():
        return from_environment(port, data).data_dir.is_dir()


def listed(port: int, data: Path | None) -> tuple[list[str], str | None]:
    """A line for each version of this server's own; and what this server put in use, None for the current one."""
    from app.learning import training
    from moderation.learning import trainings, uses

    if not is_there(port, data):
        return [], None
    with services(port, data) as made, made.db.read() as session:
        use = uses.current(session)
        used = use.version if use is not None else None
        rows = [row for row in reversed(trainings.several(session, 50)) if row.version is not None]
        lines = [
            f"{'*' if row.version == used else ' '} {row.version}  {(row.digest or '')[:16]}  {training.describe(row)}"
            for row in rows
        ]
    return lines, used


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


def let_go(port: int, data: Path | None) -> bool:
    """Put the current shipped version in use where this server had chosen another; whether it had."""
    from moderation.errors import RefusedError
    from moderation.learning import uses

    if not is_there(port, data):
        return False
    with services(port, data) as made, made.db.write() as session:
        try:
            uses.put_shipped(session, BY, made.clock.now())
        except RefusedError:
            return False
    return True


def roll_back(port: int, data: Path | None) -> str:
    """Put in use again what was in use before; its name."""
    from app.reviewing import learning
    from moderation.learning import uses

    with services(port, data) as made:
        learning.roll_back_as(made, BY)
        with made.db.read() as session:
            use = uses.current(session)
            return use.version or "the shipped version" if use is not None else "the shipped version"


def retrain(port: int, data: Path | None) -> tuple[str, bool]:
    """Learn here and now; what came of it, and whether it is a candidate."""
    from app.learning import training
    from app.reviewing import learning
    from moderation.learning import trainings
    from moderation.learning.tables import TrainingState

    with services(port, data) as made:
        learning.ask_as(made, BY)
        training.run_waiting(made)
        with made.db.read() as session:
            row = trainings.several(session, 1)[0]
            return training.describe(row), row.state is TrainingState.CANDIDATE
