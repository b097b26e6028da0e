"""From decisions to a version that judges: by the job, the pages and the command line; and nothing private on the way."""

from __future__ import annotations

import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.database.schema import METADATA
from app.learning import training, work
from app.reviewing import learning
from app.services import Services
from app.stores.jobs import Job
from models import registry
from models.local import files
from moderation.cases import decisions
from moderation.cases.values import DecisionRequest
from moderation.errors import RefusedError
from moderation.learning import examples, trainings, uses
from moderation.learning.serving import ModelCache
from moderation.learning.tables import ModelUseRow, ShadowRow, TrainingRow, TrainingState
from moderation.learning.values import ModelKind
from moderation.reports import file as reports
from moderation.reports.file import ReportDraft
from moderation.reports.tables import ReportOrigin
from moderation.values import Action, Visibility
from tests.app.web.conftest import Town, Visitor, town
from tests.app.web.review.conftest import lea, mo
from tests.models.test_local import examples as texts
from tests.moderation.cast import HOME, House
from workers import checkup_models

__all__ = ["lea", "mo", "town"]
MARKER = "quixoticzephyr"
PAGE = "/review/model"
TABLES = ("learning_examples", "model_trainings", "model_uses", "model_shadows", "teachers", "lessons")


def decide(services: Services, text: str, action: Action, **more: Any) -> None:
    """Somebody elsewhere writes, ben reports it, and mo decides."""
    with services.db.write() as session:
        house = House(session)
        house.now = services.clock.now()
        house._count = zlib.crc32(text.encode())
        post = house.post(text, **more)
        house.admit(post)
        ben = f"https://{HOME}/users/ben"
        draft = ReportDraft(ben, HOME, ReportOrigin.MEMBER, post.author.uri, (post,), "spam", comment="look")
        case_id = reports.file(session, draft, house.now).case_id
        decisions.decide(session, case_id, DecisionRequest(action), "mo", house.now)


def decided(services: Services, count: int = 60, *, turned: bool = False, start: int = 0) -> None:
    """Adverts that people of this house don't want, and talk that they do; or the other way round."""
    for each in texts(count, start=start):
        spam = (each.labels["spam"] == 1.0) is not turned
        decide(services, each.text, Action.SPAM if spam else Action.NO_ACTION)
        services.clock.move(timedelta(seconds=30))  # type: ignore[attr-defined]


def run(services: Services) -> TrainingRow:
    """Ask for a training and let the worker do it: what came of it."""
    learning.ask_as(services, "lea")
    work.work(services, 100)
    with services.db.read() as session:
        return trainings.several(session, 1)[0]


@pytest.mark.one_database
def test_a_house_with_few_decisions_is_told_so(services: Services) -> None:
    decided(services, 10)
    row = run(services)
    assert (row.state, row.why) == (TrainingState.FAILED, "too_few")


def test_from_decisions_to_a_version_that_judges_and_back(town: Town, lea: Visitor, mo: Visitor) -> None:
    services = town.services
    decided(services)
    page = lea.page(PAGE)
    assert registry.current().name in page and "shipped with the program" in page
    assert lea.post(f"{PAGE}/retrain", on=PAGE).status_code == 302
    assert Job.LEARN in services.nudger.asked  # type: ignore[attr-defined]
    assert "waits" in lea.page(PAGE)
    work.work(services, 100)
    with services.db.read() as session:
        row = trainings.several(session, 1)[0]
        assert examples.count(session).total == 60
    assert row.state is TrainingState.CANDIDATE, training.describe(row)
    assert row.version is not None and row.learnt["labels"]["spam"] == [24, 24]
    one = f"{PAGE}/{row.id}"
    shown = lea.page(one)
    assert "Put it in use" in shown and "nowhere worse" in shown
    assert "None of these posts was drawn at random" in shown
    assert "Put it in use" not in mo.page(one)  # a moderator reads
    decide(services, "Last chance for knitted hats, order now, only this week!", Action.NO_ACTION)
    work.work(services, 100)
    decide(services, "Last chance for old maps, order now, only this week!", Action.NO_ACTION)
    work.work(services, 100)
    assert "public post" in lea.page(one)
    assert lea.post(f"{one}/promote", on=one).status_code == 302
    assert row.version in lea.page(PAGE) and "this server’s own" in lea.page(PAGE)
    with services.db.read() as session:
        use = uses.current(session)
        assert use is not None and (use.version, use.digest, use.put_by) == (row.version, row.digest, "lea")
    assert row.version in town.visitor().page("/about/model")
    assert row.version in town.visitor("fr").page("/about/model")
    lea.post(f"{PAGE}/roll-back", on=PAGE)
    assert row.version not in town.visitor().page("/about/model")
    assert "nothing else was in use before" in _after(lea, f"{PAGE}/roll-back")


@pytest.mark.one_database
def test_the_page_names_the_languages_in_which_scores_were_learnt_apart(town: Town, lea: Visitor) -> None:
    decided(town.services, 80)
    row = run(town.services)
    assert row.learnt["languages"] == {"en": {"labels": ["spam"], "new": False}}
    assert "What scores mean in English was learnt apart:" in lea.page(f"{PAGE}/{row.id}")


def _after(who: Visitor, path: str, **fields: object) -> str:
    who.post(path, on=PAGE, **fields)
    return who.page(PAGE)


def _in_use(page: str) -> str:
    return page.split('id="in-use"', 1)[1].split("</section>", 1)[0]


def test_an_older_shipped_version_is_put_in_use_and_rolled_back_on_the_page(
    town: Town, lea: Visitor, mo: Visitor
) -> None:
    current = registry.current().name
    older = next(each for each in registry.versions() if not each.current)
    services = town.services
    offered = f'value="{older.name}"'
    assert offered in lea.page(PAGE) and f'value="{current}"' not in lea.page(PAGE)
    assert older.name in mo.page(PAGE) and offered not in mo.page(PAGE)  # a moderator reads
    assert lea.post(f"{PAGE}/shipped", on=PAGE, version=older.name).status_code == 302
    with services.db.read() as session:
        use = uses.current(session)
        assert use is not None and (use.version, use.digest) == (older.name, older.digest())
        judging = ModelCache(files.root(services.settings.data_dir)).get(session)
        assert judging is not None and judging.version == older.name
    page = lea.page(PAGE)
    assert offered not in page and f'value="{current}"' in page and "this server’s own" not in _in_use(page)
    assert "judges nothing here" in town.visitor().page(f"/about/model/{current}")
    assert "judges nothing here" not in town.visitor().page(f"/about/model/{older.name}")
    assert "in use already" in _after(lea, f"{PAGE}/shipped", version=older.name)
    lea.post(f"{PAGE}/roll-back", on=PAGE)
    assert offered in lea.page(PAGE)
    assert "judges nothing here" in town.visitor().page(f"/about/model/{older.name}")


@pytest.mark.one_database
def test_an_older_shipped_version_in_use_is_what_learning_corrects_and_the_doctor_looks_at(
    town: Town, lea: Visitor
) -> None:
    services = town.services
    older = next(each for each in registry.versions() if not each.current)
    lea.post(f"{PAGE}/shipped", on=PAGE, version=older.name)
    decided(services)
    row = run(services)
    assert (row.state, row.base) == (TrainingState.CANDIDATE, older.name), training.describe(row)
    assert checkup_models.text(services.settings).text == older.name
    with services.db.write() as session:
        session.execute(update(ModelUseRow).values(digest="0" * 64))
    assert "not the one that was put in use" in checkup_models.text(services.settings).text


def test_no_shipped_version_is_put_in_use_that_is_not_here_or_is_already(town: Town, lea: Visitor) -> None:
    assert lea.post(f"{PAGE}/shipped", on=PAGE, version="text-none").status_code == 404
    assert lea.post(f"{PAGE}/shipped", on=PAGE, version="../models").status_code == 404
    assert "in use already" in _after(lea, f"{PAGE}/shipped", version=registry.current().name)
    with town.services.db.read() as session:
        assert uses.current(session) is None


@pytest.mark.one_database
def test_what_the_gate_refuses_is_shown_and_cannot_be_put_in_use(town: Town, lea: Visitor) -> None:
    services = town.services
    decided(services, 240, turned=True)  # somebody who means ill, or clicks without reading, for weeks
    decided(services, 60, start=300)
    row = run(services)
    assert row.state is TrainingState.REFUSED, training.describe(row)
    page = lea.page(f"{PAGE}/{row.id}")
    assert "nobody can put it in use" in page and "Put it in use" not in page
    with pytest.raises(RefusedError):
        learning.promote_as(services, "lea", row.version or "")


@pytest.mark.one_database
def test_what_was_altered_is_not_put_in_use(services: Services) -> None:
    decided(services)
    row = run(services)
    folder = files.root(services.settings.data_dir) / (row.version or "")
    (folder / files.CORRECTION).write_bytes(b"something else")
    with pytest.raises(RefusedError):
        learning.promote_as(services, "lea", row.version or "")


@pytest.mark.one_database
def test_the_policy_says_how_often_it_learns_by_itself(services: Services) -> None:
    from moderation.policy import store
    from moderation.policy.document import DEFAULT

    work.work(services, 100)
    with services.db.write() as session:
        assert trainings.several(session) == []
        document = dict(store.current(session).document) | {"learning": DEFAULT["learning"] | {"every_days": 7}}
        store.publish(session, document, "ada", services.clock.now())
    work.work(services, 100)
    with services.db.read() as session:
        for kind in ModelKind:
            (row,) = trainings.several(session, kind=kind)
            assert (row.asked_by, row.why) == (None, "too_few")


def test_nothing_of_a_private_post_is_in_any_table_file_or_page(town: Town, lea: Visitor, tmp_path: Path) -> None:
    services = town.services
    decided(services)
    for visibility in (Visibility.FOLLOWERS, Visibility.DIRECT):
        for words in ("one", "two", "three"):
            private = f"{MARKER} is a word of mine {words}, {visibility.value}"
            decide(services, private, Action.SPAM, visibility=visibility)
    row = run(services)
    assert row.version is not None
    decide(services, f"{MARKER} again", Action.NO_ACTION, visibility=Visibility.FOLLOWERS)
    work.work(services, 100)
    learning.promote_as(services, "lea", row.version)
    work.work(services, 100)
    with services.db.read() as session:
        assert session.scalars(select(ShadowRow)).first() is not None
        assert all(MARKER not in each.text for each in examples.read(session))
        tables = [table for metadata in METADATA for table in metadata.sorted_tables if table.name in TABLES]
        assert len(tables) == len(TABLES)
        for table in tables:
            assert MARKER not in str(session.execute(select(table)).all())
    for path in files.root(services.settings.data_dir).rglob("*"):
        assert not path.is_file() or MARKER.encode() not in path.read_bytes()
    lea.post(f"{PAGE}/teach", an_hour="20")
    work.work(services, 100)
    for page in (PAGE, f"{PAGE}/{row.id}", f"{PAGE}/teach", "/about/model", "/about/model?language=fr"):
        assert MARKER not in lea.page(page)
    model = files.load(files.root(services.settings.data_dir) / row.version)
    assert (model.score([f"{MARKER} {MARKER}"], ["en"])[0].scores["spam"] or 0.0) < 0.5
