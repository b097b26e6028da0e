"""Mail: sent over SMTP when one is set, kept in a list in tests, and named in the log when there's no server."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog

log = structlog.get_logger()
TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Mail:
    """One plain-text message to one address."""

    to: str
    subject: str
    text: str


class MailError(Exception):
    """The mail server didn't take it; `permanent` says whether trying again helps."""

    def __init__(self, text: str, *, permanent: bool) -> None:
        super().__init__(text)
        self.permanent = permanent


class Mailer(Protocol):
    """Sends mail."""

    def send(self, mail: Mail) -> None:
        """Hand it on; raises MailError."""


class SmtpMailer:
    """Sends over the SMTP server of a URL: `smtp://user:password@host:587` (STARTTLS) or `smtps://…`."""

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Hand it to the server."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, mail.to, mail.subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        try:
            self._hand_over(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise MailError(f"the mail server refused {mail.to}", permanent=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailError(f"the mail server doesn't take mail: {error}", permanent=False) from error

    def _hand_over(self, message: EmailMessage) -> None:
        host, tls = self._url.hostname or "localhost", ssl.create_default_context()
        connect = (
            smtplib.SMTP_SSL(host, self._url.port or 465, timeout=TIMEOUT_SECONDS, context=tls)
            if self._url.scheme == "smtps"
            else smtplib.SMTP(host, self._url.port or 587, timeout=TIMEOUT_SECONDS)
        )
        with connect as server:
            if self._url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=tls)
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
            server.send_message(message)


class NoMailer:
    """There's no mail server: say so in the log, by subject alone, since a text may carry a link that signs in."""

    def send(self, mail: Mail) -> None:
        """Log that nothing was sent."""
        log.warning("mail_not_sent", reason="OSTIARY_SMTP_URL is not set", subject=mail.subject)


def can_send(mailer: Mailer) -> bool:
    """Whether a letter has any chance to arrive."""
    return not isinstance(mailer, NoMailer)


@dataclass
class MailBox:
    """The twin for tests: keeps what was sent."""

    sent: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> None:
        """Keep it."""
        self.sent.append(mail)
