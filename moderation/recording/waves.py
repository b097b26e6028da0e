"""Waves of a batch: one case each, and what passed before the line was crossed is taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation.authors.tables import AuthorRow
from moderation.cases import opening, priority, states
from moderation.cases.states import UNDECIDED
from moderation.cases.tables import CaseRow
from moderation.duplicates import index
from moderation.duplicates.simhash import Fingerprint
from moderation.duplicates.tables import ClusterRow, ClusterState, FingerprintRow
from moderation.holds.tables import HoldRow, HoldState
from moderation.recording import holds, verdicts
from moderation.recording.work import Item, Work
from moderation.rows import insert_ids, insert_many, slices
from moderation.values import (
    PUBLISHABLE,
    CaseOrigin,
    CaseState,
    Effect,
    Outcome,
    RecordedVerdict,
    Verb,
    Visibility,
)
from moderation.verdicts.tables import VerdictRow

LOCK = 0x0571A4
"""Names the advisory lock under which PostgreSQL makes clusters; SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class _Passed:
    """A member that was let in before the wave was known."""

    uri: str
    author_uri: str
    verdict: VerdictRow


def write(work: Work) -> None:
    """Clusters, their cases and their members; effects for members that had been let in."""
    waves: dict[str, list[Item]] = defaultdict(list)
    for item in work.items:
        if item.held and item.judgement.cluster is not None and "wave" in item.judgement.reasons:
            waves[item.judgement.cluster].append(item)
    if not waves:
        return
    _lock(work.session)
    for key, items in waves.items():
        cluster, born = _cluster(work, key, items)
        _gather(work, cluster, items, born)


def write_fingerprints(work: Work) -> None:
    """A row for each post that may be compared; of private ones the hash alone, compared with nothing by itself."""
    rows = [_fingerprint(item, work) for item in work.items if item.judgement.outcome is not Outcome.REJECT]
    insert_many(work.session, FingerprintRow, [row for row in rows if row is not None])


def _fingerprint(item: Item, work: Work) -> dict[str, Any] | None:
    judgement = item.judgement
    direct = judgement.submission.visibility is Visibility.DIRECT
    if judgement.fingerprint is None or not (judgement.as_public or direct):
        return None
    fingerprint = Fingerprint(judgement.fingerprint, 0)
    bands = {f"band{number}": value for number, value in enumerate(fingerprint.bands)}
    return {
        "uri": item.uri,
        "author_uri": judgement.submission.author.uri,
        "simhash": fingerprint.signed,
        "private": not judgement.as_public,
        "cluster_id": item.cluster_id,
        "language": opening.code_of(judgement.submission),
        "made_at": work.now,
        **bands,
    }


def _lock(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def _cluster(work: Work, key: str, items: Sequence[Item]) -> tuple[ClusterRow, bool]:
    """The cluster, and whether this batch bore it; another process may have been faster with one that is alike."""
    simhash = items[0].judgement.fingerprint or 0
    row = work.session.scalars(select(ClusterRow).where(ClusterRow.key == key)).first()
    if row is None:
        for known in index.clusters(work.session, work.now):
            if (known.simhash ^ simhash).bit_count() <= work.policy.wave.distance:
                row = work.session.get(ClusterRow, known.id)
                break
    if row is not None:
        return row, False
    row = ClusterRow(
        key=key,
        simhash=Fingerprint(simhash, 0).signed,
        state=ClusterState.HELD,
        copies=0,
        authors=0,
        first_seen_at=work.now,
        last_seen_at=work.now,
        ends_at=work.now + timedelta(days=work.policy.wave.lasts_days),
    )
    work.session.add(row)
    work.session.flush()
    return row, True


def _gather(work: Work, cluster: ClusterRow, items: Sequence[Item], born: bool) -> None:
    passed = _passed(work, cluster, {item.uri for item in items}) if born else []
    case_id = _case(work, cluster, items)
    for item in items:
        item.case_id, item.cluster_id = case_id, cluster.id
    withdrawn = [*_withdraw(work, passed, case_id), *(_merge(work, cluster, case_id) if born else [])]
    members = [
        {
            "uri": item.uri,
            "author_uri": item.judgement.submission.author.uri,
            "kind": item.judgement.submission.kind,
            "verdict_id": item.verdict_id,
            "language": opening.code_of(item.judgement.submission),
            "distance": _distance(cluster, item.judgement.fingerprint),
        }
        for item in items
    ]
    opening.join_many(work.session, case_id, [*members, *_compared(work, cluster, withdrawn)], work.now)
    authors = {member["author_uri"] for member in [*members, *withdrawn]}
    cluster.copies += len(members) + len(withdrawn)
    cluster.authors = max(cluster.authors, len(authors))
    cluster.last_seen_at, cluster.case_id = work.now, case_id
    case = work.session.get_one(CaseRow, case_id)
    larger = priority.grown(case.rank, case.rank_parts, cluster.copies)
    case.rank, case.rank_parts = larger.value, larger.parts
    work.session.flush()


def _compared(work: Work, cluster: ClusterRow, members: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those from before, each with how far it is from the wave, and its language."""
    prints = index.prints_of(work.session, [each["uri"] for each in members])
    found = []
    for each in members:
        simhash, language = prints.get(each["uri"], (None, None))
        found.append({**each, "language": language, "distance": _distance(cluster, simhash)})
    return found


def _distance(cluster: ClusterRow, simhash: int | None) -> int | None:
    return None if simhash is None else (index.unsigned(cluster.simhash) ^ simhash).bit_count()


def _case(work: Work, cluster: ClusterRow, items: Sequence[Item]) -> int:
    case = work.session.get(CaseRow, cluster.case_id) if cluster.case_id is not None else None
    if case is not None and case.state in UNDECIDED:
        return case.id
    first = items[0]
    first_opening = opening.opening_of(
        first.judgement.submission,
        CaseOrigin.WAVE,
        holds.rank_of(work, first, CaseOrigin.WAVE),
        label=first.judgement.label,
        reasons=first.judgement.reasons,
        verdict_id=first.verdict_id,
        cluster_id=cluster.id,
    )
    return opening.open_many(work.session, [first_opening], work.now)[0]


def _passed(work: Work, cluster: ClusterRow, here: set[str]) -> list[_Passed]:
    """Members from before: let in by a machine, and not looked at by a person since."""
    simhash = index.unsigned(cluster.simhash)
    since = work.policy.wave
    near = index.neighbours(work.session, [Fingerprint(simhash, 0)], work.now, since.window_hours)
    alike = [each for each in near if (each.simhash ^ simhash).bit_count() <= since.distance]
    index.in_cluster(work.session, cluster.id, [each.uri for each in alike])
    latest = verdicts.latest(work.session, [each.uri for each in alike if each.uri not in here])
    return [
        _Passed(uri, row.author_uri, row)
        for uri, row in latest.items()
        if row.outcome in PUBLISHABLE and not row.by_person
    ]


def _withdraw(work: Work, passed: Sequence[_Passed], case_id: int) -> list[dict[str, Any]]:
    """Superseding holds for what was let in, and the effects that take it back."""
    rows = [
        verdicts.superseding(each.verdict, Outcome.HOLD, work.now, reasons=["wave"], label="spam") for each in passed
    ]
    ids = insert_ids(work.session, VerdictRow, rows)
    local = _are_local(work.session, [each.author_uri for each in passed])
    insert_many(
        work.session,
        HoldRow,
        [_hold(work, each, number, case_id, local) for each, number in zip(passed, ids, strict=True)],
    )
    for each, number in zip(passed, ids, strict=True):
        verdict = RecordedVerdict(number, each.uri, Outcome.HOLD, case_id)
        work.effects.append(Effect(Verb.WITHDRAW, each.uri, None, verdict, {"reason": "wave"}))
    return [
        {"uri": each.uri, "author_uri": each.author_uri, "kind": each.verdict.kind, "verdict_id": number}
        for each, number in zip(passed, ids, strict=True)
    ]


def _merge(work: Work, cluster: ClusterRow, case_id: int) -> list[dict[str, Any]]:
    """What was held by itself before comes along, unless somebody is at it: its case is closed into the wave's."""
    uris = work.session.scalars(select(FingerprintRow.uri).where(FingerprintRow.cluster_id == cluster.id))
    members: list[dict[str, Any]] = []
    for hold in holds.open_holds(work.session, list(uris)).values():
        if hold.case_id in (None, case_id) or not _fold(work, hold.case_id or 0):
            continue
        hold.case_id, hold.due_at = case_id, None
        members.append(
            {"uri": hold.uri, "author_uri": hold.author_uri, "kind": hold.kind, "verdict_id": hold.verdict_id}
        )
    work.session.flush()
    return members


def _fold(work: Work, case_id: int) -> bool:
    """Close a case into another, if it is a machine's, of one subject, and nobody's work yet."""
    case = work.session.get_one(CaseRow, case_id, populate_existing=True)
    if (case.origin, case.state, case.members, case.reports) != (CaseOrigin.HOLD, CaseState.OPEN, 1, 0):
        return False
    opening.note(work.session, case_id, "merged", None, work.now)
    waiting = CaseRow.claimed_by.is_(None)
    return states.change(work.session, case_id, CaseState.CLOSED, work.now, waiting, changed_what="merged")


def _are_local(session: Session, uris: Sequence[str]) -> dict[str, tuple[bool, str]]:
    """By author, whether they are local, and their domain."""
    found: dict[str, tuple[bool, str]] = {}
    for part in slices(uris):
        statement = select(AuthorRow.uri, AuthorRow.local, AuthorRow.domain).where(AuthorRow.uri.in_(part))
        found |= {uri: (local, domain) for uri, local, domain in session.execute(statement)}
    return found


def _hold(
    work: Work, each: _Passed, verdict_id: int, case_id: int, local: dict[str, tuple[bool, str]]
) -> dict[str, Any]:
    here, domain = local.get(each.author_uri, (False, ""))
    return {
        "uri": each.uri,
        "kind": each.verdict.kind,
        "author_uri": each.author_uri,
        "author_domain": domain,
        "local": here,
        "state": HoldState.HELD,
        "verdict_id": verdict_id,
        "case_id": case_id,
        "was_published": True,
        "label": "spam",
        "pending": {"reasons": ["wave"]},
        "held_at": work.now,
        "due_at": None,
    }
