"""The start of a shift: how much waits, what is broken, what machines may still do today; and nobody's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.doors import organisations
from app.federation import storms
from app.reviewing import people, private
from app.setup import steps as first_steps
from app.web import labels, pages, sessions
from app.web.review import capacities, frame, words
from app.workforce import crew, starting, undertaking
from models.labels import LABELS
from moderation import alarms, budget
from moderation.cases import figures
from moderation.cases.values import QueueStats
from moderation.instance_rules import keeping
from moderation.policy import store
from moderation.policy.values import Policy
from moderation.values import CaseOrigin
from moderation.workforce import attendance

blueprint = frame.blueprint("overview")
LOOKS_TOLD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Budget:
    """What machines made of today's budget of people's time."""

    whole: int
    made: int
    spared: int


@dataclass(frozen=True, slots=True)
class Line:
    """A count with what it counts."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Careful:
    """The careful start: until when, or until how many decisions."""

    until: datetime
    decisions: int
    of: int


@blueprint.get("/start")
@sessions.at_least(Role.TRAINEE)
def start() -> str:
    """Figures only."""
    now = services().clock.now()
    with services().db.read() as session:
        stats = figures.of(session, now)
        policy = store.current(session)
        return render_template(
            "review/start.html",
            stats=stats,
            mine=starting.start(session, frame.account(), now),
            steps_left=len(first_steps.of(session).left) if frame.can(Role.ADMIN) else 0,
            label_names=[(code, labels.name(code)) for code in LABELS],
            there=_there(session, now),
            offered=attendance.offered(session, sessions.required().username, now),
            budget=budget_of(session, policy, stats, now),
            careful=careful_of(policy, now),
            capacity=capacities.box(session, now),
            loosened=policy.loosened_until if policy.is_loosened(now) else None,
            alarms=[(each, words.alarm(each.name, each.count)) for each in alarms.current(session)],
            storms=storms.current(services(), session),
            sets_rules=frame.can(people.RULES),
            proposed_rules=keeping.proposed(session, now) if frame.can(people.RULES) else 0,
            to_sign=undertaking.is_owed(session, sessions.required().username),
            private_looks=_looks(session, now),
            organisations=organisations.waiting(session) if frame.can(people.RULES) else 0,
            origins=[Line(words.origin(CaseOrigin(name)), count) for name, count in stats.by_origin.items()],
            labels=[Line(labels.name(name), count) for name, count in stats.by_label.items() if name in LABELS],
            works=frame.can(people.WORK),
            decides_people=frame.can(people.PEOPLE),
        )


def _looks(session: Session, now: datetime) -> int:
    """How often others looked at private data lately; for those who could look themselves."""
    if not frame.can(people.RULES):
        return 0
    return private.others_since(session, sessions.required().username, now - LOOKS_TOLD_FOR)


@blueprint.post("/start/skip-today")
@sessions.at_least(Role.TRAINEE)
def skip_today() -> Response:
    """Leave some labels to others until midnight; nobody is told, and nothing counts it."""
    starting.skip_today(services(), frame.account(), request.form.getlist("skip")[: len(LABELS)])
    pages.tell("in", _("It holds until midnight (UTC). Nobody asks why."))
    return redirect("/review/start")


@blueprint.post("/start/hand-over/<int:number>/read")
@sessions.at_least(Role.TRAINEE)
def read(number: int) -> Response:
    """A line from who was here before was read."""
    starting.read(services(), frame.account(), number)
    return redirect("/review/start")


def _there(session: Session, now: datetime) -> list[str]:
    """Who is on shift, by name."""
    present = attendance.there(session, now)
    return [name for name in map(people.name_of, crew.everybody(session, now)) if name in present]


def budget_of(session: Session, policy: Policy, stats: QueueStats, now: datetime) -> Budget:
    """Today's budget, as the door counts it."""
    whole = policy.budget.cases_per_moderator * budget.active_moderators(session, now)
    left, _waves = budget.cases_left(session, policy.budget, now)
    return Budget(whole, whole - left, stats.over_budget_today)


def careful_of(policy: Policy, now: datetime) -> Careful | None:
    """The careful start while it lasts."""
    if not policy.is_careful(now):
        return None
    days = timedelta(days=policy.careful.days)
    begun = min(policy.started_at, now)
    return Careful(begun + days, policy.human_decisions, policy.careful.decisions)
