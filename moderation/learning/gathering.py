"""Gathering examples: what people said of public posts becomes rows; what was taken back, or can't be shown, goes.

Gathering a subject again gives the same row, so that it doesn't matter how often it is done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from moderation.audits import spreading
from moderation.authors import strikes
from moderation.cases.tables import CaseRow
from moderation.checks import in_context, sending
from moderation.evidence.tables import SnapshotRow
from moderation.learning import labelling, readings
from moderation.learning.labelling import Said
from moderation.learning.readings import Answer, Decided
from moderation.learning.tables import ExampleRow
from moderation.learning.values import Chosen, Provenance
from moderation.policy.document import whole
from moderation.policy.tables import PolicyRow
from moderation.reports.tables import ReportRow
from moderation.rows import slices, table_of, upsert
from moderation.values import PUBLIC_KINDS, CaseOrigin, Outcome
from moderation.verdicts.tables import FindingRow, VerdictRow

OVERLAP: Final = timedelta(hours=1)
"""How far before the last gathering the next one looks: writes that were under way then."""
TEXT: Final = "text"
_BY_LOT: Final = (CaseOrigin.AUDIT, CaseOrigin.APPEAL)


@dataclass(frozen=True, slots=True)
class _Known:
    """All that was kept of a subject besides what people said."""

    snapshots: Sequence[SnapshotRow]
    verdicts: Sequence[VerdictRow]
    scores: Mapping[int, Mapping[str, float]]
    """By verdict, what its findings kept of the text model's scores."""
    audited: bool
    reported: bool


def gather(session: Session, now: datetime) -> int:
    """Bring the examples up to what people said by now; how many subjects were looked at."""
    uris = readings.touched(session, last(session))
    for part in slices(uris):
        refresh(session, part, now)
    return len(uris)


def last(session: Session) -> datetime | None:
    """From when on what was said may not have been gathered yet; None before anything was."""
    newest = session.scalar(select(func.max(ExampleRow.gathered_at)))
    return newest - OVERLAP if newest is not None else None


def refresh(session: Session, uris: Iterable[str], now: datetime) -> None:
    """Make the examples of these subjects anew, and drop those that are none any more."""
    wanted = list(dict.fromkeys(uris))
    said = readings.of(session, wanted)
    known = _known(session, list(said))
    before = _before(session, wanted)
    rates = _Rates(session)
    rows = []
    for uri, decided in said.items():
        row = _row(session, decided, known[uri], rates, before.get(uri), now)
        if row is not None:
            rows.append(_with_scores(row, before.get(uri)))
    kept = {row["uri"] for row in rows}
    for part in slices(uri for uri in before if uri not in kept):
        session.execute(delete(table_of(ExampleRow)).where(ExampleRow.uri.in_(part)))
    columns = tuple(each.name for each in table_of(ExampleRow).columns if each.name not in ("id", "uri"))
    upsert(session, ExampleRow, rows, put=columns, key=("uri",))


def held_out(uri: str) -> bool:
    """Whether a sample is kept for measuring: half of them, by their address, so that it never changes."""
    return hashlib.sha256(uri.encode("utf-8", "surrogatepass")).digest()[0] < 128


def _row(
    session: Session,
    decided: Sequence[Decided],
    known: _Known,
    rates: _Rates,
    before: ExampleRow | None,
    now: datetime,
) -> dict[str, Any] | None:
    """The example of a subject; None where it is private, its evidence is gone, or nobody said anything of its text."""
    if any(each.visibility not in PUBLIC_KINDS for each in known.snapshots):
        return None
    last_one = decided[-1]
    read = _read(known, last_one.decision.made_at)
    if read is None:
        return None
    same = [each for each in decided if _reads_the_same(known, each, read)]
    verdict = _judged(known, last_one)
    scores = _scores(known, verdict)
    words = _latest_of_each(
        (answer, _labels(session, answer, each, known, read, scores)) for each in same for answer in each.answers
    )
    labels = labelling.mean(labels for _, labels in words)
    if not labels:
        return None
    chosen = _chosen(decided, verdict, audited=known.audited)
    return {
        "uri": read.uri,
        "snapshot_id": read.id,
        "decision_id": last_one.decision.id,
        "case_id": last_one.case.id,
        "provenance": _provenance([answer for answer, _ in words], chosen),
        "chosen": chosen,
        "labels": labels,
        "readers": len(words),
        "held_out": known.audited and held_out(read.uri),
        "propensity": _propensity(known, decided, verdict, rates, before) if chosen is Chosen.SAMPLE else 1.0,
        "scores": dict(scores),
        "model_version": verdict.models.get(TEXT) if verdict is not None else None,
        "circumstances": _circumstances(known, last_one),
        "decided_at": max(answer.at for answer, _ in words),
        "gathered_at": now,
    }


def _with_scores(row: dict[str, Any], before: ExampleRow | None) -> dict[str, Any]:
    """Scores and circumstances are kept for thirty days where they were made: an example that had them keeps them."""
    if before is None or before.snapshot_id != row["snapshot_id"]:
        return row
    kept: dict[str, Any] = {}
    if before.model_version == row["model_version"] and len(row["scores"]) < len(before.scores):
        kept["scores"] = before.scores
    if not row["circumstances"]:
        kept["circumstances"] = before.circumstances
    return row | kept


def _latest_of_each(
    words: Iterable[tuple[Answer, Mapping[str, float]]],
) -> list[tuple[Answer, Mapping[str, float]]]:
    """Each person's last word that says anything of the text."""
    found: dict[str, tuple[Answer, Mapping[str, float]]] = {}
    for answer, labels in sorted(words, key=lambda each: each[0].at):
        if labels:
            found[answer.by] = (answer, labels)
    return sorted(found.values(), key=lambda each: each[0].at)


def _labels(
    session: Session, answer: Answer, of: Decided, known: _Known, read: SnapshotRow, scores: Mapping[str, float]
) -> dict[str, float]:
    about: Sequence[str] = ()
    knows: strikes.LabelsOfRules | None = session.info.get(strikes.LABELS_OF_RULES)
    if knows is not None and answer.rule_id is not None:
        about = knows(session, answer.rule_id)
    stood = _stood(known, of)
    return labelling.labels_of(
        Said(
            answer.action,
            tuple(about),
            answer.warned,
            of.case.label,
            stood.outcome if stood is not None else None,
            stood.label if stood is not None else None,
            of.case.origin is CaseOrigin.AUDIT,
            bool(read.warning),
            scores,
        )
    )


def _read(known: _Known, at: datetime) -> SnapshotRow | None:
    """The evidence as it was when somebody answered; the oldest where all was taken afterwards."""
    before = [each for each in known.snapshots if each.taken_at <= at]
    return before[-1] if before else next(iter(known.snapshots), None)


def _reads_the_same(known: _Known, each: Decided, read: SnapshotRow) -> bool:
    """Whether an earlier decision was about the same text."""
    its = _read(known, each.decision.made_at)
    return its is not None and its.digest == read.digest


def _stood(known: _Known, of: Decided) -> VerdictRow | None:
    """How the subject stood when it was decided: the last word before, whoever's."""
    own = of.decision.id
    before = [
        each
        for each in known.verdicts
        if each.made_at <= of.decision.made_at and (each.decision_id is None or each.decision_id < own)
    ]
    return before[-1] if before else None


def _judged(known: _Known, of: Decided) -> VerdictRow | None:
    """The machine's word that was in force: for its scores alone, never for what it made of them."""
    own = [each for each in known.verdicts if not each.by_person and each.models.get(TEXT)]
    before = [each for each in own if each.made_at <= of.decision.made_at]
    return before[-1] if before else None


def _scores(known: _Known, verdict: VerdictRow | None) -> Mapping[str, float]:
    if verdict is None:
        return {}
    of_verdict = [each for each in known.verdicts if each.facts and each.models == verdict.models]
    facts = verdict.facts or (of_verdict[-1].facts if of_verdict else None)
    return (facts or {}).get("s") or known.scores.get(verdict.id, {})


def _circumstances(known: _Known, of: Decided) -> dict[str, Any]:
    """What the door saw of who wrote to whom and how, before it was decided: numbers alone."""
    before = [
        each.facts
        for each in known.verdicts
        if each.facts and not each.by_person and each.made_at <= of.decision.made_at
    ]
    facts = before[-1] if before else {}
    return {name: facts[name] for name in (in_context.FACT, sending.FACT) if name in facts}


def _chosen(decided: Sequence[Decided], verdict: VerdictRow | None, *, audited: bool) -> Chosen:
    origins = [each.case.origin for each in decided]
    if audited and CaseOrigin.AUDIT in origins:
        return Chosen.SAMPLE
    first = next((origin for origin in origins if origin is not CaseOrigin.APPEAL), CaseOrigin.APPEAL)
    if first is CaseOrigin.REPORT:
        return Chosen.REPORT
    by_score = verdict is not None and any(each.startswith("text_model") for each in verdict.reasons)
    return Chosen.SCORE if first is CaseOrigin.HOLD and by_score else Chosen.OTHER


def _provenance(answers: Sequence[Answer], chosen: Chosen) -> Provenance:
    if any(each.appeal for each in answers):
        return Provenance.APPEAL
    if len(answers) > 1:
        return Provenance.SECOND_OPINION
    return Provenance.AUDIT if chosen is Chosen.SAMPLE else Provenance.DECISION


class _Rates:
    """At which rates samples were drawn, by version of the policy."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, Mapping[str, Any]] = {}

    def of(self, verdict: VerdictRow) -> float:
        audits = self._audits(verdict.policy_version)
        return float(audits["rate" if verdict.outcome is Outcome.APPROVE else "restrained_rate"])

    def _audits(self, version: int) -> Mapping[str, Any]:
        if version not in self._known:
            row = self._session.get(PolicyRow, version)
            self._known[version] = whole(row.document if row is not None else {})["audits"]
        return self._known[version]


def _propensity(
    known: _Known, decided: Sequence[Decided], verdict: VerdictRow | None, rates: _Rates, before: ExampleRow | None
) -> float | None:
    """Of a sample: 1 for one that would have been looked at anyway, since it was reported or came up otherwise, too;
    else the chance with which it was drawn, which its verdict's facts keep for thirty days, and an example on."""
    if known.reported or any(each.case.origin not in _BY_LOT for each in decided):
        return 1.0
    drawn = [each for each in (spreading.chance_of(row.facts) for row in known.verdicts) if each is not None]
    if drawn:
        return drawn[-1]
    if before is not None and before.chosen is Chosen.SAMPLE and before.propensity not in (None, 1.0):
        return before.propensity
    return rates.of(verdict) if verdict is not None else None


def _before(session: Session, uris: Sequence[str]) -> dict[str, ExampleRow]:
    found: dict[str, ExampleRow] = {}
    for part in slices(uris):
        found |= {row.uri: row for row in session.scalars(select(ExampleRow).where(ExampleRow.uri.in_(part)))}
    return found


def _known(session: Session, uris: Sequence[str]) -> dict[str, _Known]:
    """What was kept of subjects, in a few queries."""
    found = {uri: _Known([], [], {}, audited=False, reported=False) for uri in uris}
    snapshots: dict[str, list[SnapshotRow]] = {uri: [] for uri in uris}
    verdicts: dict[str, list[VerdictRow]] = {uri: [] for uri in uris}
    audited: set[str] = set()
    reported: set[str] = set()
    for part in slices(uris):
        for row in session.scalars(select(SnapshotRow).where(SnapshotRow.uri.in_(part)).order_by(SnapshotRow.seq)):
            snapshots[row.uri].append(row)
        for verdict in session.scalars(select(VerdictRow).where(VerdictRow.uri.in_(part)).order_by(VerdictRow.id)):
            verdicts[verdict.uri].append(verdict)
        audits = select(CaseRow.uri).where(CaseRow.uri.in_(part), CaseRow.origin == CaseOrigin.AUDIT)
        audited.update(session.scalars(audits))
        reports = select(CaseRow.uri).join(ReportRow, ReportRow.case_id == CaseRow.id).where(CaseRow.uri.in_(part))
        reported.update(session.scalars(reports))
    scores = _found_scores(session, [each.id for rows in verdicts.values() for each in rows if not each.facts])
    return {
        uri: replace(
            each,
            snapshots=snapshots[uri],
            verdicts=verdicts[uri],
            scores={row.id: scores[row.id] for row in verdicts[uri] if row.id in scores},
            audited=uri in audited,
            reported=uri in reported,
        )
        for uri, each in found.items()
    }


def _found_scores(session: Session, verdicts: Sequence[int]) -> dict[int, dict[str, float]]:
    found: dict[int, dict[str, float]] = {}
    for part in slices(verdicts):
        statement = select(FindingRow).where(FindingRow.verdict_id.in_(part), FindingRow.check == TEXT)
        for row in session.scalars(statement):
            if row.score is not None:
                found.setdefault(row.verdict_id, {})[row.label] = row.score
    return found
