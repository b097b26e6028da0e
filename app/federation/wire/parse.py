"""Parses activities, once, into frozen values; the table of activity types is at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.federation.wire import actors, fields, posts, uris
from app.federation.wire.errors import ForeignError, MalformedError
from app.federation.wire.fields import Doc, Json
from app.federation.wire.values import (
    PUBLIC,
    Accept,
    Activity,
    Actor,
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
    Move,
    NeedsFetch,
    Post,
    QuoteRequest,
    Reference,
    Reject,
    Remove,
    Resolve,
    Undo,
    Unsupported,
    Update,
)

MAX_FLAGGED = 200
MAX_COMPLAINT = 20_000

# Names that may stand in a reason. Whatever else strangers invent is counted as "other".
_KNOWN_OBJECTS = frozenset(
    [
        "Video",
        "Audio",
        "Image",
        "Document",
        "Event",
        "Place",
        "Profile",
        "Tombstone",
        "Relationship",
        "ChatMessage",
        "Collection",
        "OrderedCollection",
        "CollectionPage",
        "OrderedCollectionPage",
        "Link",
        "CacheFile",
        "Playlist",
        "Vote",
        "Answer",
    ]
)
_KNOWN_ACTIVITIES = frozenset(
    [
        "Create",
        "Update",
        "Delete",
        "Follow",
        "Accept",
        "Reject",
        "Undo",
        "Like",
        "Announce",
        "Flag",
        "Resolve",
        "Block",
        "Move",
        "Add",
        "Remove",
        "Dislike",
        "EmojiReact",
        "View",
        "Read",
        "Listen",
        "Join",
        "Leave",
        "Invite",
        "Offer",
        "Ignore",
        "TentativeAccept",
        "TentativeReject",
        "Arrive",
        "Travel",
        "Question",
        "QuoteRequest",
        "FeatureRequest",
    ]
)
_ANSWERABLE = (None, "Follow", "QuoteRequest")
_UNDOABLE = frozenset(("Follow", "Like", "EmojiReact", "Announce", "Block", "Accept"))


def parse_activity(doc: Doc) -> Activity:
    """The activity in a document; Unsupported where we handle no such thing.

    Whose things it may speak of is not checked here: see `require_owner`. Raises MalformedError.
    """
    names = fields.types(doc)
    if not names:
        raise MalformedError("the activity has no type", code="type_missing")
    uri = fields.own_id(doc)
    actor = fields.required_uri(doc, "actor")
    for name in names:
        if (parser := PARSERS.get(name)) is not None:
            return parser(doc, uri, actor)
    return Unsupported(uri, actor, "activity:" + _known(names, _KNOWN_ACTIVITIES))


def parse_object(doc: Doc) -> Post | Actor | Unsupported:
    """A post or an actor that was fetched. Raises MalformedError."""
    if posts.kind_of(doc) is not None:
        return posts.parse_post(doc)
    if actors.kind_of(doc) is not None:
        return actors.parse_actor(doc)
    author = fields.uri(doc.get("attributedTo")) or fields.uri(doc.get("actor")) or ""
    return Unsupported(fields.own_id(doc), author, "object:" + _known_object(doc))


def require_owner(activity: Activity) -> NeedsFetch | None:
    """Whether the actor may say this: None, or what must be fetched from its own home before it is believed.

    The caller has checked already that whoever signed is the actor. Raises ForeignError where the claim can't be
    true: an activity with an id on another host, an Undo of somebody else's doing, an answer to a Follow of
    somebody else, a Move of somebody else.
    """
    actor = activity.actor
    if not uris.same_origin(activity.uri, actor):
        raise ForeignError("the activity's id is on another host than its actor", code="id_foreign")
    match activity:
        case Create(object=Post() as post) | Update(object=Post() as post):
            if post.author != actor or not uris.same_origin(post.uri, actor):
                return NeedsFetch(post.uri)
        case Update(object=Actor(uri=uri)):
            return None if uri == actor else NeedsFetch(uri)
        case Create(object=Reference(uri=uri)) | Update(object=Reference(uri=uri)):
            return NeedsFetch(uri)
        case Delete(object_uri=uri):
            return None if uris.same_origin(uri, actor) else NeedsFetch(uri)
        case Move(object_uri=uri) if uri != actor:
            raise ForeignError("a Move of somebody else", code="move_foreign")
        case Undo(object=Embedded(actor=claimed)) if claimed not in (None, actor):
            raise ForeignError("an Undo of what somebody else did", code="undo_foreign")
        case QuoteRequest():
            _require_own_post(activity)
        case Accept() | Reject():
            _require_own_answer(activity)
    return None


def _require_own_post(request: QuoteRequest) -> None:
    """Raise ForeignError where somebody asks for a post that isn't theirs."""
    asking = request.instrument
    foreign = isinstance(asking, Post) and asking.author != request.actor
    if foreign or not uris.same_origin(asking.uri, request.actor):
        raise ForeignError("a request for somebody else's post", code="request_foreign")


def _require_own_answer(answer: Accept | Reject) -> None:
    """Raise ForeignError where somebody answers what was asked of somebody else: a Follow of another, a quote of a
    post on another host; or answers with a stamp from another host.
    """
    asked, stamp = answer.object, answer.result if isinstance(answer, Accept) else None
    if stamp is not None and not uris.same_origin(stamp, answer.actor):
        raise ForeignError("a stamp from another host", code="stamp_foreign")
    if asked.type == "QuoteRequest":
        if asked.object_uri is not None and not uris.same_origin(asked.object_uri, answer.actor):
            raise ForeignError("an answer about somebody else's post", code="answer_foreign")
    elif asked.object_uri not in (None, answer.actor, PUBLIC):  # a relay answers to a Follow of everybody
        raise ForeignError("an answer to a Follow of somebody else", code="answer_foreign")


def _create(doc: Doc, uri: str, actor: str) -> Activity:
    value = _object(doc)
    if isinstance(value, str):
        return Create(uri, actor, Reference(value))
    if posts.kind_of(value) is None:
        return Unsupported(uri, actor, "Create:" + _known_object(value))
    return Create(uri, actor, posts.parse_post(value, actor=actor, outer=doc))


def _update(doc: Doc, uri: str, actor: str) -> Activity:
    value = _object(doc)
    if isinstance(value, str):
        return Update(uri, actor, Reference(value))
    if actors.kind_of(value) is not None:
        return Update(uri, actor, actors.parse_actor(value))
    if posts.kind_of(value) is None:
        return Unsupported(uri, actor, "Update:" + _known_object(value))
    return Update(uri, actor, posts.parse_post(value, actor=actor, outer=doc))


def _delete(doc: Doc, uri: str, actor: str) -> Activity:
    return Delete(uri, actor, fields.required_uri(doc, "object"))


def _follow(doc: Doc, uri: str, actor: str) -> Activity:
    return Follow(uri, actor, fields.required_uri(doc, "object"))


def _quote_request(doc: Doc, uri: str, actor: str) -> Activity:
    quoted = fields.required_uri(doc, "object")
    value = next(fields.items(doc.get("instrument")), None)
    if isinstance(value, dict) and posts.kind_of(value) is not None:
        return QuoteRequest(uri, actor, quoted, posts.parse_post(value, actor=actor, outer=doc))
    return QuoteRequest(uri, actor, quoted, Reference(fields.required_uri(doc, "instrument")))


def _accept(doc: Doc, uri: str, actor: str) -> Activity:
    embedded = _embedded(doc)
    if embedded.type not in _ANSWERABLE:
        return Unsupported(uri, actor, "Accept:" + _known((embedded.type,), _KNOWN_ACTIVITIES))
    return Accept(uri, actor, embedded, fields.uri(doc.get("result")))


def _reject(doc: Doc, uri: str, actor: str) -> Activity:
    embedded = _embedded(doc)
    if embedded.type not in _ANSWERABLE:
        return Unsupported(uri, actor, "Reject:" + _known((embedded.type,), _KNOWN_ACTIVITIES))
    return Reject(uri, actor, embedded)


def _undo(doc: Doc, uri: str, actor: str) -> Activity:
    if (settled := _settled(_first_object(doc))) is not None:
        return Resolve(uri, actor, settled, undone=True)
    embedded = _embedded(doc)
    if embedded.type is not None and embedded.type not in _UNDOABLE:
        return Unsupported(uri, actor, "Undo:" + _known((embedded.type,), _KNOWN_ACTIVITIES))
    return Undo(uri, actor, embedded)


def _like(doc: Doc, uri: str, actor: str) -> Activity:
    return Like(uri, actor, fields.required_uri(doc, "object"))


def _announce(doc: Doc, uri: str, actor: str) -> Activity:
    value = _first_object(doc)
    if isinstance(value, dict) and (told := _told(value, uri, actor)) is not None:
        return told
    if isinstance(value, dict) and (names := _KNOWN_ACTIVITIES.intersection(fields.types(value)) - {"Question"}):
        # Groups of the Lemmy kind pass activities around in this way. Of a new post that is a boost of it: what stands
        # inside is no more believed than any other boost's.
        about = fields.uri(value.get("object"))
        if about is not None and len(names) == 1 and names <= {"Update", "Delete"}:
            return Announced(uri, actor, about)
        if names != {"Create"} or about is None:
            return Unsupported(uri, actor, "Announce:" + min(names))
        boosted = about
    else:
        boosted = fields.required_uri(doc, "object")
    return Announce(
        uri,
        actor,
        boosted,
        fields.addresses(doc.get("to")),
        fields.addresses(doc.get("cc")),
        fields.time(doc.get("published")),
    )


def _flag(doc: Doc, uri: str, actor: str) -> Activity:
    value = list(fields.items(doc.get("object")))
    if len(value) > MAX_FLAGGED:
        raise MalformedError("too many objects in a report", code="too_many_objects")
    about = tuple(dict.fromkeys(found for item in value if (found := fields.uri(item))))
    if not about:
        raise MalformedError("a report about nothing", code="object_missing")
    said = fields.mapped_text(doc, "content", MAX_COMPLAINT) or fields.mapped_text(doc, "summary", MAX_COMPLAINT)
    return Flag(uri, actor, about, said)


def _resolve(doc: Doc, uri: str, actor: str) -> Activity:
    return Resolve(uri, actor, _embedded(doc))


def _settled(value: Json) -> Embedded | None:
    """The report inside a Resolve; None for everything else."""
    if not isinstance(value, dict) or "Resolve" not in fields.types(value):
        return None
    return _embedded(value)


def _told(value: Doc, uri: str, actor: str) -> Resolve | None:
    """What a group's Announce of a Resolve says, or of its Undo; None for every other Announce."""
    if (settled := _settled(value)) is not None:
        return Resolve(uri, actor, settled)
    undone = _settled(_first_object(value)) if "Undo" in fields.types(value) else None
    return None if undone is None else Resolve(uri, actor, undone, undone=True)


def _add(doc: Doc, uri: str, actor: str) -> Activity:
    if _is_hashtag(doc):
        return Unsupported(uri, actor, "Add:Hashtag")
    return Add(uri, actor, fields.required_uri(doc, "object"), fields.required_uri(doc, "target"))


def _remove(doc: Doc, uri: str, actor: str) -> Activity:
    if _is_hashtag(doc):
        return Unsupported(uri, actor, "Remove:Hashtag")
    return Remove(uri, actor, fields.required_uri(doc, "object"), fields.required_uri(doc, "target"))


def _is_hashtag(doc: Doc) -> bool:
    """What somebody shows on their profile elsewhere, as Mastodon tells of it: it has no id, and isn't kept here."""
    value = _first_object(doc)
    return isinstance(value, dict) and "Hashtag" in fields.types(value)


def _block(doc: Doc, uri: str, actor: str) -> Activity:
    return Block(uri, actor, fields.required_uri(doc, "object"))


def _move(doc: Doc, uri: str, actor: str) -> Activity:
    return Move(uri, actor, fields.required_uri(doc, "object"), fields.required_uri(doc, "target"))


def _first_object(doc: Doc) -> Json:
    return next(fields.items(doc.get("object")), None)


def _object(doc: Doc) -> str | Doc:
    """The activity's object: a dict, or its URI."""
    value = _first_object(doc)
    if isinstance(value, dict) and value.get("type"):
        return value
    return fields.required_uri(doc, "object")


def _embedded(doc: Doc) -> Embedded:
    value = _first_object(doc)
    if not isinstance(value, dict):
        return Embedded(None, fields.required_uri(doc, "object"))
    names = fields.types(value)
    if not names:
        return Embedded(None, fields.required_uri(doc, "object"))
    known = next((name for name in names if name in _KNOWN_ACTIVITIES), "other")
    named = (fields.uri(value.get(name)) for name in ("id", "actor", "object", "instrument"))
    return Embedded(known, *named)


def _known(names: tuple[str, ...], known: frozenset[str]) -> str:
    return next((name for name in names if name in known), "other")


def _known_object(doc: Doc) -> str:
    return _known(fields.types(doc), _KNOWN_OBJECTS | _KNOWN_ACTIVITIES)


Parser = Callable[[Doc, str, str], Activity]

PARSERS: Mapping[str, Parser] = MappingProxyType(
    {
        "Create": _create,
        "Update": _update,
        "Delete": _delete,
        "Follow": _follow,
        "QuoteRequest": _quote_request,
        "Accept": _accept,
        "Reject": _reject,
        "Undo": _undo,
        "Like": _like,
        "EmojiReact": _like,
        "Announce": _announce,
        "Flag": _flag,
        "Resolve": _resolve,
        "Add": _add,
        "Remove": _remove,
        "Block": _block,
        "Move": _move,
    }
)
