"""A decision on its one page: who, about what text, under which clause, by itself or not, what else it did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from moderation.appeals.tables import AppealRow
from moderation.cases import exclusions, watching
from moderation.cases.in_force import ORIGINAL
from moderation.cases.reading import decisions_of
from moderation.cases.tables import CaseRow, DecisionCaseRow, DecisionRow
from moderation.cases.values import Decision
from moderation.cases.watching import Watch
from moderation.domains.tables import DomainRuleRow
from moderation.evidence.tables import SnapshotRow
from moderation.links import keeping as link_rules
from moderation.links.tables import LinkRuleRow
from moderation.quality import blinding
from moderation.statements.tables import StatementRow
from moderation.values import Verb
from moderation.verdicts.tables import VerdictRow

MOST = 50


@dataclass(frozen=True, slots=True)
class Done:
    """One kind of thing that a decision did, and to what: at most 50 of `count`."""

    verb: Verb
    uris: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Ruled:
    """Everything that is asked of a decision afterwards. `found_by` is the door's verdict that led to it."""

    decision: Decision
    text: str | None
    """What was read: the newest evidence from before it. None where none was kept."""
    found_by: VerdictRow | None
    done: tuple[Done, ...]
    further: tuple[Decision, ...]
    """What was decided along with it, or what it was decided along with."""
    cases: tuple[int, ...]
    """Every case that it closed."""
    statement: StatementRow | None
    appeals: tuple[AppealRow, ...]
    watch: Watch | None
    """What it said of everything alike, while that lasts."""
    rules: tuple[str, ...]
    """Servers for which it set a rule, by itself or along with it, that stands."""
    links: tuple[LinkRuleRow, ...]
    """Hosts to which nothing may link because of it, for a while."""
    taken_back: Decision | None


def one(session: Session, number: int, reader: str, now: datetime) -> Ruled:
    """A decision for a reader; NotFoundError alike for what isn't there and for what isn't theirs to see (yet)."""
    row = session.get(DecisionRow, number)
    if row is None or not _is_for(session, row, reader, now):
        raise NotFoundError
    first = decisions_of(session, [row])[0]
    again = session.get(DecisionRow, first.reversed_by) if first.reversed_by is not None else None
    return Ruled(
        decision=first,
        text=_text(session, row),
        found_by=_verdict(session, row),
        done=_done(row),
        further=_further(session, row),
        cases=tuple(session.scalars(_cases(row).limit(MOST))),
        statement=session.scalars(_statement(row)).first(),
        appeals=tuple(session.scalars(select(AppealRow).where(AppealRow.decision_id == number).order_by(AppealRow.id))),
        watch=watching.of(session, row, now),
        rules=_rules(session, row),
        links=tuple(link_rules.of_decision(session, row.id, now)),
        taken_back=decisions_of(session, [again])[0] if again is not None else None,
    )


def _rules(session: Session, row: DecisionRow) -> tuple[str, ...]:
    ids = select(DecisionRow.id).where(or_(DecisionRow.id == row.id, DecisionRow.part_of_id == row.id))
    rules = select(DomainRuleRow.domain).where(DomainRuleRow.decision_id.in_(ids)).order_by(DomainRuleRow.domain)
    return tuple(session.scalars(rules.limit(MOST)))


def _is_for(session: Session, row: DecisionRow, reader: str, now: datetime) -> bool:
    if exclusions.hides(session, row.uri, reader, now) or blinding.unread(session, [row.uri], reader):
        return False
    if row.case_id is None:
        return True
    theirs = select(CaseRow.id).where(CaseRow.id == row.case_id, exclusions.is_for(session, reader, now))
    return session.scalar(theirs) is not None


def _text(session: Session, row: DecisionRow) -> str | None:
    read = select(SnapshotRow.text).where(SnapshotRow.uri == row.uri, SnapshotRow.taken_at <= row.made_at)
    return session.scalar(read.order_by(SnapshotRow.seq.desc()).limit(1))


def _verdict(session: Session, row: DecisionRow) -> VerdictRow | None:
    before = select(VerdictRow).where(
        VerdictRow.uri == row.uri, VerdictRow.by_person.is_(False), VerdictRow.made_at <= row.made_at
    )
    return session.scalars(before.order_by(VerdictRow.id.desc()).limit(1)).first()


def _done(row: DecisionRow) -> tuple[Done, ...]:
    effects = [each for each in row.effects if "verb" in each]
    verbs = Counter(str(each["verb"]) for each in effects)
    return tuple(
        Done(
            Verb(verb),
            tuple(dict.fromkeys(str(each["uri"]) for each in effects if each["verb"] == verb))[:MOST],
            count,
        )
        for verb, count in verbs.items()
    )


def _further(session: Session, row: DecisionRow) -> tuple[Decision, ...]:
    also = select(DecisionRow).where(or_(DecisionRow.part_of_id == row.id, DecisionRow.id == row.part_of_id), ORIGINAL)
    return tuple(decisions_of(session, session.scalars(also.order_by(DecisionRow.id).limit(MOST))))


def _cases(row: DecisionRow) -> Select[int]:
    return (
        select(DecisionCaseRow.case_id).where(DecisionCaseRow.decision_id == row.id).order_by(DecisionCaseRow.case_id)
    )


def _statement(row: DecisionRow) -> Select[StatementRow]:
    return select(StatementRow).where(StatementRow.decision_id == row.id).order_by(StatementRow.id).limit(1)
