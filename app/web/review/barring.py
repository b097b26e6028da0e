"""From where nobody signs up, or not without a look, on a page for leads: mail providers, mailboxes, networks."""

from __future__ import annotations

from typing import Final

from flask import redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.barring import keep, reach, spelling
from app.barring.tables import BarredMailboxRow, BarredMailDomainRow, BarredNetworkRow, NetworkSeverity
from app.current import services
from app.errors import AppError, NotFoundError
from app.paging import Paging
from app.reviewing import people
from app.web import forms, pages, reasons, sessions
from app.web.review import frame
from moderation.errors import BadDomainError

blueprint = frame.blueprint("barring")
Row = BarredMailDomainRow | BarredMailboxRow | BarredNetworkRow
HOME = "/review/barring"
SHOWN: Final = 500
KINDS: Final[dict[str, type[Row]]] = {
    "provider": BarredMailDomainRow,
    "mailbox": BarredMailboxRow,
    "network": BarredNetworkRow,
}


@blueprint.get("/barring")
@sessions.at_least(people.RULES)
def listed() -> str:
    """All three kinds, and a form for each."""
    return _page()


@blueprint.post("/barring/<kind>")
@sessions.at_least(people.RULES)
def bar(kind: str) -> str | tuple[str, int] | Response:
    """Bar one, or have somebody look at each."""
    if kind not in KINDS:
        raise NotFoundError
    try:
        row = _row(kind)
        if touched := _unsure(row):
            return _page(kind, _touched(touched), asks=True), 422
        keep.add(services(), frame.account(), row, request.remote_addr or "")
    except BadDomainError as error:
        return _page(kind, reasons.of(error)), 422
    except (AppError, ValueError) as error:
        return _page(kind, _wrong(kind, error)), 422
    if forms.line("how", 24) == NetworkSeverity.NO_ACCESS:
        pages.tell("in", _("Whatever is asked from there is refused from now on."))
    else:
        pages.tell("in", _("It holds for who signs up from now on. Who is in already stays."))
    return redirect(HOME)


@blueprint.post("/barring/<kind>/<int:number>/lift")
@sessions.at_least(people.RULES)
def lift(kind: str, number: int) -> Response:
    """Let it be."""
    if kind not in KINDS:
        raise NotFoundError
    keep.drop(services(), frame.account(), KINDS[kind], number)
    pages.tell("in", _("It holds no more."))
    return redirect(HOME)


def _row(kind: str) -> Row:
    """What was typed. Raises InvalidError, BadDomainError; ValueError for an end that isn't to come."""
    what, how = forms.line("what", 320), forms.line("how", 24)
    look = how == NetworkSeverity.APPROVAL
    if kind == "provider":
        return BarredMailDomainRow(domain=spelling.mail_domain(what), with_approval=look)
    if kind == "mailbox":
        return BarredMailboxRow(digest=spelling.mailbox_digest(what))
    end = forms.end_of_day("until")
    if end is not None and end <= services().clock.now():
        raise ValueError(end)
    severity = NetworkSeverity(how) if how in tuple(NetworkSeverity) else NetworkSeverity.BLOCK
    comment = forms.text("comment", 500)
    return BarredNetworkRow(network=spelling.network(what), severity=severity, comment=comment, expires_at=end)


def _unsure(row: Row) -> int:
    """How many members it would have kept out, unless that was read and ticked."""
    if forms.ticked("sure"):
        return 0
    with services().db.read() as session:
        if isinstance(row, BarredMailDomainRow):
            return reach.members_of_provider(session, row.domain)
        if isinstance(row, BarredNetworkRow):
            return reach.members_within(session, row.network)
    return 0


def _touched(members: int) -> str:
    return ngettext(
        "%(num)d member here came from there. Who is in already stays; nobody like them could sign up any more.",
        "%(num)d members here came from there. Who is in already stays; nobody like them could sign up any more.",
        members,
    )


def _wrong(kind: str, error: Exception) -> str:
    if isinstance(error, AppError) and error.code == "barred_already":
        return _("That stands there already.")
    if isinstance(error, AppError) and error.code == "network_too_wide":
        return _("That is so wide that it keeps out much of the world: /8 at most, /20 for IPv6.")
    if isinstance(error, AppError) and error.code in ("network_own", "network_asking"):
        return _("You would be shut out by it, or this server or its proxy would.")
    if isinstance(error, ValueError):
        return _("An end is a day to come.")
    return {
        "mailbox": _("That is no e-mail address."),
        "network": _("A network is an address, or the beginning of one, as in 203.0.113.0/24 or 2001:db8::/32."),
    }.get(kind, _("That doesn’t fit."))


def _page(kind: str = "", error: str = "", *, asks: bool = False) -> str:
    account, paging = frame.account(), Paging(limit=SHOWN)
    return render_template(
        "review/barring.html",
        providers=keep.several(services(), account, BarredMailDomainRow, paging),
        mailboxes=keep.several(services(), account, BarredMailboxRow, paging),
        networks=keep.several(services(), account, BarredNetworkRow, paging),
        kind=kind,
        error=error,
        asks=asks,
        given={name: forms.line(name, 500) for name in ("how", "until", "comment")} if error else {},
        typed=forms.line("what", 320) if error and kind != "mailbox" else "",
        now=services().clock.now(),
    )
