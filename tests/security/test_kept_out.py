"""Who is kept out of a case neither reads nor touches it, and whose role has run out opens nothing, by any address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import inspect, text
from werkzeug.routing import Rule

from app.accounts.tables import AccountRow, Role
from app.grave import sealing
from app.reviewing import opinions
from moderation.cases import exclusions
from moderation.cases.values import DecisionRequest
from moderation.values import Action
from tests.app.web.conftest import BASE, Town, Visitor
from tests.app.web.review.conftest import HATEFUL
from tests.security.conftest import Caller, filled, rules_of
from tests.security.test_roles import API, PAGES, ROOT

pytestmark = pytest.mark.one_database
FORM: Final[Mapping[str, str]] = {
    "action": "approve", "proposed": "remove", "rule_second": "2", "rule_remove": "2", "note": "a note", "why": "so",
    "note_second": "a note", "note_escalate": "a note", "reason": "so", "words": "so", "thumb": "up", "message": "so",
    "answer": "a word", "reply": "a word", "to": "zoe", "accepted": "keep", "rationale": "so", "rule_golden": "2",
    "step": "colour", "outcome": "upheld", "text": "so", "origin": "report",
}  # fmt: skip
SENT: Final[Mapping[str, Mapping[str, Any]]] = {
    "decisions": {"action": "approve"}, "notes": {"note": "so"}, "escalate": {"note": "so"}, "assign": {"to": "zoe"},
}  # fmt: skip
THEIR_OWN: Final = frozenset(("browser_sessions", "accounts", "seen_addresses"))
ROLES: Final = (Role.TRAINEE, Role.REVIEWER, Role.MODERATOR, Role.LEAD, Role.ADMIN)


def rows(town: Town) -> dict[str, list[str]]:
    """What stands in every table but those of who asks."""
    with town.services.db.read() as session:
        names = [name for name in inspect(session.connection()).get_table_names() if name not in THEIR_OWN]
        return {name: sorted(map(str, session.execute(text(f'SELECT * FROM "{name}"')))) for name in names}


def opened(town: Town, browser: Visitor, caller: Caller, method: str, rule: Rule, **given: object) -> tuple[int, str]:
    """The status and the text of what an address answers to a form with something in each of its fields."""
    path = filled(rule, kind="csv", domain="far.example", **given)
    if rule.rule.startswith(ROOT):
        return caller.send(method, path, json=None if method == "GET" else SENT.get(path.rsplit("/", 1)[1], {}))
    if method == "GET":
        found = browser.get(path, Accept="text/html")
    else:
        action = "remove" if "/batch" in path else "approve"
        form = {**FORM, "action": action, "case": given["number"], "csrf_token": browser.token("/settings")}
        headers = browser.headers | {"Referer": BASE + "/settings"}
        found = browser.client.post(path, base_url=BASE, headers=headers, data=form)
    return found.status_code, found.text


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("role", ROLES)
def test_who_is_kept_out_of_a_case_or_for_whom_it_is_sealed_neither_reads_nor_touches_it(
    town: Town, case_number: int, role: Role, sealed: bool
) -> None:
    tia = town.member("tia", Role.TRAINEE)
    opinions.propose(town.services, tia, case_number, DecisionRequest(Action.REMOVE, rule_id="2", reason="No."))
    zoe = town.member("zoe", role)
    if sealed:
        sealing.seal(town.services, town.member("rob", Role.REVIEWER), case_number, "")
    else:
        with town.services.db.write() as session:
            exclusions.exclude(session, case_number, "zoe", exclusions.ABOUT_THEM)
    browser, caller = town.at_home(zoe), Caller(town, zoe)
    browser.get("/review/start")
    before = rows(town)
    for rule in rules_of(town.app):
        for method in ("GET", "POST"):
            if (method, rule.rule) not in {*PAGES, *API} or not _is_about_cases(rule):
                continue
            status, said = opened(town, browser, caller, method, rule, number=case_number, case_id=case_number, key=1)
            assert status < 500, (method, rule.rule)
            assert HATEFUL not in said, (method, rule.rule, status)
            after = rows(town)
            assert [name for name in after if before[name] != after[name]] == [], (method, rule.rule, status)


def _is_about_cases(rule: Rule) -> bool:
    about = (
        "/review/case",
        "/review/proposals",
        "/review/batch",
        "/review/queue.html",
        "/review/find",
        f"{ROOT}/cases",
    )
    return rule.rule.startswith(about) or rule.rule in ("/review", "/review/reports", "/review/ahead.html")


@pytest.mark.parametrize("role", [*ROLES, Role.CHILD_SAFETY])
def test_whose_role_has_run_out_opens_nothing(town: Town, case_number: int, role: Role) -> None:
    zoe = town.member("zoe", role)
    browser, caller = town.at_home(zoe), Caller(town, zoe)
    with town.services.db.write() as session:
        session.get_one(AccountRow, zoe.id).role_until = town.services.clock.now() - timedelta(seconds=1)
    for rule in rules_of(town.app):
        for method in ("GET", "POST"):
            if (method, rule.rule) not in {*PAGES, *API}:
                continue
            status, _said = opened(town, browser, caller, method, rule, number=case_number, case_id=case_number)
            assert status == 403, (method, rule.rule)


def test_nothing_is_given_to_whose_role_has_run_out(town: Town, case_number: int) -> None:
    zoe, mo = town.member("zoe", Role.REVIEWER), town.member("mo", Role.MODERATOR)
    caller = Caller(town, mo)
    path = f"{ROOT}/cases/{case_number}/assign"
    assert caller.send("POST", path, json={"to": "zoe"})[0] == 200
    with town.services.db.write() as session:
        session.get_one(AccountRow, zoe.id).role_until = town.services.clock.now() - timedelta(seconds=1)
    assert caller.send("POST", path, json={"to": "zoe"})[0] == 422
