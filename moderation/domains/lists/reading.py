"""From a list's text to entries: each row is checked, and what no rule can be made of gets one reason."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from moderation.domains.lists import documents, lines
from moderation.domains.lists.values import Entry, Form, Import, Refusal, Retraction, Row
from moderation.domains.names import canonical, for_rule
from moderation.domains.values import Filter, RuleDraft, in_order
from moderation.errors import BadDomainError
from moderation.values import Severity

COMMENT_LONGEST: Final = 2000
LONGEST: Final = 5_000_000
"""Characters of a list that comes with a form or a request: the largest that are passed around have half of it."""
YEARS: Final = range(1900, 9999)
"""Times beyond them couldn't be told in every zone, nor by every database."""
SHOWN: Final = 200
_PACKED: Final = ("\ufffd\x08", "pk\x03\x04", "\x7felf")
"""How what gzip and ZIP have packed, and a program, begin where they are read as text, trimmed and in small letters."""
_PARTLY_HIDDEN: Final = re.compile(r"(?=.*[a-z0-9])[a-z0-9.*-]*\*[a-z0-9.*-]*")
_TRUE: Final = frozenset(("true", "1", "yes", "t", "y"))
_FALSE: Final = frozenset(("false", "0", "no", "f", "n", ""))
_FIELDS: Final = frozenset(
    {
        *("domain", "severity", "reject_media", "reject_reports", "obfuscate", "public_comment", "private_comment"),
        *("subdomains", "filters", "review_at", "expires_at", "labels", "retracted", "digest"),
    }
)
_SEVERITIES: Final[Mapping[str, Severity]] = {
    "limit": Severity.SILENCE,
    "silenced": Severity.SILENCE,
    "suspended": Severity.SUSPEND,
    "block": Severity.SUSPEND,
    "blocked": Severity.SUSPEND,
    "reject": Severity.SUSPEND,
    "drop": Severity.SUSPEND,
    "none": Severity.NOOP,
    "accept": Severity.ALLOW,
}
"""Other lists' words for ours."""


def parse(
    text: str,
    own: str | None = None,
    *,
    severity: Severity = Severity.SUSPEND,
    known: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Import:
    """Read a list in any of the formats. `severity` is what rows mean that don't say, `own` this server's domain.

    `known` are the domains that are known here by the SHA-256 (hex) of their names: names that a list spells with
    asterisks are found by it. A row whose rule would be over by `now` is refused. Never raises; a text that is no list
    gives one refusal.
    """
    document = documents.load(text)
    shape = documents.read(document) if document is not None else None
    if shape is not None:
        return _read(*shape, _Reading(own, severity, known or {}, now))
    if _is_foreign(text, document):
        return Import(
            Form.PLAIN, (), (Refusal(1, _shown(text.strip()), "not a list in any format that is known here"),)
        )
    form = lines.form(text)
    found = _read(form, lines.rows(text), _Reading(own, severity, known or {}, now))
    ignored = tuple(name for name in lines.columns(text) if name not in _FIELDS) if form is Form.CSV else ()
    return replace(found, ignored=ignored)


def require_entries(found: Import) -> None:
    """Raise BadDomainError for a list of which nothing can be taken, with the reason of its first line."""
    if found.entries:
        return
    if not found.refused:
        raise BadDomainError("it names nothing: an empty list is taken for a broken one")
    first, more = found.refused[0], len(found.refused) - 1
    if more:
        raise BadDomainError(
            f"it names nothing: none of its {more + 1} lines makes a rule; the first, {first.line}: {first.reason}"
        )
    raise BadDomainError(f"it names nothing: {first.reason}")


def _is_foreign(text: str, document: Any) -> bool:
    """A page, a document of no known shape, or no text at all: its lines mean nothing."""
    start = text.removeprefix("\ufeff").lstrip()[:200].lower()
    if "\0" in start or start.startswith(_PACKED):
        return True
    return start.startswith(("<!doctype", "<html", "<?xml", "<")) or (document is not None and "domain" not in document)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What rows are read with: see `parse`."""

    own: str | None
    severity: Severity
    known: Mapping[str, str]
    now: datetime | None


def _read(form: Form, rows: Iterable[Row], reading: _Reading) -> Import:
    said: dict[str, list[_Said]] = defaultdict(list)
    refused: list[Refusal] = []
    unread: set[str] = set()
    unclear: list[Refusal] = []
    for row in rows:
        try:
            found = _entry(row, form, reading)
        except BadDomainError as error:
            refused.append(Refusal(row.place, _shown(row.text), _stored(error.safe)))
            unread.add(named := _named(row))
            if "*" in named:
                unclear.append(refused[-1])
            continue
        said[found.domain if isinstance(found, Retraction) else found.draft.domain].append(_Said(row, found))
    if form is not Form.FIRES:  # changes come in order: the last word counts
        for name in [name for name, words in said.items() if any(each.differs(words[0]) for each in words)]:
            refused += _contradicted(said.pop(name))
            unread.add(name)
    last = [words[-1].found for words in said.values()]
    return Import(
        form,
        tuple(each for each in last if isinstance(each, Entry)),
        tuple(sorted(refused, key=lambda each: each.line)),
        tuple(each for each in last if isinstance(each, Retraction)),
        tuple(sorted(unread)),
        tuple(unclear),
        repeated=tuple(sorted(each.row.place for words in said.values() for each in words[1:])),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What a row says of a domain."""

    row: Row
    found: Entry | Retraction

    def differs(self, other: _Said) -> bool:
        """Whether it says something else than another row about the same domain."""
        return _words(self.found) != _words(other.found)


def _words(found: Entry | Retraction) -> object:
    return found if isinstance(found, Retraction) else (found.draft, found.given)


def _contradicted(words: list[_Said]) -> list[Refusal]:
    """No row of them: which one is meant, nobody but the list's author can say."""
    other = {id(one): next(each for each in words if each.differs(one)) for one in words}
    return [
        Refusal(
            each.row.place, _shown(each.row.text), f"line {other[id(each)].row.place} says otherwise of the same server"
        )
        for each in words
    ]


def _named(row: Row) -> str:
    """What a refused row names, as far as it can be told; see `Import.unread`."""
    said = row.fields.get("domain") if not isinstance(row.fields, str) else None
    name = said.strip().lower().removeprefix("*.") if isinstance(said, str) else ""
    if _PARTLY_HIDDEN.fullmatch(name):
        return name
    try:
        return canonical(name)
    except BadDomainError:
        return "*"


def _entry(row: Row, form: Form, reading: _Reading) -> Entry | Retraction:
    fields = row.fields
    if isinstance(fields, str):
        raise BadDomainError(fields)
    if form is Form.JSON_LINES and (extra := set(fields) - _FIELDS):
        raise BadDomainError(f"unknown field {sorted(extra)[0][:40]}")
    domain = _domain(fields, reading.known)
    if fields.get("retracted") is True:
        return Retraction(canonical(domain), _comment(fields, "public_comment"))
    draft = RuleDraft(
        domain=for_rule(domain, reading.own),
        severity=_severity(fields.get("severity"), reading.severity),
        reject_media=_flag(fields, "reject_media"),
        reject_reports=_flag(fields, "reject_reports"),
        obfuscate=_flag(fields, "obfuscate"),
        public_comment=_comment(fields, "public_comment"),
        private_comment=_comment(fields, "private_comment"),
        subdomains=_flag({"subdomains": True} | dict(fields), "subdomains"),
        filters=frozenset(_filters(fields.get("filters"))),
        review_at=_time(fields, "review_at"),
        expires_at=_time(fields, "expires_at"),
    )
    if reading.now is not None and draft.expires_at is not None and draft.expires_at <= reading.now:
        raise BadDomainError("the day on which it ends is over")
    given = frozenset(name for name in fields if name in _FIELDS and fields[name] not in (None, ""))
    return Entry(draft, given | {"severity"}, row.place, _labels(fields.get("labels")))


def _domain(fields: Mapping[str, Any], known: Mapping[str, str]) -> str:
    domain = fields.get("domain")
    if not isinstance(domain, str):
        raise BadDomainError("no domain")
    if "*" not in domain.removeprefix("*."):
        return domain.removeprefix("*.") if domain.startswith("*.") and len(domain) > len("*.x.y") else domain
    digest = fields.get("digest")
    if digest is None and not domain.strip("*. "):
        raise BadDomainError("a wildcard for everybody: a rule is about one server and what lies under it")
    if not isinstance(digest, str):
        raise BadDomainError("its name is hidden, and no hash of it is given")
    found = known.get(digest.strip().lower())
    if found is None:
        raise BadDomainError("its name is hidden, and its hash is that of no server known here")
    return found


def _severity(value: Any, default: Severity) -> Severity:
    if value is None or value == "":
        return default
    name = value.strip().lower() if isinstance(value, str) else ""
    if name in _SEVERITIES:
        return _SEVERITIES[name]
    if name not in tuple(Severity):
        raise BadDomainError(f"unknown severity {str(value)[:40]!r}")
    return Severity(name)


def _flag(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name)
    word = str(value if value is not None else "").strip().lower()
    if word not in _TRUE | _FALSE:
        raise BadDomainError(f"{name} is true or false")
    return word in _TRUE


def _comment(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name) or ""
    if not isinstance(value, str) or len(value) > COMMENT_LONGEST:
        raise BadDomainError(f"{name} is text of at most {COMMENT_LONGEST} characters")
    return _text(value, name)


def _text(value: str, name: str) -> str:
    """Text that a database keeps, which JSON's own needn't be."""
    if _stored(value) != value:
        raise BadDomainError(f"{name} isn't text: it has characters that can't be kept")
    return value


def _shown(text: str) -> str:
    return _stored(text[:SHOWN])


def _stored(text: str) -> str:
    """The same with a question mark for halves of characters and a NUL, which nothing can keep or show."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _labels(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(_text(one[:SHOWN], "labels") for one in value if isinstance(one, str))


def _filters(value: Any) -> list[Filter]:
    if value is None or value == "":
        return []
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(one, str) and one in tuple(Filter) for one in words):
        raise BadDomainError("filters are a list of: " + ", ".join(Filter))
    return in_order(map(Filter, words))


def _time(fields: Mapping[str, Any], name: str) -> datetime | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None:
        raise BadDomainError(f"{name} is a time with its zone")
    if at.year not in YEARS:
        raise BadDomainError(f"{name} is a time in the years {YEARS[0]} to {YEARS[-1]}")
    return at
