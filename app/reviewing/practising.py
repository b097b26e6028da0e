"""Golden cases for pages: who may make, confirm, answer and dispute them."""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts.tables import AccountRow
from app.reviewing import people
from app.services import Services
from moderation.quality import golden
from moderation.quality.ratings import Rating


def promote(
    services: Services, account: AccountRow, case_id: int, accepted: Sequence[Rating], rule_id: str | None, why: str
) -> bool:
    """Propose a decided case as a golden one; whether it needs nobody else, for want of anybody."""
    by = people.require(account, people.PEOPLE)
    with services.db.write() as session:
        alone = not people.has_others(session, by, services.clock.now())
        golden.promote(session, case_id, accepted, rule_id, why, by, services.clock.now(), alone=alone)
    return alone


def confirm(services: Services, account: AccountRow, golden_id: int) -> None:
    """The second person's word."""
    by = people.require(account, people.PEOPLE)
    with services.db.write() as session:
        golden.confirm(session, golden_id, by, services.clock.now())


def retire(services: Services, account: AccountRow, golden_id: int) -> None:
    """Take a golden case out of use."""
    by = people.require(account, people.PEOPLE)
    with services.db.write() as session:
        golden.retire(session, golden_id, by, services.clock.now())


def dispute(services: Services, account: AccountRow, answer_id: int, why: str) -> None:
    """Somebody disagrees with the crew about a golden case: a lead reads it."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        golden.dispute(session, answer_id, by, why, services.clock.now())


def rule(services: Services, account: AccountRow, answer_id: int, reply: str, *, right: bool) -> None:
    """A lead's word on a dispute; where the moderator is right, the golden case is retired."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        golden.rule(session, answer_id, by, reply, services.clock.now(), right=right)
