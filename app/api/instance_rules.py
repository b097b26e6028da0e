"""Instance rules: what they say, saying one, moving it on, rolling it back, trying it on the past."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.accounts.tables import Role
from app.api import answers, bodies, who
from app.api.domains import moment
from app.errors import InvalidError
from app.reviewing import instance_rules
from moderation.instance_rules import keeping, language, precision, trials
from moderation.instance_rules.keeping import LONGEST_NAME, LONGEST_NOTE, Draft, Stated
from moderation.instance_rules.tables import RuleState, RuleTrialRow
from moderation.patterns.tables import PatternSeverity

api = answers.make("instance_rules")
DAYS = 14
RULE_FIELDS = frozenset({"name", "expression", "severity", "label", "note", "expires_at"})


@api.get("/rules")
def list_rules() -> Response:
    """All of them, with how often people agreed in the last four weeks."""
    who.reader(Role.LEAD)
    services = current.services()
    with services.db.read() as session:
        counted = precision.totals(session, services.clock.now())
        found = [_plain(each) | {"last_weeks": counted.get(each.row.id)} for each in keeping.several(session)]
    return answers.json(found)


@api.post("/rules")
def add_rule() -> Response:
    """Another, as a draft."""
    account = who.writer(Role.LEAD)
    return answers.json(_plain(instance_rules.make(current.services(), account, _draft())))


@api.put("/rules/<int:number>")
def say_rule(number: int) -> Response:
    """Say it anew: another version."""
    account = who.writer(Role.LEAD)
    return answers.json(_plain(instance_rules.say(current.services(), account, number, _draft())))


@api.post("/rules/<int:number>/state")
def move_rule(number: int) -> Response:
    """Draft, shadow, live or off."""
    account = who.writer(Role.LEAD)
    to = bodies.word(RuleState, bodies.body({"state"}).get("state"), "state")
    return answers.json(_plain(instance_rules.move(current.services(), account, number, to)))


@api.post("/rules/<int:number>/rollback")
def roll_back_rule(number: int) -> Response:
    """What it said before is what it says again."""
    account = who.writer(Role.LEAD)
    return answers.json(_plain(instance_rules.roll_back(current.services(), account, number)))


@api.get("/rules/<int:number>/trials")
def list_trials(number: int) -> Response:
    """Its trials, the latest first, with how far each is."""
    who.reader(Role.LEAD)
    with current.services().db.read() as session:
        keeping.find(session, number)
        found = [_trial(row) for row in trials.of(session, number)]
    return answers.json(found)


@api.post("/rules/<int:number>/trials")
def try_rule(number: int) -> Response:
    """Try what it says now on the last `days` days."""
    account = who.writer(Role.LEAD)
    said = bodies.whole(bodies.body({"days"}), "days", trials.MOST_DAYS)
    row = instance_rules.try_out(current.services(), account, number, DAYS if said is None else said)
    return answers.json(_trial(row))


def _draft() -> Draft:
    values = bodies.body(RULE_FIELDS)
    expression = bodies.required(values, "expression", most=language.MOST_CHARACTERS)
    if any("\ud800" <= char <= "\udfff" for char in expression):
        raise InvalidError("expression can't be that")
    return Draft(
        bodies.required(values, "name", most=LONGEST_NAME),
        expression,
        bodies.word(PatternSeverity, values.get("severity", PatternSeverity.HOLD), "severity"),
        bodies.text(values, "label", otherwise="spam", most=64),
        bodies.text(values, "note", most=LONGEST_NOTE),
        moment(values, "expires_at"),
    )


def _plain(stated: Stated) -> dict[str, Any]:
    row, version = stated.row, stated.version
    return {
        "id": row.id,
        "name": row.name,
        "state": row.state,
        "version": row.version,
        "expression": version.expression,
        "severity": version.severity,
        "label": version.label,
        "note": version.note,
        "proposed": row.cluster_id is not None,
        "expires_at": row.expires_at,
        "made_by": version.made_by,
        "made_at": version.made_at,
    }


def _trial(row: RuleTrialRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "days": row.days,
        "state": row.state,
        "posts": row.whole,
        "looked_at": row.looked_at,
        "result": row.result,
        "asked_by": row.asked_by,
        "asked_at": row.asked_at,
    }
