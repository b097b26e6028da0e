"""After another text model is put in use, what waits is read again: shown and ordered anew, never let in or refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from app.learning import rescoring as reading
from app.learning import work
from app.posts.tables import PostRow, PostState
from app.services import Services
from app.web import labels
from moderation.cases import decisions, show
from moderation.cases.tables import CaseRow
from moderation.cases.values import CaseDetail, DecisionRequest
from moderation.learning import rescoring, uses
from moderation.learning.tables import ReadingRow, RescoringRow
from moderation.learning.values import ModelKind
from moderation.values import Action, CaseOrigin
from moderation.verdicts.tables import FindingRow, VerdictRow
from tests.app.web.conftest import Town, Visitor, town
from tests.app.web.review.conftest import HATEFUL, Desk, desk, lea, mo, rita
from tests.moderation.cast import Scores, TwinModel

__all__ = ["desk", "lea", "mo", "rita", "town"]
PAGE = "/review/model"


class Milder(TwinModel):
    """The version that comes after: it is less sure of what is hateful."""

    def _score(self, text: str, language: str | None) -> Scores:
        said = super()._score(text, language)
        return replace(said, scores={label: min(score or 0.0, 0.42) for label, score in said.scores.items()})


def put_in_use(services: Services, model: Any, kind: ModelKind = ModelKind.TEXT) -> None:
    """As a promotion does; the tests' model takes the place of an artefact."""
    object.__setattr__(services.tools, "text_model", model)
    with services.db.write() as session:
        uses._put(session, kind, f"{kind.value}-next", None, "lea", services.clock.now())


def shown(services: Services, case_id: int) -> CaseDetail:
    with services.db.read() as session:
        return show.case(session, case_id, services.clock.now())


def last(services: Services) -> RescoringRow:
    with services.db.read() as session:
        row = rescoring.newest(session)
    assert row is not None
    return row


def score(detail: CaseDetail, label: str = "hate") -> tuple[str, float | None]:
    return next((each.version, each.score) for each in detail.findings if each.label == label)


@pytest.fixture
def held(desk: Desk, town: Town) -> list[PostRow]:
    """Three members' posts that wait."""
    return [desk.held(f"{HATEFUL} ({number})", town.member(f"mallory{number}")) for number in range(3)]


def test_what_waits_is_shown_with_the_new_versions_scores_and_nothing_comes_of_it(
    town: Town, desk: Desk, held: list[PostRow]
) -> None:
    services, case = town.services, desk.case_of(held[0])
    before = shown(services, case.id)
    assert before.read_again is None
    with services.db.read() as session:
        verdicts = session.scalar(select(func.count()).select_from(VerdictRow))
        findings = session.scalar(select(func.count()).select_from(FindingRow))
    put_in_use(services, Milder("twin-2"))
    work.work(services, 100)
    after = shown(services, case.id)
    assert (score(before), score(after)) == (("keywords-1", 0.99), ("twin-2", 0.42))
    assert after.read_again is not None and after.read_again.version == "twin-2"
    assert {(each.label, each.score) for each in after.read_again.before} >= {("hate", 0.99)}
    assert desk.states([each.uri for each in held]) == {PostState.HELD}
    with services.db.read() as session:
        assert session.scalar(select(func.count()).select_from(VerdictRow)) == verdicts
        assert session.scalar(select(func.count()).select_from(FindingRow)) == findings
    row = last(services)
    assert (row.version, row.total, row.done, row.read) == ("twin-2", 3, 3, 3) and row.finished_at is not None


def test_the_queue_is_ordered_by_what_the_new_version_is_sure_of(town: Town, desk: Desk, held: list[PostRow]) -> None:
    services = town.services

    class Unsure(TwinModel):
        """It finds the first of them harmless."""

        def _score(self, text: str, language: str | None) -> Scores:
            said = super()._score(text, language)
            return replace(said, scores=dict.fromkeys(said.scores, 0.06)) if "(0)" in text else said

    first, second = desk.case_of(held[0]), desk.case_of(held[1])
    assert first.rank == second.rank  # they came in the same moment
    put_in_use(services, Unsure("twin-2"))
    work.work(services, 100)
    now_first, now_second = desk.case_of(held[0]), desk.case_of(held[1])
    assert now_first.rank < now_second.rank == pytest.approx(second.rank)
    assert now_first.rank == pytest.approx(sum(now_first.rank_parts.values()) - first.opened_at.timestamp() / 86_400)
    assert (now_first.state, now_first.version) == (first.state, first.version)


def test_it_says_how_far_it_is_and_goes_on_where_it_was(
    town: Town, desk: Desk, held: list[PostRow], lea: Visitor
) -> None:
    services = town.services
    put_in_use(services, Milder("twin-2"))
    assert "0 of 3 waiting posts read again by the version in use." in lea.page(PAGE)
    assert reading.work(services, 2) == 2
    assert "2 of 3 waiting posts read again by twin-2." in lea.page(PAGE)
    assert reading.work(services, 100) == 1
    assert reading.work(services, 100) == 0
    assert "3 of 3 waiting posts read again by twin-2 ·" in lea.page(PAGE)
    case = lea.page(f"/review/case/{desk.case_of(held[0]).id}")
    assert "Read again by twin-2" in case
    assert f"the model then in use said: {labels.name('hate')} 99" in case


def test_another_promotion_or_a_roll_back_begins_anew_and_history_keeps_each_reading(
    town: Town, desk: Desk, held: list[PostRow]
) -> None:
    services = town.services
    put_in_use(services, Milder("twin-2"))
    reading.work(services, 1)
    first = last(services)
    put_in_use(services, TwinModel("twin-3"))
    reading.work(services, 100)
    detail = shown(services, desk.case_of(held[0]).id)
    assert score(detail) == ("twin-3", 0.99)
    with services.db.read() as session:
        assert session.get_one(RescoringRow, first.id).finished_at is not None
        kept = session.scalars(
            select(ReadingRow.version).where(ReadingRow.case_id == detail.case.id).order_by(ReadingRow.id)
        )
        assert list(kept) == ["twin-2", "twin-3"]
    with services.db.write() as session:
        uses.roll_back(session, "lea", services.clock.now())
    assert last(services).id > first.id and last(services).finished_at is None


def test_what_was_decided_meanwhile_and_what_was_edited_since_keep_their_own(
    town: Town, desk: Desk, held: list[PostRow]
) -> None:
    services, case = town.services, desk.case_of(held[0])
    put_in_use(services, Milder("twin-2"))
    with services.db.read() as session:
        row = rescoring.open_one(session)
        assert row is not None
        waiting = rescoring.due(session, row, 100)
        judged = {each.submission.uri: each for each in reading._judged(services, session, waiting)}
    with services.db.write() as session:
        decisions.decide(session, case.id, DecisionRequest(Action.APPROVE), "mo", services.clock.now())
    with services.db.write() as session:
        rescoring.note(session, row.id, waiting, judged, "twin-2", services.clock.now())
    assert shown(services, case.id).read_again is None
    assert (last(services).done, last(services).read) == (3, 2)
    with services.db.write() as session:  # a second worker comes with the same batch
        rescoring.note(session, row.id, waiting, judged, "twin-2", services.clock.now())
    assert (last(services).done, last(services).read) == (3, 2)


def test_while_no_model_can_be_had_it_waits_and_a_broken_one_changes_nothing(
    town: Town, desk: Desk, held: list[PostRow]
) -> None:
    services = town.services
    put_in_use(services, TwinModel("twin-2", broken=True))
    reading.work(services, 100)
    assert (last(services).done, last(services).read) == (3, 0)
    assert score(shown(services, desk.case_of(held[0]).id)) == ("keywords-1", 0.99)


def test_nothing_is_asked_for_where_nothing_waits_nor_by_the_behaviour_model(town: Town, desk: Desk) -> None:
    services = town.services
    put_in_use(services, Milder("twin-2"))
    with services.db.read() as session:
        assert rescoring.newest(session) is None
    desk.held()
    put_in_use(services, Milder("twin-2"), ModelKind.BEHAVIOUR)
    with services.db.read() as session:
        assert rescoring.newest(session) is None


def test_who_reads_blind_isnt_told_what_either_version_said(
    town: Town, desk: Desk, held: list[PostRow], rita: Visitor
) -> None:
    services, case = town.services, desk.case_of(held[0])
    put_in_use(services, Milder("twin-2"))
    work.work(services, 100)
    assert "Read again by twin-2" in rita.page(f"/review/case/{case.id}")
    with services.db.write() as session:
        session.get_one(CaseRow, case.id).origin = CaseOrigin.AUDIT
    page = rita.page(f"/review/case/{case.id}")
    assert "Read again" not in page and "keywords-" not in page and "then in use said" not in page
