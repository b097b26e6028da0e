"""Being called: first who is on call, then the deputy, then all leads, until somebody says that they have it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.notifications.tables import MailRow
from app.push.encryption import encoded
from app.workforce import calling
from moderation.cases.tables import CaseRow
from moderation.workforce.tables import CallRow
from tests.app.push.test_push import Device
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
PAGE = "/review/on-call"
WORDS = "I will come to your house, all of you"


@pytest.fixture
def crew(town: Town) -> dict[str, AccountRow]:
    """A lead, and two who can be on call."""
    roles = (("loes", Role.LEAD), ("cleo", Role.MODERATOR), ("dora", Role.MODERATOR))
    return {name: town.member(name, role) for name, role in roles}


@pytest.fixture
def loes(town: Town, crew: dict[str, AccountRow]) -> Visitor:
    """The lead's pages."""
    return town.visitor().sign_in("loes")


def on_call_always(lead: Visitor, name: str, role: str = "first") -> None:
    for day in range(7):
        fields = {"who": name, "weekday": day, "begins": "00:00", "ends": "00:00", "as": role}
        assert lead.post(PAGE, on=PAGE, **fields).status_code == 302


def mailed(town: Town) -> list[str]:
    """To whom mails went, in order."""
    with town.services.db.read() as session:
        return [to.split("@")[0] for to in session.scalars(select(MailRow.to).order_by(MailRow.id))]


def texts(town: Town) -> str:
    with town.services.db.read() as session:
        return " ".join(f"{row.subject} {row.text}" for row in session.scalars(select(MailRow)))


def threatened(town: Town, desk: Desk, mo: Visitor, ana: AccountRow, ben: AccountRow) -> int:
    """A moderator thinks that a life is in danger."""
    case = desk.reported(ben, town.writes(ana, WORDS))
    assert mo.post(f"/review/case/{case.id}/threat", on=f"/review/case/{case.id}").status_code == 302
    return case.id


def test_a_threat_calls_the_first_then_the_deputy_then_all_leads(
    town: Town, desk: Desk, mo: Visitor, loes: Visitor, ana: AccountRow, ben: AccountRow, clock: FrozenClock
) -> None:
    on_call_always(loes, "cleo")
    on_call_always(loes, "dora", "deputy")
    threatened(town, desk, mo, ana, ben)
    assert mailed(town) == ["cleo"]
    assert calling.drain(town.services, 50) == 0, "there is time to answer"
    clock.move(timedelta(minutes=5))
    assert calling.drain(town.services, 50) == 1
    assert mailed(town) == ["cleo", "dora"]
    clock.move(timedelta(minutes=5))
    calling.drain(town.services, 50)
    assert mailed(town) == ["cleo", "dora", "loes"]
    clock.move(timedelta(hours=1))
    assert calling.drain(town.services, 50) == 0
    assert "house" not in texts(town), "no mail has a word of what it is about"
    assert "mo" not in mailed(town)


def test_once_somebody_has_it_nobody_else_is_called(
    town: Town, desk: Desk, mo: Visitor, loes: Visitor, ana: AccountRow, ben: AccountRow, clock: FrozenClock
) -> None:
    on_call_always(loes, "cleo")
    threatened(town, desk, mo, ana, ben)
    cleo = town.visitor().sign_in("cleo")
    assert "a life may be in danger" in cleo.page(PAGE)
    cleo.post(f"{PAGE}/calls/1/take", on=PAGE)
    clock.move(timedelta(hours=1))
    assert calling.drain(town.services, 50) == 0
    assert mailed(town) == ["cleo"]
    assert "@cleo has it." in loes.page(PAGE)
    assert loes.post(f"{PAGE}/calls/1/take", on=PAGE).status_code == 302
    with town.services.db.read() as session:
        assert session.scalars(select(CallRow.taken_by)).one() == "cleo"


def test_where_nobody_is_on_call_all_leads_hear_of_a_threat_at_once(
    town: Town, desk: Desk, mo: Visitor, loes: Visitor, ana: AccountRow, ben: AccountRow
) -> None:
    threatened(town, desk, mo, ana, ben)
    assert "loes" in mailed(town)


def test_what_is_long_past_due_waits_through_quiet_hours_and_a_threat_does_not(
    town: Town, desk: Desk, mo: Visitor, loes: Visitor, ana: AccountRow, ben: AccountRow, clock: FrozenClock
) -> None:
    on_call_always(loes, "cleo")
    loes.post(PAGE + "/quiet", on=PAGE, begins="00:00", ends="00:00")
    desk.held("vermin, these ferries, I say it again", ana)
    clock.move(timedelta(hours=3))
    with town.services.db.write() as session:
        session.query(CaseRow).update({"due_at": clock.now() - timedelta(hours=3)})
    assert calling.drain(town.services, 50) == 0
    threatened(town, desk, mo, ana, ben)
    assert mailed(town) == ["cleo"]
    loes.post(PAGE + "/quiet", on=PAGE, begins="", ends="")
    assert calling.drain(town.services, 50) == 1
    assert mailed(town) == ["cleo", "cleo"]


def test_what_is_the_matter_no_more_calls_nobody_and_is_over(
    town: Town, desk: Desk, mo: Visitor, loes: Visitor, ana: AccountRow, ben: AccountRow, clock: FrozenClock
) -> None:
    on_call_always(loes, "cleo")
    case = threatened(town, desk, mo, ana, ben)
    loes.post(f"/review/threats/{case}/sent", on=f"/review/threats/{case}", to="the police")
    clock.move(timedelta(hours=1))
    assert calling.drain(town.services, 50) == 0
    assert mailed(town) == ["cleo"]
    assert "a life may be in danger" not in loes.page(PAGE)


def test_a_trial_reaches_oneself_alone(town: Town, crew: dict[str, AccountRow]) -> None:
    cleo = town.visitor().sign_in("cleo")
    cleo.post(PAGE + "/try", on=PAGE)
    assert mailed(town) == ["cleo"]
    assert "Nothing waits." in texts(town)


@pytest.mark.parametrize(
    "fields", [{"weekday": "9"}, {"weekday": ""}, {"begins": "25:00"}, {"begins": ""}, {"ends": "soon"}]
)
def test_what_is_no_time_is_one_clear_answer(loes: Visitor, fields: dict[str, str]) -> None:
    answer = loes.post(PAGE, on=PAGE, **{"who": "cleo", "weekday": "0", "begins": "09:00", "ends": "10:00", **fields})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_only_leads_change_the_plan(town: Town, crew: dict[str, AccountRow], loes: Visitor) -> None:
    on_call_always(loes, "cleo")
    cleo = town.visitor().sign_in("cleo")
    assert "Put somebody on call" not in cleo.page(PAGE)
    assert cleo.post(f"{PAGE}/1/remove", on=PAGE).status_code == 403
    loes.post(f"{PAGE}/1/remove", on=PAGE)
    assert loes.page(PAGE).count(">×<") == 6


def test_devices_are_set_up_listed_and_taken_out_on_the_page(mo: Visitor, rita: Visitor) -> None:
    page = mo.page(PAGE)
    assert "data-call-key=" in page and "This takes scripts" in page and "call-worker.js" in page
    device = Device()
    fields = {"endpoint": device.endpoint, "key": encoded(device.point), "auth": encoded(device.auth)}
    assert mo.post(f"{PAGE}/devices", on=PAGE, **{**fields, "key": "AAAA"}).status_code == 422
    assert mo.post(f"{PAGE}/devices", on=PAGE, **fields).status_code == 302
    listed = re.search(r'action="/review/on-call/devices/(\d+)/remove"', mo.page(PAGE))
    assert listed and device.endpoint not in mo.page(PAGE) and "/devices/" not in rita.page(PAGE)
    assert rita.post(f"{PAGE}/devices/{listed[1]}/remove", on=PAGE).status_code == 404
    assert mo.post(f"{PAGE}/devices/{listed[1]}/remove", on=PAGE).status_code == 302
    assert "/remove" not in mo.page(PAGE)
