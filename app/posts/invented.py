"""People elsewhere who don't exist, and what they post: for the demonstration, and for the exercise of the first steps.

Their posts go through the door as anybody's do. Nothing is fetched from where they are said to live.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts import making
from app.accounts.keys import KeyPair
from app.accounts.tables import ActorRow
from app.federation.wire import sanitise
from app.posts.drafts import PostDraft
from app.posts.tables import PostKind
from app.settings import Settings
from moderation.values import Visibility


def author(settings: Settings, name: str, domain: str, born: datetime, **more: Any) -> ActorRow:
    """Somebody of that name, not yet stored; `more` are other columns."""
    actor = making.local_actor(settings, name, KeyPair("", ""), born)
    uri = f"https://{domain}/users/{name}"
    values = {
        "uri": uri, "url": f"https://{domain}/@{name}", "local": False, "domain": domain,
        "inbox_url": f"{uri}/inbox", "shared_inbox_url": f"https://{domain}/inbox", "outbox_url": f"{uri}/outbox",
        "followers_url": f"{uri}/followers", "following_url": f"{uri}/following", "featured_url": None,
        "key_id": f"{uri}#main-key", "private_key_pem": None, "created_at": born,
        **more,
    }  # fmt: skip
    for field, value in values.items():
        setattr(actor, field, value)
    return actor


def draft(by: ActorRow, path: str, text: str, now: datetime, **more: Any) -> PostDraft:
    """A public post of theirs, in plain text; `path` is the end of its address, `more` are other fields."""
    cleaned = sanitise.clean_all(sanitise.from_plain(text))
    uri = f"{by.uri}/statuses/{path}"
    given = {
        "language": "en",
        "hashtags": tuple(word[1:] for word in text.split() if word.startswith("#")),
        "links": tuple(link.href for link in cleaned.links),
        **more,
    }
    return PostDraft(
        uri=uri,
        url=uri,
        actor_id=by.id,
        local=False,
        kind=PostKind.NOTE,
        visibility=Visibility.PUBLIC,
        submitted_at=now,
        published_at=now,
        content=cleaned.html,
        text=cleaned.text,
        **given,
    )
