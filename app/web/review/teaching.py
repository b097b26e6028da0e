"""Teaching the text model: one post at a time of which it is unsure, answered by a key, and nothing happens to it."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import AccountRow
from app.current import services
from app.errors import InvalidError
from app.reviewing import lessons, people
from app.reviewing.lessons import Question
from app.services import Services
from app.web import forms, labels, pages, reasons, sessions
from app.web.review import frame, model_words
from moderation.errors import HoursOverError, RefusedError
from moderation.learning import taught, teaching, trainings
from moderation.learning.values import Taught

blueprint = frame.blueprint("teaching")
PLACE = "/review/model/teach"
DIGITS = tuple((given, str(place)) for place, given in enumerate(sorted(lessons.HARMFUL, key=list(Taught).index), 1))
"""Which key says which harm; “none of these” and “can't tell” have the desk's keys for letting be and for going on."""


@blueprint.get("/model/teach")
@sessions.at_least(people.WORK)
def page() -> str:
    """The next question, what was answered last, and what all of it came to."""
    account, given = frame.account(), services()
    by, now = people.name_of(account), given.clock.now()
    with given.db.read() as session:
        question, hours_over = _question(session, account)
        return render_template(
            "review/teach.html",
            standing=teaching.standing(session, by, now),
            choices=teaching.HOURS,
            question=question,
            hours_over=hours_over,
            last=lessons.last(given, session, account),
            mine=teaching.counts(session, by),
            everybody=teaching.counts(session),
            posts=taught.count(session),
            trained=trainings.last_learnt(session),
            digits=DIGITS,
            words=model_words.taught(),
            label=labels.name,
            sees_model=frame.can(people.PEOPLE),
        )


@blueprint.post("/model/teach")
@sessions.at_least(people.WORK)
def begin() -> Response:
    """Teach, or with another number of posts an hour."""
    wanted = forms.number("an_hour", 3) or 0
    return _act(
        lambda given, account: lessons.begin(given, account, wanted),
        _("Thank you. The first question comes once the worker has looked for one."),
    )


@blueprint.post("/model/teach/stop")
@sessions.at_least(people.WORK)
def stop() -> Response:
    """Teach no more."""
    return _act(lessons.stop, _("You are asked nothing any more. What you answered stays."))


@blueprint.post("/model/teach/<int:number>")
@sessions.at_least(people.WORK)
def answer(number: int) -> Response:
    """One answer, to the text that was read."""
    said, digest = forms.line("answer", 20), forms.line("digest", 64)
    if said not in {each.value for each in Taught}:
        raise InvalidError(_("Choose what this post is"), code="answer_missing")
    return _act(lambda given, account: lessons.answer(given, account, number, Taught(said), digest))


@blueprint.post("/model/teach/undo")
@sessions.at_least(people.WORK)
def undo() -> Response:
    """Be asked again what was answered last."""

    def back(given: Services, account: AccountRow) -> None:
        lessons.take_back(given, account)

    return _act(back, _("Taken back: here it is again."))


@blueprint.post("/model/teach/<int:number>/report")
@sessions.at_least(people.WORK)
def report(number: int) -> Response:
    """Give the post to the queue, as any member's report does."""
    return _act(
        lambda given, account: lessons.report(given, account, number),
        _("Reported. A colleague looks at it; you don’t see it any more meanwhile."),
    )


def _act(do: Callable[[Services, AccountRow], None], done: str = "") -> Response:
    try:
        do(services(), frame.account())
    except HoursOverError:
        pass  # the page itself says so
    except RefusedError as error:
        pages.tell("hold", _("That doesn’t fit: %(why)s.", why=reasons.of(error)))
    else:
        if done:
            pages.tell("in", done)
    return redirect(PLACE)


def _question(session: Session, account: AccountRow) -> tuple[Question | None, bool]:
    try:
        return lessons.question(services(), session, account), False
    except HoursOverError:
        return None, True
