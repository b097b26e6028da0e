"""Reports from other servers, and what their moderators say of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from app.federation.outcomes import DONE, Item, Outcome, refused
from app.federation.wire.values import Flag, Resolve
from app.reports import file, forwarding
from app.services import Services
from moderation.domains.rules import DomainRules


def flag(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """A peer's report, unless a rule says that this peer's reports aren't wanted."""
    with services.db.write() as session:
        rules = DomainRules.load(session)
        outcomes = []
        for item in items:
            rule = rules.match(item.actor.domain)
            if rule is not None and rule.reject_reports:
                outcomes.append(refused("reports_rejected"))
                continue
            filed = file.receive_flag(session, services, item.actor, cast(Flag, item.activity))
            outcomes.append(DONE if filed else refused("flag_of_nobody_here"))
        return outcomes


def resolve(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Their moderators settled a report that was passed on to them, or take that back."""
    with services.db.write() as session:
        return [
            DONE
            if forwarding.answered(session, services, item.actor.domain, cast(Resolve, item.activity))
            else refused("resolve_of_nothing_sent")
            for item in items
        ]
