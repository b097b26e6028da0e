"""One's own posts that wait, among what is published: in public timelines, lists and the search, for their author alone."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, update
from werkzeug.test import TestResponse

from app.accounts.tables import ActorRow
from app.clock import FrozenClock
from app.oauth import tokens
from app.posts.tables import PostRow, PostState
from app.services import Services
from app.timelines import fanout
from app.trends.tables import TrendKind, TrendRow
from moderation.values import Action
from tests.app.enforcement.test_decisions import decide
from tests.app.mastodon.people import Person
from tests.app.mastodon.test_media import upload

PUBLIC = "/api/v1/timelines/public"
TAG = "/api/v1/timelines/tag/cats"
LINK = "/api/v1/timelines/link?url=https://paper.example/a"
SEARCH = "/api/v2/search?type=statuses&q="
Says = Callable[..., str]
VERMIN = "Those vermin #cats https://paper.example/a"
WAITS = "state IN ('held', 'waiting')"


def shown(answer: Any) -> list[str]:
    return [one["id"] for one in (answer["statuses"] if isinstance(answer, dict) else answer)]


@pytest.fixture
def says(services: Services, clock: FrozenClock) -> Says:
    """Somebody writes a second later, and the workers do the rest."""

    def write(who: Person, text: str, **more: Any) -> str:
        clock.move(timedelta(seconds=1))
        status = who.says(text, **more)
        fanout.sweep(services)
        return str(status["id"])

    return write


@pytest.fixture
def link(ana: Person, services: Services) -> None:
    """A link trends, and ana wants to be found."""
    with services.db.write() as session:
        session.execute(update(ActorRow).where(ActorRow.id == ana.account.id).values(discoverable=True, indexable=True))
        now, key = services.clock.now(), "https://paper.example/a"
        session.add(TrendRow(kind=TrendKind.LINK, key=key, name=key, score=1.0, allowed=True, scored_at=now))


@pytest.mark.usefixtures("link")
@pytest.mark.parametrize("path", [PUBLIC, f"{PUBLIC}?local=true", TAG, f"{TAG}?local=true", LINK, f"{SEARCH}vermin"])
def test_its_author_alone_sees_it_with_its_last_line(
    ana: Person, ben: Person, http: FlaskClient, services: Services, says: Says, path: str
) -> None:
    status = says(ana, VERMIN)
    program = {"Authorization": f"Bearer {tokens.make(services, None, 'read')}"}
    for _again in range(2):
        mine = ana.read(path)
        [one] = mine["statuses"] if isinstance(mine, dict) else mine
        assert one["id"] == status and "Waiting for a moderator" in html.unescape(one["content"])
        for headers in (ben.headers, {}, program):
            answer = http.get(path, headers=headers)
            assert answer.status_code == 200 and "vermin" not in answer.text and status not in answer.text, headers
    decide(services, one["uri"], Action.APPROVE)
    released = ana.read(path)
    [one] = released["statuses"] if isinstance(released, dict) else released
    assert one["id"] != status and "Waiting" not in one["content"], "it stands where it was let in"
    assert shown(ben.read(path)) == [one["id"]]


@pytest.mark.parametrize("path", [f"{PUBLIC}?remote=true", f"{TAG}?remote=true", f"{PUBLIC}?only_media=true"])
def test_it_isn_t_where_it_won_t_be_once_it_is_let_in(ana: Person, ben: Person, says: Says, path: str) -> None:
    says(ana, VERMIN)
    asked = says(ben, "Who was at the pier? #cats")
    says(ana, f"@ben {VERMIN}", in_reply_to_id=asked)
    for visibility in ("unlisted", "private", "direct"):
        says(ana, f"@ben {VERMIN}", visibility=visibility)
    assert shown(ana.read(path)) == []


def test_a_public_timeline_has_of_what_waits_what_is_public_and_answers_nobody_else(
    ana: Person, ben: Person, says: Says
) -> None:
    asked = says(ben, "Who was at the pier? #cats")
    says(ana, f"@ben {VERMIN}", in_reply_to_id=asked)
    for visibility in ("unlisted", "private", "direct"):
        says(ana, f"@ben {VERMIN}", visibility=visibility)
    own = says(ana, VERMIN)
    thread = says(ana, "More vermin", in_reply_to_id=own)
    assert shown(ana.read(PUBLIC)) == [thread, own, asked]


def test_a_picture_that_waits_is_among_the_pictures(ana: Person, says: Says) -> None:
    status = says(ana, VERMIN, media_ids=[upload(ana)["id"]])
    says(ana, VERMIN)
    for path in (f"{PUBLIC}?only_media=true", f"{TAG}?only_media=true", f"{SEARCH}vermin has:image"):
        assert shown(ana.read(path)) == [status], path


def test_other_hashtags_take_it_along_or_leave_it_out(ana: Person, says: Says) -> None:
    both, one, other = (says(ana, f"{text} vermin") for text in ("#cats #dogs", "#cats", "#birds"))
    assert shown(ana.read(f"{TAG}?any[]=birds")) == [other, one, both]
    assert shown(ana.read(f"{TAG}?all[]=dogs")) == [both]
    assert shown(ana.read(f"{TAG}?none[]=dogs")) == [one]


def test_what_is_rejected_withdrawn_or_deleted_isn_t_shown(ana: Person, services: Services, says: Says) -> None:
    for end in (PostState.REJECTED, PostState.WITHDRAWN, None):
        status = says(ana, VERMIN)
        assert shown(ana.read(PUBLIC)) == [status] == shown(ana.read(f"{SEARCH}vermin"))
        if end is None:
            ana.send("DELETE", f"/api/v1/statuses/{status}")
        else:
            with services.db.write() as session:
                session.execute(update(PostRow).where(PostRow.id == int(status)).values(state=end))
        assert shown(ana.read(PUBLIC)) == [] == shown(ana.read(f"{SEARCH}vermin"))


def test_who_is_silenced_finds_it_among_their_own_alone(ana: Person, services: Services, says: Says) -> None:
    status = says(ana, VERMIN)
    with services.db.write() as session:
        now = services.clock.now()
        session.execute(update(ActorRow).where(ActorRow.id == ana.account.id).values(silenced_at=now))
    assert shown(ana.read(PUBLIC)) == [] == shown(ana.read(TAG))
    assert shown(ana.read(f"/api/v1/accounts/{ana.id}/statuses")) == [status]


@pytest.fixture
def mixed(ana: Person, ben: Person, says: Says) -> list[str]:
    """Eight of two people, every other one waiting: newest first."""
    ids = [says(ben, f"Harmless {n} #cats") if n % 2 else says(ana, f"Harmless vermin {n} #cats") for n in range(8)]
    return ids[::-1]


@pytest.mark.parametrize("path", [f"{PUBLIC}?limit=3", f"{PUBLIC}?limit=2&local=true", f"{TAG}?limit=3"])
def test_pages_lead_through_both_in_order_and_back(ana: Person, mixed: list[str], path: str) -> None:
    pages, here = [], path
    while here:
        answer = ana.get(here)
        pages.append(shown(answer.json))
        here = links(answer).get("next", "")
    assert [one for page in pages for one in page] == mixed
    answer = ana.get(f"{path}&min_id=0")
    back = shown(answer.json)
    while len(back) < len(mixed):
        answer = ana.get(links(answer)["prev"])
        back = shown(answer.json) + back
    assert back == mixed


def test_a_page_is_cut_where_the_client_says(ana: Person, mixed: list[str]) -> None:
    assert shown(ana.read(f"{PUBLIC}?max_id={mixed[2]}&limit=2")) == mixed[3:5]
    assert shown(ana.read(f"{PUBLIC}?since_id={mixed[5]}&limit=2")) == mixed[:2]
    assert shown(ana.read(f"{PUBLIC}?min_id={mixed[5]}&limit=2")) == mixed[3:5]
    assert shown(ana.read(f"{PUBLIC}?max_id={mixed[1]}&since_id={mixed[4]}")) == mixed[2:4]


def test_the_pages_of_a_search_go_through_both_in_order(
    ana: Person, ben: Person, services: Services, mixed: list[str]
) -> None:
    with services.db.write() as session:
        session.execute(update(ActorRow).where(ActorRow.id == ben.account.id).values(indexable=True))
    search = f"{SEARCH}harmless"
    found = [one for offset in range(0, 9, 3) for one in shown(ana.read(f"{search}&limit=3&offset={offset}"))]
    assert found == mixed == shown(ana.read(search))
    assert shown(ana.read(f"{search}&max_id={mixed[2]}&min_id={mixed[5]}")) == mixed[3:5]
    assert shown(ana.read(f"{search}&account_id={ana.id}")) == mixed[1::2]
    assert shown(ana.read(f"{search}&account_id={ben.id}")) == mixed[::2] == shown(ben.read(search))


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("VERMIN", True), ('"red wall"', True), ('"wall red"', False), ("wall -mice", True), ("wall -red", False),
        ("résumé", True), ("picnic", True), ("wal", False), ("is:reply wall", False), ("language:fr wall", True),
        ("from:me", True), ("from:ben wall", False), ("in:library wall", True), ("before:2001-01-01 wall", False),
    ],
)  # fmt: skip
def test_words_find_it_as_they_will_once_it_is_let_in(
    ana: Person, services: Services, says: Says, typed: str, finds: bool
) -> None:
    poll = {"options": ["picnic", "walk"], "expires_in": 3600}
    status = says(ana, "Vermin behind the red wall, resume", language="fr", poll=poll)
    assert shown(ana.read("/api/v2/search", query_string={"type": "statuses", "q": typed})) == [status] * finds
    decide(services, ana.read(f"/api/v1/statuses/{status}")["uri"], Action.APPROVE)
    fanout.sweep(services)
    assert len(shown(ana.read("/api/v2/search", query_string={"type": "statuses", "q": typed}))) == finds


def test_a_list_with_oneself_on_it_shows_ones_own_also_what_waits(ana: Person, ben: Person, says: Says) -> None:
    own = ana.do("/api/v1/lists", json={"title": "Us"})["id"]
    ana.do(f"/api/v1/accounts/{ben.id}/follow")
    ana.do(f"/api/v1/lists/{own}/accounts", json={"account_ids": [ana.id, ben.id]})
    theirs, shown_one, waiting = says(ben, "One"), says(ana, "Two"), says(ana, VERMIN, visibility="private")
    says(ana, "@ben to you alone, vermin", visibility="direct")
    assert shown(ana.read(f"/api/v1/timelines/list/{own}")) == [waiting, shown_one, theirs]


def test_an_edit_that_waits_stands_there_as_elsewhere(ana: Person, ben: Person, says: Says) -> None:
    status = says(ana, "Harmless #cats")
    ana.send("PUT", f"/api/v1/statuses/{status}", json={"status": VERMIN})
    there = ana.read(f"/api/v1/statuses/{status}")["content"]
    assert "edit waits" in html.unescape(there)
    for path in (PUBLIC, TAG, f"{SEARCH}harmless"):
        answer = ana.read(path)
        [one] = answer["statuses"] if isinstance(answer, dict) else answer
        assert one["content"] == there, path
    assert "Harmless" in ben.read(PUBLIC)[0]["content"] and "waits" not in ben.read(PUBLIC)[0]["content"]


def test_one_look_into_an_index_is_all_it_costs_and_strangers_don_t_ask(
    ana: Person, ben: Person, http: FlaskClient, services: Services, says: Says
) -> None:
    says(ana, VERMIN)
    says(ben, "Harmless #cats")
    for path in (PUBLIC, TAG, f"{SEARCH}harmless", "/api/v1/timelines/home"):
        with asked(services) as statements:
            ben.read(path)
        about = [each for each in statements if WAITS in each]
        assert len(about) == (path != "/api/v1/timelines/home"), path
        with asked(services) as statements:
            http.get(path)
        assert not [each for each in statements if WAITS in each], path


@contextmanager
def asked(services: Services) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    said: list[str] = []

    def hear(*given: Any) -> None:
        said.append(given[2])

    event.listen(services.db.engine, "before_cursor_execute", hear)
    yield said
    event.remove(services.db.engine, "before_cursor_execute", hear)


def links(answer: TestResponse) -> dict[str, str]:
    """Where the pages before and after lie."""
    found = re.findall(r'<https://ostiary\.example([^>]+)>; rel="(\w+)"', answer.headers.get("Link", ""))
    return {rel: path for path, rel in found}
