"""What admins set where sign-ups are closed, and what leads do with the waiting list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.clock import FrozenClock
from app.database.engine import Database
from app.doors import choices, organisations, waiting
from app.doors.choices import Choices
from app.doors.organisations import Request
from app.doors.tables import OrganisationRow, RequestState, WaitingRow, WaitingState
from app.doors.waiting import Ask
from app.notifications.tables import MailRow
from app.services import Services
from app.settings import Registration
from moderation.log.tables import LogRow
from tests.app.doors.conftest import ADA, ALL, link
from tests.app.web.conftest import Town, Visitor
from tests.support.services import make_services, make_settings

pytestmark = pytest.mark.one_database
PAGE = "/review/waiting-list"


@pytest.fixture
def services(tmp_path: Path, db: Database, redis: Redis, clock: FrozenClock) -> Services:
    """A house whose sign-ups are closed."""
    settings = replace(make_settings(tmp_path, db), registration=Registration.CLOSED)
    return make_services(tmp_path, db=db, redis=redis, clock=clock, settings=settings)


@pytest.fixture
def ada(town: Town, admin: AccountRow) -> Visitor:
    """The admin, signed in."""
    return town.at_home(admin)


def last_mail(town: Town) -> MailRow:
    with town.services.db.read() as session:
        return session.scalars(select(MailRow).order_by(MailRow.id.desc())).first()  # type: ignore[return-value]


@pytest.fixture
def filled(town: Town, ada: Visitor, clock: FrozenClock) -> Town:
    """Three wait, and a choir asked."""
    choices.choose(town.services, ADA, ALL)
    for name in ("one", "two", "three"):
        waiting.ask(town.services, Ask(f"{name}@mail.example", f"the words of {name}"), "198.51.100.1")
        waiting.confirm(town.services, link(last_mail(town), "waiting-list/confirm"))
        clock.move(timedelta(minutes=1))
    asked = Request("The Choir", "choir.example", "12", "Nadia", "nadia@choir.example", "songs")
    organisations.ask(town.services, asked, "198.51.100.1")
    organisations.confirm(town.services, link(last_mail(town), "organisations/confirm"))
    return town


def states(town: Town) -> list[WaitingState]:
    with town.services.db.read() as session:
        return list(session.scalars(select(WaitingRow.state).order_by(WaitingRow.id)))


def choir(town: Town) -> OrganisationRow:
    with town.services.db.read() as session:
        return session.scalars(select(OrganisationRow)).one()


def test_an_admin_switches_on_what_is_offered_and_it_is_in_the_log(town: Town, ada: Visitor) -> None:
    answer = ada.post("/review/closed", waiting_list="1", others="1", words_en="We are five.", words_fr="")
    assert answer.status_code == 302
    with town.services.db.read() as session:
        assert choices.chosen(session) == Choices(waiting_list=True, others=True, words_en="We are five.")
        assert session.scalars(select(LogRow.actor).where(LogRow.verb == "closed_door_set")).all() == ["ada"]
    page = ada.page("/review/closed")
    assert "We are five." in page and "OSTIARY_SMTP_URL" in page, "without mail nobody can be invited: it says so"
    assert ada.post("/review/closed", words_en="x" * 501).status_code == 422


def test_other_servers_are_kept_in_order_on_the_same_page(town: Town, ada: Visitor) -> None:
    for name in ("harbour", "tower"):
        answer = ada.post("/review/closed/others", on="/review/closed", name=name, address=f"{name}.example")
        assert answer.status_code == 302
    wrong = ada.post("/review/closed/others", on="/review/closed", name="x", address="tower.example")
    assert wrong.status_code == 422 and "stands on the list already" in wrong.text
    ada.post("/review/closed/others/2/move", on="/review/closed", to="up")
    page = ada.page("/review/closed")
    assert page.index("tower.example") < page.index("harbour.example")
    wrong = ada.post("/review/closed/others/1", on="/review/closed", name="", address="harbour.example")
    assert wrong.status_code == 422
    ada.post("/review/closed/others/1/remove", on="/review/closed")
    assert "harbour.example" not in ada.page("/review/closed")


def test_a_lead_invites_the_next_without_seeing_an_address(filled: Town, lea: Visitor) -> None:
    page = lea.page(PAGE)
    assert "1 organisation waits for an answer" in lea.page("/review/start")
    assert "3 people wait" in page and "the words of one" in page and "mail.example" not in page
    assert "choir.example" in page and "nadia@choir.example" not in page and "An admin answers." in page
    assert lea.post(f"{PAGE}/invite", on=PAGE, count="2").status_code == 302
    assert states(filled) == [WaitingState.INVITED, WaitingState.INVITED, WaitingState.WAITING]
    assert lea.post(f"{PAGE}/invite", on=PAGE, count="many").status_code == 422


def test_the_glass_opens_the_addresses_for_a_quarter_of_an_hour(
    filled: Town, lea: Visitor, ada: Visitor, clock: FrozenClock
) -> None:
    assert lea.post(f"{PAGE}/export.csv", on=PAGE).status_code == 409
    assert lea.post(f"{PAGE}/open", on=PAGE, reason="so").status_code == 422
    assert lea.post(f"{PAGE}/open", on=PAGE, reason="we move to another list").status_code == 302
    page = lea.page(PAGE)
    assert "one@mail.example" in page and "nadia@choir.example" in page
    assert "two@mail.example" in lea.post(f"{PAGE}/export.csv", on=PAGE).text
    others = ada.page(PAGE)
    assert "one@mail.example" not in others and "we move to another list" in others
    clock.move(timedelta(minutes=16))
    assert "one@mail.example" not in lea.page(PAGE)


def test_moderators_are_told_how_many_wait_and_no_more(filled: Town, mo: Visitor) -> None:
    page = mo.page("/review/signups")
    assert "3 people are on the waiting list." in page and "1 organisation waits" in page
    assert PAGE not in page and "mail.example" not in page
    assert mo.get(PAGE).status_code == 403


def test_one_is_taken_off_by_number_or_by_address(filled: Town, lea: Visitor) -> None:
    assert lea.post(f"{PAGE}/1/remove", on=PAGE).status_code == 302
    assert lea.post(f"{PAGE}/remove", on=PAGE, email="TWO@mail.example").status_code == 302
    assert lea.post(f"{PAGE}/remove", on=PAGE, email="two@mail.example").status_code == 404
    assert len(states(filled)) == 1
    assert lea.post(f"{PAGE}/3/invite", on=PAGE).status_code == 302
    assert states(filled) == [WaitingState.INVITED]


def test_an_admin_answers_organisations_and_a_lead_does_not(filled: Town, lea: Visitor, ada: Visitor) -> None:
    path = f"{PAGE}/organisations/{choir(filled).id}"
    assert lea.post(f"{path}/grant", on=PAGE, uses="5", days="30").status_code == 403
    assert ada.post(f"{path}/grant", on=PAGE, uses="500", days="30", words="hello").status_code == 422
    assert ada.post(f"{path}/grant", on=PAGE, uses="5", days="30", words="hello").status_code == 302
    assert choir(filled).state is RequestState.GRANTED and "/sign-up?invitation=" in last_mail(filled).text
    assert ada.post(f"{path}/decline", on=PAGE, words="there is no room").status_code == 409
    assert "5 accounts, of which 5 can still be made" in ada.page(PAGE)
    assert ada.post(f"{path}/end", on=PAGE).status_code == 302
    assert "can still be made" not in ada.page(PAGE)
    assert ada.post(f"{path}/remove", on=PAGE).status_code == 302
    assert "None has asked." in ada.page(PAGE)


def test_declining_takes_words(filled: Town, ada: Visitor) -> None:
    path = f"{PAGE}/organisations/{choir(filled).id}/decline"
    assert ada.post(path, on=PAGE, words="").status_code == 422
    assert ada.post(path, on=PAGE, words="We are full until spring.").status_code == 302
    assert "We are full until spring." in last_mail(filled).text
