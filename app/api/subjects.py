"""The whole history of a subject."""

from __future__ import annotations

from flask import Response

from app import current
from app.api import answers, bodies, who
from app.errors import ConflictError, ForbiddenError, InvalidError
from app.reviewing import people, sight, timeline, withholding
from moderation import history
from moderation.cases import exclusions
from moderation.quality import blinding
from moderation.timeline.values import About

api = answers.make("subjects")


@api.get("/subjects/history")
def of_subject() -> Response:
    """Every event on a subject, oldest first."""
    account = who.reader()
    reader = people.name_of(account)
    uri = bodies.argument("uri")
    if uri is None:
        raise InvalidError("uri is missing")
    services = current.services()
    now = services.clock.now()
    with services.db.read() as session:
        if exclusions.hides(session, uri, reader, now):
            raise ForbiddenError("You have to do with this: others look at it")
        if not sight.reads_history(session, reader, account.role, uri, now):
            raise ForbiddenError("This history takes another role, or a case of its author that you have")
        if blinding.hides_history(session, uri, reader):
            raise ConflictError("You are to read this one afresh: its history is shown once you have answered")
        found = timeline.for_reader(session, About(uri), history.entries(session, uri), reader, now)
        return answers.json(withholding.from_events((each.event for each in found), account.role))
