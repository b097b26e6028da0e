"""The rules of the house, for leads: in both languages, with examples, and what the DSA's database calls them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.instance import rules as instance_rules
from app.instance.first_rules import RuleText
from app.instance.tables import RuleRow
from app.reviewing import people
from app.web import forms, house, labels, pages, reasons, sessions
from app.web.review import category_words, frame
from moderation.authors.severities import KINDS

blueprint = frame.blueprint("rules")
Answer = str | tuple[str, int] | Response
NEW = RuleText("", "")


@blueprint.get("/rules")
@sessions.at_least(Role.TRAINEE)
def listed() -> str:
    """All that are in force, as members read them."""
    with services().db.read() as session:
        rules = house.rules(session)
    changes = frame.can(people.RULES)
    return render_template(
        "review/rules-list.html", rules=rules, changes=changes, category=category_words.name, rule_kinds=_kinds
    )


@blueprint.get("/rules/new")
@sessions.at_least(people.RULES)
def new() -> str:
    """An empty form."""
    return _form(NEW, None)


@blueprint.post("/rules/new")
@sessions.at_least(people.RULES)
def add() -> Answer:
    """One more, at the end."""
    wanted = _typed()
    try:
        instance_rules.add(services(), wanted, _by())
    except InvalidError as error:
        return _form(wanted, None, reasons.of(error)), 422
    pages.tell("in", _("The rule is in force."))
    return redirect("/review/rules")


@blueprint.get("/rules/<int:number>")
@sessions.at_least(people.RULES)
def rule(number: int) -> str:
    """One, to be changed."""
    with services().db.read() as session:
        return _form(_text(instance_rules.get(session, number)), number)


@blueprint.post("/rules/<int:number>")
@sessions.at_least(people.RULES)
def change(number: int) -> Answer:
    """Worded anew."""
    wanted = _typed()
    try:
        instance_rules.change(services(), number, wanted, _by())
    except InvalidError as error:
        return _form(wanted, number, reasons.of(error)), 422
    pages.tell("in", _("Saved."))
    return redirect("/review/rules")


@blueprint.post("/rules/<int:number>/move")
@sessions.at_least(people.RULES)
def move(number: int) -> Response:
    """Up or down."""
    instance_rules.move(services(), number, forms.line("where", 5) == "up", _by())
    return redirect("/review/rules")


@blueprint.post("/rules/<int:number>/retire")
@sessions.at_least(people.RULES)
def retire(number: int) -> Response:
    """Out of force; what was decided by it still names it."""
    instance_rules.retire(services(), number, _by())
    pages.tell("in", _("The rule is out of force. What was decided by it still names it."))
    return redirect("/review/rules")


def _by() -> str:
    return people.name_of(frame.account())


def _text(row: RuleRow) -> RuleText:
    return RuleText(**{each.name: getattr(row, each.name) for each in fields(RuleText)})


def _typed() -> RuleText:
    texts = {each.name: forms.text(each.name, instance_rules.MAX_HINT + 1) for each in fields(RuleText)}
    return RuleText(**texts | {"labels": " ".join(request.form.getlist("about"))[:255]})


def _form(text: RuleText, number: int | None, error: str = "") -> str:
    return render_template(
        "review/rule.html",
        rule=text,
        number=number,
        error=error,
        categories=category_words.choices(),
        kinds=[(code, labels.kind(code)) for code in KINDS],
        most=instance_rules.MAX_TEXT,
        most_more=instance_rules.MAX_HINT,
    )


def _kinds(about: Iterable[str]) -> str:
    return ", ".join(labels.kind(code) for code in about)
