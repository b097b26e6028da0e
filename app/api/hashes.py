"""Lists of hashes of files and pictures: which there are, what stands on them, and changing both. For admins."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.accounts.tables import Role
from app.api import answers, bodies, who
from app.reviewing import hashes
from moderation.listed import bank
from moderation.listed.bank import LONGEST_NAME, LONGEST_WORDS, ListSummary
from moderation.listed.tables import HashKind, HashListRow, ListedHashRow, ListSeverity

api = answers.make("hashes")
MOST = 200
LONGEST_SHEET = 1_000_000


@api.get("/hash-lists")
def list_lists() -> Response:
    """Every list, those that are off last."""
    who.reader(Role.ADMIN)
    services = current.services()
    with services.db.read() as session:
        return answers.json([_summary(each) for each in bank.lists(session, services.clock.now())])


@api.post("/hash-lists")
def make_list() -> Response:
    """Another list, empty."""
    account = who.writer(Role.ADMIN)
    values = bodies.body({"name", "severity", "label", "origin"})
    row = hashes.make(
        current.services(),
        account,
        bodies.required(values, "name", most=LONGEST_NAME),
        bodies.word(ListSeverity, values.get("severity", ListSeverity.HOLD), "severity"),
        bodies.text(values, "label", otherwise="sexual", most=64),
        bodies.text(values, "origin", most=LONGEST_WORDS),
    )
    return answers.json(_plain(row))


@api.put("/hash-lists/<int:number>")
def change_list(number: int) -> Response:
    """What a list does and says, and whether anything is compared with it; what isn't named stays."""
    account = who.writer(Role.ADMIN)
    values = bodies.body({"severity", "label", "origin", "on"})
    services = current.services()
    with services.db.read() as session:
        row = bank.find(session, number)
    severity = bodies.word(ListSeverity, values.get("severity", row.severity), "severity")
    label = bodies.text(values, "label", otherwise=row.label, most=64)
    on = bodies.flag(values, "on") if "on" in values else row.off_at is None
    hashes.change(
        services, account, number, severity, label, bodies.text(values, "origin", otherwise=row.origin, most=500)
    )
    if on != (row.off_at is None):
        hashes.switch(services, account, number, on=on)
    with services.db.read() as session:
        return answers.json(_plain(bank.find(session, number)))


@api.get("/hash-lists/<int:number>/hashes")
def list_hashes(number: int) -> Response:
    """What stands on a list, the newest first."""
    who.reader(Role.ADMIN)
    cursor, limit = bodies.argument("cursor", most=18), bodies.limit(50, MOST)
    after = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() else None
    with current.services().db.read() as session:
        rows = bank.page(session, bank.find(session, number), after, limit)
    return answers.page([_hash(row) for row in rows], str(rows[-1].id) if len(rows) == limit else None)


@api.post("/hash-lists/<int:number>/hashes")
def fill_list(number: int) -> Response:
    """Put hashes on it: `text` is a list as files have it, `kind` what hashes of 64 digits are whose line doesn't say.

    All lines that are good are taken; the answer says which were not, and why.
    """
    account = who.writer(Role.ADMIN)
    values = bodies.body({"text", "kind"})
    kind = bodies.word(HashKind, values["kind"], "kind") if values.get("kind") is not None else None
    text = bodies.required(values, "text", most=LONGEST_SHEET)
    added, sheet = hashes.fill(current.services(), account, number, text, kind)
    return answers.json({"added": added, "of": len(sheet.entries), "refused": sheet.refused})


@api.delete("/hash-lists/<int:number>/hashes/<int:hash_id>")
def drop_hash(number: int, hash_id: int) -> Response:
    """Take one off; `dropped` is false where it isn't there, or comes from a sealed case and goes with that."""
    account = who.writer(Role.ADMIN)
    return answers.json({"dropped": hashes.drop(current.services(), account, number, hash_id)})


def _summary(each: ListSummary) -> dict[str, Any]:
    return {**_plain(each.row), "hashes": each.counts}


def _plain(row: HashListRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "origin": row.origin,
        "severity": row.severity,
        "label": row.label,
        "on": row.off_at is None,
        "made_by": row.made_by,
        "made_at": row.made_at,
    }


def _hash(row: ListedHashRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "hash": row.digest,
        "reason": row.reason,
        "expires_at": row.expires_at,
        "listed_by": row.listed_by,
        "listed_at": row.listed_at,
    }
