"""A moderator's whole session at a small desk, from the start page to the end of the shift, by keyboard alone. axe looks
at every page on the way, and nothing that decides is below the edge of the screen.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.posts.tables import PostRow, PostState
from moderation.cases.tables import CaseRow
from moderation.values import CaseState
from tests.browser.conftest import LiveHouse
from tests.browser.shift import COPIES, Session, a_colleague_decides, a_practice_case_is_due, begin, held_by

DESK = {"viewport": {"width": 1280, "height": 720}}


@pytest.fixture
def at_a_desk(chromium: Browser, live: LiveHouse) -> Iterator[Session]:
    """At 1280 by 720."""
    context, session = begin(chromium, live, "sid", DESK)
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
    assert f"/review/domains/{me.name}.example?case=" in me.page.url


def was_slower_than_a_colleague(me: Session) -> None:
    """12: nothing happens twice, the page says who and why, and what was typed is kept."""
    post = me.held("somebody else was faster")
    number = me.finds(post.uri)
    me.press("n")
    me.page.keyboard.type("my own note, unfinished")
    a_colleague_decides(me, number)
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
    a_practice_case_is_due(me)
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
