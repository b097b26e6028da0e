"""What rules are about: which is preselected for a case, and what is decided under one weighs."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.instance import first_rules, rules
from app.instance.tables import RuleRow
from moderation.authors import severities
from moderation.authors.strikes import of as strikes_of
from moderation.policy import store
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database


def chosen(page: str) -> str:
    """The rule that the panel for rejecting begins with."""
    panel = page.split('id="rule_remove"', 1)[1].split("</select>", maxsplit=1)[0]
    return re.findall(r'<option value="(\d*)" selected', panel)[0]


def test_every_rule_that_a_house_begins_with_is_about_something_that_there_is() -> None:
    for each in first_rules.DEFAULTS:
        assert each.labels and set(each.labels.split()) <= set(severities.KINDS)
    assert len(severities.KINDS) >= 10


def test_a_lead_says_what_a_rule_is_about_and_cases_of_it_find_it_chosen(
    town: Town, desk: Desk, lea: Visitor, mo: Visitor
) -> None:
    case = desk.case_of(desk.held())
    assert chosen(mo.page(f"/review/case/{case.id}")) == "2"
    fields = {"text_en": "No hate at all.", "text_fr": "Pas de haine du tout."}
    answer = lea.post("/review/rules/new", on="/review/rules/new", about="hate", **fields)
    assert answer.status_code == 302
    assert "About: hatred" in lea.page("/review/rules")
    assert lea.post("/review/rules/2", on="/review/rules/2", **fields).status_code == 302, "about nothing now"
    assert chosen(mo.page(f"/review/case/{case.id}")) == "7"
    assert lea.post("/review/rules/2", on="/review/rules/2", about="weather", **fields).status_code == 422


def test_a_strike_weighs_as_what_the_rule_is_about_that_a_person_named(
    town: Town, desk: Desk, mo: Visitor, ben: AccountRow
) -> None:
    mallory = town.member("mallory")
    case = desk.reported(ben, town.writes(mallory, "her street and her door are here"))
    where = f"/review/case/{case.id}"
    done = mo.post(f"{where}/decide", on=where, action="remove", rule_remove="6", reason_remove="No.")
    assert done.status_code == 302
    with town.services.db.read() as session:
        assert session.scalars(select(RuleRow.labels).where(RuleRow.id == 6)).one() == "illegal child_safety"
        assert rules.labels_of(session, "6") == ("illegal", "child_safety") and rules.labels_of(session, "x") == ()
        heaviest = store.current(session).strikes.points_of(10.0)
        [strike] = strikes_of(session, mallory.actor.uri, town.services.clock.now())
        assert strike.points == heaviest == 3
