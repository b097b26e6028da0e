"""Activities are parsed once: rightly, or refused with a reason, never with a traceback."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.federation.wire import errors
from app.federation.wire.parse import PARSERS, parse_activity, parse_object, require_owner
from app.federation.wire.values import (
    PUBLIC,
    Accept,
    Add,
    Announce,
    Announced,
    Block,
    Create,
    Delete,
    Embedded,
    Flag,
    Follow,
    Like,
    MediaKind,
    Move,
    NeedsFetch,
    Post,
    PostKind,
    Reference,
    Reject,
    Remove,
    Undo,
    Unsupported,
    Update,
    Visibility,
)
from tests.federation.wire import documents as they
from tests.federation.wire.documents import ANA, BEN, MALLORY, NOTE_URI, REMOTE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def post(**changes: Any) -> Post:
    parsed = parse_activity(they.create(they.note(**changes)))
    assert isinstance(parsed, Create)
    assert isinstance(parsed.object, Post)
    return parsed.object


def test_a_note_is_read_whole() -> None:
    read = post()
    assert (read.uri, read.kind, read.author) == (NOTE_URI, PostKind.NOTE, ANA)
    assert (read.language, read.published, read.url) == ("en", NOON, f"{REMOTE}/@ana/1")
    assert read.visibility() is Visibility.PUBLIC
    assert [(one.uri, one.handle) for one in read.mentions] == [(BEN, "@ben@ostiary.example")]
    assert [(one.name, one.url) for one in read.hashtags] == [("Morning", f"{REMOTE}/tags/morning")]
    assert [(one.shortcode, one.url) for one in read.emojis] == [("wave", f"{REMOTE}/wave.png")]
    [picture] = read.attachments
    assert (picture.kind, picture.media_type, picture.description) == (MediaKind.IMAGE, "image/jpeg", "a garden gate")
    assert (picture.width, picture.height, picture.focal_point) == (1500, 1095, (0.5, -0.25))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (they.follow(), Follow),
        (they.activity("Like", BEN), Like),
        (they.activity("EmojiReact", NOTE_URI, content="🫖"), Like),
        (they.activity("Block", BEN), Block),
        (they.activity("Move", ANA, target=BEN), Move),
        (they.activity("Add", NOTE_URI, target=ANA + "/featured"), Add),
        (they.activity("Remove", NOTE_URI, target=ANA + "/featured"), Remove),
        (they.activity("Delete", NOTE_URI), Delete),
        (they.activity("Delete", {"id": NOTE_URI, "type": "Tombstone"}), Delete),
        (they.activity("Delete", ANA), Delete),
        (they.activity("Announce", NOTE_URI, to=PUBLIC), Announce),
        (they.activity("Announce", they.note()), Announce),
        (they.activity("Flag", [BEN, NOTE_URI], content="look"), Flag),
        (they.activity("Undo", they.follow()), Undo),
        (they.activity("Accept", they.follow(actor=BEN, object=ANA)), Accept),
        (they.activity("Reject", "https://ostiary.example/follows/1"), Reject),
        (they.activity("Update", they.person()), Update),
        (they.activity("Update", they.question()), Update),
        (they.activity("Create", NOTE_URI), Create),
    ],
)
def test_each_activity_becomes_its_value(document: dict[str, Any], expected: type) -> None:
    parsed = parse_activity(document)
    assert type(parsed) is expected
    assert parsed.actor == ANA
    assert require_owner(parsed) is None or isinstance(parsed, Create)


def test_every_activity_that_is_handled_has_a_parser() -> None:
    assert set(PARSERS) == {"Create", "Update", "Delete", "Follow", "Accept", "Reject", "Undo", "Like", "Announce", "Flag", "Block", "Add", "Remove", "EmojiReact", "Move", "QuoteRequest", "Resolve"}  # fmt: skip


def test_a_film_is_a_page_with_its_title_its_picture_and_its_link() -> None:
    film = {
        **they.note(content="How the ferry was mended.", mediaType="text/markdown", attachment=[]),
        "type": "Video",
        "name": "The ferry",
        "url": [
            {"type": "Link", "mediaType": "video/mp4", "href": "https://far.example/film.mp4"},
            {"type": "Link", "mediaType": "text/html", "href": "https://far.example/w/1"},
        ],
        "icon": [
            {"type": "Image", "url": "https://far.example/small.jpg", "mediaType": "image/jpeg", "width": 280},
            {"type": "Image", "url": "https://far.example/large.jpg", "mediaType": "image/jpeg", "width": 850},
        ],
    }
    parsed = parse_activity(they.create(film))
    assert isinstance(parsed, Create) and isinstance(parsed.object, Post)
    post = parsed.object
    assert (post.kind, post.title, post.url) == (PostKind.PAGE, "The ferry", "https://far.example/w/1")
    assert (post.content_type, post.content) == ("text/markdown", "How the ferry was mended.")
    assert [(a.url, a.kind, a.width) for a in post.attachments] == [
        ("https://far.example/large.jpg", MediaKind.IMAGE, 850)
    ]


def test_an_event_says_when_and_where() -> None:
    event = {
        **they.note(content="<p>Bring a cup.</p>"),
        "type": "Event",
        "name": "Soup in the park",
        "startTime": "2026-05-01T18:30:00+02:00",
        "location": {"type": "Place", "name": "Parc <Blandan>"},
    }
    parsed = parse_activity(they.create(event))
    assert isinstance(parsed, Create) and isinstance(parsed.object, Post)
    assert parsed.object.content == "<p>2026-05-01 16:30 UTC, Parc &lt;Blandan&gt;</p><p>Bring a cup.</p>"
    assert parsed.object.title == "Soup in the park"


def test_what_a_group_passes_on_is_a_boost_of_the_new_post_by_its_address_alone() -> None:
    parsed = parse_activity(they.activity("Announce", they.create(they.note(content="not believed")), to=PUBLIC))
    assert isinstance(parsed, Announce)
    assert (parsed.object_uri, parsed.actor) == (NOTE_URI, ANA)


@pytest.mark.parametrize("kind", ["Update", "Delete"])
def test_what_a_group_says_of_a_post_is_its_address_alone(kind: str) -> None:
    parsed = parse_activity(they.activity("Announce", they.activity(kind, they.note(content="not believed"))))
    assert parsed == Announced(parsed.uri, ANA, NOTE_URI)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (they.activity("Dislike", NOTE_URI), "activity:Dislike"),
        (they.activity("InventedByMallory", NOTE_URI), "activity:other"),
        (they.create({**they.note(), "type": "ChatMessage"}), "Create:ChatMessage"),
        (they.create({**they.note(), "type": "Invented"}), "Create:other"),
        (they.activity("Update", {**they.note(), "type": "ChatMessage"}), "Update:ChatMessage"),
        (they.activity("Undo", they.activity("Dislike", BEN)), "Undo:Dislike"),
        (they.activity("Undo", they.activity("Invented", BEN)), "Undo:other"),
        (they.activity("Accept", they.activity("Invite", BEN)), "Accept:Invite"),
        (they.activity("Announce", they.activity("Follow", BEN)), "Announce:Follow"),
        (they.activity("Announce", they.activity("Create", {"type": "Note"})), "Announce:Create"),
        (they.activity("Add", {"type": "Hashtag", "name": "#cats"}, target=f"{ANA}/featured"), "Add:Hashtag"),
        (they.activity("Remove", {"type": "Hashtag", "name": "#cats"}, target=f"{ANA}/featured"), "Remove:Hashtag"),
    ],
)
def test_what_is_not_handled_is_counted_under_a_reason(document: dict[str, Any], reason: str) -> None:
    parsed = parse_activity(document)
    assert isinstance(parsed, Unsupported)
    assert parsed.reason == reason


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "type_missing"),
        ({"type": 7}, "type_missing"),
        ({"type": "Like", "actor": ANA, "object": BEN}, "id_missing"),
        ({"type": "Like", "id": "tag:x", "actor": ANA, "object": BEN}, "id_bad"),
        ({"type": "Like", "id": f"{ANA}/1", "object": BEN}, "actor_missing"),
        ({"type": "Like", "id": f"{ANA}/1", "actor": "javascript:x", "object": BEN}, "actor_bad"),
        (they.activity("Like", None), "object_missing"),
        (they.activity("Like", {"name": "x"}), "object_bad"),
        (they.activity("Create", []), "object_missing"),
        (they.create(they.note(id=None)), "id_missing"),
        (they.create(they.note(content="x" * 200_001)), "content_too_long"),
        (they.create(they.note(to=[f"{REMOTE}/{i}" for i in range(2001)])), "too_many_addresses"),
        (they.create(they.note(tag=[{}] * 1001)), "too_many_tags"),
        (they.create(they.question(oneOf=[{"name": "x"}] * 51)), "too_many_options"),
        (they.activity("Flag", [BEN] * 201), "too_many_objects"),
        (they.activity("Flag", []), "object_missing"),
    ],
)
def test_what_is_malformed_is_refused_with_a_code(document: dict[str, Any], code: str) -> None:
    with pytest.raises(errors.MalformedError) as caught:
        parse_activity(document)
    assert (caught.value.code, caught.value.status) == (code, 422)


@pytest.mark.parametrize(
    "type_", ["Note", ["Note"], ["Object", "Note"], "as:Note", "https://www.w3.org/ns/activitystreams#Note"]
)
def test_a_type_is_read_in_every_spelling(type_: Any) -> None:
    assert post(type=type_).kind is PostKind.NOTE


@pytest.mark.parametrize(
    "author", [ANA, [ANA], {"id": ANA}, [{"type": "Group", "id": f"{REMOTE}/g"}, {"type": "Person", "id": ANA}], None]
)
def test_an_author_is_read_in_every_spelling(author: Any) -> None:
    assert post(attributedTo=author).author == ANA


@pytest.mark.parametrize(
    ("to", "cc", "expected"),
    [
        (PUBLIC, [], Visibility.PUBLIC),
        ("as:Public", None, Visibility.PUBLIC),
        (["Public", BEN], None, Visibility.PUBLIC),
        ([{"id": PUBLIC}], None, Visibility.PUBLIC),
        ([f"{ANA}/followers"], PUBLIC, Visibility.UNLISTED),
        (f"{ANA}/followers", [BEN], Visibility.FOLLOWERS),
        ([BEN], [f"{REMOTE}/followers/ana"], Visibility.FOLLOWERS),
        (BEN, None, Visibility.DIRECT),
        ([BEN], [MALLORY], Visibility.DIRECT),
    ],
)
def test_the_visibility_follows_from_the_addresses(to: Any, cc: Any, expected: Visibility) -> None:
    assert post(to=to, cc=cc).visibility() is expected


def test_a_followers_collection_is_known_by_its_address_where_it_is_given() -> None:
    read = post(to=[f"{REMOTE}/circles/7"], cc=[])
    assert read.visibility() is Visibility.DIRECT
    assert read.visibility(f"{REMOTE}/circles/7") is Visibility.FOLLOWERS
    assert (
        post(to=["https://other.example/users/x/followers"], cc=[]).visibility(f"{ANA}/followers") is Visibility.DIRECT
    )


def test_addresses_of_the_activity_count_where_the_post_has_none() -> None:
    assert post(to=None, cc=None).visibility() is Visibility.PUBLIC


def test_a_post_that_is_narrower_than_its_activity_stays_so() -> None:
    assert post(to=[BEN], cc=[]).visibility() is Visibility.DIRECT


def test_bto_and_bcc_are_not_read() -> None:
    assert PUBLIC not in post(to=[BEN], cc=[], bto=[PUBLIC], bcc=[PUBLIC]).to


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"contentMap": {"fr-CA": "x"}}, "fr-CA"),
        ({"content": "b", "contentMap": {"de": "a", "EN": "b"}}, "en"),
        ({"contentMap": None, "language": {"identifier": "fr", "name": "French"}}, "fr"),
        ({"contentMap": None, "language": "oc"}, "oc"),
        ({"contentMap": None, "@context": ["x", {"@language": "nl"}]}, "nl"),
        ({"contentMap": None, "@context": [{"@language": "und"}]}, None),
        ({"contentMap": {"not a language": "x"}}, None),
        ({"contentMap": None}, None),
    ],
)
def test_the_language_is_found_where_the_sender_put_it(changes: dict[str, Any], expected: str | None) -> None:
    assert post(**changes).language == expected


def test_content_may_come_in_its_map_alone() -> None:
    assert post(content=None, contentMap={"fr": "<p>bonjour</p>"}).content == "<p>bonjour</p>"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            [
                {"type": "Link", "mediaType": "application/x-mpegURL", "href": f"{REMOTE}/v.m3u8"},
                {"type": "Link", "mediaType": "text/html", "href": f"{REMOTE}/v"},
            ],
            f"{REMOTE}/v",
        ),
        ({"type": "Link", "href": f"{REMOTE}/v"}, f"{REMOTE}/v"),
        ([f"{REMOTE}/v"], f"{REMOTE}/v"),
        ("javascript:alert(1)", None),
        (7, None),
    ],
)
def test_the_page_is_found_among_links(url: Any, expected: str | None) -> None:
    assert post(url=url).url == expected


@pytest.mark.parametrize("value", [BEN, {"id": BEN}, [BEN, MALLORY], [{"id": BEN}]])
def test_what_is_replied_to_is_read_in_every_spelling(value: Any) -> None:
    assert post(inReplyTo=value).in_reply_to == BEN


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T12:00:00.000000000Z", NOON),
        ("2026-03-01T14:00:00+02:00", NOON),
        ("2026-03-01 12:00:00", NOON),
        ("2026-03-01", NOON.replace(hour=0)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (1772366400, None),
    ],
)
def test_times_are_read_in_every_spelling(value: Any, expected: datetime | None) -> None:
    assert post(published=value).published == expected


def test_tags_and_attachments_may_stand_alone() -> None:
    read = post(
        tag={"type": "Mention", "href": BEN},
        attachment={"type": "Image", "url": {"type": "Link", "href": f"{REMOTE}/a.webp", "mediaType": "image/webp"}},
    )
    assert read.mentions[0].uri == BEN
    assert (read.attachments[0].kind, read.attachments[0].media_type) == (MediaKind.IMAGE, "image/webp")


def test_both_spellings_of_a_hashtag_are_read_since_rules_tell_them_apart() -> None:
    read = post(tag=[{"type": "Hashtag", "name": name} for name in ("#Café", "#cafe", "#CAFÉ")])
    assert [tag.name for tag in read.hashtags] == ["Café", "cafe"]


def test_no_more_than_sixteen_attachments_are_taken() -> None:
    assert len(post(attachment=[{"type": "Image", "url": f"{REMOTE}/{i}.png"} for i in range(40)]).attachments) == 16


@pytest.mark.parametrize(
    "attachment",
    [
        {"type": "PropertyValue", "name": "x", "value": "y"},
        {"type": "Link", "href": f"{REMOTE}/page"},
        {"type": "Image"},
        {"type": "Image", "url": "data:image/png,x"},
        "x",
    ],
)
def test_what_is_no_media_file_is_no_attachment(attachment: Any) -> None:
    assert post(attachment=[attachment]).attachments == ()


@pytest.mark.parametrize("point", [[2, 0], [0], [True, False], ["0", "0"], [float("nan"), 0.0], None])
def test_a_focal_point_outside_the_picture_is_none(point: Any) -> None:
    assert (
        post(attachment={"type": "Image", "url": f"{REMOTE}/a.png", "focalPoint": point}).attachments[0].focal_point
        is None
    )


def test_a_title_that_is_repeated_as_a_warning_warns_of_nothing() -> None:
    read = post(type="Page", name="my link", summary="my link")
    assert (read.title, read.summary) == ("my link", "")


def test_a_poll_is_read() -> None:
    read = parse_object(they.question())
    assert isinstance(read, Post)
    assert read.poll is not None
    assert [(one.name, one.votes) for one in read.poll.options] == [("yes", 3), ("no", 1)]
    assert (read.poll.multiple, read.poll.voters, read.poll.closed_at) == (False, 4, None)
    assert read.poll.ends_at == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_closed_poll_of_many_choices_is_read() -> None:
    read = parse_object(they.question(oneOf=None, anyOf={"name": "only"}, closed=True))
    assert isinstance(read, Post)
    assert read.poll is not None
    assert (read.poll.multiple, len(read.poll.options)) == (True, 1)
    assert read.poll.closed_at == read.poll.ends_at


def test_a_vote_is_told_from_a_post() -> None:
    assert post(name="yes", content=None, contentMap=None, inReplyTo=NOTE_URI).is_vote
    assert not post().is_vote


# Whose is it?


def owner(document: dict[str, Any]) -> NeedsFetch | None:
    return require_owner(parse_activity(document))


def test_ana_may_speak_of_her_own() -> None:
    assert owner(they.create()) is None
    assert owner(they.activity("Update", they.person())) is None
    assert owner(they.activity("Delete", NOTE_URI)) is None


@pytest.mark.parametrize(
    ("document", "uri"),
    [
        (they.create(they.note(id=f"{MALLORY}/1")), f"{MALLORY}/1"),
        (they.create(they.note(attributedTo=MALLORY)), NOTE_URI),
        (they.create(they.note(attributedTo=f"{REMOTE}/users/other")), NOTE_URI),
        (they.activity("Update", they.note(id=f"{MALLORY}/1")), f"{MALLORY}/1"),
        (they.activity("Update", {**they.person(), "id": f"{REMOTE}/users/other"}), f"{REMOTE}/users/other"),
        (they.activity("Delete", BEN), BEN),
        (they.create("https://remote.example/1"), "https://remote.example/1"),
        (they.create(they.note(id="https://remote.example:444/1")), "https://remote.example:444/1"),
    ],
)
def test_what_is_not_the_actors_must_be_fetched(document: dict[str, Any], uri: str) -> None:
    assert owner(document) == NeedsFetch(uri)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (they.create(id="https://ostiary.example/activities/1"), "id_foreign"),
        (they.activity("Undo", they.follow(actor=MALLORY)), "undo_foreign"),
        (they.activity("Accept", they.follow(actor=BEN, object=MALLORY)), "answer_foreign"),
        (they.activity("Reject", they.follow(actor=BEN, object=MALLORY)), "answer_foreign"),
    ],
)
def test_what_cannot_be_true_is_refused(document: dict[str, Any], code: str) -> None:
    with pytest.raises(errors.ForeignError) as caught:
        owner(document)
    assert (caught.value.code, caught.value.status) == (code, 403)


def test_what_is_undone_is_known_by_its_parts() -> None:
    parsed = parse_activity(they.activity("Undo", they.follow()))
    assert isinstance(parsed, Undo)
    assert parsed.object == Embedded("Follow", f"{ANA}/activities/Follow", ANA, BEN)
    by_uri = parse_activity(they.activity("Undo", f"{ANA}/follows/1"))
    assert isinstance(by_uri, Undo)
    assert by_uri.object == Embedded(None, f"{ANA}/follows/1")


def test_a_bare_reference_is_no_post() -> None:
    parsed = parse_activity(they.create("https://remote.example/1"))
    assert isinstance(parsed, Create)
    assert parsed.object == Reference("https://remote.example/1")


# Any JSON at any place.

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([PUBLIC, ANA, NOTE_URI, "Note", "Create"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "type", "url", "href", "name", "x"]) | st.text(), inner, max_size=4)
    ),
    max_leaves=8,
)
WHOLE = [
    they.create(),
    they.create(they.question()),
    they.activity("Update", they.person()),
    they.activity("Undo", they.follow()),
    they.activity("Accept", they.follow()),
    they.activity("Flag", [BEN]),
    they.activity("Announce", they.note(), to=PUBLIC),
    they.activity("Delete", {"id": NOTE_URI, "type": "Tombstone"}),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


PLACES = [(document, path) for document in WHOLE for path in places(document)]


def put(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(document)
    node = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return dict(changed)


@settings(max_examples=600)
@given(st.sampled_from(PLACES), JSON)
def test_any_value_at_any_place_is_parsed_or_refused(place: tuple[dict[str, Any], tuple[Any, ...]], value: Any) -> None:
    try:
        require_owner(parse_activity(put(*place, value)))
    except errors.MalformedError as error:
        assert error.status in (403, 422)


@given(st.dictionaries(st.sampled_from(["id", "type", "actor", "object", "to"]) | st.text(), JSON))
def test_any_object_is_parsed_or_refused(document: dict[str, Any]) -> None:
    for parse in (parse_activity, parse_object):
        try:
            parse(document)
        except errors.MalformedError as error:
            assert error.code
