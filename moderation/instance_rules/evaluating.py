"""Asking every rule about a submission, within bounds of time; one that is too slow again and again is left alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from moderation.checks.values import Context
from moderation.instance_rules import facts, language
from moderation.instance_rules.language import Program, TooCostlyError
from moderation.patterns.tables import PatternSeverity
from moderation.values import Finding, Submission

NAME: Final = "instance_rules"
LIVE, SHADOW, FAILED = "instance_rule", "instance_rule_shadow", "instance_rule_failed"
SLOW_SECONDS: Final = 0.1
"""Of this thread's own work: a busy machine makes no rule slow."""
SLOW_TIMES: Final = 3


@dataclass(slots=True)
class Rule:
    """A rule as it is asked."""

    id: int
    name: str
    version: int
    severity: PatternSeverity
    label: str
    live: bool
    expires_at: datetime | None
    program: Program
    slow: int = field(default=0, compare=False)
    """How often it took too long in this process."""

    def holds(self, now: datetime) -> bool:
        """Whether its time isn't over, and it wasn't too slow."""
        return (self.expires_at is None or now < self.expires_at) and self.slow < SLOW_TIMES

    def finding(self, why: str) -> Finding:
        """What it says; only a live one has a severity that the policy reads."""
        details = {"rule": self.id, "name": self.name, "version": self.version, "severity": self.severity.value}
        return Finding(NAME, self.label, str(self.version), why, details=details)


@dataclass(frozen=True, slots=True)
class Rules:
    """Those that are in force, and those that are only watched."""

    rules: Sequence[Rule] = ()

    def check(
        self, batch: Sequence[Submission], findings: Sequence[Sequence[Finding]], context: Context
    ) -> list[list[Finding]]:
        """What they say of each submission, knowing what the other checks found."""
        asked = [rule for rule in self.rules if rule.holds(context.now)]
        if not asked:
            return [[] for _ in batch]
        return [_ask(asked, one, found, context) for one, found in zip(batch, findings, strict=True)]


def _ask(rules: Sequence[Rule], submission: Submission, findings: Sequence[Finding], context: Context) -> list[Finding]:
    given = language.activation(facts.of(submission, findings, context))
    said = []
    for rule in rules:
        began = time.thread_time()
        try:
            if rule.program.matches(given):
                said.append(rule.finding(LIVE if rule.live else SHADOW))
        except TooCostlyError:
            said.append(rule.finding(FAILED))
        if time.thread_time() - began > SLOW_SECONDS:
            rule.slow += 1
            said.append(rule.finding(FAILED))
    return said
