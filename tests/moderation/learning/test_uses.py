"""Trainings go their way once, and which version judges is a person's word, in one step each way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import artefact, registry
from models.labels import LABELS
from models.local import files, learning
from models.local.learning import Labelled
from moderation.errors import CheckFailedError, ForbiddenArrowError, NotFoundError, RefusedError
from moderation.learning import serving, shadow, states, trainings, uses
from moderation.learning.states import ARROWS
from moderation.learning.tables import ModelUseRow, TrainingRow, TrainingState
from moderation.learning.values import ModelKind
from moderation.log import chain
from moderation.log.tables import LogRow
from moderation.tools import Tools
from moderation.values import Outcome, Visibility
from tests.moderation.cast import HARMLESS, HATEFUL, House, Scores, TwinModel


def settled(
    house: House,
    version: str,
    digest: str = "d",
    passed: bool = True,
    kind: ModelKind = ModelKind.TEXT,
    base: str = "b",
) -> TrainingRow:
    """A training that the gate has spoken about."""
    trainings.ask(house.session, "lea", house.now, [kind])
    row = trainings.begin(house.session, house.now)
    assert row is not None
    given: dict[str, Any] = {"learnt": {}, "judged": {"passed": passed, "compared": []}}
    return trainings.settle(
        house.session, row.id, version=version, digest=digest, base=base, against="a", now=house.now, **given
    )


def words(house: House) -> list[str]:
    """What stands in the log."""
    chain.settle(house.session)
    return [row.verb for row in house.session.scalars(select(LogRow).order_by(LogRow.seq))]


def test_a_training_waits_is_done_by_one_and_says_how_far_it_is(house: House) -> None:
    (row,) = trainings.ask(house.session, "lea", house.now, [ModelKind.TEXT])
    with pytest.raises(RefusedError):
        trainings.ask(house.session, "lea", house.now)
    assert trainings.begin(house.session, house.now) is row
    assert trainings.begin(house.session, house.now) is None
    trainings.progress(house.session, row.id, "fitting", 0.5, house.now)
    house.session.refresh(row)
    assert (row.state, row.stage, row.share) == (TrainingState.UNDER_WAY, "fitting", 0.5)


def test_a_training_whose_worker_is_lost_has_failed(house: House) -> None:
    trainings.ask(house.session, "lea", house.now, [ModelKind.TEXT])
    row = trainings.begin(house.session, house.now)
    assert row is not None
    house.later(minutes=4)
    assert trainings.begin(house.session, house.now) is None
    house.session.refresh(row)
    assert (row.state, row.why) == (TrainingState.FAILED, "lost")


def test_a_training_whose_worker_is_lost_is_in_nobodys_way(house: House) -> None:
    trainings.ask(house.session, "lea", house.now, [ModelKind.TEXT])
    row = trainings.begin(house.session, house.now)
    assert row is not None
    house.later(minutes=2)
    assert trainings.beat(house.session, row.id, house.now), "it is there, though it says nothing new"
    house.later(minutes=2)
    with pytest.raises(RefusedError):
        trainings.ask(house.session, "lea", house.now, [ModelKind.TEXT])
    house.later(minutes=2)
    (again,) = trainings.ask(house.session, "lea", house.now, [ModelKind.TEXT])
    house.session.refresh(row)
    assert (row.state, row.why, again.state) == (TrainingState.FAILED, "lost", TrainingState.WAITING)
    assert not trainings.beat(house.session, row.id, house.now), "what comes back late isn't wanted any more"


def test_what_waits_or_is_under_way_can_be_cancelled_and_the_log_says_so(house: House) -> None:
    rows = trainings.ask(house.session, "lea", house.now)
    trainings.begin(house.session, house.now)
    trainings.cancel(house.session, "mo", house.now)
    for row in rows:
        house.session.refresh(row)
    assert {(row.state, row.why) for row in rows} == {(TrainingState.FAILED, "cancelled")}
    assert words(house)[-3:] == [f"{kind.value}_model_training_cancelled" for kind in ModelKind]
    assert not trainings.progress(house.session, rows[0].id, "fitting", 0.5, house.now)
    with pytest.raises(RefusedError):
        trainings.cancel(house.session, "mo", house.now)
    trainings.ask(house.session, "lea", house.now)


@pytest.mark.parametrize("state", TrainingState)
def test_no_training_goes_a_way_that_is_not_there(house: House, state: TrainingState) -> None:
    for to in set(TrainingState) - ARROWS[state]:
        row = TrainingRow(state=state, asked_at=house.now, learnt={}, judged={})
        house.session.add(row)
        house.session.flush()
        with pytest.raises(ForbiddenArrowError):
            states.move(house.session, row.id, to)


def test_the_policys_days_are_counted_from_the_last_one(house: House) -> None:
    assert not trainings.is_due(house.session, 0, house.now)
    assert trainings.is_due(house.session, 7, house.now)
    settled(house, "local-a")
    assert not trainings.is_due(house.session, 7, house.now + timedelta(days=6))
    assert trainings.is_due(house.session, 7, house.now + timedelta(days=7))


def test_what_the_gate_refused_nobody_puts_in_use(house: House) -> None:
    settled(house, "local-a", passed=False)
    with pytest.raises(RefusedError):
        uses.promote(house.session, "local-a", "lea", house.now)
    with pytest.raises(NotFoundError):
        uses.promote(house.session, "local-z", "lea", house.now)
    assert uses.current(house.session) is None


def test_each_step_stands_in_the_log_and_goes_back_one_at_a_time(house: House) -> None:
    settled(house, "local-a", "da")
    settled(house, "local-b", "db")
    uses.promote(house.session, "local-a", "lea", house.now)
    uses.promote(house.session, "local-b", "lea", house.now)
    with pytest.raises(RefusedError):
        uses.promote(house.session, "local-b", "lea", house.now)
    back = uses.roll_back(house.session, "ada", house.now)
    assert (back.version, back.digest, back.put_by) == ("local-a", "da", "ada")
    assert uses.roll_back(house.session, "ada", house.now).version is None
    with pytest.raises(RefusedError):
        uses.roll_back(house.session, "ada", house.now)
    assert words(house)[-4:] == [*["text_model_promoted"] * 2, *["text_model_rolled_back"] * 2]


def test_all_models_learn_when_asked_one_after_the_other_and_the_next_begins_when_one_is_settled(house: House) -> None:
    rows = trainings.ask(house.session, "lea", house.now)
    assert [row.kind for row in rows] == list(ModelKind)
    begun = []
    while (row := trainings.begin(house.session, house.now)) is not None:
        begun.append(row.kind)
        assert trainings.begin(house.session, house.now) is None
        trainings.fail(house.session, row.id, "too_few", house.now)
    assert begun == list(ModelKind)
    assert words(house)[-3:] == [f"{kind.value}_model_training_asked" for kind in ModelKind]


def test_each_model_has_its_own_version_in_use_and_its_own_way_back(house: House) -> None:
    settled(house, "local-a")
    settled(house, "behaviour-local-b", kind=ModelKind.BEHAVIOUR)
    settled(house, "context-c", kind=ModelKind.CONTEXT)
    for version in ("local-a", "behaviour-local-b", "context-c"):
        uses.promote(house.session, version, "lea", house.now)
    found = uses.in_force(house.session)
    assert {kind.value: row.version for kind, row in found.items()} == {
        "text": "local-a",
        "behaviour": "behaviour-local-b",
        "context": "context-c",
    }
    uses.roll_back(house.session, "ada", house.now, ModelKind.BEHAVIOUR)
    uses.put_shipped(house.session, "ada", house.now, kind=ModelKind.CONTEXT)
    found = uses.in_force(house.session)
    assert [found[kind].version for kind in ModelKind] == ["local-a", None, None]
    assert words(house)[-2:] == ["behaviour_model_rolled_back", "context_model_promoted"]
    assert uses.roll_back(house.session, "ada", house.now, ModelKind.CONTEXT).version == "context-c"
    candidate = trainings.newest_candidate(house.session, ModelKind.BEHAVIOUR)
    assert candidate is not None and candidate.version == "behaviour-local-b"


def test_an_older_shipped_version_judges_by_its_digest_and_goes_back_to_what_was_before(house: House) -> None:
    settled(house, "local-a", "da")
    uses.promote(house.session, "local-a", "lea", house.now)
    older = next(each for each in registry.versions() if not each.current)
    uses.put_shipped(house.session, "lea", house.now, older.name, older.digest())
    with pytest.raises(RefusedError):
        uses.put_shipped(house.session, "lea", house.now, older.name, older.digest())
    assert serving.load(Path(), older.name, older.digest()).version == older.name
    with pytest.raises(CheckFailedError):
        serving.load(Path(), older.name, "another digest")
    with pytest.raises(CheckFailedError):
        serving.load(Path(), "text-none", None)
    assert uses.roll_back(house.session, "lea", house.now).version == "local-a"
    uses.put_shipped(house.session, "lea", house.now)
    current = uses.current(house.session)
    assert current is not None and current.version is None


def own(tmp_path: Path) -> tuple[str, str]:
    """A version that holds whoever speaks of turnips."""
    turnips = [Labelled(f"buy my turnips number {number} now", "en", {"spam": 1.0}) for number in range(40)]
    others = [Labelled(f"the train to town number {number} is late", "en", {"spam": 0.0}) for number in range(40)]
    version = registry.current()
    learnt = learning.learn(artefact.read(version.folder), turnips + others)
    folder = files.write(tmp_path, version, learnt.correction, learnt.lines, {})
    return folder.name, files.digest_of(folder)


def test_the_door_judges_by_what_is_in_use_from_the_next_batch_on(house: House, tmp_path: Path) -> None:
    name, digest = own(tmp_path)
    house.tools = Tools(now=lambda: house.now, models=serving.ModelCache(tmp_path), chance=lambda: 1.0)
    (before,) = house.judge(house.post(HARMLESS))
    assert before.models["text"] == registry.current().name
    settled(house, name, digest)
    uses.promote(house.session, name, "lea", house.now)
    (after,) = house.judge(house.post(HARMLESS))
    assert after.models["text"] == name
    uses.roll_back(house.session, "lea", house.now)
    (again,) = house.judge(house.post(HARMLESS))
    assert again.models["text"] == registry.current().name


@pytest.mark.parametrize("broken", ["manifest.json", "correction.npz"])
def test_where_what_is_in_use_is_altered_posts_wait_until_somebody_rolls_back(
    house: House, tmp_path: Path, broken: str
) -> None:
    name, digest = own(tmp_path)
    settled(house, name, digest)
    uses.promote(house.session, name, "lea", house.now)
    file = tmp_path / name / broken
    file.write_bytes(file.read_bytes()[:-2] + b" }")
    house.tools = Tools(now=lambda: house.now, models=serving.ModelCache(tmp_path), chance=lambda: 1.0)
    (judged,) = house.judge(house.post(HARMLESS))
    assert (judged.outcome, judged.failed_checks) == (None, ("text",))
    uses.roll_back(house.session, "lea", house.now)
    assert house.judge(house.post(HARMLESS))[0].outcome is Outcome.APPROVE


class Milder(TwinModel):
    """Finds nothing."""

    def _score(self, text: str, language: str | None) -> Scores:
        return Scores(dict.fromkeys(LABELS, 0.01), language)


def test_the_shadow_run_counts_where_they_differ_keeps_no_text_and_sees_nothing_private(house: House) -> None:
    row = shadow.begin(house.session, "local-a", "twin-1", house.now)
    posts = [house.post(HATEFUL), house.post(HARMLESS), house.post(HATEFUL, visibility=Visibility.FOLLOWERS)]
    house.admit(*posts)
    due = shadow.due(house.session, row, 10)
    assert [each.uri for each in due] == [each.uri for each in posts[:2]]
    looked = shadow.look(due, shadow.texts(due, {each.uri: each for each in posts}, house.model, Milder("local-a")))
    shadow.note(house.session, "local-a", row.last_id, looked, house.now)
    assert (row.looked_at, row.counts) == (2, {"hate": {"current": 1}})
    assert row.differing == [{"uri": posts[0].uri, "label": "hate", "current": 0.99, "candidate": 0.01}]
    assert shadow.due(house.session, row, 10) == []
    shadow.note(house.session, "local-a", 0, looked, house.now)  # somebody else was faster
    assert row.looked_at == 2
    again = shadow.begin(house.session, "local-a", "another", house.now)
    assert again.looked_at == 0
    assert house.session.scalars(select(ModelUseRow)).all() == []
