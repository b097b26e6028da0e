"""Holds of a batch, and the cases of those that a member would see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import newcomers, opening, priority
from moderation.evidence.snapshots import take
from moderation.evidence.tables import SnapshotCause
from moderation.holds.tables import HoldRow, HoldState
from moderation.policy.values import HoldTimes
from moderation.queues import placing
from moderation.recording.work import Item, Work, certainty
from moderation.rows import insert_many, slices
from moderation.values import CaseOrigin, Effect, Judgement, Origin, Outcome, RecordedVerdict, Submission, Verb


def open_holds(session: Session, uris: Sequence[str]) -> dict[str, HoldRow]:
    """By subject, its hold that hasn't ended."""
    found: dict[str, HoldRow] = {}
    for part in slices(uris):
        statement = select(HoldRow).where(HoldRow.uri.in_(part), HoldRow.state == HoldState.HELD)
        found |= {row.uri: row for row in session.scalars(statement)}
    return found


def stay_held(judgement: Judgement, held: bool) -> Judgement:
    """An edit doesn't release what is held: it stays where it is, unless it is refused."""
    if not held or judgement.outcome in (None, Outcome.REJECT, Outcome.HOLD):
        return judgement
    return replace(judgement, outcome=Outcome.HOLD, reasons=("was_held", *judgement.reasons))


def write(work: Work, before: dict[str, HoldRow]) -> None:
    """Rows for what is held now, evidence of it, and cases of what would be seen."""
    held = [item for item in work.items if item.held]
    take(work.session, [item.judgement.submission for item in held], SnapshotCause.INGEST, work.now)
    for item in held:
        if item.uri in before:
            _again(work, item, before[item.uri])
    new = list({item.uri: item for item in held if item.uri not in before}.values())
    _open_cases(work, [item for item in new if (item.would_be_seen or item.sealed) and item.case_id is None])
    insert_many(work.session, HoldRow, [row_of(work, item) for item in new])
    placing.settle_holds(work.session, [item.case_id for item in new if item.case_id is not None])
    settled = [before[item.uri] for item in work.items if not item.held and item.uri in before]
    for row in settled:
        row.state, row.settled_at = HoldState.REFUSED, work.now
    work.session.flush()
    _seal(work, [item for item in held if item.sealed], before)


def _seal(work: Work, items: Sequence[Item], before: dict[str, HoldRow]) -> None:
    """Each has a case, and the app takes it away."""
    without = [item for item in items if item.case_id is None]
    _open_cases(work, without)
    for item in without:
        before[item.uri].case_id = item.case_id
    for item in items:
        verdict = RecordedVerdict(item.verdict_id, item.uri, Outcome.HOLD, item.case_id)
        work.effects.append(Effect(Verb.SEAL, item.uri, None, verdict))
    work.session.flush()


def due_at(author: Origin, times: HoldTimes, now: datetime, *, endless: bool) -> datetime | None:
    """When a hold ends by itself."""
    if endless:
        return None
    return now + timedelta(hours=times.local_hours if author is Origin.LOCAL else times.remote_hours)


def rank_of(work: Work, item: Item, origin: CaseOrigin) -> priority.Rank:
    """A machine case's place in the queue."""
    submission = item.judgement.submission
    return priority.rank(
        origin,
        work.now,
        severity=work.severity(item.judgement.label),
        certainty=certainty(item.judgement),
        reach=submission.seen_by + submission.author.followers_here,
        local=submission.author.origin is Origin.LOCAL,
    )


def row_of(work: Work, item: Item) -> dict[str, Any]:
    """The values of a new hold."""
    judgement, submission = item.judgement, item.judgement.submission
    times = work.policy.holds
    return {
        "uri": submission.uri,
        "kind": submission.kind,
        "author_uri": submission.author.uri,
        "author_domain": submission.author.domain,
        "local": submission.author.origin is Origin.LOCAL,
        "state": HoldState.HELD,
        "verdict_id": item.verdict_id,
        "case_id": item.case_id,
        "was_published": False,
        "label": judgement.label,
        "pending": _pending(work, item, submission),
        "held_at": work.now,
        "due_at": due_at(submission.author.origin, times, work.now, endless=judgement.hold_without_end),
    }


def _pending(work: Work, item: Item, submission: Submission) -> dict[str, Any]:
    return {
        "severity": work.severity(item.judgement.label),
        "certainty": certainty(item.judgement),
        "followers": submission.author.followers_here,
        "language": submission.language[:12] if submission.language else None,
        "reasons": list(item.judgement.reasons),
    }


def _again(work: Work, item: Item, row: HoldRow) -> None:
    """What was held already keeps its place; its case learns of the edit."""
    row.verdict_id, row.label = item.verdict_id, item.judgement.label or row.label
    if item.judgement.hold_without_end:
        row.due_at = None
    item.case_id = item.case_id or row.case_id
    if row.case_id is not None:
        opening.touch(work.session, row.case_id, "edited", None, work.now)


def _open_cases(work: Work, items: Sequence[Item]) -> None:
    known = opening.open_cases(work.session, [item.uri for item in items])
    for item in items:
        item.case_id = known.get(item.uri)
    for item in items:
        if item.case_id is None and newcomers.is_led_by(item.judgement.reasons) and not item.sealed:
            _to_its_server(work, item)
    fresh = [item for item in items if item.case_id is None]
    openings = [
        opening.opening_of(
            item.judgement.submission,
            item.origin or CaseOrigin.HOLD,
            rank_of(work, item, item.origin or CaseOrigin.HOLD),
            label=item.judgement.label,
            reasons=item.judgement.reasons,
            verdict_id=item.verdict_id,
        )
        for item in fresh
    ]
    for item, number in zip(fresh, opening.open_many(work.session, openings, work.now), strict=True):
        item.case_id = number


def _to_its_server(work: Work, item: Item) -> None:
    """The first posts of a server that is new here are one case."""
    submission = item.judgement.submission
    item.case_id = newcomers.case_of(work.session, submission.author.domain)
    if item.case_id is None:
        rank = rank_of(work, item, CaseOrigin.HOLD)
        reasons, number = item.judgement.reasons, item.verdict_id
        made = opening.opening_of(submission, CaseOrigin.HOLD, rank, reasons=reasons, verdict_id=number)
        item.case_id = opening.open_many(work.session, [made], work.now)[0]
        return
    member = {
        "uri": submission.uri,
        "author_uri": submission.author.uri,
        "kind": submission.kind,
        "verdict_id": item.verdict_id,
        "language": opening.code_of(submission),
    }
    newcomers.join(work.session, item.case_id, member, work.now)
