"""Opening what is sealed: by the child-safety role alone, with a reason, and each time with a line in the log."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from app.accounts.tables import AccountRow, Role
from app.errors import InvalidError, NotFoundError
from app.grave.vault import Vault
from app.reviewing import people
from app.services import Services
from moderation.grave import cases
from moderation.grave.tables import GraveKind, SealedItemRow, SealedKind


@dataclass(frozen=True, slots=True)
class Opened:
    """Sealed words, opened: a subject's rows by table."""

    uri: str
    words: dict[str, Any]

    @property
    def newest(self) -> dict[str, Any]:
        """Its newest evidence; empty where there was none."""
        found = self.words["rows"]["snapshots"]
        return max(found, key=lambda row: int(row["seq"])) if found else {}


def words(services: Services, account: AccountRow, case_id: int, why: str) -> list[Opened]:
    """What was written. Raises ForbiddenError, InvalidError without a reason, NotFoundError."""
    by = people.require(account, Role.CHILD_SAFETY)
    _require(why)
    with services.db.write() as session:
        row = cases.find(session, case_id, GraveKind.CHILD_SAFETY)
        items = [each for each in cases.sealed(session, case_id) if each.kind is SealedKind.WORDS and each.wrapped_key]
        cases.looked(session, row, by, "words", why, services.clock.now())
    return [Opened(each.uri, json.loads(open_item(services, each))) for each in items]


def file(services: Services, account: AccountRow, case_id: int, item_id: int, why: str) -> tuple[SealedItemRow, bytes]:
    """A file, to be handed over. Raises ForbiddenError, InvalidError without a reason, NotFoundError."""
    by = people.require(account, Role.CHILD_SAFETY)
    _require(why)
    with services.db.write() as session:
        row = cases.find(session, case_id, GraveKind.CHILD_SAFETY)
        item = session.get(SealedItemRow, item_id)
        if item is None or item.case_id != case_id or item.sealed_at is None or item.wrapped_key is None:
            raise NotFoundError
        cases.looked(session, row, by, f"{item.kind.value} {item.id}", why, services.clock.now())
    return item, open_item(services, item)


def open_item(services: Services, item: SealedItemRow) -> bytes:
    """The bytes of something sealed. Raises VaultError."""
    vault = Vault(services.settings)
    body = base64.b64decode(item.body) if item.body is not None else vault.file(item.place).read_bytes()
    return vault.open(item.place, item.wrapped_key or "", body)


def _require(why: str) -> None:
    if not why.strip():
        raise InvalidError("Say why: it stands in the log", code="reason_missing")
