"""People to follow: suggestions, the directory, and who is known to those whom one follows."""

from __future__ import annotations

from flask import Response

from app import current
from app.accounts import lookup
from app.errors import InvalidError
from app.mastodon import answers, blueprint, params, present
from app.mastodon.accounts import MOST_IDS
from app.mastodon.timelines import require_open_to_strangers
from app.oauth import bearer
from app.suggestions import directory, familiar, suggested
from app.suggestions.directory import Asked, Order
from app.suggestions.suggested import Source, Suggestion

api = blueprint.make("suggestions")
OLDER_WORDS = {Source.FEATURED: "staff", Source.FRIENDS_OF_FRIENDS: "past_interactions"}
"""What clients know that are older than `sources`."""


@api.get("/api/v2/suggestions")
@bearer.require("read")
def suggestions() -> Response:
    """Whom the member might want to follow, and why."""
    found = _suggested()
    people = present.accounts([each.actor for each in found])
    return answers.json(
        [
            {"source": OLDER_WORDS[each.sources[0]], "sources": [s.value for s in each.sources], "account": account}
            for each, account in zip(found, people, strict=True)
        ]
    )


@api.get("/api/v1/suggestions")
@bearer.require("read")
def people() -> Response:
    """The same for older clients, without why."""
    return answers.json(present.accounts([each.actor for each in _suggested()]))


@api.delete("/api/v1/suggestions/<public_id>")
@bearer.require("read")
def dismiss(public_id: str) -> Response:
    """Don't suggest somebody again. Any id will do, as Mastodon has it."""
    if public_id.isascii() and public_id.isdigit() and len(public_id) < 19:
        suggested.dismiss(current.services(), bearer.account_id(), int(public_id))
    return answers.json({})


@api.get("/api/v1/directory")
@bearer.optional()
def everybody() -> Response:
    """Those who want to be found."""
    require_open_to_strangers()
    given, services = params.asked(), current.services()
    word = given.text("order") or Order.ACTIVE.value
    if word not in list(Order):
        raise InvalidError("Validation failed: Order is not included in the list")
    asked = Asked(
        order=Order(word),
        local=given.flag("local"),
        offset=given.integer("offset", 0, most=100_000),
        limit=given.integer("limit", 40, least=1, most=80),
    )
    with services.db.read() as session:
        found = directory.people(session, bearer.viewer_id(), asked, services.clock.now())
    return answers.json(present.accounts(found))


@api.get("/api/v1/accounts/familiar_followers")
@bearer.require("read:follows")
def familiar_followers() -> Response:
    """Whom of those whom the member follows each of these is followed by."""
    ids = params.asked().ids("id", most=MOST_IDS)
    with current.services().db.read() as session:
        rows = lookup.by_ids(session, ids)
        known = [row.id for row in rows if not row.domain_hidden and row.suspended_at is None]
        found = familiar.followers(session, bearer.account_id(), known)
    return answers.json([{"id": str(number), "accounts": present.accounts(found[number])} for number in known])


def _suggested() -> list[Suggestion]:
    limit, services = params.asked().integer("limit", 40, least=1, most=80), current.services()
    with services.db.read() as session:
        return suggested.suggest(session, bearer.account_id(), services.clock.now(), limit)
