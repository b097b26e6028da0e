"""Every address of the review and of its API, before everybody: the least role that opens each is written down here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from app.accounts import lookup
from app.accounts.tables import AccountRow, Role
from tests.app.web.conftest import BASE, Town
from tests.security.conftest import Caller, filled, rules_of

pytestmark = pytest.mark.one_database
T, W, M, L, A = Role.TRAINEE, Role.REVIEWER, Role.MODERATOR, Role.LEAD, Role.ADMIN
C = Role.CHILD_SAFETY
PAGES: Mapping[tuple[str, str], Role] = MappingProxyType(
    {
        ("GET", "/review"): T,
        ("GET", "/review/start"): T,
        ("GET", "/review/reports"): T,
        ("GET", "/review/decided"): T,
        ("GET", "/review/history"): T,
        ("GET", "/review/find"): T,
        ("GET", "/review/counts.json"): T,
        ("GET", "/review/ahead.html"): W,
        ("GET", "/review/keys"): T,
        ("POST", "/review/keys"): T,
        ("GET", "/review/queue.html"): T,
        ("GET", "/review/case/<int:number>"): T,
        ("GET", "/review/domains"): W,
        ("GET", "/review/domains/<path:domain>"): W,
        ("GET", "/review/domains/export/<form>"): W,
        ("GET", "/review/domains/known"): W,
        ("GET", "/review/domains/known.csv"): W,
        ("POST", "/review/domains/readers"): A,
        ("GET", "/review/domains/tokens"): A,
        ("POST", "/review/domains/tokens"): A,
        ("POST", "/review/domains/tokens/<int:number>/revoke"): A,
        ("GET", "/review/domains/purge"): A,
        ("POST", "/review/domains/purge"): A,
        ("POST", "/review/domains/purge/call-off"): A,
        ("GET", "/review/policy"): T,
        ("GET", "/review/signups"): M,
        ("POST", "/review/next"): W,
        ("POST", "/review/undo"): W,
        ("POST", "/review/case/<int:number>/claim"): W,
        ("POST", "/review/case/<int:number>/release"): W,
        ("POST", "/review/case/<int:number>/escalate"): W,
        ("POST", "/review/case/<int:number>/note"): T,
        ("POST", "/review/case/<int:number>/typed"): T,
        ("POST", "/review/case/<int:number>/translate"): T,
        ("POST", "/review/case/<int:number>/typed/forget"): T,
        ("POST", "/review/case/<int:number>/assign"): M,
        ("POST", "/review/case/<int:number>/decide"): W,
        ("POST", "/review/case/<int:number>/answer"): W,
        ("GET", "/review/case/<int:number>/macro/<int:key>"): W,
        ("POST", "/review/case/<int:number>/macro/<int:key>"): W,
        ("POST", "/review/case/<int:number>/macro/<int:key>/do"): M,  # the first suspends accounts
        ("GET", "/review/macros"): T,
        ("GET", "/review/macros/<int:key>"): L,
        ("POST", "/review/macros/<int:key>"): L,
        ("GET", "/review/queues"): T,
        ("POST", "/review/queues/choose"): T,
        ("GET", "/review/queues/new"): L,
        ("POST", "/review/queues/new"): L,
        ("GET", "/review/queues/<int:number>"): L,
        ("POST", "/review/queues/<int:number>"): L,
        ("POST", "/review/case/<int:number>/message"): W,
        ("GET", "/review/decisions/<int:number>"): T,
        ("POST", "/review/decisions/<int:number>/reverse"): W,
        ("POST", "/review/decisions/<int:number>/trust"): M,
        ("POST", "/review/decisions/<int:number>/watch"): M,
        ("POST", "/review/trust/withdraw"): M,
        ("GET", "/review/batch"): W,
        ("GET", "/review/on-call"): T,
        ("POST", "/review/on-call"): L,
        ("POST", "/review/on-call/<int:number>/remove"): L,
        ("POST", "/review/on-call/quiet"): L,
        ("POST", "/review/on-call/try"): T,
        ("POST", "/review/on-call/devices"): T,
        ("POST", "/review/on-call/devices/<int:number>/remove"): T,
        ("POST", "/review/on-call/calls/<int:number>/take"): W,
        ("POST", "/review/start/skip-today"): T,
        ("POST", "/review/start/hand-over/<int:number>/read"): T,
        ("GET", "/review/my-time/over"): T,
        ("POST", "/review/my-time/hand-over"): T,
        ("POST", "/review/batch/preview"): W,
        ("POST", "/review/batch"): W,
        ("POST", "/review/case/<int:number>/second-opinion"): W,
        ("POST", "/review/case/<int:number>/propose"): T,
        ("POST", "/review/proposals/<int:number>/accept"): W,
        ("POST", "/review/proposals/<int:number>/thumb"): W,
        ("POST", "/review/case/<int:number>/care"): W,
        ("POST", "/review/case/<int:number>/look"): T,
        ("POST", "/review/case/<int:number>/quiet"): W,
        ("GET", "/review/training"): T,
        ("POST", "/review/training"): T,
        ("GET", "/review/training/<key>"): T,
        ("POST", "/review/training/<key>"): T,
        ("GET", "/review/planner"): L,
        ("GET", "/review/quality"): L,
        ("GET", "/review/model/drift"): L,
        ("POST", "/review/quality/reviews/<int:number>/uphold"): L,
        ("POST", "/review/quality/reviews/<int:number>/change"): L,
        ("POST", "/review/quality/disputes/<int:number>"): L,
        ("GET", "/review/golden"): M,
        ("GET", "/review/golden/<int:number>"): W,
        ("POST", "/review/golden/<int:number>/dispute"): W,
        ("POST", "/review/golden/<int:number>/confirm"): M,
        ("POST", "/review/golden/<int:number>/retire"): M,
        ("POST", "/review/case/<int:number>/golden"): M,
        ("POST", "/review/policy/hold-less"): M,
        ("POST", "/review/policy/preview"): L,
        ("POST", "/review/policy"): L,
        ("GET", "/review/contacts"): A,
        ("GET", "/review/setup"): A,
        ("GET", "/review/setup/<word>"): A,
        ("POST", "/review/setup/<word>"): A,
        ("POST", "/review/contacts"): A,
        ("GET", "/review/rules"): T,
        ("GET", "/review/rules/new"): L,
        ("POST", "/review/rules/new"): L,
        ("GET", "/review/rules/<int:number>"): L,
        ("POST", "/review/rules/<int:number>"): L,
        ("POST", "/review/rules/<int:number>/move"): L,
        ("POST", "/review/rules/<int:number>/retire"): L,
        ("GET", "/review/terms"): A,
        ("POST", "/review/terms"): A,
        ("POST", "/review/terms/private"): A,
        ("GET", "/review/emojis"): A,
        ("GET", "/review/emojis/elsewhere"): A,
        ("POST", "/review/emojis/add"): A,
        ("POST", "/review/emojis/copy"): A,
        ("POST", "/review/emojis/<int:number>/sort"): A,
        ("POST", "/review/emojis/<int:number>/switch"): A,
        ("POST", "/review/emojis/<int:number>/remove"): A,
        ("GET", "/review/announcements"): A,
        ("POST", "/review/announcements"): A,
        ("POST", "/review/announcements/<int:number>/end"): A,
        ("GET", "/review/recommended"): A,
        ("POST", "/review/recommended"): A,
        ("GET", "/review/closed"): A,
        ("POST", "/review/closed"): A,
        ("POST", "/review/closed/others"): A,
        ("POST", "/review/closed/others/<int:number>"): A,
        ("POST", "/review/closed/others/<int:number>/move"): A,
        ("POST", "/review/closed/others/<int:number>/remove"): A,
        ("GET", "/review/waiting-list"): L,
        ("POST", "/review/waiting-list/invite"): L,
        ("POST", "/review/waiting-list/<int:number>/invite"): L,
        ("POST", "/review/waiting-list/<int:number>/remove"): L,
        ("POST", "/review/waiting-list/remove"): L,
        ("POST", "/review/waiting-list/open"): L,
        ("POST", "/review/waiting-list/export.csv"): L,
        ("POST", "/review/waiting-list/organisations/<int:number>/grant"): A,
        ("POST", "/review/waiting-list/organisations/<int:number>/decline"): A,
        ("POST", "/review/waiting-list/organisations/<int:number>/end"): A,
        ("POST", "/review/waiting-list/organisations/<int:number>/remove"): A,
        ("GET", "/review/statements"): A,
        ("POST", "/review/statements"): A,
        ("GET", "/review/crew"): L,
        ("GET", "/review/crew/<name>"): L,
        ("POST", "/review/crew/<name>"): L,
        ("POST", "/review/crew/<name>/names"): L,
        ("POST", "/review/my-work/names"): T,
        ("GET", "/review/roles"): L,
        ("GET", "/review/roles/<name>"): L,
        ("POST", "/review/roles/<name>"): L,
        ("POST", "/review/roles/<name>/renew"): L,
        ("GET", "/review/private"): L,
        ("POST", "/review/private"): L,
        ("GET", "/review/private/<name>"): L,
        ("GET", "/review/invitations"): L,
        ("POST", "/review/invitations"): L,
        ("POST", "/review/invitations/<int:number>/withdraw"): L,
        ("GET", "/review/undertaking"): T,
        ("POST", "/review/undertaking"): T,
        ("GET", "/review/my-time"): T,
        ("POST", "/review/my-time/break"): T,
        ("POST", "/review/my-time/back"): T,
        ("POST", "/review/my-time/leave"): T,
        ("POST", "/review/my-time/go-on"): T,
        ("POST", "/review/my-time/correction"): T,
        ("GET", "/review/shifts"): T,
        ("POST", "/review/shifts"): T,
        ("POST", "/review/shifts/<int:number>/remove"): T,
        ("GET", "/review/timesheets"): L,
        ("GET", "/review/timesheets/<month>.csv"): L,
        ("GET", "/review/timesheets/<name>/<month>"): L,
        ("GET", "/review/timesheets/<name>/<month>.csv"): L,
        ("POST", "/review/timesheets/<name>/<month>"): L,
        ("POST", "/review/corrections/<int:number>/grant"): L,
        ("POST", "/review/corrections/<int:number>/refuse"): L,
        ("GET", "/review/pay"): L,
        ("POST", "/review/pay"): L,
        ("POST", "/review/crew/<name>/terms"): L,
        ("GET", "/review/my-work"): T,
        ("POST", "/review/my-work"): T,
        ("GET", "/review/outside"): L,
        ("GET", "/review/policy/grave"): T,
        ("POST", "/review/policy/grave"): L,
        ("GET", "/review/policy/second-stage"): T,
        ("POST", "/review/policy/second-stage"): L,
        ("GET", "/review/policy/strikes"): T,
        ("POST", "/review/policy/strikes"): L,
        ("POST", "/review/outside"): L,
        ("POST", "/review/domains/preview"): L,
        ("POST", "/review/domains/set"): L,
        ("POST", "/review/domains/lift"): L,
        ("POST", "/review/domains/steps/<rung>"): L,
        ("POST", "/review/domains/undo"): M,
        ("POST", "/review/domains/call-off"): L,
        ("POST", "/review/domains/ask"): M,
        ("POST", "/review/domains/contact"): M,
        ("GET", "/review/domains/ask"): M,
        ("GET", "/review/domains/mode"): A,
        ("POST", "/review/domains/mode"): A,
        ("POST", "/review/domains/import"): L,
        ("GET", "/review/domains/imports"): L,
        ("GET", "/review/domains/imports/<int:import_id>"): L,
        ("POST", "/review/domains/imports/<int:import_id>/undo"): L,
        ("GET", "/review/model"): M,
        ("GET", "/review/model/<int:number>"): M,
        ("GET", "/review/model/teach"): W,
        ("POST", "/review/model/teach"): W,
        ("POST", "/review/model/teach/stop"): W,
        ("POST", "/review/model/teach/undo"): W,
        ("POST", "/review/model/teach/<int:number>"): W,
        ("POST", "/review/model/teach/<int:number>/report"): W,
        ("POST", "/review/model/retrain"): L,
        ("POST", "/review/model/retrain/cancel"): L,
        ("POST", "/review/model/<int:number>/promote"): L,
        ("POST", "/review/model/shipped"): L,
        ("POST", "/review/model/roll-back"): L,
        ("GET", "/review/instance-rules"): L,
        ("GET", "/review/instance-rules/new"): L,
        ("POST", "/review/instance-rules/new"): L,
        ("GET", "/review/instance-rules/check.json"): L,
        ("GET", "/review/instance-rules/<int:number>"): L,
        ("POST", "/review/instance-rules/<int:number>"): L,
        ("POST", "/review/instance-rules/<int:number>/move"): L,
        ("POST", "/review/instance-rules/<int:number>/roll-back"): L,
        ("POST", "/review/instance-rules/<int:number>/try"): L,
        ("GET", "/review/barring"): L,
        ("POST", "/review/barring/<kind>"): L,
        ("POST", "/review/barring/<kind>/<int:number>/lift"): L,
        ("POST", "/review/signups/turn-down-chosen"): M,
        ("POST", "/review/signups/breakers/<name>/over"): M,
        ("GET", "/review/patterns"): L,
        ("POST", "/review/patterns"): L,
        ("POST", "/review/patterns/<int:number>/lift"): L,
        ("GET", "/review/patterns/<kind>.txt"): L,
        ("GET", "/review/hashes"): A,
        ("POST", "/review/hashes/make"): A,
        ("GET", "/review/hashes/<int:number>"): A,
        ("GET", "/review/hashes/<int:number>/list.csv"): A,
        ("POST", "/review/hashes/<int:number>/change"): A,
        ("POST", "/review/hashes/<int:number>/switch"): A,
        ("POST", "/review/hashes/<int:number>/fill"): A,
        ("POST", "/review/hashes/<int:number>/drop/<int:hash_id>"): A,
        ("POST", "/review/decisions/<int:number>/list"): M,
        ("GET", "/review/domains/lists"): L,
        ("GET", "/review/domains/steps/<rung>"): L,
        ("POST", "/review/domains/lists"): L,
        ("GET", "/review/domains/lists/<int:list_id>"): L,
        ("POST", "/review/domains/lists/<int:list_id>"): L,
        ("POST", "/review/domains/lists/<int:list_id>/ask"): L,
        ("POST", "/review/domains/lists/<int:list_id>/doubtful"): L,
        ("POST", "/review/domains/lists/<int:list_id>/unfollow"): L,
        ("POST", "/review/domains/lists/agree"): L,
        ("GET", "/review/webhooks"): A,
        ("POST", "/review/webhooks/add"): A,
        ("POST", "/review/webhooks/<int:number>/secret"): A,
        ("POST", "/review/webhooks/<int:number>/off"): A,
        ("POST", "/review/webhooks/<int:number>/on"): A,
        ("POST", "/review/webhooks/<int:number>/remove"): A,
        ("POST", "/review/webhooks/deliveries/<int:number>/again"): A,
        ("GET", "/review/relays"): A,
        ("POST", "/review/relays/add"): A,
        ("POST", "/review/relays/<int:number>/remove"): A,
        ("POST", "/review/signups/<int:number>/approve"): M,
        ("POST", "/review/signups/<int:number>/turn-down"): M,
        ("GET", "/review/preservation"): A,
        ("POST", "/review/preservation"): A,
        ("POST", "/review/preservation/<int:number>/end"): A,
        ("POST", "/review/preservation/<int:number>/lift"): A,
        ("POST", "/review/preservation/acts/<int:act>"): A,
        ("POST", "/review/child-safety/<int:number>/orders"): C,
        ("POST", "/review/child-safety/<int:number>/orders/<int:order>/end"): C,
        ("POST", "/review/child-safety/<int:number>/orders/<int:order>/lift"): C,
        ("POST", "/review/child-safety/<int:number>/acts/<int:act>"): C,
        ("GET", "/review/purges"): L,
        ("GET", "/review/purges/<int:number>"): L,
        ("GET", "/review/log"): L,
        ("POST", "/review/log/public"): A,
        ("GET", "/review/why"): L,
        ("POST", "/review/why"): L,
        ("POST", "/review/case/<int:number>/child-safety"): W,
        ("POST", "/review/case/<int:number>/threat"): W,
        ("GET", "/review/sealed"): T,
        ("GET", "/review/child-safety"): C,
        ("GET", "/review/child-safety/sealed"): C,
        ("GET", "/review/child-safety/<int:number>"): C,
        ("POST", "/review/child-safety/<int:number>/look"): C,
        ("POST", "/review/child-safety/<int:number>/files/<int:item>"): C,
        ("GET", "/review/child-safety/<int:number>/report"): C,
        ("POST", "/review/child-safety/<int:number>/report.json"): C,
        ("POST", "/review/child-safety/<int:number>/reported"): C,
        ("POST", "/review/child-safety/<int:number>/release"): C,
        ("POST", "/review/child-safety/<int:number>/destroy"): C,
        ("GET", "/review/threats"): L,
        ("GET", "/review/threats/<int:number>"): L,
        ("POST", "/review/threats/<int:number>/pack.json"): L,
        ("POST", "/review/threats/<int:number>/sent"): L,
        ("GET", "/review/log.jsonl"): L,
    }
)
ROOT = "/api/ostiary/v1"
API: Mapping[tuple[str, str], Role] = MappingProxyType(
    {
        ("GET", f"{ROOT}/cases"): T,
        ("GET", f"{ROOT}/cases/<int:case_id>"): T,
        ("GET", f"{ROOT}/queue/stats"): T,
        ("GET", f"{ROOT}/subjects/history"): T,
        ("GET", f"{ROOT}/domains"): W,
        ("GET", f"{ROOT}/domains/<domain>"): W,
        ("GET", f"{ROOT}/storms"): W,
        ("POST", f"{ROOT}/domains/preview"): W,
        ("POST", f"{ROOT}/cases/<int:case_id>/claim"): W,
        ("POST", f"{ROOT}/cases/<int:case_id>/release"): W,
        ("POST", f"{ROOT}/cases/next"): W,
        ("GET", f"{ROOT}/queues"): T,
        ("POST", f"{ROOT}/cases/<int:case_id>/escalate"): W,
        ("POST", f"{ROOT}/cases/<int:case_id>/notes"): T,
        ("POST", f"{ROOT}/cases/<int:case_id>/assign"): M,
        ("POST", f"{ROOT}/cases/<int:case_id>/decisions"): W,
        ("POST", f"{ROOT}/decisions/<int:decision_id>/reverse"): W,
        ("GET", f"{ROOT}/published"): W,
        ("GET", f"{ROOT}/lists"): L,
        ("GET", f"{ROOT}/imports"): L,
        ("POST", f"{ROOT}/imports"): L,
        ("POST", f"{ROOT}/imports/preview"): L,
        ("GET", f"{ROOT}/imports/<int:import_id>"): L,
        ("POST", f"{ROOT}/imports/<int:import_id>/undo"): L,
        ("POST", f"{ROOT}/lists"): L,
        ("GET", f"{ROOT}/lists/changes"): L,
        ("GET", f"{ROOT}/lists/marking"): L,
        ("POST", f"{ROOT}/lists/changes"): L,
        ("GET", f"{ROOT}/lists/<int:list_id>"): L,
        ("PATCH", f"{ROOT}/lists/<int:list_id>"): L,
        ("DELETE", f"{ROOT}/lists/<int:list_id>"): L,
        ("POST", f"{ROOT}/lists/<int:list_id>/ask"): L,
        ("GET", f"{ROOT}/lists/<int:list_id>/changes"): L,
        ("GET", f"{ROOT}/lists/<int:list_id>/doubtful"): L,
        ("POST", f"{ROOT}/lists/<int:list_id>/doubtful"): L,
        ("PUT", f"{ROOT}/published/readers"): A,
        ("GET", f"{ROOT}/published/tokens"): A,
        ("POST", f"{ROOT}/published/tokens"): A,
        ("DELETE", f"{ROOT}/published/tokens/<int:number>"): A,
        ("GET", f"{ROOT}/domains/mode"): A,
        ("POST", f"{ROOT}/domains/mode/preview"): A,
        ("PUT", f"{ROOT}/domains/mode"): A,
        ("GET", f"{ROOT}/breakers"): M,
        ("POST", f"{ROOT}/breakers/<name>/over"): M,
        ("GET", f"{ROOT}/breakers/numbers"): M,
        ("PATCH", f"{ROOT}/breakers/numbers"): L,
        ("PUT", f"{ROOT}/domains/<domain>/rule"): L,
        ("DELETE", f"{ROOT}/domains/<domain>/rule"): L,
        ("GET", f"{ROOT}/domains/<domain>/purge"): A,
        ("PUT", f"{ROOT}/domains/<domain>/purge"): A,
        ("DELETE", f"{ROOT}/domains/<domain>/purge"): A,
        ("PUT", f"{ROOT}/domains/<domain>/notice"): L,
        ("DELETE", f"{ROOT}/domains/<domain>/notice"): L,
        ("POST", f"{ROOT}/domains/<domain>/questions"): M,
        ("GET", f"{ROOT}/rules"): L,
        ("POST", f"{ROOT}/rules"): L,
        ("PUT", f"{ROOT}/rules/<int:number>"): L,
        ("POST", f"{ROOT}/rules/<int:number>/state"): L,
        ("POST", f"{ROOT}/rules/<int:number>/rollback"): L,
        ("GET", f"{ROOT}/rules/<int:number>/trials"): L,
        ("POST", f"{ROOT}/rules/<int:number>/trials"): L,
        ("GET", f"{ROOT}/patterns"): L,
        ("POST", f"{ROOT}/patterns"): L,
        ("DELETE", f"{ROOT}/patterns/<int:number>"): L,
        ("GET", f"{ROOT}/hash-lists"): A,
        ("POST", f"{ROOT}/hash-lists"): A,
        ("PUT", f"{ROOT}/hash-lists/<int:number>"): A,
        ("GET", f"{ROOT}/hash-lists/<int:number>/hashes"): A,
        ("POST", f"{ROOT}/hash-lists/<int:number>/hashes"): A,
        ("DELETE", f"{ROOT}/hash-lists/<int:number>/hashes/<int:hash_id>"): A,
    }
)
OPEN = {("GET", f"{ROOT}/openapi.json"), ("GET", "/review/cases/<int:number>")}
"""The description is no secret; the other only leads to the page."""


def test_the_table_has_every_address(town: Town) -> None:
    found = {
        (method, rule.rule)
        for rule in rules_of(town.app)
        if rule.rule.startswith(("/review", ROOT))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found - OPEN == {*PAGES, *API}


@pytest.mark.parametrize("role", list(Role))
def test_a_page_opens_to_its_least_role_and_to_nobody_below(town: Town, case_number: int, role: Role) -> None:
    browser = town.at_home(town.member("somebody", role))
    form, headers = {"csrf_token": browser.token("/settings")}, browser.headers | {"Referer": BASE + "/settings"}
    for rule in rules_of(town.app):
        for method in ("GET", "POST"):
            least = PAGES.get((method, rule.rule))
            if least is None or method not in (rule.methods or ()):
                continue
            path = filled(rule, number=case_number, kind="csv", domain="far.example")
            if method == "GET":
                status = browser.get(path, Accept="text/html").status_code
            else:
                status = browser.client.post(path, base_url=BASE, headers=headers, data=form).status_code
            assert (status != 403) is lookup.at_least(role, least), (role, method, path, status)
            assert status < 500, (method, path)


@pytest.mark.parametrize("role", list(Role))
def test_the_api_opens_to_its_least_role_and_to_nobody_below(town: Town, case_number: int, role: Role) -> None:
    caller = Caller(town, town.member("somebody", role))
    for method, rule, least in _of_the_api(town):
        path = filled(rule, case_id=case_number, domain="far.example")
        status, text = caller.send(method, path, json={} if method != "GET" else None)
        assert (status != 403) is lookup.at_least(role, least), (role, method, path, status, text)
        assert status < 500, (method, path)


def test_a_role_without_the_scope_opens_nothing(town: Town, case_number: int) -> None:
    ada = town.member("ada", Role.ADMIN)
    narrow, reading = Caller(town, ada, "read write follow push"), Caller(town, ada, "admin:read")
    stranger, parts = Caller(town), Caller(town, ada, "admin:read:accounts admin:write:accounts")
    for method, rule, _least in _of_the_api(town):
        path = filled(rule, case_id=case_number, domain="far.example")
        assert narrow.send(method, path)[0] == 403, path
        assert parts.send(method, path)[0] == 403, path
        assert stranger.send(method, path)[0] == 401, path
        if method in ("PUT", "DELETE") or (method == "POST" and not path.endswith("/preview")):
            assert reading.send(method, path)[0] == 403, path


def test_a_moderator_who_is_suspended_or_disabled_is_nobody(town: Town, case_number: int) -> None:
    for trouble in ("disabled", "suspended"):
        account = town.member(f"lea_{trouble}", Role.ADMIN)
        browser, caller = town.at_home(account), Caller(town, account)
        _trouble(town, account, trouble)
        for place in ("/review", f"/review/case/{case_number}", "/review/signups"):
            assert browser.get(place).status_code == 302, place
        for method, rule, _least in _of_the_api(town):
            path = filled(rule, case_id=case_number, domain="far.example")
            assert caller.send(method, path)[0] == 403, path


def _trouble(town: Town, account: AccountRow, trouble: str) -> None:
    with town.services.db.write() as session:
        row = session.get_one(AccountRow, account.id)
        if trouble == "disabled":
            row.disabled_at = town.services.clock.now()
        else:
            row.actor.suspended_at = town.services.clock.now()


def _of_the_api(town: Town):  # type: ignore[no-untyped-def]
    for rule in rules_of(town.app):
        for method in ("GET", "POST", "PUT", "DELETE"):
            least = API.get((method, rule.rule))
            if least is not None and method in (rule.methods or ()):
                yield method, rule, least
