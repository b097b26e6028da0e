"""How many people a house needs, and which lines fit those it has: counted and drawn; a person draws the lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from app.current import services
from app.reviewing import people, planner
from app.reviewing.planner import AIMS, FIELDS, OWN, Planned
from app.web import forms, labels, sessions
from app.web.review import frame, planner_curves, planner_paces, planner_readers, planner_scores
from app.web.review.number_field import Field
from app.web.review.planner_curves import line, number
from moderation.planning import drawing, risk
from moderation.planning.drawing import Fate
from moderation.planning.examples import BOUNDS
from moderation.planning.plans import MOST_PEOPLE, Amount, Label, Outcome
from moderation.planning.risk import Error

blueprint = frame.blueprint("planner")
CHOICES = (OWN, "large", "club")
ALWAYS = 0.999
"""From this part of the week on somebody is always there."""
MISSED = 0.3
"""Of what is harmful, the part that may be missed by a line with a guarantee."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a choice of lines comes to, in words."""

    name: str
    lines: tuple[tuple[str, str, str], ...]
    """Of each label: its name, its line, what is missed."""
    held: str
    ended: str
    """Holds a day that end unanswered."""
    half: timedelta | None
    in_time: str
    load: str
    wrong: str
    authors: str
    falls_behind: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """What can be promised of a label's line; a line that can't be proven is empty, with what it would take."""

    name: str
    false_holds: str
    missed: str
    harmless: str
    harmful: str


@blueprint.get("/planner")
@sessions.at_least(people.RULES)
def page() -> str | tuple[str, int]:
    """The plan of the house, or of one that is described."""
    which = request.args.get("house", OWN)
    which = which if which in CHOICES else OWN
    given, wrong = _given()
    if wrong:
        return _shown(which, {}, None, error=_("Between its bounds, please: %(names)s.", names=", ".join(wrong))), 422
    now = services().clock.now()
    with services().db.read() as session:
        found = planner.look(services(), session, which, given, now)
    return _shown(which, given, found)


def _given() -> tuple[dict[str, float], list[str]]:
    """The numbers of the address, and what is wrong with others, in words."""
    given: dict[str, float] = {}
    wrong = []
    for name in (*FIELDS, *AIMS):
        typed = request.args.get(name, "").strip()[:20]
        value = forms.as_decimal(typed) if typed else None
        if isinstance(value, float):
            given[name] = value
        elif typed:
            wrong.append(_words()[name])
    return given, wrong + [_words()[name] for name in planner.outside(given)]


def _shown(which: str, given: Mapping[str, float], found: Planned | None, error: str = "") -> str:
    plan = found.plan if found is not None else None
    return render_template(
        "review/planner.html",
        which=which,
        error=error,
        found=found,
        plan=plan,
        aims=_fields(asdict(planner.aim_of(given)), AIMS),
        assumed=_fields(asdict(planner.house_of(which, given)), BOUNDS) if which != OWN else [],
        choices=_choices(found) if found is not None else [],
        curves=planner_curves.of(found.situation, plan) if found is not None and plan is not None else [],
        gives_up=[(labels.name(name), number(amount)) for name, amount in plan.gives_up.items()] if plan else [],
        borrowed=_borrowed(found),
        waiting=[labels.name(each.name) for each in _labels(found) if each.waits and each.line is not None],
        lifted=[labels.name(each.name) for each in _labels(found) if each.at_door is not None and each.lifted],
        reachable=format_percent(plan.reachable) if plan else "",
        always_there=found is not None and found.situation.staffing.covered > ALWAYS,
        hours_needed=_people(found),
        to_policy=_to_policy(found) if found is not None else "",
        promises=_promises(found),
        gaps=_gaps(found),
        paces=planner_paces.of(found),
        scores=planner_scores.of(found),
        readers=planner_readers.of(found),
        promised=[format_decimal(found.aim.harmless_at_most), format_percent(MISSED)] if found is not None else [],
        needed=[number(count) for count in _needed(found)],
        number=number,
    )


def _fields(values: Mapping[str, Any], bounds: Mapping[str, tuple[float, float]]) -> list[Field]:
    words = _words()
    return [Field(name, words[name], f"{values[name]:.6g}", *bounds[name]) for name in bounds]


def _words() -> dict[str, str]:
    return {
        "members": _("Members active in a month"),
        "moderators": _("Moderators"),
        "hours_a_week": _("Hours a week of each"),
        "from_hour": _("Shifts from, o’clock (UTC)"),
        "to_hour": _("Shifts until, o’clock (UTC)"),
        "posts_a_day": _("Public posts a day of a member"),
        "from_elsewhere": _("Posts from elsewhere that somebody here sees, for each of these"),
        "strangers": _("Part of posts by people without a good record"),
        "harmful": _("Of a thousand of those, so many break a rule"),
        "seconds": _("Seconds for a case"),
        "others": _("Reports and appeals a day, for a thousand members"),
        "minutes": _("Answered within so many minutes"),
        "share": _("this part of what is held"),
        "wrong_hold": _("A wrong hold weighs (a missed harm: its severity, up to 10)"),
        "harmless_at_most": _("Of harmless posts, held at most"),
    }


def _choices(found: Planned) -> list[Choice]:
    plan, minutes = found.plan, found.aim.minutes
    named = [(_("in force"), plan.current), (_("suggested"), plan.suggested)]
    named += [] if plan.closes else [(_("with people enough"), plan.unlimited)]
    return [_choice(name, outcome, minutes) for name, outcome in named]


def _choice(name: str, outcome: Outcome, minutes: float) -> Choice:
    half = outcome.waits.quantile(0.5)
    return Choice(
        name,
        tuple((labels.name(label), line(at), _amount(outcome.missed[label])) for label, at in outcome.lines.items()),
        number(outcome.held_a_day),
        number(outcome.ended_a_day),
        None if half is None else timedelta(minutes=half),
        format_percent(outcome.waits.share_within(minutes)),
        format_percent(outcome.waits.load) if outcome.waits.load < 100 else "∞",
        _amount(outcome.wrongly_held),
        number(outcome.wronged_authors),
        outcome.waits.falls_behind,
    )


def _amount(amount: Amount) -> str:
    return f"{number(amount.a_day)} ({number(amount.low)} – {number(amount.high)})"


def _borrowed(found: Planned | None) -> list[str]:
    """The labels of a described house: their figures are the model's card's."""
    if found is None or found.known is not None:
        return []
    return [labels.name(each.name) for each in found.situation.labels if each.borrowed]


def _labels(found: Planned | None) -> tuple[Label, ...]:
    return found.situation.labels if found is not None else ()


def _people(found: Planned | None) -> str:
    """So many hours a week, at the same times of day, give nothing up."""
    if found is None:
        return ""
    hours, people = found.situation.staffing.hours_a_week, found.plan.people
    if math.isinf(people):
        return _("more than %(hours)s", hours=number(hours * MOST_PEOPLE))
    return number(hours * people)


def _promises(found: Planned | None) -> list[Promise]:
    """By label, the lines that the house's own decisions prove: none while nothing is known of any class of posts."""
    if found is None or found.known is None:
        return []
    promises, open_ = [], bool(_gaps(found))
    for label in found.situation.labels:
        examples, at = risk.uniform(found.known.drawn[label.name]), [band.low for band in label.bands[1:]]
        held = risk.guaranteed(examples, Error.FALSE_HOLD, found.aim.harmless_at_most or 1e-6, at)
        missed = risk.guaranteed(examples, Error.MISSED_HARM, MISSED, at)
        harmful = sum(each.harmful for each in examples)
        promises.append(
            Promise(
                labels.name(label.name),
                line(held.line) if held is not None and not open_ else "",
                line(missed.line) if missed is not None and not open_ else "",
                number(len(examples) - harmful),
                number(harmful),
            )
        )
    return promises


def _gaps(found: Planned | None) -> list[str]:
    """What stands against any promise, in words."""
    if found is None or found.known is None:
        return []
    words = {
        Fate.LET_IN: _(
            "Of the %(posts)s posts that were let in, nobody has decided a sample; it takes about %(needed)s."
        ),
        Fate.RESTRAINED: _(
            "Of the %(posts)s posts that were labelled, limited or rejected, nobody has decided a sample; "
            "it takes about %(needed)s."
        ),
        Fate.HELD: _("Of the %(posts)s posts that were held, nobody has decided any; it takes about %(needed)s."),
    }
    return [
        words[gap.fate] % {"posts": format_decimal(gap.posts), "needed": format_decimal(gap.needed)}
        for gap in drawing.gaps(found.known.strata, max(_needed(found)))
    ]


def _needed(found: Planned | None) -> list[int]:
    """So many harmless, and harmful, examples it takes at least."""
    if found is None:
        return []
    bound = min(max(found.aim.harmless_at_most, 1e-6), 0.999)
    return [risk.least_needed(bound), risk.least_needed(MISSED)]


def _to_policy(found: Planned) -> str:
    """The policy's page with the suggested lines filled in: there they are looked at, and drawn by a person."""
    lines = {label.name: found.plan.suggested.lines[label.name] for label in found.situation.labels if not label.grave}
    kept = {label.name: label.line for label in found.situation.labels}
    moved = {name: at for name, at in lines.items() if at != kept[name]}
    return urlencode({f"hold_{name}": "" if at is None else f"{at:g}" for name, at in moved.items()})
