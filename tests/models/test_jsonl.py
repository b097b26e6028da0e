"""Scoring lines of JSON."""

import json

import pytest

from models import registry
from models.errors import BadLineError
from models.labels import LABELS
from models.textmodel import TOO_LITTLE, UNTRAINED, score_lines
from tests.models.sentences import HARMLESS


def test_each_line_gives_one_line_with_seven_labels_in_the_same_order() -> None:
    lines = [json.dumps({"id": i, "text": text, "lang": "en"}) for i, text in enumerate(HARMLESS[:300])]
    results = [json.loads(line) for line in score_lines([*lines[:2], "\n", *lines[2:]])]
    assert [result["id"] for result in results] == list(range(len(lines)))
    assert all(tuple(result["scores"]) == LABELS for result in results)


def test_a_byte_order_mark_is_passed_over() -> None:
    given = json.dumps({"id": 1, "text": HARMLESS[0]})
    assert list(score_lines(["\ufeff" + given])) == list(score_lines([given]))


def test_an_abstention_is_seven_nulls() -> None:
    (line,) = score_lines(['{"id": "a", "text": "Сегодня очень хорошая погода в парке"}'])
    said = json.loads(line)
    assert (said["id"], said["scores"]) == ("a", dict.fromkeys(LABELS))


def test_each_line_says_which_version_it_was_and_why_it_abstained() -> None:
    given = ["Сегодня очень хорошая погода в парке", "12 + 34", "What a lovely morning by the river"]
    said = [json.loads(line) for line in score_lines([json.dumps({"id": 1, "text": text}) for text in given])]
    assert {each["version"] for each in said} == {registry.current().name}
    assert [each["abstained"] for each in said] == [UNTRAINED, TOO_LITTLE, None]


@pytest.mark.parametrize(
    "bad",
    ["x", "[]", "{}", '{"id": 1, "text": 3}', '{"id": [], "text": "a"}', '{"text": "a", "lang": 1}', "[" * 9999],
)
def test_a_bad_line_is_named_by_its_number(bad: str) -> None:
    with pytest.raises(BadLineError, match="line 2") as caught:
        list(score_lines(['{"id": 1, "text": "hello there"}', bad]))
    assert caught.value.line == 2
    assert isinstance(caught.value, ValueError)
