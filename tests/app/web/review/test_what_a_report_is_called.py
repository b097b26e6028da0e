"""What a member's report calls its case: as what the rule that they chose is about."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import Role
from app.reports import file
from app.reports.file import FileReport
from moderation.cases.tables import CaseRow
from tests.app.web.conftest import Town

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(("rule", "called"), [("1", "violation"), ("5", "privacy"), ("6", "child_safety")])
def test_the_rule_that_a_member_chose_says_what_their_report_is_called(town: Town, rule: str, called: str) -> None:
    ana, ben = town.member("ana"), town.member("ben")
    post = town.writes(ana, "her street and her door are here")
    filed = file.file(town.services, ben.actor, FileReport(ana.id, (post.id,), category="violation", rule_ids=(rule,)))
    with town.services.db.read() as session:
        assert session.scalars(select(CaseRow.label).where(CaseRow.id == filed.case_id)).one() == called


def test_the_desk_says_what_people_alone_see_in_words(town: Town) -> None:
    ana, ben, mo = town.member("ana"), town.member("ben"), town.member("mo", Role.MODERATOR)
    post = town.writes(ana, "her street and her door are here")
    filed = file.file(town.services, ben.actor, FileReport(ana.id, (post.id,), category="violation", rule_ids=("5",)))
    assert "private things made public" in town.at_home(mo).page(f"/review/case/{filed.case_id}")
