"""What a check is, and what it is handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.behaviour import BehaviourModel, Facts
from models.context import ContextModel
from moderation.audits.spreading import Rates
from moderation.authors.records import AuthorRecord
from moderation.checks.model import TextScorer
from moderation.domains.rules import DomainRules
from moderation.duplicates.simhash import Fingerprint
from moderation.duplicates.tables import ClusterState
from moderation.listed.matching import Match
from moderation.patterns.matching import Patterns
from moderation.policy.values import Policy
from moderation.second_model import SecondScorer
from moderation.values import Finding, Media, Submission, Visibility


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A recent post that may be alike."""

    uri: str
    author_uri: str
    simhash: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """A wave that is known."""

    id: int
    key: str
    simhash: int
    state: ClusterState
    copies: int
    authors: int


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that checks and policy may know besides the batch."""

    now: datetime
    policy: Policy
    rules: DomainRules
    text_model: TextScorer | None
    acquainted: bool
    """Whether enough is known here that being new means something."""
    records: Mapping[str, AuthorRecord] = field(default_factory=dict)
    new_domains: frozenset[str] = frozenset()
    """Domains of the batch that were never met before, where what comes from such waits at first."""
    hosts: frozenset[str] = frozenset()
    """Those of the batch's that were linked to before."""
    host_ages: Mapping[str, datetime] = field(default_factory=dict)
    """When each of them was first linked to here."""
    behaviour_model: BehaviourModel | None = None
    sent: dict[str, Facts] = field(default_factory=dict, repr=False, compare=False)
    """By address, how each of the batch is sent: a note that the behaviour model's check leaves for what is kept of the
    judgement. No check reads it, and it is the same each time, so it's no part of what is handed in."""
    context_model: ContextModel | None = None
    """None until this server has learnt one from its decisions."""
    link_rules: frozenset[str] = frozenset()
    """Hosts to which nothing may link, for a while, by a person's word."""
    patterns: Patterns = field(default_factory=Patterns)
    """Links, hashtags and names about which a person made a rule."""
    fingerprints: Mapping[str, Fingerprint] = field(default_factory=dict)
    """By text."""
    neighbours: tuple[Neighbour, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    listed: Mapping[Media, tuple[Match, ...]] = field(default_factory=dict)
    """By file, which listed hashes it has or nearly has, the gravest first."""
    second_stage: SecondScorer | None = None
    second_stage_failed: bool = False
    """It is here, policy wants it, and it can't be used: what it should judge waits."""
    reported: frozenset[str] = frozenset()
    """Authors of the batch about whom a report is open, where policy wants to know."""
    cases_left: int = 0
    waves_left: int = 0
    audits_left: int = 0
    audit_rates: Rates = field(default_factory=Rates)
    chances: Mapping[str, float] = field(default_factory=dict)
    """By URI, a number drawn from [0, 1): whether it is audited."""

    def is_proven(self, author_uri: str) -> bool:
        """Whether an author's record here is a good one."""
        record = self.records.get(author_uri)
        return record is not None and record.is_proven(self.policy.proven, self.now)

    def trusts(self, author_uri: str, label: str) -> bool:
        """Whether people trust an author for a label, so that the text model says nothing of it."""
        record = self.records.get(author_uri)
        return record is not None and record.is_trusted_for(label, self.now)

    def strangers(self, submission: Submission) -> int:
        """How many it addresses who don't know its author."""
        return sum(not mention.knows_author for mention in submission.mentions)

    def is_letter(self, submission: Submission) -> bool:
        """Whether it is direct, and no mailing to more strangers than a letter has."""
        mailed = self.strangers(submission) > self.policy.mailing.strangers
        return submission.visibility is Visibility.DIRECT and not mailed


Check = Callable[[Sequence[Submission], Context], list[list[Finding]]]
"""One list of findings for each submission. Raises CheckFailedError, and nothing else."""
