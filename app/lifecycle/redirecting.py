"""A member's own move: aliases on the way here, the redirect on the way out, and the way back."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.errors import ConflictError, InvalidError, NotFoundError
from app.federation import actors, outgoing
from app.federation.wire.errors import WireError
from app.lifecycle import leaving, moving
from app.services import Services

MOST_ALIASES = 10


def add_alias(services: Services, account_id: int, handle: str) -> ActorRow:
    """Say that `name@domain` is the same person: what a move from there to here needs.

    Raises NotFoundError, UnavailableError, ForbiddenError (their domain), InvalidError.
    """
    other = actors.by_handle(services, handle)
    with services.db.write() as session:
        me = _member(session, account_id)
        if other.id == me.id:
            raise InvalidError(_("That is this account itself"), code="own_account")
        if other.uri not in me.also_known_as:
            if len(me.also_known_as) >= MOST_ALIASES:
                raise InvalidError(_("%(most)s other accounts are the most", most=MOST_ALIASES), code="too_many")
            me.also_known_as = [*me.also_known_as, other.uri]
            _tell(session, services, me)
    return other


def remove_alias(services: Services, account_id: int, uri: str) -> None:
    """Take it back; one that isn't there is no error."""
    with services.db.write() as session:
        me = _member(session, account_id)
        if uri in me.also_known_as:
            me.also_known_as = [alias for alias in me.also_known_as if alias != uri]
            _tell(session, services, me)


def move(services: Services, account_id: int, password: str, handle: str) -> ActorRow:
    """Move a member's account to `name@domain`, which must name this one as an alias. Where they are now.

    Followers here are carried along; those elsewhere by their own servers. Raises ForbiddenError (the password, or the
    other's domain), InvalidError, ConflictError (too soon), NotFoundError, UnavailableError, RateLimitedError.
    """
    leaving.require_password(services, account_id, password)
    _require_time(services, account_id)
    target = _as_it_is_now(services, actors.by_handle(services, handle))
    now = services.clock.now()
    with services.db.write() as session:
        me, there = _member(session, account_id), session.get_one(ActorRow, target.id)
        _require_due(me, now)
        me.moved_to_uri = there.uri
        refused = moving.refusal(me, there, now)
        if refused is not None:
            me.moved_to_uri = None
            raise InvalidError(_words(refused), code=refused)
        moving.begin(session, services, me, there)
        session.flush()
        outgoing.moved(session, services, me, there.uri)
    return target


def come_back(services: Services, account_id: int) -> None:
    """Take the redirect away. Those who went along don't return by themselves; the next move has to wait as before."""
    with services.db.write() as session:
        me = _member(session, account_id)
        if me.moved_to_uri is not None:
            me.moved_to_uri = None
            _tell(session, services, me)


def _as_it_is_now(services: Services, target: ActorRow) -> ActorRow:
    """The other account's own word of this moment. Raises NotFoundError, UnavailableError."""
    if target.local:
        return target
    try:
        return actors.refetch(services, target.uri)
    except WireError as error:
        raise actors.as_app_error(error) from error


def _require_time(services: Services, account_id: int) -> None:
    """Before anybody is asked. Raises ConflictError."""
    with services.db.read() as session:
        _require_due(_member(session, account_id), services.clock.now())


def _require_due(me: ActorRow, now: datetime) -> None:
    if me.moved_at is not None and now - me.moved_at < moving.EVERY:
        raise ConflictError(_("You moved less than %(days)s days ago", days=moving.EVERY.days), code="moved_lately")


def _words(refused: str) -> str:
    if refused == "move_without_alias":
        return _("That account doesn’t name this one as an alias yet: say so there first")
    if refused == "move_to_nowhere":
        return _("That is this account itself, or one that has moved on")
    return _("That account can’t be moved to")


def _member(session: Session, account_id: int) -> ActorRow:
    account = session.get(AccountRow, account_id)
    if account is None:
        raise NotFoundError
    return account.actor


def _tell(session: Session, services: Services, me: ActorRow) -> None:
    session.flush()
    outgoing.profile_updated(session, services, me)
