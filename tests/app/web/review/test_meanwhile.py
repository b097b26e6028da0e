"""A colleague decided about the same author while somebody typed: told before anything is done, once."""

from __future__ import annotations

import re

import pytest

from app.posts.tables import PostState
from moderation.values import CaseState
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
MORE = "vermin, and all of their friends as well"


def seen_in(page: str) -> str:
    """The newest decision about the author that a page shows to have been seen."""
    found = re.search(r'name="author_decision" value="(\d+)"', page)
    assert found
    return found[1]


def test_a_decision_about_the_same_author_is_told_before_mine_is_made(
    town: Town, mo: Visitor, rita: Visitor, desk: Desk
) -> None:
    mallory = town.member("mallory")
    first, second = desk.held(by=mallory), desk.held(MORE, by=mallory)
    mine, theirs = desk.case_of(second), desk.case_of(first)
    seen = seen_in(mo.page(f"/review/case/{mine.id}"))
    rita.post(f"/review/case/{theirs.id}/decide", on="/review", action="remove", version=theirs.version, stay=1)
    typed = {"action": "remove", "version": mine.version, "reason_remove": "I typed this", "author_decision": seen}
    told = mo.post(f"/review/case/{mine.id}/decide", on="/review", **typed)
    assert told.status_code == 409
    assert "@rita decided about the same author" in told.text
    assert "I typed this" in told.text
    assert desk.case_of_id(mine.id).state is not CaseState.DECIDED
    typed["author_decision"] = seen_in(told.text)
    assert mo.post(f"/review/case/{mine.id}/decide", on="/review", **typed, stay=1).status_code == 302
    assert desk.now(second).state is PostState.REJECTED


def test_my_own_decisions_and_those_about_others_are_no_news(
    town: Town, mo: Visitor, rita: Visitor, desk: Desk
) -> None:
    mallory = town.member("mallory")
    first, second = desk.held(by=mallory), desk.held(MORE, by=mallory)
    others = desk.case_of(desk.held("vermin, says somebody else", by=town.member("malik")))
    mine = desk.case_of(second)
    seen = seen_in(mo.page(f"/review/case/{mine.id}"))
    for visitor, case in ((mo, desk.case_of(first)), (rita, others)):
        visitor.post(f"/review/case/{case.id}/decide", on="/review", action="approve", version=case.version, stay=1)
    typed = {"action": "approve", "version": mine.version, "author_decision": seen, "stay": 1}
    assert mo.post(f"/review/case/{mine.id}/decide", on="/review", **typed).status_code == 302


def test_what_a_colleague_took_back_is_told_too_and_a_macro_waits_as_well(
    town: Town, mo: Visitor, rita: Visitor, desk: Desk
) -> None:
    mallory = town.member("mallory")
    first, second = desk.held(by=mallory), desk.held(MORE, by=mallory)
    mine, theirs = desk.case_of(second), desk.case_of(first)
    rita.post(f"/review/case/{theirs.id}/decide", on="/review", action="remove", version=theirs.version, stay=1)
    where = f"/review/case/{mine.id}/macro/5"
    seen = seen_in(mo.page(where))
    rita.post("/review/undo", on="/review")
    told = mo.post(f"{where}/do", on=where, version=mine.version, author_decision=seen)
    assert told.status_code == 409
    assert "@rita took back a decision about the same author" in told.text


def test_several_at_once_wait_as_well_with_all_that_was_ticked_and_typed(
    town: Town, mo: Visitor, rita: Visitor, desk: Desk
) -> None:
    mallory = town.member("mallory")
    first, second = desk.held(by=mallory), desk.held(MORE, by=mallory)
    other = desk.held("vermin, says somebody else", by=town.member("malik"))
    cases, theirs = [desk.case_of(post) for post in (other, second)], desk.case_of(first)

    def fields(page: str) -> dict[str, object]:
        seen = {name: value for name, value in re.findall(r'name="((?:version|author)_\d+)" value="(\d+)"', page)}
        return {"case": [each.id for each in cases], "action": "remove", "reason": "I typed this", **seen}

    typed = fields(mo.page("/review/batch"))
    rita.post(f"/review/case/{theirs.id}/decide", on="/review", action="remove", version=theirs.version, stay=1)
    preview = mo.post("/review/batch/preview", on="/review/batch", **typed).text
    assert f'name="author_{cases[1].id}" value="{typed[f"author_{cases[1].id}"]}"' in preview
    told = mo.post("/review/batch", on="/review/batch", **typed)
    assert told.status_code == 409
    assert "@rita decided about the same author" in told.text and "/review/decisions/" in told.text
    assert "I typed this" in told.text
    assert len(re.findall(r'name="case"[^>]*checked', told.text)) == 2
    assert {desk.now(post).state for post in (other, second)} == {PostState.HELD}
    assert mo.post("/review/batch", on="/review/batch", **fields(told.text)).status_code == 302
    assert {desk.now(post).state for post in (other, second)} == {PostState.REJECTED}
