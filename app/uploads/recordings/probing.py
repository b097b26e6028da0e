"""What FFprobe finds in a file: streams, length, measures. Nothing of it is believed further than to refuse it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from app.media import caged
from app.media.caged import Bounds
from app.uploads.recordings.refusals import RefusedError, Why

LONGEST_SECONDS: Final = 600.0
MOST_PIXELS: Final = 3840 * 2160
HIGHEST_RATE: Final = 120
FORMATS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,mp3,wav,flac,aac"
"""Of FFmpeg's demuxers, these alone: others read playlists, which name further files and addresses."""
SAFELY: Final = ("-protocol_whitelist", "file", "-format_whitelist", FORMATS)
BOUNDS: Final = Bounds(processor_seconds=20, seconds=60.0, memory_bytes=2 * 1024**3, file_bytes=0)
_ENTRIES: Final = (
    "format=duration:stream=codec_type,width,height,avg_frame_rate,duration:stream_disposition=attached_pic"
)


@dataclass(frozen=True, slots=True)
class Probe:
    """Seconds, and pixels of the film, if there is one; `sounds`: whether there is anything to hear."""

    seconds: float
    width: int
    height: int
    frame_rate: float
    sounds: bool

    @property
    def films(self) -> bool:
        """Whether there is anything to see."""
        return self.width > 0


def probe(file: Path) -> Probe:
    """Look into a file. Raises RefusedError for what can't be taken, EndedError."""
    command = ("ffprobe", "-v", "error", *SAFELY, "-show_entries", _ENTRIES, "-of", "json", str(file))
    try:
        out = caged.run(command, BOUNDS, folder=str(file.parent))
    except caged.CageError as error:
        raise RefusedError(Why.COSTLY if error.costly else Why.NONE, str(error)) from error
    return read(out)


def read(out: bytes) -> Probe:
    """FFprobe's answer. Raises RefusedError where it makes no sense or goes beyond what is taken."""
    try:
        found = orjson.loads(out)
        streams = found.get("streams", [])
        films = [one for one in streams if one.get("codec_type") == "video" and not _is_cover(one)]
        film = films[0] if films else {}
        probed = Probe(
            seconds=float(found.get("format", {}).get("duration") or film.get("duration") or 0.0),
            width=int(film.get("width") or 0),
            height=int(film.get("height") or 0),
            frame_rate=_rate(str(film.get("avg_frame_rate") or "0/1")),
            sounds=any(one.get("codec_type") == "audio" for one in streams),
        )
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError) as error:
        raise RefusedError(Why.NONE, "an answer that makes no sense") from error
    _require_bounds(probed)
    return probed


def _require_bounds(probed: Probe) -> None:
    if not (probed.films or probed.sounds):
        raise RefusedError(Why.NONE, "neither film nor sound")
    if not 0 <= probed.seconds <= LONGEST_SECONDS:
        raise RefusedError(Why.LONG, f"{probed.seconds} seconds")
    if probed.width * probed.height > MOST_PIXELS or probed.frame_rate > HIGHEST_RATE:
        raise RefusedError(Why.LARGE, f"{probed.width}×{probed.height} at {probed.frame_rate}")


def _is_cover(stream: dict[str, Any]) -> bool:
    """A sound's cover is a film of one picture."""
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _rate(text: str) -> float:
    above, _slash, below = text.partition("/")
    divisor = float(below or 1)
    return float(above) / divisor if divisor else 0.0
