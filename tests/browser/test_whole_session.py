"""A moderator's whole session, from the start page to the end of the shift: by keyboard alone at a small desk, and by
thumb on a phone. axe looks at every page on the way, and nothing that decides is below the edge of the desk's screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
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

DESK = {"viewport": {"width": 1280, "height": 720}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
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


@pytest.fixture
def at_a_desk(chromium: Browser, live: LiveHouse) -> Iterator[Session]:
    """At 1280 by 720."""
    context, session = begin(chromium, live, "sid", DESK)
    yield session
    context.close()


@pytest.fixture
def on_a_phone(chromium: Browser, live: LiveHouse) -> Iterator[Session]:
    """At 390 by 844, by thumb."""
    context, session = begin(chromium, live, "tessa", PHONE)
    yield session
    context.close()


def test_a_whole_session_by_keyboard_alone(at_a_desk: Session) -> None:
    me = at_a_desk
    starts(me)
    clears_a_wave(me)
    lets_in_and_trusts(me)
    asks_for_a_second_opinion(me)
    has_it_mended(me)
    looks_at_a_picture_by_steps(me)
    seals_and_calls(me)
    looks_at_a_server(me)
    was_slower_than_a_colleague(me)
    decides_several_at_once(me)
    meets_a_practice_case(me)
    ends_the_shift(me)
    assert [text for text in me.person.complaints if "409" not in text] == []


def starts(me: Session) -> None:
    """1 and 2: figures, then a case that is nobody else's."""
    me.held("the first of the day")
    me.person.goes("/review/start").sees("Figures only")
    assert "vermin" not in me.page.locator("main").inner_text()
    me.is_for_everybody()
    me.does("g")
    me.person.sees("Nobody but you has it")
    me.is_on_one_screen()


def clears_a_wave(me: Session) -> None:
    """3 and 4: m 1 Enter, and one undo that is not used."""
    uri = me.from_elsewhere(
        "winner", COPIES, "Claim the casino ferry voucher before noon, {} vouchers are left for " + me.name
    )
    number = me.finds(uri)
    me.press("m")
    me.does("1")
    me.person.sees("posts are refused, or taken away")
    me.does("Enter")
    me.person.sees("Done: Spam wave")
    with me.live.services.db.read() as session:
        assert session.get_one(CaseRow, number).state is CaseState.DECIDED
        found = session.scalars(select(PostRow).where(PostRow.uri.like(f"https://{me.name}.example/%/1"))).all()
        assert {each.state for each in found} == {PostState.REJECTED}


def lets_in_and_trusts(me: Session) -> None:
    """5: the thread, then a; + so that the next one isn't held for the same."""
    thread = me.live.writes(me.reporter, f"what stands on the van of the pest controller, asks {me.name}?")
    post = me.held("that is what stands on his van", in_reply_to_id=thread.id)
    me.finds(post.uri)
    me.press("h")
    assert me.page.evaluate("document.activeElement.hasAttribute('data-thread')")
    me.does("a")
    me.person.sees("Done: let in")
    assert me.state_of(post) is PostState.PUBLISHED
    me.does("+")
    me.person.sees("Trusted until")
    assert me.held("and on his boots").state is PostState.PUBLISHED
    me.does("u")  # the trust goes with what it came from
    me.person.sees("Undone. The case is open again.")
    assert me.held("and on his cap").state is not PostState.PUBLISHED


def asks_for_a_second_opinion(me: Session) -> None:
    """6: a look at the author, a note, and somebody else is asked blind."""
    post = me.held("reads like a reclaimed word")
    number = me.finds(post.uri)
    me.press("p")
    me.page.locator("#peek[open]").wait_for()
    me.is_for_everybody()
    me.press("Escape", "n")
    me.page.keyboard.type("a grey case")
    me.page.locator("h1").first.evaluate("node => { node.tabIndex = -1; node.focus(); }")
    me.press("2")
    me.page.locator("#proposed").wait_for(state="visible")
    me.page.keyboard.type("rem")
    me.does("Enter")
    me.person.sees("Somebody else reads it now")
    assert me.case_of(post.uri).id == number


def has_it_mended(me: Session) -> None:
    """7: w, the rule by some of its letters, Enter twice: hidden, and its author can't write until it is mended."""
    post = me.reported("nobody needs you at this table")
    number = me.finds(post.uri)
    me.press("w")
    me.page.locator("#panel-account[open]").wait_for()
    assert me.page.locator('input[name="measure"][value="freeze"]').is_checked()
    me.page.keyboard.type("hatred")
    me.is_for_everybody()
    me.press("Enter")  # the rule; the next one decides
    me.does("Enter")
    me.person.sees("Done: ")
    with me.live.services.db.read() as session:
        assert session.get_one(AccountRow, me.author.id).frozen_at is not None
        assert session.get_one(CaseRow, number).state is not CaseState.OPEN
    me.does("u")
    with me.live.services.db.read() as session:
        assert session.get_one(AccountRow, me.author.id).frozen_at is None


def looks_at_a_picture_by_steps(me: Session) -> None:
    """8: what is said of it, blurred, small and grey, grey; colour only while the key is held."""
    me.finds(me.from_elsewhere("painter", 1, "vermin on a door {} of " + me.name, picture=True))
    for step in ("", "blur", "thumb", "grey"):
        me.press("v")
        me.page.locator(f'[data-veil="{step}"][open]').wait_for()
    me.page.keyboard.down("v")
    me.page.locator('[data-veil="colour"][open]').wait_for()
    me.page.keyboard.up("v")
    me.page.locator('[data-veil="colour"]:not([open])').wait_for()
    me.is_for_everybody()
    me.press("Escape")
    me.does(" ")  # given back, undecided


def seals_and_calls(me: Session) -> None:
    """9 and 10: two keys each, and the case leaves the screen."""
    sealed = me.reported("meet me at the old mill")
    number = me.finds(sealed.uri)
    me.press("e")
    me.page.locator("[data-chord=c]").wait_for(state="visible")
    me.does("c")
    me.person.sees("You don’t need to look again")
    with me.live.services.db.read() as session:
        assert session.get_one(CaseRow, number).state is CaseState.SEALED
    threat = me.reported("I come to your house tonight")
    me.finds(threat.uri)
    me.press("e")
    me.page.locator("[data-chord=t]").wait_for(state="visible")
    me.does("t")
    me.person.goes(f"/review/threats/{me.case_of(threat.uri).id}").sees("Call now")
    me.is_for_everybody()


def looks_at_a_server(me: Session) -> None:
    """11: the server's panel before the case, and its page, by keys."""
    me.finds(me.from_elsewhere("visitor", 1, "vermin from this server {} to " + me.name))
    me.press("d")
    me.page.locator("#peek[open]").wait_for()
    assert f"{me.name}.example" in me.page.locator("#peek-title").inner_text()
    me.is_for_everybody()
    me.page.locator("#peek-page").focus()
    me.does("Enter")
    assert me.page.url.endswith(f"/review/domains/{me.name}.example")


def was_slower_than_a_colleague(me: Session) -> None:
    """12: nothing happens twice, the page says who and why, and what was typed is kept."""
    post = me.held("somebody else was faster")
    number = me.finds(post.uri)
    me.press("n")
    me.page.keyboard.type("my own note, unfinished")
    services = me.live.services
    with services.db.write() as session:
        wanted = DecisionRequest(Action.REMOVE, reason="It is what the rule means.")
        claims.release(session, number, me.name, services.clock.now())
        decisions.decide(session, number, wanted, me.colleague.actor.username, services.clock.now())
    me.page.locator("h1").first.evaluate("node => { node.tabIndex = -1; node.focus(); }")
    me.does("a")
    me.person.sees("Somebody was faster")
    said = me.page.locator("[role=alert]").inner_text()
    assert me.colleague.actor.username in said
    assert "It is what the rule means." in said
    assert "my own note, unfinished" in me.page.locator("aside").inner_text()


def decides_several_at_once(me: Session) -> None:
    """An author's waiting posts on one page, ticked: r, a preview, Enter; and one undo for all of them."""
    serial = me.live.member(f"{me.name}_serial")
    posts = [me.held(f"the same again about {what}", by=serial) for what in ("trams", "kettles", "the weather")]
    me.finds(posts[0].uri)
    me.page.locator('a[href^="/review/batch?author="]').focus()
    me.does("Enter")
    assert me.page.locator('input[name="case"]:checked').count() == 3
    me.press("j", "x")
    assert me.page.locator('input[name="case"]:checked').count() == 2
    me.press("x")
    me.does("r")
    me.person.sees("3 cases together")
    me.does("Enter")
    me.person.sees("3 cases decided.")
    assert {me.state_of(post) for post in posts} == {PostState.REJECTED}
    me.does("u")
    assert {me.state_of(post) for post in posts} == {PostState.HELD}


def meets_a_practice_case(me: Session) -> None:
    """13: one that the crew agreed on long ago comes like any other; what they said and why is told at once, and a lead
    hears who disagrees."""
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
    me.person.goes("/review/start")
    me.page.wait_for_load_state("networkidle")
    me.does("g")
    me.person.sees("is what the placard said")
    assert "ractice" not in me.page.locator("main").inner_text()
    me.press("r")
    me.page.locator("#panel-remove[open] button").focus()
    me.does("Enter")
    me.person.sees("Practice case: the crew agreed")
    assert "He quotes it to object." in me.page.locator("main").inner_text()
    me.page.get_by_text("I disagree").focus()
    me.press("Enter")
    me.page.locator("#why").fill("There are no quotation marks.")
    me.page.get_by_role("button", name="Ask a lead").focus()
    me.does("Enter")
    me.person.sees("A lead reads what you think of it.")


def ends_the_shift(me: Session) -> None:
    """14: what is still held goes back, and the time is written down."""
    me.person.goes("/review/my-time")
    me.is_for_everybody()
    me.page.get_by_role("button", name="End my shift").focus()
    me.does("Enter")
    with me.live.services.db.read() as session:
        assert session.scalars(held_by(me.name)).all() == []


def held_by(name: str) -> Select[int]:
    """The cases that somebody has claimed."""
    return select(CaseRow.id).where(CaseRow.claimed_by == name, CaseRow.state == CaseState.CLAIMED)


def test_a_whole_session_by_thumb(on_a_phone: Session) -> None:
    me = on_a_phone
    me.held("the first of the phone's day")
    me.person.goes("/review/start").sees("Figures only")
    me.is_for_everybody()
    me.taps("[data-next] button")
    me.person.sees("Nobody but you has it")

    uri = me.from_elsewhere(
        "winner", COPIES, "Claim the casino tandem voucher before noon, {} vouchers are left for " + me.name
    )
    me.opens(uri)
    me.taps('.bar button[value="spam"]')
    me.person.sees("Done: ")
    assert me.case_of(uri).state is CaseState.DECIDED

    post = me.held("let in by thumb")
    me.opens(post.uri)
    me.taps('.bar button[value="approve"], #decide button[value="approve"]')
    me.person.sees("Done: let in")
    assert me.state_of(post) is PostState.PUBLISHED
    me.person.goes(f"/review/case/{me.case_of(me.held('the one after').uri).id}")
    me.taps("aside [data-undo] button")
    me.person.sees("Undone.")
    assert me.state_of(post) is not PostState.PUBLISHED

    other = me.held("rejected by thumb")
    me.opens(other.uri)
    me.page.locator('.bar [data-opens="remove"]').tap()
    me.page.locator("#panel-remove[open]").wait_for()
    me.is_for_everybody()
    me.taps('#panel-remove button[value="remove"]')
    me.person.sees("Done: removed.")
    assert me.state_of(other) is PostState.REJECTED

    me.person.goes("/review/my-time").page.get_by_role("button", name="End my shift").tap()
    me.page.wait_for_load_state("networkidle")
    me.is_for_everybody()
    assert me.person.complaints == []
