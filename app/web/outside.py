"""The page of the reader outside: a case as it was, the decision and the appeal; it stands, or is taken back."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from app.appealing import outside, readers
from app.current import services
from app.errors import NotFoundError
from app.instance import rules as instance_rules
from app.web import forms, pages, reasons, sessions
from app.web.review import words
from moderation.appeals import reading
from moderation.appeals.answering import REPLY_LONGEST
from moderation.appeals.tables import AppealOutcome
from moderation.appeals.values import Answer
from moderation.errors import ModerationError

blueprint = sessions.guard(Blueprint("outside", __name__))
blueprint.after_request(sessions.keep_nowhere)
CHOICES: dict[str, AppealOutcome] = {"uphold": AppealOutcome.UPHOLD, "overturn": AppealOutcome.OVERTURN}


@blueprint.route("/outside/<token>", methods=["GET", "POST"])
def appeal(token: str) -> str | tuple[str, int]:
    """For whoever holds the link, while it is good and nobody has answered."""
    case_id = outside.case_of(services(), token)
    if request.method == "GET":
        return _page(token, case_id)
    outcome, reply = CHOICES.get(forms.line("outcome", 20)), forms.text("reply", REPLY_LONGEST + 1)
    if outcome is None or not reply.strip():
        return _page(token, case_id, error=_("Choose one, and say why: they will read it."), typed=reply), 422
    try:
        outside.answer(services(), case_id, Answer(outcome, reply))
    except ModerationError as error:
        return _page(token, case_id, error=reasons.of(error), typed=reply), error.status
    return _page(token, case_id)


def _page(token: str, case_id: int, *, error: str = "", typed: str = "") -> str:
    with services().db.read() as session:
        shown = reading.shown(session, case_id, readers.BY)
        if shown is None or shown.appeal.outside_at is None or shown.first is None:
            raise NotFoundError
        rule = instance_rules.text_of(session, shown.first.rule_id, pages.language()) or ""
    return render_template(
        "outside.html",
        shown=shown,
        happened=words.action(shown.first.action),
        rule=rule,
        token=token,
        error=error,
        typed=typed,
        most=REPLY_LONGEST,
    )
