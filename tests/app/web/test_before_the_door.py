"""What somebody without an account finds where sign-ups are closed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.clock import FrozenClock
from app.database.engine import Database
from app.doors import choices, others
from app.doors.choices import Choices
from app.doors.others import Door
from app.doors.tables import WaitingRow, WaitingState
from app.notifications.tables import MailRow
from app.services import Services
from app.settings import Registration
from tests.app.doors.conftest import ADA, ALL, link
from tests.app.web.conftest import Town
from tests.support.services import make_services, make_settings

pytestmark = pytest.mark.one_database
ORGANISATION = {
    "name": "The Choir", "website": "choir.example", "people": "12", "contact": "Nadia",
    "email": "nadia@choir.example", "purpose": "songs",
}  # fmt: skip


@pytest.fixture
def mode() -> Registration:
    """Who may sign up; tests set another."""
    return Registration.CLOSED


@pytest.fixture
def services(tmp_path: Path, db: Database, redis: Redis, clock: FrozenClock, mode: Registration) -> Services:
    """A house with that mode."""
    settings = replace(make_settings(tmp_path, db), registration=mode)
    return make_services(tmp_path, db=db, redis=redis, clock=clock, settings=settings)


@pytest.fixture
def helpful(town: Town, admin: AccountRow) -> Town:
    """It helps in every way."""
    choices.choose(town.services, ADA, replace(ALL, words_en="We are five people.", words_fr="Nous sommes cinq."))
    others.add(town.services, ADA, Door("The Harbour", "harbour.example", "fr", "by the sea", "au bord de la mer"))
    return town


def last_mail(town: Town) -> MailRow:
    with town.services.db.read() as session:
        return session.scalars(select(MailRow).order_by(MailRow.id.desc())).first()  # type: ignore[return-value]


@pytest.mark.parametrize("path", ["/", "/sign-up"])
def test_with_nothing_switched_on_it_says_plainly_that_it_is_closed_and_how_to_read(
    town: Town, admin: AccountRow, path: str
) -> None:
    page = town.visitor().page(path)
    assert "Nobody can sign up here at the moment." in page
    assert "You can read without an account" in page and 'href="/local"' in page
    for offered in ("/waiting-list", "/organisations", "Other good doors"):
        assert offered not in page
    for gone in ("/waiting-list", "/organisations"):
        assert town.visitor().get(gone).status_code == 404
        assert town.visitor().post(gone, on="/sign-in", email="a@mail.example").status_code in (404, 422)


@pytest.mark.parametrize("path", ["/", "/sign-up"])
def test_what_is_switched_on_stands_there_in_the_readers_language(helpful: Town, path: str) -> None:
    page, french = helpful.visitor().page(path), helpful.visitor("fr").page(path)
    assert "We are five people." in page and "by the sea" in page and 'href="https://harbour.example"' in page
    assert "/waiting-list" in page and "/organisations" in page
    assert "Nous sommes cinq." in french and "au bord de la mer" in french


@pytest.mark.parametrize("mode", [Registration.INVITE])
def test_a_house_by_invitation_helps_as_well(helpful: Town) -> None:
    page = helpful.visitor().page("/sign-up")
    assert "takes an invitation" in page and "Put me on the list" in page


@pytest.mark.parametrize("mode", [Registration.OPEN])
def test_an_open_house_says_nothing_of_it(helpful: Town) -> None:
    for path in ("/", "/sign-up"):
        assert "Other good doors" not in helpful.visitor().page(path)
    assert helpful.visitor().get("/waiting-list").status_code == 404


def test_whose_invitation_is_too_old_is_told_so_and_what_else_there_is(helpful: Town) -> None:
    answer = helpful.visitor().get("/sign-up?invitation=used")
    assert answer.status_code == 404
    assert "This invitation has been used, or is too old" in answer.text and "Put me on the list" in answer.text


def test_before_there_is_an_admin_nothing_is_offered(town: Town) -> None:
    choices.choose(town.services, ADA, Choices(waiting_list=True))
    assert "/waiting-list" not in town.visitor().page("/sign-up")


def test_the_waiting_list_is_joined_and_left_without_scripts(helpful: Town) -> None:
    visitor = helpful.visitor("fr")
    answer = visitor.post("/waiting-list", on="/sign-up", email="chloe@mail.example", why="la mer", language="fr")
    assert answer.status_code == 200 and "chloe@mail.example" in answer.text
    confirming = "/waiting-list/confirm/" + link(last_mail(helpful), "waiting-list/confirm")
    assert "la mer" in visitor.page(confirming)
    with helpful.services.db.read() as session:
        found = session.scalars(select(WaitingRow)).one()
        assert (found.state, found.language, found.locale) == (WaitingState.UNCONFIRMED, "fr", "fr"), (
            "looking is no yes"
        )
    assert visitor.post(confirming).status_code == 200
    leaving = "/waiting-list/leave/" + link(last_mail(helpful), "waiting-list/leave")
    visitor.page(leaving)
    assert visitor.post(leaving).status_code == 200 and visitor.post(leaving).status_code == 200
    with helpful.services.db.read() as session:
        assert session.scalars(select(WaitingRow)).all() == []
    assert visitor.get(confirming).status_code == 422


def test_the_answer_is_the_same_for_every_address(helpful: Town, ana: AccountRow) -> None:
    visitor = helpful.visitor()
    visitor.post("/waiting-list", email="chloe@mail.example")
    visitor.post("/waiting-list/confirm/" + link(last_mail(helpful), "waiting-list/confirm"))
    told = set()
    for email in ("chloe@mail.example", ana.email, "new@mail.example", *["chloe@mail.example"] * 4):
        answer = visitor.post("/waiting-list", email=email)
        told.add((answer.status_code, answer.text.replace(email, "…")))
    assert len({(status, text.partition("<main")[2]) for status, text in told}) == 1


def test_a_refused_form_keeps_what_was_typed(helpful: Town) -> None:
    answer = helpful.visitor().post("/waiting-list", email="nonsense", why="the sea")
    assert answer.status_code == 422 and "the sea" in answer.text
    answer = helpful.visitor().post("/organisations", **{**ORGANISATION, "people": "many"})
    assert answer.status_code == 422 and "The Choir" in answer.text and "as a number" in answer.text


def test_an_organisation_asks_and_can_have_it_deleted(helpful: Town) -> None:
    visitor = helpful.visitor()
    assert visitor.post("/organisations", **ORGANISATION).status_code == 200
    mail = last_mail(helpful)
    confirming = "/organisations/confirm/" + link(mail, "organisations/confirm")
    assert "The Choir" in visitor.page(confirming)
    assert visitor.post(confirming).status_code == 200
    leaving = "/organisations/leave/" + link(mail, "organisations/leave")
    visitor.page(leaving)
    assert visitor.post(leaving).status_code == 200
    assert visitor.get(confirming).status_code == 422


def test_apps_are_told_what_stands_on_the_door(helpful: Town) -> None:
    told = helpful.visitor().get("/api/v2/instance").json["registrations"]
    assert told["enabled"] is False and told["url"] == "https://ostiary.example/sign-up"
    assert told["message"].startswith("<p>Nobody can sign up here at the moment.</p><p>We are five people.</p>")
    assert helpful.visitor().get("/api/v1/instance").json["registrations"] is False


@pytest.mark.parametrize("mode", [Registration.OPEN])
def test_apps_are_told_nothing_of_a_door_that_is_open(helpful: Town) -> None:
    told = helpful.visitor().get("/api/v2/instance").json["registrations"]
    assert (told["enabled"], told["message"], told["url"]) == (True, None, None)


def test_markup_in_the_houses_words_stays_words(town: Town, admin: AccountRow) -> None:
    choices.choose(town.services, ADA, Choices(words_en="<script>alert(1)</script>"))
    told = town.visitor().get("/api/v2/instance").json["registrations"]
    assert "&lt;script&gt;" in told["message"] and told["url"] is None
    assert "<script>alert" not in town.visitor().get("/").text
