"""The record of what staff did, for leads: read, filtered, saved; it says whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.instance import public_log
from app.reviewing import people
from app.web import forms, pages, sessions
from app.web.review import colleagues, frame, log_words
from moderation.log import chain, reading
from moderation.log.reading import LogQuery
from moderation.log.tables import LogRow

blueprint = frame.blueprint("log")
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it is shown."""

    row: LogRow
    said: str
    object: str
    details: str
    redacted: bool


@blueprint.get("/log")
@sessions.at_least(people.RULES)
def log() -> str:
    """The newest first."""
    wanted = _query()
    with services().db.read() as session:
        found = reading.page(session, wanted, SHOWN + 1)
        opened = public_log.days(session)
        verbs = [(verb, log_words.said(verb)) for verb in reading.verbs(session)]
    older = found[SHOWN - 1].seq if len(found) > SHOWN else None
    entries = [_entry(row) for row in found[:SHOWN]]
    return render_template(
        "review/log.html",
        entries=entries,
        wanted=wanted,
        verbs=verbs,
        older=older,
        opened=opened,
        usual=public_log.USUAL_DAYS,
        decides=frame.can(Role.ADMIN),
    )


@blueprint.post("/log/public")
@sessions.at_least(Role.ADMIN)
def public() -> Redirect:
    """Open the public log so many days late, or close it."""
    wanted = (forms.number("days", 4) or 0) if forms.ticked("open") else None
    public_log.choose(services(), sessions.required().username, wanted)
    pages.tell("in", _("Saved."))
    return redirect("/review/log")


@blueprint.get("/log.jsonl")
@sessions.at_least(people.RULES)
def export() -> Response:
    """What the filter leaves, oldest first, a line of JSON each; that it was taken along is its next event."""
    with services().db.write() as session:
        chain.append(session, sessions.required().username, "log_exported", "log", {}, services().clock.now())
    response = Response(_lines(_query()), mimetype="application/jsonl")
    response.headers["Content-Disposition"] = 'attachment; filename="ostiary-log.jsonl"'
    return response


def _lines(wanted: LogQuery) -> Iterator[str]:
    db = services().db  # taken now: the request is over when the last line goes out

    def each() -> Iterator[str]:
        with db.read() as session:
            yield from reading.lines(session, wanted)

    return each()


def _query() -> LogQuery:
    return LogQuery(
        actor=colleagues.named(request.args.get("actor", "").strip()[:255]),
        verb=request.args.get("verb", "")[:64],
        object=request.args.get("object", "").strip()[:2048],
        before=forms.asked_number("before"),
    )


def _entry(row: LogRow) -> Entry:
    told = reading.payload_of(row).items()
    details = " · ".join(f"{key}: {colleagues.instead(value)}" for key, value in told if value is not None)
    return Entry(row, log_words.said(row.verb), _object(row.object), details, row.payload is None)


def _object(said: str) -> str:
    """What it is about; one of the crew as they are called. The file has it as it was written, for the chain."""
    kind, colon, name = said.partition(":")
    return f"{kind}:{colleagues.instead(name)}" if colon and kind == "crew" else said
