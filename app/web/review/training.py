"""The training queue: a new moderator's first hour, on invented cases with the keys of real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template
from flask_babel import gettext as _

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError, NotFoundError
from app.instance.first_rules import DEFAULTS
from app.reviewing import people
from app.web import forms, pages, sessions
from app.web.review import frame, words
from app.web.review.acting import Answer as Reply
from moderation.quality import exercises, practice
from moderation.quality.exercises import Answer, Exercise
from moderation.quality.tables import PracticeRow

blueprint = frame.blueprint("training")


@dataclass(frozen=True, slots=True)
class Line:
    """An exercise in the list of results."""

    exercise: Exercise
    title: str
    row: PracticeRow | None
    said: str


@blueprint.get("/training")
@sessions.at_least(Role.TRAINEE)
def training() -> str:
    """What it is, how far one is, and every answer so far."""
    with services().db.read() as session:
        done = practice.answers(session, sessions.required().username)
    lines = [_line(each, done.get(each.key)) for each in exercises.exercises()]
    first = next((each.exercise for each in lines if each.row is None), None)
    right = sum(each.row is not None and each.row.right for each in lines)
    return render_template("review/training.html", lines=lines, first=first, done=len(done), right=right)


@blueprint.get("/training/<key>")
@sessions.at_least(Role.TRAINEE)
def exercise(key: str) -> str:
    """One exercise; once it is answered, also what is right, and why."""
    found = _find(key)
    with services().db.read() as session:
        done = practice.answers(session, sessions.required().username)
    row = done.get(key)
    return render_template(
        "review/exercise.html",
        one=found,
        number=[each.key for each in exercises.exercises()].index(key) + 1,
        of=len(exercises.exercises()),
        badge=words.named(found.label, reported=bool(found.reports)),
        row=row,
        said=answer_words(Answer(row.answer)) if row else "",
        accepted=[answer_words(each) for each in Answer if each in found.accepted],
        rule=_rule(found),
        following=exercises.after(key, list(done)) if row else None,
    )


@blueprint.post("/training/<key>")
@sessions.at_least(Role.TRAINEE)
def answer(key: str) -> Reply:
    """Answer; the same page says what is right."""
    found, given = _find(key), forms.line("answer", 20)
    if given not in {each.value for each in Answer}:
        raise InvalidError(_("Choose what you would do"), code="action_missing")
    by = people.require(frame.account(), people.LOOK)
    with services().db.write() as session:
        practice.answer(session, by, found, Answer(given), services().clock.now())
    return redirect(f"/review/training/{key}")


@blueprint.post("/training")
@sessions.at_least(Role.TRAINEE)
def again() -> Reply:
    """Begin anew."""
    by = people.require(frame.account(), people.LOOK)
    with services().db.write() as session:
        practice.again(session, by)
    return redirect("/review/training")


def answer_words(value: Answer) -> str:
    """What was answered."""
    return {
        Answer.KEEP: _("leave it"),
        Answer.LABEL: _("put behind a warning"),
        Answer.LIMIT: _("take off the public timelines"),
        Answer.REMOVE: _("remove"),
        Answer.SPAM: _("clear all like it as spam"),
        Answer.ACCOUNT: _("do something about the account"),
        Answer.ESCALATE: _("escalate"),
        Answer.CARE: _("send care"),
    }[value]


def _line(each: Exercise, row: PracticeRow | None) -> Line:
    text = " ".join(each.text.said(pages.language()).split())
    said = answer_words(Answer(row.answer)) if row else ""
    return Line(each, text if len(text) <= 90 else text[:89] + "…", row, said)


def _rule(found: Exercise) -> str:
    """The rule that speaks of it, as a house begins with it."""
    if found.rule is None:
        return ""
    text: Sequence[str] = (DEFAULTS[found.rule - 1].text_en, DEFAULTS[found.rule - 1].text_fr)
    return text[1] if pages.language() == "fr" else text[0]


def _find(key: str) -> Exercise:
    found = exercises.find(key)
    if found is None:
        raise NotFoundError()
    return found
