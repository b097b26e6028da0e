"""A new version of the undertaking asks those who signed an earlier one, before they are given anything more."""

from __future__ import annotations

import pytest

from app.accounts import roles
from app.accounts.tables import AccountRow, Role
from app.workforce import undertaking
from moderation.workforce import undertakings
from moderation.workforce.undertakings import Text
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database
PAGE = "/review/undertaking"


def signed_before(town: Town, name: str) -> None:
    """They signed the version before the one in force."""
    old = Text(undertaking.VERSION - 1, "en", "as it was before")
    with town.services.db.write() as session:
        undertakings.sign(session, name, old, "Rita Roy", town.services.clock.now())


def test_who_signed_an_earlier_version_is_asked_again(town: Town, desk: Desk, rita: Visitor) -> None:
    case = desk.case_of(desk.held())
    signed_before(town, "rita")
    assert PAGE in rita.page("/review/start")
    assert rita.post("/review/next", on="/review/start").headers["Location"] == PAGE
    assert rita.post(f"/review/case/{case.id}/claim", on="/review/start").status_code == 403
    assert "It has changed since" in rita.page(PAGE)
    assert rita.post(PAGE, signed_as="Rita Roy").status_code == 422, "unread"
    assert rita.post(PAGE, read="1", signed_as="").status_code == 422
    assert rita.post(PAGE, read="1", signed_as="Rita Roy").headers["Location"] == "/review/start"
    assert PAGE not in rita.page("/review/start")
    assert rita.post("/review/next", on="/review/start").headers["Location"] == f"/review/case/{case.id}"


def test_the_api_gives_nothing_either(town: Town, desk: Desk) -> None:
    case = desk.case_of(desk.held())
    program = Caller(town, town.member("rob", Role.REVIEWER))
    signed_before(town, "rob")
    status, text = program.send("POST", f"/api/ostiary/v1/cases/{case.id}/claim", json={})
    assert status == 403 and "undertaking" in text


def test_who_is_given_a_role_by_a_colleague_signs_before_anything_comes(town: Town, desk: Desk, lea: Visitor) -> None:
    desk.held()
    ana = town.member("ana")
    given = lea.post("/review/roles/ana", on="/review/roles", role="moderator", reason="She asked for it")
    assert given.status_code == 302
    with town.services.db.write() as session:
        session.get_one(AccountRow, ana.id).second_factor_at = town.services.clock.now()
    theirs = town.at_home(ana)
    assert PAGE in theirs.page("/review/start")
    assert theirs.post("/review/next", on="/review/start").headers["Location"] == PAGE
    assert "You were given a role" in theirs.page(PAGE)
    theirs.post(PAGE, read="1", signed_as="Ana Adams")
    assert "/case/" in theirs.post("/review/next", on="/review/start").headers["Location"]


def test_whom_the_command_line_made_somebody_is_not_asked(town: Town) -> None:
    ada = town.member("ada")
    roles.give(town.services, ada.id, Role.ADMIN, by=roles.BY_COMMAND)
    with town.services.db.read() as session:
        assert not undertaking.is_owed(session, "ada")


def test_who_signed_this_one_or_none_is_not_asked(town: Town, rita: Visitor) -> None:
    assert PAGE not in rita.page("/review/start")
    with town.services.db.write() as session:
        undertakings.sign(session, "rita", undertaking.text("en"), "Rita Roy", town.services.clock.now())
    assert PAGE not in rita.page("/review/start") and "It has changed since" not in rita.page(PAGE)
