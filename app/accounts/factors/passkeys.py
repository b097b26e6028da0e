"""Passkeys (WebAuthn) as a second factor: a key in a phone, a computer or on a stick, good for this house alone.

They stand beside the codes from a phone; either lets a member in after the password, and recovery codes are for both.
The library that reads them is taken where it is used: most processes never need it.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import credentials
from app.accounts.factors import enrol
from app.accounts.factors.passkey_values import CeremonyError, Key, Place
from app.accounts.factors.tables import PasskeyRow
from app.accounts.factors.verify import is_asked, spend, take_code
from app.accounts.tables import AccountRow
from app.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.services import Services

MOST = 10
LONGEST_NAME = 60
LONGEST_ANSWER = 20_000
ASKED_FOR = timedelta(minutes=10)


def listed(session: Session, account_id: int) -> list[PasskeyRow]:
    """A member's passkeys, oldest first."""
    query = select(PasskeyRow).where(PasskeyRow.account_id == account_id).order_by(PasskeyRow.id)
    return list(session.scalars(query))


def ask_to_make(services: Services, account_id: int, password: str) -> str:
    """What the browser is asked for, as JSON. The password is asked for once more: whoever sits down at an open
    browser can't leave a key of theirs. Raises ForbiddenError, ConflictError, RateLimitedError.
    """
    spend(services, account_id)
    with services.db.read() as session:
        account = session.get_one(AccountRow, account_id)
        known, username = listed(session, account_id), account.actor.username
    if not credentials.matches(account, password):
        raise ForbiddenError(_("The password is wrong"), code="bad_credentials")
    if len(known) >= MOST:
        raise ConflictError(_("These are as many passkeys as an account can have"), code="too_many_passkeys")
    from app.accounts.factors import ceremonies

    asked = ceremonies.ask_to_make(_place(services), account_id, username, [_key(row) for row in known])
    _remember(services, "make", account_id, asked.state)
    return asked.options


def make(services: Services, account_id: int, name: str, answer: str) -> list[str]:
    """Keep the passkey that the browser made. If it is the first second factor of the member: recovery codes, which are
    shown once. Raises ForbiddenError, InvalidError, ConflictError.
    """
    if not name or len(name) > LONGEST_NAME:
        raise InvalidError(_("Give the passkey a name of at most %(num)s characters", num=LONGEST_NAME), code="name")
    from app.accounts.factors import ceremonies

    state = _recall(services, "make", account_id)
    try:
        key = ceremonies.made(_place(services), state, answer[:LONGEST_ANSWER])
    except CeremonyError as error:
        raise _not_good() from error
    now = services.clock.now()
    with services.db.write() as session:
        account = session.get_one(AccountRow, account_id, with_for_update=True)
        encoded = _text(key.credential_id)
        if session.scalar(select(PasskeyRow.id).where(PasskeyRow.credential_id == encoded)) is not None:
            raise ConflictError(_("This passkey is known already"), code="passkey_known")
        if len(listed(session, account_id)) >= MOST:
            raise ConflictError(_("These are as many passkeys as an account can have"), code="too_many_passkeys")
        first = not is_asked(session, account_id)
        row = PasskeyRow(
            account_id=account_id, credential_id=encoded, data=_text(key.data), count=key.count, name=name, made_at=now
        )
        session.add(row)
        if not first:
            return []
        account.second_factor_at = now
        return enrol.renew(session, account_id)


def ask_to_use(services: Services, account_id: int) -> str | None:
    """What the browser is asked for at sign-in, as JSON; None for whoever has no passkey. Until it is answered it stays
    the same, so that the page may be open twice.
    """
    with services.db.read() as session:
        known = listed(session, account_id)
    if not known:
        return None
    from app.accounts.factors import ceremonies

    waiting = services.redis.get(_name("use", account_id))
    challenge = _bytes(json.loads(waiting)["challenge"]) if isinstance(waiting, bytes | str) else None
    asked = ceremonies.ask_to_use(_place(services), [_key(row) for row in known], challenge)
    _remember(services, "use", account_id, asked.state)
    return asked.options


def check(services: Services, account_id: int, answer: str) -> None:
    """The browser answered with a passkey of the member's. Raises ForbiddenError, RateLimitedError."""
    from app.accounts.factors import ceremonies

    spend(services, account_id)
    state = _recall(services, "use", account_id)
    with services.db.write() as session:
        rows = list(session.scalars(select(PasskeyRow).where(PasskeyRow.account_id == account_id).with_for_update()))
        try:
            used = ceremonies.used(_place(services), state, [_key(row) for row in rows], answer[:LONGEST_ANSWER])
        except CeremonyError as error:
            raise _not_good() from error
        row = next(row for row in rows if row.credential_id == _text(used.credential_id))
        row.count, row.used_at = used.count, services.clock.now()


def remove(services: Services, account_id: int, passkey_id: int, password: str, code: str) -> None:
    """Forget a passkey; for the last second factor a recovery code is asked for besides, and the rest of it goes too.

    Raises NotFoundError, ForbiddenError, RateLimitedError.
    """
    spend(services, account_id)
    with services.db.write() as session:
        account = session.get_one(AccountRow, account_id, with_for_update=True)
        row = session.get(PasskeyRow, passkey_id)
        if row is None or row.account_id != account_id:
            raise NotFoundError
        if not credentials.matches(account, password):
            raise ForbiddenError(_("The password is wrong"), code="bad_credentials")
        if enrol.is_last(session, account_id):
            take_code(services, session, account_id, code)
            enrol.forget(session, account_id)
            return
        session.execute(delete(PasskeyRow).where(PasskeyRow.id == passkey_id))


def _place(services: Services) -> Place:
    parts = urlsplit(services.settings.base_url)
    return Place(services.settings.domain, parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def _key(row: PasskeyRow) -> Key:
    return Key(_bytes(row.credential_id), _bytes(row.data), row.count)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _remember(services: Services, purpose: str, account_id: int, state: str) -> None:
    services.redis.set(_name(purpose, account_id), state, ex=int(ASKED_FOR.total_seconds()))


def _recall(services: Services, purpose: str, account_id: int) -> dict[str, Any]:
    """What the browser was asked for; an answer is good once."""
    found = services.redis.getdel(_name(purpose, account_id))
    if not isinstance(found, bytes | str):
        raise _not_good()
    state: dict[str, Any] = json.loads(found)
    return state


def _name(purpose: str, account_id: int) -> str:
    return f"passkey:{purpose}:{account_id}"


def _not_good() -> ForbiddenError:
    return ForbiddenError(_("This passkey isn’t good here, or its time is over. Try once more."), code="bad_passkey")
