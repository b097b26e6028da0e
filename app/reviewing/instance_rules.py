"""Instance rules as leads keep them, their trials as the worker runs them, and what is proposed for waves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.database.engine import after_commit
from app.posts import redraft
from app.posts.tables import PostRow, PostState
from app.reviewing import people
from app.services import Services
from app.stores.jobs import Job
from moderation.evidence import snapshots
from moderation.evidence.snapshots import Snapshot
from moderation.instance_rules import keeping, proposing, trials
from moderation.instance_rules.keeping import Draft, Stated
from moderation.instance_rules.tables import RuleState, RuleTrialRow
from moderation.values import Author, Media, Mention, Origin, Submission

BATCH = 200


def make(services: Services, account: AccountRow, draft: Draft) -> Stated:
    """Another, as a draft. Raises ForbiddenError, moderation's errors."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        return keeping.make(session, draft, by, services.clock.now())


def say(services: Services, account: AccountRow, number: int, draft: Draft) -> Stated:
    """Say it anew. Raises ForbiddenError, moderation's errors."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        return keeping.say(session, number, draft, by, services.clock.now())


def move(services: Services, account: AccountRow, number: int, to: RuleState) -> Stated:
    """Into another state. Raises ForbiddenError, moderation's errors."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        return keeping.move(session, number, to, by, services.clock.now())


def roll_back(services: Services, account: AccountRow, number: int) -> Stated:
    """To what it said before. Raises ForbiddenError, moderation's errors."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        return keeping.roll_back(session, number, by, services.clock.now())


def try_out(services: Services, account: AccountRow, number: int, days: int) -> RuleTrialRow:
    """On what was judged in the last days, by the worker. Raises ForbiddenError, moderation's errors."""
    return try_out_as(services, people.require(account, people.RULES), number, days)


def try_out_as(services: Services, by: str, number: int, days: int) -> RuleTrialRow:
    """The same, by a name."""
    with services.db.write() as session:
        row = trials.ask(session, number, days, by, services.clock.now())
        after_commit(session, lambda: services.nudger.nudge(Job.INSTANCE_RULES))
    return row


def work(services: Services, limit: int = BATCH) -> int:
    """A job: end what is over, propose for new waves, and look at one more batch of the oldest trial; how many
    verdicts were looked at."""
    now = services.clock.now()
    with services.db.write() as session:
        keeping.end_due(session, now)
        proposing.end_with_waves(session, now)
        proposing.propose(session, now, services.settings.domain)
    return _look(services, limit)


def _look(services: Services, limit: int) -> int:
    """Judged outside of any write: only what came of it is written, and what was called off meanwhile stays so."""
    with services.db.read() as session:
        trial = trials.next_one(session)
        if trial is None:
            return 0
        judged = trials.next_verdicts(session, trial, limit)
        known = submissions(session, [each.uri for each in judged])
        found = trials.look(session, trial, judged, known, services.tools)
    with services.db.write() as session:
        trials.note(session, trial, judged, found, services.clock.now())
    return len(judged)


def submissions(session: Session, uris: Sequence[str]) -> dict[str, Submission]:
    """Posts as the door would see them now, those that are gone by their evidence; what left neither is left out."""
    there = select(PostRow.pk).where(PostRow.uri.in_(uris), PostRow.state != PostState.DELETED)
    found = {each.uri: each for each in redraft.as_submissions(session, session.scalars(there).all())}
    gone = snapshots.latest(session, [uri for uri in uris if uri not in found])
    authors = {each.author_uri for each in gone.values()}
    actors = {row.uri: row for row in session.scalars(select(ActorRow).where(ActorRow.uri.in_(authors)))}
    return found | {uri: _of_evidence(each, actors.get(each.author_uri)) for uri, each in gone.items()}


def _of_evidence(each: Snapshot, actor: ActorRow | None) -> Submission:
    context = each.context
    domain = actor.domain if actor is not None else each.author_handle.rpartition("@")[2]
    origin = Origin.LOCAL if actor is not None and actor.local else Origin.REMOTE
    made_at = actor.published_at if actor is not None else None
    return Submission(
        uri=each.uri,
        kind=each.kind,
        author=Author(each.author_uri, domain, origin, each.author_handle, made_at),
        visibility=each.visibility,
        text=each.text,
        submitted_at=each.taken_at,
        html=each.html,
        warning=each.warning,
        language=each.language,
        links=tuple(map(str, context.get("links", ()))),
        mentions=tuple(Mention(str(one), local=False) for one in context.get("mentions", ())),
        hashtags=tuple(map(str, context.get("hashtags", ()))),
        media=tuple(Media(str(one.get("url", ""))) for one in context.get("media", ())),
        poll_options=tuple(map(str, context.get("poll_options", ()))),
        in_reply_to=context.get("in_reply_to"),
        published_at=each.published_at,
    )
