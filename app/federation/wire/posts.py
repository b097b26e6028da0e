"""Parses a Note, Article, Question or Page into a Post."""

from __future__ import annotations

import re
from html import escape
from typing import cast

from app.federation.wire import consent, fields, uris
from app.federation.wire.errors import MalformedError
from app.federation.wire.fields import Doc, Json
from app.federation.wire.values import (
    Attachment,
    Emoji,
    Hashtag,
    MediaKind,
    Mention,
    Poll,
    PollOption,
    Post,
    PostKind,
)
from moderation.hashtags import bare, lowered

MAX_CONTENT = 200_000
MAX_TITLE = 1000
MAX_SUMMARY = 20_000
MAX_TAGS = 1000
MAX_ATTACHMENTS = 16
MAX_DESCRIPTION = 10_000
MAX_OPTIONS = 50
MAX_OPTION = 1000

_KINDS = {kind.value: kind for kind in PostKind} | dict.fromkeys(("Video", "Audio", "Image", "Event"), PostKind.PAGE)
"""Films, sounds, pictures and events are pages: a title, a text, a picture, and a link to where the thing itself is."""
_SHORTCODE = re.compile(r"[A-Za-z0-9_.+-]{1,128}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,64}/[a-z0-9.+-]{1,64}")
_MEDIA_KINDS = {"Image": MediaKind.IMAGE, "Video": MediaKind.VIDEO, "Audio": MediaKind.AUDIO}
_MEDIA_TYPES = frozenset((*_MEDIA_KINDS, "Document", "Link"))
_CONTENT_TYPES = frozenset(("text/html", "text/markdown", "text/plain"))


def kind_of(doc: Doc) -> PostKind | None:
    """Which kind of post a document is; None where it is none."""
    return next((_KINDS[name] for name in fields.types(doc) if name in _KINDS), None)


def parse_post(doc: Doc, *, actor: str | None = None, outer: Doc | None = None) -> Post:
    """A Post. `actor` is who sends it (it wins among several authors), `outer` the activity around it.

    Texts are cut to the limits above, but for content that is too long, which is refused: a cut text would be
    judged and shown without its end. Raises MalformedError.
    """
    kind = kind_of(doc)
    if kind is None:
        raise MalformedError("this is no post", code="type_unsupported")
    uri = fields.own_id(doc)
    to, cc = _audience(doc, outer or {})
    mentions, hashtags, emojis = _tags(doc.get("tag"))
    names = fields.types(doc)
    title = fields.mapped_text(doc, "name", MAX_TITLE)
    sensitive = fields.flag(doc.get("sensitive"))
    warning, excerpt = _summary(doc, kind, title, sensitive)
    content = _content(doc) or excerpt
    return Post(
        uri=uri,
        kind=kind,
        author=_author(doc, actor),
        content=content if "Event" not in names else _event(doc) + content,
        content_type=_content_type(doc),
        title=title,
        summary=warning,
        sensitive=sensitive,
        language=fields.language(doc) or fields.language(outer or {}),
        url=_page(doc.get("url")) or (_shared(doc) if kind is PostKind.PAGE else None),
        in_reply_to=fields.uri(doc.get("inReplyTo")),
        replies=fields.uri(doc.get("replies")),
        likes=fields.uri(doc.get("likes")),
        shares=fields.uri(doc.get("shares")),
        quote=consent.parse_quote(doc),
        policy=consent.parse_policy(doc.get("interactionPolicy")),
        context=fields.text(doc.get("context") or doc.get("conversation"), uris.MAX_LENGTH) or None,
        published=fields.time(doc.get("published")),
        updated=fields.time(doc.get("updated")),
        to=to,
        cc=cc,
        mentions=mentions,
        hashtags=hashtags,
        emojis=emojis,
        attachments=_attachments(doc) or (_thumbnail(doc) if kind is PostKind.PAGE else ()),
        poll=_poll(doc) if kind is PostKind.QUESTION else None,
    )


def parse_emojis(value: Json) -> tuple[Emoji, ...]:
    """The Emoji tags of a post or an actor. Raises MalformedError for too many tags."""
    return _tags(value)[2]


def _author(doc: Doc, actor: str | None) -> str:
    named = doc.get("attributedTo") or doc.get("actor")
    if actor is not None and (named is None or any(fields.uri(one) == actor for one in fields.items(named))):
        return actor
    people = (one for one in fields.items(named) if isinstance(one, dict) and "Person" in fields.types(one))
    found = fields.uri(next(people, None)) or fields.uri(named)
    if found is None:
        raise MalformedError("the post has no author", code="attributedTo_missing")
    return found


def _audience(doc: Doc, outer: Doc) -> tuple[tuple[str, ...], tuple[str, ...]]:
    to, cc = fields.addresses(doc.get("to")), fields.addresses(doc.get("cc"))
    if to or cc:
        return to, cc
    return fields.addresses(outer.get("to")), fields.addresses(outer.get("cc"))


def _content(doc: Doc) -> str:
    content = fields.mapped_text(doc, "content", MAX_CONTENT + 1)
    if len(content) > MAX_CONTENT:
        raise MalformedError("the content is too long", code="content_too_long")
    return content


def _summary(doc: Doc, kind: PostKind, title: str, sensitive: bool) -> tuple[str, str]:
    """What a summary warns of, or the excerpt that it is: of an Article, unless it's said to be sensitive (FEP-b2b8).

    Lotide repeats the title here; a warning that says what the title says warns of nothing.
    """
    summary = fields.mapped_text(doc, "summary", MAX_SUMMARY)
    if summary == title:
        return "", ""
    return ("", summary) if kind is PostKind.ARTICLE and not sensitive else (summary, "")


def _shared(doc: Doc) -> str | None:
    """The page that a post in a community shares: Lemmy has it among the attachments."""
    for item in fields.items(doc.get("attachment")):
        if isinstance(item, dict) and "Link" in fields.types(item):
            page = media_type(item.get("mediaType")) in ("", "text/html")
            if page and (found := fields.uri(item.get("href"))) is not None:
                return found
    return None


def _content_type(doc: Doc) -> str:
    value = doc.get("mediaType")
    return value if isinstance(value, str) and value in _CONTENT_TYPES else "text/html"


def _event(doc: Doc) -> str:
    """When and where, as a paragraph before the text (of whatever type the text is)."""
    begins = fields.time(doc.get("startTime"))
    place = next((one for one in fields.items(doc.get("location")) if isinstance(one, dict)), {})
    told = [f"{begins:%Y-%m-%d %H:%M} UTC" if begins else "", fields.text(place.get("name"), MAX_TITLE)]
    line = ", ".join(part for part in told if part)
    if not line:
        return ""
    return f"<p>{escape(line)}</p>" if _content_type(doc) == "text/html" else f"{line}\n\n"


def _thumbnail(doc: Doc) -> tuple[Attachment, ...]:
    """The largest picture that stands for a film, a sound or a page."""
    found = [
        (fields.count(one.get("width"), 100_000) or 0, url, one)
        for one in fields.items(doc.get("image") or doc.get("icon"))
        if isinstance(one, dict) and (url := _media_url(one)[0]) is not None
    ][:MAX_ATTACHMENTS]
    if not found:
        return ()
    _, url, one = max(found, key=lambda candidate: candidate[0])
    width, height = (fields.count(one.get(name), 100_000) for name in ("width", "height"))
    kind_type = media_type(one.get("mediaType"))
    return (Attachment(url=url, kind=MediaKind.IMAGE, media_type=kind_type, width=width, height=height),)


def _page(value: Json) -> str | None:
    """The web page among `url`s: the Link that says text/html, else the first that says nothing else."""
    if isinstance(value, str):
        return fields.uri(value)
    first = None
    for item in fields.items(value):
        media_type = item.get("mediaType") if isinstance(item, dict) else None
        found = fields.uri(item)
        if found and media_type == "text/html":
            return found
        if media_type is None and first is None:
            first = found
    return first


def _tags(value: Json) -> tuple[tuple[Mention, ...], tuple[Hashtag, ...], tuple[Emoji, ...]]:
    if not value:
        return (), (), ()
    if isinstance(value, list) and len(value) > MAX_TAGS:
        raise MalformedError("too many tags", code="too_many_tags")
    mentions: dict[str, Mention] = {}
    hashtags: dict[str, Hashtag] = {}
    emojis: dict[str, Emoji] = {}
    for tag in fields.items(value):
        if not isinstance(tag, dict):
            continue
        for name in fields.types(tag):
            if name == "Mention" and (mention := _mention(tag)):
                mentions.setdefault(mention.uri, mention)
            elif name == "Hashtag" and (hashtag := _hashtag(tag)):
                hashtags.setdefault(lowered(hashtag.name), hashtag)  # both spellings of one: rules tell them apart
            elif name == "Emoji" and (emoji := _emoji(tag)):
                emojis.setdefault(emoji.shortcode, emoji)
    return tuple(mentions.values()), tuple(hashtags.values()), tuple(emojis.values())


def _mention(tag: Doc) -> Mention | None:
    href = fields.uri(tag.get("href"))
    return Mention(href, fields.text(tag.get("name"), 320)) if href else None


def _hashtag(tag: Doc) -> Hashtag | None:
    name = bare(fields.text(tag.get("name"), 201).strip())
    if not name or len(name) > 200 or any(letter.isspace() for letter in name):
        return None
    return Hashtag(name, fields.uri(tag.get("href")))


def _emoji(tag: Doc) -> Emoji | None:
    shortcode = fields.text(tag.get("name"), 130).strip(":")
    icon = next((one for one in fields.items(tag.get("icon")) if isinstance(one, dict)), {})
    url = fields.uri(icon.get("url"))
    if url is None or not _SHORTCODE.fullmatch(shortcode):
        return None
    updated = fields.time(tag.get("updated"))
    return Emoji(shortcode, url, fields.uri(tag.get("id")), media_type(icon.get("mediaType")), updated)


def media_type(value: Json) -> str | None:
    """A media type without parameters, in lower case; None where it is none."""
    if not isinstance(value, str):
        return None
    bare = value[:200].partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else None


def _attachments(doc: Doc) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for item in fields.items(doc.get("attachment")):
        if isinstance(item, dict) and (attachment := _attachment(item)) is not None:
            found.append(attachment)
            if len(found) == MAX_ATTACHMENTS:
                break
    return tuple(found)


_LASTING = (MediaKind.VIDEO, MediaKind.AUDIO)


def _attachment(item: Doc) -> Attachment | None:
    names = fields.types(item)
    if not _MEDIA_TYPES.intersection(names):
        return None
    url, link = _media_url(item)
    if url is None:
        return None
    kind_type = media_type(item.get("mediaType")) or media_type(link.get("mediaType"))
    kind = _media_kind(kind_type, names)
    if kind is MediaKind.OTHER and "Link" in names:
        return None  # a link to a page, which the content has as well
    return Attachment(
        url=url,
        kind=kind,
        media_type=kind_type,
        description=fields.mapped_text(item, "name", MAX_DESCRIPTION)
        or fields.mapped_text(item, "summary", MAX_DESCRIPTION),
        width=fields.count(item.get("width"), 100_000) or fields.count(link.get("width"), 100_000),
        height=fields.count(item.get("height"), 100_000) or fields.count(link.get("height"), 100_000),
        focal_point=_focal_point(item.get("focalPoint")),
        blurhash=fields.text(item.get("blurhash"), 200) or None,
        duration=fields.seconds(item.get("duration")) if kind in _LASTING else None,
    )


def _media_url(item: Doc) -> tuple[str | None, Doc]:
    for one in fields.items(item.get("url") or item.get("href")):
        if found := fields.uri(one):
            return found, one if isinstance(one, dict) else {}
    return None, {}


def _media_kind(kind_type: str | None, names: tuple[str, ...]) -> MediaKind:
    family = (kind_type or "").partition("/")[0]
    if family in ("image", "video", "audio"):
        return MediaKind(family)
    return next((_MEDIA_KINDS[name] for name in names if name in _MEDIA_KINDS), MediaKind.OTHER)


def _focal_point(value: Json) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    if any(isinstance(part, bool) or not isinstance(part, int | float) for part in value):
        return None
    x, y = cast("list[float]", value)
    return (float(x), float(y)) if -1 <= x <= 1 and -1 <= y <= 1 else None


def _poll(doc: Doc) -> Poll | None:
    multiple = bool(doc.get("anyOf"))
    listed = fields.items(doc.get("anyOf") if multiple else doc.get("oneOf"))
    given = [one for one in listed if isinstance(one, dict)]
    if not given:
        return None
    if len(given) > MAX_OPTIONS:
        raise MalformedError("too many choices in a poll", code="too_many_options")
    closed = doc.get("closed")
    ends_at = fields.time(doc.get("endTime"))
    return Poll(
        options=tuple(_option(one) for one in given),
        multiple=multiple,
        ends_at=ends_at,
        # `closed` is a time, or only true: then it closed when it was to end, or when the document says.
        closed_at=fields.time(closed) or ((ends_at or fields.time(doc.get("updated"))) if closed is True else None),
        voters=fields.count(doc.get("votersCount")),
    )


def _option(option: Doc) -> PollOption:
    replies = option.get("replies")
    votes = fields.count(replies.get("totalItems")) if isinstance(replies, dict) else None
    if votes is None:  # as Misskey says it
        votes = fields.count(option.get("_misskey_votes"))
    return PollOption(fields.mapped_text(option, "name", MAX_OPTION), votes or 0)
