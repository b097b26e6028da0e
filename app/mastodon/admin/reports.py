"""Reports for those who moderate: read, given to somebody, resolved and reopened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import Response
from flask_babel import get_locale
from sqlalchemy import select

from app import current
from app.accounts import instance_actor
from app.accounts.tables import AccountRow
from app.instance import rules
from app.instance.tables import RuleRow
from app.mastodon import answers, params, present
from app.mastodon.admin import accounts, door
from app.mastodon.serialise import admin
from app.oauth import bearer
from app.posts import reading, resolve
from app.posts.tables import PostRow
from app.reviewing import finding, people, reports
from app.reviewing.reports import Which
from app.services import Services
from moderation.reports.tables import ReportRow
from moderation.workforce import names

api = door.make("reports")
READ, WRITE = "admin:read:reports", "admin:write:reports"
MOST = 200


@api.get("/api/v1/admin/reports")
@bearer.require(READ)
def several() -> Response:
    """Reports that wait, or those that are resolved."""
    account, asked = door.caller(people.PEOPLE), params.asked()
    which = Which(
        resolved=asked.flag("resolved"),
        reporter_id=asked.id("account_id"),
        target_id=asked.id("target_account_id"),
        target_domain=asked.text_or_none("by_target_domain", most=300),
    )
    paging = params.paging(asked, otherwise=100, most=MOST)
    rows = reports.several(current.services(), account, which, paging)
    return answers.page(entities(rows, bearer.account_id()), [row.id for row in rows], paging)


@api.get("/api/v1/admin/reports/<public_id>")
@bearer.require(READ)
def one(public_id: str) -> Response:
    """One report."""
    return _answer(door.caller(people.PEOPLE), resolve.parse_id(public_id))


@api.put("/api/v1/admin/reports/<public_id>")
@bearer.require(WRITE)
def change(public_id: str) -> Response:
    """Say anew what a report is about."""
    account, sent, number = door.caller(people.PEOPLE), params.sent(), resolve.parse_id(public_id)
    rule_ids = sent.texts("rule_ids", most=20) if "rule_ids" in sent else None
    reports.recategorise(current.services(), account, number, sent.text_or_none("category", most=64), rule_ids)
    return _answer(account, number)


def _assign_to_self(services: Services, account: AccountRow, number: int) -> None:
    reports.assign(services, account, number, people.name_of(account))


def _unassign(services: Services, account: AccountRow, number: int) -> None:
    reports.assign(services, account, number, None)


def _does(deed: Callable[[Services, AccountRow, int], None]) -> Callable[[str], Response]:
    @bearer.require(WRITE)
    def view(public_id: str) -> Response:
        account, number = door.caller(people.PEOPLE), resolve.parse_id(public_id)
        deed(current.services(), account, number)
        return _answer(account, number)

    return view


for _name, _deed in (
    ("assign_to_self", _assign_to_self),
    ("unassign", _unassign),
    ("resolve", reports.resolve),
    ("reopen", reports.reopen),
):
    api.add_url_rule(f"/api/v1/admin/reports/<public_id>/{_name}", _name, _does(_deed), methods=["POST"])


def _answer(account: AccountRow, number: int) -> Response:
    return answers.json(entities([reports.one(current.services(), account, number)], bearer.account_id())[0])


def entities(rows: Sequence[ReportRow], viewer_id: int | None) -> list[dict[str, Any]]:
    """Admin::Reports. Whoever filed one without an account here is told as the instance itself; a colleague who chose
    another name for the desk is nobody here, as an account is all that this shape can say of them."""
    services = current.services()
    house = instance_actor.instance_actor(services)
    locale = str(get_locale() or "en")
    with services.db.read() as session:
        handlers = reports.handlers(session, [row.case_id for row in rows])
        uris = [row.target_uri for row in rows] + [row.reporter_uri for row in rows if row.reporter_uri]
        known = finding.by_uris(session, [*uris, house.uri])
        staff = finding.by_names(session, [name for pair in handlers.values() for name in pair if name])
        hidden = names.on_the_desk(session)
        shown = _statuses([uri for row in rows for uri in row.subject_uris], viewer_id)
        named = {rule.id: rule for rule in session.scalars(select(RuleRow))}
    told = {name: each for name, each in staff.items() if name not in hidden or each[0].id == viewer_id}
    everybody = {**known, **{f"@{name}": each for name, each in told.items()}}
    shapes = dict(zip(everybody, accounts.entities(list(everybody.values()), viewer_id), strict=True))
    found = []
    for row in rows:
        given, decided = handlers.get(row.case_id, (None, None))
        parts = {
            "account": shapes.get(row.reporter_uri or house.uri) or shapes.get(house.uri),
            "target_account": shapes.get(row.target_uri),
            "assigned_account": shapes.get(f"@{given}"),
            "action_taken_by_account": shapes.get(f"@{decided}"),
        }
        worded = [
            {"id": number, "text": rules.text_in(rule, locale), "hint": rules.hint_in(rule, locale)}
            for number in row.rule_ids
            if number.isdecimal() and (rule := named.get(int(number))) is not None
        ]
        found.append(admin.report(row, parts, [shown[uri] for uri in row.subject_uris if uri in shown], worded))
    return found


def _statuses(uris: Sequence[str], viewer_id: int | None) -> dict[str, orjson.Fragment]:
    """By URI, the reported posts that the reader may see anyway; the evidence itself stands on the review pages."""
    with current.services().db.read() as session:
        pks = session.scalars(select(PostRow.pk).where(PostRow.uri.in_(uris)).order_by(PostRow.pk)).all()
        views = reading.load(session, pks, viewer_id)
    return {view.post.uri: each for view, each in zip(views, present.statuses(views), strict=True)}
