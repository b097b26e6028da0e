"""The sentences of the functional tests, each with what it tests and which people it names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from models.errors import TrainingDataError
from models.labels import LABELS, LANGUAGES

FOLDER: Final = Path(__file__).parent
_SLOT: Final = re.compile(r"\{(\w+)\}")

Slots = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Case:
    """One sentence: `harmful` says whether `label` should be found in it; `identity` is who is named, if anybody."""

    text: str
    language: str
    function: str
    label: str
    harmful: bool
    identity: str | None


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    """All sentences, filled with each identity; raises TrainingDataError where a file isn't well formed."""
    return tuple(case for language in LANGUAGES for case in read(language, FOLDER / f"{language}.txt"))


def read(language: str, path: Path) -> Iterator[Case]:
    """The sentences of one file. `= slot: a | b` are fillings, all slots in the same order of identities."""
    slots: dict[str, tuple[str, ...]] = {}
    heading: tuple[str, bool, str] | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith(";"):
            continue
        if line.startswith("= "):
            name, _, values = line[2:].partition(":")
            slots[name.strip()] = tuple(value.strip() for value in values.split(" | "))
        elif line.startswith("# ") and "|" in line:
            heading = _heading(line, f"{path.name}, line {number}")
        elif heading is None:
            raise TrainingDataError(f"{path.name}, line {number}: a sentence before the first heading")
        else:
            yield from _filled(line, language, heading, slots)


def _heading(line: str, where: str) -> tuple[str, bool, str]:
    label, _, function = (part.strip() for part in line[2:].partition("|"))
    harmful = not label.startswith("-")
    if label.removeprefix("-") not in LABELS or not function:
        raise TrainingDataError(f"{where}: `# label | function` with a label of the model is needed")
    return label.removeprefix("-"), harmful, function


def _filled(line: str, language: str, heading: tuple[str, bool, str], slots: Slots) -> Iterator[Case]:
    label, harmful, function = heading
    if not _SLOT.search(line):
        yield Case(line, language, function, label, harmful, None)
        return
    identities: tuple[str, ...] = next(iter(slots.values()), ("",))
    for place, identity in enumerate(identities):
        text = _fill(line, slots, place)
        yield Case(text[0].upper() + text[1:], language, function, label, harmful, identity)


def _fill(line: str, slots: Slots, place: int) -> str:
    try:
        return _SLOT.sub(lambda match: slots[match.group(1)][place], line)
    except (KeyError, IndexError) as error:
        raise TrainingDataError(f"a slot that isn't filled for everybody: {line[:60]}") from error
