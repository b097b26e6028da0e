"""Announcements at the top of a member's home, until they have read them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from app.announcements import answering, reading
from app.announcements.tables import AnnouncementRow
from app.current import services
from app.errors import NotFoundError
from app.paging import LARGEST
from app.web import sessions

blueprint = sessions.guard(Blueprint("announcements", __name__))


@blueprint.post("/announcements/<int:number>/read")
@sessions.signed_in
def read(number: int) -> Response:
    """Don't show it again."""
    if number > LARGEST:
        raise NotFoundError
    answering.put_away(services(), sessions.required().id, number)
    return redirect("/home")


def unread() -> Sequence[AnnouncementRow]:
    """What the member hasn't read yet; nothing for strangers."""
    me = sessions.member()
    if me is None:
        return ()
    with services().db.read() as session:
        return reading.unread(session, me.id, services().clock.now())
