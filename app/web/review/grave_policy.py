"""Which labels are grave, and from which severity on: the policy's part, edited on a page; every version is kept."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.reviewing import people, ruling
from app.web import forms, labels, pages, reasons, sessions
from app.web.review import frame
from moderation.authors.severities import KINDS
from moderation.errors import BadPolicyError
from moderation.policy import store
from moderation.policy.graves import ALWAYS

blueprint = frame.blueprint("grave_policy")
Answer = str | tuple[str, int] | Response
_NUMBERS = ("heavy_from", "alone_from")


@blueprint.get("/policy/grave")
@sessions.at_least(Role.TRAINEE)
def shown() -> str:
    """The part in force."""
    with services().db.read() as session:
        return _page(store.current(session).document["grave"])


@blueprint.post("/policy/grave")
@sessions.at_least(people.RULES)
def change() -> Answer:
    """Put another in force. What is always grave is, whatever was sent."""
    with services().db.read() as session:
        document = dict(store.current(session).document)
    asked: dict[str, Any] = {
        "labels": [*ALWAYS, *(code for code in request.form.getlist("label") if code not in ALWAYS)]
    }
    asked |= {name: forms.as_decimal(forms.line(name, 6)) for name in _NUMBERS}
    try:
        ruling.publish_policy(services(), frame.account(), {**document, "grave": asked})
    except BadPolicyError as error:
        return _page(asked, reasons.of(error)), 422
    pages.tell("in", _("Saved. It holds for what is decided from now on."))
    return redirect("/review/policy/grave")


def _page(part: dict[str, Any], error: str = "") -> str:
    said = {"threat_to_life": _("a threat to somebody’s life")}
    kinds = [*ALWAYS, *(code for code in KINDS if code not in ALWAYS)]
    return render_template(
        "review/grave-policy.html",
        part=part,
        kinds=[(code, said.get(code) or labels.kind(code), code in ALWAYS) for code in kinds],
        error=error,
        sets_rules=frame.can(people.RULES),
    )
