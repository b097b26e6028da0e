"""The card that a post shows, with how large its picture is here once somebody looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cards.rules import is_kept_out
from app.cards.tables import CardState, PostCardRow, PreviewCardRow
from app.federation.wire import uris
from app.media.cache import Picture
from app.media.shapes import Shape
from app.media.tables import CachedMediaRow, MediaState
from moderation.domains.rules import DomainRules


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
    found = {pk: row for pk, row in session.execute(query)}
    shown = {pk: row for pk, row in found.items() if not is_kept_out(rules, uris.origin(row.url) or "")}
    drawn = _drawn(session, {row.picture_url for row in shown.values() if row.picture_url})
    return {pk: Card(row, *drawn.get(row.picture_url or "", (0, 0))) for pk, row in shown.items()}


def _drawn(session: Session, urls: set[str]) -> dict[str, tuple[int, int]]:
    """How large the pictures of these addresses are that were drawn."""
    if not urls:
        return {}
    keys = [Picture(Shape.PICTURE, url).key for url in urls]
    row = CachedMediaRow
    query = select(row.url, row.width, row.height).where(row.key.in_(keys), row.state == MediaState.READY)
    return {url: (width or 0, height or 0) for url, width, height in session.execute(query)}
