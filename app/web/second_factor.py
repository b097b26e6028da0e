"""The second factor on the settings pages: set up, renewed, turned off. Secrets are shown once and kept nowhere."""

from __future__ import annotations

import segno
from flask import Blueprint, redirect, render_template
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.accounts import lookup
from app.accounts.factors import codes, enrol, passkeys
from app.accounts.tables import Role
from app.current import services
from app.errors import ConflictError, ForbiddenError, InvalidError
from app.setup import steps
from app.web import forms, pages, reasons, sessions
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
        pages.tell("out", reasons.of(error))
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
        return _setting_up(enrol.begin(services(), me.id), reasons.of(error)), error.status
    except ConflictError as error:
        pages.tell("out", reasons.of(error))
        return redirect(_PAGE)
    return _codes_or_back(fresh)


@blueprint.post(_PAGE + "/codes")
@sessions.signed_in
def renew() -> Answer:
    """New recovery codes."""
    try:
        return _codes(enrol.renew_codes(services(), sessions.required().id, forms.line("code", 64)))
    except ForbiddenError as error:
        return _page(reasons.of(error)), error.status


@blueprint.post(_PAGE + "/off")
@sessions.signed_in
def off() -> Answer:
    """Turn it off."""
    try:
        enrol.take_away(services(), sessions.required().id, forms.secret("password"), forms.line("code", 64))
    except ForbiddenError as error:
        return _page(reasons.of(error)), error.status
    pages.tell("note", _("The second factor is off."))
    return redirect(_PAGE)


def _page(error: str = "") -> str:
    me = sessions.required()
    with services().db.read() as session:
        account, standing = lookup.account(session, me.id), enrol.standing(session, me.id)
        known, last = passkeys.listed(session, me.id), enrol.is_last(session, me.id)
    return render_template(
        "second-factor.html",
        standing=standing,
        passkeys=known,
        last=last,
        most=passkeys.MOST,
        error=error,
        counted=account.second_factor_at is not None,
    )


@blueprint.post(_PAGE + "/passkeys")
@sessions.signed_in
def begin_passkey() -> Answer:
    """Password and name are given: the page on which the browser makes the passkey."""
    me, name = sessions.required(), forms.line("name", passkeys.LONGEST_NAME)
    try:
        options = passkeys.ask_to_make(services(), me.id, forms.secret("password"))
    except (ForbiddenError, ConflictError) as error:
        return _page(reasons.of(error)), error.status
    return render_template("passkey-begin.html", options=options, name=name or _("Passkey"))


@blueprint.post(_PAGE + "/passkeys/made")
@sessions.signed_in
def make_passkey() -> Answer:
    """What the browser made is kept."""
    me, name = sessions.required(), forms.line("name", 200)
    try:
        fresh = passkeys.make(services(), me.id, name, forms.text("answer", passkeys.LONGEST_ANSWER + 1))
    except (ForbiddenError, ConflictError, InvalidError) as error:
        return _page(reasons.of(error)), error.status
    pages.tell("in", _("The passkey is set up. From now on you can sign in with it, after your password."))
    return _codes_or_back(fresh)


@blueprint.post(_PAGE + "/passkeys/<int:passkey_id>/remove")
@sessions.signed_in
def remove_passkey(passkey_id: int) -> Answer:
    """Forget one."""
    me = sessions.required()
    try:
        passkeys.remove(services(), me.id, passkey_id, forms.secret("password"), forms.line("code", 64))
    except ForbiddenError as error:
        return _page(reasons.of(error)), error.status
    pages.tell("note", _("The passkey is removed."))
    return redirect(_PAGE)


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


def _codes_or_back(fresh: list[str]) -> Answer:
    """New recovery codes, once; whoever has some already goes back to the page."""
    return _codes(fresh) if fresh else redirect(_PAGE)


def _codes(fresh: list[str]) -> str:
    return render_template("second-factor-codes.html", codes=fresh, onward=_onward(sessions.required()))


def _onward(me: sessions.Member) -> str:
    """Where to go from here: a new admin has the first steps, who is new in the crew the training queue."""
    if not me.staff:
        return "/settings"
    with services().db.read() as session:
        if me.role is Role.ADMIN and steps.of(session).left:
            return "/review/setup"
        return "/review/start" if practice.answers(session, me.username) else "/review/training"
