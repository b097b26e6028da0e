"""Lists that are followed: what they name together, and what that would change of the rules. Knows no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from moderation.domains import editing, planning
from moderation.domains.editing import from_json
from moderation.domains.lists.reading import require_entries
from moderation.domains.lists.tables import DomainListDismissalRow, DomainListEntryRow, DomainListRow
from moderation.domains.lists.values import Entry, Form, Import
from moderation.domains.names import parents
from moderation.domains.planning import Plan, Step, Wishes
from moderation.domains.suffixes import is_shared
from moderation.domains.tables import DomainRuleRow
from moderation.domains.values import DomainRule, RuleDraft
from moderation.errors import BadDomainError, NotFoundError
from moderation.log import chain
from moderation.rows import insert_many
from moderation.values import Severity

EVERY: Final = timedelta(hours=6)
FEWEST_KEPT: Final = 0.5
"""A list that shrinks to less than this part of itself at once is taken for broken, not for having changed its mind."""
UNREAD_SHOWN: Final = 50
"""So many rows that can't be read are kept to be shown."""
SMALL: Final = 10
"""Lists of fewer entries may shrink as they like, but not to nothing."""
LIFT: Final = "lift"
_SOURCE: Final = "list:"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the followed lists would change together."""

    plan: Plan
    lifted: tuple[DomainRule, ...]
    """Rules of lists that name them no longer."""
    names: Mapping[str, str]
    """Lists' names by their source."""

    @property
    def count(self) -> int:
        """How many rules would change."""
        return len(self.plan.drafts) + len(self.lifted)


def source_of(row: DomainListRow) -> str:
    """What a list's rules have as their source."""
    return f"{_SOURCE}{row.id}"


def followed(session: Session) -> list[DomainListRow]:
    """The lists, the one whose word counts most first."""
    return list(session.scalars(select(DomainListRow).order_by(DomainListRow.priority.desc(), DomainListRow.id)))


def one(session: Session, list_id: int, *, locked: bool = False) -> DomainListRow:
    """A list by its number; `locked`: nobody ends it until this write is over. Raises NotFoundError."""
    row = session.get(DomainListRow, list_id, with_for_update=locked or None) if list_id < 2**63 else None
    if row is None:
        raise NotFoundError("no such list")
    return row


def due(session: Session, now: datetime, limit: int) -> list[int]:
    """The lists that should be asked again by now."""
    query = select(DomainListRow.id).where(DomainListRow.next_at <= now).order_by(DomainListRow.next_at).limit(limit)
    return list(session.scalars(query))


def require_believable(row: DomainListRow, found: Import) -> None:
    """A list that is empty or shrank to a fraction is an error and never an unblock. Raises BadDomainError."""
    require_entries(found)
    if row.form and found.form.value != row.form:
        raise BadDomainError(f"it was {row.form} and is {found.form.value} now: follow it anew if that is right")
    if row.entries >= SMALL and len(found.entries) < row.entries * FEWEST_KEPT:
        raise BadDomainError(f"it shrank from {row.entries} to {len(found.entries)} entries at once")


def store(session: Session, row: DomainListRow, found: Import, now: datetime) -> bool:
    """Keep what a list names now; whether it changed. The rules aren't touched. What a row that can't be read names, or
    may name, stays as it was: garbled isn't taken back.
    """
    there = {each.domain: each for each in _entries(session, [row.id])}
    named = {entry.draft.domain: (_said(entry), list(entry.labels)) for entry in found.entries}
    before = {domain: (each.said, each.labels) for domain, each in there.items()}
    kept = {each: before[each] for each in before if each not in named and _may_be_named(each, found)}
    said, doubtful = named | kept, kept.keys() - set(found.unread)
    row.entries, row.refused, row.form = len(said), len(found.refused), found.form.value
    row.unread, row.unread_rows = [asdict(each) for each in found.unclear[:UNREAD_SHOWN]], len(found.unclear)
    if said == before and doubtful == {each.domain for each in there.values() if each.doubtful}:
        return False
    session.execute(delete(DomainListEntryRow).where(DomainListEntryRow.list_id == row.id))
    insert_many(
        session,
        DomainListEntryRow,
        [
            {
                "list_id": row.id,
                "domain": domain,
                "said": fields,
                "labels": labels,
                "since": there[domain].since if domain in there else now,
                "doubtful": domain in doubtful,
            }
            for domain, (fields, labels) in said.items()
        ],
    )
    if said != before:
        row.changed_at = now
    return said != before


def proposal(
    session: Session,
    followed_here: frozenset[str],
    now: datetime,
    only: DomainListRow | None = None,
    *,
    without_doubtful: bool = False,
) -> Proposal:
    """What the lists would change, reckoned from what they name now. `followed_here`: domains of people whom members
    follow, and all above them. `only` looks at the rows of one list (its word still competes with the others'), and
    `without_doubtful` leaves out what that list may name no longer.
    """
    rows = followed(session)
    rules = {rule.domain: rule for rule in editing.list_rules(session)}
    entries = [each for each in _entries(session, [row.id for row in rows]) if not _is_over(each, now)]
    if only is not None and without_doubtful:
        entries = [each for each in entries if not (each.doubtful and each.list_id == only.id)]
    winners = _winners(rows, entries)
    steps: list[Step] = []
    for row in rows:
        mine = [each for each in entries if each.list_id == row.id == winners.get(each.domain)]
        if mine and (only is None or only.id == row.id):
            steps += planning.plan(_as_import(mine, now), _seen_by(row, rows, rules), _wishes(row, followed_here)).steps
    declined = _declined(session)
    kept = [step for step in steps if (step.draft.domain, step.draft.severity.value) not in declined]
    sources = {source_of(row): row.name for row in rows}
    lifted = [
        rule
        for rule in rules.values()
        if rule.source in sources
        and rule.domain not in winners
        and not is_shared(rule.domain)  # a list can't name it any more, which isn't to take it back
        and (rule.domain, LIFT) not in declined
        and (only is None or rule.source == source_of(only))
    ]
    return Proposal(Plan(tuple(kept)), tuple(lifted), sources)


def without_letting_in(found: Proposal) -> Proposal:
    """The same without what would let servers in by name, past the door's checks: no list does that by itself."""
    steps = tuple(step for step in found.plan.steps if step.draft.severity is not Severity.ALLOW)
    return replace(found, plan=replace(found.plan, steps=steps))


def orphans(session: Session) -> list[DomainRule]:
    """Rules of lists that aren't followed any more."""
    sources = {source_of(row) for row in followed(session)}
    return [
        rule for rule in editing.list_rules(session) if rule.source.startswith(_SOURCE) and rule.source not in sources
    ]


def decline(session: Session, wanted: Proposal, domains: Iterable[str], by: str, now: datetime) -> int:
    """Not to be proposed again, while the lists say the same; how many."""
    chosen = set(domains)
    said = {(draft.domain, draft.severity.value) for draft in wanted.plan.drafts if draft.domain in chosen}
    said |= {(rule.domain, LIFT) for rule in wanted.lifted if rule.domain in chosen}
    for domain, severity in sorted(said):
        session.merge(DomainListDismissalRow(domain=domain, severity=severity, by=by, at=now))
        chain.append(session, by, "list_proposal_declined", domain, {"severity": severity}, now)
    return len(said)


def mentions(session: Session, domain: str) -> list[tuple[DomainListRow, DomainListEntryRow]]:
    """The lists that name a domain or one above it, with what they say."""
    query = (
        select(DomainListRow, DomainListEntryRow)
        .join(DomainListEntryRow, DomainListEntryRow.list_id == DomainListRow.id)
        .where(DomainListEntryRow.domain.in_(parents(domain)))
        .order_by(DomainListRow.priority.desc(), DomainListRow.id)
    )
    return [(row, entry) for row, entry in session.execute(query)]


def managed(session: Session, row: DomainListRow) -> list[str]:
    """The domains whose rules are a list's."""
    mine = select(DomainRuleRow.domain).where(DomainRuleRow.source == source_of(row)).order_by(DomainRuleRow.domain)
    return list(session.scalars(mine))


def unfollow(session: Session, row: DomainListRow, kept: int, by: str, now: datetime) -> None:
    """End it; its rules, as far as they weren't lifted before, become the house's own (`kept` of them)."""
    chain.append(session, by, "list_unfollowed", f"list:{row.id}", {"url": row.url, "kept": kept}, now)
    session.execute(delete(DomainListEntryRow).where(DomainListEntryRow.list_id == row.id))
    session.delete(row)


def _winners(rows: Sequence[DomainListRow], entries: Sequence[DomainListEntryRow]) -> dict[str, int]:
    """Whose word counts for which domain."""
    named = Counter(each.domain for each in entries)
    by_list: dict[int, list[str]] = {}
    for each in entries:
        by_list.setdefault(each.list_id, []).append(each.domain)
    found: dict[str, int] = {}
    for row in rows:
        for domain in by_list.get(row.id, ()):
            if named[domain] >= row.together:
                found.setdefault(domain, row.id)
    return found


def _seen_by(
    row: DomainListRow, rows: Sequence[DomainListRow], rules: Mapping[str, DomainRule]
) -> Mapping[str, DomainRule]:
    """The rules as a list may treat them: where its word counts it may change those of other lists, too."""
    known = {source_of(each) for each in rows}

    def seen(rule: DomainRule) -> DomainRule:
        orphaned = rule.source.startswith(_SOURCE) and rule.source not in known
        if orphaned and not row.adopts:
            return replace(rule, source="")
        return rule

    return {domain: seen(rule) for domain, rule in rules.items()}


def _wishes(row: DomainListRow, followed_here: frozenset[str]) -> Wishes:
    return Wishes(
        excludes=frozenset(row.excludes),
        followed=followed_here if row.spare_followed else frozenset(),
        at_most=_bound(row),
        source=source_of(row),
    )


def _bound(row: DomainListRow) -> Severity | None:
    """The most that a list may do. Letting in, which could be chosen once, is no bound: then it does nothing."""
    if not row.at_most:
        return None
    return Severity.NOOP if row.at_most == Severity.ALLOW else Severity(row.at_most)


def _entries(session: Session, list_ids: Sequence[int]) -> list[DomainListEntryRow]:
    return list(session.scalars(select(DomainListEntryRow).where(DomainListEntryRow.list_id.in_(list_ids))))


def _declined(session: Session) -> set[tuple[str, str]]:
    rows = session.execute(select(DomainListDismissalRow.domain, DomainListDismissalRow.severity))
    return {(domain, severity) for domain, severity in rows}


def _said(entry: Entry) -> dict[str, Any]:
    """The fields that an entry gives, as JSON."""
    draft = entry.draft
    whole = editing.draft_as_json(draft)
    return {name: whole[name] for name in sorted(entry.given | {"severity"}) if name in whole}


def _may_be_named(domain: str, found: Import) -> bool:
    """Whether a row that can't be read names a domain, as far as that can be told."""
    if any(each.domain == domain for each in found.retracted):
        return False
    return any(each == domain or ("*" in each and fnmatchcase(domain, each)) for each in found.unread)


def _as_import(entries: Sequence[DomainListEntryRow], now: datetime) -> Import:
    return Import(
        Form.JSON_LINES,
        tuple(Entry(_draft(each, now), frozenset(each.said), 0, tuple(each.labels)) for each in entries),
        (),
    )


def _draft(entry: DomainListEntryRow, now: datetime) -> RuleDraft:
    """The rule that it asks for; a day for looking again that is past stays, and is due."""
    return replace(from_json(entry.domain, entry.said, now), review_at=_day(entry, "review_at"))


def _is_over(entry: DomainListEntryRow, now: datetime) -> bool:
    """Whether what it asks for ended by now: a list names that no longer."""
    ends = _day(entry, "expires_at")
    return ends is not None and ends <= now


def _day(entry: DomainListEntryRow, name: str) -> datetime | None:
    kept = entry.said.get(name)
    return datetime.fromisoformat(kept) if kept else None


def count(session: Session) -> int:
    """How many lists are followed."""
    return session.scalar(select(func.count(DomainListRow.id))) or 0
