"""Template sentences of our own writing: a small grammar, expanded with a seeded generator."""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import TrainingDataError
from models.labels import LABELS

FOLDER = Path(__file__).parent
_INNERMOST = re.compile(r"\{([^{}]*)\}")
_LONGEST_EXPANSION = 60
_FEWER: Mapping[str, int] = {"alike": 16}
"""Fillings at most of a kind whose templates are many: each says little that others of it don't."""


@dataclass(frozen=True)
class Template:
    """One line of a template file: what it says, the labels that it carries or leaves open, its kind."""

    line: int
    pattern: str
    labels: frozenset[str]
    open: frozenset[str]
    kind: str


@dataclass(frozen=True)
class TemplateFile:
    """A language's templates and what fills their slots."""

    language: str
    slots: Mapping[str, tuple[str, ...]]
    templates: tuple[Template, ...]


@dataclass(frozen=True)
class Phrase:
    """One expansion; `group` names its template, so that no template is on both sides of a fold."""

    text: str
    language: str
    labels: frozenset[str]
    open: frozenset[str]
    kind: str
    group: str


def read(language: str) -> TemplateFile:
    """The template file of a language; raises TrainingDataError where it is not well formed."""
    slots: dict[str, tuple[str, ...]] = {}
    templates: list[Template] = []
    labels, left, kind = frozenset[str](), frozenset[str](), ""
    for number, raw in enumerate((FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith(";"):
            continue
        if line.startswith("= "):
            name, _, values = line[2:].partition(":")
            slots[name.strip()] = tuple(value.strip() for value in values.split(" | "))
        elif line.startswith("# "):
            labels, left, kind = _header(line, language, number)
        else:
            templates.append(Template(number, line, labels, left, kind))
    return TemplateFile(language, slots, tuple(templates))


def _header(line: str, language: str, number: int) -> tuple[frozenset[str], frozenset[str], str]:
    words = line[2:].split()
    kinds = [word[1:] for word in words if word.startswith("-") and len(word) > 1]
    left = frozenset(word[1:] for word in words if word.startswith("?"))
    labels = frozenset(word for word in words if not word.startswith(("-", "?")))
    if unknown := (labels | left) - set(LABELS):
        raise TrainingDataError(f"{language}.txt, line {number}: no such label: {sorted(unknown)}")
    return labels, left, (kinds or ["harmful" if labels else "everyday"])[0]


def phrases(language: str, per_template: int, seed: int) -> Iterator[Phrase]:
    """Distinct expansions of every template of a language, at most `per_template` of each, and fewer of some kinds."""
    source = read(language)
    for template in source.templates:
        most = min(per_template, _FEWER.get(template.kind, per_template))
        rng = random.Random(f"{seed}:{language}:{template.pattern}")
        seen: set[str] = set()
        for _ in range(2 * per_template):
            text = expand(template.pattern, source.slots, rng)
            if len(seen) < most and text not in seen:
                seen.add(text)
                group = f"{language}:{template.line}"
                yield Phrase(text, language, template.labels, template.open, template.kind, group)


def expand(pattern: str, slots: Mapping[str, tuple[str, ...]], rng: random.Random) -> str:
    """Choose, from the inside out, one of every {a|b}, and a filling for every {slot}."""
    text = pattern
    for _ in range(_LONGEST_EXPANSION):
        match = _INNERMOST.search(text)
        if match is None:
            return " ".join(text.split())
        inner = match.group(1)
        choice = rng.choice(slots[inner]) if inner in slots else rng.choice(inner.split("|"))
        text = text[: match.start()] + choice + text[match.end() :]
    raise TrainingDataError(f"a template does not end: {pattern[:60]}")
