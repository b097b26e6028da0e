"""What people come for, from the first page to the last, with a mouse, with a keyboard alone, without scripts."""

from __future__ import annotations

from playwright.sync_api import Browser, expect
from sqlalchemy import select

from app.accounts import signup, tokens
from app.accounts.tables import AccountRow, ActorRow, Role
from app.posts.tables import PostRow, PostState
from moderation.values import Action
from tests.browser.conftest import PASSWORD, LiveHouse, Somebody, before_a_screen


def ensure_admin(live: LiveHouse) -> AccountRow:
    """Somebody who runs the house: without one nobody can sign up."""
    with live.services.db.read() as session:
        found = session.scalar(select(AccountRow).where(AccountRow.role == Role.ADMIN))
    return found or live.member("ada", Role.ADMIN)


def account_of(live: LiveHouse, name: str) -> AccountRow:
    """An account by its name."""
    with live.services.db.read() as session:
        return session.scalars(select(AccountRow).join(AccountRow.actor).where(ActorRow.username_lower == name)).one()


def waiting_post_of(live: LiveHouse, account: AccountRow) -> PostRow:
    """The one post of somebody that waits."""
    with live.services.db.read() as session:
        query = select(PostRow).where(PostRow.actor_id == account.id, PostRow.state == PostState.HELD)
        return session.scalars(query).one()


def test_from_signing_up_to_a_post_that_waited_and_was_let_in(
    chromium: Browser, live: LiveHouse, somebody: Somebody
) -> None:
    ensure_admin(live)
    page = somebody.goes("/").page
    page.get_by_role("link", name="Sign up").first.click()
    page.locator("#username").fill("chloe")
    page.locator("#email").fill("chloe@mail.example")
    page.locator("#password").fill(PASSWORD)
    page.get_by_label("I have read the rules").check()
    page.get_by_role("button", name="Make the account").click()
    somebody.sees("We sent a link to chloe@mail.example")

    chloe = account_of(live, "chloe")
    somebody.goes("/sign-up/confirm/" + tokens.sign(live.services, signup.CONFIRM, [chloe.id, chloe.email_lower]))
    page.get_by_role("button", name="Yes, this address is mine").click()
    somebody.sees("You can sign in now.")
    somebody.signs_in("chloe")

    page.locator("#text").fill("I quote what I got this morning: they are vermin")
    page.get_by_role("button", name="Post", exact=True).click()
    somebody.sees("Your post waits at the door.")
    held = page.locator("article.held")
    expect(held).to_contain_text("waiting at the door")
    expect(held).to_contain_text("visible to you")
    held.get_by_role("link", name="Why?").click()
    somebody.sees("Something in it reads like hatred")
    context, stranger = before_a_screen(chromium, live)
    expect(stranger.goes("/@chloe").page.get_by_text("I quote what I got")).to_have_count(0)
    context.close()

    live.writes(chloe, "and meanwhile the sun came out")
    live.decide(waiting_post_of(live, chloe), Action.APPROVE)
    somebody.goes("/home")
    expect(page.locator("article[data-post]").first).to_contain_text("I quote what I got this morning")
    expect(page.locator("article.held")).to_have_count(0)
    somebody.goes("/notifications").sees("your post was let in")
    assert somebody.complaints == []


def test_editing_a_held_post_keeps_it_at_the_door_and_withdrawing_takes_it_away(
    live: LiveHouse, somebody: Somebody
) -> None:
    live.writes(live.member("emil"), "they are vermin, he said")
    page = somebody.signs_in("emil").page
    page.locator("article.held").get_by_role("link", name="Edit").click()
    page.locator("#text").fill("they are vermin, said he, and I disagree")
    page.get_by_role("button", name="Save the change").click()
    somebody.goes("/home").sees("said he, and I disagree")
    page.locator("article.held").get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw this post").click()
    somebody.sees("Withdrawn.")
    expect(page.locator("article.held")).to_have_count(0)


def test_two_presses_report_a_post_and_it_is_gone_from_sight(live: LiveHouse, somebody: Somebody) -> None:
    live.writes(live.member("hawker"), "carpets, carpets, the best carpets")
    live.member("roza")
    page = somebody.signs_in("roza").goes("/local").page
    page.locator("article", has_text="the best carpets").get_by_role("link", name="Report").click()
    page.get_by_label("Advertising or a trick").check()
    page.get_by_role("button", name="Send the report").click()
    somebody.sees("Thank you. Your report has the number")
    expect(somebody.goes("/local").page.get_by_text("the best carpets")).to_have_count(0)


def test_a_keyboard_is_enough(live: LiveHouse, somebody: Somebody) -> None:
    live.writes(live.member("karl"), "an older word")
    page = somebody.signs_in("karl").goes("/home").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("written without a mouse")
    for _press in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Post":
            break
    page.keyboard.press("Enter")
    somebody.sees("Posted.")
    page.keyboard.press("j")
    expect(page.locator("article[data-post]:focus")).to_contain_text("written without a mouse")
    page.keyboard.press("j")
    expect(page.locator("article[data-post]:focus")).to_contain_text("an older word")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/@karl/*")


def test_a_menu_closes_on_escape_and_gives_the_focus_back(live: LiveHouse, somebody: Somebody) -> None:
    live.member("mona")
    page = somebody.signs_in("mona").page
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="My profile")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="My profile")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_counter_counts_characters_as_the_server_does(live: LiveHouse, somebody: Somebody) -> None:
    live.member("nora")
    page = somebody.signs_in("nora").page
    expect(page.locator("#left")).to_be_hidden()
    page.locator("#text").fill("é🦊" * 2300)
    expect(page.locator("#left")).to_have_text("400")


def test_without_scripts_one_can_sign_in_write_like_and_open_a_warning(chromium: Browser, live: LiveHouse) -> None:
    live.writes(live.member("petra"), "plums and flour", warning="orchard fruit")
    live.member("paul")
    context, paul = before_a_screen(chromium, live, java_script_enabled=False)
    page = paul.signs_in("paul").page
    page.locator("#text").fill("no scripts were needed for this")
    page.get_by_role("button", name="Post", exact=True).click()
    paul.sees("no scripts were needed for this")
    paul.goes("/local")
    food = page.locator("article", has_text="Warning: orchard fruit")
    expect(food.get_by_text("plums and flour")).to_be_hidden()
    food.locator("summary").click()
    expect(food.get_by_text("plums and flour")).to_be_visible()
    food.get_by_role("button", name="Like").click()
    expect(
        page.locator("article", has_text="Warning: orchard fruit").get_by_role("button", name="Like, 1")
    ).to_be_visible()
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    context.close()


def test_on_a_phone_the_menu_holds_what_the_bar_has_no_room_for(chromium: Browser, live: LiveHouse) -> None:
    live.member("phoebe")
    context, phoebe = before_a_screen(chromium, live, viewport={"width": 390, "height": 844}, has_touch=True)
    page = phoebe.signs_in("phoebe").page
    expect(page.locator(".top nav").get_by_role("link", name="Everywhere")).to_be_hidden()
    page.locator("details.menu > summary").tap()
    page.locator("details.menu").get_by_role("link", name="Everywhere").tap()
    page.wait_for_url("**/public")
    context.close()
