"""No stranger makes us visit a place that isn't public: each class of addresses, each way to spell or hide one, each
moment at which a name may change its mind; of both clients.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest

from app.federation.wire import errors
from app.federation.wire.addresses import refusal
from app.federation.wire.client import AsyncHttpClient, HttpClient
from app.federation.wire.fetching import Outgoing
from app.federation.wire.network import Resolver
from app.federation.wire.twins import FakeResolver
from tests.federation.wire.servers import Server, answer, redirect, serving

LOOPBACK = (ip_network("127.0.0.0/8"),)
PUBLIC = ("93.184.215.14", "1.1.1.1", "198.17.255.255", "198.20.0.1", "100.63.255.255", "100.128.0.1", "172.15.0.1",
          "172.32.0.1", "223.255.255.255", "2606:4700::1111", "2001:4860:4860::8888", "2a00:1450::1",
          "64:ff9b::5db8:d70e", "::ffff:93.184.215.14")  # fmt: skip
FORBIDDEN = [
    ("this network", "0.0.0.0"), ("this network", "0.1.2.3"),
    ("private", "10.0.0.1"), ("private", "10.255.255.255"), ("private", "172.16.0.1"), ("private", "172.31.255.255"),
    ("private", "192.168.0.1"),
    ("carrier's", "100.64.0.1"), ("carrier's", "100.127.255.255"),
    ("loopback", "127.0.0.1"), ("loopback", "127.255.255.254"), ("loopback", "::1"), ("unspecified", "::"),
    ("link-local", "169.254.169.254"), ("link-local", "fe80::1"), ("link-local with a zone", "fe80::1%eth0"),
    ("public with a zone", "2606:4700::1111%eth0"),
    ("protocols'", "192.0.0.1"), ("port control", "192.0.0.9"), ("port control", "2001:1::1"),
    ("documentation", "192.0.2.1"), ("documentation", "198.51.100.1"), ("documentation", "203.0.113.1"),
    ("documentation", "2001:db8::1"), ("documentation", "3fff::1"),
    ("blackhole", "192.175.48.1"), ("blackhole", "2620:4f:8000::1"), ("6to4 relay", "192.88.99.1"),
    ("benchmark", "198.18.0.1"), ("benchmark", "198.19.255.255"), ("benchmark", "2001:2::1"),
    ("multicast", "224.0.0.1"), ("multicast", "239.255.255.250"), ("multicast", "ff02::1"), ("multicast", "ff0e::1"),
    ("reserved", "240.0.0.1"), ("broadcast", "255.255.255.255"),
    ("unique local", "fc00::1"), ("unique local", "fd12:3456::1"), ("site-local", "fec0::1"), ("discard", "100::1"),
    ("segments", "5f00::1"), ("orchid", "2001:20::1"),
    ("mapped loopback", "::ffff:127.0.0.1"), ("mapped metadata", "::ffff:a9fe:a9fe"), ("mapped private", "::ffff:10.0.0.1"),
    ("compatible", "::127.0.0.1"), ("compatible public", "::93.184.215.14"),
    ("translated", "::ffff:0:127.0.0.1"), ("translated public", "::ffff:0:93.184.215.14"),
    ("nat64 loopback", "64:ff9b::7f00:1"), ("nat64 private", "64:ff9b::a00:1"), ("nat64 metadata", "64:ff9b::a9fe:a9fe"),
    ("nat64 carrier's", "64:ff9b::6440:1"), ("local nat64", "64:ff9b:1::1"), ("local nat64", "64:ff9b:1::5db8:d70e"),
    ("6to4 loopback", "2002:7f00:1::1"), ("6to4 public", "2002:5db8:d70e::1"),
    ("teredo", "2001::1"), ("teredo of a public one", "2001:0:808:808::1"),
    ("no address", "junk"), ("no address", ""), ("octal", "0177.0.0.1"), ("decimal", "2130706433"),
]  # fmt: skip
SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0",
    "[::1]", "[::ffff:127.0.0.1]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "127.0.0.1.", "localhost.", "remote.example.",
    "１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①", "%31%32%37.0.0.1", "127.0.0.1%00.remote.example",
    "remote.example%2f@127.0.0.1", "remote.example@127.0.0.1", "ana:pw@127.0.0.1", "127.0.0.1\\@remote.example",
    "127.0.0.1\t.example", "remote.example:80@127.0.0.1", "", ".", "a..example", "8.8.8.8", "[2001:4860:4860::8888]",
]  # fmt: skip

Ask = Callable[[str, Resolver], None]


@pytest.fixture(scope="module")
def no_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@pytest.fixture(params=["fetching", "delivering"])
def ask(request: pytest.FixtureRequest, no_tls: ssl.SSLContext) -> Ask:
    """Goes to a URL with a client in its usual settings, over the real network code. Raises FetchError."""

    def fetch(url: str, resolver: Resolver) -> None:
        HttpClient(resolver=resolver, ssl_context=no_tls).get(url)

    def deliver(url: str, resolver: Resolver) -> None:
        async def run() -> None:
            async with AsyncHttpClient(resolver=resolver, ssl_context=no_tls) as client:
                sent = await client.post(Outgoing(url, b"{}"))
            assert sent.error is not None
            raise sent.error

        asyncio.run(run())

    return fetch if request.param == "fetching" else deliver


@pytest.mark.parametrize(("kind", "address"), FORBIDDEN)
def test_a_name_that_leads_to_such_an_address_is_refused_for_good(ask: Ask, kind: str, address: str) -> None:
    with pytest.raises(errors.RefusedAddressError) as caught:
        ask("https://mallory.example/", FakeResolver({"mallory.example": [[address]]}))
    assert caught.value.permanent, kind


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("port", [80, 443])
def test_public_addresses_are_visited_on_the_two_ports_of_the_web(address: str, port: int) -> None:
    assert refusal(address, port) is None


@pytest.mark.parametrize("port", [1, 22, 25, 81, 3306, 5432, 6379, 8080, 8443, 65535])
def test_no_other_port_is_visited(ask: Ask, port: int) -> None:
    with pytest.raises(errors.RefusedAddressError):
        ask(f"https://remote.example:{port}/", FakeResolver({"remote.example": [["93.184.215.14"]]}))


def test_any_port_is_visited_in_the_allowed_networks_and_nowhere_else() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00::/64"))
    assert refusal("10.1.2.3", 6379, allowed) is None
    assert refusal("::ffff:10.1.2.3", 6379, allowed) is None
    assert refusal("fd00::9", 8443, allowed) is None
    assert refusal("10.2.0.1", 443, allowed) == "not a public address"
    assert refusal("93.184.215.14", 8443, allowed) == "a port other than 80 and 443"


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_an_address_or_of_an_odd_host_is_even_looked_up(ask: Ask, host: str) -> None:
    resolver = FakeResolver()
    with pytest.raises(errors.RefusedUrlError):
        ask(f"https://{host}/", resolver)
    assert resolver.looked_up == []


@pytest.mark.parametrize("url", ["http://remote.example/", "HTTP://remote.example/", "ftp://remote.example/",
                                 "file:///etc/passwd", "gopher://remote.example/", "unix:///run/redis.sock",
                                 "data:text/plain,a", "//remote.example/"])  # fmt: skip
def test_nothing_but_https_is_looked_up(ask: Ask, url: str) -> None:
    resolver = FakeResolver({"remote.example": [["93.184.215.14"]]})
    with pytest.raises(errors.RefusedUrlError):
        ask(url, resolver)
    assert resolver.looked_up == []


# What a name may do between two looks at it.


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        running.replies["/"] = answer()
        yield running


def here(resolver: Resolver, no_tls: ssl.SSLContext) -> HttpClient:
    """A client that may visit loopback, where the tests' server is."""
    return HttpClient(scheme="http", allowed_networks=LOOPBACK, resolver=resolver, ssl_context=no_tls)


def test_of_a_name_with_a_public_and_a_private_address_the_private_one_is_not_visited(
    server: Server, no_tls: ssl.SSLContext
) -> None:
    """Here loopback is the good one; the one that nobody may visit stands first."""
    resolver = FakeResolver({"both.example": [["10.0.0.1", "169.254.169.254", "127.0.0.1"]]})
    assert here(resolver, no_tls).get(server.url("/", host="both.example")).body == b"{}"


def test_a_name_that_answers_otherwise_the_second_time_is_not_asked_a_second_time(
    server: Server, no_tls: ssl.SSLContext
) -> None:
    resolver = FakeResolver({"rebind.example": [["127.0.0.1"], ["10.0.0.1"]]})
    assert here(resolver, no_tls).get(server.url("/", host="rebind.example")).body == b"{}"
    assert resolver.looked_up == ["rebind.example"]


def test_the_same_name_is_checked_anew_for_each_redirect(server: Server, no_tls: ssl.SSLContext) -> None:
    resolver = FakeResolver({"rebind.example": [["127.0.0.1"], ["169.254.169.254"]]})
    server.replies["/a"] = redirect(server.url("/", host="rebind.example"))
    with pytest.raises(errors.RefusedAddressError):
        here(resolver, no_tls).get(server.url("/a", host="rebind.example"))
    assert len(server.requests) == 1


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::a00:1", "fe80::1"])
def test_a_redirect_leads_to_no_forbidden_place(server: Server, no_tls: ssl.SSLContext, address: str) -> None:
    resolver = FakeResolver({"remote.example": [["127.0.0.1"]], "inside.example": [[address]]})
    server.replies["/a"] = redirect("http://inside.example/")
    with pytest.raises(errors.RefusedAddressError):
        here(resolver, no_tls).get(server.url("/a"))


@pytest.mark.parametrize("location", ["//10.0.0.1/", "http://ana@10.0.0.1/", "http://[::ffff:10.0.0.1]/",
                                      "http://0x0a000001/", "ftp://remote.example/", "file:///etc/passwd"])  # fmt: skip
def test_a_redirect_to_a_spelled_out_address_or_another_protocol_is_refused(
    server: Server, no_tls: ssl.SSLContext, location: str
) -> None:
    literal = {name: [["10.0.0.1"]] for name in ("10.0.0.1", "::ffff:10.0.0.1", "0x0a000001")}
    server.replies["/a"] = redirect(location)
    with pytest.raises(errors.RefusedUrlError):
        here(FakeResolver({"remote.example": [["127.0.0.1"]], **literal}), no_tls).get(server.url("/a"))
    assert len(server.requests) == 1


def test_a_delivery_resolves_and_checks_for_each_connection(server: Server, no_tls: ssl.SSLContext) -> None:
    """The answers close their connections, so the second delivery looks the name up again and is refused."""
    resolver = FakeResolver({"rebind.example": [["127.0.0.1"], ["10.0.0.1"]]})

    async def run() -> list[str | int | None]:
        async with AsyncHttpClient(
            scheme="http", allowed_networks=LOOPBACK, resolver=resolver, ssl_context=no_tls
        ) as client:
            sent = [await client.post(Outgoing(server.url("/", host="rebind.example"), b"{}")) for _ in range(2)]
        return [one.error.code if one.error else one.status for one in sent]

    assert asyncio.run(run()) == [200, "address_refused"]
