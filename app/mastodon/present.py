"""From views of posts and actors to what a client is sent, for whoever makes this request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import orjson
from flask_babel import get_locale
from flask_babel import gettext as _

from app import current
from app.accounts.tables import ActorRow
from app.cards import shown as cards
from app.cards.shown import Card
from app.filters import reading as filters
from app.filters.values import Filter
from app.lifecycle import moving
from app.mastodon.serialise import accounts as account_entities
from app.mastodon.serialise import statuses as status_entities
from app.mastodon.serialise.statuses import Reader
from app.oauth import bearer
from app.posts import held
from app.posts.reading import PostView
from app.posts.tables import PostState
from moderation.domains.rules import DomainRules
from moderation.values import Visibility


def accounts(rows: Sequence[ActorRow]) -> list[orjson.Fragment]:
    """Accounts; those who moved say where to."""
    settings = current.services().settings
    there = _redirects(rows)
    return [_moved(row, there[row.id]) if row.id in there else account_entities.account(row, settings) for row in rows]


def account(row: ActorRow) -> orjson.Fragment:
    """An Account."""
    return accounts([row])[0]


def _redirects(rows: Sequence[ActorRow]) -> dict[int, ActorRow]:
    if all(row.moved_to_uri is None for row in rows):
        return {}
    with current.services().db.read() as session:
        return moving.redirects(session, rows)


def _moved(row: ActorRow, target: ActorRow) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(account_entities.moved(row, target, current.services().settings)))


def account_with(row: ActorRow, more: dict[str, Any]) -> dict[str, Any]:
    """An Account with more."""
    return {**account_entities.plain(row, current.services().settings), **more}


def statuses(views: Sequence[PostView]) -> list[orjson.Fragment]:
    """Statuses."""
    return status_entities.many(list(views), reader(views))


def status(view: PostView) -> orjson.Fragment:
    """A Status."""
    return status_entities.one(view, reader([view]))


def status_with_source(view: PostView) -> orjson.Fragment:
    """A Status that is about to be deleted, with what was typed."""
    return status_entities.with_source(view, reader([view]))


def visibility(which: Visibility) -> str:
    """Mastodon's word."""
    return account_entities.VISIBILITY[which]


def reader(views: Sequence[PostView]) -> Reader:
    """Who reads these. How long moderators take is asked for only where something waits."""
    services = current.services()
    viewer_id = bearer.viewer_id()
    waits = any(view.held or view.edit_waits for view in views)
    return Reader(
        settings=services.settings,
        locale=str(get_locale() or "en"),
        now=services.clock.now(),
        account_id=viewer_id,
        filters=_filters(viewer_id) if any(_may_be_filtered(view, viewer_id) for view in views) else (),
        cards=_cards(views),
        **({"waiting_line": _waiting_line(views)} if waits else {}),
    )


def status_for_each(views: Mapping[int, PostView]) -> dict[int, orjson.Fragment]:
    """Member → a post of others, none of which waits, as a Status for them, in this context's language."""
    services = current.services()
    now = services.clock.now()
    with services.db.read() as session:
        theirs = filters.of_accounts(session, views.keys(), now)
    shows, locale = _cards(list(views.values())), str(get_locale() or "en")
    return {
        account_id: status_entities.one(
            view, Reader(services.settings, locale, now, account_id, theirs.get(account_id, ()), cards=shows)
        )
        for account_id, view in views.items()
    }


def _cards(views: Sequence[PostView]) -> Mapping[int, Card]:
    """The cards of these posts, and of what they boost or quote."""
    shown = [view.shown for view in views]
    shown += [view.quote.post.shown for view in shown if view.quote is not None and view.quote.post is not None]
    pks = list({view.post.pk for view in shown if "<a " in view.post.content and not view.held})
    if not pks:
        return {}
    services = current.services()
    with services.db.read() as session:
        rules = services.tools.rules.get(session, DomainRules.version_now(session))
        return cards.of_posts(session, rules, pks)


def _may_be_filtered(view: PostView, viewer_id: int | None) -> bool:
    """What one writes oneself never is; what it quotes may be."""
    return view.shown.post.actor_id != viewer_id or view.shown.quote is not None


def _filters(viewer_id: int | None) -> tuple[Filter, ...]:
    if viewer_id is None:
        return ()
    services = current.services()
    with services.db.read() as session:
        return tuple(filters.of_account(session, viewer_id, services.clock.now()))


def _waiting_line(views: Sequence[PostView]) -> Callable[[PostView], str]:
    """What is put under each of these that waits: who looks at it, and how that ends if nobody does."""
    services = current.services()
    now = services.clock.now()
    with services.db.read() as session:
        usual, away = held.usual_wait(services, session), held.while_away(session)
        late = held.delay(services, session)
        ends = held.ends_of(session, [view.post for view in views])

    def words(view: PostView) -> str:
        end = held.end_words(ends.get(view.post.uri), now) if view.post.state is PostState.HELD else ""
        return held.sentence(view.post, usual, away, end, late)

    def line(view: PostView) -> str:
        if not view.held and not view.edit_waits:
            return ""
        said = words(view) if view.held else _edit_words()
        link = escape(services.settings.url(f"/held/{view.post.id}"))
        return f'<p><em>⏳ {escape(said)}</em> <a href="{link}" rel="nofollow noopener">{escape(_("Why?"))}</a></p>'

    return line


def _edit_words() -> str:
    return str(_("Your edit waits for a moderator. Until then everybody, you too, sees this version."))
