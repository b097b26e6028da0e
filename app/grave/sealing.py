"""Sealing: a case of suspected sexual abuse of a child leaves the desk, and what it is about leaves every table.

One write withdraws, takes away and seals the words; the files are sealed right after it, and by a job if that fails: a
row names each from the first moment, and nothing shows a file whose post isn't shown.
"""

from __future__ import annotations

import base64
import json
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import profile
from app.accounts.tables import AccountRow, ActorRow
from app.database.engine import after_commit
from app.enforcement import subjects
from app.grave import paging, quarantine
from app.grave.vault import Vault, new_place
from app.instance import house
from app.media import where
from app.posts import consequences, counts, door
from app.posts.tables import PostState
from app.reviewing import people
from app.services import Services
from app.stores import translations, typed
from moderation import turns
from moderation.grave import cases
from moderation.grave.tables import GraveKind, SealedItemRow, SealedKind
from moderation.holds import states as hold_states
from moderation.holds.tables import HoldRow, HoldState
from moderation.listed import bank

log = structlog.get_logger()


def seal(services: Services, account: AccountRow, case_id: int, note: str) -> None:
    """Seal a case and everything that it is about. Raises ForbiddenError, and what moderation raises for a claim."""
    by, now = people.require(account, people.WORK), services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        country = house.country(session)
        uris = cases.seal_case(session, case_id, by, note, country, now)
        _seal_subjects(services, session, case_id, uris, by)
        paging.page(services, session, case_id, GraveKind.CHILD_SAFETY)
    seal_files(services)


def seal_found(services: Services, session: Session, case_id: int, uri: str) -> None:
    """The same for what a list named, in the write that judged it; its files are sealed right after that."""
    now, country = services.clock.now(), house.country(session)
    uris = cases.seal_found(session, case_id, uri, country, now)
    if not uris:
        return
    _seal_subjects(services, session, case_id, uris, cases.MACHINE)
    paging.page(services, session, case_id, GraveKind.CHILD_SAFETY)
    after_commit(session, partial(_seal_files_of_it, services))


def _seal_subjects(services: Services, session: Session, case_id: int, uris: list[str], by: str) -> None:
    for uri in uris:
        was_shown = _take_away(services, session, uri)
        _seal_words(services, session, case_id, uri, by, was_shown=was_shown)
    for number in cases.of_subjects(session, uris):
        _forget_stores(services, session, number)


def _forget_stores(services: Services, session: Session, case_id: int) -> None:
    """Nor does any store that isn't a table have words of it, under this case or another that shows the same."""
    after_commit(session, partial(typed.forget, services.redis, case_id))
    after_commit(session, partial(translations.forget, services.redis, case_id))


def _seal_files_of_it(services: Services) -> None:
    seal_files(services)


def seal_files(services: Services, limit: int = 50) -> int:
    """Seal the files that wait for it, and remove them from where they lay; how many."""
    with services.db.read() as session:
        waiting = select(SealedItemRow.id).where(SealedItemRow.sealed_at.is_(None)).order_by(SealedItemRow.id)
        found = list(session.scalars(waiting.limit(limit)))
    return sum(_seal_file(services, number) for number in found)


def _take_away(services: Services, session: Session, uri: str) -> bool:
    """Nobody is shown it any more; its author isn't told why. Whether it was shown until now."""
    now = services.clock.now()
    holds = session.scalars(select(HoldRow.id).where(HoldRow.uri == uri, HoldRow.state == HoldState.HELD))
    hold_states.change(session, list(holds), HoldState.REFUSED, now)
    post = subjects.post(session, uri)
    was_shown = post is not None and post.state is PostState.PUBLISHED
    if post is not None and was_shown:
        door.withdraw(session, post)
        counts.unpublished(session, post)
        consequences.of_withdrawal(services, session, post)
    elif post is not None and post.state in (PostState.HELD, PostState.WAITING):
        door.reject(session, post)
        consequences.dropped(services, session, post)
    session.flush()
    return was_shown


def _seal_words(services: Services, session: Session, case_id: int, uri: str, by: str, *, was_shown: bool) -> None:
    now, vault, place = services.clock.now(), Vault(services.settings), new_place()
    found = quarantine.take(session, services.settings, uri)
    found.words[quarantine.WAS_SHOWN] = was_shown
    actor = session.scalar(select(ActorRow).where(ActorRow.uri == uri))
    if actor is not None and not profile.drop_pending(actor):
        profile.blank(session, services, actor)
    sealed = vault.seal(place, json.dumps(found.words, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    session.add(
        SealedItemRow(
            case_id=case_id,
            uri=uri,
            kind=SealedKind.WORDS,
            name="words.json",
            place=place,
            sha256=sealed.sha256,
            size_bytes=sealed.size,
            wrapped_key=sealed.wrapped_key,
            body=base64.b64encode(sealed.body).decode(),
            made_at=now,
            sealed_at=now,
        )
    )
    session.add_all(_file(services, case_id, uri, path, address) for path, address in found.files)
    bank.list_sealed(session, list(quarantine.plain_hashes(found.words)), case_id, by, now)
    session.flush()


def _file(services: Services, case_id: int, uri: str, path: Path, address: str | None) -> SealedItemRow:
    return SealedItemRow(
        case_id=case_id,
        uri=uri,
        kind=SealedKind.FILE,
        name=path.name[:255],
        place=new_place(),
        plain=path.relative_to(services.settings.data_dir).as_posix(),
        address=quarantine.digest(address) if address else None,
        made_at=services.clock.now(),
    )


def _seal_file(services: Services, number: int) -> int:
    """The sealed bytes are whole on disk before the row says so, and only then the plain ones go."""
    with services.db.read() as session:
        row = session.get(SealedItemRow, number)
    if row is None or row.sealed_at is not None or row.plain is None:
        return 0
    vault, body = Vault(services.settings), where.read(services.settings, row.plain)
    if body is None and services.settings.s3 is not None:
        with services.db.write() as session:  # only the bucket knew whether there is such a version
            session.delete(session.get_one(SealedItemRow, number))
        return 0
    if body is None:
        log.warning("file_to_seal_is_gone", item=number, case=row.case_id)
        body = b""
    sealed, place = vault.seal(row.place, body), vault.file(row.place)
    partial = place.with_suffix(".part")
    partial.write_bytes(sealed.body)
    partial.replace(place)
    with services.db.write() as session:
        mine = session.get_one(SealedItemRow, number)
        mine.wrapped_key, mine.sha256, mine.size_bytes = sealed.wrapped_key, sealed.sha256, sealed.size
        mine.sealed_at = services.clock.now()
    where.remove(services.settings, row.plain)
    return 1
