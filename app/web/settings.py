"""A member's settings: the profile, which passes the door too, language and writing, the password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, g, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import refresh
from werkzeug.wrappers import Response

from app.accounts import credentials, lookup, profile
from app.accounts.profile import ProfileEdit
from app.current import services
from app.errors import ForbiddenError, InvalidError
from app.federation.wire import sanitise
from app.locales import LOCALES
from app.media.shapes import Shape
from app.notifications import staff
from app.reviewing import people
from app.uploads import faces, taking
from app.web import choices, forms, pages, reasons, sessions
from app.workforce import books

blueprint = sessions.guard(Blueprint("settings", __name__))
blueprint.after_request(sessions.keep_nowhere)
_PAGE = "/settings"
MOST_BYTES = 2 * taking.LARGEST_BYTES + 1024**2


@blueprint.get(_PAGE)
@sessions.signed_in
def page() -> str:
    """All of them."""
    with services().db.read() as session:
        account = lookup.account(session, sessions.required().id)
        worked = sessions.required().username in books.known(session)
        hears = staff.hears(session, account.id) if lookup.at_least(account.role, people.PEOPLE) else None
    return render_template(
        "settings.html",
        hears=hears,
        worked=worked,
        account=account,
        actor=account.actor,
        profile={"display_name": account.actor.display_name, "summary": account.actor.summary_source},
        field_rows=_field_rows(account.actor.fields),
        picture_types=",".join(taking.TYPES),
        visibilities=choices.visibilities(),
        languages=choices.languages(),
        quote_policies=choices.quote_policies(),
    )


def _field_rows(fields: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """As many rows as a profile has, with what is in them now."""
    rows = [(one["name"], sanitise.text_of(one["value"])) for one in fields]
    return rows + [("", "")] * (profile.MAX_OWN_FIELDS - len(rows))


@blueprint.post(_PAGE + "/profile")
@sessions.takes_files(MOST_BYTES)
@sessions.signed_in
def change_profile() -> Response:
    """Words and pictures wait for the door; switches change at once."""
    try:
        actor = profile.edit(services(), sessions.required().id, _wanted_profile())
    except InvalidError as error:
        pages.tell("out", reasons.of(error))
        return redirect(_PAGE)
    if actor.pending_profile is not None:
        pages.tell("hold", _("Your new profile waits at the door; until it is let in, others see the old one."))
    else:
        pages.tell("in", _("Saved."))
    return redirect(_PAGE)


def _wanted_profile() -> ProfileEdit:
    """Raises InvalidError for what is no picture."""
    return ProfileEdit(
        display_name=forms.line("display_name"),
        note=forms.text("summary"),
        locked=forms.ticked("locked"),
        bot=forms.ticked("bot"),
        discoverable=forms.ticked("discoverable"),
        hides_follows=forms.ticked("hides_follows"),
        indexable=forms.ticked("indexable"),
        fields=_fields(),
        avatar_url=_face(Shape.AVATAR),
        header_url=_face(Shape.HEADER),
    )


def _fields() -> tuple[tuple[str, str], ...] | None:
    """The lines about oneself; None where the form has none."""
    if "field_name" not in request.form:
        return None
    names, values = (request.form.getlist(name) for name in ("field_name", "field_value"))
    return tuple((_line(name), _line(value)) for name, value in zip(names, values, strict=False))


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _face(shape: Shape) -> str | None:
    """The address of the picture that was sent; empty: the one that is there goes; None: it stays."""
    file = request.files.get(shape.value)
    if file is not None and file.filename:
        return faces.take(services(), sessions.required().id, file.stream.read(taking.LARGEST_BYTES + 1), shape)
    return "" if forms.ticked(f"without_{shape.value}") else None


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


@blueprint.post(_PAGE + "/hearing")
@sessions.at_least(people.PEOPLE)
def change_hearing() -> Response:
    """Of what who moderates is told besides their queue."""
    staff.choose(services(), sessions.required().id, {name: forms.ticked(name) for name in staff.NAMES.values()})
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
        pages.tell("out", reasons.of(error))
        return redirect(_PAGE)
    with services().db.read() as session:
        sessions.sign_in(lookup.account(session, me.id), remember=False)
    pages.tell("in", _("The password is changed. Everywhere else you are signed out."))
    return redirect(_PAGE)
