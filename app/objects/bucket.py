"""The few things that are asked of a bucket: put, get, look, list, remove. Each is signed; none follows a redirect."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Final

import httpx

from app.clock import Clock, SystemClock
from app.objects import signing
from app.objects.place import Place

TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)
ANONYMOUS: Final = httpx.Timeout(10.0)
_CHUNK: Final = 1024 * 1024
_LISTED: Final = re.compile(r"<Contents>(.*?)</Contents>", re.DOTALL)
_NEXT: Final = re.compile(r"<NextContinuationToken>([^<]*)</NextContinuationToken>")
_CODE: Final = re.compile(r"<Code>([A-Za-z0-9]{1,64})</Code>")
_GONE: Final = 404


class BucketError(OSError):
    """The store doesn't answer, or not with a yes; like a disk that is full or broken."""


class Bucket:
    """One bucket, for any number of threads of a process. Names are below the folder that is ours."""

    def __init__(self, place: Place, clock: Clock | None = None, client: httpx.Client | None = None) -> None:
        self.place = place
        self._clock = clock or SystemClock()
        self._client = client or httpx.Client(timeout=TIMEOUT, follow_redirects=False)

    def put(self, name: str, body: bytes | Path, media_type: str = "application/octet-stream") -> None:
        """Write an object, whole or not at all. Raises BucketError."""
        more, url = {"content-type": media_type}, self._url(name)
        if isinstance(body, bytes):
            answer = self._ask("PUT", url, content=body, more=more)
        else:
            answer = self._send(url, body, more)
        self._require(answer, "put", name)

    def get(self, name: str) -> bytes | None:
        """An object; None where there is none. Raises BucketError."""
        answer = self._ask("GET", self._url(name))
        if _is_gone(answer):
            return None
        self._require(answer, "get", name)
        return answer.content

    def fetch(self, name: str, to: Path) -> bool:
        """Write an object to a file, which is there once it is whole; False where there is none. Raises BucketError."""
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = to.with_name(f"{to.name}.{secrets.token_hex(4)}.part")
        url = self._url(name)
        try:
            with _answering(), self._client.stream("GET", url, headers=self._headers("GET", url)) as answer:
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    if _is_gone(answer):
                        return False
                    self._require(answer, "get", name)
                with partial.open("xb") as file:
                    for chunk in answer.iter_bytes(_CHUNK):
                        file.write(chunk)
            partial.replace(to)
        finally:
            partial.unlink(missing_ok=True)
        return True

    def size(self, name: str) -> int | None:
        """How many bytes an object has; None where there is none. Raises BucketError."""
        answer = self._ask("HEAD", self._url(name))
        if answer.status_code == _GONE:
            return None
        self._require(answer, "look", name)
        return int(answer.headers.get("content-length", "0"))

    def remove(self, name: str) -> None:
        """Delete an object; it's no trouble if it is gone already. Raises BucketError."""
        answer = self._ask("DELETE", self._url(name))
        if answer.status_code != _GONE:
            self._require(answer, "remove", name)

    def listed(self, start: str) -> Iterator[tuple[str, int]]:
        """Names that begin so, in order, with their sizes in bytes. Raises BucketError."""
        token: str | None = None
        while True:
            asked = {"list-type": "2", "prefix": self.place.prefix + start}
            asked |= {"continuation-token": token} if token is not None else {}
            answer = self._ask("GET", f"{self._url('', bare=True)}?{signing.query(asked)}")
            self._require(answer, "list", start)
            for each in _LISTED.findall(answer.text):
                yield unescape(_inner("Key", each)).removeprefix(self.place.prefix), int(_inner("Size", each))
            found = _NEXT.search(answer.text)
            if found is None:
                return
            token = unescape(found[1])

    def is_open(self, name: str) -> bool:
        """Whether anybody may read this object without a key. Raises BucketError."""
        with _answering():
            answer = httpx.get(self._url(name), timeout=ANONYMOUS, follow_redirects=False)
        return answer.status_code == httpx.codes.OK

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def _url(self, name: str, *, bare: bool = False) -> str:
        here = f"{self.place.endpoint}/{self.place.bucket}"
        return here if bare else f"{here}/{self.place.prefix}{name}"

    def _headers(
        self, method: str, url: str, content: bytes = b"", more: dict[str, str] | None = None
    ) -> dict[str, str]:
        digest = hashlib.sha256(content).hexdigest()
        return signing.headers(self.place, method, url, digest, self._clock.now(), more)

    def _ask(self, method: str, url: str, content: bytes = b"", more: dict[str, str] | None = None) -> httpx.Response:
        given = self._headers(method, url, content, more)
        with _answering():
            return self._client.request(method, url, content=content or None, headers=given)

    def _send(self, url: str, file: Path, more: dict[str, str]) -> httpx.Response:
        """Put a file that needn't fit into memory."""
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            content.seek(0)
            given = signing.headers(self.place, "PUT", url, digest, self._clock.now(), more)
            with _answering():
                return self._client.put(url, content=content, headers=given)

    @staticmethod
    def _require(answer: httpx.Response, deed: str, name: str) -> None:
        if not answer.is_success:
            found = _CODE.search(answer.text)
            code = found[1] if found else f"status {answer.status_code}"
            raise BucketError(f"S3 refuses to {deed} {name or 'anything'}: {code}")


@contextmanager
def _answering() -> Iterator[None]:
    """What the client raises becomes an error of ours."""
    try:
        yield
    except httpx.HTTPError as error:
        raise BucketError(f"S3 doesn't answer: {error or type(error).__name__}") from error


def _is_gone(answer: httpx.Response) -> bool:
    """Whether the object isn't there; that the whole bucket isn't is an error."""
    return answer.status_code == _GONE and "<Code>NoSuchBucket</Code>" not in answer.text


def _inner(tag: str, text: str) -> str:
    found = re.search(f"<{tag}>([^<]*)</{tag}>", text)
    if found is None:
        raise BucketError(f"S3's list has no {tag}")
    return found[1]


@lru_cache(maxsize=4)
def of(place: Place) -> Bucket:
    """The one of this process."""
    return Bucket(place)
