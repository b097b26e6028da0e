"""The page of the house's rules: added, worded anew, moved and retired by leads; each change stands in the log."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.tables import Role
from app.instance.tables import RuleRow
from moderation.log.tables import LogRow
from tests.app.web.conftest import Town

TEXTS = {"text_en": "Be brief.", "text_fr": "Soyez brefs.", "good_en": "Ten words.", "good_fr": "Dix mots."}


def ids(town: Town) -> list[int]:
    with town.services.db.read() as session:
        query = select(RuleRow.id).where(RuleRow.retired_at.is_(None)).order_by(RuleRow.position)
        return list(session.scalars(query))


def test_a_lead_adds_a_rule_and_everybody_reads_it_with_its_example(town: Town) -> None:
    lead = town.at_home(town.member("lea", Role.LEAD))
    assert lead.post("/review/rules/new", **TEXTS, category="SCAMS_AND_FRAUD").status_code == 302
    assert "scams and fraud" in lead.page("/review/rules")
    assert "Be brief." in town.visitor().page("/about") and "Dix mots." in town.visitor("fr").page("/about")


def test_a_rule_is_worded_anew_moved_and_retired_and_the_log_has_what_it_said(town: Town) -> None:
    lead = town.at_home(town.member("lea", Role.LEAD))
    first, second = ids(town)[:2]
    lead.post(f"/review/rules/{first}", **TEXTS)
    lead.post(f"/review/rules/{first}/move", on="/review/rules", where="down")
    assert ids(town)[:2] == [second, first]
    lead.post(f"/review/rules/{first}/retire", on=f"/review/rules/{first}")
    assert first not in ids(town) and lead.get(f"/review/rules/{first}").status_code == 404
    with town.services.db.read() as session:
        rows = session.scalars(select(LogRow).order_by(LogRow.seq)).all()
    assert [row.verb for row in rows] == ["rule_changed", "rule_moved", "rule_retired"]
    assert "Be kind." in (rows[0].payload or "") and rows[0].actor == "lea"


def test_a_rule_needs_both_languages_and_a_category_that_there_is(town: Town) -> None:
    lead = town.at_home(town.member("lea", Role.LEAD))
    for wrong in ({"text_fr": " "}, {"category": "NONSENSE"}, {"text_en": "x" * 301}):
        answer = lead.post("/review/rules/new", **(TEXTS | wrong))
        assert answer.status_code == 422 and 'role="alert"' in answer.text


def test_who_reads_the_review_reads_the_rules_and_changes_nothing(town: Town) -> None:
    trainee = town.at_home(town.member("tim", Role.TRAINEE))
    assert "Be kind." in trainee.page("/review/rules") and "/review/rules/new" not in trainee.page("/review/rules")
