"""Loading what checks and policy need for a batch, in a few queries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from moderation import second_model
from moderation.audits import spreading
from moderation.authors import records
from moderation.cases import reported as cases_of
from moderation.checks import links
from moderation.checks.behaviour import link_hosts
from moderation.checks.duplicates import COMPARED
from moderation.checks.values import Cluster, Context
from moderation.domains import modes
from moderation.duplicates import index
from moderation.duplicates.simhash import Fingerprint, fingerprints
from moderation.errors import CheckFailedError
from moderation.figures import Figures
from moderation.learning import uses
from moderation.learning.values import ModelKind
from moderation.links import keeping as link_rules
from moderation.listed import matching
from moderation.policy.values import Policy
from moderation.second_model import SecondScorer
from moderation.tools import Tools
from moderation.values import Media, Origin, Submission


def load(session: Session, batch: Sequence[Submission], tools: Tools, figures: Figures) -> Context:
    """The context of a batch; `figures` were just read."""
    now = tools.now()
    policy = tools.policies.get(session, figures.policy)
    prints = _fingerprints(batch)
    known = index.clusters(session, now) if figures.waves_in_force else ()
    unknown = [each for each in prints.values() if _is_open(each, known, policy)]
    hosts = {host for submission in batch for host in link_hosts(submission)}
    linked = {host for submission in batch for host in links.hosts(submission)}
    hosts_since = records.known_hosts(session, hosts)
    rules = tools.rules.get(session, figures.rules_version)
    remote = {each.author.domain for each in batch if each.author.origin is not Origin.LOCAL}
    cases, waves = figures.cases_left(policy)
    learnt = uses.in_force(session) if figures.models_chosen else {}
    second, broken = _second_stage(policy, tools)
    return Context(
        now=now,
        policy=policy,
        rules=rules,
        new_domains=modes.strangers(session, remote, rules.way),
        text_model=tools.text_model or tools.models.of(learnt.get(ModelKind.TEXT)),
        acquainted=figures.acquainted(policy, now),
        records=records.load(session, [submission.author.uri for submission in batch]),
        hosts=frozenset(hosts_since),
        host_ages=hosts_since,
        behaviour_model=tools.behaviour.of(learnt.get(ModelKind.BEHAVIOUR)),
        context_model=tools.in_context.of(learnt.get(ModelKind.CONTEXT)),
        link_rules=link_rules.in_force(session, linked, now),
        patterns=tools.patterns.get(session, figures.patterns),
        fingerprints=prints,
        neighbours=index.neighbours(session, unknown, now, policy.wave.window_hours, tools.bands),
        clusters=known,
        listed=matching.find(session, _media(batch), tools.bank, policy.pictures, now),
        second_stage=second,
        second_stage_failed=broken,
        reported=_reported(session, batch, policy),
        cases_left=cases,
        waves_left=waves,
        audits_left=figures.audits_left(policy),
        audit_rates=spreading.rates(policy.audits, tools.expected.get(session, now)),
        chances={submission.uri: tools.chance() for submission in batch},
    )


def _media(batch: Sequence[Submission]) -> list[Media]:
    return [each for submission in batch for each in submission.media]


def _second_stage(policy: Policy, tools: Tools) -> tuple[SecondScorer | None, bool]:
    """The second stage, where policy wants one, and whether there is one that can't be used."""
    if not policy.second_stage.on:
        return None, False
    try:
        return tools.second_stage or second_model.shipped(tools.data_dir), False
    except CheckFailedError:
        return None, True


def _reported(session: Session, batch: Sequence[Submission], policy: Policy) -> frozenset[str]:
    if not (policy.second_stage.on and policy.second_stage.reported):
        return frozenset()
    return cases_of.reported(session, {each.author.uri for each in batch})


def _fingerprints(batch: Sequence[Submission]) -> dict[str, Fingerprint]:
    texts = list(dict.fromkeys(each.text for each in batch if each.kind in COMPARED))
    return dict(zip(texts, fingerprints(texts), strict=True))


def _is_open(each: Fingerprint, known: Sequence[Cluster], policy: Policy) -> bool:
    """Whether neighbours must be looked for: long enough, and in no wave that is known."""
    if each.characters < policy.wave.minimum_characters:
        return False
    return all((cluster.simhash ^ each.simhash).bit_count() > policy.wave.distance for cluster in known)
