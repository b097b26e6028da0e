"""Policy: versioned data that is checked before it is in force, previewed, and loosened with one button."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import policy
from moderation.cases import decisions
from moderation.cases.values import DecisionRequest
from moderation.errors import BadPolicyError
from moderation.policy.document import DEFAULT
from moderation.policy.parsing import parse
from moderation.policy.preview import preview
from moderation.policy.values import moved
from moderation.values import Action, Outcome
from tests.moderation.cast import HATEFUL, House


def changed(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DEFAULT), **parts}


def test_an_install_begins_with_version_one_and_a_careful_start(house: House) -> None:
    found = policy.current(house.session)
    assert (found.version, found.is_careful(house.now), found.figures_borrowed) == (1, True, True)
    assert found.budget.cases_per_moderator == 30


def test_a_published_policy_is_in_force_from_the_next_post_on(house: House) -> None:
    document = copy.deepcopy(DEFAULT)
    document["labels"]["hate"]["hold"] = 0.995
    assert house.judge(house.post(HATEFUL))[0].outcome is Outcome.HOLD
    assert policy.publish(house.session, document, "ana", house.now).version == 2
    judgement = house.judge(house.post(HATEFUL))[0]
    assert (judgement.outcome, judgement.policy_version) == (Outcome.LABEL, 2)
    assert policy.publish(house.session, document, "ana", house.now).version == 2
    assert [row.published_by for row in policy.versions(house.session)] == ["ana", None]


@pytest.mark.parametrize(
    "document",
    [
        {},
        changed(extra=1),
        changed(labels={}),
        changed(labels={**DEFAULT["labels"], "self_harm": {**DEFAULT["labels"]["self_harm"], "hold": 0.9}}),
        changed(labels={**DEFAULT["labels"], "hate": {**DEFAULT["labels"]["hate"], "hold": 0}}),
        changed(labels={**DEFAULT["labels"], "hate": {**DEFAULT["labels"]["hate"], "hold": True}}),
        changed(labels={**DEFAULT["labels"], "hate": {**DEFAULT["labels"]["hate"], "severity": 11}}),
        changed(wave={**DEFAULT["wave"], "copies": 1}),
        changed(wave={**DEFAULT["wave"], "copies": 6.5}),
        changed(budget={"cases_per_moderator": -1}),
        changed(budget={"cases_per_moderator": float("nan")}),
        changed(audits={"rate": 2, "per_day": 1}),
        changed(careful={"days": 1, "decisions": 1, "hold": ["kindness"]}),
        [],
        None,
    ],
)
def test_a_policy_that_does_not_hold_together_is_refused(house: House, document: Any) -> None:
    with pytest.raises(BadPolicyError):
        policy.publish(house.session, document, "ana", house.now)
    assert policy.current(house.session).version == 1


@given(st.sampled_from(sorted(DEFAULT)), st.recursive(st.none() | st.floats() | st.text(), st.lists, max_leaves=4))
def test_any_value_in_any_part_is_read_or_refused(part: str, value: Any) -> None:
    try:
        parse({**DEFAULT, part: value})
    except BadPolicyError:
        return
    raise AssertionError("nonsense was taken for a policy")


def test_hold_less_loosens_every_line_for_a_day_and_is_logged(house: House) -> None:
    house.model.hold_lines = dict.fromkeys(house.model.hold_lines, 0.97)
    first = policy.hold_less(house.session, "ana", house.now)
    house.later(hours=1)
    assert policy.hold_less(house.session, "ben", house.now) == first
    assert house.judge(house.post(HATEFUL))[0].outcome is Outcome.LABEL
    house.later(hours=23, minutes=1)
    assert house.judge(house.post(HATEFUL))[0].outcome is Outcome.HOLD
    assert policy.hold_less(house.session, "ben", house.now).by == "ben"


def test_two_hundred_human_decisions_end_the_careful_start(house: House) -> None:
    policy.publish(house.session, changed(careful={"days": 14, "decisions": 2, "hold": ["hate"]}), "ana", house.now)
    for number in range(2):
        case_id = house.case_of(f"vermin {number}")
        decided = decisions.decide(house.session, case_id, DecisionRequest(Action.REMOVE), "ana", house.now)
    assert not policy.current(house.session).is_careful(house.now)
    decisions.reverse(house.session, decided.decision.id, "oops", "ana", house.now)
    assert policy.current(house.session).is_careful(house.now)


def test_a_preview_says_what_it_would_have_held_yesterday_with_ten_to_read(house: House) -> None:
    for number in range(14):
        house.one(f"pathetic {number}", house.author(f"m{number}"))
    house.one(HATEFUL)
    house.one("an old one", house.author("old"))
    before = policy.current(house.session).document
    found = preview(
        house.session,
        {"labels": {"harassment": {"hold": 0.9}}, "careful": {"hold": ["harassment"]}},
        house.now,
        model=house.model,
        rng=random.Random(1),
    )
    assert (found.judged, found.held_before, found.held_after) == (16, 1, 14)
    assert (found.newly_held, found.newly_let_in, len(found.to_read)) == (14, 1, 10)
    assert policy.current(house.session).document == before
    house.later(days=2)
    assert preview(house.session, {}, house.now, model=house.model).judged == 0


def test_a_preview_of_nonsense_is_refused(house: House) -> None:
    with pytest.raises(BadPolicyError):
        preview(house.session, {"labels": {"hate": {"hold": "sometimes"}}}, house.now)


@given(st.floats(0.01, 0.99), st.floats(0, 5))
def test_a_loosened_line_is_never_lower(line: float, logits: float) -> None:
    assert line - 1e-9 <= moved(line, logits) <= 1


def test_labels_with_little_data_hold_nothing_on_a_new_server() -> None:
    labels = DEFAULT["labels"]
    assert {label for label, wanted in labels.items() if wanted["hold"] is not None} == {"hate", "harassment", "spam"}
    assert set(DEFAULT["careful"]["hold"]) == {"hate", "spam"}
