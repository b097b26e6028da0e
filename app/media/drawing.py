"""Draws a picture anew, in a process of its own: `python -I -m app.media.drawing SHAPE`, bytes in, bytes out.

Whoever sends a picture chose every bit of it, and decoders are the likeliest place for a mistake that costs more than
one picture. So this process is given no secrets, and before it looks at a byte it gives up opening files and sockets,
and starting others. Its memory and time are bounded by the kernel, and only pixels leave it: what else was in the file
(place, camera, thumbnails, scripts) stays behind.

What goes out: one line of JSON (`width`, `height` of the largest, `moving`, `blurhash`, `files`: pairs of name and
length, `glimpses`: pairs of width and height), then the files, WebP, one after another, then the glimpses: each its
brightness, a byte a pixel, and 256 by 256 pixels of red, green and blue. A picture that can't be drawn ends the process
with status 3.
"""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import blurhash
from PIL import AvifImagePlugin, Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from app.media.shapes import (
    CLASSIFIED_SIDE,
    GLIMPSED_SIDE,
    MOST_GLIMPSES,
    MOST_PIXELS,
    VERSIONS,
    Shape,
    Version,
)

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_HEIF = "HEIF"
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1")
"""What telephones save: its decoder is loaded only where a file says that it needs it."""
_HEIF_THREADS = 16
"""That decoder works in threads, and can't do without: the kernel counts them over all processes of a user."""
MOST_MOVING_PIXELS = 40_000_000
MOST_FRAMES = 300
MEMORY_BYTES = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 8
QUALITY = 82
BLURHASH_SIDE = 32
NOT_DRAWN = 3
_MAKES_NO_SENSE = (OSError, ValueError, SyntaxError, MemoryError, OverflowError, IndexError, EOFError, struct.error)


def main() -> int:
    """From standard input to standard output."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    shape, body = Shape(sys.argv[1]), sys.stdin.buffer.read()
    bound(_know_heif(body))
    try:
        header, files, glimpses = draw(body, shape)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        return _refuse(error)
    except _MAKES_NO_SENSE as error:  # what Pillow's decoders raise for files that are broken on purpose
        return _refuse(error)
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + b"".join([*files, *glimpses]))
    return 0


def draw(body: bytes, shape: Shape) -> tuple[dict[str, object], list[bytes], list[bytes]]:
    """The picture in every version of the shape, and its glimpses. Raises what Pillow raises for what is no picture."""
    with Image.open(io.BytesIO(body), formats=(_HEIF,) if _is_heif(body) else FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError("more pixels than are drawn")
        moving = _moves(image)
        largest = max(VERSIONS[shape], key=lambda version: version.width)
        image.draft("RGB", (largest.width, largest.height))  # a JPEG can be read smaller than it is
        files: dict[str, bytes] = {}
        glimpses: list[tuple[tuple[int, int], bytes]] = []
        if moving:
            first = next(version for version in VERSIONS[shape] if version.moving)
            files[first.name] = _film(image, first, glimpses)
            image.seek(0)
        still = _upright(image)
        glimpses = glimpses or [_glimpse(still)]
        for version in VERSIONS[shape]:
            if version.name not in files:
                files[version.name] = _still(still, version)
    width, height = _fitting(still.size, largest)
    header = {
        "width": width,
        "height": height,
        "moving": moving,
        "blurhash": _blurhash(still),
        "files": [(n, len(f)) for n, f in files.items()],
        "glimpses": [sides for sides, _ in glimpses],
    }
    return header, list(files.values()), [seen for _, seen in glimpses]


def _is_heif(body: bytes) -> bool:
    return body[4:8] == b"ftyp" and body[8:12] in _HEIF_BRANDS


def _know_heif(body: bytes) -> int:
    """Load the decoder, before nothing can be opened any more; how many threads may then be of this user in all."""
    if not _is_heif(body):
        return 0
    import pi_heif

    pi_heif.register_heif_opener(thumbnails=False, aux_images=False, depth_images=False, decode_threads=0)
    return _threads_of_this_user() + _HEIF_THREADS


def _threads_of_this_user() -> int:
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            if process.stat().st_uid == os.getuid():
                found += sum(1 for _thread in (process / "task").iterdir())
    return found


def _blurhash(image: Image.Image) -> str:
    """A few letters from which clients draw colours while the picture is on its way."""
    small = image.convert("RGB")
    small.thumbnail((BLURHASH_SIDE, BLURHASH_SIDE))
    pixels = list(small.getdata())
    rows = [pixels[at : at + small.width] for at in range(0, len(pixels), small.width)]
    return str(blurhash.encode(rows, 4, 3))


def _moves(image: Image.Image) -> bool:
    """Whether it's shown as a film. What has too many frames, or too many pixels in them, is shown as its first."""
    frames = int(getattr(image, "n_frames", 1))
    return 1 < frames <= MOST_FRAMES and frames * image.width * image.height <= MOST_MOVING_PIXELS


def _film(image: Image.Image, version: Version, glimpses: list[tuple[tuple[int, int], bytes]]) -> bytes:
    lengths: list[int] = []
    count = int(getattr(image, "n_frames", 1))
    looked_at = {round(each * (count - 1) / (MOST_GLIMPSES - 1)) for each in range(MOST_GLIMPSES)}

    def frames() -> Iterator[Image.Image]:
        for frame in ImageSequence.Iterator(image):
            lengths.append(min(max(int(frame.info.get("duration") or 100), 20), 10_000))
            drawn = frame.convert("RGBA")
            if len(lengths) - 1 in looked_at:
                glimpses.append(_glimpse(drawn))
            yield _sized(drawn, version)

    drawn = list(frames())
    out = io.BytesIO()
    drawn[0].save(
        out, "WEBP", save_all=True, append_images=drawn[1:], duration=lengths, loop=0, quality=QUALITY, method=2
    )
    return out.getvalue()


def _glimpse(image: Image.Image) -> tuple[tuple[int, int], bytes]:
    """What is to be seen on a white page: its sides, then brightness and colours."""
    plain = image
    if image.has_transparency_data:
        plain = Image.new("RGBA", image.size, "white")
        plain.alpha_composite(image.convert("RGBA"))
    plain = plain.convert("RGB")
    sides = min(plain.width, GLIMPSED_SIDE), min(plain.height, GLIMPSED_SIDE)
    grey = plain.convert("L")
    if sides != grey.size:
        grey = grey.resize(sides, Image.Resampling.BOX)
    colours = plain.resize((CLASSIFIED_SIDE, CLASSIFIED_SIDE), Image.Resampling.BILINEAR)
    return sides, grey.tobytes() + colours.tobytes()


def _upright(image: Image.Image) -> Image.Image:
    """As its camera was held, in the colours of a screen, and without anything but pixels."""
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    plain = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    return _in_screen_colours(plain, profile) if profile and turned.mode in ("RGB", "RGBA") else plain


def _in_screen_colours(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):  # a profile that makes no sense says nothing
        return image
    return found or image


def _still(image: Image.Image, version: Version) -> bytes:
    made = _sized(image, version)
    if version.grey:
        made = made.convert("LA" if made.has_transparency_data else "L").convert(made.mode)
    made.info.clear()
    out = io.BytesIO()
    made.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _sized(image: Image.Image, version: Version) -> Image.Image:
    size = _fitting(image.size, version)
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _fitting(size: tuple[int, int], version: Version) -> tuple[int, int]:
    """The size within the version's, never larger than it is."""
    width, height = size
    by = min(1.0, version.width / width, version.height / height)
    return max(1, round(width * by)), max(1, round(height * by))


def bound(threads: int = 0) -> None:
    """The kernel ends what takes too much memory or time, and from here on nothing is opened, written to or started,
    but for threads where the user has no more than so many.

    Decoders are loaded before: that opens files.
    """
    Image.init()
    ImageCms.createProfile("sRGB")
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # further threads would be started
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, threads),
        (resource.RLIMIT_NOFILE, 3),  # those that it has: in, out, errors
    ):
        resource.setrlimit(what, (most, most))


def _refuse(error: BaseException) -> int:
    sys.stderr.write(f"{type(error).__name__}\n")
    return NOT_DRAWN


if __name__ == "__main__":
    sys.exit(main())
