"""Mails about a changed role: to whom it happened, and to the other admins, who may know nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from babel.dates import format_date
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.mail import Mail
from app.notifications import languages, post_office
from app.notifications.languages import Translate
from app.services import Services
from app.settings import Settings


def tell(session: Session, services: Services, account: AccountRow, by: str) -> None:
    """Write to them and to every admin, with the write that changed the role. `by` is named to admins alone: they read
    the same in the log."""
    settings = services.settings
    post_office.put(session, services, _to_holder(settings, account))
    for admin in _admins(session, account.id, services.clock.now()):
        post_office.put(session, services, _to_admin(settings, admin, account, by))


def tell_of_end(session: Session, services: Services, account: AccountRow) -> None:
    """Write to a reviewer, and to every admin, that their access has an end from now on."""
    settings = services.settings
    for reader in (account, *_admins(session, account.id, services.clock.now())):
        _ = languages.translator(reader.locale)
        until = _day(account.role_until or services.clock.now(), reader.locale)
        values = {"name": account.actor.username, "domain": settings.domain, "day": until}
        if reader is account:
            parts = [
                _("Hello %(name)s,") % values,
                _("what reviewers may see on %(domain)s ends by itself: for you on %(day)s, unless a lead renews it.")
                % values,
            ]
            mail = Mail(account.email, _("Your role on %(domain)s") % values, "\n\n".join(parts))
        else:
            text = (
                _("The access of @%(name)s as a reviewer ends by itself on %(day)s. A lead can renew it here:") % values
            )
            link = settings.url(f"/review/roles/{account.actor.username}")
            subject = _("The role of @%(name)s on %(domain)s was changed") % values
            mail = Mail(reader.email, subject, f"{text}\n{link}")
        post_office.put(session, services, mail)


def _to_holder(settings: Settings, account: AccountRow) -> Mail:
    _ = languages.translator(account.locale)
    values = {"name": account.actor.username, "domain": settings.domain, "role": _role(account.role, _)}
    parts = [_("Hello %(name)s,") % values]
    if account.role is Role.MEMBER:
        parts.append(_("you have no role on %(domain)s any more: you are a member like everybody.") % values)
        parts.append(_("You were signed out everywhere. Sheets of time and pay stay yours to read, in the settings."))
    else:
        parts.append(_("you have a role on %(domain)s now: %(role)s.") % values)
        if account.role_until is not None:
            parts.append(_("It ends by itself after %(day)s.") % {"day": _day(account.role_until, account.locale)})
        link = settings.url("/review/start")
        parts.append(
            _("Sign in, set up a second factor, and sign the undertaking of confidentiality where you are asked to:")
            + f"\n{link}"
        )
    parts.append(_("If you don’t know why, ask who runs the server: %(link)s") % {"link": settings.url("/about")})
    return Mail(account.email, _("Your role on %(domain)s") % values, "\n\n".join(parts))


def _to_admin(settings: Settings, admin: AccountRow, account: AccountRow, by: str) -> Mail:
    _ = languages.translator(admin.locale)
    values = {
        "name": account.actor.username,
        "domain": settings.domain,
        "role": _role(account.role, _),
        "by": by,
        "link": settings.url(f"/review/roles/{account.actor.username}"),
    }
    subject = _("The role of @%(name)s on %(domain)s was changed") % values
    text = _(
        "The role of @%(name)s on %(domain)s is now: %(role)s. It was changed by: %(by)s. The log says why.\n\n"
        "If that wasn’t meant to be, take it back here, and look into how it came about:\n%(link)s"
    )
    return Mail(admin.email, subject, text % values)


def _admins(session: Session, but: int, now: datetime) -> Iterator[AccountRow]:
    query = (
        select(AccountRow)
        .join(ActorRow, ActorRow.id == AccountRow.id)
        .where(AccountRow.role == Role.ADMIN, AccountRow.id != but, AccountRow.disabled_at.is_(None))
        .where(ActorRow.suspended_at.is_(None), ActorRow.deleted_at.is_(None))
        .where(or_(AccountRow.role_until.is_(None), AccountRow.role_until > now))
        .order_by(AccountRow.id)
    )
    yield from (row for row in session.scalars(query) if lookup.role_at(row, now) is Role.ADMIN)


def _day(at: datetime, locale: str) -> str:
    return format_date(at, locale=languages.normal(locale))


def _role(role: Role, _: Translate) -> str:
    return {
        Role.MEMBER: _("member"),
        Role.TRAINEE: _("trainee"),
        Role.REVIEWER: _("reviewer"),
        Role.MODERATOR: _("moderator"),
        Role.LEAD: _("lead"),
        Role.ADMIN: _("admin"),
        Role.CHILD_SAFETY: _("child safety"),
    }[role]
