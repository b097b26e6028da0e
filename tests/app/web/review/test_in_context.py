"""What the context model says is read beside a case; a house that decided little learns nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from app.reviewing import context_learning
from app.services import Services
from models import context
from models.context import ContextModel
from moderation import context_model
from tests.app.web.conftest import Visitor
from tests.app.web.review.conftest import Desk
from workers.cli import main


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of which people here mostly say that it isn't hate."""
    weights, shifts = np.zeros(len(context.FEATURES)), np.full(len(context.LABELS), -3.0)
    model = ContextModel(context.PREFIX + "twin", weights, shifts, 200)
    monkeypatch.setattr(context_model.ContextCache, "get", lambda _self, _data_dir: model)


@pytest.mark.usefixtures("learnt")
def test_a_moderator_reads_what_the_score_means_in_its_context_and_why(desk: Desk, mo: Visitor) -> None:
    case = desk.case_of(desk.held("those people are vermin")).id
    said = mo.get(f"/review/case/{case}").get_data(as_text=True)
    assert "In its context less likely" in said and "what people here mostly say of this" in said


def test_a_house_that_decided_little_learns_nothing(services: Services) -> None:
    found = context_learning.learn(services, "command line")
    assert (found.model, found.is_better) == (None, False)
    assert context_model.load(services.settings.data_dir) is None


def test_the_command_line_says_how_little_there_is(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["model", "learn-context", "--data", str(tmp_path / "data")])
    assert result.exit_code == 1 and "too little to learn from yet: 0 posts" in result.output
