"""The desk: the queue, one case, and what can be decided; and the counts that keep it live."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask import Response, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.tables import Role
from app.current import services
from app.reviewing import claiming, people
from app.stores import lookers
from app.web import filters, forms, labels, sessions
from app.web.review import choices, chosen_queue, colleagues, frame, menu, showing, surroundings, translating, words
from app.web.review import filters as review_filters
from app.web.review import typed as kept_words
from app.web.review.showing import CaseView
from app.web.sessions import Member
from moderation.authors import trust
from moderation.cases import batches, claims, exclusions, figures, presence, queue
from moderation.cases.in_force import last_own
from moderation.cases.reversals import UNDO_WINDOW
from moderation.cases.values import CaseQuery, CaseSummary, Page
from moderation.errors import ModerationError
from moderation.quality import blinding
from moderation.queues import hiding
from moderation.values import CaseOrigin, CaseState
from moderation.workforce import attendance

blueprint = frame.blueprint("desk")
review_filters.register(blueprint)
SHOWN = 24
"""Cases of each state in the list: three screens of them. What is below comes up as these are decided."""


@blueprint.get("")
@sessions.at_least(Role.TRAINEE)
def desk() -> str:
    """The case that the moderator holds, or the first of the queue."""
    return _first(CaseQuery(queue=chosen_queue.number(), limit=SHOWN))


@blueprint.get("/reports")
@sessions.at_least(Role.TRAINEE)
def reports() -> str:
    """The queue of what people reported."""
    return _first(CaseQuery(origin=CaseOrigin.REPORT, limit=SHOWN))


@blueprint.get("/case/<int:number>")
@sessions.at_least(Role.TRAINEE)
def case(number: int) -> str:
    """One case: its permanent place."""
    with services().db.read() as session:
        return show(session, number)


@blueprint.get("/cases/<int:number>")
def also(number: int) -> Response:
    """The same, by the API's noun."""
    return redirect(f"/review/case/{number}")  # type: ignore[return-value]


@blueprint.get("/queue.html")
@sessions.at_least(Role.TRAINEE)
def fragment() -> str:
    """The list alone, for the script that keeps it live."""
    with services().db.read() as session:
        listed = _queue(session, _asked())
    return render_template("review/list.html", queue=listed, current=forms.asked_number("case"))


@blueprint.get("/counts.json")
@sessions.at_least(Role.TRAINEE)
def counts() -> Response:
    """How many wait, in numbers and in words."""
    now = services().clock.now()
    with services().db.read() as session:
        waits = figures.waiting(session, now)
    oldest = filters.duration(now - waits.oldest) if waits.oldest else ""
    return jsonify(
        presence=_present(forms.asked_number("case")),
        open=waits.states[CaseState.OPEN],
        badge=filters.up_to(waits.states[CaseState.OPEN]),
        claimed=waits.states[CaseState.CLAIMED],
        escalated=waits.states[CaseState.ESCALATED],
        oldest=oldest,
        words=_("%(count)s waiting", count=filters.number(waits.states[CaseState.OPEN])),
    )


def _present(number: int | None) -> str:
    """Who else works on the case that the page shows, or on its author's others, in a sentence."""
    if number is None:
        return ""
    me, now = sessions.required(), services().clock.now()
    with services().db.read() as session:
        try:
            exclusions.require(session, number, me.username, now)
            seen = blinding.see(session, number, me.username, now)
        except ModerationError:
            return ""  # gone meanwhile, or not for them any more: what they press next says so
        if seen.blind:
            return ""
        told = request.args.get("told", "")
        working = _presence(session, me, seen.detail.case, blind=False, told=told)
    looking = lookers.look(services().redis, int(number), me.username, now.timestamp())
    return " ".join((working, *words.looking([each for each in looking if colleagues.shown(each) != told]))).strip()


def _presence(session: Session, me: Member, case: CaseSummary, *, blind: bool, told: str) -> str:
    """Nothing where the case is read blind: who has an author's other cases may say what is thought of them.

    `told`: whom the page names already as having this case, by the name that they chose.
    """
    if blind:
        return ""
    found = presence.others(session, case, me.username, services().clock.now())
    new = [each for each in found if (each.case_id, colleagues.shown(each.name)) != (case.id, told)]
    return words.present(case.id, new)


def _there(session: Session, me: Member, view: CaseView) -> str:
    case = view.detail.case
    return _presence(session, me, case, blind=view.blind, told=colleagues.shown(case.claimed_by or ""))


def show(
    session: Session, number: int, *, conflict: str = "", what: str = "", typed: dict[str, str] | None = None
) -> str:
    """The desk with this case; `conflict` says why nothing was done, `what` is what happened to the case meanwhile,
    `typed` is what was typed and is kept."""
    me = sessions.required()
    exclusions.require(session, number, me.username, services().clock.now())
    view = showing.load(session, services(), number, me.username, me.role)
    query = CaseQuery(queue=chosen_queue.number(), limit=SHOWN)
    return _page(session, me, query, view, conflict=conflict, what=what, typed=typed or {})


def _first(query: CaseQuery) -> str:
    me = sessions.required()
    with services().db.read() as session:
        number = claiming.held_by(session, me.username, services().clock.now()) or _top(session, query)
        view = showing.load(session, services(), number, me.username, me.role) if number is not None else None
        return _page(session, me, query, view, conflict="", typed={})


def _top(session: Session, query: CaseQuery) -> int | None:
    return next((each.id for each in _queue(session, query).items), None)


def _asked() -> CaseQuery:
    origin = request.args.get("origin")
    known = {one.value for one in CaseOrigin}
    if origin in known:
        return CaseQuery(origin=CaseOrigin(origin), limit=SHOWN)
    return CaseQuery(queue=chosen_queue.number(), limit=SHOWN)


def _queue(session: Session, query: CaseQuery) -> Page[CaseSummary]:
    """What waits, after it what is escalated and what colleagues have; nothing that isn't for the reader."""
    now, query = services().clock.now(), replace(query, reader=sessions.required().username)
    waiting = queue.list_cases(session, query, now)
    others = [
        each
        for state in (CaseState.ESCALATED, CaseState.CLAIMED)
        for each in queue.list_cases(session, replace(query, state=state), now).items
    ]
    shown = blinding.summaries(session, (*waiting.items, *others), sessions.required().username)
    return Page(shown, waiting.next)


def _instead(view: CaseView | None) -> choices.Choices:
    if view is None or view.appeal is None:
        return []
    return choices.instead(local=view.detail.case.local, people=frame.can(people.PEOPLE))


def _macros(session: Session, me: Member, view: CaseView | None) -> list[menu.Offered]:
    """Not where somebody answers blind or about an appeal: there each says their own word."""
    if view is None or view.blind or view.appeal is not None or view.decided or not frame.can(people.WORK):
        return []
    return menu.offered(session, me.role, view.detail.case.id)


def _trusting(session: Session, me: Member) -> tuple[int, str, str] | None:
    """What trust could follow from one's last decision: its number, whom, for which label."""
    if not frame.can(people.PEOPLE):
        return None
    row = trust.offered(session, me.username, services().clock.now())
    if row is None or row.case_id is None:
        return None
    author = surroundings.person(surroundings.people(session, [row.author_uri]), row.author_uri)
    return row.id, author.handle, labels.name(claims.find(session, row.case_id).label or "")


def _theirs(session: Session, me: Member, view: CaseView | None) -> int:
    """How many cases of an author, this one among them, could be decided together."""
    if view is None or view.blind or view.detail.author.cases < 2:
        return 0
    return batches.count(session, me.username, services().clock.now(), author_uri=view.detail.case.author_uri)


def _trusts(session: Session, view: CaseView | None) -> list[tuple[str, str, datetime]]:
    """For what the author of a case is trusted, by code, name and end; nothing for who answers blind."""
    if view is None or view.blind:
        return []
    found = trust.in_force(session, view.detail.case.author_uri, services().clock.now())
    return [(label, labels.name(label), end) for label, end in found.items()]


def _page(
    session: Session,
    me: Member,
    query: CaseQuery,
    view: CaseView | None,
    *,
    conflict: str,
    typed: dict[str, str],
    what: str = "",
) -> str:
    kept = kept_words.offered(view) if view is not None and not typed else None
    return render_template(
        "review/desk.html",
        view=view,
        kept=kept,
        translatable=view is not None and translating.offered(session, view),
        translation=translating.shown(view) if view is not None else None,
        open_panels=kept.panels if kept is not None else frozenset(),
        queue=_queue(session, query),
        origin=query.origin,
        queues=chosen_queue.offered(session, me.role),
        hidden=hiding.hidden(session, claims.find(session, view.detail.case.id)) if view is not None else (),
        current=view.detail.case.id if view is not None else None,
        conflict=conflict,
        happened=what,
        typed=kept.fields if kept is not None else typed,
        warnings=choices.warnings(),
        measures=choices.measures(local=view.detail.case.local) if view is not None else [],
        terms=choices.terms(),
        instead=_instead(view),
        macros=_macros(session, me, view),
        works=frame.can(people.WORK),
        decides_people=frame.can(people.PEOPLE),
        theirs=_theirs(session, me, view),
        trusting=_trusting(session, me),
        trusts=_trusts(session, view),
        presence=_there(session, me, view) if view is not None else "",
        undoable=last_own(session, me.username, services().clock.now() - UNDO_WINDOW) is not None,
        offered=attendance.offered(session, me.username, services().clock.now()),
    )
