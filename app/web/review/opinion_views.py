"""Proposed decisions as a case's page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.reviewing import people
from app.web import labels
from app.web.review import words
from moderation.cases.values import DecisionRequest
from moderation.quality import proposals
from moderation.quality.blinding import Seen
from moderation.quality.proposals import OPEN, Proposal
from moderation.quality.tables import ProposalKind, ProposalState
from moderation.values import Scope


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer, as a sentence and what they wrote."""

    by: str
    said: str
    rule_id: str | None
    note: str
    author_note: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal with what its reader may do about it."""

    proposal: Proposal
    first: Answer
    second: Answer | None
    state: str
    acceptable: bool
    thumbable: bool


@dataclass(frozen=True, slots=True)
class Opinions:
    """What was proposed on a case, and whether its reader may ask for a second opinion."""

    shown: Sequence[Shown]
    askable: bool
    alone: bool
    """Nobody else could read it."""
    mine_until: datetime | None
    """From when on its reader may read it afresh, where they asked and are alone."""


def opinions_of(session: Session, seen: Seen, reader: str, now: datetime) -> Opinions:
    """The proposals on a case, as far as its reader may know them."""
    found = proposals.of_case(session, seen.detail.case.id)
    waits = any(each.kind is ProposalKind.SECOND and each.state is ProposalState.WAITING for each in found)
    visible = [] if seen.blind else [_shown(each, reader) for each in found]
    mine = next((each.own_from for each in found if each.by == reader and each.state is ProposalState.WAITING), None)
    return Opinions(
        visible,
        askable=not waits and not seen.staged,
        alone=not people.has_others(session, reader, now),
        mine_until=mine if mine is not None and mine > now else None,
    )


def _shown(each: Proposal, reader: str) -> Shown:
    trainee = each.kind is ProposalKind.TRAINEE and each.state is ProposalState.WAITING
    blind = each.kind is ProposalKind.SECOND and each.state is ProposalState.WAITING
    return Shown(
        each,
        _answer(each.by, each.request),
        _answer(each.second_by, each.second) if each.second_by and each.second else None,
        _state(each, reader),
        acceptable=trainee and each.by != reader,
        thumbable=each.state in OPEN and not blind and reader not in (each.by, each.second_by),
    )


def _answer(by: str, request: DecisionRequest) -> Answer:
    said = words.action(request.action)
    if request.warning is not None:
        said = _("%(done)s: “%(warning)s”", done=said, warning=labels.warning(request.warning))
    reach = words.scope(request.scope) if request.scope is not Scope.SUBJECT else ""
    return Answer(by, f"{said} · {reach}" if reach else said, request.rule_id, request.note, request.author_note)


def _state(each: Proposal, reader: str) -> str:
    if each.state is ProposalState.WAITING and each.kind is ProposalKind.SECOND:
        return _("waits for a second opinion, given blind")
    return {
        ProposalState.WAITING: _("proposed by somebody who is learning"),
        ProposalState.AGREED: _("two agreed, neither knowing of the other"),
        ProposalState.DIFFERING: _("two differ: a lead decides"),
        ProposalState.ACCEPTED: _("accepted"),
        ProposalState.SETTLED: _("decided since"),
    }[each.state]
