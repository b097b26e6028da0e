"""Contesting a decision: the form, and the appeal with its messages; signed in, or by the link of a mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import lookup
from app.accounts.tables import AccountRow
from app.appealing import contest, links, looking
from app.current import services
from app.errors import NotFoundError
from app.posts import resolve
from app.web import appeals, forms, pages, reasons, sessions, statements
from app.web.appeals import AppealView
from moderation.appeals import contesting, reading
from moderation.appeals.tables import AppealOutcome, AppealRow, Party
from moderation.cases.tables import DecisionRow
from moderation.errors import AppealRefusedError, ModerationError
from moderation.reports.tables import ReportRow

blueprint = sessions.guard(Blueprint("contesting", __name__))
blueprint.after_request(sessions.keep_nowhere)
Answer = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Asked:
    """Who asks, about which decision, and where their forms go."""

    account: AccountRow
    decision_id: int
    here: str


@blueprint.route("/decisions/<number>/contest", methods=["GET", "POST"])
@sessions.signed_in
def decision(number: str) -> Answer:
    """The author's contest of a decision."""
    asked = Asked(_me(), resolve.parse_id(number), f"/decisions/{number}/contest")
    if request.method == "POST":
        return _file(asked, partial(contest.by_author, services(), asked.account, asked.decision_id), "/appeals/{}")
    return _form(asked)


@blueprint.route("/reports/<number>/contest", methods=["GET", "POST"])
@sessions.signed_in
def report(number: str) -> Answer:
    """The reporter's contest of "left as it is"."""
    me, report_id = _me(), resolve.parse_id(number)
    with services().db.read() as session:
        row = session.get(ReportRow, report_id)
        if row is None or row.reporter_uri != me.actor.uri:
            raise NotFoundError
        first = contesting.decision_on(session, row)
        known = reading.find_of_report(session, report_id, me.actor.uri)
    if first is None and known is not None:
        return redirect(f"/appeals/{known.id}")
    if first is None:
        raise NotFoundError
    asked = Asked(me, first.id, f"/reports/{report_id}/contest")
    if request.method == "POST":
        return _file(asked, partial(contest.by_reporter, services(), me, report_id), "/appeals/{}", report_id)
    return _form(asked, report_id)


@blueprint.route("/appeals/<number>", methods=["GET", "POST"])
@sessions.signed_in
def appeal(number: str) -> Answer:
    """An appeal with its messages: for who filed it, and nobody else."""
    me, appeal_id = _me(), resolve.parse_id(number)
    with services().db.read() as session:
        row = session.get(AppealRow, appeal_id)
        if row is None or row.uri != me.actor.uri:
            raise NotFoundError
        asked = Asked(me, row.decision_id, f"/appeals/{row.id}")
    return _talk(asked, appeal_id)


@blueprint.route("/contest/<token>", methods=["GET", "POST"])
def by_link(token: str) -> Answer:
    """Both, for a member who can't sign in: the link is in the mail that told them."""
    account_id, decision_id = links.read(services(), token)
    with services().db.read() as session:
        account = lookup.account(session, account_id)
        known = reading.find_of(session, decision_id, account.actor.uri)
    asked = Asked(account, decision_id, f"/contest/{token}")
    if known is not None:
        return _talk(asked, known.id)
    if request.method == "POST":
        return _file(asked, partial(contest.by_author, services(), account, decision_id), asked.here)
    return _form(asked)


@blueprint.errorhandler(ModerationError)
def _refused(error: ModerationError) -> tuple[str, int]:
    return pages.error_page(error.status, partial(reasons.of, error)), error.status


def _me() -> AccountRow:
    with services().db.read() as session:
        return lookup.account(session, sessions.required().id)


def _file(asked: Asked, doing: Callable[[str], object], then: str, report_id: int | None = None) -> Answer:
    text = forms.text("text", contesting.TEXT_LONGEST + 1)
    try:
        filed = doing(text)
    except AppealRefusedError as error:
        page = _form(asked, report_id, error=appeals.refusal(error.why), typed=text)
        return (page, error.status) if isinstance(page, str) else page
    pages.tell("in", _("Your appeal is filed. You’ll be told what comes of it."))
    return redirect(then.format(getattr(filed, "id", "")))


def _form(asked: Asked, report_id: int | None = None, *, error: str = "", typed: str = "") -> str | Response:
    by = Party.AUTHOR if report_id is None else Party.REPORTER
    now = services().clock.now()
    with services().db.read() as session:
        row = session.get(DecisionRow, asked.decision_id)
        if row is None:
            raise NotFoundError
        known = reading.find_of(session, row.id, asked.account.actor.uri)
        if known is not None:
            return redirect(f"/appeals/{known.id}")
        report = session.get(ReportRow, report_id) if report_id is not None else None
        closed = contesting.refusal(session, row, by, asked.account.actor.uri, now, report_id)
        told = statements.told(session, row, asked.account.actor.uri) if by is Party.AUTHOR else None
        who = looking.who(looking.at(session, row, asked.account.actor.uri, now), _)
    return render_template(
        "contest.html",
        told=told,
        report_id=report_id,
        here=asked.here,
        closed=appeals.refusal(closed) if closed else "",
        error=error,
        typed=typed,
        who=who,
        until=contesting.deadline(row, report),
        most=contesting.TEXT_LONGEST,
    )


def _talk(asked: Asked, appeal_id: int) -> Answer:
    error, typed = "", ""
    if request.method == "POST":
        typed = forms.text("text", 2001)
        try:
            contest.say(services(), asked.account, appeal_id, typed)
        except AppealRefusedError as refused:
            error = appeals.refusal(refused.why)
        else:
            pages.tell("in", _("Sent."))
            return redirect(asked.here)
    page = _appeal_page(asked, appeal_id, error, typed)
    return (page, 422) if error else page


def _appeal_page(asked: Asked, appeal_id: int, error: str, typed: str) -> str:
    with services().db.read() as session:
        row = reading.find(session, appeal_id)
        first = session.get_one(DecisionRow, row.decision_id)
        view: AppealView = appeals.view(session, row)
        told = statements.told(session, first, row.uri) if row.by is Party.AUTHOR else None
        varied = row.outcome is AppealOutcome.VARY and not links.is_locked_out(asked.account)
        instead = row.answer_id if varied else None
    return render_template(
        "appeal.html", view=view, told=told, instead=instead, here=asked.here, error=error, typed=typed
    )
