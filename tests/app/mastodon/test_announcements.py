"""What the house announces: shown when it is time, put away by each for themselves, answered with one sign."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.accounts.tables import AccountRow, Role
from app.announcements import speaking, writing
from app.announcements.tables import AnnouncementRow
from app.clock import FrozenClock
from app.errors import ForbiddenError, InvalidError
from app.federation.wire import sanitise
from app.lifecycle import ties
from app.services import Services
from tests.app.mastodon.people import Person, member

PATH = "/api/v1/announcements"
HOUR = timedelta(hours=1)


@pytest.fixture
def chief(services: Services) -> AccountRow:
    """An admin."""
    return member(services, "chief", role=Role.ADMIN)


def announce(
    services: Services,
    chief: AccountRow,
    text: str = "We move tonight",
    begins: datetime | None = None,
    ends: datetime | None = None,
) -> AnnouncementRow:
    return writing.write(services, chief, text, begins, ends)


def later(services: Services, by: timedelta = HOUR) -> None:
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(by)


def texts(who: Person) -> list[str]:
    return [one["content"] for one in who.read(PATH)]


def test_an_announcement_is_shown_as_clients_expect(ana: Person, services: Services, chief: AccountRow) -> None:
    row = announce(services, chief, "Hello @ana, see https://x.example #News")
    assert ana.read(PATH) == [
        {
            "id": str(row.id),
            "content": sanitise.clean(row.content),
            "starts_at": None,
            "ends_at": None,
            "all_day": False,
            "published_at": "2026-03-02T12:00:00.000Z",
            "updated_at": "2026-03-02T12:00:00.000Z",
            "read": False,
            "mentions": [
                {"id": ana.id, "username": "ana", "url": "https://ostiary.example/@ana", "acct": "ana"},
            ],
            "statuses": [],
            "tags": [{"name": "News", "url": "https://ostiary.example/tags/news"}],
            "emojis": [],
            "reactions": [],
        }
    ]
    assert 'href="https://x.example"' in row.content


def test_strangers_are_shown_nothing(http: FlaskClient) -> None:
    assert http.get(PATH).status_code == 401


def test_it_begins_when_it_is_planned_and_ends_in_time(ana: Person, services: Services, chief: AccountRow) -> None:
    now = services.clock.now()
    announce(services, chief, "Later", now + HOUR, now + 2 * HOUR)
    assert texts(ana) == []
    later(services)
    assert texts(ana) == ["<p>Later</p>"] and ana.read(PATH)[0]["ends_at"] == "2026-03-02T14:00:00.000Z"
    later(services)
    assert texts(ana) == []


def test_who_wrote_it_ends_it(ana: Person, services: Services, chief: AccountRow) -> None:
    row = announce(services, chief)
    writing.end(services, chief, row.id)
    assert texts(ana) == [] and ana.post(f"{PATH}/{row.id}/dismiss").status_code == 404
    assert ana.send("PUT", f"{PATH}/{row.id}/reactions/☕").status_code == 404


def test_only_admins_announce_and_only_what_makes_sense(ana: Person, services: Services, chief: AccountRow) -> None:
    now = services.clock.now()
    with pytest.raises(ForbiddenError):
        announce(services, ana.account)
    with pytest.raises(ForbiddenError):
        writing.end(services, ana.account, 1)
    for text, ends in ((" ", None), ("x" * 5001, None), ("Too late", now)):
        with pytest.raises(InvalidError):
            announce(services, chief, text, ends=ends)


def test_each_puts_it_away_for_themselves(ana: Person, ben: Person, services: Services, chief: AccountRow) -> None:
    row = announce(services, chief)
    for _time in range(2):
        assert ana.do(f"{PATH}/{row.id}/dismiss") == {}
    assert ana.read(PATH)[0]["read"] is True and ben.read(PATH)[0]["read"] is False
    assert ana.post(f"{PATH}/1/dismiss").status_code == 404


def test_signs_are_counted_and_taken_back(ana: Person, ben: Person, services: Services, chief: AccountRow) -> None:
    path = f"{PATH}/{announce(services, chief).id}/reactions"
    for who, sign in ((ana, "☕"), (ana, "☕"), (ben, "☕"), (ben, "🤔")):
        assert who.send("PUT", f"{path}/{sign}").json == {}
    assert ana.read(PATH)[0]["reactions"] == [
        {"name": "☕", "count": 2, "me": True},
        {"name": "🤔", "count": 1, "me": False},
    ]
    assert ana.send("DELETE", f"{path}/☕").json == {} and ana.send("DELETE", f"{path}/☕").json == {}
    assert ana.read(PATH)[0]["reactions"][0] == {"name": "☕", "count": 1, "me": False}
    assert ana.send("PUT", f"{path}/hello").status_code == 422
    ties.cut(services, ben.account.id)
    assert ana.read(PATH)[0]["reactions"] == []


def test_there_is_room_for_a_few_signs(ana: Person, ben: Person, services: Services, chief: AccountRow) -> None:
    path = f"{PATH}/{announce(services, chief).id}/reactions"
    for sign in "☕🤔👍🎉🐈🐕🌊⛵":
        assert ana.send("PUT", f"{path}/{sign}").status_code == 200
    assert ana.send("PUT", f"{path}/🔔").status_code == 422
    assert ben.send("PUT", f"{path}/☕").status_code == 200


def test_streams_hear_of_beginning_and_end_once(services: Services, chief: AccountRow) -> None:
    now = services.clock.now()
    announce(services, chief, "Later", now + HOUR, now + 2 * HOUR)
    done: list[Any] = []
    for _hour in range(4):
        done.append(speaking.drain(services))
        later(services)
    assert done == [0, 1, 1, 0]
    row = announce(services, chief)
    assert speaking.drain(services) == 1 and speaking.drain(services) == 0
    writing.end(services, chief, row.id)
    writing.end(services, chief, row.id)
    assert speaking.drain(services) == 1 and speaking.drain(services) == 0
