"""Quotes from elsewhere and to elsewhere: shown once the quoted author's own host says that they may be (FEP-044f)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.enforcement import enact
from app.errors import NotFoundError
from app.federation import threads, wanted
from app.federation.tables import OutboxActivityRow
from app.federation.wire.errors import GoneError
from app.federation.wire.values import PUBLIC
from app.notifications.tables import NotificationRow
from app.posts import compose, reading
from app.posts.compose import ComposeRequest
from app.posts.reading import QuoteView
from app.posts.tables import AttachmentRow, PostRow, PostState, QuoteRow, QuoteState
from app.posts.terms import Deed, May, QuotePolicy
from app.quotes import allowing, requests
from app.relationships import block
from moderation.domains import editing
from moderation.values import Effect, Severity, Verb
from tests.federation.world import Remote, World

HATEFUL = "They are vermin, all of them."


def drain(world: World) -> None:
    """Everything that is wanted of others is asked for, also what was asked for a moment ago."""
    world.services.clock.move(wanted.LOOKS_EVERY)  # type: ignore[attr-defined]
    while threads.drain(world.services):
        pass


def view(world: World, note: dict[str, Any] | str, viewer: ActorRow | None = None) -> QuoteView | None:
    """What a post quotes, as somebody sees it."""
    with world.services.db.read() as session:
        found = reading.load_one(session, world.stored(note).pk, viewer.id if viewer else None)
    assert found is not None
    return found.quote


def state(world: World, note: dict[str, Any] | str) -> str | None:
    """What strangers are told of the quote."""
    quote = view(world, note)
    return quote.state if quote else None


def row(world: World, note: dict[str, Any] | str) -> QuoteRow:
    """The quote as it is stored."""
    with world.services.db.read() as session:
        return session.get_one(QuoteRow, world.stored(note).pk)


def stamp(author: Remote, quoting: dict[str, Any], quoted: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """What an author's server says of a quote that it allows."""
    return {
        "id": f"{author.uri}/stamps/{quoting['id'].rpartition('/')[2]}",
        "type": "QuoteAuthorization",
        "attributedTo": author.uri,
        "interactingObject": quoting["id"],
        "interactionTarget": quoted["id"],
        **changed,
    }


def sent(world: World, kind: str) -> list[dict[str, Any]]:
    """What we told others, of one type."""
    with world.services.db.read() as session:
        rows = session.scalars(
            select(OutboxActivityRow).where(OutboxActivityRow.kind == kind).order_by(OutboxActivityRow.id)
        )
        return [orjson.loads(activity.body) for activity in rows]


def told(world: World, member: ActorRow) -> list[str]:
    """The kinds of what a member was told."""
    with world.services.db.read() as session:
        query = select(NotificationRow.kind).where(NotificationRow.account_id == member.id)
        return [kind.value for kind in session.scalars(query.order_by(NotificationRow.id))]


def write(world: World, member: ActorRow, text: str, **more: Any) -> PostRow:
    """A member writes."""
    return compose.compose(world.services, member.id, ComposeRequest(text=text, **more))


@pytest.fixture
def ben(world: World) -> Remote:
    """Somebody elsewhere, who quotes."""
    return world.known("ben")


@pytest.fixture
def cleo(world: World) -> Remote:
    """Somebody on a third server, who is quoted."""
    return world.known("cleo", "near.example")


@pytest.fixture
def ana(world: World) -> ActorRow:
    """The member."""
    return world.member("ana")


@pytest.fixture
def story(world: World, cleo: Remote) -> dict[str, Any]:
    """What cleo wrote, which lies on her own server."""
    note = cleo.note("The ferry left without the bicycles.")
    world.web.put(note["id"], note)
    return note


def allowed(world: World, ben: Remote, cleo: Remote, story: dict[str, Any]) -> dict[str, Any]:
    """A post of ben's that quotes cleo with her stamp, on its way."""
    note = ben.note("Read this.", quote=story["id"])
    permit = stamp(cleo, note, story)
    world.web.put(permit["id"], permit)
    return note | {"quoteAuthorization": permit["id"]}


def test_a_quote_with_its_authors_stamp_is_fetched_judged_and_shown(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any]
) -> None:
    note = allowed(world, ben, cleo, story)
    world.take(ben, ben.create(note))
    assert state(world, note) == "pending"
    drain(world)
    quote = view(world, note)
    assert quote is not None and quote.post is not None
    assert (quote.state, quote.post.post.uri) == ("accepted", story["id"])
    assert world.stored(story).quotes_count == 1


@pytest.mark.parametrize("name", ["quoteUrl", "quoteUri", "_misskey_quote"])
def test_a_quote_that_knows_no_consent_stays_a_link_until_there_is_a_stamp(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any], name: str
) -> None:
    note = ben.note("Read this.", **{name: story["id"]})
    world.take(ben, ben.create(note))
    drain(world)
    assert world.state(story) is PostState.PUBLISHED
    assert view(world, note) is None
    permit = stamp(cleo, note, story)
    world.web.put(permit["id"], permit)
    world.take(ben, ben.activity("Update", note | {"quoteAuthorization": permit["id"]}))
    drain(world)
    assert state(world, note) == "accepted"


def test_a_link_among_the_tags_is_a_quote_where_it_says_so(world: World, ben: Remote, story: dict[str, Any]) -> None:
    link = {
        "type": "Link",
        "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "href": story["id"],
        "rel": "https://misskey-hub.net/ns#_misskey_quote",
    }
    quoting, naming = ben.note("Read this.", tag=[link]), ben.note("And this.", tag=[link | {"rel": "related"}])
    world.take(ben, ben.create(quoting))
    world.take(ben, ben.create(naming))
    assert row(world, quoting).legacy
    assert not world.stored(naming).quoting


def test_ones_own_posts_need_no_stamp(world: World, ben: Remote) -> None:
    first = ben.note("The ferry left.")
    world.take(ben, ben.create(first))
    again = ben.note("I said so.", quoteUrl=first["id"])
    world.take(ben, ben.create(again))
    assert state(world, again) == "accepted"


@pytest.mark.parametrize(
    "changed",
    [
        {"interactionTarget": "https://near.example/users/cleo/statuses/other"},
        {"interactingObject": "https://far.example/users/ben/statuses/other"},
        {"attributedTo": "https://near.example/users/somebody"},
        {"type": "LikeAuthorization"},
        {"interactionTarget": None},
    ],
)
def test_a_stamp_for_something_else_allows_nothing(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any], changed: dict[str, Any]
) -> None:
    note = ben.note("Read this.", quote=story["id"])
    permit = stamp(cleo, note, story, **changed)
    world.web.put(permit["id"], permit)
    world.take(ben, ben.create(note | {"quoteAuthorization": permit["id"]}))
    drain(world)
    assert state(world, note) == "rejected"
    assert world.stored(story).quotes_count == 0


def test_a_stamp_from_another_host_is_not_even_looked_at(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any]
) -> None:
    note = ben.note("Read this.", quote=story["id"])
    forged = stamp(cleo, note, story, id=f"{ben.uri}/stamps/1")
    world.web.put(forged["id"], forged)
    world.take(ben, ben.create(note | {"quoteAuthorization": forged["id"]}))
    drain(world)
    assert state(world, note) == "pending"
    assert forged["id"] not in world.web.asked


def test_somebody_elses_claim_to_a_stamp_takes_it_from_nobody(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any]
) -> None:
    mallory = world.known("mallory", "evil.example")
    note = allowed(world, ben, cleo, story)
    stolen = mallory.note("Read this.", quote=story["id"], quoteAuthorization=note["quoteAuthorization"])
    world.take(mallory, mallory.create(stolen))
    drain(world)
    world.take(ben, ben.create(note))
    drain(world)
    assert (state(world, stolen), state(world, note)) == ("rejected", "accepted")


def test_what_its_author_takes_back_is_shown_no_more(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any]
) -> None:
    note = allowed(world, ben, cleo, story)
    world.take(ben, ben.create(note))
    drain(world)
    mallory = world.known("mallory", "near.example")
    world.take(mallory, mallory.activity("Delete", note["quoteAuthorization"]))
    assert state(world, note) == "accepted"
    world.take(cleo, cleo.activity("Delete", {"id": note["quoteAuthorization"], "type": "QuoteAuthorization"}))
    assert state(world, note) == "revoked"
    assert world.stored(story).quotes_count == 0


def test_what_was_deleted_is_quoted_no_more(world: World, ben: Remote, cleo: Remote, story: dict[str, Any]) -> None:
    note = allowed(world, ben, cleo, story)
    world.take(ben, ben.create(note))
    drain(world)
    world.take(cleo, cleo.activity("Delete", story["id"]))
    assert state(world, note) == "deleted"


def test_a_quote_of_what_waits_at_the_door_shows_nothing_of_it(
    world: World, ben: Remote, cleo: Remote, ana: ActorRow
) -> None:
    held = cleo.note(HATEFUL)
    world.web.put(held["id"], held)
    note = allowed(world, ben, cleo, held)
    world.take(ben, ben.create(note))
    drain(world)
    assert world.state(held) is PostState.HELD
    quote = view(world, note, ana)
    assert quote is not None
    assert (quote.state, quote.post, quote.id) == ("pending", None, None)


def test_a_quoting_post_that_waits_has_nothing_fetched(world: World, ben: Remote, story: dict[str, Any]) -> None:
    note = ben.note(HATEFUL, quote=story["id"])
    world.take(ben, ben.create(note))
    drain(world)
    assert world.state(note) is PostState.HELD
    assert world.state(story) is None


def test_a_nest_of_quotes_is_fetched_two_deep_and_a_loop_ends(world: World, ben: Remote, cleo: Remote) -> None:
    ids = [f"{cleo.uri}/statuses/nest-{number}" for number in range(12)]
    for number, uri in enumerate(ids):
        inner = ids[(number + 1) % len(ids)]
        world.web.put(uri, cleo.note(f"Number {number} of the boxes within boxes.", id=uri, quote=inner))
    outer = ben.note("Look into this box.", quote=ids[0])
    world.take(ben, ben.create(outer))
    drain(world)
    assert [uri for uri in ids if world.state(uri) is not None] == ids[:2]
    a, b = f"{cleo.uri}/statuses/a", f"{cleo.uri}/statuses/b"
    world.web.put(a, cleo.note("What the other one says.", id=a, quote=b))
    world.web.put(b, cleo.note("What that one says, rather.", id=b, quote=a))
    world.take(ben, ben.create(ben.note("They agree.", quote=a)))
    drain(world)
    assert (state(world, a), state(world, b)) == ("accepted", "accepted")
    quote = view(world, a)
    assert quote is not None and quote.post is not None and quote.post.quote is not None
    assert (quote.post.quote.post, quote.post.quote.id) == (None, world.stored(a).id)


def test_an_edit_that_quotes_something_else_asks_anew(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any]
) -> None:
    note = allowed(world, ben, cleo, story)
    world.take(ben, ben.create(note))
    drain(world)
    other = cleo.note("Nobody asked about this one.")
    world.web.put(other["id"], other)
    world.take(ben, ben.activity("Update", note | {"quote": other["id"]}))
    drain(world)
    drain(world)  # the stamp was looked at a moment ago
    assert state(world, note) == "rejected"
    assert world.stored(story).quotes_count == 0
    world.take(ben, ben.activity("Update", {name: note[name] for name in note if "uote" not in name}))
    assert view(world, note) is None


def test_a_stamp_that_comes_later_is_taken_without_judging_the_post_anew(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any]
) -> None:
    note = ben.note("Read this.", quote=story["id"])
    world.take(ben, ben.create(note))
    drain(world)
    before = world.stored(note).verdict_id
    permit = stamp(cleo, note, story)
    world.web.put(permit["id"], permit)
    world.take(ben, ben.activity("Update", note | {"quoteAuthorization": permit["id"]}))
    drain(world)
    assert state(world, note) == "accepted"
    assert world.stored(note).verdict_id == before
    world.take(ben, ben.activity("Update", note))
    assert state(world, note) == "pending"


def ask(ben: Remote, quoted: PostRow, note: dict[str, Any] | str, **more: Any) -> dict[str, Any]:
    """A QuoteRequest."""
    return ben.activity("QuoteRequest", quoted.uri, instrument=note, **more)


def test_a_request_is_answered_with_a_stamp_that_can_be_fetched_and_its_author_is_told(
    world: World, ben: Remote, ana: ActorRow
) -> None:
    post = write(world, ana, "The ferry left.")
    note = ben.note("Ana knows.", quote=post.uri)
    world.take(ben, ask(ben, post, note))
    (yes,) = sent(world, "Accept")
    assert yes["object"]["type"] == "QuoteRequest" and yes["object"]["instrument"] == note["id"]
    assert state(world, note) == "accepted"
    assert told(world, ana) == ["quote"]
    headers = {"Accept": "application/activity+json"}
    answer = world.http.get(yes["result"].removeprefix("https://ostiary.example"), headers=headers)
    document = answer.get_json()
    assert answer.status_code == 200
    assert [document[name] for name in ("id", "type", "attributedTo", "interactingObject", "interactionTarget")] == [
        yes["result"], "QuoteAuthorization", ana.uri, note["id"], post.uri,
    ]  # fmt: skip
    world.take(ben, ask(ben, post, note["id"]))
    again = sent(world, "Accept")
    assert [one["result"] for one in again] == [yes["result"]] * 2
    assert told(world, ana) == ["quote"]


def test_a_stamp_that_is_taken_back_is_gone_and_told_of(world: World, ben: Remote, ana: ActorRow) -> None:
    post = write(world, ana, "The ferry left.")
    note = ben.note("Ana knows.", quote=post.uri)
    world.take(ben, ask(ben, post, note))
    (yes,) = sent(world, "Accept")
    path, headers = yes["result"].removeprefix("https://ostiary.example"), {"Accept": "application/activity+json"}
    allowing.revoke(world.services, ana.id, world.stored(note).id)
    assert world.http.get(path, headers=headers).status_code == 410
    assert world.http.get(path + "x", headers=headers).status_code == 404
    (gone,) = sent(world, "Delete")
    assert (gone["object"]["id"], gone["object"]["interactingObject"]) == (yes["result"], note["id"])
    world.take(ben, ask(ben, post, note["id"]))
    assert len(sent(world, "Accept")) == 1 and len(sent(world, "Reject")) == 1
    world.take(ben, ben.activity("Update", note | {"quoteAuthorization": yes["result"]}))
    drain(world)
    assert state(world, note) == "revoked"


def test_a_stamp_of_somebody_suspended_is_gone(world: World, ben: Remote, ana: ActorRow) -> None:
    post = write(world, ana, "The ferry left.")
    world.take(ben, ask(ben, post, ben.note("Ana knows.", quote=post.uri)))
    (yes,) = sent(world, "Accept")
    with world.services.db.write() as session:
        session.get_one(ActorRow, ana.id).suspended_at = world.services.clock.now()
    path = yes["result"].removeprefix("https://ostiary.example")
    assert world.http.get(path, headers={"Accept": "application/activity+json"}).status_code == 410


def test_nobody_quotes_whom_they_block_or_who_blocks_them(world: World, ben: Remote, ana: ActorRow) -> None:
    post = write(world, ana, "The ferry left.")
    block.block(world.services, ana.id, world.row(ben).id)
    world.take(ben, ask(ben, post, ben.note("Ana knows.", quote=post.uri)))
    assert sent(world, "Accept") == [] and len(sent(world, "Reject")) == 1


def test_whose_account_goes_is_quoted_no_more(world: World, ben: Remote, cleo: Remote, story: dict[str, Any]) -> None:
    note = allowed(world, ben, cleo, story)
    world.take(ben, ben.create(note))
    drain(world)
    world.take(cleo, cleo.activity("Delete", cleo.uri))
    assert state(world, note) == "deleted"


def test_a_suspended_domain_is_quoted_no_more_until_it_is_back(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any]
) -> None:
    note = allowed(world, ben, cleo, story)
    world.take(ben, ben.create(note))
    drain(world)
    services = world.services
    for severity, expected in ((Severity.SUSPEND, "unauthorized"), (Severity.NOOP, "accepted")):
        with services.db.write() as session:
            decided = editing.set_rule(session, cleo.domain, severity, "admin", services.clock.now())
            enact.enact(services, session, decided.effects)
        assert state(world, note) == expected


def test_a_quoting_post_that_goes_is_counted_no_more(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any]
) -> None:
    note = allowed(world, ben, cleo, story)
    world.take(ben, ben.create(note))
    drain(world)
    world.take(ben, ben.activity("Delete", note["id"]))
    assert world.stored(story).quotes_count == 0


def test_a_request_by_address_has_the_quoting_post_fetched_first(world: World, ben: Remote, ana: ActorRow) -> None:
    post = write(world, ana, "The ferry left.")
    note = ben.note("Ana knows.", quote=post.uri)
    world.web.put(note["id"], note)
    world.take(ben, ask(ben, post, note["id"]))
    assert state(world, note) == "accepted"


@pytest.mark.parametrize("policy", [QuotePolicy.NOBODY, QuotePolicy.FOLLOWERS])
def test_who_may_not_quote_is_told_so_and_nothing_is_fetched(
    world: World, ben: Remote, ana: ActorRow, policy: QuotePolicy
) -> None:
    post = write(world, ana, "The ferry left.", quote_policy=policy)
    note = ben.note("Ana knows.", quote=post.uri)
    world.take(ben, ask(ben, post, note["id"]))
    (no,) = sent(world, "Reject")
    assert no["object"]["instrument"] == note["id"]
    assert sent(world, "Accept") == []
    assert world.state(note) is None


def test_followers_may_where_the_author_says_so(world: World, ben: Remote, ana: ActorRow) -> None:
    post = write(world, ana, "The ferry left.", quote_policy=QuotePolicy.FOLLOWERS)
    world.follow(world.row(ben), ana)
    note = ben.note("Ana knows.", quote=post.uri)
    world.take(ben, ask(ben, post, note))
    assert state(world, note) == "accepted"


def by_hand(world: World, ben: Remote, ana: ActorRow, **fields: Any) -> tuple[PostRow, dict[str, Any]]:
    """Ana wants to be asked, and ben asks."""
    post = write(world, ana, "The ferry left.", quote_policy=QuotePolicy.MANUAL)
    note = ben.note("Ana knows.", quote=post.uri, **fields)
    world.take(ben, ask(ben, post, note))
    return post, note


def waiting(world: World, ana: ActorRow) -> list[tuple[str, str]]:
    """What asks to quote what."""
    with world.services.db.read() as session:
        return [(one.quoting.post.uri, one.quoted.post.uri) for one in requests.waiting(session, ana.id)]


def test_who_wants_to_be_asked_says_so_and_answers_by_hand(world: World, ben: Remote, ana: ActorRow) -> None:
    post, note = by_hand(world, ben, ana)
    document = world.http.get(post.uri, headers={"Accept": "application/activity+json"}).get_json()
    assert document["interactionPolicy"]["canQuote"] == {"automaticApproval": [ana.uri], "manualApproval": [PUBLIC]}
    assert (state(world, note), told(world, ana), waiting(world, ana)) == (
        "pending",
        ["quote"],
        [(note["id"], post.uri)],
    )
    assert sent(world, "Accept") == sent(world, "Reject") == []
    requests.answer(world.services, ana.id, world.stored(note).id, allowed=True)
    (yes,) = sent(world, "Accept")
    assert (yes["object"]["type"], yes["object"]["instrument"]) == ("QuoteRequest", note["id"])
    assert (row(world, note).authorization_uri, state(world, note)) == (yes["result"], "accepted")
    assert (told(world, ana), waiting(world, ana)) == (["quote"], [])
    with pytest.raises(NotFoundError):
        requests.answer(world.services, ana.id, world.stored(note).id, allowed=False)


def test_what_was_taken_away_since_it_asked_is_not_answered(world: World, ben: Remote, ana: ActorRow) -> None:
    _post, note = by_hand(world, ben, ana)
    with world.services.db.write() as session:
        enact.enact(world.services, session, [Effect(Verb.WITHDRAW, note["id"])])
    for allowed in (True, False):
        with pytest.raises(NotFoundError):
            requests.answer(world.services, ana.id, world.stored(note).id, allowed=allowed)
    assert sent(world, "Accept") == sent(world, "Reject") == [] and row(world, note).state is QuoteState.PENDING


def test_a_no_by_hand_is_told_and_stands_when_asked_again(world: World, ben: Remote, ana: ActorRow) -> None:
    post, note = by_hand(world, ben, ana)
    with pytest.raises(NotFoundError):
        requests.answer(world.services, world.member("dora").id, world.stored(note).id, allowed=True)
    requests.answer(world.services, ana.id, world.stored(note).id, allowed=False)
    world.take(ben, ask(ben, post, note["id"]))
    assert [no["object"]["instrument"] for no in sent(world, "Reject")] == [note["id"]] * 2
    assert (state(world, note), waiting(world, ana), sent(world, "Accept")) == ("rejected", [], [])


def test_what_the_author_cannot_read_is_no_question_to_them(world: World, ben: Remote, ana: ActorRow) -> None:
    _post, note = by_hand(world, ben, ana, to=[ben.uri + "/followers"], cc=[])
    assert (len(sent(world, "Reject")), waiting(world, ana), told(world, ana)) == (1, [], [])
    assert row(world, note).request_uri is None


def test_what_waits_at_the_door_is_no_question_yet(world: World, ben: Remote, ana: ActorRow) -> None:
    post = write(world, ana, "The ferry left.", quote_policy=QuotePolicy.MANUAL)
    world.take(ben, ask(ben, post, ben.note(HATEFUL, quote=post.uri)))
    assert (waiting(world, ana), told(world, ana)) == ([], [])


@pytest.mark.parametrize(("answered", "looks"), [(410, 1), (404, 3)])
def test_a_stamp_that_is_gone_when_a_member_reads_ends_the_quote_though_nobody_said_so(
    world: World, ben: Remote, cleo: Remote, story: dict[str, Any], answered: int, looks: int
) -> None:
    note = allowed(world, ben, cleo, story)
    world.take(ben, ben.create(note))
    drain(world)
    assert state(world, note) == "accepted"
    world.web.fail(note["quoteAuthorization"], GoneError("gone", answered=answered))
    world.web.asked.clear()
    wanted.read_thread(world.services, world.stored(note))
    drain(world)
    assert (note["quoteAuthorization"] in world.web.asked, state(world, note)) == (False, "accepted")
    world.services.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    wanted.read_thread(world.services, world.stored(note))
    for _ in range(5):
        world.services.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
        threads.drain(world.services)
    assert world.web.asked.count(note["quoteAuthorization"]) == looks
    assert state(world, note) == "revoked"


def test_a_request_for_a_post_that_quotes_something_else_is_refused(world: World, ben: Remote, ana: ActorRow) -> None:
    post, other = write(world, ana, "The ferry left."), write(world, ana, "The ferry came back.")
    note = ben.note("Ana knows.", quote=other.uri)
    world.take(ben, ask(ben, post, note))
    assert sent(world, "Accept") == []
    assert world.inbox()[-1].reason == "request_of_another"


def test_nobody_asks_for_somebody_elses_post(world: World, ben: Remote, ana: ActorRow) -> None:
    post = write(world, ana, "The ferry left.")
    mallory = world.known("mallory", "evil.example")
    note = ben.note("Ana knows.", quote=post.uri)
    world.take(ben, ben.create(note))
    world.take(mallory, ask(mallory, post, note["id"]))
    assert world.inbox()[-1].reason == "request_foreign"
    assert sent(world, "Accept") == [] and state(world, note) == "pending"


def test_a_quote_that_waits_at_the_door_is_answered_once_it_is_let_in(world: World, ben: Remote, ana: ActorRow) -> None:
    post = write(world, ana, "The ferry left.")
    note = ben.note(HATEFUL, quote=post.uri)
    world.take(ben, ask(ben, post, note))
    assert world.state(note) is PostState.HELD
    assert sent(world, "Accept") == sent(world, "Reject") == []
    assert world.inbox()[-1].reason == "quoting_waits"
    assert told(world, ana) == []


def test_a_member_quotes_somebody_elsewhere_who_is_asked_and_agrees(
    world: World, ben: Remote, cleo: Remote, ana: ActorRow
) -> None:
    story = cleo.note("The ferry left.", interactionPolicy={"canQuote": {"automaticApproval": [PUBLIC]}})
    world.take(cleo, cleo.create(story))
    world.follow(world.row(ben), ana)
    post = write(world, ana, "Read this.", quoted_id=world.stored(story).id)
    (create,) = sent(world, "Create")
    (request,) = sent(world, "QuoteRequest")
    made = create["object"]
    assert [made[name] for name in ("quote", "quoteUri", "_misskey_quote")] == [story["id"]] * 3
    assert made["content"].startswith('<p class="quote-inline">RE: <a href="' + story["id"])
    assert "quoteAuthorization" not in made
    assert (request["object"], request["instrument"]["id"]) == (story["id"], post.uri)
    assert state(world, post.uri) == "pending"
    permit = f"{cleo.uri}/stamps/1"
    mallory = world.known("mallory", "near.example")
    answer = {name: request[name] for name in ("id", "type", "actor", "object")}
    world.take(mallory, mallory.activity("Accept", answer, result=f"{mallory.uri}/stamps/1"))
    assert state(world, post.uri) == "pending"
    world.take(cleo, cleo.activity("Accept", answer, result=permit))
    assert state(world, post.uri) == "accepted"
    (update,) = sent(world, "Update")
    assert update["object"]["quoteAuthorization"] == permit
    world.take(cleo, cleo.activity("Delete", permit))
    assert state(world, post.uri) == "revoked"
    assert "quoteAuthorization" not in sent(world, "Update")[-1]["object"]


def test_an_accept_with_a_stamp_of_another_host_counts_for_nothing(world: World, cleo: Remote, ana: ActorRow) -> None:
    story = cleo.note("The ferry left.", interactionPolicy={"canQuote": {"automaticApproval": [PUBLIC]}})
    world.take(cleo, cleo.create(story))
    post = write(world, ana, "Read this.", quoted_id=world.stored(story).id)
    (request,) = sent(world, "QuoteRequest")
    world.take(cleo, cleo.activity("Accept", request["id"], result="https://evil.example/stamps/1"))
    world.take(cleo, cleo.activity("Accept", request["id"]))
    assert state(world, post.uri) == "pending"
    world.take(cleo, cleo.activity("Reject", request["id"]))
    assert state(world, post.uri) == "rejected"


def test_what_others_say_of_who_may_do_what_is_read_by_its_old_and_new_names(
    world: World, ben: Remote, ana: ActorRow
) -> None:
    policy = {
        "canQuote": {"automaticApproval": [f"{ben.uri}/followers"], "manualApproval": [PUBLIC]},
        "canReply": {"always": [ben.uri, ana.uri], "approvalRequired": []},
        "canLike": {"always": [PUBLIC]},
        "canAnnounce": {"automaticApproval": [ben.uri], "always": [PUBLIC]},
    }
    note = ben.note("The ferry left.", interactionPolicy=policy)
    world.take(ben, ben.create(note))
    dora = world.member("dora")
    with world.services.db.read() as session:
        for who, reply in ((ana, May.AUTOMATIC), (dora, May.DENIED)):
            seen = reading.load_one(session, world.stored(note).pk, who.id)
            assert seen is not None
            assert [seen.may(deed) for deed in Deed] == [May.MANUAL, reply, May.AUTOMATIC, May.DENIED]


@pytest.mark.parametrize(
    "policy",
    [
        7,
        [],
        {"canQuote": 7},
        {"canQuote": {"automaticApproval": 7}},
        {"canLike": {"always": [[], {}, None, 3, "x" * 9000]}},
        {"canReply": {"always": ["https://far.example/" + str(number) for number in range(5000)]}},
    ],
)
def test_a_policy_may_be_anything_at_all(world: World, ben: Remote, policy: Any) -> None:
    note = ben.note("The ferry left.", interactionPolicy=policy)
    world.take(ben, ben.create(note))
    assert world.state(note) is PostState.PUBLISHED


def test_what_must_stay_in_sight_of_a_picture_is_kept(world: World, ben: Remote) -> None:
    picture = {"type": "Image", "mediaType": "image/png", "url": "https://far.example/1.png"}
    note = ben.note("Look.", attachment=[picture | {"focalPoint": [0.25, -0.5]}, picture | {"focalPoint": [7, "x"]}])
    world.take(ben, ben.create(note))
    with world.services.db.read() as session:
        query = select(AttachmentRow.focus_x, AttachmentRow.focus_y).order_by(AttachmentRow.position)
        assert [tuple(one) for one in session.execute(query)] == [(0.25, -0.5), (None, None)]
