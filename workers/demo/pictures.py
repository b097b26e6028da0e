"""The demo's pictures: drawn here and kept as if they had been fetched, since a trial asks no other server."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from app.media import cache, process, where
from app.media.cache import Picture
from app.media.shapes import Shape
from app.services import Services

if TYPE_CHECKING:
    from PIL import ImageDraw

SIZE = (960, 640)
_WALL, _BENCH, _COPPER, _SHADE, _STEEL, _DARK = "#e9e1d3", "#8a6a4a", "#b8693a", "#8c4a25", "#9aa3ab", "#4a525a"


def keep(services: Services, url: str, description: str) -> None:
    """Draw what the description says, and put it where pictures from elsewhere are kept."""
    picture = Picture(Shape.PICTURE, url)
    drawn = process.draw(_draw(description), picture.shape)
    where.elsewhere(services.settings).write(picture.key, drawn.files)
    with services.db.write() as session:
        cache.keep(session, picture, drawn, services.clock.now())


def _draw(description: str) -> bytes:
    from PIL import Image, ImageDraw  # only a demo draws, so no other process loads it

    image = Image.new("RGB", SIZE, _WALL)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 470, 960, 640), fill=_BENCH)
    (_kettle if "kettle" in description else _hubs)(pen)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _kettle(pen: ImageDraw.ImageDraw) -> None:
    pen.polygon(((610, 330), (760, 230), (775, 262), (640, 420)), fill=_SHADE)
    pen.arc((350, 110, 610, 400), 190, 350, fill=_DARK, width=22)
    pen.ellipse((310, 230, 650, 520), fill=_COPPER)
    pen.rectangle((340, 470, 620, 520), fill=_SHADE)
    pen.ellipse((420, 215, 540, 255), fill=_SHADE)
    pen.ellipse((464, 190, 496, 222), fill=_DARK)
    pen.ellipse((380, 275, 440, 370), fill="#d48a58")


def _hubs(pen: ImageDraw.ImageDraw) -> None:
    for left in (180, 540):
        pen.ellipse((left, 250, left + 250, 500), fill=_STEEL)
        pen.ellipse((left + 45, 295, left + 205, 455), fill=_DARK)
        pen.ellipse((left + 90, 340, left + 160, 410), fill=_STEEL)
        for dx, dy in ((20, 110), (205, 110), (112, 15), (112, 205)):
            pen.ellipse((left + dx, 250 + dy, left + dx + 25, 275 + dy), fill=_WALL)
