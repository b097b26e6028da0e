"""The behaviour model: how likely something is spam by how it is sent, never by what it says.

Small trees that were boosted on simulated waves (models.waves), read here by numpy alone. Where common sense
demands it the model is monotone: an older account, more posts that were let in, more followers never raise a score;
more removals, more strangers, more copies never lower one. A server's own decisions correct it (`Correction`).
"""

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from models import artefact, bounded, pinned
from models.errors import ArtefactAlteredError, ArtefactError, UnknownVersionError
from models.signups import SignUp

Floats = npt.NDArray[np.float64]

FORMAT: Final = 2
PREFIX: Final = "behaviour-"
TREES: Final = "trees.npz"
SHIPPED: Final = Path(__file__).parent / "artefacts"
CURRENT: Final = "behaviour.json"
SURE: Final = 5.0
"""Log-odds beyond which one mistake more or less teaches nothing about the scale."""
STRENGTH: Final = 2.0
"""How strongly a correction holds to what the model knew."""
UNTOLD_DAYS: Final = 700.0
"""What an age counts as that nobody told: it speaks neither for nor against."""
MONOTONE: Final[Mapping[str, int]] = {
    "account_age": -1,
    "server_age": -1,
    "acquaintance": -1,
    "approved": -1,
    "removed": 1,
    "strangers": 1,
    "stranger_share": 1,
    "fan_out": 1,
    "links": 0,
    "new_links": 1,
    "link_age": -1,
    "pace": 1,
    "copies": 1,
    "copiers": 1,
    "wordless_media": 1,
    "letters": 0,
    "hashtags": 0,
    "answers": 0,
    "odd_name": 1,
    "followers_here": -1,
    "profile": 0,
    "local": 0,
    "signed_up": 0,
    "throwaway_mail": 1,
    "rare_mail": 1,
    "mail_crowd": 1,
    "range_crowd": 1,
    "reason_crowd": 1,
    "vouched": -1,
    "haste": 1,
    "followed": 1,
}
"""Each feature with the direction in which it may move a score: 1 only up, -1 only down, 0 either way."""
FEATURES: Final = tuple(MONOTONE)
FORMATS: Final[Mapping[int, tuple[str, ...]]] = {1: FEATURES[:22], FORMAT: FEATURES}
"""What a version of each format reads. Features are only ever added at the end, and 0 is what isn't known of them, so
that older versions, and rows that were kept before, go on being read."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How something is sent. Ages are in days, None where nobody told; `acquaintance` is 0 for unknown authors."""

    account_age: float | None = None
    server_age: float | None = None
    acquaintance: float = 0.0
    approved: int = 0
    removed: int = 0
    mentions: int = 0
    strangers: int = 0
    strangers_lately: int = 0
    """Of the last hour, those of this post included."""
    links: int = 0
    """Different hosts that it links to."""
    new_links: int = 0
    """Those of them that nobody here linked to before."""
    link_age: float | None = None
    """Days since the youngest of its hosts was first linked to here; None without a link."""
    pace: float = 0.0
    """Posts an hour since the author was first seen here."""
    copies: int = 0
    copiers: int = 0
    media: int = 0
    letters: int = 0
    hashtags: int = 0
    answers: bool = False
    name: str = ""
    followers_here: int = 0
    profile: bool = False
    local: bool = False
    signup: SignUp | None = None
    """How they signed up here; None for everybody elsewhere, and where it isn't known or long ago."""
    started_after: float | None = None
    """Hours between signing up here and the first thing that they sent."""
    followed: int = 0
    """How many who don't follow them they followed in the last hours, where they are new here."""


def rows(facts: Sequence[Facts]) -> Floats:
    """(n, features): what the model reads. Numbers that no count can be become 0."""
    found = np.array([_row(each) for each in facts], dtype=np.float64).reshape(len(facts), len(FEATURES))
    return np.nan_to_num(found, nan=0.0, posinf=50.0, neginf=0.0)


def _row(of: Facts) -> tuple[float, ...]:
    return (
        _days(of.account_age),
        _days(of.server_age),
        _log(of.acquaintance),
        _log(of.approved),
        of.removed / max(of.approved + of.removed, 1),
        _log(of.strangers),
        of.strangers / max(of.mentions, of.strangers, 1),
        _log(of.strangers_lately),
        _log(of.links),
        _log(of.new_links),
        _days(of.link_age) if of.links else _log(UNTOLD_DAYS),
        _log(of.pace),
        _log(of.copies),
        _log(of.copiers),
        float(of.media > 0 and of.letters < 12),
        _log(of.letters),
        _log(of.hashtags),
        float(of.answers),
        oddness(of.name),
        _log(of.followers_here),
        float(of.profile),
        float(of.local),
        *_joining(of),
    )


def _joining(of: Facts) -> tuple[float, ...]:
    how = of.signup
    if how is None:
        return (*[0.0] * 8, _log(of.followed))
    return (
        1.0,
        float(how.throwaway),
        float(how.rare_mail),
        _log(how.mail_crowd),
        _log(how.range_crowd),
        _log(how.reason_crowd),
        float(how.vouched),
        0.0 if of.started_after is None else 1.0 / (1.0 + max(of.started_after, 0.0)),
        _log(of.followed),
    )


def widened(row: Sequence[float]) -> tuple[float, ...] | None:
    """A row of features as this code reads it, also one that an older format kept; None for what is neither."""
    if len(row) not in map(len, FORMATS.values()):
        return None
    return (*row, *[0.0] * (len(FEATURES) - len(row)))


def _log(value: float) -> float:
    return 0.0 if math.isnan(value) else math.log1p(max(value, 0.0))


def _days(value: float | None) -> float:
    return _log(UNTOLD_DAYS if value is None else value)


def oddness(name: str) -> float:
    """From 0 to 1: how much a name looks as if it was drawn by lot (digits among letters, hardly any vowels)."""
    letters = [char for char in name.lower()[:40] if char.isalnum()]
    if len(letters) < 6:
        return 0.0
    digits = sum(char.isdigit() for char in letters)
    vowels = sum(char in "aeiouyáéíóúàèùâêîôû" for char in letters)
    turns = sum(a.isdigit() != b.isdigit() for a, b in pairwise(letters))
    spoken = vowels / max(len(letters) - digits, 1)
    run = _longest_run(letters)
    return min(1.0, 0.25 * max(turns - 1, 0) + max(0.0, 0.3 - spoken) * 1.5 + 0.15 * max(run - 3, 0))


def _longest_run(letters: Sequence[str]) -> int:
    longest = run = 0
    for char in letters:
        run = 0 if char.isdigit() or char in "aeiouyáéíóúàèùâêîôû" else run + 1
        longest = max(longest, run)
    return longest


@dataclass(frozen=True)
class Trees:
    """Trees of three splits: `features` and `thresholds` (t, 3), root first; `leaves` (t, 4), in log-odds.

    A value that is at most its threshold goes left.
    """

    features: npt.NDArray[np.int16]
    thresholds: Floats
    leaves: Floats


@dataclass(frozen=True)
class Correction:
    """What a server's decisions changed. To the log-odds given are added a shift, `slope` times what was given, as far
    as it lies within `SURE`, and `weights · (row - typical)`.
    """

    slope: float
    shift: float
    weights: tuple[float, ...]
    decisions: int


@dataclass(frozen=True)
class About:
    """What is known of a version besides its trees; `lines` are the scores that one in 2,000 and one in 200 ordinary
    things of the simulation exceed."""

    intercept: float
    typical: tuple[float, ...]
    lines: Mapping[str, float]
    report: Mapping[str, Any]


class BehaviourModel:
    """A version, loaded; safe to share between threads."""

    def __init__(self, version: str, trees: Trees, about: About, correction: Correction | None = None) -> None:
        self.version = version
        self.about = about
        self._trees = trees
        self._correction = correction
        self._typical: Floats = np.array(about.typical)

    def logits(self, values: Floats) -> Floats:
        """(n,): log-odds of rows, corrected where there is a correction."""
        trees = self._trees
        places = np.arange(len(trees.features))
        right = values[:, trees.features] > trees.thresholds  # (n, trees, 3)
        root = right[:, :, 0].astype(np.int64)
        leaf = 2 * root + np.where(root == 1, right[:, :, 2], right[:, :, 1])
        found: Floats = trees.leaves[places, leaf].sum(axis=1) + self.about.intercept
        kept = self._correction
        if kept is None:
            return found
        given = kept.slope * np.clip(found, -SURE, SURE)
        corrected: Floats = found + kept.shift + given + (values - self._typical) @ np.array(kept.weights)
        return corrected

    def score(self, facts: Sequence[Facts]) -> list[float]:
        """Probabilities, in order."""
        found: list[float] = self.chances(rows(facts)).tolist() if facts else []
        return found

    def chances(self, values: Floats) -> Floats:
        """(n,): probabilities of rows."""
        found: Floats = 1.0 / (1.0 + np.exp(-np.clip(self.logits(values), -30.0, 30.0)))
        return found

    def explain(self, facts: Facts, top: int = 5) -> list[tuple[str, float]]:
        """What spoke for spam, heaviest first: by how much the log-odds fall when one feature is as it mostly is."""
        row = rows([facts])
        without = np.repeat(row, len(FEATURES), axis=0)
        np.fill_diagonal(without, self._typical)
        falls = self.logits(row)[0] - self.logits(without)
        found = [(name, float(fall)) for name, fall in zip(FEATURES, falls, strict=True) if fall > 0.05]
        return sorted(found, key=lambda pair: -pair[1])[:top]


def corrected(
    model: BehaviourModel,
    correction: Correction | None,
    version: str | None = None,
    lines: Mapping[str, float] | None = None,
) -> BehaviourModel:
    """The same trees with another correction, or with none; under another name, and with other lines, where given."""
    about = model.about if lines is None else replace(model.about, lines=dict(lines))
    return BehaviourModel(version or model.version, model._trees, about, correction)


def correct(
    model: BehaviourModel, facts: Sequence[Facts], spam: Sequence[bool], *, strength: float = STRENGTH
) -> Correction:
    """What decisions change, by ridge regression around the model as it is: few decisions change little.

    `strength` is how strongly it holds to what it knew. Monotone directions are kept: a weight that would go against
    one is 0, and what was given never counts the other way round.
    """
    return correct_rows(model, rows(facts), np.array(spam, dtype=np.float64), strength=strength)


def correct_rows(
    model: BehaviourModel, values: Floats, wanted: Floats, counts: Floats | None = None, *, strength: float = STRENGTH
) -> Correction:
    """The same for rows (n, features), soft labels (n,) from 0 to 1, and how much each row counts (n,)."""
    base = corrected(model, None).logits(values)
    known = np.clip(base / SURE, -1.0, 1.0)
    design = np.column_stack([np.ones(len(values)), known, values - np.array(model.about.typical)])
    low = np.array([-np.inf, -SURE, *(0.0 if MONOTONE[name] > 0 else -np.inf for name in FEATURES)])
    high = np.array([np.inf, np.inf, *(0.0 if MONOTONE[name] < 0 else np.inf for name in FEATURES)])
    found = bounded.fit(design, wanted, base, strength, low, high, counts)
    return Correction(float(found[1]) / SURE, float(found[0]), tuple(float(x) for x in found[2:]), len(wanted))


def save(folder: Path, trees: Trees, about: About) -> str:
    """Write a version into a folder below `folder` that is named after what it holds; returns the name."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, allow_pickle=False, features=trees.features, thresholds=trees.thresholds, leaves=trees.leaves
    )
    name = _name(trees)
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / TREES).write_bytes(buffer.getvalue())
    written = {
        "format": FORMAT,
        "features": FEATURES,
        "intercept": about.intercept,
        "typical": about.typical,
        "lines": about.lines,
        "report": about.report,
        "files": {TREES: artefact.digest(buffer.getvalue())},
    }
    text = json.dumps(written, indent=1, sort_keys=True)
    (place / artefact.MANIFEST).write_text(text + "\n", encoding="utf-8")
    pinned.add(place)
    return name


def _name(trees: Trees) -> str:
    return PREFIX + artefact.digest(trees.leaves.tobytes() + trees.thresholds.tobytes())[:10]


def load(folder: Path) -> BehaviourModel:
    """The version in a folder; raises ArtefactError unless it is whole, unaltered and of this code's format."""
    pinned.check(folder, artefact.version_digest(folder))
    raw = artefact.object_of(folder / artefact.MANIFEST)
    try:
        require_format(raw, folder.name)
        lines = {str(name): float(line) for name, line in raw["lines"].items()}
        typical = widened(tuple(map(float, raw["typical"]))) or ()
        about = About(float(raw["intercept"]), typical, lines, dict(raw["report"]))
        expected = str(raw["files"][TREES])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ArtefactError(f"{folder.name}: its manifest can't be read: {error!r}") from error
    arrays = artefact.arrays(folder / TREES, expected, ("features", "thresholds", "leaves"))
    trees = Trees(arrays["features"], arrays["thresholds"], arrays["leaves"])
    if not _fits(trees, about):
        raise ArtefactError(f"{folder.name}: its trees don't fit this code")
    if _name(trees) != folder.name:
        raise ArtefactAlteredError(f"{folder.name}: its trees are those of another version")
    return BehaviourModel(folder.name, trees, about)


def require_format(manifest: Mapping[str, Any], name: str) -> None:
    """Raises ArtefactError for a manifest of a format that this code doesn't read, KeyError and TypeError for none."""
    if FORMATS.get(manifest["format"]) != tuple(manifest["features"]):
        raise ArtefactError(f"{name} is of another format than this code reads")


def _fits(trees: Trees, about: About) -> bool:
    count = len(trees.features)
    return (
        trees.features.shape == trees.thresholds.shape == (count, 3)
        and trees.leaves.shape == (count, 4)
        and trees.features.dtype == np.int16
        and trees.thresholds.dtype == trees.leaves.dtype == np.float64
        and bool(((trees.features >= 0) & (trees.features < len(FEATURES))).all())
        and bool(np.isfinite(trees.leaves).all() and not np.isnan(trees.thresholds).any())
        and len(about.typical) == len(FEATURES)
        and all(map(math.isfinite, (*about.typical, about.intercept, *about.lines.values())))
        and {"hold", "label"} <= about.lines.keys()
    )


def current(root: Path = SHIPPED) -> Path:
    """The folder of the version in use; raises UnknownVersionError, ArtefactError."""
    name = artefact.object_of(root / CURRENT).get("current")
    if not isinstance(name, str) or not name.startswith(PREFIX) or Path(name).name != name:
        raise UnknownVersionError(f"no current behaviour model in {root.name}")
    return root / name


def versions(root: Path = SHIPPED) -> list[str]:
    """The names of those that are shipped, the current one first. Raises UnknownVersionError, ArtefactError."""
    names = sorted(path.name for path in root.glob(f"{PREFIX}*") if (path / artefact.MANIFEST).is_file())
    chosen = current(root).name
    return sorted(names, key=lambda name: name != chosen)


def named(name: str, root: Path = SHIPPED) -> Path:
    """The folder of a shipped version; raises UnknownVersionError, ArtefactError."""
    if name not in versions(root):
        raise UnknownVersionError(f"there is no {name}")
    return root / name


@lru_cache(maxsize=1)
def load_current() -> BehaviourModel:
    """The version in use, loaded once per process."""
    return load(current())
