"""HTTP signatures after draft-cavage-http-signatures-12, as the fediverse uses them: read, spelt out, made.

rsa-sha256, or hs2019, which says that the key knows: for RSA that is PKCS #1 v1.5 with SHA-256 to most and SHA-512 to
some, and Ed25519 for an Ed25519 key. Several signatures may stand in one header, or in several.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from app.federation.wire import digests, uris
from app.federation.wire.errors import AlgorithmError, MissingHeaderError, SignatureSyntaxError
from app.federation.wire.keys import PrivateKey
from app.federation.wire.signed import Form, ParsedSignature, SignedRequest

MAX_SIGNED_HEADERS = 32

_PARAMETER = re.compile(r'\s*([A-Za-z]{1,20})=(?:"([^"\\\x00-\x1f]*)"|([0-9.-]{1,20}))\s*(?:,|$)')
_HEADER_NAME = re.compile(r"\((?:request-target|created|expires)\)|[a-z0-9!#$%&'*+.^_`|~-]{1,64}")
_SECONDS = re.compile(r"-?[0-9]{1,11}")
_ALGORITHMS: Mapping[str | None, tuple[str, ...]] = {
    None: ("rsa-v1_5-sha256", "ed25519"),
    "rsa-sha256": ("rsa-v1_5-sha256",),
    "rsa-sha512": ("rsa-v1_5-sha512",),
    "ed25519": ("ed25519",),
    "hs2019": ("rsa-v1_5-sha256", "rsa-v1_5-sha512", "ed25519"),
}
_OF_RSA = ("rsa-sha256", "rsa-sha512")


def split(header: str) -> list[dict[str, str]]:
    """The parameters of each signature in a Signature header: the next one begins where a name comes again.

    Raises SignatureSyntaxError.
    """
    groups: list[dict[str, str]] = [{}]
    position = 0
    header = header.strip()
    while position < len(header):
        match = _PARAMETER.match(header, position)
        if match is None:
            raise SignatureSyntaxError("the Signature header can't be read")
        if match[1] in groups[-1]:
            groups.append({})
        groups[-1][match[1]] = match[2] if match[2] is not None else match[3]
        position = match.end()
    return groups


def read(parameters: Mapping[str, str]) -> ParsedSignature:
    """A signature of its parameters. Raises SignatureSyntaxError, AlgorithmError."""
    name = parameters.get("algorithm")
    algorithm = name.lower() if name is not None else None
    if algorithm not in _ALGORITHMS:
        raise AlgorithmError("only rsa-sha256, hs2019 and ed25519 are verified here")
    key_id = parameters.get("keyId", "")
    if not uris.is_uri(key_id):
        raise SignatureSyntaxError("keyId is no http or https URI")
    headers = _signed_headers(parameters.get("headers", ""))
    if algorithm in _OF_RSA and ("(created)" in headers or "(expires)" in headers):
        raise AlgorithmError("(created) and (expires) are only for hs2019")
    return ParsedSignature(
        key_id=key_id,
        algorithms=_ALGORITHMS[algorithm],
        headers=headers,
        signature=_signature_bytes(parameters.get("signature", "")),
        created=_seconds(parameters.get("created")),
        expires=_seconds(parameters.get("expires")),
        form=Form.CAVAGE,
    )


def message(request: SignedRequest, parsed: ParsedSignature, *, with_query: bool = True) -> bytes:
    """What was signed. Raises MissingHeaderError where something of it isn't there."""
    lines = [f"{name}: {_value(name, request, parsed, with_query)}" for name in parsed.headers]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def sign(
    method: str,
    url: str,
    body: bytes | None,
    *,
    key_id: str,
    private_key: PrivateKey,
    now: datetime,
    more: Mapping[str, str],
) -> dict[str, str]:
    """Host, Date, Signature, and Digest where there is a body: over (request-target), host, date, digest and `more`
    headers, with rsa-sha256, which every server takes (hs2019 for an Ed25519 key).
    """
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Host": uris.normal_host(parts.netloc, parts.scheme) or parts.netloc,
        "Date": format_datetime(now.astimezone(UTC), usegmt=True),
    }
    if body is not None:
        headers["Digest"] = digests.digest(body)
    headers |= more
    lines = [f"(request-target): {method.lower()} {target}"]
    lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
    names = " ".join(("(request-target)", *(name.lower() for name in headers)))
    made = base64.b64encode(private_key.sign("\n".join(lines).encode())).decode()
    algorithm = "rsa-sha256" if private_key.algorithm == "rsa-v1_5-sha256" else "hs2019"
    headers["Signature"] = f'keyId="{key_id}",algorithm="{algorithm}",headers="{names}",signature="{made}"'
    return headers


def _signed_headers(value: str) -> tuple[str, ...]:
    # The draft's default, when the list is absent, signs too little to be accepted: `signatures.check` will say so.
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


def _seconds(value: str | None) -> int | None:
    if value is None:
        return None
    if not _SECONDS.fullmatch(value):
        raise SignatureSyntaxError("created and expires are whole seconds")
    return int(value)


def _value(name: str, request: SignedRequest, parsed: ParsedSignature, with_query: bool) -> str:
    if name == "(request-target)":
        return f"{request.method.lower()} {request.target if with_query else request.target.partition('?')[0]}"
    if name in ("(created)", "(expires)"):
        seconds = parsed.created if name == "(created)" else parsed.expires
        if seconds is None:
            raise SignatureSyntaxError(f"{name} is signed but not given")
        return str(seconds)
    value = request.headers.get(name)
    if value is None:
        raise MissingHeaderError("a signed header is not there")
    return value.strip()
