"""When a wave is seen, a rule is proposed for it, as a draft that ends with the wave: what its posts have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from moderation import addresses, hashtags
from moderation.cases.tables import CaseSubjectRow
from moderation.duplicates.tables import ClusterRow, ClusterState
from moderation.evidence import snapshots
from moderation.evidence.snapshots import Snapshot
from moderation.instance_rules import keeping, language
from moderation.instance_rules.keeping import Draft
from moderation.instance_rules.tables import InstanceRuleRow, RuleState
from moderation.patterns.tables import PatternSeverity

LOOKED_AT: Final = 50
"""Posts of a wave whose evidence is compared."""
LEAST_WORDS: Final = 4
"""Words in a row that are long enough to be a wave's own."""
FRESH: Final = timedelta(days=2)
BY: Final = "policy"


def propose(session: Session, now: datetime, own: str, limit: int = 20) -> int:
    """A draft for each wave of these days that has none, and where something common is found; how many. `own` is this
    house's domain, which is never what a wave has in common."""
    proposed = exists().where(InstanceRuleRow.cluster_id == ClusterRow.id)
    waves = select(ClusterRow).where(
        ClusterRow.state == ClusterState.HELD,
        ClusterRow.case_id.is_not(None),
        ClusterRow.first_seen_at > now - FRESH,
        ClusterRow.ends_at > now,
        ~proposed,
    )
    return sum(_propose(session, row, now, own) for row in session.scalars(waves.order_by(ClusterRow.id).limit(limit)))


def end_with_waves(session: Session, now: datetime) -> int:
    """Rules whose wave is over, or was said to be harmless, are off; how many."""
    over = (ClusterRow.ends_at <= now) | (ClusterRow.state == ClusterState.CLEARED)
    rows = session.scalars(
        select(InstanceRuleRow)
        .join(ClusterRow, ClusterRow.id == InstanceRuleRow.cluster_id)
        .where(over, InstanceRuleRow.state != RuleState.OFF)
    ).all()
    for row in rows:
        keeping.end(session, row, now)
    return len(rows)


def common(posts: Sequence[Snapshot], own: str) -> str | None:
    """An expression for what at least four in five of these posts have in common, the most telling first: a host that
    they link to, a hashtag, words in a row. None where there is nothing."""
    least = max(2, -(-4 * len(posts) // 5))
    hosts = _often(({addresses.host(str(link)) for link in each.context.get("links", ())} for each in posts), least)
    for host in hosts:
        if host and host != own and not host.endswith(f".{own}"):
            return f"post.hosts.exists(host, host == {_quoted(host)})"
    tags = _often((_hashtags(each) for each in posts), least)
    if tags:
        return f"{_quoted(tags[0])} in post.hashtags"
    words = _words_in_common(posts, least)
    return f"post.text.contains({_quoted(words)})" if words else None


def _propose(session: Session, wave: ClusterRow, now: datetime, own: str) -> int:
    members = select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == wave.case_id).limit(LOOKED_AT)
    posts = list(snapshots.latest(session, session.scalars(members).all()).values())
    found = common(posts, own) if len(posts) > 1 else None
    if found is None:
        return 0
    expression = f"{found} && !author.proven"
    if len(expression) > language.MOST_CHARACTERS:
        return 0
    draft = Draft(f"Wave {wave.id}", expression, PatternSeverity.HOLD, "spam", "", wave.ends_at)
    keeping.make(session, draft, BY, now, cluster_id=wave.id)
    return 1


def _often(sets: Iterable[Iterable[str]], least: int) -> list[str]:
    """What is in so many of these, the most frequent first, then the longest."""
    counted: Counter[str] = Counter()
    for each in sets:
        counted.update(each)
    often = [(-times, -len(value), value) for value, times in counted.items() if times >= least]
    return [value for _, _, value in sorted(often)]


def _hashtags(post: Snapshot) -> set[str]:
    return {form for tag in post.context.get("hashtags", ()) for form in hashtags.forms(str(tag))}


def _words_in_common(posts: Sequence[Snapshot], least: int) -> str | None:
    """The longest words in a row of one post, as they stand there, that so many have."""
    texts = [" ".join(each.text.split()) for each in posts]
    for pattern in sorted(set(texts), key=len)[:3]:
        words = pattern.split(" ")[:60]
        for length in range(min(len(words), 12), LEAST_WORDS - 1, -1):
            for start in range(len(words) - length + 1):
                said = " ".join(words[start : start + length])
                if len(said) >= 20 and sum(said in text for text in texts) >= least:
                    return said
    return None


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{''.join(char if char.isprintable() else ' ' for char in plain)}'"
