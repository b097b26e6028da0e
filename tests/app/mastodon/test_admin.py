"""Mastodon's admin API: who may, what it tells, and that each action is a decision like those of the review."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.grave import sealing
from app.instance import rules as house_rules
from app.notifications import staff
from app.oauth import tokens
from app.services import Services
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.domains import editing, history
from moderation.domains.rules import rule_at
from moderation.holds.tables import HoldRow
from moderation.log.tables import LogRow
from moderation.reports.tables import ReportRow
from moderation.values import Action, CaseState, Severity
from moderation.workforce import records
from moderation.workforce.records import Record
from tests.app.mastodon.people import Person, member, remote, sign_in

ADMIN = "admin:read admin:write read write"
ACCOUNTS = "/api/v1/admin/accounts"
REPORTS = "/api/v1/admin/reports"
BLOCKS = "/api/v1/admin/domain_blocks"
ALLOWS = "/api/v1/admin/domain_allows"


@pytest.fixture
def mia(http: FlaskClient, services: Services) -> Person:
    """A moderator."""
    return sign_in(http, services, "mia", ADMIN, role=Role.MODERATOR)


@pytest.fixture
def lea(http: FlaskClient, services: Services) -> Person:
    """A lead."""
    return sign_in(http, services, "lea", ADMIN, role=Role.LEAD)


def reports(who: Person, target: Person, *posts: Any, **more: Any) -> str:
    """File a report."""
    given = {"account_id": target.id, "status_ids": [post["id"] for post in posts], **more}
    return str(who.do("/api/v1/reports", json=given)["id"])


def decisions(services: Services) -> list[tuple[Action, str, bool]]:
    """What was decided, in order: action, by whom, and whether it takes another back."""
    with services.db.read() as session:
        rows = session.scalars(select(DecisionRow).order_by(DecisionRow.id))
        return [(row.action, row.made_by, row.reverses_id is not None) for row in rows]


def usernames(who: Person, query: str, version: int = 1) -> list[str]:
    """Whom a list names."""
    return [each["username"] for each in who.read(f"/api/v{version}/admin/accounts?{query}")]


def test_a_member_s_token_opens_nothing_whatever_its_scopes(http: FlaskClient, services: Services) -> None:
    for name, role in (("mo", Role.MEMBER), ("tess", Role.TRAINEE), ("rob", Role.REVIEWER), ("kit", Role.CHILD_SAFETY)):
        person = sign_in(http, services, name, ADMIN, role=role)
        for path in (ACCOUNTS, "/api/v2/admin/accounts", REPORTS, BLOCKS, ALLOWS, f"{ACCOUNTS}/{person.id}"):
            assert person.get(path).status_code == 403, (name, path)
        assert person.post(f"{ACCOUNTS}/{person.id}/action", json={"type": "suspend"}).status_code == 403


def test_each_part_takes_its_own_scope(http: FlaskClient, services: Services, lea: Person, ben: Person) -> None:
    paths = {"accounts": ACCOUNTS, "reports": REPORTS, "domain_blocks": BLOCKS, "domain_allows": ALLOWS}
    for number, scope in enumerate(paths):
        account = member(services, f"lead{number}", role=Role.LEAD)
        person = Person(http, account, tokens.make(services, account.id, f"admin:read:{scope}"))
        for part, path in paths.items():
            assert person.get(path).status_code == (200 if part == scope else 403), (scope, part)
        assert person.post(f"{ACCOUNTS}/{ben.id}/action", json={"type": "none"}).status_code == 403


def test_an_account_is_told_with_every_field(mia: Person, ben: Person, services: Services) -> None:
    told = mia.read(f"{ACCOUNTS}/{ben.id}")
    account = told.pop("account")
    assert account["acct"] == "ben"
    assert told.pop("created_at").endswith("Z") and told.pop("role")["id"] == "-99"
    assert told == {
        "id": ben.id, "username": "ben", "domain": None, "email": None, "ip": None, "ips": [],
        "confirmed": True, "suspended": False, "silenced": False, "sensitized": False, "disabled": False,
        "approved": True, "locale": "en", "invite_request": None,
    }  # fmt: skip
    far = remote(services, "olga")
    told = mia.read(f"{ACCOUNTS}/{far.id}")
    assert told["domain"] == "elsewhere.example"
    assert [told[name] for name in ("email", "role", "confirmed", "disabled", "approved", "locale")] == [None] * 6
    assert mia.get(f"{ACCOUNTS}/1").status_code == 404


def test_accounts_are_found_by_both_versions(mia: Person, ana: Person, services: Services) -> None:
    remote(services, "olga")
    member(services, "paul", approved_at=None)
    assert usernames(mia, "remote=true") == ["olga"] == usernames(mia, "origin=remote", 2)
    assert usernames(mia, "remote=true&active=true") == ["olga"]
    assert usernames(mia, "pending=true") == ["paul"] == usernames(mia, "status=pending", 2)
    assert usernames(mia, "staff=true") == ["mia"] == usernames(mia, "permissions=staff", 2)
    assert usernames(mia, "by_domain=elsewhere.example") == ["olga"]
    assert usernames(mia, "username=an") == ["ana"] and usernames(mia, "sensitized=true") == []
    first = mia.get(f"{ACCOUNTS}?local=true&limit=1")
    assert [each["username"] for each in first.get_json()] == ["paul"] and 'rel="next"' in first.headers["Link"]
    assert usernames(mia, f"local=true&max_id={first.get_json()[0]['id']}") == ["ana", "mia"]
    assert mia.get("/api/v2/admin/accounts?status=odd").status_code == 422


def test_who_waits_is_let_in_or_turned_down_once(mia: Person, services: Services) -> None:
    paul, quentin = member(services, "paul", approved_at=None), member(services, "quentin", approved_at=None)
    assert mia.do(f"{ACCOUNTS}/{paul.id}/approve")["approved"] is True
    assert mia.do(f"{ACCOUNTS}/{quentin.id}/reject")["username"] == "quentin"
    assert mia.post(f"{ACCOUNTS}/{paul.id}/approve").status_code == 403
    assert mia.post(f"{ACCOUNTS}/{paul.id}/reject").status_code == 403
    assert mia.get(f"{ACCOUNTS}/{quentin.id}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "action", "shown", "back"),
    [
        ("silence", Action.SILENCE, "silenced", "unsilence"),
        ("suspend", Action.SUSPEND, "suspended", "unsuspend"),
        ("disable", Action.DISABLE, "disabled", "enable"),
    ],
)
def test_an_action_is_a_decision_and_is_taken_back_as_one(
    mia: Person, ben: Person, services: Services, kind: str, action: Action, shown: str, back: str
) -> None:
    assert mia.do(f"{ACCOUNTS}/{ben.id}/action", json={"type": kind, "text": "Enough"}) == {}
    assert mia.read(f"{ACCOUNTS}/{ben.id}")[shown] is True
    assert decisions(services) == [(action, "mia", False)]
    assert mia.do(f"{ACCOUNTS}/{ben.id}/{back}")[shown] is False
    assert decisions(services) == [(action, "mia", False), (action, "mia", True)]
    assert mia.post(f"{ACCOUNTS}/{ben.id}/{back}").status_code == 422


def test_what_was_done_twice_is_undone_at_once(mia: Person, ben: Person) -> None:
    for _ in range(2):
        mia.do(f"{ACCOUNTS}/{ben.id}/action", json={"type": "silence"})
    assert mia.do(f"{ACCOUNTS}/{ben.id}/unsilence")["silenced"] is False


def test_nobody_decides_about_themselves_or_their_own_rank(mia: Person, lea: Person) -> None:
    assert mia.post(f"{ACCOUNTS}/{mia.id}/action", json={"type": "disable"}).status_code == 403
    assert mia.post(f"{ACCOUNTS}/{lea.id}/action", json={"type": "disable"}).status_code == 403
    assert lea.post(f"{ACCOUNTS}/{mia.id}/action", json={"type": "disable"}).status_code == 200


def test_what_no_action_is_is_refused(mia: Person, ben: Person, services: Services) -> None:
    far = remote(services, "olga")
    for given in ({}, {"type": "odd"}, {"type": "sensitive"}, {"type": "none", "warning_preset_id": 1}):
        assert mia.post(f"{ACCOUNTS}/{ben.id}/action", json=given).status_code == 422, given
    assert mia.post(f"{ACCOUNTS}/{far.id}/action", json={"type": "none"}).status_code == 422
    assert mia.post(f"{ACCOUNTS}/{far.id}/action", json={"type": "disable"}).status_code == 422
    assert decisions(services) == []


def test_a_report_is_told_with_every_field(mia: Person, ana: Person, ben: Person) -> None:
    post = ben.says("Buy my things")
    number = reports(ana, ben, post, comment="Again and again", category="spam")
    [told] = mia.read(REPORTS)
    assert told == mia.read(f"{REPORTS}/{number}")
    assert told["account"]["username"] == "ana" and told["target_account"]["username"] == "ben"
    assert [each["id"] for each in told["statuses"]] == [post["id"]]
    wanted = {"id": number, "category": "spam", "comment": "Again and again", "forwarded": False, "rules": []}
    wanted |= {"action_taken": False, "action_taken_at": None}
    wanted |= {"assigned_account": None, "action_taken_by_account": None}
    assert wanted.items() <= told.items()
    assert set(told) - set(wanted) == {"account", "target_account", "statuses", "created_at", "updated_at"}


def test_reports_are_found_by_who_whom_and_whether_resolved(mia: Person, ana: Person, ben: Person) -> None:
    number = reports(ana, ben)
    for query in ("", f"?account_id={ana.id}", f"?target_account_id={ben.id}"):
        assert [each["id"] for each in mia.read(f"{REPORTS}{query}")] == [number], query
    for query in ("?resolved=true", f"?account_id={ben.id}", f"?target_account_id={ana.id}", "?by_target_domain=x.y"):
        assert mia.read(f"{REPORTS}{query}") == [], query


def test_a_report_is_given_resolved_and_reopened_by_its_case(
    mia: Person, ana: Person, ben: Person, services: Services
) -> None:
    number = reports(ana, ben, ben.says("Hello"))
    assert mia.do(f"{REPORTS}/{number}/assign_to_self")["assigned_account"]["username"] == "mia"
    assert mia.do(f"{REPORTS}/{number}/unassign")["assigned_account"] is None
    told = mia.do(f"{REPORTS}/{number}/resolve")
    assert told["action_taken"] is True and told["action_taken_by_account"]["username"] == "mia"
    assert mia.do(f"{REPORTS}/{number}/resolve") == told
    assert [each["id"] for each in mia.read(f"{REPORTS}?resolved=true")] == [number]
    told = mia.do(f"{REPORTS}/{number}/reopen")
    assert told["action_taken"] is False and mia.do(f"{REPORTS}/{number}/reopen") == told
    assert decisions(services) == [(Action.NO_ACTION, "mia", False), (Action.NO_ACTION, "mia", True)]
    with services.db.read() as session:
        assert [case.state for case in session.scalars(select(CaseRow))] == [CaseState.OPEN]


def test_an_action_with_a_report_decides_the_report_s_case(
    mia: Person, ana: Person, ben: Person, services: Services
) -> None:
    number = reports(ana, ben, ben.says("Hello"))
    other = {"type": "silence", "report_id": number}
    assert mia.post(f"{ACCOUNTS}/{ana.id}/action", json=other).status_code == 422
    mia.do(f"{ACCOUNTS}/{ben.id}/action", json={"type": "none", "report_id": number, "text": "Mind your words"})
    assert mia.read(f"{REPORTS}/{number}")["action_taken"] is True
    assert decisions(services) == [(Action.WARN, "mia", False)]
    warned = [each for each in ben.read("/api/v1/notifications") if each["type"] == "moderation_warning"]
    assert len(warned) == 1


def test_a_report_on_a_post_that_waits_is_not_resolved_unread(
    mia: Person, ana: Person, ben: Person, services: Services
) -> None:
    held = ben.says("Those people are vermin")
    number = reports(ana, ben)
    with services.db.write() as session:
        hold = session.scalars(select(HoldRow)).one()
        hold.case_id = session.get_one(ReportRow, int(number)).case_id
    assert mia.post(f"{REPORTS}/{number}/resolve").status_code == 422
    assert ana.get(f"/api/v1/statuses/{held['id']}").status_code == 404


def test_reports_about_oneself_are_for_others(mia: Person, lea: Person, ana: Person) -> None:
    number = reports(ana, mia)
    assert mia.read(REPORTS) == [] and mia.get(f"{REPORTS}/{number}").status_code == 404
    assert mia.post(f"{REPORTS}/{number}/resolve").status_code == 404
    assert [each["id"] for each in lea.read(REPORTS)] == [number]


def test_a_domain_is_blocked_changed_and_let_be(lea: Person, mia: Person) -> None:
    assert mia.get(BLOCKS).status_code == 403
    given = {"domain": "Bad.Example", "severity": "suspend", "public_comment": "Spam", "reject_media": True}
    made = lea.do(BLOCKS, json=given)
    assert made == lea.read(f"{BLOCKS}/{made['id']}") == lea.read(BLOCKS)[0]
    assert made.pop("created_at") and len(made.pop("digest")) == 64
    assert made == {
        "id": "bad.example", "domain": "bad.example", "severity": "suspend", "reject_media": True,
        "reject_reports": False, "private_comment": None, "public_comment": "Spam", "obfuscate": False,
    }  # fmt: skip
    again = lea.post(BLOCKS, json=given)
    assert again.status_code == 422 and again.get_json()["existing_domain_block"]["id"] == "bad.example"
    changed = lea.send("PUT", f"{BLOCKS}/bad.example", json={"severity": "silence"}).get_json()
    assert (changed["severity"], changed["public_comment"], changed["reject_media"]) == ("silence", "Spam", True)
    assert lea.send("DELETE", f"{BLOCKS}/bad.example").json == {}
    assert lea.read(BLOCKS) == [] and lea.get(f"{BLOCKS}/bad.example").status_code == 404
    for bad in ({}, {"domain": "x.example", "severity": "hold"}, {"domain": "no domain", "severity": "suspend"}):
        assert lea.post(BLOCKS, json=bad).status_code == 422, bad


def test_rules_beyond_mastodons_words_read_as_silence_and_outlive_a_program_that_sends_it(
    lea: Person, services: Services
) -> None:
    with services.db.write() as session:
        now = services.clock.now()
        editing.set_rule(session, "held.example", Severity.HOLD, "ada", now, private_comment="ours")
    assert lea.read(f"{BLOCKS}/held.example")["severity"] == "silence"
    sent = {"severity": "silence", "public_comment": "loud", "private_comment": ""}
    assert lea.send("PUT", f"{BLOCKS}/held.example", json=sent).get_json()["private_comment"] == "ours"
    with services.db.read() as session:
        rule, events = rule_at(session, "held.example"), len(history(session, "held.example"))
    assert rule is not None and (rule.severity, rule.public_comment) == (Severity.HOLD, "loud")
    lea.send("PUT", f"{BLOCKS}/held.example", json=sent)
    with services.db.read() as session:
        assert len(history(session, "held.example")) == events
    assert lea.send("PUT", f"{BLOCKS}/held.example", json={"severity": "suspend"}).get_json()["severity"] == "suspend"


def test_blocks_are_listed_page_by_page(lea: Person, services: Services) -> None:
    with services.db.write() as session:
        for name in "abc":
            editing.set_rule(session, f"{name}.example", Severity.SUSPEND, "ada", services.clock.now())
    first = lea.get(f"{BLOCKS}?limit=2")
    following, before = first.headers["Link"].split(", ")
    assert following.endswith('rel="next"') and before.endswith('rel="prev"')
    address = following.split(">")[0].removeprefix("<").removeprefix("https://ostiary.example")
    rest = lea.get(address)
    assert [each["domain"] for each in (*first.json, *rest.json)] == ["a.example", "b.example", "c.example"]
    assert "next" not in rest.headers["Link"]


def test_a_domain_is_allowed(lea: Person) -> None:
    made = lea.do(ALLOWS, json={"domain": "good.example"})
    assert made["domain"] == "good.example" and lea.do(ALLOWS, json={"domain": "good.example"}) == made
    assert lea.read(ALLOWS) == [made] == [lea.read(f"{ALLOWS}/{made['id']}")] and lea.read(BLOCKS) == []
    assert lea.get(f"{BLOCKS}/good.example").status_code == 404
    assert lea.send("DELETE", f"{ALLOWS}/good.example").json == {} and lea.read(ALLOWS) == []


def test_a_disabled_moderator_s_token_is_no_use(mia: Person, services: Services) -> None:
    with services.db.write() as session:
        session.get_one(AccountRow, mia.account.id).disabled_at = services.clock.now()
    assert mia.get(ACCOUNTS).status_code == 403


def told(who: Person, kind: str) -> list[Any]:
    return [each for each in who.read("/api/v1/notifications") if each["type"] == kind]


def test_moderators_are_told_of_a_report_once(mia: Person, lea: Person, ana: Person, ben: Person) -> None:
    number = reports(ana, ben, comment="Rude")
    reports(ana, ben, comment="And again")
    for person in (mia, lea):
        [one] = told(person, "admin.report")
        assert one["account"]["acct"] == "ana" and one["report"]["id"] == number
        assert one["report"]["target_account"]["acct"] == "ben" and one["report"]["action_taken"] is False
    assert told(ben, "admin.report") == [] == told(ana, "admin.report")


def test_nobody_is_told_of_a_report_about_themselves_or_below_their_role(
    http: FlaskClient, services: Services, mia: Person, lea: Person, ana: Person
) -> None:
    rob = sign_in(http, services, "rob", role=Role.REVIEWER)
    reports(ana, mia)
    assert told(mia, "admin.report") == [] == told(rob, "admin.report")
    assert len(told(lea, "admin.report")) == 1


def test_a_role_that_ran_out_or_has_no_second_factor_opens_and_hears_nothing(
    services: Services, mia: Person, lea: Person, ana: Person, ben: Person
) -> None:
    with services.db.write() as session:
        session.get_one(AccountRow, mia.account.id).role_until = services.clock.now()
        session.get_one(AccountRow, lea.account.id).second_factor_at = None
    reports(ana, ben)
    for person in (mia, lea):
        assert person.get(REPORTS).status_code == 403 == person.get(ACCOUNTS).status_code
        assert told(person, "admin.report") == []


def test_what_a_report_is_about_is_said_anew(mia: Person, ana: Person, ben: Person, services: Services) -> None:
    made = house_rules.add(services, house_rules.RuleText("Be kind", "Soyez gentils"))
    number, rule = reports(ana, ben, category="other"), {"id": str(made.id)}
    changed = mia.send("PUT", f"{REPORTS}/{number}", json={"category": "spam"}).json
    assert (changed["category"], changed["rules"]) == ("spam", [])
    changed = mia.send("PUT", f"{REPORTS}/{number}", json={"rule_ids": [rule["id"]]}).json
    assert (changed["category"], [each["id"] for each in changed["rules"]]) == ("violation", [rule["id"]])
    for bad in ({"category": "rude"}, {"rule_ids": ["999999"]}, {"rule_ids": ["x"]}):
        assert mia.send("PUT", f"{REPORTS}/{number}", json=bad).status_code == 422, bad
    changed = mia.send("PUT", f"{REPORTS}/{number}", json={"category": "legal"}).json
    assert (changed["category"], changed["rules"]) == ("legal", [])
    with services.db.read() as session:
        edits = session.scalars(select(LogRow.actor).where(LogRow.verb == "report_edited")).all()
    assert edits == ["mia"] * 3


def test_only_an_admin_deletes_an_account_and_only_a_suspended_one(
    http: FlaskClient, mia: Person, lea: Person, ben: Person, services: Services
) -> None:
    ada = sign_in(http, services, "ada", ADMIN, role=Role.ADMIN)
    path = f"{ACCOUNTS}/{ben.id}"
    assert ada.send("DELETE", path).status_code == 403
    mia.do(f"{path}/action", json={"type": "suspend"})
    assert lea.send("DELETE", path).status_code == 403
    assert ada.send("DELETE", path).json["username"] == "ben"
    assert ada.get(path).status_code == 404 and ben.get("/api/v1/accounts/verify_credentials").status_code == 401
    assert ada.send("DELETE", f"{ACCOUNTS}/{remote(services, 'olga').id}").status_code == 422
    with services.db.read() as session:
        [event] = session.scalars(select(LogRow).where(LogRow.verb == "account_deleted")).all()
    assert event.actor == "ada" and event.object == ben.account.actor.uri


def test_who_moderates_hears_of_reports_and_sign_ups_unless_they_say_otherwise(
    mia: Person, lea: Person, ana: Person, ben: Person, services: Services
) -> None:
    staff.choose(services, mia.account.id, {"reports": False, "sign_ups": True})
    reports(ana, ben)
    assert told(mia, "admin.report") == [] and len(told(lea, "admin.report")) == 1
    staff.choose(services, mia.account.id, {"reports": True})
    reports(ben, ana)
    assert len(told(mia, "admin.report")) == 1
    with services.db.read() as session:
        assert staff.hears(session, mia.account.id) == {"reports": True, "sign_ups": True}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.TRAINEE, Role.REVIEWER])
def test_who_decides_about_people_no_more_reads_no_more_who_reported(
    mia: Person, lea: Person, ana: Person, ben: Person, services: Services, role: Role
) -> None:
    reports(ana, ben, comment="Rude")
    with services.db.write() as session:
        session.get_one(AccountRow, mia.account.id).role = role
    assert told(mia, "admin.report") == []
    grouped = mia.read("/api/v2/notifications")
    assert "Rude" not in str(grouped)
    assert "ana" not in str(grouped)
    assert len(told(lea, "admin.report")) == 1


def test_of_a_report_about_whom_they_have_to_do_with_nobody_is_told(
    mia: Person, lea: Person, ana: Person, ben: Person, services: Services
) -> None:
    with services.db.write() as session:
        record = Record("mia", conflict_people={"@ben": ben.account.actor.uri})
        records.put(session, record, "lea", services.clock.now())
    reports(ana, ben)
    assert told(mia, "admin.report") == []
    assert len(told(lea, "admin.report")) == 1


def test_a_report_on_a_case_that_was_sealed_since_says_nothing_any_more(
    mia: Person, lea: Person, ana: Person, ben: Person, services: Services
) -> None:
    number = int(reports(ana, ben, comment="what is to be seen there"))
    with services.db.read() as session:
        case_id = session.get_one(ReportRow, number).case_id
        account = session.get_one(AccountRow, lea.account.id)
    sealing.seal(services, account, case_id, "")
    for person in (mia, lea):
        [one] = told(person, "admin.report")
        assert "report" not in one
        assert "to be seen" not in str(person.read("/api/v2/notifications"))
