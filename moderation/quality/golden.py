"""Golden cases: two people agreed by hand on what is right; others meet them unannounced, and are taught."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from moderation.cases.in_force import ORIGINAL
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.errors import NotFoundError, RefusedError
from moderation.evidence.tables import SnapshotRow
from moderation.grave import about
from moderation.log import chain as log
from moderation.policy import store
from moderation.quality import ratings, staging
from moderation.quality.ratings import Rating
from moderation.quality.tables import GoldenAnswerRow, GoldenRow, StagedKind, StagedRow
from moderation.rows import slices
from moderation.values import PUBLIC_KINDS, CaseState, SubjectKind

AGAIN_AFTER: Final = timedelta(days=120)
"""The same one is never given to the same person sooner."""
GRAVE: Final = "nobody is shown what is grave for practice"
_LOOKED_AT: Final = 10
"""For one that isn't grave: what somebody reported as that meanwhile is given to nobody."""


def promote(
    session: Session,
    case_id: int,
    accepted: Sequence[Rating],
    rule_id: str | None,
    rationale: str,
    by: str,
    now: datetime,
    *,
    alone: bool = False,
) -> GoldenRow:
    """Propose a decided case as a golden one; somebody else confirms it, unless there is nobody (`alone`).

    Raises RefusedError, NotFoundError.
    """
    case = session.get(CaseRow, case_id)
    if case is None:
        raise NotFoundError("there is no such case")
    _require_fit(session, case)
    if not accepted or not rationale.strip():
        raise RefusedError("say which answers are right, and why")
    if session.scalar(select(GoldenRow.id).where(GoldenRow.case_id == case_id)) is not None:
        raise RefusedError("this case is a golden one already, or was")
    row = GoldenRow(
        case_id=case_id,
        accepted=[each.value for each in dict.fromkeys(accepted)],
        rule_id=rule_id,
        rationale=rationale.strip()[:2000],
        proposed_by=by,
        proposed_at=now,
        confirmed_by=by if alone else None,
        confirmed_at=now if alone else None,
        alone=alone,
    )
    session.add(row)
    session.flush()
    log.append(session, by, "golden_proposed", f"case:{case_id}", {"golden": row.id, "alone": alone}, now)
    return row


def confirm(session: Session, golden_id: int, by: str, now: datetime) -> GoldenRow:
    """The second person's word. Raises RefusedError for one's own."""
    row = find(session, golden_id)
    if row.confirmed_at is not None or row.retired_at is not None:
        raise RefusedError("this golden case is settled already")
    if row.proposed_by == by:
        raise RefusedError("two people make a golden case: somebody else confirms yours")
    if about.is_grave(session, session.get_one(CaseRow, row.case_id)):
        raise RefusedError(GRAVE)
    row.confirmed_by, row.confirmed_at = by, now
    session.flush()
    log.append(session, by, "golden_confirmed", f"case:{row.case_id}", {"golden": row.id}, now)
    return row


def retire(session: Session, golden_id: int, by: str, now: datetime) -> None:
    """Take a golden case out of use; what was answered stays, and counts for nobody."""
    row = find(session, golden_id)
    row.retired_by, row.retired_at = by, row.retired_at or now
    session.flush()
    log.append(session, by, "golden_retired", f"case:{row.case_id}", {"golden": row.id}, now)
    statement = select(GoldenAnswerRow).where(
        GoldenAnswerRow.golden_id == golden_id, GoldenAnswerRow.answered_at.is_(None)
    )
    for given in session.scalars(statement):
        staging.close(session, given.case_id, now)


def retire_about(session: Session, uris: Iterable[str], by: str, now: datetime) -> None:
    """Take those out of use that are about one of these subjects: nobody is to see it any more."""
    for part in slices(set(uris)):
        statement = (
            select(GoldenRow.id)
            .join(CaseRow, CaseRow.id == GoldenRow.case_id)
            .where(CaseRow.uri.in_(part), GoldenRow.retired_at.is_(None))
            .order_by(GoldenRow.id)
        )
        for number in session.scalars(statement).all():
            retire(session, number, by, now)


def deal(session: Session, moderator: str, now: datetime) -> int | None:
    """Give a moderator a golden case as their next one, if it is time: the staged case, or None.

    At most one in `quality.golden_every` of what they decide, and none that they know.
    """
    row = _due(session, moderator, now, 0)
    if row is None:
        return None
    real = session.get_one(CaseRow, row.case_id)
    case_id = staging.stage(session, real, StagedKind.GOLDEN, row.id, now, reader=moderator)
    session.add(GoldenAnswerRow(golden_id=row.id, case_id=case_id, by=moderator, given_at=now))
    session.flush()
    return case_id


def is_due(session: Session, moderator: str, now: datetime, coming: int = 0) -> bool:
    """Whether one would be given to them once they have decided `coming` more cases."""
    return _due(session, moderator, now, coming) is not None


def answer(session: Session, staged: StagedRow, request: DecisionRequest, by: str, now: datetime) -> GoldenAnswerRow:
    """Note what a moderator answered, and whether the crew would. Nothing is enacted, nothing counts."""
    given = session.scalars(select(GoldenAnswerRow).where(GoldenAnswerRow.case_id == staged.case_id)).one()
    if given.by != by:
        raise RefusedError("this one is meant for somebody else")
    given.action, given.rule_id, given.answered_at = request.action, request.rule_id, now
    given.agreed = ratings.OF_ACTION[request.action].value in find(session, given.golden_id).accepted
    session.flush()
    staging.answered(session, staged.case_id, by, now)
    return given


def dispute(session: Session, answer_id: int, by: str, why: str, now: datetime) -> None:
    """Somebody thinks that the crew is wrong: a lead reads it. Raises RefusedError, NotFoundError."""
    given = session.get(GoldenAnswerRow, answer_id)
    if given is None or given.by != by or given.answered_at is None:
        raise NotFoundError("there is no such answer of yours")
    if given.disputed_at is not None:
        raise RefusedError("a lead knows already that you disagree")
    given.disputed_at, given.dispute = now, why[:2000]
    session.flush()
    log.append(session, by, "golden_disputed", f"case:{given.case_id}", {"golden": given.golden_id}, now)


def rule(session: Session, answer_id: int, by: str, reply: str, now: datetime, *, right: bool) -> None:
    """A lead's word on a dispute; where the moderator was right, the golden case is retired."""
    given = session.get(GoldenAnswerRow, answer_id)
    if given is None or given.disputed_at is None or given.ruled_at is not None:
        raise NotFoundError("there is no such dispute")
    given.ruled_by, given.ruled_at, given.reply = by, now, reply[:2000]
    if right:
        given.agreed = True
        retire(session, given.golden_id, by, now)
    session.flush()
    said = {"golden": given.golden_id, "right": right}
    log.append(session, by, "golden_dispute_settled", f"case:{given.case_id}", said, now)


def listed(session: Session) -> list[GoldenRow]:
    """Golden cases in use or waiting for their second person, the latest first."""
    statement = select(GoldenRow).where(GoldenRow.retired_at.is_(None)).order_by(GoldenRow.id.desc()).limit(200)
    return list(session.scalars(statement))


def disputes(session: Session) -> list[tuple[GoldenAnswerRow, GoldenRow]]:
    """What leads haven't ruled on yet, oldest first."""
    statement = (
        select(GoldenAnswerRow, GoldenRow)
        .join(GoldenRow, GoldenRow.id == GoldenAnswerRow.golden_id)
        .where(GoldenAnswerRow.disputed_at.is_not(None), GoldenAnswerRow.ruled_at.is_(None))
        .order_by(GoldenAnswerRow.disputed_at, GoldenAnswerRow.id)
        .limit(50)
    )
    return [(given, row) for given, row in session.execute(statement)]


def find(session: Session, golden_id: int) -> GoldenRow:
    """A golden case. Raises NotFoundError."""
    row = session.get(GoldenRow, golden_id, populate_existing=True)
    if row is None:
        raise NotFoundError("there is no such golden case")
    return row


def _require_fit(session: Session, case: CaseRow) -> None:
    newest = staging.evidence(session, case.uri)
    if case.state is not CaseState.DECIDED or case.kind is not SubjectKind.POST or case.members != 1:
        raise RefusedError("only a decided case about one post can become a golden one")
    if session.get(StagedRow, case.id) is not None or newest is None or newest.visibility not in PUBLIC_KINDS:
        raise RefusedError("nobody is shown this one for practice")
    if about.is_grave(session, case):
        raise RefusedError(GRAVE)


def _due(session: Session, moderator: str, now: datetime, coming: int) -> GoldenRow | None:
    every = store.current(session).quality.golden_every
    if every == 0 or not _is_time(session, moderator, every - coming):
        return None
    found = session.scalars(_unknown_to(moderator, now)).all()
    return next((row for row in found if not about.is_grave(session, session.get_one(CaseRow, row.case_id))), None)


def _is_time(session: Session, moderator: str, every: int) -> bool:
    """Whether they decided enough since they were last given one."""
    last = session.scalar(select(func.max(GoldenAnswerRow.given_at)).where(GoldenAnswerRow.by == moderator))
    query = select(DecisionRow.id).where(DecisionRow.made_by == moderator, ORIGINAL)
    if last is not None:
        query = query.where(DecisionRow.made_at > last)
    enough = max(every - 1, 0)  # nobody asks how many more there are
    return len(session.scalars(query.order_by(DecisionRow.made_at.desc()).limit(enough)).all()) >= enough


def _unknown_to(moderator: str, now: datetime) -> Select[GoldenRow]:
    """Golden cases that this moderator neither made, nor decided, nor met lately; the longest known first."""
    lately = select(GoldenAnswerRow.id).where(
        GoldenAnswerRow.golden_id == GoldenRow.id,
        GoldenAnswerRow.by == moderator,
        GoldenAnswerRow.given_at > now - AGAIN_AFTER,
    )
    decided = select(DecisionRow.id).where(DecisionRow.case_id == GoldenRow.case_id, DecisionRow.made_by == moderator)
    kept = select(SnapshotRow.id).join(CaseRow, CaseRow.uri == SnapshotRow.uri).where(CaseRow.id == GoldenRow.case_id)
    return (
        select(GoldenRow)
        .where(GoldenRow.confirmed_at.is_not(None), GoldenRow.retired_at.is_(None))
        .where(GoldenRow.proposed_by != moderator, GoldenRow.confirmed_by != moderator)
        .where(~lately.exists(), ~decided.exists(), kept.exists())
        .order_by(GoldenRow.id)
        .limit(_LOOKED_AT)
    )
