"""Where posts of a case link to, and the rules about that which a decision may bring along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import addresses
from moderation.authors.tables import LinkHostRow
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.evidence import snapshots
from moderation.links import keeping

MOST: Final = 10


@dataclass(frozen=True, slots=True)
class Linked:
    """A host to which posts of a case link."""

    host: str
    posts: int
    known: bool
    """Whether posts here linked to it before the case was opened: a rule would reach those who meant no harm."""


def linked(session: Session, case: CaseRow, uris: Sequence[str]) -> list[Linked]:
    """The hosts to which at least half of these posts link, by the evidence of them, the most linked first."""
    found = snapshots.latest(session, uris)
    counted: Counter[str] = Counter()
    for each in found.values():
        counted.update({addresses.host(str(link)) for link in each.context.get("links", ())} - {""})
    often = [(host, posts) for host, posts in counted.most_common(MOST) if 2 * posts >= len(found)]
    hosts = [host for host, _ in often]
    before = select(LinkHostRow.host).where(LinkHostRow.host.in_(hosts), LinkHostRow.first_seen_at < case.opened_at)
    known = set(session.scalars(before))
    return [Linked(host, posts, host in known) for host, posts in often]


def carry_out(
    session: Session, case: CaseRow, decision: DecisionRow, request: DecisionRequest, uris: Sequence[str], now: datetime
) -> list[str]:
    """Make the rules that were chosen, among what the posts really link to; their hosts."""
    if request.link_days is None or not request.link_hosts:
        return []
    there = {each.host for each in linked(session, case, uris)}
    chosen = [host for host in request.link_hosts if host in there]
    keeping.make(session, decision.id, chosen, request.link_days, decision.made_by, now)
    return chosen


def said(hosts: Sequence[str]) -> dict[str, Any]:
    """What the log says of it besides the decision."""
    return {"links": ", ".join(hosts)} if hosts else {}
