"""Sheets of time and pay: a month of everybody for leads, each as a statement to print, and both as CSV."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.reviewing import people
from app.web import forms, pages, reasons, sessions
from app.web.review import frame, record_form
from app.workforce import books, csv_sheets, money, pay, zone
from moderation.errors import RefusedError
from moderation.workforce import corrections, undertakings
from moderation.workforce.spans import Month
from moderation.workforce.tables import StretchKind

blueprint = frame.blueprint("timesheets")
Answer = str | tuple[str, int] | Response
PLACE = "/review/timesheets"


@blueprint.get("/timesheets")
@sessions.at_least(people.RULES)
def everybody() -> str:
    """A month's sheets, and corrections that wait for a lead."""
    now = services().clock.now()
    with services().db.read() as session:
        place = zone.of(session)
        asked = request.args.get("month")
        month = books.read(asked) if asked else Month.of(now, place)
        return render_template(
            "review/timesheets.html",
            month=month,
            key=_key(month),
            before=_key(month.before),
            after=_key(month.following),
            over=now >= month.bounds(place)[1],
            sheets=[(name, *books.sheet(session, name, month)) for name in sorted(books.known(session))],
            waiting=corrections.waiting(session),
        )


@blueprint.get("/timesheets/<name>/<month>")
@sessions.at_least(Role.TRAINEE)
def statement(name: str, month: str) -> str:
    """A month of one person, as it is printed."""
    books.require_reader(frame.account(), name)
    return page(name, month, layout="review/frame.html", place=f"{PLACE}/{name}")


def page(name: str, month: str, *, layout: str, place: str) -> str:
    """The statement in one of the house's layouts; `place` is the address above it. Raises NotFoundError."""
    at = books.read(month)
    now = services().clock.now()
    with services().db.read() as session:
        figures, row = books.sheet(session, name, at)
        signature = undertakings.last(session, name)
        over = now >= at.bounds(zone.of(session))[1]
    return render_template(
        "review/statement.html",
        layout=layout,
        place=place,
        name=name,
        month=at,
        key=_key(at),
        figures=figures,
        row=row,
        payee=row.signed_as if row else (signature.signed_as if signature else name),
        kinds=[kind.value for kind in StretchKind if any(kind.value in day.seconds for day in figures.days)],
        may_approve=row is None and over and frame.can(people.RULES),
        over=over,
        now=now,
    )


@blueprint.get("/timesheets/<name>/<month>.csv")
@sessions.at_least(Role.TRAINEE)
def table(name: str, month: str) -> Response:
    """The same as CSV."""
    books.require_reader(frame.account(), name)
    return as_csv(name, month)


def as_csv(name: str, month: str) -> Response:
    """A month of one person as CSV. Raises NotFoundError."""
    at = books.read(month)
    with services().db.read() as session:
        text = csv_sheets.write([(name, at, *books.sheet(session, name, at))])
    return _csv(text, f"{name}-{_key(at)}")


@blueprint.get("/timesheets/<month>.csv")
@sessions.at_least(people.RULES)
def whole(month: str) -> Response:
    """Everybody's month, for the books."""
    at = books.read(month)
    with services().db.read() as session:
        text = csv_sheets.write((name, at, *books.sheet(session, name, at)) for name in sorted(books.known(session)))
    return _csv(text, _key(at))


@blueprint.post("/timesheets/<name>/<month>")
@sessions.at_least(people.RULES)
def approve(name: str, month: str) -> Answer:
    """Freeze it."""
    try:
        row = books.approve(services(), frame.account(), name, books.read(month))
    except (RefusedError, ForbiddenError) as error:
        pages.tell("out", reasons.of(error) if isinstance(error, ForbiddenError) else _refused(error))
    else:
        pages.tell("in", _("Approved, as number %(number)s. It can’t change any more.", number=row.number))
    return redirect(f"{PLACE}/{name}/{month}")


@blueprint.post("/corrections/<int:number>/grant")
@sessions.at_least(people.RULES)
def grant(number: int) -> Answer:
    """A correction counts."""
    return _rule(number, granted=True)


@blueprint.post("/corrections/<int:number>/refuse")
@sessions.at_least(people.RULES)
def refuse(number: int) -> Answer:
    """It doesn't."""
    return _rule(number, granted=False)


@blueprint.get("/pay")
@sessions.at_least(people.RULES)
def paying() -> str:
    """How the house pays, and by which clock."""
    return _pay()


@blueprint.post("/pay")
@sessions.at_least(people.RULES)
def choose() -> Answer:
    """Change it."""
    account = frame.account()
    try:
        zone.choose(services(), account, forms.line("zone", 64))
    except InvalidError as error:
        return _pay(reasons.of(error)), error.status
    pay.choose(services(), account, by_decision=forms.ticked("by_decision"))
    pages.tell("in", _("Saved."))
    return redirect("/review/pay")


@blueprint.post("/crew/<name>/terms")
@sessions.at_least(people.RULES)
def agree(name: str) -> Answer:
    """Somebody's rates from now on."""
    with services().db.read() as session:
        by_decision = pay.by_decision(session)
    try:
        news = record_form.terms(by_decision=by_decision)
        if news is None:
            raise InvalidError(_("Say how much an hour is worth."), code="rate_missing")
        books.agree(services(), frame.account(), name, news)
    except (InvalidError, ForbiddenError) as error:
        pages.tell("out", reasons.of(error))
    except RefusedError as error:
        pages.tell("out", _refused(error))
    else:
        pages.tell("in", _("Agreed from now on: %(amount)s an hour.", amount=money.shown(news.per_hour, news.currency)))
    return redirect(f"/review/crew/{name}")


def _rule(number: int, *, granted: bool) -> Answer:
    try:
        books.rule(services(), frame.account(), number, granted=granted)
    except (RefusedError, ForbiddenError) as error:
        pages.tell("out", reasons.of(error) if isinstance(error, ForbiddenError) else _refused(error))
    else:
        pages.tell("in", _("Granted: it stands on the next sheet.") if granted else _("Refused."))
    return redirect(PLACE)


def _pay(error: str = "") -> str:
    with services().db.read() as session:
        now_in = zone.of(session).key
        return render_template(
            "review/pay.html", places=zone.known(), place=now_in, by_decision=pay.by_decision(session), error=error
        )


def _refused(error: RefusedError) -> str:
    return _("That doesn’t fit: %(why)s.", why=reasons.of(error))


def _key(month: Month) -> str:
    return f"{month.year:04d}-{month.month:02d}"


def _csv(text: str, name: str) -> Response:
    if not name.isascii():
        raise NotFoundError
    headers = {"Content-Disposition": f'attachment; filename="timesheet-{name}.csv"'}
    return Response(text, mimetype="text/csv", headers=headers)
