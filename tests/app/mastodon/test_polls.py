"""Polls by the client API: asked, looked at, voted in, over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import FrozenClock
from app.enforcement import enact
from app.federation.tables import Wanted, WantedRow
from app.polls import closing
from app.posts import admission
from app.posts.drafts import PostDraft
from app.posts.tables import PostKind, PostRow
from app.services import Services
from moderation.cases import decisions
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.values import Action, Visibility
from tests.app.mastodon import people
from tests.app.mastodon.people import Person


def ask(who: Person, **poll: Any) -> dict[str, Any]:
    asked = {"options": ["Yes", "No", "Perhaps"], "expires_in": 3600, **poll}
    status: dict[str, Any] = who.do("/api/v1/statuses", json={"status": "Tea?", "poll": asked})
    return status


def vote(who: Person, poll_id: str, *choices: int) -> Any:
    return who.post(f"/api/v1/polls/{poll_id}/votes", json={"choices": [str(one) for one in choices]})


def later(services: Services, by: timedelta) -> None:
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(by)


def let_in(services: Services) -> None:
    """A moderator approves what waits."""
    with services.db.write() as session:
        case = session.scalars(select(CaseRow)).one()
        asked = DecisionRequest(Action.APPROVE, reason="read")
        decided = decisions.decide(session, case.id, asked, "ada", services.clock.now())
        enact.enact(services, session, decided.effects)


def test_a_vote_is_counted_and_each_sees_what_is_theirs(ana: Person, ben: Person) -> None:
    poll_id = ask(ana)["poll"]["id"]
    answer = vote(ben, poll_id, 1)
    assert answer.status_code == 200
    assert answer.json == {
        "id": poll_id,
        "expires_at": "2026-03-02T13:00:00.000Z",
        "expired": False,
        "multiple": False,
        "votes_count": 1,
        "voters_count": 1,
        "options": [
            {"title": "Yes", "votes_count": 0},
            {"title": "No", "votes_count": 1},
            {"title": "Perhaps", "votes_count": 0},
        ],
        "emojis": [],
        "voted": True,
        "own_votes": [1],
    }
    assert ben.read(f"/api/v1/statuses/{poll_id}")["poll"] == answer.json
    mine = ana.read(f"/api/v1/polls/{poll_id}")
    assert (mine["voted"], mine["own_votes"], mine["votes_count"]) == (True, [], 1)
    stranger = ana.http.get(f"/api/v1/polls/{poll_id}", base_url="https://ostiary.example").json
    assert "voted" not in stranger and "own_votes" not in stranger


def test_several_may_be_chosen_where_that_is_asked(ana: Person, ben: Person) -> None:
    poll_id = ask(ana, multiple=True)["poll"]["id"]
    poll = vote(ben, poll_id, 0, 2).json
    assert (poll["own_votes"], poll["votes_count"], poll["voters_count"]) == ([0, 2], 2, 1)


@pytest.mark.parametrize(
    ("choices", "why"),
    [
        ([], "Choices can't be blank"),
        ([3], "The chosen vote option does not exist"),
        ([0, 1], "You have already voted on this poll"),
        (["-1"], "The chosen vote option does not exist"),
        (["one"], "The chosen vote option does not exist"),
    ],
)
def test_what_is_no_choice_is_refused(ana: Person, ben: Person, choices: list[Any], why: str) -> None:
    poll_id = ask(ana)["poll"]["id"]
    answer = ben.post(f"/api/v1/polls/{poll_id}/votes", json={"choices": choices})
    assert (answer.status_code, answer.json["error"]) == (422, f"Validation failed: {why}")
    assert ana.read(f"/api/v1/polls/{poll_id}")["votes_count"] == 0


def test_twice_too_late_and_in_one_s_own_poll_nobody_votes(ana: Person, ben: Person, services: Services) -> None:
    poll_id = ask(ana)["poll"]["id"]
    vote(ben, poll_id, 1)
    said = [vote(ben, poll_id, 0).json["error"], vote(ana, poll_id, 0).json["error"]]
    later(services, timedelta(hours=1))
    said.append(vote(ben, poll_id, 0).json["error"])
    assert said == [
        "Validation failed: You have already voted on this poll",
        "Validation failed: You cannot vote in your own polls",
        "Validation failed: The poll has already ended",
    ]


def test_totals_that_are_hidden_show_when_it_is_over(ana: Person, ben: Person, services: Services) -> None:
    poll_id = ask(ana, hide_totals=True)["poll"]["id"]
    assert [one["votes_count"] for one in vote(ben, poll_id, 1).json["options"]] == [None] * 3
    later(services, timedelta(hours=1))
    poll = ben.read(f"/api/v1/statuses/{poll_id}")["poll"]
    assert poll["expired"] and [one["votes_count"] for one in poll["options"]] == [0, 1, 0]


def test_author_and_voters_hear_that_it_is_over(ana: Person, ben: Person, services: Services) -> None:
    poll_id = ask(ana)["poll"]["id"]
    vote(ben, poll_id, 1)
    later(services, timedelta(hours=1))
    closing.drain(services)
    for who in (ana, ben):
        (told,) = who.read("/api/v1/notifications?types[]=poll")
        assert (told["type"], told["status"]["id"], told["account"]["id"]) == ("poll", poll_id, ana.id)
        assert told["status"]["poll"]["expired"]


def test_nobody_sees_or_votes_in_a_poll_that_is_not_for_them(ana: Person, ben: Person) -> None:
    asked = {"options": ["Yes", "No"], "expires_in": 3600}
    sent = {"status": "Tea?", "poll": asked, "visibility": "private"}
    poll_id = ana.do("/api/v1/statuses", json=sent)["poll"]["id"]
    assert ben.get(f"/api/v1/polls/{poll_id}").status_code == 404
    assert vote(ben, poll_id, 0).status_code == 404
    plain = ana.do("/api/v1/statuses", json={"status": "No poll."})["id"]
    assert (ben.get(f"/api/v1/polls/{plain}").status_code, vote(ben, plain, 0).status_code) == (404, 422)


def test_an_edit_changes_options_and_takes_the_votes(ana: Person, ben: Person) -> None:
    poll_id = ask(ana)["poll"]["id"]
    vote(ben, poll_id, 1)
    same = {"options": ["Yes", "No", "Perhaps"], "expires_in": 3600}
    kept = ana.send("PUT", f"/api/v1/statuses/{poll_id}", json={"status": "Tea now?", "poll": same}).json["poll"]
    assert kept["votes_count"] == 1
    sent = {"status": "Tea now?", "poll": {"options": ["Yes", "Never"], "expires_in": 7200}}
    poll = ana.send("PUT", f"/api/v1/statuses/{poll_id}", json=sent).json["poll"]
    assert [one["title"] for one in poll["options"]] == ["Yes", "Never"]
    versions = [each["poll"]["options"] for each in ben.read(f"/api/v1/statuses/{poll['id']}/history")]
    asked = [[one["title"] for one in each] for each in versions]
    assert asked[0] == ["Yes", "No", "Perhaps"] and asked[-1] == ["Yes", "Never"]
    assert (poll["votes_count"], poll["voters_count"], poll["expires_at"]) == (0, 0, "2026-03-02T14:00:00.000Z")
    assert ben.read(f"/api/v1/polls/{poll_id}")["voted"] is False


def test_an_edit_without_a_poll_takes_it_away(ana: Person, ben: Person, services: Services) -> None:
    poll_id = ask(ana)["poll"]["id"]
    vote(ben, poll_id, 1)
    assert ana.send("PUT", f"/api/v1/statuses/{poll_id}", json={"status": "No tea."}).json["poll"] is None
    assert ben.get(f"/api/v1/polls/{poll_id}").status_code == 404
    later(services, timedelta(hours=1))
    closing.drain(services)
    assert ben.read("/api/v1/notifications?types[]=poll") == []


def test_an_edit_adds_a_poll_that_ends_in_time(ana: Person, ben: Person, services: Services) -> None:
    number = ana.do("/api/v1/statuses", json={"status": "Tea."})["id"]
    asked = {"options": ["Yes", "No"], "expires_in": 3600}
    poll = ana.send("PUT", f"/api/v1/statuses/{number}", json={"status": "Tea?", "poll": asked}).json["poll"]
    assert (poll["id"], poll["expires_at"]) == (number, "2026-03-02T13:00:00.000Z")
    assert vote(ben, number, 0).json["votes_count"] == 1
    with services.db.read() as session:
        assert session.scalars(select(PostRow.kind)).one() is PostKind.QUESTION
    later(services, timedelta(hours=1))
    closing.drain(services)
    assert [told["status"]["id"] for told in ben.read("/api/v1/notifications?types[]=poll")] == [number]


def test_a_poll_that_waited_with_its_edit_is_open_for_its_whole_time(
    ana: Person, ben: Person, services: Services
) -> None:
    number = ana.do("/api/v1/statuses", json={"status": "Tea."})["id"]
    asked = {"options": ["Yes, you vermin", "No"], "expires_in": 3600}
    ana.send("PUT", f"/api/v1/statuses/{number}", json={"status": "Tea?", "poll": asked})
    assert ben.read(f"/api/v1/statuses/{number}")["poll"] is None
    later(services, timedelta(hours=2))
    let_in(services)
    assert ben.read(f"/api/v1/statuses/{number}")["poll"]["expires_at"] == "2026-03-02T15:00:00.000Z"
    assert vote(ben, number, 1).json["votes_count"] == 1


def test_a_poll_from_elsewhere_is_asked_for_when_a_member_looks_but_not_again_and_again(
    ana: Person, services: Services
) -> None:
    mallory = people.remote(services, "mallory")
    now = services.clock.now()
    poll = {
        "options": [{"title": "Yes", "votes": 1}, {"title": "No", "votes": 2}],
        "multiple": False,
        "hide_totals": False,
        "expires_at": (now + timedelta(days=1)).isoformat(),
        "voters": 3,
    }
    draft = PostDraft(
        uri=f"{mallory.uri}/1",
        actor_id=mallory.id,
        local=False,
        kind=PostKind.QUESTION,
        visibility=Visibility.PUBLIC,
        submitted_at=now,
        published_at=now,
        content="<p>Tea?</p>",
        text="Tea?",
        poll=poll,
    )
    pk = admission.admit_one(services, draft).pk
    with services.db.read() as session:
        public_id = session.get_one(PostRow, pk).id

    def asked_at() -> Any:
        with services.db.read() as session:
            row = session.get(WantedRow, (draft.uri, Wanted.AGAIN))
            return row.asked_at if row else None

    ana.read(f"/api/v1/polls/{public_id}")
    assert asked_at() is None
    later(services, timedelta(minutes=11))
    assert ana.http.get(f"/api/v1/polls/{public_id}", base_url="https://ostiary.example").status_code == 200
    assert asked_at() is None
    ana.read(f"/api/v1/polls/{public_id}")
    first = asked_at()
    later(services, timedelta(minutes=5))
    ana.read(f"/api/v1/polls/{public_id}")
    assert first is not None and asked_at() == first


def test_a_frozen_member_votes_in_nothing(ana: Person, http: FlaskClient, services: Services) -> None:
    poll_id = ask(ana)["poll"]["id"]
    mallory = people.sign_in(http, services, "mallory", frozen_at=services.clock.now())
    assert vote(mallory, poll_id, 1).status_code == 403
    assert ana.read(f"/api/v1/polls/{poll_id}")["votes_count"] == 0


def test_an_edit_that_a_moderator_lets_in_loses_no_vote_that_came_meanwhile(
    ana: Person, ben: Person, services: Services
) -> None:
    poll_id = ask(ana)["poll"]["id"]
    same = {"options": ["Yes", "No", "Perhaps"], "expires_in": 3600}
    ana.send("PUT", f"/api/v1/statuses/{poll_id}", json={"status": "Tea, you vermin?", "poll": same})
    vote(ben, poll_id, 1)
    let_in(services)
    status = ana.read(f"/api/v1/statuses/{poll_id}")
    assert "vermin" in status["content"] and [one["votes_count"] for one in status["poll"]["options"]] == [0, 1, 0]
