"""What the house asks of other servers' moderators: how it leaves, who is asked, and whose answers are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.errors import ForbiddenError
from app.federation import contacts, deliver
from app.federation.contacts import Contact
from app.federation.tables import InboxActivityRow, InstanceRow
from app.federation.wire.twins import Page
from app.posts.tables import PostRow
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import asking, domain_steps
from moderation.domains import editing, questions
from moderation.domains.questions import Question
from moderation.errors import BadDomainError, NotFoundError
from moderation.reports.tables import ForwardState
from moderation.values import Severity, Visibility
from tests.app import people
from tests.federation.world import Remote, World

pytestmark = pytest.mark.one_database
FAR = "far.example"
HOUSE = "https://ostiary.example/actor"


@pytest.fixture
def mo(world: World) -> AccountRow:
    """Who moderates here."""
    account: AccountRow = people.member(world.services, "mo", Role.MODERATOR)
    return account


@pytest.fixture
def admin(world: World) -> Remote:
    """Whom their server names as its contact."""
    return world.known("boss")


@pytest.fixture
def post(world: World) -> PostRow:
    """A public post there that a case is about."""
    olaf, ben = world.known("olaf"), world.member("ben")
    found: PostRow = people.post(world.services, world.row(olaf), "Something that somebody minds.")
    file.file(world.services, ben, FileReport(world.row(olaf).id, (found.id,), "Look."))
    return found


def put(world: World, path: str, document: Any) -> None:
    """A JSON document of theirs."""
    world.web.pages[f"https://{FAR}{path}"] = Page(orjson.dumps(document), "application/json")


def named(world: World) -> None:
    """Their server says who can be written to, as Mastodon does."""
    put(world, "/api/v2/instance", {"contact": {"email": "abuse@far.example", "account": {"acct": "boss"}}})
    assert contacts.ask(world.services, FAR) == Contact((f"boss@{FAR}",), "abuse@far.example")


def asked(world: World) -> list[Question]:
    """What was asked there, the latest first."""
    with world.services.db.read() as session:
        return questions.of(session, FAR, world.services.clock.now())


def sent(world: World, minutes: int = 11) -> list[dict[str, Any]]:
    """What leaves by then."""
    world.services.clock.move(timedelta(minutes=minutes))  # type: ignore[attr-defined]
    world.web.sent.clear()
    deliver.drain(world.services, poster=world.web)
    return sorted((orjson.loads(each.body) for each in world.web.sent), key=lambda body: str(body["type"]))


def reply(admin: Remote, question: Question, text: str = "We look into it.", **more: Any) -> dict[str, Any]:
    """A private answer of theirs."""
    note = admin.note(text, to=[HOUSE], cc=[], inReplyTo=question.row.note_uri, **more)
    return admin.create(note)


def test_a_question_leaves_as_a_report_in_the_houses_name_and_as_a_message_after_ten_minutes(
    world: World, mo: AccountRow, admin: Remote, post: PostRow
) -> None:
    named(world)
    asking.ask(world.services, mo, FAR, "Would you have a look?", [post.uri])
    assert sent(world, 5) == []
    create, flag = sent(world, 6)
    assert (flag["type"], flag["actor"], flag["content"]) == ("Flag", HOUSE, "Would you have a look?")
    assert flag["object"] == [f"https://{FAR}/users/olaf", post.uri]
    note = create["object"]
    assert (create["actor"], note["to"], note.get("cc", [])) == (HOUSE, [admin.uri], [])
    assert "Would you have a look?" in note["content"] and post.uri in note["content"]
    assert note["tag"] == [{"type": "Mention", "href": admin.uri, "name": f"@boss@{FAR}"}]
    assert "/users/mo" not in orjson.dumps([create, flag]).decode()
    assert asking.follow_up(world.services, 10) == 1
    assert asked(world)[0].row.state is ForwardState.DELIVERED


def test_an_answer_is_kept_for_the_crew_and_is_never_a_post(
    world: World, mo: AccountRow, admin: Remote, post: PostRow
) -> None:
    named(world)
    asking.ask(world.services, mo, FAR, "Would you?", [post.uri])
    (question,) = asked(world)
    answer = reply(admin, question)
    world.take(admin, answer)
    world.take(admin, answer | {"id": answer["id"] + "/again"})
    (question,) = asked(world)
    assert [(each.text, each.author_uri) for each in question.answers] == [("We look into it.", admin.uri)]
    assert question.row.state is ForwardState.ANSWERED
    assert world.state(answer["object"]) is None
    public = reply(admin, question, "In public, then.")
    public["object"]["to"] = ["https://www.w3.org/ns/activitystreams#Public"]
    world.take(admin, public)
    assert world.state(public["object"]) is None


def test_nobody_from_elsewhere_answers_for_them(world: World, mo: AccountRow, admin: Remote, post: PostRow) -> None:
    named(world)
    asking.ask(world.services, mo, FAR, "Would you?", [post.uri])
    villain = world.known("villain", "evil.example")
    answer = reply(villain, asked(world)[0], "All is well.")
    world.take(villain, answer)
    assert asked(world)[0].answers == () and world.state(answer["object"]) is None
    with world.services.db.read() as session:
        assert session.scalars(select(InboxActivityRow.reason)).all() == ["answer_from_elsewhere"]


def test_a_server_that_answers_without_end_is_heard_some_times(
    world: World, mo: AccountRow, admin: Remote, post: PostRow
) -> None:
    named(world)
    asking.ask(world.services, mo, FAR, "Would you?", [post.uri])
    (question,) = asked(world)
    with world.services.db.write() as session:
        row = questions.one(session, question.row.id)
        said = [
            questions.answer(session, row, f"https://{FAR}/{n}", admin.uri, "x" * 9000, world.services.clock.now())
            for n in range(questions.MOST_ANSWERS + 1)
        ]
    assert said == [None] * questions.MOST_ANSWERS + ["answers_full"]
    assert len(asked(world)[0].answers[0].text) == questions.LONGEST_ANSWER


def test_their_word_that_a_report_is_settled_answers_the_question(
    world: World, mo: AccountRow, admin: Remote, post: PostRow
) -> None:
    asking.ask(world.services, mo, FAR, "Would you?", [post.uri])
    (flag,) = sent(world)
    villain = world.known("villain", "evil.example")
    world.take(villain, villain.activity("Resolve", flag["id"]))
    assert asked(world)[0].row.state is not ForwardState.ANSWERED
    said = admin.activity("Resolve", flag["id"])
    world.take(admin, said)
    assert asked(world)[0].row.state is ForwardState.ANSWERED
    world.take(admin, admin.activity("Undo", said))
    assert asked(world)[0].row.state is ForwardState.DELIVERED


def test_what_is_undone_in_time_never_leaves(world: World, mo: AccountRow, admin: Remote, post: PostRow) -> None:
    named(world)
    asking.ask(world.services, mo, FAR, "Would you?", [post.uri])
    domain_steps.undo(world.services, mo, FAR)
    assert asked(world) == [] and sent(world) == []
    asking.ask(world.services, mo, FAR, "Would you?", [post.uri])
    sent(world)
    with pytest.raises(NotFoundError):
        domain_steps.undo(world.services, mo, FAR)


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001])
def test_a_question_says_something_and_not_too_much(world: World, mo: AccountRow, post: PostRow, text: str) -> None:
    with pytest.raises(BadDomainError):
        asking.ask(world.services, mo, FAR, text, [post.uri])


def test_what_cannot_be_asked_is_refused_and_nothing_is_kept(world: World, mo: AccountRow, post: PostRow) -> None:
    ben = people.member(world.services, "ana")
    mine = people.post(world.services, ben.actor)
    private = people.post(world.services, world.row(world.known("ida")), visibility=Visibility.FOLLOWERS)
    for uris in ([], [mine.uri], [private.uri], ["https://far.example/nothing"]):
        with pytest.raises(BadDomainError):
            asking.ask(world.services, mo, FAR, "Would you?", uris)
    rita = people.member(world.services, "rita", Role.REVIEWER)
    with pytest.raises(ForbiddenError):
        asking.ask(world.services, rita, FAR, "Would you?", [post.uri])
    with world.services.db.write() as session:
        editing.set_rule(session, FAR, Severity.SUSPEND, "lea", world.services.clock.now())
    with pytest.raises(ForbiddenError):
        asking.ask(world.services, mo, FAR, "Would you?", [post.uri])
    assert asked(world) == []


def test_only_public_posts_of_open_cases_are_offered_and_not_those_kept_from_the_reader(
    world: World, mo: AccountRow, post: PostRow
) -> None:
    now = world.services.clock.now()
    with world.services.db.read() as session:
        assert [each.uri for each in asking.choices(session, "mo", FAR, now)] == [post.uri]
        assert asking.choices(session, "mo", "other.example", now) == []
        assert asking.choices(session, "mo", FAR, now + timedelta(days=31)) == []


NODEINFO = {
    "links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": f"https://{FAR}/nodeinfo/2.0"}]
}


@pytest.mark.parametrize(
    ("document", "accounts", "email"),
    [
        ({"metadata": {"staffAccounts": [f"https://{FAR}/users/boss"]}}, (f"https://{FAR}/users/boss",), ""),
        ({"metadata": {"staffAccounts": ["https://evil.example/users/boss", 3, None]}}, (), ""),
        ({"metadata": {"maintainer": {"name": "Boss", "email": "abuse@far.example"}}}, (), "abuse@far.example"),
        ({"metadata": {"maintainer": {"email": "<script>@far.example"}}}, (), ""),
        ({"metadata": [1]}, (), ""),
        ({}, (), ""),
    ],
)
def test_who_can_be_written_to_is_read_from_nodeinfo_as_others_write_it(
    world: World, document: dict[str, Any], accounts: Sequence[str], email: str
) -> None:
    put(world, "/.well-known/nodeinfo", NODEINFO)
    put(world, "/nodeinfo/2.0", document)
    assert contacts.ask(world.services, FAR) == Contact(tuple(accounts), email)
    with world.services.db.read() as session:
        assert session.get_one(InstanceRow, FAR).contact_at is not None


def test_a_contact_of_another_server_is_not_written_to(world: World, mo: AccountRow, post: PostRow) -> None:
    world.known("boss", "evil.example")
    put(world, "/api/v2/instance", {"contact": {"account": {"acct": "boss@evil.example"}}})
    found = contacts.ask(world.services, FAR)
    assert contacts.account(world.services, found, FAR) is None


def test_a_server_that_does_not_answer_has_no_contact_and_can_still_be_asked(
    world: World, mo: AccountRow, post: PostRow
) -> None:
    assert contacts.ask(world.services, FAR) == Contact()
    asking.ask(world.services, mo, FAR, "Would you?", [post.uri])
    assert [each["type"] for each in sent(world)] == ["Flag"]
