"""The door: what wants to be seen is judged, and what was judged is recorded.

`judge` reads and never writes; `record` writes and never judges. Between them the caller opens its one short write.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from moderation import second_model
from moderation.checks import in_context, second
from moderation.checks.order import CHECKS
from moderation.checks.values import Check, Context
from moderation.errors import CheckFailedError
from moderation.figures import Figures
from moderation.holds.raising import raise_for_reader
from moderation.instance_rules import evaluating
from moderation.instance_rules.evaluating import Rules
from moderation.loading import load
from moderation.policy.deciding import decide
from moderation.recording.batch import record
from moderation.recording.work import Recorded
from moderation.tools import Tools, make_tools
from moderation.values import Finding, Judgement, Submission

TRIES: Final = 3
"""How many submissions must fail one after the other for a check to count as broken for the batch."""

HOUSE_RULES: Final = evaluating.NAME

log = logging.getLogger(__name__)

__all__ = ["Recorded", "Tools", "judge", "make_tools", "raise_for_reader", "record"]


def judge(session: Session, batch: Sequence[Submission], tools: Tools) -> list[Judgement]:
    """Judge a batch: one judgement for each submission, in order. Reads, never writes.

    Where a check fails, the judgement has no outcome and names the check: the submission is not shown, waits, and is
    judged again.
    """
    if not batch:
        return []
    figures = Figures.read(session, tools.now())
    context = load(session, batch, tools, figures)
    findings: list[list[Finding]] = [[] for _ in batch]
    failed: list[tuple[str, ...]] = [() for _ in batch]
    for name, check in CHECKS:
        found = _run(name, check, batch, context)
        for index, each in enumerate(found):
            if each is None:
                failed[index] = (*failed[index], name)
            else:
                findings[index] += each
    for index, each in enumerate(_ask_second(batch, findings, context)):
        if each is None:
            failed[index] = (*failed[index], second_model.NAME)
        else:
            findings[index] = each  # with its word in place of the first stage's
    for index, each in enumerate(_ask_context(batch, findings, context)):
        findings[index] += each
    rules = tools.instance_rules.get(session, figures.instance_rules)
    for index, each in enumerate(_ask_house(rules, batch, findings, context)):
        if each is None:
            failed[index] = (*failed[index], HOUSE_RULES)
        else:
            findings[index] += each  # last, for they may speak of what the others found
    return decide(batch, findings, failed, context)


def _ask_second(
    batch: Sequence[Submission], findings: Sequence[Sequence[Finding]], context: Context
) -> list[list[Finding] | None]:
    """All findings, with what the second stage says of those on which the first is unsure."""
    try:
        return second.check(batch, findings, context)
    except Exception as error:  # noqa: BLE001 - as with any check: what it didn't judge waits
        _note(second_model.NAME, error)
        return [None] * len(batch)


def _ask_context(
    batch: Sequence[Submission], findings: Sequence[Sequence[Finding]], context: Context
) -> list[list[Finding]]:
    """What the texts' scores mean in their context. It holds nothing, so nothing waits for it where it breaks."""
    try:
        return in_context.check(batch, findings, context)
    except Exception as error:  # noqa: BLE001 - nothing is judged by it
        _note(in_context.NAME, error)
        return [[] for _ in batch]


def _ask_house(
    rules: Rules, batch: Sequence[Submission], findings: Sequence[Sequence[Finding]], context: Context
) -> list[list[Finding] | None]:
    """What the rules that this house wrote say; None for all where they couldn't be asked."""
    try:
        return list(rules.check(batch, findings, context))
    except Exception as error:  # noqa: BLE001 - whatever breaks in a rule, nothing gets in by it, and the door stays up
        _note(HOUSE_RULES, error)
        return [None] * len(batch)


def _run(name: str, check: Check, batch: Sequence[Submission], context: Context) -> list[list[Finding] | None]:
    """What a check finds; None where it failed. One bad submission doesn't take the batch along."""
    found = _try(name, check, batch, context)
    if found is not None:
        return found
    return [None] if len(batch) == 1 else _one_by_one(name, check, batch, context)


def _one_by_one(name: str, check: Check, batch: Sequence[Submission], context: Context) -> list[list[Finding] | None]:
    found: list[list[Finding] | None] = []
    for submission in batch:
        if len(found) == TRIES and all(each is None for each in found):
            return [None] * len(batch)
        found += _try(name, check, [submission], context) or [None]
    return found


def _try(name: str, check: Check, batch: Sequence[Submission], context: Context) -> list[list[Finding] | None] | None:
    """What a check says of all of them, or None: a check that raises anything at all has judged nothing."""
    try:
        found = check(batch, context)
    except CheckFailedError:
        return None
    except Exception as error:  # noqa: BLE001 - one stranger's bytes must never take the door down; what broke waits
        _note(name, error)
        return None
    return list(found) if len(found) == len(batch) else None


def _note(name: str, error: Exception) -> None:
    """What broke and where; its own words might quote what somebody wrote, and are left out."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error("the check %s broke: %s at %s:%s", name, type(error).__name__, Path(place.filename).name, place.lineno)
