"""Reports by members."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response
from sqlalchemy.orm import Session

from app import current
from app.accounts import lookup
from app.errors import InvalidError
from app.instance import rules
from app.mastodon import answers, blueprint, params, present
from app.mastodon.serialise.reports import report as report_entity
from app.oauth import bearer
from app.posts import resolve
from app.reports import file
from app.reports.file import FileReport

api = blueprint.make("reports")


@api.post("/api/v1/reports")
@bearer.require("write:reports")
def report() -> Response:
    """Report an account, with posts of its. It isn't forwarded unless that is asked for."""
    sent, services = params.sent(), current.services()
    target_id = sent.id("account_id")
    if target_id is None:
        raise InvalidError("Validation failed: Target account can't be blank")
    rule_ids = tuple(sent.texts("rule_ids", most=50))
    wanted = FileReport(
        target_id=target_id,
        status_ids=tuple(resolve.parse_id(text) for text in sent.texts("status_ids")),
        comment=sent.text("comment", most=5000),
        category="violation" if rule_ids else sent.text("category", "other", most=20),
        rule_ids=rule_ids,
        forward=sent.flag("forward"),
        forward_comment=sent.flag("forward_comment"),
    )
    with services.db.read() as session:
        _require_rules(session, rule_ids)
        reporter = lookup.by_id(session, bearer.account_id())
    row = file.file(services, reporter, wanted)
    with services.db.read() as session:
        target = lookup.by_id(session, target_id)
    return answers.json(report_entity(row, present.account(target), [str(i) for i in wanted.status_ids]))


def _require_rules(session: Session, rule_ids: Sequence[str]) -> None:
    known = {str(rule.id) for rule in rules.rules(session)}
    if not known.issuperset(rule_ids):
        raise InvalidError("Validation failed: Rule ids does not reference valid rules")
