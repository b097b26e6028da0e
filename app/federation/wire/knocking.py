"""Knocking twice: a request is signed in the form that its host is known to take, and once more in the other one where
that is refused. Both clients ask this for the headers to send and tell it what was answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from app.federation.wire import uris
from app.federation.wire.signed import Form

REFUSED = frozenset((400, 401, 403))
"""Answers that a signature of another form may change."""
_TAKEN = frozenset((404, 410))
_NO_HEADERS: Mapping[str, str] = {}


class Signer(Protocol):
    """Signs requests in somebody's name, and knows which form a host wants."""

    def form(self, host: str) -> Form:
        """The form to begin with."""

    def sign(self, method: str, url: str, body: bytes | None, form: Form) -> Mapping[str, str]:
        """The headers that sign this request."""

    def learn(self, host: str, form: Form) -> None:
        """This host took this form, and not the one that it was offered first, or says that it prefers it."""


class Knock:
    """One request to one address, tried at most twice."""

    def __init__(self, signer: Signer | None, method: str, url: str, body: bytes | None = None) -> None:
        self._signer, self._method, self._url, self._body = signer, method, url, body
        self._host = uris.origin(url) or ""
        self._form = signer.form(self._host) if signer is not None else Form.CAVAGE
        self._refusal: int | None = None

    def headers(self) -> Mapping[str, str]:
        """Those that sign the next try; none where nobody signs."""
        if self._signer is None:
            return _NO_HEADERS
        return self._signer.sign(self._method, self._url, self._body, self._form)

    def answered(self, status: int, headers: Mapping[str, str]) -> int | None:
        """The status that counts, or None: try once more. Where both forms are refused, the first refusal counts."""
        if self._signer is None:
            return status
        if self._refusal is None and status in REFUSED:
            self._refusal, self._form = status, self._form.other
            return None
        if self._refusal is not None and status in REFUSED:
            return self._refusal
        taken = status < 400 or status in _TAKEN
        if taken and self._refusal is not None:
            self._signer.learn(self._host, self._form)
        elif taken and self._form is Form.CAVAGE and "accept-signature" in headers:
            self._signer.learn(self._host, Form.RFC9421)
        return status
