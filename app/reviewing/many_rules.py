"""Thousands of rules set and lifted together: put together first, then all of them in one short write, or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from app.accounts import marking
from app.accounts.domains import Marks
from app.services import Services
from app.stores.jobs import Job
from moderation import turns
from moderation.domains import editing
from moderation.domains.editing import LIFTED, SET, DomainDecided, Prepared
from moderation.domains.rules import DomainRules
from moderation.domains.values import RuleDraft


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be set, and the domains whose own rules are to be lifted; `set_as` and `lifted_as` are the events'
    words for it."""

    drafts: Sequence[RuleDraft] = ()
    lifted: Sequence[str] = ()
    lifted_as: str = LIFTED
    set_as: str = SET


@dataclass(frozen=True, slots=True)
class _Ready:
    version: int
    """Of the rules from which it was put together."""
    prepared: Prepared
    marks: dict[str, Marks]


def carry_out(
    services: Services,
    by: str,
    plan: Callable[[Session], Wanted],
    also: Callable[[Session, list[DomainDecided]], None] | None = None,
    *,
    first: Callable[[Session], int | None] | None = None,
) -> list[DomainDecided]:
    """Do what a plan says, and `also` something in the same write. Raises what `plan` raises, and BadDomainError.

    `first` comes first in that write: it locks what two mustn't have at once, and may give the number of the import
    that the rules are of. Those who change rules go one after another; the plan is made anew inside the write where
    rules changed since: none is run over. From that write on the rules hold for everybody; the people's rows are marked
    by the job, some at a time.
    """
    now = services.clock.now()
    with services.db.read() as session:
        ready = _put_together(session, plan, by, now)
    with services.db.write() as session:
        turns.take_rules(session)
        import_id = first(session) if first is not None else None
        if DomainRules.version_now(session) != ready.version:
            ready = _put_together(session, plan, by, now)
        done = editing.put(session, ready.prepared, import_id)
        marking.put(session, ready.marks, now)
        if also is not None:
            also(session, done)
    services.nudger.nudge(Job.LIFECYCLE)
    return done


def digest(wanted: Wanted) -> str:
    """What is wanted in a few characters, the same in every process: who agrees agrees to this and nothing newer."""
    said = [[draft.domain, editing.draft_as_json(draft)] for draft in wanted.drafts]
    return sha256(json.dumps([said, list(wanted.lifted)], sort_keys=True).encode()).hexdigest()[:16]


def foresee(session: Session, wanted: Wanted, by: str, now: datetime) -> dict[str, Marks]:
    """The servers known here for which it would mean something else than what holds now, and what. Nothing changes."""
    return _marks(session, _prepare(session, wanted, by, now))


def _put_together(session: Session, plan: Callable[[Session], Wanted], by: str, now: datetime) -> _Ready:
    version, wanted = DomainRules.version_now(session), plan(session)
    prepared = _prepare(session, wanted, by, now)
    return _Ready(version, prepared, _marks(session, prepared))


def _prepare(session: Session, wanted: Wanted, by: str, now: datetime) -> Prepared:
    words = {"set_as": wanted.set_as, "lifted_as": wanted.lifted_as}
    return editing.prepare(session, wanted.drafts, by, now, wanted.lifted, by_list=True, **words)


def _marks(session: Session, prepared: Prepared) -> dict[str, Marks]:
    rules = DomainRules.load(session)
    changed = {**rules.rules, **prepared.rules}
    then = replace(rules, rules={domain: rule for domain, rule in changed.items() if rule is not None})
    return marking.foresee(session, then)
