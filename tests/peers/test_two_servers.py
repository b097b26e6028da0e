"""Two Ostiary servers, one on SQLite and one on PostgreSQL, that talk: in the open, and where both ask who is there.

Each is asked through the client API alone. It is one long acquaintance, in the order in which it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.test_deliveries import loopback
from tests.support import postgres
from tests.support.running import PASSWORD, RunningServer, free_ports, running_server, wait_for

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 60.0
Json = dict[str, Any]


@dataclass
class House:
    """A server, one of its members and its moderator."""

    server: RunningServer
    name: str
    who: dict[str, str]
    moderator: dict[str, str]

    @property
    def handle(self) -> str:
        """The member's, as others write it."""
        return f"{self.name}@localhost:{self.server.port}"

    def get(self, path: str, who: dict[str, str] | None = None, **query: Any) -> Any:
        """What the client API says, to the member unless told otherwise."""
        answer = self.server.http.get(path, params=query, headers=who or self.who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, who: dict[str, str] | None = None, **given: Any) -> Json:
        """Have the client API do something."""
        answer = self.server.http.post(path, json=given, headers=who or self.who)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def find(self, other: House) -> Json:
        """The other's member as seen here."""
        return next(iter(self.get("/api/v2/search", q=f"@{other.handle}", resolve="true")["accounts"]))

    def home(self) -> dict[str, Json]:
        """The member's home timeline by URI, without boosts."""
        return {status["uri"]: status for status in self.get("/api/v1/timelines/home")}

    def follows(self, other: House) -> bool:
        """Whether the follow was accepted."""
        return bool(self.get("/api/v1/accounts/relationships", **{"id[]": self.find(other)["id"]})[0]["following"])


Houses = tuple[House, House]


def eventually(condition: Callable[[], object], what: str) -> None:
    """Wait for it."""
    wait_for(lambda: bool(condition()), what, PATIENCE_SECONDS)


@pytest.fixture(scope="module", params=["", "1"], ids=["open", "secure"])
def houses(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_folder: Path, worker_name: str
) -> Iterator[Houses]:
    """North keeps its rows in SQLite, south in PostgreSQL."""
    database = f"south_{worker_name}_{request.param}"
    postgres.make_database(postgres_folder, database)
    secure = {"OSTIARY_SECURE_MODE": request.param} if request.param else {}
    north_port = free_ports()
    with running_server(tmp_path_factory.mktemp("north"), loopback(north_port) | secure, north_port) as north:
        south_port = free_ports()
        environment = loopback(south_port) | secure
        environment |= {"OSTIARY_DATABASE_URL": postgres.url(postgres_folder, database)}
        with running_server(tmp_path_factory.mktemp("south"), environment, south_port) as south:
            yield _house(north, "ana"), _house(south, "sven")


def _house(server: RunningServer, name: str) -> House:
    return House(server, name, server.member(name), server.member(f"{name}smod", "moderator"))


def test_they_find_and_follow_each_other(houses: Houses) -> None:
    for here, there in (houses, houses[::-1]):
        here.post(f"/api/v1/accounts/{here.find(there)['id']}/follow")
        eventually(lambda here=here, there=there: here.follows(there), f"{here.name} follows {there.name}")


def test_a_post_its_answer_its_boost_and_its_like_are_seen_on_both(houses: Houses) -> None:
    ana, sven = houses
    asked = ana.post("/api/v1/statuses", status="Which freewheel hub is the quietest that you know?")
    eventually(lambda: asked["uri"] in sven.home(), "the question is in sven's home")
    seen = sven.home()[asked["uri"]]
    sven.post(f"/api/v1/statuses/{seen['id']}/favourite")
    sven.post(f"/api/v1/statuses/{seen['id']}/reblog")
    answer = sven.post(
        "/api/v1/statuses", status=f"@{ana.handle} The one on my mother's bicycle.", in_reply_to_id=seen["id"]
    )

    def counted() -> tuple[int, int, int]:
        status = ana.get(f"/api/v1/statuses/{asked['id']}")
        return status["replies_count"], status["favourites_count"], status["reblogs_count"]

    eventually(lambda: counted() == (1, 1, 1), "answer, like and boost are counted at ana's")
    thread = ana.get(f"/api/v1/statuses/{asked['id']}/context")
    assert [status["uri"] for status in thread["descendants"]] == [answer["uri"]]
    assert {n["type"] for n in ana.get("/api/v1/notifications")} == {"follow", "mention", "favourite", "reblog"}


def test_a_poll_is_asked_there_and_voted_in_from_here(houses: Houses) -> None:
    ana, sven = houses
    poll = {"options": ["Ferry", "Bicycle", "On foot"], "expires_in": 3600, "multiple": True}
    asked = ana.post("/api/v1/statuses", status="How do you get to the island?", poll=poll)
    eventually(lambda: asked["uri"] in sven.home(), "the poll is in sven's home")
    seen = sven.home()[asked["uri"]]["poll"]
    assert [option["title"] for option in seen["options"]] == poll["options"] and not seen["voted"]
    voted = sven.post(f"/api/v1/polls/{seen['id']}/votes", choices=[0, 2])
    assert (voted["own_votes"], voted["voters_count"]) == ([0, 2], 1)

    def counted() -> tuple[list[int], int]:
        poll = ana.get(f"/api/v1/polls/{asked['poll']['id']}")
        return [option["votes_count"] for option in poll["options"]], poll["voters_count"]

    eventually(lambda: counted() == ([1, 0, 1], 1), "both choices and one voter are counted at ana's")
    assert ana.get(f"/api/v1/statuses/{asked['id']}")["replies_count"] == 0


def test_a_quote_is_asked_for_shown_on_both_and_taken_back(houses: Houses) -> None:
    ana, sven = houses
    quoted = ana.post("/api/v1/statuses", status="The ferry has left, and the bicycles are still here.")
    eventually(lambda: quoted["uri"] in sven.home(), "it is in sven's home")
    seen = sven.home()[quoted["uri"]]
    assert seen["quote_approval"] == {"automatic": ["public"], "manual": [], "current_user": "automatic"}
    quoting = sven.post("/api/v1/statuses", status="Mine too.", quoted_status_id=seen["id"])
    assert quoting["quote"] == {"state": "pending", "quoted_status": None}

    def shown(house: House) -> Any:
        return house.home().get(quoting["uri"], {}).get("quote")

    def shows(house: House) -> bool:
        quote = shown(house)
        return bool(quote and quote["state"] == "accepted" and quote["quoted_status"]["uri"] == quoted["uri"])

    for house in houses:
        eventually(lambda house=house: shows(house), f"the quote is shown at {house.name}'s")
    assert "quote" in [notice["type"] for notice in ana.get("/api/v1/notifications")]
    assert ana.get(f"/api/v1/statuses/{quoted['id']}")["quotes_count"] == 1
    there = ana.home()[quoting["uri"]]["id"]
    ana.post(f"/api/v1/statuses/{quoted['id']}/quotes/{there}/revoke")
    for house in houses:
        eventually(
            lambda house=house: shown(house) == {"state": "revoked", "quoted_status": None},
            f"it is taken back at {house.name}'s",
        )


def test_nobody_quotes_what_its_author_keeps_for_herself(houses: Houses) -> None:
    ana, sven = houses
    mine = ana.post("/api/v1/statuses", status="A thought that is mine alone.", quote_approval_policy="nobody")
    eventually(lambda: mine["uri"] in sven.home(), "it is in sven's home")
    seen = sven.home()[mine["uri"]]
    assert seen["quote_approval"]["current_user"] == "denied"
    wanted = {"status": "Mine too.", "quoted_status_id": seen["id"]}
    assert sven.server.http.post("/api/v1/statuses", json=wanted, headers=sven.who).status_code == 422


def test_an_edit_and_a_deletion_are_seen_there(houses: Houses) -> None:
    ana, sven = houses
    status = ana.post("/api/v1/statuses", status="The tram was late again.")
    eventually(lambda: status["uri"] in sven.home(), "it is in sven's home")
    edit = {"status": "The tram was on time, for once."}
    assert ana.server.http.put(f"/api/v1/statuses/{status['id']}", json=edit, headers=ana.who).status_code == 200
    eventually(lambda: "on time" in sven.home()[status["uri"]]["content"], "the edit is seen")
    assert ana.server.http.delete(f"/api/v1/statuses/{status['id']}", headers=ana.who).status_code == 200
    eventually(lambda: status["uri"] not in sven.home(), "it is gone")


def test_a_post_for_followers_is_fetched_by_nobody_else(houses: Houses) -> None:
    ana, sven = houses
    status = ana.post("/api/v1/statuses", status="For those who follow me: soup at eight.", visibility="private")
    eventually(lambda: status["uri"] in sven.home(), "it is in sven's home")
    assert sven.home()[status["uri"]]["visibility"] == "private"
    asked = ana.server.http.get(status["uri"], headers={"Accept": "application/activity+json"})
    assert asked.status_code in (401, 404)


def test_documents_are_for_those_who_sign_where_that_is_asked(houses: Houses, request: pytest.FixtureRequest) -> None:
    ana, sven = houses
    status = ana.post("/api/v1/statuses", status="Counted cranes on the bog since dawn: thirty-one.")
    secure = "secure" in request.node.name
    for uri in (status["uri"], f"{ana.server.base_url}/users/ana"):
        asked = ana.server.http.get(uri, headers={"Accept": "application/activity+json"})
        assert asked.status_code == (401 if secure else 200), uri
    house = ana.server.http.get("/actor", headers={"Accept": "application/activity+json"})
    assert house.status_code == 200 and house.json()["publicKey"]["publicKeyPem"]
    found = sven.get("/api/v2/search", q=status["uri"], resolve="true")["statuses"]
    assert [each["uri"] for each in found] == [status["uri"]]


def test_a_report_becomes_a_case_there_without_its_reporters_name(houses: Houses) -> None:
    ana, sven = houses
    told = sven.find(ana)["id"]
    sven.post(
        "/api/v1/reports", account_id=told, comment="She talks of soup all day", forward=True, forward_comment=True
    )
    sven.server.send_what_waits("Flag")

    def cases() -> str:
        listed = ana.get("/api/ostiary/v1/cases", ana.moderator, state="open")
        return str([ana.get(f"/api/ostiary/v1/cases/{case['id']}", ana.moderator) for case in listed])

    eventually(lambda: "talks of soup" in cases(), "it is a case at ana's")
    assert "sven" not in cases().replace(f"localhost:{sven.server.port}", "")


def test_a_hateful_post_is_held_there_and_shown_once_let_in(houses: Houses) -> None:
    ana, sven = houses
    hateful = "I hate all immigrants, they are vermin and should be wiped out."
    held = ana.post("/api/v1/statuses", status=f"@{sven.handle} {hateful}")
    assert held["uri"] not in sven.home()
    case = ana.get("/api/ostiary/v1/cases", ana.moderator, state="open", label="hate")[0]
    ana.post(f"/api/ostiary/v1/cases/{case['id']}/decisions", ana.moderator, action="approve", version=case["version"])

    def waits_at_svens() -> bool:
        return held["uri"] in str(sven.get("/api/ostiary/v1/cases", sven.moderator, state="open"))

    eventually(waits_at_svens, "let in at ana's, it travels, and waits at sven's own door")
    assert held["uri"] not in sven.home()


def test_a_server_that_is_suspended_loses_its_follows_and_gets_them_back_when_it_is_let_in_again(
    houses: Houses,
) -> None:
    ana, sven = houses
    known, domain = ana.find(sven)["id"], f"localhost:{sven.server.port}"

    def follow() -> tuple[bool, bool]:
        found = ana.get("/api/v1/accounts/relationships", **{"id[]": known})[0]
        return found["following"], found["followed_by"]

    assert follow() == (True, True)
    ana.server.cli("domain", "block", domain, "--public-comment", "A quarrel.")
    assert ana.get("/api/v2/search", q=f"@{sven.handle}")["accounts"] == [], "hidden at once"
    assert sven.follows(ana), "nothing has left while it can be undone"
    ana.server.rules_about_servers_are_old()
    eventually(lambda: follow() == (False, False), "ana lost both follows")
    eventually(lambda: not sven.follows(ana), "sven's server was told")
    told = next(each for each in ana.get("/api/v1/notifications") if each["type"] == "severed_relationships")
    assert told["event"] | {"id": "", "created_at": ""} == {
        "id": "",
        "type": "domain_block",
        "purged": False,
        "target_name": domain,
        "followers_count": 1,
        "following_count": 1,
        "created_at": "",
    }
    unseen = sven.post("/api/v1/statuses", status="The ferry that nobody at ana's hears of.")
    ana.server.cli("domain", "unblock", domain)
    presses(ana, "/settings/moving", "/settings/moving/follow-again")
    eventually(lambda: follow()[0], "ana follows sven again")
    sven.post(f"/api/v1/accounts/{sven.find(ana)['id']}/follow")
    eventually(lambda: follow() == (True, True), "and sven follows ana again")
    seen = sven.post("/api/v1/statuses", status="The ferry is back.")
    eventually(lambda: seen["uri"] in ana.home(), "sven's posts come again")
    assert unseen["uri"] not in ana.home()


def presses(house: House, page: str, action: str) -> None:
    """The member signs in by the pages, and presses a button there."""
    with httpx.Client(base_url=house.server.base_url, follow_redirects=True) as visitor:
        for place, to, fields in (
            ("/sign-in", "/sign-in", {"name": house.name, "password": PASSWORD}),
            (page, action, {}),
        ):
            token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(place).text)
            assert token is not None, place
            answer = visitor.post(to, data={"csrf_token": token[1], **fields}, headers={"Referer": place})
            assert answer.status_code == 200, answer.text


def test_a_blocked_member_and_a_blocked_domain_are_cut_off(houses: Houses) -> None:
    ana, sven = houses
    ana.post(f"/api/v1/accounts/{ana.find(sven)['id']}/block")
    eventually(lambda: not sven.follows(ana), "sven follows ana no more")
    status = sven.post("/api/v1/statuses", status="Nobody at ana's will see this one.")
    ana.server.cli("domain", "block", f"localhost:{sven.server.port}")
    seen = ana.server.http.get("/api/v2/search", params={"q": f"@{sven.handle}"}, headers=ana.who).json()
    assert seen["accounts"] == []
    assert status["uri"] not in ana.home()
    refused = sven.server.http.get("/api/v2/search", params={"q": held_name(ana), "resolve": "true"}, headers=sven.who)
    assert refused.json()["accounts"] == []


def held_name(house: House) -> str:
    """Somebody there whom nobody has asked for yet."""
    return f"@anasmod@localhost:{house.server.port}"
