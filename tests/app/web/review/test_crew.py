"""The crew's pages, and cases that find their way past whom they concern."""

from __future__ import annotations

import pytest

from app.accounts import lookup
from app.accounts.tables import Role
from app.lifecycle import leaving
from app.relationships import follow
from moderation.workforce import records
from moderation.workforce.records import Record
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database


def given(visitor: Visitor) -> str:
    """Where "Begin" leads."""
    return visitor.post("/review/next", on="/review/start").headers["Location"]


def test_a_moderator_says_what_they_read(town: Town, mo: Visitor) -> None:
    form = {"languages": "FR, en", "skip": ["sexual"], "conflicts": "far.example", "heavy_a_day": "3"}
    assert mo.post("/review/my-work", **form).status_code == 302
    page = mo.page("/review/my-work")
    assert 'value="en, fr"' in page and "far.example" in page
    with town.services.db.read() as session:
        record = records.of(session, "mo")
    expected = Record("mo", ("en", "fr"), (), ("sexual",), ("far.example",), {}, 3)
    assert record == expected


@pytest.mark.parametrize("wrong", [{"languages": "french"}, {"heavy_a_day": "²"}, {"conflicts": "@nobody@far.example"}])
def test_what_does_not_fit_is_said_and_kept_as_typed(mo: Visitor, wrong: dict[str, str]) -> None:
    answer = mo.post("/review/my-work", **wrong)
    assert answer.status_code == 422
    assert next(iter(wrong.values())) in answer.text


def test_a_lead_sees_the_crew_and_what_is_for_nobody(town: Town, desk: Desk, mo: Visitor, lea: Visitor) -> None:
    case = desk.case_of(desk.held())
    assert "Every case that waits is for somebody" in lea.page("/review/crew")
    for name in ("mo", "lea"):
        assert lea.post(f"/review/crew/{name}", skip="hate").status_code == 302
    page = lea.page("/review/crew")
    assert "1 case would be dealt to nobody" in page
    assert f'href="/review/case/{case.id}"' in page
    assert "0 cases are for you" in mo.page("/review/start")
    assert given(mo) == "/review/start"


def test_who_deletes_their_account_leaves_no_record(town: Town) -> None:
    mo = town.member("mo", Role.MODERATOR)
    town.at_home(mo).post("/review/my-work", languages="fr")
    leaving.remove(town.services, mo.id)
    with town.services.db.read() as session:
        assert records.every(session) == {}


def test_who_is_not_of_the_crew_has_no_page(town: Town, lea: Visitor) -> None:
    town.member("ana")
    assert lea.get("/review/crew/ana").status_code == 404
    assert lea.post("/review/crew/ana", on="/review/my-work").status_code == 404


def test_a_case_about_whom_one_follows_goes_to_somebody_else(town: Town, desk: Desk) -> None:
    mo, mallory = town.member("mo", Role.MODERATOR), town.member("mallory")
    follow.follow(town.services, mo.id, mallory.id)
    case = desk.case_of(desk.held(by=mallory))
    rita = town.at_home(town.member("rita", Role.REVIEWER))
    assert given(town.at_home(mo)) == "/review/start"
    assert given(rita) == f"/review/case/{case.id}"


def test_who_works_alone_is_given_what_nobody_else_could_read(town: Town, desk: Desk) -> None:
    mo, mallory = town.member("mo", Role.MODERATOR), town.member("mallory")
    follow.follow(town.services, mo.id, mallory.id)
    case = desk.case_of(desk.held(by=mallory))
    assert given(town.at_home(mo)) == f"/review/case/{case.id}"


def test_what_one_reported_goes_to_somebody_else(town: Town, desk: Desk) -> None:
    mo, rita = town.member("mo", Role.MODERATOR), town.member("rita", Role.REVIEWER)
    case = desk.reported(mo, town.writes(town.member("ana"), "a harmless line"))
    assert given(town.at_home(mo)) == "/review/start"
    assert given(town.at_home(rita)) == f"/review/case/{case.id}"


@pytest.fixture
def followed(town: Town, desk: Desk) -> tuple[Visitor, int]:
    """Mo, and a case about whom she follows; Rita could read it."""
    mo, mallory = town.member("mo", Role.MODERATOR), town.member("mallory")
    town.member("rita", Role.REVIEWER)
    follow.follow(town.services, mo.id, mallory.id)
    return town.at_home(mo), desk.case_of(desk.held(by=mallory)).id


@pytest.fixture
def declared(town: Town, desk: Desk, mo: Visitor) -> tuple[Visitor, int]:
    """Mo, and a case about whom she declared."""
    mallory = town.member("mallory")
    case = desk.case_of(desk.held(by=mallory))
    mo.post("/review/my-work", conflicts="@mallory")
    return mo, case.id


@pytest.fixture
def reported(town: Town, desk: Desk) -> tuple[Visitor, int]:
    """Mo, and a case that she reported."""
    mo = town.member("mo", Role.MODERATOR)
    town.member("rita", Role.REVIEWER)
    case = desk.reported(mo, town.writes(town.member("mallory"), "a harmless line"))
    return town.at_home(mo), case.id


@pytest.mark.parametrize("why", ["followed", "declared", "reported"])
def test_whom_one_has_to_do_with_is_hidden_on_every_way(
    town: Town, desk: Desk, request: pytest.FixtureRequest, why: str
) -> None:
    mo, number = request.getfixturevalue(why)
    place = f"/review/case/{number}"
    assert mo.get(place).status_code == 403
    for path in ("/review", "/review/reports", "/review/queue.html"):
        assert place not in mo.page(path), path
    assert mo.get(f"/review/find?q={number}").headers.get("Location") != place
    case = desk.case_of_id(number)
    assert mo.get(f"/review/history?uri={case.uri}").status_code == 403
    for doing in ("claim", "escalate", "decide"):
        form = {"action": "remove", "version": str(case.version)} if doing == "decide" else {}
        assert mo.post(f"{place}/{doing}", on="/review/start", **form).status_code == 403, doing
    assert desk.case_of_id(number).decided_at is None


@pytest.mark.parametrize("why", ["followed", "declared", "reported"])
def test_the_api_hides_it_too(town: Town, desk: Desk, request: pytest.FixtureRequest, why: str) -> None:
    _mo, number = request.getfixturevalue(why)
    with town.services.db.read() as session:
        account = lookup.account(session, lookup.by_handle(session, town.services.settings, "mo").id)
    caller, root = Caller(town, account), "/api/ostiary/v1"
    status, text = caller.send("GET", f"{root}/cases")
    assert status == 200 and f'"id":"{number}"' not in text and f'"id":{number}' not in text
    assert caller.send("GET", f"{root}/cases/{number}")[0] == 403
    for doing in ("claim", "decisions", "escalate"):
        body = {"action": "remove"} if doing == "decisions" else {}
        assert caller.send("POST", f"{root}/cases/{number}/{doing}", json=body)[0] == 403, doing


def test_what_everybody_here_has_to_do_with_can_still_be_opened(town: Town, desk: Desk) -> None:
    mo, rita, mallory = town.member("mo", Role.MODERATOR), town.member("rita", Role.REVIEWER), town.member("mallory")
    for one in (mo, rita):
        follow.follow(town.services, one.id, mallory.id)
    case = desk.case_of(desk.held(by=mallory))
    assert given(town.at_home(mo)) == "/review/start"
    assert town.at_home(mo).get(f"/review/case/{case.id}").status_code == 200


def test_a_decision_of_others_about_whom_one_follows_is_left_to_others(town: Town, desk: Desk) -> None:
    mo, mallory, rita = town.member("mo", Role.MODERATOR), town.member("mallory"), town.member("rita", Role.REVIEWER)
    case = desk.case_of(desk.held(by=mallory))
    form = {"action": "remove", "version": str(case.version), "reason_remove": "so"}
    assert (
        town.at_home(rita).post(f"/review/case/{case.id}/decide", on=f"/review/case/{case.id}", **form).status_code
        == 302
    )
    follow.follow(town.services, mo.id, mallory.id)
    at_home = town.at_home(mo)
    assert at_home.post("/review/decisions/1/reverse", on="/review/start", reason="for a friend").status_code == 403
