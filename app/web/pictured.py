"""Filters for what is to be seen and heard: pictures, films and sounds of posts, and what a moderator sees of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.current import services
from app.media import shown as media
from app.media.shapes import FILM, file_name
from app.posts.tables import AttachmentRow, PostRow, PostState
from app.uploads import places
from app.uploads.tables import UploadKind


@dataclass(frozen=True, slots=True)
class Recording:
    """A film, or a sound, on a page."""

    film: bool
    url: str
    poster: str | None
    description: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a page: its small and its large version, and how large the small one is, if it's known."""

    small: str
    large: str
    description: str
    width: int | None
    height: int | None


def pictures(post: PostRow) -> list[Picture]:
    """The pictures of a post, as they are shown."""
    return [
        Picture(
            _address(post, row, media.SMALL),
            _address(post, row, media.ORIGINAL),
            row.description,
            *(media.size(row, media.SMALL) or (None, None)),
        )
        for row in post.attachments
        if media.is_picture(row.media_type)
    ]


def recordings(post: PostRow) -> list[Recording]:
    """The films and sounds in a post, to be played."""
    shown_by = [(row, kind) for row in post.attachments if (kind := media.plays(row)) is not None]
    return [
        Recording(
            film=kind is UploadKind.VIDEO,
            url=_address(post, row, places.MAIN[kind]),
            poster=_address(post, row, media.SMALL) if row.blurhash else None,
            description=row.description,
            width=row.width,
            height=row.height,
        )
        for row, kind in shown_by
    ]


def other_media(post: PostRow) -> list[AttachmentRow]:
    """Documents, and what can't be played, which are only described."""
    return [row for row in post.attachments if not media.is_picture(row.media_type) and not media.plays(row)]


def _address(post: PostRow, row: AttachmentRow, file: str) -> str:
    """What waits is before its author alone, at an address that ends soon."""
    settings = services().settings
    if post.state is PostState.PUBLISHED:
        return media.picture(settings, row, file)
    return media.links(settings).mine(row.url, file, services().clock.now()) or ""


def desk_picture(url: str, file: str) -> str:
    """Where a moderator sees a picture that nobody else may; empty for an address that can't be fetched."""
    return media.links(services().settings).desk(url, file, services().clock.now()) or ""


def is_picture(one: Mapping[str, Any]) -> bool:
    """Whether a medium in a snapshot can be shown; those of profiles don't say what they are. A film is shown
    by a picture of its beginning.
    """
    seen = media.is_picture(one.get("media_type") or "image/*") or _is_own(one, UploadKind.VIDEO) or is_film(one)
    return seen and bool(desk_picture(one["url"], media.SMALL))


def is_film(one: Mapping[str, Any]) -> bool:
    """Whether a medium in a snapshot is a film elsewhere, of which a still can be had where FFmpeg is installed."""
    kind = media.played(str(one.get("media_type") or ""))
    return kind is UploadKind.VIDEO and places.key_of(services().settings, str(one["url"])) is None


def desk_seen(one: Mapping[str, Any], file: str) -> str:
    """Where a moderator sees a version of a picture in a snapshot, or of a film's still."""
    return desk_picture(one["url"], f"{FILM}-{file}" if is_film(one) else file)


def desk_recording(one: Mapping[str, Any]) -> str:
    """Where a moderator plays a film or sound; empty for anything else."""
    kind = media.played(str(one.get("media_type") or ""))
    return "" if kind is None else desk_picture(one["url"], places.MAIN[kind])


def _is_own(one: Mapping[str, Any], kind: UploadKind) -> bool:
    """Whether a medium in a snapshot is a member's film, or sound."""
    url = str(one["url"])
    return places.key_of(services().settings, url) is not None and url.endswith(file_name(places.MAIN[kind]))


ALL: Mapping[str, Callable[..., Any]] = {
    "pictures": pictures,
    "recordings": recordings,
    "other_media": other_media,
    "desk_picture": desk_picture,
    "desk_seen": desk_seen,
    "desk_recording": desk_recording,
}
