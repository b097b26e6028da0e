"""HTTP signatures after draft-cavage-http-signatures-12, as the fediverse uses them, made and verified.

What is asked of a signature is what Mastodon asks, so that whoever federates with it federates with us:
(request-target), host, a date (Date or `(created)`) and, where there is a body, its digest must be signed; the
date may be 12 hours old (queues of busy servers) and an hour ahead (clocks); rsa-sha256, or hs2019, which for an
RSA key means PKCS #1 v1.5 with SHA-256 to most and SHA-512 to some. A replay within the window is the caller's to
notice, by the activity's id.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from app.federation.wire import uris
from app.federation.wire.errors import (
    AlgorithmError,
    ClockError,
    DigestError,
    ForgedError,
    HostError,
    MissingHeaderError,
    MissingSignatureError,
    SignatureSyntaxError,
    UnsignedHeaderError,
)
from app.federation.wire.keys import PrivateKey, PublicKey, load_private_key, load_public_key, make_key_pair

__all__ = [
    "MAX_AGE",
    "MAX_AHEAD",
    "ParsedSignature",
    "PrivateKey",
    "PublicKey",
    "SignedRequest",
    "digest",
    "load_private_key",
    "load_public_key",
    "make_key_pair",
    "parse_signature",
    "sign",
    "verify",
]

MAX_AGE = timedelta(hours=12)
MAX_AHEAD = timedelta(hours=1)
MAX_HEADER = 8192
MAX_SIGNED_HEADERS = 32

_PARAMETER = re.compile(r'\s*([A-Za-z]{1,20})=(?:"([^"\\\x00-\x1f]*)"|([0-9.-]{1,20}))\s*(?:,|$)')
_HEADER_NAME = re.compile(r"\((?:request-target|created|expires)\)|[a-z0-9!#$%&'*+.^_`|~-]{1,64}")
_IMF_DATE = re.compile(r"[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT")
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SECONDS = re.compile(r"-?[0-9]{1,11}")
_BODILESS = frozenset(("GET", "HEAD"))
_HASHES: Mapping[str, tuple[hashes.HashAlgorithm, ...]] = {
    "rsa-sha256": (hashes.SHA256(),),
    "hs2019": (hashes.SHA256(), hashes.SHA512()),
}


@dataclass(frozen=True, slots=True)
class ParsedSignature:
    """A Signature header, read but not believed."""

    key_id: str
    algorithm: str
    headers: tuple[str, ...]
    signature: bytes
    created: int | None = None
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came. `target` is the raw path with its query; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def of(cls, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> SignedRequest:
        """The same from header pairs. Raises MissingHeaderError where one that counts came twice."""
        found: dict[str, str] = {}
        for name, value in headers:
            key = name.lower()
            if key in found and key in ("signature", "host", "date", "digest", "content-type"):
                raise MissingHeaderError("a header came twice", code="header_twice")
            found[key] = f"{found[key]}, {value}" if key in found else value
        return cls(method.upper(), target, found, body)


def parse_signature(header: str | None) -> ParsedSignature:
    """Read a Signature header. Raises MissingSignatureError, SignatureSyntaxError or AlgorithmError."""
    if not header:
        raise MissingSignatureError("the request is not signed")
    if len(header) > MAX_HEADER:
        raise SignatureSyntaxError("the Signature header is too long")
    parameters = _parameters(header)
    algorithm = parameters.get("algorithm", "rsa-sha256").lower()
    if algorithm not in _HASHES:
        raise AlgorithmError("only rsa-sha256 and hs2019 are verified here")
    key_id = parameters.get("keyId", "")
    if not uris.is_uri(key_id):
        raise SignatureSyntaxError("keyId is no http or https URI")
    return ParsedSignature(
        key_id=key_id,
        algorithm=algorithm,
        headers=_signed_headers(parameters.get("headers", "")),
        signature=_signature_bytes(parameters.get("signature", "")),
        created=_seconds(parameters.get("created")),
        expires=_seconds(parameters.get("expires")),
    )


def verify(
    request: SignedRequest,
    public_key: PublicKey,
    *,
    now: datetime,
    expected_host: str,
    parsed: ParsedSignature | None = None,
) -> ParsedSignature:
    """The signature, once it is certain that the key made it over this very request, now, for this host.

    `expected_host` is our host[:port]; `parsed` saves reading the header again. Raises SignatureError. Cheap checks
    come first, so that junk costs no RSA.
    """
    parsed = parsed or parse_signature(request.headers.get("signature"))
    check(request, parsed, now=now, expected_host=expected_host)
    check_key(request, parsed, public_key)
    return parsed


def check(request: SignedRequest, parsed: ParsedSignature, *, now: datetime, expected_host: str) -> None:
    """Everything about a signature that can be known without its key. Raises SignatureError."""
    _require_signed(request, parsed)
    _check_host(request, expected_host)
    _check_clock(request, parsed, now)
    if request.body or request.method not in _BODILESS:
        check_digest(request.headers.get("digest"), request.body)


def check_key(request: SignedRequest, parsed: ParsedSignature, public_key: PublicKey) -> None:
    """Whether the key made the signature, and nothing else: see `check`. Raises SignatureError."""
    message = _signing_string(request, parsed).encode("utf-8", "surrogatepass")
    for algorithm in _HASHES[parsed.algorithm]:
        try:
            public_key.rsa.verify(parsed.signature, message, padding.PKCS1v15(), algorithm)
        except InvalidSignature:
            continue
        return
    raise ForgedError("the signature was not made by this key over this request")


def sign(
    method: str, url: str, body: bytes | None, *, key_id: str, private_key: PrivateKey, now: datetime
) -> dict[str, str]:
    """The headers to send along: Host, Date, Signature, and Digest where there is a body.

    Signed with rsa-sha256 over (request-target), host, date and digest, which every server takes.
    """
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Host": uris.normal_host(parts.netloc, parts.scheme) or parts.netloc,
        "Date": format_datetime(now.astimezone(UTC), usegmt=True),
    }
    if body is not None:
        headers["Digest"] = digest(body)
    lines = [f"(request-target): {method.lower()} {target}"]
    lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
    made = private_key.rsa.sign("\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
    names = " ".join(("(request-target)", *(name.lower() for name in headers)))
    encoded = base64.b64encode(made).decode()
    headers["Signature"] = f'keyId="{key_id}",algorithm="rsa-sha256",headers="{names}",signature="{encoded}"'
    return headers


def digest(body: bytes) -> str:
    """The Digest header (RFC 3230) of a body."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def check_digest(header: str | None, body: bytes) -> None:
    """Whether a Digest header has the body's SHA-256, among whatever else it has. Raises DigestError."""
    if header is None:
        raise DigestError("there is no Digest", code="digest_missing")
    if len(header) > 1024:
        raise DigestError("the Digest is too long", code="digest_syntax")
    claimed = [
        value.strip()
        for name, _, value in (part.partition("=") for part in header.split(","))
        if name.strip().lower() == "sha-256"
    ]
    if not claimed:
        raise DigestError("the Digest has no SHA-256", code="digest_algorithm")
    actual = hashlib.sha256(body).digest()
    for value in claimed:
        if not hmac.compare_digest(_digest_bytes(value), actual):
            raise DigestError("the body is not the one that was signed")


def _parameters(header: str) -> dict[str, str]:
    found: dict[str, str] = {}
    position = 0
    header = header.strip()
    while position < len(header):
        match = _PARAMETER.match(header, position)
        if match is None or match[1] in found:
            raise SignatureSyntaxError("the Signature header can't be read")
        found[match[1]] = match[2] if match[2] is not None else match[3]
        position = match.end()
    return found


def _signed_headers(value: str) -> tuple[str, ...]:
    # The draft's default, when the list is absent, signs too little to be accepted: `verify` will say so.
    names = tuple(value.lower().split())
    if len(names) > MAX_SIGNED_HEADERS or len(set(names)) != len(names):
        raise SignatureSyntaxError("the list of signed headers has doubles or is too long")
    if not all(_HEADER_NAME.fullmatch(name) for name in names):
        raise SignatureSyntaxError("the list of signed headers can't be read")
    return names


def _signature_bytes(value: str) -> bytes:
    try:
        found = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureSyntaxError("the signature is not base64") from error
    if not found:
        raise SignatureSyntaxError("there is no signature in the header")
    return found


def _digest_bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DigestError("the Digest is not base64", code="digest_syntax") from error


def _seconds(value: str | None) -> int | None:
    if value is None:
        return None
    if not _SECONDS.fullmatch(value):
        raise SignatureSyntaxError("created and expires are whole seconds")
    return int(value)


def _require_signed(request: SignedRequest, parsed: ParsedSignature) -> None:
    needed = ["(request-target)", "host"]
    if request.body or request.method not in _BODILESS:
        needed.append("digest")
    for name in needed:
        if name not in parsed.headers:
            raise UnsignedHeaderError(f"{name} is not signed")
    if "date" not in parsed.headers and "(created)" not in parsed.headers:
        raise UnsignedHeaderError("neither date nor (created) is signed")


def _check_host(request: SignedRequest, expected_host: str) -> None:
    given = request.headers.get("host", "").strip()
    # Whoever speaks https to a proxy of ours may name the port that its scheme implies.
    ours = {expected_host.lower(), uris.normal_host(expected_host, "https"), uris.normal_host(expected_host, "http")}
    theirs = {uris.normal_host(given, "https"), uris.normal_host(given, "http")} - {None}
    if not ours & theirs:
        raise HostError("signed for another host")


def _check_clock(request: SignedRequest, parsed: ParsedSignature, now: datetime) -> None:
    if "date" in parsed.headers:
        _within(_date(request.headers.get("date")), now)
    if "(created)" in parsed.headers:
        _within(_created(parsed), now)
    if parsed.expires is not None and parsed.expires < now.timestamp():
        raise ClockError("the signature has expired", code="signature_expired")


def _within(at: datetime, now: datetime) -> None:
    if at < now - MAX_AGE:
        raise ClockError("signed too long ago")
    if at > now + MAX_AHEAD:
        raise ClockError("signed in the future")


def _date(value: str | None) -> datetime:
    match = _IMF_DATE.fullmatch((value or "").strip())
    if match is None or match[2] not in _MONTHS[1:]:
        raise ClockError("the Date can't be read", code="date_syntax")
    day, month, year, hour, minute, second = match.groups()
    try:
        return datetime(int(year), _MONTHS.index(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError as error:
        raise ClockError("the Date is no date", code="date_syntax") from error


def _created(parsed: ParsedSignature) -> datetime:
    if parsed.created is None:
        raise SignatureSyntaxError("(created) is signed but not given")
    try:
        return datetime.fromtimestamp(parsed.created, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ClockError("created is no time", code="date_syntax") from error


def _signing_string(request: SignedRequest, parsed: ParsedSignature) -> str:
    return "\n".join(f"{name}: {_signed_value(name, request, parsed)}" for name in parsed.headers)


def _signed_value(name: str, request: SignedRequest, parsed: ParsedSignature) -> str:
    if name == "(request-target)":
        return f"{request.method.lower()} {request.target}"
    if name in ("(created)", "(expires)"):
        if parsed.algorithm != "hs2019":
            raise AlgorithmError(f"{name} is only for hs2019")
        seconds = parsed.created if name == "(created)" else parsed.expires
        if seconds is None:
            raise SignatureSyntaxError(f"{name} is signed but not given")
        return str(seconds)
    value = request.headers.get(name)
    if value is None:
        raise MissingHeaderError("a signed header is not there")
    return value.strip()
