"""The models as they learn here: versions, what they learnt from, the gates, the shadow runs, and which is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import AccountRow
from app.current import services
from app.reviewing import learning, people
from app.services import Services
from app.web import choices, labels, pages, reasons, sessions
from app.web.review import frame, model_words
from models import behaviour, registry
from models.errors import ModelError
from models.local import named
from models.registry import Version
from moderation.errors import NotFoundError, RefusedError
from moderation.learning import examples, rescoring, taught, trainings, uses
from moderation.learning.tables import ModelUseRow, ShadowRow, TrainingRow, TrainingState
from moderation.learning.values import ModelKind
from moderation.policy import store

blueprint = frame.blueprint("model")
HOME = "/review/model"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the gate's table, in words."""

    area: str
    measure: str
    part: str
    before: float
    after: float
    tolerance: float
    n: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A model beside the text model: which version is asked, what was asked before, and which there are."""

    kind: ModelKind
    versions: Sequence[str]
    """The names of those that are shipped, the current one first."""
    use: ModelUseRow | None
    former: ModelUseRow | None
    rows: Sequence[TrainingRow]
    history: Sequence[ModelUseRow]

    @property
    def shipped(self) -> str:
        """The name of the current shipped version; empty where none is shipped."""
        return self.versions[0] if self.versions else ""

    @property
    def version(self) -> str:
        """What is asked; empty where nothing is."""
        return (self.use.version if self.use is not None else None) or self.shipped

    @property
    def before(self) -> str:
        """What a roll-back puts in use; empty where that is nothing."""
        return (self.former.version if self.former is not None else None) or self.shipped

    @property
    def goes_back(self) -> bool:
        """Whether there is something to roll back."""
        return self.use is not None and (self.use.version is not None or self.former is not None)


@blueprint.get("/model")
@sessions.at_least(people.PEOPLE)
def overview() -> str:
    """What judges, what could, and what there is to learn from."""
    with services().db.read() as session:
        rows = trainings.several(session)
        use = uses.current(session)
        return render_template(
            "review/model.html",
            rows=rows,
            open_one=trainings.open_one(session),
            is_lost=lambda row: trainings.is_lost(row, services().clock.now()),
            use=use,
            history=uses.several(session),
            former=uses.former(session),
            panels=[_panel(session, kind) for kind in (ModelKind.BEHAVIOUR, ModelKind.CONTEXT)],
            counts=examples.count(session),
            taught=taught.count(session),
            every_days=store.current(session).learning.every_days,
            rescoring=rescoring.newest(session),
            shipped=_shipped(),
            shipped_versions=sorted(_versions(), key=lambda each: not each.current),
            is_own=named.is_own,
            acts=frame.can(people.RULES),
            states=model_words.states(),
            words=model_words,
            label=labels.name,
        )


@blueprint.get("/model/<int:number>")
@sessions.at_least(people.PEOPLE)
def one(number: int) -> str:
    """One training: what it learnt from, what the gate compared, and what it would say of live posts."""
    with services().db.read() as session:
        row = session.get(TrainingRow, number)
        if row is None:
            raise NotFoundError("there is no such training")
        use = uses.current(session, row.kind)
        compared = [_line(each) for each in row.judged.get("compared", ())]
        return render_template(
            "review/model-training.html",
            row=row,
            worse=[each for each in compared if not each.passed],
            compared=compared,
            shadow=session.get(ShadowRow, row.version) if row.version is not None else None,
            in_use=use is not None and row.version is not None and use.version == row.version,
            may_promote=frame.can(people.RULES) and row.state is TrainingState.CANDIDATE,
            kind=model_words.kinds()[row.kind],
            states=model_words.states(),
            words=model_words,
            label=labels.name,
            language_name=choices.language_name,
        )


@blueprint.post("/model/retrain")
@sessions.at_least(people.RULES)
def retrain() -> Response:
    """Have all of them learn anew."""
    return _act(learning.ask, _("They learn as soon as the worker comes to it. This page says how far it is."))


@blueprint.post("/model/retrain/cancel")
@sessions.at_least(people.RULES)
def cancel() -> Response:
    """End what waits or is under way."""
    return _act(learning.cancel, _("Nothing learns any more. What there was stays as it was."))


@blueprint.post("/model/<int:number>/promote")
@sessions.at_least(people.RULES)
def promote(number: int) -> Response:
    """Put a version in use."""
    with services().db.read() as session:
        row = session.get(TrainingRow, number)
        version = (row.version or "") if row is not None else ""

    def put(given: Services, account: AccountRow) -> None:
        learning.promote(given, account, version)

    return _act(put, _("It judges from the next post on."))


@blueprint.post("/model/shipped")
@sessions.at_least(people.RULES)
def shipped() -> Response:
    """Put a shipped version in use: the current one, unless another is named; of the context model: ask none."""
    name, kind = request.form.get("version", ""), _kind()

    def put(given: Services, account: AccountRow) -> None:
        learning.put_shipped(given, account, name, kind)

    done = _("The shipped version judges from the next post on.")
    if kind is ModelKind.CONTEXT:
        done = _("No context model is asked from the next post on.")
    return _act(put, _("It judges from the next post on.") if name else done)


@blueprint.post("/model/roll-back")
@sessions.at_least(people.RULES)
def roll_back() -> Response:
    """Put in use again what was in use before."""
    kind = _kind()

    def back(given: Services, account: AccountRow) -> None:
        learning.roll_back(given, account, kind)

    return _act(back, _("What judged before judges again, from the next post on."))


def _kind() -> ModelKind:
    """Which model a form is about; the text model unless it says. Raises NotFoundError for a word that is none."""
    try:
        return ModelKind(request.form.get("kind", ModelKind.TEXT.value))
    except ValueError as error:
        raise NotFoundError("there is no such model") from error


def _panel(session: Session, kind: ModelKind) -> Panel:
    return Panel(
        kind,
        _shipped_behaviours() if kind is ModelKind.BEHAVIOUR else (),
        uses.current(session, kind),
        uses.former(session, kind),
        trainings.several(session, kind=kind),
        uses.several(session, kind=kind),
    )


def _shipped_behaviours() -> Sequence[str]:
    try:
        return behaviour.versions()
    except ModelError:
        return ("–",)


def _act(do: Callable[[Services, AccountRow], None], done: str) -> Response:
    try:
        do(services(), frame.account())
    except RefusedError as error:
        pages.tell("hold", _("That doesn’t fit: %(why)s.", why=reasons.of(error)))
    else:
        pages.tell("in", done)
    return redirect(HOME)


def _shipped() -> str:
    try:
        return registry.current().name
    except ModelError:
        return "–"


def _versions() -> list[Version]:
    """None where it can't be read which one is current; the alarm and "In use" say so."""
    try:
        return registry.versions()
    except ModelError:
        return []


def _line(each: dict[str, Any]) -> Line:
    return Line(
        model_words.areas().get(each["area"], each["area"]),
        model_words.measures().get(each["measure"], each["measure"]),
        model_words.part(each["part"]),
        each["before"],
        each["after"],
        each["tolerance"],
        each["n"],
        each["passed"],
    )
