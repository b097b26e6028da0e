"""Lists of hashes on a page: what stands on them, what is done with it, and where it comes from. For admins."""

from __future__ import annotations

from flask import Response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.errors import AppError
from app.reviewing import hashes
from app.web import forms, labels, pages, reasons, sessions
from app.web.review import frame
from moderation.listed import bank, sheets
from moderation.listed.sheets import Sheet
from moderation.listed.tables import HashKind, ListSeverity
from moderation.policy.parsing import LABEL_NAMES

blueprint = frame.blueprint("hashes")
Answer = str | tuple[str, int] | Redirect
HOME = "/review/hashes"
SHOWN = 50
LONGEST_FILE = 20 * 1024 * 1024


@blueprint.get("/hashes")
@sessions.at_least(Role.ADMIN)
def listed() -> str:
    """Every list, and the form for another."""
    return _lists()


@blueprint.post("/hashes/make")
@sessions.at_least(Role.ADMIN)
def make() -> Answer:
    """Another list."""
    name, origin = forms.line("name", bank.LONGEST_NAME + 1), forms.text("origin", bank.LONGEST_WORDS)
    try:
        row = hashes.make(services(), frame.account(), name, _severity(), forms.line("label", 64), origin)
    except AppError as error:
        return _lists(error=reasons.of(error), typed=name, origin=origin), error.status
    pages.tell("in", _("The list is there. It is empty so far."))
    return redirect(f"{HOME}/{row.id}")


@blueprint.get("/hashes/<int:number>")
@sessions.at_least(Role.ADMIN)
def one(number: int) -> str:
    """A list: what it does, and what stands on it, the newest first."""
    return _one(number)


@blueprint.get("/hashes/<int:number>/list.csv")
@sessions.at_least(Role.ADMIN)
def export(number: int) -> Response:
    """A list as a file."""
    with services().db.read() as session:
        text = sheets.write(bank.whole(session, bank.find(session, number)))
    headers = {"Content-Disposition": f'attachment; filename="hashes-{number}.csv"', "Cache-Control": "no-store"}
    return Response(text, mimetype="text/csv", headers=headers)


@blueprint.post("/hashes/<int:number>/change")
@sessions.at_least(Role.ADMIN)
def change(number: int) -> Answer:
    """Change what a list does and says."""
    origin = forms.text("origin", bank.LONGEST_WORDS)
    try:
        hashes.change(services(), frame.account(), number, _severity(), forms.line("label", 64), origin)
    except AppError as error:
        return _one(number, error=reasons.of(error)), error.status
    pages.tell("in", _("It is as you said from now on."))
    return redirect(f"{HOME}/{number}")


@blueprint.post("/hashes/<int:number>/switch")
@sessions.at_least(Role.ADMIN)
def switch(number: int) -> Answer:
    """Compare with it again, or no more."""
    try:
        hashes.switch(services(), frame.account(), number, on=forms.ticked("switched"))
    except AppError as error:
        return _one(number, error=reasons.of(error)), error.status
    return redirect(f"{HOME}/{number}")


@blueprint.post("/hashes/<int:number>/fill")
@sessions.at_least(Role.ADMIN)
def fill(number: int) -> Answer:
    """Put hashes on it, from a file or as typed."""
    file = request.files.get("file")
    sent = file.read(LONGEST_FILE).decode("utf-8", "replace") if file is not None and file.filename else ""
    said = forms.line("kind", 8)
    kind = HashKind(said) if said in (HashKind.SHA256, HashKind.PDQ) else None
    added, sheet = hashes.fill(services(), frame.account(), number, sent or forms.text("list", 1_000_000), kind)
    if not sheet.entries:
        return _one(number, error=_("There is no hash in it that can be listed."), sheet=sheet), 422
    pages.tell("in", ngettext("%(num)d hash is new on it.", "%(num)d hashes are new on it.", added))
    return _one(number, sheet=sheet) if sheet.refused else redirect(f"{HOME}/{number}")


@blueprint.post("/hashes/<int:number>/drop/<int:hash_id>")
@sessions.at_least(Role.ADMIN)
def drop(number: int, hash_id: int) -> Redirect:
    """Take a hash off it."""
    if hashes.drop(services(), frame.account(), number, hash_id):
        pages.tell("in", _("It is listed no more."))
    else:
        pages.tell("hold", _("It isn’t there any more, or comes from a sealed case and goes with that."))
    return redirect(f"{HOME}/{number}")


def _severity() -> ListSeverity:
    said = forms.line("severity", 24)
    return ListSeverity(said) if said in list(ListSeverity) else ListSeverity.HOLD


def _lists(*, error: str = "", typed: str = "", origin: str = "") -> str:
    with services().db.read() as session:
        found = bank.lists(session, services().clock.now())
    return render_template(
        "review/hashes.html",
        lists=found,
        severities=severities(),
        labels=_labels(),
        error=error,
        typed=typed,
        origin=origin,
        sealing=bank.CHILD_SAFETY,
    )


def _one(number: int, *, error: str = "", sheet: Sheet | None = None) -> str:
    with services().db.read() as session:
        row = bank.find(session, number)
        rows = bank.page(session, row, forms.asked_number("after"), SHOWN + 1)
    return render_template(
        "review/hash-list.html",
        row=row,
        rows=rows[:SHOWN],
        more=len(rows) > SHOWN,
        severities=severities(),
        labels=_labels(),
        error=error,
        sheet=sheet,
        sealing=bank.CHILD_SAFETY,
    )


def severities() -> dict[ListSeverity, tuple[str, str]]:
    """A chip's colour and what is done, in words."""
    return {
        ListSeverity.SENSITIVE: ("note", _("behind a warning")),
        ListSeverity.HOLD: ("hold", _("held for a person")),
        ListSeverity.REJECT: ("out", _("not let in")),
        ListSeverity.QUARANTINE: ("out", _("sealed, for child safety")),
    }


def _labels() -> dict[str, str]:
    return {label: labels.name(label) for label in LABEL_NAMES}
