"""What was typed in a case and not sent: kept when one leaves it, back in its fields when one opens it again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.errors import AppError
from app.reviewing import seeing
from app.stores import typed
from app.web import pages, sessions
from app.web.review import frame
from app.web.review.showing import CaseView
from moderation.errors import ModerationError

blueprint = frame.blueprint("typed")
LONGEST: Final = 5000
"""Characters of one field."""
_WORDS: Final = re.compile(
    r"note|answer|reply|note_escalate|note_second|warning_words(_second)?|(reason|author_note)_[a-z]+"
)
_CHOICES: Final = re.compile(r"warning|warning_second|measure|term|proposed|outcome|instead|rule_[a-z]+")
_PANEL: Final = re.compile(r"(?:reason|author_note|note)_([a-z]+)")
_PANELS: Final = {"warning_words": "label", "warning_words_second": "second"}
EVERYBODYS: Final = frozenset(("note", "answer", "reply"))
"""Fields that stand open, in no panel."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What goes back into the fields, which panels they are in, and since when it is kept."""

    fields: Mapping[str, str]
    panels: frozenset[str]
    at: datetime
    words: tuple[str, ...]


@blueprint.post("/case/<int:number>/typed")
@sessions.at_least(Role.TRAINEE)
def keep_typed(number: int) -> tuple[str, int]:
    """As the page's script says it while somebody types, and when they leave."""
    seeing.require(services(), frame.account(), number)
    keep(number)
    return "", 204


@blueprint.post("/case/<int:number>/typed/forget")
@sessions.at_least(Role.TRAINEE)
def forget_typed(number: int) -> Redirect:
    """Throw it away."""
    forget(number)
    pages.tell("note", _("Thrown away."))
    return redirect(f"/review/case/{number}")


def keep(number: int, *, without: Collection[str] = ()) -> None:
    """Keep what this request's form says, but what was just sent. Nothing stays of a case that isn't the reader's any
    more, as one that was sealed while they typed."""
    fields = {
        name: value[:LONGEST].replace("\r\n", "\n")
        for name, value in request.form.items()
        if name not in without and value and (_WORDS.fullmatch(name) or _CHOICES.fullmatch(name))
    }
    wordless = not any(_WORDS.fullmatch(name) for name in fields)
    me, now = sessions.required(), services().clock.now()
    typed.keep(services().redis, number, me.username, {} if wordless else fields, now)
    # Asked last: what is sealed from now on forgets it itself.
    if not seeing.may(services(), frame.account(), number):
        typed.forget(services().redis, number, me.username)


def forget(number: int) -> None:
    """What the reader typed in a case isn't wanted any more."""
    typed.forget(services().redis, number, sessions.required().username)


@contextmanager
def kept_if_refused(number: int) -> Iterator[None]:
    """Where what was sent is refused with a page of its own, the words wait in the case."""
    try:
        yield
    except (AppError, ModerationError):
        keep(number)
        raise


def offered(view: CaseView) -> Kept | None:
    """What the reader typed in this case before; None where that was nothing, or only what the page says by itself."""
    found = typed.of(services().redis, view.detail.case.id, sessions.required().username)
    if found is None:
        return None
    plain = {view.plain_reason, *(rule.reason for rule in view.rules)}
    said = {
        name: value
        for name, value in found.fields.items()
        if _WORDS.fullmatch(name) and value.strip() and not (name.startswith("reason_") and value in plain)
    }
    if not said:
        return None
    panels = {_PANELS.get(name) or _panel(name) for name in said if name not in EVERYBODYS}
    return Kept({**found.fields, **said}, frozenset(panels), found.at, tuple(said.values()))


def _panel(name: str) -> str:
    found = _PANEL.fullmatch(name)
    return found[1] if found is not None else ""
