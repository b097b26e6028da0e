"""The table of what shows posts (tests/leaks/table.py) names every address of the application."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis import Redis

from app.database.engine import Database
from app.factory import create_app
from tests.leaks.table import NONE, ROWS, line_of
from tests.support.services import make_services


@pytest.mark.one_database
def test_every_address_has_its_line_and_every_line_its_address(tmp_path: Path, db: Database, redis: Redis) -> None:
    app = create_app(make_services(tmp_path, db=db, redis=redis))
    rules = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    without = sorted(f"{method} {rule}" for method, rule in rules if line_of(method, rule) is None)
    assert without == [], "write into tests/leaks/table.py what they show to whom, or why they show no posts"
    known = {f"{method} {rule}" for method, rule in rules}
    assert set(ROWS) <= known
    addresses = {rule for _method, rule in rules}
    assert [one for one in NONE if not any(rule == one or rule.startswith(one) for rule in addresses)] == []
