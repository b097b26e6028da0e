"""The crew's pages: what each reads and skips, by themselves or by a lead, and the cases that are for nobody."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.reviewing import people
from app.web import forms, labels, pages, reasons, sessions
from app.web.review import capacities, frame, record_form
from app.workforce import crew, money, names, pay
from models.labels import LABELS
from moderation.errors import RefusedError
from moderation.workforce import names as moderation_names
from moderation.workforce import terms, undertakings
from moderation.workforce.names import Names
from moderation.workforce.records import Record
from moderation.workforce.terms import Terms

blueprint = frame.blueprint("crew")
Answer = str | tuple[str, int] | Response


@blueprint.get("/crew")
@sessions.at_least(people.RULES)
def everybody() -> str:
    """A line for each, and what nobody would be given."""
    now = services().clock.now()
    with services().db.read() as session:
        return render_template(
            "review/crew.html",
            colleagues=crew.colleagues(session, now),
            stuck=crew.for_nobody(session, now),
            capacity=capacities.box(session, now),
            label_names={code: labels.name(code) for code in LABELS},
        )


@blueprint.get("/my-work")
@sessions.at_least(Role.TRAINEE)
def own() -> str:
    """One's own record."""
    with services().db.read() as session:
        return _page(session, sessions.required().username)


@blueprint.post("/my-work")
@sessions.at_least(Role.TRAINEE)
def change_own() -> Answer:
    """Change it."""
    return _change(sessions.required().username, "/review/my-work")


@blueprint.get("/crew/<name>")
@sessions.at_least(people.RULES)
def colleague(name: str) -> str:
    """A colleague's record."""
    with services().db.read() as session:
        return _page(session, name)


@blueprint.post("/crew/<name>")
@sessions.at_least(people.RULES)
def change(name: str) -> Answer:
    """Change it."""
    with services().db.read() as session:
        crew.named(session, name, services().clock.now())
    return _change(name, f"/review/crew/{name}")


@blueprint.post("/my-work/names")
@sessions.at_least(Role.TRAINEE)
def name_oneself() -> Answer:
    """What one is called."""
    return _rename(sessions.required().username, "/review/my-work")


@blueprint.post("/crew/<name>/names")
@sessions.at_least(people.RULES)
def rename(name: str) -> Answer:
    """What a colleague is called."""
    with services().db.read() as session:
        crew.named(session, name, services().clock.now())
    return _rename(name, f"/review/crew/{name}")


def _rename(name: str, back: str) -> Answer:
    wanted = Names(name, forms.line("desk", 100), forms.line("outside", 100))
    try:
        names.change(services(), frame.account(), wanted)
    except (RefusedError, InvalidError) as error:
        with services().db.read() as session:
            return _page(session, name, called=wanted, names_wrong=_naming(error)), 422
    pages.tell("in", _("Saved."))
    return redirect(back)


def _naming(error: RefusedError | InvalidError) -> str:
    said = reasons.of(error)
    return said if isinstance(error, InvalidError) else _("That doesn’t fit: %(why)s.", why=said)


def _change(name: str, back: str) -> Answer:
    try:
        record = record_form.record(name)
        crew.change(services(), frame.account(), record, record_form.conflicts())
    except (RefusedError, InvalidError, ValueError):
        with services().db.read() as session:
            return _page(session, name, wrong=True), 422
    pages.tell("in", _("Saved. It holds from the next case on."))
    return redirect(back)


def _page(
    session: Session, name: str, *, wrong: bool = False, called: Names | None = None, names_wrong: str = ""
) -> str:
    now = services().clock.now()
    day = crew.day(session, crew.named(session, name, now), now)
    record = day.record
    typed = request.form if wrong else None
    return render_template(
        "review/crew-record.html",
        name=name,
        own=name == sessions.required().username,
        day=day,
        wrong=wrong,
        names=called or moderation_names.of(session, name),
        names_wrong=names_wrong,
        leads=frame.can(people.RULES),
        terms=_terms(terms.at(session, name, now)),
        signed=undertakings.last(session, name),
        by_decision=pay.by_decision(session),
        languages=typed["languages"] if typed and "languages" in typed else ", ".join(record.languages),
        conflicts=forms.text("conflicts") if typed else "\n".join(_conflicts(record)),
        heavy_a_day=forms.line("heavy_a_day", 6) if typed else record.heavy_a_day,
        hours_a_week=forms.line("hours_a_week", 6) if typed else record.hours_a_week,
        skills=request.form.getlist("skill") if typed else record.skills,
        skips=request.form.getlist("skip") if typed else record.skips,
        label_names=[(code, labels.name(code)) for code in LABELS],
    )


def _terms(found: Terms | None) -> str:
    """Rates in words; empty for a volunteer."""
    if found is None:
        return ""
    said = _("%(amount)s an hour", amount=money.shown(found.per_hour, found.currency))
    if found.per_decision is None:
        return said
    amount = money.shown(found.per_decision, found.currency)
    return f"{said}; " + _("%(amount)s for each decision, in place of the hours spent on cases", amount=amount)


def _conflicts(record: Record) -> Sequence[str]:
    return (*record.conflict_domains, *record.conflict_people)
