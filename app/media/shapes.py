"""What is made of a picture, by what it is for: names, largest sizes, and how it's shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """What a picture is for. The same file elsewhere may be kept once for each."""

    PICTURE = "picture"
    AVATAR = "avatar"
    HEADER = "header"
    EMOJI = "emoji"


MOST_PIXELS = 40_000_000
"""What has more is not drawn."""
ORIGINAL = "original"
SMALL = "small"
STATIC = "static"
GREY = "grey"
BLUR = "blur"
"""Hardly more than colours: nothing can be made out, nor brought back from it."""


FILM = "film"
SOUND = "sound"
SOURCE = "source"
"""What was sent, while a film or sound of it waits to be made; given to nobody."""
RECORDINGS = (FILM, SOUND)
STILLS = {f"{FILM}-{name}": name for name in (ORIGINAL, SMALL, GREY, BLUR)}
"""What a moderator sees of a film elsewhere before it's played: the versions of a picture of its beginning."""
_ENDINGS = {FILM: "mp4", SOUND: "mp3", SOURCE: "part"}


def file_name(name: str) -> str:
    """A version's name as a file, and at the end of an address."""
    return f"{name}.{_ENDINGS.get(name, 'webp')}"


def name_of(file: str) -> str:
    """The version that a file has."""
    return file.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Version:
    """One file that is made: at most so many pixels wide and high."""

    name: str
    width: int
    height: int
    moving: bool = False
    grey: bool = False


VERSIONS: dict[Shape, tuple[Version, ...]] = {
    Shape.PICTURE: (
        Version(ORIGINAL, 2048, 2048, moving=True),
        Version(SMALL, 640, 640),
        Version(GREY, 480, 480, grey=True),
        Version(BLUR, 12, 12),
    ),
    Shape.AVATAR: (Version(ORIGINAL, 400, 400, moving=True), Version(STATIC, 400, 400)),
    Shape.HEADER: (Version(ORIGINAL, 1500, 1500, moving=True), Version(STATIC, 1500, 1500)),
    Shape.EMOJI: (Version(ORIGINAL, 128, 128, moving=True), Version(STATIC, 128, 128)),
}


MOST_GLIMPSES = 4
"""Moments of a moving picture that are looked at."""
GLIMPSED_SIDE = 512
CLASSIFIED_SIDE = 256
"""Pixels across and down, at most, of what is hashed; and, exactly, of what a classifier is shown."""


def every_name(shape: Shape) -> frozenset[str]:
    """Every file that may be there for a key, to be removed."""
    return names(shape) | names(Shape.PICTURE) | {*RECORDINGS, SOURCE}


def names(shape: Shape) -> frozenset[str]:
    """The files that a shape has."""
    return frozenset(version.name for version in VERSIONS[shape])
