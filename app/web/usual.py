"""How long a held post usually waits here, and the line that its author reads under it."""

from __future__ import annotations

from datetime import timedelta

from flask import g
from flask_babel import gettext as _

from app.current import services
from app.posts import held
from app.posts.reading import PostView
from app.posts.tables import PostState
from app.web import filters
from moderation.holds.absence import Absence
from moderation.planning.adaptation import Delay


def wait() -> timedelta | None:
    """Asked of the database once a request; None while too little has been decided to say."""
    if "usual_wait" not in g:
        with services().db.read() as session:
            g.usual_wait = held.usual_wait(services(), session)
    found: timedelta | None = g.usual_wait
    return found


def delay() -> Delay | None:
    """That it takes longer just now; asked once a request."""
    if "delay" not in g:
        with services().db.read() as session:
            g.delay = held.delay(services(), session)
    found: Delay | None = g.delay
    return found


def soon() -> str:
    """How long it takes, in a few words; empty where nobody can say."""
    late, usually = delay(), wait()
    if late is not None:
        return (
            _("longer than usual just now")
            if late.wait is None
            else _("about %(time)s just now", time=filters.duration(late.wait))
        )
    return _("usually %(time)s", time=filters.duration(usually)) if usually is not None else ""


def away() -> Absence | None:
    """What is in force while nobody works here; None while somebody does."""
    if "while_away" not in g:
        with services().db.read() as session:
            g.while_away = held.while_away(session)
    found: Absence | None = g.while_away
    return found


def line(view: PostView) -> str:
    """Who has it, in one sentence."""
    if held.is_an_answer(view.post):
        return _("It waits with the post that it answers, or for a check, and is judged as soon as that is over.")
    if view.post.state is PostState.WAITING:
        return _("One of the checks doesn’t answer just now. Your post is judged as soon as it does.")
    if view.post.state is PostState.HELD and (nobody := away()) is not None:
        return held.away_line(nobody)
    return _("Somebody from moderation reads it: something made us hesitate, perhaps wrongly.")
