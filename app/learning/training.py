"""One training from its row to its row: read, learn, write the files, compare at the gate, settle.

The same for each model; what is its own stands in a module of its name. Nothing is held open meanwhile: the database is
read once, and written to in one short write for each word of progress.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

import structlog

from app.learning import behaviour, context, gathering, text
from app.learning.beating import beating
from app.learning.values import Given, Made, split
from app.services import Services
from models.errors import ModelError
from models.local import files, gate
from moderation.errors import ForbiddenArrowError
from moderation.learning import examples, missed, taught, trainings, uses
from moderation.learning.examples import Counts
from moderation.learning.tables import TrainingRow
from moderation.learning.values import ModelKind, Provenance

log = structlog.get_logger()


class CancelledError(Exception):
    """Somebody ended the training that this worker is at."""


LEARNERS: Final[Mapping[ModelKind, Callable[[Given], Made | None]]] = {
    ModelKind.TEXT: text.learn,
    ModelKind.BEHAVIOUR: behaviour.learn,
    ModelKind.CONTEXT: context.learn,
}


def run_waiting(services: Services) -> int:
    """Do the trainings that wait, one after the other; how many there were."""
    done = 0
    while _run_next(services):
        done += 1
    return done


def _run_next(services: Services) -> bool:
    now = services.clock.now()
    with services.db.write() as session:
        row = trainings.begin(session, now)
        begun = (row.id, row.kind) if row is not None else None
    if begun is None:
        return False
    number, kind = begun
    try:
        with beating(services, number):
            why = _run(services, number, kind)
    except (CancelledError, ForbiddenArrowError):
        log.info("training_cancelled", training=number, model=kind.value)
        return True
    except (ModelError, OSError, MemoryError) as error:
        log.warning("training_failed", training=number, model=kind.value, error=str(error))
        why = "broken"
    if why:
        with services.db.write() as session:
            trainings.fail(session, number, why, services.clock.now())
    return True


def _run(services: Services, number: int, kind: ModelKind) -> str:
    """Why it came to nothing; empty where the gate has spoken."""
    gathering.gather(services)
    with services.db.read() as session:
        counts, parts, lessons = examples.count(session), split(examples.read(session)), taught.read(session)
        drawn = missed.chances(session, services.clock.now())
        use = uses.current(session, kind)
        version, digest = (use.version, use.digest) if use is not None else (None, None)
    root = files.root(services.settings.data_dir)

    def tell(stage: str, share: float) -> None:
        with services.db.write() as session:
            wanted = trainings.progress(session, number, stage, share, services.clock.now())
        if not wanted:
            raise CancelledError

    made = LEARNERS[kind](Given(root, version, digest, parts, tell, lessons, drawn))
    if made is None:
        return "too_few"
    with services.db.write() as session:
        trainings.settle(
            session,
            number,
            version=made.version,
            digest=made.digest,
            base=made.base,
            against=made.against,
            learnt=_told(counts, made),
            judged=gate.as_json(made.judged),
            now=services.clock.now(),
        )
    return ""


def _told(counts: Counts, made: Made) -> dict[str, Any]:
    """In counts alone."""
    return {
        "learnt": made.learnt,
        "measured": made.measured,
        "held_out": counts.held_out,
        "taught": made.taught,
        "gain": dict(made.gain),
        "provenance": {name.value: count for name, count in counts.by_provenance.items()}
        | {Provenance.TEACHING.value: made.taught},
        "chosen": {name.value: count for name, count in counts.by_chosen.items()},
        "labels": {label: list(sides) for label, sides in made.sides.items()},
        "skipped": list(made.skipped),
        "left_out": dict(made.left_out),
        "languages": dict(made.languages),
        "worth": {name: round(count) for name, count in asdict(made.worth).items()} if made.worth is not None else {},
    }


def describe(row: TrainingRow) -> str:
    """A line for the command line."""
    compared = row.judged.get("compared", [])
    worse = [each for each in compared if not each["passed"]]
    where = "; ".join(
        f"{each['area']} {each['measure']} {each['part']} {each['before']} → {each['after']}" for each in worse[:5]
    )
    said = f"{row.kind.value}  {row.state.value}  {row.version or row.why}"
    if row.state in trainings.OPEN and row.stage:
        said += f"{row.stage} {row.share:.0%}"
    return said + (f"  worse: {where}" if where else "")
