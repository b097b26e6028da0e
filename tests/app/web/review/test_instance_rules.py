"""Rules for the door on their pages: written, checked, tried on the past by the worker, put in force, rolled back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.reviewing import instance_rules
from moderation.cases.tables import CaseRow
from moderation.instance_rules import trials
from moderation.instance_rules.tables import RuleTrialRow
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import HATEFUL, Desk

pytestmark = pytest.mark.one_database
PAGE = "/review/instance-rules"
EXPRESSION = 'post.text.contains("vermin")'


def made(lea: Visitor, expression: str = EXPRESSION, **more: str) -> str:
    answer = lea.post(f"{PAGE}/new", on=f"{PAGE}/new", name="Vermin", expression=expression, **more)
    assert answer.status_code == 302, answer.text
    found: str = answer.location
    return found


def test_what_is_wrong_is_said_in_words_while_one_types_and_when_it_is_sent(lea: Visitor) -> None:
    query = {"expression": 'post.txt == "a"'}
    said = lea.get(f"{PAGE}/check.json?expression=post.txt%20==%20%22a%22").get_json()
    assert said == {"wrong": "Line 1, column 1: there is no post.txt. Do you mean post.text?", "line": 1, "column": 1}
    assert lea.get(f"{PAGE}/check.json?expression=author.bot").get_json() == {"wrong": ""}
    sent = lea.post(f"{PAGE}/new", on=f"{PAGE}/new", name="X", **query)
    assert sent.status_code == 422 and "Do you mean post.text?" in sent.text and "post.txt ==" in sent.text
    nameless = lea.post(f"{PAGE}/new", on=f"{PAGE}/new", name=" ", expression="author.bot")
    assert nameless.status_code == 422 and "at most 80 characters" in nameless.text
    assert "days since the account was made" in lea.page(f"{PAGE}/new")


def test_a_rule_is_tried_on_the_past_beside_what_people_decided(
    town: Town, desk: Desk, lea: Visitor, mo: Visitor, ben: AccountRow
) -> None:
    mallory = town.member("mallory")
    posts = [
        desk.held(f"{HATEFUL}, {words}", mallory) for words in ("say the apples", "say the kettles", "say the maps")
    ]
    town.writes(ben, "a quiet evening at the harbour")
    for post, action in zip(posts, ("approve", "remove"), strict=False):
        case = desk.case_of(post)
        mo.post(f"/review/case/{case.id}/claim", on=f"/review/case/{case.id}")
        mo.post(
            f"/review/case/{case.id}/decide", on=f"/review/case/{case.id}", action=action, reason="so",
            version=str(desk.case_of_id(case.id).version),
        )  # fmt: skip
    one = made(lea)
    assert lea.post(f"{one}/try", on=one, days="7").status_code == 302
    assert "<progress" in lea.page(one) and "0 of 4 posts looked at" in lea.page(one)
    assert instance_rules.work(town.services, 3) == 3
    assert "3 of 4 posts looked at" in lea.page(one)
    instance_rules.work(town.services, 3)
    page = lea.page(one)
    assert "Of 4 posts it would have matched 3, of which people allowed 1 and restrained 1." in page
    assert "Nobody decided about 1." in page and posts[0].uri in page
    assert instance_rules.work(town.services, 3) == 0


def test_another_trial_calls_the_one_before_off_and_what_two_workers_look_at_counts_once(
    town: Town, desk: Desk, lea: Visitor
) -> None:
    desk.held()
    one = made(lea)
    for _ in range(2):
        lea.post(f"{one}/try", on=one, days="14")
    assert "Called off." in lea.page(one)
    with town.services.db.read() as session:
        trial = trials.next_one(session)
        assert trial is not None
        judged = trials.next_verdicts(session, trial, 10)
    found = {"matched": 1, "allowed": 0, "restrained": 0, "undecided": 1, "failed": 0, "examples": []}
    for _ in range(2):
        with town.services.db.write() as session:
            trials.note(session, trial, judged, found, town.services.clock.now())
    with town.services.db.read() as session:
        assert session.get_one(RuleTrialRow, trial.id).result["matched"] == 1


def test_a_rule_is_put_in_force_names_itself_at_a_case_and_is_rolled_back_with_one_key(
    town: Town, desk: Desk, lea: Visitor, ben: AccountRow
) -> None:
    one = made(lea, 'post.text.contains("harbour")', severity="hold", label="harassment")
    town.writes(ben, "a quiet evening at the harbour")
    lea.post(f"{one}/move", on=one, to="live")
    held = desk.held("boats in the harbour again", by=ben)
    case = lea.page(f"/review/case/{desk.case_of(held).id}")
    assert "A rule of this house matches it: “Vermin” (rule 1, version 1)." in case
    lea.post(one, on=one, name="Vermin", expression="author.bot")
    assert "data-undo" in lea.page(one)
    lea.post(f"{one}/roll-back", on=one)
    assert "It says again what version 1 said." in lea.page(one)
    lea.post(f"{one}/roll-back", on=one)
    assert "It never said anything else." in lea.page(one)
    assert "in force" in lea.page(PAGE) and "1 post" in lea.page(PAGE)
    assert lea.post(f"{one}/move", on=one, to="live").status_code == 409
    log = lea.page("/review/log")
    assert "Rolled a rule for the door back" in log and "Put a rule for the door in force" in log


def test_a_wave_brings_a_draft_through_the_worker(town: Town, desk: Desk, lea: Visitor) -> None:
    case: CaseRow = desk.wave()
    instance_rules.work(town.services)
    assert "1 rule is proposed because of a wave." in lea.page("/review/start")
    page = lea.page(PAGE)
    assert "proposed because of a wave" in page and "draft" in page and "Wave" in page
    with town.services.db.read() as session:
        assert session.scalar(select(CaseRow.members).where(CaseRow.id == case.id)) == case.members
