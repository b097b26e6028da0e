"""What a post quotes, who may do what with one, and the stamps by which a quote is allowed (FEP-044f).

Interaction policies are GoToSocial's, of which Mastodon knows `canQuote`: lists of who may without asking, and who may
once the author said yes; both have an older and a newer name.
"""

from __future__ import annotations

from app.federation.wire import fields
from app.federation.wire.errors import MalformedError
from app.federation.wire.fields import Doc, Json
from app.federation.wire.values import InteractionPolicy, Permission, Quote, QuoteAuthorization

MOST_NAMED = 100
"""So many of a list are read; a policy that names more is as narrow as its beginning."""
MOST_TAGS_LOOKED_AT = 1000
_OLDER = ("quoteUrl", "quoteUri", "_misskey_quote")
_RELATIONS = frozenset(("https://misskey-hub.net/ns#_misskey_quote", "https://w3id.org/fep/044f#quote"))
_ACTIVITY_TYPES = ("application/activity+json", "application/ld+json")


def parse_quote(doc: Doc) -> Quote | None:
    """What a post quotes; `legacy` where it is said only in a way that knows no consent: by an older name, or by a
    Link among the tags (FEP-e232).
    """
    authorization = fields.uri(doc.get("quoteAuthorization"))
    if found := fields.uri(doc.get("quote")):
        return Quote(found, authorization)
    for name in _OLDER:
        if found := fields.uri(doc.get(name)):
            return Quote(found, authorization, legacy=True)
    linked = _linked(doc.get("tag"))
    return Quote(linked, authorization, legacy=True) if linked is not None else None


def parse_policy(value: Json) -> InteractionPolicy | None:
    """Who may do what; None where nothing (that can be read) is said."""
    if not isinstance(value, dict):
        return None
    found = {name: _permission(value.get("can" + name.capitalize())) for name in ("quote", "reply", "like", "announce")}
    return InteractionPolicy(**found) if any(found.values()) else None


def parse_authorization(doc: Doc) -> QuoteAuthorization:
    """A stamp. Raises MalformedError where it is none, or doesn't say what it allows."""
    if "QuoteAuthorization" not in fields.types(doc):
        raise MalformedError("this allows no quote", code="not_an_authorization")
    return QuoteAuthorization(
        uri=fields.own_id(doc),
        author=fields.required_uri(doc, "attributedTo"),
        quoting=fields.required_uri(doc, "interactingObject"),
        quoted=fields.required_uri(doc, "interactionTarget"),
    )


def _linked(tags: Json) -> str | None:
    for index, tag in enumerate(fields.items(tags)):
        if index == MOST_TAGS_LOOKED_AT:
            return None
        if isinstance(tag, dict) and "Link" in fields.types(tag) and _is_quote(tag):
            return fields.uri(tag.get("href"))
    return None


def _is_quote(link: Doc) -> bool:
    """A link to an object is one to what is quoted where it says so, or where its text does."""
    media_type = fields.text(link.get("mediaType"), 200).lower()
    related = any(isinstance(one, str) and one in _RELATIONS for one in fields.items(link.get("rel")))
    named = fields.text(link.get("name"), 10).upper().startswith("RE:")
    return media_type.startswith(_ACTIVITY_TYPES) and (related or named)


def _permission(value: Json) -> Permission | None:
    if not isinstance(value, dict):
        return None
    automatic = value["automaticApproval"] if "automaticApproval" in value else value.get("always")
    manual = value["manualApproval"] if "manualApproval" in value else value.get("approvalRequired")
    return Permission(_named(automatic), _named(manual))


def _named(value: Json) -> tuple[str, ...]:
    return fields.addresses(value[:MOST_NAMED] if isinstance(value, list) else value)
