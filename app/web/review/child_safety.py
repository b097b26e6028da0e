"""The pages of the child-safety role: what was sealed, the report that the law asks for, and its end."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.grave import opening, packs, settling
from app.grave.opening import Opened
from app.preservation import ordering
from app.web import forms, pages, sessions
from app.web.review import frame, preserving
from app.web.review.grave_views import line
from moderation.grave import cases, jurisdictions
from moderation.grave.tables import GraveKind, SealedKind
from moderation.preservation.tables import OrderKind

blueprint = frame.blueprint("child_safety")
KIND = GraveKind.CHILD_SAFETY
ROLE = Role.CHILD_SAFETY
HOME = "/review/child-safety"
SHOWN = 100


@blueprint.get("/child-safety")
@sessions.at_least(ROLE)
def listed() -> str:
    """What waits, without a word or picture of it."""
    now = services().clock.now()
    with services().db.read() as session:
        lines = [line(session, row, now) for row in cases.of_kind(session, KIND)]
    return render_template("review/grave-list.html", lines=lines, kind=KIND.value, home=HOME)


@blueprint.get("/child-safety/sealed")
@sessions.at_least(ROLE)
def everything_sealed() -> str:
    """A line for each thing that lies sealed: its number, since when, its case, until when it is kept; no content."""
    before, now = forms.asked_number("before"), services().clock.now()
    with services().db.read() as session:
        found = cases.every_sealed(session, KIND, now, SHOWN + 1, before)
        lines = [(item, line(session, row, now), ordered) for item, row, ordered in found[:SHOWN]]
    older = found[SHOWN - 1][0].id if len(found) > SHOWN else None
    return render_template(
        "review/sealed-list.html", lines=lines, older=older, file=SealedKind.FILE, kind=KIND.value, home=HOME
    )


@blueprint.get("/child-safety/<int:number>")
@sessions.at_least(ROLE)
def one(number: int) -> str:
    """One case: what lies sealed, and what to do. Nothing of it is shown."""
    return _page(number)


@blueprint.post("/child-safety/<int:number>/look")
@sessions.at_least(ROLE)
def look(number: int) -> str:
    """What was written, for a reason that stands in the log. Pictures stay sealed."""
    return _page(number, opening.words(services(), frame.account(), number, forms.line("why", 500)))


@blueprint.post("/child-safety/<int:number>/files/<int:item>")
@sessions.at_least(ROLE)
def file(number: int, item: int) -> Response:
    """A file to be handed over: saved, never shown."""
    row, body = opening.file(services(), frame.account(), number, item, forms.line("why", 500))
    return _saved(body, f"case-{number}-{row.id}.bin", "application/octet-stream")


@blueprint.get("/child-safety/<int:number>/report")
@sessions.at_least(ROLE)
def report(number: int) -> str:
    """The report, to be printed or copied into an authority's form."""
    pack = packs.look(services(), frame.account(), number, KIND)
    return render_template("review/grave-pack.html", pack=pack, home=f"{HOME}/{number}")


@blueprint.post("/child-safety/<int:number>/report.json")
@sessions.at_least(ROLE)
def saved_report(number: int) -> Response:
    """The same as JSON."""
    return _saved(packs.save(services(), frame.account(), number, KIND), f"case-{number}.json", "application/json")


@blueprint.post("/child-safety/<int:number>/reported")
@sessions.at_least(ROLE)
def reported(number: int) -> Redirect:
    """It was reported: the time begins for which evidence is kept."""
    to, reference = forms.line("to", 500), forms.line("reference", 255)
    settling.report(services(), frame.account(), number, KIND, to, reference)
    pages.tell("in", _("Noted. What is sealed is kept for as long as the law says."))
    return redirect(f"{HOME}/{number}")


@blueprint.post("/child-safety/<int:number>/orders")
@sessions.at_least(ROLE)
def order(number: int) -> Redirect:
    """Somebody with a right to it wants the case kept."""
    preserving.make(OrderKind.CASE, str(number))
    return redirect(f"{HOME}/{number}")


@blueprint.post("/child-safety/<int:number>/orders/<int:order>/end")
@sessions.at_least(ROLE)
def order_end(number: int, order: int) -> Redirect:
    """Another end of an order for it."""
    preserving.change_end(order)
    return redirect(f"{HOME}/{number}")


@blueprint.post("/child-safety/<int:number>/orders/<int:order>/lift")
@sessions.at_least(ROLE)
def order_lift(number: int, order: int) -> Redirect:
    """The end of an order for it."""
    preserving.lift(order)
    return redirect(f"{HOME}/{number}")


@blueprint.post("/child-safety/<int:number>/acts/<int:act>")
@sessions.at_least(ROLE)
def order_answer(number: int, act: int) -> Redirect:
    """The second person's word on what a colleague did."""
    preserving.answer(act)
    return redirect(f"{HOME}/{number}")


@blueprint.post("/child-safety/<int:number>/release")
@sessions.at_least(ROLE)
def release(number: int) -> Redirect:
    """A mistake: everything is as it was."""
    settling.release(services(), frame.account(), number, forms.line("why", 500))
    pages.tell("in", _("Released. The case is on the desk again."))
    return redirect(HOME)


@blueprint.post("/child-safety/<int:number>/destroy")
@sessions.at_least(ROLE)
def destroy(number: int) -> Redirect:
    """The end of what was kept."""
    settling.destroy(services(), frame.account(), number)
    pages.tell("in", _("Destroyed. The log keeps that it was, and what was done."))
    return redirect(HOME)


def _page(number: int, opened: list[Opened] | None = None) -> str:
    now = services().clock.now()
    with services().db.read() as session:
        shown = line(session, cases.find(session, number, KIND), now)
        items = cases.sealed(session, number)
        shown_orders = preserving.of_case(session, number)
        alone = ordering.is_alone(session, services(), frame.account())
    return render_template(
        "review/child-safety.html",
        line=shown,
        files=[each for each in items if each.kind is SealedKind.FILE],
        things=len(items),
        opened=opened,
        everywhere=jurisdictions.everywhere(),
        noted_on=jurisdictions.noted_on(),
        over=shown.row.keep_until is not None and shown.row.keep_until <= now,
        home=HOME,
        orders=shown_orders,
        alone=alone,
        own_name=sessions.required().username,
    )


def _saved(body: bytes, name: str, kind: str) -> Response:
    answer = make_response(body)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
