"""What is spoken of: counted from public posts, shown once it was allowed, and never what waits or is taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.tables import ActorRow, Role
from app.cards.tables import CardState, PreviewCardRow
from app.clock import FrozenClock
from app.services import Services
from app.trends import counting, scoring
from moderation.log.tables import LogRow
from tests.app.mastodon.people import Person, sign_in

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PUBLIC, ADMIN = "/api/v1/trends", "/api/v1/admin/trends"


def test_people_count_once_and_less_the_longer_ago_it_was() -> None:
    uses = [("cats", person, NOW - timedelta(hours=6 * person)) for person in range(3)]
    assert scoring.by_people(uses, NOW) == {"cats": pytest.approx(1 + 0.5 + 0.25)}
    many = [("spam", 1, NOW)] * 50 + [("spam", 2, NOW)]
    assert scoring.by_people(many, NOW) == {}
    assert scoring.of_post(1, 1, timedelta()) == 0 and scoring.of_post(2, 2, timedelta(hours=6)) == pytest.approx(2)


def test_things_are_named_as_most_write_them() -> None:
    assert scoring.most_written([("cats", "Cats", 3), ("cats", "CATS", 1)]) == {"cats": "Cats"}


@pytest.fixture
def lea(http: FlaskClient, services: Services) -> Person:
    """A lead."""
    return sign_in(http, services, "lea", "read write admin:read admin:write", role=Role.LEAD)


@pytest.fixture
def crowd(http: FlaskClient, services: Services) -> list[Person]:
    """Some who want to be found."""
    people = [sign_in(http, services, f"person{number}") for number in range(4)]
    with services.db.write() as session:
        for person in people:
            session.get_one(ActorRow, person.account.id).discoverable = True
    return people


def names(person: Person, path: str, field: str = "name") -> list[str]:
    """What is listed."""
    return [each[field] for each in person.read(path)]


def test_a_hashtag_is_shown_once_a_lead_allows_it(
    crowd: list[Person], lea: Person, http: FlaskClient, services: Services
) -> None:
    for person in crowd[:3]:
        person.says("Look at this #Kettle")
    crowd[0].says("only me #alone")
    counting.count(services)
    assert http.get(f"{PUBLIC}/tags").json == []
    [waiting] = lea.read(f"{ADMIN}/tags")
    assert waiting.items() >= {"name": "Kettle", "requires_review": True, "trendable": False}.items()
    allowed = lea.do(f"{ADMIN}/tags/{waiting['id']}/approve")
    assert allowed.items() >= {"requires_review": False, "trendable": True}.items()
    [shown] = http.get(f"{PUBLIC}/tags").json
    assert shown["name"] == "Kettle" and http.get(PUBLIC).json == [shown]
    assert (shown["history"][0]["uses"], shown["history"][0]["accounts"], len(shown["history"])) == ("3", "3", 7)
    assert lea.do(f"{ADMIN}/tags/kettle/reject")["trendable"] is False and http.get(PUBLIC).json == []
    assert lea.send("PUT", "/api/v1/admin/tags/kettle", json={"trendable": True}).json["trendable"] is True
    assert lea.send("PUT", "/api/v1/admin/tags/kettle", json={"usable": False}).status_code == 422
    assert lea.read("/api/v1/admin/tags/kettle")["name"] == "Kettle"
    with services.db.read() as session:
        verbs = session.scalars(select(LogRow.verb).where(LogRow.object == "tag:Kettle").order_by(LogRow.seq)).all()
    assert verbs == ["trend_allowed", "trend_refused", "trend_allowed"]


def test_what_nobody_speaks_of_any_more_is_gone_and_the_answer_stays(
    crowd: list[Person], lea: Person, http: FlaskClient, services: Services, clock: FrozenClock
) -> None:
    for person in crowd:
        person.says("#kettle")
    counting.count(services)
    lea.do(f"{ADMIN}/tags/kettle/approve")
    clock.move(timedelta(days=3))
    counting.count(services)
    assert http.get(f"{PUBLIC}/tags").json == [] == lea.read(f"{ADMIN}/tags")
    for person in crowd:
        person.says("#kettle again")
    counting.count(services)
    assert [each["name"] for each in http.get(f"{PUBLIC}/tags").json] == ["kettle"]


def test_posts_that_many_like_are_shown_once_allowed_and_not_once_deleted(
    crowd: list[Person], lea: Person, http: FlaskClient, services: Services
) -> None:
    post, hidden = crowd[0].says("The light over the river"), crowd[1].says("spoilt", spoiler_text="the end")
    for person in crowd[1:]:
        person.do(f"/api/v1/statuses/{post['id']}/favourite")
        person.do(f"/api/v1/statuses/{hidden['id']}/favourite")
    counting.count(services)
    assert names(lea, f"{ADMIN}/statuses", "id") == [post["id"]]
    assert lea.do(f"{ADMIN}/statuses/{post['id']}/approve")["id"] == post["id"]
    assert [each["id"] for each in http.get(f"{PUBLIC}/statuses").json] == [post["id"]]
    assert crowd[0].send("DELETE", f"/api/v1/statuses/{post['id']}").status_code == 200
    assert http.get(f"{PUBLIC}/statuses").json == [] == lea.read(f"{ADMIN}/statuses")


def test_links_are_allowed_by_their_number(
    crowd: list[Person], lea: Person, http: FlaskClient, services: Services
) -> None:
    for person in crowd:
        person.says("Read https://news.example/kettle")
    counting.count(services)
    [link] = lea.read(f"{ADMIN}/links")
    assert link["url"] == "https://news.example/kettle" and link["requires_review"] is True
    lea.do(f"{ADMIN}/links/{link['id']}/approve")
    [shown] = http.get(f"{PUBLIC}/links").json
    assert (shown["url"], shown["provider_name"]) == ("https://news.example/kettle", "news.example")


def test_a_link_says_what_its_card_says_once_that_is_ready(
    crowd: list[Person], lea: Person, http: FlaskClient, services: Services
) -> None:
    for person in crowd:
        person.says("Read https://news.example/kettle#steam")
    counting.count(services)
    [link] = lea.read(f"{ADMIN}/links")
    lea.do(f"{ADMIN}/links/{link['id']}/approve")
    [waits] = http.get(f"{PUBLIC}/links").json
    assert (waits["title"], waits["description"], waits["image"]) == ("news.example/kettle", "", None)
    with services.db.write() as session:
        page = session.scalars(select(PreviewCardRow)).one()
        page.state, page.title, page.description = CardState.READY, "Hot water", "All about it"
        page.picture_url = "https://news.example/kettle.png"
    [ready] = http.get(f"{PUBLIC}/links").json
    assert (ready["url"], ready["title"], ready["description"]) == (
        "https://news.example/kettle#steam",
        "Hot water",
        "All about it",
    )
    assert "news.example" not in ready["image"], "a picture is shown from here"
    assert lea.read(f"{ADMIN}/links")[0]["title"] == "Hot water"
    assert ready["history"] == [] and set(ready) == set(waits) | {"language", "image_description", "published_at"}


def test_only_what_is_for_everybody_and_whoever_wants_to_be_found_counts(
    crowd: list[Person], http: FlaskClient, services: Services, lea: Person
) -> None:
    for person in crowd:
        person.says("#private", visibility="private")
        person.says("#quiet", visibility="unlisted")
        person.says("they are vermin #held")
    shy = [sign_in(http, services, f"shy{number}") for number in range(4)]
    for person in shy:
        person.says("#shy")
    counting.count(services)
    assert lea.read(f"{ADMIN}/tags") == []


def test_moderators_and_members_allow_nothing(crowd: list[Person], http: FlaskClient, services: Services) -> None:
    mia = sign_in(http, services, "mia", "read write admin:read admin:write", role=Role.MODERATOR)
    wanted: list[tuple[str, str]] = [("GET", f"{ADMIN}/tags"), ("POST", f"{ADMIN}/tags/kettle/approve")]
    for method, path in wanted:
        answers: list[Any] = [person.send(method, path).status_code for person in (mia, crowd[0])]
        assert answers == [403, 403], path


def test_a_hashtag_s_days_count_public_posts_that_are_shown(ana: Person, ben: Person) -> None:
    for text, who in (("One #Pier", ana), ("Two #pier", ana), ("Three #pier", ben)):
        who.says(text)
    gone = ben.says("Four #pier")
    ana.says("For friends #pier", visibility="private")
    ana.says("These are vermin #pier")
    ben.send("DELETE", f"/api/v1/statuses/{gone['id']}")
    wanted = [("3", "2")] + [("0", "0")] * 6
    search = ana.read("/api/v2/search?q=%23pier&type=hashtags")["hashtags"]
    ana.do("/api/v1/tags/pier/follow")
    for tag in (ana.read("/api/v1/tags/pier"), *search, *ana.read("/api/v1/followed_tags")):
        assert [(day["uses"], day["accounts"]) for day in tag["history"]] == wanted
