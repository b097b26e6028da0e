"""A training that somebody stops ends where it is, and a worker that is at one says so all the while."""

from __future__ import annotations

from threading import Event

import pytest

from app.learning import training
from app.learning.beating import beating
from app.learning.values import Given
from app.services import Services
from moderation.learning import trainings
from moderation.learning.tables import TrainingRow, TrainingState
from moderation.learning.values import ModelKind
from tests.app.web.conftest import Town, Visitor, town
from tests.app.web.review.conftest import lea, mo

__all__ = ["lea", "mo", "town"]

PAGE = "/review/model"


def asked(services: Services) -> int:
    """A training that waits."""
    with services.db.write() as session:
        (row,) = trainings.ask(session, "lea", services.clock.now(), [ModelKind.TEXT])
        return row.id


def state(services: Services, number: int) -> tuple[TrainingState, str]:
    """Where it is, and why."""
    with services.db.read() as session:
        row = session.get_one(TrainingRow, number)
        return row.state, row.why


def test_a_worker_stops_where_it_next_says_how_far_it_is(
    town: Town, lea: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, number, went_on = town.services, asked(town.services), Event()

    def learn(given: Given) -> None:
        given.tell("reading", 0.1)
        assert "Stop learning" in lea.page(PAGE)
        lea.post(f"{PAGE}/retrain/cancel", on=PAGE)
        given.tell("fitting", 0.2)
        went_on.set()

    monkeypatch.setattr(training, "LEARNERS", {ModelKind.TEXT: learn})
    assert training.run_waiting(services) == 1
    assert not went_on.is_set()
    assert state(services, number) == (TrainingState.FAILED, "cancelled")
    assert "Somebody stopped it" in lea.page(PAGE)


def test_only_leads_stop_learning(town: Town, mo: Visitor) -> None:
    number = asked(town.services)
    assert "Stop learning" not in mo.page(PAGE)
    assert mo.post(f"{PAGE}/retrain/cancel", on=PAGE).status_code == 403
    assert state(town.services, number)[0] is TrainingState.WAITING


def test_a_worker_is_heard_of_while_a_step_takes_long(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    services, number, heard = town.services, asked(town.services), Event()
    beat = trainings.beat

    def listened(*given: object) -> bool:
        wanted = beat(*given)  # type: ignore[arg-type]
        heard.set()
        return wanted

    monkeypatch.setattr(trainings, "beat", listened)
    with services.db.write() as session:
        trainings.begin(session, services.clock.now())
    with beating(services, number, 0.01):
        assert heard.wait(30)
    assert state(services, number)[0] is TrainingState.UNDER_WAY
