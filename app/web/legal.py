"""Legal notices: the form for people without an account, the link of its mail, and the page of its number."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale, gettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.appealing import looking
from app.current import services
from app.errors import ForbiddenError, InvalidError, RateLimitedError
from app.notices import addresses, contesting, give, letters, receipts
from app.notices.give import Notice
from app.notices.tables import LegalNoticeRow
from app.web import appeals, forms, pages, reasons, sessions
from moderation.appeals.contesting import TEXT_LONGEST, deadline
from moderation.errors import AppealRefusedError
from moderation.reports.tables import ReportOutcome, ReportRow

blueprint = sessions.guard(Blueprint("legal", __name__))
blueprint.after_request(sessions.keep_nowhere)  # addresses here hold tokens, forms hold names
Answer = str | tuple[str, int] | Response


@blueprint.get("/legal")
def form() -> str:
    """The form; a post's page leads here with its address."""
    return _form(Notice(urls=request.args.get("url", "")[: addresses.LONGEST]))


@blueprint.post("/legal")
def send() -> Answer:
    """Take the notice: its page at once where it is anonymous, else a mail is sent."""
    notice = Notice(
        urls=forms.text("urls", addresses.MOST * (addresses.LONGEST + 2)),
        explanation=forms.text("explanation", give.LONGEST + 1),
        children=forms.line("kind", 20) == "children",
        name=forms.line("name", give.NAME_LONGEST + 1),
        email=forms.line("email", 400),
        bona_fide=forms.ticked("bona_fide"),
    )
    try:
        row = give.give(services(), notice, address=request.remote_addr or "", locale=str(get_locale() or "en"))
    except (InvalidError, ForbiddenError, RateLimitedError) as error:
        return _form(notice, reasons.of(error)), error.status
    if row.email:
        return render_template("legal-mailed.html", email=row.email)
    return redirect(f"/legal/{receipts.token(services(), row.id)}")


@blueprint.get("/legal/confirm/<token>")
def confirm_page(token: str) -> str:
    """A button: what only looks at links, as mail programs do, confirms nothing."""
    return render_template("legal-confirm.html", notice=give.unconfirmed(services(), token))


@blueprint.post("/legal/confirm/<token>")
def confirm(token: str) -> Answer:
    """It is filed."""
    row = give.confirm(services(), token)
    pages.tell("in", _("Your notice is confirmed."))
    return redirect(f"/legal/{receipts.token(services(), row.id)}")


@blueprint.get("/legal/<token>")
def receipt(token: str) -> str:
    """Number, time, and what came of it: for who has the link."""
    row = give.by_receipt(services(), token)
    outcome = _outcome(row)
    with services().db.read() as session:
        appeal = contesting.known(session, row)
        contestable = contesting.may(session, row, services().clock.now())
    return render_template(
        "legal-receipt.html",
        notice=row,
        here=f"/legal/{token}/contest",
        chip=appeals.chip(appeal.outcome.value if appeal.outcome else None) if appeal is not None else None,
        contestable=contestable,
        outcome=letters.outcome_words(outcome, gettext),
        decided=outcome is not ReportOutcome.WAITING,
        redress=letters.redress(gettext),
        beyond=letters.beyond(gettext),
    )


@blueprint.route("/legal/<token>/contest", methods=["GET", "POST"])
def contest(token: str) -> Answer:
    """Contest that nothing was done, then read the answer and add to it: for who has the link."""
    notice, here = give.by_receipt(services(), token), f"/legal/{token}/contest"
    text = forms.text("text", TEXT_LONGEST + 1) if request.method == "POST" else ""
    with services().db.read() as session:
        known = contesting.known(session, notice)
    try:
        if request.method == "POST" and known is not None:
            contesting.say(services(), notice, known.id, text)
            pages.tell("in", _("Sent."))
        elif request.method == "POST":
            contesting.file(services(), notice, text)
            pages.tell("in", _("Your appeal is filed. You’ll be told what comes of it."))
    except AppealRefusedError as refused:
        return _contest_page(notice, here, appeals.refusal(refused.why), text), refused.status
    return redirect(here) if request.method == "POST" else _contest_page(notice, here)


def _contest_page(notice: LegalNoticeRow, here: str, error: str = "", typed: str = "") -> str:
    said = {"notice": notice, "here": here, "error": error, "typed": typed, "told": None}
    with services().db.read() as session:
        known = contesting.known(session, notice)
        if known is not None:
            return render_template("appeal.html", view=appeals.view(session, known), **said)
        first, report = contesting.decision(session, notice)
        closed = contesting.refusal(session, notice, services().clock.now())
        who = looking.who(looking.at(session, first, receipts.appellant(notice.id), services().clock.now()), gettext)
    closed_words = appeals.refusal(closed) if closed else ""
    until = deadline(first, report)
    return render_template("contest.html", who=who, closed=closed_words, until=until, most=TEXT_LONGEST, **said)


def _outcome(row: LegalNoticeRow) -> ReportOutcome:
    with services().db.read() as session:
        report = session.get(ReportRow, row.report_id) if row.report_id is not None else None
    return report.outcome if report is not None else ReportOutcome.WAITING


def _form(notice: Notice, error: str = "") -> str:
    return render_template("legal.html", given=notice, error=error)
