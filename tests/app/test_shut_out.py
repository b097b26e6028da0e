"""Who is of a network that is barred from everything gets nothing but a refusal, and nobody shuts themselves out."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.accounts.tables import AccountRow, Role
from app.barring import keep, shut_out, spelling
from app.barring.tables import BarredNetworkRow, NetworkSeverity
from app.clock import FrozenClock
from app.errors import ForbiddenError, InvalidError
from app.factory import create_app
from app.services import Services
from tests.app.people import member

HERE, THERE, ELSEWHERE = "198.51.100.7", "203.0.113.77", "192.0.2.9"
PROXY = "10.0.0.2"


@pytest.fixture
def house(services: Services) -> Services:
    """A server behind a proxy."""
    return replace(
        services, settings=replace(services.settings, trusted_proxies=(ipaddress.ip_network(f"{PROXY}/32"),))
    )


@pytest.fixture
def lea(house: Services) -> AccountRow:
    """A lead."""
    return member(house, "lea", Role.LEAD)


def network(text: str = "203.0.113.0/24", **more: Any) -> BarredNetworkRow:
    """One that gets nothing."""
    given = {"severity": NetworkSeverity.NO_ACCESS, "comment": "", "expires_at": None, **more}
    return BarredNetworkRow(network=spelling.network(text), **given)


@pytest.fixture
def ask(house: Services) -> Callable[..., TestResponse]:
    """Asks for something from an address, by way of the proxy."""
    http: FlaskClient = create_app(house).test_client()

    def asked(address: str, path: str = "/about", method: str = "GET", **more: Any) -> TestResponse:
        headers = {"X-Forwarded-For": address}
        return http.open(path, method=method, headers=headers, environ_base={"REMOTE_ADDR": PROXY}, **more)

    return asked


@pytest.mark.parametrize("address", [THERE, f"::ffff:{THERE}", f"{ELSEWHERE}, {THERE}"])
def test_a_network_that_is_shut_out_gets_nothing_from_anywhere_until_that_is_over(
    house: Services, lea: AccountRow, clock: FrozenClock, ask: Callable[..., TestResponse], address: str
) -> None:
    assert ask(address).status_code == 200
    keep.add(house, lea, network(expires_at=clock.now() + timedelta(days=1)), HERE)
    for path in ("/", "/about", "/sign-up", "/health", "/api/v2/instance", "/static/none.css", "/nowhere", "/users/x"):
        assert ask(address, path).status_code == 403, path
    assert ask(address, "/inbox", "POST", data=b"{}").status_code == 403
    assert "Nothing here can be reached from your network" in ask(address).text
    assert ask(address, "/api/v2/instance").json == {
        "error": "Nothing here can be reached from your network at the moment."
    }
    for other in (HERE, ELSEWHERE, f"{THERE}, {ELSEWHERE}", "nonsense"):
        assert ask(other).status_code == 200, other
    clock.move(timedelta(days=2))
    assert ask(address).status_code == 200


def test_who_is_let_be_or_only_barred_from_signing_up_comes_in_again(
    house: Services, lea: AccountRow, ask: Callable[..., TestResponse]
) -> None:
    row = keep.add(house, lea, network(), HERE)
    assert ask(THERE).status_code == 403
    keep.change_network(house, lea, row.id, {"severity": NetworkSeverity.BLOCK}, HERE)
    assert ask(THERE).status_code == 200
    keep.change_network(house, lea, row.id, {"severity": NetworkSeverity.NO_ACCESS}, HERE)
    assert ask(THERE).status_code == 403
    keep.drop(house, lea, BarredNetworkRow, row.id)
    assert ask(THERE).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "asking", "said"),
    [
        ("203.0.113.0/24", THERE, "from which you ask"),
        ("203.0.113.0/24", f"::ffff:{THERE}", "from which you ask"),
        ("2001:db8::/32", "2001:db8::7", "from which you ask"),
        ("203.0.113.0/24", "", "your own isn't known"),
        (f"{PROXY}/8", HERE, "or its proxy"),
        ("::/20", HERE, "this server itself"),
    ],
)
def test_nobody_shuts_out_themselves_this_server_or_its_proxy(
    house: Services, lea: AccountRow, ask: Callable[..., TestResponse], wanted: str, asking: str, said: str
) -> None:
    with pytest.raises(InvalidError, match=said):
        keep.add(house, lea, network(wanted), asking)
    row = keep.add(house, lea, network(wanted, severity=NetworkSeverity.BLOCK), asking)
    with pytest.raises(InvalidError, match=said):
        keep.change_network(house, lea, row.id, {"severity": NetworkSeverity.NO_ACCESS}, asking)
    other = keep.add(house, lea, network("198.18.0.0/15"), HERE)
    with pytest.raises(InvalidError, match=said):
        keep.change_network(house, lea, other.id, {"network": spelling.network(wanted)}, asking)
    for address in (THERE, HERE, PROXY):
        assert ask(address).status_code == 200


def test_at_the_machine_itself_only_the_machine_cannot_be_shut_out(house: Services) -> None:
    with pytest.raises(InvalidError, match="this server itself"):
        keep.add_as(house, "command line", network("127.0.0.0/8"))
    keep.add_as(house, "command line", network())
    assert shut_out.of(house.db).holds(THERE, house.clock.now())


def test_while_the_database_does_not_answer_what_was_known_holds_on(
    house: Services, lea: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep.add(house, lea, network(), HERE)
    known = shut_out.of(house.db)
    assert known.holds(THERE, house.clock.now())

    def silent() -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(house.db, "read", silent)
        known.forget()
        assert known.holds(THERE, house.clock.now()) and not known.holds(HERE, house.clock.now())


def test_moderators_shut_nobody_out(house: Services) -> None:
    with pytest.raises(ForbiddenError):
        keep.add(house, member(house, "mo", Role.MODERATOR), network(), HERE)
