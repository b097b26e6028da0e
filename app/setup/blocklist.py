"""A first list of servers on an empty house: by severity and stated reason, since there is no impact to look at yet.

Nothing is suspended unless that group's suspensions are asked for: the others are silenced, to be looked at again in
ninety days. What is excluded is left alone whatever the list says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Final

from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.reviewing import domain_lists, left_alone, people
from app.reviewing.domain_lists import Taken
from app.services import Services
from moderation.domains import editing, planning
from moderation.domains.lists.reading import COMMENT_LONGEST
from moderation.domains.lists.values import Entry, Import
from moderation.domains.planning import Plan, Wishes
from moderation.domains.values import RuleDraft
from moderation.values import Severity

LOOKED_AT_AGAIN: Final = timedelta(days=90)
REASON: Final = 80
"""Characters of a reason that make a group."""
MOST_EXCLUDED: Final = 10_000
KEY_LENGTH: Final = 12
MOST_REASONS: Final = 12
"""Groups of a severity with a reason of their own; rarer reasons are one group together. Some lists have thousands."""
_ORDER: Final = (
    Severity.SUSPEND,
    Severity.HOLD,
    Severity.SILENCE,
    Severity.FILTER,
    Severity.NOOP,
    Severity.ALLOW,
)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one severity for one reason, or for all those that are too rare for a group of their own."""

    key: str
    severity: Severity
    reason: str
    """As the list's first row has it; empty where none was stated."""
    domains: tuple[str, ...]
    rarer: tuple[Group, ...] = ()
    """The reasons that it holds together, if it holds more than one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody takes of a list: the keys of groups, and of those whose suspensions they mean."""

    taken: frozenset[str]
    suspended: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    comments: bool = False
    """Whether the list's comments are published with ours; else they are our private notes."""


def read(services: Services, text: str) -> Import:
    """A list in any form that is understood; what it doesn't say means a silence here. Raises BadDomainError."""
    with services.db.read() as session:
        return domain_lists.read_now(services, session, text, Severity.SILENCE)


def spared(asked: Import, excluded: frozenset[str]) -> list[str]:
    """What the list names and no list may touch."""
    return [entry.draft.domain for entry in asked.entries if planning.is_excluded(entry.draft.domain, excluded)]


def covering(asked: Import, excluded: frozenset[str]) -> list[str]:
    """What the list names that would hit, with its subdomains, what no list may touch."""
    return [
        entry.draft.domain
        for entry in asked.entries
        if not planning.is_excluded(entry.draft.domain, excluded) and planning.covers_excluded(entry.draft, excluded)
    ]


def groups(asked: Import, excluded: frozenset[str] = frozenset()) -> list[Group]:
    """The gravest first, then the largest, the rare ones of a severity last and together; without what no list may
    touch, and what would hit that."""
    found: dict[tuple[Severity, str], list[Entry]] = defaultdict(list)
    for entry in asked.entries:
        if planning.is_excluded(entry.draft.domain, excluded) or planning.covers_excluded(entry.draft, excluded):
            continue
        found[(entry.draft.severity, _reason(entry).casefold())].append(entry)
    made = [
        Group(_key(severity, reason), severity, _reason(rows[0]), tuple(row.draft.domain for row in rows))
        for (severity, reason), rows in found.items()
    ]
    made.sort(key=lambda each: (-len(each.domains), each.reason.casefold()))
    return [one for severity in _ORDER for one in _few([each for each in made if each.severity is severity])]


def by_severity(found: Sequence[Group]) -> list[tuple[Severity, list[Group]]]:
    """Groups that are in order, those of one severity together."""
    return [(severity, list(each)) for severity, each in groupby(found, key=lambda group: group.severity)]


def excludes(typed: str) -> frozenset[str]:
    """Domains, one a line or with commas between. Raises BadDomainError for what is none."""
    return left_alone.read(typed)


def chosen(asked: Import, choice: Choice, now: datetime) -> Import:
    """The list as somebody takes it."""
    group_of = {name: each.key for each in groups(asked, choice.excludes) for name in each.domains}
    bounded = [_bounded(entry, group_of.get(entry.draft.domain, ""), choice, now) for entry in asked.entries]
    return replace(asked, entries=tuple(each for each in bounded if each is not None))


def take(services: Services, account: AccountRow, text: str, choice: Choice) -> Taken:
    """Set what was chosen, in one write or not at all; whom the house has named itself is left as they are.

    Raises ForbiddenError, BadDomainError.
    """
    by = people.require(account, people.RULES)
    asked = chosen(read(services, text), choice, services.clock.now())

    def plan(session: Session) -> Plan:
        there = {rule.domain: rule for rule in editing.list_rules(session)}
        return planning.plan(asked, there, Wishes(excludes=choice.excludes))

    return domain_lists.set_planned(services, by, text, plan)


def _few(reasons: list[Group]) -> list[Group]:
    """The largest of one severity, and the others as one; of a single other one there is nothing to join."""
    if len(reasons) <= MOST_REASONS + 1:
        return reasons
    rarer = tuple(reasons[MOST_REASONS:])
    domains = tuple(name for each in rarer for name in each.domains)
    together = "\0".join(sorted(each.key for each in rarer))
    return [*reasons[:MOST_REASONS], Group(_key(rarer[0].severity, together), rarer[0].severity, "", domains, rarer)]


def _bounded(entry: Entry, key: str, choice: Choice, now: datetime) -> Entry | None:
    draft, given = _noted(entry, choice)
    entry = replace(entry, draft=draft, given=given)
    if key not in choice.taken:
        return None
    if draft.severity is not Severity.SUSPEND or key in choice.suspended:
        return entry
    milder = replace(draft, severity=Severity.SILENCE, review_at=now + LOOKED_AT_AGAIN)
    return replace(entry, draft=milder, given=entry.given | {"severity", "review_at"})


def _noted(entry: Entry, choice: Choice) -> tuple[RuleDraft, frozenset[str]]:
    """Somebody else's words stand under our name only where that is meant: until then they are a private note."""
    draft = entry.draft
    if choice.comments or not draft.public_comment:
        return draft, entry.given
    notes = "\n".join(dict.fromkeys(filter(None, (draft.private_comment, draft.public_comment))))
    noted = replace(draft, public_comment="", private_comment=notes[:COMMENT_LONGEST])
    return noted, (entry.given - {"public_comment"}) | {"private_comment"}


def _reason(entry: Entry) -> str:
    return " ".join(entry.draft.public_comment.split())[:REASON]


def _key(severity: Severity, reason: str) -> str:
    return sha256(f"{severity}\0{reason}".encode()).hexdigest()[:KEY_LENGTH]
