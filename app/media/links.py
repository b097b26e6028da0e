"""Addresses of pictures here: each is a capability that only this server can make, for one picture in one use.

Clients fetch pictures without their tokens, so whoever was shown a post must be able to see its pictures by address
alone. The address names what the picture belongs to; whether that may (still) be shown is asked at every request
(`app.media.allowed`). The signature covers the address elsewhere too: another picture is another address.

    /media/attachments/ID/SIGNATURE/FILE.webp       a picture of a post
    /media/avatars/ID/SIGNATURE/FILE.webp, /media/headers/…
    /media/cards/ID/SIGNATURE/FILE.webp             a picture of a page that a post links to
    /media/emojis/URL/SIGNATURE/FILE.webp           URL in base64url
    /media/desk/URL/EXPIRES.SIGNATURE/FILE.webp     for a moderator who looks at what waits; for a quarter of an hour
    /media/mine/URL/EXPIRES.SIGNATURE/FILE.webp     for whoever sent a picture that nobody else sees yet; as long
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.federation.wire import uris
from app.media.shapes import ORIGINAL, Shape, file_name
from app.settings import Settings

ROOT = "/media"
DESK_SECONDS = 900
LONGEST_INLINE = 1024
"""Emoji and desk addresses hold the one elsewhere; longer ones aren't shown."""


class Place(StrEnum):
    """What a picture belongs to."""

    ATTACHMENTS = "attachments"
    AVATARS = "avatars"
    HEADERS = "headers"
    EMOJIS = "emojis"
    DESK = "desk"
    MINE = "mine"
    CARDS = "cards"


SHAPES = {
    Place.ATTACHMENTS: Shape.PICTURE,
    Place.AVATARS: Shape.AVATAR,
    Place.HEADERS: Shape.HEADER,
    Place.EMOJIS: Shape.EMOJI,
    Place.DESK: Shape.PICTURE,
    Place.MINE: Shape.PICTURE,
    Place.CARDS: Shape.PICTURE,
}
ENDING = (Place.DESK, Place.MINE)
"""Addresses that end soon."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. `holder` is the id of the attachment or actor; None where `url` is in the address."""

    place: Place
    holder: int | None
    url: str | None
    expires: int | None
    signature: str
    file: str


class Links:
    """Makes addresses, and knows its own."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.base_url
        self._key = hmac.digest(settings.secret_key.encode(), b"ostiary media addresses 1", "sha256")

    def attachment(self, holder: int, url: str, file: str = ORIGINAL) -> str:
        """Of a post's picture."""
        return self._held(Place.ATTACHMENTS, holder, url, file)

    def card(self, holder: int, url: str, file: str = ORIGINAL) -> str:
        """Of a card's picture."""
        return self._held(Place.CARDS, holder, url, file)

    def avatar(self, actor_id: int, url: str, file: str = ORIGINAL) -> str:
        """Of somebody's avatar."""
        return self._held(Place.AVATARS, actor_id, url, file)

    def header(self, actor_id: int, url: str, file: str = ORIGINAL) -> str:
        """Of somebody's banner."""
        return self._held(Place.HEADERS, actor_id, url, file)

    def emoji(self, url: str, file: str = ORIGINAL) -> str | None:
        """Of a custom emoji; None where its address is too long."""
        if len(url.encode()) > LONGEST_INLINE:
            return None
        signature = self._signature(Place.EMOJIS, None, url, None)
        return f"{self._base}{ROOT}/{Place.EMOJIS}/{_packed(url)}/{signature}/{file_name(file)}"

    def desk(self, url: str, file: str, now: datetime) -> str | None:
        """Of a picture that a moderator looks at before, or after, anybody else may: from then on it is evidence."""
        return self._ending(Place.DESK, url, file, now)

    def mine(self, url: str, file: str, now: datetime) -> str | None:
        """Of a member's own picture that is in nothing that is shown, for them alone."""
        return self._ending(Place.MINE, url, file, now)

    def _ending(self, place: Place, url: str, file: str, now: datetime) -> str | None:
        if len(url.encode()) > LONGEST_INLINE or uris.origin(url) is None:
            return None
        expires = int((now + timedelta(seconds=DESK_SECONDS)).timestamp())
        signature = self._signature(place, None, url, expires)
        return f"{self._base}{ROOT}/{place}/{_packed(url)}/{expires}.{signature}/{file_name(file)}"

    def made(self, asked: Asked, url: str) -> bool:
        """Whether the address is one of ours, for the picture that is at `url`."""
        expected = self._signature(asked.place, asked.holder, url, asked.expires)
        return hmac.compare_digest(expected.encode(), asked.signature.encode())

    def _held(self, place: Place, holder: int, url: str, file: str) -> str:
        return f"{self._base}{ROOT}/{place}/{holder}/{self._signature(place, holder, url, None)}/{file_name(file)}"

    def _signature(self, place: Place, holder: int | None, url: str, expires: int | None) -> str:
        message = "\0".join((place, str(holder), str(expires), url))
        digest = hmac.digest(self._key, message.encode(errors="surrogatepass"), "sha256")
        return base64.urlsafe_b64encode(digest[:15]).decode()


def read(place: str, holder: str, signature: str, file: str) -> Asked | None:
    """What the parts of an address say, unverified; None where they say nothing."""
    try:
        kind = Place(place)
    except ValueError:
        return None
    name = file.rpartition(".")[0]
    if not name or file_name(name) != file or len(signature) > 64 or not signature.isascii():
        return None
    expires, signature = _expiry(kind, signature)
    if kind in ENDING and expires is None:
        return None
    if kind in (Place.EMOJIS, *ENDING):
        url = _unpacked(holder)
        return None if url is None else Asked(kind, None, url, expires, signature, name)
    if not (holder.isascii() and holder.isdigit() and len(holder) <= 19 and int(holder) < 2**63):
        return None
    return Asked(kind, int(holder), None, None, signature, name)


def _expiry(place: Place, signature: str) -> tuple[int | None, str]:
    if place not in ENDING:
        return None, signature
    expires, _dot, rest = signature.partition(".")
    return (int(expires), rest) if expires.isascii() and expires.isdigit() and len(expires) <= 12 else (None, rest)


def _packed(url: str) -> str:
    return base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _unpacked(text: str) -> str | None:
    if not text.isascii() or len(text) > LONGEST_INLINE * 2:
        return None
    try:
        url = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return url if uris.origin(url) is not None else None
