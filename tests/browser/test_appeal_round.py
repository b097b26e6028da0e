"""The whole round of an appeal, by two people in Chromium: limited, told, contested, talked about, varied, corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.notifications.tables import MailRow
from app.posts.tables import PostRow, PostState
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import decide
from moderation.appeals.tables import AppealRow
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.values import Action, Outcome
from tests.app.people import again
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen

DESK = {"viewport": {"width": 1280, "height": 720}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@dataclass
class Words:
    """What the author reads, in their language."""

    author: str
    locale: str
    limited: str
    somebody_else: str
    waiting: str
    wrote: str
    varied: str
    taken_back: str
    behind_warning: str
    mail: str


ENGLISH = Words(
    "roundana", "en", "Your post was taken off public timelines.", "Somebody else than who decided",
    "waiting for an answer", "The moderators wrote to you", "They decided otherwise.", "taken back",
    "Your post was put behind a warning.", "somebody else will look at it",
)  # fmt: skip
FRENCH = Words(
    "roundanne", "fr", "Votre message a été retiré des fils publics.", "Une autre personne que celle qui a décidé",
    "en attente de réponse", "La modération vous a écrit", "Il en a été décidé autrement.", "annulée",
    "Votre message a été placé derrière un avertissement.", "quelqu’un d’autre l’examinera",
)  # fmt: skip


def fits(person: Somebody) -> None:
    """Nothing has to be scrolled sideways, and axe finds nothing."""
    wide, room = person.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room, (person.page.url, wide, room)
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()


def limited(live: LiveHouse, author: AccountRow, by: AccountRow) -> PostRow:
    """A post that somebody reported and a moderator took off public timelines."""
    reporter = live.member(f"{author.actor.username}ben")
    post = live.writes(author, f"The mayor sold the bridge, says {author.actor.username}.")
    file.file(live.services, reporter.actor, FileReport(author.id, (post.id,), "Is that so?", "other"))
    with live.services.db.read() as session:
        case = session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()
    decide.decide(live.services, by, case, DecisionRequest(Action.LIMIT, reason="Nobody has shown that."))
    return post


@pytest.fixture
def crew(live: LiveHouse) -> tuple[AccountRow, AccountRow]:
    """Who decides, and who looks again: made once."""
    with live.services.db.read() as session:
        known = session.scalars(select(AccountRow).where(AccountRow.email_lower == "roundcleo@mail.example")).first()
        first = session.scalars(select(AccountRow).where(AccountRow.email_lower == "roundmo@mail.example")).first()
    if known is not None and first is not None:
        return first, known
    return live.member("roundmo", Role.MODERATOR), live.member("roundcleo", Role.MODERATOR)


@pytest.fixture(params=[(ENGLISH, DESK), (FRENCH, PHONE)], ids=["en-1280", "fr-390"])
def reader(request: pytest.FixtureRequest, chromium: Browser, live: LiveHouse) -> Iterator[tuple[Words, Somebody]]:
    """The author before their screen."""
    words, screen = request.param
    context, person = before_a_screen(chromium, live, **screen)
    yield words, person
    context.close()


def mailed(live: LiveHouse, to: str) -> str:
    with live.services.db.read() as session:
        rows = session.scalars(select(MailRow.text).where(MailRow.to == f"{to}@mail.example").order_by(MailRow.id))
        return "\n".join(rows)


def test_from_the_statement_to_the_corrected_record(
    live: LiveHouse, crew: tuple[AccountRow, AccountRow], reader: tuple[Words, Somebody], chromium: Browser
) -> None:
    words, author = reader
    first, _second = crew
    post = limited(live, live.member(words.author, locale=words.locale), first)
    assert words.mail in mailed(live, words.author)
    author.signs_in(words.author).goes("/notifications")
    author.page.locator('main a[href^="/decisions/"]').first.click()
    author.sees(words.limited)
    fits(author)
    author.page.locator('main a[href$="/contest"]').click()
    author.sees(words.somebody_else)
    fits(author)
    author.page.locator("#text").fill("The council’s minutes of May say so, page 12.")
    author.page.locator("main button.in").click()
    author.sees(words.waiting)
    appeal_page = author.page.url.removeprefix(live.address)
    fits(author)

    with live.services.db.read() as session:
        case = session.scalars(select(AppealRow.case_id).order_by(AppealRow.id.desc())).first()
    context, desk = before_a_screen(chromium, live, **DESK)
    desk.signs_in("roundcleo").goes(f"/review/case/{case}")
    desk.sees("page 12")
    desk.sees("The mayor sold the bridge")
    fits(desk)
    desk.page.locator("details:has(#message) summary").click()
    desk.page.locator("#message").fill("Of which year?")
    desk.page.locator("details:has(#message) button").click()
    desk.sees("Of which year?")

    author.goes("/notifications")
    author.sees(words.wrote)
    author.goes(appeal_page)
    author.page.locator("#text").fill("Of this year.")
    author.page.locator("main form button").last.click()
    author.sees("Of this year.")

    desk.goes(f"/review/case/{case}")
    desk.sees("Of this year.")
    desk.page.locator("input[name=outcome][value=vary]").check()
    desk.page.locator("#reply").fill("The minutes say that it was leased. A warning is enough.")
    if not desk.page.locator("#instead").is_visible():
        desk.page.locator("#panel-instead > summary").click()
    desk.page.locator("#instead").select_option("label")
    desk.page.locator("#reason_instead").fill("It was leased, not sold.")
    desk.page.locator("#decide button.in").click()
    desk.page.wait_for_load_state()
    context.close()

    now = again(live.services, post)
    assert (now.state, now.outcome) == (PostState.PUBLISHED, Outcome.LABEL)
    author.goes(appeal_page)
    author.sees(words.varied)
    author.sees(words.taken_back)
    fits(author)
    author.page.locator('main section a[href^="/decisions/"]').first.click()
    author.sees(words.behind_warning)
    fits(author)
    author.goes("/record")
    author.sees(words.behind_warning)
    author.sees(words.taken_back)
    fits(author)
    assert words.varied in mailed(live, words.author) and "roundcleo" not in mailed(live, words.author)
    assert author.complaints == []
