"""Somebody's shift before a screen: who they are, what waits for them, and what a colleague does meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Select, select, update

from app.accounts.tables import AccountRow, ActorRow, Role
from app.enforcement import enact
from app.posts import admission
from app.posts.drafts import DraftAttachment
from app.posts.tables import PostRow, PostState
from app.reports import file
from app.reports.file import FileReport
from moderation.cases import claims, decisions
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.quality import golden
from moderation.quality.ratings import Rating
from moderation.values import Action, CaseState, Scope
from tests.app.people import draft, remote
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen
from tests.browser.test_looking import PIXEL

HELD = ("[data-key=a]", "#panel-label", "#panel-limit", "#panel-remove", "#panel-escalate", "#note")
HERE = (*HELD, "#panel-account", "aside [data-undo]", "aside [data-next]")
COPIES = 10


@dataclass
class Session:
    """Somebody of the crew before a screen, and what waits for them; `name` is in every text of it."""

    person: Somebody
    name: str
    colleague: AccountRow
    author: AccountRow
    reporter: AccountRow

    @property
    def page(self) -> Page:
        return self.person.page

    @property
    def live(self) -> LiveHouse:
        return self.person.live

    def held(self, words: str, by: AccountRow | None = None, **more: object) -> PostRow:
        """A member's post that waits."""
        return self.live.writes(by or self.author, f"vermin: {words}, by {self.name}", **more)

    def reported(self, words: str) -> PostRow:
        """A member's post that somebody reported."""
        post = self.live.writes(self.author, f"{words}, by {self.name}", language="en")
        file.file(self.live.services, self.reporter.actor, FileReport(self.author.id, (post.id,), "look", "other"))
        return post

    def from_elsewhere(self, who: str, senders: int, words: str, picture: bool = False) -> str:
        """Posts of as many new people elsewhere, each with the words; the first one's URI."""
        now, drafts = self.live.services.clock.now(), []
        for number in range(senders):
            sender = remote(self.live.services, f"{self.name}_{who}{number}", f"{self.name}.example")
            text = words.format(number + 3)
            attached = (DraftAttachment(sender.uri + "/a.png", "image/png", "A red door"),) if picture else ()
            drafts.append(draft(self.live.services, sender, text, "/1", attachments=attached))
        made = (
            update(ActorRow)
            .where(ActorRow.domain == f"{self.name}.example")
            .values(published_at=now - timedelta(days=1))
        )
        with self.live.services.db.write() as session:
            session.execute(made)
        admission.admit(self.live.services, drafts)
        return drafts[0].uri

    def case_of(self, uri: str) -> CaseRow:
        """The case about it, as it is now."""
        with self.live.services.db.read() as session:
            return session.scalars(select(CaseRow).where(CaseRow.uri == uri).order_by(CaseRow.id.desc())).first()  # type: ignore[return-value]

    def state_of(self, post: PostRow) -> PostState:
        """The post's state, as it is now."""
        with self.live.services.db.read() as session:
            return session.get_one(PostRow, post.pk).state

    def is_for_everybody(self) -> None:
        """axe finds nothing, and nothing sticks out."""
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()
        assert self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, self.page.url

    def finds(self, uri: str) -> int:
        """The case's page, by Ctrl-K and its number; all that decides is on the screen."""
        number = self.case_of(uri).id
        self.page.wait_for_load_state("networkidle")
        self.page.keyboard.press("Control+k")
        self.page.keyboard.type(str(number))
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert self.page.url.endswith(f"/review/case/{number}")
        self.page.wait_for_load_state("networkidle")
        self.is_on_one_screen()
        return number

    def is_on_one_screen(self) -> None:
        """Every decision, the note and undo are there without scrolling."""
        for piece in HERE:
            box = self.page.locator(piece).first.bounding_box()
            assert box is not None and box["y"] + box["height"] <= 720, (piece, box)

    def press(self, *keys: str) -> None:
        """One after the other, where they are."""
        for key in keys:
            self.page.keyboard.press(key)

    def does(self, key: str) -> None:
        """A key that leads to another page, which is for everybody."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.page.wait_for_load_state("networkidle")
        self.is_for_everybody()

    def taps(self, where: str) -> None:
        """The same by thumb."""
        with self.page.expect_navigation():
            self.page.locator(where).first.tap()
        self.page.wait_for_load_state("networkidle")
        self.is_for_everybody()

    def sees_and_fits(self, words: str) -> None:
        """By thumb: the words are there, and the page is for everybody."""
        self.person.sees(words)
        self.is_for_everybody()

    def opens(self, uri: str) -> int:
        """On the phone: the case's page, from the queue."""
        number = self.case_of(uri).id
        self.person.goes(f"/review/case/{number}").page.wait_for_load_state("networkidle")
        return number


def begin(chromium: Browser, live: LiveHouse, name: str, screen: dict[str, object]) -> tuple[BrowserContext, Session]:
    """Somebody signed in, with a colleague; what they write and read of is theirs alone."""
    live.member(name, Role.LEAD)
    others = [live.member(f"{name}_{each}", role) for each, role in
              (("colleague", Role.LEAD), ("author", Role.MEMBER), ("reporter", Role.MEMBER))]  # fmt: skip
    context, person = before_a_screen(chromium, live, **screen)
    context.route("**/media/desk/**", lambda route: route.fulfill(body=PIXEL, content_type="image/svg+xml"))
    return context, Session(person.signs_in(name), name, *others)


def held_by(name: str) -> Select[int]:
    """The cases that somebody has claimed."""
    return select(CaseRow.id).where(CaseRow.claimed_by == name, CaseRow.state == CaseState.CLAIMED)


def a_colleague_decides(me: Session, number: int) -> None:
    """Somebody else is faster."""
    services = me.live.services
    with services.db.write() as session:
        wanted = DecisionRequest(Action.REMOVE, reason="It is what the rule means.")
        claims.release(session, number, me.name, services.clock.now())
        decisions.decide(session, number, wanted, me.colleague.actor.username, services.clock.now())


def a_practice_case_is_due(me: Session) -> None:
    """One that the crew agreed on long ago, after so many decisions that it is dealt next; nothing is claimed."""
    now, services = me.live.services.clock.now(), me.live.services
    known = me.case_of(me.held("is what the placard said that he tore down").uri)
    with services.db.write() as session:
        decided = decisions.decide(session, known.id, DecisionRequest(Action.APPROVE), f"{me.name}_colleague", now)
        enact.enact(services, session, decided.effects)
        one = golden.promote(
            session, known.id, [Rating.KEEP], None, "He quotes it to object.", f"{me.name}_colleague", now
        )
        golden.confirm(session, one.id, f"{me.name}_reader", now)
        work = {"author_uri": "", "domain": "", "action": Action.APPROVE, "scope": Scope.SUBJECT, "made_by": me.name,
                "made_at": now, "effects": []}  # fmt: skip
        session.add_all(DecisionRow(uri=f"urn:before:{number}", **work) for number in range(24))
        for number in session.scalars(held_by(me.name)).all():  # what she holds would come first
            claims.release(session, number, me.name, now)
