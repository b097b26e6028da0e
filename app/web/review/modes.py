"""Whom this house deals with: everybody, new servers at first by hand, or named ones only; seen before it is so."""

from __future__ import annotations

from flask import redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.reviewing import modes
from app.web import forms, pages, reasons, sessions
from app.web.review import domain_words, frame
from moderation.domains.modes import FIRST, MOST_FIRST, Mode
from moderation.errors import BadDomainError

blueprint = frame.blueprint("modes")
Answer = str | tuple[str, int] | Redirect
HOME = "/review/domains/mode"


@blueprint.get("/domains/mode")
@sessions.at_least(Role.ADMIN)
def shown() -> str:
    """The mode in force, and what the others would mean now."""
    return _page()


@blueprint.post("/domains/mode")
@sessions.at_least(Role.ADMIN)
def choose() -> Answer:
    """First what it would mean, then, confirmed, in force."""
    word, typed = forms.line("mode", 20), forms.line("first", 4)
    try:
        if word not in tuple(Mode):
            raise BadDomainError(_("choose one"))
        mode = Mode(word)
        first = forms.number("first", 4)
        if first is None:
            first = FIRST if mode is not Mode.GREYLIST else 0
        if not 1 <= first <= MOST_FIRST:
            raise BadDomainError(_("a number from 1 to %(most)s", most=MOST_FIRST))
    except BadDomainError as error:
        return _page(error=reasons.of(error), typed=typed), 422
    if not forms.ticked("confirmed"):
        return _page(wanted=mode, first=first)
    modes.choose(services(), frame.account(), mode, first)
    pages.tell("in", _("In force: %(mode)s.", mode=domain_words.mode(mode)))
    return redirect(HOME)


def _page(wanted: Mode | None = None, first: int | None = None, error: str = "", typed: str | None = None) -> str:
    with services().db.read() as session:
        return render_template(
            "review/domain-mode.html",
            way=modes.way(session),
            seen=modes.consequences(session, services().clock.now()),
            wanted=wanted,
            first=first,
            typed=typed,
            error=error,
            modes=[(each, domain_words.mode(each), domain_words.mode_does(each)) for each in Mode],
            most=MOST_FIRST,
            secure=services().settings.secure_mode,
            name_of=domain_words.mode,
        )
