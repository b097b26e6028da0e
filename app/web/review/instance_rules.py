"""Instance rules on their pages, for leads: written with help, tried on the past, watched, in force, rolled back."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.current import services
from app.reviewing import instance_rules, people
from app.web import forms, labels, pages, reasons, sessions
from app.web.review import expression_words, frame, patterns
from moderation.errors import RefusedError
from moderation.instance_rules import keeping, language, precision, trials
from moderation.instance_rules.keeping import Draft
from moderation.instance_rules.language import BadExpressionError
from moderation.instance_rules.states import ARROWS
from moderation.instance_rules.tables import RuleState, TrialState
from moderation.patterns.tables import PatternSeverity
from moderation.policy.parsing import LABEL_NAMES

blueprint = frame.blueprint("instance_rules")
Answer = str | tuple[str, int] | Redirect
HOME = "/review/instance-rules"
DAYS = (7, 14, 30)


@blueprint.get("/instance-rules")
@sessions.at_least(people.RULES)
def listed() -> str:
    """All of them, with how often people agreed in the last four weeks."""
    with services().db.read() as session:
        return render_template(
            "review/instance-rules.html",
            rules=keeping.several(session),
            counted=precision.totals(session, services().clock.now()),
            states=states(),
            severities=patterns.severities(),
        )


@blueprint.get("/instance-rules/new")
@sessions.at_least(people.RULES)
def new() -> str:
    """An empty form."""
    return _form(None, Draft("", ""))


@blueprint.post("/instance-rules/new")
@sessions.at_least(people.RULES)
def add() -> Answer:
    """Another, as a draft."""
    try:
        draft = _typed()
        made = instance_rules.make(services(), frame.account(), draft)
    except (RefusedError, ValueError) as error:
        return _form(None, _as_typed(), _wrong(error)), 422
    pages.tell("in", _("The rule is a draft. Try it on what was judged before it holds anything."))
    return redirect(f"{HOME}/{made.row.id}")


@blueprint.get("/instance-rules/check.json")
@sessions.at_least(people.RULES)
def check() -> Response:
    """Whether an expression is sound, for who is writing it."""
    try:
        language.compile_(request.args.get("expression", "")[: language.MOST_CHARACTERS + 1])
    except BadExpressionError as error:
        return jsonify(wrong=expression_words.wrong(error), line=error.line, column=error.column)
    return jsonify(wrong="")


@blueprint.get("/instance-rules/<int:number>")
@sessions.at_least(people.RULES)
def one(number: int) -> str:
    """A rule: what it says, how it did, its trials and versions."""
    return _one(number)


@blueprint.post("/instance-rules/<int:number>")
@sessions.at_least(people.RULES)
def say(number: int) -> Answer:
    """Say it anew."""
    try:
        instance_rules.say(services(), frame.account(), number, _typed())
    except (RefusedError, ValueError) as error:
        return _one(number, _as_typed(), _wrong(error)), 422
    pages.tell("in", _("Saved. What it said before is one version back."))
    return redirect(f"{HOME}/{number}")


@blueprint.post("/instance-rules/<int:number>/move")
@sessions.at_least(people.RULES)
def move(number: int) -> Redirect:
    """Draft, watched, in force, off."""
    said = forms.line("to", 24)
    try:
        to = RuleState(said if said in list(RuleState) else RuleState.DRAFT)
        instance_rules.move(services(), frame.account(), number, to)
    except RefusedError as error:
        pages.tell("hold", _("That doesn’t fit: %(why)s.", why=reasons.of(error)))
        return redirect(f"{HOME}/{number}")
    pages.tell("in", states()[to][1])
    return redirect(f"{HOME}/{number}")


@blueprint.post("/instance-rules/<int:number>/roll-back")
@sessions.at_least(people.RULES)
def roll_back(number: int) -> Redirect:
    """What it said before is what it says again."""
    try:
        stated = instance_rules.roll_back(services(), frame.account(), number)
    except RefusedError:
        pages.tell("hold", _("It never said anything else."))
        return redirect(f"{HOME}/{number}")
    pages.tell("in", _("It says again what version %(number)s said.", number=stated.row.version))
    return redirect(f"{HOME}/{number}")


@blueprint.post("/instance-rules/<int:number>/try")
@sessions.at_least(people.RULES)
def try_out(number: int) -> Redirect:
    """On what was judged in the last days."""
    days = forms.line("days", 3)
    instance_rules.try_out(services(), frame.account(), number, int(days) if days in map(str, DAYS) else DAYS[1])
    return redirect(f"{HOME}/{number}#trials")


def states() -> dict[RuleState, tuple[str, str]]:
    """A chip's colour, and what a rule in this state does."""
    return {
        RuleState.DRAFT: ("", _("draft: nothing is asked of it")),
        RuleState.SHADOW: ("note", _("watched: what it would do is written down, and nothing is done")),
        RuleState.LIVE: ("in", _("in force")),
        RuleState.OFF: ("", _("off")),
    }


def _typed() -> Draft:
    """The form. Raises ValueError for an end that isn't to come."""
    draft, end = _as_typed(), forms.end_of_day("until")
    if end is not None and end <= services().clock.now():
        raise ValueError(end)
    return Draft(draft.name, draft.expression, draft.severity, draft.label, draft.note, end)


def _as_typed() -> Draft:
    severity, label = forms.line("severity", 24), forms.line("label", 64)
    return Draft(
        forms.line("name", keeping.LONGEST_NAME + 1),
        forms.text("expression", language.MOST_CHARACTERS + 1),
        PatternSeverity(severity) if severity in list(PatternSeverity) else PatternSeverity.HOLD,
        label if label in LABEL_NAMES else "spam",
        forms.text("note", keeping.LONGEST_NOTE),
    )


def _wrong(error: RefusedError | ValueError) -> str:
    if isinstance(error, ValueError):
        return _("An end is a day to come.")
    if isinstance(error, BadExpressionError):
        return reasons.of(error)
    return _("That doesn’t fit: %(why)s.", why=reasons.of(error))


def _fields(draft: Draft, error: str) -> dict[str, object]:
    return {
        "draft": draft,
        "error": error,
        "severities": patterns.severities(),
        "labels": {label: labels.name(label) for label in LABEL_NAMES},
        "names": expression_words.names(),
        "functions": language.FUNCTIONS,
        "most": language.MOST_CHARACTERS,
    }


def _form(number: int | None, draft: Draft, error: str = "") -> str:
    return render_template("review/instance-rule-new.html", number=number, until="", **_fields(draft, error))


def _one(number: int, typed: Draft | None = None, error: str = "") -> str:
    now = services().clock.now()
    with services().db.read() as session:
        stated = keeping.find(session, number)
        row, version = stated.row, stated.version
        said = Draft(row.name, version.expression, version.severity, version.label, version.note, row.expires_at)
        tried = trials.of(session, number)
        return render_template(
            "review/instance-rule.html",
            number=number,
            row=row,
            version=version,
            versions=keeping.versions(session, number),
            weeks=precision.by_week(session, number, now),
            latest=precision.latest(session, number, 10),
            failures=precision.failures(session, number, row.version),
            trials=tried,
            waits=any(each.state is TrialState.WAITING for each in tried),
            days=DAYS,
            states=states(),
            ways=[state for state in RuleState if state in ARROWS[row.state]],
            until=_last_day(row.expires_at),
            **_fields(typed or said, error),
        )


def _last_day(end: datetime | None) -> str:
    """The day in the field: its end is the midnight after it."""
    return (end - timedelta(seconds=1)).date().isoformat() if end is not None else ""
