"""For leads: how far people agree rule by rule, what machines get wrong, and what two readers said differently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.current import services
from app.reviewing import opinions, people, practising
from app.web import forms, house, labels, pages, sessions
from app.web.review import frame, keymap, rating_words, words
from app.web.review.acting import Answer
from models.labels import LABELS
from moderation.audits import rates
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.evidence.snapshots import latest
from moderation.policy import store
from moderation.quality import golden, ratings, readings, reviews
from moderation.quality.readings import OfRule
from moderation.quality.tables import GoldenAnswerRow, GoldenRow, ReviewRow
from moderation.rows import slices

blueprint = frame.blueprint("quality")
EXCERPT = 240


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule with how far people agree on it."""

    name: str
    found: OfRule


@dataclass(frozen=True, slots=True)
class ReviewView:
    """Two answers to one case that differ."""

    row: ReviewRow
    category: str
    excerpt: str
    second: DecisionRequest
    direction: str
    changeable: bool


@dataclass(frozen=True, slots=True)
class DisputeView:
    """Somebody disagrees with the crew."""

    given: GoldenAnswerRow
    golden: GoldenRow
    excerpt: str


@blueprint.get("/quality")
@sessions.at_least(people.RULES)
def quality() -> str:
    """Rules, machines, differing answers. Nobody is ranked."""
    now = services().clock.now()
    with services().db.read() as session:
        found = readings.overview(session)
        names = rule_names(session)
        apart = reviews.differing(session)
        disputes = golden.disputes(session)
        cases = {one.case_id for rule in found.rules for one in rule.differing}
        texts = excerpts(session, [*cases, *(row.case_id for row in apart), *(row.case_id for _given, row in disputes)])
        return render_template(
            "review/quality.html",
            found=found,
            rules=[RuleView(names.get(each.rule_id) or each.rule_id, each) for each in found.rules],
            machines=rates.error_rates(session, now),
            apart=[_review(row, row.second_request, texts) for row in apart if row.second_request],
            disputes=[DisputeView(given, row, texts.get(row.case_id, "")) for given, row in disputes],
            texts=texts,
            policy=store.current(session),
            others=people.has_others(session, sessions.required().username, now),
            names=names,
            rating=rating_words.rating,
            machine=rating_words.machine,
            action=words.action,
            figure=rating_words.figure,
            interval=rating_words.interval,
            percent_words=rating_words.percent,
        )


@blueprint.post("/quality/reviews/<int:number>/uphold")
@sessions.at_least(people.RULES)
def uphold(number: int) -> Answer:
    """Leave the first decision."""
    opinions.uphold(services(), frame.account(), number)
    pages.tell("in", _("It stays as it was decided first."))
    return redirect("/review/quality")


@blueprint.post("/quality/reviews/<int:number>/change")
@sessions.at_least(people.RULES)
def change(number: int) -> Answer:
    """Take the first decision back, and decide as the second reader would."""
    done = opinions.change(services(), frame.account(), number).decision
    pages.tell("in", keymap.undoable(_("Changed: %(what)s.", what=words.action(done.action))))
    return redirect("/review/quality")


@blueprint.post("/quality/disputes/<int:number>")
@sessions.at_least(people.RULES)
def rule(number: int) -> Answer:
    """A lead's word on a golden case that somebody thinks wrong."""
    right = forms.line("right", 3) == "yes"
    practising.rule(services(), frame.account(), number, forms.text("reply", 2000).strip(), right=right)
    pages.tell("in", _("The golden case is taken out of use.") if right else _("It stays in use."))
    return redirect("/review/quality")


def rule_names(session: Session) -> Mapping[str, str]:
    """The house's rules as a line each, by what decisions call them."""
    return {str(each.id): f"{each.number}. {each.text}" for each in house.rules(session)}


def excerpts(session: Session, case_ids: Iterable[int]) -> dict[int, str]:
    """A line of each case's evidence."""
    found: dict[int, str] = {}
    for part in slices(case_ids):
        uris: Sequence[tuple[int, str]] = [
            (number, uri)
            for number, uri in session.execute(select(CaseRow.id, CaseRow.uri).where(CaseRow.id.in_(part)))
        ]
        texts = latest(session, [uri for _number, uri in uris])
        found |= {
            number: " ".join(texts[uri].text.split())[:EXCERPT] if uri in texts else _("(gone since)")
            for number, uri in uris
        }
    return found


def _review(row: ReviewRow, second: Mapping[str, Any], texts: Mapping[int, str]) -> ReviewView:
    category = labels.name(row.category) if row.category in LABELS else words.category(row.category)
    return ReviewView(
        row,
        category,
        texts.get(row.case_id, ""),
        ratings.from_json(second),
        reviews.direction(row),
        reviews.changeable(row),
    )
