"""Runs `app.media.drawing` in a process of its own, a few at a time, and reads what it gives back."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import threading
from collections.abc import Iterator

import orjson

from app.media.cache import Drawn
from app.media.shapes import CLASSIFIED_SIDE, GLIMPSED_SIDE, MOST_GLIMPSES, Shape, names
from app.media.sights import Glimpse

AT_A_TIME = 2
PATIENCE_SECONDS = 15.0
_COLOURS = 3 * CLASSIFIED_SIDE**2
_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,100}")
_turns = threading.BoundedSemaphore(AT_A_TIME)


class NotDrawnError(Exception):
    """The bytes are no picture; or, `costly`, one that takes more memory or time than any picture may."""

    def __init__(self, text: str, *, costly: bool = False) -> None:
        super().__init__(text)
        self.costly = costly


def draw(body: bytes, shape: Shape) -> Drawn:
    """The picture in every version of the shape. Raises NotDrawnError."""
    with _turns:
        try:
            done = subprocess.run(  # noqa: S603 - our own module; what was sent is only ever its input
                [sys.executable, "-I", "-m", "app.media.drawing", shape.value],
                input=body,
                capture_output=True,
                env={},
                timeout=PATIENCE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise NotDrawnError("too slow", costly=True) from error
    if done.returncode != 0:
        raise NotDrawnError(_last_word(done.stderr) or f"status {done.returncode}", costly=done.returncode < 0)
    return _read(done.stdout, hashlib.sha256(body).hexdigest(), shape)


def _read(out: bytes, sha256: str, shape: Shape) -> Drawn:
    """The process was in the hands of the picture: what it says is checked like anything from outside."""
    line, _newline, rest = out.partition(b"\n")
    try:
        header = orjson.loads(line)
        width, height, moving = int(header["width"]), int(header["height"]), bool(header["moving"])
        blurhash = str(header["blurhash"])
        lengths = {str(name): int(length) for name, length in header["files"]}
        sides = [(int(across), int(down)) for across, down in header["glimpses"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise NotDrawnError("an answer that makes no sense") from error
    if not _BLURHASH.fullmatch(blurhash):
        raise NotDrawnError("an answer that makes no sense")
    if len(sides) > MOST_GLIMPSES or not all(0 < side <= GLIMPSED_SIDE for pair in sides for side in pair):
        raise NotDrawnError("an answer that makes no sense")
    length = sum(lengths.values()) + sum(across * down + _COLOURS for across, down in sides)
    if set(lengths) != names(shape) or min(lengths.values()) < 1 or length != len(rest):
        raise NotDrawnError("an answer that makes no sense")
    files, at = {}, 0
    for name, length in lengths.items():
        files[name] = rest[at : at + length]
        at += length
    if not all(file[:4] == b"RIFF" and file[8:12] == b"WEBP" for file in files.values()):
        raise NotDrawnError("an answer that makes no sense")
    return Drawn(width, height, moving, sha256, files, blurhash, tuple(_glimpses(rest[at:], sides)))


def _glimpses(rest: bytes, sides: list[tuple[int, int]]) -> Iterator[Glimpse]:
    at = 0
    for across, down in sides:
        end = at + across * down
        yield Glimpse(across, down, rest[at:end], rest[end : end + _COLOURS])
        at = end + _COLOURS


def _last_word(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").strip().splitlines()
    return lines[-1][:60] if lines else ""
