"""What every page shares: the template's globals and filters, and the page that says what went wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, flash, get_flashed_messages, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app.accounts import lookup
from app.current import services
from app.instance.house import House
from app.reviewing import people
from app.web import announcements, filters, house, pictured, sessions, usual, waiting

_STATIC = Path(__file__).parent / "static"


def prepare(app: Flask) -> None:
    """Register globals and filters of the templates."""
    sessions.prepare(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(filters.ALL)
    app.jinja_env.tests["picture"] = pictured.is_picture
    app.jinja_env.tests["film"] = pictured.is_film
    app.jinja_env.globals.update(
        house_url=lambda: services().settings.base_url,
        member=sessions.member,
        language=language,
        house=_house,
        static=static,
        csrf_field=csrf_field,
        colon=colon,
        flashes=_flashes,
        language_link=_language_link,
        initial=filters.initial,
        unread_letters=waiting.letters,
        unread_announcements=announcements.unread,
        unread_notifications=waiting.unread_notifications,
        waiting_reviews=waiting.reviews,
        sees_servers=_sees_servers,
        sees_signups=_sees_signups,
        usual_wait=usual.wait,
        usual_delay=usual.delay,
        usually=usual.soon,
        held_line=usual.line,
    )


def _sees_servers() -> bool:
    """Whether the pages about other servers are the reader's: trainees learn on cases."""
    me = sessions.member()
    return me is not None and lookup.at_least(me.role, people.WORK)


def _sees_signups() -> bool:
    """Whether the page of sign-ups opens to the reader."""
    me = sessions.member()
    return me is not None and lookup.at_least(me.role, people.PEOPLE)


def colon() -> str:
    """Between a word and what is said of it: French has a space before it, at which no line breaks."""
    return "\u202f:" if language() == "fr" else ":"


def language() -> str:
    """The language of this answer, for `lang`."""
    return str(get_locale() or "en")


def tell(kind: str, words: str) -> None:
    """A line on the next page, read aloud by screen readers: `in`, `hold`, `out` or `note`."""
    flash(words, kind)


def csrf_field() -> Markup:
    """The hidden field that every POST form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


@cache
def _version(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:10]


def static(name: str) -> str:
    """The address of one of our files; it changes with the content, so that browsers may keep it."""
    return url_for("static", filename=name, v=_version(name))


def _house() -> House:
    return house.describe(services())


def _flashes() -> list[tuple[str, str]]:
    if "session" not in request.cookies and not request.cookies:
        return []
    found: list[Any] = get_flashed_messages(with_categories=True)
    return [(str(kind), words if isinstance(words, Markup) else str(words)) for kind, words in found]


def _language_link(code: str) -> str:
    here = request.full_path.removesuffix("?") if request.method == "GET" else "/"
    return f"/language/{code}?next={quote(here, safe='/@')}"


def _headings() -> dict[int, str]:
    return {
        400: _("That can’t be understood"),
        401: _("Sign in first"),
        403: _("Not allowed"),
        404: _("Nothing is here"),
        405: _("That can’t be done here"),
        409: _("Somebody was faster"),
        410: _("It was here, and is gone"),
        413: _("That is too much"),
        422: _("That doesn’t fit"),
        429: _("A little slower, please"),
        503: _("Back in a moment"),
    }


def error_page(status: int, why: Callable[[], str]) -> str:
    """A page with one sentence, which `why` gives once the reader's language is known. From 500 up it asks the database
    nothing: that may be what is broken."""
    bare = status >= 500
    if not bare:
        sessions.use_language()
    heading = _headings().get(status) or _("Something went wrong")
    if status == 404:
        text = _("Perhaps it was deleted, was never here, or isn’t meant for these eyes.")
    elif bare:
        text = _("This server couldn’t answer. Nothing that you sent has been shown to anybody.")
    else:
        text = why()
    return render_template("error.html", status=status, heading=heading, text=text, bare=bare)
