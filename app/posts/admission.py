"""Admission: drafts go in, are judged together, and come out as posts in the state that their verdicts say.

Judge first (reads, checks, the model), then one short write. Called with one local post, or a hundred remote ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import metrics
from app.enforcement import enact, machines
from app.enforcement.machines import Restricted
from app.posts import answering, consequences, door, noting, readers, storing, submissions
from app.posts.drafts import PostDraft
from app.posts.noting import Notes
from app.posts.storing import Stored
from app.posts.submissions import Surroundings
from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation import door as moderation_door
from moderation import turns
from moderation.values import Effect, Judgement

Alongside = Callable[[Session, list[Stored]], None]


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of a draft. `created` is False where the post was there already."""

    draft: PostDraft
    pk: int
    state: PostState
    created: bool


def admit(
    services: Services, drafts: Sequence[PostDraft], *, alongside: Alongside | None = None, again: bool = False
) -> list[Admitted]:
    """Judge and store a batch, in one write; whatever was published reaches its readers after the commit.

    `alongside` runs in that write, with what was stored: what must be there if and only if the posts are. `again`: this
    was tried before, so that even what members write may be there, which else was named a moment ago.
    """
    unique = list({draft.uri: draft for draft in drafts}.values())
    with services.db.read() as session:
        known = _known(session, [draft for draft in unique if not draft.local])  # ours were named a moment ago
        fresh = [draft for draft in unique if draft.uri not in known]
        around = submissions.look_around(session, fresh)
        batch = [submissions.build(draft, around) for draft in fresh]
        judgements = moderation_door.judge(session, batch, services.tools) if batch else []
    notes = noting.of_drafts(services, fresh)
    if fresh:
        with services.db.write() as session:
            turns.take(session)
            named_now = frozenset() if again else frozenset(draft.uri for draft in fresh if draft.local)
            stored, effects = _store(services, session, fresh, judgements, around, notes, named_now)
            if alongside is not None:
                alongside(session, stored)
            if effects or len(stored) < len(fresh):
                known |= _known(session, fresh)
            else:
                known |= {item.draft.uri: (item.pk, item.opening.state) for item in stored}
        for item in stored:
            outcome = item.opening.columns["outcome"] or "none"
            metrics.VERDICTS.labels("local" if item.draft.local else "remote", outcome).inc()
        _raise_answered(services, fresh)
    fresh_uris = {draft.uri for draft in fresh}
    return [
        Admitted(draft, *known[draft.uri], created=draft.uri in fresh_uris) for draft in drafts if draft.uri in known
    ]


def _raise_answered(services: Services, drafts: Sequence[PostDraft]) -> None:
    """What is answered, boosted or quoted while it waits has readers."""
    quoted = {draft.quote.uri for draft in drafts if draft.quote is not None}
    named = {uri for draft in drafts for uri in (draft.in_reply_to_uri, draft.boost_of_uri) if uri is not None} | quoted
    readers.appeared(services, named)


def _known(session: Session, drafts: Sequence[PostDraft]) -> dict[str, tuple[int, PostState]]:
    if not drafts:
        return {}
    found = session.execute(_KNOWN, {"uris": [draft.uri for draft in drafts]})
    return {uri: (pk, state) for uri, pk, state in found}


_KNOWN = select(PostRow.uri, PostRow.pk, PostRow.state).where(PostRow.uri.in_(bindparam("uris", expanding=True)))


def _boosted_already(session: Session, drafts: Sequence[PostDraft]) -> set[str]:
    """The boosts among these that their actors made before, or twice in this batch: one of each is enough."""
    pairs = {draft.uri: (draft.actor_id, draft.boost_of_pk) for draft in drafts if draft.boost_of_pk is not None}
    if not pairs:
        return set()
    there = {
        (actor_id, pk)
        for actor_id, pk in session.execute(
            select(PostRow.actor_id, PostRow.boost_of_pk).where(
                PostRow.boost_of_pk.in_({pk for _, pk in pairs.values()}),
                PostRow.actor_id.in_({actor_id for actor_id, _ in pairs.values()}),
                PostRow.state != PostState.DELETED,
            )
        )
    }
    again = set()
    for uri, pair in pairs.items():
        if pair in there:
            again.add(uri)
        there.add(pair)
    return again


def _store(
    services: Services,
    session: Session,
    drafts: Sequence[PostDraft],
    judgements: Sequence[Judgement],
    around: Surroundings,
    notes: Notes,
    named_now: frozenset[str],
) -> tuple[list[Stored], list[Effect]]:
    now = services.clock.now()
    known = _known(session, [draft for draft in drafts if draft.uri not in named_now])  # somebody may have been faster
    raced = {*known, *_boosted_already(session, drafts)}
    pairs = [(d, j) for d, j in zip(drafts, judgements, strict=True) if d.uri not in raced]
    waiting = answering.among(session, pairs)
    judged = [judgement for draft, judgement in pairs if draft.uri not in waiting]
    recorded = moderation_door.record(session, judged, now, services.tools.policies, unheard_of=named_now)
    verdicts = {one.submission.uri: verdict for one, verdict in zip(judged, recorded.verdicts, strict=True)}
    entries = [(draft, door.opening(draft, judgement, verdicts.get(draft.uri), now)) for draft, judgement in pairs]
    stored = storing.store(session, entries, around, now)
    noting.write(services, session, notes, stored)
    consequences.of_admission(services, session, stored)
    restricted = [
        Restricted(draft.actor_id, verdict, judgement.label, draft.language)
        for draft, judgement in pairs
        if draft.local and (verdict := verdicts.get(draft.uri)) is not None and verdict.outcome in machines.ACTIONS
    ]
    machines.state_reasons(services, session, restricted)
    enact.enact(services, session, recorded.effects)
    return stored, recorded.effects


def admit_one(
    services: Services, draft: PostDraft, *, alongside: Alongside | None = None, again: bool = False
) -> Admitted:
    """A batch of one."""
    return admit(services, [draft], alongside=alongside, again=again)[0]
