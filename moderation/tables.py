"""Every table of moderation, imported in one place."""

from __future__ import annotations

import moderation.alarms.tables
import moderation.appeals.tables
import moderation.authors.tables
import moderation.cases.tables
import moderation.domains.lists.tables
import moderation.domains.tables
import moderation.drift.tables
import moderation.duplicates.tables
import moderation.evidence.tables
import moderation.grave.tables
import moderation.holds.tables
import moderation.instance_rules.tables
import moderation.learning.tables
import moderation.links.tables
import moderation.listed.tables
import moderation.log.tables
import moderation.macros.tables
import moderation.patterns.tables
import moderation.policy.tables
import moderation.preservation.tables
import moderation.quality.tables
import moderation.queues.tables
import moderation.reports.tables
import moderation.statements.tables
import moderation.tallies.tables
import moderation.transparency.tables
import moderation.verdicts.tables
import moderation.workforce.tables

__all__ = ["moderation"]
