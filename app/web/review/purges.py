"""Reports of purges, for leads: what was deleted where, by what, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from app.current import services
from app.purging import reports
from app.purging.table import PURGES
from app.purging.tables import PurgeKind, PurgeReportRow
from app.purging.values import Store
from app.reviewing import people
from app.web import forms, sessions
from app.web.review import colleagues, frame, purge_words
from moderation.policy import store

blueprint = frame.blueprint("purges")
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Line:
    """What one purge took from one place."""

    what: str
    where: str
    count: str
    any: bool


@dataclass(frozen=True, slots=True)
class Report:
    """A report in words. `stores`: those of which something went, with their lines."""

    number: int
    title: str
    by: str
    subject: str | None
    began_at: datetime
    ended_at: datetime | None
    orders: int
    rows: int
    stores: tuple[tuple[str, tuple[Line, ...]], ...]
    failed: tuple[str, ...]


@blueprint.get("/purges")
@sessions.at_least(people.RULES)
def purges() -> str:
    """The newest first."""
    after = forms.asked_number("before")
    with services().db.read() as session:
        found = reports.listed(session, SHOWN + 1, after)
        kept = store.current(session).keeping.purge_reports_days
    older = found[SHOWN - 1].id if len(found) > SHOWN else None
    shown = [_report(row) for row in found[:SHOWN]]
    return render_template("review/purges.html", reports=shown, older=older, kept=kept, first=after is None)


@blueprint.get("/purges/<int:number>")
@sessions.at_least(people.RULES)
def purge(number: int) -> str:
    """One of them, place by place."""
    with services().db.read() as session:
        found = _report(reports.find(session, number))
    return render_template("review/purge.html", report=found)


def _report(row: PurgeReportRow) -> Report:
    stores = []
    for each in Store:
        lines = tuple(_line(line) for line in row.gone if line["store"] == each.value)
        if lines:
            stores.append((purge_words.store(each), lines))
    return Report(
        number=row.id,
        title=purge_words.kind(row.kind),
        by=_by(row),
        subject=row.subject,
        began_at=row.began_at,
        ended_at=row.ended_at,
        orders=row.orders,
        rows=sum(int(line["count"]) for line in _counted(row.gone)),
        stores=tuple(stores),
        failed=tuple(purge_words.what(name) for name in row.failed),
    )


def _by(row: PurgeReportRow) -> str:
    """A colleague or member by name, the clock or the command line in the reader's words; a server as it is."""
    named = row.kind in (PurgeKind.ACCOUNT, PurgeKind.GRAVE) or " " in row.by
    return colleagues.shown(row.by) if named else row.by


def _counted(gone: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (line for line in gone if line["where"] != "bytes")


def _line(line: Mapping[str, Any]) -> Line:
    name, where, count = str(line["purge"]), str(line["where"]), int(line["count"])
    if where == "bytes":
        return Line(purge_words.what(name), _("size of the files"), purge_words.size(count), count > 0)
    said = purge_words.what(name) if name in _KNOWN else ""
    return Line(said, where, str(count), count > 0)


_KNOWN = frozenset(each.name for each in PURGES)
