"""Posts on pages: who sees what, what waits, what a press does."""

from __future__ import annotations

import re
from datetime import timedelta

from app.accounts.tables import AccountRow
from app.posts.tables import PostState
from app.relationships import follow
from moderation import alarms
from moderation.policy import store
from moderation.values import Visibility
from tests.app.web.conftest import Town, Visitor

HELD = "they are vermin, all of them"


def write(visitor: Visitor, text: str, **more: str) -> None:
    """Write by the box at home."""
    answer = visitor.post("/compose", on="/home", text=text, **more)
    assert answer.status_code == 302, answer.text


def test_a_harmless_post_is_at_home_and_on_the_front_door(town: Town, ana: AccountRow) -> None:
    visitor = town.at_home(ana)
    write(visitor, "the light over the river was worth the wait")
    assert "the light over the river" in visitor.page("/home")
    assert "the light over the river" in town.visitor().page("/")
    assert "the light over the river" in town.visitor().page("/@ana")


def test_a_held_post_is_shown_to_its_author_as_waiting(town: Town, ana: AccountRow) -> None:
    visitor = town.at_home(ana)
    write(visitor, HELD)
    page = visitor.page("/home")
    assert HELD in page
    assert "waiting at the door" in page
    assert "You’ll be told as soon as it is decided." in page
    assert "usually" not in page, "nothing has been decided yet, so no number is made up"


def lines_are_up(town: Town, minutes: int | None) -> None:
    """More waits than people can answer; a post that is held now waits for so long."""
    now = town.services.clock.now()
    details = {"logits": 1.0, "until": (now + timedelta(hours=4)).isoformat(), "why": "wave", "minutes": minutes}
    with town.services.db.write() as session:
        alarms.raise_(session, store.ADAPTED, now, details)


def test_while_lines_are_up_its_author_reads_how_long_it_takes_now(town: Town, ana: AccountRow) -> None:
    visitor = town.at_home(ana)
    post = town.writes(ana, HELD)
    lines_are_up(town, 180)
    assert "about 3 hr just now" in visitor.page("/home")
    why = visitor.page(f"/held/{post.id}")
    assert "About 3 hr just now: more waits than people can answer." in why
    assert "Too little has been decided" not in why


def test_while_nobody_comes_its_author_reads_that_it_takes_longer(town: Town, ana: AccountRow) -> None:
    visitor = town.at_home(ana)
    post = town.writes(ana, HELD)
    lines_are_up(town, None)
    assert "longer than usual just now" in visitor.page("/home")
    assert "Longer than usual: more waits just now than people can answer." in visitor.page(f"/held/{post.id}")


def test_a_held_post_is_hidden_from_everybody_else(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    follow.follow(town.services, ben.id, ana.id)
    post = town.writes(ana, HELD)
    assert post.state is PostState.HELD
    for other in (town.at_home(ben), town.visitor()):
        for path in ("/", "/local", "/public", "/@ana", "/@ana?replies=1", "/home", "/search?q=ana"):
            assert (
                "vermin"
                not in other.client.get(
                    path, base_url="https://ostiary.example", headers=other.headers, follow_redirects=True
                ).text
            )
        for path in (f"/@ana/{post.id}", f"/posts/{post.id}"):
            assert other.get(path).status_code == 404


def test_why_it_is_held_is_told_to_its_author_alone(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post = town.writes(ana, HELD)
    page = town.at_home(ana).page(f"/held/{post.id}")
    assert "hatred against people for what they are" in page
    assert "Rule 2: No hatred against people for what they are." in page
    assert "Somebody from the moderation team" in page
    assert "Too little has been decided here lately to say." in page
    assert town.at_home(ben).get(f"/held/{post.id}").status_code == 404
    assert town.visitor().get(f"/held/{post.id}").status_code == 302


def test_a_held_post_can_be_withdrawn(town: Town, ana: AccountRow) -> None:
    post, visitor = town.writes(ana, HELD), town.at_home(ana)
    assert "Withdraw this post?" in visitor.page(f"/posts/{post.id}/delete")
    visitor.post(f"/posts/{post.id}/delete")
    assert HELD not in visitor.page("/home")


def test_a_published_post_has_no_page_about_waiting(town: Town, ana: AccountRow) -> None:
    post = town.writes(ana, "harmless")
    assert town.at_home(ana).get(f"/held/{post.id}").headers["Location"] == f"/@ana/{post.id}"


def test_a_private_post_is_for_those_it_names(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post = town.writes_to(ana, "@ben the key is under the pot", Visibility.DIRECT)
    assert "under the pot" in town.at_home(ben).page(f"/@ana/{post.id}")
    assert town.visitor().get(f"/@ana/{post.id}").status_code == 404
    assert "under the pot" not in town.visitor().page("/@ana")


def test_an_edit_page_is_for_the_author(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post = town.writes(ana, "a frist draft")
    visitor = town.at_home(ana)
    assert "a frist draft" in visitor.page(f"/posts/{post.id}/edit")
    assert visitor.post(f"/posts/{post.id}/edit", text="a first draft").status_code == 302
    assert "a first draft" in visitor.page(f"/@ana/{post.id}")
    assert town.at_home(ben).get(f"/posts/{post.id}/edit").status_code == 404
    assert town.at_home(ben).post(f"/posts/{post.id}/delete", on="/home").status_code == 404


def test_likes_and_boosts_count_and_are_taken_back(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post, visitor = town.writes(ana, "good news"), town.at_home(ben)
    visitor.post(f"/posts/{post.id}/like", on="/local")
    visitor.post(f"/posts/{post.id}/boost", on="/local")
    page = visitor.page(f"/@ana/{post.id}")
    assert 'aria-label="Like, 1" aria-pressed="true"' in page
    assert 'aria-label="Boost, 1" aria-pressed="true"' in page
    visitor.post(f"/posts/{post.id}/unlike", on="/local")
    assert 'aria-label="Like, 0" aria-pressed="false"' in visitor.page(f"/@ana/{post.id}")


def test_an_act_that_does_not_exist_is_not_found(town: Town, ana: AccountRow) -> None:
    post = town.writes(ana, "good news")
    assert town.at_home(ana).post(f"/posts/{post.id}/publish", on="/home").status_code == 404


def test_a_thread_has_what_it_answers_and_what_answers_it(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    first = town.writes(ana, "who has a lentil soup recipe?")
    second = town.writes(ben, "@ana I do", in_reply_to_id=first.id)
    third = town.writes(ana, "@ben tell!", in_reply_to_id=second.id)
    page = town.visitor().page(f"/@ben/{second.id}")
    assert page.index("lentil soup") < page.index("I do</p>") < page.index("tell!")
    assert third.state is PostState.PUBLISHED


def test_pressing_twice_posts_once(town: Town, ana: AccountRow) -> None:
    visitor = town.at_home(ana)
    for _again in range(2):
        write(visitor, "only once, please", key="the same press")
    assert visitor.page("/@ana").count("only once, please") == 1


def test_an_empty_or_endless_text_comes_back_with_a_sentence(town: Town, ana: AccountRow) -> None:
    visitor = town.at_home(ana)
    empty = visitor.post("/compose", text="  ")
    assert empty.status_code == 422
    assert "Write something first." in empty.text
    endless = visitor.post("/compose", text="x" * 6000)
    assert endless.status_code == 422
    assert "longer than 5000 characters" in endless.text
    assert "x" * 6000 in endless.text, "what was typed isn't lost"


def test_a_warning_covers_the_text(town: Town, ana: AccountRow) -> None:
    town.writes(ana, "plums and flour", warning="food")
    page = town.visitor().page("/@ana")
    covered = re.search(r'<details class="cw">(.*?)</details>', page, re.DOTALL)
    assert covered is not None
    assert "Warning: food" in covered[1]
    assert page.count("plums and flour") == covered[1].count("plums and flour") == 1


def test_a_preview_elsewhere_shows_the_warning_and_not_what_it_covers(town: Town, ana: AccountRow) -> None:
    post = town.writes(ana, "plums and flour", warning="food")
    described = re.search(r'og:description" content="([^"]*)"', town.visitor().page(f"/@ana/{post.id}"))
    assert described is not None
    assert described[1] == "food"


def test_paging_reaches_every_post_and_comes_back(town: Town, ana: AccountRow) -> None:
    numbered = {number: town.writes(ana, f"walk number {number:02} along the river") for number in range(23)}
    visitor = town.visitor()
    newest = visitor.page("/@ana")
    assert "walk number 22" in newest
    assert "walk number 02" not in newest
    older = visitor.page(f"/@ana?max_id={numbered[3].id}")
    assert "walk number 02" in older
    assert "walk number 03" not in older
    assert f"min_id={numbered[2].id}" in older


def test_the_old_address_of_a_post_leads_to_its_page(town: Town, ana: AccountRow) -> None:
    post = town.writes(ana, "hello")
    assert town.visitor().get(f"/posts/{post.id}").headers["Location"] == f"/@ana/{post.id}"
    assert town.visitor().get(f"/@somebody/{post.id}").headers["Location"] == f"/@ana/{post.id}"


def test_news_says_how_many_posts_are_newer(town: Town, ana: AccountRow) -> None:
    first = town.writes(ana, "one")
    town.writes(ana, "two")
    news = town.visitor().get(f"/news/local?min_id={first.id}").get_json()
    assert news == {"count": 1, "words": "1 new post: show"}
