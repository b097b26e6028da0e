"""What becomes of a sealed case: reported, released where it was a mistake, destroyed when its time is over."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, Role
from app.enforcement import posts, subjects
from app.grave import opening, paging, quarantine
from app.grave.vault import Vault
from app.media import where
from app.posts.tables import PostState
from app.purging import reports
from app.purging.tables import PurgeKind
from app.purging.values import Gone, Store
from app.reviewing import people
from app.services import Services
from moderation import turns
from moderation.cases.tables import CaseSubjectRow
from moderation.grave import cases
from moderation.grave.tables import GraveCaseRow, GraveKind, GraveState, SealedItemRow, SealedKind
from moderation.holds import states as hold_states
from moderation.holds.tables import HoldRow, HoldState
from moderation.policy import store
from moderation.recording import verdicts
from moderation.rows import insert_ids
from moderation.values import Effect, Outcome, RecordedVerdict, Verb
from moderation.verdicts.tables import VerdictRow

CLOCK = "the clock"
"""Under which name it stands in the log when time, and nobody, destroys: no member can be called so."""


def report(services: Services, account: AccountRow, case_id: int, kind: GraveKind, to: str, reference: str) -> None:
    """An authority was told. Raises ForbiddenError, RefusedError, NotFoundError, ForbiddenArrowError."""
    by = people.require(account, Role.CHILD_SAFETY if kind is GraveKind.CHILD_SAFETY else people.RULES)
    with services.db.write() as session:
        row = cases.find(session, case_id, kind)
        cases.reported(session, row, by, to.strip(), reference.strip(), services.clock.now())
        _settle_alarm(services, session, kind)


def release(services: Services, account: AccountRow, case_id: int, why: str) -> None:
    """It was a mistake: everything goes back to where it was, and the case to the desk.

    Raises ForbiddenError, RefusedError, NotFoundError, ForbiddenArrowError, VaultError.
    """
    by, now = people.require(account, Role.CHILD_SAFETY), services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        row = cases.find(session, case_id, GraveKind.CHILD_SAFETY)
        cases.released(session, row, by, why, now)
        items = cases.sealed(session, case_id)
        hidden = {item.uri for item in items if not _put_back(services, session, item)}
        for uri in session.scalars(select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == case_id)):
            _show_again(services, session, uri, was_shown=uri not in hidden)
        for item in items:
            session.delete(item)
        _settle_alarm(services, session, GraveKind.CHILD_SAFETY)
    _remove_files(services, items)


def destroy(services: Services, account: AccountRow, case_id: int) -> int:
    """Destroy what is sealed of a case whose time is over; how many things. Raises as `release` does."""
    by = people.require(account, Role.CHILD_SAFETY)
    with services.db.write() as session:
        row = cases.find(session, case_id, GraveKind.CHILD_SAFETY)
        items = _destroy(services, session, row, by)
    return _remove_files(services, items)


def destroy_due(services: Services, limit: int = 20) -> int:
    """What time destroys by itself; how many things."""
    with services.db.write() as session:
        items = [
            item
            for row in cases.over(session, services.clock.now(), limit)
            for item in _destroy(services, session, row, CLOCK)
        ]
    return _remove_files(services, items)


def _destroy(services: Services, session: Session, row: GraveCaseRow, by: str) -> list[SealedItemRow]:
    cases.destroyed(session, row, by, services.clock.now())
    items = cases.sealed(session, row.case_id)
    for item in items:
        session.delete(item)
    _report(services, session, row, by, items)
    return items


def _report(services: Services, session: Session, row: GraveCaseRow, by: str, items: list[SealedItemRow]) -> None:
    now, name = services.clock.now(), PurgeKind.GRAVE.value
    counts = {each.value: sum(item.kind is each for item in items) for each in SealedKind}
    counts["bytes"] = sum(item.size_bytes for item in items)
    lines = [Gone(name, Store.VAULT, where, number) for where, number in counts.items()]
    reports.write(session, PurgeKind.GRAVE, by, lines, now, now, subject=f"case:{row.case_id}")


def _remove_files(services: Services, items: list[SealedItemRow]) -> int:
    vault = Vault(services.settings)
    for item in items:
        if item.kind is SealedKind.FILE:
            vault.file(item.place).unlink(missing_ok=True)
    return len(items)


def _put_back(services: Services, session: Session, item: SealedItemRow) -> bool:
    """Whether its subject may be shown again as far as this item says: no, if it wasn't shown when it was sealed."""
    if item.kind is SealedKind.WORDS:
        words = json.loads(opening.open_item(services, item))
        quarantine.put_back(session, item.uri, words)
        # before version 0085 of the tables nothing said so, and only what the desk had was sealed
        return bool(words.get(quarantine.WAS_SHOWN, True))
    if item.plain is not None and item.sealed_at is not None:
        where.write(services.settings, item.plain, opening.open_item(services, item))
    return True


def _show_again(services: Services, session: Session, uri: str, *, was_shown: bool) -> None:
    """What was shown is shown, by a person's word; what waited waits again, for as long as anything does."""
    post, now = subjects.post(session, uri), services.clock.now()
    latest = verdicts.latest(session, [uri]).get(uri)
    if post is None or latest is None:
        return
    number, outcome = latest.id, latest.outcome
    if post.state is PostState.WITHDRAWN and was_shown:
        outcome = post.outcome or Outcome.APPROVE
        values = verdicts.superseding(latest, outcome, now, reasons=["released"], by_person=True, label=latest.label)
        number = insert_ids(session, VerdictRow, [values])[0]
    elif outcome is Outcome.HOLD:
        held = session.scalars(select(HoldRow.id).where(HoldRow.uri == uri, HoldRow.state == HoldState.REFUSED))
        ends = now + timedelta(hours=store.current(session).holds.remote_hours)
        hold_states.change(session, list(held), HoldState.HELD, now, due_at=ends)
    else:
        return
    posts.restore(services, session, Effect(Verb.RESTORE, uri, verdict=RecordedVerdict(number, uri, outcome)))


def _settle_alarm(services: Services, session: Session, kind: GraveKind) -> None:
    query = select(func.count()).select_from(GraveCaseRow)
    waiting = session.scalar(query.where(GraveCaseRow.kind == kind, GraveCaseRow.state == GraveState.RAISED))
    paging.settle(services, session, kind, waiting=bool(waiting))
