"""Browsers of the team that are called: by their service worker, with no word of what it is about, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts import credentials, lookup, roles
from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.push import browsers
from app.push.encryption import encoded
from app.push.subscriptions import Wanted
from app.services import Services
from app.workforce import calling
from tests.app.people import member
from tests.app.push.test_push import Device, pushed, subscriptions, waiting

WORDS = {"title", "body", "url", "lang"}


def listens(services: Services, account: AccountRow, device: Device) -> int:
    """As the page's script says it."""
    wanted = Wanted(device.endpoint, encoded(device.point), encoded(device.auth), standard=True)
    return browsers.listen(services, account, wanted, "Firefox, Linux").id


@pytest.fixture
def mo(services: Services) -> AccountRow:
    """A moderator."""
    return member(services, "mo", Role.MODERATOR)


def test_a_call_reaches_the_browser_and_only_it_reads_it(services: Services, mo: AccountRow) -> None:
    device = Device()
    listens(services, mo, device)
    assert calling.try_out(services, mo) == 1
    [sent] = pushed(services)
    assert sent.url == device.endpoint and b"trial" not in sent.body and sent.headers["Urgency"] == "high"
    told = device.reads(sent)
    assert set(told) == WORDS and told["url"] == "/review/on-call" and "trial" in told["body"]
    assert waiting(services) == 0


def test_one_browser_calls_one_person_and_a_new_subscription_takes_the_place_of_the_old(services: Services) -> None:
    mo, mia, device = member(services, "mo", Role.MODERATOR), member(services, "mia", Role.LEAD), Device()
    listens(services, mo, device)
    listens(services, mo, device)
    listens(services, mia, device)
    assert subscriptions(services) == 1
    assert calling.try_out(services, mo) == 0 and calling.try_out(services, mia) == 1


def test_whose_role_is_over_is_called_no_more(services: Services, mo: AccountRow, clock: FrozenClock) -> None:
    device = Device()
    roles.give(services, mo.id, Role.LEAD, clock.now() + timedelta(days=1), by="ada")
    with services.db.read() as session:
        mo = lookup.account(session, mo.id)
    listens(services, mo, device)
    calling.try_out(services, mo)
    clock.move(timedelta(days=1))
    assert pushed(services) == [] and waiting(services) == 0, "before the sweep already"
    roles.expire(services)
    assert subscriptions(services) == 0


def test_signing_out_everywhere_ends_it(services: Services, mo: AccountRow) -> None:
    listens(services, mo, Device())
    calling.try_out(services, mo)
    with services.db.write() as session:
        credentials.sign_out_everywhere(session, services, lookup.account(session, mo.id))
    assert (subscriptions(services), waiting(services)) == (0, 0)


def test_a_browser_that_nobody_listens_at_is_forgotten(services: Services, mo: AccountRow) -> None:
    listens(services, mo, Device())
    calling.try_out(services, mo)
    pushed(services, 410)
    assert subscriptions(services) == 0


def test_a_member_has_none_and_nobody_takes_out_anothers(services: Services, mo: AccountRow) -> None:
    ana = member(services, "ana")
    with pytest.raises(ForbiddenError):
        listens(services, ana, Device())
    number = listens(services, mo, Device())
    with pytest.raises(NotFoundError):
        browsers.remove(services, ana.id, number)
    browsers.remove(services, mo.id, number)
    assert subscriptions(services) == 0


@pytest.mark.parametrize(
    ("endpoint", "key"), [("http://push.example/a", None), ("javascript:alert(1)", None), ("", None), (None, "AAAA")]
)
def test_what_is_no_subscription_is_refused(
    services: Services, mo: AccountRow, endpoint: str | None, key: str | None
) -> None:
    device = Device()
    where = device.endpoint if endpoint is None else endpoint
    with pytest.raises(InvalidError):
        browsers.listen(services, mo, Wanted(where, key or encoded(device.point), encoded(device.auth)), "")
    assert subscriptions(services) == 0


def test_ten_are_enough(services: Services, mo: AccountRow) -> None:
    for number in range(browsers.MOST):
        listens(services, mo, Device(endpoint=f"https://push.example/{number}"))
    with pytest.raises(InvalidError) as refused:
        listens(services, mo, Device(endpoint="https://push.example/more"))
    assert "ten devices" in refused.value.text
