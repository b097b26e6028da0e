"""Pictures for tests, made here."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from app.federation.wire.twins import FakeWeb, Page


def picture(size: tuple[int, int] = (64, 48), kind: str = "PNG", mode: str = "RGB", **saved: Any) -> bytes:
    """A picture in one colour."""
    out = io.BytesIO()
    Image.new(mode, size, (200, 30, 30) if mode == "RGB" else None).save(out, kind, **saved)
    return out.getvalue()


def heic() -> bytes:
    """A telephone's picture, half blue and half red, 64 by 48, with its camera's name in it."""
    return base64.b64decode(_HEIC)


def film(frames: int = 3, size: tuple[int, int] = (64, 48)) -> bytes:
    """A GIF that moves."""
    images = [Image.new("RGB", size, (40 * number % 256, 0, 0)) for number in range(frames)]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=80)
    return out.getvalue()


def hang(web: FakeWeb, url: str, body: bytes | None = None, content_type: str = "image/png") -> None:
    """A picture at an address."""
    web.pages[url] = Page(picture() if body is None else body, content_type)


def opened(body: bytes) -> Image.Image:
    """What was served, as a picture."""
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


_HEIC = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA"
    "AAAERAAAIAAQAAAAAB4gABAAAAAAAAAGUAAgAAAAACRwABAAAAAAAAADoAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp"
    "bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGE"
    "ABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA"
    "AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEH"
    "BpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAp21kYXQAAABhKAGvE4D1J4E/"
    "/+rxRX/osav+Ra8xKt7dVP/58uov5H4nbgMbZoLJuO48Xiu5YzUqlWEA6S8BQpJzSLSCQDl5xl9L/0zYTWfmyWS3m+XhsPQIzbnxkfEfrXgIJp"
    "LZaCtbwAAAAAZFeGlmAABNTQAqAAAACAABAQ8AAgAAABUAAAAaAAAAAEEgY2FtZXJhIHdpdGggYSBuYW1lAAA="
)


def scene(seed: int, size: tuple[int, int] = (512, 400)) -> Image.Image:
    """A grey picture with as much to see at every scale as a photograph has; each seed another."""
    width, height = size
    waves = np.fft.fft2(np.random.default_rng(seed).normal(size=(height, width)))
    down, across = np.fft.fftfreq(height)[:, None] * height, np.fft.fftfreq(width)[None, :] * width
    rough = np.fft.ifft2(waves / np.maximum(1, np.hypot(down, across)) ** 1.2).real
    return Image.fromarray(np.uint8(np.clip(128 + 55 * (rough - rough.mean()) / rough.std(), 0, 255)))


def saved(image: Image.Image, kind: str = "PNG") -> bytes:
    """As a file."""
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()
