"""The outgoing HTTP client: to public addresses only, bounded in bytes, time, redirects and kinds of documents."""

from __future__ import annotations

import asyncio
import importlib.util
import ssl
import sys
import zlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any

import httpcore
import httpx

from app.federation.wire.addresses import Network
from app.federation.wire.errors import (
    BodyTooLargeError,
    EncodingError,
    FetchError,
    FetchTimeoutError,
    RedirectError,
    UnreachableError,
)
from app.federation.wire.fetching import (
    AS_TYPE,
    MAX_BYTES,
    RECORDING_SECONDS,
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
    per_host,
)
from app.federation.wire.knocking import Knock, Signer
from app.federation.wire.network import (
    AsyncGuardedBackend,
    Deadline,
    GuardedBackend,
    Resolver,
    SystemResolver,
)

if importlib.util.find_spec("sniffio") is None:
    # httpcore imports it for each request if it's there; that it isn't would be found out on the disk each time.
    sys.modules["sniffio"] = None  # type: ignore[assignment]

MAX_REDIRECTS = 3
TIMEOUT_SECONDS = 10.0
READ_TIMEOUT_SECONDS = 5.0
KEPT_SECONDS = 15.0
USER_AGENT = "Ostiary/0.1"
_REDIRECTS = frozenset((301, 302, 303, 307, 308))


class HttpClient:
    """A Fetcher over the real network, for one thread or many: each fetch has its own connection."""

    def __init__(
        self,
        *,
        scheme: str = "https",
        allowed_networks: Sequence[Network] = (),
        user_agent: str = USER_AGENT,
        max_bytes: int = MAX_BYTES,
        timeout_seconds: float = TIMEOUT_SECONDS,
        read_seconds: float = READ_TIMEOUT_SECONDS,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """At most `timeout_seconds` for a document with its redirects, of which `read_seconds` without a byte."""
        self._scheme = scheme
        self._allowed = tuple(allowed_networks)
        self._user_agent = user_agent
        self._max_bytes = max_bytes
        self._timeout_seconds = timeout_seconds
        self._read_seconds = read_seconds
        self._resolver = resolver or SystemResolver()
        self._ssl_context = ssl_context or httpx.create_ssl_context()

    def get(
        self,
        url: str,
        kind: Kind = Kind.ACTIVITY,
        *,
        signer: Signer | None = None,
        avoids: Avoids | None = None,
        unless: str | None = None,
    ) -> Fetched:
        """A document of that kind, after at most MAX_REDIRECTS. Raises FetchError."""
        deadline = Deadline(RECORDING_SECONDS if kind is Kind.RECORDING else self._timeout_seconds)
        with _translated(), self._client(deadline) as client:
            for _ in range(MAX_REDIRECTS + 1):
                check_url(url, self._scheme, avoids)
                found = self._ask(client, Knock(signer, "GET", url), url, kind, unless)
                if isinstance(found, Fetched):
                    return found
                if is_downgrade(url, found):
                    raise RedirectError("from https to http")
                url = found
        raise RedirectError("too many redirects")

    def post(self, url: str, body: bytes, kind: Kind = Kind.JSON) -> Fetched:
        """The answer to a POST of JSON, within the same bounds; redirects aren't followed. Raises FetchError."""
        deadline = Deadline(self._timeout_seconds)
        with _translated(), self._client(deadline) as client:
            check_url(url, self._scheme)
            headers = {"Accept": kind.value, "Content-Type": "application/json"}
            with client.stream("POST", url, content=body, headers=headers) as response:
                if response.status_code in _REDIRECTS:
                    raise RedirectError("a service that redirects")
                check_status(response.status_code, response.headers)
                return self._take(response, url, kind)

    def _ask(self, client: httpx.Client, knock: Knock, url: str, kind: Kind, unless: str | None) -> Fetched | str:
        """What is at a URL, or where that leads."""
        while True:
            headers = {"Accept": kind.value, **({"If-None-Match": unless} if unless else {}), **knock.headers()}
            with client.stream("GET", url, headers=headers) as response:
                status = knock.answered(response.status_code, response.headers)
                if status is None:
                    continue
                if status in _REDIRECTS:
                    return _target(response)
                check_status(status, response.headers)
                return self._take(response, url, kind)

    def _client(self, deadline: Deadline) -> httpx.Client:
        pool = httpcore.ConnectionPool(
            ssl_context=self._ssl_context,
            max_connections=2,
            network_backend=GuardedBackend(self._resolver, self._allowed, deadline),
        )
        return httpx.Client(
            transport=_Transport(pool),
            timeout=self._read_seconds,
            trust_env=False,
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip"},
            cookies=_no_cookies(),
        )

    def _take(self, response: httpx.Response, url: str, kind: Kind) -> Fetched:
        content_type = response.headers.get("content-type", "")[:500]
        check_type(content_type, kind)
        body = _BoundedBody(response.headers, most_bytes(kind, self._max_bytes))
        for chunk in response.iter_raw():
            body.feed(chunk)
        return Fetched(url, content_type, body.whole(), response.headers.get("etag", "")[:200])


class AsyncHttpClient:
    """A Poster over the real network, with connections kept for each host; use as an async context manager."""

    def __init__(
        self,
        *,
        scheme: str = "https",
        allowed_networks: Sequence[Network] = (),
        user_agent: str = USER_AGENT,
        concurrency: int = 64,
        per_host_concurrency: int = 4,
        timeout_seconds: float = TIMEOUT_SECONDS,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._scheme = scheme
        self._concurrency = concurrency
        self._per_host = per_host_concurrency
        self._timeout_seconds = timeout_seconds
        context = ssl_context or httpx.create_ssl_context()
        backend = AsyncGuardedBackend(resolver or SystemResolver(), tuple(allowed_networks))

        def make_pool() -> httpcore.AsyncConnectionPool:
            return httpcore.AsyncConnectionPool(
                ssl_context=context,
                max_connections=per_host_concurrency,
                keepalive_expiry=KEPT_SECONDS,
                network_backend=backend,
            )

        self._client = httpx.AsyncClient(
            transport=_AsyncTransport(_Pools(make_pool, max(1, concurrency // per_host_concurrency))),
            timeout=READ_TIMEOUT_SECONDS,
            trust_env=False,
            headers={"User-Agent": user_agent, "Accept-Encoding": "identity"},
            cookies=_no_cookies(),
        )

    async def __aenter__(self) -> AsyncHttpClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post(self, outgoing: Outgoing) -> Sent:
        """Send one; redirects are not followed, since a POST's meaning doesn't survive them."""
        try:
            with _translated():
                check_url(outgoing.url, self._scheme)
                async with asyncio.timeout(self._timeout_seconds):
                    return Sent(outgoing.url, status=await self._status(outgoing))
        except FetchError as error:
            return Sent(outgoing.url, error=error)

    async def post_many(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Send many at once, but only a few to any one host; the result is in the batch's order."""
        results: dict[int, Sent] = {}
        gate = asyncio.Semaphore(self._concurrency)

        async def drain(waiting: Iterator[int]) -> None:
            for position in waiting:  # workers of one host share this iterator
                async with gate:
                    results[position] = await self.post(batch[position])

        async with asyncio.TaskGroup() as group:
            for positions in per_host(batch).values():
                waiting = iter(positions)
                for _ in range(min(self._per_host, len(positions))):
                    group.create_task(drain(waiting))
        return [results[position] for position in range(len(batch))]

    async def _status(self, outgoing: Outgoing) -> int:
        knock = Knock(outgoing.signer, "POST", outgoing.url, outgoing.body)
        while True:
            headers = {"Content-Type": AS_TYPE, **outgoing.headers, **knock.headers()}
            request = self._client.build_request("POST", outgoing.url, content=outgoing.body, headers=headers)
            response = await self._client.send(request, stream=True)
            try:
                status = knock.answered(response.status_code, response.headers)
                if status is None:
                    await _discard(response)
                    continue
                if status in _REDIRECTS:
                    raise RedirectError("an inbox that redirects")
                check_status(status, response.headers)
                await _discard(response)
                return status
            finally:
                await response.aclose()


async def _discard(response: httpx.Response) -> None:
    """Read a short answer to its end, so that the connection can be used again; drop a long one."""
    seen = 0
    async for chunk in response.aiter_raw():
        seen += len(chunk)
        if seen > 16 * 1024:
            return


def _no_cookies() -> CookieJar:
    """A jar that keeps nothing: what one host sets for its parent domain would be sent to all its neighbours there,
    until their servers refuse requests with so long a head.
    """
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


def _target(response: httpx.Response) -> str:
    location = response.headers.get("location", "")
    if not location or len(location) > 2048:
        raise RedirectError("a redirect to nowhere")
    try:
        return str(response.url.join(location))
    except httpx.InvalidURL as error:
        raise RedirectError("a redirect to no URL") from error


class _BoundedBody:
    """A body that grows to a limit and not beyond, counted as sent and as unpacked."""

    def __init__(self, headers: Mapping[str, str], limit: int) -> None:
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise EncodingError("an encoding that was not asked for")
        announced = headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:19]) > limit:
            raise BodyTooLargeError(f"more than {limit} bytes")
        self._limit = limit
        self._received = 0
        self._parts = bytearray()
        self._gzip = zlib.decompressobj(wbits=31) if encoding.endswith("gzip") else None

    def feed(self, chunk: bytes) -> None:
        """Add what arrived. Raises BodyTooLargeError or EncodingError."""
        self._received += len(chunk)
        if self._gzip is None:
            self._parts += chunk
        else:
            try:  # one byte beyond the limit is enough to know
                self._parts += self._gzip.decompress(chunk, self._limit + 1 - len(self._parts))
            except zlib.error as error:
                raise EncodingError("broken gzip") from error
        if len(self._parts) > self._limit or self._received > self._limit:
            raise BodyTooLargeError(f"more than {self._limit} bytes")

    def whole(self) -> bytes:
        """All of it. Raises EncodingError where the gzip ended early."""
        if self._gzip is not None and self._received and not self._gzip.eof:
            raise EncodingError("gzip without an end")
        return bytes(self._parts)


@contextmanager
def _translated() -> Iterator[None]:
    """Turns what httpx, httpcore and asyncio raise into our tree."""
    try:
        yield
    except (httpcore.TimeoutException, httpx.TimeoutException, TimeoutError) as error:
        raise FetchTimeoutError("it took too long") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError, ssl.SSLError, OSError) as error:
        raise UnreachableError("the connection failed") from error
    except (httpcore.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
        raise UnreachableError("the URL or the answer can't be used") from error


def _core_request(request: httpx.Request, content: Any) -> httpcore.Request:
    url = httpcore.URL(
        scheme=request.url.raw_scheme,
        host=request.url.raw_host,
        port=request.url.port,
        target=request.url.raw_path,
    )
    return httpcore.Request(
        request.method, url, headers=request.headers.raw, content=content, extensions=request.extensions
    )


class _Transport(httpx.BaseTransport):
    """httpx over a pool of ours (its own transport takes no network backend)."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(_core_request(request, request.stream))
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer))

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Pools:
    """A pool for each host, with few connections. One pool for all would look at every connection of every host for
    every request, some even for each of the others: among hundreds of hosts most of the time would go there.
    """

    def __init__(self, make: Callable[[], httpcore.AsyncConnectionPool], most: int) -> None:
        self._make, self._most = make, most
        self._pools: OrderedDict[tuple[bytes, bytes, int | None], httpcore.AsyncConnectionPool] = OrderedDict()

    async def of(self, url: httpx.URL) -> httpcore.AsyncConnectionPool:
        """The host's; those used least are closed once there are too many, unless they're at work."""
        key = url.raw_scheme, url.raw_host, url.port
        if key not in self._pools and len(self._pools) >= self._most:
            await self._close_idle()
        pool = self._pools.pop(key, None) or self._make()  # nothing waits from here on until it's used
        self._pools[key] = pool
        return pool

    async def _close_idle(self) -> None:
        for key, pool in list(self._pools.items()):
            if all(connection.is_idle() or connection.is_closed() for connection in pool.connections):
                del self._pools[key]
                await pool.aclose()
                return

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, pools: _Pools) -> None:
        self._pools = pools

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        pool = await self._pools.of(request.url)
        answer = await pool.handle_async_request(_core_request(request, request.stream))
        return httpx.Response(answer.status, headers=answer.headers, stream=_AsyncStream(answer))

    async def aclose(self) -> None:
        await self._pools.aclose()


class _AsyncStream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()
