"""HTTP Message Signatures (RFC 9421): Signature-Input and Signature read, their base spelt out, and made.

Components without parameters are understood: headers, and @method, @target-uri, @authority, @scheme, @request-target,
@path and @query. A label that covers anything else is passed over, as one is that has another algorithm.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import http_sf

from app.federation.wire import digests, uris
from app.federation.wire.errors import AlgorithmError, HostError, MissingHeaderError, SignatureSyntaxError
from app.federation.wire.keys import PrivateKey
from app.federation.wire.signed import Form, ParsedSignature, SignedRequest

MAX_COMPONENTS = 32
LABEL = "sig1"
_ALGORITHMS = ("rsa-v1_5-sha256", "ed25519", "rsa-pss-sha512")
_DERIVED = frozenset(("@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query"))
_LARGEST_SECONDS = 10**11


def split(signature_input: str, signature: str) -> list[tuple[Any, Any]]:
    """What was covered and what was made of it, for each label of which both are there. Raises SignatureSyntaxError."""
    inputs, made = _dictionary(signature_input), _dictionary(signature)
    labels = [label for label in inputs if label in made]
    if not labels:
        raise SignatureSyntaxError("no label is in both Signature-Input and Signature")
    return [(inputs[label], made[label]) for label in labels]


def read(halves: tuple[Any, Any]) -> ParsedSignature:
    """A signature of its halves. Raises SignatureSyntaxError, AlgorithmError."""
    given, made = halves
    items, parameters = given
    if not isinstance(items, list) or not isinstance(made[0], bytes) or not made[0]:
        raise SignatureSyntaxError("not a list of components, or no signature")
    key_id, algorithm = parameters.get("keyid"), parameters.get("alg")
    if not isinstance(key_id, str) or not uris.is_uri(key_id):
        raise SignatureSyntaxError("keyid is no http or https URI")
    if algorithm is not None and algorithm not in _ALGORITHMS:
        raise AlgorithmError("only rsa-v1_5-sha256, rsa-pss-sha512 and ed25519 are verified here")
    return ParsedSignature(
        key_id=key_id,
        algorithms=_ALGORITHMS if algorithm is None else (str(algorithm),),
        headers=_components(items),
        signature=made[0],
        created=_seconds(parameters.get("created")),
        expires=_seconds(parameters.get("expires")),
        form=Form.RFC9421,
        parameters=http_sf.ser([given]),
    )


def message(request: SignedRequest, parsed: ParsedSignature) -> bytes:
    """The signature base (section 2.5). Raises MissingHeaderError where something of it isn't there, HostError."""
    lines = [f'"{name}": {_value(name, request)}' for name in parsed.headers]
    lines.append(f'"@signature-params": {parsed.parameters}')
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
    """Host, Date, Signature-Input, Signature, and Content-Digest where there is a body: over @method, @target-uri and
    content-digest, which is what Mastodon asks for, and over `more` headers.
    """
    parts = urlsplit(url)
    headers = {
        "Host": uris.normal_host(parts.netloc, parts.scheme) or parts.netloc,
        "Date": format_datetime(now.astimezone(UTC), usegmt=True),
    }
    covered = ["@method", "@target-uri"]
    if body is not None:
        headers["Content-Digest"] = digests.content_digest(body)
        covered.append("content-digest")
    headers |= more
    covered += [name.lower() for name in more]
    parameters: dict[str, Any] = {"created": int(now.timestamp()), "keyid": key_id, "alg": private_key.algorithm}
    components: list[Any] = [(name, {}) for name in covered]
    spelt = http_sf.ser([(components, parameters)])
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = SignedRequest.of(method, target, headers.items(), body or b"", parts.scheme)
    parsed = ParsedSignature(key_id, (), tuple(covered), b"", form=Form.RFC9421, parameters=spelt)
    made = base64.b64encode(private_key.sign(message(request, parsed))).decode()
    return {**headers, "Signature-Input": f"{LABEL}={spelt}", "Signature": f"{LABEL}=:{made}:"}


def _dictionary(header: str) -> Mapping[str, Any]:
    try:
        found = http_sf.parse(header.encode("ascii"), tltype="dictionary")
    except (ValueError, OverflowError, OSError) as error:  # the last two: a Date beyond the calendar
        raise SignatureSyntaxError("the Signature-Input or Signature header can't be read") from error
    if not isinstance(found, dict):
        raise SignatureSyntaxError("the Signature-Input or Signature header can't be read")
    return found


def _components(items: list[Any]) -> tuple[str, ...]:
    names = tuple(name for name, _ in items)
    if len(names) > MAX_COMPONENTS or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise SignatureSyntaxError("the covered components can't be read, come twice or are too many")
    if any(parameters for _, parameters in items):
        raise SignatureSyntaxError("components with parameters are not understood here")
    if any(name.startswith("@") and name not in _DERIVED for name in names):
        raise SignatureSyntaxError("a derived component is not understood here")
    return tuple(str(name) for name in names)


def _seconds(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST_SECONDS:
        raise SignatureSyntaxError("created and expires are whole seconds")
    return value


def _value(name: str, request: SignedRequest) -> str:
    path, mark, query = request.target.partition("?")
    match name:
        case "@method":
            return request.method
        case "@target-uri":
            return f"{request.scheme}://{_authority(request)}{request.target}"
        case "@authority":
            return _authority(request)
        case "@scheme":
            return request.scheme
        case "@request-target":
            return request.target
        case "@path":
            return path or "/"
        case "@query":
            return mark + query if mark else "?"
    value = request.headers.get(name)
    if value is None:
        raise MissingHeaderError("a covered header is not there")
    return value.strip()


def _authority(request: SignedRequest) -> str:
    host = uris.normal_host(request.headers.get("host", "").strip(), request.scheme)
    if host is None:
        raise HostError("no usable host")
    return host
