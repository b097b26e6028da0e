"""Numbers in addresses that no row can have."""

from __future__ import annotations

import re

import pytest

from app.accounts.tables import Role
from tests.app.web.conftest import Town

pytestmark = pytest.mark.one_database
PART = re.compile(r"<[^>]*>")


@pytest.mark.parametrize("number", ["9" * 25, "9" * 5000])
def test_no_page_breaks_on_a_number_that_no_row_can_have(town: Town, number: str) -> None:
    ada = town.at_home(town.member("ada", Role.ADMIN))
    rules = [rule for rule in town.app.url_map.iter_rules() if "<int" in rule.rule and "GET" in (rule.methods or ())]
    assert len(rules) > 20
    assert not [rule.rule for rule in rules if ada.get(PART.sub(number, rule.rule)).status_code >= 500]
