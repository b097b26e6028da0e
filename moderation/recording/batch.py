"""Recording a batch: verdicts, evidence, holds, waves, cases, counters; one short write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import tallies
from moderation.audits import cases as audit_cases
from moderation.authors import records
from moderation.checks.behaviour import link_hosts
from moderation.instance_rules import hits as instance_rule_hits
from moderation.policy import store
from moderation.policy.store import PolicyCache, Stamp
from moderation.recording import holds, retries, verdicts, waves
from moderation.recording.work import Item, Recorded, Work
from moderation.rows import ask
from moderation.values import CaseOrigin, Judgement, Outcome, RecordedVerdict, SubjectKind


def record(
    session: Session,
    judgements: Sequence[Judgement],
    now: datetime,
    policies: PolicyCache | None = None,
    *,
    unheard_of: Collection[str] = (),
) -> Recorded:
    """Store what was judged. Returns a verdict for each judgement, None for those that wait, and effects.

    Nothing is committed; the caller stores what the verdicts are of in the same transaction. With `policies` the
    policy that judging has read is read again only where it isn't in force any more. Of URIs that are `unheard_of`
    there can't be a verdict yet.
    """
    if not judgements:
        return Recorded([], [])
    asked = ask(session, _BEFORE).one()
    stamp = Stamp(*asked[: len(store.STAMP)])
    if stamp.version is None:
        store.begin(session, now)
        stamp = store.stamp(session)
    policy = policies.get(session, stamp) if policies is not None else store.of_stamp(session, stamp)
    settled = list(judgements)
    if asked.retrying or any(each.failed_checks for each in judgements):
        settled = retries.settle(session, judgements, now)
    before = verdicts.latest_ids(session, {each.submission.uri for each in settled}.difference(unheard_of))
    held_before = holds.open_holds(session, list(before))  # what was never judged can't be held
    settled = [holds.stay_held(each, each.submission.uri in held_before) for each in settled]
    items = [Item(each, _origin(each)) for each in settled if each.outcome is not None]
    work = Work(session, now, policy, items)
    verdicts.write(work, before)
    instance_rule_hits.write(work)
    waves.write(work)
    holds.write(work, held_before)
    audit_cases.write(work)
    waves.write_fingerprints(work)
    _count(work, settled)
    return Recorded(_verdicts(settled, items), work.effects)


_BEFORE = select(*store.STAMP, retries.UNDER_WAY.label("retrying"))
"""Made once: it is asked for every batch."""


def _origin(judgement: Judgement) -> CaseOrigin | None:
    if judgement.outcome is not Outcome.HOLD:
        return None
    return CaseOrigin.RETRY if judgement.failed_checks else CaseOrigin.HOLD


def _verdicts(settled: Sequence[Judgement], items: Sequence[Item]) -> list[RecordedVerdict | None]:
    found: list[RecordedVerdict | None] = []
    rest = iter(items)
    for judgement in settled:
        if judgement.outcome is None:
            found.append(None)
        else:
            item = next(rest)
            found.append(RecordedVerdict(item.verdict_id, item.uri, judgement.outcome, item.case_id))
    return found


def _count(work: Work, settled: Sequence[Judgement]) -> None:
    judgements = [item.judgement for item in work.items]
    posts = [each for each in judgements if each.submission.kind is SubjectKind.POST]
    records.count(work.session, posts, work.now)
    hosts = {host for each in judgements if each.as_public for host in link_hosts(each.submission)}
    records.remember_hosts(work.session, hosts, work.now)
    counted = Counter(f"outcome_{each.outcome}" for each in judgements)
    counted.update(name for each in judgements for name in each.tallies)
    counted["judged"] = len(judgements)
    counted["waiting"] = len(settled) - len(judgements)
    counted["held_unseen"] = sum(item.held and item.case_id is None for item in work.items)
    tallies.add(work.session, counted, work.now)
