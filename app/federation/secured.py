"""Before any document is looked for: may who asks have one at all? In one place for all of them.

In secure mode a request that nobody signed learns nothing, not even that something was deleted; one in the name of a
suspended domain never does. The server's own actor is had by everybody, or two such servers couldn't meet.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from app import current
from app.federation import visitors
from app.federation.answers import NOT_KEPT, wants_activity

OPEN = frozenset({"documents.house", "documents.house_outbox"})
PAGES = frozenset({"documents.actor", "documents.post", "documents.activity"})
"""These lead people to pages, which ask for themselves who reads."""
_KEPT_BY_READERS = "private, max-age=180"


def guard(blueprint: Blueprint) -> None:
    """Have every route of a blueprint ask first, and let no cache in between pass on what it answers."""
    blueprint.before_request(_ask)
    blueprint.after_request(_keep_private)


def _ask() -> None:
    """Raises UnauthorizedError, ForbiddenError, UnavailableError, RateLimitedError as `visitors.signer`."""
    if not _leads_to_a_page() and request.endpoint not in OPEN:
        visitors.signer(current.services())


def _leads_to_a_page() -> bool:
    return request.endpoint in PAGES and not wants_activity()


def _keep_private(answer: Response) -> Response:
    """What one signed request was told isn't for the next one that isn't signed."""
    answer.headers.setdefault("Vary", "Accept, Signature")
    if current.services().settings.secure_mode and request.endpoint not in OPEN and not _leads_to_a_page():
        public = "public" in answer.headers.get("Cache-Control", "")
        answer.headers["Cache-Control"] = _KEPT_BY_READERS if public else NOT_KEPT
    return answer
