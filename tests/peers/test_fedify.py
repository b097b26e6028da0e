"""Ostiary and Fedify, an implementation that isn't ours, as two servers that talk: each thing is asserted on both sides.

It is one long acquaintance, so the tests of a form of signature run in the order in which they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.faults.test_deliveries import loopback
from tests.peers.fedify_peer import FedifyPeer, fedify
from tests.support.running import RunningServer, free_ports, running_server, wait_for

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 60.0
HATEFUL = "I hate all immigrants, they are vermin and should be wiped out."
Json = dict[str, Any]


@dataclass
class Town:
    """Ostiary with its members, and the other server."""

    server: RunningServer
    peer: FedifyPeer
    ana: dict[str, str]
    moderator: dict[str, str]

    @property
    def ana_uri(self) -> str:
        """A member here."""
        return f"{self.server.base_url}/users/ana"

    def get(self, path: str, who: dict[str, str] | None = None, **query: Any) -> Any:
        """What the client API says, as ana unless told otherwise."""
        answer = self.server.http.get(path, params=query, headers=who or self.ana)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, who: dict[str, str] | None = None, **given: Any) -> Json:
        """Have the client API do something."""
        answer = self.server.http.post(path, json=given, headers=who or self.ana)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def mira(self) -> Json:
        """Mira as ana's client sees her."""
        return next(iter(self.get("/api/v2/search", q=f"@{self.peer.handle}", resolve="true")["accounts"]))

    def home(self) -> dict[str, Json]:
        """Ana's home timeline by URI."""
        return {status["uri"]: status for status in self.get("/api/v1/timelines/home")}

    def eventually(self, condition: Callable[[], object], what: str) -> None:
        """Wait for it; what the peer printed, when it doesn't come."""
        try:
            wait_for(lambda: bool(condition()), what, PATIENCE_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}\nFedify said:\n{self.peer.said()[-3000:]}") from error


@pytest.fixture(scope="module", params=["rfc9421", "draft-cavage-http-signatures-12"])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Both servers, with the form of signature that the other one tries first."""
    port = free_ports()
    with (
        fedify(request.param) as peer,
        running_server(tmp_path_factory.mktemp("ostiary"), loopback(port), port) as server,
    ):
        yield Town(server, peer, server.member("ana"), server.member("mod", "moderator"))


def test_a_member_finds_somebody_there_and_follows_her(town: Town) -> None:
    mira = town.mira()
    assert mira["acct"] == town.peer.handle and mira["uri"] == town.peer.mira
    assert mira["display_name"] == "Mira" and "Made of Fedify" in mira["note"]
    town.post(f"/api/v1/accounts/{mira['id']}/follow")
    town.eventually(lambda: town.ana_uri in town.peer.followers(), "the follow arrived there")
    town.eventually(
        lambda: town.get("/api/v1/accounts/relationships", **{"id[]": mira["id"]})[0]["following"],
        "its Accept arrived here",
    )


def test_she_reads_our_actor_and_follows_back(town: Town) -> None:
    seen = town.peer.do("look", uri=town.ana_uri)
    assert seen["preferredUsername"] == "ana" and seen["type"] == "Person"
    town.peer.do("follow", uri=town.ana_uri)
    town.eventually(lambda: town.peer.received("Accept"), "our Accept arrived there")
    assert town.get("/api/v1/accounts/verify_credentials")["followers_count"] == 1
    assert [n["type"] for n in town.get("/api/v1/notifications")] == ["follow"]


def test_her_post_passes_the_door_and_is_edited_and_deleted(town: Town) -> None:
    uri = town.peer.do("post", text="The ferry left at noon with eleven bicycles.", to=town.ana_uri)["id"]
    town.eventually(lambda: uri in town.home(), "the post is in ana's home")
    status = town.home()[uri]
    assert "eleven bicycles" in status["content"] and [m["acct"] for m in status["mentions"]] == ["ana"]
    town.peer.do("edit", id=uri, text="The ferry left at noon with twelve bicycles.")
    town.eventually(lambda: "twelve" in town.home()[uri]["content"], "the edit is seen")
    assert town.home()[uri]["edited_at"] is not None
    history = town.get(f"/api/v1/statuses/{status['id']}/history")
    assert ["eleven" in history[0]["content"], "twelve" in history[-1]["content"]] == [True, True]
    town.peer.do("delete", id=uri)
    town.eventually(lambda: uri not in town.home(), "the post is gone")


def test_our_post_reaches_her_and_is_edited_and_deleted(town: Town) -> None:
    status = town.post("/api/v1/statuses", status="Eleven gannets on the north rock this morning.")

    def about(kind: str) -> list[Json]:
        return [a for a in town.peer.received(kind) if status["uri"] in str(a["object"])]

    town.eventually(lambda: about("Create"), "the Create arrived")
    assert "gannets" in about("Create")[0]["object"]["content"]
    answer = town.server.http.put(
        f"/api/v1/statuses/{status['id']}", json={"status": "Twelve gannets, in fact."}, headers=town.ana
    )
    assert answer.status_code == 200, answer.text
    town.eventually(lambda: about("Update"), "the Update arrived")
    assert "Twelve gannets" in about("Update")[0]["object"]["content"]
    assert town.server.http.delete(f"/api/v1/statuses/{status['id']}", headers=town.ana).status_code == 200
    town.eventually(lambda: about("Delete"), "the Delete arrived")


def test_what_we_say_carries_a_proof_that_holds_there(town: Town) -> None:
    town.eventually(lambda: len(town.peer.do("state")["proved"]) >= 4, "our activities carry proofs")
    proved = town.peer.do("state")["proved"]
    assert all(proved.values()), proved
    assert any(uri.endswith("/activity") for uri in proved) and any("#updates/" in uri for uri in proved)


def test_what_she_proved_is_hers_whoever_passes_it_on(town: Town) -> None:
    uri = town.peer.do("passOn", text="The lock gates open at nine, says the keeper.", to=town.ana_uri)["id"]
    town.eventually(lambda: uri in town.home(), "the post that nils passed on is in ana's home")
    assert town.home()[uri]["account"]["uri"] == town.peer.mira
    with pytest.raises(AssertionError, match="proof_wrong"):
        town.peer.do("passOn", text="The lock gates open at ten.", to=town.ana_uri, forge=True)


def test_both_answer_like_and_boost_each_other(town: Town) -> None:
    ours = town.post("/api/v1/statuses", status="Repaired the copper kettle, it sings a third lower.")
    theirs = town.peer.do("post", text="Which kettle was it, the old one?", to=town.ana_uri, answers=ours["uri"])["id"]
    town.eventually(lambda: theirs in town.home(), "her answer is here")
    assert town.home()[theirs]["in_reply_to_id"] == ours["id"]
    town.peer.do("like", uri=ours["uri"])
    town.peer.do("boost", uri=ours["uri"])

    def counts() -> tuple[int, int, int]:
        seen = town.get(f"/api/v1/statuses/{ours['id']}")
        return seen["replies_count"], seen["favourites_count"], seen["reblogs_count"]

    town.eventually(lambda: counts() == (1, 1, 1), "answer, like and boost are counted")
    known = town.home()[theirs]["id"]
    town.post(f"/api/v1/statuses/{known}/favourite")
    town.post(f"/api/v1/statuses/{known}/reblog")
    answer = town.post("/api/v1/statuses", status=f"@{town.peer.handle} The old one.", in_reply_to_id=known)
    for kind in ("Like", "Announce"):
        town.eventually(lambda kind=kind: [a for a in town.peer.received(kind) if a["object"] == theirs], f"our {kind}")
    town.eventually(
        lambda: [a for a in town.peer.received("Create") if a["object"].get("inReplyTo") == theirs], "our answer"
    )
    town.post(f"/api/v1/statuses/{known}/unfavourite")
    town.eventually(lambda: town.peer.received("Undo"), "the Undo of our like")
    assert answer["in_reply_to_id"] == known


def test_both_vote_in_each_other_s_polls(town: Town) -> None:
    poll = {"options": ["Copper", "Iron"], "expires_in": 3600}
    ours = town.post("/api/v1/statuses", status="Which kettle sings better?", poll=poll)
    town.peer.do("vote", uri=ours["uri"], name="Iron")

    def votes() -> list[int]:
        return [option["votes_count"] for option in town.get(f"/api/v1/polls/{ours['id']}")["options"]]

    town.eventually(lambda: votes() == [0, 1], "her vote is counted")
    theirs = town.peer.do("ask", text="Which kettle is yours?", options=["The old one", "The new one"])["id"]
    town.eventually(lambda: theirs in town.home(), "her poll is here")
    asked = town.home()[theirs]["poll"]
    assert [option["title"] for option in asked["options"]] == ["The old one", "The new one"]
    assert town.post(f"/api/v1/polls/{asked['id']}/votes", choices=[0])["own_votes"] == [0]
    town.eventually(
        lambda: [a for a in town.peer.received("Create") if a["object"].get("name") == "The old one"], "our vote"
    )
    (vote,) = [a["object"] for a in town.peer.received("Create") if a["object"].get("inReplyTo") == theirs]
    assert vote["attributedTo"] == town.ana_uri and "content" not in vote


def test_each_quotes_the_other_with_leave(town: Town) -> None:
    ours = town.post("/api/v1/statuses", status="The keeper of the lock plays the accordion.")
    theirs = town.peer.do("quote", text="So that is who it was.", uri=ours["uri"])["id"]
    stamps = lambda: [a["result"] for a in town.peer.received("Accept") if "result" in a]  # noqa: E731
    town.eventually(stamps, "our Accept with a stamp arrived")
    stamp = town.peer.do("look", uri=stamps()[-1])
    assert (stamp["type"], stamp["interactingObject"], stamp["interactionTarget"], stamp["attributedTo"]) == (
        "QuoteAuthorization",
        theirs,
        ours["uri"],
        town.ana_uri,
    )
    (quoting,) = town.get(f"/api/v1/statuses/{ours['id']}/quotes")
    assert (quoting["uri"], quoting["quote"]["state"]) == (theirs, "accepted")
    uri = town.peer.do("post", text="The lock gates were oiled today.", to=town.ana_uri)["id"]
    town.eventually(lambda: uri in town.home(), "her post is here")
    status = town.post("/api/v1/statuses", status="At last.", quoted_status_id=town.home()[uri]["id"])
    assert status["quote"]["state"] == "pending"

    def quote() -> Json:
        found: Json = town.get(f"/api/v1/statuses/{status['id']}")["quote"]
        return found

    town.eventually(lambda: quote()["state"] == "accepted", "her Accept arrived here")
    assert quote()["quoted_status"]["uri"] == uri
    (asked,) = [a for a in town.peer.received("QuoteRequest") if a["object"] == uri]
    assert asked["instrument"]["id"] == status["uri"] and asked["instrument"]["quote"] == uri
    told = lambda: [a for a in town.peer.received("Update") if a["object"].get("id") == status["uri"]]  # noqa: E731
    town.eventually(told, "our Update with her stamp")
    assert town.peer.do("look", uri=told()[-1]["object"]["quoteAuthorization"])["type"] == "QuoteAuthorization"


def test_a_hateful_post_waits_until_a_moderator_lets_it_in(town: Town) -> None:
    uri = town.peer.do("post", text=HATEFUL, to=town.ana_uri)["id"]

    def case() -> Json | None:
        found = town.get("/api/ostiary/v1/cases", town.moderator, state="open")
        return next((each for each in found if uri in str(each)), None)

    town.eventually(case, "it is a case")
    assert uri not in town.home()
    waiting = case()
    assert waiting is not None
    decided = town.post(
        f"/api/ostiary/v1/cases/{waiting['id']}/decisions",
        town.moderator,
        action="approve",
        version=waiting["version"],
    )
    assert decided["id"]
    town.eventually(lambda: next(iter(town.home())) == uri, "it stands at the top of ana's home")


def test_reports_cross_both_ways_without_names(town: Town) -> None:
    ours = town.post("/api/v1/statuses", status="A perfectly ordinary sentence about turnips.")
    town.peer.do("flag", uris=[town.ana_uri, ours["uri"]], text="Turnips offend me", to=town.ana_uri)
    town.eventually(
        lambda: "Turnips offend me"
        in str([town.get(f"/api/ostiary/v1/cases/{c['id']}", town.moderator)
                for c in town.get("/api/ostiary/v1/cases", town.moderator, state="open")]),
        "her report is a case",
    )  # fmt: skip
    mira = town.mira()
    town.post("/api/v1/reports", account_id=mira["id"], comment="Something about kettles", forward=True)
    town.server.send_what_waits("Flag")
    town.eventually(lambda: town.peer.received("Flag"), "our report arrived there")
    flag = town.peer.received("Flag")[0]
    assert flag["actor"] == f"{town.server.base_url}/actor" and "ana" not in str(flag)


def test_her_move_is_believed_and_followers_come_along(town: Town) -> None:
    town.peer.do("move")
    town.eventually(lambda: town.ana_uri in town.peer.followers("nils"), "ana follows nils now")
    assert town.mira()["moved"]["uri"] == town.peer.nils


def test_a_blocked_domain_is_refused_and_can_fetch_nothing(town: Town) -> None:
    domain = f"127.0.0.1:{town.peer.port}"
    town.server.cli("domain", "block", domain)
    with pytest.raises(AssertionError, match="nothing at"):
        town.peer.do("look", uri=town.ana_uri)
    with pytest.raises(AssertionError, match="403"):
        town.peer.do("knock", uri=town.ana_uri)
    assert not [uri for uri in town.home() if uri.startswith(town.peer.url)]
