"""Whom people outside can turn to: the house's contacts, as its pages and the client API name them."""

from __future__ import annotations

from flask import redirect, render_template
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.instance import countries, house
from app.web import forms, pages, reasons, sessions
from app.web import house as described
from app.web.review import frame
from moderation.grave import jurisdictions

blueprint = frame.blueprint("contacts")
Answer = str | tuple[str, int] | Response
NAMES = ("contact_email", "contact_account", "authority_contact", "outside_contact", "country")


@blueprint.get("/contacts")
@sessions.at_least(Role.ADMIN)
def contacts() -> str:
    """Who they are now."""
    told = described.describe(services())
    return _page({name: getattr(told, name) for name in NAMES})


@blueprint.post("/contacts")
@sessions.at_least(Role.ADMIN)
def change() -> Answer:
    """Others."""
    wanted = {name: forms.line(name, 501) for name in NAMES}
    try:
        house.change(services(), sessions.required().username, **wanted)
    except InvalidError as error:
        return _page(wanted, reasons.of(error)), 422
    pages.tell("in", _("Saved."))
    return redirect("/review/contacts")


def _page(known: dict[str, str], error: str = "") -> str:
    place = jurisdictions.of(known["country"])
    lands = countries.listed(str(get_locale() or "en"))
    return render_template("review/contacts.html", known=known, error=error, countries=lands, place=place)
