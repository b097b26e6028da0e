"""Who makes a request to the API: the token in its Authorization header, checked and remembered for a second.

A look-up is kept in this process for one second, because a client's home timeline is asked for far more often than
tokens change; what is revoked, disabled or suspended elsewhere is therefore refused within a second. `forget`, called
by what revokes in this process, makes it at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import current_app, g, request

from app import current
from app.errors import ForbiddenError, InvalidError, UnauthorizedError
from app.instance import activity
from app.oauth import tokens
from app.oauth.tokens import Viewer
from app.services import Services

P = ParamSpec("P")
R = TypeVar("R")
REMEMBERED = timedelta(seconds=1)
MOST_REMEMBERED = 10_000
LONGEST_TOKEN = 255
_EXTENSION = "ostiary.bearer"
OUT_OF_SCOPE = "This action is outside the authorized scopes"
FROZEN = "Your login is currently disabled"
FROZEN_MAY = frozenset({"write:statuses", "write:notifications", "write:reports"})
"""A frozen member reads, reports, and takes back or mends posts; app.posts refuses them new ones."""


class Remembered:
    """Look-ups of the last second, by token; unknown tokens are remembered too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_token: dict[str, tuple[datetime, Viewer | None]] = {}

    def get(self, services: Services, token: str) -> Viewer | None:
        """Who holds the token."""
        now = services.clock.now()
        known = self._by_token.get(token)
        if known is not None and known[0] > now:
            return known[1]
        with services.db.read() as session:
            viewer = tokens.find(session, token)
        if viewer is not None and viewer.account_id is not None and _is_due(viewer.seen_at, now):
            activity.mark_seen(services, viewer.account_id, request.remote_addr or "")
        with self._lock:
            if len(self._by_token) >= MOST_REMEMBERED:
                self._by_token.clear()
            self._by_token[token] = (now + REMEMBERED, viewer)
        return viewer

    def forget(self) -> None:
        """Ask the database again."""
        with self._lock:
            self._by_token.clear()


def _is_due(seen_at: datetime | None, now: datetime) -> bool:
    return seen_at is not None and activity.is_due(seen_at, now)


def forget() -> None:
    """Nothing that was looked up in this process counts any more."""
    _remembered().forget()


def current_viewer() -> Viewer | None:
    """Who makes this request, whether or not they may do anything; None without a good token."""
    if "viewer" not in g:
        given = token()
        g.viewer = _remembered().get(current.services(), given) if given else None
        if g.viewer is not None:
            g.locale = g.viewer.locale
    return cast("Viewer | None", g.viewer)


def viewer() -> Viewer:
    """Who makes this request, in a view under `require`."""
    return cast(Viewer, g.viewer)


def account_id() -> int:
    """The member that makes this request, in a view under `require`."""
    return cast(int, g.viewer.account_id)


def viewer_id() -> int | None:
    """The member that makes this request, None for a stranger: in a view under `optional`."""
    known = current_viewer()
    return known.account_id if known else None


def require(scope: str | None = None, *others: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view for members whose token has this scope, or one of the others (None: any scope will do)."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            known = current_viewer()
            check(next((each for each in others if known is not None and each in known.scopes), scope))
            return view(*args, **kwargs)

        return checked

    return decorate


def require_holder(view: Callable[P, R]) -> Callable[P, R]:
    """A view for whose token it is, although their account can't be used yet: for what makes it usable."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if _known().account_id is None:
            raise InvalidError("This method requires an authenticated user", code="no_user")
        return view(*args, **kwargs)

    return checked


def require_app(scope: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view for any token with this scope, an application's own too."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            _require_scope(_known(), scope)
            return view(*args, **kwargs)

        return checked

    return decorate


def optional(scope: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view for everybody; who sends a token must send a good one with this scope."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if token() is None:
                g.viewer = None
            else:
                _check_usable(_require_scope(_known(), scope), scope)
            return view(*args, **kwargs)

        return checked

    return decorate


def check(scope: str | None) -> Viewer:
    """The member that makes this request. Raises UnauthorizedError, ForbiddenError, InvalidError as Mastodon does."""
    known = _require_scope(_known(), scope)
    if known.account_id is None:
        raise InvalidError("This method requires an authenticated user", code="no_user")
    return _check_usable(known, scope)


def _known() -> Viewer:
    known = current_viewer()
    if known is None:
        raise UnauthorizedError("The access token is invalid", code="invalid_token")
    return known


def _require_scope(known: Viewer, scope: str | None) -> Viewer:
    if scope is not None and scope not in known.scopes:
        raise ForbiddenError(OUT_OF_SCOPE, code="insufficient_scope")
    return known


def _check_usable(known: Viewer, scope: str | None) -> Viewer:
    if known.trouble is not None:
        raise ForbiddenError(known.trouble, code="account_unusable")
    if known.frozen and scope is not None and scope.startswith(("write", "admin:write")) and scope not in FROZEN_MAY:
        raise ForbiddenError(FROZEN, code="account_frozen")
    return known


def token() -> str | None:
    """The token of the header; the query's `access_token` isn't taken: it would stand in logs."""
    kind, _space, value = request.headers.get("Authorization", "").partition(" ")
    value = value.strip()
    return value if kind.lower() == "bearer" and 0 < len(value) <= LONGEST_TOKEN else None


def _remembered() -> Remembered:
    known = current_app.extensions.get(_EXTENSION)
    return cast(Remembered, known or current_app.extensions.setdefault(_EXTENSION, Remembered()))
