"""What of the next case a page may keep in its memory: its text and why it is here, nothing to press, no media."""

from __future__ import annotations

from flask import Response, make_response, render_template

from app.current import services
from app.reviewing import ahead, people
from app.web import sessions
from app.web.review import chosen_queue, frame, showing

blueprint = frame.blueprint("ahead")


@blueprint.get("/ahead.html")
@sessions.at_least(people.WORK)
def page() -> Response:
    """The next case's text, for the script that shows it while the page itself is on its way; 204: there is none."""
    me, account = sessions.required(), frame.account()
    with services().db.read() as session:
        number = ahead.guess(services(), session, account, chosen_queue.number())
        view = showing.load(session, services(), number, me.username, me.role) if number is not None else None
        if view is None or view.detail.private or view.appeal is not None:
            return Response(status=204)
        return make_response(render_template("review/ahead.html", view=view, works=False, decides_people=False))
