"""A server's own version of the behaviour model: the shipped trees as they are, and a correction learnt from decisions.

As with the text model, lines are only ever raised: until no more of what people let be is above them than with the
base, and no more of the simulation's ordinary life than they were drawn for.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from models import artefact, behaviour, waves
from models.behaviour import FEATURES, MONOTONE, BehaviourModel, Correction, Floats
from models.errors import ArtefactAlteredError, ArtefactError
from models.local import gate
from models.local.gate import LEAST_SIDE, Compared, Judged

PREFIX: Final = "behaviour-local-"
FOLDER: Final = "behaviour"
LEAST: Final = 10
"""With fewer decisions of either kind nothing is learnt."""
FOLDS: Final = 3
ONE_IN: Final[Mapping[str, int]] = {"hold": 2000, "label": 200}
"""How much of ordinary life may be above each line."""
FOUND_TOLERANCE: Final = 0.05
ORDINARY_TOLERANCE: Final = 0.002
REHEARSAL: Final = 200.0
"""As many decisions as simulated waves and ordinary life weigh while a correction is learnt."""
_REHEARSED: Final = 60
_ORDINARY: Final = 20_000
_EACH: Final = 400
_SEED: Final = 20261128
_HIGHEST: Final = 0.999999


@dataclass(frozen=True, slots=True)
class Sent:
    """How something was sent (a row of features), and what people said of it: from 0 to 1. `counts`: for how many."""

    row: tuple[float, ...]
    spam: float
    counts: float = 1.0


@dataclass(frozen=True)
class Learnt:
    """A correction with the lines that go with it; `sides`: how many examples spoke for spam, and how many against."""

    correction: Correction
    lines: Mapping[str, float]
    sides: tuple[int, int]


def learn(base: BehaviourModel, sent: Sequence[Sent]) -> Learnt | None:
    """What decisions change; None while there are fewer than `LEAST` of either kind."""
    truth = np.array([each.spam for each in sent])
    sides = int((truth >= 0.5).sum()), int((truth < 0.5).sum())
    if min(sides) < LEAST:
        return None
    values, counts = np.array([each.row for each in sent]), np.array([each.counts for each in sent])
    correction = _corrected(base, values, truth, counts)
    unseen = base.chances(values)
    folds = np.arange(len(sent)) % FOLDS
    for fold in range(FOLDS):
        others, mine = folds != fold, folds == fold
        learnt = _corrected(base, values[others], truth[others], counts[others])
        unseen[mine] = behaviour.corrected(base, learnt).chances(values[mine])
    harmless = truth < 0.5
    was, now = base.chances(values)[harmless], unseen[harmless]
    life = behaviour.corrected(base, correction).chances(_ordinary())
    lines = {
        name: max(_raised(base.about.lines[name], was, now), _quantile(life, ONE_IN[name])) for name in sorted(ONE_IN)
    }
    return Learnt(correction, {**lines, "hold": max(lines.values())}, sides)


def _corrected(base: BehaviourModel, values: Floats, truth: Floats, counts: Floats) -> Correction:
    """What decisions ask for beside what the base was made from: a house's own spam makes it forget no other kind."""
    known = [each for kind in waves.WAVES for each in waves.wave(kind, _REHEARSED, _SEED + 3)]
    life = waves.ordinary(len(known), _SEED + 3)
    rehearsed = behaviour.rows([each.facts for each in (*known, *life)])
    share = REHEARSAL / len(rehearsed)
    decided = behaviour.correct_rows(
        base,
        np.concatenate((values, rehearsed)),
        np.concatenate((truth, [1.0] * len(known), [0.0] * len(life))),
        np.concatenate((counts, [share] * len(rehearsed))),
    )
    return replace(decided, decisions=len(values))


def _ordinary(count: int = _ORDINARY, seed: int = _SEED) -> Floats:
    return behaviour.rows([each.facts for each in waves.ordinary(count, seed)])


def _raised(line: float, was: Floats, now: Floats) -> float:
    """The line, or the one above which as few of these are as there were."""
    above = int((was >= line).sum())
    ranked = np.sort(now)[::-1]
    if len(ranked) <= above or ranked[above] < line:
        return line
    return _just_above(float(ranked[above]))


def _quantile(scores: Floats, one_in: int) -> float:
    """The line that no more than one in so many of these reach."""
    return _just_above(float(np.sort(scores)[::-1][len(scores) // one_in]))


def _just_above(score: float) -> float:
    return min(math.floor(score * 1e6 + 1) / 1e6, _HIGHEST)


def judge(current: BehaviourModel, candidate: BehaviourModel, held: Sequence[Sent]) -> Judged:
    """Compare a candidate with the version in use: on decisions of which neither has learnt, on waves of the known
    kinds, and on ordinary life of each kind."""
    return Judged((*_decisions(current, candidate, held), *_waves(current, candidate), *_life(current, candidate)))


def _decisions(current: BehaviourModel, candidate: BehaviourModel, held: Sequence[Sent]) -> list[Compared]:
    truth = np.array([each.spam for each in held])
    harmful = int((truth >= 0.5).sum())
    if min(harmful, len(held) - harmful) < LEAST_SIDE:
        return []
    values = np.array([each.row for each in held])
    lines = current.about.lines["hold"], candidate.about.lines["hold"]
    counts = np.array([each.counts for each in held])
    return gate.together(
        gate.of_label("spam", truth, current.chances(values), candidate.chances(values), lines, counts)
    )


def _waves(current: BehaviourModel, candidate: BehaviourModel) -> list[Compared]:
    found = []
    for kind in waves.WAVES:
        values = behaviour.rows([each.facts for each in waves.wave(kind, _EACH, _SEED + 1)])
        was, now = (_above(model, values, "hold") for model in (current, candidate))
        passed = now >= was - FOUND_TOLERANCE
        found.append(Compared("waves", "wave_found", kind, was, now, FOUND_TOLERANCE, _EACH, passed))
    return found


def _life(current: BehaviourModel, candidate: BehaviourModel) -> list[Compared]:
    values = _ordinary(_ORDINARY // 2, _SEED + 2)
    was, now = (_above(model, values, "label") for model in (current, candidate))
    passed = now <= was + ORDINARY_TOLERANCE
    return [Compared("waves", "ordinary_found", "", was, now, ORDINARY_TOLERANCE, len(values), passed)]


def _above(model: BehaviourModel, values: Floats, line: str) -> float:
    return float((model.chances(values) >= model.about.lines[line]).mean())


def write(where: Path, base: Path, learnt: Learnt) -> Path:
    """Write a version into a folder that is named after what it holds; returns that. `base` is the shipped one's."""
    body: dict[str, Any] = {
        "format": behaviour.FORMAT,
        "features": FEATURES,
        "base": base.name,
        "base_digest": artefact.version_digest(base),
        "correction": asdict(learnt.correction),
        "lines": dict(learnt.lines),
        "sides": list(learnt.sides),
    }
    version = PREFIX + artefact.digest(json.dumps(body, sort_keys=True).encode())[:10]
    folder = where / FOLDER / version
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(body, indent=1, sort_keys=True) + "\n"
    (folder / artefact.MANIFEST).write_text(text, encoding="utf-8")
    return folder


def load(where: Path, version: str, digest: str | None) -> BehaviourModel:
    """The version of a name on the base that it names, a shipped one too. Raises ArtefactError where anything isn't
    what it was, or isn't monotone."""
    if Path(version).name != version or not version.startswith(behaviour.PREFIX):
        raise ArtefactError(f"{version} names no behaviour model")
    own = version.startswith(PREFIX)
    folder = (where / FOLDER if own else behaviour.SHIPPED) / version
    if digest is not None and artefact.version_digest(folder) != digest:
        raise ArtefactAlteredError(f"{version}: its manifest is not the one that was put in use")
    if not own:
        return behaviour.load(folder)
    raw = artefact.object_of(folder / artefact.MANIFEST)
    try:
        behaviour.require_format(raw, version)
        given = raw["correction"]
        correction = Correction(
            float(given["slope"]),
            float(given["shift"]),
            behaviour.widened([float(each) for each in given["weights"]]) or (),
            int(given["decisions"]),
        )
        lines = {str(name): float(line) for name, line in raw["lines"].items()}
        base, base_digest = str(raw["base"]), str(raw["base_digest"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ArtefactError(f"{version}: its manifest can't be read: {error!r}") from error
    if not _is_sound(correction, lines):
        raise ArtefactError(f"{version}: its manifest holds numbers that can't be")
    if base.startswith(PREFIX):
        raise ArtefactError(f"{version}: it corrects no shipped version")
    return behaviour.corrected(load(where, base, base_digest), correction, version, lines)


def _is_sound(correction: Correction, lines: Mapping[str, float]) -> bool:
    numbers = (correction.slope, correction.shift, *correction.weights, *lines.values())
    if len(correction.weights) != len(FEATURES) or not all(map(math.isfinite, numbers)):
        return False
    pairs = zip(FEATURES, correction.weights, strict=True)
    monotone = all(weight * MONOTONE[name] >= 0.0 for name, weight in pairs)
    return monotone and correction.slope >= -1.0 and lines.keys() == ONE_IN.keys()
