"""What every part of the admin API shares: moderation's errors as Mastodon's clients read them, and who calls."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response

from app import current
from app.accounts import lookup
from app.accounts.tables import AccountRow, Role
from app.errors import ForbiddenError
from app.mastodon import answers, blueprint
from app.oauth import bearer
from moderation.errors import ModerationError


def make(name: str) -> Blueprint:
    """A blueprint of the admin API."""
    made = blueprint.make(f"admin_{name}")
    made.register_error_handler(ModerationError, _refusal)
    return made


def caller(least: Role) -> AccountRow:
    """Who makes this request, in a view under `bearer.require`. Raises ForbiddenError where their role won't do."""
    with current.services().db.read() as session:
        account = lookup.account(session, bearer.account_id())
    if not lookup.at_least(lookup.role_at(account, current.services().clock.now()), least):
        raise ForbiddenError("This action is not allowed", code="role_required")
    lookup.require_role(account, least)
    return account


def empty() -> Response:
    """What a deletion answers."""
    return answers.json(orjson.Fragment(b"{}"))


def _refusal(error: ModerationError) -> Response:
    return answers.json({"error": error.safe}, error.status)
