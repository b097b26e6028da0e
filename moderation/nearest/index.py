"""Sketches of what was decided, in the memory of one process: bounded, made from the rows some at a time, never stored.

The rows are the truth: whoever shows what is found here reads the cases again, so that one which is sealed, taken back
or without its evidence isn't told of. No private post has a sketch.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from models import sketch
from moderation.cases.tables import CaseRow
from moderation.evidence.tables import SnapshotRow
from moderation.quality.tables import StagedRow
from moderation.values import PUBLIC_KINDS, CaseOrigin, CaseState

KEPT: Final = 4000
"""Decided cases that are remembered: 1 MB of sketches."""
AT_ONCE: Final = 60
"""Sketches that are made for one question, at most: those of the newest cases first."""
READ: Final = 3000
"""Characters of a text that are looked at."""
ALIKE: Final = 0.35
LEAST_LETTERS: Final = 15
_SHOWN_ORIGINS: Final = tuple(each for each in CaseOrigin if each not in (CaseOrigin.CARE, CaseOrigin.APPEAL))


@dataclass(frozen=True, slots=True)
class Hit:
    """A decided case, and how much it is alike: a cosine, up to 1."""

    case_id: int
    similarity: float


class DecidedIndex:
    """The sketches of one process. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept = _Kept(np.zeros(0, dtype=np.int64), np.zeros((0, sketch.WIDTH), dtype=np.int8))
        self._newest: tuple[datetime, int] | None = None
        self._oldest: tuple[datetime, int] | None = None
        self._whole = False

    def __len__(self) -> int:
        return len(self._kept.ids)

    def look(self, session: Session, text: str, limit: int) -> list[Hit]:
        """The decided cases that are most alike, the nearest first; none for what is too short to be like anything."""
        text = text[:READ]
        if sum(map(str.isalpha, text)) < LEAST_LETTERS:
            return []
        self.catch_up(session)
        kept = self._kept  # both of one moment, whatever another thread takes in meanwhile
        ids, sketches = kept.ids, kept.sketches
        if not len(ids):
            return []
        near = sketch.similarities(sketch.sketch([text])[0], sketches)
        best = np.argsort(-near, kind="stable")[:limit]
        return [Hit(int(ids[place]), float(near[place])) for place in best if near[place] >= ALIKE]

    def catch_up(self, session: Session) -> None:
        """Take in what was decided since, and a part of what was before; another thread's turn is left to it."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._take(session)
        finally:
            self._lock.release()

    def _take(self, session: Session) -> None:
        found = [] if self._newest is None else _read(session, _later(self._newest), AT_ONCE, newest_first=False)
        if found:
            self._newest = (found[-1].decided_at, found[-1].id)
        if not self._whole and len(found) < AT_ONCE:
            older = _read(session, None if self._oldest is None else _earlier(self._oldest), AT_ONCE - len(found))
            self._whole = len(older) < AT_ONCE - len(found) or len(self) + len(older) >= KEPT
            if older:
                self._oldest = (older[-1].decided_at, older[-1].id)
                self._newest = self._newest or (older[0].decided_at, older[0].id)
            found += older
        self._keep(found)

    def _keep(self, found: list[_Decided]) -> None:
        """Add those that have words; what was decided anew takes its own place, and the oldest go where there are too
        many.
        """
        if not found:
            return
        told = [each for each in found if each.text is not None]
        others = ~np.isin(self._kept.ids, [each.id for each in found])
        ids = np.concatenate([self._kept.ids[others], np.array([each.id for each in told], dtype=np.int64)])
        made = sketch.sketch([str(each.text)[:READ] for each in told])
        sketches = np.concatenate([self._kept.sketches[others], made])
        if len(ids) > KEPT:
            places = np.sort(np.argsort(-ids, kind="stable")[:KEPT])
            ids, sketches = ids[places], sketches[places]
        self._kept = _Kept(ids, sketches)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Cases (n,) and their sketches (n, WIDTH), which belong together."""

    ids: npt.NDArray[np.int64]
    sketches: sketch.Sketches


@dataclass(frozen=True, slots=True)
class _Decided:
    id: int
    decided_at: datetime
    text: str | None
    """None where there is nothing that may be compared."""


def _later(than: tuple[datetime, int]) -> ColumnElement[bool]:
    at, number = than
    return and_(CaseRow.decided_at >= at, or_(CaseRow.decided_at > at, CaseRow.id > number))


def _earlier(than: tuple[datetime, int]) -> ColumnElement[bool]:
    at, number = than
    return and_(CaseRow.decided_at <= at, or_(CaseRow.decided_at < at, CaseRow.id < number))


def _read(
    session: Session, where: ColumnElement[bool] | None, limit: int, *, newest_first: bool = True
) -> list[_Decided]:
    order = (CaseRow.decided_at.desc(), CaseRow.id.desc()) if newest_first else (CaseRow.decided_at, CaseRow.id)
    query = (
        select(CaseRow.id, CaseRow.decided_at, CaseRow.uri, CaseRow.origin, StagedRow.case_id)
        .outerjoin(StagedRow, StagedRow.case_id == CaseRow.id)
        .where(CaseRow.state == CaseState.DECIDED, CaseRow.decided_at.is_not(None))
        .order_by(*order)
        .limit(limit)
    )
    rows = session.execute(query if where is None else query.where(where)).all()
    texts = _texts(session, [uri for _, _, uri, origin, staged in rows if origin in _SHOWN_ORIGINS and staged is None])
    return [_Decided(number, decided_at, texts.get(uri)) for number, decided_at, uri, _, _ in rows if decided_at]


def _texts(session: Session, uris: list[str]) -> dict[str, str]:
    """The newest evidence of each subject, where that is public."""
    if not uris:
        return {}
    newest: Select[str, int] = (
        select(SnapshotRow.uri, func.max(SnapshotRow.seq).label("seq"))
        .where(SnapshotRow.uri.in_(uris))
        .group_by(SnapshotRow.uri)
    )
    last = newest.subquery()
    query = select(SnapshotRow.uri, SnapshotRow.text).join(
        last, and_(last.c.uri == SnapshotRow.uri, last.c.seq == SnapshotRow.seq)
    )
    return {uri: text for uri, text in session.execute(query.where(SnapshotRow.visibility.in_(PUBLIC_KINDS))) if text}
