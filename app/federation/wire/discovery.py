"""WebFinger and NodeInfo, both ways, and collections as others page them."""

from __future__ import annotations

import re
from typing import Any

from app.federation.wire import fields, uris
from app.federation.wire.errors import MalformedError
from app.federation.wire.fields import Doc
from app.federation.wire.values import Collection, Resource, Usage

MAX_ITEMS = 200

_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
_VERSIONS = ("2.1", "2.0")
_HANDLE = re.compile(r"@?([A-Za-z0-9_.-]{1,100})@([^@/\s]{1,260})")
_COLLECTIONS = frozenset(("Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"))
_SELF_TYPES = ("application/activity+json", "application/ld+json")


def split_handle(handle: str) -> tuple[str, str]:
    """(name, domain) of `@name@host[:port]`, with or without the first @ or `acct:`. Raises MalformedError."""
    match = _HANDLE.fullmatch(handle.strip().removeprefix("acct:"))
    domain = uris.normal_host(match[2]) if match else None
    if match is None or domain is None:
        raise MalformedError("not a handle of the form name@domain", code="handle_bad")
    return match[1], domain


def webfinger_url(handle: str, scheme: str = "https") -> str:
    """Where to ask for a handle. Raises MalformedError."""
    name, domain = split_handle(handle)
    return f"{scheme}://{domain}/.well-known/webfinger?resource=acct:{name}@{domain}"


def parse_webfinger(doc: Doc) -> Resource:
    """What a JRD says: its subject and the URI of its actor. Raises MalformedError."""
    subject = fields.text(doc.get("subject"), 400).removeprefix("acct:")
    for link in fields.items(doc.get("links")):
        if isinstance(link, dict) and link.get("rel") == "self":
            kind = link.get("type")
            href = fields.uri(link.get("href"))
            if href and isinstance(kind, str) and kind.startswith(_SELF_TYPES):
                aliases = tuple(one for one in map(fields.uri, fields.items(doc.get("aliases"))) if one)
                return Resource(subject, href, aliases[:16])
    raise MalformedError("no link to an actor", code="self_missing")


def nodeinfo_index(base_url: str) -> dict[str, Any]:
    """/.well-known/nodeinfo: where our NodeInfo documents are."""
    links = [{"rel": _SCHEMA + version, "href": f"{base_url}/nodeinfo/{version}"} for version in _VERSIONS]
    return {"links": links}


def nodeinfo(usage: Usage, version: str = "2.1") -> dict[str, Any]:
    """A NodeInfo document of version 2.0 or 2.1. Raises ValueError for another."""
    if version not in _VERSIONS:
        raise ValueError(f"there is no NodeInfo {version} here")
    return {
        "version": version,
        "software": {"name": "ostiary", "version": usage.version},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": usage.open_registrations,
        "usage": {
            "users": {
                "total": usage.users,
                "activeMonth": usage.active_month,
                "activeHalfyear": usage.active_halfyear,
            },
            "localPosts": usage.posts,
        },
        "metadata": {"nodeName": usage.name, "nodeDescription": usage.description},
    }


def nodeinfo_url(index: Doc) -> str | None:
    """The newest NodeInfo document that an index names."""
    found: dict[str, str] = {}
    for link in fields.items(index.get("links")):
        if isinstance(link, dict) and (href := fields.uri(link.get("href"))):
            found[fields.text(link.get("rel"), 100)] = href
    return next((found[_SCHEMA + version] for version in _VERSIONS if _SCHEMA + version in found), None)


def software(doc: Doc) -> tuple[str, str]:
    """(name, version) of the software that a NodeInfo document names; "" where it says nothing usable."""
    named = doc.get("software")
    if not isinstance(named, dict):
        return "", ""
    name = fields.text(named.get("name"), 64).lower()
    return name if re.fullmatch(r"[a-z0-9._-]*", name) else "", fields.text(named.get("version"), 64)


def parse_collection(doc: Doc, *, most: int = MAX_ITEMS) -> Collection:
    """A collection or a page of one: at most so many URIs of what it lists. Raises MalformedError.

    Where the first page is embedded, its items and its next page are taken at once.
    """
    if not _COLLECTIONS.intersection(fields.types(doc)):
        raise MalformedError("this is no collection", code="type_unsupported")
    first = doc.get("first")
    inner = first if isinstance(first, dict) else {}
    listed = doc.get("orderedItems") or doc.get("items") or inner.get("orderedItems") or inner.get("items")
    return Collection(
        uri=fields.own_id(doc),
        items=tuple(dict.fromkeys(one for one in map(fields.uri, fields.items(listed)) if one))[:most],
        total=fields.count(doc.get("totalItems")),
        first=fields.uri(first),
        next=fields.uri(doc.get("next")) or fields.uri(inner.get("next")),
    )
