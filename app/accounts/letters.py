"""The mails of signing up: each function gives one, in its reader's language."""

from __future__ import annotations

from app.accounts.tables import AccountRow
from app.mail import Mail
from app.notifications.languages import translator
from app.settings import Settings


def confirm_address(settings: Settings, account: AccountRow, token: str) -> Mail:
    """The link that confirms an address."""
    _ = translator(account.locale)
    return Mail(
        to=account.email,
        subject=_("Confirm your e-mail address for %(domain)s") % {"domain": settings.domain},
        text=_(
            "Hello %(name)s,\n\n"
            "somebody, hopefully you, signed up at %(domain)s with this address. Confirm it here:\n\n"
            "%(link)s\n\n"
            "The link works for three days. If it wasn’t you, do nothing: without it the account is never used."
        )
        % {
            "name": account.actor.username,
            "domain": settings.domain,
            "link": settings.url(f"/sign-up/confirm/{token}"),
        },
    )


def tried_again(settings: Settings, account: AccountRow) -> Mail:
    """Somebody signs up with an address that has an account."""
    _ = translator(account.locale)
    return Mail(
        to=account.email,
        subject=_("Your address has an account at %(domain)s already") % {"domain": settings.domain},
        text=_(
            "Hello %(name)s,\n\n"
            "somebody tried to sign up at %(domain)s with this address. It has an account here already: "
            "yours, @%(name)s. Nothing about it has changed.\n\n"
            "If it was you, sign in, or set a new password:\n\n"
            "%(link)s\n\n"
            "If it wasn’t you, do nothing: nobody was told that you have an account."
        )
        % {"name": account.actor.username, "domain": settings.domain, "link": settings.url("/sign-in")},
    )


def approved(settings: Settings, account: AccountRow) -> Mail:
    """Welcome."""
    _ = translator(account.locale)
    return Mail(
        to=account.email,
        subject=_("Welcome to %(domain)s") % {"domain": settings.domain},
        text=_("Hello %(name)s,\n\nyour account was approved. Sign in here:\n\n%(link)s")
        % {"name": account.actor.username, "link": settings.url("/sign-in")},
    )


def turned_down(settings: Settings, account: AccountRow) -> Mail:
    """No."""
    _ = translator(account.locale)
    return Mail(
        to=account.email,
        subject=_("Your application to %(domain)s") % {"domain": settings.domain},
        text=_(
            "Hello %(name)s,\n\n"
            "the people who run %(domain)s have not approved your application. What you entered has been deleted."
        )
        % {"name": account.actor.username, "domain": settings.domain},
    )


def new_password(settings: Settings, account: AccountRow, token: str) -> Mail:
    """The link that sets a new password."""
    _ = translator(account.locale)
    return Mail(
        to=account.email,
        subject=_("A new password for %(domain)s") % {"domain": settings.domain},
        text=_(
            "Hello %(name)s,\n\n"
            "set a new password here:\n\n"
            "%(link)s\n\n"
            "The link works once, for an hour. If you didn’t ask for it, do nothing."
        )
        % {"name": account.actor.username, "link": settings.url(f"/password/{token}")},
    )
