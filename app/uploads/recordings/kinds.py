"""What a file that was sent seems to be, by its first bytes: names and types are only what somebody says."""

from __future__ import annotations

import shutil
from functools import cache
from typing import Final

from app.uploads.tables import UploadKind

HEAD_BYTES: Final = 64
VIDEO_TYPES: Final = ("video/mp4", "video/quicktime", "video/webm", "video/x-matroska")
AUDIO_TYPES: Final = ("audio/mpeg", "audio/ogg", "audio/wav", "audio/flac", "audio/aac", "audio/mp4", "audio/webm")
FILM_TYPE: Final = "video/mp4"
SOUND_TYPE: Final = "audio/mpeg"
"""What is made of them: what every browser plays."""
_STILL_BRANDS: Final = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_SOUND_BRANDS: Final = (b"M4A ", b"M4B ")
_MPEG_FRAME: Final = 0xE0


def guess(head: bytes) -> UploadKind:
    """A first guess, corrected when it's looked at: whatever looks like neither film nor sound may be a picture."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _STILL_BRANDS:
            return UploadKind.IMAGE
        return UploadKind.AUDIO if brand in _SOUND_BRANDS else UploadKind.VIDEO
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return UploadKind.VIDEO
    if head.startswith((b"OggS", b"fLaC", b"ID3")) or (head[:4] == b"RIFF" and head[8:12] == b"WAVE"):
        return UploadKind.AUDIO
    if len(head) > 1 and head[0] == 0xFF and head[1] & _MPEG_FRAME == _MPEG_FRAME:  # a JPEG's second byte is 0xD8
        return UploadKind.AUDIO
    return UploadKind.IMAGE


@cache
def are_taken() -> bool:
    """Whether this machine can make films and sounds anew; without FFmpeg none are taken."""
    return shutil.which("ffmpeg") is not None and shutil.which("ffprobe") is not None
