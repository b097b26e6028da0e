"""Every page, looked at by axe-core: in English by day at a desk, in French by night on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import func, select

from app.accounts import invitations, lookup, profile
from app.accounts.profile import ProfileEdit
from app.accounts.tables import AccountRow, Role
from app.appealing import contest
from app.errors import ConflictError
from app.posts.tables import AttachmentRow, PostRow
from app.relationships import follow
from app.reports import file
from app.reports.file import FileReport
from app.workforce import invitations as crew_invitations
from moderation.appeals.values import Appeal
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.domains import editing
from moderation.values import Action, Severity, Visibility
from moderation.workforce import attendance, corrections, terms
from moderation.workforce.records import Record
from moderation.workforce.spans import Month
from moderation.workforce.tables import StretchKind
from moderation.workforce.terms import Terms
from tests.app import people
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen

SCREENS = {
    "desk, English, light": {"locale": "en-GB", "color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "phone, French, dark": {"locale": "fr-FR", "color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}
FOR_VISITORS = (
    "/", "/sign-in", "/sign-up", "/password", "/about", "/about/model", "/local", "/public", "/search?q=nina",
    "/tags/lyon", "/@nina", "/@nina/{thread}", "/@tomas@far.example", "/welcome/{welcome}", "/nowhere",
)  # fmt: skip
FOR_MEMBERS = (
    "/home", "/notifications", "/compose", "/compose?in_reply_to={thread}", "/@ola", "/@nina", "/@nina/{thread}",
    "/held/{held}", "/posts/{held}/edit", "/posts/{held}/delete", "/posts/{own}/delete", "/report/post/{remote}",
    "/report/account/{nina}", "/reports", "/follow-requests", "/settings", "/search", "/decisions/{decision}",
    "/local", "/about", "/nowhere", "/decisions/{decision}/contest", "/appeals/{appeal}", "/record", "/settings/signed-in", "/settings/sheets",
    "/settings/second-factor",
)  # fmt: skip

FOR_STAFF = (
    "/review", "/review/start", "/review/reports", "/review/case/{case}", "/review/decided", "/review/history",
    "/review/case/{contested}", "/review/policy/strikes", "/review/policy", "/review/domains", "/review/domains/spam.example", "/review/signups",
    "/review/crew", "/review/my-work", "/review/my-time", "/review/shifts", "/review/timesheets", "/review/pay", "/review/invitations",
    "/review/timesheets/rosa/{month}", "/join/{joining}", "/review/roles", "/review/roles/rosa", "/review/private", "/review/undertaking",
    "/review/batch", "/review/on-call", "/review/queues", "/review/why", "/review/decisions/{decision}",
    "/review/planner?house=large",
)  # fmt: skip


@dataclass
class Sights:
    """A house with something on every page."""

    live: LiveHouse
    ids: dict[str, object]


@pytest.fixture(scope="session")
def sights(live: LiveHouse) -> Sights:
    """Members, posts of every kind, a report with its answer, a decision, rules about other servers."""
    services = live.services
    welcome = invitations.first_admin_link(services)
    ola, nina = live.member("ola"), live.member("nina")
    follow.follow(services, ola.id, nina.id)
    thread = live.writes(nina, "the light over the river was worth the wait #lyon", language="en")
    live.writes(ola, "@nina which tram was it?", in_reply_to_id=thread.id)
    live.writes(nina, "plums, flour, and an hour of patience", warning="food")
    own = live.writes(ola, "for my followers", visibility=Visibility.FOLLOWERS)
    held = live.writes(ola, "they called us vermin, I quote it so that you know")
    removed = live.writes(ola, "they are vermin, all of these")
    live.decide(removed, Action.REMOVE)
    tomas = people.remote(
        services, "tomas", display_name="Tomás", summary="<p>trams and <a href='https://far.example'>trains</a></p>"
    )
    remote = people.post(services, tomas, "a very-long-word-" * 12)
    _attach(live, remote.pk)
    _ask_to_follow(live, ola)
    _report(live, ola, remote.id, tomas.id)
    with services.db.write() as session:
        now = services.clock.now()
        editing.set_rule(session, "spam.example", Severity.SUSPEND, "ada", now, public_comment="nothing but adverts")
    ids = {
        "thread": thread.id,
        "held": held.id,
        "own": own.id,
        "remote": thread.id,
        "nina": nina.id,
        "welcome": welcome,
    }
    appeal = _contest(live, ola)
    with_appeal = {"appeal": appeal.id, "contested": appeal.case_id, "decision": _decision(live)}
    return Sights(live, {**ids, **with_appeal, **_crew(live), "case": _case(live, held)})


def _crew(live: LiveHouse) -> dict[str, object]:
    """Somebody who worked for pay, and an invitation for somebody else."""
    services, now = live.services, live.services.clock.now()
    live.member("rosa", Role.REVIEWER)
    lead = live.member("loes", Role.LEAD)
    with services.db.read() as session:
        lead = lookup.account(session, lead.id)
    pay = Terms("EUR", 2450)
    with services.db.write() as session:
        terms.agree(session, "rosa", pay, "loes", now - timedelta(hours=3))
        for minutes in range(120, 60, -5):
            attendance.beat(session, "rosa", StretchKind.CASES, now - timedelta(minutes=minutes))
        corrections.ask(session, "rosa", now.date(), 20, "a call about the wave", "rosa", now)
    wanted = crew_invitations.Wanted(
        "Nadia", Role.REVIEWER, Record("", languages=("fr",)), pay, role_until=now + timedelta(days=30)
    )
    month = Month.of(now - timedelta(hours=1), ZoneInfo("UTC"))
    return {"joining": crew_invitations.make(services, lead, wanted), "month": f"{month.year}-{month.month:02d}"}


def _contest(live: LiveHouse, ola: AccountRow) -> Appeal:
    """An appeal against one decision; another one stands after it, which nobody has contested."""
    quoted = live.writes(ola, "they are vermin, said the minister, and I quote")
    live.decide(quoted, Action.REMOVE)
    appeal = contest.by_author(live.services, ola, _decision(live), "It was a quotation.")
    live.decide(live.writes(ola, "vermin, the whole lot"), Action.REMOVE)
    return appeal


def _attach(live: LiveHouse, pk: int) -> None:
    with live.services.db.write() as session:
        session.add(AttachmentRow(post_pk=pk, position=0, url="https://far.example/cat.png", description="A cat"))


def _ask_to_follow(live: LiveHouse, ola: AccountRow) -> None:
    profile.edit(live.services, ola.id, ProfileEdit(locked=True, display_name="Ola", note="they are vermin, I quote"))
    follow.follow(live.services, live.member("piet").id, ola.id)


def _report(live: LiveHouse, ola: AccountRow, post_id: int, target_id: int) -> None:
    wanted = FileReport(target_id, (post_id,), "again and again", "spam", ("3",))
    file.file(live.services, ola.actor, wanted)


def _case(live: LiveHouse, post: PostRow) -> int:
    with live.services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()


def _decision(live: LiveHouse) -> int:
    with live.services.db.read() as session:
        return int(session.scalar(select(func.max(DecisionRow.id))) or 0)


@pytest.fixture(scope="module", params=SCREENS)
def visitor(request: pytest.FixtureRequest, chromium: Browser, live: LiveHouse) -> Iterator[Somebody]:
    """Somebody who isn't signed in."""
    context, person = before_a_screen(chromium, live, **SCREENS[request.param])
    yield person
    context.close()


@pytest.fixture(scope="module", params=SCREENS)
def member(request: pytest.FixtureRequest, chromium: Browser, sights: Sights) -> Iterator[Somebody]:
    """Ola, signed in; her account speaks the language of her screen."""
    context, person = before_a_screen(chromium, sights.live, **SCREENS[request.param])
    with sights.live.services.db.read() as session:
        ola = lookup.by_handle(session, sights.live.services.settings, "ola")
    profile.edit(sights.live.services, ola.id, ProfileEdit(locale="fr" if "French" in request.param else "en"))
    yield person.signs_in("ola")
    context.close()


@pytest.fixture(scope="module", params=SCREENS)
def moderator(request: pytest.FixtureRequest, chromium: Browser, sights: Sights) -> Iterator[Somebody]:
    """Somebody of the moderation team, one for each screen."""
    french = "French" in request.param
    name = "mathilde" if french else "mo"
    with suppress(ConflictError):  # the module's turn may come twice in one process
        sights.live.member(name, Role.LEAD, locale="fr" if french else "en")
    context, person = before_a_screen(chromium, sights.live, **SCREENS[request.param])
    yield person.signs_in(name)
    context.close()


def look(person: Somebody, sights: Sights, path: str) -> None:
    """Open it, let axe look at it, and see that nothing sticks out."""
    person.complaints.clear()
    person.page.goto(sights.live.address + path.format(**sights.ids))
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()
    width = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{width} pixels stick out"
    missing = [text for text in person.complaints if "404" not in text]
    assert not missing, missing


@pytest.mark.parametrize("path", FOR_VISITORS)
def test_pages_for_visitors(visitor: Somebody, sights: Sights, path: str) -> None:
    look(visitor, sights, path)


@pytest.mark.parametrize("path", FOR_MEMBERS)
def test_pages_for_members(member: Somebody, sights: Sights, path: str) -> None:
    look(member, sights, path)


@pytest.mark.parametrize("path", FOR_STAFF)
def test_pages_for_the_moderation_team(moderator: Somebody, sights: Sights, path: str) -> None:
    look(moderator, sights, path)


def test_open_menus_and_warnings(member: Somebody, sights: Sights) -> None:
    member.goes("/home")
    member.page.locator("details.menu > summary").click()
    member.page.locator("details.cw > summary").first.click()
    found = Axe().run(member.page)
    assert found.violations_count == 0, found.generate_report()
