"""One's own keys and swipes: a page of the desk, kept in the database and so in every browser."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request
from flask_babel import gettext as _

from app.accounts.tables import Role
from app.current import services
from app.web import forms, pages, sessions
from app.web.review import frame, keymap
from app.web.review.acting import Answer
from app.workforce import desk_choices
from app.workforce.desk_choices import KEYS, BadKeyError, DeskChoices

blueprint = frame.blueprint("keys")
PLACE = "/review/keys"


@blueprint.get("/keys")
@sessions.at_least(Role.TRAINEE)
def own() -> str:
    """Each thing that has a key, and which it is."""
    return _page(keymap.mine())


@blueprint.post("/keys")
@sessions.at_least(Role.TRAINEE)
def keep() -> Answer:
    """Keep what was chosen, or go back to the usual keys."""
    chosen = _usual() if forms.line("usual", 3) else _typed()
    try:
        with services().db.write() as session:
            desk_choices.put(session, sessions.required().id, chosen)
    except BadKeyError as error:
        return _page(chosen, error=_why(error, chosen), wrong=(error.usual, error.other)), 422
    keymap.forget()
    pages.tell("in", _("Kept."))
    return redirect(PLACE)


def _typed() -> DeskChoices:
    """An empty field is the usual key; `Space` may be said by its name."""
    keys = {}
    for at, usual in enumerate(KEYS):
        typed = request.form.get(f"key_{at}", "")[:12]
        word = typed.strip()
        if word.casefold() in ("space", _("Space").casefold()) or typed == " ":
            word = " "
        if word and word != usual:
            keys[usual] = word
    return DeskChoices(keys, forms.ticked("single_keys"), forms.ticked("swipes"))


def _usual() -> DeskChoices:
    """The usual keys; what else was chosen stays."""
    return DeskChoices({}, forms.ticked("single_keys"), forms.ticked("swipes"))


def _why(error: BadKeyError, chosen: DeskChoices) -> str:
    words = keymap.does()
    key = keymap.named(chosen.key(error.usual))
    if not error.other:
        return _("“%(key)s” can’t be a key: type one letter, digit or sign.", key=key)
    return _(
        "“%(key)s” would do two things: “%(first)s” and “%(second)s”. Nothing was changed.",
        key=key,
        first=words[error.other],
        second=words[error.usual],
    )


def _page(choices: DeskChoices, *, error: str = "", wrong: tuple[str, ...] = ()) -> str:
    words: Mapping[str, str] = keymap.offered()
    keys = [(at, usual) for at, usual in enumerate(KEYS) if usual in words]
    rows = [(at, usual, words[usual], choices.key(usual), usual in wrong) for at, usual in keys]
    return render_template("review/my-keys.html", rows=rows, choices=choices, error=error, named=keymap.named)
