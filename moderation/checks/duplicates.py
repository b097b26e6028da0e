"""Near-duplicates: many posts that say nearly the same, from several authors, are a wave and one case.

What doesn't count: short texts (everybody says good morning), authors with a good record, and one author's repetition
unless it is aimed at strangers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.checks.values import Cluster, Context
from moderation.duplicates.simhash import Fingerprint, distances
from moderation.duplicates.tables import ClusterState
from moderation.values import Finding, SubjectKind, Submission, Visibility

VERSION = "1"
COMPARED = (SubjectKind.POST, SubjectKind.EDIT)


def check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    """A finding for each member of a known wave, and of one that this batch completes."""
    compared = [_is_compared(submission, context) for submission in batch]
    if not any(compared):
        return [[] for _ in batch]
    crowd = _Crowd.of(batch, compared, context)
    born: list[Cluster] = []
    found: list[list[Finding]] = []
    for submission, fits in zip(batch, compared, strict=True):
        cluster = _cluster(submission, crowd, born, context) if fits else None
        found.append([_finding(cluster)] if cluster and cluster.state is not ClusterState.CLEARED else [])
    return found


def _is_compared(submission: Submission, context: Context) -> bool:
    fingerprint = context.fingerprints.get(submission.text)
    if fingerprint is None or submission.kind not in COMPARED or not _is_public(submission, context):
        return False
    return fingerprint.characters >= context.policy.wave.minimum_characters


def _is_public(submission: Submission, context: Context) -> bool:
    if submission.visibility is Visibility.DIRECT:
        return context.strangers(submission) > context.policy.mailing.strangers
    return submission.visibility is not Visibility.FOLLOWERS


@dataclass(frozen=True, slots=True)
class _Crowd:
    """The recent posts and the batch, in arrays: who says what, and whether they count."""

    hashes: NDArray[np.uint64]
    uris: list[str]
    authors: list[str]

    @classmethod
    def of(cls, batch: Sequence[Submission], compared: list[bool], context: Context) -> _Crowd:
        rows = {each.uri: (each.simhash, each.author_uri) for each in context.neighbours}
        for submission, fits in zip(batch, compared, strict=True):
            if fits and not context.is_proven(submission.author.uri):
                rows[submission.uri] = (_print(submission, context).simhash, submission.author.uri)
        hashes = np.array([row[0] for row in rows.values()], dtype=np.uint64)
        return cls(hashes, list(rows), [row[1] for row in rows.values()])

    def alike(self, simhash: int, distance: int) -> list[int]:
        """The rows within so many bits."""
        if len(self.hashes) == 0:
            return []
        far = distances(np.array([simhash], dtype=np.uint64), self.hashes)[0]
        return [int(index) for index in np.flatnonzero(far <= distance)]


def _print(submission: Submission, context: Context) -> Fingerprint:
    return context.fingerprints[submission.text]


def _cluster(submission: Submission, crowd: _Crowd, born: list[Cluster], context: Context) -> Cluster | None:
    """The wave that a post belongs to: a known one, one that this batch bore, or one that it bears now."""
    simhash = _print(submission, context).simhash
    distance = context.policy.wave.distance
    for cluster in (*context.clusters, *born):
        if (cluster.simhash ^ simhash).bit_count() <= distance:
            return cluster
    if context.is_proven(submission.author.uri):
        return None
    alike = crowd.alike(simhash, distance)
    authors = {crowd.authors[index] for index in alike}
    if not _is_wave(submission, len(alike), authors, context):
        return None
    key = f"{simhash:016x}{int(context.now.timestamp()):x}"
    born.append(Cluster(0, key, simhash, ClusterState.HELD, len(alike), len(authors)))
    return born[-1]


def _is_wave(submission: Submission, copies: int, authors: set[str], context: Context) -> bool:
    line = context.policy.wave
    if copies >= line.copies and len(authors) >= line.authors:
        return True
    return copies >= line.copies_of_one_author and context.strangers(submission) > 0


def _finding(cluster: Cluster) -> Finding:
    why = "confirmed_wave" if cluster.state is ClusterState.SPAM else "wave"
    details = {
        "cluster": cluster.key,
        "copies": cluster.copies,
        "authors": cluster.authors,
        "state": cluster.state.value,
    }
    return Finding("near_duplicates", "spam", VERSION, why, details=details)
