"""The house as its rows have it, for the planner: what came and what people found, who works when, and how fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.audits import spreading
from moderation.cases.tables import CaseRow
from moderation.checks.model import TextScorer
from moderation.drift.measures import TRAITS
from moderation.holds.tables import HoldRow
from moderation.learning.values import ModelKind
from moderation.planning import again, bands, drawing, handled, paces, readers
from moderation.planning import found as people
from moderation.planning.bands import Seen, of_history, places
from moderation.planning.calibration import Curve
from moderation.planning.drawing import FATES, Fate, Stratum
from moderation.planning.found import Found
from moderation.planning.paces import Paces
from moderation.planning.plans import RHYTHM, Aim, Ends, Label, Situation
from moderation.planning.readers import Errors, Read
from moderation.planning.risk import Drawn, Example
from moderation.planning.waiting import STEP_MINUTES, STEPS, Staffing
from moderation.policy import store
from moderation.policy.values import Audits, HoldTimes, resolve
from moderation.values import CaseOrigin, Outcome, SubjectKind
from moderation.verdicts.tables import VerdictRow
from moderation.workforce import shifts, staffing
from moderation.workforce.capacity import FEWEST_DECIDED, LEAST_WORKED, Past

LOOKED_BACK: Final = timedelta(days=28)
GOLDEN_LOOKED_BACK: Final = timedelta(days=180)
MOST: Final = 60_000
"""With more posts than this the latest count, and the days that they took."""
FEWEST: Final = 500
"""Posts, before anything is said of the house's own."""
STEADY: Final = 48
"""So many cases of a day count as much as the usual rhythm does."""
WAVES: Final = frozenset(("wave", "confirmed_wave"))


@dataclass(frozen=True, slots=True)
class Samples:
    """Of what was let in and drawn at random: how much somebody found harmful, how much of that another has read since,
    and in how much that other agreed."""

    harmful: int
    twice: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows tell. `planned` is whether the hours are those of the plan, or those in which people
    were there."""

    situation: Situation
    posts_a_day: float
    decided: int
    planned: bool
    drawn: dict[str, list[Drawn]]
    """By label, what came before people as its like do, each with the chance that it had to."""
    strata: tuple[Stratum, ...]
    """How many posts had which fate, and how many of those people looked at."""
    paces: Paces
    """How long kinds of cases take, and beside each other."""
    busy_seconds: float
    """Time worked, by cases decided: what a case takes at most. Where no case's own time is known the plan reckons with
    it; then people look busy all the time, and how much more they could do isn't known."""
    curves: Mapping[str, Curve]
    """By label, what scores mean here."""
    errors: Errors
    """How often people are wrong."""
    samples: Samples
    version: str
    """Of the text model; only what it judged counts."""
    others: int
    """Posts that other versions judged: left out, for their scores mean something else."""


def read(session: Session, model: TextScorer, aim: Aim, now: datetime) -> Known | None:
    """The house as it was lately, as far as this model judged it; None while there is too little to say."""
    past = staffing.past(session, now)
    if past.decided < FEWEST_DECIDED or past.time_worked < LEAST_WORKED:
        return None
    posts, days, others = _posts(session, model.version, now)
    if len(posts) < FEWEST:
        return None
    found = people.read(session, {post.id: post for post in posts})
    policy, hands, pace = store.current(session), _planned(session, now), paces.of(handled.read(session, now))
    lines = {name: resolve(each.hold, name, model.hold_lines) for name, each in policy.labels.items()}
    doors = {name: policy.hold_line(name, model.hold_lines, now) for name in lines}
    seen = {name: _seen(posts, found, name, doors[name], pace) for name, line in lines.items() if line is not None}
    errors = readers.errors(_reads(posts, found), again.golden(session, now - GOLDEN_LOOKED_BACK))
    curves = {name: bands.learnt(each, errors) for name, each in seen.items()}
    labels = tuple(
        Label(
            name,
            each.severity,
            lines[name],
            of_history(seen[name], days, places(lines[name], doors[name]), curves[name], errors),
            name in policy.unmoving,
            policy.waits(name, now),
            policy.lifted_by(name, now),
        )
        for name, each in policy.labels.items()
        if name in seen
    )
    situation = Situation(
        labels,
        Staffing(hands or _present(session, past), pace.mean if pace.cases else past.each.total_seconds()),
        _others(past, pace) / past.days,
        _rhythm(past),
        _posts_an_author(session, now),
        aim,
        _ends(session, policy.holds, now),
    )
    strata, chances = _chances(posts, found, policy.audits)
    drawn = {label.name: _drawn(label.name, posts, found, chances) for label in labels}
    return Known(
        situation,
        len(posts) / days,
        len(found),
        hands is not None,
        drawn,
        strata,
        pace,
        past.each.total_seconds(),
        curves,
        errors,
        _samples(posts, found),
        model.version,
        others,
    )


@dataclass(frozen=True, slots=True)
class Post:
    """A verdict on a post, with its scores by label, the language that its author claims, and what came of it."""

    id: int
    scores: dict[str, float]
    language: str
    outcome: Outcome
    label: str | None
    drawn_at: float | None
    """The chance with which it was drawn for a sample; None where it wasn't."""

    @property
    def fate(self) -> Fate:
        """What machines did with it."""
        return FATES[self.outcome]


def _posts(session: Session, version: str, now: datetime) -> tuple[list[Post], float, int]:
    """Verdicts of this version on public posts by authors whom the text model may hold, the days in which so many come,
    and how many there are of other versions, which tell how many come and no more."""
    of = VerdictRow
    query = (
        select(of.id, of.facts, of.made_at, of.outcome, of.label, of.reasons, of.models)
        .where(VerdictRow.made_at > now - LOOKED_BACK, VerdictRow.made_at <= now, VerdictRow.facts.is_not(None))
        .where(~VerdictRow.by_person, VerdictRow.kind == SubjectKind.POST, VerdictRow.supersedes_id.is_(None))
        .order_by(VerdictRow.made_at.desc())
        .limit(MOST)
    )
    rows = session.execute(query).all()
    judged = [row for row in rows if row.facts.get("s") and _may_be_held(row)]
    kept = [row for row in judged if row.models.get(ModelKind.TEXT) == version]
    if not kept:
        return [], 1.0, len(judged)
    days = max(1.0, (now - rows[-1].made_at) / timedelta(days=1)) * len(kept) / len(judged)
    posts = [_post(row) for row in kept]
    return posts, days, len(judged) - len(kept)


def _post(row: Any) -> Post:
    drawn_at = spreading.chance_of(row.facts)
    return Post(row.id, row.facts["s"], _language(row.facts), row.outcome, row.label, drawn_at)


def _language(facts: Mapping[str, Any]) -> str:
    return str(facts[TRAITS][2]) if TRAITS in facts else ""


def _may_be_held(row: Any) -> bool:
    """Whether a line decides: not where the author's record does, a wave or a rule about its server, whatever the model
    says."""
    by_server = row.outcome is Outcome.REJECT and any(each.startswith("domain_") for each in row.reasons)
    return not (row.facts.get("p") or row.facts.get("m") or WAVES & set(row.reasons) or by_server)


def _chances(
    posts: Sequence[Post], found: Mapping[int, Found], audits: Audits
) -> tuple[tuple[Stratum, ...], dict[int, float]]:
    """What people really looked at of each fate, and by post which chance it had, whatever the policy asks for."""
    seen = {post.id for post in posts if post.id in found and drawing.is_drawn(post.fate, found[post.id].held_for)}
    strata = drawing.strata((post.fate, post.id in seen) for post in posts)
    chances: dict[int, float] = {}
    for stratum in strata:
        if stratum.fate is Fate.HELD:
            continue
        drawn = [post for post in posts if post.id in seen and post.fate is stratum.fate]
        rates = [_rate(post, audits) for post in drawn]
        chances |= dict(zip((post.id for post in drawn), drawing.chances(stratum, rates), strict=True))
    held = [post for post in posts if post.fate is Fate.HELD]
    by_score = drawing.by_score([(_score(post), post.id in seen) for post in held])
    chances |= {post.id: chance for post, chance in zip(held, by_score, strict=True) if post.id in seen}
    return strata, chances


def _score(post: Post) -> float:
    """That of the label for which it was held, by which it is seen sooner or later; the highest where none was."""
    return post.scores.get(post.label or "", max(post.scores.values()))


def _rate(post: Post, audits: Audits) -> float:
    """At which rate it was drawn; as the policy has it where nobody wrote that down."""
    return post.drawn_at or (audits.rate if post.fate is Fate.LET_IN else audits.restrained_rate) or 1.0


def _drawn(label: str, posts: list[Post], found: Mapping[int, Found], chances: Mapping[int, float]) -> list[Drawn]:
    return [
        Drawn(Example(post.scores[label], label in found[post.id].labels), chances[post.id], str(post.id))
        for post in posts
        if post.id in chances and label in post.scores
    ]


def _seen(posts: list[Post], found: Mapping[int, Found], label: str, line: float | None, pace: Paces) -> list[Seen]:
    effort = {language: pace.effort(CaseOrigin.HOLD, label, language) for language in {each.language for each in posts}}
    return [
        _seen_one(post.scores[label], found.get(post.id), label, line, effort[post.language])
        for post in posts
        if label in post.scores
    ]


def _seen_one(score: float, found: Found | None, label: str, line: float | None, effort: float) -> Seen:
    if found is None or not found.speaks_of(label, score, line):
        return Seen(score, effort=effort)
    return Seen(score, label in found.labels, effort, found.of(label))


def _reads(posts: Sequence[Post], found: Mapping[int, Found]) -> list[Read]:
    """What was let in or held, as readings. Of what machines restrained themselves, to agree is to find it harmful."""
    return [found[post.id].read for post in posts if post.id in found and post.fate is not Fate.RESTRAINED]


def _samples(posts: Sequence[Post], found: Mapping[int, Found]) -> Samples:
    harmful = [
        read
        for post in posts
        if post.id in found and post.fate is Fate.LET_IN and (read := found[post.id].read).sampled and read.first
    ]
    twice = [each.agreed for each in harmful if each.agreed is not None]
    return Samples(len(harmful), len(twice), sum(twice))


def _others(past: Past, pace: Paces) -> float:
    """What wasn't held, as so many average cases."""
    return sum(pace.effort(each.origin, each.label, each.language) for each in past.arrivals if not each.held)


def _planned(session: Session, now: datetime) -> tuple[float, ...] | None:
    """The hands of the week to come, as they are planned; None where nothing is."""
    rows = shifts.between(session, now, now + timedelta(days=7))
    return _hands([(row.begins_at, row.ends_at) for row in rows], now, now + timedelta(days=7)) if rows else None


def _present(session: Session, past: Past) -> tuple[float, ...]:
    """The hands of a usual week, as people were there lately."""
    return _hands(staffing.present(session, past.since, past.until), past.since, past.until)


def _hands(spans: Any, since: datetime, until: datetime) -> tuple[float, ...]:
    """By step of the week, how many were there on average of the weeks from one moment to another."""
    length = timedelta(minutes=STEP_MINUTES)
    weeks = max(1.0, (until - since) / timedelta(days=7))
    found = [0.0] * STEPS
    for begin, end in spans:
        at, last = max(begin, since), min(end, until)
        while at < last:
            midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
            step = (at - midnight) // length
            edge = midnight + (step + 1) * length
            found[at.weekday() * (STEPS // 7) + step] += (min(edge, last) - at) / length
            at = edge
    return tuple(each / weeks for each in found)


def _rhythm(past: Past) -> tuple[float, ...]:
    """How much of a day comes in each hour (UTC): as it was, and as it usually is where little came."""
    counts = [0] * 24
    for each in past.arrivals:
        counts[each.at.hour] += 1
    whole = sum(RHYTHM)
    return tuple(round(count + STEADY * usual / whole, 4) for count, usual in zip(counts, RHYTHM, strict=True))


def _ends(session: Session, times: HoldTimes, now: datetime) -> Ends:
    """When holds end, and which part of them were members' lately."""
    query = select(HoldRow.local, func.count()).where(HoldRow.held_at > now - LOOKED_BACK).group_by(HoldRow.local)
    counts = {local: count for local, count in session.execute(query)}
    whole = sum(counts.values())
    return Ends(times.local_hours, times.remote_hours, counts.get(True, 0) / whole if whole else Ends().local)


def _posts_an_author(session: Session, now: datetime) -> float:
    """How many held posts an author has, of those whom it met lately."""
    query = select(func.count(), func.count(CaseRow.author_uri.distinct()))
    count, authors = session.execute(
        query.where(CaseRow.origin == CaseOrigin.HOLD, CaseRow.opened_at > now - LOOKED_BACK)
    ).one()
    return max(1.0, count / authors) if authors else 1.0
