"""Whatever a stranger with a proper key sends: never a 500, never a failure in the intake, nothing shown unjudged."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from app.federation import intake
from app.federation.handlers import HANDLERS
from app.federation.tables import IntakeState
from app.federation.wire import documents, parse, signatures
from app.federation.wire.errors import WireError
from app.federation.wire.signed import SignedRequest
from app.federation.wire.values import PUBLIC
from app.posts.tables import PostRow, PostState
from tests.federation.world import Remote, World

FAR = "https://far.example"
_odd = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-(2**63), 2**63 - 1),
    some.floats(allow_nan=False, allow_infinity=False),
    some.text(some.characters(exclude_categories=["Cs"]), max_size=30),
    some.sampled_from(
        [PUBLIC, FAR, FAR + "/users/mallory", "https://ostiary.example/users/ana", "Note", "Person", "Follow", "\0", "<b>x",
         "https://user@far.example/", "https://far.example:99999/", "http://[::1]/", "2026-13-45T99:00:00Z", "9999-12-31T23:59:59Z"]
    ),
)  # fmt: skip
_value = some.recursive(
    _odd,
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(["id", "type", "actor", "object", "href", "name", "content", "url", "icon", "oneOf"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
_fields = some.dictionaries(
    some.sampled_from(
        ["to", "cc", "tag", "attachment", "content", "contentMap", "summary", "name", "published", "updated", "url",
         "inReplyTo", "sensitive", "attributedTo", "oneOf", "anyOf", "endTime", "closed", "context", "mediaType",
         "preferredUsername", "inbox", "endpoints", "publicKey", "icon", "id", "type"]
    ),
    _value,
    max_size=5,
)  # fmt: skip
_kinds = some.sampled_from(
    ["Create", "Update", "Delete", "Follow", "Accept", "Reject", "Undo", "Like", "Announce", "Flag", "Block", "Move"]
)
_numbers = itertools.count()
_quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@pytest.fixture
def mallory(world: World) -> Remote:
    """A stranger with a proper key."""
    world.member("ana")
    mallory = world.known()
    world.follow(world.row(world.known("ben", "near.example")), world.row(mallory))
    return mallory


_WAITS_FOR_ITS_KEY = frozenset((IntakeState.UNVERIFIED,))


@pytest.fixture
def followed(world: World) -> Remote:
    """Somebody whose boosts are wanted here."""
    cleo = world.known("cleo", "third.example")
    world.follow(world.member("dora"), world.row(cleo))
    return cleo


def _deal_with(
    world: World, sender: Remote, activity: dict[str, Any], *, but: frozenset[IntakeState] = frozenset()
) -> None:
    answer = world.deliver(sender, activity)
    assert answer.status_code == 202 or 400 <= answer.status_code < 500, answer.text
    if answer.status_code != 202:
        assert set(answer.get_json()) == {"error", "error_description"}
    intake.drain(world.services)
    for row in world.inbox():
        assert row.state in {IntakeState.DONE, IntakeState.REFUSED, IntakeState.RETRY} | but, row.state
        assert row.reason != "failed", activity
    with world.services.db.read() as session:
        shown = session.scalars(select(PostRow).where(PostRow.state == PostState.PUBLISHED))
        assert all(post.verdict_id is not None for post in shown)


@_quick
@given(kind=_kinds, what=_value, fields=_fields)
def test_an_activity_of_anything(world: World, mallory: Remote, kind: str, what: Any, fields: dict[str, Any]) -> None:
    _deal_with(
        world, mallory, mallory.activity(kind, what) | {k: v for k, v in fields.items() if k not in ("id", "type")}
    )


@_quick
@given(fields=_fields)
def test_a_post_with_odd_fields(world: World, mallory: Remote, fields: dict[str, Any]) -> None:
    note = mallory.note("Something about the harbour.")
    _deal_with(world, mallory, mallory.create(note) | {"object": note | fields})


@_quick
@given(fields=_fields)
def test_a_profile_with_odd_fields(world: World, mallory: Remote, fields: dict[str, Any]) -> None:
    _deal_with(world, mallory, mallory.activity("Update", mallory.actor() | fields))


@_quick
@given(path=some.text(max_size=20), query=some.text(max_size=20), accept=some.text(max_size=20))
def test_addresses_of_anything(world: World, path: str, query: str, accept: str) -> None:
    from urllib.parse import quote

    accept = accept.encode("ascii", "ignore").decode().replace("\r", "").replace("\n", "")
    for form in ("/users/{}", "/users/{}/outbox?page=1&max_id={}", "/users/ana/statuses/{}", "/nodeinfo/{}",
                 "/.well-known/webfinger?resource={}"):  # fmt: skip
        target = form.format(quote(path, safe=""), quote(query, safe=""))
        answer = world.http.get(target, base_url="https://ostiary.example", headers={"Accept": accept})
        assert answer.status_code < 500, target


def _documents(mallory: Remote) -> list[dict[str, Any]]:
    """One rightful activity of each kind that is handled, rich in places to put something else."""
    ana, note = "https://ostiary.example/users/ana", mallory.note("Something about the harbour.")
    rich = note | {
        "tag": [
            {"type": "Mention", "href": ana, "name": "@ana"},
            {"type": "Hashtag", "href": FAR + "/tags/birds", "name": "#birds"},
            {"type": "Emoji", "name": ":kettle:", "icon": {"type": "Image", "url": FAR + "/kettle.png"}},
        ],
        "attachment": [{"type": "Document", "mediaType": "image/png", "url": FAR + "/a.png", "name": "A kettle"}],
        "contentMap": {"en": "Something", "fr": "Quelque chose"},
        "oneOf": [{"type": "Note", "name": "yes", "replies": {"type": "Collection", "totalItems": 3}}],
        "inReplyTo": FAR + "/notes/earlier",
        "replies": {"type": "Collection", "first": {"type": "CollectionPage", "items": [FAR + "/notes/later"]}},
        "source": {"content": "Something", "mediaType": "text/markdown"},
    }
    inner = mallory.activity("Follow", ana)
    return [
        mallory.create(rich),
        mallory.create(rich) | {"object": rich | {"type": "Question"}},
        mallory.activity("Update", rich),
        mallory.activity("Update", mallory.actor()),
        mallory.activity("Delete", {"type": "Tombstone", "id": note["id"]}),
        inner,
        mallory.activity("Undo", inner),
        mallory.activity("Resolve", mallory.activity("Flag", note["id"], content="It hurts.")),
        mallory.activity("Accept", inner),
        mallory.activity("Reject", inner),
        mallory.activity("Like", note["id"]),
        mallory.activity("Announce", note["id"], to=[PUBLIC]),
        mallory.activity("Flag", [ana, note["id"]], content="Look at this"),
        mallory.activity("Block", ana),
        mallory.activity("Move", mallory.uri, target=FAR + "/users/elsewhere"),
        mallory.activity("Add", note["id"], target=mallory.uri + "/featured"),
        mallory.activity("Remove", note["id"], target=mallory.uri + "/featured"),
        mallory.activity("EmojiReact", note["id"], content=":kettle:", tag=rich["tag"]),
        mallory.activity("QuoteRequest", ana + "/statuses/1", instrument=rich | {"quote": ana + "/statuses/1"}),
        mallory.activity("Accept", mallory.activity("QuoteRequest", ana + "/statuses/1"), result=FAR + "/stamps/1"),
        mallory.activity("Undo", mallory.activity("Like", note["id"])),
        mallory.activity("Undo", mallory.activity("Announce", note["id"])),
        mallory.activity("Undo", mallory.activity("Block", ana)),
        mallory.activity("Announce", mallory.create(note), to=[PUBLIC]),
        mallory.activity("Announce", mallory.activity("Update", note), to=[PUBLIC]),
        mallory.activity("Dislike", note["id"]),
        *(mallory.create(rich) | {"object": rich | more} for more in _KINDS_OF_POSTS),
    ]


_KINDS_OF_POSTS: list[dict[str, Any]] = [
    {"type": "Article", "name": "A title", "summary": "An excerpt", "preview": {"type": "Note", "content": "An excerpt"}},
    {"type": "Page", "name": "A title", "attachment": [{"type": "Link", "href": FAR + "/x", "mediaType": "text/html"}]},
    {"type": "Event", "name": "A feast", "startTime": "2026-03-02T12:00:00Z", "location": {"type": "Place", "name": "Brest"}},
    {
        "type": "Video", "name": "A walk", "mediaType": "text/markdown", "duration": "PT60S", "icon": [{"type": "Image",
        "url": FAR + "/a.jpg", "width": 280, "height": 157}], "attributedTo": [{"type": "Person", "id": FAR + "/users/mallory"},
        {"type": "Group", "id": FAR + "/c/walks"}], "url": [{"type": "Link", "mediaType": "text/html", "href": FAR + "/w/1"}],
        "language": {"identifier": "en", "name": "English"},
    },
    {"type": "Question", "anyOf": [{"type": "Note", "name": "yes"}], "endTime": "2026-03-09T12:00:00Z", "closed": True,
     "votersCount": 3},
]  # fmt: skip


def _actor(mallory: Remote) -> dict[str, Any]:
    """An actor's document with all that is read of one."""
    return mallory.actor() | {
        "summary": "<p>Walks</p>",
        "url": FAR + "/@mallory",
        "icon": {"type": "Image", "mediaType": "image/png", "url": FAR + "/a.png"},
        "image": [{"type": "Image", "url": FAR + "/b.png"}],
        "attachment": [{"type": "PropertyValue", "name": "Blog", "value": "<a href='https://x.example'>x</a>"}],
        "tag": [{"type": "Emoji", "name": ":kettle:", "icon": {"type": "Image", "url": FAR + "/kettle.png"}}],
        "alsoKnownAs": [FAR + "/users/before"],
        "movedTo": None,
        "featured": mallory.uri + "/featured",
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "indexable": False,
        "memorial": False,
        "suspended": False,
        "assertionMethod": [
            {"id": mallory.uri + "#ed", "type": "Multikey", "controller": mallory.uri, "publicKeyMultibase": "z6Mk"}
        ],
    }


def test_every_handler_is_among_what_is_played_with(mallory: Remote) -> None:
    reached = {type(parse.parse_activity(activity)) for activity in _documents(mallory)}
    assert reached == set(HANDLERS)


def _places(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where something stands in a document, each a path; the activity's own actor and type stay."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [at] if at and at not in (("actor",), ("type",)) else []
    return found + [place for key, child in children for place in _places(child, (*at, key))]


def _replaced(value: Any, at: tuple[str | int, ...], by: Any) -> Any:
    if not at:
        return by
    copy = value.copy()
    copy[at[0]] = _replaced(value[at[0]], at[1:], by)  # type: ignore[index]
    return copy


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(data=some.data())
def test_anything_in_any_place_of_a_rightful_activity(world: World, mallory: Remote, data: some.DataObject) -> None:
    activity = data.draw(some.sampled_from(_documents(mallory)))
    for _ in range(data.draw(some.integers(1, 3))):
        place = data.draw(some.sampled_from(_places(activity)))
        activity = _replaced(activity, place, data.draw(_value))
    _deal_with(world, mallory, activity)


@_quick
@given(data=some.data())
def test_anything_in_any_place_of_a_strangers_own_document(world: World, data: some.DataObject) -> None:
    """Fetched for a key that nobody here knows; what was delivered with it is handled, or refused."""
    stranger = Remote(f"zoe{next(_numbers)}", "strange.example")
    document = _actor(stranger)
    for _ in range(data.draw(some.integers(1, 3))):
        document = _replaced(document, data.draw(some.sampled_from(_places(document))), data.draw(_value))
    world.web.put(stranger.uri, document)
    _deal_with(world, stranger, stranger.create(stranger.note("Something about the harbour.")), but=_WAITS_FOR_ITS_KEY)


@_quick
@given(data=some.data())
def test_anything_in_any_place_of_a_post_that_is_fetched(
    world: World, mallory: Remote, followed: Remote, data: some.DataObject
) -> None:
    note = data.draw(some.sampled_from([one["object"] for one in _documents(mallory) if one["type"] == "Create"]))
    uri = note["id"]
    for _ in range(data.draw(some.integers(1, 3))):
        note = _replaced(note, data.draw(some.sampled_from(_places(note))), data.draw(_value))
    world.web.put(uri, note)
    _deal_with(world, followed, followed.activity("Announce", uri, to=[PUBLIC]))
    assert uri in world.web.asked


@settings(max_examples=400, deadline=None, derandomize=True)
@given(document=some.dictionaries(some.text(max_size=12), _value, max_size=6) | _value)
def test_parsing_raises_nothing_but_its_own_error(document: Any) -> None:
    body = orjson.dumps(document)
    for parser in (parse.parse_activity, parse.parse_object):
        with suppress(WireError):
            parser(documents.load(body))


_header = some.text(max_size=120) | some.from_regex(
    r'sig1=(\("@method" "@target-uri"\);keyid="x"|:[A-Za-z0-9+/=]*:|[^,]*)|(keyId|signature|headers|created)="[^"]*",?',
    fullmatch=True,
)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(signature=_header, signature_input=_header | some.none())
def test_signature_headers_of_anything_are_refused_with_one_error(signature: str, signature_input: str | None) -> None:
    headers = {"Signature": signature, "Host": "ostiary.example"}
    if signature_input is not None:
        headers["Signature-Input"] = signature_input
    with suppress(WireError):
        signatures.parse_signatures(SignedRequest.of("POST", "/inbox", headers.items(), b"{}"))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(body=some.binary(max_size=300))
def test_bytes_of_anything_are_no_document(body: bytes) -> None:
    with suppress(WireError):
        documents.load(body)
