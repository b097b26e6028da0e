"""The door: what wants to be seen is judged, and what was judged is recorded.

`judge` reads and never writes; `record` writes and never judges. Between them the caller opens its one short write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from moderation.checks.order import CHECKS
from moderation.checks.values import Check, Context
from moderation.errors import CheckFailedError
from moderation.holds.raising import raise_for_reader
from moderation.loading import load
from moderation.policy.deciding import decide
from moderation.recording.batch import record
from moderation.recording.work import Recorded
from moderation.tools import Tools, make_tools
from moderation.values import Finding, Judgement, Submission

TRIES: Final = 3
"""How many submissions must fail one after the other for a check to count as broken for the batch."""

__all__ = ["Recorded", "Tools", "judge", "make_tools", "raise_for_reader", "record"]


def judge(session: Session, batch: Sequence[Submission], tools: Tools) -> list[Judgement]:
    """Judge a batch: one judgement for each submission, in order. Reads, never writes.

    Where a check fails, the judgement has no outcome and names the check: the submission is not shown, waits, and is
    judged again.
    """
    if not batch:
        return []
    context = load(session, batch, tools)
    findings: list[list[Finding]] = [[] for _ in batch]
    failed: list[tuple[str, ...]] = [() for _ in batch]
    for name, check in CHECKS:
        found = _run(check, batch, context)
        for index, each in enumerate(found):
            if each is None:
                failed[index] = (*failed[index], name)
            else:
                findings[index] += each
    for index, each in enumerate(tools.instance_rules.get(session).check(batch, findings, context)):
        findings[index] += each  # last, for they may speak of what the others found
    return decide(batch, findings, failed, context)


def _run(check: Check, batch: Sequence[Submission], context: Context) -> list[list[Finding] | None]:
    """What a check finds; None where it failed. One bad submission doesn't take the batch along."""
    try:
        return list(check(batch, context))
    except CheckFailedError:
        if len(batch) == 1:
            return [None]
    return _one_by_one(check, batch, context)


def _one_by_one(check: Check, batch: Sequence[Submission], context: Context) -> list[list[Finding] | None]:
    found: list[list[Finding] | None] = []
    for submission in batch:
        if len(found) == TRIES and all(each is None for each in found):
            return [None] * len(batch)
        try:
            found += check([submission], context)
        except CheckFailedError:
            found.append(None)
    return found
