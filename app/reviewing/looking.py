"""Which pictures a moderator looked at, and how plainly: written down with the case, as exposure."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.reviewing import people
from app.services import Services
from moderation.cases import claims, exclusions, opening
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.evidence import snapshots
from moderation.evidence.tables import SnapshotRow
from moderation.workforce import exposure

STEPS: Final = ("blur", "thumb", "grey", "colour")
PLAIN: Final = STEPS[1:]
"""Where one sees what it is: these count as exposure, each picture once."""


def note(services: Services, account: AccountRow, case_id: int, step: str, version: int | None = None) -> None:
    """One look, by whoever may see the case, at a version of what it is about (a snapshot; None: the newest).

    Raises InvalidError, ForbiddenError, NotFoundError.
    """
    if step not in STEPS:
        raise InvalidError("No such step.", code="step_unknown")
    by, now = people.require(account, people.LOOK), services.clock.now()
    with services.db.write() as session:
        case = claims.find(session, case_id)
        exclusions.require(session, case_id, by, now)
        details: dict[str, Any] = {"step": step}
        if step in PLAIN:
            details[exposure.PICTURES] = _pictures(session, case, version)
        opening.note(session, case_id, "looked", by, now, details)


def _pictures(session: Session, case: CaseRow, version: int | None) -> list[str]:
    """What a step shows, by which it is known again in another case: its digest, or that of its address."""
    newest = snapshots.latest(session, [case.uri]).get(case.uri)
    shown = _version(session, case, version) if version is not None else None
    context = shown.context if shown is not None else newest.context if newest is not None else {}
    media = context.get("media", [])
    return [_key(each) for each in media if opening.has_pictures([each["media_type"]])]


def _version(session: Session, case: CaseRow, version: int) -> SnapshotRow | None:
    """A version of something that the case is about; None for every other."""
    about = select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == case.id)
    return session.scalar(select(SnapshotRow).where(SnapshotRow.id == version, SnapshotRow.uri.in_(about)))


def _key(one: dict[str, Any]) -> str:
    return str(one.get("sha256") or hashlib.sha256(one["url"].encode()).hexdigest())[:32]
