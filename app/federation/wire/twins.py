"""Harmless twins of the outgoing client, for tests: a web that lives in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.federation.wire import uris
from app.federation.wire.client import MAX_REDIRECTS
from app.federation.wire.errors import BodyTooLargeError, FetchError, GoneError, RedirectError, UnreachableError
from app.federation.wire.fetching import (
    MAX_BYTES,
    Avoids,
    Fetched,
    Kind,
    Outgoing,
    Sent,
    check_status,
    check_type,
    check_url,
    is_downgrade,
    most_bytes,
)
from app.federation.wire.knocking import Knock, Signer
from app.federation.wire.signed import Form


@dataclass
class Page:
    """What stands at an address of the FakeWeb."""

    body: bytes = b""
    content_type: str = "application/activity+json"
    status: int = 200
    location: str | None = None
    failure: FetchError | None = None
    wants: Form | None = None
    """The only form of signature that is read here, if there is one."""
    etag: str = ""

    def status_for(self, headers: Mapping[str, str]) -> int:
        """What a request with these headers is answered."""
        form = Form.RFC9421 if "Signature-Input" in headers else Form.CAVAGE
        return 401 if self.wants is not None and form is not self.wants else self.status


@dataclass
class FakeWeb:
    """A Fetcher and a Poster over pages in memory; it remembers what was asked and sent.

    An unknown host is unreachable, an unknown page of a known host is gone. Inboxes answer 202 unless a page
    with another status, or a failure, was put there.
    """

    scheme: str = "https"
    max_bytes: int = MAX_BYTES
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[Outgoing] = field(default_factory=list)
    signatures: list[dict[str, str]] = field(default_factory=list)

    def put(self, url: str, document: dict[str, Any], content_type: str = "application/activity+json") -> None:
        """A JSON document at an address."""
        self.pages[url] = Page(orjson.dumps(document), content_type)

    def fail(self, url: str, failure: FetchError) -> None:
        """From now on this address fails so, for GET and POST."""
        self.pages[url] = Page(failure=failure)

    def redirect(self, url: str, location: str) -> None:
        """From now on this address redirects."""
        self.pages[url] = Page(status=302, location=location)

    def get(
        self,
        url: str,
        kind: Kind = Kind.ACTIVITY,
        *,
        signer: Signer | None = None,
        avoids: Avoids | None = None,
        unless: str | None = None,
    ) -> Fetched:
        """As HttpClient.get."""
        for _ in range(MAX_REDIRECTS + 1):
            check_url(url, self.scheme, avoids)
            page, status = self._asked(url, signer)
            if page.location is None:
                check_status(304 if unless and unless == page.etag else status, {})
                check_type(page.content_type, kind)
                if len(page.body) > most_bytes(kind, self.max_bytes):
                    raise BodyTooLargeError(f"more than {most_bytes(kind, self.max_bytes)} bytes")
                return Fetched(url, page.content_type, page.body, page.etag)
            if is_downgrade(url, page.location):
                raise RedirectError("from https to http")
            url = page.location
        raise RedirectError("too many redirects")

    async def post(self, outgoing: Outgoing) -> Sent:
        """As AsyncHttpClient.post."""
        try:
            check_url(outgoing.url, self.scheme)
            page = self.pages.get(outgoing.url, Page(status=202))
            status = self._knocked(page, Knock(outgoing.signer, "POST", outgoing.url, outgoing.body))
            if page.failure is not None:
                raise page.failure
            if page.location is not None:
                raise RedirectError("an inbox that redirects")
            check_status(status, {})
        except FetchError as error:
            return Sent(outgoing.url, error=error)
        self.sent.append(outgoing)
        return Sent(outgoing.url, status=page.status)

    async def post_many(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """As AsyncHttpClient.post_many."""
        return [await self.post(outgoing) for outgoing in batch]

    def _asked(self, url: str, signer: Signer | None) -> tuple[Page, int]:
        knock = Knock(signer, "GET", url)
        known = self.pages.get(url.partition("#")[0], Page())
        self.asked.append(url)
        status = self._knocked(known, knock)
        return self._page(url), status

    def _knocked(self, page: Page, knock: Knock) -> int:
        status: int | None = None
        while status is None:
            headers = knock.headers()
            self.signatures.append(dict(headers))
            status = knock.answered(page.status_for(headers), {})
        return status

    def _page(self, url: str) -> Page:
        page = self.pages.get(url.partition("#")[0])
        if page is None:
            host = uris.origin(url)
            if any(uris.origin(known) == host for known in self.pages):
                raise GoneError("it isn't there", answered=404)
            raise UnreachableError("no such name")
        if page.failure is not None:
            raise page.failure
        return page


@dataclass
class FakeResolver:
    """A Resolver that knows only what it was told; an entry with several answers gives them one after another."""

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """The next answer for the host; the last one is repeated. Raises OSError for unknown names."""
        self.looked_up.append(host)
        answers = self.names.get(host)
        if answers is None:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]
