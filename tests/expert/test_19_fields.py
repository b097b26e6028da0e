"""19. Field by field: what each role is told of people, on every page and by every endpoint of the team.

What is planted can be nothing else: a mail address, a network address, what was written at sign-up, who reported, the text
of a private message that was reported, that of one that wasn't, and the user name of a colleague who chose another. What a role finds of these stands in the table, all of
it and nothing else, and an address that is new to the team fails until it is listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from app.accounts import lookup
from app.accounts.tables import AccountRow, Role
from app.doors.tables import OrganisationRow, RequestState, WaitingRow, WaitingState
from app.grave import threats
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import claiming, decide, private, ruling
from app.workforce import calling, shift, starting
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.domains.values import RuleDraft
from moderation.values import Action, Severity, Visibility
from moderation.workforce import attendance, calls, names
from moderation.workforce.names import Names
from moderation.workforce.on_call import Span
from moderation.workforce.tables import StretchKind
from tests.app.web.conftest import Town
from tests.security.conftest import Caller, filled, rules_of
from tests.security.test_roles import API, OPEN, PAGES, ROOT

pytestmark = pytest.mark.one_database
MAIL, NETWORK, REASON, REPORTER, MESSAGE, UNREPORTED = "mail", "network", "reason", "reporter", "message", "unreported"
COLLEAGUE = "colleague"
MARKS: Mapping[str, str] = MappingProxyType(
    {
        MAIL: "zqmail",
        NETWORK: "203.0.113.",
        REASON: "zqreason",
        REPORTER: "zqreporter",
        MESSAGE: "zqwhisper",
        UNREPORTED: "zqsecret",
        COLLEAGUE: "zqcolleague",
    }
)
T, W, M, L = Role.TRAINEE, Role.REVIEWER, Role.MODERATOR, Role.LEAD
ADMIN = "/api/v1/admin"
ACCOUNTS = (f"{ADMIN}/accounts", f"{ADMIN}/accounts/<public_id>", "/api/v2/admin/accounts")
REPORTS = (f"{ADMIN}/reports", f"{ADMIN}/reports/<public_id>")
TOLD: Mapping[str, Mapping[str, Role]] = MappingProxyType(
    {
        "/review": {MESSAGE: T},
        "/review/queue.html": {MESSAGE: T},
        "/review/reports": {MESSAGE: T},
        "/review/case/<int:number>": {MESSAGE: T, REPORTER: M},
        "/review/case/<int:number>/macro/<int:key>": {MESSAGE: W},
        "/review/history": {REPORTER: M},
        "/review/signups": {REASON: M},
        f"{ROOT}/cases": {MESSAGE: T},
        f"{ROOT}/cases/<int:case_id>": {MESSAGE: T, REPORTER: M},
        f"{ROOT}/subjects/history": {REPORTER: M},
        ACCOUNTS[0]: {REASON: M},  # of who waits to be let in
        ACCOUNTS[2]: {REASON: M},
        REPORTS[0]: {REPORTER: M},
        REPORTS[1]: {REPORTER: M},
        "/review/crew": {COLLEAGUE: L},  # leads see whose name is whose
        "/review/roles": {COLLEAGUE: L},
        "/review/timesheets": {COLLEAGUE: L},
        "/review/log.jsonl": {COLLEAGUE: L},  # the chain is checked over what was written
    }
)
BEHIND_GLASS = {
    *((place, field) for place in (*ACCOUNTS, *REPORTS) for field in (MAIL, NETWORK, REASON)),
    *(("/review/private/<name>", field) for field in (MAIL, NETWORK, REASON)),
}
"""What a lead finds besides while the glass before one account is broken."""
BLOCKS = (f"{ADMIN}/{kind}" for kind in ("domain_allows", "domain_blocks", "email_domain_blocks", "ip_blocks"))
QUIET = {
    *(f"{block}{one}" for block in (*BLOCKS, f"{ADMIN}/canonical_email_blocks") for one in ("", "/<public_id>")),
    *(f"{ADMIN}/tags{one}" for one in ("", "/<public_id>")),
    f"{ADMIN}/trends/links",
    f"{ADMIN}/trends/statuses",
    f"{ADMIN}/trends/tags",
}
"""Addresses of the admin API that tell nothing of people."""


@dataclass(frozen=True)
class Planted:
    """What leads to what is planted."""

    ana: AccountRow
    numbers: tuple[int, ...]
    cases: tuple[int, ...]
    """What a colleague works on besides."""
    uris: tuple[str, ...]


@pytest.fixture
def planted(town: Town) -> Planted:
    """ana writes to ben in private twice, who reports one of it; another reports a post of hers; zoe waits outside."""
    services = town.services
    ana, ben, reporter, zoe = (town.member(name) for name in ("ana", "ben", MARKS[REPORTER], "zoe"))
    with services.db.write() as session:
        for account in (ana, zoe):
            row = session.get_one(AccountRow, account.id)
            row.email = row.email_lower = f"{MARKS[MAIL]}-{row.actor.username}@mail.example"
            row.signup_reason = f"{MARKS[REASON]} of {row.actor.username}"
            row.approved_at = None if account is zoe else row.approved_at
        address = f"{MARKS[MAIL]}-list@mail.example"
        session.add(waiting_for_a_place(address, services.clock.now()))
        session.add(choir(address, services.clock.now()))
    browser = town.at_home(ana)
    browser.client.environ_base["REMOTE_ADDR"] = f"{MARKS[NETWORK]}7"
    browser.page("/home")
    whisper = town.writes(ana, f"@ben {MARKS[MESSAGE]} in private", visibility=Visibility.DIRECT)
    town.writes(ana, f"@ben {MARKS[UNREPORTED]} in private", visibility=Visibility.DIRECT)
    seen = town.writes(ana, "an ordinary day")
    file.file(services, ben.actor, FileReport(ana.id, (whisper.id,), "look at this", "other"))
    file.file(services, reporter.actor, FileReport(ana.id, (seen.id,), "and at that", "other"))
    with services.db.read() as session:
        cases = {case.uri: case.id for case in session.scalars(select(CaseRow))}
    more = busy(town, cases[seen.uri], ana.id)
    return Planted(ana, (cases[whisper.uri], cases[seen.uri], ana.id), more, (whisper.uri, seen.uri, ana.actor.uri))


def waiting_for_a_place(email: str, now: datetime) -> WaitingRow:
    """Somebody on the waiting list."""
    return WaitingRow(
        handle="a", state=WaitingState.WAITING, email=email, email_lower=email, locale="en",
        asked_at=now, confirmed_at=now, last_at=now,
    )  # fmt: skip


def choir(email: str, now: datetime) -> OrganisationRow:
    """An organisation that asked for invitations."""
    return OrganisationRow(
        handle="b", state=RequestState.OPEN, name="The Choir", website="https://choir.example", people=12,
        contact="Nadia", email=email, purpose="songs", locale="en", asked_at=now, last_at=now,
    )  # fmt: skip


def busy(town: Town, second: int, about: int) -> tuple[int, int]:
    """What a colleague does all day who is called Quercus on the desk, wherever their name is written down by it."""
    services = town.services
    colleague = town.member(MARKS[COLLEAGUE], Role.ADMIN)
    name, now = colleague.actor.username, services.clock.now()
    with services.db.write() as session:
        names.put(session, Names(name, "Quercus"), name, now)
    for words in ("they are vermin, all of them", "vermin, and nothing else"):
        town.writes(town.member(f"mallory{len(words)}"), words)
    with services.db.read() as session:
        first, third = session.scalars(select(CaseRow.id).order_by(CaseRow.id.desc()).limit(2))
    decided = decide.decide(services, colleague, third, DecisionRequest(Action.REMOVE, reason="Read."))
    decide.reverse(services, colleague, decided.decision.id, "It was a quotation.")
    claiming.assign(services, colleague, second, name)
    claiming.take(services, colleague, first)
    claiming.take(services, colleague, second)
    claiming.escalate(services, colleague, second, "Beyond me.")
    ruling.set_rules(services, colleague, [RuleDraft("far.example", Severity.NOOP)])
    starting.hand_over(services, colleague, "Mind the ferry.", None)
    shift.plan(services, colleague, name, now.date().isoformat(), "13:00", "23:00")
    calling.plan(services, colleague, name, Span(0, 0, 1439), deputy=False)
    private.break_glass(services, colleague, about, "The police ask in writing")
    threats.raise_(services, colleague, first, "He names the street.")
    with services.db.write() as session:
        calls.take(session, calls.of(session, f"threat:{first}", now).id, name, now)
        attendance.beat(session, name, StretchKind.CASES, now)
    ended = DecisionRequest(Action.APPROVE, reason="Read.", note="As always.")
    decide.decide(services, colleague, third, ended)
    return first, third


def of_the_team(town: Town) -> Iterator[Rule]:
    """Every address that only the team reads."""
    for rule in rules_of(town.app):
        if "GET" in (rule.methods or ()) and rule.rule.startswith(("/review", "/api/ostiary", ADMIN, "/api/v2/admin")):
            yield rule


_ABOUT_CASES = ("/case/<int:number>", "/cases/<int:case_id>", "/threats/<int:number>")


def paths(rule: Rule, planted: Planted) -> Iterator[str]:
    """Wherever an address could lead to what is planted."""
    fixed: dict[str, object] = {"name": "ana", "domain": "ostiary.example", "month": "2026-01", "kind": "csv", "key": 1}
    counted = rule.arguments - fixed.keys()
    many = planted.numbers + (planted.cases if rule.rule.endswith(_ABOUT_CASES) else ())
    for number in many if counted else many[:1]:
        yield filled(rule, **fixed, **dict.fromkeys(counted, number))
    if rule.rule.endswith("/domains/<path:domain>"):
        yield filled(rule, domain="far.example")
    if rule.rule.endswith("/history"):
        yield from (f"{rule.rule}?uri={uri}" for uri in planted.uris)


def found(town: Town, account: AccountRow, planted: Planted) -> set[tuple[str, str]]:
    """Each address with each field that somebody finds there."""
    browser, program, seen = town.at_home(account), Caller(town, account), set[tuple[str, str]]()
    for rule in of_the_team(town):
        for path in paths(rule, planted):
            text = program.send("GET", path)[1] if path.startswith("/api") else browser.get(path).text
            seen |= {(rule.rule, field) for field, mark in MARKS.items() if mark in text.casefold()}
    return seen - {(place, who) for place in ACCOUNTS for who in (REPORTER, COLLEAGUE)}  # accounts like all others


def told(role: Role) -> set[tuple[str, str]]:
    """What the table says."""
    return {
        (place, field)
        for place, fields in TOLD.items()
        for field, least in fields.items()
        if lookup.at_least(role, least)
    }


def test_the_table_has_every_address_of_the_team(town: Town) -> None:
    listed = {rule for method, rule in {*PAGES, *API, *OPEN} if method == "GET"} | {*ACCOUNTS, *REPORTS} | QUIET
    assert {rule.rule for rule in of_the_team(town)} == listed
    assert set(TOLD) <= listed


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MEMBER])
def test_a_role_is_told_what_the_table_says_and_no_more(town: Town, planted: Planted, role: Role) -> None:
    assert found(town, town.member("somebody", role), planted) == told(role)


def test_a_lead_before_broken_glass_is_told_of_one_account(town: Town, planted: Planted) -> None:
    lea = town.member("lea", Role.LEAD)
    private.break_glass(town.services, lea, planted.ana.id, "The police ask in writing")
    assert found(town, lea, planted) == told(Role.LEAD) | BEHIND_GLASS
