"""The record of what staff did, for leads: read, filtered, saved; it says whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, render_template, request
from flask_babel import gettext as _

from app.current import services
from app.reviewing import people
from app.web import sessions
from app.web.review import frame
from moderation.log import reading
from moderation.log.reading import LogQuery
from moderation.log.tables import LogRow

blueprint = frame.blueprint("log")
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it is shown."""

    row: LogRow
    said: str
    details: str
    redacted: bool


@blueprint.get("/log")
@sessions.at_least(people.RULES)
def log() -> str:
    """The newest first."""
    wanted = _query()
    with services().db.read() as session:
        found = reading.page(session, wanted, SHOWN + 1)
        verbs = [(verb, _said(verb)) for verb in reading.verbs(session)]
    older = found[SHOWN - 1].seq if len(found) > SHOWN else None
    entries = [_entry(row) for row in found[:SHOWN]]
    return render_template("review/log.html", entries=entries, wanted=wanted, verbs=verbs, older=older)


@blueprint.get("/log.jsonl")
@sessions.at_least(people.RULES)
def export() -> Response:
    """What the filter leaves, oldest first, a line of JSON each."""
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
    before = request.args.get("before", "")
    return LogQuery(
        actor=request.args.get("actor", "").strip().removeprefix("@")[:255],
        verb=request.args.get("verb", "")[:64],
        object=request.args.get("object", "").strip()[:2048],
        before=int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None,
    )


def _entry(row: LogRow) -> Entry:
    details = " · ".join(f"{key}: {value}" for key, value in reading.payload_of(row).items() if value is not None)
    return Entry(row, _said(row.verb), details, row.payload is None)


def _said(verb: str) -> str:
    words = {
        "decided": _("Decided a case"),
        "reversed": _("Took a decision back"),
        "assigned": _("Gave a case to somebody"),
        "policy_published": _("Published a policy"),
        "held_less": _("Pressed “hold less now”"),
        "domain_set": _("Set a rule for a server"),
        "domain_lifted": _("Lifted a rule for a server"),
        "signup_approved": _("Let somebody in"),
        "signup_turned_down": _("Turned a sign-up down"),
        "trend_allowed": _("Let something be shown among what is spoken of"),
        "trend_refused": _("Kept something from what is spoken of"),
        "webhook_added": _("Added a webhook"),
        "webhook_secret_changed": _("Gave a webhook another secret"),
        "webhook_switched_off": _("Switched a webhook off"),
        "webhook_switched_on": _("Switched a webhook on"),
        "webhook_removed": _("Took a webhook away"),
        "report_edited": _("Changed what a report is about"),
        "account_deleted": _("Deleted an account"),
        "preservation_ordered": _("Wrote down an order to preserve"),
        "preservation_lifted": _("Lifted an order to preserve"),
        "preserved_opened": _("Opened what was preserved"),
        "role_given": _("Gave somebody a role"),
        "role_ended": _("A role ended by itself"),
        "private_data_opened": _("Broke the glass before private data"),
        "private_data_searched": _("Looked for accounts by private data"),
        "redacted": _("Emptied an event"),
        "child_safety_raised": _("Sealed a case"),
        "threat_to_life_raised": _("Said that a life may be in danger"),
        "grave_reported": _("Reported a case to an authority"),
        "grave_released": _("Released a sealed case"),
        "grave_destroyed": _("Destroyed what was sealed"),
        "sealed_opened": _("Opened what was sealed"),
        "pack_read": _("Read a report to an authority"),
        "pack_saved": _("Saved a report to an authority"),
    }
    return words.get(verb) or verb.replace("_", " ")
