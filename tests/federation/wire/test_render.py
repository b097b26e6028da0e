"""What we send is what we would take: documents survive the way out and in again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import render
from app.federation.wire.actors import parse_actor
from app.federation.wire.documents import load
from app.federation.wire.parse import parse_activity, parse_object
from app.federation.wire.values import (
    PUBLIC,
    Accept,
    Announce,
    Attachment,
    Block,
    Create,
    Delete,
    Embedded,
    Flag,
    Follow,
    Hashtag,
    InteractionPolicy,
    Like,
    MediaKind,
    Mention,
    Permission,
    Poll,
    PollOption,
    Post,
    PostKind,
    Quote,
    QuoteRequest,
    Reference,
    Reject,
    Undo,
    Unsupported,
    Update,
)
from tests.federation.wire import documents as they
from tests.federation.wire.documents import ANA, BEN, NOTE_URI

AT = datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC)
ID = f"{ANA}/activities/1"
ANA_HERSELF = parse_actor(they.person())

texts = st.text(alphabet=st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]), max_size=40)
times = st.none() | st.floats(0, 4e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
addresses = st.lists(st.sampled_from([PUBLIC, BEN, f"{ANA}/followers"]), unique=True).map(tuple)
polls = st.builds(
    Poll,
    options=st.lists(st.builds(PollOption, texts, st.integers(0, 99)), min_size=2, max_size=4).map(tuple),
    multiple=st.booleans(),
    ends_at=times,
    closed_at=times,
    voters=st.none() | st.integers(0, 99),
)
attachments = st.builds(
    Attachment,
    url=st.just(f"{ANA}/1.jpg"),
    kind=st.just(MediaKind.IMAGE),
    media_type=st.just("image/jpeg"),
    description=texts,
    width=st.none() | st.integers(1, 9000),
    focal_point=st.none() | st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
)
films = st.builds(
    Attachment,
    url=st.just(f"{ANA}/1.mp4"),
    kind=st.just(MediaKind.VIDEO),
    media_type=st.just("video/mp4"),
    description=texts,
    duration=st.none() | st.integers(1, 31 * 86_400_000).map(lambda milliseconds: milliseconds / 1000),
)
permissions = st.builds(Permission, addresses, addresses)
policies = st.builds(InteractionPolicy, permissions, st.none() | permissions, st.none() | permissions)
posts = st.builds(
    Post,
    uri=st.just(NOTE_URI),
    kind=st.sampled_from([PostKind.NOTE, PostKind.ARTICLE, PostKind.PAGE]),
    author=st.just(ANA),
    content=texts,
    title=texts.map(lambda text: text and "title " + text),
    summary=texts,
    sensitive=st.booleans(),
    language=st.none() | st.sampled_from(["en", "fr-CA"]),
    url=st.none() | st.just(f"{NOTE_URI}.html"),
    in_reply_to=st.none() | st.just(f"{BEN}/1"),
    quote=st.none() | st.builds(Quote, st.just(f"{BEN}/2"), st.none() | st.just(f"{BEN}/stamps/1")),
    policy=st.none() | policies,
    context=st.none() | st.just("tag:x"),
    published=times,
    updated=times,
    to=addresses,
    cc=addresses,
    mentions=st.lists(st.just(Mention(BEN, "@ben@ostiary.example")), max_size=1).map(tuple),
    hashtags=st.lists(st.just(Hashtag("Morning", f"{ANA}/tag")), max_size=1).map(tuple),
    attachments=st.lists(attachments | films, max_size=2).map(tuple),
)


def through_the_wire(document: dict[str, Any]) -> dict[str, Any]:
    data = orjson.dumps(document)
    assert b'"bto"' not in data
    assert b'"bcc"' not in data
    return load(data)


def means_the_same(post: Post) -> bool:
    """Whether its summary is a warning for every reader: not the title again, nor an article's excerpt."""
    excerpt = post.kind is PostKind.ARTICLE and not post.sensitive
    return not post.summary or (post.summary != post.title and not excerpt)


@given(posts.filter(means_the_same))
def test_a_post_survives(post: Post) -> None:
    assert parse_object(through_the_wire(render.post(post))) == post


@given(polls)
def test_a_poll_survives(poll: Poll) -> None:
    post = Post(uri=NOTE_URI, kind=PostKind.QUESTION, author=ANA, to=(PUBLIC,), poll=poll)
    assert parse_object(through_the_wire(render.post(post))) == post


def test_an_actor_survives() -> None:
    assert parse_actor(through_the_wire(render.actor(ANA_HERSELF))) == ANA_HERSELF


NOTE = Post(uri=NOTE_URI, kind=PostKind.NOTE, author=ANA, content="<p>hi</p>", to=(PUBLIC,), cc=(BEN,), published=AT)
ASKED = Embedded("QuoteRequest", f"{BEN}/requests/1", BEN, f"{ANA}/2", f"{BEN}/2")
FOLLOW = Embedded("Follow", f"{BEN}/follows/1", BEN, ANA)


@pytest.mark.parametrize(
    "activity",
    [
        Create(ID, ANA, NOTE),
        Update(ID, ANA, NOTE),
        Update(ID, ANA, ANA_HERSELF),
        Delete(ID, ANA, NOTE_URI),
        Delete(ID, ANA, ANA),
        Follow(ID, ANA, BEN),
        Accept(ID, ANA, FOLLOW),
        Reject(ID, ANA, FOLLOW),
        QuoteRequest(ID, ANA, f"{BEN}/2", Reference(NOTE_URI)),
        QuoteRequest(ID, ANA, f"{BEN}/2", replace(NOTE, quote=Quote(f"{BEN}/2"))),
        Accept(ID, ANA, ASKED, f"{ANA}/stamps/1"),
        Reject(ID, ANA, ASKED),
        Undo(ID, ANA, Embedded("Like", f"{ANA}/likes/1", ANA, f"{BEN}/1")),
        Undo(ID, ANA, Embedded(None, f"{ANA}/likes/1")),
        Like(ID, ANA, f"{BEN}/1"),
        Announce(ID, ANA, f"{BEN}/1", (PUBLIC,), (f"{ANA}/followers",), AT),
        Block(ID, ANA, BEN),
        Flag(ID, ANA, (BEN, f"{BEN}/1"), "look at this"),
    ],
    ids=lambda activity: type(activity).__name__,
)
def test_an_activity_survives(activity: Any) -> None:
    document = through_the_wire(render.activity(activity))
    assert parse_activity(document) == activity
    assert "@context" in document


def test_what_is_unsupported_is_never_sent() -> None:
    with pytest.raises(TypeError):
        render.activity(Unsupported(ID, ANA, "activity:Move"))


def test_a_create_carries_its_posts_addresses_and_one_context() -> None:
    document = render.activity(Create(ID, ANA, NOTE))
    assert (document["to"], document["cc"], document["published"]) == ([PUBLIC], [BEN], "2026-03-01T12:00:01Z")
    assert "@context" not in document["object"]


def test_a_context_names_what_is_used_and_nothing_else() -> None:
    plain = render.post(NOTE)["@context"]
    assert plain == ["https://www.w3.org/ns/activitystreams", {"sensitive": "as:sensitive"}]
    tagged = Post(uri=NOTE_URI, kind=PostKind.NOTE, author=ANA, hashtags=(Hashtag("x"),))
    assert render.post(tagged)["@context"][1] == {"sensitive": "as:sensitive", "Hashtag": "as:Hashtag"}
    terms = render.actor(ANA_HERSELF)["@context"][2]
    assert terms["toot"] == "http://joinmastodon.org/ns#"
    assert "movedTo" not in terms


def test_a_tombstone_says_what_stood_there() -> None:
    assert render.tombstone(NOTE_URI, PostKind.NOTE, AT) == {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": NOTE_URI,
        "type": "Tombstone",
        "formerType": "Note",
        "deleted": "2026-03-01T12:00:01Z",
    }
