"""Domain lists of other servers, read line by line: what is valid, and one reason for each line that isn't.

Understood are Mastodon's CSV (with and without `#` before its header's names), lists of bare domains, and Ostiary's
own JSON lines.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from moderation.domains.names import for_rule
from moderation.domains.values import RuleDraft
from moderation.errors import BadDomainError
from moderation.values import Severity

LINES: Final = 200_000
LINE_CHARACTERS: Final = 20_000
_TRUE: Final = frozenset(("true", "1", "yes", "t"))
_FALSE: Final = frozenset(("false", "0", "no", "f", ""))
_KNOWN: Final = frozenset(
    ("domain", "severity", "reject_media", "reject_reports", "public_comment", "private_comment", "obfuscate")
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that no rule is made of."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Import:
    """What a file asks for; of a domain named twice its last line counts."""

    drafts: tuple[RuleDraft, ...]
    refused: tuple[Refusal, ...]


def parse(text: str, own: str | None = None, *, severity: Severity = Severity.SUSPEND) -> Import:
    """Read a list. `severity` is what lines mean that don't say; `own` is this server's domain."""
    drafts: dict[str, RuleDraft] = {}
    refused: list[Refusal] = []
    for number, line, fields in _lines(text):
        try:
            draft = _draft(fields, own, severity)
        except BadDomainError as error:
            refused.append(Refusal(number, line[:200], error.safe))
            continue
        drafts.pop(draft.domain, None)
        drafts[draft.domain] = draft
    return Import(tuple(drafts.values()), tuple(refused))


def _lines(text: str) -> Iterator[tuple[int, str, Mapping[str, Any] | str]]:
    """Each line's number, its text and its fields; a str instead of fields is the reason why it has none."""
    header: list[str] | None = None
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        if number > LINES or len(line) > LINE_CHARACTERS:
            yield number, line, f"too long: {LINES} lines of {LINE_CHARACTERS} characters at most"
            if number > LINES:
                return
        elif line.startswith("{"):
            yield number, line, _json_fields(line)
        elif header is None and _is_header(line):
            header = [name.strip().lstrip("#").strip().lower() for name in line.split(",")]
        elif not line.startswith("#"):
            yield number, line, _csv_fields(line, header)


def _is_header(line: str) -> bool:
    names = [name.strip().lstrip("#").strip().lower() for name in line.split(",")]
    return names[0] == "domain" and set(names) <= _KNOWN


def _csv_fields(line: str, header: list[str] | None) -> Mapping[str, Any] | str:
    try:
        cells = next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration):
        return "not a line of CSV"
    names = header or ["domain", "severity"]
    if len(cells) > len(names):
        return f"{len(cells)} fields where {len(names)} are expected"
    return dict(zip(names, (cell.strip() for cell in cells), strict=False))


def _json_fields(line: str) -> Mapping[str, Any] | str:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return "not a line of JSON"
    return found if isinstance(found, dict) else "not a JSON object"


def _draft(fields: Mapping[str, Any] | str, own: str | None, default: Severity) -> RuleDraft:
    if isinstance(fields, str):
        raise BadDomainError(fields)
    extra = set(fields) - _KNOWN
    if extra:
        raise BadDomainError(f"unknown field {sorted(extra)[0]}")
    domain = fields.get("domain")
    if not isinstance(domain, str):
        raise BadDomainError("no domain")
    return RuleDraft(
        domain=for_rule(domain, own),
        severity=_severity(fields.get("severity"), default),
        reject_media=_flag(fields, "reject_media"),
        reject_reports=_flag(fields, "reject_reports"),
        obfuscate=_flag(fields, "obfuscate"),
        public_comment=_comment(fields, "public_comment"),
        private_comment=_comment(fields, "private_comment"),
    )


def _severity(value: Any, default: Severity) -> Severity:
    if value is None or value == "":
        return default
    name = value.strip().lower() if isinstance(value, str) else ""
    if name not in tuple(Severity):
        raise BadDomainError(f"unknown severity {str(value)[:40]!r}")
    return Severity(name)


def _flag(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name, False)
    word = str(value).strip().lower()
    if word not in _TRUE | _FALSE:
        raise BadDomainError(f"{name} is true or false")
    return word in _TRUE


def _comment(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name) or ""
    if not isinstance(value, str) or len(value) > 2000 or "\0" in value:
        raise BadDomainError(f"{name} is text of at most 2000 characters")
    return value
