"""The same session on a phone, by thumb: nothing sticks out at 390 pixels, and axe looks at every page on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.posts.tables import PostState
from moderation.cases.tables import CaseRow
from moderation.values import CaseState
from tests.browser.conftest import LiveHouse
from tests.browser.shift import COPIES, Session, a_colleague_decides, a_practice_case_is_due, begin, held_by

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def on_a_phone(chromium: Browser, live: LiveHouse) -> Iterator[Session]:
    """At 390 by 844."""
    context, session = begin(chromium, live, "tessa", PHONE)
    yield session
    context.close()


def test_a_whole_session_by_thumb(on_a_phone: Session) -> None:
    me = on_a_phone
    starts(me)
    clears_a_wave(me)
    lets_in_and_takes_it_back(me)
    rejects(me)
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
    me.held("the first of the phone's day")
    me.person.goes("/review/start").sees("Figures only")
    me.is_for_everybody()
    me.taps("[data-next] button")
    me.person.sees("Nobody but you has it")


def clears_a_wave(me: Session) -> None:
    """3 and 4: what is suggested is a tap away."""
    words = "Claim the casino tandem voucher before noon, {} vouchers are left for " + me.name
    uri = me.from_elsewhere("winner", COPIES, words)
    me.opens(uri)
    me.taps('.bar button[value="spam"]')
    me.person.sees("Done: ")
    assert me.case_of(uri).state is CaseState.DECIDED


def lets_in_and_takes_it_back(me: Session) -> None:
    """5: a, and one undo."""
    post = me.held("let in by thumb")
    me.opens(post.uri)
    me.taps('.bar button[value="approve"], #decide button[value="approve"]')
    me.person.sees("Done: let in")
    assert me.state_of(post) is PostState.PUBLISHED
    me.opens(me.held("the one after").uri)
    me.taps("aside [data-undo] button")
    me.person.sees("Undone.")
    assert me.state_of(post) is not PostState.PUBLISHED


def rejects(me: Session) -> None:
    """The rule and what the author will read stand there before the second tap."""
    post = me.held("rejected by thumb")
    me.opens(post.uri)
    me.page.locator('.bar [data-opens="remove"]').tap()
    me.page.locator("#panel-remove[open]").wait_for()
    me.is_for_everybody()
    me.taps('#panel-remove button[value="remove"]')
    me.person.sees("Done: removed.")
    assert me.state_of(post) is PostState.REJECTED


def asks_for_a_second_opinion(me: Session) -> None:
    """6: a look at the author, a note, and somebody else is asked blind."""
    post = me.held("reads like a reclaimed word")
    number = me.opens(post.uri)
    me.taps('[data-peek="p"]')
    assert "/review/history?uri=" in me.page.url
    me.page.go_back(wait_until="networkidle")
    assert me.page.url.endswith(f"/review/case/{number}")
    opens(me, "second")
    me.page.locator("#proposed").select_option("remove")
    me.page.locator("#note_second").fill("a grey case")
    me.taps('#panel-second [formaction$="/second-opinion"]')
    me.person.sees("Somebody else reads it now")
    assert me.case_of(post.uri).id == number


def has_it_mended(me: Session) -> None:
    """7: hidden, and its author can't write until it is mended."""
    post = me.reported("nobody needs you at this table")
    number = me.opens(post.uri)
    opens(me, "account")
    me.page.locator('input[name="measure"][value="freeze"]').check()
    me.page.locator("#rule_account").fill("hatred")
    me.page.locator("#rule_account_list [role=option]").first.tap()
    me.taps('#panel-account button[value="account"]')
    me.person.sees("Done: ")
    with me.live.services.db.read() as session:
        assert session.get_one(AccountRow, me.author.id).frozen_at is not None
        assert session.get_one(CaseRow, number).state is not CaseState.OPEN
    me.taps("[data-undo] button")
    with me.live.services.db.read() as session:
        assert session.get_one(AccountRow, me.author.id).frozen_at is None


def looks_at_a_picture_by_steps(me: Session) -> None:
    """8: each step a tap of its own; colour only while the finger is down."""
    me.opens(me.from_elsewhere("painter", 1, "vermin on a door {} of " + me.name, picture=True))
    for step in ("", "blur", "thumb", "grey"):
        veil = me.page.locator(f'[data-veil="{step}"]').first
        veil.locator("summary").first.tap()
        me.page.locator(f'[data-veil="{step}"][open]').first.wait_for()
    me.is_for_everybody()
    me.taps(".bar form button")


def seals_and_calls(me: Session) -> None:
    """9 and 10: two taps each, and the case leaves the screen."""
    sealed = me.reported("meet me at the old mill")
    number = me.opens(sealed.uri)
    opens(me, "escalate")
    me.taps("[data-chord=c]")
    me.person.sees("You don’t need to look again")
    with me.live.services.db.read() as session:
        assert session.get_one(CaseRow, number).state is CaseState.SEALED
    threat = me.reported("I come to your house tonight")
    number = me.opens(threat.uri)
    opens(me, "escalate")
    me.taps("[data-chord=t]")
    me.person.goes(f"/review/threats/{number}").sees("Call now")
    me.is_for_everybody()


def looks_at_a_server(me: Session) -> None:
    """11: the server's page, from the case."""
    me.opens(me.from_elsewhere("visitor", 1, "vermin from this server {} to " + me.name))
    me.taps('[data-peek="d"]')
    assert f"/review/domains/{me.name}.example?case=" in me.page.url


def was_slower_than_a_colleague(me: Session) -> None:
    """12: nothing happens twice, the page says who and why, and what was typed is kept."""
    number = me.opens(me.held("somebody else was faster").uri)
    me.page.locator("#note").fill("my own note, unfinished")
    a_colleague_decides(me, number)
    me.taps('.bar button[value="approve"], #decide button[value="approve"]')
    me.person.sees("Somebody was faster")
    said = me.page.locator("[role=alert]").inner_text()
    assert me.colleague.actor.username in said
    assert "It is what the rule means." in said
    assert "my own note, unfinished" in me.page.locator("aside").inner_text()


def decides_several_at_once(me: Session) -> None:
    """An author's waiting posts on one page, ticked: a preview, and one undo for all of them."""
    serial = me.live.member(f"{me.name}_serial")
    posts = [me.held(f"the same again about {what}", by=serial) for what in ("trams", "kettles", "the weather")]
    me.opens(posts[0].uri)
    me.taps('a[href^="/review/batch?author="]')
    assert me.page.locator('input[name="case"]:checked').count() == 3
    me.taps('#decide button[value="remove"]')
    me.person.sees("3 cases together")
    me.taps("main form button.in, main form button.out")
    me.person.sees("3 cases decided.")
    assert {me.state_of(post) for post in posts} == {PostState.REJECTED}
    me.taps("[data-undo] button")
    assert {me.state_of(post) for post in posts} == {PostState.HELD}


def meets_a_practice_case(me: Session) -> None:
    """13: it comes like any other; what the crew said and why is told at once, and a lead hears who disagrees."""
    a_practice_case_is_due(me)
    me.person.goes("/review/start")
    me.taps("[data-next] button")
    me.person.sees("is what the placard said")
    assert "ractice" not in me.page.locator("main").inner_text()
    me.page.locator('.bar [data-opens="remove"]').tap()
    me.taps('#panel-remove button[value="remove"]')
    me.person.sees("Practice case: the crew agreed")
    assert "He quotes it to object." in me.page.locator("main").inner_text()
    me.page.get_by_text("I disagree").tap()
    me.page.locator("#why").fill("There are no quotation marks.")
    with me.page.expect_navigation():
        me.page.get_by_role("button", name="Ask a lead").tap()
    me.sees_and_fits("A lead reads what you think of it.")


def ends_the_shift(me: Session) -> None:
    """14: what is still held goes back, and the time is written down."""
    me.person.goes("/review/my-time")
    with me.page.expect_navigation():
        me.page.get_by_role("button", name="End my shift").tap()
    me.is_for_everybody()
    with me.live.services.db.read() as session:
        assert session.scalars(select(CaseRow.id).where(CaseRow.id.in_(held_by(me.name)))).all() == []


def opens(me: Session, name: str) -> None:
    """A panel of the case; what is in it can be pressed."""
    me.page.locator(f"#panel-{name} > summary").tap()
    me.page.locator(f"#panel-{name}[open]").wait_for()
    me.is_for_everybody()
