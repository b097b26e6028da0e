"""Where a member is signed in: browsers and programs, each of which they can end from here."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.accounts import browsers
from app.current import services
from app.oauth import bearer, granted, wording
from app.web import pages, sessions

blueprint = sessions.guard(Blueprint("browsers", __name__))
blueprint.after_request(sessions.keep_nowhere)
_PAGE = "/settings/signed-in"


@blueprint.get(_PAGE)
@sessions.signed_in
def page() -> str:
    """All of them."""
    me, now = sessions.required(), services().clock.now()
    with services().db.read() as session:
        return render_template(
            "signed-in.html",
            browsers=browsers.of(session, me.id, now),
            here=me.session_id,
            programs=[(one, wording.describe(one.scopes)) for one in granted.of(session, me.id)],
        )


@blueprint.post(_PAGE + "/<int:number>/end")
@sessions.signed_in
def end(number: int) -> Response:
    """End one; this browser's own is the same as signing out."""
    me = sessions.required()
    if number == me.session_id:
        sessions.sign_out()
        return redirect("/")
    browsers.end(services(), me.id, number)
    pages.tell("in", _("That browser is signed out."))
    return redirect(_PAGE)


@blueprint.post(_PAGE + "/end-others")
@sessions.signed_in
def end_others() -> Response:
    """End every one but this."""
    me = sessions.required()
    ended = browsers.end_others(services(), me.id, me.session_id)
    pages.tell("in", ngettext("%(num)s browser is signed out.", "%(num)s browsers are signed out.", ended))
    return redirect(_PAGE)


@blueprint.post(_PAGE + "/programs/<int:number>/end")
@sessions.signed_in
def end_program(number: int) -> Response:
    """Take a program's access back."""
    granted.take_back(services(), sessions.required().id, number)
    bearer.forget()
    pages.tell("in", _("The program can do nothing for you any more."))
    return redirect(_PAGE)
