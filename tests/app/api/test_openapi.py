"""The document says what the API does, and whatever is sent along it, the answer is one that it names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings

from app.accounts.tables import Role
from app.api.openapi import describe
from app.posts.tables import PostRow
from tests.app.api.conftest import PREFIX, Caller

pytestmark = pytest.mark.one_database
Staff = Callable[..., Caller]
EXAMPLES = 10
"""Of what is sent to each operation, by each who sends it."""


def test_every_view_is_in_the_document_and_nothing_else(app: Flask) -> None:
    views = {
        (rule.rule.removeprefix(PREFIX).replace("<int:case_id>", "{id}").replace("<int:decision_id>", "{id}").replace("<int:number>", "{id}")
         .replace("<domain>", "{domain}").replace("<int:list_id>", "{id}").replace("<int:import_id>", "{id}").replace("<int:hash_id>", "{hash_id}").replace("<name>", "{name}"), method.lower())
        for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX + "/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }  # fmt: skip
    named = {(path, method) for path, item in describe("https://x.example")["paths"].items() for method in item}
    assert views - {("/openapi.json", "get")} == named


def test_whatever_is_sent_no_answer_is_a_crash_and_admins_are_let_in_everywhere(
    app: Flask, staff: Staff, held: PostRow
) -> None:
    lead, admin = staff("lena", Role.LEAD), staff("ada", Role.ADMIN)
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", app)
    only_admins = 0
    for operation in schema.get_all_operations():
        if 403 in _statuses(operation.ok(), lead):
            only_admins += 1
            assert 403 not in _statuses(operation.ok(), admin), operation.ok().label
    assert only_admins > 15


def _statuses(operation: schemathesis.APIOperation, caller: Caller) -> set[int]:  # type: ignore[type-arg]
    found: set[int] = set()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def one(case: schemathesis.Case) -> None:
        response = case.call(headers={"Authorization": f"Bearer {caller.token}"})
        assert response.status_code < 500, response.text
        found.add(response.status_code)

    one()
    return found
