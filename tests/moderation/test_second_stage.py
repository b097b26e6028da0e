"""The second stage: asked near a line and of those whom policy cares for; its word has a version; broken, it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.encoder import files
from moderation import second_model
from moderation.checks import second
from moderation.errors import BadPolicyError, CheckFailedError
from moderation.policy import store
from moderation.policy.parsing import parse
from moderation.policy.preview import preview
from moderation.values import Finding, Judgement, Outcome, Visibility
from tests.moderation.cast import HARMLESS, House, Scores, TwinModel

PERHAPS = "those of that street should all be sent away, some people say"


class Unsure(TwinModel):
    """Says .9 of one text, which is near its hold line of .95."""

    def _score(self, text: str, language: str | None) -> Scores:
        found = super()._score(text, language)
        return Scores({**found.scores, "hate": 0.9}) if text == PERHAPS else found


@dataclass
class Second:
    """A second stage that says one number of everything, and remembers what it was asked."""

    score_of_all: float = 0.99
    version: str = "second-twin-1"
    broken: bool = False
    asked: list[Mapping[str, float]] = field(default_factory=list)
    hold_lines: Mapping[str, float] = field(default_factory=lambda: {"hate": 0.9})
    label_lines: Mapping[str, float] = field(default_factory=lambda: {"hate": 0.5})

    def score(self, texts: Sequence[str], first: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
        if self.broken:
            raise CheckFailedError(second_model.NAME, "broken")
        self.asked += first
        return [dict.fromkeys(each, self.score_of_all) for each in first]


def switched(house: House, **wanted: Any) -> None:
    document = store.current(house.session).document
    part = {**document["second_stage"], "on": True, "labels": ["hate"], **wanted}
    store.publish(house.session, {**document, "second_stage": part}, "lea", house.now)


@pytest.fixture
def twin() -> Second:
    return Second()


@pytest.fixture
def house(session: Session, twin: Second) -> House:
    made = House(session, Unsure())
    made.tools = replace(made.tools, second_stage=twin)
    return made


def finding(judgement: Judgement, check: str = second_model.NAME) -> Finding:
    (found,) = [each for each in judgement.findings if each.check == check and each.label in ("hate", "abstained")]
    return found


def test_nobody_is_asked_until_policy_says_so(house: House, twin: Second) -> None:
    (judgement,) = house.judge(house.post(PERHAPS))
    assert (judgement.outcome, twin.asked) == (Outcome.LABEL, [])


def test_it_is_asked_near_a_line_and_its_word_takes_the_place_of_the_first_ones(house: House, twin: Second) -> None:
    switched(house)
    judgement, plain = house.judge(house.post(PERHAPS), house.post(HARMLESS))
    assert twin.asked == [{"hate": 0.9}]
    assert (judgement.outcome, plain.outcome) == (Outcome.HOLD, Outcome.APPROVE)
    found = finding(judgement)
    assert (found.version, found.score, found.why) == ("second-twin-1", 0.99, "second_stage")
    assert found.details == {"first": 0.9, "first_version": "twin-1"}
    assert judgement.models == {"text": "twin-1", "second_stage": "second-twin-1"}
    assert not [each for each in judgement.findings if each.check == "text" and each.label == "hate"]


def test_it_can_say_that_there_is_nothing(house: House, twin: Second) -> None:
    switched(house)
    twin.score_of_all = 0.02
    (judgement,) = house.judge(house.post(PERHAPS))
    assert judgement.outcome is Outcome.APPROVE


def test_its_scores_are_compared_with_its_own_lines(house: House, twin: Second) -> None:
    switched(house)
    twin.score_of_all = 0.92
    assert house.judge(house.post(PERHAPS))[0].outcome is Outcome.HOLD
    twin.score_of_all = 0.6
    assert house.judge(house.post(PERHAPS))[0].outcome is Outcome.LABEL


def test_it_is_not_asked_of_other_labels_or_languages_or_far_from_a_line(house: House, twin: Second) -> None:
    for wanted in ({"labels": ["spam"]}, {"languages": ["fr"]}, {"band": 0.1}):
        switched(house, **wanted)
        assert house.judge(house.post(PERHAPS))[0].outcome is Outcome.LABEL
        switched(house, labels=["hate"], languages=["en"], band=1.0)
    assert twin.asked == []


def test_who_is_no_stranger_is_spared_unless_many_would_see_it_or_they_are_reported(
    house: House, twin: Second, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched(house, wide_from=20)
    mutual = house.post(PERHAPS, reply_between_mutuals=True)
    house.judge(mutual)
    assert twin.asked == []
    house.judge(replace(mutual, seen_by=20))
    assert len(twin.asked) == 1
    monkeypatch.setattr("moderation.cases.reported.reported", lambda session, uris: frozenset(uris))
    house.judge(mutual)
    assert len(twin.asked) == 2
    switched(house, wide_from=20, reported=False)
    house.judge(mutual)
    assert len(twin.asked) == 2


def test_private_letters_are_read_by_it_only_where_machines_read_them_at_all(house: House, twin: Second) -> None:
    switched(house)
    letter = house.post(PERHAPS, visibility=Visibility.DIRECT)
    house.judge(letter)
    assert len(twin.asked) == 1
    document = {**store.current(house.session).document, "private": {"text_model": False}}
    store.publish(house.session, document, "ana", house.now)
    house.judge(letter)
    assert len(twin.asked) == 1


def test_where_it_fails_what_it_should_have_judged_waits_and_nothing_else(house: House, twin: Second) -> None:
    switched(house)
    twin.broken = True
    waiting, fine = house.judge(house.post(PERHAPS), house.post(HARMLESS))
    assert (waiting.outcome, waiting.failed_checks) == (None, ("second_stage",))
    assert fine.outcome is Outcome.APPROVE


@pytest.mark.parametrize("score", [float("nan"), 1.5, -1.0])
def test_a_score_that_is_no_probability_is_a_failure(house: House, twin: Second, score: float) -> None:
    switched(house)
    twin.score_of_all = score
    assert house.judge(house.post(PERHAPS))[0].failed_checks == ("second_stage",)


def test_without_an_encoder_the_first_stages_word_stands_and_a_finding_says_so(house: House, tmp_path: Path) -> None:
    switched(house)
    house.tools = replace(house.tools, second_stage=None, data_dir=tmp_path)
    (judgement,) = house.judge(house.post(PERHAPS))
    assert judgement.outcome is Outcome.LABEL
    assert finding(judgement).details == {"reason": "no_encoder"}
    assert finding(judgement, "text").score == 0.9


def test_an_encoder_that_somebody_changed_is_not_used_and_what_it_should_judge_waits(
    house: House, tmp_path: Path
) -> None:
    place = files.folder(tmp_path)
    place.mkdir(parents=True)
    (place / files.GRAPH).write_bytes(b"something else")
    house.tools = replace(house.tools, second_stage=None, data_dir=tmp_path)
    assert house.judge(house.post(PERHAPS))[0].outcome is Outcome.LABEL  # policy doesn't want it
    switched(house)
    waiting, fine = house.judge(house.post(PERHAPS), house.post(HARMLESS))
    assert (waiting.failed_checks, fine.outcome) == (("second_stage",), Outcome.APPROVE)


def test_of_a_batch_only_so_many_texts_are_read(house: House, twin: Second) -> None:
    switched(house)
    batch = [house.post(PERHAPS) for _ in range(second.MOST + 3)]
    judged = house.judge(*batch)
    assert len(twin.asked) == second.MOST
    assert [finding(each).details for each in judged[second.MOST :]] == [{"reason": "too_many"}] * 3
    assert judged[-1].outcome is Outcome.LABEL


def test_a_preview_decides_again_with_what_the_second_stage_said(house: House, twin: Second) -> None:
    switched(house)
    assert house.one(PERHAPS).outcome is Outcome.HOLD
    house.later(hours=1)
    found = preview(
        house.session,
        {"labels": {"hate": {"hold": 0.995}}},
        house.now,
        model=house.model,
        second=twin,
    )
    assert (found.held_before, found.held_after) == (1, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": "yes"},
        {"band": 0},
        {"band": 7},
        {"wide_from": 1.5},
        {"wide_from": -1},
        {"labels": ["hate", "hate"]},
        {"labels": ["privacy"]},
        {"languages": ["de"]},
        {"languages": "en"},
        {"more": 1},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(house: House, wrong: dict[str, Any]) -> None:
    document = store.current(house.session).document
    with pytest.raises(BadPolicyError, match="second_stage"):
        parse({**document, "second_stage": {**document["second_stage"], **wrong}})
