"""Who is signed in on the pages: Flask-Login over a session kept here as a row, safe ways back, CSRF on every form."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast
from urllib.parse import quote, urlsplit

from flask import Blueprint, Flask, current_app, g, redirect, request, session
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from app.accounts import browsers, credentials, lookup
from app.accounts.tables import AccountRow, BrowserSessionRow, Role
from app.current import services
from app.errors import ForbiddenError, NotFoundError
from app.ids import EPOCH
from app.instance import activity
from app.locales import LOCALES

P = ParamSpec("P")
R = TypeVar("R")
SECOND_FACTOR = "/settings/second-factor"
_SIGN_IN = "/sign-in"
_HALF_WAY = "half_way"
_MOST_BYTES = "most_bytes"
_MOST_TYPED = "most_typed"
HALF_WAY_FOR = timedelta(minutes=10)


class _Logins(LoginManager):  # type: ignore[misc]  # Flask-Login ships no types
    """Flask-Login's, which keeps away from the API's answers: they know no cookies, and needn't vary by them."""

    def _update_remember_cookie(self, response: Response) -> Response:
        if request.path.startswith("/api/"):
            return response
        return cast(Response, super()._update_remember_cookie(response))


csrf = CSRFProtect()
_logins = _Logins()


@dataclass(frozen=True)
class Member(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The signed-in member, as pages need them: read anew for every request, so that a suspension bites at once."""

    id: int
    session_id: int
    """The row of this browser's session."""
    token: str = field(repr=False)
    """What the cookie holds."""
    username: str
    name: str
    uri: str
    role: Role
    locale: str
    default_visibility: str
    default_language: str | None
    default_quote_policy: str
    frozen: bool
    second_factored: bool
    role_ended: bool
    """Whether a role of theirs has run out."""
    seen_at: datetime
    session_seen_at: datetime

    @property
    def staff(self) -> bool:
        """Whether the review pages are theirs."""
        return lookup.is_staff(self.role)

    def get_id(self) -> str:
        """What the cookie names: a session that ends here, whoever has a copy of the cookie."""
        return self.token


@dataclass(frozen=True)
class HalfWay:
    """A sign-in between password and code."""

    account: AccountRow
    remember: bool
    wanted: str


def prepare(app: Flask) -> None:
    """Set Flask-Login and Flask-WTF up on the app."""
    secure = bool(app.config["SESSION_COOKIE_SECURE"])
    app.config.update(
        REMEMBER_COOKIE_NAME="__Host-ostiary-remember" if secure else "ostiary-remember",
        REMEMBER_COOKIE_SECURE=secure,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_DURATION=browsers.REMEMBERED_FOR,
    )
    csrf.init_app(app)
    _logins.session_protection = None  # addresses change on phones; the row is what ends a session
    _logins.user_loader(_load)
    _logins.init_app(app)


def guard(blueprint: Blueprint) -> Blueprint:
    """Make a blueprint one of pages: the member's language, a token on every POST, no copies in shared caches."""
    blueprint.before_request(_before)
    blueprint.after_request(_kept_by_nobody_else)
    return blueprint


def keep_nowhere(response: Response) -> Response:
    """For pages with secrets or the private words of others: not even the browser keeps a copy for "back"."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _kept_by_nobody_else(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def takes_files(most_bytes: int, most_typed: int | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view whose form may hold so much from a member, and so much of it in fields; all others take what a form of
    words needs."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.__dict__[_MOST_BYTES], view.__dict__[_MOST_TYPED] = most_bytes, most_typed
        return view

    return decorate


def _before() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    most_bytes = getattr(view, _MOST_BYTES, None)
    if most_bytes is not None and member() is not None:
        request.max_content_length = most_bytes
        request.max_form_memory_size = getattr(view, _MOST_TYPED, None) or request.max_form_memory_size
    use_language()
    csrf.protect()


def use_language() -> None:
    """The language of the member, or what a visitor chose here; else the browser's."""
    me = member()
    if me is not None:
        _mark_seen(me)
    chosen = me.locale if me else session.get("locale")
    if chosen in LOCALES:
        g.locale = chosen


def speak(code: str | None) -> None:
    """This answer's language, where a program that sends somebody here says one that there is."""
    bare = (code or "").lower().replace("_", "-").partition("-")[0]
    if bare in LOCALES:
        g.locale = bare
        refresh()


def _mark_seen(me: Member) -> None:
    """Now and then, not with every page: that they are here, and so is this browser."""
    now, address = services().clock.now(), request.remote_addr or ""
    if activity.is_due(me.seen_at, now):
        activity.mark_seen(services(), me.id, address)
    if activity.is_due(me.session_seen_at, now):
        browsers.mark_seen(services(), me.session_id, address)


def choose_language(code: str) -> None:
    """Remember a visitor's choice."""
    if code in LOCALES:
        session["locale"] = code


def member() -> Member | None:
    """Who is signed in."""
    return current_user if isinstance(current_user._get_current_object(), Member) else None


def viewer_id() -> int | None:
    """The actor for whom posts are read; None for a stranger."""
    me = member()
    return me.id if me else None


def required() -> Member:
    """Who is signed in; only behind `signed_in`."""
    me = member()
    if me is None:
        raise ForbiddenError(_("Sign in first"), code="sign_in_first")
    return me


def signed_in(view: Callable[P, R]) -> Callable[P, R | Response]:
    """A view for members: others are asked to sign in, and come back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if member() is None:
            return to_sign_in()
        return view(*args, **kwargs)

    return guarded


def at_least(least: Role) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """A view for those who may do what `least` may."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            me = member()
            if me is None:
                return to_sign_in()
            if not lookup.at_least(me.role, least):
                raise ForbiddenError(_not_theirs(me), code="role_required")
            if least is not Role.MEMBER and not me.second_factored:
                return _to_second_factor()
            return view(*args, **kwargs)

        return guarded

    return decorate


def _not_theirs(me: Member) -> str:
    if me.role_ended:
        return _("Your time in the moderation team is over")
    return _("This page is for the moderation team")


def _to_second_factor() -> Response:
    """Who moderates has a second factor, and reaches nothing of the review before."""
    if request.method not in ("GET", "HEAD"):
        raise ForbiddenError(_("Set up a second factor first, in your settings"), code="second_factor_required")
    return redirect(SECOND_FACTOR)


def sign_in(account: AccountRow, *, remember: bool) -> None:
    """Begin a session; what the visitor's session held is dropped, so that nobody can have planted it.

    Raises UnauthorizedError where the password was changed since it was given.
    """
    _end_this()
    session.clear()
    said = browsers.Said(request.headers.get("User-Agent", ""), request.remote_addr or "")
    login_user(_member(*browsers.begin(services(), account, said)), remember=remember)


def go_half_way(account: AccountRow, *, remember: bool, wanted: str) -> None:
    """The password was right, the second factor is still asked for: nobody is signed in yet."""
    session.clear()
    until = (services().clock.now() + HALF_WAY_FOR).timestamp()
    session[_HALF_WAY] = [credentials.stamp(account), remember, wanted, until]


def half_way() -> HalfWay | None:
    """Who has given the password and not yet the code; None when that is too long ago."""
    found = session.get(_HALF_WAY)
    if found is None or found[3] < services().clock.now().timestamp():
        return None
    with services().db.read() as db:
        account = credentials.of_stamp(db, found[0])
    return None if account is None else HalfWay(account, bool(found[1]), str(found[2]))


def sign_out() -> None:
    """End this browser's session: copies of its cookie are worth nothing from now on."""
    _end_this()
    session.clear()
    logout_user()  # last: it leaves a note in the session that the remembered device is to be forgotten


def _end_this() -> None:
    me = member()
    if me is not None:
        with suppress(NotFoundError):  # ended from another browser, or gone with the account
            browsers.end(services(), me.id, me.session_id)


def to_sign_in() -> Response:
    """Ask to sign in, then come back: to this page, or from a form to where it stood."""
    back = request.full_path.removesuffix("?") if request.method in ("GET", "HEAD") else referring_path()
    return redirect(f"{_SIGN_IN}?next={quote(back, safe='/@?=&')}")


def safe_path(given: str | None, otherwise: str = "/home") -> str:
    """`given` when it is a path on this server, and nothing that a browser could read as another's address."""
    if not given or not given.startswith("/") or len(given) > 2000:
        return otherwise
    if given.startswith("//") or "\\" in given or any(ord(c) < 33 or ord(c) == 127 for c in given):
        return otherwise
    parts = urlsplit(given)
    return given if not parts.scheme and not parts.netloc else otherwise


def referring_path(otherwise: str = "/home") -> str:
    """The path of the page on which a form stood, if it was one of ours."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return otherwise
    return safe_path(parts.path + (f"?{parts.query}" if parts.query else ""), otherwise)


def _load(token: str) -> Member | None:
    with services().db.read() as db:
        row = browsers.find(db, token, services().clock.now())
        return _member(row, token) if row is not None and credentials.is_usable(row.account) else None


def _member(row: BrowserSessionRow, token: str) -> Member:
    account = row.account
    actor, role = account.actor, lookup.role_at(account, services().clock.now())
    return Member(
        id=account.id,
        session_id=row.id,
        token=token,
        username=actor.username,
        name=actor.display_name or actor.username,
        uri=actor.uri,
        role=role,
        locale=account.locale,
        default_visibility=account.default_visibility,
        default_language=account.default_language,
        default_quote_policy=account.default_quote_policy,
        frozen=account.frozen_at is not None,
        second_factored=account.second_factor_at is not None,
        role_ended=role is not account.role,
        seen_at=account.last_seen_at or EPOCH,
        session_seen_at=row.seen_at,
    )
