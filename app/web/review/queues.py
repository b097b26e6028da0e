"""Queues on a page: everybody of the team reads and chooses them, leads and admins make, order and retire them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.errors import AppError
from app.reviewing import people, queues
from app.web import forms, labels, pages, reasons, roles, sessions
from app.web.review import chosen_queue, frame, words
from app.workforce import coverage
from models.labels import LABELS
from moderation.errors import RefusedError
from moderation.policy import store
from moderation.queues import covering, keeping, placing, values
from moderation.queues.values import Ageing, Match, Queue, Source

blueprint = frame.blueprint("queues")
Answer = str | tuple[str, int] | Response
REPORTED = ("violation", "legal", "other")
"""Categories of reports that no machine's label is called like."""


@dataclass(frozen=True, slots=True)
class Line:
    """A queue in the list."""

    queue: Queue
    waiting: int
    facts: tuple[str, ...]
    mine: bool
    faults: tuple[str, ...]
    """Why it never gets a case, or why nobody would be dealt one."""


@blueprint.get("/queues")
@sessions.at_least(Role.TRAINEE)
def listed() -> str:
    """Every queue in its order, with how many wait, and what is the rest."""
    with services().db.read() as session:
        counts, live = placing.counts(session), keeping.live(session)
        unreached = {each.id for each in coverage.unreached(session, services().clock.now())}
        behind = placing.behind(session)
    role = sessions.required().role
    takers = {each.id: taker for each, taker in covering.shadowed(live)}
    lines = [
        Line(each, counts.get(each.id, 0), _facts(each), queues.may(role, each), _faults(each, takers, unreached))
        for each in live
    ]
    return render_template(
        "review/queues.html",
        lines=lines,
        rest=sum(counts.values()) - sum(line.waiting for line in lines),
        behind=behind,
        sets_rules=frame.can(people.RULES),
        works=frame.can(people.WORK),
    )


@blueprint.post("/queues/choose")
@sessions.at_least(Role.TRAINEE)
def choose() -> Response:
    """Take the next from this one, until another is chosen."""
    chosen_queue.choose(forms.line("queue", 18))
    return redirect("/review")


@blueprint.get("/queues/new")
@sessions.at_least(people.RULES)
def new() -> str:
    """An empty form."""
    with services().db.read() as session:
        return _page(session, Queue(0, ""))


@blueprint.post("/queues/new")
@sessions.at_least(people.RULES)
def make() -> Answer:
    """Show what would go to a new queue, or make it."""
    return _put(0)


@blueprint.get("/queues/<int:number>")
@sessions.at_least(people.RULES)
def edit(number: int) -> str:
    """A queue, to be changed."""
    with services().db.read() as session:
        return _page(session, keeping.find(session, number))


@blueprint.post("/queues/<int:number>")
@sessions.at_least(people.RULES)
def change(number: int) -> Answer:
    """Show what a change would move, make it, move the queue up or down, or retire it."""
    what = forms.line("what", 10)
    if what in ("up", "down"):
        queues.move(services(), frame.account(), number, up=what == "up")
        return redirect("/review/queues")
    if what == "retire":
        queues.retire(services(), frame.account(), number)
        pages.tell("note", _("Retired. Its cases go where else they belong, within a minute."))
        return redirect("/review/queues")
    return _put(number)


def _put(number: int) -> Answer:
    wanted, looks = Queue(number, ""), forms.line("what", 10) == "look"
    try:
        wanted = _typed(number)
        values.require_good(wanted)
        if not looks:
            queues.put(services(), frame.account(), wanted)
    except (RefusedError, AppError) as error:
        said = reasons.of(error)
        with services().db.read() as session:
            return _page(session, wanted, error=said), 422
    if looks:
        with services().db.read() as session:
            return _page(session, wanted, would_go=placing.would_go(session, wanted))
    pages.tell("in", _("Saved. Cases that wait go where they belong within a minute."))
    return redirect("/review/queues")


def _typed(number: int) -> Queue:
    ageing, role = forms.line("ageing", 10), forms.line("required_role", 24)
    return Queue(
        number,
        forms.line("name", values.NAME_LONGEST + 1),
        Match(
            tuple(each for each in request.form.getlist("category") if each in (*LABELS, *REPORTED)),
            tuple(each.lower() for each in _listed("languages")),
            tuple(source for source in Source if source.value in request.form.getlist("source")),
            tuple(each.lower().removeprefix("*.") for each in _listed("domains")),
        ),
        role,
        tuple(action for action in values.HIDEABLE if action.value in request.form.getlist("hide")),
        _hours("due_hours"),
        Ageing(ageing) if ageing in {one.value for one in Ageing} else None,
        _hours("ageing_hours") if ageing else None,
    )


def _listed(name: str) -> list[str]:
    return list(dict.fromkeys(forms.text(name, 20_000).replace(",", " ").split()))


def _hours(name: str) -> int | None:
    try:
        return forms.number_if_any(name, 6)
    except ValueError as error:
        raise RefusedError("a time is a number of hours") from error


def _faults(queue: Queue, takers: Mapping[int, Queue], unreached: Collection[int]) -> tuple[str, ...]:
    found = []
    if (taker := takers.get(queue.id)) is not None:
        found.append(_("It never gets a case: “%(queue)s”, asked before it, takes all of them.", queue=taker.name))
    if queue.id in unreached:
        found.append(_("Nobody here has the role that it asks for: its cases are dealt to nobody."))
    return tuple(found)


def _facts(queue: Queue) -> tuple[str, ...]:
    """What a queue says, each in a few words."""
    match = queue.match
    said = [
        ", ".join(_category(each) for each in match.categories),
        ", ".join(match.languages),
        ", ".join(_source(each) for each in match.sources),
        ", ".join(match.domains),
    ]
    found = [each for each in said if each] or [_("every case that comes this far")]
    if queue.required_role != Role.REVIEWER:
        found.append(_("from this role on: %(role)s", role=roles.name(Role(queue.required_role))))
    if queue.hidden_actions:
        found.append(_("without: %(actions)s", actions=", ".join(words.action(each) for each in queue.hidden_actions)))
    if queue.due_hours is not None:
        found.append(ngettext("due in %(num)d hour", "due in %(num)d hours", queue.due_hours))
    if queue.ageing is not None and queue.ageing_hours is not None:
        span = ngettext("%(num)d hour", "%(num)d hours", queue.ageing_hours)
        found.append(_("unread after %(span)s: %(end)s", span=span, end=_ageing(queue.ageing)))
    return tuple(found)


def _category(code: str) -> str:
    return labels.name(code) if code in LABELS else words.category(code)


def _source(source: Source) -> str:
    return {
        Source.LOCAL: _("by members here"),
        Source.REMOTE: _("by people elsewhere"),
        Source.REPORT: _("reports"),
        Source.NOTICE: _("legal notices"),
        Source.MACHINE: _("machines"),
        Source.APPEAL: _("appeals"),
    }[source]


def _ageing(ageing: Ageing) -> str:
    return {
        Ageing.LONGER: _("let in behind a warning"),
        Ageing.LIMITED: _("let in, off the public timelines"),
        Ageing.RELEASE: _("let in as it is"),
    }[ageing]


def _page(session: Session, queue: Queue, *, error: str = "", would_go: int | None = None) -> str:
    return render_template(
        "review/queue-edit.html",
        queue=queue,
        error=error,
        would_go=would_go,
        categories=[(each, _category(each)) for each in (*LABELS, *REPORTED)],
        sources=[(each.value, _source(each)) for each in Source],
        role_names=[(role.value, roles.name(role)) for role in queues.ROLES],
        hideable=[(each.value, words.action(each)) for each in values.HIDEABLE],
        ageings=[(each.value, _ageing(each)) for each in Ageing],
        times=store.current(session).holds,
    )
