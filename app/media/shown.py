"""What pages and clients are told of pictures: which attachments are shown, at which addresses, how large."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from app.accounts import domains
from app.accounts.tables import ActorRow
from app.media.links import Links
from app.media.shapes import ORIGINAL, SMALL, STATIC, VERSIONS, Shape
from app.posts.tables import AttachmentRow
from app.settings import Settings
from app.uploads import places
from app.uploads.recordings import kinds
from app.uploads.tables import UploadKind, UploadRow
from moderation.domains.values import Filter

_TAG = re.compile(r'(<(?:[^>"]|"[^"]*")*>)')
_SHORTCODE = re.compile(r":([A-Za-z0-9_]{1,128}):")
_PLAYED = {"video": UploadKind.VIDEO, "audio": UploadKind.AUDIO}
_NOT_DRAWN = frozenset(("image/svg+xml",))


@lru_cache(maxsize=8)
def links(settings: Settings) -> Links:
    """The maker of addresses."""
    return Links(settings)


def plays(row: AttachmentRow) -> UploadKind | None:
    """Whether an attachment is a film or sound that can be played; without FFmpeg, those of members alone."""
    if row.upload_id is not None:
        return _PLAYED.get(row.media_type.partition("/")[0])
    return played(row.media_type)


def played(media_type: str) -> UploadKind | None:
    """The same, of anything that says so of itself."""
    return _PLAYED.get(media_type.partition("/")[0]) if kinds.are_taken() else None


def is_picture(media_type: str) -> bool:
    """Whether an attachment is shown as a picture."""
    return media_type.startswith("image/") and media_type not in _NOT_DRAWN


def picture(settings: Settings, row: AttachmentRow, file: str = ORIGINAL) -> str:
    """Where a post's picture is, here."""
    return links(settings).attachment(row.id, row.url, file)


def size(row: AttachmentRow | UploadRow, file: str = ORIGINAL) -> tuple[int, int] | None:
    """How large that will be, in pixels, if its author said how large it is."""
    if not row.width or not row.height:
        return None
    version = next(one for one in VERSIONS[Shape.PICTURE] if one.name == file)
    by = min(1.0, version.width / row.width, version.height / row.height)
    return max(1, round(row.width * by)), max(1, round(row.height * by))


def avatar(settings: Settings, actor: ActorRow, file: str = ORIGINAL) -> str | None:
    """Where somebody's avatar is, here; None where there's none to show."""
    if not actor.avatar_url or _is_bare(actor):
        return None
    return links(settings).avatar(actor.id, actor.avatar_url, file)


def header(settings: Settings, actor: ActorRow, file: str = ORIGINAL) -> str | None:
    """The same for the banner."""
    if not actor.header_url or _is_bare(actor):
        return None
    return links(settings).header(actor.id, actor.header_url, file)


def _is_bare(actor: ActorRow) -> bool:
    return actor.suspended_at is not None or domains.has(actor, Filter.AVATARS)


def emojis(settings: Settings, known: Sequence[Mapping[str, str]] | None) -> dict[str, tuple[str, str]]:
    """By shortcode, where each emoji is, here: as it is, and standing still."""
    found = {}
    for one in known or ():
        shortcode, url = one.get("shortcode", ""), one.get("url", "")
        moving, still = _emoji(settings, url), _emoji(settings, url, STATIC)
        if moving is not None and still is not None and _SHORTCODE.fullmatch(f":{shortcode}:"):
            found[shortcode] = (moving, still)
    return found


def _emoji(settings: Settings, url: str, file: str = ORIGINAL) -> str | None:
    """The house's own are where they are; others are had by way of this server."""
    key = places.key_of(settings, url)
    return links(settings).emoji(url, file) if key is None else places.emoji_address(settings, key, file)


def with_emojis(html: str, known: Mapping[str, tuple[str, str]], image: Callable[[str, str], str]) -> str:
    """Cleaned HTML with its shortcodes replaced, outside of tags; `image` writes one, from its name and address."""
    if not known or ":" not in html:
        return html

    def one(match: re.Match[str]) -> str:
        place = known.get(match[1])
        return match[0] if place is None else image(match[1], place[0])

    parts = _TAG.split(html)
    return "".join(part if part.startswith("<") else _SHORTCODE.sub(one, part) for part in parts)


__all__ = (
    "ORIGINAL",
    "SMALL",
    "STATIC",
    "avatar",
    "emojis",
    "header",
    "is_picture",
    "links",
    "picture",
    "size",
    "with_emojis",
)
