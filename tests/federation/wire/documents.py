"""Documents in the shapes that other servers give them, written after the specifications."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
AS = "https://www.w3.org/ns/activitystreams"
REMOTE = "https://remote.example"
ANA = f"{REMOTE}/users/ana"
BEN = "https://ostiary.example/users/ben"
MALLORY = "https://villain.example/users/mallory"
NOTE_URI = f"{ANA}/statuses/1"
PEM = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"


def note(**changes: Any) -> Document:
    """A Note as Mastodon sends it."""
    return {
        "id": NOTE_URI,
        "type": "Note",
        "summary": None,
        "inReplyTo": None,
        "published": "2026-03-01T12:00:00Z",
        "url": f"{REMOTE}/@ana/1",
        "attributedTo": ANA,
        "to": [PUBLIC],
        "cc": [f"{ANA}/followers", BEN],
        "sensitive": False,
        "context": "tag:remote.example,2026-03-01:objectId=1:objectType=Conversation",
        "content": '<p><span class="h-card"><a href="https://ostiary.example/@ben" class="u-url mention">@<span>ben</span></a></span> good morning</p>',
        "contentMap": {
            "en": '<p><span class="h-card"><a href="https://ostiary.example/@ben" class="u-url mention">@<span>ben</span></a></span> good morning</p>'
        },
        "attachment": [
            {
                "type": "Document",
                "mediaType": "image/jpeg",
                "url": f"{REMOTE}/media/1.jpg",
                "name": "a garden gate",
                "blurhash": "USQv:h-W-qI-^,W;RPs=",
                "focalPoint": [0.5, -0.25],
                "width": 1500,
                "height": 1095,
            }
        ],
        "tag": [
            {"type": "Mention", "href": BEN, "name": "@ben@ostiary.example"},
            {"type": "Hashtag", "href": f"{REMOTE}/tags/morning", "name": "#Morning"},
            {
                "type": "Emoji",
                "id": f"{REMOTE}/emojis/1",
                "name": ":wave:",
                "icon": {"type": "Image", "mediaType": "image/png", "url": f"{REMOTE}/wave.png"},
            },
        ],
        "replies": {
            "id": f"{NOTE_URI}/replies",
            "type": "Collection",
            "first": {"type": "CollectionPage", "items": []},
        },
        **changes,
    }


def question(**changes: Any) -> Document:
    """A poll with one choice, as Mastodon sends it."""
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}}
        for name, votes in (("yes", 3), ("no", 1))
    ]
    return note(
        **{"type": "Question", "oneOf": options, "endTime": "2026-03-02T12:00:00Z", "votersCount": 4, **changes}
    )


def activity(kind: str, value: Any, **changes: Any) -> Document:
    """An activity of ana's."""
    return {"@context": AS, "id": f"{ANA}/activities/{kind}", "type": kind, "actor": ANA, "object": value, **changes}


def create(value: Any = None, **changes: Any) -> Document:
    """A Create of ana's note."""
    return activity("Create", value or note(), to=[PUBLIC], cc=[f"{ANA}/followers"], **changes)


def follow(**changes: Any) -> Document:
    """A Follow of ben."""
    return activity("Follow", BEN, **changes)


def person(**changes: Any) -> Document:
    """Ana, as Mastodon sends her."""
    return {
        "@context": [AS, "https://w3id.org/security/v1"],
        "id": ANA,
        "type": "Person",
        "following": f"{ANA}/following",
        "followers": f"{ANA}/followers",
        "inbox": f"{ANA}/inbox",
        "outbox": f"{ANA}/outbox",
        "featured": f"{ANA}/collections/featured",
        "preferredUsername": "ana",
        "name": "Ana",
        "summary": "<p>gardener</p>",
        "url": f"{REMOTE}/@ana",
        "manuallyApprovesFollowers": True,
        "discoverable": True,
        "indexable": False,
        "memorial": False,
        "published": "2022-10-03T00:00:00Z",
        "publicKey": {"id": f"{ANA}#main-key", "owner": ANA, "publicKeyPem": PEM},
        "tag": [],
        "attachment": [
            {"type": "PropertyValue", "name": "Garden", "value": '<a href="https://garden.example">garden</a>'}
        ],
        "endpoints": {"sharedInbox": f"{REMOTE}/inbox"},
        "icon": {"type": "Image", "mediaType": "image/png", "url": f"{REMOTE}/ana.png", "name": "a hat"},
        "image": {"type": "Image", "url": f"{REMOTE}/banner.png"},
        "alsoKnownAs": ["https://old.example/users/ana"],
        **changes,
    }
