"""Golden cases: made by two, met unannounced, explained at once, and disputable."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_babel import gettext as _

from app.current import services
from app.errors import InvalidError, NotFoundError
from app.reviewing import people, practising
from app.web import forms, pages, sessions
from app.web.review import frame, rating_words, words
from app.web.review.acting import Answer
from app.web.review.quality import excerpts, rule_names
from moderation.quality import golden as cases
from moderation.quality.ratings import Rating
from moderation.quality.tables import GoldenAnswerRow

blueprint = frame.blueprint("golden")


@blueprint.get("/golden")
@sessions.at_least(people.PEOPLE)
def listed() -> str:
    """What is in use, and what waits for its second person."""
    me = sessions.required().username
    with services().db.read() as session:
        rows = cases.listed(session)
        return render_template(
            "review/golden-list.html",
            rows=rows,
            reader=me,
            texts=excerpts(session, [row.case_id for row in rows]),
            names=rule_names(session),
            rating=rating_words.rating,
        )


@blueprint.get("/golden/<int:number>")
@sessions.at_least(people.WORK)
def answered(number: int) -> str:
    """What the crew agreed on and why, after one's own answer."""
    me = sessions.required().username
    with services().db.read() as session:
        given = session.get(GoldenAnswerRow, number)
        if given is None or given.by != me or given.action is None:
            raise NotFoundError()
        row = cases.find(session, given.golden_id)
        return render_template(
            "review/golden.html",
            given=given,
            golden=row,
            said=words.action(given.action),
            text=excerpts(session, [row.case_id])[row.case_id],
            rule=rule_names(session).get(row.rule_id or ""),
            accepted=[rating_words.rating(each) for each in row.accepted],
        )


@blueprint.post("/golden/<int:number>/dispute")
@sessions.at_least(people.WORK)
def dispute(number: int) -> Answer:
    """Somebody disagrees with the crew."""
    practising.dispute(services(), frame.account(), number, forms.text("why", 2000).strip())
    pages.tell("in", _("A lead reads what you think of it. Thank you."))
    return redirect(f"/review/golden/{number}")


@blueprint.post("/case/<int:number>/golden")
@sessions.at_least(people.PEOPLE)
def promote(number: int) -> Answer:
    """Propose a decided case for practice."""
    known = {each.value for each in Rating}
    accepted = [Rating(each) for each in request.form.getlist("accepted") if each in known]
    why = forms.text("rationale", 2000).strip()
    if not accepted or not why:
        raise InvalidError(_("Say which answers are right, and why"), code="golden_incomplete")
    alone = practising.promote(
        services(), frame.account(), number, accepted, forms.line("rule_golden", 18) or None, why
    )
    said = _("It is a golden case now: you are the only one here, so one person is enough.")
    pages.tell("in", said if alone else _("Proposed as a golden case. Somebody else confirms it."))
    return redirect("/review/golden")


@blueprint.post("/golden/<int:number>/confirm")
@sessions.at_least(people.PEOPLE)
def confirm(number: int) -> Answer:
    """The second person's word."""
    practising.confirm(services(), frame.account(), number)
    pages.tell("in", _("Confirmed: others meet it from now on."))
    return redirect("/review/golden")


@blueprint.post("/golden/<int:number>/retire")
@sessions.at_least(people.PEOPLE)
def retire(number: int) -> Answer:
    """Take it out of use."""
    practising.retire(services(), frame.account(), number)
    pages.tell("note", _("The golden case is taken out of use."))
    return redirect("/review/golden")
