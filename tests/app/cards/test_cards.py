"""Cards: pages that posts link to, read by the worker, judged, and shown with the posts."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from starlette.applications import Starlette

from app.cards import reading
from app.cards.tables import CardState, PreviewCardRow
from app.clock import FrozenClock
from app.federation.wire import previews
from app.federation.wire.errors import UnreachableError
from app.federation.wire.twins import FakeWeb, Page
from app.media.endpoints import MediaEndpoints
from app.posts import compose, delete, edit
from app.posts.compose import ComposeRequest
from app.posts.edit import EditRequest
from app.services import Services
from moderation.domains import editing
from moderation.domains.values import Filter
from moderation.values import Severity, Visibility
from tests.app.mastodon.people import Person, sign_in
from tests.support import stream
from tests.support.pictures import picture
from tests.support.services import make_services, make_settings

URL = "https://news.example/weir"
PAGE = """<!doctype html><html lang="en-GB"><head><title>Not this</title>
<meta property="og:title" content="The weir &amp; its <b>herons</b>"><meta property="og:description" content="They are back.">
<meta property="og:site_name" content="News"><meta name="author" content="Iris">
<meta property="og:image" content="/heron.png"><meta property="og:image:alt" content="A grey heron">
</head><body><meta property="og:title" content="Another"></body></html>"""


def page(**said: str) -> str:
    """A page with these words in the place of others."""
    text = PAGE
    for old, new in said.items():
        text = text.replace({"title": "The weir", "description": "They are back", "alt": "A grey heron"}[old], new)
    return text


@pytest.fixture
def ana(http: FlaskClient, services: Services) -> Person:
    return sign_in(http, services, "ana")


def put(services: Services, text: str = PAGE, url: str = URL) -> None:
    """The page lives there."""
    assert isinstance(services.fetcher, FakeWeb)
    services.fetcher.pages[url] = Page(text.encode(), "text/html; charset=utf-8")


def card_of(ana: Person, number: str) -> Any:
    """What a client is told."""
    return ana.read(f"/api/v1/statuses/{number}")["card"]


def states(services: Services) -> list[CardState]:
    with services.db.read() as session:
        return [row.state for row in session.scalars(select(PreviewCardRow).order_by(PreviewCardRow.id))]


def test_a_post_shows_what_the_first_page_that_it_links_to_says_of_itself(ana: Person, services: Services) -> None:
    put(services)
    post = ana.says(f"Look, #herons: {URL} and https://other.example/")
    assert post["card"] is None and card_of(ana, post["id"]) is None
    assert reading.drain(services) == 1
    card = card_of(ana, post["id"])
    assert (card["url"], card["type"], card["title"]) == (URL, "link", "The weir & its <b>herons</b>")
    assert (card["description"], card["provider_name"], card["author_name"]) == ("They are back.", "News", "Iris")
    assert card["image"].startswith("https://ostiary.example/media/cards/") and "news.example" not in card["image"]
    assert card["image_description"] == "A grey heron" and card["html"] == "" and card["language"] == "en"


def test_its_picture_is_shown_from_here_while_a_post_that_is_shown_shows_it(ana: Person, services: Services) -> None:
    put(services)
    assert isinstance(services.fetcher, FakeWeb)
    services.fetcher.pages["https://news.example/heron.png"] = Page(picture(), "image/png")
    post = ana.says(f"Look: {URL}")
    reading.drain(services)
    address = card_of(ana, post["id"])["image"]
    application = Starlette(routes=MediaEndpoints(services, asyncio.Semaphore(4)).routes())
    assert "https://news.example/heron.png" not in services.fetcher.asked, "nothing is fetched before somebody looks"
    answer = stream.get(application, address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    card = card_of(ana, post["id"])
    assert (card["width"], card["height"]) == (64, 48), "as large as it was drawn"
    assert stream.get(application, address.replace("/cards/", "/cards/1")).status_code == 404
    with services.db.write() as session:
        editing.set_rule(session, "news.example", Severity.SILENCE, "admin", services.clock.now())
    assert stream.get(application, address).status_code == 404
    with services.db.write() as session:
        editing.lift_rule(session, "news.example", "admin", services.clock.now())
    assert stream.get(application, address).status_code == 200
    delete.delete(services, int(ana.id), int(post["id"]))
    assert stream.get(application, address).status_code == 404


@pytest.mark.parametrize("where", ["title", "description", "alt"])
def test_what_the_door_would_not_let_in_shows_no_card(ana: Person, services: Services, where: str) -> None:
    put(services, page(**{where: "They are vermin, all of them"}))
    post = ana.says(f"Look: {URL}")
    reading.drain(services)
    assert card_of(ana, post["id"]) is None and states(services) == [CardState.REFUSED]


@pytest.mark.parametrize(
    ("severity", "filters"),
    [
        *((severity, ()) for severity in (Severity.SUSPEND, Severity.SILENCE, Severity.HOLD, Severity.FILTER)),
        (Severity.NOOP, (Filter.PREVIEWS,)),
    ],
)
def test_a_server_about_which_there_is_a_rule_is_not_asked_and_loses_its_cards(
    ana: Person, services: Services, severity: Severity, filters: tuple[Filter, ...]
) -> None:
    put(services)
    post = ana.says(f"Look: {URL}")
    reading.drain(services)
    assert card_of(ana, post["id"]) is not None
    with services.db.write() as session:
        now = services.clock.now()
        editing.set_rule(session, "news.example", severity, "admin", now, filters=frozenset(filters))
    assert card_of(ana, post["id"]) is None
    ana.says("Look: https://news.example/other")
    reading.drain(services)
    assert states(services) == [CardState.READY, CardState.REFUSED]


def test_of_a_post_that_waits_nothing_is_read_and_of_a_private_one_neither(ana: Person, services: Services) -> None:
    for text, visibility in (("They are vermin", Visibility.PUBLIC), ("Look", Visibility.FOLLOWERS)):
        compose.compose(services, int(ana.id), ComposeRequest(f"{text}: {URL}", visibility=visibility))
    assert reading.drain(services) == 0 and states(services) == []


def test_while_no_check_can_tell_there_is_no_card_and_it_comes_when_one_can(
    ana: Person, services: Services, clock: FrozenClock
) -> None:
    put(services)
    post = ana.says(f"Look: {URL}")
    model: Any = services.tools.text_model
    model.broken = True
    reading.drain(services)
    assert card_of(ana, post["id"]) is None
    model.broken = False
    clock.move(timedelta(minutes=11))
    reading.drain(services)
    assert card_of(ana, post["id"])["title"].startswith("The weir")


def test_a_page_that_does_not_answer_is_asked_again_some_times(
    ana: Person, services: Services, clock: FrozenClock
) -> None:
    assert isinstance(services.fetcher, FakeWeb)
    services.fetcher.fail(URL, UnreachableError("it hangs"))
    post = ana.says(f"Look: {URL}")
    for _ in range(6):
        reading.drain(services)
        clock.move(timedelta(days=2))
    assert states(services) == [CardState.NOTHING] and reading.drain(services) == 0
    assert card_of(ana, post["id"]) is None


def test_what_is_posted_again_later_is_read_again(ana: Person, services: Services, clock: FrozenClock) -> None:
    put(services)
    first = ana.says(f"Look: {URL}")
    reading.drain(services)
    ana.says(f"At once: {URL}")
    assert reading.drain(services) == 0
    put(services, page(title="The new weir"))
    clock.move(timedelta(days=2))
    ana.says(f"Days later: {URL}")
    reading.drain(services)
    assert card_of(ana, first["id"])["title"].startswith("The new weir")


def test_an_edit_changes_the_card_and_takes_it_away(ana: Person, services: Services) -> None:
    put(services)
    put(services, page(title="Other"), "https://other.example/")
    post = ana.says(f"Look: {URL}")
    edit.edit(services, int(ana.id), int(post["id"]), EditRequest("Look: https://other.example/"))
    reading.drain(services)
    assert card_of(ana, post["id"])["title"].startswith("Other")
    edit.edit(services, int(ana.id), int(post["id"]), EditRequest("Nothing to see."))
    assert card_of(ana, post["id"]) is None


def test_a_card_that_no_post_shows_is_forgotten(ana: Person, services: Services, clock: FrozenClock) -> None:
    put(services)
    post, other = ana.says(f"Look: {URL}"), ana.says("Look: https://other.example/")
    reading.drain(services)
    delete.delete(services, int(ana.id), int(post["id"]))
    clock.move(timedelta(days=31))
    with services.db.write() as session:
        assert reading.forget(session, services.clock.now(), 100) == 1
    assert len(states(services)) == 1 and other["id"]


def test_an_admin_switches_all_of_it_off(ana: Person, services: Services, tmp_path: Any) -> None:
    settings = make_settings(tmp_path, services.db, link_previews="off")
    off = make_services(tmp_path, db=services.db, redis=services.redis, clock=services.clock, settings=settings)
    compose.compose(off, int(ana.id), ComposeRequest(f"Look: {URL}"))
    assert states(services) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("<title>Plain</title>", "Plain"),
        ("<html><body><title>In the body</title>", None),
        ("<meta name=description content=x>", None),
        ("<title>  \n </title>", None),
        ("<title>" + "x" * 900, "x" * previews.LONGEST_TITLE),
        ("<title>\u202eback\u0000wards</title>", "backwards"),
        ("<" * 100_000, None),
    ],
)
def test_a_page_is_read_as_a_stranger_wrote_it(text: str, title: str | None) -> None:
    found = previews.read(text, URL)
    assert (found.title if found else None) == title


@pytest.mark.parametrize("address", ["http://news.example/x.png", "javascript:1", "data:image/png,x", "https://["])
def test_a_picture_that_is_not_at_an_address_of_the_web_is_none(address: str) -> None:
    found = previews.read(f'<title>x</title><meta property="og:image" content="{address}">', URL)
    assert found is not None and found.picture_url is None


def test_our_own_pages_show_it_too_and_not_the_picture_of_what_is_sensitive(
    ana: Person, services: Services, http: FlaskClient
) -> None:
    put(services, page(description="<script>alert(1)</script>"))
    ana.says(f"Look: {URL}")
    assert 'class="preview"' not in http.get("/@ana").text
    reading.drain(services)
    shown = http.get("/@ana").text
    assert (
        f'<a class="preview" href="{URL}" rel="nofollow noopener noreferrer"><img src="https://ostiary.example/media/cards/'
        in shown
    )
    assert "The weir &amp; its &lt;b&gt;herons" in shown and 'alt="A grey heron"' in shown
    assert "<script>alert(1)" not in shown and "https://news.example/heron.png" not in shown
    ana.says(f"Again: {URL}", sensitive=True)
    shown = http.get("/@ana").text
    assert (shown.count('class="preview"'), shown.count("/media/cards/")) == (2, 1)
    with services.db.write() as session:
        editing.set_rule(session, "news.example", Severity.SILENCE, "admin", services.clock.now())
    assert 'class="preview"' not in http.get("/@ana").text
