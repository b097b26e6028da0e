"""Trials: a version of a rule on what was judged in the days before, a batch at a time, beside what people decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from moderation.errors import NotFoundError, RefusedError
from moderation.figures import Figures
from moderation.instance_rules import facts, keeping, language, precision
from moderation.instance_rules.language import TooCostlyError
from moderation.instance_rules.tables import RuleTrialRow, RuleVersionRow, TrialState
from moderation.loading import load
from moderation.log import chain as log
from moderation.tools import Tools
from moderation.values import Finding, SubjectKind, Submission
from moderation.verdicts.tables import VerdictRow

MOST_DAYS: Final = 30
MOST_VERDICTS: Final = 50_000
EXAMPLES: Final = 10
_POSTS: Final = (SubjectKind.POST, SubjectKind.EDIT)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict of a machine, and what it had of scores."""

    id: int
    uri: str
    facts: Mapping[str, Any]
    reasons: Sequence[str]


def ask(session: Session, number: int, days: int, by: str, now: datetime) -> RuleTrialRow:
    """Try what a rule says now on the last days; a trial of it that isn't done yet is called off. Raises NotFoundError,
    RefusedError for a number of days that isn't kept."""
    if not 1 <= days <= MOST_DAYS:
        raise RefusedError(f"from 1 to {MOST_DAYS} days")
    stated = keeping.find(session, number)
    for before in session.scalars(_waiting().where(RuleTrialRow.rule_id == number)):
        before.state, before.settled_at = TrialState.CALLED_OFF, now
    whole = session.scalar(select(func.count()).select_from(_verdicts(days, now).limit(MOST_VERDICTS).subquery()))
    row = RuleTrialRow(
        rule_id=number,
        version=stated.row.version,
        days=days,
        state=TrialState.WAITING,
        whole=whole or 0,
        looked_at=0,
        next_id=None,
        result={"matched": 0, "allowed": 0, "restrained": 0, "undecided": 0, "failed": 0, "examples": []},
        asked_by=by,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    said: log.Payload = {"name": stated.row.name, "days": days}
    log.append(session, by, "instance_rule_tried", f"instance_rule:{number}", said, now)
    return row


def of(session: Session, number: int, limit: int = 5) -> Sequence[RuleTrialRow]:
    """A rule's trials, the latest first."""
    query = select(RuleTrialRow).where(RuleTrialRow.rule_id == number).order_by(RuleTrialRow.id.desc()).limit(limit)
    return session.scalars(query).all()


def find(session: Session, number: int) -> RuleTrialRow:
    """One. Raises NotFoundError."""
    row = session.get(RuleTrialRow, number) if 0 < number < 1 << 63 else None
    if row is None:
        raise NotFoundError("there is no such trial")
    return row


def next_one(session: Session) -> RuleTrialRow | None:
    """The trial that is to be worked on: the one that was asked for first."""
    return session.scalars(_waiting().order_by(RuleTrialRow.id).limit(1)).first()


def next_verdicts(session: Session, trial: RuleTrialRow, limit: int) -> list[Judged]:
    """The verdicts that it looks at next, from the newest to the oldest; none once it has looked at enough."""
    left = min(limit, trial.whole - trial.looked_at)
    if left <= 0:
        return []
    query = _verdicts(trial.days, trial.asked_at).order_by(VerdictRow.id.desc()).limit(left)
    if trial.next_id is not None:
        query = query.where(VerdictRow.id < trial.next_id)
    return [Judged(*row) for row in session.execute(query)]


def look(
    session: Session, trial: RuleTrialRow, judged: Sequence[Judged], submissions: Mapping[str, Submission], tools: Tools
) -> dict[str, Any]:
    """What a version says of a batch, and what people decided of what it matches; as `result` keeps it. Authors'
    records are those of today. Reads, and changes nothing."""
    version = select(RuleVersionRow).where(
        RuleVersionRow.rule_id == trial.rule_id, RuleVersionRow.number == trial.version
    )
    program = language.compile_(session.scalars(version).one().expression)
    known = [(each, submissions[each.uri]) for each in judged if each.uri in submissions]
    matched, failed = [], 0
    if known:
        context = load(session, [submission for _, submission in known], tools, Figures.read(session, tools.now()))
        for each, submission in known:
            given = language.activation(facts.of(submission, _findings(each), context))
            try:
                if program.matches(given):
                    matched.append(each.uri)
            except TooCostlyError:
                failed += 1
    people = precision.decided(session, matched)
    restrained = sum(people.values())
    return {
        "matched": len(matched),
        "allowed": len(people) - restrained,
        "restrained": restrained,
        "undecided": len(matched) - len(people),
        "failed": failed,
        "examples": matched[:EXAMPLES],
    }


def note(
    session: Session, read: RuleTrialRow, judged: Sequence[Judged], found: Mapping[str, Any], now: datetime
) -> None:
    """Add a batch to a trial, which is done when there was nothing left to look at. One that was called off since it
    was `read` stays so, and what somebody else looked at meanwhile isn't counted twice."""
    trial = session.get_one(RuleTrialRow, read.id, populate_existing=True, with_for_update=True)
    if trial.state is not TrialState.WAITING or trial.looked_at != read.looked_at:
        return
    if judged:
        before = trial.result
        added = {name: before[name] + found[name] for name in before if name != "examples"}
        trial.result = {**added, "examples": [*before["examples"], *found["examples"]][:EXAMPLES]}
        trial.looked_at, trial.next_id = trial.looked_at + len(judged), judged[-1].id
    if not judged or trial.looked_at >= trial.whole:
        trial.state, trial.settled_at = TrialState.DONE, now
    session.flush()


def _waiting() -> Select[RuleTrialRow]:
    return select(RuleTrialRow).where(RuleTrialRow.state == TrialState.WAITING)


def _verdicts(days: int, now: datetime) -> Select[int, str, dict[str, Any] | None, list[str]]:
    """What machines said of public posts: the first word on each, so that what is judged again counts once."""
    return select(VerdictRow.id, VerdictRow.uri, VerdictRow.facts, VerdictRow.reasons).where(
        VerdictRow.made_at > now - timedelta(days=days),
        VerdictRow.facts.is_not(None),
        ~VerdictRow.by_person,
        VerdictRow.kind.in_(_POSTS),
        VerdictRow.supersedes_id.is_(None),
    )


def _findings(judged: Judged) -> list[Finding]:
    scores = judged.facts.get("s", {})
    found = [Finding("text", label, "", "text_model", score=float(score)) for label, score in scores.items()]
    found += [Finding("", "", "", why) for why in judged.reasons if why != "spam_behaviour"]
    if "b" in judged.facts:
        found.append(Finding("behaviour", "spam", "", "spam_behaviour", details={"points": judged.facts["b"]}))
    return found
