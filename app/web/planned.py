"""A server that will be suspended, for a member whose follows would end: which ones, and lists of them to keep."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from app.current import services
from app.errors import NotFoundError
from app.paging import LARGEST
from app.reviewing import planned
from app.web import follow_lists, sessions
from moderation.domains.tables import PlanState

blueprint = sessions.guard(Blueprint("planned", __name__))
blueprint.after_request(sessions.keep_nowhere)
_PAGE = "/settings/moving/planned/<int:number>"
SHOWN = 500


@blueprint.get(_PAGE)
@sessions.signed_in
def one(number: int) -> str:
    """When, why, and who of theirs it concerns. Raises NotFoundError for who wasn't told of it."""
    me = sessions.required().id
    with services().db.read() as session:
        found = planned.told(session, me, number) if number <= LARGEST else None
        if found is None:
            raise NotFoundError
        plan, told = found
        domains = planned.reached(session, plan)
        following = planned.ties(session, domains, me)
        followers = planned.ties(session, domains, me, followers=True)
    return render_template(
        "planned.html",
        plan=plan,
        told=told,
        following=following[:SHOWN],
        followers=followers[:SHOWN],
        to_come=plan.state is PlanState.ANNOUNCED,
        done=plan.state is PlanState.DONE,
    )


@blueprint.get(_PAGE + "/following.csv", defaults={"which": "following"})
@blueprint.get(_PAGE + "/followers.csv", defaults={"which": "followers"})
@sessions.signed_in
def save(number: int, which: str) -> Response:
    """Follows that would end, in the form in which other servers take lists of follows."""
    me = sessions.required().id
    with services().db.read() as session:
        found = planned.told(session, me, number) if number <= LARGEST else None
        if found is None:
            raise NotFoundError
        ties = planned.ties(session, planned.reached(session, found[0]), me, followers=which == "followers")
    return follow_lists.saved("ending", which, ties)
