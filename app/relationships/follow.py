"""Following: a member's wish, its answer, its end. Each may be asked twice and means the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.errors import ForbiddenError, NotFoundError
from app.federation import outgoing
from app.notifications import notify
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind
from app.relationships import blocked_domains, edges, rules, tongues
from app.relationships.edges import Wish
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from app.timelines import home


def follow(
    services: Services,
    follower_id: int,
    target_id: int,
    *,
    show_boosts: bool | None = None,
    notify: bool | None = None,
    languages: Sequence[str] | None = None,
) -> FollowRow:
    """Follow, or ask to; doing so again changes how, and what is None stays: at first boosts are shown, posts not told
    of, and all `languages` (codes; none means all) wanted.

    A locked member, and everybody elsewhere, answers first: the row is `requested` until then. Raises NotFoundError,
    ForbiddenError.
    """
    wanted = (show_boosts, notify, languages)
    with services.db.write() as session:
        follower, target = _actors(session, follower_id, target_id)
        row = edges.find(session, follower_id, target_id)
        if row is not None and not rules.is_gone(target):
            _change(session, services, row, _wish(Wish(row.show_boosts, row.notify, row.languages), *wanted))
            return row
        if follower.moved_to_uri is not None:
            raise ForbiddenError(_("This account has moved: use the new one"), code="moved")
        rules.require_may_follow(session, services.settings, follower, target)
        row = edges.make(session, services, follower, target, edges.new_uri(services, "follow"), _wish(Wish(), *wanted))
        if target.local:
            arrive(session, services, row, follower, target)
        else:
            outgoing.followed(session, services, row)
    return row


def unfollow(services: Services, follower_id: int, target_id: int) -> None:
    """Stop following, or take a request back."""
    with services.db.write() as session:
        row = edges.find(session, follower_id, target_id)
        if row is not None:
            end(session, services, row)


def accept(services: Services, target_id: int, follower_id: int) -> FollowRow:
    """Let a request in; raises NotFoundError where there's none."""
    with services.db.write() as session:
        row = edges.find(session, follower_id, target_id)
        if row is None:
            raise NotFoundError
        if edges.accept(session, services, row):
            edges.forget_request(session, row)
            _tell(session, services, row, NotificationKind.FOLLOW)
            if not session.get_one(ActorRow, follower_id).local:
                outgoing.follow_accepted(session, services, row)
    return row


def reject(services: Services, target_id: int, follower_id: int) -> None:
    """Turn a request down; raises NotFoundError where there's none."""
    with services.db.write() as session:
        row = edges.find(session, follower_id, target_id)
        if row is None or row.state is not FollowState.REQUESTED:
            raise NotFoundError
        turn_away(session, services, row)


def remove_follower(services: Services, target_id: int, follower_id: int) -> None:
    """Make somebody stop following; nothing happens where they don't."""
    with services.db.write() as session:
        row = edges.find(session, follower_id, target_id)
        if row is not None:
            turn_away(session, services, row)


def arrive(session: Session, services: Services, row: FollowRow, follower: ActorRow, target: ActorRow) -> None:
    """A request reached a member of ours: accepted at once, unless they (or their caution) want to be asked."""
    if blocked_domains.is_blocked(session, target.id, follower.domain):
        turn_away(session, services, row)
        return
    if target.locked or rules.must_ask(follower):
        _tell(session, services, row, NotificationKind.FOLLOW_REQUEST)
        return
    edges.accept(session, services, row)
    _tell(session, services, row, NotificationKind.FOLLOW)
    if not follower.local:
        outgoing.follow_accepted(session, services, row)


def end(session: Session, services: Services, row: FollowRow) -> None:
    """The follower stops."""
    if session.get_one(ActorRow, row.follower_id).local and not session.get_one(ActorRow, row.target_id).local:
        outgoing.unfollowed(session, services, row)
    edges.remove(session, services, row)


def turn_away(session: Session, services: Services, row: FollowRow) -> None:
    """The followed one ends it."""
    if session.get_one(ActorRow, row.target_id).local and not session.get_one(ActorRow, row.follower_id).local:
        outgoing.follow_rejected(session, services, row)
    edges.remove(session, services, row)


def _wish(so_far: Wish, show_boosts: bool | None, notify: bool | None, languages: Sequence[str] | None) -> Wish:
    return Wish(
        so_far.show_boosts if show_boosts is None else show_boosts,
        so_far.notify if notify is None else notify,
        so_far.languages if languages is None else tongues.kept(languages),
    )


def _change(session: Session, services: Services, row: FollowRow, wish: Wish) -> None:
    """The next look at the follower's home sees it."""
    shown = (row.show_boosts, row.languages) != (wish.show_boosts, wish.languages)
    row.show_boosts, row.notify, row.languages = wish.show_boosts, wish.notify, wish.languages
    if shown:
        after_commit(session, partial(home.follow_changed, services, row.follower_id))


def _tell(session: Session, services: Services, row: FollowRow, kind: NotificationKind) -> None:
    notify.add(session, services, NotificationDraft(row.target_id, kind, row.follower_id))


def _actors(session: Session, follower_id: int, target_id: int) -> tuple[ActorRow, ActorRow]:
    return lookup.by_id(session, follower_id), lookup.by_id(session, target_id)
