"""How members signed up, for the behaviour model: counts and yes or no, written down once, forgotten after a month.

Nothing is kept that names anybody: no address, no network, no mail domain, no word of a reason. Sign-ups of one day are
looked at together, so that the first of a swarm are counted in it as the last are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, null, select, update
from sqlalchemy.orm import Session

from app import ids
from app.accounts.tables import AccountRow, SeenAddressRow
from app.barring import disposable
from app.stores.budgets import neighbourhood
from models.signups import SignUp
from moderation.duplicates.simhash import fingerprints

TOGETHER: Final = timedelta(days=1)
"""Sign-ups that are so near to each other are counted together."""
KEPT: Final = timedelta(days=30)
"""How long the door asks; then they are forgotten."""
MOST: Final = 500
"""Sign-ups of a day that are looked at, the latest first."""
RARE: Final = 3
"""With fewer members from before that day, a mail domain is rare here."""
ALIKE_BITS: Final = 8
"""Bits of 64 by which two reasons may differ and still say nearly the same."""
LEAST_CHARACTERS: Final = 20


def note(session: Session, account: AccountRow, address: str, *, invited: bool) -> None:
    """A sign-up is compared with those of the last day, which count it in turn. `address` is the client's, or empty."""
    others = _others(session, account)
    throwaway, rare, domain = _mail(session, account)
    same_mail = {each.id for each in others if rare and domain_of(each) == domain}
    near, alike = _near(session, others, address), _alike(account, others)
    account.signup_traits = asdict(
        SignUp(throwaway, rare, len(same_mail), len(near), len(alike), vouched=invited),
    )
    for each in others:  # by id, so that two sign-ups at once wait for each other rather than stop each other
        _counted(each, each.id in same_mail, each.id in near, each.id in alike)
    session.flush()


def readdressed(session: Session, account: AccountRow) -> None:
    """Another mail address was given before the first was confirmed."""
    before = read(account.signup_traits)
    if before is None:
        return
    throwaway, rare, domain = _mail(session, account)
    crowd = sum(domain_of(each) == domain for each in _others(session, account)) if rare else 0
    account.signup_traits = asdict(replace(before, throwaway=throwaway, rare_mail=rare, mail_crowd=crowd))


def vouch(account: AccountRow) -> None:
    """A person let them in."""
    before = read(account.signup_traits)
    if before is not None:
        account.signup_traits = asdict(replace(before, vouched=True))


def of(session: Session, account_ids: Collection[int]) -> dict[int, SignUp]:
    """What is known of how they signed up, by account; nothing of those who were made by hand or came long ago."""
    if not account_ids:
        return {}
    rows = session.execute(_TRAITS, {"ids": list(account_ids)})
    return {number: how for number, kept in rows if (how := read(kept)) is not None}


_TRAITS = select(AccountRow.id, AccountRow.signup_traits).where(AccountRow.id.in_(bindparam("ids", expanding=True)))


def read(kept: Mapping[str, int] | None) -> SignUp | None:
    """As an account keeps it."""
    if kept is None:
        return None
    return SignUp(
        bool(kept["throwaway"]),
        bool(kept["rare_mail"]),
        kept["mail_crowd"],
        kept["range_crowd"],
        kept["reason_crowd"],
        vouched=bool(kept["vouched"]),
    )


def forget(session: Session, now: datetime) -> int:
    """Forget what the door asks no longer; of how many accounts."""
    old = AccountRow.created_at < now - KEPT, AccountRow.signup_traits.is_not(None)
    gone = update(AccountRow).where(*old).values(signup_traits=null()).returning(AccountRow.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())


def domain_of(account: AccountRow) -> str:
    """The domain of an account's mail address."""
    return account.email_lower.rpartition("@")[2]


def _others(session: Session, account: AccountRow) -> Sequence[AccountRow]:
    """Who signed up within the last day besides, by id."""
    since = account.created_at - TOGETHER
    recent = AccountRow.id >= ids.lowest(since), AccountRow.created_at >= since
    query = select(AccountRow).where(*recent, AccountRow.id != account.id)
    rows = session.scalars(query.order_by(AccountRow.id.desc()).limit(MOST)).all()
    return sorted(rows, key=lambda row: row.id)


def _mail(session: Session, account: AccountRow) -> tuple[bool, bool, str]:
    """Whether it is an address to throw away, whether its domain is rare here, and the domain."""
    domain = domain_of(account)
    theirs = AccountRow.email_lower.endswith(f"@{domain}", autoescape=True)
    before = AccountRow.created_at < account.created_at - TOGETHER
    members = session.scalars(select(AccountRow.id).where(theirs, before).limit(RARE)).all()
    return disposable.is_disposable(account.email_lower), len(members) < RARE, domain


def _near(session: Session, others: Sequence[AccountRow], address: str) -> set[int]:
    """Who of them came from the same range of addresses."""
    if not address or not others:
        return set()
    rows = select(SeenAddressRow.account_id, SeenAddressRow.address).where(
        SeenAddressRow.account_id.in_([each.id for each in others])
    )
    mine = neighbourhood(address)
    return {number for number, seen in session.execute(rows) if neighbourhood(seen) == mine}


def _alike(account: AccountRow, others: Sequence[AccountRow]) -> set[int]:
    """Who of them gave nearly the same reason."""
    wrote = [each for each in others if len(each.signup_reason) >= LEAST_CHARACTERS]
    if len(account.signup_reason) < LEAST_CHARACTERS or not wrote:
        return set()
    mine, *theirs = fingerprints([account.signup_reason, *(each.signup_reason for each in wrote)])
    pairs = zip(wrote, theirs, strict=True)
    return {each.id for each, one in pairs if (one.simhash ^ mine.simhash).bit_count() <= ALIKE_BITS}


def _counted(account: AccountRow, mail: bool, near: bool, alike: bool) -> None:
    before = read(account.signup_traits)
    if before is None or not (mail or near or alike):
        return
    account.signup_traits = asdict(
        replace(
            before,
            mail_crowd=before.mail_crowd + mail,
            range_crowd=before.range_crowd + near,
            reason_crowd=before.reason_crowd + alike,
        )
    )
