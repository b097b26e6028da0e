"""Patterns of links, hashtags and names on a page, for leads: made for one or for many lines, saved, lifted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from app.current import services
from app.reviewing import patterns, people
from app.web import forms, labels, pages, sessions
from app.web.review import frame
from moderation.errors import RefusedError
from moderation.patterns import keeping
from moderation.patterns.keeping import Draft, RefusedLine
from moderation.patterns.tables import PatternKind, PatternSeverity
from moderation.policy.parsing import LABEL_NAMES

blueprint = frame.blueprint("patterns")
Answer = str | tuple[str, int] | Redirect
HOME = "/review/patterns"
SHOWN = 100
MOST_LINES = 20_000
LONGEST_FILE = 2 * 1024 * 1024


@blueprint.get("/patterns")
@sessions.at_least(people.RULES)
def listed() -> str:
    """What holds, the newest first, and the form for more."""
    return _page()


@blueprint.post("/patterns")
@sessions.at_least(people.RULES)
def add() -> Answer:
    """One for each line that was typed or sent."""
    lines = _lines()
    if len(lines) > MOST_LINES:
        return _page(error=_("That is more than %(most)s lines.", most=f"{MOST_LINES:,}")), 422
    try:
        like = _draft()
    except ValueError:
        return _page(error=_("An end is a day to come.")), 422
    added, refused = patterns.add_lines(services(), frame.account(), like, lines)
    if not added:
        return _page(error=_("There is nothing in it that can be a pattern."), refused=refused), 422
    pages.tell("in", ngettext("%(num)d pattern holds from now on.", "%(num)d patterns hold from now on.", len(added)))
    return _page(refused=refused) if refused else redirect(f"{HOME}?kind={like.kind.value}")


@blueprint.post("/patterns/<int:number>/lift")
@sessions.at_least(people.RULES)
def lift(number: int) -> Redirect:
    """End one now."""
    try:
        row = patterns.lift(services(), frame.account(), number)
    except RefusedError:
        pages.tell("hold", _("It doesn’t hold any more."))
        return redirect(HOME)
    pages.tell("in", _("%(what)s holds no more.", what=row.pattern))
    return redirect(f"{HOME}?kind={row.kind.value}")


@blueprint.get("/patterns/<kind>.txt")
@sessions.at_least(people.RULES)
def export(kind: str) -> Response:
    """Those of a kind that hold, one in each line, as the form takes them."""
    wanted = PatternKind(kind) if kind in list(PatternKind) else PatternKind.LINK
    with services().db.read() as session:
        rows = keeping.in_force(session, services().clock.now(), wanted)
    text = "".join(f"{row.pattern}\n" for row in reversed(rows))
    headers = {"Content-Disposition": f'attachment; filename="patterns-{wanted.value}.txt"'}
    return Response(text, mimetype="text/plain", headers=headers)


def _lines() -> list[str]:
    file = request.files.get("file")
    sent = file.read(LONGEST_FILE).decode("utf-8", "replace") if file is not None and file.filename else ""
    return (sent or forms.text("patterns", 1_000_000)).replace("\0", "").splitlines()


def _draft() -> Draft:
    """What all lines have in common. Raises ValueError for an end that is none."""
    said, label = forms.line("severity", 24), forms.line("label", 64)
    return Draft(
        _kind(forms.line("kind", 24)) or PatternKind.LINK,
        "",
        PatternSeverity(said) if said in list(PatternSeverity) else PatternSeverity.HOLD,
        label if label in LABEL_NAMES else "spam",
        forms.text("note", keeping.LONGEST_NOTE),
        _end(),
    )


def _end() -> datetime | None:
    end = forms.end_of_day("until")
    if end is not None and end <= services().clock.now():
        raise ValueError(end)
    return end


def _kind(said: str) -> PatternKind | None:
    return PatternKind(said) if said in list(PatternKind) else None


def _page(*, error: str = "", refused: Sequence[RefusedLine] = ()) -> str:
    kind, now = _kind(request.values.get("kind", "")), services().clock.now()
    with services().db.read() as session:
        rows = keeping.in_force(session, now, kind, forms.asked_number("before"), SHOWN + 1)
        counts = keeping.counts(session, now)
    return render_template(
        "review/patterns.html",
        rows=rows[:SHOWN],
        more=len(rows) > SHOWN,
        kind=kind,
        kinds=kinds(),
        counts=counts,
        severities=severities(),
        labels={label: labels.name(label) for label in LABEL_NAMES},
        error=error,
        refused=refused,
    )


def kinds() -> dict[PatternKind, str]:
    """What a pattern is compared with, in words."""
    return {PatternKind.LINK: _("Links"), PatternKind.HASHTAG: _("Hashtags"), PatternKind.NAME: _("Names")}


def severities() -> dict[PatternSeverity, tuple[str, str]]:
    """A chip's colour and what is done, in words."""
    return {
        PatternSeverity.LABEL: ("note", _("behind a warning")),
        PatternSeverity.LIMIT: ("note", _("off the public timelines")),
        PatternSeverity.HOLD: ("hold", _("held for a person")),
        PatternSeverity.REJECT: ("out", _("not let in")),
    }
