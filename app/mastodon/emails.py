"""The letter that confirms an address: sent again, perhaps to another one, to who signed up by a program."""

from __future__ import annotations

from flask import Response, request

from app import current
from app.accounts import signup
from app.mastodon import answers, blueprint, params
from app.oauth import bearer

api = blueprint.make("emails")


@api.post("/api/v1/emails/confirmations")
@bearer.require_holder
def send_again() -> Response:
    """Send it again. A token of who waits was given to the program by which they signed up, and to no other."""
    email = params.sent().text_or_none("email", most=320)
    signup.send_again(current.services(), bearer.account_id(), email or None, request.remote_addr or "")
    return answers.json({})


@api.get("/api/v1/emails/check_confirmation")
@bearer.require_holder
def check() -> Response:
    """Whether the address is confirmed."""
    return answers.json(signup.is_confirmed(current.services(), bearer.account_id()))
