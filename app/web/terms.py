"""Terms and privacy for everybody: the version in force, every version before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from app.current import services
from app.errors import NotFoundError
from app.notifications import languages
from app.terms import changes, versions
from app.terms.tables import Document, TermsVersionRow
from app.terms.versions import Sections
from app.web import forms, pages, sessions
from app.web.review import marking

blueprint = sessions.guard(Blueprint("terms", __name__))
_SHOWN = 20


@dataclass(frozen=True)
class VersionShown:
    """A version in a list of all: when it came into force, and what it changed."""

    number: int
    made_at: datetime
    policy_version: int
    sections: Sequence[tuple[str, Sequence[Markup]]]
    """Titles of those that differ, with each line that does, marked."""
    first: bool


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


@blueprint.get("/terms/versions")
def terms_versions() -> str:
    """Every version of the terms, with what each changed."""
    return _versions(Document.TERMS)


@blueprint.get("/privacy/versions")
def privacy_versions() -> str:
    """The same of what is said about privacy."""
    return _versions(Document.PRIVACY)


def _versions(document: Document) -> str:
    """Some at a time: each beside the one before it."""
    before = forms.as_number(request.args.get("before", ""), 9)
    language = languages.normal(pages.language())
    with services().db.read() as session:
        known = versions.listed(session, document, _SHOWN + 1, before)
    found = [_told(row, earlier, language) for row, earlier in zip_longest(known[:_SHOWN], known[1:])]
    return render_template(
        "terms-versions.html",
        heading=_("Versions of the terms") if document is Document.TERMS else _("Versions of “Privacy”"),
        path=f"/{document.value}",
        versions=found,
        older=known[_SHOWN - 1].number if len(known) > _SHOWN else None,
        newest=before is None,
    )


def _told(row: TermsVersionRow, earlier: TermsVersionRow | None, language: str) -> VersionShown:
    changed = changes.between(earlier.sections[language], row.sections[language]) if earlier is not None else []
    sections = [(each.title, [marking.changed(one.before, one.after) for one in each.changes]) for each in changed]
    return VersionShown(row.number, row.made_at, row.policy_version, sections, first=earlier is None)


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
