"""What fetching and posting mean, whoever does it: the Protocols, their values, and the rules for URLs and types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from app.federation.wire import documents, uris
from app.federation.wire.addresses import is_literal
from app.federation.wire.errors import (
    BadStatusError,
    ContentTypeError,
    DocumentError,
    FetchedDocumentError,
    FetchError,
    GoneError,
    RefusedUrlError,
)
from app.federation.wire.knocking import Signer

AS_PROFILE = "https://www.w3.org/ns/activitystreams"
_PROFILE = re.compile(r'(?:^|;)\s*profile="?([^";]*)', re.IGNORECASE)
AS_TYPE = f'application/ld+json; profile="{AS_PROFILE}"'


Avoids = Callable[[str], bool]
"""Whether nothing is asked of a host."""


class Kind(Enum):
    """What is asked for; the value is the Accept header."""

    ACTIVITY = f"application/activity+json, {AS_TYPE}"
    JRD = "application/jrd+json, application/json"
    JSON = "application/json"
    HTML = "text/html, application/xhtml+xml"
    PICTURE = "image/webp, image/avif, image/png, image/jpeg, image/gif, image/*;q=0.5"
    RECORDING = "video/*, audio/*;q=0.9"
    LIST = "application/activity+json, application/json, text/csv, text/plain;q=0.8"
    """A list of servers."""
    ANY = "*/*"


MAX_BYTES = 1024 * 1024
MAX_PICTURE_BYTES = 12 * 1024 * 1024
MAX_LIST_BYTES = 8 * 1024 * 1024
MAX_RECORDING_BYTES = 64 * 1024 * 1024
RECORDING_SECONDS = 180.0
_STORES = ("application/octet-stream", "binary/octet-stream", "")
"""Stores of files often don't know what they have; what it really is, is found when it's looked at."""


_LISTS = (
    *("application/json", "application/ld+json", "application/activity+json", "application/csv", "application/jsonl"),
    *_STORES,
)


def most_bytes(kind: Kind, documents_limit: int = MAX_BYTES) -> int:
    """How large an answer may be."""
    own = {Kind.PICTURE: MAX_PICTURE_BYTES, Kind.RECORDING: MAX_RECORDING_BYTES, Kind.LIST: MAX_LIST_BYTES}
    return own.get(kind, documents_limit)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of 200, within bounds. `url` is where it came from in the end."""

    url: str
    content_type: str
    body: bytes = field(repr=False)
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One POST: an activity to an inbox, with its signer; or something else, as its `headers` say."""

    url: str
    body: bytes = field(repr=False)
    signer: Signer | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of an Outgoing: the status of a 2xx answer, or why it failed."""

    url: str
    status: int | None = None
    error: FetchError | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the other side took it."""
        return self.error is None


class Fetcher(Protocol):
    """Gets documents from other servers."""

    def get(
        self,
        url: str,
        kind: Kind = Kind.ACTIVITY,
        *,
        signer: Signer | None = None,
        avoids: Avoids | None = None,
        unless: str | None = None,
    ) -> Fetched:
        """A document of that kind. Hosts that the caller `avoids` aren't asked, whoever redirects to them. Raises
        FetchError; where the document's ETag is still `unless`, a BadStatusError that `answered` 304.
        """


class Poster(Protocol):
    """Sends activities to other servers."""

    async def post(self, outgoing: Outgoing) -> Sent:
        """Send one. Never raises FetchError: it is in the answer."""

    async def post_many(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Send many, in the batch's order in the result."""


def fetch_json(
    fetcher: Fetcher, url: str, kind: Kind = Kind.ACTIVITY, *, signer: Signer | None = None
) -> dict[str, Any]:
    """The JSON object at a URL. Raises FetchError."""
    return load(fetcher.get(url, kind, signer=signer))


def fetch_object(fetcher: Fetcher, uri: str, *, signer: Signer | None = None) -> dict[str, Any]:
    """The ActivityStreams document that lives at `uri`, with an `id` that is really its own.

    A document whose id isn't the address that it came from is fetched once more, from its id, and must then
    agree: otherwise any page of a host could speak in the name of any other. A key's id leads to its owner in
    this way, be it a fragment of the actor or a document of its own. Raises FetchError.
    """
    fetched = fetcher.get(_page(uri), Kind.ACTIVITY, signer=signer)
    document = load(fetched)
    own_id = document.get("id")
    if isinstance(own_id, str) and _page(own_id) == fetched.url:
        return document
    if not isinstance(own_id, str) or not uris.is_uri(own_id):
        raise FetchedDocumentError("the document has no usable id")
    again = fetcher.get(_page(own_id), Kind.ACTIVITY, signer=signer)
    document = load(again)
    if document.get("id") != own_id or not uris.same_origin(again.url, own_id):
        raise FetchedDocumentError("the document is not what its id says")
    return document


def _page(uri: str) -> str:
    """The URI without its fragment, which is never sent."""
    return uri.partition("#")[0]


def load(fetched: Fetched) -> dict[str, Any]:
    """The JSON object in an answer. Raises FetchedDocumentError."""
    try:
        return documents.load(fetched.body)
    except DocumentError as error:
        raise FetchedDocumentError(f"no acceptable document: {error}", code=error.code) from error


def check_url(url: str, scheme: str, avoids: Avoids | None = None) -> None:
    """Whether we fetch such a URL: https only, unless our own `scheme` is http (tests), and then addresses
    may stand for names, too; and no host that the caller `avoids`. Raises RefusedUrlError.
    """
    host = uris.origin(url)
    if host is None:
        raise RefusedUrlError("not a URL that we fetch")
    if avoids is not None and avoids(host):
        raise RefusedUrlError("a host that is not asked")
    if scheme == "http":
        return
    if url[:6].lower() != "https:":
        raise RefusedUrlError("not https")
    if is_literal(_without_port(host)):
        raise RefusedUrlError("an address in place of a name")


def is_downgrade(url: str, target: str) -> bool:
    """Whether a redirect leads from https to http: refused even where our own scheme is http."""
    return url[:6].lower() == "https:" and target[:6].lower() != "https:"


def _without_port(host: str) -> str:
    return host if host.startswith("[") else host.partition(":")[0]


def check_status(status: int, headers: Mapping[str, str]) -> None:
    """Raises GoneError or BadStatusError for anything but 2xx."""
    if 200 <= status < 300:
        return
    if status in (404, 410):
        raise GoneError("it isn't there", answered=status)
    raise BadStatusError(f"answered {status}", answered=status, retry_after=_retry_after(headers))


def _retry_after(headers: Mapping[str, str]) -> int | None:
    value = headers.get("retry-after", "").strip()
    return min(int(value), 7 * 86400) if re.fullmatch(r"[0-9]{1,9}", value) else None


def check_type(header: str, kind: Kind) -> None:
    """Whether a Content-Type is what was asked for. Raises ContentTypeError."""
    if kind is Kind.ANY:
        return
    essence, _, parameters = header.partition(";")
    essence = essence.strip().lower()
    if kind is Kind.ACTIVITY:
        # Without the profile it may be anything that somebody uploaded as JSON-LD.
        fits = essence == "application/activity+json" or (
            essence == "application/ld+json" and AS_PROFILE in _profiles(parameters)
        )
    elif kind is Kind.PICTURE:
        fits = essence.startswith("image/") or essence in _STORES
    elif kind is Kind.RECORDING:
        fits = essence.startswith(("video/", "audio/")) or essence in ("application/ogg", *_STORES)
    elif kind is Kind.LIST:
        fits = (essence.startswith("text/") and essence != "text/html") or essence in _LISTS
    elif kind is Kind.HTML:
        fits = essence in ("text/html", "application/xhtml+xml")
    else:
        fits = essence in ("application/json", "application/jrd+json") or (
            kind is Kind.JRD and essence == "application/activity+json"
        )
    if not fits:
        raise ContentTypeError("another kind of document than was asked for")


def _profiles(parameters: str) -> list[str]:
    match = _PROFILE.search(parameters)
    return match[1].split() if match else []


def per_host(batch: Iterable[Outgoing]) -> dict[str, list[int]]:
    """The positions in a batch by host, so that one host's slowness holds up only its own."""
    found: dict[str, list[int]] = {}
    for position, outgoing in enumerate(batch):
        found.setdefault(uris.origin(outgoing.url) or "", []).append(position)
    return found
