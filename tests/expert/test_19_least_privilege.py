"""19. Each role reaches what it needs and no more; and nobody outside the team learns who of it did something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.federation.tables import OutboxActivityRow
from app.ids import EPOCH
from app.notifications.tables import MailRow, NotificationRow
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import decide
from app.webhooks import keeping, sending
from app.webhooks.tables import WebhookEvent
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.dsa import exporting
from moderation.reports.tables import ReportRow
from moderation.statements.tables import StatementRow
from moderation.values import Action
from tests.app.people import member, remote
from tests.app.web.conftest import Town
from tests.security.conftest import Caller, filled, rules_of
from tests.support.posts import Elsewhere

PLANTED = "zqplanted"
SKIPPED = ("/review", "/api/ostiary", "/api/v1/admin", "/api/v2/admin", "/static", "/metrics")
"""For the team and its machines, and files."""


@pytest.fixture
def planted(town: Town) -> AccountRow:
    """A moderator whose handle, name and mail would be known anywhere."""
    mo = member(town.services, PLANTED, Role.MODERATOR, display_name=f"{PLANTED} Surname", discoverable=False)
    assert PLANTED in mo.email
    return mo


@pytest.fixture
def dealt_with(town: Town, ana: AccountRow, ben: AccountRow, planted: AccountRow) -> dict[str, object]:
    """What the moderator did: removed ana's post, warned her, removed what ben reported here and elsewhere."""
    services = town.services
    held, seen = town.writes(ana, "they are vermin"), town.writes(ana, "an ordinary day")
    far = remote(services, "mallory")
    file.file(services, ben.actor, FileReport(seen.actor_id, (seen.id,), "look at this", "other"))
    file.file(services, ben.actor, FileReport(far.id, (), "and at them", "spam", forward=True))
    with services.db.read() as session:
        about = {case.uri: case.id for case in session.scalars(select(CaseRow).order_by(CaseRow.id))}
    for uri, action in ((held.uri, Action.REMOVE), (seen.uri, Action.WARN), (far.uri, Action.NO_ACTION)):
        decide.decide(services, planted, about[uri], DecisionRequest(action, reason="It breaks rule 2."))
    with services.db.read() as session:
        assert session.scalars(select(DecisionRow.made_by)).all() == [PLANTED] * 3
        statement = session.scalars(select(StatementRow.id).order_by(StatementRow.id)).first()
        report = session.scalars(select(ReportRow.id).order_by(ReportRow.id)).first()
    return {"held": held.id, "seen": seen.id, "ana": ana.id, "statement": statement, "report": report}


def shown(town: Town, reader: AccountRow | None, numbers: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Everything that somebody reads on pages and in programs, wherever numbers and names could lead."""
    browser = town.at_home(reader) if reader else town.visitor()
    program, named = Caller(town, reader), {"name", "handle", "username"}
    for rule in rules_of(town.app):
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(SKIPPED):
            continue
        for number in numbers.values() if rule.arguments else (1,):
            for name in ("ana", "ben") if named & rule.arguments else ("ana",):
                given: dict[str, object] = dict.fromkeys(rule.arguments, number)
                given |= dict.fromkeys(named & rule.arguments, name)
                try:
                    path = filled(rule, **given)
                except AssertionError:
                    continue  # addresses of another kind of gap: pictures and files
                yield path, browser.get(path).text
                yield path, program.send("GET", path)[1]


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["the author", "the reporter", "a stranger"])
def test_nothing_that_anybody_outside_reads_names_a_moderator(
    town: Town, ana: AccountRow, ben: AccountRow, dealt_with: dict[str, object], who: str
) -> None:
    reader = {"the author": ana, "the reporter": ben, "a stranger": None}[who]
    read = list(shown(town, reader, dealt_with))
    assert [path for path, text in read if PLANTED in text.casefold()] == []
    if reader is ana:
        assert any("It breaks rule 2." in text for _path, text in read), "the decision itself is read"


def test_no_mail_and_nothing_sent_to_peers_names_a_moderator(town: Town, dealt_with: dict[str, object]) -> None:
    with town.services.db.read() as session:
        mails = [f"{mail.subject}\n{mail.text}" for mail in session.scalars(select(MailRow))]
        sent = session.scalars(select(OutboxActivityRow.body)).all()
    assert mails and any('"Flag"' in body for body in sent)
    assert not [text for text in (*mails, *sent) if PLANTED in text.casefold()]


def test_a_trainee_reads_no_page_about_servers_and_is_shown_no_way_to_one(town: Town) -> None:
    trainee = town.at_home(town.member("tia", Role.TRAINEE))
    for path in ("/review/domains", "/review/domains/far.example", "/review/domains/export/mastodon"):
        assert trainee.get(path).status_code == 403, path
    assert "/review/domains" not in trainee.page("/review/start")
    assert trainee.get("/review/find?q=far.example").status_code == 200
    reviewer = town.at_home(town.member("rob", Role.REVIEWER))
    assert 'href="/review/domains"' in reviewer.page("/review/start")


WEBHOOK = "https://bot.example/hook"


def test_no_webhook_names_a_moderator_whatever_it_asks_for(
    town: Town, admin: AccountRow, request: pytest.FixtureRequest
) -> None:
    services = town.services
    request.getfixturevalue("planted")  # an account like others when it was made
    services.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]
    keeping.add(services, admin, WEBHOOK, tuple(WebhookEvent), with_contacts=True)
    services.clock.move(timedelta(seconds=5))  # type: ignore[attr-defined]
    request.getfixturevalue("dealt_with")
    services.clock.move(timedelta(seconds=5))  # type: ignore[attr-defined]
    elsewhere = Elsewhere(200)
    sending.drain(services, poster=elsewhere)
    sent = [each.body.decode() for each in elsewhere.sent]
    assert any('"event":"report.' in body for body in sent) and any('"event":"case.decided"' in body for body in sent)
    assert not [body for body in sent if PLANTED in body.casefold()]


def test_no_export_for_authorities_names_a_moderator(town: Town, dealt_with: dict[str, object]) -> None:
    with town.services.db.read() as session:
        until = town.services.clock.now() + timedelta(days=1)
        made = exporting.export(session, EPOCH, until, "https://ostiary.example/terms")
    assert made.statements and PLANTED not in str(made).casefold()


def test_no_notification_is_from_a_moderator_who_did_something(
    town: Town, planted: AccountRow, dealt_with: dict[str, object]
) -> None:
    with town.services.db.read() as session:
        told = session.scalars(select(NotificationRow)).all()
    assert told and not [row for row in told if row.from_actor_id == planted.id and row.account_id != planted.id]


def test_who_looks_at_a_case_can_neither_follow_nor_like_from_there(town: Town, planted: AccountRow) -> None:
    """What a moderator does as a member is done on members' pages: no button of the review does it by mistake."""
    case = file_about(town)
    page = town.at_home(planted).page(f"/review/case/{case}")
    assert 'action="/review/' in page
    for deed in ("/follow", "/like", "/boost", "/quote", "/vote", "/compose"):
        assert f'{deed}"' not in page.replace("/review/", ""), deed


def file_about(town: Town) -> int:
    """A case about a post that somebody reported."""
    ana, ben = town.member("anna"), town.member("bert")
    post = town.writes(ana, "an ordinary day")
    file.file(town.services, ben.actor, FileReport(ana.id, (post.id,), "look at this", "other"))
    with town.services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()
