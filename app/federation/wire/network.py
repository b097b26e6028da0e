"""The network below the client: names resolved by us, addresses checked, and the checked one connected to.

Between the check and the connection there is no second look-up, so a name that answers differently the second
time (DNS rebinding) gains nothing. TLS and Host still speak of the name.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Protocol

import httpcore

from app.federation.wire.addresses import Network, refusal
from app.federation.wire.errors import FetchTimeoutError, RefusedAddressError, UnreachableError

MAX_ADDRESSES = 4
CONNECT_TIMEOUT_SECONDS = 5.0


class Resolver(Protocol):
    """Turns names into addresses; blocking."""

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """The host's addresses, best first. Raises OSError."""


class SystemResolver:
    """The machine's own resolver."""

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """The host's addresses, as getaddrinfo orders them."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Deadline:
    """The end of an exchange as a whole; reads that trickle in don't move it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Seconds until the end. Raises FetchTimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchTimeoutError("it took too long")
        return left if at_most is None else min(left, at_most)


def permitted(addresses: Sequence[str], port: int, allowed: Sequence[Network]) -> list[str]:
    """The addresses to connect to. Raises RefusedAddressError where there is none."""
    if not addresses:
        raise UnreachableError("the name has no address")
    found = [address for address in addresses if refusal(address, port, allowed) is None]
    if not found:
        raise RefusedAddressError(f"the name leads to {refusal(addresses[0], port, allowed)}")
    return found[:MAX_ADDRESSES]


# A look-up can't be interrupted; these threads wait it out while the caller has gone on. So many that name servers
# which never answer don't hold them all.
_LOOKUPS = ThreadPoolExecutor(max_workers=256, thread_name_prefix="lookup")


class GuardedBackend(httpcore.NetworkBackend):
    """Connects for one exchange, until its deadline."""

    def __init__(self, resolver: Resolver, allowed: Sequence[Network], deadline: Deadline) -> None:
        self._resolver = resolver
        self._allowed = allowed
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check, connect to the first address that answers."""
        failure: Exception | None = None
        for address in permitted(self._resolve(host.strip("[]"), port), port, self._allowed):
            try:
                left = self._deadline.left(CONNECT_TIMEOUT_SECONDS)
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _DeadlineStream(stream, self._deadline)
        raise UnreachableError("no connection") from failure

    def _resolve(self, host: str, port: int) -> Sequence[str]:
        pending: Future[Sequence[str]] = _LOOKUPS.submit(self._resolver.resolve, host, port)
        try:
            return pending.result(self._deadline.left())
        except FutureTimeoutError as error:
            pending.cancel()
            raise FetchTimeoutError("the name could not be looked up in time") from error
        except (OSError, UnicodeError) as error:
            raise UnreachableError("no such name") from error


class _DeadlineStream(httpcore.NetworkStream):
    """A connection on which every wait ends with the exchange's deadline at the latest."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _DeadlineStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class AsyncGuardedBackend(httpcore.AsyncNetworkBackend):
    """The same for an event loop; the caller's `asyncio.timeout` is the deadline."""

    def __init__(self, resolver: Resolver, allowed: Sequence[Network]) -> None:
        self._resolver = resolver
        self._allowed = allowed
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check, connect to the first address that answers."""
        failure: Exception | None = None
        for address in permitted(await self._resolve(host.strip("[]"), port), port, self._allowed):
            try:
                return await self._inner.connect_tcp(
                    address, port, CONNECT_TIMEOUT_SECONDS, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise UnreachableError("no connection") from failure

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(_LOOKUPS, self._resolver.resolve, host, port)
        except (OSError, UnicodeError) as error:
            raise UnreachableError("no such name") from error
