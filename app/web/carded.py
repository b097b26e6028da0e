"""Cards of pages that posts link to, on pages: asked for once for all posts of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g

from app.cards import shown
from app.cards.shown import Card
from app.current import services
from app.media import shown as media
from app.posts.reading import PostView
from app.posts.tables import PostRow
from moderation.domains.rules import DomainRules


@dataclass(frozen=True, slots=True)
class Shown:
    """A card, and where its picture is here; None where it has none, or the post is sensitive."""

    card: Card
    picture: str | None


def ahead(views: Iterable[PostView]) -> str:
    """Ask for the cards of all these at once, for `of`. Says nothing, so that a template may call it."""
    found = [view.shown for view in views]
    found += [view.quote.post for view in found if view.quote is not None and view.quote.post is not None]
    _ask([view.post for view in found if not view.held])
    return ""


def of(post: PostRow) -> Shown | None:
    """The card of a post that is shown; a post with pictures, or a link that isn't read, has none."""
    if post.pk not in _known():
        _ask([post])
    card = _known()[post.pk]
    if card is None:
        return None
    url = None if post.sensitive or post.moderation_warning else card.row.picture_url
    links = media.links(services().settings)
    return Shown(card, None if url is None else links.card(card.row.id, url, media.SMALL))


def _ask(posts: Iterable[PostRow]) -> None:
    wanted = [post for post in posts if post.pk not in _known()]
    _known().update(dict.fromkeys((post.pk for post in wanted), None))
    pks = [post.pk for post in wanted if "<a " in post.content]
    if pks:
        made = services()
        with made.db.read() as session:
            rules = made.tools.rules.get(session, DomainRules.version_now(session))
            _known().update(shown.of_posts(session, rules, pks))


def _known() -> dict[int, Card | None]:
    if "cards" not in g:
        g.cards = {}
    found: dict[int, Card | None] = g.cards
    return found
