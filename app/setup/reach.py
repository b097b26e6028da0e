"""Whether others can reach this house, checked when an admin asks: its name, certificate, clock and letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import orjson
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.federation.tables import InboxActivityRow
from app.federation.wire.errors import FetchError
from app.federation.wire.fetching import Kind
from app.federation.wire.network import Resolver, SystemResolver
from app.mail import Mail, MailError
from app.services import Services

NEVER_SET = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that shows less than this was never set."""
AHEAD_SECONDS = 30
NODE_INFO = "/.well-known/nodeinfo"


class What(StrEnum):
    """What is looked at."""

    DNS = "dns"
    OUTSIDE = "outside"
    CLOCK = "clock"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Check:
    """How one thing is. `well` is None where it wasn't looked at; `detail` is what was found, for the admin."""

    what: What
    well: bool | None
    detail: str = ""


def look(
    services: Services, resolver: Resolver | None = None, *, shown_elsewhere: datetime | None = None
) -> list[Check]:
    """All of it, but for a letter, which somebody has to ask for. A trial is reached by nobody. The clock is compared
    with what another one shows now, the browser's."""
    clock = _clock(services, shown_elsewhere)
    if services.settings.trial:
        return [Check(What.DNS, None), Check(What.OUTSIDE, None), clock, _mail(services)]
    return [_name(services, resolver or SystemResolver()), _outside(services), clock, _mail(services)]


def send_letter(services: Services, account: AccountRow, subject: str, text: str) -> None:
    """A letter to the admin who asks, at once. Raises InvalidError with what the mail server said."""
    if not services.settings.smtp_url:
        raise InvalidError(_("No mail server is named: set OSTIARY_SMTP_URL and start again"), code="no_mail_server")
    try:
        services.mailer.send(Mail(account.email, subject, text))
    except MailError as error:
        raise InvalidError(_("The letter wasn’t taken: %(why)s", why=str(error)), code="mail_refused") from error


def _name(services: Services, resolver: Resolver) -> Check:
    host, _colon, port = services.settings.domain.partition(":")
    try:
        found = resolver.resolve(host, int(port or 443))
    except OSError as error:
        return Check(What.DNS, False, error.strerror or str(error))
    return Check(What.DNS, bool(found), ", ".join(found[:4]))


def _outside(services: Services) -> Check:
    """By the public name, with a certificate that is checked: whoever answers there must be this house."""
    address = services.settings.url(NODE_INFO)
    try:
        found = orjson.loads(services.fetcher.get(address, Kind.JSON).body)
        links = [each.get("href", "") for each in found.get("links", [])]
    except FetchError as error:
        return Check(What.OUTSIDE, False, str(error))
    except (orjson.JSONDecodeError, AttributeError):
        return Check(What.OUTSIDE, False, address)
    ours = bool(links) and all(str(link).startswith(services.settings.base_url) for link in links)
    return Check(What.OUTSIDE, ours, address)


def _clock(services: Services, shown_elsewhere: datetime | None) -> Check:
    """Signatures count by it: it must be set, not behind what is stored, and what another shows, if any is known."""
    now = services.clock.now()
    with services.db.read() as session:
        newest = session.scalar(select(func.max(InboxActivityRow.received_at)))
    behind = newest is not None and (newest - now).total_seconds() > AHEAD_SECONDS
    shown = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now <= NEVER_SET or behind:
        return Check(What.CLOCK, False, shown)
    if shown_elsewhere is None:
        return Check(What.CLOCK, None, shown)
    return Check(What.CLOCK, abs((now - shown_elsewhere).total_seconds()) <= AHEAD_SECONDS, shown)


def _mail(services: Services) -> Check:
    """Whether a mail server is named; whether it takes letters shows when one is sent."""
    if services.settings.smtp_url:
        return Check(What.MAIL, None, "a mail server is named; a letter to try is sent from the page")
    return Check(What.MAIL, False, "no mail server is named: OSTIARY_SMTP_URL")
