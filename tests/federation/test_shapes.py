"""What each kind of server sends, in its own shape, through the real inbox: what was understood of it, to the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.federation.wire.values import PUBLIC
from app.posts.tables import AttachmentRow, MentionRow, PostRow, PostState, PostTagRow
from tests.federation.world import World

Document = dict[str, Any]
HOST = "https://far.example"
ANA = "https://ostiary.example/users/ana"
EARLIER = "https://near.example/notes/earlier"
TEXT = "Something about the harbour"
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""Before the tests' present, with seconds to lose: 11:00:00."""


@dataclass(frozen=True)
class Shape:
    """A post as one kind of server sends it. `expected` is what differs from a plain public note of mallory's."""

    name: str
    actor: str
    post: Callable[[str], Document]
    expected: Document
    activity: Document = field(default_factory=dict)


PLAIN: Document = {
    "kind": "note", "visibility": "public", "title": "", "content": f"<p>{TEXT}</p>", "warning": "", "sensitive": False,
    "language": None, "reply_to": None, "mentions": [], "tags": [], "emojis": [], "attachments": [], "poll": None,
    "published": NOON, "edited": False,
}  # fmt: skip


def mastodon(author: str) -> Document:
    """4.x: nulls where nothing is, a language map, blurhash and focal point, link to the page."""
    return {
        "id": f"{author}/statuses/116000000000000001", "type": "Note", "summary": "Food", "inReplyTo": EARLIER,
        "published": "2026-03-02T11:00:00Z", "url": f"{HOST}/@mallory/116000000000000001", "attributedTo": author,
        "to": [PUBLIC], "cc": [f"{author}/followers", ANA], "sensitive": True,
        "atomUri": f"{author}/statuses/116000000000000001", "inReplyToAtomUri": EARLIER,
        "conversation": "tag:near.example,2026-03-02:objectId=1:objectType=Conversation",
        "context": "https://near.example/contexts/1",
        "content": f'<p><span class="h-card" translate="no"><a href="https://ostiary.example/@ana" class="u-url mention">'
                   f'@<span>ana</span></a></span> {TEXT} :kettle: <a href="{HOST}/tags/Harbour" class="mention hashtag" '
                   f'rel="tag">#<span>Harbour</span></a></p>',
        "contentMap": {"fr": f"<p>@ana {TEXT} :kettle: #Harbour</p>"},
        "interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}},
        "attachment": [{"type": "Document", "mediaType": "image/jpeg", "url": f"{HOST}/media/1.jpg", "name": "A pier",
                        "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH", "focalPoint": [-0.4, 0.2], "width": 1500,
                        "height": 1095},
                       {"type": "Document", "mediaType": "video/mp4", "url": f"{HOST}/media/2.mp4", "name": None,
                        "width": 640, "height": 480}],
        "tag": [{"type": "Mention", "href": ANA, "name": "@ana@ostiary.example"},
                {"type": "Hashtag", "href": f"{HOST}/tags/harbour", "name": "#Harbour"},
                {"id": f"{HOST}/emojis/1", "type": "Emoji", "name": ":kettle:", "updated": "2024-01-01T00:00:00Z",
                 "icon": {"type": "Image", "mediaType": "image/png", "url": f"{HOST}/emojis/kettle.png"}}],
        "replies": {"id": f"{author}/statuses/116000000000000001/replies", "type": "Collection",
                    "first": {"type": "CollectionPage", "next": f"{author}/x", "partOf": f"{author}/y", "items": []}},
        "likes": {"id": f"{author}/likes", "type": "Collection", "totalItems": 0},
        "shares": {"id": f"{author}/shares", "type": "Collection", "totalItems": 0},
    }  # fmt: skip


def mastodon_poll(author: str) -> Document:
    """A Question with one choice, closing in the future, half a dozen votes."""
    return {
        "id": f"{author}/statuses/2", "type": "Question", "summary": None, "inReplyTo": None, "attributedTo": author,
        "published": "2026-03-02T11:00:00Z", "to": [f"{author}/followers"], "cc": [PUBLIC], "sensitive": False,
        "content": f"<p>{TEXT}</p>", "contentMap": {"en": f"<p>{TEXT}</p>"}, "attachment": [], "tag": [],
        "endTime": "2026-03-09T11:00:00Z", "votersCount": 6,
        "oneOf": [{"type": "Note", "name": "yes", "replies": {"type": "Collection", "totalItems": 4}},
                  {"type": "Note", "name": "no", "replies": {"type": "Collection", "totalItems": 2}}],
    }  # fmt: skip


def mastodon_direct(author: str) -> Document:
    """A private mention: nobody but the named."""
    return {
        "id": f"{author}/statuses/3", "type": "Note", "summary": None, "attributedTo": author, "to": [ANA], "cc": [],
        "published": "2026-03-02T11:00:00Z", "sensitive": False, "content": f"<p>{TEXT}</p>", "attachment": [],
        "tag": [{"type": "Mention", "href": ANA, "name": "@ana@ostiary.example"}],
    }  # fmt: skip


def gotosocial(author: str) -> Document:
    """0.20: single objects where others have lists, followers alone, `interactionPolicy`, its own emoji shape."""
    return {
        "id": f"{author}/statuses/01M848GV220XCRTGR63Z7Y9ARV", "type": "Note", "attributedTo": author, "summary": "",
        "published": "2026-03-02T12:00:00+01:00", "updated": "2026-03-02T12:00:00+01:00", "sensitive": False,
        "to": f"{author}/followers", "cc": ANA, "url": f"{HOST}/@mallory/statuses/01M848GV220XCRTGR63Z7Y9ARV",
        "content": f'<p>{TEXT} <a href="{HOST}/tags/printemps" class="mention hashtag" rel="tag nofollow noreferrer '
                   f'noopener" target="_blank">#<span>printemps</span></a></p>',
        "contentMap": {"fr": f"<p>{TEXT} #printemps</p>"},
        "attachment": {"type": "Image", "mediaType": "image/jpeg", "url": f"{HOST}/fileserver/1.jpg", "name": "Un quai",
                       "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH", "width": 800, "height": 450},
        "tag": [{"type": "Hashtag", "href": f"{HOST}/tags/printemps", "name": "#printemps"},
                {"type": "Mention", "href": ANA, "name": "@ana@ostiary.example"},
                {"id": f"{HOST}/emoji/1", "type": "Emoji", "name": ":kettle:",
                 "icon": {"type": "Image", "mediaType": "image/png", "url": f"{HOST}/fileserver/kettle.png"}}],
        "interactionPolicy": {"canLike": {"automaticApproval": author, "manualApproval": []},
                              "canReply": {"automaticApproval": [author, ANA], "manualApproval": []}},
        "replies": {"id": f"{author}/x", "type": "Collection", "first": {"type": "CollectionPage", "id": f"{author}/y"}},
    }  # fmt: skip


def pleroma(author: str) -> Document:
    """Pleroma and Akkoma: litepub, `actor` on the object, microseconds, a null `sensitive`, typed sources, links of media."""
    return {
        "id": f"{HOST}/objects/1a522f2e-d5ab-454b-93d7-e58bc0650c2a", "type": "Note", "actor": author,
        "attributedTo": author, "summary": "", "sensitive": None, "published": "2026-03-02T11:00:00.602455Z",
        "to": [ANA, PUBLIC], "cc": [f"{author}/followers"], "context": f"{HOST}/contexts/1", "inReplyTo": EARLIER,
        "conversation": f"{HOST}/contexts/1", "content": f"{TEXT} <br>and more",
        "source": {"content": TEXT, "mediaType": "text/plain"}, "quoteUrl": None,
        "attachment": [{"type": "Document", "mediaType": "image/png", "name": "A pier",
                        "url": [{"type": "Link", "mediaType": "image/png", "href": f"{HOST}/media/1.png",
                                 "width": 640, "height": 480}]}],
        "tag": [{"type": "Mention", "href": ANA, "name": "@ana@ostiary.example"}, "harbour",
                {"type": "Emoji", "name": ":kettle:", "id": f"{HOST}/emoji/kettle.png", "updated": "1970-01-01T00:00:00Z",
                 "icon": {"type": "Image", "url": f"{HOST}/emoji/kettle.png"}}],
    }  # fmt: skip


def akkoma_poll(author: str) -> Document:
    """Several choices, closed already, with names for the votes."""
    return {
        "id": f"{HOST}/objects/poll", "type": "Question", "actor": author, "attributedTo": author, "to": [PUBLIC],
        "cc": [f"{author}/followers"], "published": "2026-03-02T11:00:00.000001Z", "content": TEXT,
        "contentMap": {"en": TEXT}, "closed": "2026-03-02T11:30:00Z", "endTime": "2026-03-02T11:30:00Z",
        "votersCount": 3,
        "anyOf": [{"type": "Note", "name": "tea", "replies": {"type": "Collection", "totalItems": 3}},
                  {"type": "Note", "name": "cocoa", "replies": {"type": "Collection", "totalItems": 1}}],
    }  # fmt: skip


def misskey(author: str) -> Document:
    """Also Sharkey and Firefish: `_misskey_*` beside the standard names, a source in MFM, sensitive by its files."""
    return {
        "id": f"{HOST}/notes/9abc", "type": "Note", "attributedTo": author, "summary": "Food",
        "_misskey_summary": "Food", "content": f'<p><span>{TEXT}<br>:kettle: </span><a href="{HOST}/tags/harbour" '
                                               f'rel="tag">#harbour</a></p>',
        "_misskey_content": f"{TEXT}\n:kettle: #harbour", "quoteUrl": None, "_misskey_quote": None,
        "source": {"content": f"{TEXT}\n:kettle: #harbour", "mediaType": "text/x.misskeymarkdown"},
        "published": "2026-03-02T11:00:00.123Z", "to": [f"{author}/followers"], "cc": [PUBLIC], "inReplyTo": None,
        "attachment": [{"type": "Document", "mediaType": "image/webp", "url": f"{HOST}/files/1.webp", "name": "A pier",
                        "sensitive": True}],
        "sensitive": True,
        "tag": [{"type": "Hashtag", "href": f"{HOST}/tags/harbour", "name": "#harbour"},
                {"id": f"{HOST}/emojis/kettle", "type": "Emoji", "name": ":kettle:", "_misskey_license": {},
                 "icon": {"type": "Image", "mediaType": "image/webp", "url": f"{HOST}/files/kettle.webp"}}],
    }  # fmt: skip


def pixelfed(author: str) -> Document:
    """A picture first: `Image` attachments, capabilities, a location, comments enabled."""
    return {
        "id": f"{HOST}/p/mallory/1", "type": "Note", "summary": None, "attributedTo": author, "inReplyTo": None,
        "content": TEXT, "published": "2026-03-02T11:00:00+00:00", "url": f"{HOST}/p/mallory/1", "to": [PUBLIC],
        "cc": [f"{author}/followers"], "sensitive": False, "commentsEnabled": True,
        "capabilities": {"announce": PUBLIC, "like": PUBLIC, "reply": PUBLIC},
        "location": {"type": "Place", "name": "Brest", "country": "France"},
        "attachment": [{"type": "Image", "mediaType": "image/jpeg", "url": f"{HOST}/storage/1.jpg", "name": "A pier",
                        "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH", "focalPoint": [0, 0], "width": 1080,
                        "height": 1080},
                       {"type": "Image", "mediaType": "image/jpeg", "url": f"{HOST}/storage/2.jpg", "name": None}],
        "tag": [{"type": "Hashtag", "href": f"{HOST}/discover/tags/harbour", "name": "#Harbour"}],
    }  # fmt: skip


def peertube(author: str) -> Document:
    """A Video of a channel's: title, Markdown, many links, an icon for a picture, an author and a group."""
    return {
        "id": f"{HOST}/videos/watch/1", "type": "Video", "name": "A walk along the pier", "duration": "PT1145S",
        "uuid": "1", "category": {"identifier": "15", "name": "Travel"}, "language": {"identifier": "en", "name": "English"},
        "views": 360, "sensitive": False, "state": 1, "commentsEnabled": True, "canReply": None,
        "published": "2026-03-02T11:00:00.094Z", "updated": "2026-03-02T11:00:01.000Z", "mediaType": "text/markdown",
        "content": f"{TEXT}\r\n\r\nand more", "summary": None, "tag": [{"type": "Hashtag", "name": "pier"}],
        "attributedTo": [{"type": "Person", "id": author}, {"type": "Group", "id": f"{HOST}/video-channels/walks"}],
        "to": [PUBLIC], "cc": [f"{author}/followers"],
        "icon": [{"type": "Image", "url": f"{HOST}/thumb.jpg", "mediaType": "image/jpeg", "width": 280, "height": 157},
                 {"type": "Image", "url": f"{HOST}/preview.jpg", "mediaType": "image/jpeg", "width": 850, "height": 480}],
        "url": [{"type": "Link", "mediaType": "text/html", "href": f"{HOST}/w/1"},
                {"type": "Link", "mediaType": "video/mp4", "href": f"{HOST}/static/1-720.mp4", "height": 720,
                 "width": 1280, "size": 100, "fps": 30, "tag": []},
                {"type": "Link", "mediaType": "application/x-bittorrent", "href": f"{HOST}/1.torrent"}],
        "likes": f"{HOST}/videos/watch/1/likes", "comments": f"{HOST}/videos/watch/1/comments",
    }  # fmt: skip


def peertube_comment(author: str) -> Document:
    """A Note in Markdown."""
    return {
        "id": f"{HOST}/videos/watch/1/comments/2", "type": "Note", "content": f"@ana@ostiary.example {TEXT}",
        "mediaType": "text/markdown", "inReplyTo": EARLIER, "published": "2026-03-02T11:00:00.548Z",
        "updated": "2026-03-02T11:00:00.552Z", "url": f"{HOST}/videos/watch/1/comments/2", "attributedTo": author,
        "tag": [{"type": "Mention", "href": ANA, "name": "@ana@ostiary.example"}], "to": [PUBLIC],
        "cc": [f"{author}/followers"],
    }  # fmt: skip


def lemmy(author: str) -> Document:
    """A Page in a community: the shared link as an attachment, the community among the addressed, a language object."""
    return {
        "id": f"{HOST}/post/1", "type": "Page", "attributedTo": author, "to": [f"{HOST}/c/piers", PUBLIC], "cc": [],
        "name": "A pier that nobody knows", "content": f"<p>{TEXT}</p>\n", "mediaType": "text/html",
        "source": {"content": TEXT, "mediaType": "text/markdown"}, "sensitive": False, "audience": f"{HOST}/c/piers",
        "attachment": [{"type": "Link", "href": "https://news.example/pier", "mediaType": "text/html; charset=utf-8"}],
        "image": {"type": "Image", "url": f"{HOST}/pictrs/1.webp"}, "published": "2026-03-02T11:00:00.000001Z",
        "language": {"identifier": "en", "name": "English"}, "tag": [],
    }  # fmt: skip


def lemmy_comment(author: str) -> Document:
    """A Note that answers, distinguished or not."""
    return {
        "id": f"{HOST}/comment/1", "type": "Note", "attributedTo": author, "to": [PUBLIC],
        "cc": [f"{HOST}/c/piers", ANA], "content": f"<p>{TEXT}</p>\n", "inReplyTo": EARLIER, "mediaType": "text/html",
        "source": {"content": TEXT, "mediaType": "text/markdown"}, "published": "2026-03-02T11:00:00.5Z",
        "tag": [{"href": ANA, "type": "Mention", "name": "@ana@ostiary.example"}], "distinguished": False,
        "language": {"identifier": "en", "name": "English"}, "audience": f"{HOST}/c/piers", "attachment": [],
    }  # fmt: skip


def wordpress(author: str) -> Document:
    """An Article by a blog: an excerpt for a summary, entities in addresses of pictures, a preview of its own."""
    return {
        "id": f"{HOST}/?p=148", "type": "Article", "attributedTo": author, "name": "A pier that nobody knows",
        "summary": "<p>What I saw at the pier &hellip;</p>\n", "content": f"<p>{TEXT}</p>\n",
        "contentMap": {"en-US": f"<p>{TEXT}</p>\n"}, "published": "2026-03-02T11:00:00Z", "to": [PUBLIC],
        "updated": "2026-03-02T11:30:00Z", "cc": [f"{author}/followers"], "url": f"{HOST}/2026/03/pier/", "sensitive": False,
        "attachment": [{"type": "Image", "url": f"{HOST}/wp-content/1.png?fit=980%2C980&#038;ssl=1",
                        "mediaType": "image/png", "name": "A pier"}],
        "tag": [{"type": "Hashtag", "href": f"{HOST}/tag/pier", "name": "#pier"}],
        "replies": {"id": f"{HOST}/wp-json/1", "type": "Collection", "first": f"{HOST}/wp-json/2"},
        "preview": {"type": "Note", "content": "<p>What I saw at the pier</p>"},
    }  # fmt: skip


def bookwyrm(author: str) -> Document:
    """A review sent to those who don't know reviews: an Article with a name, a cover for a picture."""
    return {
        "id": f"{author}/review/1", "type": "Article", "published": "2026-03-02T11:00:00.123456+00:00",
        "attributedTo": author, "content": f"<p>{TEXT}</p>", "to": [PUBLIC], "cc": [f"{author}/followers"],
        "replies": {"id": f"{author}/review/1/replies", "type": "OrderedCollection", "totalItems": 0},
        "tag": [{"type": "Mention", "href": ANA, "name": "@ana@ostiary.example"}], "summary": None, "inReplyTo": None,
        "attachment": [{"type": "Document", "url": f"{HOST}/images/covers/1.jpg", "name": "Moby Dick", "@context": ""}],
        "sensitive": False, "name": "Review of “Moby Dick” (4 stars)", "updated": None,
    }  # fmt: skip


def friendica(author: str) -> Document:
    """BBCode beside HTML, a GUID, everything that Diaspora wants, two kinds of HTML."""
    return {
        "id": f"{HOST}/objects/4edd2508", "type": "Note", "summary": "", "inReplyTo": EARLIER,
        "diaspora:guid": "4edd2508", "published": "2026-03-02T11:00:00Z", "url": f"{HOST}/display/4edd2508",
        "attributedTo": author, "sensitive": False, "context": f"{EARLIER}#context", "to": [PUBLIC, ANA],
        "cc": [f"{author}/followers"], "content": f'<span class="h-card"><a href="{ANA}" class="u-url mention">@<span>ana'
                                                  f"</span></a></span> {TEXT}",
        "contentMap": {"de": f'<bdi>@<a href="{ANA}" class="userinfo mention" title="ana">ana</a></bdi> {TEXT}'},
        "source": {"content": f"@[url={ANA}]Ana[/url] {TEXT}", "mediaType": "text/bbcode"}, "diaspora:comment": "{}",
        "attachment": [{"type": "Document", "mediaType": "image/jpeg", "url": f"{HOST}/photo/1-0.jpeg", "name": "A pier",
                        "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH", "height": 600, "width": 800}],
        "tag": [{"type": "Mention", "href": ANA, "name": "@ana@ostiary.example"}],
    }  # fmt: skip


def friendica_page(author: str) -> Document:
    """A Page with a title, whose `url` leads to what it shares."""
    return {
        "id": f"{HOST}/objects/ec054ce7", "type": "Page", "summary": "", "inReplyTo": None,
        "published": "2026-03-02T11:00:00Z", "url": "https://news.example/pier", "attributedTo": author,
        "sensitive": False, "context": f"{HOST}/objects/ec054ce7#context", "name": "A pier that nobody knows",
        "content": f"{TEXT}<ul class='listbullet'><li>one</li><li>two</li></ul>", "attachment": [], "tag": [],
        "to": [PUBLIC], "cc": [f"{author}/followers"],
    }  # fmt: skip


def picture(url: str, description: str = "", kind: str = "image/jpeg", size: tuple[int, int] | None = None) -> Document:
    """An attachment as it should be understood."""
    width, height = size or (None, None)
    return {"url": HOST + url, "media_type": kind, "description": description, "width": width, "height": height}


ELSEWHERE = 'target="_blank" rel="nofollow noopener noreferrer"'
"""What every link to another place is given."""
KETTLE = [{"shortcode": "kettle", "url": f"{HOST}/emoji/kettle.png"}]
SHAPES = [
    Shape("mastodon", f"{HOST}/users/mallory", mastodon, {
        "content": '<p><span class="h-card" translate="no"><a href="https://ostiary.example/@ana" class="u-url mention" '
                   f'{ELSEWHERE}>@<span>ana</span></a></span> {TEXT} :kettle: <a href="{HOST}/tags/Harbour" class="mention '
                   f'hashtag" {ELSEWHERE}>#<span>Harbour</span></a></p>',
        "warning": "Food", "sensitive": True, "language": "fr", "reply_to": EARLIER, "mentions": [ANA], "tags": ["Harbour"],
        "emojis": [{"shortcode": "kettle", "url": f"{HOST}/emojis/kettle.png"}],
        "attachments": [picture("/media/1.jpg", "A pier", size=(1500, 1095)), picture("/media/2.mp4", "", "video/mp4", (640, 480))],
    }),
    Shape("mastodon's poll", f"{HOST}/users/mallory", mastodon_poll, {
        "kind": "question", "visibility": "unlisted", "language": "en",
        "poll": {"options": [("yes", 4), ("no", 2)], "multiple": False, "ends": "2026-03-09T11:00:00+00:00"}}),
    Shape("mastodon's private mention", f"{HOST}/users/mallory", mastodon_direct, {"visibility": "direct", "mentions": [ANA]}),
    Shape("gotosocial", f"{HOST}/users/mallory", gotosocial, {
        "visibility": "followers",
        "content": f'<p>{TEXT} <a href="{HOST}/tags/printemps" class="mention hashtag" {ELSEWHERE}>#<span>printemps</span></a></p>',
        "language": "fr", "mentions": [ANA],
        "tags": ["printemps"], "emojis": [{"shortcode": "kettle", "url": f"{HOST}/fileserver/kettle.png"}],
        "attachments": [picture("/fileserver/1.jpg", "Un quai", size=(800, 450))]}),
    Shape("pleroma", f"{HOST}/users/mallory", pleroma, {
        "content": f"{TEXT} <br>and more", "reply_to": EARLIER, "mentions": [ANA], "emojis": KETTLE,
        "attachments": [picture("/media/1.png", "A pier", "image/png", (640, 480))]}),
    Shape("akkoma's poll", f"{HOST}/users/mallory", akkoma_poll, {
        "kind": "question", "language": "en", "content": TEXT, "poll": {"options": [("tea", 3), ("cocoa", 1)], "multiple": True, "ends": "2026-03-02T11:30:00+00:00"}}),
    Shape("misskey", f"{HOST}/users/9mallory", misskey, {
        "visibility": "unlisted", "warning": "Food",
        "content": f'<p><span>{TEXT}<br>:kettle: </span><a href="{HOST}/tags/harbour" {ELSEWHERE}>#harbour</a></p>', "sensitive": True,
        "tags": ["harbour"], "emojis": [{"shortcode": "kettle", "url": f"{HOST}/files/kettle.webp"}],
        "attachments": [picture("/files/1.webp", "A pier", "image/webp")]}),
    Shape("pixelfed", f"{HOST}/users/mallory", pixelfed, {
        "content": TEXT, "tags": ["Harbour"],
        "attachments": [picture("/storage/1.jpg", "A pier", size=(1080, 1080)), picture("/storage/2.jpg")]}),
    Shape("peertube", f"{HOST}/accounts/mallory", peertube, {
        "kind": "page", "title": "A walk along the pier", "language": "en", "tags": ["pier"],
        "content": f"<p>{TEXT}</p><p>and more</p>",
        "attachments": [picture("/preview.jpg", "", size=(850, 480))]}),
    Shape("peertube's comment", f"{HOST}/accounts/mallory", peertube_comment, {
        "content": f"<p>@ana@ostiary.example {TEXT}</p>", "reply_to": EARLIER, "mentions": [ANA]}),
    Shape("lemmy", f"{HOST}/u/mallory", lemmy, {
        "kind": "page", "title": "A pier that nobody knows", "language": "en",
        "content": f'<p>{TEXT}</p>\n<p><a href="https://news.example/pier" {ELSEWHERE}>https://news.example/pier</a></p>',
        "attachments": [picture("/pictrs/1.webp", "", "image/*")]}),
    Shape("lemmy's comment", f"{HOST}/u/mallory", lemmy_comment, {
        "content": f"<p>{TEXT}</p>\n", "reply_to": EARLIER, "mentions": [ANA], "language": "en"}),
    Shape("wordpress", f"{HOST}/author/mallory/", wordpress, {
        "kind": "article", "title": "A pier that nobody knows", "language": "en-US", "tags": ["pier"],
        "content": f"<p>{TEXT}</p>\n",
        "attachments": [picture("/wp-content/1.png?fit=980%2C980&#038;ssl=1", "A pier", "image/png")]}),
    Shape("bookwyrm", f"{HOST}/user/mallory", bookwyrm, {
        "kind": "article", "title": "Review of “Moby Dick” (4 stars)", "mentions": [ANA],
        "attachments": [picture("/images/covers/1.jpg", "Moby Dick", "")]}),
    Shape("friendica", f"{HOST}/profile/mallory", friendica, {
        "content": f'<span class="h-card"><a href="{ANA}" class="u-url mention" {ELSEWHERE}>@<span>ana</span></a></span> {TEXT}',
        "reply_to": EARLIER, "mentions": [ANA], "language": "de",
        "attachments": [picture("/photo/1-0.jpeg", "A pier", size=(800, 600))]}),
    Shape("friendica's page", f"{HOST}/profile/mallory", friendica_page, {
        "kind": "page", "title": "A pier that nobody knows",
        "content": f'{TEXT}<ul><li>one</li><li>two</li></ul><p><a href="https://news.example/pier" {ELSEWHERE}>'
                   "https://news.example/pier</a></p>"}),
]  # fmt: skip


def understood(world: World, uri: str) -> Document:
    """What is stored of a post."""
    with world.services.db.read() as session:
        post = session.scalars(select(PostRow).where(PostRow.uri == uri)).one()
        assert post.state in (PostState.PUBLISHED, PostState.HELD)
        author = session.get_one(ActorRow, post.actor_id)
        mentioned = select(ActorRow.uri).join(MentionRow, MentionRow.actor_id == ActorRow.id)
        attachments = select(AttachmentRow).where(AttachmentRow.post_pk == post.pk).order_by(AttachmentRow.position)
        return {
            "author": author.uri,
            "kind": post.kind.value,
            "visibility": post.visibility.value,
            "title": post.title,
            "content": post.content,
            "warning": post.warning,
            "sensitive": post.sensitive,
            "language": post.language,
            "reply_to": post.in_reply_to_uri,
            "mentions": list(session.scalars(mentioned.where(MentionRow.post_pk == post.pk, ~MentionRow.silent))),
            "tags": list(session.scalars(select(PostTagRow.name).where(PostTagRow.post_pk == post.pk))),
            "emojis": post.emojis,
            "attachments": [
                {name: getattr(row, name) for name in ("url", "media_type", "description", "width", "height")}
                for row in session.scalars(attachments)
            ],
            "poll": _poll(post.poll) if post.poll else None,
            "published": post.published_at.replace(microsecond=0),
            "edited": post.edited_at is not None,
        }


def _poll(poll: Document) -> Document:
    """Without what this server adds for its members' votes."""
    options = [(option["title"], option["votes"]) for option in poll["options"]]
    return {"options": options, "multiple": poll["multiple"], "ends": poll["expires_at"]}


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_what_a_server_sends_is_understood_to_the_field(world: World, shape: Shape) -> None:
    world.member("ana")
    mallory = world.remote(path=shape.actor.removeprefix(HOST))
    document = shape.post(mallory.uri)
    world.take(mallory, mallory.create(document))
    assert understood(world, document["id"]) == PLAIN | {"author": mallory.uri} | shape.expected
