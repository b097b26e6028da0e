"""What the context model says is read beside a case."""

from __future__ import annotations

import numpy as np
import pytest

from models import context
from models.context import ContextModel
from moderation.learning.serving import ContextCache
from tests.app.web.conftest import Visitor
from tests.app.web.review.conftest import Desk


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of which people here mostly say that it isn't hate."""
    weights, shifts = np.zeros(len(context.FEATURES)), np.full(len(context.LABELS), -3.0)
    model = ContextModel(context.PREFIX + "twin", weights, shifts, 200)
    monkeypatch.setattr(ContextCache, "of", lambda _self, _use: model)


@pytest.mark.usefixtures("learnt")
def test_a_moderator_reads_what_the_score_means_in_its_context_and_why(desk: Desk, mo: Visitor) -> None:
    case = desk.case_of(desk.held("those people are vermin")).id
    said = mo.get(f"/review/case/{case}").get_data(as_text=True)
    assert "In its context less likely" in said and "what people here mostly say of this" in said
