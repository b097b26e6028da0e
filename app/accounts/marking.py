"""Marking everybody of many servers anew, some people in each write, so that nobody's posting waits for it.

Whom rules mean otherwise than before waits in rows of `DomainMarkRow`, put there by the write that sets or lifts the
rules. From then on they hold: `ActorRow.domain_hidden` and its like ask these rows first. A job marks the people and
takes the rows away, a slice at a time; it may run twice, and goes on after a crash.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.domains import Marks, marks
from app.accounts.tables import ActorRow, DomainMarkRow
from app.instance import facts
from app.services import Services
from moderation import turns
from moderation.domains.names import parents
from moderation.domains.rules import DomainRules
from moderation.rows import slices

FOUND: Final = "domain_marks_at_version"
"""The fact of which version of the rules everybody is marked by, or waits to be: mostly there's nothing to look for."""
WANTED: Final = "domain_marks_wanted"
"""The fact of how many servers waited since the last time that none did."""
SERVERS_AT_ONCE: Final = 200
PEOPLE_AT_ONCE: Final = 2000
"""What one write marks at most."""
PAUSE_SECONDS: Final = 0.05
"""Between two writes: SQLite's lock goes to whoever asks at the right moment, and others ask only now and then."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is, in servers that have people here."""

    done: int
    all: int

    @property
    def over(self) -> bool:
        """Whether nobody waits."""
        return self.done == self.all


def foresee(session: Session, rules: DomainRules, only: Iterable[str] | None = None) -> dict[str, Marks]:
    """What rules, in force now or soon, mean for servers where something else holds now; `only` for those of some
    domains and all below them."""
    waiting = {row.domain: _of(row) for row in session.scalars(select(DomainMarkRow))}
    columns = (ActorRow.domain, ActorRow.marked_hidden, ActorRow.marked_silenced, ActorRow.marked_filters)
    known = session.execute(select(*columns).where(ActorRow.local.is_(False)).distinct())
    reached = frozenset(only) if only is not None else None
    found: dict[str, Marks] = {}
    for domain, hidden, silenced, filters in known:
        if reached is None or not reached.isdisjoint(parents(domain)):
            wanted = marks(rules, domain)
            if waiting.get(domain, Marks(hidden, silenced, filters)) != wanted:
                found[domain] = wanted
    return found


def put(session: Session, wanted: dict[str, Marks], now: datetime) -> None:
    """Let it hold from this write on, and wait to be marked."""
    if not wanted:
        return
    waited, before = _count(session), facts.get(session, WANTED, 0)
    for part in slices(wanted):
        session.execute(delete(DomainMarkRow).where(DomainMarkRow.domain.in_(part)))
    rows = [
        {"domain": domain, "hidden": one.hidden, "silenced": one.silenced, "filters": one.filters}
        for domain, one in wanted.items()
    ]
    session.execute(insert(DomainMarkRow.__table__), rows)  # type: ignore[arg-type]
    done = before - waited if waited else 0
    facts.put(session, WANTED, done + _count(session), now)
    _tell_loaded(session, wanted)


def mark_again(session: Session, domains: Iterable[str] | None, now: datetime) -> bool:
    """After rules for these domains were set or lifted (None: whatever was): what holds for everybody of them and
    their subdomains is what the rules say now. Few are marked at once; whether others wait for the job.

    Nothing else about an actor is touched, so that a rule that is lifted leaves no trace; and a subdomain with a rule
    of its own keeps what that says.
    """
    wanted = foresee(session, DomainRules.load(session), domains)
    put(session, wanted, now)
    if len(wanted) <= SERVERS_AT_ONCE:
        _mark_some(session, session.scalars(select(DomainMarkRow).where(DomainMarkRow.domain.in_(wanted))).all())
    return _count(session) > 0


def work(services: Services, tell: Callable[[Progress], None] | None = None) -> int:
    """Mark all who wait, and whom the rules mean otherwise than what holds for them; how many people. `tell` hears
    after each write how far it is."""
    _find(services)
    done = 0
    while (marked := step(services)) is not None:
        done += marked
        if tell is not None:
            with services.db.read() as session:
                tell(progress(session))
        time.sleep(PAUSE_SECONDS)
    return done


def step(services: Services) -> int | None:
    """One slice, in one short write: how many people were marked, None where nobody waits."""
    with services.db.write() as session:
        query = select(DomainMarkRow).order_by(DomainMarkRow.domain).limit(SERVERS_AT_ONCE)
        rows = session.scalars(query.with_for_update(skip_locked=True)).all()
        return _mark_some(session, rows) if rows else None


def progress(session: Session) -> Progress:
    """How far it is, or was when the last of them was marked."""
    waiting = _count(session)
    wanted = max(waiting, facts.get(session, WANTED, 0))
    return Progress(wanted - waiting, wanted)


def _find(services: Services) -> None:
    """Who came while rules were set, and was marked by those before, is found here."""
    with services.db.read() as session:
        rules = DomainRules.load(session)
        if facts.get(session, FOUND) == rules.version:
            return
        wanted = foresee(session, rules)
    now = services.clock.now()
    with services.db.write() as session:
        turns.take_rules(session)
        if DomainRules.version_now(session) == rules.version:
            put(session, wanted, now)
            facts.put(session, FOUND, rules.version, now)


def _mark_some(session: Session, rows: Iterable[DomainMarkRow]) -> int:
    """Mark people of servers that wait, and let those servers wait no longer of whose people none is left."""
    reached: dict[Marks, list[str]] = {}
    for row in rows:
        reached.setdefault(_of(row), []).append(row.domain)
    done = 0
    for wanted, names in reached.items():
        left = PEOPLE_AT_ONCE - done
        marked = _mark(session, wanted, names, left)
        done += marked
        if marked >= left:
            break
        session.execute(delete(DomainMarkRow).where(DomainMarkRow.domain.in_(names)))
    return done


def _mark(session: Session, wanted: Marks, names: list[str], limit: int) -> int:
    differ = or_(
        ActorRow.marked_hidden != wanted.hidden,
        ActorRow.marked_silenced != wanted.silenced,
        ActorRow.marked_filters != wanted.filters,
    )
    some = select(ActorRow.id).where(ActorRow.domain.in_(names), ActorRow.local.is_(False), differ).limit(limit)
    marked = session.scalars(
        update(ActorRow)
        .where(ActorRow.id.in_(some))
        .values(marked_hidden=wanted.hidden, marked_silenced=wanted.silenced, marked_filters=wanted.filters)
        .returning(ActorRow.id)
        .execution_options(synchronize_session="fetch")
    )
    return len(marked.all())


def _tell_loaded(session: Session, wanted: dict[str, Marks]) -> None:
    """Actors whom this session has already read hear of it."""
    for row in list(session.identity_map.values()):
        if isinstance(row, ActorRow) and not row.local and (one := wanted.get(row.domain)):
            for name in ("hidden", "silenced", "filters"):
                set_committed_value(row, f"domain_{name}", getattr(one, name))


def _of(row: DomainMarkRow) -> Marks:
    return Marks(row.hidden, row.silenced, row.filters)


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(DomainMarkRow)) or 0
