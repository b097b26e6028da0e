"""Filters of the templates: times, names, and HTML from elsewhere, cleaned once more where it is rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from babel import dates
from babel.dates import format_timedelta
from flask_babel import format_datetime, format_decimal, get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.current import services
from app.emojis import showing
from app.federation.wire import sanitise
from app.media import shown as media
from app.paging import COUNTED
from app.polls import shown
from app.polls.shown import PollView
from app.posts.reading import PostView, QuoteView
from app.posts.tables import PostRow
from app.quotes import inline
from app.web import carded, labels, pictured
from moderation.domains import names

_OLD = timedelta(days=30)


@lru_cache(maxsize=8192)
def _to_the_second(at: datetime, locale: str) -> str:
    """Lists say the same times on each page, and writing one out takes long."""
    return str(dates.format_datetime(at, "medium", locale=locale))


def ago(at: datetime) -> Markup:
    """`14 min`, with the exact time in a title; a date when it is long ago."""
    age = max(services().clock.now() - at, timedelta())
    exact = _("%(time)s UTC", time=_to_the_second(at, str(get_locale() or "en")))
    shown = _since(at, age)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), exact, shown)


def elapsed(at: datetime) -> Markup:
    """How long since then, for sentences that say "ago" themselves: never "now", never a date."""
    age = max(services().clock.now() - at, timedelta())
    exact = _("%(time)s UTC", time=_to_the_second(at, str(get_locale() or "en")))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), exact, duration(age))


def exactly(at: str) -> str:
    """A time that is kept as text (ISO 8601), to the second: for what is handed to an authority."""
    return str(_("%(time)s UTC", time=format_datetime(datetime.fromisoformat(at), "medium", rebase=False)))


def _since(at: datetime, age: timedelta) -> str:
    if age > _OLD:
        return format_datetime(at, "d MMM yyyy", rebase=False)
    return _("now") if age < timedelta(minutes=1) else duration(age)


def day(at: datetime) -> str:
    """`3 May 2026`."""
    return str(format_datetime(at, "d MMMM yyyy", rebase=False))


def duration(length: timedelta) -> str:
    """`12 min`: one unit, short."""
    if length < timedelta(minutes=1):
        return _("under a minute")
    return str(format_timedelta(length, format="short", threshold=1.5, locale=get_locale() or "en"))


def avatar(actor: ActorRow, size: str = "") -> Markup:
    """Somebody's face, or the letter that stands in for it; beside their name, so it's silent. `size`: `s` or `l`."""
    classes = f"avatar {size}".rstrip()
    address = media.avatar(services().settings, actor, media.STATIC)
    if address is None:
        return Markup('<span class="{}" aria-hidden="true">{}</span>').format(classes, initial(name(actor)))
    return Markup('<img class="{}" src="{}" alt="" width="40" height="40" loading="lazy">').format(classes, address)


def banner(actor: ActorRow) -> str | None:
    """The picture above somebody's profile."""
    return media.header(services().settings, actor, media.STATIC)


def initial(name: str) -> str:
    """The letter that stands in for a face."""
    letters = [c for c in name if c.isalnum()]
    return letters[0].upper() if letters else "·"


def content(html: str) -> Markup:
    """HTML of a post or a profile: sanitised on its way in, and again here."""
    return Markup(sanitise.clean(html))  # noqa: S704 - the one place, right after the sanitiser


def content_without(html: str, quote: QuoteView | None) -> Markup:
    """The same without the line that stands for what is quoted, where that itself is shown."""
    cleaned = sanitise.clean(html)
    if quote is not None and quote.post is not None:
        cleaned = inline.without(cleaned, (quote.uri, quote.post.post.uri, quote.post.post.url))
    return Markup(cleaned)  # noqa: S704 - right after the sanitiser, and only shortened


def quote_words(state: str) -> str:
    """Why a quoted post isn't shown."""
    said = {
        "pending": _("The quoted post can’t be shown yet: its author is asked, or a moderator reads it first."),
        "rejected": _("The author of the quoted post doesn’t allow this quote."),
        "revoked": _("The author of the quoted post took their leave back."),
        "deleted": _("The quoted post was deleted."),
    }
    return said.get(state, _("You can’t see the quoted post."))


def with_emojis(html: Markup | str, of: PostRow | ActorRow | str) -> Markup:
    """The same with custom emojis in place of their shortcodes: those of a post, of somebody, or of the house in what
    it wrote itself.
    """
    settings = services().settings
    if isinstance(of, str):
        known = showing.of_text(settings, of)
    else:
        known = showing.of_post(settings, of) if isinstance(of, PostRow) else showing.of_actor(settings, of)
    found, html = media.emojis(settings, known), escape(html)
    return Markup(media.with_emojis(html, found, _emoji))  # noqa: S704 - cleaned HTML, and what _emoji escaped


def _emoji(shortcode: str, address: str) -> str:
    words = f":{shortcode}:"
    return Markup('<img class="emoji" src="{}" alt="{}" title="{}" loading="lazy">').format(address, words, words)


def shown_name(actor: ActorRow) -> Markup:
    """How somebody calls themselves, with their emojis."""
    return with_emojis(name(actor), actor)


def own_links(html: str) -> Markup:
    """The same of a member's own rows, where a link says that what it leads to is theirs, too: they may link back."""
    return Markup(sanitise.clean(html).replace('rel="nofollow', 'rel="me nofollow'))  # noqa: S704 - right after it


def name(actor: ActorRow) -> str:
    """How somebody calls themselves."""
    return actor.display_name or actor.username


def handle(actor: ActorRow) -> str:
    """`@ana`, or `@ben@velo.example`."""
    return "@" + lookup.acct_of(actor)


def profile_path(actor: ActorRow) -> str:
    """The page of somebody, here."""
    return "/@" + lookup.acct_of(actor)


def permalink(post: PostRow) -> str:
    """The page of a post, here; its author must be loaded."""
    return f"{profile_path(post.actor)}/{post.id}"


def permalink_of(public_id: int) -> str:
    """A post's short address, which leads to its page."""
    return f"/posts/{public_id}"


def outward(url: str | None) -> str:
    """An address elsewhere that a link may have: of the web, or nowhere."""
    return url if url and urlsplit(url).scheme in ("http", "https") else "#"


def plain(html: str) -> str:
    """What people read of some HTML."""
    return sanitise.to_text(html)


def number(value: int) -> str:
    """`1,204`, or `1 204`."""
    return str(format_decimal(value))


def up_to(value: int) -> str:
    """A count, `1,000+` beyond what is counted where only the order of magnitude matters."""
    return number(value) if value <= COUNTED else f"{number(COUNTED)}+"


def warning_words(code: str) -> str:
    """A content warning that the door added, in words."""
    return labels.warning(code)


def poll(view: PostView) -> PollView | None:
    """A post's poll as the viewer sees it now."""
    return shown.of(view, services().clock.now())


def until(at: datetime) -> str:
    """How long until then: `3 hr`."""
    return duration(max(at - services().clock.now(), timedelta()))


ALL: Mapping[str, Callable[..., Any]] = {
    "card": carded.of,
    "domain_name": names.readable,
    "cards_ahead": carded.ahead,
    "ago": ago,
    "elapsed": elapsed,
    "exactly": exactly,
    "day": day,
    "duration": duration,
    "initial": initial,
    "avatar": avatar,
    "banner": banner,
    "emojis": with_emojis,
    "shown_name": shown_name,
    "content": content,
    "content_without": content_without,
    "quote_words": quote_words,
    "own_links": own_links,
    "name": name,
    "handle": handle,
    "profile_path": profile_path,
    "permalink": permalink,
    "outward": outward,
    "plain": plain,
    "number": number,
    "up_to": up_to,
    "warning_words": warning_words,
    "poll": poll,
    "until": until,
    **pictured.ALL,
}
