"""Lines of JSON as `ostiary model score` reads and writes them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.errors import BadLineError


@dataclass(frozen=True)
class Line:
    """One text to score; the identifier is given back as it came."""

    identifier: str | int | None
    text: str
    language: str | None


def parse(number: int, line: str) -> Line:
    """One line; raises BadLineError. Members that aren't known are passed over, and so is a byte order mark."""
    try:
        raw = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise BadLineError(number, "not JSON") from error
    if not isinstance(raw, dict):
        raise BadLineError(number, "not a JSON object")
    identifier, text, language = raw.get("id"), raw.get("text"), raw.get("lang")
    if not isinstance(text, str):
        raise BadLineError(number, "`text` is missing or not a string")
    if not isinstance(identifier, str | int | None) or isinstance(identifier, bool):
        raise BadLineError(number, "`id` is neither a string nor a whole number")
    if not isinstance(language, str | None):
        raise BadLineError(number, "`lang` is not a string")
    return Line(identifier, text, language)


def batches(lines: Iterable[str], size: int) -> Iterator[list[Line]]:
    """Parsed lines in lists of at most `size`; empty lines are passed over."""
    batch: list[Line] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            batch.append(parse(number, line))
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def render(
    identifier: str | int | None, scores: Mapping[str, float | None], version: str, abstained: str | None
) -> str:
    """One line of results: scores to six places, by which version, and why it abstained where it did."""
    rounded = {label: None if score is None else round(score, 6) for label, score in scores.items()}
    line = {"id": identifier, "scores": rounded, "version": version, "abstained": abstained}
    return json.dumps(line, ensure_ascii=True)
