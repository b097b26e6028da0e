"""What the house announces, and what a member does with it."""

from __future__ import annotations

from flask import Response

from app import current
from app.announcements import answering, reading
from app.mastodon import answers, blueprint, params
from app.mastodon.serialise import announcements as entities
from app.oauth import bearer
from app.posts import resolve

api = blueprint.make("announcements")
LONGEST_NAME = 128


@api.get("/api/v1/announcements")
@bearer.require()
def several() -> Response:
    """What is announced now, read or not."""
    services = current.services()
    with services.db.read() as session:
        found = reading.shown(session, bearer.account_id(), services.clock.now())
    return answers.json([entities.announcement(one, services.settings) for one in found])


@api.post("/api/v1/announcements/<public_id>/dismiss")
@bearer.require("write:accounts")
def dismiss(public_id: str) -> Response:
    """It was read."""
    answering.put_away(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json({})


@api.put("/api/v1/announcements/<public_id>/reactions/<name>")
@bearer.require("write:favourites")
def react(public_id: str, name: str) -> Response:
    """Answer with one sign."""
    answering.react(current.services(), bearer.account_id(), resolve.parse_id(public_id), _name(name))
    return answers.json({})


@api.delete("/api/v1/announcements/<public_id>/reactions/<name>")
@bearer.require("write:favourites")
def withdraw(public_id: str, name: str) -> Response:
    """Take it back."""
    answering.withdraw(current.services(), bearer.account_id(), resolve.parse_id(public_id), _name(name))
    return answers.json({})


def _name(name: str) -> str:
    return params.clean("name", name, LONGEST_NAME)
