"""What is said on a closed door, in words: on pages, and to apps as HTML."""

from __future__ import annotations

from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.doors.offered import Offer


def plainly(offer: Offer) -> str:
    """That nobody can simply sign up, in one sentence."""
    if offer.by_invitation:
        return _("Signing up here takes an invitation: a link that somebody who runs this server gives you.")
    return _("Nobody can sign up here at the moment.")


def html(offer: Offer) -> str:
    """The same for apps, with the house's own words, and what there is on the page for signing up."""
    parts = [plainly(offer), *paragraphs(offer.words)]
    if offer.waiting_list:
        parts.append(_("There is a waiting list on our page for signing up."))
    return str(Markup().join(Markup("<p>{}</p>").format(escape(part)) for part in parts))


def paragraphs(words: str) -> list[str]:
    """The house's words, parted at empty lines."""
    return [part.strip() for part in words.split("\n\n") if part.strip()]
