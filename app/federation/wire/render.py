"""Builds our own documents: what `parse` reads, written.

Posts, actors and activities go out of the same values as they come in as, so that what we send is what we
would take. bto and bcc exist in none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from app.federation.wire import fields
from app.federation.wire.values import (
    PUBLIC,
    Accept,
    Activity,
    Actor,
    ActorKind,
    Add,
    Announce,
    Attachment,
    Block,
    Create,
    Delete,
    Embedded,
    Emoji,
    Flag,
    Follow,
    Hashtag,
    Image,
    InteractionPolicy,
    Like,
    MediaKind,
    Mention,
    Move,
    Permission,
    Poll,
    Post,
    PostKind,
    Quote,
    QuoteAuthorization,
    QuoteRequest,
    Reference,
    Reject,
    Remove,
    Undo,
    Update,
)

Document = dict[str, Any]

AS = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
MULTIKEYS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
"""The first knows assertionMethod, the second Multikey (FEP-521a): who goes by JSON-LD sees no key with one alone."""

# Terms beyond ActivityStreams' own; a document's context has those that it uses.
_TERMS: Mapping[str, Any] = {
    "toot": "http://joinmastodon.org/ns#",
    "schema": "http://schema.org#",
    "sensitive": "as:sensitive",
    "Hashtag": "as:Hashtag",
    "Emoji": "toot:Emoji",
    "votersCount": "toot:votersCount",
    "blurhash": "toot:blurhash",
    "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
    "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
    "quoteUri": "http://fedibird.com/ns#quoteUri",
    "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
    "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
    "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
    "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
    "gts": "https://gotosocial.org/ns#",
    "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
    "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
    "canReply": {"@id": "gts:canReply", "@type": "@id"},
    "canLike": {"@id": "gts:canLike", "@type": "@id"},
    "canAnnounce": {"@id": "gts:canAnnounce", "@type": "@id"},
    "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
    "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
    "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
    "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "attributionDomains": {"@id": "toot:attributionDomains", "@type": "@id"},
    "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "memorial": "toot:memorial",
    "suspended": "toot:suspended",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
}
_QUOTES = ("quote", "quoteUri", "_misskey_quote", "quoteAuthorization")
_POLICIES = ("gts", "interactionPolicy", "automaticApproval", "manualApproval")
_STAMPS = ("gts", "QuoteAuthorization", "interactingObject", "interactionTarget")
_MEDIA_TYPES = {
    MediaKind.IMAGE: "Image",
    MediaKind.VIDEO: "Video",
    MediaKind.AUDIO: "Audio",
    MediaKind.OTHER: "Document",
}


def post(value: Post) -> Document:
    """A Note, Article, Question or Page as it stands at its own URI."""
    return {"@context": _context(_post_terms(value)), **_bare_post(value)}


def actor(value: Actor) -> Document:
    """An actor's document."""
    return {"@context": _actor_context(value), **_bare_actor(value)}


def tombstone(uri: str, kind: PostKind | ActorKind | None = None, deleted: datetime | None = None) -> Document:
    """What stands where something was."""
    document: Document = {"@context": AS, "id": uri, "type": "Tombstone"}
    return _with(document, formerType=kind.value if kind else None, deleted=_time(deleted))


def authorization(value: QuoteAuthorization) -> Document:
    """A stamp as it stands at its own URI."""
    return {"@context": _context(_STAMPS), **_bare_authorization(value)}


def authorization_withdrawn(uri: str, value: QuoteAuthorization) -> Document:
    """The Delete of a stamp; whole, for those who know it by what it allowed."""
    head = {"id": uri, "type": "Delete", "actor": value.author, "to": [PUBLIC]}
    return {"@context": _context(_STAMPS), **head, "object": _bare_authorization(value)}


def activity(value: Activity) -> Document:
    """An activity, ready to be sent. Raises TypeError for Unsupported, which is never ours to say."""
    match value:
        case Create(object=Post() as new) | Update(object=Post() as new):
            return _about_post(value, new)
        case Update(object=Actor() as changed):
            body = _bare_actor(changed)
            return {"@context": _actor_context(changed), **_head(value), "to": [PUBLIC], "object": body}
        case Create(object=Reference(uri=uri)) | Update(object=Reference(uri=uri)):
            return _simple(value, uri)
        case Delete(object_uri=uri):
            gone = uri if value.is_of_the_actor else {"id": uri, "type": "Tombstone"}
            return {"@context": AS, **_head(value), "to": [PUBLIC], "object": gone}
        case Follow(object_uri=uri) | Block(object_uri=uri) | Like(object_uri=uri):
            return _simple(value, uri)
        case Move():
            return {**_simple(value, value.object_uri), "target": value.target_uri}
        case QuoteRequest():
            return _quote_request(value)
        case Accept(object=embedded) | Reject(object=embedded) | Undo(object=embedded):
            context = _context(["QuoteRequest"] if embedded.type == "QuoteRequest" else [])
            document = {"@context": context, **_head(value), "object": _embedded(embedded)}
            return _with(document, result=value.result if isinstance(value, Accept) else None)
        case Announce():
            document = {"@context": AS, **_head(value), "object": value.object_uri}
            return _with(document, published=_time(value.published), to=list(value.to), cc=list(value.cc))
        case Add() | Remove():
            return _about_collection(value)
        case Flag():
            return {
                "@context": AS,
                **_head(value),
                "content": value.content,
                "object": list(value.object_uris),
            }
        case _:
            raise TypeError(f"{type(value).__name__} is not ours to send")


def collection(
    uri: str, total: int, first: str | None = None, items: Sequence[str | Document] = (), *, ordered: bool = True
) -> Document:
    """A collection: with pages from `first`, or with its few items itself (featured)."""
    kind = "OrderedCollection" if ordered else "Collection"
    document: Document = {"@context": AS, "id": uri, "type": kind, "totalItems": total}
    return _with(document, first=first) if first else {**document, "orderedItems" if ordered else "items": list(items)}


def page(
    uri: str,
    part_of: str,
    items: Sequence[str | Document],
    *,
    total: int | None = None,
    following: str | None = None,
    previous: str | None = None,
    ordered: bool = True,
) -> Document:
    """A page of a collection."""
    kind = "OrderedCollectionPage" if ordered else "CollectionPage"
    document: Document = {"@context": AS, "id": uri, "type": kind, "partOf": part_of}
    _with(document, next=following, prev=previous)
    return _with({**document, "orderedItems" if ordered else "items": list(items)}, totalItems=total)


def hashtag(name: str, href: str) -> Document:
    """A hashtag; `name` is without its sign."""
    return {"type": "Hashtag", "href": href, "name": f"#{name}"}


def count_of(uri: str, total: int, *, ordered: bool = False) -> Document:
    """A collection of which only the size is told."""
    return {"@context": AS, "id": uri, "type": "OrderedCollection" if ordered else "Collection", "totalItems": total}


def bare(document: Mapping[str, Any]) -> Document:
    """A document without its @context, to stand inside another."""
    return {name: value for name, value in document.items() if name != "@context"}


def webfinger(handle: str, value: Actor) -> Document:
    """The JRD (RFC 7033) of an actor; `handle` is name@domain."""
    links = [{"rel": "self", "type": "application/activity+json", "href": value.uri}]
    if value.url:
        links.insert(0, {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": value.url})
    aliases = [alias for alias in (value.url, value.uri) if alias]
    return {"subject": f"acct:{handle}", "aliases": aliases, "links": links}


def emoji(value: Emoji) -> Document:
    """An emoji at its own address."""
    return {"@context": _context(["toot", "Emoji"]), **_emoji(value)}


def host_meta(base_url: str) -> str:
    """host-meta (RFC 6415) as XRD: where WebFinger is."""
    template = quoteattr(f"{base_url}/.well-known/webfinger?resource={{uri}}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template={template}/>\n'
        "</XRD>\n"
    )


def host_meta_json(base_url: str) -> Document:
    """The same as JSON."""
    template = f"{base_url}/.well-known/webfinger?resource={{uri}}"
    return {"links": [{"rel": "lrdd", "template": template}]}


def _about_post(value: Create | Update, new: Post) -> Document:
    if isinstance(value, Create) and new.is_vote:
        return {"@context": AS, **_head(value), "to": list(new.to), "object": _bare_vote(new)}
    document = {"@context": _context(_post_terms(new)), **_head(value)}
    _with(document, published=_time(new.updated if isinstance(value, Update) else new.published))
    return {**document, "to": list(new.to), "cc": list(new.cc), "object": _bare_post(new)}


def _about_collection(value: Add | Remove) -> Document:
    """A post by its address, a hashtag as it is: it has no other."""
    if value.hashtag is None:
        return {**_simple(value, value.object_uri), "target": value.target, "to": [PUBLIC]}
    told = {"object": hashtag(value.hashtag.name, value.object_uri), "target": value.target, "to": [PUBLIC]}
    return {"@context": _context(["Hashtag"]), **_head(value), **told}


def _quote_request(value: QuoteRequest) -> Document:
    """With the post that wants to quote, whole: who is asked may not be among those who may fetch it."""
    asking = value.instrument
    terms, body = (_post_terms(asking), _bare_post(asking)) if isinstance(asking, Post) else ([], asking.uri)
    return {
        "@context": _context(["QuoteRequest", *terms]),
        **_head(value),
        "object": value.object_uri,
        "instrument": body,
    }


def _head(value: Any) -> Document:
    return {"id": value.uri, "type": type(value).__name__, "actor": value.actor}


def _simple(value: Any, object_uri: str) -> Document:
    return {"@context": AS, **_head(value), "object": object_uri}


def _embedded(value: Embedded) -> Document | str | None:
    if value.type is None:
        return value.uri
    document: Document = {"type": value.type}
    return _with(document, id=value.uri, actor=value.actor, object=value.object_uri, instrument=value.instrument)


def _bare_vote(value: Post) -> Document:
    """As Mastodon sends them: without any content, or it would be taken for an answer."""
    document: Document = {"id": value.uri, "type": value.kind.value, "attributedTo": value.author, "name": value.title}
    return {**document, "inReplyTo": value.in_reply_to, "to": list(value.to)}


def _bare_post(value: Post) -> Document:
    document: Document = {
        "id": value.uri,
        "type": value.kind.value,
        "attributedTo": value.author,
        "to": list(value.to),
        "cc": list(value.cc),
        "content": value.content,
        "sensitive": value.sensitive,
    }
    _with(
        document,
        mediaType=None if value.content_type == "text/html" else value.content_type,
        name=value.title or None,
        summary=value.summary or None,
        nameMap={value.language: value.title} if value.language and value.title else None,
        summaryMap={value.language: value.summary} if value.language and value.summary else None,
        contentMap={value.language: value.content} if value.language else None,
        url=value.url,
        inReplyTo=value.in_reply_to,
        replies=value.replies,
        likes=value.likes,
        shares=value.shares,
        interactionPolicy=_policy(value.policy) if value.policy else None,
        context=value.context,
        published=_time(value.published),
        updated=_time(value.updated),
        attachment=[_attachment(one) for one in value.attachments] or None,
        tag=_tags(value.mentions, value.hashtags, value.emojis) or None,
    )
    return {
        **document,
        **(_quote(value.quote) if value.quote else {}),
        **(_poll(value.poll) if value.poll else {}),
    }


def _quote(value: Quote) -> Document:
    """Under the names that others know: FEP-044f's own, Fedibird's, and Misskey's."""
    names = dict.fromkeys(_QUOTES[:3], value.uri)
    return _with({**names}, quoteAuthorization=value.authorization)


def _policy(value: InteractionPolicy) -> Document:
    permissions = {"Quote": value.quote, "Reply": value.reply, "Like": value.like, "Announce": value.announce}
    return {f"can{name}": _permission(one) for name, one in permissions.items() if one is not None}


def _permission(value: Permission) -> Document:
    document: Document = {"automaticApproval": list(value.automatic)}
    return _with(document, manualApproval=list(value.manual) or None)


def _bare_authorization(value: QuoteAuthorization) -> Document:
    return {
        "id": value.uri,
        "type": "QuoteAuthorization",
        "attributedTo": value.author,
        "interactingObject": value.quoting,
        "interactionTarget": value.quoted,
    }


def _tags(mentions: Sequence[Mention], hashtags: Sequence[Hashtag], emojis: Sequence[Emoji]) -> list[Document]:
    found: list[Document] = [{"type": "Mention", "href": one.uri, "name": one.handle} for one in mentions]
    found += [_with({"type": "Hashtag", "name": "#" + one.name}, href=one.url) for one in hashtags]
    return found + [_emoji(one) for one in emojis]


def _emoji(value: Emoji) -> Document:
    icon = _with({"type": "Image", "url": value.url}, mediaType=value.media_type)
    document: Document = {"type": "Emoji", "name": f":{value.shortcode}:", "icon": icon}
    return _with(document, id=value.uri, updated=_time(value.updated))


def _attachment(value: Attachment) -> Document:
    return _with(
        {"type": _MEDIA_TYPES[value.kind], "url": value.url},
        mediaType=value.media_type,
        name=value.description or None,
        width=value.width,
        height=value.height,
        focalPoint=list(value.focal_point) if value.focal_point else None,
        blurhash=value.blurhash,
        duration=fields.duration(value.duration) if value.duration else None,
    )


def _poll(value: Poll) -> Document:
    options = [
        {"type": "Note", "name": one.name, "replies": {"type": "Collection", "totalItems": one.votes}}
        for one in value.options
    ]
    document: Document = {"anyOf" if value.multiple else "oneOf": options}
    times = {"endTime": _time(value.ends_at), "closed": _time(value.closed_at)}
    return _with(document, **times, votersCount=value.voters)


def _bare_actor(value: Actor) -> Document:
    document: Document = {
        "id": value.uri,
        "type": value.kind.value,
        "preferredUsername": value.username,
        "name": value.name,
        "summary": value.summary,
        "inbox": value.inbox,
        "manuallyApprovesFollowers": value.manually_approves_followers,
    }
    return _with(
        document,
        url=value.url,
        outbox=value.outbox,
        followers=value.followers,
        following=value.following,
        featured=value.featured,
        featuredTags=value.featured_tags,
        endpoints={"sharedInbox": value.shared_inbox} if value.shared_inbox else None,
        publicKey=_keys(value),
        assertionMethod=_multikeys(value),
        icon=_image(value.icon),
        image=_image(value.image),
        discoverable=value.discoverable,
        indexable=value.indexable,
        memorial=value.memorial or None,
        suspended=value.suspended or None,
        published=_time(value.published),
        movedTo=value.moved_to,
        alsoKnownAs=list(value.also_known_as) or None,
        attributionDomains=list(value.attribution_domains) or None,
        attachment=[{"type": "PropertyValue", "name": f.name, "value": f.value} for f in value.fields] or None,
        tag=_tags((), (), value.emojis) or None,
    )


def _keys(value: Actor) -> Document | list[Document] | None:
    found = [
        {"id": key.key_id, "owner": value.uri, "publicKeyPem": key.pem} for key in value.keys if key.multibase is None
    ]
    return found[0] if len(found) == 1 else found or None


def _multikeys(value: Actor) -> list[Document] | None:
    return [
        {"id": key.key_id, "type": "Multikey", "controller": value.uri, "publicKeyMultibase": key.multibase}
        for key in value.keys
        if key.multibase is not None
    ] or None


def _image(value: Image | None) -> Document | None:
    if value is None:
        return None
    return _with({"type": "Image", "url": value.url}, mediaType=value.media_type, name=value.description or None)


def _post_terms(value: Post) -> list[str]:
    used = ["sensitive"]
    used += ["Hashtag"] if value.hashtags else []
    used += ["toot", "Emoji"] if value.emojis else []
    used += ["toot", "votersCount"] if value.poll and value.poll.voters is not None else []
    used += ["toot", "blurhash"] if any(one.blurhash for one in value.attachments) else []
    used += ["toot", "focalPoint"] if any(one.focal_point for one in value.attachments) else []
    used += _QUOTES if value.quote else []
    used += [*_POLICIES, *_policy(value.policy)] if value.policy else []
    return used


def _actor_terms(value: Actor) -> list[str]:
    used = ["manuallyApprovesFollowers"]
    used += ["movedTo"] if value.moved_to else []
    used += ["alsoKnownAs"] if value.also_known_as else []
    used += ["schema", "PropertyValue", "value"] if value.fields else []
    used += ["toot", "featured"] if value.featured else []
    used += ["toot", "featuredTags"] if value.featured_tags else []
    used += ["toot", "Emoji"] if value.emojis else []
    used += ["toot", "attributionDomains"] if value.attribution_domains else []
    for name in ("discoverable", "indexable"):
        used += ["toot", name] if getattr(value, name) is not None else []
    for name in ("memorial", "suspended"):
        used += ["toot", name] if getattr(value, name) else []
    return used


def _extensions(names: Sequence[str]) -> list[Document]:
    return [{name: term for name, term in _TERMS.items() if name in names}] if names else []


def _actor_context(value: Actor) -> list[str | Document]:
    multikey = MULTIKEYS if any(key.multibase for key in value.keys) else ()
    terms = _actor_terms(value)
    return [AS, SECURITY, *multikey, *_extensions(terms)]


def _context(names: Sequence[str]) -> str | list[str | Document]:
    return [AS, *_extensions(names)] if names else AS


def _time(value: datetime | None) -> str | None:
    """RFC 3339, whole seconds where there are no others; Z as every server writes it."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _with(document: Document, **more: Any) -> Document:
    """The document with those of `more` that aren't None."""
    document.update((name, value) for name, value in more.items() if value is not None)
    return document
