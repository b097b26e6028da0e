"""Filters of the review's templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from markupsafe import Markup

from app.accounts import lookup
from app.accounts.tables import Role
from app.current import services
from app.reviewing import people, sight
from app.setup import practice
from app.web import filters, reasons, sessions
from app.web.review import colleagues, keymap, words
from moderation import pile_ons
from moderation.cases.values import CaseSummary
from moderation.values import CaseOrigin

DESCRIBED = frozenset(("violence", "sexual", "self_harm"))
"""Labels whose posts a list describes and doesn't quote: nobody sees more of the awful than they must."""


def excerpt(case: CaseSummary) -> str:
    """A line of the text; for what is hard to read, what it is called."""
    if case.label == pile_ons.LABEL:
        return _("Strangers write to %(name)s", name=case.author_uri.rsplit("/", 1)[-1])
    if case.label in DESCRIBED and case.origin is not CaseOrigin.AUDIT:
        return _("%(label)s: described before it is shown", label=words.named(case.label).capitalize())
    return " ".join(case.excerpt.split()) or _("(no text)")


def facts(case: CaseSummary) -> str:
    """What makes it weigh, in a few words."""
    if case.label == pile_ons.LABEL:
        return _("for a member here")
    found = []
    if case.members > 1:
        found.append(words.posts(case.members))
    if case.reports:
        found.append(words.reports(case.reports))
    if case.claimed_by:
        found.append(_("%(name)s has it", name=colleagues.shown(case.claimed_by)))
    elif case.escalated_by:
        found.append(_("escalated"))
    elif case.assigned_to:
        found.append(_("for %(name)s", name=colleagues.shown(case.assigned_to)))
    found.append(_where(case))
    return " · ".join(found)


def _where(case: CaseSummary) -> str:
    if case.origin is CaseOrigin.AUDIT:
        return _("one of today’s random posts")
    if not case.local:
        return case.author_domain
    return _("a member waits") if case.origin in (CaseOrigin.HOLD, CaseOrigin.RETRY) else _("by a member here")


def opened(case: CaseSummary) -> Markup:
    """Since when, and how it came."""
    spot = "{}"
    said = {
        CaseOrigin.HOLD: _("Held at the door, %(ago)s ago.", ago=spot),
        CaseOrigin.WAVE: _("Held at the door as a wave, %(ago)s ago.", ago=spot),
        CaseOrigin.REPORT: _("Reported %(ago)s ago.", ago=spot),
        CaseOrigin.AUDIT: _("Drawn at random %(ago)s ago.", ago=spot),
        CaseOrigin.CARE: _("Noticed %(ago)s ago.", ago=spot),
        CaseOrigin.RETRY: _("Not judged for %(ago)s.", ago=spot),
        CaseOrigin.APPEAL: _("Contested %(ago)s ago.", ago=spot),
    }[case.origin]
    return Markup(said).format(filters.elapsed(case.opened_at))  # noqa: S704 - our own words around an escaped time


def due(case: CaseSummary) -> str:
    """By when it should be decided, as a length; empty where nobody waits for it."""
    if case.due_at is None or case.decided_at is not None:
        return ""
    left = case.due_at - services().clock.now()
    if left > timedelta():
        return _("due in %(time)s", time=filters.duration(left))
    return _("%(time)s past due", time=filters.duration(-left))


def is_overdue(case: CaseSummary) -> bool:
    """Whether its time is over."""
    return case.due_at is not None and case.decided_at is None and case.due_at <= services().clock.now()


def time_left(until: datetime) -> str:
    """`4 min`."""
    return filters.duration(max(until - services().clock.now(), timedelta()))


def seconds_left(until: datetime) -> int:
    """For the bar of a claim."""
    return max(0, round((until - services().clock.now()).total_seconds()))


def age(made_at: datetime) -> str:
    """`6 yr`."""
    return filters.duration(max(services().clock.now() - made_at, timedelta()))


def opens_history(uri: str) -> bool:
    """Whether the reader may read what happened to this post or account."""
    me = sessions.required()
    if lookup.at_least(me.role, people.PEOPLE):
        return True
    with services().db.read() as session:
        return sight.reads_history(session, me.username, me.role, uri, services().clock.now())


def quoted(said: str) -> str:
    """Somebody's words, in the reader's quotation marks."""
    return _("“%(words)s”", words=said)


def practises(uri: str) -> str | None:
    """The way back to the exercise for a post of it, empty for who can't go there; None for any other post."""
    if f"://{practice.DOMAIN}/" not in uri:
        return None
    me = sessions.member()
    return "/review/setup/practice" if me is not None and lookup.at_least(me.role, Role.ADMIN) else ""


ALL: Mapping[str, Callable[..., Any]] = {
    "practises": practises,
    "colleague": colleagues.shown,
    "may_be_given": colleagues.may_be_given,
    "quoted": quoted,
    "refusal": reasons.said,
    "opens_history": opens_history,
    "case_chip": words.chip,
    "case_kind": words.kind_of,
    "case_excerpt": excerpt,
    "case_facts": facts,
    "case_opened": opened,
    "case_due": due,
    "case_overdue": is_overdue,
    "case_state": words.state,
    "priority_sign": lambda word: words.SIGNS[word],
    "priority_word": words.priority,
    "priority_because": words.because,
    "action_chip": words.action_chip,
    "action_word": words.action,
    "scope_word": words.scope,
    "time_left": time_left,
    "seconds_left": seconds_left,
    "age": age,
}


def register(blueprint: Blueprint) -> None:
    """Give them to the templates."""
    keymap.register(blueprint)
    for name, function in ALL.items():
        blueprint.add_app_template_filter(function, name)
