"""What the page suggests for a case: one thing, from what machines found and who reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from app.web.house import Rule
from moderation.cases.values import CaseDetail
from moderation.values import CaseOrigin, Outcome

TRUSTED = 0.7
"""A reporter who was right this often is worth following."""
SURE = 0.8
AGREES = 0.5
_HOLDS = (CaseOrigin.HOLD, CaseOrigin.RETRY)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`what` is `keep`, `cluster` or `remove`; `why` is said under the button."""

    what: str
    why: str


def keep_action(detail: CaseDetail) -> str:
    """What keeping means here: letting in what waits, leaving alone what is there."""
    return "approve" if detail.held or is_hidden(detail) else "no_action"


def is_hidden(detail: CaseDetail) -> bool:
    """Whether it was taken away, as what a frozen author mended: keeping it is to show it again."""
    return not detail.held and detail.verdict is not None and detail.verdict.outcome is Outcome.REJECT


def is_restrained(detail: CaseDetail) -> bool:
    """Whether it is shown behind a warning or off the public timelines, which a person may lift."""
    return not detail.held and detail.verdict is not None and detail.verdict.outcome in (Outcome.LABEL, Outcome.LIMIT)


def suggest(detail: CaseDetail, score: float | None) -> Suggestion:
    """One thing. A machine's certainty or a trusted reporter speaks for removing; else it stays, or is let in."""
    case = detail.case
    if case.origin is CaseOrigin.WAVE and case.members > 1:
        return Suggestion("cluster", _("They are removed together, and reporters get an answer."))
    if case.origin is CaseOrigin.CARE:
        return Suggestion("keep", _("Perhaps write to them first, or ask somebody who knows them."))
    if case.origin is CaseOrigin.AUDIT:
        return Suggestion("keep", _("Most of these are well where they are."))
    if case.reports and max((each.reporter_accuracy or 0.0 for each in detail.reports), default=0.0) >= TRUSTED:
        return Suggestion("remove", _("Somebody whose reports were mostly right reported it."))
    if case.reports and score is not None and score >= AGREES:
        return Suggestion("remove", _("A machine and somebody who reported it say the same."))
    if case.origin in _HOLDS and score is not None and score >= SURE:
        return Suggestion("remove", _("The machine is sure; it has been wrong before. Read it first."))
    return Suggestion("keep", _("Nothing speaks clearly against it. Read it first."))


def rule_for(detail: CaseDetail, rules: Sequence[Rule]) -> Rule | None:
    """The rule that a report names, or the first that is about what the case is."""
    named = {one for report in detail.reports for one in report.rule_ids}
    for rule in rules:
        if str(rule.id) in named:
            return rule
    return next((rule for rule in rules if detail.case.label in rule.about), None)


def reason(rule: str, number: int, locale: str) -> str:
    """What the author will read, in their language, until a moderator writes something better."""
    with force_locale(locale):
        return _("This breaks rule %(number)s of this house: “%(rule)s”", number=number, rule=rule)


def reason_without_rule(locale: str) -> str:
    """The same where no rule is named."""
    with force_locale(locale):
        return _("This can’t stay here.")
