"""Lists of hashes, as admins keep them: made, changed, filled from a file, switched off; all of it is logged."""

from __future__ import annotations

from flask_babel import gettext as _

from app.accounts.tables import AccountRow, Role
from app.errors import InvalidError
from app.reviewing import people
from app.services import Services
from moderation.errors import RefusedError
from moderation.listed import bank, sheets
from moderation.listed.sheets import Sheet
from moderation.listed.tables import HashKind, HashListRow, ListSeverity
from moderation.policy.parsing import LABEL_NAMES


def make(
    services: Services, account: AccountRow, name: str, severity: ListSeverity, label: str, origin: str
) -> HashListRow:
    """Another list. Raises ForbiddenError, InvalidError."""
    by = people.require(account, Role.ADMIN)
    _require_label(label)
    with services.db.write() as session:
        try:
            return bank.make(session, name, severity, label, origin, by, services.clock.now())
        except RefusedError as error:
            raise InvalidError(_("A list has a name of its own, of at most 80 characters"), code="bad_name") from error


def change(
    services: Services, account: AccountRow, number: int, severity: ListSeverity, label: str, origin: str
) -> None:
    """Change what a list does and says. Raises ForbiddenError, NotFoundError, InvalidError."""
    by = people.require(account, Role.ADMIN)
    _require_label(label)
    with services.db.write() as session:
        try:
            bank.change(session, bank.find(session, number), severity, label, origin, by, services.clock.now())
        except RefusedError as error:
            raise _sealed() from error


def switch(services: Services, account: AccountRow, number: int, *, on: bool) -> None:
    """Compare with a list again, or no more. Raises ForbiddenError, NotFoundError, InvalidError."""
    by = people.require(account, Role.ADMIN)
    with services.db.write() as session:
        try:
            bank.switch(session, bank.find(session, number), by, services.clock.now(), on=on)
        except RefusedError as error:
            raise _sealed() from error


def fill(services: Services, account: AccountRow, number: int, text: str, kind: HashKind | None) -> tuple[int, Sheet]:
    """Put a file's hashes on a list: how many are new, and what was refused. Raises ForbiddenError, NotFoundError."""
    by, sheet = people.require(account, Role.ADMIN), sheets.parse(text, kind)
    with services.db.write() as session:
        row = bank.find(session, number)
        return bank.add(session, row, sheet.entries, by, services.clock.now()), sheet


def drop(services: Services, account: AccountRow, number: int, hash_id: int) -> bool:
    """Take a hash off a list; False where it isn't there, or is a sealed case's. Raises Forbidden-, NotFoundError."""
    by = people.require(account, Role.ADMIN)
    with services.db.write() as session:
        return bank.remove(session, bank.find(session, number), [hash_id], by, services.clock.now()) == 1


def _require_label(label: str) -> None:
    if label not in LABEL_NAMES:
        raise InvalidError(_("Say what the list is about"), code="bad_label")


def _sealed() -> InvalidError:
    return InvalidError(_("What comes from sealed cases stays sealed"), code="sealed")
