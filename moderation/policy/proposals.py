"""What each finding proposes, already softened by who wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from moderation import second_model
from moderation.checks.values import Context
from moderation.listed.tables import ListSeverity
from moderation.patterns.tables import PatternSeverity
from moderation.policy.lines import Lines
from moderation.values import Finding, Origin, Outcome, Severity, Submission

DOMAIN_OUTCOMES: Final[Mapping[str, Outcome]] = {
    Severity.SUSPEND: Outcome.REJECT,
    Severity.SILENCE: Outcome.LIMIT,
    Severity.HOLD: Outcome.HOLD,
}
"""`filter` has its say in the lines, `allow` in who is trusted; `noop` only records."""

LISTED_OUTCOMES: Final[Mapping[str, Outcome]] = {
    ListSeverity.SENSITIVE: Outcome.LABEL,
    ListSeverity.HOLD: Outcome.HOLD,
    ListSeverity.REJECT: Outcome.REJECT,
    ListSeverity.QUARANTINE: Outcome.HOLD,
}
UNREAD: Final = ("text_too_long", "text_illegible")
"""Findings that so much of a text couldn't be read by machines that a person has to."""
SEALED_SEVERITY: Final = 10.0
PATTERN_OUTCOMES: Final[Mapping[str, Outcome]] = {
    PatternSeverity.LABEL: Outcome.LABEL,
    PatternSeverity.LIMIT: Outcome.LIMIT,
    PatternSeverity.HOLD: Outcome.HOLD,
    PatternSeverity.REJECT: Outcome.REJECT,
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """An outcome that something speaks for."""

    outcome: Outcome
    reason: str
    label: str | None = None
    severity: float = 0.0
    machine: bool = True
    """Whether no person asked for it: it is under the budget."""
    endless: bool = False
    """Whether a hold of this doesn't end by itself."""
    quarantine: bool = False
    """Whether what it is about is sealed."""


def propose(submission: Submission, findings: Sequence[Finding], context: Context, lines: Lines) -> list[Proposal]:
    """Everything that speaks for more than letting it in."""
    rule = next((each.details["severity"] for each in findings if each.check == "domain_rules"), None)
    trusted = _is_trusted(submission, context, rule)
    found = [Proposal(Outcome.LIMIT, "author_silenced", machine=False)] if submission.author.silenced else []
    if submission.extra.get("quiet_day"):
        found.append(Proposal(Outcome.LIMIT, "quiet_day", machine=False))
    for finding in findings:
        if finding.check == "listed_hashes":
            found += _of_list(submission, finding, context)
        elif finding.check in ("patterns", "instance_rules"):
            found.append(_of_pattern(finding, context))
        elif finding.score is not None:
            if context.trusts(submission.author.uri, finding.label):
                found.append(Proposal(Outcome.APPROVE, "author_trusted", finding.label))
                continue
            if finding.check == "nudity":
                found += _of_nudity(submission, finding, context, trusted)
            else:
                own = lines if finding.check != second_model.NAME else Lines.of_second(context)
                found += _of_score(finding, context, own, trusted, rule == Severity.FILTER)
        elif finding.why in UNREAD:
            found += [] if trusted else [Proposal(Outcome.HOLD, finding.why, severity=1.0)]
        elif finding.why == "spam_sending":
            found += (
                [] if trusted or context.trusts(submission.author.uri, "spam") else _of_sending(finding, context, lines)
            )
        else:
            found += _of_fact(finding, context, lines)
    return found


def _is_trusted(submission: Submission, context: Context, rule: str | None) -> bool:
    """Whether the text model alone doesn't hold this author's posts."""
    if rule == Severity.FILTER:
        return False
    if submission.reply_between_mutuals or context.is_proven(submission.author.uri):
        return True
    return rule == Severity.ALLOW and submission.author.origin is Origin.REMOTE


def _of_score(finding: Finding, context: Context, lines: Lines, trusted: bool, filtered: bool) -> list[Proposal]:
    label, score = finding.label, finding.score or 0.0
    severity = context.policy.labels[label].severity if label in context.policy.labels else 1.0
    if _reaches(score, lines.hold.get(label)):
        outcome = Outcome.LABEL if trusted else Outcome.HOLD
        reason = "text_model_trusted" if trusted else "text_model"
        return [Proposal(outcome, reason, label, severity)]
    if _reaches(score, lines.hold_later.get(label)):
        if context.policy.adapted_by(label, context.now) and label in lines.hold:
            both = (Outcome.LIMIT, Outcome.LABEL)  # as what is over the budget: seen by fewer, behind a warning
            return [Proposal(outcome, "text_model_adapted", label, severity) for outcome in both]
        return [Proposal(Outcome.LABEL, "text_model_careful", label, severity)]
    found = []
    if _reaches(score, lines.limit.get(label)):
        found.append(Proposal(Outcome.LIMIT, "text_model", label, severity))
    if _reaches(score, lines.label.get(label)):
        outcome = Outcome.LIMIT if filtered else Outcome.LABEL
        found.append(Proposal(outcome, "text_model", label, severity))
    return found


def _of_list(submission: Submission, finding: Finding, context: Context) -> list[Proposal]:
    """A person listed it: nothing softens that."""
    severity, label = finding.details["severity"], finding.label
    outcome = LISTED_OUTCOMES[severity]
    if outcome is Outcome.LABEL and submission.behind_warning:
        return []
    sealed = severity == ListSeverity.QUARANTINE
    weight = SEALED_SEVERITY if sealed else context.policy.labels[label].severity
    return [Proposal(outcome, finding.why, label, weight, machine=False, endless=True, quarantine=sealed)]


def _of_pattern(finding: Finding, context: Context) -> Proposal:
    """A person wrote it: nothing softens that, and a hold of it waits for a person."""
    outcome, weight = PATTERN_OUTCOMES[finding.details["severity"]], context.policy.labels[finding.label].severity
    return Proposal(outcome, finding.why, finding.label, weight, machine=False, endless=True)


def _of_nudity(submission: Submission, finding: Finding, context: Context, trusted: bool) -> list[Proposal]:
    """What the image classifier asks for; pictures behind a warning of their author's need none of ours."""
    lines, label, score = context.policy.pictures.nudity, finding.label, finding.score or 0.0
    severity = context.policy.labels[label].severity
    if _reaches(score, lines.reject):
        return [Proposal(Outcome.REJECT, "nudity", label, severity)]
    if _reaches(score, lines.hold):
        careful = context.policy.is_careful(context.now) and label not in context.policy.careful.hold
        if not (trusted or careful):
            return [Proposal(Outcome.HOLD, "nudity", label, severity)]
        return [Proposal(Outcome.LABEL, "nudity_trusted" if trusted else "nudity_careful", label, severity)]
    found = [Proposal(Outcome.LIMIT, "nudity", label, severity)] if _reaches(score, lines.limit) else []
    if _reaches(score, lines.label) and not submission.behind_warning:
        found.append(Proposal(Outcome.LABEL, "nudity", label, severity))
    return found


def _of_fact(finding: Finding, context: Context, lines: Lines) -> list[Proposal]:
    if finding.check == "domain_rules":
        if finding.details.get("strangers"):
            return [Proposal(Outcome.REJECT, "domain_strangers", machine=False)]
        outcome = DOMAIN_OUTCOMES.get(finding.details["severity"])
        endless = not finding.details.get("unknown")
        return [Proposal(outcome, finding.why, machine=False, endless=endless)] if outcome else []
    severity = context.policy.labels["spam"].severity
    if finding.why == "confirmed_wave":
        return [Proposal(Outcome.REJECT, "confirmed_wave", "spam", severity, machine=False)]
    if finding.why == "link_rule":
        return [Proposal(Outcome.REJECT, "link_rule", "spam", severity, machine=False)]
    if finding.why == "wave":
        return [Proposal(Outcome.HOLD, "wave", "spam", severity, endless=True)]
    if finding.why == "spam_behaviour":
        return _of_points(float(finding.details["points"]), severity, lines)
    return []


def _of_sending(finding: Finding, context: Context, lines: Lines) -> list[Proposal]:
    score, severity = float(finding.details["score"]), context.policy.labels["spam"].severity
    if _reaches(score, lines.sending_hold):
        return [Proposal(Outcome.HOLD, finding.why, "spam", severity)]
    return [Proposal(Outcome.LIMIT, finding.why, "spam", severity)] if _reaches(score, lines.sending_limit) else []


def _of_points(points: float, severity: float, lines: Lines) -> list[Proposal]:
    if lines.behaviour_hold is not None and points >= lines.behaviour_hold:
        return [Proposal(Outcome.HOLD, "spam_behaviour", "spam", severity)]
    if lines.behaviour_limit is not None and points >= lines.behaviour_limit:
        return [Proposal(Outcome.LIMIT, "spam_behaviour", "spam", severity)]
    return []


def _reaches(score: float, line: float | None) -> bool:
    return line is not None and score >= line
