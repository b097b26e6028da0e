"""A member's settings: the profile, which passes the door too, language and writing, the password."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import refresh
from werkzeug.wrappers import Response

from app.accounts import credentials, lookup, profile
from app.accounts.profile import ProfileEdit
from app.current import services
from app.errors import ForbiddenError, InvalidError
from app.locales import LOCALES
from app.web import choices, forms, pages, sessions

blueprint = sessions.guard(Blueprint("settings", __name__))
blueprint.after_request(sessions.keep_nowhere)
_PAGE = "/settings"


@blueprint.get(_PAGE)
@sessions.signed_in
def page() -> str:
    """All of them."""
    with services().db.read() as session:
        account = lookup.account(session, sessions.required().id)
    return render_template(
        "settings.html",
        account=account,
        actor=account.actor,
        profile={"display_name": account.actor.display_name, "summary": account.actor.summary_source},
        visibilities=choices.visibilities(),
        languages=choices.languages(),
        quote_policies=choices.quote_policies(),
    )


@blueprint.post(_PAGE + "/profile")
@sessions.signed_in
def change_profile() -> Response:
    """Words wait for the door; switches change at once."""
    wanted = ProfileEdit(
        display_name=forms.line("display_name"),
        note=forms.text("summary"),
        locked=forms.ticked("locked"),
        bot=forms.ticked("bot"),
        discoverable=forms.ticked("discoverable"),
        hides_follows=forms.ticked("hides_follows"),
        indexable=forms.ticked("indexable"),
    )
    try:
        actor = profile.edit(services(), sessions.required().id, wanted)
    except InvalidError as error:
        pages.tell("out", error.text)
        return redirect(_PAGE)
    if actor.pending_profile is not None:
        pages.tell("hold", _("Your new profile waits at the door; until it is let in, others see the old one."))
    else:
        pages.tell("in", _("Saved."))
    return redirect(_PAGE)


@blueprint.post(_PAGE + "/writing")
@sessions.signed_in
def change_writing() -> Response:
    """Language of the pages, and how posts are written."""
    locale = request.form.get("locale", "")
    wanted = ProfileEdit(
        locale=locale if locale in LOCALES else None,
        default_visibility=choices.visibility(request.form.get("default_visibility", "")).value,
        default_language=choices.language(request.form.get("default_language", "")) or "",
        default_quote_policy=choices.quote_policy(request.form.get("default_quote_policy", "")).value,
    )
    profile.edit(services(), sessions.required().id, wanted)
    if locale in LOCALES:
        g.locale = locale
        refresh()
    pages.tell("in", _("Saved."))
    return redirect(_PAGE)


@blueprint.post(_PAGE + "/password")
@sessions.signed_in
def change_password() -> Response:
    """A new one ends every other session."""
    me = sessions.required()
    try:
        credentials.change_password(services(), me.id, forms.secret("old"), forms.secret("new"))
    except (ForbiddenError, InvalidError) as error:
        pages.tell("out", error.text)
        return redirect(_PAGE)
    with services().db.read() as session:
        sessions.sign_in(lookup.account(session, me.id), remember=False)
    pages.tell("in", _("The password is changed. Everywhere else you are signed out."))
    return redirect(_PAGE)
