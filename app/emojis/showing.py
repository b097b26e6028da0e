"""Which custom emojis a post, a profile or another text has: the house's own where a member wrote it, else those that
came along with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.accounts.tables import ActorRow
from app.emojis import known, shortcodes
from app.emojis.known import Emoji
from app.posts.tables import PostRow
from app.settings import Settings
from app.uploads import places

Shown = Sequence[Mapping[str, str]]
"""`shortcode` and `url` of each."""


def of_post(settings: Settings, post: PostRow) -> Shown:
    """Those of a post: its text, its warning and its poll."""
    return as_shown(settings, local_of_post(settings, post)) if post.local else post.emojis


def of_poll(settings: Settings, post: PostRow) -> Shown:
    """Those of a poll's options alone."""
    titles = shortcodes.found(*_options(post))
    return [each for each in of_post(settings, post) if each.get("shortcode") in titles]


def of_actor(settings: Settings, actor: ActorRow) -> Shown:
    """Those of a profile: the name, the text and the table."""
    return as_shown(settings, local_of_actor(settings, actor)) if actor.local else actor.emojis or ()


def of_text(settings: Settings, *texts: str) -> Shown:
    """Those of what the house says."""
    return as_shown(settings, local(settings, *texts))


def local_of_post(settings: Settings, post: PostRow) -> list[Emoji]:
    """The house's own that a member's post has."""
    return local(settings, post.source or "", post.warning, *_options(post))


def local_of_actor(settings: Settings, actor: ActorRow) -> list[Emoji]:
    """The house's own that a member's profile has."""
    rows = (text for row in actor.fields for text in (row.get("name", ""), row.get("value", "")))
    return local(settings, actor.display_name, actor.summary, *rows)


def local(settings: Settings, *texts: str) -> list[Emoji]:
    """The house's own that these texts have. A text without a shortcode asks nobody."""
    wanted = shortcodes.found(*texts)
    house = known.of(settings) if wanted else None
    if house is None:
        return []
    all_of_them = house.all()
    return [all_of_them[each] for each in wanted if each in all_of_them]


def as_shown(settings: Settings, found: Sequence[Emoji]) -> Shown:
    """With their addresses."""
    return [{"shortcode": each.shortcode, "url": places.emoji_address(settings, each.key)} for each in found]


def _options(post: PostRow) -> list[str]:
    return [str(option.get("title", "")) for option in (post.poll or {}).get("options", ())]
