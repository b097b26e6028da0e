"""What a moderator reads when somebody was faster, or when something isn't possible."""

from __future__ import annotations

from flask_babel import gettext as _

from app.current import services
from app.web import filters, reasons
from app.web.review import colleagues
from app.web.review import words as review_words
from moderation.errors import (
    AlreadyReversedError,
    AuthorDecidedError,
    BadDomainError,
    BadPolicyError,
    ClaimedError,
    ExcludedError,
    HoursOverError,
    ModerationError,
    NotFoundError,
    StaleError,
)
from moderation.values import Action


def words(error: ModerationError) -> str:
    """One or two sentences; what moderation's own text says where there are none."""
    if isinstance(error, ClaimedError):
        return claimed(error)
    if isinstance(error, AuthorDecidedError):
        return author_decided(error)
    if isinstance(error, StaleError):
        return stale(error)
    if isinstance(error, AlreadyReversedError):
        return _("Somebody has taken this decision back already.")
    if isinstance(error, BadDomainError | BadPolicyError):
        return _("That doesn’t fit: %(why)s.", why=reasons.of(error))
    if isinstance(error, ExcludedError):
        return _("This case is for somebody else than you: a colleague will look at it.")
    if isinstance(error, HoursOverError):
        return _("The hours agreed for this week are done. Under “My time” you can say that you go on.")
    if isinstance(error, NotFoundError):
        return _("There is no such thing here any more, or nothing that can still be undone.")
    return reasons.of(error)


def claimed(error: ClaimedError) -> str:
    """Who has it, and for how long."""
    left, name = filters.duration(error.until - services().clock.now()), colleagues.shown(error.holder)
    return _("%(name)s has this case for another %(time)s. Nothing was changed.", name=name, time=left)


def author_decided(error: AuthorDecidedError) -> str:
    """What a colleague decided about the same author, and that a second press decides all the same."""
    ago = filters.duration(services().clock.now() - error.at) if error.at else _("a moment")
    values = {"who": colleagues.shown(error.by or ""), "ago": ago, "action": review_words.action(Action(error.action))}
    values["number"] = str(error.decision)
    said = (
        _("%(who)s took back a decision about the same author %(ago)s ago: %(action)s (decision %(number)s).", **values)
        if error.taken_back
        else _("%(who)s decided about the same author %(ago)s ago: %(action)s (decision %(number)s).", **values)
    )
    return said + " " + _("Nothing was changed. Decide again if you still mean it.")


def stale(error: StaleError) -> str:
    """What happened meanwhile, by whom, when."""
    ago = filters.duration(services().clock.now() - error.at) if error.at else _("a moment")
    who = colleagues.shown(error.by) if error.by else _("its author, or a report,")
    happened = {
        "decided": _("%(who)s decided this case %(ago)s ago.", who=who, ago=ago),
        "edited": _("It was edited %(ago)s ago: what you read isn’t what it says now.", ago=ago),
        "report_added": _("Who reported added something %(ago)s ago: read that first.", ago=ago),
        "reported": _("Another report came in %(ago)s ago.", ago=ago),
        "reversed": _("%(who)s took the decision back %(ago)s ago.", who=who, ago=ago),
        "answered": _("Its author answered %(ago)s ago: read that first.", ago=ago),
        "unmended": _("Its author’s time to mend it was over %(ago)s ago.", ago=ago),
        "mended": _("Its author mended it %(ago)s ago: what you read isn’t what it says now.", ago=ago),
        "message": _("Who contests wrote %(ago)s ago: read that first.", ago=ago),
        "deleted": _("It was deleted %(ago)s ago.", ago=ago),
        "let_in": _("Its time was over %(ago)s ago: it was let in.", ago=ago),
    }
    return happened.get(error.what) or _("%(who)s changed this case %(ago)s ago.", who=who, ago=ago)
