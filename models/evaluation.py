"""`ostiary model evaluate`: how good a text model is on anybody's labelled file. Numpy alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from models import measures
from models.artefact import Lines
from models.errors import BadLineError
from models.labels import LABELS
from models.measures import Figures, Floats, Marks
from models.textmodel import TextScores

_SHOWN: Final = (
    ("AUC", "auc"),
    ("AP", "average_precision"),
    ("R@P90", "recall_at_precision_90"),
    ("R@P95", "recall_at_precision_95"),
    ("R@P98", "recall_at_precision_98"),
    ("Brier", "brier"),
    ("cal. error", "calibration_error"),
)
_NAME: Final = 40
"""Characters of a language's or source's name that a table has room for."""
_LEAST_SIDE: Final = measures.LEAST_SIDE
"""A language or source is told apart for a label where it has so many of either side."""


class Judging(Protocol):
    """A text model as far as it is judged here."""

    version: str
    lines: Mapping[str, Lines]
    trained_on: Mapping[str, int]

    def score(self, texts: Sequence[str], langs: Sequence[str | None] | None = None) -> list[TextScores]:
        """Scores of texts, in their order."""


@dataclass(frozen=True)
class Judged:
    """A text with what people said of it; a label that nobody spoke of is missing."""

    text: str
    language: str | None
    source: str | None
    labels: Mapping[str, int]


def evaluate_file(path: Path, model: Judging | None = None, *, intervals: bool = True) -> Figures:
    """Judge the model in use (or another) on JSONL of `id`, `text`, `lang`, `labels`; raises BadLineError.

    A label is 1, 0, or null (or missing) where it isn't known. Texts that the model abstains on are counted, and left
    out of the measures. Where lines have a `source` (or `src`), each source is measured by itself, too. `learnt_from`
    names the sources, and the file, that the model was trained on by their names: there its figures flatter it.
    """
    if model is None:
        from models import textmodel

        model = textmodel.load_current()
    judged = read(path)
    sources = {path.name.partition(".")[0], *(item.source for item in judged if item.source)}
    return evaluate(judged, model, intervals=intervals) | {"learnt_from": sorted(sources & set(model.trained_on))}


def evaluate(judged: Sequence[Judged], model: Judging, *, intervals: bool = True) -> Figures:
    """The same for texts at hand."""
    results = model.score([item.text for item in judged], [item.language for item in judged])
    kept = [(item, result) for item, result in zip(judged, results, strict=True) if _said(result.scores)]
    scores = np.array([[result.scores[label] for label in LABELS] for _, result in kept], dtype=np.float64)
    marks = np.array([[item.labels.get(label, -1) for label in LABELS] for item, _ in kept], dtype=np.int8)
    scores, marks = scores.reshape(-1, len(LABELS)), marks.reshape(-1, len(LABELS))
    spoken = [item.language for item, _ in kept]
    sources = [item.source for item, _ in kept]
    figures: Figures = {"version": model.version, "n": len(judged), "abstained": len(judged) - len(kept)}
    figures["labels"] = {
        label: with_lines(scores[:, place], marks[:, place], model.lines[label], intervals=intervals)
        | {
            "by_language": _apart(scores[:, place], marks[:, place], spoken, intervals=intervals),
            "by_source": _apart(scores[:, place], marks[:, place], sources, intervals=intervals),
        }
        for place, label in enumerate(LABELS)
    }
    return figures


def _said(scores: Mapping[str, float | None]) -> bool:
    """Whether it judged anything: in a language that a server taught it, it may judge some labels and not others."""
    return any(score is not None for score in scores.values())


def with_lines(scores: Floats, marks: Marks, line: Lines, *, intervals: bool = False) -> Figures:
    """The measures of one label over the rows that say (1 or 0, not -1), and what its lines do to them."""
    known = (marks >= 0) & ~np.isnan(scores)
    scores, truth = scores[known], marks[known] == 1
    figures = measures.measure(scores, truth, intervals=intervals)
    if "auc" not in figures:
        return figures
    held = scores > line.hold
    figures["recall_at_hold"] = round(float(held[truth].mean()), 4)
    figures["precision_at_hold"] = round(float(truth[held].mean()), 4) if held.any() else None
    figures["harmless_held"] = round(float(held[~truth].mean()), 6)
    figures["recall_at_label"] = round(float((scores > line.label)[truth].mean()), 4)
    return figures


def _apart(scores: Floats, marks: Marks, names: Sequence[str | None], *, intervals: bool) -> Figures:
    """The measures of each name that has enough of both sides."""
    found: Figures = {}
    of = np.array([name or "" for name in names], dtype=object)
    for name in sorted({name for name in names if name}):
        mine = (of == name) & (marks >= 0) & ~np.isnan(scores)
        truth = marks[mine] == 1
        if min(int(truth.sum()), int((~truth).sum())) >= _LEAST_SIDE:
            found[name] = measures.measure(scores[mine], truth, intervals=intervals)
    return found


def read(path: Path) -> list[Judged]:
    """The lines of a labelled file; empty ones are passed over. Raises BadLineError with the number of a bad one."""
    with path.open("rb") as lines:
        return [parse(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def parse(number: int, line: bytes) -> Judged:
    """One line of UTF-8; raises BadLineError. Members that aren't known are passed over, labels are not."""
    try:
        raw = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadLineError(number, "not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadLineError(number, "not JSON") from error
    if not isinstance(raw, dict):
        raise BadLineError(number, "not a JSON object")
    text, language, source = raw.get("text"), raw.get("lang"), raw.get("source", raw.get("src"))
    if not isinstance(text, str):
        raise BadLineError(number, "`text` is missing or not a string")
    if not isinstance(language, str | None) or not isinstance(source, str | None):
        raise BadLineError(number, "`lang` or `source` is not a string")
    return Judged(text, language, source, _labels(number, raw.get("labels")))


def _labels(number: int, raw: Any) -> dict[str, int]:
    if not isinstance(raw, dict):
        raise BadLineError(number, "`labels` is missing or not an object")
    unknown = [label for label in raw if label not in LABELS]
    if unknown:
        raise BadLineError(number, f"{unknown[0][:40]!r} is no label; there are {', '.join(LABELS)}")
    known = {label: raw[label] for label in LABELS if raw.get(label) is not None}
    bad = [label for label, mark in known.items() if mark not in (0, 1)]
    if bad:
        raise BadLineError(number, f"the label {bad[0]!r} is neither 0, 1 nor null")
    return {label: int(mark) for label, mark in known.items()}


def _plain(name: str) -> str:
    """A name of somebody's file, as a terminal may be shown it: nothing in it steers the terminal or fills it."""
    return "".join(each if each.isprintable() else "?" for each in name[:_NAME])


def table(figures: Figures) -> str:
    """The figures as text for a terminal: a table over all, then one by language and one by source."""
    lines = [f"{figures['version']}: {figures['n']} texts, of which it abstained on {figures['abstained']}"]
    if figures.get("learnt_from"):
        lines.append(f"it learnt from {', '.join(figures['learnt_from'])}: on these its figures flatter it")
    lines += ["", *_rows("all", ((label, found) for label, found in figures["labels"].items()))]
    for title, key in (("by language", "by_language"), ("by source", "by_source")):
        apart = [
            (f"{label}, {_plain(name)}", found)
            for label, by in figures["labels"].items()
            for name, found in by.get(key, {}).items()
        ]
        if apart:
            lines += ["", *_rows(title, apart)]
    return "\n".join(lines)


def _rows(title: str, items: Iterable[tuple[str, Figures]]) -> list[str]:
    heads = [title, "texts", "harmful", *(head for head, _ in _SHOWN)]
    cells = [heads]
    for name, found in items:
        cells.append([name, str(found["n"]), str(found["positive"]), *(_cell(found, key) for _, key in _SHOWN)])
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _cell(found: Figures, key: str) -> str:
    if key not in found:
        return "–"
    interval = found.get(f"{key}_interval")
    if interval:
        return f"{found[key]:.3f} [{interval[0]:.3f} {interval[1]:.3f}]"
    return f"{found[key]:.3f}" + (" (too few)" if found.get("too_few") else "")
