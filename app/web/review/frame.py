"""What every page of the review shares: no copy of it is kept anywhere, and moderation's errors become pages."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request

from app.accounts import lookup
from app.accounts.tables import AccountRow, Role
from app.current import services
from app.errors import NotFoundError
from app.paging import LARGEST
from app.web import pages, sessions
from app.web.review import conflicts
from moderation.errors import ModerationError


def blueprint(name: str) -> Blueprint:
    """A guarded blueprint under /review."""
    made = sessions.guard(Blueprint(f"review_{name}", __name__, url_prefix="/review"))
    made.before_request(_only_numbers_that_can_be)
    made.after_request(_never_kept)
    made.register_error_handler(ModerationError, _moderation_error)
    return made


def account() -> AccountRow:
    """The moderator's account with its actor; only behind `sessions.at_least`."""
    with services().db.read() as session:
        return lookup.account(session, sessions.required().id)


def can(least: Role) -> bool:
    """Whether the reader's role is at least this one."""
    me = sessions.member()
    return me is not None and lookup.at_least(me.role, least)


def _only_numbers_that_can_be() -> None:
    """A number that no database can hold names nothing."""
    if any(isinstance(value, int) and value > LARGEST for value in (request.view_args or {}).values()):
        raise NotFoundError()


def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _moderation_error(error: ModerationError) -> tuple[str, int]:
    return pages.error_page(error.status, partial(conflicts.words, error)), error.status
