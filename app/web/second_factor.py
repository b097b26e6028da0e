"""The second factor on the settings pages: set up, renewed, turned off. Secrets are shown once and kept nowhere."""

from __future__ import annotations

import segno
from flask import Blueprint, redirect, render_template
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.accounts import lookup
from app.accounts.factors import codes, enrol
from app.current import services
from app.errors import ConflictError, ForbiddenError
from app.web import forms, pages, sessions
from moderation.quality import practice

blueprint = sessions.guard(Blueprint("second_factor", __name__))
blueprint.after_request(sessions.keep_nowhere)
_PAGE = sessions.SECOND_FACTOR
Answer = str | tuple[str, int] | Response


@blueprint.get(_PAGE)
@sessions.signed_in
def page() -> str:
    """What there is, and what can be done about it."""
    return _page()


@blueprint.post(_PAGE + "/begin")
@sessions.signed_in
def begin() -> Answer:
    """Show the secret, as a picture and in letters."""
    try:
        secret = enrol.begin(services(), sessions.required().id)
    except ConflictError as error:
        pages.tell("out", error.text)
        return redirect(_PAGE)
    return _setting_up(secret)


@blueprint.post(_PAGE + "/confirm")
@sessions.signed_in
def confirm() -> Answer:
    """The first code; then the recovery codes, once."""
    me = sessions.required()
    try:
        fresh = enrol.confirm(services(), me.id, forms.line("code", 64))
    except ForbiddenError as error:
        return _setting_up(enrol.begin(services(), me.id), error.text), error.status
    except ConflictError as error:
        pages.tell("out", error.text)
        return redirect(_PAGE)
    return _codes(fresh)


@blueprint.post(_PAGE + "/codes")
@sessions.signed_in
def renew() -> Answer:
    """New recovery codes."""
    try:
        return _codes(enrol.renew_codes(services(), sessions.required().id, forms.line("code", 64)))
    except ForbiddenError as error:
        return _page(error.text), error.status


@blueprint.post(_PAGE + "/off")
@sessions.signed_in
def off() -> Answer:
    """Turn it off."""
    try:
        enrol.take_away(services(), sessions.required().id, forms.secret("password"), forms.line("code", 64))
    except ForbiddenError as error:
        return _page(error.text), error.status
    pages.tell("note", _("The second factor is off."))
    return redirect(_PAGE)


def _page(error: str = "") -> str:
    me = sessions.required()
    with services().db.read() as session:
        account, standing = lookup.account(session, me.id), enrol.standing(session, me.id)
    return render_template(
        "second-factor.html", standing=standing, error=error, counted=account.second_factor_at is not None
    )


def _setting_up(secret: bytes, error: str = "") -> str:
    settings, me = services().settings, sessions.required()
    address = codes.address(secret, settings.domain, f"{me.username}@{settings.domain}")
    drawn = segno.make(address, error="m", micro=False).svg_inline(border=4, light="#fff", dark="#000", omitsize=True)
    key = codes.key_text(secret)
    return render_template(
        "second-factor-begin.html",
        picture=Markup(drawn),  # noqa: S704 - segno's own drawing of an address of ours
        address=address,
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        error=error,
    )


def _codes(fresh: list[str]) -> str:
    return render_template("second-factor-codes.html", codes=fresh, onward=_onward(sessions.required()))


def _onward(me: sessions.Member) -> str:
    """Where to go from here: who is new in the crew begins with the training queue."""
    if not me.staff:
        return "/settings"
    with services().db.read() as session:
        return "/review/start" if practice.answers(session, me.username) else "/review/training"
