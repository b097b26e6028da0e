"""Settings: environment variables, read once, typed, and refused when wrong."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from app.objects import place
from app.objects.place import BadPlaceError, Place

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingsError(Exception):
    """A setting is unknown or bad; its text is one line for the person at the terminal."""


class Registration(StrEnum):
    """Who may sign up."""

    OPEN = "open"
    APPROVAL = "approval"
    INVITE = "invite"
    CLOSED = "closed"


@dataclass(frozen=True)
class Settings:
    """Everything that an admin can set. `secret_key` is never shown."""

    domain: str
    data_dir: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    scheme: str = "https"
    allowed_networks: tuple[Network, ...] = ()
    registration: Registration = Registration.APPROVAL
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    s3: Place | None = None
    """Where media lie instead of on disk."""
    streaming_url: str | None = None
    trusted_proxies: tuple[Network, ...] = ()
    secure_mode: bool = False
    metrics_token: str | None = field(default=None, repr=False)
    rate_limits: bool = True
    link_previews: bool = True
    """Whether pages that public posts link to are read, for their cards."""
    translate_url: str | None = None
    """A service that speaks LibreTranslate's API; None: nothing is translated."""
    translate_key: str = field(default="", repr=False)
    media_cache_bytes: int = 2 * 1024**3
    """How much room pictures from elsewhere may take."""
    address_days: int = 30
    """How long it's kept from where members come; 0 keeps nothing."""
    trial: bool = False
    evidence_key: str = field(default="", repr=False)
    """What seals grave evidence. Empty: a key in the data directory, made the first time that something is sealed."""

    @property
    def base_url(self) -> str:
        """Scheme and domain, without a slash at the end."""
        return f"{self.scheme}://{self.domain}"

    @property
    def sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite")

    @property
    def stream_url(self) -> str:
        """Where the stream process answers: as set, else beside a port on the next one, else where everything is."""
        if self.streaming_url:
            scheme, _colon, rest = self.streaming_url.partition(":")
            return {"https": "wss", "http": "ws"}.get(scheme, scheme) + ":" + rest.rstrip("/")
        host, colon, port = self.domain.rpartition(":")
        place = f"{host}:{int(port) + 1}" if colon and port.isdigit() else self.domain
        return f"{'wss' if self.scheme == 'https' else 'ws'}://{place}"

    @property
    def media_origin(self) -> str | None:
        """Where the stream process gives out pictures, if that isn't this domain."""
        parts = urlsplit(self.stream_url)
        origin = f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"
        return None if origin == self.base_url else origin

    def url(self, path: str) -> str:
        """An absolute URL on this server; `path` begins with a slash."""
        return self.base_url + path


KNOWN = frozenset(
    "OSTIARY_" + name
    for name in (
        "DOMAIN", "DATA_DIR", "DATABASE_URL", "REDIS_URL", "SCHEME", "ALLOWED_NETWORKS", "REGISTRATION", "SMTP_URL",
        "MAIL_FROM", "S3_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY", "STREAMING_URL", "TRUSTED_PROXIES", "SECURE_MODE",
        "METRICS_TOKEN", "RATE_LIMITS",
        "MEDIA_CACHE", "LINK_PREVIEWS", "TRANSLATE_URL", "TRANSLATE_KEY", "ADDRESS_DAYS", "SECRET_KEY", "EVIDENCE_KEY",
    )
)  # fmt: skip
_DOMAIN = re.compile(r"^(?=.{1,253}(:\d+)?$)[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$")


def from_environment(port: int = 8000, data_dir: Path | None = None) -> Settings:
    """Settings from the process's environment."""
    return read(os.environ, port=port, data_dir=data_dir)  # noqa: TID251 - the one place that reads it


def read(environment: Mapping[str, str], *, port: int = 8000, data_dir: Path | None = None) -> Settings:
    """Settings from a mapping of `OSTIARY_*` variables.

    Without a domain it is a trial on `localhost:PORT` over http. Raises SettingsError with one line.
    """
    ours = {k: v.strip() for k, v in environment.items() if k.startswith("OSTIARY_")}
    for unknown in sorted(set(ours) - KNOWN):
        raise SettingsError(f"{unknown} is not a setting of Ostiary; see deploy/ostiary.env for all of them")

    def get(name: str) -> str | None:
        return ours.get("OSTIARY_" + name) or None

    trial = get("DOMAIN") is None
    scheme = _choice("SCHEME", get("SCHEME") or "https", ("https", "http"))
    home = (data_dir or Path(get("DATA_DIR") or "data")).resolve()
    return Settings(
        domain=_domain(get("DOMAIN") or f"localhost:{port}"),
        data_dir=home,
        database_url=_database_url(get("DATABASE_URL"), home),
        redis_url=_redis_url(get("REDIS_URL"), home),
        secret_key=get("SECRET_KEY") or "",
        scheme="http" if trial else scheme,
        allowed_networks=_networks("ALLOWED_NETWORKS", get("ALLOWED_NETWORKS")),
        registration=Registration(
            _choice("REGISTRATION", get("REGISTRATION") or "approval", tuple(r.value for r in Registration))
        ),
        smtp_url=_url("SMTP_URL", get("SMTP_URL"), ("smtp", "smtps")),
        mail_from=get("MAIL_FROM"),
        s3=_s3(get("S3_URL"), get("S3_ACCESS_KEY"), get("S3_SECRET_KEY")),
        streaming_url=_url("STREAMING_URL", get("STREAMING_URL"), ("ws", "wss", "http", "https")),
        trusted_proxies=_networks("TRUSTED_PROXIES", get("TRUSTED_PROXIES")),
        secure_mode=_flag("SECURE_MODE", get("SECURE_MODE")),
        metrics_token=get("METRICS_TOKEN"),
        rate_limits=_choice("RATE_LIMITS", get("RATE_LIMITS") or "default", ("default", "off")) == "default",
        link_previews=_choice("LINK_PREVIEWS", get("LINK_PREVIEWS") or "on", ("on", "off")) == "on",
        translate_url=_url("TRANSLATE_URL", get("TRANSLATE_URL"), ("https", "http")),
        translate_key=get("TRANSLATE_KEY") or "",
        media_cache_bytes=_size("MEDIA_CACHE", get("MEDIA_CACHE") or "2G"),
        address_days=_days("ADDRESS_DAYS", get("ADDRESS_DAYS") or "30"),
        trial=trial,
        evidence_key=get("EVIDENCE_KEY") or "",
    )


def with_secret(settings: Settings) -> Settings:
    """The same with a secret key: the given one, or one that is made once and kept in the data directory."""
    if settings.secret_key:
        return settings
    return replace(settings, secret_key=kept_key(settings.data_dir / "secret_key"))


def kept_key(file: Path) -> str:
    """The key in a file, made the first time; of two processes that make it at once, one is first."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        temporary = file.with_suffix(f".{secrets.token_hex(4)}")
        temporary.touch(mode=0o600)
        temporary.write_text(secrets.token_urlsafe(48))
        try:
            file.hardlink_to(temporary)
        except FileExistsError:
            pass  # another process of ours was first; its key counts
        finally:
            temporary.unlink()
    return file.read_text().strip()


def _domain(value: str) -> str:
    value = value.lower()
    try:
        value = value.encode("idna").decode() if not value.isascii() else value
    except UnicodeError as error:
        raise SettingsError(f"OSTIARY_DOMAIN={value!r} can't be written as a domain name") from error
    if not _DOMAIN.match(value):
        raise SettingsError(f"OSTIARY_DOMAIN={value!r} is not a domain (host, or host:port)")
    return value


def _database_url(value: str | None, home: Path) -> str:
    if value is None:
        return f"sqlite:///{home / 'ostiary.sqlite3'}"
    if value.startswith("postgresql://"):
        value = "postgresql+psycopg://" + value.removeprefix("postgresql://")
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("OSTIARY_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")
    return value


def _s3(value: str | None, access_key: str | None, secret_key: str | None) -> Place | None:
    url = _url("S3_URL", value, ("s3", "https", "http"))
    if url is None:
        if access_key or secret_key:
            raise SettingsError("OSTIARY_S3_ACCESS_KEY and OSTIARY_S3_SECRET_KEY are for the bucket of OSTIARY_S3_URL")
        return None
    try:
        return place.read(url, access_key, secret_key)
    except BadPlaceError as error:
        raise SettingsError(f"OSTIARY_S3_URL {error}") from error


def _redis_url(value: str | None, home: Path) -> str:
    if value is None:
        return f"unix://{home / 'valkey.sock'}"
    return _url("REDIS_URL", value, ("redis", "rediss", "unix")) or ""


def _url(name: str, value: str | None, schemes: tuple[str, ...]) -> str | None:
    if value is not None and urlsplit(value).scheme not in schemes:
        raise SettingsError(f"OSTIARY_{name} must be a URL that begins with {' or '.join(schemes)}")
    return value


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise SettingsError(f"OSTIARY_{name}={value!r} must be one of {', '.join(choices)}")
    return value


def _flag(name: str, value: str | None) -> bool:
    return _choice(name, (value or "off").lower(), ("on", "off", "true", "false", "1", "0")) in (
        "on",
        "true",
        "1",
    )


MOST_ADDRESS_DAYS = 366
_UNITS = {"M": 1024**2, "G": 1024**3, "T": 1024**4}


def _size(name: str, value: str) -> int:
    """Bytes of `500M`, `20G`, `1T`."""
    match = re.fullmatch(r"([1-9][0-9]{0,5})([MGT])", value.strip().upper())
    if match is None:
        raise SettingsError(f"OSTIARY_{name}={value!r} must be a size such as 500M, 20G or 1T")
    return int(match[1]) * _UNITS[match[2]]


def _days(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", value) or int(value) > MOST_ADDRESS_DAYS:
        raise SettingsError(f"OSTIARY_{name}={value!r} must be a number of days from 0 to {MOST_ADDRESS_DAYS}")
    return int(value)


def _networks(name: str, value: str | None) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in (value or "").split(",") if part.strip())
    except ValueError as error:
        raise SettingsError(f"OSTIARY_{name} must be networks such as 10.0.0.0/8, with commas: {error}") from error
