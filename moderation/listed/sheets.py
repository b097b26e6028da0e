"""Lists of hashes as files: what other people's look like, read line by line, and ours written.

Understood are CSV with a header (`hash,reason`; also `md5`, `sha1`, `sha256` or `pdq` as the name of the column, a
column `kind`, `type` or `signal_type`, and `expires_at`), and without one: `hash`, `hash,reason`, and what PDQ's own
tools write, `hash,quality,file`. A hash may say what it is before a colon (`pdq:…`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from moderation.errors import RefusedError
from moderation.listed import bank, pdq
from moderation.listed.bank import Entry
from moderation.listed.tables import HashKind, ListedHashRow

LINES: Final = 1_000_000
LINE_CHARACTERS: Final = 5_000
HEADER: Final = ("kind", "hash", "reason", "expires_at")
_HASH: Final = ("hash", "digest", "signal", "signal_str", "indicator", "value")
_KIND: Final = ("kind", "type", "signal_type", "hash_type", "algorithm")
_REASON: Final = ("reason", "description", "note", "comment", "file", "filename")
_EXPIRES: Final = ("expires_at", "expires", "expiry")
_KINDS: Final[Mapping[str, HashKind]] = {
    "md5": HashKind.MD5,
    "video_md5": HashKind.MD5,
    "sha1": HashKind.SHA1,
    "sha-1": HashKind.SHA1,
    "sha256": HashKind.SHA256,
    "sha-256": HashKind.SHA256,
    "pdq": HashKind.PDQ,
}
_BY_LENGTH: Final[Mapping[int, HashKind]] = {32: HashKind.MD5, 40: HashKind.SHA1}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that nothing is listed of."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file asks for."""

    entries: tuple[Entry, ...]
    refused: tuple[Refusal, ...]


def parse(text: str, kind: HashKind | None = None) -> Sheet:
    """Read a list. `kind` is what hashes are whose line doesn't say: 64 digits may be SHA-256 or PDQ."""
    found: dict[tuple[HashKind, str], Entry] = {}
    refused: list[Refusal] = []
    for number, line, fields in _lines(text):
        try:
            entry = _entry(fields, kind)
        except RefusedError as error:
            refused.append(Refusal(number, line[:200], error.safe))
        else:
            found[entry.kind, entry.digest] = entry
    return Sheet(tuple(found.values()), tuple(refused))


def write(rows: Sequence[ListedHashRow]) -> str:
    """A list as CSV, which `parse` reads again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        expires = row.expires_at.isoformat() if row.expires_at else ""
        writer.writerow((row.kind.value, row.digest, _plain(row.reason), expires))
    return out.getvalue()


def _plain(reason: str) -> str:
    """No table of numbers takes it for a formula."""
    said = " ".join(reason.split())
    return f"'{said}" if said[:1] in ("=", "+", "-", "@") else said


def _lines(text: str) -> Iterator[tuple[int, str, dict[str, str]]]:
    header: list[str] | None = None
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if number > LINES:
            yield number, line, {"wrong": f"a list has at most {LINES} lines"}
            return
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if len(line) > LINE_CHARACTERS:
            yield number, line, {"wrong": f"a line has at most {LINE_CHARACTERS} characters"}
            continue
        cells = [cell.strip() for cell in next(csv.reader([line]))]
        names = [cell.lower().lstrip("#") for cell in cells]
        if header is None and (set(names) & {*_HASH, *_KINDS}):
            header = names
            continue
        yield number, line, dict(zip(header, cells, strict=False)) if header else _bare(cells)


def _bare(cells: list[str]) -> dict[str, str]:
    if len(cells) > 1 and cells[1].isdigit():
        return {"hash": cells[0], "quality": cells[1], "reason": cells[2] if len(cells) > 2 else ""}
    return {"hash": cells[0], "reason": cells[1] if len(cells) > 1 else ""}


def _entry(fields: Mapping[str, str], kind: HashKind | None) -> Entry:
    if "wrong" in fields:
        raise RefusedError(fields["wrong"])
    said, digest = _said(fields)
    prefix, colon, rest = digest.partition(":")
    if colon:
        said, digest = prefix, rest
    found = _kind(said, digest, kind)
    if fields.get("quality", "").isdigit() and int(fields["quality"]) < pdq.GOOD and found is HashKind.PDQ:
        raise RefusedError(f"its quality is under {pdq.GOOD}: it would be near to many pictures")
    reason = next((fields[name] for name in _REASON if fields.get(name)), "")
    expires = next((fields[name] for name in _EXPIRES if fields.get(name)), "")
    return bank.entry(found, digest, reason, _moment(expires) if expires else None)


def _said(fields: Mapping[str, str]) -> tuple[str, str]:
    """What it says that it is, and the hash."""
    for name in _KINDS:
        if fields.get(name):
            return name, fields[name]
    said = next((fields[name] for name in _KIND if fields.get(name)), "")
    digest = next((fields[name] for name in _HASH if fields.get(name)), "")
    if not digest:
        raise RefusedError("there is no hash in this line")
    return said, digest


def _kind(said: str, digest: str, otherwise: HashKind | None) -> HashKind:
    if said:
        found = _KINDS.get(said.strip().lower())
        if found is None:
            raise RefusedError("a hash is md5, sha1, sha256 or pdq")
        return found
    by_length = _BY_LENGTH.get(len(digest.strip()))
    if by_length is None and otherwise is None:
        raise RefusedError("say whether hashes of 64 digits are sha256 or pdq")
    return by_length or otherwise or HashKind.SHA256


def _moment(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise RefusedError("an expiry is a date such as 2027-01-31") from error
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
