"""The values of signing: a request as it came, a signature as it was read, and the two forms that one can have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.federation.wire.errors import MissingHeaderError

_ONCE = frozenset(("host", "date", "digest", "content-digest", "content-type"))


class Form(StrEnum):
    """How a request is signed. The words are stored."""

    CAVAGE = "cavage"
    """draft-cavage-http-signatures-12, which nearly everybody reads."""
    RFC9421 = "rfc9421"

    @property
    def other(self) -> Form:
        """What to try when a host refuses this one."""
        return Form.RFC9421 if self is Form.CAVAGE else Form.CAVAGE


@dataclass(frozen=True, slots=True)
class ParsedSignature:
    """A signature of a request, read but not believed.

    `headers` are what is covered, in order: names of headers, and in their places `(request-target)`, `(created)`,
    `(expires)` or RFC 9421's derived components. `algorithms` are those that may have made it. `parameters` is
    RFC 9421's @signature-params, in its one spelling.
    """

    key_id: str
    algorithms: tuple[str, ...]
    headers: tuple[str, ...]
    signature: bytes
    created: int | None = None
    expires: int | None = None
    form: Form = Form.CAVAGE
    parameters: str = ""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came. `target` is the raw path with its query; header names are in lower case; `scheme` is the
    one by which the world knows us, whatever a proxy speaks to us.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    scheme: str = "https"

    @classmethod
    def of(
        cls, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes = b"", scheme: str = "https"
    ) -> SignedRequest:
        """The same from header pairs. Raises MissingHeaderError where one that counts came twice; signatures may."""
        found: dict[str, str] = {}
        for name, value in headers:
            key = name.lower()
            if key in found and key in _ONCE:
                raise MissingHeaderError("a header came twice", code="header_twice")
            found[key] = f"{found[key]}, {value}" if key in found else value
        return cls(method.upper(), target, found, body, scheme)

    @property
    def has_body(self) -> bool:
        """Whether a digest must be signed: also for the empty body of a POST."""
        return bool(self.body) or self.method not in ("GET", "HEAD")
