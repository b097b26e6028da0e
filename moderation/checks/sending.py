"""The behaviour model: how likely something is spam by how it is sent. Letters aren't looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.behaviour import BehaviourModel, Facts, load_current, rows, widened
from models.errors import ModelError
from moderation.authors.records import AuthorRecord
from moderation.checks.behaviour import link_hosts
from moderation.checks.duplicates import COMPARED
from moderation.checks.values import Context
from moderation.duplicates.simhash import distances
from moderation.errors import CheckFailedError
from moderation.values import Author, Finding, Origin, SubjectKind, Submission

NAME: Final = "sending"
WHY: Final = "spam_sending"
WEIGHED: Final = 5
FACT: Final = "h"
"""In a verdict's facts: how it was sent, as the model reads it, in hundredths; decisions correct the model by that."""
_KINDS: Final = (*COMPARED, SubjectKind.PROFILE)
_DAY: Final = 86_400.0


def check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    """A finding with what weighed, for what looks more like spam than one in 200 ordinary things does.

    Nothing while this house knows too little for being new to mean something. Raises CheckFailedError where the policy
    has a line for it and the model can't be used.
    """
    wanted = [_is_looked_at(each, context) for each in batch]
    lines = context.policy.sending
    if not any(wanted) or not context.acquainted:
        return [[] for _ in batch]
    model = context.behaviour_model
    if model is None:
        if lines.is_drawn:
            raise CheckFailedError(NAME, "there is no behaviour model")
        return [[] for _ in batch]
    crowd = _Crowd(batch, context)
    facts = [facts_of(each, crowd, context) for each, fits in zip(batch, wanted, strict=True) if fits]
    for each, known in zip([each for each, fits in zip(batch, wanted, strict=True) if fits], facts, strict=True):
        context.sent[each.uri] = known
    found = iter([_findings(each, score, model) for each, score in zip(facts, model.score(facts), strict=True)])
    return [next(found) if fits else [] for fits in wanted]


def _is_looked_at(submission: Submission, context: Context) -> bool:
    return submission.kind in _KINDS and not context.is_letter(submission)


def _findings(facts: Facts, score: float, model: BehaviourModel) -> list[Finding]:
    if not 0.0 <= score <= 1.0:
        raise CheckFailedError(NAME, "a score is no probability")
    if score < model.about.lines["label"]:
        return []
    weighed = [name for name, _weight in model.explain(facts, WEIGHED)]
    details = {"score": round(score, 4), "weighed": weighed}
    return [Finding(NAME, "spam", model.version, WHY, details=details)]


def packed(facts: Facts) -> list[int]:
    """How something was sent, in a verdict's facts: no name and no address."""
    return [round(100 * each) for each in rows([facts])[0].tolist()]


def unpacked(facts: Mapping[str, Any]) -> tuple[float, ...] | None:
    """The row of features in a verdict's facts, also one that an older format kept; None where there is none."""
    found = facts.get(FACT)
    if not isinstance(found, list) or not all(isinstance(each, int | float) and math.isfinite(each) for each in found):
        return None
    return widened([each / 100 for each in found])


class _Crowd:
    """Recent posts and this batch, to count what says nearly the same."""

    def __init__(self, batch: Sequence[Submission], context: Context) -> None:
        known = {each.uri: (each.simhash, each.author_uri) for each in context.neighbours}
        for each in batch:
            fingerprint = context.fingerprints.get(each.text)
            if fingerprint is not None and fingerprint.characters >= context.policy.wave.minimum_characters:
                known[each.uri] = (fingerprint.simhash, each.author.uri)
        self._uris = list(known)
        self._authors = [author for _, author in known.values()]
        self._hashes: NDArray[np.uint64] = np.array([simhash for simhash, _ in known.values()], dtype=np.uint64)

    def copies(self, submission: Submission, context: Context) -> tuple[int, int]:
        """How many others say nearly the same, and by how many authors; of a known wave what it counts."""
        fingerprint, wave = context.fingerprints.get(submission.text), context.policy.wave
        if fingerprint is None or fingerprint.characters < wave.minimum_characters:
            return 0, 0
        for cluster in context.clusters:
            if (cluster.simhash ^ fingerprint.simhash).bit_count() <= wave.distance:
                return cluster.copies, cluster.authors
        far = distances(np.array([fingerprint.simhash], dtype=np.uint64), self._hashes)[0]
        alike = [int(place) for place in np.flatnonzero(far <= wave.distance) if self._uris[place] != submission.uri]
        return len(alike), len({self._authors[place] for place in alike})


def facts_of(submission: Submission, crowd: _Crowd, context: Context) -> Facts:
    """How one thing is sent, from what the door read for its other checks."""
    author, now = submission.author, context.now
    record = context.records.get(author.uri)
    hosts = link_hosts(submission)
    known = [context.host_ages[host] for host in hosts if host in context.host_ages]
    strangers = context.strangers(submission)
    met = (now - record.first_seen_at).total_seconds() if record is not None else 0.0
    sent = record.approved + record.held if record is not None else 0
    copies, copiers = crowd.copies(submission, context)
    fingerprint = context.fingerprints.get(submission.text)
    return Facts(
        account_age=(now - author.made_at).total_seconds() / _DAY if author.made_at is not None else None,
        server_age=(now - author.domain_made_at).total_seconds() / _DAY if author.domain_made_at is not None else None,
        acquaintance=met / _DAY,
        approved=record.approved if record is not None else 0,
        removed=record.removed if record is not None else 0,
        mentions=len(submission.mentions),
        strangers=strangers,
        strangers_lately=strangers + (record.strangers_lately(now) if record is not None else 0),
        links=len(hosts),
        new_links=len(hosts) - len(known),
        link_age=_youngest(known, len(hosts), context),
        pace=sent / max(met / 3600.0, 1.0),
        copies=copies,
        copiers=copiers,
        media=len(submission.media),
        letters=fingerprint.characters if fingerprint is not None else len(submission.text.strip()[:2000]),
        hashtags=len(submission.hashtags),
        answers=submission.in_reply_to is not None,
        name=author.handle.lstrip("@").partition("@")[0],
        followers_here=author.followers_here,
        profile=submission.kind is SubjectKind.PROFILE,
        local=author.origin is Origin.LOCAL,
        signup=author.signup,
        started_after=_started(author, record, now),
        followed=author.followed_lately,
    )


def _started(author: Author, record: AuthorRecord | None, now: datetime) -> float | None:
    """Hours between somebody's coming here and the first thing that they sent; None where either isn't known."""
    if author.made_at is None:
        return None
    first = record.first_seen_at if record is not None else now
    return (first - author.made_at).total_seconds() / 3600.0


def _youngest(known: Sequence[datetime], hosts: int, context: Context) -> float | None:
    """Days since the youngest of its hosts was first linked to here; 0 for one that never was."""
    if not hosts:
        return None
    return 0.0 if len(known) < hosts else min((context.now - each).total_seconds() / _DAY for each in known)


@lru_cache(maxsize=1)
def shipped() -> BehaviourModel:
    """Loaded on first use. Raises CheckFailedError where it can't be."""
    try:
        return load_current()
    except ModelError as error:
        raise CheckFailedError(NAME, str(error)) from error
