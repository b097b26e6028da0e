"""Search, as a view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from app import current
from app.errors import UnauthorizedError
from app.mastodon import answers, blueprint, finding, params, present
from app.mastodon.finding import AccountQuery
from app.mastodon.serialise import trends as tag_entities
from app.oauth import bearer
from app.search import finding as in_posts
from app.search.finding import Wanted
from app.trends import showing

api = blueprint.make("search")
KINDS = ("accounts", "statuses", "hashtags")


@api.get("/api/v2/search")
@bearer.optional("read:search")
def search() -> Response:
    """Accounts, posts by their address or their words, hashtags. Strangers can't make this server fetch, or page."""
    asked = params.asked()
    text = asked.text("q", most=2100).strip()
    kind = asked.text("type")
    limit, offset = asked.integer("limit", 20, least=1, most=40), asked.integer("offset", 0, most=10_000)
    resolve, viewer_id, services = asked.flag("resolve"), bearer.viewer_id(), current.services()
    if viewer_id is None and (resolve or offset):
        raise UnauthorizedError("Search queries that resolve remote resources need a signed-in user")
    wanted = (kind,) if kind in KINDS else KINDS
    if finding.is_address(text):
        found = finding.by_address(services, viewer_id, text, resolve=resolve)
        return answers.json(
            _answer(
                accounts=present.accounts(found.accounts) if "accounts" in wanted else [],
                statuses=present.statuses(found.statuses) if "statuses" in wanted else [],
            )
        )
    query = AccountQuery(text, limit, offset, resolve, asked.flag("following"))
    rows = finding.accounts(services, viewer_id, query) if "accounts" in wanted and not text.startswith("#") else []
    tags = finding.tags(services, text, limit, offset) if "hashtags" in wanted else []
    said = Wanted(text, limit, offset, asked.id("account_id"), max_id=asked.id("max_id"), min_id=asked.id("min_id"))
    posts = in_posts.posts(services, viewer_id, said) if "statuses" in wanted and viewer_id is not None else []
    return answers.json(
        _answer(
            accounts=present.accounts(rows),
            statuses=present.statuses(posts),
            hashtags=_tags(tags),
        )
    )


def _answer(**found: list[Any]) -> dict[str, list[Any]]:
    return {kind: found.get(kind, []) for kind in KINDS}


def _tags(names: Sequence[str]) -> list[dict[str, Any]]:
    services = current.services()
    with services.db.read() as session:
        days = showing.histories(session, names, services.clock.now())
    known = {"following": False, "featuring": False}
    return [{**tag_entities.named(name, name, days[name], services.settings), **known} for name in names]
