"""The context model at the door: it says what a score means, changes no outcome, and is learnt from decisions."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from models import artefact, context
from models.context import ContextModel, Decided, Standing
from models.local import context as own
from moderation.authors import records
from moderation.checks import in_context
from moderation.learning import gathering, uses
from moderation.learning import in_context as learning
from moderation.learning.serving import ContextCache
from moderation.learning.tables import ModelUseRow
from moderation.learning.values import ModelKind
from moderation.values import Action, Finding, Visibility
from moderation.verdicts.tables import VerdictRow
from tests.moderation.cast import HATEFUL, House, TwinModel, friend
from tests.moderation.learning.test_examples import decide, gathered

KIND = ModelKind.CONTEXT


def model(score: float = 0.3) -> ContextModel:
    """Learnt where friends mean no harm, and whose posts were removed before do."""
    decided = [
        Decided("hate", score, Standing(removed=number % 2 * 4, mutuals=number % 2 == 0, answers=True), number % 2)
        for number in range(400)
    ]
    found = context.fit(decided)
    assert found is not None
    return found


@pytest.fixture
def known(house: House, tmp_path: Path) -> House:
    """A house that has learnt."""
    put(house, tmp_path, model())
    house.tools = replace(house.tools, in_context=ContextCache(tmp_path))
    return house


def put(house: House, folder: Path, found: ContextModel) -> None:
    """Have a version asked from now on."""
    place = own.write(folder, found)
    session, now = house.session, house.now
    session.add(
        ModelUseRow(kind=KIND, version=place.name, digest=artefact.version_digest(place), put_by="lea", put_at=now)
    )
    session.flush()


def said(house: House, **more: object) -> list[Finding]:
    (judgement,) = house.judge(house.post(HATEFUL, **more))
    return [each for each in judgement.findings if each.check == in_context.NAME]


def test_among_those_who_follow_each_other_it_says_less_and_why(known: House) -> None:
    (found,) = said(known, reply_between_mutuals=True, in_reply_to="https://far.example/1", mentions=friend())
    assert (found.why, found.label, found.score) == (in_context.LOWERED, "hate", None)
    assert found.details["score"] < found.details["first"] == 0.99
    assert "mutuals" in found.details["weighed"]
    assert found.version.startswith(context.PREFIX)


def test_of_whom_much_was_removed_it_says_more(known: House, monkeypatch: pytest.MonkeyPatch) -> None:
    known.admit(known.post())
    monkeypatch.setattr(TwinModel, "_score", _perhaps)
    records.adjust(known.session, {known.author().uri: {"removed": 6}})
    (found,) = said(known)
    assert (found.why, found.details["first"]) == (in_context.RAISED, 0.3)
    assert found.details["weighed"][0] == "removed"


def _perhaps(self: TwinModel, text: str, language: str | None) -> object:
    from tests.moderation.cast import Scores

    return Scores({"hate": 0.3})


def test_it_changes_no_outcome(known: House) -> None:
    between = {"reply_between_mutuals": True, "in_reply_to": "https://far.example/1"}
    (with_it,) = known.judge(known.post(HATEFUL, **between))
    known.tools = replace(known.tools, in_context=ContextCache())
    uses.put_shipped(known.session, "lea", known.now, kind=KIND)
    (without,) = known.judge(known.post(HATEFUL, **between))
    assert (with_it.outcome, with_it.reasons) == (without.outcome, without.reasons)
    assert with_it.facts == without.facts


def test_it_says_nothing_of_letters_and_where_none_is_asked(known: House) -> None:
    assert said(known, visibility=Visibility.DIRECT, reply_between_mutuals=True) == []
    uses.put_shipped(known.session, "lea", known.now, kind=KIND)
    assert said(known, reply_between_mutuals=True) == []


@pytest.mark.parametrize("harm", ["weights", "manifest", "name", "gone"])
def test_one_that_was_altered_says_nothing_and_holds_nothing_up(known: House, tmp_path: Path, harm: str) -> None:
    use = known.session.scalars(select(ModelUseRow)).one()
    place = tmp_path / own.FOLDER / (use.version or "")
    if harm == "weights":
        (place / context.WEIGHTS).write_bytes(b"PK\3\4")
    elif harm == "manifest":
        manifest = place / artefact.MANIFEST
        manifest.write_text(manifest.read_text().replace("400", "401"))
    elif harm == "name":
        use.version = "context-../.."
        known.session.flush()
    else:
        shutil.rmtree(place)
    (judgement,) = known.judge(known.post(HATEFUL, reply_between_mutuals=True))
    assert judgement.outcome is not None and not judgement.failed_checks
    assert in_context.NAME not in judgement.models


def test_another_that_is_put_is_asked_from_the_next_post_on(known: House, tmp_path: Path) -> None:
    before = said(known, reply_between_mutuals=True)[0].version
    other = model(0.4)
    put(known, tmp_path, other)
    assert said(known, reply_between_mutuals=True)[0].version == other.version != before


def test_a_verdict_keeps_the_standing_as_it_was_and_learning_takes_that(house: House) -> None:
    case = house.case_of(HATEFUL, in_reply_to="https://far.example/1")
    decide(house, case, Action.REMOVE)
    records.adjust(house.session, {house.author().uri: {"removed": 9}})
    (example,) = gathered(house)
    said = learning.decided(example)
    assert {one.label: (one.upheld, one.score) for one in said}["hate"] == (1.0, 0.99)
    assert said[0].standing == Standing(answers=True)


def test_an_example_keeps_the_standing_when_the_verdicts_facts_are_gone(house: House) -> None:
    case = house.case_of(HATEFUL, in_reply_to="https://far.example/1")
    decide(house, case, Action.REMOVE)
    (before,) = gathered(house)
    house.session.execute(update(VerdictRow).values(facts=None))
    house.later(minutes=10)
    gathering.refresh(house.session, [before.uri], house.now)
    (after,) = gathered(house)
    assert after.circumstances == before.circumstances != {}


def test_an_example_without_a_standing_teaches_no_context(house: House) -> None:
    decide(house, house.case_of(HATEFUL), Action.REMOVE)
    (example,) = gathered(house)
    assert learning.decided(replace(example, circumstances={})) == ()


def test_private_posts_leave_no_standing(house: House) -> None:
    verdict = house.one(HATEFUL, visibility=Visibility.FOLLOWERS)
    assert house.session.get_one(VerdictRow, verdict.id).facts is None
    assert gathered(house) == []


@pytest.mark.parametrize("facts", [{}, {"c": None}, {"c": [1]}, {"c": ["x"] * 6}, {"c": 3}])
def test_facts_that_hold_no_standing_are_none(facts: dict[str, object]) -> None:
    assert in_context.unpacked(facts) is None
    assert in_context.unpacked({"c": in_context.packed(Standing(removed=2, known_days=3.5))}) == Standing(
        removed=2, known_days=3.5
    )
