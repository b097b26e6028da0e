"""When the text model's second stage is asked: the policy's part, what it adds, and whether there is one here."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.reviewing import people, ruling
from app.reviewing.model import second_with_state
from app.web import choices, forms, gains, labels, pages, reasons, sessions
from app.web.review import frame
from models.labels import LABELS, LANGUAGES
from moderation.errors import BadPolicyError
from moderation.policy import store

blueprint = frame.blueprint("second_stage")
Answer = str | tuple[str, int] | Response
_SWITCHES = ("on", "strangers", "reported")
_NUMBERS = ("wide_from", "band")


@blueprint.get("/policy/second-stage")
@sessions.at_least(Role.TRAINEE)
def shown() -> str:
    """The part in force."""
    with services().db.read() as session:
        return _page(store.current(session).document["second_stage"])


@blueprint.post("/policy/second-stage")
@sessions.at_least(people.RULES)
def change() -> Answer:
    """Put another in force."""
    with services().db.read() as session:
        document = dict(store.current(session).document)
    asked: dict[str, Any] = {name: forms.line(f"ask_{name}", 3) == "yes" for name in _SWITCHES}
    asked |= {name: forms.as_decimal(forms.line(name, 8)) for name in _NUMBERS}
    asked |= {"labels": request.form.getlist("label"), "languages": request.form.getlist("language")}
    if asked["on"] and not asked["labels"]:
        return _page(asked, _("at least one label, for it would read nothing without")), 422
    try:
        ruling.publish_policy(services(), frame.account(), {**document, "second_stage": asked})
    except BadPolicyError as error:
        return _page(asked, reasons.of(error)), 422
    pages.tell("in", _("Saved. It holds for what comes from now on."))
    return redirect("/review/policy/second-stage")


def _page(part: dict[str, Any], error: str = "") -> str:
    found, state = second_with_state(services())
    return render_template(
        "review/second-stage.html",
        part=part,
        state=state.value,
        version=found.version if found is not None else "",
        gains=gains.of_second(),
        kinds=[(label, labels.name(label)) for label in LABELS],
        languages=[each for each in choices.languages() if each[0] in LANGUAGES],
        error=error,
        sets_rules=frame.can(people.RULES),
    )
