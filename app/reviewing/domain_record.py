"""All that the house knows of one domain, as values: for the API and the command line, which show no rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.accounts.tables import Role
from app.federation import contacts
from app.federation.contacts import Contact
from app.reviewing import domains, impact, timeline
from app.reviewing.domains import Deliveries, DomainEvent, KnownDomain
from app.reviewing.impact import Day, Impact
from moderation.domains import following, planned, questions, record
from moderation.domains.lists.tables import DomainListEntryRow, DomainListRow
from moderation.domains.questions import Question
from moderation.domains.record import PassedOn, Week
from moderation.domains.values import NO_FILTERS, Filter, RuleDraft, in_order
from moderation.reports.tables import ForwardState
from moderation.timeline.values import About, Entry
from moderation.values import Severity

Mentions = Sequence[tuple[DomainListRow, DomainListEntryRow]]
_DOES: Final = ("severity", "reject_media", "reject_reports", "filters", "subdomains")
"""The fields of a list that say what is done."""
MOST_HAPPENED: Final = 5000
"""The latest events; who wants more has the pages."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Its suspension that is announced."""

    takes_place_at: datetime
    announced_at: datetime
    announced_by: str
    public_comment: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What its moderators said to a question."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What its moderators were asked; `posts` are addresses."""

    id: int
    text: str
    posts: tuple[str, ...]
    state: ForwardState
    asked_by: str
    asked_at: datetime
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A followed list that names it, or (`domain`) one above it, and why."""

    id: int
    name: str
    domain: str
    severity: str | None
    """None where the list doesn't say."""
    public_comment: str
    reject_media: bool = False
    reject_reports: bool = False
    filters: tuple[Filter, ...] = ()
    subdomains: bool = True
    said: tuple[str, ...] = ()
    """Which of all these the list gives; of the others it says nothing."""

    def differs(self, draft: RuleDraft) -> bool:
        """Whether a rule would do something else than the list says, as far as it says something of that server."""
        if self.domain != draft.domain and not self.subdomains:
            return False
        return any(self._differs(name, draft) for name in self.said)

    def _differs(self, name: str, draft: RuleDraft) -> bool:
        if name == "severity":
            return self.severity != draft.severity.value
        if name == "subdomains":
            return self.domain == draft.domain and self.subdomains != draft.subdomains
        if draft.severity is Severity.SUSPEND:
            return False  # nothing is left to be toned down
        if name == "filters":
            return draft.severity is not Severity.ALLOW and _toned(self.filters, self.reject_media) != _toned(
                draft.filters, draft.reject_media
            )
        return bool(getattr(self, name) != getattr(draft, name))


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the page's timeline: `what` is a code, `details` are what its sentence needs."""

    at: datetime
    what: str
    by: str | None
    case_id: int | None
    uri: str | None
    """Of the post or account that it tells of, if it is of one."""
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """What the domain's page says. `history` is that of the rule in force, perhaps a parent's, and `happened` all that
    is told of this very domain, both with the oldest first; `verdicts` are by day."""

    known: KnownDomain
    history: tuple[DomainEvent, ...]
    happened: tuple[Happened, ...]
    source: str | None
    """The followed list that manages the rule in force, by its name; None where it is the house's own."""
    planned: Plan | None
    week: Week
    passed_on: PassedOn
    lists: tuple[Mention, ...]
    impact: Impact
    verdicts: tuple[Day, ...]
    on_the_way: Deliveries
    contact: Contact
    questions: tuple[Asked, ...]


def of(session: Session, domain: str, reader: str, now: datetime) -> Record:
    """Any domain, known or not, by its canonical name, as an admin reads it who is called so: what they are kept out
    of isn't told."""
    known, mentions = domains.one(session, domain), following.mentions(session, domain)
    return Record(
        known=known,
        history=tuple(domains.history(session, known.rule_domain or domain)),
        happened=_happened(session, domain, reader, now),
        source=_source(known, mentions),
        planned=plan_of(session, domain),
        week=record.week(session, domain, now),
        passed_on=record.passed_on(session, domain, now),
        lists=named_by(mentions),
        impact=impact.of(session, domain),
        verdicts=tuple(impact.verdicts(session, domain, now)),
        on_the_way=domains.deliveries(session, domain),
        contact=contacts.known(session, domain),
        questions=asked(session, domain, now),
    )


def lists_of(session: Session, domain: str) -> tuple[Mention, ...]:
    """The followed lists that name it or one above it, the one with most weight first."""
    return named_by(following.mentions(session, domain))


def named_by(mentions: Mentions) -> tuple[Mention, ...]:
    """The same of what was found."""
    return tuple(_mention(row, entry) for row, entry in mentions)


def plan_of(session: Session, domain: str) -> Plan | None:
    """Its suspension, where one is announced."""
    row = planned.of(session, domain)
    if row is None:
        return None
    return Plan(row.takes_place_at, row.announced_at, row.announced_by, row.rule.get("public_comment", ""))


def asked(session: Session, domain: str, now: datetime) -> tuple[Asked, ...]:
    """What its moderators were asked, the latest first: for moderators."""
    return tuple(_asked(each) for each in questions.of(session, domain, now))


def _asked(one: Question) -> Asked:
    row = one.row
    answers = tuple(Answer(each.text, each.author_uri, each.at) for each in one.answers)
    return Asked(row.id, row.text, tuple(row.about), row.state, row.asked_by, row.asked_at, answers)


def _happened(session: Session, domain: str, reader: str, now: datetime) -> tuple[Happened, ...]:
    found: list[Entry] = []
    after = None
    while len(found) < MOST_HAPPENED:
        entries, after = timeline.of(session, About(domain=domain), reader, Role.ADMIN, now, after=after)
        found += entries
        if after is None:
            break
    events = [(each.event, each) for each in reversed(found)]
    return tuple(
        Happened(event.at, event.what, event.by, each.case_id, each.uri, event.details) for event, each in events
    )


def _mention(row: DomainListRow, entry: DomainListEntryRow) -> Mention:
    said = entry.said
    return Mention(
        row.id,
        row.name,
        entry.domain,
        said.get("severity"),
        said.get("public_comment", ""),
        said.get("reject_media", False),
        said.get("reject_reports", False),
        tuple(in_order(map(Filter, said.get("filters", ())))),
        said.get("subdomains", True),
        tuple(name for name in _DOES if name in said),
    )


def _toned(filters: Iterable[Filter], reject_media: bool) -> frozenset[Filter]:
    """What is toned down: without media there are no avatars either."""
    return frozenset(filters) | ({Filter.AVATARS} if reject_media else NO_FILTERS)


def _source(known: KnownDomain, mentions: Mentions) -> str | None:
    if known.rule is None or not known.rule.source:
        return None
    names = {following.source_of(row): row.name for row, _entry in mentions}
    return names.get(known.rule.source, known.rule.source)
