"""Somebody's page, what a member can do about them, and the page of a post with its conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.care import quiet
from app.current import services
from app.errors import NotFoundError
from app.federation import wanted
from app.lifecycle import moving
from app.paging import Paging
from app.posts import pins, resolve, threads
from app.posts.reading import PostView
from app.relationships import block, follow, mute, relations, rules
from app.relationships.relations import Relation
from app.services import Services
from app.timelines import public
from app.timelines.public import AuthorFilter
from app.web import composing, filters, pages, sessions, timelines

blueprint = sessions.guard(Blueprint("profiles", __name__))
_ACTIVITY_TYPES = ("application/activity+json", "application/ld+json")
_ACTS: Mapping[str, Callable[[Services, int, int], object]] = {
    "follow": follow.follow,
    "unfollow": follow.unfollow,
    "mute": mute.mute,
    "unmute": mute.unmute,
    "block": block.block,
    "unblock": block.unblock,
    "remove-follower": follow.remove_follower,
}


@blueprint.get("/@<handle>")
def profile(handle: str) -> str | Response:
    """A profile: what passed the door, and the posts that this viewer may see."""
    viewer = sessions.viewer_id()
    with services().db.read() as session:
        actor = _shown(session, handle)
        ties = _ties(session, actor)
        pinned = [] if request.args else pins.of_author(session, actor.id, viewer)
        moved_to = moving.redirects(session, [actor]).get(actor.id)
    if actor.local and _wants_activity():
        return redirect(actor.uri)
    replies = request.args.get("replies") == "1"
    wanted = AuthorFilter(exclude_replies=not replies)

    def fetch(paging: Paging) -> list[PostView]:
        return public.author_page(services(), viewer, actor.id, paging, wanted)

    page = timelines.posts(fetch)
    return render_template(
        "profile.html", actor=actor, ties=ties, pinned=pinned, page=page, replies=replies, moved_to=moved_to
    )


@blueprint.post("/@<handle>/<act>")
@sessions.signed_in
def do(handle: str, act: str) -> Response:
    """Follow, mute, block and their opposites."""
    if act not in _ACTS:
        raise NotFoundError
    me = sessions.required()
    with services().db.read() as session:
        actor = lookup.by_handle(session, services().settings, handle)
    _ACTS[act](services(), me.id, actor.id)
    pages.tell("note", _done(act, actor))
    back = sessions.referring_path(filters.profile_path(actor))
    return redirect(filters.profile_path(actor) if back.startswith("/report/") else back)


@blueprint.get("/@<handle>/<number>")
def thread(handle: str, number: str) -> str | Response:
    """A post, what it answers, what answers it."""
    viewer = sessions.viewer_id()
    with services().db.read() as session:
        view = resolve.view(session, resolve.parse_id(number), viewer)
        ancestors, descendants = threads.context(session, view.shown.post, viewer)
        descendants = quiet.without_strangers(session, descendants, viewer, services().clock.now())
    if viewer is not None:
        wanted.read_thread(services(), view.shown.post)
    where = filters.permalink(view.post)
    if where != request.path:
        return redirect(where)
    if view.post.local and _wants_activity() and not view.held:
        return redirect(view.post.uri)
    me = sessions.member()
    form = composing.reply(me, view) if me and view.shown.may_reply else None
    return render_template("thread.html", view=view, ancestors=ancestors, descendants=descendants, form=form)


def _shown(session: Session, handle: str) -> ActorRow:
    actor = lookup.by_handle(session, services().settings, handle)
    if rules.is_gone(actor) or rules.is_house(actor, services().settings):
        raise NotFoundError
    return actor


def _ties(session: Session, actor: ActorRow) -> Relation:
    viewer = sessions.viewer_id()
    if viewer is None:
        return Relation(actor.id)
    return relations.of(session, viewer, [actor.id], services().clock.now())[actor.id]


def _wants_activity() -> bool:
    best = request.accept_mimetypes.best_match(("text/html", *_ACTIVITY_TYPES))
    return best in _ACTIVITY_TYPES


def _done(act: str, actor: ActorRow) -> str:
    name = filters.name(actor)
    done = {
        "follow": _("You follow %(name)s.", name=name) if not actor.locked else _("%(name)s was asked.", name=name),
        "unfollow": _("You don’t follow %(name)s any more.", name=name),
        "mute": _("%(name)s is muted: you won’t see their posts, and they don’t know.", name=name),
        "unmute": _("You see %(name)s again.", name=name),
        "block": _("%(name)s is blocked: neither of you sees the other.", name=name),
        "unblock": _("%(name)s is no longer blocked.", name=name),
        "remove-follower": _("%(name)s doesn’t follow you any more.", name=name),
    }
    return done[act]
