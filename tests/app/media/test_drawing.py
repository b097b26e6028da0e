"""Pictures are drawn anew in a process of their own: only pixels come out, whatever went in."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image

from app.media import process
from app.media.process import NotDrawnError, draw
from app.media.shapes import GREY, ORIGINAL, SMALL, STATIC, Shape, names
from tests.support.pictures import film, heic, opened, picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_the_usual_kinds_become_webp_in_every_version(kind: str) -> None:
    drawn = draw(picture((900, 600), kind), Shape.PICTURE)
    assert set(drawn.files) == names(Shape.PICTURE)
    assert {name: (opened(file).format, opened(file).size) for name, file in drawn.files.items()} == {
        "original": ("WEBP", (900, 600)),
        "small": ("WEBP", (640, 427)),
        "grey": ("WEBP", (480, 320)),
        "blur": ("WEBP", (12, 8)),
    }
    assert (drawn.width, drawn.height, drawn.moving) == (900, 600, False)


def test_what_a_telephone_saves_becomes_webp_too() -> None:
    assert b"camera" in heic()
    drawn = draw(heic(), Shape.PICTURE)
    picture = opened(drawn.files[ORIGINAL]).convert("RGB")
    (red, _, blue), (more_red, _, less_blue) = picture.getpixel((8, 24)), picture.getpixel((56, 24))  # type: ignore[misc]
    assert picture.size == (64, 48) and blue > red and more_red > less_blue
    assert not any(b"camera" in file for file in drawn.files.values())


@pytest.mark.parametrize("body", [heic()[:300], heic()[:40] + bytes(600), b"\0\0\0\x1cftypheic" + b"\xff" * 2000])
def test_a_broken_one_of_these_is_no_picture(body: bytes) -> None:
    with pytest.raises(NotDrawnError):
        draw(body, Shape.PICTURE)


def test_where_and_with_what_a_picture_was_taken_stays_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera's maker"
    exif[0x9286] = "a comment about somebody"
    sent = picture((80, 60), "JPEG", exif=exif)
    assert b"camera's maker" in sent
    for file in draw(sent, Shape.PICTURE).files.values():
        assert b"camera" not in file
        assert not opened(file).getexif()


def test_a_picture_stands_as_its_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn = draw(picture((80, 40), "JPEG", exif=exif), Shape.PICTURE)
    assert opened(drawn.files[ORIGINAL]).size == (40, 80)
    assert (drawn.width, drawn.height) == (40, 80)


def test_what_moves_goes_on_moving_and_has_a_still() -> None:
    drawn = draw(film(5), Shape.AVATAR)
    assert drawn.moving
    assert opened(drawn.files[ORIGINAL]).n_frames == 5  # type: ignore[attr-defined]
    assert getattr(opened(drawn.files[STATIC]), "n_frames", 1) == 1


def test_a_film_with_too_many_frames_is_its_first() -> None:
    assert not draw(film(301, (4, 4)), Shape.EMOJI).moving


def test_grey_has_no_colour() -> None:
    red, green, blue = opened(draw(picture(), Shape.PICTURE).files[GREY]).convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    assert abs(red - green) < 8
    assert abs(green - blue) < 8


def test_see_through_stays_see_through() -> None:
    out = draw(picture((20, 20), "PNG", "RGBA"), Shape.EMOJI).files[ORIGINAL]
    assert opened(out).convert("RGBA").getpixel((3, 3))[3] == 0  # type: ignore[index]


def test_a_large_picture_is_shown_smaller_and_a_small_one_never_larger() -> None:
    assert max(opened(draw(picture((5000, 2500), "JPEG"), Shape.PICTURE).files[ORIGINAL]).size) == 2048
    assert opened(draw(picture((10, 10)), Shape.PICTURE).files[SMALL]).size == (10, 10)


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("nothing", b""),
        ("a page", b"<html><script>alert(1)</script></html>"),
        ("a drawing with scripts", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("half a picture", picture((400, 400), "JPEG")[:300]),
        ("more pixels than memory", png_that_claims(60_000, 60_000)),
        ("more pixels than are drawn", picture((8000, 5001))),
        ("a bitmap, which nobody sends", picture(kind="BMP")),
        ("a document", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n"),
        ("a signature and noise", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
    ],
)
def test_what_is_no_picture_is_refused(name: str, body: bytes) -> None:
    with pytest.raises(NotDrawnError):
        draw(body, Shape.PICTURE)


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "PATIENCE_SECONDS", 0.001)
    with pytest.raises(NotDrawnError) as refused:
        draw(picture(), Shape.PICTURE)
    assert refused.value.costly


def test_what_the_process_says_is_not_believed_blindly() -> None:
    for said in (
        b"",
        b"[]\n",
        b'{"width":1,"height":1,"moving":false,"files":[["../../x",4]]}\nRIFF',
        b'{"width":1,"height":1,"moving":false,"files":[["original",4],["static",4]]}\nGIF8GIF8',
        b'{"width":1,"height":1,"moving":false,"files":[["original",-4],["static",4]]}\n',
    ):
        with pytest.raises(NotDrawnError):
            process._read(said, "0", Shape.EMOJI)


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd')",
        "open('/tmp/ostiary-left-behind', 'w')",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.socket()",
        "subprocess.run(['/bin/true'])",
        "os.pipe()",
        "bytearray(2 * 1024 * 1024 * 1024)",
    ],
)
def test_who_takes_the_drawing_process_over_can_open_and_start_nothing(attempt: str) -> None:
    code = f"import os, socket, subprocess\nfrom app.media import drawing\ndrawing.bound()\n{attempt}\n"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, env={}, check=False)
    assert done.returncode == 1
    assert re.search(rb"(Too many open files|MemoryError|No file descriptors|Resource temporarily unavailable)", done.stderr), done.stderr  # fmt: skip


def test_pictures_are_drawn_where_no_thread_may_be_started_either() -> None:
    """As root, whom the kernel doesn't stop, this test turns into somebody else first."""
    code = (
        "import os, sys\nfrom PIL import Image, ImageCms\nfrom app.media import drawing\nfrom app.media.shapes import Shape\n"
        "body = sys.stdin.buffer.read()\nImage.init()\nImageCms.createProfile('sRGB')\n"
        "if os.geteuid() == 0:\n    os.setgid(65534)\n    os.setuid(65534)\n"
        "drawing.bound()\nprint(len(drawing.draw(body, Shape.PICTURE)[1]))\n"
    )
    for kind in ("AVIF", "WEBP", "JPEG"):
        done = subprocess.run(
            [sys.executable, "-I", "-c", code],
            input=picture((300, 200), kind),
            capture_output=True,
            env={},
            check=False,
        )
        assert (done.stdout, done.stderr) == (b"4\n", b""), kind


def test_what_a_telephone_saves_is_drawn_by_somebody_whom_the_kernel_stops() -> None:
    code = (
        "import io, os, sys\nimport pi_heif\nfrom PIL import Image\nfrom app.media import drawing\nImage.init()\n"
        "if os.geteuid() == 0:\n    os.setgid(65534)\n    os.setuid(65534)\n"
        "sys.argv.append('picture')\nsys.exit(drawing.main())\n"
    )
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, input=heic(), capture_output=True, env={}, check=False)
    assert done.returncode == 0 and done.stdout.startswith(b'{"width": 64, "height": 48')
