"""`ostiary model` with a server's own versions: learnt, put in use and rolled back where nobody opens a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from app.learning import training
from app.services import Services
from app.settings import KNOWN
from models import behaviour, registry
from models.local import files
from models.train.run import train
from moderation.cases import show
from moderation.cases.tables import CaseRow
from moderation.learning import trainings, uses
from moderation.learning.values import ModelKind
from moderation.log import chain
from moderation.log.tables import LogRow
from moderation.values import Action
from tests.app.learning.test_learning import decide
from tests.models.test_local import examples
from tests.moderation.cast import HATEFUL, HOME, House
from tests.workers.outcomes import refused, well
from workers.cli import main
from workers.cli.common import services
from workers.cli.models import KINDS

Model = Callable[..., Result]
PORT = 8000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def model(data: Path) -> Model:
    """Run `ostiary model` on `data`."""

    def run(*arguments: str, given: str | None = None) -> Result:
        where = ("--data", str(data), "--port", str(PORT))
        return CliRunner().invoke(main, ["model", *arguments, *where], input=given, env=dict.fromkeys(KNOWN))

    return run


def starred(model: Model, kind: ModelKind = ModelKind.TEXT) -> list[str]:
    """The versions of a model of which the list says that they're in use."""
    named = [line.split()[1] for line in well(model("list")).splitlines() if line.startswith("*")]
    return [name for name in named if name.startswith(behaviour.PREFIX) is (kind is ModelKind.BEHAVIOUR)]


def learn(data: Path, count: int) -> None:
    """So many decisions of this server's people, half of them about adverts."""
    with services(PORT, data) as made:
        for each in examples(count):
            decide(made, each.text, Action.SPAM if each.labels["spam"] == 1.0 else Action.NO_ACTION)


def in_log(data: Path) -> list[tuple[str | None, str]]:
    """Who put what in use, or rolled it back."""
    with services(PORT, data) as made, made.db.write() as session:
        chain.settle(session)
        rows = session.query(LogRow).order_by(LogRow.seq)
        return [(row.actor, row.verb) for row in rows if row.verb.startswith("text_model_")]


def test_a_version_is_learnt_put_in_use_and_rolled_back_by_commands(model: Model, data: Path) -> None:
    current = registry.current().name
    learn(data, 60)
    said = well(model("retrain"))
    version = said.split()[2]
    assert said.startswith("text  candidate") and version.startswith(files.PREFIX)
    assert version in well(model("list")) and starred(model) == [current]
    assert version in well(model("promote", version)) and starred(model) == [version]
    assert "in use already" in refused(model("promote", version))
    assert "shipped" in well(model("roll-back")) and starred(model) == [current]
    assert "nothing else was in use before" in refused(model("roll-back"))
    well(model("promote", version))
    assert current in well(model("promote", current)) and starred(model) == [current]
    verbs = ["text_model_promoted", "text_model_rolled_back", "text_model_promoted", "text_model_promoted"]
    assert [verb for _, verb in in_log(data)][-4:] == verbs


def test_a_candidate_is_judged_and_asked_for_scores_before_anybody_puts_it_in_use(
    model: Model, data: Path, tmp_path: Path
) -> None:
    learn(data, 60)
    version = well(model("retrain")).split()[2]
    file = tmp_path / "labelled.jsonl"
    file.write_text('{"id": 1, "text": "What a lovely morning by the river", "lang": "en", "labels": {"spam": 0}}\n')
    assert well(model("evaluate", str(file), "--version", version)).startswith(f"{version}: 1 texts")
    assert f'"version": "{version}"' in well(model("score", "--version", version, given=file.read_text()))
    assert version in well(model("functional", version)).splitlines()[0]
    (files.root(data) / version / files.CORRECTION).write_bytes(b"something else")
    assert "is not the file" in refused(model("evaluate", str(file), "--version", version))
    assert "no such version" in refused(model("evaluate", str(file), "--version", "local-0123456789"))


def test_a_version_that_a_training_wrote_elsewhere_is_judged_by_its_folder(
    model: Model, data: Path, tmp_path: Path
) -> None:
    trained = train(None, tmp_path / "out", 5, per_template=3)
    file = tmp_path / "labelled.jsonl"
    file.write_text('{"id": 1, "text": "What a lovely morning by the river", "lang": "en", "labels": {"spam": 0}}\n')
    assert trained.version in well(model("evaluate", str(file), "--version", str(trained.folder)))
    assert "can't be read" in refused(model("evaluate", str(file), "--version", str(tmp_path)))
    assert not data.exists()


def test_an_older_shipped_behaviour_model_is_put_in_use_by_its_name_and_rolled_back(model: Model, data: Path) -> None:
    older = behaviour.versions()[1]
    with services(PORT, data):
        pass
    assert starred(model, ModelKind.BEHAVIOUR) == [behaviour.current().name]
    assert older in well(model("promote", older))
    assert starred(model, ModelKind.BEHAVIOUR) == [older]
    assert "in use already" in refused(model("promote", older))
    with services(PORT, data) as made, made.db.read() as session:
        use = uses.current(session, ModelKind.BEHAVIOUR)
        assert use is not None and use.version == older
    assert "no such version" in refused(model("promote", "behaviour-none"))
    assert "shipped" in well(model("roll-back", "--of", "behaviour"))


def test_what_waits_is_read_again_by_a_command_and_stays_where_it_is(model: Model, data: Path) -> None:
    with services(PORT, data) as made, made.db.write() as session:
        house = House(session)
        house.now = made.clock.now()
        post = house.post(HATEFUL, house.author("mallory", HOME))
        house.admit(post)
    assert f"1 of 1 waiting posts read again by {registry.current().name}" in well(model("rescore"))
    with services(PORT, data) as made, made.db.read() as session:
        detail = show.case(session, session.scalars(select(CaseRow.id)).one(), made.clock.now())
    assert detail.held and detail.read_again is not None
    assert {each.version for each in detail.read_again.before if each.check == "text"} == {"twin-1"}
    assert {each.version for each in detail.findings if each.check == "text"} <= {registry.current().name}


def test_where_nothing_waits_the_command_says_so(model: Model, data: Path) -> None:
    with services(PORT, data):
        pass
    assert well(model("rescore")).strip() == "nothing waits that carries scores"


def test_too_few_decisions_make_no_version_and_the_command_fails(model: Model, data: Path) -> None:
    learn(data, 6)
    result = model("retrain")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert (result.exit_code, lines) == (1, [[kind, "failed", "too_few"] for kind in KINDS])
    assert not files.names(files.root(data))
    assert starred(model) == [registry.current().name]


def test_what_is_not_here_or_was_altered_is_never_put_in_use(model: Model, data: Path) -> None:
    refused(model("promote", "local-0123456789"))
    refused(model("promote", "local-../../elsewhere"))
    learn(data, 60)
    version = well(model("retrain")).split()[2]
    (files.root(data) / version / files.CORRECTION).write_bytes(b"something else")
    assert "as they were written" in refused(model("promote", version))
    with services(PORT, data) as made, made.db.read() as session:
        assert uses.current(session) is None


def test_an_older_shipped_version_that_was_chosen_has_the_star_and_can_be_rolled_back(model: Model, data: Path) -> None:
    older = next(each for each in registry.versions() if not each.current)
    with services(PORT, data) as made, made.db.write() as session:
        uses.put_shipped(session, "lea", made.clock.now(), older.name, older.digest())
    assert starred(model) == [older.name]
    assert "shipped" in well(model("roll-back")) and starred(model) == [registry.current().name]


def test_an_older_shipped_version_is_put_in_use_for_this_server_alone_and_that_is_undone(
    model: Model, data: Path
) -> None:
    older, file = next(each for each in registry.versions() if not each.current), registry.SHIPPED / "current.json"
    before = file.read_bytes()
    assert older.name in well(model("promote", older.name))
    assert starred(model) == [older.name] and file.read_bytes() == before
    assert "in use already" in refused(model("promote", older.name))
    refused(model("promote", "text-0123456789"))
    assert "shipped" in well(model("roll-back")) and starred(model) == [registry.current().name]
    assert in_log(data)[-2:] == [("command line", "text_model_promoted"), ("command line", "text_model_rolled_back")]


def test_the_list_says_how_far_a_training_is_and_why_one_came_to_nothing(model: Model, data: Path) -> None:
    with services(PORT, data) as made, made.db.write() as session:
        trainings.ask(session, "lea", made.clock.now(), [ModelKind.TEXT])
        row = trainings.begin(session, made.clock.now())
        assert row is not None
        trainings.progress(session, row.id, "fitting", 0.5, made.clock.now())
    assert "under_way  fitting 50%" in well(model("list"))
    assert "under way" in refused(model("retrain"))
    assert well(model("retrain", "--cancel")).strip() == "cancelled"
    listed = [line for line in well(model("list")).splitlines() if line.startswith("- training")]
    assert len(listed) == 1 and "text  failed  cancelled" in listed[0]
    assert "no training" in refused(model("retrain", "--cancel"))


def test_what_scores_is_judged_and_shown_is_the_version_that_this_server_uses(
    model: Model, data: Path, tmp_path: Path
) -> None:
    older = next(each for each in registry.versions() if not each.current)
    text = {"id": 1, "text": "You are vermin, all of you, get out of this town", "lang": "en"}
    file = tmp_path / "labelled.jsonl"
    file.write_text(json.dumps(text | {"labels": {"hate": 1}}))
    asked = (("score",), ("evaluate", str(file), "--json"), ("functional",), ("show",))
    before = [well(model(*each, given=json.dumps(text))) for each in asked]
    with services(PORT, data) as made, made.db.write() as session:
        uses.put_shipped(session, "lea", made.clock.now(), older.name, older.digest())
    after = [well(model(*each, given=json.dumps(text))) for each in asked]
    assert all(new != old for new, old in zip(after, before, strict=True))
    assert after[-1] == well(model("show", older.name))
    assert older.name in after[2]


def test_no_other_version_scores_in_the_place_of_one_that_was_altered(model: Model, data: Path) -> None:
    older = next(each for each in registry.versions() if not each.current)
    with services(PORT, data) as made, made.db.write() as session:
        uses.put_shipped(session, "lea", made.clock.now(), older.name, "another digest")
    assert older.name in refused(model("score", given='{"id": 1, "text": "fine", "lang": "en"}'))


def test_one_model_alone_learns_where_it_is_named(model: Model) -> None:
    result = model("retrain", "--of", "context")
    assert (result.exit_code, result.stdout.split()) == (1, ["context", "failed", "too_few"])
    assert "nothing else was in use before" in refused(model("roll-back", "--of", "behaviour"))


def test_where_a_worker_takes_the_training_first_the_command_says_where_to_look(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(made: Services) -> int:
        with made.db.write() as session:
            trainings.begin(session, made.clock.now())
        return 0

    monkeypatch.setattr(training, "run_waiting", elsewhere)
    result = model("retrain", "--of", "text")
    assert result.exit_code == 1 and "under_way" in result.stdout and "/review/model" in result.stdout
    assert "under way" in refused(model("retrain"))
