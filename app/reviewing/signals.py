"""What helps to see who signs up: their mail's domain, who came from the same address, what they wrote, who is like
them. Names and domains alone: addresses themselves are private data, which takes another role and leaves a trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow, SeenAddressRow
from app.barring import disposable, spelling
from app.barring.tables import BarredMailDomainRow
from moderation.checks.model import TextScorer
from moderation.duplicates.simhash import fingerprints
from moderation.errors import CheckFailedError
from moderation.patterns import keeping
from moderation.patterns.tables import PatternKind
from moderation.rows import slices

ALIKE_BITS: Final = 8
"""Bits of 64 by which two reasons may differ and still say nearly the same."""
LEAST_CHARACTERS: Final = 20
FEW: Final = 3
"""Members with a mail domain: where there are fewer, several who wait with it are alike."""
MOST_NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class Shared:
    """Somebody who came from the same address."""

    username: str
    how: str
    """`suspended`, `disabled`, `waiting` or `member`."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Of one sign-up. None of it decides anything."""

    mail_domain: str
    members_there: int
    """Who is in with an address of this domain."""
    waiting_there: int
    """Who waits with one, besides."""
    disposable: bool
    watched: bool
    """Whether the house lets addresses of this domain in only after a look."""
    shared: tuple[Shared, ...]
    scores: tuple[tuple[str, float], ...]
    """Labels that the text model would warn of in what they wrote, with how sure it is, the surest first."""
    alike: tuple[str, ...]
    """Names of others who wait and wrote nearly the same, or whose name differs in figures only."""
    pattern: str | None
    """A pattern of names that theirs matches."""

    @property
    def speaks(self) -> bool:
        """Whether anything here asks for a closer look."""
        troubled = any(each.how in ("suspended", "disabled") for each in self.shared)
        return bool(self.disposable or self.watched or troubled or self.scores or self.alike or self.pattern)


def of(session: Session, accounts: Sequence[AccountRow], model: TextScorer | None, now: datetime) -> dict[int, Signals]:
    """By account. Without a model nothing is said of what they wrote."""
    if not accounts:
        return {}
    domains = {each.id: each.email_lower.rpartition("@")[2] for each in accounts}
    waiting, members = Counter(domains.values()), _members(session, set(domains.values()))
    watched, shared = _watched(session, accounts), _shared(session, [each.id for each in accounts])
    scores, alike = _scores(accounts, model), _alike(accounts)
    names = keeping.load(session, PatternKind.NAME)
    found = {}
    for each in accounts:
        domain = domains[each.id]
        matching = names.names(each.actor.username, now)
        rare = members[domain] < FEW and waiting[domain] >= FEW
        found[each.id] = Signals(
            mail_domain=domain,
            members_there=members[domain],
            waiting_there=waiting[domain] - 1 if rare else 0,
            disposable=disposable.is_disposable(each.email_lower),
            watched=any(above in watched for above in spelling.mail_domains_of(each.email_lower)),
            shared=shared.get(each.id, ()),
            scores=scores.get(each.id, ()),
            alike=alike.get(each.id, ()),
            pattern=matching[0].pattern if matching else None,
        )
    return found


def _members(session: Session, domains: set[str]) -> Counter[str]:
    """How many are in, by their mail's domain."""
    found: Counter[str] = Counter()
    for part in slices(domains):
        for domain in part:
            theirs = AccountRow.email_lower.endswith(f"@{domain}", autoescape=True)
            query = select(func.count()).select_from(AccountRow).where(theirs, AccountRow.approved_at.is_not(None))
            found[domain] = session.scalar(query) or 0
    return found


def _watched(session: Session, accounts: Sequence[AccountRow]) -> set[str]:
    wanted = {above for each in accounts for above in spelling.mail_domains_of(each.email_lower)}
    found: set[str] = set()
    for part in slices(wanted):
        rows = select(BarredMailDomainRow.domain).where(BarredMailDomainRow.domain.in_(part))
        found.update(session.scalars(rows))
    return found


def _shared(session: Session, ids: Sequence[int]) -> dict[int, tuple[Shared, ...]]:
    """Who else came from an address from which these came, those first with whom there was trouble."""
    theirs: dict[str, set[int]] = {}
    for numbers in slices(ids):
        seen = select(SeenAddressRow.address, SeenAddressRow.account_id).where(SeenAddressRow.account_id.in_(numbers))
        for address, number in session.execute(seen):
            theirs.setdefault(address, set()).add(number)
    found: dict[int, dict[str, Shared]] = {}
    for part in slices(theirs):
        others = (
            select(SeenAddressRow.address, AccountRow, ActorRow)
            .join(AccountRow, AccountRow.id == SeenAddressRow.account_id)
            .join(ActorRow, ActorRow.id == AccountRow.id)
            .where(SeenAddressRow.address.in_(part))
        )
        for address, account, actor in session.execute(others):
            for number in theirs[address] - {account.id}:
                found.setdefault(number, {})[actor.username] = Shared(actor.username, _how(account, actor))
    order = ("suspended", "disabled", "waiting", "member")
    return {
        number: tuple(sorted(each.values(), key=lambda one: (order.index(one.how), one.username))[:MOST_NAMED])
        for number, each in found.items()
    }


def _how(account: AccountRow, actor: ActorRow) -> str:
    if actor.suspended_at is not None:
        return "suspended"
    if account.disabled_at is not None:
        return "disabled"
    return "waiting" if account.approved_at is None else "member"


def _scores(accounts: Sequence[AccountRow], model: TextScorer | None) -> Mapping[int, tuple[tuple[str, float], ...]]:
    wrote = [each for each in accounts if len(each.signup_reason) >= LEAST_CHARACTERS]
    if model is None or not wrote:
        return {}
    try:
        said = model.score([each.signup_reason for each in wrote], [each.locale for each in wrote])
    except CheckFailedError:
        return {}
    found = {}
    for account, one in zip(wrote, said, strict=True):
        over = [
            (label, score)
            for label, score in one.scores.items()
            if score is not None and score >= model.label_lines.get(label, 1.1)
        ]
        found[account.id] = tuple(sorted(over, key=lambda each: -each[1]))
    return found


def _alike(accounts: Sequence[AccountRow]) -> dict[int, tuple[str, ...]]:
    """Who waits and is like somebody: by what they wrote, or by a name that differs in figures only."""
    prints = fingerprints([each.signup_reason for each in accounts])
    stems = ["".join(char for char in each.actor.username if char.isalpha()) for each in accounts]
    found: dict[int, tuple[str, ...]] = {}
    for place, account in enumerate(accounts):
        mine = prints[place]
        names = [
            other.actor.username
            for at, other in enumerate(accounts)
            if at != place
            and (
                (len(stems[place]) >= FEW and stems[at] == stems[place])
                or (
                    min(mine.characters, prints[at].characters) >= LEAST_CHARACTERS
                    and (mine.simhash ^ prints[at].simhash).bit_count() <= ALIKE_BITS
                )
            )
        ]
        if names:
            found[account.id] = tuple(names)
    return found
