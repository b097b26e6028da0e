"""The real services, made from settings: what each process builds once, at its start.

What is heavy and not needed by all of them (httpx, and what judges with numpy) is loaded when it is first used.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.clock import Clock, SystemClock
from app.database.engine import Database
from app.federation.wire.errors import UnreachableError
from app.federation.wire.fetching import Avoids, Fetched, Fetcher, Kind
from app.federation.wire.knocking import Signer
from app.late import Late
from app.mail import Mailer, NoMailer, SmtpMailer
from app.services import Services
from app.settings import Settings
from app.stores.client import make_redis
from app.stores.nudges import RqNudger
from app.translating.libre import LibreTranslate
from app.translating.values import Translator
from app.version import VERSION

if TYPE_CHECKING:
    from app.federation.wire.client import HttpClient
    from moderation.tools import Tools

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
        get_tools=Late(lambda: _make_tools(clock, settings)),
        translator=make_translator(settings),
    )


def make_fetcher(settings: Settings) -> Fetcher:
    """The outgoing client; a trial has one that asks nobody."""
    if settings.trial:
        return TrialFetcher()
    return _Client(
        scheme=settings.scheme,
        allowed_networks=settings.allowed_networks,
        user_agent=user_agent(settings),
    )


def make_translator(settings: Settings) -> Translator | None:
    """The service that the admin named, wherever that is: a stranger chooses no part of its address."""
    if settings.translate_url is None:
        return None
    client = _Client(
        scheme=urlsplit(settings.translate_url).scheme,
        allowed_networks=(ip_network("0.0.0.0/0"), ip_network("::/0")),
        user_agent=user_agent(settings),
        timeout_seconds=TRANSLATION_SECONDS,
        read_seconds=TRANSLATION_SECONDS,
    )
    return LibreTranslate(settings.translate_url, settings.translate_key, client)


def _make_tools(clock: Clock, settings: Settings) -> Tools:
    from moderation.tools import make_tools

    return make_tools(clock, settings.data_dir)


def user_agent(settings: Settings) -> str:
    """How we name ourselves to others, with the page that says whom to write to."""
    return f"Ostiary/{VERSION} (+{settings.url('/about')})"


def make_mailer(settings: Settings) -> Mailer:
    """SMTP when it is set."""
    if settings.smtp_url is None:
        return NoMailer()
    return SmtpMailer(settings.smtp_url, settings.mail_from or f"ostiary@{settings.domain.partition(':')[0]}")


class _Client:
    """An HttpClient, made when something is first asked; its arguments are that one's."""

    def __init__(self, **given: Any) -> None:
        self._made = Late(lambda: _make_client(given))

    def get(
        self,
        url: str,
        kind: Kind = Kind.ACTIVITY,
        *,
        signer: Signer | None = None,
        avoids: Avoids | None = None,
        unless: str | None = None,
    ) -> Fetched:
        """A document. Raises FetchError."""
        return self._made().get(url, kind, signer=signer, avoids=avoids, unless=unless)

    def post(self, url: str, body: bytes, kind: Kind = Kind.JSON) -> Fetched:
        """The answer to a POST of JSON. Raises FetchError."""
        return self._made().post(url, body, kind)


def _make_client(given: Mapping[str, Any]) -> HttpClient:
    from app.federation.wire.client import HttpClient

    return HttpClient(**given)


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
