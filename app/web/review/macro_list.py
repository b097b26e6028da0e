"""The house's macros on a page: everybody of the team reads them, leads and admins write them."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.reviewing import macros, people
from app.web import forms, house, pages, reasons, sessions
from app.web.review import frame, words
from moderation.cases import plans
from moderation.errors import NotFoundError, RefusedError
from moderation.macros import keeping
from moderation.macros.values import KEYS, MOST_STEPS, Macro, MacroStep
from moderation.values import Action, Scope

blueprint = frame.blueprint("macro_list")
Answer = str | tuple[str, int] | Response


@blueprint.get("/macros")
@sessions.at_least(Role.TRAINEE)
def listed() -> str:
    """What each key does."""
    with services().db.read() as session:
        found = {macro.key: macro for macro in keeping.macros(session)}
        rules = {str(one.id): one for one in house.rules(session)}
    return render_template(
        "review/macros.html",
        keys=[(key, found.get(key)) for key in KEYS],
        rules=rules,
        locale=pages.language(),
        said=_step,
        sets_rules=frame.can(people.RULES),
    )


@blueprint.get("/macros/<int:key>")
@sessions.at_least(people.RULES)
def edit(key: int) -> str:
    """One key's macro, to be written."""
    with services().db.read() as session:
        return _page(session, key, _of(session, key))


@blueprint.post("/macros/<int:key>")
@sessions.at_least(people.RULES)
def change(key: int) -> Answer:
    """Put another on the key, or none."""
    if request.form.get("what") == "empty":
        macros.empty(services(), frame.account(), key)
        pages.tell("note", _("Key %(key)s does nothing now.", key=key))
        return redirect("/review/macros")
    wanted = _typed(key)
    try:
        macros.put(services(), frame.account(), wanted)
    except RefusedError as error:
        with services().db.read() as session:
            return _page(session, key, wanted, reasons.of(error)), 422
    pages.tell("in", _("Saved. It holds for what is decided from now on."))
    return redirect("/review/macros")


def _of(session: Session, key: int) -> Macro:
    if key not in KEYS:
        raise NotFoundError("a macro's key is one from 1 to 9")
    found = {macro.key: macro for macro in keeping.macros(session)}
    return found.get(key) or Macro(key, "", "", "", "", None, ())


def _typed(key: int) -> Macro:
    asked = [number for number in range(MOST_STEPS) if forms.line(f"action_{number}", 20)]
    steps = [_typed_step(number) for number in asked] if 0 in asked else []  # the first decides about the posts
    rule = forms.number("rule")
    return Macro(
        key,
        forms.line("name_en", 81),
        forms.line("name_fr", 81),
        forms.text("text_en", 5001).strip(),
        forms.text("text_fr", 5001).strip(),
        None if rule is None else str(rule),
        tuple(steps),
        _days("link_days"),
    )


def _days(name: str) -> int | None:
    try:
        return forms.number_if_any(name, 5)
    except ValueError as error:
        raise RefusedError("a term is a number of days") from error


def _typed_step(number: int) -> MacroStep:
    action, scope = forms.line(f"action_{number}", 20), forms.line(f"scope_{number}", 20)
    if action not in {one.value for one in Action} or scope not in {one.value for one in Scope}:
        raise RefusedError("an action or how far it reaches isn't one of those offered")
    return MacroStep(Action(action), Scope(scope), _days(f"days_{number}"))


def _step(step: MacroStep) -> str:
    """An action with how far it reaches and for how long."""
    reach = words.scope(step.scope)
    said = f"{words.action(step.action)} ({reach})" if reach else words.action(step.action)
    if step.days is None:
        return said
    return _("%(what)s for %(days)s days", what=said, days=step.days)


def _page(session: Session, key: int, macro: Macro, error: str = "") -> str:
    return render_template(
        "review/macro-edit.html",
        key=key,
        macro=macro,
        steps=[macro.steps[number] if number < len(macro.steps) else None for number in range(MOST_STEPS)],
        first=[(one.value, words.action(one)) for one in Action],
        more=[(one.value, words.action(one)) for one in plans.FURTHER],
        scopes=[(one.value, words.scope(one) or _("the post itself")) for one in Scope],
        rules=house.rules(session),
        error=error,
    )
