"""Signing up: by the house's mode, with a confirmed address; and making accounts on the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import addresses, invitations, letters, names, roles, tokens, traits
from app.accounts.credentials import hash_password, new_salt, require_good_password
from app.accounts.keys import KeyPair, make_key_pair
from app.accounts.making import local_actor
from app.accounts.tables import AccountRow, ActorRow, ReservedNameRow, Role, SeenAddressRow
from app.barring import breakers, gate, spelling
from app.doors import coming_in
from app.errors import ConflictError, ForbiddenError, InvalidError, RateLimitedError
from app.instance import registrations
from app.mail import can_send
from app.notifications import notify, post_office
from app.notifications.languages import normal
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind, NotificationRow
from app.reviewing import people
from app.services import Services
from app.settings import Registration
from app.stores.budgets import CONFIRMATIONS, CONFIRMATIONS_BY_NETWORK, SIGN_UPS, TRIED_LETTERS, Budgets, network
from moderation.holds import absence
from moderation.log import chain as log
from moderation.preservation import reach

CONFIRM = "confirm-address"
CONFIRM_WITHIN = timedelta(days=3)
FORGOTTEN_AFTER = timedelta(days=7)
MAX_REASON = 1000
TAKEN_JUST_NOW = "taken_just_now"


@dataclass(frozen=True)
class SignUp:
    """What the form asks for. `address` is the client's, for its budget; empty where there's none."""

    username: str
    email: str
    password: str = field(repr=False)
    reason: str = ""
    locale: str = "en"
    agreement: bool = False
    invitation_token: str | None = field(default=None, repr=False)
    address: str = ""


@dataclass(frozen=True)
class _Checked:
    """A sign-up that may be written: normal forms, and everything slow done."""

    username: str
    email: str
    password_hash: str = field(repr=False)
    keys: KeyPair
    reason: str
    locale: str


def registration(session: Session, services: Services) -> Registration:
    """Who may sign up now. Where anybody may, they wait for a yes while no moderator works, if the policy says so, and
    while a breaker is out."""
    usual = usual_registration(session, services)
    if usual is not Registration.OPEN:
        return usual
    away = absence.declared(session)
    waits = (away is not None and away.approve_sign_ups) or bool(breakers.tripped(session))
    return Registration.APPROVAL if waits else usual


def usual_registration(session: Session, services: Services) -> Registration:
    """Who may sign up as a rule: what an admin chose, but closed until there's one."""
    return (
        registrations.chosen(session, services.settings) if invitations.admin_exists(session) else Registration.CLOSED
    )


def sign_up(services: Services, form: SignUp) -> AccountRow:
    """Make an account that waits for its address to be confirmed, and for approval where the house asks for it.

    Nobody learns whose addresses have accounts here: where one has, its owner gets a letter, and what is made looks the
    same from outside, down to its name and its token, but has an address that nobody can confirm.

    Raises InvalidError, ConflictError (the name is taken), ForbiddenError (closed), NotFoundError (a bad invitation),
    RateLimitedError.
    """
    if form.address:
        budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
        budgets.spend(SIGN_UPS, network(form.address))
    if not form.agreement:
        raise InvalidError(_("To sign up, agree to the rules"), code="agreement_required")
    with services.db.read() as session:
        _require_open(session, services, form)
    checked = _check(services, form, member=True)
    with services.db.read() as session:
        now = services.clock.now()
        waits = gate.name_needs_approval(session, checked.username, now)
        waits = gate.needs_approval(session, checked.email, form.address, now) or waits

    def store(session: Session) -> AccountRow:
        return _store_sign_up(session, services, checked, form, waits)

    try:
        return _write(services, store)
    except ConflictError as error:
        if error.code != TAKEN_JUST_NOW:
            raise
        return _write(services, store)  # the name is refused now, or the address has its owner


def create_account(
    services: Services,
    username: str,
    email: str,
    password: str,
    role: Role = Role.MEMBER,
    *,
    confirmed: bool = True,
    second_factored: bool = True,
    locale: str = "en",
) -> AccountRow:
    """Make an account for the command line: approved, confirmed and counted as second-factored. A reviewer's access
    ends when the policy says.

    Raises InvalidError and ConflictError.
    """
    checked = _check(services, SignUp(username, email, password, locale=locale), member=False)

    def store(session: Session) -> AccountRow:
        account = _store(session, services, checked, role)
        now = account.created_at
        account.approved_at = now
        account.role_until = roles.longest(session, now) if role is Role.REVIEWER else None
        account.confirmed_at = now if confirmed else None
        account.second_factor_at = now if second_factored else None
        if not confirmed:
            _send_confirmation(session, services, account)
        return account

    return _write(services, store)


def redeem_admin_link(
    services: Services, token: str, *, username: str, email: str, password: str, locale: str = "en"
) -> AccountRow:
    """Make the first admin's account with the one-time link; raises NotFoundError once it was used."""
    with services.db.read() as session:
        _require_admin_link(session, services, token)
    checked = _check(services, SignUp(username, email, password, locale=locale), member=False)

    def store(session: Session) -> AccountRow:
        _require_admin_link(session, services, token)
        account = _store(session, services, checked, invitations.redeem(session, services, token))
        account.approved_at = account.confirmed_at = account.created_at
        if services.settings.trial:  # nothing here is anybody's yet, and it can't be kept: whoever looks around may
            account.second_factor_at = account.created_at
        return account

    return _write(services, store)


def confirm(services: Services, token: str) -> AccountRow:
    """Confirm the address that the link was mailed to; doing so twice is the same. Raises InvalidError."""
    payload = tokens.read(services, CONFIRM, token, CONFIRM_WITHIN)
    with services.db.write() as session:
        account = session.get(AccountRow, payload[0])
        if account is None or account.email_lower != payload[1]:
            raise InvalidError(_("This link is wrong or too old"), code="bad_link")
        account.confirmed_at = account.confirmed_at or services.clock.now()
    return account


def is_confirmed(services: Services, account_id: int) -> bool:
    """Whether its address is confirmed."""
    with services.db.read() as session:
        account = session.get(AccountRow, account_id)
        return account is not None and account.confirmed_at is not None


def send_again(services: Services, account_id: int, email: str | None, address: str) -> None:
    """Mail the link again, to another address if one is given, which is asked what any sign-up is asked: the old link
    is worth nothing then. `address` is the client's. Raises ForbiddenError where nothing waits to be confirmed or the
    account is barred, InvalidError, RateLimitedError; another's address is no error, as for `sign_up`.
    """
    wanted = names.require_email(email) if email is not None else None
    _spend_for_letter(services, account_id, wanted, address)

    def store(session: Session) -> AccountRow:
        account = session.get_one(AccountRow, account_id)
        if account.disabled_at is not None or account.actor.suspended_at is not None:
            raise ForbiddenError("Your login is currently disabled", code="account_unusable")
        if account.confirmed_at is not None:
            raise ForbiddenError(
                "This method is only available while the e-mail is awaiting confirmation", code="confirmed"
            )
        if wanted is not None and wanted.lower() != account.email_lower:
            _readdress(session, services, account, wanted, address)
        _send_confirmation(session, services, account)
        return account

    _write(services, store)


def _spend_for_letter(services: Services, account_id: int, wanted: str | None, address: str) -> None:
    """Nobody's mailbox is filled, by however many accounts, nor asked for who has one here. Raises RateLimitedError."""
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(CONFIRMATIONS, str(account_id))
    budgets.spend(CONFIRMATIONS_BY_NETWORK, network(address or "unknown"))
    with services.db.read() as session:
        own = session.get_one(AccountRow, account_id).email
    budgets.spend(CONFIRMATIONS, spelling.mailbox_digest(wanted or own))


def _readdress(session: Session, services: Services, account: AccountRow, email: str, address: str) -> None:
    """Who gives an address for which somebody must look first waits for that, as if they had signed up with it."""
    owner, stood_in = names.owner_of(session, email), names.is_stand_in(account.email)
    waits = gate.needs_approval(session, email, address, services.clock.now())
    if waits and account.approved_at is not None:
        account.approved_at = None
        _tell_staff(session, services, account)
    elif stood_in and owner is None and account.approved_at is None:
        _tell_staff(session, services, account)
    if owner is not None:
        _tell_owner(session, services, owner)
        email = names.stand_in()
    account.email, account.email_lower = email, email.lower()
    session.flush()
    traits.readdressed(session, account)


def waiting(session: Session) -> list[AccountRow]:
    """Accounts that wait for approval, oldest first."""
    return list(
        session.scalars(
            select(AccountRow)
            .where(AccountRow.approved_at.is_(None), AccountRow.email_lower.not_like(f"%@{names.NOBODYS}"))
            .order_by(AccountRow.created_at)
            .limit(500)
        )
    )


def approve(services: Services, account_id: int, by: str) -> AccountRow:
    """Let somebody in, and tell them; approving twice is the same. `by` goes into the log. Where no mail can be sent
    whoever lets them in answers for their address, too: nothing else could ever confirm it."""
    with services.db.write() as session:
        account = session.get_one(AccountRow, account_id)
        if account.approved_at is None:
            account.approved_at = services.clock.now()
            traits.vouch(account)
            if not can_send(services.mailer):
                account.confirmed_at = account.confirmed_at or account.approved_at
            post_office.put(session, services, letters.approved(services.settings, account))
            log.append(session, by, "signup_approved", account.actor.uri, {}, services.clock.now())
    return account


def turn_down(services: Services, account_id: int, by: str) -> None:
    """Delete an application, and tell its sender. Its name stays reserved. Raises ConflictError after approval."""
    with services.db.write() as session:
        account = session.get_one(AccountRow, account_id)
        if account.approved_at is not None:
            raise ConflictError(_("This account has been approved already"), code="approved")
        post_office.put(session, services, letters.turned_down(services.settings, account))
        log.append(session, by, "signup_turned_down", account.actor.uri, {}, services.clock.now())
        _forget(session, account)


def forget_unconfirmed(services: Services, limit: int = 500) -> int:
    """Delete sign-ups whose address nobody confirmed, so that it isn't kept from whom it belongs to; how many. Where no
    mail can be sent nobody could, and they wait for a person."""
    if not can_send(services.mailer):
        return 0
    now = services.clock.now()
    before = now - FORGOTTEN_AFTER
    wanted = exists().where(ActorRow.id == AccountRow.id, reach.reaches(now, ActorRow.uri))
    with services.db.write() as session:
        rows = session.scalars(
            select(AccountRow)
            .where(AccountRow.confirmed_at.is_(None), AccountRow.created_at <= before, ~wanted)
            .order_by(AccountRow.created_at)
            .limit(limit)
        ).all()
        for account in rows:
            _forget(session, account)
    return len(rows)


def _forget(session: Session, account: AccountRow) -> None:
    """Nothing hangs on who was never in but the word to the staff; the name stays reserved."""
    session.execute(delete(NotificationRow).where(NotificationRow.from_actor_id == account.id))
    session.execute(delete(SeenAddressRow).where(SeenAddressRow.account_id == account.id))
    actor = account.actor
    session.delete(account)
    session.flush()
    session.delete(actor)


def _require_open(session: Session, services: Services, form: SignUp) -> None:
    mode = registration(session, services)
    if form.invitation_token is not None and invitations.admin_exists(session):
        _require_member_invitation(session, services, form.invitation_token)
    elif mode is Registration.INVITE:
        raise ForbiddenError(_("Signing up here takes an invitation"), code="invitation_required")
    elif mode is Registration.CLOSED:
        raise ForbiddenError(_("Nobody can sign up here at the moment"), code="registration_closed")


def _require_member_invitation(session: Session, services: Services, token: str) -> None:
    if invitations.find(session, services, token).role is not Role.MEMBER:
        raise ForbiddenError(_("This link is not an invitation"), code="bad_invitation")


def _require_admin_link(session: Session, services: Services, token: str) -> None:
    if invitations.find(session, services, token).role is not Role.ADMIN:
        raise ForbiddenError(_("This link does not make an admin"), code="bad_invitation")


def _check(services: Services, form: SignUp, *, member: bool) -> _Checked:
    name, address = names.require_username(form.username), names.require_email(form.email)
    require_good_password(form.password, username=name, email=address)
    if len(form.reason) > MAX_REASON:
        raise InvalidError(_("That is too long"), code="reason_too_long")
    with services.db.read() as session:
        if member:
            names.require_free_name(session, name, reserved_too=True)
        else:
            names.require_free(session, name, address, reserved_too=False)
    hashed = hash_password(form.password)
    return _Checked(name, address, hashed, make_key_pair(), form.reason.strip(), normal(form.locale))


def _store_sign_up(session: Session, services: Services, checked: _Checked, form: SignUp, waits: bool) -> AccountRow:
    mode, token = registration(session, services), form.invitation_token
    if token is not None:
        _require_member_invitation(session, services, token)
        invitations.redeem(session, services, token)
        coming_in.by(session, token)
    owner = names.owner_of(session, checked.email)
    if owner is not None:
        _tell_owner(session, services, owner)
        checked = replace(checked, email=names.stand_in())
    account = _store(session, services, checked, Role.MEMBER)
    addresses.note(session, services, account.id, form.address)
    traits.note(session, account, form.address, invited=token is not None)
    mails = can_send(services.mailer)
    if not waits and (token is not None or (mode is Registration.OPEN and mails)):
        account.approved_at = account.created_at
    if mails:
        _send_confirmation(session, services, account)
    elif account.approved_at is not None:  # whoever invited them answers for them, as no letter can
        account.confirmed_at = account.created_at
    if owner is None:
        _tell_staff(session, services, account)
    breakers.after_sign_up(session, services)
    return account


def _tell_staff(session: Session, services: Services, account: AccountRow) -> None:
    deciding = people.who_may(session, people.PEOPLE, services.clock.now())
    drafts = [NotificationDraft(who.id, NotificationKind.SIGN_UP, account.id) for who in deciding]
    notify.add_many(session, services, drafts)


def _store(session: Session, services: Services, checked: _Checked, role: Role) -> AccountRow:
    names.require_free(session, checked.username, checked.email, reserved_too=False)
    now = services.clock.now()
    actor = local_actor(services.settings, checked.username, checked.keys, now)
    session.add_all([actor, ReservedNameRow(username_lower=checked.username, reserved_at=now)])
    session.flush()
    account = _account(checked, actor.id, role, now)
    account.actor = actor
    session.add(account)
    session.flush()
    return account


def _account(checked: _Checked, actor_id: int, role: Role, now: datetime) -> AccountRow:
    return AccountRow(
        id=actor_id,
        email=checked.email,
        email_lower=checked.email.lower(),
        password_hash=checked.password_hash,
        role=role,
        locale=checked.locale,
        signup_reason=checked.reason,
        session_salt=new_salt(),
        created_at=now,
    )


def _write(services: Services, store: Callable[[Session], AccountRow]) -> AccountRow:
    """One write; two people who ask for the same name in the same moment get a conflict, not an error."""
    try:
        with services.db.write() as session:
            return store(session)
    except IntegrityError as error:
        raise ConflictError(_("This name or address was just taken"), code=TAKEN_JUST_NOW) from error


def _tell_owner(session: Session, services: Services, owner: AccountRow) -> None:
    """Somebody signs up with their address: a letter, if they had none of late."""
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    try:
        budgets.spend(TRIED_LETTERS, str(owner.id))
    except RateLimitedError:
        return  # they know; and whoever asks is told the same either way
    post_office.put(session, services, letters.tried_again(services.settings, owner))


def _send_confirmation(session: Session, services: Services, account: AccountRow) -> None:
    token = tokens.sign(services, CONFIRM, [account.id, account.email_lower])
    post_office.put(session, services, letters.confirm_address(services.settings, account, token))
