"""Films and sounds for tests, made by FFmpeg once in a run."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path

_TITLE = ("-metadata", "title=Where we live", "-metadata", "location=+48.85+002.35/")


@cache
def film(seconds: float = 0.4, size: str = "320x240", *, silent: bool = False, ending: str = "mp4") -> bytes:
    """A film of colours with a tone, and words in it that are nobody's business."""
    tone = () if silent else ("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}")
    codec = ("-c:v", "libvpx-vp9") if ending == "webm" else ("-c:v", "libx264", "-pix_fmt", "yuv420p")
    return _made(ending, "-f", "lavfi", "-i", f"testsrc=size={size}:rate=10:duration={seconds}", *tone, *codec)


@cache
def sound(seconds: float = 0.4, ending: str = "wav") -> bytes:
    """A tone."""
    return _made(ending, "-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}")


def _made(ending: str, *how: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"made.{ending}"
        command = ["ffmpeg", "-loglevel", "error", "-nostdin", *how, *_TITLE, str(file)]
        subprocess.run(command, check=True, timeout=60)
        return file.read_bytes()
