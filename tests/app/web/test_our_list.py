"""Our list of rules about other servers, before those whom it is for and those whom it isn't."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from app.accounts.tables import Role
from app.instance import our_list
from app.instance.our_list import Reader
from app.oauth import tokens
from moderation.cases.tables import CaseRow
from moderation.domains import editing, lists, publishing
from moderation.domains.values import Filter
from moderation.values import CaseState, Severity
from tests.app.web.conftest import BASE, Town
from tests.app.web.review.conftest import Desk, desk

__all__ = ["desk"]
PLACES = (
    "/about/blocks", "/about/blocks.csv", "/about/blocks.json", "/about/blocks/fires", "/about/blocks/fires/snapshot",
    "/about/blocks/fires/changes", "/about/blocks/fires/labels", "/about/blocks/fires/labels/spam",
)  # fmt: skip


@pytest.fixture
def listed(town: Town) -> Town:
    """A house with rules of every kind."""
    now = town.services.clock.now()
    with town.services.db.write() as session:
        for domain, severity, more in (
            ("spam.example", Severity.SUSPEND, {"public_comment": "adverts", "private_comment": "zqnote one"}),
            ("awful-place.example", Severity.SUSPEND, {"public_comment": "awful", "obfuscate": True}),
            ("loud.example", Severity.SILENCE, {"public_comment": "loud"}),
            ("media.example", Severity.FILTER,
             {"public_comment": "pictures", "reject_media": True, "filters": frozenset({Filter.BOOSTS})}),
            ("mended.example", Severity.SUSPEND, {"public_comment": "was hacked", "private_comment": "zqnote two"}),
            ("unsaid.example", Severity.SUSPEND, {"private_comment": "zqnote three"}),
            ("friend.example", Severity.ALLOW, {"public_comment": "friends"}),
        ):  # fmt: skip
            editing.set_rule(session, domain, severity, "ada", now, **more)
        editing.lift_rule(session, "mended.example", "zqada", now)
    return town


def test_the_list_is_told_in_every_form_and_what_was_lifted_stays_on_it_as_taken_back(listed: Town) -> None:
    nobody = listed.visitor()
    page = nobody.page("/about/blocks")
    assert "adverts" in page and "mended.example" in page.split("Taken back")[1] and "friend.example" not in page
    rows = list(csv.DictReader(io.StringIO(nobody.page("/about/blocks.csv"))))
    assert {row["#domain"]: row["#severity"] for row in rows} == {
        "spam.example": "suspend", "loud.example": "silence", "media.example": "silence",
    }  # fmt: skip
    told = {each["digest"]: each for each in nobody.get("/about/blocks.json").json}
    assert len(told) == 5 and sum(each.get("retracted", False) for each in told.values()) == 1
    snapshot = nobody.get("/about/blocks/fires/snapshot").json
    assert [(each["type"], each["entityKey"]) for each in snapshot["orderedItems"]] == [
        ("Retraction", "mended.example"), ("Recommendation", "media.example"), ("Recommendation", "loud.example"),
        ("Recommendation", "spam.example"),
    ]  # fmt: skip
    dataset = nobody.get("/about/blocks/fires").json
    assert dataset["type"] == "Dataset" and nobody.get(dataset["endpoints"]["changes"].removeprefix(BASE)).json
    one = snapshot["orderedItems"][0]
    assert nobody.get(one["id"].removeprefix(BASE)).json == one


def test_another_house_reads_the_same_from_each_form(listed: Town) -> None:
    nobody = listed.visitor()
    known = {publishing.digest("awful-place.example"): "awful-place.example"}
    for place, severities in (
        ("/about/blocks.json", {"media.example": "filter", "awful-place.example": "suspend"}),
        ("/about/blocks.csv", {"media.example": "silence"}),
        ("/about/blocks/fires/snapshot", {"media.example": "silence"}),
        ("/about/blocks/fires/changes", {"media.example": "silence"}),
    ):
        found = lists.parse(nobody.get(place).text, "other.example", known=known)
        said = {each.domain: each.severity.value for each in found.drafts}
        assert said == {"spam.example": "suspend", "loud.example": "silence"} | severities, place
        assert not found.refused, place
        media = next(each for each in found.drafts if each.domain == "media.example")
        assert media.reject_media and (place.endswith("csv") or media.filters == {Filter.BOOSTS}), place
        loud = next(each for each in found.drafts if each.domain == "loud.example")
        assert not loud.filters, place
        if "csv" not in place:
            assert [each.domain for each in found.retracted] == ["mended.example"], place


def test_hidden_names_notes_and_who_decided_are_nowhere(listed: Town) -> None:
    with listed.services.db.write() as session:  # told plainly once, hidden since; and lifted while it was hidden
        now = listed.services.clock.now()
        editing.set_rule(session, "spam.example", Severity.SUSPEND, "zqada", now, public_comment="x", obfuscate=True)
        editing.lift_rule(session, "awful-place.example", "zqada", now)
    for place in (*PLACES, "/about", "/api/v1/instance/domain_blocks"):
        said = listed.visitor().get(place).text
        for secret in ("awful-place", "spam.example", "zqnote", "zqada", "unsaid", "evidence"):
            assert secret not in said, (place, secret)
    changes = listed.visitor().get("/about/blocks/fires/changes").json["orderedItems"]
    assert [each["type"] for each in changes].count("Tombstone") == 2


@pytest.mark.parametrize(
    ("readers", "stranger", "member"),
    [((Reader.EVERYBODY,), 200, 200), ((Reader.MEMBERS,), 404, 200), ((Reader.PEERS,), 404, 404), ((), 404, 404)],
)
def test_whoever_it_is_not_for_finds_nothing(
    listed: Town, readers: tuple[Reader, ...], stranger: int, member: int
) -> None:
    our_list.choose(listed.services, "ada", readers)
    ana = listed.member("ana")
    browser, token = listed.at_home(ana), tokens.make(listed.services, ana.id, "read")
    program = listed.app.test_client(use_cookies=False)
    for place in PLACES:
        assert listed.visitor().get(place).status_code == stranger, place
        assert browser.get(place).status_code == member, place
        headers = {"Authorization": f"Bearer {token}"}
        assert program.get(place, base_url=BASE, headers=headers).status_code == member, place
    assert ("loud.example" in listed.visitor().page("/about")) is (stranger == 200)
    blocks = program.get("/api/v1/instance/domain_blocks", base_url=BASE).status_code
    assert blocks == (200 if stranger == 200 else 401 if member == 200 else 404)


def test_a_rule_has_the_labels_of_the_cases_that_speak_for_it_unless_they_are_sealed(desk: Desk) -> None:
    town = desk.town
    case, sealed = desk.case_of(desk.held()), desk.wave()
    with town.services.db.write() as session:
        session.get_one(CaseRow, case.id).state = CaseState.DECIDED
        session.get_one(CaseRow, sealed.id).state = CaseState.SEALED
        now = town.services.clock.now()
        editing.set_rule(
            session, "bad.example", Severity.SUSPEND, "ada", now, public_comment="x", evidence=(case.id, sealed.id)
        )
    [record] = town.visitor().get("/about/blocks/fires/snapshot").json["orderedItems"]
    assert record["labels"] == [f"{BASE}/about/blocks/fires/labels/hate"]
    assert town.visitor().get(record["labels"][0].removeprefix(BASE)).json["name"] == "hatred"


def test_changes_are_read_on_from_where_one_was_and_asking_again_costs_nothing(listed: Town) -> None:
    nobody = listed.visitor()
    address = nobody.get("/about/blocks/fires/snapshot").json["changes"].removeprefix(BASE)
    assert nobody.get(address).json["orderedItems"] == []
    with listed.services.db.write() as session:
        editing.set_rule(
            session, "new.example", Severity.NOOP, "ada", listed.services.clock.now(), public_comment="watched"
        )
    answer = nobody.get(address)
    assert [(each["type"], each["entityKey"]) for each in answer.json["orderedItems"]] == [("Advisory", "new.example")]
    assert nobody.get(address, **{"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_rule_that_ran_out_is_taken_back_too(town: Town) -> None:
    now = town.services.clock.now()
    with town.services.db.write() as session:
        ends = now + timedelta(hours=1)
        editing.set_rule(
            session, "brief.example", Severity.SILENCE, "ada", now, public_comment="a storm", expires_at=ends
        )
        editing.expire_due(session, now + timedelta(hours=2), 10)
    assert [each["retracted"] for each in town.visitor().get("/about/blocks.json").json] == [True]


def test_admins_say_who_reads_it_and_see_every_server(listed: Town) -> None:
    ada = listed.at_home(listed.member("ada", Role.ADMIN))
    ada.post("/review/domains/readers", on="/review/domains", reader_members="1")
    assert listed.visitor().get("/about/blocks").status_code == 404
    with listed.services.db.read() as session:
        assert our_list.readers(session) == {Reader.MEMBERS}
    for sort in ("name", "actors", "posts", "cases", "seen", "follows", "nonsense"):
        assert "friend.example" in ada.page(f"/review/domains/known?sort={sort}&rule=any")
    assert "friend.example" not in ada.page("/review/domains/known?rule=none")
    rows = list(csv.DictReader(io.StringIO(ada.page("/review/domains/known.csv"))))
    assert {"domain": "loud.example", "rule": "silence"}.items() <= rows[2].items()
