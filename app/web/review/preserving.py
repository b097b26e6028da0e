"""Orders to preserve: listed, made, given another end, lifted; and the second person's word on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.errors import AppError, InvalidError
from app.preservation import ordering
from app.web import forms, pages, reasons, sessions
from app.web.review import conflicts, frame
from moderation.errors import ModerationError
from moderation.preservation import acts, orders
from moderation.preservation.orders import Order
from moderation.preservation.tables import ActKind, ActState, OrderActRow, OrderKind, PreservationOrderRow

blueprint = frame.blueprint("preserving")
Answer = str | tuple[str, int] | Response
HOME = "/review/preservation"
FIELDS = ("kind", "target", "ordered_by", "reference", "jurisdiction", "from", "until")
LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Shown:
    """An order with what was done to it, and whether it is in force."""

    row: PreservationOrderRow
    acts: tuple[OrderActRow, ...]
    chip: str
    word: str
    running: bool

    @property
    def waiting(self) -> tuple[OrderActRow, ...]:
        """What waits for a second person."""
        return tuple(act for act in self.acts if act.state is ActState.WAITING)

    @property
    def ends_asked(self) -> bool:
        """Whether a second person is asked about its end."""
        return any(act.what in (ActKind.LIFTED, ActKind.SHORTENED) for act in self.waiting)


@blueprint.get("/preservation")
@sessions.at_least(Role.ADMIN)
def listed() -> str:
    """Every order, those first that wait for a second person."""
    return _page()


@blueprint.post("/preservation")
@sessions.at_least(Role.ADMIN)
def make_one() -> Answer:
    """Write one down."""
    try:
        make(_kind(forms.line("kind", 20)), forms.line("target", LONGEST))
    except (AppError, ModerationError) as error:
        words = conflicts.words(error) if isinstance(error, ModerationError) else reasons.of(error)
        return _page(words, {name: forms.line(name, LONGEST) for name in FIELDS}), error.status
    return redirect(HOME)


@blueprint.post("/preservation/<int:number>/end")
@sessions.at_least(Role.ADMIN)
def end_one(number: int) -> Response:
    """Another end."""
    change_end(number)
    return redirect(HOME)


@blueprint.post("/preservation/<int:number>/lift")
@sessions.at_least(Role.ADMIN)
def lift_one(number: int) -> Response:
    """Its end."""
    lift(number)
    return redirect(HOME)


@blueprint.post("/preservation/acts/<int:act>")
@sessions.at_least(Role.ADMIN)
def answer_one(act: int) -> Response:
    """The second person's word."""
    answer(act)
    return redirect(HOME)


def make(kind: OrderKind, target: str) -> None:
    """Write down the order that the form tells of. Raises InvalidError for what is no day, and as `ordering.make`."""
    order = Order(
        kind,
        target,
        forms.line("ordered_by", 500),
        forms.line("reference", 255),
        forms.line("jurisdiction", 64),
        _day("from"),
        _day("until"),
    )
    ordering.make(services(), frame.account(), order)
    pages.tell("in", _("It stands, and holds from its first day on."))


def change_end(number: int) -> None:
    """Give it the end that the form says."""
    act = ordering.change_end(services(), frame.account(), number, _day("until"), forms.line("why", 500))
    _told(act)


def lift(number: int) -> None:
    """End it for the reason that the form says."""
    _told(ordering.lift(services(), frame.account(), number, forms.line("why", 500)))


def answer(act_id: int) -> None:
    """Confirm, refuse, or take back, as the button says."""
    said = forms.line("answer", 20)
    if said == "back":
        ordering.take_back(services(), frame.account(), act_id)
    elif said in ("yes", "no"):
        ordering.answer(services(), frame.account(), act_id, yes=said == "yes")
    else:
        raise InvalidError(_("Confirm it, or refuse it"), code="no_answer")
    pages.tell("in", _("Noted."))


def of_case(session: Session, number: int) -> list[Shown]:
    """The orders for one case."""
    return [each for each in _all(session) if each.row.case_id == number]


def _told(act: OrderActRow) -> None:
    if act.state is ActState.WAITING and act.what is not ActKind.EXTENDED:
        pages.tell("note", _("It waits for a second person; until then everything is kept."))
    else:
        pages.tell("in", _("Noted."))


def _page(error: str = "", typed: Mapping[str, str] | None = None) -> str:
    with services().db.read() as session:
        found = _all(session)
        alone = ordering.is_alone(session, services(), frame.account())
    found.sort(key=lambda each: (not each.waiting, not each.running))
    return render_template(
        "review/preservation.html",
        orders=found,
        alone=alone,
        error=error,
        typed=typed or {"target": request.args.get("target", "")[:LONGEST], "kind": request.args.get("kind", "")},
        own_name=sessions.required().username,
    )


def _all(session: Session) -> list[Shown]:
    rows = orders.listed(session)
    done = acts.of(session, [row.id for row in rows])
    return [_shown(row, done[row.id]) for row in rows]


def _shown(row: PreservationOrderRow, done: list[OrderActRow]) -> Shown:
    now = services().clock.now()
    if row.lifted_at is not None:
        chip, word, running = "", _("lifted"), False
    elif row.ends_at is not None and row.ends_at <= now:
        chip, word, running = "", _("over"), False
    elif row.begins_at > now:
        chip, word, running = "note", _("to come"), True
    else:
        chip, word, running = "in", _("in force"), True
    return Shown(row, tuple(done), chip, word, running)


def _kind(given: str) -> OrderKind:
    if given not in {each.value for each in OrderKind}:
        raise InvalidError(_("Say what is to be kept: an account, a post, a case or a server"), code="kind")
    return OrderKind(given)


def _day(name: str) -> datetime | None:
    """Midnight (UTC) of a day; None where none was given. Raises InvalidError."""
    given = forms.line(name, 10)
    try:
        return datetime.combine(date.fromisoformat(given), datetime.min.time(), UTC) if given else None
    except ValueError as error:
        raise InvalidError(_("That is no day"), code="day") from error
