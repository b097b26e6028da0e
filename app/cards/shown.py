"""The card that a post shows, with how large its picture is here once somebody looked at it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cards.rules import is_kept_out
from app.cards.tables import CardState, PostCardRow, PreviewCardRow
from app.federation.wire import uris
from app.media.cache import Picture
from app.media.shapes import Shape
from app.media.tables import CachedMediaRow, MediaState
from moderation.domains.rules import DomainRules

Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class Card:
    """`width` and `height` in pixels; 0 while its picture wasn't drawn yet, or where it has none."""

    row: PreviewCardRow
    width: int = 0
    height: int = 0

    @property
    def site(self) -> str:
        """Where it leads, for people."""
        return self.row.site or uris.origin(self.row.url) or ""


def of_posts(session: Session, rules: DomainRules, pks: Sequence[int]) -> dict[int, Card]:
    """By post, the card that each shows now: what is ready, unless a rule about its server came since."""
    query = (
        select(PostCardRow.post_pk, PreviewCardRow)
        .join(PreviewCardRow, PreviewCardRow.id == PostCardRow.card_id)
        .where(PostCardRow.post_pk.in_(pks), PreviewCardRow.state == CardState.READY)
    )
    return _cards(session, rules, {pk: row for pk, row in session.execute(query)})


def of_pages(session: Session, rules: DomainRules, urls: Collection[str]) -> dict[str, Card]:
    """The same by the address of a page."""
    query = select(PreviewCardRow).where(PreviewCardRow.url.in_(urls), PreviewCardRow.state == CardState.READY)
    return _cards(session, rules, {row.url: row for row in session.scalars(query)}) if urls else {}


def _cards(session: Session, rules: DomainRules, found: Mapping[Key, PreviewCardRow]) -> dict[Key, Card]:
    shown = {key: row for key, row in found.items() if not is_kept_out(rules, uris.origin(row.url) or "")}
    drawn = _drawn(session, {row.picture_url for row in shown.values() if row.picture_url})
    return {key: Card(row, *drawn.get(row.picture_url or "", (0, 0))) for key, row in shown.items()}


def _drawn(session: Session, urls: set[str]) -> dict[str, tuple[int, int]]:
    """How large the pictures of these addresses are that were drawn."""
    if not urls:
        return {}
    keys = [Picture(Shape.PICTURE, url).key for url in urls]
    row = CachedMediaRow
    query = select(row.url, row.width, row.height).where(row.key.in_(keys), row.state == MediaState.READY)
    return {url: (width or 0, height or 0) for url, width, height in session.execute(query)}
