"""Reports: a member's, with what they saw as evidence, hidden from them at once; and a peer's Flag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts import instance_actor, lookup
from app.accounts.tables import ActorRow
from app.barring import breakers
from app.errors import InvalidError, NotFoundError
from app.federation.wire import sanitise
from app.federation.wire.values import Flag
from app.instance import rules as instance_rules
from app.posts import resolve
from app.posts.tables import MentionRow, PostRow, PostState
from app.relationships.tables import FollowRow, FollowState, HiddenPostRow
from app.reports import evidence, forwarding, named, staff, telling
from app.services import Services
from app.stores.budgets import REPORTS, Budgets
from moderation.errors import ReportRefusedError
from moderation.reports import file as moderation_reports
from moderation.reports.file import ReportDraft
from moderation.reports.tables import ReportOrigin, ReportRow
from moderation.values import PUBLIC_KINDS, Submission

log = structlog.get_logger()
CATEGORIES = ("spam", "violation", "legal", "other")
MAX_COMMENT = 1000
MAX_RULES = 20
MAX_MEMBERS = 20
"""How many members one Flag can be about."""


@dataclass(frozen=True)
class FileReport:
    """What the dialogue asks for. `forward` is off unless the reporter ticked it, and so is `forward_comment`, without
    which their own words stay in this house."""

    target_id: int
    status_ids: tuple[int, ...] = ()
    comment: str = ""
    category: str = "other"
    rule_ids: tuple[str, ...] = ()
    forward: bool = False
    forward_comment: bool = False


def file(services: Services, reporter: ActorRow, wanted: FileReport) -> ReportRow:
    """File a member's report. Raises NotFoundError for what they can't see, InvalidError, RateLimitedError."""
    _require_sizes(wanted)
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(REPORTS, str(reporter.id))
    now = services.clock.now()
    house = instance_actor.instance_actor(services)
    with services.db.write() as session:
        target = lookup.by_id(session, wanted.target_id)
        posts = seen_posts(session, reporter.id, target, wanted.status_ids)
        snapshots = _snapshots(session, target, posts, now)
        about = tuple(instance_rules.labels_of(session, each) for each in wanted.rule_ids)
        draft = _draft(services, reporter, target, snapshots, wanted, staff.kept_out(session, target), about)
        before = telling.latest(session)
        report = moderation_reports.file(session, draft, now)
        evidence.keep_pictures(session, [post.pk for post in posts], now)
        telling.staff(session, services, reporter, [report], before)
        breakers.after_report(session, services)
        hide(session, reporter.id, posts, now)
        if wanted.forward and not target.local:
            words = wanted.comment if wanted.forward_comment else ""
            forwarding.forward(session, services, house, report, target, posts, words)
    return report


def receive_flag(session: Session, services: Services, reporter: ActorRow, flag: Flag) -> list[ReportRow]:
    """File a peer's report, one for each member of ours that it is about; inside the intake's own write.

    What a peer can't have seen is left out. Nothing comes of a Flag about nobody here.
    """
    now = services.clock.now()
    comment = sanitise.to_text(flag.content)
    posts = _flagged_posts(session, reporter, flag.object_uris)
    targets = _flagged_members(session, flag.object_uris, posts)
    mentioned = _flagged_posts(session, reporter, named.in_text(comment, services.settings.domain))
    comment = comment[: 4 * MAX_COMMENT]
    reports: list[ReportRow] = []
    before = telling.latest(session)
    for target in targets:
        about = [
            post for post in {post.pk: post for post in (*posts, *mentioned)}.values() if post.actor_id == target.id
        ]
        draft = ReportDraft(
            reporter_uri=reporter.uri,
            reporter_domain=reporter.domain,
            origin=ReportOrigin.REMOTE,
            target_uri=target.uri,
            submissions=tuple(_snapshots(session, target, about, now)),
            category="other",
            comment=comment,
            kept_out=staff.kept_out(session, target),
        )
        try:
            reports.append(moderation_reports.file(session, draft, now))
        except ReportRefusedError as error:
            log.info("report_refused", domain=reporter.domain, reason=error.safe)
    telling.staff(session, services, reporter, reports, before)
    breakers.after_report(session, services)
    return reports


def mine(session: Session, reporter: ActorRow, limit: int = 40, before_id: int | None = None) -> Sequence[ReportRow]:
    """What a member reported, newest first, with what came of each."""
    query = select(ReportRow).where(ReportRow.reporter_uri == reporter.uri).order_by(ReportRow.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(ReportRow.id < before_id)
    return session.scalars(query).all()


def one_of_mine(session: Session, reporter: ActorRow, report_id: int) -> ReportRow:
    """One of a member's own reports; raises NotFoundError."""
    row = session.get(ReportRow, report_id)
    if row is None or row.reporter_uri != reporter.uri:
        raise NotFoundError
    return row


def _require_sizes(wanted: FileReport) -> None:
    if wanted.category not in CATEGORIES:
        raise InvalidError(_("This is not a category of reports"), code="category")
    if len(wanted.comment) > MAX_COMMENT or len(wanted.rule_ids) > MAX_RULES:
        raise InvalidError(_("That is too long"), code="too_long")
    if len(wanted.status_ids) > evidence.MOST_POSTS:
        raise InvalidError(_("These are too many posts for one report"), code="too_many_posts")


def seen_posts(session: Session, reporter_id: int, target: ActorRow, ids: Sequence[int]) -> list[PostRow]:
    """Posts by their public ids; raises NotFoundError for what they can't see, InvalidError for others' posts."""
    posts = [resolve.post(session, public_id, reporter_id) for public_id in dict.fromkeys(ids)]
    if any(post.actor_id != target.id for post in posts):
        raise InvalidError(_("These posts are not by this account"), code="other_author")
    return posts


def _snapshots(session: Session, target: ActorRow, posts: Sequence[PostRow], now: datetime) -> list[Submission]:
    found = evidence.of_posts(session, [post.pk for post in posts])
    return found or [evidence.of_profile(session, target, now)]


def _draft(
    services: Services,
    reporter: ActorRow,
    target: ActorRow,
    snapshots: Sequence[Submission],
    wanted: FileReport,
    kept_out: tuple[str, ...],
    rule_labels: tuple[tuple[str, ...], ...],
) -> ReportDraft:
    return ReportDraft(
        reporter_uri=reporter.uri,
        reporter_domain=services.settings.domain,
        origin=ReportOrigin.MEMBER,
        target_uri=target.uri,
        submissions=tuple(snapshots),
        category=wanted.category,
        rule_ids=wanted.rule_ids,
        rule_labels=rule_labels,
        comment=wanted.comment.strip(),
        forward=wanted.forward and not target.local,
        kept_out=kept_out,
    )


def hide(session: Session, reporter_id: int, posts: Sequence[PostRow], now: datetime) -> None:
    """Who reported posts sees them no more, at once and whatever comes of it."""
    for post in posts:
        session.merge(HiddenPostRow(account_id=reporter_id, post_pk=post.pk, hidden_at=now))


def _flagged_posts(session: Session, reporter: ActorRow, uris: Sequence[str]) -> list[PostRow]:
    posts = session.scalars(
        select(PostRow)
        .where(
            or_(PostRow.uri.in_(uris), PostRow.url.in_(uris)),
            PostRow.local.is_(True),
            PostRow.state == PostState.PUBLISHED,
        )
        .order_by(PostRow.pk)
        .limit(evidence.MOST_POSTS)
    )
    return [post for post in posts if post.visibility in PUBLIC_KINDS or _reached(session, post, reporter.domain)]


def _reached(session: Session, post: PostRow, domain: str) -> bool:
    """Whether a private post went to somebody of that domain: only a party to it can report it."""
    mentioned = (
        select(MentionRow.actor_id)
        .join(ActorRow, ActorRow.id == MentionRow.actor_id)
        .where(MentionRow.post_pk == post.pk, ActorRow.domain == domain)
    )
    following = (
        select(FollowRow.id)
        .join(ActorRow, ActorRow.id == FollowRow.follower_id)
        .where(
            FollowRow.target_id == post.actor_id,
            FollowRow.state == FollowState.ACCEPTED,
            ActorRow.domain == domain,
        )
    )
    if session.scalar(mentioned.limit(1)) is not None:
        return True
    return post.visibility == "followers" and session.scalar(following.limit(1)) is not None


def _flagged_members(session: Session, uris: Sequence[str], posts: Sequence[PostRow]) -> list[ActorRow]:
    authors = {post.actor_id for post in posts}
    rows = session.scalars(
        select(ActorRow)
        .where(
            ActorRow.local.is_(True),
            ActorRow.deleted_at.is_(None),
            ActorRow.uri.in_(uris) | ActorRow.id.in_(authors),
        )
        .order_by(ActorRow.id)
        .limit(MAX_MEMBERS)
    )
    return list(rows)
