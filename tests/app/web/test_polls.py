"""Polls on pages, without scripts: asked, voted in, and what came of them."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.tables import AccountRow
from app.clock import FrozenClock
from app.polls import closing
from app.posts.compose import PollRequest
from app.posts.tables import PostRow, PostState
from moderation.values import Action
from tests.app.web.conftest import Town
from tests.app.web.test_members import decide


def ask(town: Town, who: AccountRow, **more: bool) -> PostRow:
    return town.writes(who, "Which soup?", poll=PollRequest(("Lentils", "Peas"), timedelta(days=1), **more))


def later(town: Town, by: timedelta) -> None:
    assert isinstance(town.services.clock, FrozenClock)
    town.services.clock.move(by)


def test_a_member_asks_on_the_page_and_another_votes(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    her = town.at_home(ana)
    sent = {"text": "Which soup?", "option": ["Lentils", " ", "Peas"], "poll_seconds": "3600", "visibility": "public"}
    assert her.post("/compose", **sent).status_code == 302
    his = town.at_home(ben)
    page = his.page("/local")
    assert 'type="radio" name="choice" value="1"' in page and "50%" not in page and "0%" not in page
    number = page.split('action="/posts/')[1].split("/vote")[0]
    answer = his.post(f"/posts/{number}/vote", on="/local", choice="1")
    assert answer.status_code == 302
    after = his.page("/local")
    assert "/vote" not in after and "100%" in after and "1 person voted" in after and "your choice" in after
    his.post(f"/posts/{number}/like", on="/local")
    assert "You have voted" not in his.page("/local")


def test_what_does_not_make_a_poll_is_said_in_words(town: Town, ana: AccountRow) -> None:
    her = town.at_home(ana)
    answer = her.post("/compose", text="Which soup?", option=["Lentils"], visibility="public")
    assert answer.status_code == 422 and "A poll needs two to 8 different options" in answer.text


def test_a_poll_can_be_added_by_an_edit_and_stays_when_only_the_text_changes(town: Town, ana: AccountRow) -> None:
    post, her = town.writes(ana, "Which soup"), town.at_home(ana)
    edit = f"/posts/{post.id}/edit"
    her.post(edit, text="Which soup?", option=["Lentils", "Peas"], poll_seconds="3600")
    assert "Lentils" in her.page("/local")
    assert 'name="option"' not in her.page(edit)
    her.post(edit, text="Which soup today?")
    page = her.page("/local")
    assert "Lentils" in page and "Which soup today?" in page


def test_who_votes_for_nothing_twice_or_too_late_is_told(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post, his = ask(town, ana), town.at_home(ben)
    his.post(f"/posts/{post.id}/vote", on="/local")
    assert "Choose something first." in his.page("/local")
    his.post(f"/posts/{post.id}/vote", on="/local", choice="0")
    his.post(f"/posts/{post.id}/vote", on="/compose", choice="1")
    assert "You have voted in this poll already." in his.page("/local")
    later(town, timedelta(days=1))
    her = town.at_home(ana)
    her.post(f"/posts/{post.id}/vote", on="/compose", choice="1")
    assert "You can’t vote in a poll of your own." in her.page("/local")


def test_numbers_that_are_hidden_show_at_the_end_of_which_all_hear(
    town: Town, ana: AccountRow, ben: AccountRow
) -> None:
    post, his = ask(town, ana, hide_totals=True), town.at_home(ben)
    his.post(f"/posts/{post.id}/vote", on="/local", choice="0")
    page = his.page("/local")
    assert "100%" not in page and "numbers are shown when it is over" in page
    later(town, timedelta(days=1))
    closing.drain(town.services)
    assert "100%" in his.page("/local")
    for who in (his, town.at_home(ana)):
        assert "A poll is over" in who.page("/notifications")


def test_a_poll_that_waits_shows_nobody_anything_and_its_clock_starts_when_it_is_let_in(
    town: Town, ana: AccountRow, ben: AccountRow, admin: AccountRow
) -> None:
    held = town.writes(ana, "they called us vermin", poll=PollRequest(("Lentils", "Peas"), timedelta(days=1)))
    assert held.state is PostState.HELD
    his = town.at_home(ben)
    assert "Lentils" not in his.page("/local")
    assert his.post(f"/posts/{held.id}/vote", on="/compose", choice="0").status_code == 404
    later(town, timedelta(hours=20))
    decide(town, Action.APPROVE)
    later(town, timedelta(hours=20))
    assert closing.drain(town.services) == 0
    his = town.at_home(ben)
    his.post(f"/posts/{held.id}/vote", on="/local", choice="0")
    assert "100%" in his.page("/local")
    later(town, timedelta(hours=4))
    assert closing.drain(town.services) == 1
