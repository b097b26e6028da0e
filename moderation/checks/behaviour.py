"""Spam behaviour: how a post is sent, not what it says. Signals that lack their facts say nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from moderation import addresses
from moderation.checks.values import Context
from moderation.values import Finding, Origin, Submission

VERSION = "1"
LINKS_LOOKED_AT: Final = 50
Signal = Callable[[Submission, Context], bool]


def check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    """One finding for a post on which signals speak, with their points added up."""
    return [_findings(submission, context) for submission in batch]


def link_hosts(submission: Submission) -> frozenset[str]:
    """The hosts that a post links to, but its author's own."""
    hosts = {addresses.host(link) for link in submission.links[:LINKS_LOOKED_AT]}
    return frozenset(hosts - {"", submission.author.domain})


def _findings(submission: Submission, context: Context) -> list[Finding]:
    rule = context.policy.behaviour
    spoken = [name for name, signal in SIGNALS.items() if rule.points.get(name) and signal(submission, context)]
    if not spoken:
        return []
    points = sum(rule.points[name] for name in spoken)
    details = {"signals": spoken, "points": points}
    return [Finding("behaviour", "spam", VERSION, "spam_behaviour", details=details)]


def _younger(made_at: datetime | None, days: float, context: Context) -> bool:
    """Whether something was made less than so many days ago; unknown ages say nothing."""
    return made_at is not None and context.now - made_at < timedelta(days=days)


def _young_account(submission: Submission, context: Context) -> bool:
    return _younger(submission.author.made_at, context.policy.behaviour.young_account_days, context)


def _young_domain(submission: Submission, context: Context) -> bool:
    remote = submission.author.origin is Origin.REMOTE
    return remote and _younger(submission.author.domain_made_at, context.policy.behaviour.young_domain_days, context)


def _many_strangers(submission: Submission, context: Context) -> bool:
    return context.strangers(submission) >= context.policy.behaviour.strangers_in_a_post


def _fan_out(submission: Submission, context: Context) -> bool:
    record = context.records.get(submission.author.uri)
    strangers = context.strangers(submission)
    if not context.acquainted or record is None or not strangers:
        return False
    return record.strangers_lately(context.now) + strangers >= context.policy.behaviour.strangers_in_an_hour


def _first_contact(submission: Submission, context: Context) -> bool:
    if not context.acquainted or submission.author.origin is Origin.LOCAL:
        return False
    record = context.records.get(submission.author.uri)
    local = [mention for mention in submission.mentions if mention.local]
    unknown = record is None or record.approved == 0
    return unknown and bool(local) and not any(mention.knows_author for mention in local)


def _new_link(submission: Submission, context: Context) -> bool:
    return context.acquainted and bool(link_hosts(submission) - context.hosts)


def _many_links(submission: Submission, context: Context) -> bool:
    return len(link_hosts(submission)) >= context.policy.behaviour.links


def _many_hashtags(submission: Submission, context: Context) -> bool:
    return len(submission.hashtags) >= context.policy.behaviour.hashtags


SIGNALS: Final[Mapping[str, Signal]] = {
    "young_account": _young_account,
    "young_domain": _young_domain,
    "many_strangers": _many_strangers,
    "fan_out": _fan_out,
    "first_contact": _first_contact,
    "new_link": _new_link,
    "many_links": _many_links,
    "many_hashtags": _many_hashtags,
}
