"""Pseudonyms of the crew: one name for colleagues, one outside, and user names only where they must stand."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

import app.web
from app.accounts.tables import AccountRow, ActorRow, Role
from app.api import naming
from app.federation.tables import OutboxActivityRow
from app.lifecycle import leaving
from app.notifications.tables import MailRow
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import decide
from moderation.cases import plans
from moderation.cases.values import DecisionRequest
from moderation.values import Action
from moderation.workforce import names
from moderation.workforce.names import Names
from tests.app import people
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.federation.world import World
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database
TEMPLATES = Path(app.web.__file__).parent / "templates" / "review"
_PRINTED = re.compile(r"\{\{.*?\}\}")
_NAMED = re.compile(r"[\w.\[\]]*\.(?:\w+_by|by|actor|holder)\b(?!\.)(?! [!=]=)(?!\|colleague)(?! is | else )(?:\|\w+)?")
NOBODYS_USER_NAME = {
    ("orders.html", "row.ordered_by"),  # an authority
    ("orders.html", "act.by"),  # handed to a macro of that page, which calls colleagues as they chose
    ("orders.html", "act.answered_by"),
    ("orders.html", "typed.ordered_by"),
    ("parts.html", "post.actor|avatar"),  # authors
    ("parts.html", "post.actor|name"),
    ("parts.html", "post.actor|handle"),
    ("purge.html", "report.by"),  # words already
    ("purges.html", "one.by"),
}


def test_every_page_of_the_desk_calls_colleagues_as_they_chose() -> None:
    """Each name of whoever did something goes through the filter; what isn't one stands above."""
    found = {
        (page.name, name)
        for page in TEMPLATES.glob("*.html")
        for printed in _PRINTED.findall(page.read_text())
        for name in _NAMED.findall(printed)
    }
    assert found == NOBODYS_USER_NAME


def called(who: Visitor, desk: str = "", outside: str = "") -> int:
    return who.post("/review/my-work/names", on="/review/my-work", desk=desk, outside=outside).status_code


def test_colleagues_read_the_name_for_the_desk(town: Town, desk: Desk, mo: Visitor, rita: Visitor) -> None:
    case = desk.case_of(desk.held())
    assert called(mo, "Robin") == 302
    mo.post(f"/review/case/{case.id}/claim", on=f"/review/case/{case.id}")
    page = rita.page(f"/review/case/{case.id}")
    assert "Robin has it for another" in page and "@mo" not in page


def test_whom_a_decision_is_about_reads_the_name_for_outside(town: Town, desk: Desk, mo: Visitor) -> None:
    mallory = town.member("mallory")
    case = desk.case_of(desk.held(by=mallory))
    with town.services.db.read() as session:
        moderator = session.scalars(select(AccountRow).join(ActorRow).where(ActorRow.username == "mo")).one()
    done = decide.decide(town.services, moderator, case.id, DecisionRequest(Action.REMOVE, reason="Read.")).decision
    theirs = town.at_home(mallory)
    page = theirs.page(f"/decisions/{done.id}")
    assert "the moderators of ostiary.example" in page and "@mo" not in page and "mo," not in page
    called(mo, "Robin", "Kim")
    page = theirs.page(f"/decisions/{done.id}")
    assert "Kim, of the moderators of ostiary.example" in page and "Robin" not in page


@pytest.mark.parametrize("taken", ["ana", "ANA", "A n a", "mo"])
def test_a_pseudonym_leads_to_nobodys_profile(town: Town, ana: AccountRow, mo: Visitor, taken: str) -> None:
    answer = mo.post("/review/my-work/names", on="/review/my-work", desk=taken, outside="")
    assert answer.status_code == 422 and "A member here is called so" in answer.text
    assert f'value="{taken}"' in answer.text


def test_no_colleague_is_called_like_another(town: Town, mo: Visitor, rita: Visitor) -> None:
    assert called(mo, "Robin", "Kim") == 302
    assert called(rita, "robin") == 422 and called(rita, "", "K i m") == 422
    assert called(rita, "@somebody") == 422 and called(rita, "x" * 41) == 422
    assert called(mo, "Robin", "Kim") == 302, "one's own stay one's own"


def test_a_lead_names_a_colleague_and_nobody_below_does(town: Town, mo: Visitor, lea: Visitor, rita: Visitor) -> None:
    assert lea.post("/review/crew/mo/names", on="/review/crew/mo", desk="Robin").status_code == 302
    assert rita.post("/review/crew/mo/names", on="/review/my-work", desk="Oaf").status_code == 403
    with town.services.db.read() as session:
        assert names.of(session, "mo") == Names("mo", "Robin")


def test_who_leaves_leaves_no_pseudonym(town: Town) -> None:
    mo = town.member("mo", Role.MODERATOR)
    called(town.at_home(mo), "Robin")
    leaving.remove(town.services, mo.id)
    with town.services.db.read() as session:
        assert names.on_the_desk(session) == {}


def test_nothing_that_leaves_the_house_says_who_decided(town: Town) -> None:
    """Everything that can be decided, by somebody whose name stands nowhere else, and each document and mail of it."""
    services, zoltan = town.services, town.member("zoltan", Role.LEAD)
    ben = town.member("ben")
    called(town.at_home(zoltan), "Balaton", "")
    for number, action in enumerate(Action):
        mallory, olaf = town.member(f"mallory{number}").actor, people.remote(services, f"olaf{number}")
        World(services, town.app.test_client()).follow(olaf, mallory)
        for author in (mallory, olaf):
            if not author.local and action in plans.MEMBERS_ONLY:
                continue
            post = people.post(services, author, "Something that somebody minds.")
            wanted = FileReport(author.id, (post.id,), "Look.", forward=True, forward_comment=True)
            case = file.file(services, ben.actor, wanted).case_id
            done = decide.decide(services, zoltan, case, DecisionRequest(action, reason="Read it.", note="By hand."))
            if number % 2:
                decide.reverse(services, zoltan, done.decision.id, "A slip.")
    with services.db.read() as session:
        house = session.scalars(select(ActorRow.uri).where(ActorRow.uri.endswith("/actor"))).one()
        sent = session.execute(select(OutboxActivityRow.kind, OutboxActivityRow.body)).all()
        mails = session.execute(select(MailRow.subject, MailRow.text).where(MailRow.to != zoltan.email)).all()
    flags = [orjson.loads(body) for kind, body in sent if kind == "Flag"]
    assert len(flags) == len(set(Action) - plans.MEMBERS_ONLY) and {each["actor"] for each in flags} == {house}
    said = [*(body for _, body in sent), *("\n".join(each) for each in mails)]
    assert {kind for kind, _ in sent} > {"Flag", "Delete"} and mails
    assert not [each for each in said if "zoltan" in each.lower() or "balaton" in each.lower()]


def test_the_api_calls_colleagues_as_they_chose_and_takes_both_names(town: Town, desk: Desk, mo: Visitor) -> None:
    case = desk.case_of(desk.held())
    ines = town.member("ines", Role.MODERATOR)
    called(mo, "Robin")
    api, place = Caller(town, ines), f"/api/ostiary/v1/cases/{case.id}"
    assert '"assigned_to":"Robin"' in api.send("POST", f"{place}/assign", json={"to": "robin"})[1]
    assert '"assigned_to":"Robin"' in api.send("POST", f"{place}/assign", json={"to": "mo"})[1]
    assert case.uri in api.send("GET", "/api/ostiary/v1/cases?assigned_to=Robin")[1]
    mo.post(f"/review/case/{case.id}/claim", on=f"/review/case/{case.id}")
    status, refused = api.send("POST", f"{place}/claim")
    assert status == 409 and '"holder":"Robin"' in refused and "Robin holds this case" in refused
    assert '"mo"' not in refused and '"mo"' not in api.send("GET", place)[1]


@pytest.mark.parametrize("field", ["by", "holder", "claimed_by", "taken_by", "undone_by", "listed_by", "followed_by"])
def test_whoever_did_something_is_called_so_in_every_answer(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    monkeypatch.setattr(naming, "_chosen", lambda: {"mo": "Robin"})
    assert naming.shown({"of": [{field: "mo", "text": "mo"}]}) == {"of": [{field: "Robin", "text": "mo"}]}


def test_one_knows_oneself_in_the_api_by_ones_user_name(town: Town, desk: Desk, mo: Visitor) -> None:
    case = desk.case_of(desk.held())
    called(mo, "Robin")
    with town.services.db.read() as session:
        account = session.scalars(select(AccountRow).join(ActorRow).where(ActorRow.username == "mo")).one()
    taken = Caller(town, account).send("POST", f"/api/ostiary/v1/cases/{case.id}/claim")[1]
    assert '"holder":"mo"' in taken


def test_what_is_chosen_in_a_list_is_a_number_and_means_the_colleague(town: Town, mo: Visitor, lea: Visitor) -> None:
    called(mo, "Robin")
    page = lea.page("/review/on-call")
    number = re.search(r'<option value="(\d+)">Robin</option>', page)
    assert number and "@mo" not in page
    fields = {"who": number[1], "weekday": 0, "begins": "10:00", "ends": "11:00", "as": "first"}
    lea.post("/review/on-call", on="/review/on-call", **fields)
    assert "Robin" in lea.page("/review/on-call").split("</ol>")[0]
    assert "crew:Robin" in lea.page("/review/log?actor=robin"), "the log finds and shows the chosen name"
