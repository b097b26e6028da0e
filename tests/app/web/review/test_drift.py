"""The page on drift: what has changed, in words, as curves and as tables; and what nobody may say yet."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.reviewing import decide, drifting
from app.services import Services
from moderation import alarms
from moderation.base import ModerationBase
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.drift import alarming, counting, measures
from moderation.drift.counting import Day
from moderation.drift.tables import DriftCountRow, DriftDayRow
from moderation.evidence.tables import SnapshotRow
from moderation.values import Action, Visibility
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
FRENCH_NOW = (0.9, 0.9, 0.9, 0.9, 0.5)


def fill(
    services: Services, shares: tuple[float, ...] = FRENCH_NOW, posts: int = 60, hate: tuple[float, float] = (0.1, 0.1)
) -> None:
    """Weeks as counts; in each the share of English posts is another one, the last week's last."""
    now, chance = services.clock.now(), random.Random(3)
    with services.db.write() as session:
        for back in range(7 * len(shares), 0, -1):
            share = shares[len(shares) - 1 - (back - 1) // 7]
            english = sum(chance.random() < share for _ in range(posts))
            hateful = sum(chance.random() < hate[back <= 7] for _ in range(posts))
            counts = Counter(
                {
                    ("keywords-1", measures.LANGUAGE, "en"): english,
                    ("keywords-1", measures.LANGUAGE, "fr"): posts - english,
                    ("keywords-1", measures.OUTCOME, "approve"): posts,
                    ("keywords-1", "score:hate", "1"): posts - hateful,
                    ("keywords-1", "score:hate", "9"): hateful,
                }
            )
            counting.write(session, Day(now.date() - timedelta(days=back), posts, counts), now)


def test_a_new_house_is_told_what_it_takes_to_say_anything(lea: Visitor) -> None:
    page = lea.page("/review/model/drift")
    assert "Nothing can be said yet" in page
    assert "200 public posts" in page


def test_what_has_changed_is_named_and_what_has_not_is_as_before(town: Town, lea: Visitor) -> None:
    fill(town.services)
    page = lea.page("/review/model/drift")
    assert "The last week is unlike the four before it: languages." in page
    assert "quite unlike before" in page
    assert "as before" in page
    assert "<polyline" in page
    for words in ("English", "French", "0.9 to 1", "keywords-1"):
        assert words in page, words


def test_a_rare_score_that_is_more_often_high_is_named_where_the_whole_is_as_before(town: Town, lea: Visitor) -> None:
    fill(town.services, (0.9,) * 5, posts=800, hate=(0.01, 0.03))
    page = lea.page("/review/model/drift")
    assert "The last week is unlike the four before it: hatred." in page
    assert re.search(r"From 1\.\d\u202f% in the four weeks before to [23]\.\d\u202f% in the last week", page), page
    assert float(re.findall(r"Distance (0\.\d+);", page)[0]) < 0.1


def test_a_week_like_the_others_is_said_to_be(town: Town, lea: Visitor) -> None:
    fill(town.services, shares=(0.9,) * 5)
    page = lea.page("/review/model/drift")
    assert "The last week is like the four before it" in page
    assert "unlike" not in page.split("How this is reckoned")[0]


def test_no_style_and_no_script_stand_in_the_page(town: Town, lea: Visitor) -> None:
    fill(town.services)
    page = lea.page("/review/model/drift").split("<main", 1)[1].split("</main>", 1)[0]
    assert "style=" not in page
    assert "<script" not in page


def test_how_often_people_agree_stands_there_label_by_label(town: Town, desk: Desk, mo: Visitor, lea: Visitor) -> None:
    case = desk.case_of(desk.held())
    where = f"/review/case/{case.id}"
    mo.post(f"{where}/decide", on=where, action="remove", rule_remove="2", reason_remove="No.", version=case.version)
    page = lea.page("/review/model/drift")
    assert "Last four weeks: expected 99\u202f%, agreed 100\u202f%, of 1" in page


def test_the_overview_tells_everybody_and_shows_leads_the_way(town: Town, lea: Visitor, tia: Visitor) -> None:
    with town.services.db.write() as session:
        alarms.raise_(session, alarming.DRIFT, town.services.clock.now(), {"which": ["language"]})
    assert "What comes this week is unlike the weeks before" in tia.page("/review/start")
    assert "/review/model/drift" not in tia.page("/review/start")
    assert "/review/model/drift" in lea.page("/review/start")


def test_it_speaks_french(town: Town) -> None:
    fill(town.services)
    lea = town.member("lea", Role.LEAD)
    with town.services.db.write() as session:
        session.get_one(AccountRow, lea.id).locale = "fr"
    page = town.at_home(lea).page("/review/model/drift")
    assert "<h1>Dérive</h1>" in page
    assert "anglais" in page


MARKERS = ("zqopen", "zqclosed", "zqletter", "zqhandle")


def planted(town: Town, desk: Desk) -> None:
    """A day with marked texts: one for all, which people decided, and two that weren't; by somebody with a mark."""
    writer = town.member("zqhandle")
    post = desk.held("they are vermin zqopen", writer)
    decide.decide(town.services, town.member("lola", Role.LEAD), desk.case_of(post).id, DecisionRequest(Action.REMOVE))
    town.writes(writer, "vermin zqclosed", visibility=Visibility.FOLLOWERS, language="cy")
    town.writes(writer, "vermin zqletter", visibility=Visibility.DIRECT, language="cy")
    town.services.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    while drifting.work(town.services, 10) == 10:
        pass


def stored(services: Services, *tables: type[ModerationBase]) -> str:
    """Every cell of these tables."""
    with services.db.read() as session:
        found = [session.execute(select(table.__table__)).all() for table in tables]
    assert all(found)
    return str(found)


def test_no_word_and_no_name_reaches_drifts_tables_and_nothing_private_is_counted(town: Town, desk: Desk) -> None:
    planted(town, desk)
    assert "zqopen" in stored(town.services, SnapshotRow) and "zqhandle" in stored(town.services, CaseRow)
    kept = stored(town.services, DriftDayRow, DriftCountRow)
    assert "language" in kept
    assert [each for each in MARKERS if each in kept] == []
    assert "'cy'" not in kept


def test_no_word_and_no_name_reaches_the_page(town: Town, desk: Desk, lea: Visitor) -> None:
    planted(town, desk)
    page = lea.page("/review/model/drift")
    assert "agreed 100\u202f%, of 1" in page
    assert [each for each in MARKERS if each in page] == []
