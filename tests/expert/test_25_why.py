"""25. "Why can't my user see X?", and of each decision: who, on what text, under which clause, was it automatic?"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.enforcement import enact
from app.posts import delete
from app.relationships import block, mute
from app.reviewing import decide
from moderation.cases.values import DecisionRequest
from moderation.domains import editing
from moderation.log.tables import LogRow
from moderation.values import Action, Severity, Visibility
from tests.app.people import post as written
from tests.app.people import remote
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database


@pytest.fixture
def lea(town: Town) -> AccountRow:
    """A lead."""
    return town.member("lea", Role.LEAD)


@pytest.fixture
def desk(town: Town, lea: AccountRow) -> Visitor:
    """Her browser."""
    return town.at_home(lea)


def why(desk: Visitor, member: str, what: str) -> str:
    """What the page answers."""
    answer = desk.post("/review/why", member=member, what=what)
    assert answer.status_code == 200, answer.text
    return answer.text.partition('id="found"')[2].replace("&#39;", "'")


def test_a_held_and_a_removed_post_say_so_and_who_decided_under_which_clause(
    town: Town, ana: AccountRow, ben: AccountRow, lea: AccountRow, desk: Visitor
) -> None:
    post = town.writes(ana, "they are vermin, all of them")
    said = why(desk, "ben", post.uri)
    assert "@ben can’t see it" in said and "waits at the door for a moderator" in said
    assert "@ana can see it" in why(desk, "ana", post.uri), "its author does"
    shown = town.writes(ana, "an ordinary day at the harbour")
    case = Desk(town).reported(ben, shown)
    decided = decide.decide(
        town.services, lea, case.id, DecisionRequest(Action.REMOVE, rule_id="1", reason="Stop.")
    ).decision
    said = why(desk, "ana", shown.uri)
    assert "It was shown, and taken away." in said
    assert "@lea" in said and f"/review/decisions/{decided.id}" in said and "Rule:" in said


def test_what_the_member_did_themselves_is_told(town: Town, ana: AccountRow, ben: AccountRow, desk: Visitor) -> None:
    services = town.services
    post = town.writes(ana, "an ordinary day at the harbour")
    said = why(desk, "ben", f"https://ostiary.example/@ana/{post.id}")
    assert "@ben can see it" in said and "Nothing stands against it" in said
    mute.mute(services, ben.id, ana.id)
    said = why(desk, "ben", post.uri)
    assert "@ben can see it" in said and "muted them" in said
    block.block(services, ben.id, ana.id)
    said = why(desk, "ben", post.uri)
    assert "@ben can’t see it" in said and "The member blocks them." in said
    assert "Its author blocks the member." not in said
    assert "The member blocks them." in why(desk, "ben", "@ana")


def test_followers_only_direct_and_deleted_are_told_apart(
    town: Town, ana: AccountRow, ben: AccountRow, desk: Visitor
) -> None:
    few = town.writes_to(ana, "for my friends at the harbour", Visibility.FOLLOWERS)
    one = town.writes_to(ana, "for nobody at all", Visibility.DIRECT)
    gone = town.writes(ana, "a regret about the harbour")
    delete.delete(town.services, ana.id, gone.id)
    assert "isn’t one" in why(desk, "ben", few.uri)
    assert "for my friends" not in why(desk, "ben", few.uri), "what is private isn't shown"
    assert "addressed to others" in why(desk, "ben", one.uri)
    assert "Its author deleted it." in why(desk, "ben", gone.uri)


def test_a_servers_rule_and_what_never_arrived_are_told(town: Town, ben: AccountRow, desk: Visitor) -> None:
    services = town.services
    far = remote(services, "zoe", "bad.example")
    post = written(services, far)
    assert "It isn’t here: it never arrived" in why(desk, "ben", "https://near.example/notes/1")
    with services.db.write() as session:
        ruled = editing.set_rule(session, "bad.example", Severity.SUSPEND, "ada", services.clock.now())
        enact.enact(services, session, ruled.effects)
    for what in (post.uri, far.uri, "@zoe@bad.example", "bad.example"):
        said = why(desk, "ben", what)
        assert "Its server is suspended here." in said and "@ada" in said and "/review/domains/bad.example" in said, (
            what
        )
    assert "nothing is taken in from its server" in why(desk, "ben", "https://bad.example/notes/9")


def test_who_asks_leaves_a_line_in_the_log_and_needs_a_name(town: Town, ben: AccountRow, desk: Visitor) -> None:
    why(desk, "ben", "far.example")
    with town.services.db.read() as session:
        assert session.scalars(
            select(LogRow.object).where(LogRow.verb == "why_asked", LogRow.actor == "lea")
        ).all() == [ben.actor.uri]
    assert desk.post("/review/why", member="nobody", what="far.example").status_code == 404
    assert desk.post("/review/why", member="", what="far.example").status_code == 422
    for odd in ("http://[", "@", "%", "a@b@c", "*.example", "https://"):
        assert desk.post("/review/why", member="ben", what=odd).status_code == 200, odd


def test_a_decision_answers_what_is_asked_of_it(
    town: Town, ana: AccountRow, ben: AccountRow, lea: AccountRow, desk: Visitor
) -> None:
    post = town.writes(ana, "they are vermin, all of them")
    case = Desk(town).case_of(post)
    decided = decide.decide(
        town.services, lea, case.id, DecisionRequest(Action.REMOVE, rule_id="1", reason="Stop.")
    ).decision
    page = desk.page(f"/review/decisions/{decided.id}")
    for said in (
        "@lea",
        "they are vermin, all of them",
        "A machine had noticed it",
        "until",
        "refused, or taken away",
        post.uri,
    ):
        assert said in page, said
    decide.reverse(town.services, lea, decided.id, "a mistake")
    assert "It was taken back by @lea." in desk.page(f"/review/decisions/{decided.id}")
