"""What findings lead to: pure, so that the same findings and the same policy always give the same judgement.

In this order: what each finding proposes; what softens a proposal (a good record, a reply between people who follow
each other, the careful start); the strongest; the table for private posts; the budget of people's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from moderation import second_model
from moderation.audits import spreading
from moderation.checks import in_context, sending
from moderation.checks.values import Context
from moderation.drift import measures
from moderation.instance_rules import evaluating
from moderation.policy.lines import Lines
from moderation.policy.private import for_private, reads_as_public
from moderation.policy.proposals import Proposal, propose
from moderation.values import PUBLIC_KINDS, Finding, Judgement, Outcome, Submission

STRENGTH = {outcome: strength for strength, outcome in enumerate(Outcome)}
UNSAID = (evaluating.SHADOW, evaluating.FAILED)
"""Of instance rules: what is only watched, or has no answer."""
WARNED = (Outcome.LABEL, Outcome.LIMIT)


@dataclass(slots=True)
class Purse:
    """What is left of the day's budgets while a batch is decided."""

    cases: int
    waves: int
    audits: int
    seen_waves: set[str]


def decide(
    batch: Sequence[Submission],
    findings: Sequence[Sequence[Finding]],
    failed: Sequence[tuple[str, ...]],
    context: Context,
) -> list[Judgement]:
    """A judgement for each submission; without an outcome where a check failed on it."""
    lines = Lines.of(context)
    purse = Purse(context.cases_left, context.waves_left, context.audits_left, set())
    judgements = []
    for submission, found, broken in zip(batch, findings, failed, strict=True):
        said = tuple(each for each in found if each.why not in UNSAID)
        if broken:
            judgements.append(_waiting(submission, said, broken, context))
            continue
        judgement = _judge(submission, said, context, lines, purse)
        shadows = tuple(each for each in found if each.why in UNSAID) if judgement.as_public else ()
        judgements.append(replace(judgement, shadows=shadows) if shadows else judgement)
    return judgements


def versions(findings: Sequence[Finding]) -> dict[str, str]:
    """Which version of each check spoke."""
    return {finding.check: finding.version for finding in findings}


def _waiting(
    submission: Submission, findings: tuple[Finding, ...], broken: tuple[str, ...], context: Context
) -> Judgement:
    return Judgement(
        submission,
        None,
        findings,
        ("check_failed",),
        context.policy.version,
        versions(findings),
        failed_checks=broken,
        as_public=reads_as_public(submission, context),
    )


def _judge(
    submission: Submission, findings: tuple[Finding, ...], context: Context, lines: Lines, purse: Purse
) -> Judgement:
    public = reads_as_public(submission, context)
    proposals = propose(submission, findings, context, lines)
    best = max(proposals, key=_strength, default=Proposal(Outcome.APPROVE, "nothing_found"))
    reasons = tuple(dict.fromkeys(each.reason for each in sorted(proposals, key=_strength, reverse=True)))
    judgement = Judgement(
        submission,
        best.outcome,
        findings,
        reasons or (best.reason,),
        context.policy.version,
        versions(findings),
        label=best.label,
        warning=_warning(proposals, best),
        cluster=_cluster(findings),
        fingerprint=_fingerprint(submission, findings, context),
        care=public and _needs_care(submission, findings, context, lines),
        facts=facts_of(submission, findings, context) if public else {},
        as_public=public,
        hold_without_end=best.outcome is Outcome.HOLD and any(each.endless for each in proposals),
    )
    if any(each.quarantine for each in proposals):
        return _sealed(judgement, public)
    if not public:
        return for_private(judgement, best, context)
    return _audited(_within_budget(judgement, best, purse), context, purse)


def _sealed(judgement: Judgement, public: bool) -> Judgement:
    """Whatever else speaks, and whomever it was addressed to: nobody is shown it. Of a private post only this stays."""
    kept = tuple(each for each in judgement.findings if public or each.check == "listed_hashes")
    return replace(
        judgement,
        outcome=Outcome.HOLD,
        findings=kept,
        cluster=None,
        care=False,
        warning=None,
        facts={
            name: value
            for name, value in judgement.facts.items()
            if name not in (measures.TRAITS, in_context.FACT, sending.FACT)
        },
        hold_without_end=True,
        quarantine=True,
    )


def facts_of(submission: Submission, findings: Sequence[Finding], context: Context) -> dict[str, Any]:
    """What a preview needs to decide again, and drift is counted from, in short."""
    facts: dict[str, Any] = {
        "s": {each.label: round(each.score, 4) for each in findings if each.score is not None and each.check == "text"},
        "p": context.is_proven(submission.author.uri),
        "m": submission.reply_between_mutuals,
        "n": submission.seen_by,
    }
    for each in findings:
        if each.score is not None and each.check == second_model.NAME:
            facts["s"][each.label] = float(each.details["first"])
            facts.setdefault("z", {})[each.label] = round(each.score, 4)
    points = [each.details["points"] for each in findings if each.why == "spam_behaviour"]
    sent = [each.details["score"] for each in findings if each.why == "spam_sending"]
    if submission.visibility in PUBLIC_KINDS:
        facts[measures.TRAITS] = measures.traits(submission, findings)
        facts[in_context.FACT] = in_context.packed(in_context.standing_of(submission, context))
        if submission.uri in context.sent:
            facts[sending.FACT] = sending.packed(context.sent[submission.uri])
    return facts | ({"b": points[0]} if points else {}) | ({"w": sent[0]} if sent else {})


def _strength(proposal: Proposal) -> tuple[int, float]:
    return STRENGTH[proposal.outcome], proposal.severity


def _warning(proposals: Sequence[Proposal], best: Proposal) -> str | None:
    """The content warning's code: of the strongest proposal for one, if the post gets in at all."""
    labels = [each for each in proposals if each.outcome is Outcome.LABEL and each.label]
    if best.outcome not in WARNED or not labels:
        return None
    return max(labels, key=_strength).label


def _cluster(findings: Sequence[Finding]) -> str | None:
    for finding in findings:
        if finding.check == "near_duplicates":
            return str(finding.details["cluster"])
    return None


def _fingerprint(submission: Submission, findings: Sequence[Finding], context: Context) -> int | None:
    """What near-duplicates are compared by; the proven don't count towards a wave, unless they are in one."""
    found = context.fingerprints.get(submission.text)
    if found is None or found.characters < context.policy.wave.minimum_characters:
        return None
    counted = not context.is_proven(submission.author.uri) or _cluster(findings) is not None
    return found.simhash if counted else None


def _needs_care(submission: Submission, findings: Sequence[Finding], context: Context, lines: Lines) -> bool:
    care = context.policy.care
    if lines.care is None or (care.local_only and submission.author.origin != "local"):
        return False
    own = {second_model.NAME: Lines.of_second(context).care} if context.second_stage is not None else {}
    return any(
        each.label == care.label and each.score is not None and each.score >= (own.get(each.check) or lines.care)
        for each in findings
    )


def _within_budget(judgement: Judgement, best: Proposal, purse: Purse) -> Judgement:
    """Holding costs somebody's time: what exceeds it is limited behind a warning, and counted."""
    if judgement.outcome is not Outcome.HOLD or not best.machine:
        return judgement
    if judgement.cluster is not None and "wave" in judgement.reasons:  # whatever else would hold it: it is one case
        if judgement.cluster in purse.seen_waves:
            return judgement
        if purse.waves > 0:
            purse.waves -= 1
            purse.seen_waves.add(judgement.cluster)
            return judgement
    elif judgement.submission.seen_by == 0 and judgement.submission.author.origin == "remote":
        return judgement  # nobody would see it: it waits, and costs nothing until somebody would
    elif purse.cases > 0:
        purse.cases -= 1
        return judgement
    return replace(
        judgement,
        outcome=Outcome.LIMIT,
        warning=judgement.label,
        hold_without_end=False,
        reasons=(*judgement.reasons, "over_budget"),
        tallies=(*judgement.tallies, "over_budget"),
    )


def _audited(judgement: Judgement, context: Context, purse: Purse) -> Judgement:
    """Drawn at random among what machines said alike: what they restrained is rarer, and drawn more often."""
    chance = context.chances.get(judgement.submission.uri, 1.0)
    if judgement.outcome is None or judgement.outcome is Outcome.HOLD or _by_domain(judgement) or purse.audits <= 0:
        return judgement
    rate = context.audit_rates.of(judgement.outcome)
    if chance >= rate:
        return judgement
    purse.audits -= 1
    return replace(judgement, audit=True, facts={**judgement.facts, spreading.FACT: rate})


def _by_domain(judgement: Judgement) -> bool:
    """Whether a person's rule about a whole server said so: nothing to learn about machines."""
    return judgement.outcome is Outcome.REJECT and any(each.startswith("domain_") for each in judgement.reasons)
