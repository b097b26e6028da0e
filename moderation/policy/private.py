"""The table for private posts: judged by machines on this host alone, and read by nobody.

what a machine would do      followers-only                 direct
approve, label               so                             so
limit                        has no meaning                 has no meaning
hold                         let in behind a warning        from a stranger: to message requests; else: a warning
reject                       so                             so
"""

from __future__ import annotations

from dataclasses import replace

from moderation.checks.values import Context
from moderation.policy.proposals import Proposal
from moderation.values import PUBLIC_KINDS, Judgement, Outcome, Submission, Visibility

FALLBACK_WARNING = "spam"


def reads_as_public(submission: Submission, context: Context) -> bool:
    """Public, unlisted, or a direct post to more strangers than a letter has: a mailing."""
    if submission.visibility is Visibility.DIRECT:
        return not context.is_letter(submission)
    return submission.visibility in PUBLIC_KINDS


def for_private(judgement: Judgement, best: Proposal, context: Context) -> Judgement:
    """The judgement as the table has it; its findings are not kept beyond it."""
    judgement = replace(judgement, findings=(), cluster=None, care=False, audit=False, facts={})
    if judgement.outcome is Outcome.LIMIT:
        outcome = Outcome.LABEL if judgement.warning else Outcome.APPROVE
        return replace(judgement, outcome=outcome)
    if judgement.outcome is not Outcome.HOLD:
        return judgement
    return replace(
        judgement,
        outcome=Outcome.LABEL,
        warning=best.label or FALLBACK_WARNING,
        as_request=_is_from_a_stranger(judgement.submission),
        hold_without_end=False,
    )


def _is_from_a_stranger(submission: Submission) -> bool:
    if submission.visibility is not Visibility.DIRECT:
        return False
    return not any(mention.knows_author for mention in submission.mentions)
