"""Reporting: the dialogue, which offers to mute and to block first, and what became of a member's reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.current import services
from app.errors import InvalidError
from app.instance import rules as instance_rules
from app.paging import Paging
from app.posts import resolve
from app.posts.reading import PostView
from app.reports import adding, file, outcomes, staff
from app.reports.adding import Addition
from app.reports.file import FileReport
from app.timelines import public
from app.timelines.public import AuthorFilter
from app.web import filters, forms, house, labels, pages, reasons, sessions
from app.workforce import names
from moderation.appeals import contesting, reading
from moderation.reports import forwards
from moderation.reports.forwards import Forward
from moderation.reports.tables import ReportOutcome, ReportRow

blueprint = sessions.guard(Blueprint("reporting", __name__))
Answer = str | tuple[str, int] | Response
_MOST_REPORTS = 40
_MOST_OTHERS = 10


@dataclass(frozen=True)
class Given:
    """What was ticked and typed."""

    category: str = ""
    rules: frozenset[int] = field(default_factory=frozenset)
    comment: str = ""
    forward: bool = False
    forward_comment: bool = False
    also: frozenset[int] = field(default_factory=frozenset)
    """More posts of theirs, by number."""


@dataclass(frozen=True)
class MyReport:
    """A report as its reporter reads it."""

    id: int
    chip: str
    sign: str
    outcome: str
    explained: str
    about: str
    category: str
    rules: str
    comment: str
    answer: str
    """What a moderator wrote to them."""
    signed: str
    """Under which name."""
    forwarded: Sequence[tuple[str, datetime]]
    """What came of passing it on, and when."""
    filed_at: datetime
    decided_at: datetime | None
    appeal_id: int | None
    """Their contest of "left as it is", where they filed one."""
    contestable: bool
    waits: bool
    """Nobody has answered: something can be added."""


@blueprint.route("/report/post/<number>", methods=["GET", "POST"])
@sessions.signed_in
def post(number: str) -> Answer:
    """A post."""
    me = sessions.required()
    with services().db.read() as session:
        view = resolve.view(session, resolve.parse_id(number), me.id)
    return _dialogue(view.shown.post.actor, view.shown)


@blueprint.route("/report/account/<number>", methods=["GET", "POST"])
@sessions.signed_in
def account(number: str) -> Answer:
    """Somebody as such."""
    with services().db.read() as session:
        target = lookup.by_id(session, resolve.parse_id(number))
    return _dialogue(target, None)


def _dialogue(target: ActorRow, view: PostView | None) -> Answer:
    if request.method == "GET":
        return _form(target, view, Given())
    given = Given(
        category=request.form.get("category", ""),
        rules=_ticked("rule"),
        comment=forms.text("comment", 5000),
        forward=forms.ticked("forward"),
        forward_comment=forms.ticked("forward_comment"),
        also=_ticked("also"),
    )
    try:
        filed = _file(target, view, given)
    except InvalidError as error:
        return _form(target, view, given, reasons.of(error)), 422
    pages.tell("in", _thanks(filed, view is not None))
    return redirect("/reports")


def _thanks(filed: ReportRow, hidden: bool) -> str:
    if filed.outcome is ReportOutcome.ALREADY_REVIEWED:
        return _("Your report has the number %(number)s. It had been looked at already: see below.", number=filed.id)
    if hidden:
        return _(
            "Thank you. Your report has the number %(number)s. "
            "The post is hidden from you, and you’ll be told what comes of it.",
            number=filed.id,
        )
    return _("Thank you. Your report has the number %(number)s. You’ll be told what comes of it.", number=filed.id)


def _file(target: ActorRow, view: PostView | None, given: Given) -> ReportRow:
    with services().db.read() as session:
        me = lookup.by_id(session, sessions.required().id)
    wanted = FileReport(
        target_id=target.id,
        status_ids=tuple(dict.fromkeys([*([view.post.id] if view is not None else []), *sorted(given.also)])),
        comment=given.comment,
        category=given.category or ("violation" if given.rules else ""),
        rule_ids=tuple(str(one) for one in sorted(given.rules)),
        forward=given.forward,
        forward_comment=given.forward_comment,
    )
    return file.file(services(), me, wanted)


def _form(target: ActorRow, view: PostView | None, given: Given, error: str = "") -> str:
    with services().db.read() as session:
        rules = house.rules(session)
        reader = staff.reader(session, target, services().clock.now())
    return render_template(
        "report.html",
        reader=reader,
        others=_others(target, view),
        target=target,
        view=view,
        given=given,
        rules=rules,
        error=error,
        categories=labels.categories(),
        back=filters.permalink(view.post) if view is not None else filters.profile_path(target),
    )


def _others(target: ActorRow, view: PostView | None) -> list[PostView]:
    """What else they posted lately that the reporter can see, to be ticked along."""
    wanted = AuthorFilter(exclude_boosts=True)
    found = public.author_page(services(), sessions.required().id, target.id, Paging(limit=_MOST_OTHERS), wanted)
    return [each for each in found if view is None or each.post.id != view.post.id]


@blueprint.get("/reports")
@sessions.signed_in
def mine() -> str:
    """The member's own reports, newest first, each with what came of it."""
    with services().db.read() as session:
        me = lookup.by_id(session, sessions.required().id)
        rows = file.mine(session, me, _MOST_REPORTS)
        sent = forwards.of_reports(session, [row.id for row in rows])
        reports = [_mine(session, row, sent.get(row.id, ())) for row in rows]
        by_mail = lookup.account(session, me.id).report_mail
    return render_template("reports.html", reports=reports, by_mail=by_mail)


@blueprint.route("/reports/<number>/add", methods=["GET", "POST"])
@sessions.signed_in
def add(number: str) -> Answer:
    """More words or posts for a report that waits."""
    with services().db.read() as session:
        me = lookup.by_id(session, sessions.required().id)
        report = file.one_of_mine(session, me, resolve.parse_id(number))
        target = adding.target_of(session, report)
    given = Given(comment=forms.text("comment", 5000), also=_ticked("also")) if request.method == "POST" else Given()
    if report.outcome is not ReportOutcome.WAITING:
        pages.tell("note", _("This report has been answered meanwhile: nothing can be added to it."))
        return redirect("/reports")
    if request.method == "GET":
        return _adding(report, target, given)
    try:
        adding.add(services(), me, report.id, Addition(tuple(sorted(given.also)), given.comment))
    except InvalidError as error:
        return _adding(report, target, given, reasons.of(error)), 422
    pages.tell("in", _("Added to your report %(number)s. Whoever reads it reads that, too.", number=report.id))
    return redirect("/reports")


def _adding(report: ReportRow, target: ActorRow | None, given: Given, error: str = "") -> str:
    others = _others(target, None) if target is not None else []
    with services().db.read() as session:
        about = _about(session, report)
    return render_template(
        "report-add.html",
        report=report,
        about=about,
        others=[each for each in others if each.post.uri not in report.subject_uris],
        given=given,
        error=error,
        longest=file.MAX_COMMENT,
    )


def _ticked(name: str) -> frozenset[int]:
    """Which boxes of this name are, by their numbers."""
    return frozenset(number for one in request.form.getlist(name) if (number := forms.as_number(one)) is not None)


@blueprint.post("/reports/mail")
@sessions.signed_in
def by_mail() -> Response:
    """Whether outcomes come by mail, too."""
    outcomes.by_mail(services(), sessions.required().id, forms.ticked("mail"))
    pages.tell("in", _("Saved."))
    return redirect("/reports")


def _mine(session: Session, row: ReportRow, sent: Sequence[Forward]) -> MyReport:
    chip, sign, word, explained = labels.outcome(row.outcome)
    first = contesting.decision_on(session, row)
    known = reading.find_of_report(session, row.id, row.reporter_uri or "")
    return MyReport(
        id=row.id,
        chip=chip,
        sign=sign,
        outcome=word,
        explained=explained,
        about=_about(session, row),
        category=dict(labels.categories()).get(row.category, row.category),
        rules=_rules(session, row),
        comment=row.comment,
        answer=row.answer,
        signed=names.signature(session, services().settings, first.made_by if first is not None else None),
        forwarded=[(labels.forwarded(one), one.at) for one in sent],
        filed_at=row.filed_at,
        decided_at=first.made_at if first is not None else row.settled_at,
        appeal_id=known.id if known is not None else None,
        waits=row.outcome is ReportOutcome.WAITING,
        contestable=first is not None and known is None and services().clock.now() <= contesting.deadline(first),
    )


def _about(session: Session, row: ReportRow) -> str:
    target = session.scalar(select(ActorRow).where(ActorRow.uri == row.target_uri))
    name = filters.handle(target) if target is not None else row.target_uri
    if row.subject_uris and row.subject_uris != [row.target_uri]:
        return _("a post by %(name)s", name=name)
    return name


def _rules(session: Session, row: ReportRow) -> str:
    locale = pages.language()
    texts = (instance_rules.text_of(session, one, locale) for one in row.rule_ids)
    return ", ".join(text for text in texts if text)
