"""The statement of reasons as a page: what was decided about something of a member's, why, how to contest it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template
from flask_babel import gettext
from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.appealing import looking
from app.appealing import machine as machine_said
from app.current import services
from app.enforcement import letters, reasons
from app.errors import NotFoundError
from app.instance import rules as instance_rules
from app.posts import freezes, mending, resolve
from app.posts.tables import PendingEditRow, PostRow, PostState
from app.web import filters, forms, own_words, pages, sessions
from app.web.own_words import OwnWords
from app.workforce import names
from moderation.appeals import contesting, reading
from moderation.cases import freezing
from moderation.cases.plans import HARMLESS
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.telling import MACHINE
from moderation.statements import making
from moderation.statements import reading as given
from moderation.statements.tables import StatementRow
from moderation.values import Action

blueprint = sessions.guard(Blueprint("statements", __name__))
blueprint.after_request(sessions.keep_nowhere)


@dataclass(frozen=True)
class Said:
    """A statement of reasons in words."""

    facts: str
    source: str
    means: str
    ground: str
    duration: str
    territory: str
    policy_version: int | None
    exempt: bool


@dataclass(frozen=True)
class Told:
    """What the page says."""

    number: int
    happened: str
    said: Said | None
    """The statement of reasons as it was given; None for decisions from before there were any."""
    about: str
    words: OwnWords | None
    """What they wrote, as it was decided about; None for an account, and for what isn’t kept any more."""
    rule: str
    reason: str
    author_note: str
    """What the moderators wrote besides; nothing once the decision is taken back."""
    machine: bool
    signed: str
    """Under which name it goes out: a pseudonym, or the moderators as such; empty where no person decided."""
    made_at: datetime
    ends_at: datetime | None
    reversed: bool
    appeal_id: int | None
    until: datetime
    contestable: bool
    how: str
    """How it is contested, and who looks at that as the crew is now."""
    mend_by: str
    """By when, in a sentence; empty where nothing is to be mended any more."""
    answerable: bool
    mend_id: int | None
    """The post to mend, for who is frozen until they have."""


@blueprint.get("/decisions/<number>")
@sessions.signed_in
def statement(number: str) -> str:
    """For the author whom it is about, and nobody else."""
    with services().db.read() as session:
        row = session.get(DecisionRow, resolve.parse_id(number))
        if row is None:
            raise NotFoundError
        said = told(session, row, sessions.required().uri)
    return render_template("statement.html", told=said)


@blueprint.get("/statements/<number>")
@sessions.signed_in
def of_a_hold(number: str) -> str | Response:
    """Why something waits for longer than an hour, as it was told; a decision's statement is on its own page."""
    me = sessions.required()
    with services().db.read() as session:
        row = session.get(StatementRow, resolve.parse_id(number))
        if row is None or row.recipient != me.uri:
            raise NotFoundError
        post = session.scalar(select(PostRow).where(PostRow.uri == row.uri, PostRow.actor_id == me.id))
        words = own_words.of(session, row.uri, me.uri, row.applied_at)
        edit_waits = post is not None and session.get(PendingEditRow, post.pk) is not None
    if row.decision_id is not None:
        return redirect(f"/decisions/{row.decision_id}")
    if row.action != making.HOLD:
        happened = reasons.happened(row.action, gettext, of_edit=row.of_edit)
        return render_template("statement-machine.html", row=row, said=said(row), happened=happened, words=words)
    waits = post is not None and (edit_waits if row.of_edit else post.state is PostState.HELD)
    happened = reasons.happened(row.action, gettext, of_edit=row.of_edit)
    return render_template(
        "statement-hold.html",
        row=row,
        said=said(row),
        happened=happened,
        words=words,
        post=post if waits else None,
    )


@blueprint.post("/decisions/<number>/answer")
@sessions.signed_in
def answer(number: str) -> Response:
    """Who is frozen says something instead of mending it; the moderators read it with the case."""
    freezes.answer(services(), sessions.required().uri, resolve.parse_id(number), forms.text("words", 2001))
    pages.tell("in", _("Sent. The moderators read it and look at it again."))
    return redirect(f"/decisions/{number}")


def _to_mend(session: Session, row: DecisionRow, reader: str) -> int | None:
    if row.action is not Action.FREEZE:
        return None
    post = session.scalar(select(PostRow).where(PostRow.uri == contesting.subjects_of(row, reader)[0]))
    return post.id if post is not None and mending.may_be_mended(session, post) else None


@blueprint.post("/statements/<number>/contest")
@sessions.signed_in
def contest_a_machine(number: str) -> Response:
    """On to the form: what a machine decided by itself becomes a decision that can be contested."""
    number_ = machine_said.as_decision(services(), sessions.required().uri, resolve.parse_id(number))
    return redirect(f"/decisions/{number_}/contest")


def said(row: StatementRow) -> Said:
    """A statement in the words of the page's reader; its facts stand as they were told."""
    return Said(
        facts=row.facts,
        source=reasons.source(row, gettext),
        means=reasons.means(row, gettext),
        ground=reasons.ground(row, gettext),
        duration=reasons.duration(row, pages.language(), gettext),
        territory=reasons.territory(gettext),
        policy_version=row.policy_version,
        exempt=row.exempt_reason is not None,
    )


def told(session: Session, row: DecisionRow, reader: str) -> Told:
    """What its author reads of a decision. Raises NotFoundError for everybody else."""
    if row.reverses_id is not None or not contesting.subjects_of(row, reader):
        raise NotFoundError
    appeal = reading.find_of(session, row.id, reader)
    case = session.get(CaseRow, row.case_id) if row.case_id is not None else None
    stated = given.of_decision(session, row.id, reader)
    taken_back = bool(session.scalar(select(exists().where(DecisionRow.reverses_id == row.id))))
    about = contesting.subjects_of(row, reader)[0]
    frozen = freezing.is_in_force(session, row)
    return Told(
        number=row.id,
        happened=(
            reasons.all_of(stated, pages.language(), gettext)
            if stated is not None
            else letters.what_happened(row.action.value, gettext)
        ),
        said=said(stated) if stated is not None else None,
        about=about if about != reader else _("your account"),
        words=own_words.of(session, about, reader, row.made_at),
        rule=instance_rules.text_of(session, row.rule_id, pages.language()) or "",
        reason=row.reason,
        author_note="" if taken_back else row.author_note,
        machine=case is not None and case.origin in MACHINE,
        signed="" if row.made_by == making.POLICY else names.signature(session, services().settings, row.made_by),
        made_at=row.made_at,
        ends_at=row.ends_at,
        appeal_id=appeal.id if appeal is not None else None,
        until=contesting.deadline(row),
        mend_id=_to_mend(session, row, reader),
        mend_by=reasons.to_mend(row.mend_by, pages.language(), gettext) if row.mend_by and frozen else "",
        answerable=frozen,
        contestable=row.action not in HARMLESS and services().clock.now() <= contesting.deadline(row),
        how=looking.until(
            looking.at(session, row, reader, services().clock.now()), filters.day(contesting.deadline(row)), gettext
        ),
        reversed=taken_back,
    )
