"""Makes a film or sound anew, so that nothing of the file that was sent reaches anybody's player but what it shows.

Every film becomes H.264 with AAC, every sound MP3, at measures that a phone's connection carries; titles, places,
subtitles, chapters and covers stay behind.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.media import caged, process
from app.media.cache import Drawn
from app.media.caged import Bounds
from app.media.files import MediaFiles
from app.media.process import NotDrawnError
from app.media.shapes import FILM, SOUND, SOURCE, Shape
from app.uploads.recordings import probing
from app.uploads.recordings.probing import LONGEST_SECONDS, SAFELY, Probe
from app.uploads.recordings.refusals import RefusedError, Why
from app.uploads.tables import UploadKind

LONG_SIDE: Final = 1280
POSTER_SECONDS: Final = 1.0
BOUNDS: Final = Bounds(processor_seconds=1500, seconds=2400.0, memory_bytes=3 * 1024**3, file_bytes=400 * 1024**2)
POSTER_BOUNDS: Final = Bounds(processor_seconds=20, seconds=60.0, memory_bytes=2 * 1024**3, file_bytes=0)
_BARE: Final = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-fflags", "+bitexact")
_SOUND: Final = ("-ac", "2", "-ar", "44100", "-b:a", "128k")
_SMALLER: Final = f"scale=w='min({LONG_SIDE},iw)':h='min({LONG_SIDE},ih)':force_original_aspect_ratio=decrease"


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: seconds, pixels (none of a sound), and the film's first picture in every version."""

    seconds: float
    width: int
    height: int
    poster: Drawn | None


def make(files: MediaFiles, key: str) -> tuple[UploadKind, Made]:
    """Make it of what was sent, among the files of its key. Raises RefusedError, EndedError."""
    source = files.place(key, SOURCE)
    if not source.is_file():
        raise RefusedError(Why.NONE, "what was sent is gone")
    probed = probing.probe(source)
    if not probed.films:
        return UploadKind.AUDIO, sound(source, _empty(files, key, SOUND))
    made = film(source, probed, _empty(files, key, FILM))
    if made.poster is not None:
        files.write(key, made.poster.files)
    return UploadKind.VIDEO, made


def poster_first(files: MediaFiles, key: str, may_be_shown: Callable[[Drawn], bool]) -> None:
    """The pictures of a film's beginning before the film, which takes a hundred times as long, if they may be shown;
    none where that fails: whether it is a film at all, making it says. Raises EndedError.
    """
    source = files.place(key, SOURCE)
    with suppress(RefusedError):
        probed = probing.probe(source)
        if probed.films:
            drawn = _poster(source, probed)
            if may_be_shown(drawn):
                files.write(key, drawn.files)


def _empty(files: MediaFiles, key: str, name: str) -> Path:
    """Where it is to be written: nothing is there of an attempt that was ended."""
    place = files.place(key, name)
    place.unlink(missing_ok=True)
    return place


def film(source: Path, probed: Probe, to: Path) -> Made:
    """Write the film. Raises RefusedError, EndedError."""
    sound = ("-map", "0:a:0", "-c:a", "aac", *_SOUND) if probed.sounds else ("-an",)
    codec = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-maxrate", "2500k", "-bufsize", "5000k")
    scale = f"{_SMALLER}:force_divisible_by=2,setsar=1,format=yuv420p"
    _run(source, "-map", "0:v:0", *codec, "-vf", scale, "-fpsmax", "30", *sound, "-movflags", "+faststart", to=to)
    done = probing.probe(to)
    return Made(done.seconds, done.width, done.height, _poster(to, done))


def sound(source: Path, to: Path) -> Made:
    """Write the sound. Raises RefusedError, EndedError."""
    _run(source, "-map", "0:a:0", "-vn", "-c:a", "libmp3lame", *_SOUND, "-id3v2_version", "0", to=to)
    return Made(probing.probe(to).seconds, 0, 0, None)


def _run(source: Path, *how: str, to: Path) -> None:
    quietly = ("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1")
    form = "mp4" if "libx264" in how else "mp3"
    command = (*quietly, *SAFELY, "-i", str(source), *_BARE, *how, "-t", str(LONGEST_SECONDS), "-f", form, str(to))
    try:
        caged.run(command, BOUNDS, folder=str(source.parent))
    except caged.CageError as error:
        raise RefusedError(Why.COSTLY if error.costly else Why.NONE, str(error)) from error


def _poster(film: Path, probed: Probe) -> Drawn:
    """What is seen before it's played, and what people who review see in steps."""
    at = min(POSTER_SECONDS, probed.seconds / 10)
    out = ("-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "-protocol_whitelist", "pipe", "pipe:1")
    command = ("ffmpeg", "-nostdin", "-loglevel", "error", "-ss", f"{at:.3f}", *SAFELY, "-i", str(film), *out)
    try:
        return process.draw(caged.run(command, POSTER_BOUNDS, folder=str(film.parent)), Shape.PICTURE)
    except (caged.CageError, NotDrawnError) as error:
        raise RefusedError(Why.NONE, f"no picture: {error}") from error
