"""Parses a Person, Service, Group, Application or Organization into an Actor."""

from __future__ import annotations

import re
from typing import TypeGuard

from app.federation.wire import fields, keys, posts, uris
from app.federation.wire.errors import ForeignError, MalformedError, PublicKeyError
from app.federation.wire.fields import Doc, Json
from app.federation.wire.values import Actor, ActorKey, ActorKind, Image, ProfileField

MAX_NAME = 500
MAX_BIO = 50_000
MAX_DOMAIN = 300
MAX_ATTRIBUTION_DOMAINS = 100
MAX_FIELDS = 16
MAX_FIELD = 5000
MAX_KEYS = 5
MAX_LISTED = 16
MAX_PEM = 8192
MAX_ALIASES = 64

_KINDS = {kind.value: kind for kind in ActorKind}
# Mastodon's rule for names from elsewhere; no other letters, because of their doubles.
_USERNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?")


def kind_of(doc: Doc) -> ActorKind | None:
    """Which kind of actor a document is; None where it is none."""
    return next((_KINDS[name] for name in fields.types(doc) if name in _KINDS), None)


def parse_actor(doc: Doc) -> Actor:
    """An Actor.

    Its inbox must be on its own host (ForeignError otherwise: it could aim our deliveries at anybody), other
    endpoints elsewhere are dropped, and so are keys that it doesn't own. Raises MalformedError.
    """
    kind = kind_of(doc)
    if kind is None:
        raise MalformedError("this is no actor", code="type_unsupported")
    uri = fields.own_id(doc)
    return Actor(
        uri=uri,
        kind=kind,
        username=_username(doc),
        inbox=_inbox(doc, uri),
        name=fields.mapped_text(doc, "name", MAX_NAME),
        summary=fields.mapped_text(doc, "summary", MAX_BIO),
        url=_profile_page(doc.get("url")),
        icon=_image(doc.get("icon")),
        image=_image(doc.get("image")),
        shared_inbox=_shared_inbox(doc, uri),
        outbox=_own(doc, "outbox", uri),
        followers=_own(doc, "followers", uri),
        following=_own(doc, "following", uri),
        featured=_own(doc, "featured", uri),
        featured_tags=_own(doc, "featuredTags", uri),
        keys=_keys(doc, uri),
        key_references=_key_references(doc, uri),
        manually_approves_followers=fields.flag(doc.get("manuallyApprovesFollowers")),
        discoverable=fields.maybe(doc.get("discoverable")),
        indexable=fields.maybe(doc.get("indexable")),
        memorial=fields.flag(doc.get("memorial")),
        suspended=fields.flag(doc.get("suspended")),
        published=fields.time(doc.get("published")),
        moved_to=fields.uri(doc.get("movedTo")),
        also_known_as=_aliases(doc.get("alsoKnownAs")),
        fields=_profile_fields(doc.get("attachment")),
        emojis=posts.parse_emojis(doc.get("tag")),
        attribution_domains=_attribution_domains(doc.get("attributionDomains")),
    )


def _attribution_domains(value: Json) -> tuple[str, ...]:
    """What is no short text is left out, as is what comes after the first few."""
    named = (one for one in fields.items(value) if isinstance(one, str) and 0 < len(one) <= MAX_DOMAIN)
    return tuple(dict.fromkeys(named))[:MAX_ATTRIBUTION_DOMAINS]


def _username(doc: Doc) -> str:
    name = doc.get("preferredUsername")
    if not isinstance(name, str) or not _USERNAME.fullmatch(name):
        raise MalformedError("the actor has no usable preferredUsername", code="preferredUsername_bad")
    return name


def _inbox(doc: Doc, uri: str) -> str:
    inbox = fields.required_uri(doc, "inbox")
    if not uris.same_origin(inbox, uri):
        raise ForeignError("the inbox is on another host than its actor", code="inbox_foreign")
    return inbox


def _shared_inbox(doc: Doc, uri: str) -> str | None:
    endpoints = doc.get("endpoints")
    return _own(endpoints, "sharedInbox", uri) if isinstance(endpoints, dict) else None


def _own(doc: Doc, name: str, uri: str) -> str | None:
    found = fields.uri(doc.get(name))
    return found if found and uris.same_origin(found, uri) else None


def _profile_page(value: Json) -> str | None:
    for item in fields.items(value):
        if not isinstance(item, dict) or item.get("mediaType") in (None, "text/html"):
            return fields.uri(item)
    return None


def _image(value: Json) -> Image | None:
    """The widest of the images given (PeerTube sends several sizes)."""
    best, best_width = None, -1
    for item in fields.items(value):
        described = item if isinstance(item, dict) else {}
        url = fields.uri(described.get("url") or described.get("href") if described else item)
        width = fields.count(described.get("width")) or 0
        if url and width > best_width:
            kind = posts.media_type(described.get("mediaType"))
            best, best_width = Image(url, kind, fields.mapped_text(described, "name", 1500)), width
    return best


def parse_key(doc: Doc) -> tuple[str, ActorKey]:
    """A key's own document: whose it is, and the key. Raises MalformedError, ForeignError for an owner elsewhere."""
    key_id = fields.own_id(doc)
    owner = fields.uri(doc.get("owner")) or fields.required_uri(doc, "controller")
    if not uris.same_origin(owner, key_id):
        raise ForeignError("the key's owner is on another host", code="key_foreign")
    key = _key(doc, owner) or _multikey(doc, owner)
    if key is None:
        raise MalformedError("this is neither an actor nor a key", code="type_unsupported")
    return owner, key


def _keys(doc: Doc, uri: str) -> tuple[ActorKey, ...]:
    """Those of publicKey and of assertionMethod, each id once."""
    found: dict[str, ActorKey] = {}
    for name, read in (("publicKey", _key), ("assertionMethod", _multikey)):
        most = len(found) + MAX_KEYS
        for item in list(fields.items(doc.get(name)))[:MAX_LISTED]:
            key = read(item, uri) if isinstance(item, dict) and len(found) < most else None
            if key is not None:
                found.setdefault(key.key_id, key)
    return tuple(found.values())


def _key(item: Doc, uri: str) -> ActorKey | None:
    key_id, pem, owner = fields.uri(item.get("id")), item.get("publicKeyPem"), item.get("owner", uri)
    if key_id and uris.same_origin(key_id, uri) and owner == uri and _is_pem(pem):
        return ActorKey(key_id, pem)
    return None


def _multikey(item: Doc, uri: str) -> ActorKey | None:
    key_id, multibase = fields.uri(item.get("id")), item.get("publicKeyMultibase")
    if not key_id or not uris.same_origin(key_id, uri) or item.get("controller") != uri:
        return None
    if "Multikey" not in fields.types(item) or not isinstance(multibase, str):
        return None
    try:
        return ActorKey(key_id, keys.pem_of_multikey(multibase), multibase)
    except PublicKeyError:
        return None  # of a kind that isn't verified here


def _key_references(doc: Doc, uri: str) -> tuple[str, ...]:
    listed = [*fields.items(doc.get("publicKey")), *fields.items(doc.get("assertionMethod"))][:MAX_LISTED]
    return tuple(dict.fromkeys(item for item in listed if isinstance(item, str) and uris.same_origin(item, uri)))


def _is_pem(value: Json) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= MAX_PEM and value.isascii()


def _aliases(value: Json) -> tuple[str, ...]:
    found = (fields.uri(item) for item in list(fields.items(value))[:MAX_ALIASES])
    return tuple(dict.fromkeys(alias for alias in found if alias))


def _profile_fields(value: Json) -> tuple[ProfileField, ...]:
    found: list[ProfileField] = []
    for item in fields.items(value):
        if isinstance(item, dict) and "PropertyValue" in fields.types(item) and len(found) < MAX_FIELDS:
            name, content = fields.text(item.get("name"), MAX_NAME), fields.text(item.get("value"), MAX_FIELD)
            found.append(ProfileField(name, content))
    return tuple(found)
