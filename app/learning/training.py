"""One training from its row to its row: read, learn, write the files, compare at the gate, settle.

Nothing is held open meanwhile: the database is read once, and written to in one short write for each word of progress.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from app.learning import gaining, gathering
from app.services import Services
from models import artefact, registry
from models.errors import ModelError
from models.functional.judging import Scorer
from models.labels import LABELS
from models.local import files, gate, learning, named
from models.local.learning import Labelled, Learnt
from moderation.learning import examples, taught, trainings, uses
from moderation.learning.examples import Counts
from moderation.learning.tables import TrainingRow
from moderation.learning.values import Example, Provenance

log = structlog.get_logger()

LAST: Final = 0.2
"""Which part of the examples, the latest, is measured on and not learnt from."""
MOST: Final = 20_000
"""So many examples are learnt from, the latest."""
MOST_TAUGHT: Final = 5_000
"""The same of what was taught."""
FEWEST: Final = 20


@dataclass(frozen=True)
class Split:
    """What is learnt from, and what is measured on: later decisions, and the samples that are held out for that."""

    learnt: tuple[Labelled, ...]
    measured: tuple[Labelled, ...]
    taught: int = 0
    """So many of those that are learnt from, the last ones, were taught."""

    @property
    def decided(self) -> tuple[Labelled, ...]:
        """What is learnt from without what was taught."""
        return self.learnt[: len(self.learnt) - self.taught]


def run_waiting(services: Services) -> bool:
    """Do the training that waits, if one does; whether there was one."""
    now = services.clock.now()
    with services.db.write() as session:
        row = trainings.begin(session, now)
        number = row.id if row is not None else None
    if number is None:
        return False
    try:
        why = _run(services, number)
    except (ModelError, OSError, MemoryError) as error:
        log.warning("training_failed", training=number, error=str(error))
        why = "broken"
    if why:
        with services.db.write() as session:
            trainings.fail(session, number, why, services.clock.now())
    return True


def split(found: Sequence[Example], lessons: Sequence[Example] = ()) -> Split:
    """By time: what came last is measured on, so that a candidate is judged on what it would have met.

    Lessons are learnt from alone: they were chosen because the model is unsure of them, and would measure that. Those
    that are like something measured are left out.
    """
    open_ones = [each for each in found if not each.held_out][-MOST:]
    first = int(len(open_ones) * (1 - LAST))
    measured = [*open_ones[first:], *(each for each in found if each.held_out)]
    taught_ones = gaining.apart(lessons[-MOST_TAUGHT:], measured)
    learnt = [*open_ones[:first], *taught_ones]
    return Split(tuple(map(_labelled, learnt)), tuple(map(_labelled, measured)), len(taught_ones))


def _run(services: Services, number: int) -> str:
    """Why it came to nothing; empty where the gate has spoken."""
    gathering.gather(services)
    with services.db.read() as session:
        counts, parts = examples.count(session), split(examples.read(session), taught.read(session))
        use = uses.current(session)
        used = (use.version, use.digest) if use is not None else (None, None)
    if len(parts.learnt) < FEWEST:
        return "too_few"
    base = registry.current()
    loaded = artefact.read(base.folder)
    learnt = learning.learn(loaded, parts.learnt, lambda stage, share: _tell(services, number, stage, share))
    if len(learnt.skipped) == len(LABELS):
        return "too_few"
    root = files.root(services.settings.data_dir)
    spoke = {label: sum(sides) for label, sides in learnt.learnt_from.items()}
    folder = files.write(root, base, learnt.correction, learnt.lines, spoke)
    _tell(services, number, "comparing", 0.0)
    current = in_use(services, used)
    judged = gate.judge(current, files.load(folder), parts.measured)
    gained = gaining.gain(loaded, learnt, parts.decided, parts.measured) if parts.taught else {}
    with services.db.write() as session:
        trainings.settle(
            session,
            number,
            version=folder.name,
            digest=files.digest_of(folder),
            base=base.name,
            against=current.version,
            learnt=_told(counts, parts, learnt) | {"gain": gained},
            judged=gate.as_json(judged),
            now=services.clock.now(),
        )
    return ""


def in_use(services: Services, used: tuple[str | None, str | None]) -> Scorer:
    """The version in use, to compare with; raises ArtefactError."""
    from models import textmodel

    version, digest = used
    if version is None:
        return textmodel.load(registry.current().folder)
    return named.load(files.root(services.settings.data_dir), version, digest)


def _tell(services: Services, number: int, stage: str, share: float) -> None:
    with services.db.write() as session:
        trainings.progress(session, number, stage, share, services.clock.now())


def _labelled(each: Example) -> Labelled:
    return Labelled(each.text, each.language, each.labels)


def _told(counts: Counts, parts: Split, learnt: Learnt) -> dict[str, Any]:
    """In counts alone."""
    return {
        "learnt": len(parts.learnt),
        "measured": len(parts.measured),
        "held_out": counts.held_out,
        "taught": parts.taught,
        "provenance": {name.value: count for name, count in counts.by_provenance.items()}
        | {Provenance.TEACHING.value: parts.taught},
        "chosen": {name.value: count for name, count in counts.by_chosen.items()},
        "labels": {label: list(sides) for label, sides in learnt.learnt_from.items()},
        "skipped": list(learnt.skipped),
    }


def describe(row: TrainingRow) -> str:
    """A line for the command line."""
    compared = row.judged.get("compared", [])
    worse = [each for each in compared if not each["passed"]]
    where = "; ".join(
        f"{each['area']} {each['measure']} {each['part']} {each['before']} → {each['after']}" for each in worse[:5]
    )
    return f"{row.state.value}  {row.version or row.why}" + (f"  worse: {where}" if where else "")
