"""The outgoing client visits public places only, and takes no more than it wants."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.federation.wire import errors
from app.federation.wire.client import AsyncHttpClient, HttpClient
from app.federation.wire.fetching import Fetcher, Kind, Outgoing, fetch_json, fetch_object
from app.federation.wire.twins import FakeResolver, FakeWeb, Page
from tests.federation.wire.callers import Caller
from tests.federation.wire.servers import Server, answer, read_request, redirect, serving

LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def no_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def client(
    no_tls: ssl.SSLContext,
    names: dict[str, list[list[str]]] | None = None,
    *,
    timeout_seconds: float = 5,
    max_bytes: int = 10_000,
) -> HttpClient:
    """A client that may visit loopback, and knows remote.example."""
    resolver = FakeResolver({"remote.example": [["127.0.0.1"]], **(names or {})})
    return HttpClient(
        scheme="http",
        allowed_networks=LOOPBACK,
        resolver=resolver,
        ssl_context=no_tls,
        timeout_seconds=timeout_seconds,
        max_bytes=max_bytes,
        user_agent="Ostiary (test)",
    )


# What client and twin have in common.


class World:
    """One web, either real or in memory."""

    def __init__(
        self, fetcher: Fetcher, put: Callable[..., None], redirect: Callable[[str, str], None], base: str
    ) -> None:
        self.fetcher, self.put, self.redirect, self.base = fetcher, put, redirect, base


@pytest.fixture(params=["real", "twin"])
def world(request: pytest.FixtureRequest, no_tls: ssl.SSLContext) -> Iterator[World]:
    if request.param == "twin":
        web = FakeWeb(scheme="http", max_bytes=10_000)
        base = "http://remote.example:8000"
        web.pages[base + "/"] = Page()

        def put(path: str, body: bytes, content_type: str = "application/activity+json", status: int = 200) -> None:
            web.pages[base + path] = Page(body, content_type, status)

        yield World(web, put, lambda path, to: web.redirect(base + path, to), base)
        return
    with serving() as running:

        def put_real(
            path: str, body: bytes, content_type: str = "application/activity+json", status: int = 200
        ) -> None:
            running.replies[path] = answer(body, content_type=content_type, status=f"{status} Status")

        def redirect_real(path: str, to: str) -> None:
            running.replies[path] = redirect(to)

        yield World(client(no_tls), put_real, redirect_real, running.url(""))


def test_a_document_is_fetched(world: World) -> None:
    world.put("/ana", b'{"id": 1}')
    assert fetch_json(world.fetcher, world.base + "/ana") == {"id": 1}


def test_the_ld_json_of_activitystreams_is_taken(world: World) -> None:
    world.put("/ana", b"{}", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"; charset=utf-8')
    assert world.fetcher.get(world.base + "/ana").body == b"{}"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html",
        "application/json",
        "application/ld+json",
        "",
        'application/ld+json; profile="https://elsewhere.example"',
    ],
)
def test_another_kind_of_document_is_refused(world: World, content_type: str) -> None:
    world.put("/ana", b"{}", content_type)
    with pytest.raises(errors.ContentTypeError):
        world.fetcher.get(world.base + "/ana")


def test_webfinger_may_be_plain_json(world: World) -> None:
    world.put("/w", b"{}", "application/json; charset=utf-8")
    assert world.fetcher.get(world.base + "/w", Kind.JRD).body == b"{}"


def test_what_is_not_there_is_gone_for_good(world: World) -> None:
    with pytest.raises(errors.GoneError) as caught:
        world.fetcher.get(world.base + "/nobody")
    assert (caught.value.permanent, caught.value.answered) == (True, 404)


@pytest.mark.parametrize(("status", "permanent"), [(403, True), (429, False), (500, False), (503, False)])
def test_a_bad_status_says_whether_to_try_again(world: World, status: int, permanent: bool) -> None:
    world.put("/ana", b"", status=status)
    with pytest.raises(errors.BadStatusError) as caught:
        world.fetcher.get(world.base + "/ana")
    assert caught.value.permanent is permanent


def test_redirects_are_followed_to_where_they_lead(world: World) -> None:
    world.put("/3", b"{}")
    for step in range(3):
        world.redirect(f"/{step}", world.base + f"/{step + 1}")
    assert world.fetcher.get(world.base + "/0").url == world.base + "/3"


def test_a_fourth_redirect_is_one_too_many(world: World) -> None:
    world.redirect("/loop", world.base + "/loop")
    with pytest.raises(errors.RedirectError):
        world.fetcher.get(world.base + "/loop")


def test_a_body_beyond_the_limit_is_refused(world: World) -> None:
    world.put("/ana", b" " * 10_001)
    with pytest.raises(errors.BodyTooLargeError):
        world.fetcher.get(world.base + "/ana")


def test_an_unknown_host_may_be_tried_again(world: World) -> None:
    with pytest.raises(errors.UnreachableError) as caught:
        world.fetcher.get("http://nowhere.example/ana")
    assert not caught.value.permanent


@pytest.mark.parametrize(
    "url",
    [
        "ftp://remote.example/",
        "http://ana:pw@remote.example/",
        "http://remote.example./",
        "file:///etc/passwd",
        "http://",
        "",
        "http://remote.example:99999/",
    ],
)
def test_odd_urls_are_refused(world: World, url: str) -> None:
    with pytest.raises(errors.RefusedUrlError):
        world.fetcher.get(url)


def test_the_request_is_signed_for_every_hop(world: World) -> None:
    signer = Caller()
    world.put("/b", b"{}")
    world.redirect("/a", world.base + "/b")
    world.fetcher.get(world.base + "/a", signer=signer)
    assert [one.rpartition(" ")[0] for one in signer.asked] == [f"GET {world.base}/a None", f"GET {world.base}/b None"]


def test_a_document_that_is_what_its_id_says_is_believed(world: World) -> None:
    world.put("/ana", f'{{"id": "{world.base}/ana", "n": 1}}'.encode())
    assert fetch_object(world.fetcher, world.base + "/ana")["n"] == 1


def test_a_document_found_elsewhere_is_fetched_from_its_id(world: World) -> None:
    world.put("/@ana", f'{{"id": "{world.base}/ana", "n": "copy"}}'.encode())
    world.put("/ana", f'{{"id": "{world.base}/ana", "n": "original"}}'.encode())
    assert fetch_object(world.fetcher, world.base + "/@ana")["n"] == "original"


def test_a_document_that_its_id_does_not_know_is_refused(world: World) -> None:
    world.put("/upload", f'{{"id": "{world.base}/ana", "n": "forged"}}'.encode())
    world.put("/ana", f'{{"id": "{world.base}/other"}}'.encode())
    with pytest.raises(errors.FetchedDocumentError):
        fetch_object(world.fetcher, world.base + "/upload")


@pytest.mark.parametrize("key", ["/ana#main-key", "/ana/main-key"])
def test_a_key_leads_to_its_owner(world: World, key: str) -> None:
    world.put("/ana/main-key", f'{{"id": "{world.base}/ana", "publicKey": {{}}}}'.encode())
    world.put("/ana", f'{{"id": "{world.base}/ana", "inbox": "x"}}'.encode())
    assert fetch_object(world.fetcher, world.base + key)["inbox"] == "x"


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'{"id": null}', b'{"id": "x"}'])
def test_a_fetched_document_that_is_none_is_refused(world: World, body: bytes) -> None:
    world.put("/ana", body)
    with pytest.raises(errors.FetchedDocumentError):
        fetch_object(world.fetcher, world.base + "/ana")


# What only the real one can show.


def test_a_literal_address_is_visited_where_it_is_allowed(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies["/"] = answer()
    here = FakeResolver({"127.0.0.1": [["127.0.0.1"]]})
    fetcher = HttpClient(scheme="http", allowed_networks=LOOPBACK, resolver=here, ssl_context=no_tls)
    assert fetcher.get(server.url("/", host="127.0.0.1")).body == b"{}"


def test_the_host_and_the_user_agent_are_told(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies["/"] = answer()
    client(no_tls).get(server.url("/"))
    head = server.requests[0].lower()
    assert f"host: remote.example:{server.port}" in head
    assert "user-agent: ostiary (test)" in head
    assert "accept: application/activity+json" in head


def zipped(body: bytes, *headers: str) -> bytes:
    return answer(body, headers=("Content-Encoding: gzip", *headers))


def test_gzip_is_unpacked(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies["/"] = zipped(gzip.compress(b'{"a": 1}', mtime=0))
    assert client(no_tls).get(server.url("/")).body == b'{"a": 1}'


def test_a_gzip_bomb_is_refused(server: Server, no_tls: ssl.SSLContext) -> None:
    bomb = gzip.compress(bytes(5_000_000))
    assert len(bomb) < 10_000
    server.replies["/"] = zipped(bomb)
    with pytest.raises(errors.BodyTooLargeError):
        client(no_tls).get(server.url("/"))


@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(b"{}", mtime=0)[:-3], zlib.compress(b"{}")])
def test_broken_gzip_is_refused(server: Server, no_tls: ssl.SSLContext, body: bytes) -> None:
    server.replies["/"] = zipped(body)
    with pytest.raises(errors.EncodingError):
        client(no_tls).get(server.url("/"))


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n"


def test_a_body_without_end_is_cut_off(server: Server, no_tls: ssl.SSLContext) -> None:
    def endless(peer: socket.socket) -> None:
        peer.sendall(HEAD + b"\r\n")
        while not server.stopped.is_set():
            peer.sendall(b" " * 4096)

    server.replies["/"] = endless
    with pytest.raises(errors.BodyTooLargeError):
        client(no_tls).get(server.url("/"))


def trickling(server: Server, first: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def reply(peer: socket.socket) -> None:
        peer.sendall(first)
        while not server.stopped.wait(0.02):
            peer.sendall(drop)

    return reply


@pytest.mark.parametrize("first", [HEAD + b"\r\n", HEAD + b"X-Slow: "])
def test_a_slow_answer_ends_with_the_time_for_all_of_it(server: Server, no_tls: ssl.SSLContext, first: bytes) -> None:
    server.replies["/"] = trickling(server, first, b"a")
    with pytest.raises(errors.FetchTimeoutError):
        client(no_tls, timeout_seconds=0.3, max_bytes=10**9).get(server.url("/"))


def test_silence_ends_with_the_time_for_all_of_it(server: Server, no_tls: ssl.SSLContext) -> None:
    def silence(peer: socket.socket) -> None:
        server.stopped.wait(10)

    server.replies["/"] = silence
    fetcher = client(no_tls, timeout_seconds=0.2)
    with pytest.raises(errors.FetchTimeoutError):
        fetcher.get(server.url("/"))


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"junk\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        HEAD + b"Content-Length: 100\r\n\r\nshort",
    ],
)
def test_a_broken_answer_may_be_tried_again(server: Server, no_tls: ssl.SSLContext, reply: bytes) -> None:
    server.replies["/"] = reply
    with pytest.raises(errors.FetchError) as caught:
        client(no_tls).get(server.url("/"))
    assert not caught.value.permanent


@pytest.mark.parametrize("location", ["", "gopher://remote.example/", "http://[", "//", "x" * 3000])
def test_a_redirect_to_nowhere_is_refused(server: Server, no_tls: ssl.SSLContext, location: str) -> None:
    server.replies["/"] = redirect(location)
    with pytest.raises(errors.FetchError):
        client(no_tls).get(server.url("/"))


def test_a_relative_redirect_is_followed(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies["/a"] = redirect("/b")
    server.replies["/b"] = answer()
    assert client(no_tls).get(server.url("/a")).url == server.url("/b")


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(for the server, for a client that trusts it)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(pem)
    return theirs, ssl.create_default_context(cafile=str(pem))


def test_tls_speaks_of_the_name_though_the_address_is_connected_to(tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path, "remote.example")
    resolver = FakeResolver({"remote.example": [["127.0.0.1"]], "mallory.example": [["127.0.0.1"]]})
    fetcher = HttpClient(allowed_networks=LOOPBACK, resolver=resolver, ssl_context=ours)
    with serving(theirs) as server:
        server.replies["/"] = answer()
        assert fetcher.get(server.url("/", scheme="https")).body == b"{}"
        with pytest.raises(errors.UnreachableError):
            fetcher.get(server.url("/", host="mallory.example", scheme="https"))


# Posting.


def posts(batch: list[Outgoing], no_tls: ssl.SSLContext, **settings: float) -> list[tuple[int | None, str | None]]:
    async def run() -> list[tuple[int | None, str | None]]:
        resolver = FakeResolver({"remote.example": [["127.0.0.1"]], "mallory.example": [["10.0.0.1"]]})
        async with AsyncHttpClient(
            scheme="http",
            allowed_networks=LOOPBACK,
            resolver=resolver,
            ssl_context=no_tls,
            timeout_seconds=settings.get("timeout_seconds", 5),
        ) as poster:
            found = await poster.post_many(batch)
        return [(sent.status, sent.error.code if sent.error else None) for sent in found]

    return asyncio.run(run())


def test_a_batch_is_sent_and_answered_in_its_order(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies = {
        "/ana": answer(b"", status="202 Accepted"),
        "/full": answer(b"", status="503 Busy", headers=("Retry-After: 120",)),
        "/moved": redirect(server.url("/ana")),
    }
    paths = ["/ana", "/gone", "/full", "/moved", "/ana"]
    batch = [Outgoing(server.url(path), b'{"n": 1}') for path in paths]
    batch.append(Outgoing("http://mallory.example/inbox", b"{}"))
    batch.append(Outgoing("http://nowhere.example/inbox", b"{}"))
    batch.append(Outgoing("ftp://remote.example/inbox", b"{}"))
    assert posts(batch, no_tls) == [
        (202, None), (None, "gone"), (None, "bad_status"), (None, "redirected"), (202, None),
        (None, "address_refused"), (None, "unreachable"), (None, "url_refused"),
    ]  # fmt: skip


def test_what_is_posted_is_signed_and_whole(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies["/inbox"] = answer(b"", status="202 Accepted")
    posts(
        [Outgoing(server.url("/inbox"), b'{"n": 1}', Caller(given={"Signature": "mine", "Host": "remote.example"}))],
        no_tls,
    )
    request = server.requests[0]
    assert request.startswith("POST /inbox HTTP/1.1\r\n")
    assert "signature: mine" in request.lower()
    assert request.lower().count("host:") == 1
    assert "content-type: application/ld+json" in request.lower()
    assert request.endswith('{"n": 1}')


def test_a_slow_inbox_ends_with_its_time_and_holds_up_no_other(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies = {"/slow": trickling(server, b"HTTP/1.1 ", b"2"), "/ana": answer(b"", status="202 Accepted")}
    batch = [Outgoing(server.url(path), b"{}") for path in ("/slow", "/ana")]
    assert posts(batch, no_tls, timeout_seconds=0.5) == [(None, "timed_out"), (202, None)]


def test_a_connection_is_kept_for_the_next_delivery(server: Server, no_tls: ssl.SSLContext) -> None:
    ok = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
    arrived = []

    def twice(peer: socket.socket) -> None:
        peer.sendall(ok)
        arrived.append(peer.recv(65536))
        peer.sendall(ok)

    server.replies["/inbox"] = twice

    async def run() -> list[int | None]:
        resolver = FakeResolver({"remote.example": [["127.0.0.1"]]})
        async with AsyncHttpClient(
            scheme="http", allowed_networks=LOOPBACK, resolver=resolver, ssl_context=no_tls
        ) as poster:
            return [(await poster.post(Outgoing(server.url("/inbox"), b"{}"))).status for _ in range(2)]

    assert asyncio.run(run()) == [202, 202]
    assert len(arrived) == 1


class Keeping:
    """A host that keeps its connections open, and counts them."""

    def __init__(self) -> None:
        self.open, self.most, self.closed = 0, 0, threading.Event()
        self._lock = threading.Lock()

    def __call__(self, peer: socket.socket) -> None:
        with self._lock:
            self.open += 1
            self.most = max(self.most, self.open)
        peer.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        while read_request(peer):
            peer.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        with self._lock:
            self.open -= 1
        self.closed.set()


def poster_to(no_tls: ssl.SSLContext, names: str, **bounds: int) -> AsyncHttpClient:
    resolver = FakeResolver({f"{name}.example": [["127.0.0.1"]] for name in names.split()})
    return AsyncHttpClient(scheme="http", allowed_networks=LOOPBACK, resolver=resolver, ssl_context=no_tls, **bounds)


def test_a_host_has_few_connections_however_much_goes_there_at_once(server: Server, no_tls: ssl.SSLContext) -> None:
    keeping = server.replies["/inbox"] = Keeping()

    async def run() -> list[int | None]:
        async with poster_to(no_tls, "remote", per_host_concurrency=2) as poster:
            sent = await asyncio.gather(*(poster.post(Outgoing(server.url("/inbox"), b"{}")) for _ in range(12)))
        return [one.status for one in sent]

    assert asyncio.run(run()) == [202] * 12
    assert keeping.most <= 2


def test_connections_of_the_hosts_that_were_asked_longest_ago_are_closed_for_others(
    server: Server, no_tls: ssl.SSLContext
) -> None:
    kept = {name: Keeping() for name in ("one", "two", "three")}
    server.replies = {f"/{name}": reply for name, reply in kept.items()}

    async def run() -> None:
        async with poster_to(no_tls, "one two three", concurrency=2, per_host_concurrency=1) as poster:
            for name in kept:
                await poster.post(Outgoing(server.url(f"/{name}", host=f"{name}.example"), b"{}"))
            assert await asyncio.to_thread(kept["one"].closed.wait, 10)
            assert not kept["two"].closed.is_set()

    asyncio.run(run())


def test_the_twin_remembers_what_was_sent_and_fails_as_told() -> None:
    web = FakeWeb()
    web.fail("https://remote.example/down", errors.FetchTimeoutError("it took too long"))
    web.pages["https://remote.example/busy"] = Page(status=503)
    web.redirect("https://remote.example/moved", "https://remote.example/inbox")
    urls = [f"https://remote.example/{name}" for name in ("inbox", "down", "busy", "moved")]
    found = asyncio.run(web.post_many([Outgoing(url, b"{}") for url in urls]))
    assert [sent.error.code if sent.error else sent.status for sent in found] == [
        202,
        "timed_out",
        "bad_status",
        "redirected",
    ]
    assert [outgoing.url for outgoing in web.sent] == urls[:1]


# What a hostile server may answer.


@pytest.mark.parametrize(
    "encoding", ["br", "zstd", "deflate", "compress", "gzip, gzip", "gzip, br", "identity, gzip", "aes128gcm", "*"]
)
def test_no_other_and_no_nested_encoding_is_unpacked(server: Server, no_tls: ssl.SSLContext, encoding: str) -> None:
    server.replies["/"] = answer(gzip.compress(gzip.compress(b"{}")), headers=(f"Content-Encoding: {encoding}",))
    with pytest.raises(errors.EncodingError):
        client(no_tls).get(server.url("/"))


def test_two_encodings_in_two_headers_are_no_way_around_that(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies["/"] = zipped(gzip.compress(gzip.compress(b"{}")), "Content-Encoding: gzip")
    with pytest.raises(errors.EncodingError):
        client(no_tls).get(server.url("/"))


def test_many_small_gzips_in_a_row_are_one_small_gzip(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies["/"] = zipped(gzip.compress(b"{}", mtime=0) + gzip.compress(bytes(9000)) * 20)
    assert client(no_tls).get(server.url("/")).body == b"{}"


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n", HEAD + b"\r\n"])
def test_a_slow_head_or_body_ends_with_the_time_that_redirects_have_left(
    server: Server, no_tls: ssl.SSLContext, first: bytes
) -> None:
    def slow_redirect(peer: socket.socket) -> None:
        server.stopped.wait(0.15)
        peer.sendall(redirect(server.url("/drip")))

    server.replies = {"/": slow_redirect, "/drip": trickling(server, first, b"a")}
    with pytest.raises(errors.FetchTimeoutError):
        client(no_tls, timeout_seconds=0.4, max_bytes=10**9).get(server.url("/"))


def test_interim_answers_without_end_end_with_the_time(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies["/"] = trickling(server, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n")
    with pytest.raises(errors.FetchTimeoutError):
        client(no_tls, timeout_seconds=0.3).get(server.url("/"))


def test_a_head_without_end_is_a_broken_answer(server: Server, no_tls: ssl.SSLContext) -> None:
    def endless(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n")
        while not server.stopped.is_set():
            peer.sendall(b"X-Long: " + b"a" * 4096 + b"\r\n")

    server.replies["/"] = endless
    with pytest.raises(errors.UnreachableError):
        client(no_tls).get(server.url("/"))


def test_the_twin_refuses_a_redirect_from_https_to_http_even_where_http_is_spoken() -> None:
    web = FakeWeb(scheme="http")
    web.redirect("https://remote.example/a", "http://remote.example/b")
    web.pages["http://remote.example/b"] = Page(b"{}")
    with pytest.raises(errors.RedirectError):
        web.get("https://remote.example/a")


def test_a_redirect_from_https_to_http_is_refused_even_where_http_is_spoken(tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path, "remote.example")
    resolver = FakeResolver({"remote.example": [["127.0.0.1"]]})
    fetcher = HttpClient(scheme="http", allowed_networks=LOOPBACK, resolver=resolver, ssl_context=ours)
    with serving(theirs) as safe, serving() as plain:
        safe.replies["/a"] = redirect(plain.url("/b"))
        plain.replies["/b"] = answer()
        with pytest.raises(errors.RedirectError):
            fetcher.get(safe.url("/a", scheme="https"))
        assert plain.requests == []


def test_a_redirect_to_http_is_refused_where_https_is_spoken(tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path, "remote.example")
    resolver = FakeResolver({"remote.example": [["127.0.0.1"]]})
    fetcher = HttpClient(allowed_networks=LOOPBACK, resolver=resolver, ssl_context=ours)
    with serving(theirs) as server:
        server.replies["/a"] = redirect("http://remote.example/b")
        with pytest.raises(errors.RedirectError):
            fetcher.get(server.url("/a", scheme="https"))


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": [' + b"1," * 20_000 + b"1]}",
        b'{"a": NaN}',
    ],
)
def test_json_that_is_too_deep_or_too_wide_is_no_document(server: Server, no_tls: ssl.SSLContext, body: bytes) -> None:
    server.replies["/"] = answer(body)
    with pytest.raises(errors.FetchedDocumentError):
        fetch_json(client(no_tls, max_bytes=10**6), server.url("/"))


COOKIES = tuple(f"Set-Cookie: c{number}={'x' * 3000}; Domain=.example; Path=/" for number in range(3))


def test_no_cookie_is_kept_between_redirects(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies["/a"] = answer(
        b"", status="302 Found", headers=(f"Location: {server.url('/b', host='neighbour.example')}", *COOKIES)
    )
    server.replies["/b"] = answer()
    client(no_tls, {"neighbour.example": [["127.0.0.1"]]}).get(server.url("/a"))
    assert "cookie" not in server.requests[1].lower()


def test_a_host_can_not_make_us_send_cookies_to_its_neighbours(server: Server, no_tls: ssl.SSLContext) -> None:
    server.replies = {
        "/evil": answer(b"", status="202 Accepted", headers=COOKIES),
        "/good": answer(b"", status="202 Accepted"),
    }

    async def run() -> None:
        resolver = FakeResolver({"evil.example": [["127.0.0.1"]], "good.example": [["127.0.0.1"]]})
        async with AsyncHttpClient(
            scheme="http", allowed_networks=LOOPBACK, resolver=resolver, ssl_context=no_tls
        ) as poster:
            for name in ("evil", "good"):
                await poster.post(Outgoing(server.url(f"/{name}", host=f"{name}.example"), b"{}"))

    asyncio.run(run())
    assert len(server.requests) == 2
    assert "cookie" not in server.requests[1].lower()
