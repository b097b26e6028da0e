"""What decisions do to posts, edits and profiles: each may be enacted twice and means the same."""

from __future__ import annotations

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import profile
from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.enforcement import machines, subjects
from app.federation import outgoing
from app.federation.tables import DeliveryRow, DeliveryState, OutboxActivityRow
from app.notifications.of_posts import Release
from app.posts import consequences, counts, door, redraft, versions
from app.posts.tables import PendingEditRow, PostRow, PostState
from app.services import Services
from app.timelines import fanout
from moderation import evidence
from moderation.cases import exclusions
from moderation.evidence.tables import SnapshotCause
from moderation.holds.ending import REASONS
from moderation.values import PUBLISHABLE, Effect, Outcome, SubjectKind
from moderation.verdicts.tables import VerdictRow

log = structlog.get_logger()


def publish(services: Services, session: Session, effect: Effect) -> None:
    """Let in what waits: a post, an edit of one that is shown, a profile. What is sealed stays away."""
    if exclusions.is_sealed(session, effect.uri):
        return
    post = subjects.post(session, effect.uri)
    if post is None:
        _publish_profile(services, session, effect)
    elif post.state is PostState.PUBLISHED:
        _publish_edit(services, session, post, effect)
    elif effect.verdict is not None:
        _let_in(services, session, post, effect)


def remove(services: Services, session: Session, effect: Effect) -> None:
    """Take away what is shown, and never show what waits. Of an edit that waits only the edit goes."""
    post = subjects.post(session, effect.uri)
    if post is None:
        _remove_profile(services, session, effect)
    elif post.state is PostState.PUBLISHED:
        if _is_about_an_edit(session, effect):
            versions.drop(session, post)
        else:
            _take_down(services, session, post)
    elif post.state in (PostState.HELD, PostState.WAITING):
        door.reject(session, post, effect.verdict)
        consequences.dropped(services, session, post)


def withdraw(services: Services, session: Session, effect: Effect) -> None:
    """Take back what was shown; with a verdict that holds it, it waits for a person, as a wave's first members do."""
    post = subjects.post(session, effect.uri)
    if post is None:
        _remove_profile(services, session, effect)
    elif post.state is PostState.PUBLISHED:
        _take_back(services, session, post, effect)


def restore(services: Services, session: Session, effect: Effect) -> None:
    """Bring back what was taken away: a post in its old place, a profile as it was; what had waited waits again. What
    is sealed stays away."""
    if exclusions.is_sealed(session, effect.uri):
        return
    post = subjects.post(session, effect.uri)
    if effect.verdict is not None and effect.verdict.outcome is Outcome.HOLD:
        if post is not None and post.state in (PostState.REJECTED, PostState.WITHDRAWN):
            door.hold(session, post, effect.verdict)
            _tell_that_it_waits(services, session, post)
    elif post is None:
        _publish_profile(services, session, effect)
    elif post.state is not PostState.PUBLISHED and effect.verdict is not None:
        _let_in(services, session, post, effect)


def relabel(services: Services, session: Session, effect: Effect) -> None:
    """A warning or a limit was set or lifted: the post stands on the person's verdict, and is drawn anew; peers are
    told of a member's, which the undo tells them back."""
    post = subjects.post(session, effect.uri)
    if post is None or effect.verdict is None or effect.verdict.outcome not in PUBLISHABLE:
        return
    if post.verdict_id == effect.verdict.id or post.state is not PostState.PUBLISHED:
        return
    before = post.house_warning
    door.relabel(post, effect.verdict, _warning(effect))
    if post.local and post.house_warning != before:
        post.relabelled_at = services.clock.now()
        outgoing.post_edited(session, services, post)
    pk = post.pk
    after_commit(session, lambda: fanout.announce_edit(services, pk))


def _let_in(services: Services, session: Session, post: PostRow, effect: Effect) -> None:
    assert effect.verdict is not None  # noqa: S101 - both callers asked
    if effect.verdict.outcome not in PUBLISHABLE:
        log.warning("effect_without_publishable_verdict", verb=effect.verb, uri=effect.uri)
        return
    was_shown = post.state is PostState.WITHDRAWN
    door.publish(session, post, effect.verdict, services.clock.now(), warning=_warning(effect))
    counts.published(session, post)
    _take_back_delete(session, post)
    if not was_shown:
        consequences.of_release(services, session, post, Release.UNREAD if _is_unread(effect) else Release.READ)
    _state_reasons(services, session, post, effect)


def _take_back(services: Services, session: Session, post: PostRow, effect: Effect) -> None:
    if effect.verdict is None or effect.verdict.outcome is not Outcome.HOLD:
        _take_down(services, session, post)
        return
    evidence.take(session, redraft.as_submissions(session, [post.pk]), SnapshotCause.INGEST, services.clock.now())
    door.hold(session, post, effect.verdict)
    counts.unpublished(session, post)
    consequences.of_withdrawal(services, session, post)
    _tell_that_it_waits(services, session, post)


def _tell_that_it_waits(services: Services, session: Session, post: PostRow) -> None:
    if post.local:
        consequences.held(services, session, post.pk, post.id, post.actor_id)


def _take_down(services: Services, session: Session, post: PostRow) -> None:
    door.withdraw(session, post)
    counts.unpublished(session, post)
    consequences.of_withdrawal(services, session, post)


def _take_back_delete(session: Session, post: PostRow) -> None:
    """Peers that were not told yet that it's gone never will be; those that were can't be told otherwise."""
    activities = select(OutboxActivityRow.id).where(OutboxActivityRow.uri == f"{post.uri}#delete")
    session.execute(
        delete(DeliveryRow).where(DeliveryRow.activity_id.in_(activities), DeliveryRow.state == DeliveryState.WAITING)
    )


def _publish_edit(services: Services, session: Session, post: PostRow, effect: Effect) -> None:
    if effect.verdict is not None and session.get(PendingEditRow, post.pk) is not None:
        versions.let_in(services, session, post, effect.verdict)
        door.relabel(post, effect.verdict, _warning(effect))
        _state_reasons(services, session, post, effect, of_edit=True)


def _publish_profile(services: Services, session: Session, effect: Effect) -> None:
    actor = session.scalar(select(ActorRow).where(ActorRow.uri == effect.uri))
    if actor is not None:
        profile.apply_pending(session, services, actor, effect.verdict)


def _remove_profile(services: Services, session: Session, effect: Effect) -> None:
    actor = session.scalar(select(ActorRow).where(ActorRow.uri == effect.uri))
    if actor is not None and not profile.drop_pending(actor):
        profile.blank(session, services, actor)


def _is_about_an_edit(session: Session, effect: Effect) -> bool:
    """Whether the verdict that the decision put in place is one on an edit: then the post itself stays."""
    row = session.get(VerdictRow, effect.verdict.id) if effect.verdict is not None else None
    return row is not None and row.kind is SubjectKind.EDIT


def _state_reasons(
    services: Services, session: Session, post: PostRow, effect: Effect, *, of_edit: bool = False
) -> None:
    """What nobody read in time and is restrained now owes its author reasons, as what a machine decides does."""
    if effect.verdict is None or not _is_unread(effect):
        return
    row = session.get(VerdictRow, effect.verdict.id)
    label = row.label if row is not None else None
    restricted = machines.of_post(post, effect.verdict, label, of_edit=of_edit, unread=True)
    machines.state_reasons(services, session, [restricted] if restricted is not None else [])


def _is_unread(effect: Effect) -> bool:
    return effect.decision_id is None and effect.params.get("reason") in REASONS.values()


def _warning(effect: Effect) -> str | None:
    warning = effect.params.get("warning")
    return str(warning) if warning else None
