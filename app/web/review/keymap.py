"""The keys of the desk as their reader has them: what each does in words, and how a page shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, g
from flask_babel import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from app.current import services
from app.web import sessions
from app.workforce import desk_choices
from app.workforce.desk_choices import DeskChoices


def mine() -> DeskChoices:
    """What the reader chose; asked of the database once for each page."""
    if "desk_choices" not in g:
        me = sessions.member()
        with services().db.read() as session:
            g.desk_choices = desk_choices.of(session, me.id) if me is not None else DeskChoices()
    found: DeskChoices = g.desk_choices
    return found


def forget() -> None:
    """What was read for this page isn't true any more."""
    g.pop("desk_choices", None)


def named(key: str) -> str:
    """A key as one says it."""
    return _("Space") if key == " " else key


@pass_context
def kbd(_context: Context, usual: str, style: str = "", *, second: bool = False) -> Markup:
    """The key that does what `usual` does for the reader, or nothing where letters are no keys for them.

    It takes the context so that Jinja doesn't reckon it once for everybody, when it compiles the template.

    The `second` of two keys is always the same: what it does stands beside it.
    """
    choices = mine()
    if not choices.single_keys:
        return Markup()
    key = named(usual if second else choices.key(usual))
    return Markup('<kbd class="{}">{}</kbd>').format(style, key) if style else Markup("<kbd>{}</kbd>").format(key)


def undo() -> Markup:
    """How what was just done is taken back: by a key, where letters are keys and there are any."""
    can_be = _("It can be undone for ten minutes.")
    if not mine().single_keys:
        return escape(can_be)
    by_key = _("Undo for ten minutes with %(key)s.", key=named(mine().key("u")))
    both = Markup('<span class="desk-only">{}</span><span class="thumb-only">{}</span>')
    return both.format(by_key, can_be)


def undoable(said: str) -> Markup:
    """What was done, and how it is taken back."""
    return Markup("{} {}").format(said, undo())


def as_json() -> str:
    """For the script: which key does what another usually does."""
    return json.dumps({key: usual for usual, key in mine().keys.items()}, sort_keys=True)


def does() -> Mapping[str, str]:
    """What each key does, by the usual one, in the order of a session."""
    return {
        "g": _("take this case, or the first that waits"),
        " ": _("next, without deciding"),
        "j": _("down the queue"),
        "k": _("up the queue"),
        "x": _("mark a case in the queue"),
        "X": _("decide the marked cases together"),
        "a": _("let in, or leave it"),
        "c": _("put behind a warning"),
        "l": _("limit: off the public timelines"),
        "r": _("reject: opens rule and reason"),
        "i": _("leave it, and no more reports until it changes"),
        "m": _("macros: then 1 to 9 shows what one would do"),
        "s": _("about the account: opens a form"),
        "w": _("freeze until it is mended: opens that form"),
        "e": _("escalate: then c seals child abuse, t calls for a life in danger"),
        "2": _("ask for a second opinion, given blind"),
        "n": _("note to the crew"),
        "v": _("what is veiled, one step more; colour while you hold it"),
        "t": _("translate the text, by a machine elsewhere"),
        "p": _("a look at the author’s history"),
        "d": _("a look at the author’s server"),
        "h": _("the thread"),
        "u": _("undo your last decision, for ten minutes"),
        "+": _("trust the author of what you just let in, for this, for 30 days"),
        "?": _("this list"),
    }


def offered() -> Mapping[str, str]:
    """Those that do something in this house: without a translation service none translates."""
    return {key: words for key, words in does().items() if key != "t" or services().translator is not None}


def register(blueprint: Blueprint) -> None:
    """Give them to the templates."""
    blueprint.add_app_template_filter(kbd, "kbd")
    blueprint.add_app_template_global(mine, "desk_choices")
    blueprint.add_app_template_global(as_json, "desk_keymap")
    blueprint.add_app_template_global(offered, "desk_keys")
