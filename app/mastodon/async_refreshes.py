"""What goes on behind an answer: a thread of which its home is asked for more. Mastodon calls this experimental."""

from __future__ import annotations

from flask import Response

from app import current
from app.errors import NotFoundError
from app.federation import wanted
from app.mastodon import answers, blueprint
from app.oauth import bearer
from app.posts import resolve
from app.posts.tables import PostRow

api = blueprint.make("async_refreshes")
HEADER = "Mastodon-Async-Refresh"
RETRY_SECONDS = 3
_THREAD = "context-"


def announce(answer: Response, post: PostRow) -> None:
    """Tell a client that more of a thread may come."""
    with current.services().db.read() as session:
        running = wanted.is_asking(session, post)
    if running:
        answer.headers[HEADER] = f'id="{_THREAD}{post.id}", retry={RETRY_SECONDS}'


@api.get("/api/v1_alpha/async_refreshes/<key>")
@bearer.require("read")
def one(key: str) -> Response:
    """Whether it goes on, for who may read the thread."""
    if not key.startswith(_THREAD):
        raise NotFoundError
    with current.services().db.read() as session:
        view = resolve.view(session, resolve.parse_id(key.removeprefix(_THREAD)), bearer.account_id())
        running = wanted.is_asking(session, view.shown.post)
    state = "running" if running else "finished"
    return answers.json({"async_refresh": {"id": key, "status": state, "result_count": None}})
