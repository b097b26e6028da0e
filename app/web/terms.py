"""Terms and privacy for everybody: the version in force, every version before it."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from app.current import services
from app.errors import NotFoundError
from app.notifications import languages
from app.terms import versions
from app.terms.tables import Document, TermsVersionRow
from app.terms.versions import Sections
from app.web import pages, sessions

blueprint = sessions.guard(Blueprint("terms", __name__))


@blueprint.get("/terms")
def terms() -> str:
    """What holds here."""
    return _newest(Document.TERMS)


@blueprint.get("/privacy")
def privacy() -> str:
    """What becomes of what is written here."""
    return _newest(Document.PRIVACY)


@blueprint.get("/terms/<int:number>")
def terms_then(number: int) -> str:
    """The terms as they read."""
    return _numbered(Document.TERMS, number)


@blueprint.get("/privacy/<int:number>")
def privacy_then(number: int) -> str:
    """What was said about privacy."""
    return _numbered(Document.PRIVACY, number)


def _newest(document: Document) -> str:
    """The newest version; in a house so new that there is none yet, what it will be."""
    with services().db.read() as session:
        row = versions.newest(session, document)
        sections = row.sections if row is not None else versions.build(session, services(), document)
        known = versions.listed(session, document)
    return _page(document, sections, row, known)


def _numbered(document: Document, number: int) -> str:
    with services().db.read() as session:
        row = versions.numbered(session, document, number) if number < 2**31 else None
        known = versions.listed(session, document)
    if row is None:
        raise NotFoundError
    return _page(document, row.sections, row, known)


def _page(document: Document, sections: Sections, row: TermsVersionRow | None, known: list[TermsVersionRow]) -> str:
    terms = document is Document.TERMS
    return render_template(
        "terms.html",
        heading=_("Terms") if terms else _("Privacy"),
        path=f"/{document.value}",
        sections=sections[languages.normal(pages.language())],
        row=row,
        versions=known,
        newest=row is None or not known or row.number == known[0].number,
    )
