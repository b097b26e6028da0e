"""Loading what checks and policy need for a batch, in a few queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.audits.counting import audits_left
from moderation.authors import records
from moderation.authors.tables import AuthorRow
from moderation.budget import cases_left
from moderation.checks.behaviour import link_hosts
from moderation.checks.duplicates import COMPARED
from moderation.checks.model import TextScorer
from moderation.checks.text import shipped_model
from moderation.checks.values import Cluster, Context
from moderation.duplicates import index
from moderation.duplicates.simhash import Fingerprint, fingerprints
from moderation.errors import CheckFailedError
from moderation.policy import store
from moderation.policy.values import Policy
from moderation.tools import Tools
from moderation.values import Submission
from moderation.verdicts.tables import VerdictRow


def load(session: Session, batch: Sequence[Submission], tools: Tools) -> Context:
    """The context of a batch."""
    now = tools.now()
    policy = store.current(session)
    prints = _fingerprints(batch)
    known = index.clusters(session, now)
    unknown = [each for each in prints.values() if _is_open(each, known, policy)]
    hosts = {host for submission in batch for host in link_hosts(submission)}
    cases, waves = cases_left(session, policy.budget, now)
    return Context(
        now=now,
        policy=policy,
        rules=tools.rules.get(session),
        text_model=tools.text_model or _shipped(),
        acquainted=is_acquainted(session, policy, now),
        records=records.load(session, [submission.author.uri for submission in batch]),
        hosts=records.known_hosts(session, hosts),
        fingerprints=prints,
        neighbours=index.neighbours(session, unknown, now, policy.wave.window_hours, tools.bands),
        clusters=known,
        cases_left=cases,
        waves_left=waves,
        audits_left=audits_left(session, policy.audits, now),
        chances={submission.uri: tools.chance() for submission in batch},
    )


def is_acquainted(session: Session, policy: Policy, now: datetime) -> bool:
    """Whether 7 days or 1,000 posts are known: before, everybody is a stranger."""
    first = session.scalar(select(func.min(AuthorRow.first_seen_at)))
    if first is None:
        return False
    if now - first >= timedelta(days=policy.acquaintance.days):
        return True
    return (session.scalar(select(func.max(VerdictRow.id))) or 0) >= policy.acquaintance.posts


def _shipped() -> TextScorer | None:
    try:
        return shipped_model()
    except CheckFailedError:
        return None  # the text check says so for every post, which then waits


def _fingerprints(batch: Sequence[Submission]) -> dict[str, Fingerprint]:
    texts = list(dict.fromkeys(each.text for each in batch if each.kind in COMPARED))
    return dict(zip(texts, fingerprints(texts), strict=True))


def _is_open(each: Fingerprint, known: Sequence[Cluster], policy: Policy) -> bool:
    """Whether neighbours must be looked for: long enough, and in no wave that is known."""
    if each.characters < policy.wave.minimum_characters:
        return False
    return all((cluster.simhash ^ each.simhash).bit_count() > policy.wave.distance for cluster in known)
