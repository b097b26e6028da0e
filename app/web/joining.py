"""Joining the crew by an invitation: its terms, one's own word about what one leaves to others, and the undertaking."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.current import services
from app.errors import ConflictError, InvalidError
from app.web import forms, labels, pages, reasons, roles, sessions
from app.web.review import record_form
from app.workforce import invitations, money, undertaking
from app.workforce.tables import CrewInvitationRow
from models.labels import LABELS
from moderation.errors import RefusedError

blueprint = sessions.guard(Blueprint("joining", __name__))
blueprint.after_request(sessions.keep_nowhere)
Answer = str | tuple[str, int] | Response


@blueprint.get("/join/<token>")
def invitation(token: str) -> Answer:
    """What it is about; who isn't signed in is led to that first."""
    return _page(token)


@blueprint.post("/join/<token>")
@sessions.signed_in
def join(token: str) -> Answer:
    """Sign, and join."""
    if not forms.ticked("read"):
        return _page(token, _("Tick that you have read the undertaking: without it there is no joining.")), 422
    try:
        own = record_form.record("")
        invitations.take(
            services(),
            sessions.required().id,
            token,
            forms.line("signed_as", 200),
            pages.language(),
            own,
            record_form.conflicts(),
        )
    except (InvalidError, ConflictError) as error:
        return _page(token, reasons.of(error)), error.status
    except (RefusedError, ValueError):
        words = _(
            "That doesn’t fit: sign with a name, name servers as far.example, and leave yourself something to read."
        )
        return _page(token, words), 422
    pages.tell("in", _("Welcome to the crew. Begin with these: nothing here is real, and nobody is watching."))
    return redirect("/review/training")


def _page(token: str, error: str = "") -> str:
    with services().db.read() as session:
        row = invitations.find(session, services(), token)
        ends = invitations.ends_at(session, row, services().clock.now())
    text = undertaking.text(pages.language())
    return render_template(
        "join.html",
        token=token,
        row=row,
        role=roles.name(row.role),
        reach=roles.reach(row.role),
        last_day=ends - timedelta(seconds=1) if ends else None,
        record=invitations.record_of(row),
        pay=_pay(row),
        version=text.version,
        parts=undertaking.parts(text),
        error=error,
        typed=request.form,
        skips=request.form.getlist("skip") if error else row.record["skips"],
        label_names=[(code, labels.name(code)) for code in LABELS],
        label_name=labels.name,
    )


def _pay(row: CrewInvitationRow) -> list[str]:
    """The rates in words; none for a volunteer."""
    if row.currency is None or row.per_hour is None:
        return []
    said = [_("%(amount)s an hour", amount=money.shown(row.per_hour, row.currency))]
    if row.per_decision is not None:
        amount = money.shown(row.per_decision, row.currency)
        said.append(_("%(amount)s for each decision, in place of the hours spent on cases", amount=amount))
    return said
