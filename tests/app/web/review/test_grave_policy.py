"""Which labels are grave is policy, and child safety is one of them whatever anybody says."""

from __future__ import annotations

from typing import Any

import pytest

from app.accounts.tables import AccountRow
from moderation.cases import batches
from moderation.errors import BadPolicyError
from moderation.policy import graves, parsing, store
from moderation.policy.document import DEFAULT
from moderation.workforce import exposure
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
PAGE = "/review/policy/grave"


def part(**changed: Any) -> dict[str, Any]:
    return {**DEFAULT, "grave": {**graves.DEFAULT, **changed}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": []},
        {"labels": ["child_safety"]},
        {"labels": ["threat_to_life", "hate"]},
        {"labels": [*graves.ALWAYS, "weather"]},
        {"labels": "child_safety threat_to_life"},
        {"heavy_from": 0},
        {"alone_from": "many"},
        {"more": 1},
    ],
)
def test_child_safety_cannot_be_taken_out_and_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadPolicyError, match="grave"):
        parsing.parse(part(**wrong))


def test_a_house_begins_with_what_is_always_grave_and_old_policies_have_it_too() -> None:
    begins = parsing.parse(DEFAULT)["grave"]
    assert begins.labels == set(graves.ALWAYS)


def test_a_lead_makes_a_label_grave_and_its_cases_are_decided_by_themselves(
    town: Town, desk: Desk, lea: Visitor, mo: Visitor, ana: AccountRow
) -> None:
    case = desk.case_of(desk.held())
    now = town.services.clock.now()
    with town.services.db.read() as session:
        assert [each.id for each in batches.candidates(session, "mo", now)] == [case.id]
    page = lea.page(PAGE)
    assert page.count("disabled") == 2 and "harm to children" in page
    assert lea.post(PAGE, label="hate", heavy_from="6", alone_from="9").status_code == 302
    with town.services.db.read() as session:
        policy = store.current(session)
        assert policy.grave.labels == {*graves.ALWAYS, "hate"}
        assert batches.candidates(session, "mo", now) == []
        assert {"hate", "harassment", "child_safety"} <= set(exposure.heavy_labels(session))
    assert lea.post(PAGE, label="hate", heavy_from="11", alone_from="9").status_code == 422
    assert mo.post(PAGE, on="/review", heavy_from="6", alone_from="9").status_code == 403
