"""The admins' own list of other servers."""

from __future__ import annotations

import pytest

from app.accounts.tables import AccountRow
from app.doors import offered, others
from app.doors.others import Door
from app.errors import InvalidError, NotFoundError
from app.services import Services
from moderation.domains import editing
from moderation.values import Severity
from tests.app.doors.conftest import ADA


def names(services: Services) -> list[str]:
    with services.db.read() as session:
        return [row.name for row in others.listed(session)]


def test_servers_stand_in_the_order_that_an_admin_gives_them(helpful: Services) -> None:
    rows = [others.add(helpful, ADA, Door(name, f"{name}.example")) for name in ("one", "two", "three")]
    others.move(helpful, ADA, rows[2].id, up=True)
    others.move(helpful, ADA, rows[0].id, up=True)
    assert names(helpful) == ["one", "three", "two"]
    others.change(helpful, ADA, rows[0].id, Door("uno", "https://one.example/about/", "fr", "a line", "une ligne"))
    others.remove(helpful, ADA, rows[1].id)
    assert names(helpful) == ["uno", "three"]
    with helpful.db.read() as session:
        first = others.listed(session)[0]
        assert (first.url, first.host, first.language) == ("https://one.example/about", "one.example", "fr")
        assert (others.about(first, "en"), others.about(first, "fr")) == ("a line", "une ligne")
    with pytest.raises(NotFoundError):
        others.remove(helpful, ADA, rows[1].id)


@pytest.mark.parametrize(
    "door",
    [Door("", "one.example"), Door("x", "nowhere"), Door("x", "ftp://one.example"), Door("x", "javascript:alert(1)"),
     Door("x", "ostiary.example"), Door("x", "bad.example"), Door("x", "two.example"), Door("x", "ok.example", "xx-no")],
)  # fmt: skip
def test_what_cannot_stand_there_is_refused(helpful: Services, door: Door) -> None:
    others.add(helpful, ADA, Door("two", "two.example"))
    with helpful.db.write() as session:
        editing.set_rule(session, "bad.example", Severity.SUSPEND, "ada", helpful.clock.now())
    with pytest.raises(InvalidError):
        others.add(helpful, ADA, door)
    assert names(helpful) == ["two"]


def test_a_server_that_is_suspended_since_is_no_good_door_any_more(helpful: Services, boss: AccountRow) -> None:
    others.add(helpful, ADA, Door("two", "two.example"))
    with helpful.db.write() as session:
        editing.set_rule(session, "two.example", Severity.SUSPEND, "ada", helpful.clock.now())
    with helpful.db.read() as session:
        offer = offered.offer(session, helpful, "en")
        assert offer is not None and list(offer.others) == [] and len(others.listed(session)) == 1
