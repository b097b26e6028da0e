"""How long strikes count and which steps they lead to: the policy's part, edited on a page; every version is kept."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.reviewing import people, ruling
from app.web import forms, pages, reasons, sessions
from app.web.review import frame, words
from moderation.errors import BadPolicyError
from moderation.policy import store
from moderation.policy.strikes import ACTIONS, MOST_RUNGS
from moderation.values import Action

blueprint = frame.blueprint("ladder")
Answer = str | tuple[str, int] | Response
EMPTY = 2
"""So many empty steps stand below those that there are."""


@blueprint.get("/policy/strikes")
@sessions.at_least(Role.TRAINEE)
def shown() -> str:
    """The part in force."""
    with services().db.read() as session:
        document = _document(session)
    return _page(document["strikes"], mending=document["mending"])


@blueprint.post("/policy/strikes")
@sessions.at_least(people.RULES)
def change() -> Answer:
    """Put another in force. Those who were struck before keep what was noted then."""
    with services().db.read() as session:
        document = _document(session)
    mending = {"hours": forms.number("mend_hours")} if forms.line("mend_hours", 6) else document["mending"]
    asked = {"days": forms.number("days"), "points": document["strikes"]["points"], "ladder": _rungs()}
    try:
        ruling.publish_policy(services(), frame.account(), {**document, "strikes": asked, "mending": mending})
    except BadPolicyError as error:
        return _page(asked, reasons.of(error), mending=mending), 422
    pages.tell("in", _("Saved. It holds for what is decided from now on."))
    return redirect("/review/policy/strikes")


def _document(session: Session) -> dict[str, Any]:
    return dict(store.current(session).document)


def _rungs() -> list[dict[str, Any]]:
    """The steps that were filled in, in the order of their points."""
    found = []
    for number in range(MOST_RUNGS + EMPTY):
        if forms.line(f"points_{number}", 6):
            days = forms.line(f"days_{number}", 6)
            action = forms.line(f"action_{number}", 20)
            rung = {"points": forms.number(f"points_{number}"), "action": action}
            found.append(rung | {"days": forms.number(f"days_{number}") if days else None})
    return sorted(found, key=lambda rung: rung["points"] if isinstance(rung["points"], int) else 0)


def _page(part: dict[str, Any], error: str = "", *, mending: dict[str, Any]) -> str:
    empty = {"points": None, "action": "warn", "days": None}
    return render_template(
        "review/strikes.html",
        part=part,
        rungs=[*part["ladder"], *[empty] * EMPTY],
        actions=[(code, words.action(Action(code))) for code in ACTIONS],
        error=error,
        mend_hours=f"{mending['hours']:g}" if mending["hours"] is not None else "",
        sets_rules=frame.can(people.RULES),
    )
