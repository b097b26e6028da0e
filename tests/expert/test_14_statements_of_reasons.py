"""14. A statement of reasons is made from the decision, in its reader's language, and is exported as the DSA has it."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.enforcement import long_holds
from app.instance import rules
from app.reviewing import decide
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.dsa import exporting, validating
from moderation.dsa.exporting import Export
from moderation.log.tables import LogRow
from moderation.statements.tables import StatementRow
from moderation.values import Action
from tests.app.web.conftest import Town


def case_of(town: Town, uri: str) -> int:
    with town.services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.uri == uri)).one()


def rule(town: Town, number: int) -> str:
    with town.services.db.read() as session:
        return str(rules.rules(session)[number - 1].id)


def exported(town: Town) -> Export:
    now = town.services.clock.now()
    with town.services.db.read() as session:
        return exporting.export(session, now - timedelta(days=2), now + timedelta(days=2), "https://x.example/terms")


def test_a_decision_is_told_and_exported_without_a_word_typed_for_it(town: Town, ana: AccountRow) -> None:
    mo = town.member("mo", Role.MODERATOR)
    post = town.writes(ana, "they are vermin")
    town.services.clock.move(timedelta(hours=2))
    long_holds.state_reasons(town.services)
    decide.decide(town.services, mo, case_of(town, post.uri), DecisionRequest(Action.REMOVE, rule_id=rule(town, 1)))
    found = exported(town)
    [call] = found.calls
    hold, removal = call["statements"]
    assert found.holds == 1 and hold["automated_decision"] == "AUTOMATED_DECISION_FULLY"
    assert hold["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert removal["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    assert removal["incompatible_content_ground"].startswith("Be kind.") and removal["automated_detection"] == "Yes"
    assert not validating.faults(hold) and not validating.faults(removal)
    said = json.dumps(call)
    assert ana.actor.uri not in said and "@" not in said and post.uri not in said


def test_the_rules_category_is_the_statements(town: Town, ana: AccountRow) -> None:
    mo = town.member("mo", Role.MODERATOR)
    post = town.writes(ana, "they are vermin")
    decide.decide(town.services, mo, case_of(town, post.uri), DecisionRequest(Action.REMOVE, rule_id=rule(town, 5)))
    assert exported(town).calls[0]["statements"][0]["category"].endswith("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS")


def test_what_isnt_owed_for_a_wave_is_recorded_and_not_sent(town: Town, ana: AccountRow) -> None:
    mo = town.member("mo", Role.MODERATOR)
    post = town.writes(ana, "they are vermin")
    decide.decide(town.services, mo, case_of(town, post.uri), DecisionRequest(Action.REMOVE))
    with town.services.db.write() as session:
        session.scalars(select(StatementRow)).one().exempt_reason = "high_volume_commercial"
    found = exported(town)
    assert found.exempt == {"high_volume_commercial": 1} and not found.calls


def test_a_call_has_a_hundred_statements_at_most(town: Town, ana: AccountRow) -> None:
    mo = town.member("mo", Role.MODERATOR)
    post = town.writes(ana, "they are vermin")
    decide.decide(town.services, mo, case_of(town, post.uri), DecisionRequest(Action.REMOVE))
    with town.services.db.write() as session:
        one = session.scalars(select(StatementRow)).one()
        names = [column.name for column in StatementRow.__table__.columns if column.name not in ("id", "hold_id")]
        session.add_all(StatementRow(**{name: getattr(one, name) for name in names}) for _ in range(204))
    found = exported(town)
    assert [len(call["statements"]) for call in found.calls] == [100, 100, 5]
    assert len({each["puid"] for call in found.calls for each in call["statements"]}) == 205


def test_an_admin_saves_the_file_on_a_page_and_it_stands_in_the_log(town: Town, ana: AccountRow) -> None:
    admin = town.at_home(town.member("ada", Role.ADMIN))
    mo = town.member("mo", Role.MODERATOR)
    post = town.writes(ana, "they are vermin")
    decide.decide(town.services, mo, case_of(town, post.uri), DecisionRequest(Action.REMOVE))
    today = town.services.clock.now().date().isoformat()
    page = f"/review/statements?from={today}&to={today}"
    assert "Save the file" in admin.page(page)
    saved = admin.post("/review/statements", on=page, **{"from": today, "to": today})
    assert saved.json is not None and saved.json["count"] == 1 and len(saved.json["calls"]) == 1
    with town.services.db.read() as session:
        assert session.scalars(select(LogRow.actor).where(LogRow.verb == "statements_exported")).one() == "ada"
    wrong = admin.get("/review/statements?from=2026-03-02&to=2026-03-01")
    assert wrong.status_code == 422 and 'role="alert"' in wrong.text
