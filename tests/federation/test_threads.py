"""Threads that are only partly here: what is answered is fetched, who answers is asked for; all of it passes the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DataError

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.federation import intake, threads, wanted
from app.federation.tables import DeliveryRow, OutboxActivityRow, Wanted, WantedRow
from app.federation.wanted import Due
from app.federation.wire.errors import FetchTimeoutError
from app.federation.wire.values import PUBLIC
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow, PostState
from app.relationships import block
from app.services import Services
from moderation.domains import editing
from moderation.values import Severity
from tests.federation.world import Remote, World, keys

AS = "application/activity+json"
HATEFUL = "They are vermin, all of them."


def _wanted(world: World) -> dict[str, bool]:
    """What was wanted, and whether it waits."""
    with world.services.db.read() as session:
        return {row.uri: row.next_at is not None for row in session.scalars(select(WantedRow))}


def _drain(world: World) -> None:
    while threads.drain(world.services):
        pass


def _thread(world: World, author: Remote, length: int) -> list[dict[str, Any]]:
    """A chain of posts on the author's server, each answering the one before; only documents, nothing was sent."""
    notes: list[dict[str, Any]] = []
    for number in range(length):
        note = author.note(f"Part {number} of the story of the ferry and the {number + 3} bicycles.")
        if notes:
            note["inReplyTo"] = notes[-1]["id"]
        world.web.put(note["id"], note)
        notes.append(note)
    return notes


def _reply(author: Remote, note: dict[str, Any] | str, text: str) -> dict[str, Any]:
    return author.note(text) | {"inReplyTo": note if isinstance(note, str) else note["id"]}


@pytest.fixture
def ben(world: World) -> Remote:
    """Somebody elsewhere whom a member follows."""
    ben = world.known("ben")
    world.follow(world.member("ana"), world.row(ben))
    return ben


@pytest.fixture
def ana(world: World, ben: Remote) -> ActorRow:
    """The member, whom ben and cleo follow, each from their own server."""
    with world.services.db.read() as session:
        ana = lookup.by_handle(session, world.services.settings, "ana")
    world.follow(world.row(world.known("cleo", "near.example")), ana)
    world.follow(world.row(ben), ana)
    return ana


def test_what_a_post_answers_is_fetched_up_to_the_first_and_linked(world: World, ben: Remote) -> None:
    notes = _thread(world, world.remote("cleo", "near.example"), 4)
    answer = _reply(ben, notes[-1], "So that is where the bicycles went.")
    world.take(ben, ben.create(answer))
    assert world.stored(answer).in_reply_to_pk is None
    _drain(world)
    chain = [world.stored(note) for note in [*notes, answer]]
    assert [post.in_reply_to_pk for post in chain] == [None, *(post.pk for post in chain[:-1])]
    assert [post.replies_count for post in chain] == [1, 1, 1, 1, 0]
    assert all(post.state is PostState.PUBLISHED and post.verdict_id is not None for post in chain)
    assert not any(_wanted(world).values())


def test_a_fetched_ancestor_passes_the_door_and_enters_no_feed(world: World, ben: Remote) -> None:
    cleo = world.remote("cleo", "near.example")
    vile = cleo.note(HATEFUL)
    world.web.put(vile["id"], vile)
    answer = _reply(ben, vile, "I disagree with every word.")
    world.take(ben, ben.create(answer))
    _drain(world)
    assert world.state(vile) is PostState.HELD
    ana = world.http.get("/users/ana/outbox", headers={"Accept": AS}, base_url="https://ostiary.example")
    assert HATEFUL not in ana.text


def test_a_chain_without_an_end_is_followed_so_far_and_no_further(world: World, ben: Remote) -> None:
    notes = _thread(world, world.remote("cleo", "near.example"), wanted.DEEPEST + 10)
    world.take(ben, ben.create(_reply(ben, notes[-1], "Is there no end to this?")))
    _drain(world)
    with world.services.db.read() as session:
        fetched = session.scalar(select(func.count()).where(PostRow.uri.in_([note["id"] for note in notes])))
    assert fetched == wanted.DEEPEST + 1


def test_a_flood_of_answers_to_nothing_asks_a_host_only_so_often(world: World, ben: Remote) -> None:
    with world.services.db.write() as session:
        uris = [f"https://near.example/notes/{n}" for n in range(wanted.MOST_PER_HOST + 50)]
        assert wanted.want(session, world.services, uris, Wanted.POST) == wanted.MOST_PER_HOST
    assert len(wanted.take(world.services, 100)) == wanted.PER_HOST_AT_ONCE


def test_made_up_hosts_fill_no_more_than_there_is_room_for(
    world: World, ben: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wanted, "MOST_IN_ALL", 30)
    with world.services.db.write() as session:
        uris = [f"https://host{n}.example/notes/1" for n in range(50)]
        assert wanted.want(session, world.services, uris, Wanted.POST) == 30
        assert wanted.want(session, world.services, ["https://near.example/notes/1"], Wanted.POST) == 0


def test_a_host_that_does_not_answer_is_asked_a_few_times_and_no_more(world: World, ben: Remote) -> None:
    silent = "https://silent.example/notes/1"
    world.web.fail(silent, FetchTimeoutError("too slow"))
    world.take(ben, ben.create(_reply(ben, silent, "As you said last year.")))
    asked = 0
    while _wanted(world)[silent]:
        asked += threads.drain(world.services)
        world.services.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
    assert asked == 4


def test_a_suspended_domain_and_our_own_are_not_asked(world: World, ben: Remote) -> None:
    with world.services.db.write() as session:
        editing.set_rule(session, "bad.example", Severity.SUSPEND, by="admin", now=world.services.clock.now())
    for number, uri in enumerate(("https://bad.example/notes/1", "https://ostiary.example/users/ana/statuses/none")):
        world.take(ben, ben.create(_reply(ben, uri, f"An answer to something, number {number}.")))
    assert _wanted(world) == {}


def test_an_answer_that_comes_before_its_question_finds_it(world: World, ben: Remote) -> None:
    cleo = world.known("cleo", "near.example")
    question = cleo.note("Which freewheel hub is the quietest?")
    answer = _reply(ben, question, "The one on my mother's bicycle.")
    world.take(ben, ben.create(answer))
    world.take(cleo, cleo.create(question))
    assert world.stored(answer).in_reply_to_pk == world.stored(question).pk
    assert world.stored(question).replies_count == 1


def test_what_finds_its_question_joins_its_conversation_with_all_that_answers_it_and_nothing_else(
    world: World, ben: Remote
) -> None:
    cleo = world.known("cleo", "near.example")
    question = cleo.note("Which freewheel hub is the quietest?", context="https://near.example/contexts/1")
    other = cleo.note("Another matter.", context="https://near.example/contexts/2")
    world.take(cleo, cleo.create(other))
    answer = _reply(ben, question, "The one on my mother's bicycle.") | {"context": other["context"]}
    second = _reply(ben, answer, "It is red, too.")
    for note in (answer, second):
        world.take(ben, ben.create(note))
    world.take(cleo, cleo.create(question))
    assert [world.stored(note).conversation for note in (question, answer, second, other)] == [
        question["context"],
        question["context"],
        question["context"],
        other["context"],
    ]


def test_what_cannot_be_stored_holds_up_nothing_else_and_is_given_up(
    world: World, ben: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, good = ben.note("Nobody can store this."), ben.note("Which tram is it?")
    world.web.put(good["id"], good)
    ask, asked = threads._ASK[Wanted.POST], list[str]()

    def fails(services: Services, due: Due) -> None:
        asked.append(due.uri)
        if due.uri == poisoned["id"]:
            raise DataError("INSERT", {}, ValueError("no such character"))
        ask(services, due)

    monkeypatch.setitem(threads._ASK, Wanted.POST, fails)
    with world.services.db.write() as session:
        wanted.want(session, world.services, [poisoned["id"], good["id"]], Wanted.POST)
    assert threads.drain(world.services) == 2
    assert world.state(good) is PostState.PUBLISHED
    while _wanted(world)[poisoned["id"]]:
        world.services.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
        threads.drain(world.services)
    assert asked.count(poisoned["id"]) == 4


def test_who_reads_a_thread_has_its_home_asked_for_answers_once_in_a_while(world: World, ben: Remote) -> None:
    note = ben.note("What do you all think of the new tram?")
    world.take(ben, ben.create(note))
    cleo = world.remote("cleo", "near.example")
    answers = [_reply(cleo, note, f"Opinion number {n} about the tram.") for n in range(3)]
    for answer in answers:
        world.web.put(answer["id"], answer)
    pages = f"{note['id']}/replies"
    world.web.put(
        note["id"],
        note | {"replies": {"id": pages, "type": "Collection", "first": {"type": "CollectionPage", "partOf": pages,
                "items": [answers[0]["id"]], "next": pages + "?page=2"}}},
    )  # fmt: skip
    second = {"id": pages + "?page=2", "type": "CollectionPage", "items": [a["id"] for a in answers[1:]]}
    world.web.put(pages + "?page=2", second)
    wanted.read_thread(world.services, world.stored(note))
    _drain(world)
    assert {world.stored(answer).in_reply_to_pk for answer in answers} == {world.stored(note).pk}
    wanted.read_thread(world.services, world.stored(note))
    assert threads.drain(world.services) == 0
    world.services.clock.move(wanted.AGAIN_AFTER)  # type: ignore[attr-defined]
    wanted.read_thread(world.services, world.stored(note))
    assert threads.drain(world.services) == 1


def test_a_list_of_answers_on_another_host_is_not_believed(world: World, ben: Remote) -> None:
    note = ben.note("What do you all think of the new tram?")
    world.take(ben, ben.create(note))
    world.web.put(note["id"], note | {"replies": "https://evil.example/replies"})
    listed = {"id": "https://evil.example/replies", "type": "Collection", "items": ["https://evil.example/1"]}
    world.web.put("https://evil.example/replies", listed)
    wanted.read_thread(world.services, world.stored(note))
    _drain(world)
    assert list(_wanted(world)) == [note["id"]]


def test_answers_are_listed_without_those_that_are_held_or_for_few(world: World, ben: Remote, ana: ActorRow) -> None:
    post = compose.compose(world.services, ana.id, ComposeRequest("Counted cranes on the bog since dawn."))
    mallory = world.known("mallory", "angry.example")
    open_, vile = _reply(ben, post.uri, "How many were there?"), _reply(mallory, post.uri, HATEFUL)
    few = _reply(ben, post.uri, "Between us: I saw them too.") | {"to": [ana.uri], "cc": []}
    for note, author in ((open_, ben), (vile, mallory), (few, ben)):
        world.take(author, author.create(note))
    assert world.state(vile) is PostState.HELD

    def listed(path: str) -> Any:
        return world.http.get(path, headers={"Accept": AS}, base_url="https://ostiary.example").get_json()

    document = listed(post.uri.removeprefix("https://ostiary.example"))
    assert document["replies"] == post.uri + "/replies"
    collection = listed(document["replies"].removeprefix("https://ostiary.example"))
    assert (collection["type"], collection["totalItems"]) == ("Collection", 1)
    page = listed(collection["first"].removeprefix("https://ostiary.example"))
    assert (page["type"], page["items"]) == ("CollectionPage", [open_["id"]])
    assert listed(document["likes"].removeprefix("https://ostiary.example"))["totalItems"] == 0


def _forwarded(world: World) -> list[tuple[str, str]]:
    """What was queued for others' followers: the activity's id and the inbox."""
    with world.services.db.read() as session:
        rows = session.execute(
            select(OutboxActivityRow.uri, DeliveryRow.inbox_url)
            .join(DeliveryRow, DeliveryRow.activity_id == OutboxActivityRow.id)
            .order_by(DeliveryRow.id)
        )
        return [(uri, inbox) for uri, inbox in rows if not uri.startswith("https://ostiary.example")]


def _answer(world: World, ben: Remote, ana: ActorRow, text: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ben answers ana, and tells her followers."""
    post = compose.compose(world.services, ana.id, ComposeRequest("Which hub is the quietest?"))
    note = _reply(ben, post.uri, text) | {"to": [PUBLIC], "cc": [ana.uri, ana.followers_url]}
    return note, ben.create(note) | more


LD = {"signature": {"type": "RsaSignature2017", "signatureValue": "made elsewhere"}}


def test_a_signed_answer_to_a_member_goes_on_to_her_followers_elsewhere_as_it_came(
    world: World, ben: Remote, ana: ActorRow
) -> None:
    note, activity = _answer(world, ben, ana, "The one on my mother's bicycle.", **LD)
    world.take(ben, activity)
    assert _forwarded(world) == [(activity["id"], "https://near.example/inbox")]
    with world.services.db.read() as session:
        body = session.scalar(select(OutboxActivityRow.body).where(OutboxActivityRow.uri == activity["id"]))
    assert body is not None and '"signatureValue":"made elsewhere"' in body
    gone = ben.activity("Delete", note["id"]) | LD
    world.take(ben, gone)
    assert [uri for uri, _ in _forwarded(world)] == [activity["id"], gone["id"]]


def test_an_answer_that_is_held_unsigned_or_not_for_followers_goes_nowhere(
    world: World, ben: Remote, ana: ActorRow
) -> None:
    mallory = world.known("mallory", "angry.example")
    vile, held = _answer(world, mallory, ana, HATEFUL, **LD)
    _, unsigned = _answer(world, ben, ana, "The one on my mother's bicycle.")
    note, aside = _answer(world, ben, ana, "Just between us and everybody: the red one.", **LD)
    aside = aside | {"to": note["to"], "cc": []}
    for author, activity in ((mallory, held), (ben, unsigned), (ben, aside)):
        world.take(author, activity)
    assert world.state(vile) is PostState.HELD
    assert _forwarded(world) == []


def _pass_on(world: World, sender: Remote, activity: dict[str, Any]) -> int:
    """Somebody forwards what another is said to have done, signed with their own key."""
    return world.deliver(sender, activity | LD).status_code


@pytest.fixture
def forwarder(world: World) -> Remote:
    """A server that passes on what others say, with a key of its own that is known here."""
    return world.known("fran", "forward.example", pair=keys(2))


def test_a_forwarded_answer_is_asked_of_its_own_home_and_is_what_that_says(
    world: World, ben: Remote, forwarder: Remote
) -> None:
    note = ben.note("What do you all think of the new tram?")
    world.take(ben, ben.create(note))
    cleo = world.remote("cleo", "near.example")
    answer = _reply(cleo, note, "It is quieter than the old one.")
    world.web.put(answer["id"], answer)
    forged = cleo.create(answer | {"content": "<p>What cleo never wrote.</p>"})
    assert _pass_on(world, forwarder, forged) == 202
    _drain(world)
    assert "quieter" in world.stored(answer).content
    assert world.stored(answer).in_reply_to_pk == world.stored(note).pk
    assert len(world.inbox()) == 1


def test_a_forwarded_deletion_or_edit_counts_only_if_the_posts_own_home_says_so(
    world: World, ben: Remote, forwarder: Remote
) -> None:
    note = ben.note("What do you all think of the new tram?")
    world.take(ben, ben.create(note))
    world.web.put(note["id"], note)
    assert _pass_on(world, forwarder, ben.activity("Delete", note["id"])) == 202
    _drain(world)
    assert world.state(note) is PostState.PUBLISHED
    world.services.clock.move(wanted.LOOKS_EVERY)  # type: ignore[attr-defined]
    edited = note | {"content": "<p>What do you think of the old tram?</p>", "updated": "2026-03-02T12:30:00Z"}
    world.web.put(note["id"], edited)
    assert _pass_on(world, forwarder, ben.activity("Update", note | {"content": "<p>never written</p>"})) == 202
    world.services.clock.move(wanted.LOOKS_EVERY)  # type: ignore[attr-defined]
    _drain(world)
    assert "old tram" in world.stored(note).content
    world.web.put(note["id"], {"id": note["id"], "type": "Tombstone"})
    assert _pass_on(world, forwarder, ben.activity("Delete", note["id"])) == 202
    world.services.clock.move(wanted.LOOKS_EVERY)  # type: ignore[attr-defined]
    _drain(world)
    assert world.state(note) is PostState.DELETED


def test_what_a_group_says_of_a_post_counts_only_if_the_posts_own_home_says_so(
    world: World, ben: Remote, forwarder: Remote
) -> None:
    note = ben.note("What do you all think of the new tram?")
    world.take(ben, ben.create(note))
    world.web.put(note["id"], note)
    world.take(forwarder, forwarder.activity("Announce", ben.activity("Delete", note["id"])))
    _drain(world)
    assert world.state(note) is PostState.PUBLISHED
    world.services.clock.move(wanted.LOOKS_EVERY)  # type: ignore[attr-defined]
    edited = note | {"content": "<p>What do you think of the old tram?</p>", "updated": "2026-03-02T12:30:00Z"}
    world.web.put(note["id"], edited)
    world.take(forwarder, forwarder.activity("Announce", ben.activity("Update", note | {"content": "<p>never</p>"})))
    world.services.clock.move(wanted.LOOKS_EVERY)  # type: ignore[attr-defined]
    _drain(world)
    assert "old tram" in world.stored(note).content
    asked = len(world.web.asked)
    world.take(forwarder, forwarder.activity("Announce", ben.activity("Delete", "https://near.example/notes/unknown")))
    _drain(world)
    assert len(world.web.asked) == asked


def test_what_is_forwarded_about_nothing_here_asks_nobody(world: World, ben: Remote, forwarder: Remote) -> None:
    cleo = world.remote("cleo", "near.example")
    stray = _reply(cleo, "https://near.example/notes/unknown", "An answer to something that nobody here knows.")
    assert _pass_on(world, forwarder, cleo.create(stray)) == 403
    assert _pass_on(world, forwarder, cleo.activity("Follow", "https://ostiary.example/users/ana")) == 403
    assert _wanted(world) == {} and world.inbox() == []


def test_nobody_passes_on_for_a_suspended_domain_or_for_us(world: World, ben: Remote, forwarder: Remote) -> None:
    note = ben.note("What do you all think of the new tram?")
    world.take(ben, ben.create(note))
    cleo = world.remote("cleo", "near.example")
    answer = cleo.create(_reply(cleo, note, "It is quieter than the old one."))
    assert _pass_on(world, forwarder, answer | {"actor": "https://ostiary.example/users/ana"}) == 403
    with world.services.db.write() as session:
        editing.set_rule(session, "near.example", Severity.SUSPEND, by="admin", now=world.services.clock.now())
    assert _pass_on(world, forwarder, answer) == 403
    assert _wanted(world) == {}


def test_who_passes_on_and_is_not_known_is_looked_at_first(world: World, ben: Remote) -> None:
    note = ben.note("What do you all think of the new tram?")
    world.take(ben, ben.create(note))
    cleo = world.remote("cleo", "near.example")
    answer = _reply(cleo, note, "It is quieter than the old one.")
    world.web.put(answer["id"], answer)
    stranger = world.remote("stan", "stranger.example", pair=keys(2))
    world.remote("vera", "vain.example", pair=keys(2))
    assert _pass_on(world, Remote("vera", "vain.example", pair=keys(3)), cleo.create(answer)) == 202
    intake.drain(world.services)
    assert _wanted(world) == {} and world.inbox()[-1].reason == "signature_wrong"
    assert _pass_on(world, stranger, cleo.create(answer)) == 202
    intake.drain(world.services)
    _drain(world)
    assert "quieter" in world.stored(answer).content
    assert world.inbox()[-1].reason == "forwarded"


def test_who_passes_on_an_update_of_the_same_changes_nothing(world: World, ben: Remote, forwarder: Remote) -> None:
    note = ben.note("What do you all think of the new tram?")
    world.take(ben, ben.create(note))
    world.web.put(note["id"], note)
    before = world.stored(note)
    assert _pass_on(world, forwarder, ben.activity("Update", note)) == 202
    world.take(ben, ben.activity("Update", note))
    _drain(world)
    after = world.stored(note)
    assert (after.verdict_id, after.edited_at) == (before.verdict_id, None)


def test_a_home_that_does_not_find_a_post_for_a_moment_deletes_nothing(
    world: World, ben: Remote, forwarder: Remote
) -> None:
    note = ben.note("What do you all think of the new tram?")
    world.take(ben, ben.create(note))
    assert _pass_on(world, forwarder, ben.activity("Delete", note["id"])) == 202
    _drain(world)
    assert world.state(note) is PostState.PUBLISHED
    for _ in range(threads.SURE_AFTER):
        world.services.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
        _drain(world)
    assert world.state(note) is PostState.DELETED


def test_deletions_by_others_and_answers_of_the_blocked_go_to_nobody(world: World, ben: Remote, ana: ActorRow) -> None:
    note, activity = _answer(world, ben, ana, "The one on my mother's bicycle.", **LD)
    world.take(ben, activity)
    mallory = world.known("mallory", "far.example")
    world.take(mallory, mallory.activity("Delete", note["id"]) | LD)
    blocked = world.known("bert", "angry.example")
    block.block(world.services, ana.id, world.row(blocked).id)
    theirs, answer = _answer(world, blocked, ana, "A very ordinary answer about hubs.", **LD)
    world.take(blocked, answer)
    assert [uri for uri, _ in _forwarded(world)] == [activity["id"]]
    parent = theirs["inReplyTo"].removeprefix("https://ostiary.example")
    page = world.http.get(parent + "/replies?page=true", headers={"Accept": AS}, base_url="https://ostiary.example")
    assert page.get_json()["items"] == []


def test_an_address_of_too_many_bytes_is_none(world: World, ben: Remote) -> None:
    endless = "https://near.example/" + "".join(chr(0x4E00 + n) for n in range(1900))
    note = _reply(ben, endless, "An answer to something with a very long name.")
    world.take(ben, ben.create(note))
    assert world.stored(note).in_reply_to_uri is None
