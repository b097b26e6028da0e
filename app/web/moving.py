"""Moving: other accounts of a member's, the redirect to a new one, the way back, and follows that a rule ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.current import services
from app.errors import AppError
from app.lifecycle import moving, redirecting, severing
from app.reviewing import planned
from app.web import follow_lists, forms, pages, reasons, sessions

blueprint = sessions.guard(Blueprint("moving", __name__))
blueprint.after_request(sessions.keep_nowhere)
_PAGE = "/settings/moving"


@blueprint.get(_PAGE)
@sessions.signed_in
def page() -> str:
    """All of it."""
    with services().db.read() as session:
        actor = lookup.account(session, sessions.required().id).actor
        aliases, lost = _aliases(session, actor), severing.lost(session, actor.id)
        moved_to = moving.redirects(session, [actor]).get(actor.id)
        plans = planned.mine(session, actor.id)
    again_at = actor.moved_at + moving.EVERY if actor.moved_at else None
    waits = again_at if again_at is not None and again_at > services().clock.now() else None
    found = {"plans": plans, "aliases": aliases, "moved_to": moved_to, "lost": lost, "ended": _by_domain(actor.id)}
    return render_template("moving.html", actor=actor, waits=waits, **found)


def _by_domain(account_id: int) -> list[tuple[str, int, int]]:
    """Domains with which follows ended: how many of the member's, and of their followers'."""
    with services().db.read() as session:
        mine = Counter(one.domain for one in severing.ended(session, account_id))
        theirs = Counter(one.domain for one in severing.ended(session, account_id, followers=True))
    return [(domain, mine[domain], theirs[domain]) for domain in sorted(mine.keys() | theirs.keys())]


@blueprint.get(_PAGE + "/ended-following.csv", defaults={"which": "following"})
@blueprint.get(_PAGE + "/ended-followers.csv", defaults={"which": "followers"})
@sessions.signed_in
def ended(which: str) -> Response:
    """Follows that ended with a server, in the form in which other servers take lists of follows."""
    with services().db.read() as session:
        found = severing.ended(session, sessions.required().id, followers=which == "followers")
    return follow_lists.saved("ended", which, found)


@blueprint.post(_PAGE + "/aliases")
@sessions.signed_in
def add_alias() -> Response:
    """Name another account as the same person's."""
    me = sessions.required()
    return _try(lambda: redirecting.add_alias(services(), me.id, forms.line("handle")), _("Saved."))


@blueprint.post(_PAGE + "/aliases/remove")
@sessions.signed_in
def remove_alias() -> Response:
    """Take it back."""
    me = sessions.required()
    uri = request.form.get("uri", "")[:2048]
    return _try(lambda: redirecting.remove_alias(services(), me.id, uri), _("Saved."))


@blueprint.post(_PAGE + "/away")
@sessions.signed_in
def away() -> Response:
    """Move to the account that names this one."""
    me = sessions.required()

    def move() -> None:
        redirecting.move(services(), me.id, forms.secret("password"), forms.line("handle"))

    return _try(move, _("You have moved. Your followers are being led to your new account."))


@blueprint.post(_PAGE + "/back")
@sessions.signed_in
def back() -> Response:
    """Take the redirect away."""
    me = sessions.required()
    return _try(lambda: redirecting.come_back(services(), me.id), _("The redirect is gone: you can write here again."))


@blueprint.post(_PAGE + "/follow-again")
@sessions.signed_in
def follow_again() -> Response:
    """Ask those again whom a rule parted from the member."""
    asked = severing.follow_again(services(), sessions.required().id)
    pages.tell("in", ngettext("%(num)s person was asked.", "%(num)s people were asked.", asked))
    return redirect(_PAGE)


def _try(act: Callable[[], object], words: str) -> Response:
    try:
        act()
    except AppError as error:
        text = _("No such account is found.") if error.status == 404 else reasons.of(error)
        pages.tell("out", text)
    else:
        pages.tell("in", words)
    return redirect(_PAGE)


def _aliases(session: Session, actor: ActorRow) -> list[tuple[str, str]]:
    """URI and name of each: the handle where the account is known still."""
    known = {row.uri: row for row in session.scalars(select(ActorRow).where(ActorRow.uri.in_(actor.also_known_as)))}
    return [(uri, "@" + lookup.handle_of(known[uri]) if uri in known else uri) for uri in actor.also_known_as]
