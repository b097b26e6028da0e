"""A device's address that leads into this machine's own network is refused when something is sent, and nothing is told."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network

import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from app.federation.wire.client import AsyncHttpClient
from app.federation.wire.twins import FakeResolver
from app.push import sending
from app.push.tables import PushRow, PushSubscriptionRow
from app.services import Services
from tests.app.mastodon.people import Person
from tests.app.push.test_push import PATH, Device

INWARDS = (
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
    "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
)  # fmt: skip


def waiting(services: Services) -> int:
    with services.db.read() as session:
        return session.scalar(select(func.count()).select_from(PushRow)) or 0


@pytest.mark.one_database
@pytest.mark.parametrize("address", INWARDS)
def test_an_endpoint_whose_name_leads_inwards_is_refused_with_the_reason(
    ana: Person, ben: Person, services: Services, address: str
) -> None:
    assert ana.post(PATH, json=Device(endpoint="https://push.example/x").asks({"mention": True})).status_code == 200
    ben.says("@ana hello")
    resolver = FakeResolver({"push.example": [[address]]})
    with capture_logs() as said:
        assert sending.drain(services, poster=AsyncHttpClient(resolver=resolver)) == 1
    assert resolver.looked_up == ["push.example"]
    [line] = [each for each in said if each["event"] == "push_refused"]
    assert (line["reason"], line["host"]) == ("address_refused", "push.example")
    assert waiting(services) == 0, "trying again won't help"


@pytest.mark.one_database
def test_a_name_with_one_address_outside_and_one_inside_is_refused_too(
    ana: Person, ben: Person, services: Services
) -> None:
    ana.do(PATH, json=Device(endpoint="https://push.example/x").asks({"mention": True}))
    ben.says("@ana hello")
    both = FakeResolver({"push.example": [["127.0.0.1", "10.0.0.1"]]})
    with capture_logs() as said:
        sending.drain(services, poster=AsyncHttpClient(resolver=both))
    assert [each["reason"] for each in said if each["event"] == "push_refused"] == ["address_refused"]


@pytest.mark.one_database
def test_a_service_that_redirects_is_not_followed_wherever_it_leads(
    ana: Person, ben: Person, services: Services
) -> None:
    ana.do(PATH, json=Device().asks({"mention": True}))
    ben.says("@ana hello")
    with redirecting() as (endpoint, asked):
        with services.db.write() as session:
            session.execute(update(PushSubscriptionRow).values(endpoint=endpoint))
        poster = AsyncHttpClient(scheme="http", allowed_networks=[ip_network("127.0.0.1/32")])
        with capture_logs() as said:
            assert sending.drain(services, poster=poster) == 1
    assert asked == ["/send"], "and nothing at the address to which it leads"
    assert [each["reason"] for each in said if each["event"] == "push_refused"] == ["redirected"]
    assert waiting(services) == 0


@contextmanager
def redirecting() -> Iterator[tuple[str, list[str]]]:
    """A push service on this machine that sends whoever asks elsewhere on it, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{server.server_port}/inside")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on standard error."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
