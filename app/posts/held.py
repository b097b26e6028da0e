"""What the author of a held post is told, in words that are true: who looks, and how long that usually takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from babel.dates import format_datetime
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation.holds import absence, declared, waiting
from moderation.holds.absence import Absence
from moderation.holds.declared import End
from moderation.planning import adaptation
from moderation.planning.adaptation import Delay
from moderation.policy.values import WhileAway
from moderation.values import Outcome


def usual_wait(services: Services, session: Session) -> timedelta | None:
    """How long decisions took lately here; None while nobody has decided anything."""
    return waiting.waiting_time(session, services.clock.now())


def end_of(session: Session, post: PostRow) -> End | None:
    """When it is let in by itself if nobody reads it, and how; None where only a person lets it in, and while nobody
    works here: `away_line` says what holds then."""
    if post.state is not PostState.HELD or while_away(session) is not None:
        return None
    return declared.end_of(session, post.uri)


def ends_of(session: Session, posts: Sequence[PostRow]) -> dict[str, End]:
    """The same of several that wait, by URI; whether anybody works here isn't asked."""
    return declared.ends_of(session, [post.uri for post in posts if post.state is PostState.HELD])


def end_words(end: End | None, now: datetime) -> str:
    """What happens if nobody reads it in time, and by when. What a client keeps says the hour, too."""
    if end is None:
        return _("It stays so until somebody has read it.")
    time = duration(max(end.at - now, timedelta(minutes=1)))
    at = format_datetime(end.at.astimezone(UTC), "d MMMM, HH:mm", locale=get_locale())
    if end.outcome is Outcome.APPROVE:
        return _("If nobody has read it in %(time)s (%(at)s UTC), it is let in as it is.", time=time, at=at)
    if end.outcome is Outcome.LIMIT:
        return _(
            "If nobody has read it in %(time)s (%(at)s UTC), it is let in, off the public timelines.", time=time, at=at
        )
    return _("If nobody has read it in %(time)s (%(at)s UTC), it is let in behind a warning.", time=time, at=at)


def while_away(session: Session) -> Absence | None:
    """What is in force while nobody works here; None while somebody does."""
    return absence.declared(session)


def away_line(away: Absence) -> str:
    """That nobody reads it just now, and what becomes of it then."""
    return {
        WhileAway.RELEASED: _(
            "No moderator is here just now. What a machine stopped is then let in behind a warning "
            "when its time is over."
        ),
        WhileAway.LIMITED: _(
            "No moderator is here just now. What a machine stopped is then let in when its time is over, "
            "behind a warning and off the public timelines."
        ),
        WhileAway.LONGER: _(
            "No moderator is here just now, so it waits longer: %(hours)s hours at most if a machine stopped it. "
            "Then it is let in behind a warning, off the public timelines.",
            hours=f"{away.longest_hours:g}",
        ),
    }[away.holds]


def delay(services: Services, session: Session) -> Delay | None:
    """That it takes longer just now than it usually does, while more waits than people can answer."""
    return adaptation.delay(session, services.clock.now())


def sentence(
    post: PostRow,
    usual: timedelta | None,
    away: Absence | None = None,
    end: str = "",
    late: Delay | None = None,
) -> str:
    """The last line that only the author is served; `end` is what happens if nobody reads it (`end_words`)."""
    if is_an_answer(post):
        return _("Waiting with the post that it answers, or for a check. Only you can see this until then.")
    if post.state is PostState.WAITING:
        return _("Waiting: a check is not available just now. It is judged as soon as the check is back.")
    if away is not None:
        return away_line(away) + " " + _("Only you can see this until then.")
    if late is not None:
        who = _delayed(late)
    elif usual is None:
        who = _("Waiting for a moderator. Only you can see this until then.")
    else:
        who = _("Waiting for a moderator, usually %(time)s. Only you can see this until then.", time=duration(usual))
    return f"{who} {end}".rstrip()


def _delayed(late: Delay) -> str:
    if late.wait is None:
        return _(
            "Waiting for a moderator, longer than usual: more waits just now than people can answer. "
            "Only you can see this until then."
        )
    return _(
        "Waiting for a moderator, about %(time)s just now: more waits than people can answer. "
        "Only you can see this until then.",
        time=duration(late.wait),
    )


def is_an_answer(post: PostRow) -> bool:
    """Whether it may wait with what it answers; or for a check, which is told in the same words."""
    return post.state is PostState.WAITING and post.in_reply_to_pk is not None


def duration(span: timedelta) -> str:
    """Minutes or hours in words."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 90:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)
    hours = round(minutes / 60)
    return ngettext("%(num)d hour", "%(num)d hours", hours)
