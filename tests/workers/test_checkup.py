"""What the doctor says of queues, due times and holds, asked of a house in which something is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts.tables import Role
from app.clock import SystemClock
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.services import Services
from models import behaviour, context, nudity
from models.encoder import files
from moderation import alarms
from moderation.cases.tables import CaseRow
from moderation.drift import alarming
from moderation.holds.tables import HoldRow, HoldState
from moderation.learning.tables import ModelUseRow
from moderation.learning.values import ModelKind
from moderation.policy import store
from moderation.queues import keeping
from moderation.queues.values import Match, Queue
from moderation.values import CaseState
from moderation.workforce import attendance
from moderation.workforce.tables import StretchKind
from tests.app.people import member
from workers import checkup, checkup_models
from workers.answers import Answer

pytestmark = pytest.mark.one_database
LONG_AGO, FAR_OFF = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)


@pytest.fixture
def held(services: Services) -> HoldRow:
    """A post that waits for a person."""
    compose.compose(services, member(services, "mallory").id, ComposeRequest(text="they are vermin, all of them"))
    with services.db.write() as session:  # the doctor asks the machine's own clock
        row = session.scalars(select(HoldRow).where(HoldRow.state == HoldState.HELD)).one()
        row.due_at = session.get_one(CaseRow, row.case_id).due_at = FAR_OFF
        return row


def test_a_house_without_queues_is_well(services: Services) -> None:
    assert checkup.queues(services.settings).well
    assert checkup.due(services.settings).well
    assert checkup.holds(services.settings).well


def test_a_queue_whose_role_nobody_has_and_one_that_gets_nothing_are_named(services: Services) -> None:
    member(services, "rita", Role.REVIEWER)
    now = services.clock.now()
    with services.db.write() as session:
        keeping.put(session, Queue(0, "Hard ones", Match(categories=("hate",)), "lead"), "ada", now)
        keeping.put(session, Queue(0, "Hatred", Match(categories=("hate",))), "ada", now)
    said = checkup.queues(services.settings)
    assert not said.well
    assert "'Hard ones' asks for a lead, and nobody here is one" in said.text
    assert "'Hatred' never gets a case: 'Hard ones', asked before it" in said.text
    member(services, "lea", Role.LEAD)
    assert "nobody here" not in checkup.queues(services.settings).text


def test_what_is_past_due_is_wrong_while_nobody_is_on_shift(services: Services, held: HoldRow) -> None:
    assert checkup.due(services.settings).well
    with services.db.write() as session:
        session.get_one(CaseRow, held.case_id).due_at = LONG_AGO
    assert "nobody is on shift: 1 in 'rest'" in checkup.due(services.settings).text
    with services.db.write() as session:
        attendance.beat(session, "mo", StretchKind.CASES, SystemClock().now())
    assert checkup.due(services.settings).well


def test_holds_that_should_be_over_or_will_never_be_are_wrong(services: Services, held: HoldRow) -> None:
    assert checkup.holds(services.settings).well
    with services.db.write() as session:
        session.get_one(HoldRow, held.id).due_at = LONG_AGO
    assert "1 should have ended by themselves" in checkup.holds(services.settings).text
    with services.db.write() as session:
        session.get_one(HoldRow, held.id).due_at = None
    assert checkup.holds(services.settings).well, "a person ends it"
    with services.db.write() as session:
        session.get_one(CaseRow, held.case_id).state = CaseState.CLOSED
    assert "1 wait for a decision on a case that is closed" in checkup.holds(services.settings).text


def test_a_second_stage_that_is_asked_for_and_not_built_is_wrong_and_so_is_one_that_was_changed(
    services: Services,
) -> None:
    assert checkup_models.second_stage(services.settings).text == "not built"
    with services.db.write() as session:
        document = store.current(session).document
        part = {**document["second_stage"], "on": True}
        store.publish(session, {**document, "second_stage": part}, "lea", LONG_AGO)
    assert not checkup_models.second_stage(services.settings).well
    place = files.folder(services.settings.data_dir)
    place.mkdir(parents=True)
    (place / files.GRAPH).write_bytes(b"something else")
    answer = checkup_models.second_stage(services.settings)
    assert not answer.well and "not the file that it should be" in answer.text


def test_a_behaviour_or_context_model_that_is_not_what_was_put_in_use_is_wrong_by_name(services: Services) -> None:
    assert checkup_models.behaviour(services.settings) == Answer(True, behaviour.current().name)
    assert checkup_models.context(services.settings) == Answer(True, "none is asked")
    older, now = behaviour.versions()[1], services.clock.now()
    put = {"put_by": "lea", "put_at": now, "digest": "0" * 64}
    with services.db.write() as session:
        session.add(ModelUseRow(kind=ModelKind.BEHAVIOUR, version=older, **put))
        session.add(ModelUseRow(kind=ModelKind.CONTEXT, version=f"{context.PREFIX}0123456789", **put))
    said = checkup_models.behaviour(services.settings)
    assert not said.well and older in said.text
    said = checkup_models.context(services.settings)
    assert not said.well and "rolls it back" in said.text


def test_a_model_for_pictures_is_wrong_where_it_is_installed_and_is_another(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudity, "weights", lambda: None)
    assert checkup_models.pictures(services.settings).well
    file = tmp_path / nudity.FILE
    file.write_bytes(b"something else")
    monkeypatch.setattr(nudity, "weights", lambda: file)
    said = checkup_models.pictures(services.settings)
    assert not said.well and "locks/vision.txt" in said.text


def test_what_has_drifted_is_wrong_by_name_until_it_is_over(services: Services) -> None:
    assert checkup.drift(services.settings).well
    with services.db.write() as session:
        alarms.raise_(session, alarming.DRIFT, services.clock.now(), {"which": ["language"]})
        alarms.raise_(session, alarming.CALIBRATION, services.clock.now(), {"which": ["hate"]})
    said = checkup.drift(services.settings)
    assert not said.well
    assert "differs in language; people disagree with the text model about hate" in said.text
    with services.db.write() as session:
        for name in alarming.NAMES:
            alarms.clear(session, name, services.clock.now())
    assert checkup.drift(services.settings).well
