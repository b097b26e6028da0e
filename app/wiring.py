"""The real services, made from settings: what each process builds once, at its start."""

from __future__ import annotations

from ipaddress import ip_network
from urllib.parse import urlsplit

from app.clock import SystemClock
from app.database.engine import Database
from app.federation.wire.client import HttpClient
from app.federation.wire.errors import UnreachableError
from app.federation.wire.fetching import Avoids, Fetched, Fetcher, Kind
from app.federation.wire.knocking import Signer
from app.mail import Mailer, NoMailer, SmtpMailer
from app.services import Services
from app.settings import Settings
from app.stores.client import make_redis
from app.stores.nudges import RqNudger
from app.translating.libre import LibreTranslate
from app.translating.values import Translator
from app.version import VERSION
from moderation.tools import make_tools

TRANSLATION_SECONDS = 20.0
"""What a translator on an ordinary machine takes for a long text."""


def make_services(settings: Settings) -> Services:
    """Everything real. The settings have their secret key already: see `settings.with_secret`."""
    redis = make_redis(settings)
    clock = SystemClock()
    return Services(
        settings=settings,
        db=Database(settings.database_url),
        redis=redis,
        clock=clock,
        fetcher=make_fetcher(settings),
        mailer=make_mailer(settings),
        nudger=RqNudger(redis),
        tools=make_tools(clock, settings.data_dir),
        translator=make_translator(settings),
    )


def make_fetcher(settings: Settings) -> Fetcher:
    """The outgoing client; a trial has one that asks nobody."""
    if settings.trial:
        return TrialFetcher()
    return HttpClient(
        scheme=settings.scheme,
        allowed_networks=settings.allowed_networks,
        user_agent=user_agent(settings),
    )


def make_translator(settings: Settings) -> Translator | None:
    """The service that the admin named, wherever that is: a stranger chooses no part of its address."""
    if settings.translate_url is None:
        return None
    client = HttpClient(
        scheme=urlsplit(settings.translate_url).scheme,
        allowed_networks=(ip_network("0.0.0.0/0"), ip_network("::/0")),
        user_agent=user_agent(settings),
        timeout_seconds=TRANSLATION_SECONDS,
        read_seconds=TRANSLATION_SECONDS,
    )
    return LibreTranslate(settings.translate_url, settings.translate_key, client)


def user_agent(settings: Settings) -> str:
    """How we name ourselves to others, with the page that says whom to write to."""
    return f"Ostiary/{VERSION} (+{settings.url('/about')})"


def make_mailer(settings: Settings) -> Mailer:
    """SMTP when it is set."""
    if settings.smtp_url is None:
        return NoMailer()
    return SmtpMailer(settings.smtp_url, settings.mail_from or f"ostiary@{settings.domain.partition(':')[0]}")


class TrialFetcher:
    """A trial federates with nothing: every other server is out of reach."""

    def get(
        self,
        url: str,
        kind: Kind = Kind.ACTIVITY,
        *,
        signer: Signer | None = None,
        avoids: Avoids | None = None,
        unless: str | None = None,
    ) -> Fetched:
        """Nothing is asked. Raises UnreachableError."""
        raise UnreachableError("a trial without a domain federates with nothing")
