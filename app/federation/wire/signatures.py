"""HTTP signatures of both forms, made and verified: draft-cavage as deployed, and RFC 9421.

What is asked of a signature is what Mastodon asks, so that whoever federates with it federates with us: method, path,
host, a date (Date or created) and, where there is a body, its digest must be signed; the date may be 12 hours old
(queues of busy servers) and an hour ahead (clocks). Of several signatures any that is good counts. A replay within
the window is the caller's to notice, by the activity's id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from app.federation.wire import cavage, rfc9421, uris
from app.federation.wire.digests import check_content_digest, check_digest, digest
from app.federation.wire.errors import (
    ClockError,
    ForgedError,
    HostError,
    MissingSignatureError,
    SignatureError,
    SignatureSyntaxError,
    UnsignedHeaderError,
)
from app.federation.wire.keys import PrivateKey, PublicKey, load_private_key, load_public_key, make_key_pair
from app.federation.wire.signed import Form, ParsedSignature, SignedRequest

__all__ = [
    "MAX_AGE",
    "MAX_AHEAD",
    "Form",
    "ParsedSignature",
    "PrivateKey",
    "PublicKey",
    "SignedRequest",
    "check",
    "check_all",
    "check_digest",
    "check_key",
    "digest",
    "load_private_key",
    "load_public_key",
    "make_key_pair",
    "parse_signatures",
    "sign",
    "verify",
]

MAX_AGE = timedelta(hours=12)
MAX_AHEAD = timedelta(hours=1)
MAX_HEADER = 8192
MAX_SIGNATURES = 3
"""Of one request; more aren't looked at, as each may cost a key and a verification."""
HEADERS = ("signature", "signature-input")
"""Where signatures stand."""

_Part = TypeVar("_Part")
_IMF_DATE = re.compile(r"[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT")
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_AUTHORITIES = ("@authority", "@target-uri", "host")
_PATHS = ("@path", "@target-uri", "@request-target")


def parse_signatures(request: SignedRequest) -> tuple[ParsedSignature, ...]:
    """The signatures that can be read, at least one. Raises the first one's SignatureError where none can be."""
    header, signature_input = request.headers.get("signature"), request.headers.get("signature-input")
    if not header:
        raise MissingSignatureError("the request is not signed")
    if len(header) + len(signature_input or "") > MAX_HEADER:
        raise SignatureSyntaxError("the Signature header is too long")
    if signature_input is not None:
        return _readable(rfc9421.split(signature_input, header), rfc9421.read)
    return _readable(cavage.split(header), cavage.read)


def check_all(
    request: SignedRequest, signatures: Sequence[ParsedSignature], *, now: datetime, expected_host: str
) -> tuple[ParsedSignature, ...]:
    """Those that pass `check`, at least one. Raises the first one's SignatureError where none does."""
    passed: list[ParsedSignature] = []
    first: SignatureError | None = None
    for parsed in signatures:
        try:
            check(request, parsed, now=now, expected_host=expected_host)
        except SignatureError as error:
            first = first or error
        else:
            passed.append(parsed)
    if first is not None and not passed:
        raise first
    return tuple(passed)


def verify(request: SignedRequest, public_key: PublicKey, *, now: datetime, expected_host: str) -> ParsedSignature:
    """The signature, once it is certain that the key made it over this very request, now, for this host.

    `expected_host` is our host[:port]. Raises SignatureError. Cheap checks come first, so that junk costs no RSA.
    """
    signatures = check_all(request, parse_signatures(request), now=now, expected_host=expected_host)
    for parsed in signatures[:-1]:
        if is_made_by(public_key, request, parsed):
            return parsed
    check_key(request, signatures[-1], public_key)
    return signatures[-1]


def check(request: SignedRequest, parsed: ParsedSignature, *, now: datetime, expected_host: str) -> None:
    """Everything about a signature that can be known without its key. Raises SignatureError."""
    if parsed.form is Form.CAVAGE:
        _require_cavage(request, parsed.headers)
    else:
        _require_rfc9421(request, parsed)
    _check_host(request, expected_host)
    _check_clock(request, parsed, now)
    if request.has_body:
        _check_digests(request, parsed.headers)
    _message(request, parsed)


def check_key(request: SignedRequest, parsed: ParsedSignature, public_key: PublicKey) -> None:
    """Whether the key made the signature, and nothing else: see `check`. Raises SignatureError."""
    if not is_made_by(public_key, request, parsed):
        raise ForgedError("the signature was not made by this key over this request")


def is_made_by(public_key: PublicKey, request: SignedRequest, parsed: ParsedSignature) -> bool:
    """The same as an answer, for a signature that passed `check`."""
    if public_key.made(parsed.signature, _message(request, parsed), parsed.algorithms):
        return True
    if parsed.form is Form.RFC9421 or "?" not in request.target:
        return False
    # Some servers leave the query out of what they sign.
    bare = cavage.message(request, parsed, with_query=False)
    return public_key.made(parsed.signature, bare, parsed.algorithms)


def sign(
    method: str,
    url: str,
    body: bytes | None,
    *,
    key_id: str,
    private_key: PrivateKey,
    now: datetime,
    form: Form = Form.CAVAGE,
    more: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """The headers to send along: Host, Date, `more`, and the signature of that form, which covers them all."""
    made_by = cavage.sign if form is Form.CAVAGE else rfc9421.sign
    return made_by(method, url, body, key_id=key_id, private_key=private_key, now=now, more=more)


def _message(request: SignedRequest, parsed: ParsedSignature) -> bytes:
    """What was signed. Raises SignatureError where something of it isn't there."""
    if parsed.form is Form.RFC9421:
        return rfc9421.message(request, parsed)
    return cavage.message(request, parsed)


def _readable(parts: Sequence[_Part], read: Callable[[_Part], ParsedSignature]) -> tuple[ParsedSignature, ...]:
    found: list[ParsedSignature] = []
    first: SignatureError | None = None
    for part in parts[:MAX_SIGNATURES]:
        try:
            found.append(read(part))
        except SignatureError as error:
            first = first or error
    if first is not None and not found:
        raise first
    return tuple(found)


def _require_cavage(request: SignedRequest, signed: Sequence[str]) -> None:
    for name in ("(request-target)", "host"):
        if name not in signed:
            raise UnsignedHeaderError(f"{name} is not signed")
    if request.has_body and "digest" not in signed and "content-digest" not in signed:
        raise UnsignedHeaderError("digest is not signed")
    if "date" not in signed and "(created)" not in signed:
        raise UnsignedHeaderError("neither date nor (created) is signed")


def _require_rfc9421(request: SignedRequest, parsed: ParsedSignature) -> None:
    covered = parsed.headers
    if "@method" not in covered:
        raise UnsignedHeaderError("@method is not covered")
    if not any(name in covered for name in _AUTHORITIES):
        raise UnsignedHeaderError("neither @target-uri nor @authority is covered")
    if not any(name in covered for name in _PATHS):
        raise UnsignedHeaderError("neither @target-uri nor @path is covered")
    if request.has_body and "digest" not in covered and "content-digest" not in covered:
        raise UnsignedHeaderError("content-digest is not covered")
    if parsed.created is None and "date" not in covered:
        raise UnsignedHeaderError("there is no created, and date is not covered")


def _check_digests(request: SignedRequest, signed: Sequence[str]) -> None:
    if "digest" in signed:
        check_digest(request.headers.get("digest"), request.body)
    if "content-digest" in signed:
        check_content_digest(request.headers.get("content-digest"), request.body)


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
    if "(created)" in parsed.headers or (parsed.form is Form.RFC9421 and parsed.created is not None):
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
