"""What is watched for drift, and its bins, in words."""

from __future__ import annotations

from typing import Final

from babel import Locale
from flask_babel import format_decimal
from flask_babel import gettext as _

from app.web import labels, pages
from app.web.review import rating_words
from moderation.drift import calibration, counting, measures
from moderation.values import Outcome

SHOWN: Final = 4
"""So many names of joined bins are said; the rest is counted."""


def name(measure: str) -> str:
    """What is measured."""
    if measure.startswith(measures.SCORE):
        return labels.name(measure.removeprefix(measures.SCORE))
    return {
        measures.LENGTH: _("length of texts"),
        measures.LINKS: _("links in a post"),
        measures.LANGUAGE: _("languages"),
        measures.DISGUISED: _("disguised texts"),
        measures.ABSTAINED: _("texts that the model doesn’t judge"),
        measures.OUTCOME: _("what the door said"),
    }[measure]


def told(measure: str) -> str:
    """Which share its curve shows."""
    if measure.startswith(measures.SCORE):
        return _("share of posts with a score of 0.5 or more")
    return {
        measures.LENGTH: _("share of texts with 300 characters or more"),
        measures.LINKS: _("share of posts with a link"),
        measures.LANGUAGE: _("share in other languages than the most frequent one"),
        measures.DISGUISED: _("share of texts written to be read by people and not by machines"),
        measures.ABSTAINED: _("share of texts on which the model abstained"),
        measures.OUTCOME: _("share of posts that were not simply let in"),
    }[measure]


def bins(measure: str, joined: tuple[str, ...]) -> str:
    """A bin, or several together."""
    edges = [measures.edges(measure, each) for each in joined]
    first, last = edges[0], edges[-1]
    if first is not None and last is not None:
        return _range(first[0], last[1], whole=measure == measures.LENGTH)
    if measure == measures.LINKS:
        return _links(joined)
    said = [_one(measure, each) for each in joined]
    more = len(said) - SHOWN
    return ", ".join(said) if more <= 0 else _("%(some)s and %(count)s more", some=", ".join(said[:SHOWN]), count=more)


def _range(below: float, above: float | None, *, whole: bool) -> str:
    if above is None:
        return _("%(least)s or more", least=format_decimal(below))
    if whole:
        return _("%(least)s to %(most)s", least=format_decimal(below), most=format_decimal(above - 1))
    return _("%(least)s to %(most)s", least=_decimal(below), most=_decimal(above))


def _links(joined: tuple[str, ...]) -> str:
    first, last = int(joined[0]), int(joined[-1])
    if last == measures.MOST_LINKS:
        return _("%(least)s or more", least=first)
    return str(first) if first == last else _("%(least)s to %(most)s", least=first, most=last)


def _one(measure: str, bin_: str) -> str:
    if measure == measures.OUTCOME:
        return rating_words.machine(Outcome(bin_)) if bin_ != Outcome.HOLD else _("held")
    if measure == measures.LANGUAGE:
        return language(bin_)
    return _("yes") if bin_ == measures.YES else _("no")


def scores_from(edge: float) -> str:
    """Scores from here on, up to the next step."""
    steps = [*calibration.BINS, 1.0]
    above = next(each for each in steps if each > edge)
    return _range(edge, above, whole=False)


def language(code: str) -> str:
    """A language's name, in the reader's; its code where it has none."""
    if code == measures.UNSAID:
        return _("not said")
    if code == counting.OTHER_LANGUAGE:
        return _("others")
    return str(Locale.parse(pages.language()).languages.get(code, code))


def _decimal(value: float) -> str:
    return str(format_decimal(value, format="0.###"))
