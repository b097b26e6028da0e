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


def test_every_view_is_in_the_document_and_nothing_else(app: Flask) -> None:
    views = {
        (rule.rule.removeprefix(PREFIX).replace("<int:case_id>", "{id}").replace("<int:decision_id>", "{id}").replace("<int:number>", "{id}")
         .replace("<domain>", "{domain}").replace("<int:list_id>", "{id}").replace("<int:import_id>", "{id}").replace("<int:hash_id>", "{hash_id}").replace("<name>", "{name}"), method.lower())
        for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX + "/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }  # fmt: skip
    named = {(path, method) for path, item in describe("https://x.example")["paths"].items() for method in item}
    assert views - {("/openapi.json", "get")} == named


def test_whatever_is_sent_no_answer_is_a_crash(app: Flask, staff: Staff, held: PostRow) -> None:
    caller = staff("lena", Role.LEAD)
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", app)
    headers = {"Authorization": f"Bearer {caller.token}"}
    for operation in schema.get_all_operations():
        _try(operation.ok(), headers)


def _try(operation: schemathesis.APIOperation, headers: dict[str, str]) -> None:  # type: ignore[type-arg]
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def one(case: schemathesis.Case) -> None:
        response = case.call(headers=headers)
        assert response.status_code < 500, response.text

    one()
