"""The page of the second stage: whether there is one, what it adds, and when it is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.reviewing import model
from app.reviewing.model import Second
from app.web import gains
from models.encoder import files
from moderation.policy import store
from tests.app.web.conftest import Town, Visitor

pytestmark = pytest.mark.one_database
PAGE = "/review/policy/second-stage"
FIELDS = {"ask_on": "yes", "ask_reported": "yes", "wide_from": "20", "band": "1.5", "label": "hate", "language": "en"}


def test_a_lead_says_when_it_is_asked_and_the_policy_has_a_new_version(town: Town, lea: Visitor) -> None:
    page = lea.page(PAGE)
    assert "not built here" in page and "What it adds" in page
    assert lea.post(PAGE, **FIELDS).status_code == 302
    with town.services.db.read() as session:
        part = store.current(session).second_stage
    assert (part.on, part.strangers, part.reported, part.wide_from, part.band) == (True, False, True, 20, 1.5)
    assert (part.labels, part.languages) == (("hate",), ("en",))
    assert 'value="20"' in lea.page(PAGE)


def test_nonsense_is_refused_with_what_is_wrong(lea: Visitor) -> None:
    for wrong in ({"band": "0"}, {"wide_from": "many"}, {"label": "weather"}, {"language": "de"}):
        answer = lea.post(PAGE, **(FIELDS | wrong))
        assert answer.status_code == 422
        assert "second_stage" in answer.text


def test_it_is_not_switched_on_to_read_nothing(town: Town, lea: Visitor) -> None:
    answer = lea.post(PAGE, **{name: value for name, value in FIELDS.items() if name != "label"})
    assert answer.status_code == 422 and "at least one label" in answer.text
    with town.services.db.read() as session:
        assert not store.current(session).second_stage.on


def test_what_it_comes_to_at_the_lines_stands_beside_what_may_be_ticked(lea: Visitor) -> None:
    page = lea.page(PAGE)
    for gain in gains.of_second():
        assert gain.reach_first is not None and gain.reach_both is not None and gain.harmful > 0
        assert f'<td class="num">{gain.reach_both.labelled:.1f}</td>' in page


def test_who_sets_no_rules_reads_it_and_changes_nothing(mo: Visitor) -> None:
    page = mo.page(PAGE)
    assert "Lines are drawn by a lead or an admin." in page
    assert mo.post(PAGE, on="/review", **FIELDS).status_code == 403


def test_an_encoder_that_cannot_be_used_is_told(town: Town, lea: Visitor, tmp_path: Path) -> None:
    place = files.folder(tmp_path)
    place.mkdir(parents=True)
    broken = town.services.with_tools(replace(town.services.tools, data_dir=tmp_path))
    assert model.second_with_state(town.services)[1] is Second.ABSENT
    assert model.second_with_state(broken) == (None, Second.BROKEN)
