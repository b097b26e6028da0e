"""The house's custom emojis: uploaded, copied from elsewhere after a look, sorted, disabled, deleted. For admins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.emojis import copying, keeping, shortcodes
from app.emojis.copying import Elsewhere
from app.emojis.tables import CustomEmojiRow
from app.errors import AppError
from app.federation.wire import uris
from app.media import shown
from app.reviewing import people
from app.uploads import places
from app.web import forms, pages, reasons, sessions
from app.web.review import frame

blueprint = frame.blueprint("emojis")
HOME = "/review/emojis"
WRITES = Role.ADMIN
Answer = str | tuple[str, int] | Redirect


@dataclass(frozen=True, slots=True)
class Line:
    """One in the list, and where its picture is for who sees this page."""

    row: CustomEmojiRow
    address: str | None
    source: str | None
    """The host from which it was copied."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One of another server's, and where its picture is here."""

    emoji: Elsewhere
    address: str | None


@blueprint.get("/emojis")
@sessions.at_least(WRITES)
def listed() -> str:
    """All of them, or those that are looked for."""
    return _list()


@blueprint.post("/emojis/add")
@sessions.at_least(WRITES)
def add() -> Answer:
    """Upload one."""
    file = request.files.get("file")
    typed = {name: forms.line(name, 200) for name in ("shortcode", "category")}
    if file is None or not file.filename:
        return _list(error=_("Choose a file"), typed=typed), 422
    code = typed["shortcode"] or shortcodes.of_file(file.filename)
    body = file.stream.read(keeping.LARGEST_BYTES + 1)
    try:
        row = keeping.add(services(), code, body, typed["category"], people.name_of(frame.account()))
    except AppError as error:
        return _list(error=reasons.of(error), typed=typed), error.status
    pages.tell("in", _("Members can write :%(code)s: now.", code=row.shortcode))
    return redirect(HOME)


@blueprint.get("/emojis/elsewhere")
@sessions.at_least(WRITES)
def elsewhere() -> Answer:
    """The emojis of a post or a profile of another server, to be looked at before one is copied."""
    address = " ".join(request.args.get("address", "")[: copying.LONGEST_ADDRESS].split())
    return _elsewhere(address)


@blueprint.post("/emojis/copy")
@sessions.at_least(WRITES)
def copy() -> Answer:
    """Copy one that was looked at."""
    address, code = forms.line("address", copying.LONGEST_ADDRESS), forms.line("code", 200)
    by, viewer_id = people.name_of(frame.account()), sessions.required().id
    wanted = forms.line("shortcode", 200)
    try:
        row = copying.copy(services(), viewer_id, address, code, wanted, forms.line("category", 200), by)
    except AppError as error:
        page = _elsewhere(address, error=reasons.of(error))
        return page if isinstance(page, tuple) else (str(page), error.status)
    pages.tell("in", _("Members can write :%(code)s: now.", code=row.shortcode))
    return redirect(HOME)


@blueprint.post("/emojis/<int:number>/sort")
@sessions.at_least(WRITES)
def sort(number: int) -> Answer:
    """List it under another category."""
    try:
        keeping.sort(services(), number, forms.line("category", 200), people.name_of(frame.account()))
    except AppError as error:
        return _list(error=reasons.of(error)), error.status
    pages.tell("in", _("Saved."))
    return redirect(HOME)


@blueprint.post("/emojis/<int:number>/switch")
@sessions.at_least(WRITES)
def switch(number: int) -> Redirect:
    """Show it nowhere, or again."""
    by = people.name_of(frame.account())
    if forms.ticked("shown"):
        row = keeping.enable(services(), number, by)
        pages.tell("in", _(":%(code)s: is shown again, wherever it stands.", code=row.shortcode))
    else:
        row = keeping.disable(services(), number, by)
        pages.tell("note", _(":%(code)s: is shown nowhere now; what has it shows the word.", code=row.shortcode))
    return redirect(HOME)


@blueprint.post("/emojis/<int:number>/remove")
@sessions.at_least(WRITES)
def remove(number: int) -> Redirect:
    """Delete it."""
    row = keeping.remove(services(), number, people.name_of(frame.account()))
    pages.tell("note", _(":%(code)s: is deleted.", code=row.shortcode))
    return redirect(HOME)


def _list(*, error: str = "", typed: dict[str, str] | None = None) -> str:
    words = " ".join(request.args.get("q", "")[:100].split())
    with services().db.read() as session:
        page = keeping.listed(session, words, request.args.get("after", "")[: shortcodes.LONGEST])
        categories = keeping.categories(session)
    return render_template(
        "review/emojis.html",
        lines=[_line(row) for row in page.rows],
        after=page.after,
        words=words,
        categories=categories,
        typed=typed or {},
        error=error,
        most=keeping.LARGEST_BYTES // 1024,
    )


def _line(row: CustomEmojiRow) -> Line:
    """A disabled one is shown to nobody, but here, for a quarter of an hour."""
    made, settings = services(), services().settings
    address = places.emoji_address(settings, row.key)
    source = uris.origin(row.copied_from) if row.copied_from else None
    if row.disabled_at is None:
        return Line(row, places.emoji_address(settings, row.key, shown.STATIC), source)
    return Line(row, shown.links(settings).mine(address, shown.ORIGINAL, made.clock.now()), source)


def _elsewhere(address: str, error: str = "") -> Answer:
    found: Sequence[Elsewhere] = ()
    status = 200
    if address:
        try:
            found = copying.at(services(), sessions.required().id, address)
        except AppError as missing:
            error, status = error or reasons.of(missing), missing.status
    links = shown.links(services().settings)
    offers = [Offer(each, links.emoji(each.url, shown.STATIC)) for each in found]
    page = render_template("review/emojis-elsewhere.html", address=address, offers=offers, error=error)
    return page if status == 200 else (page, status)
