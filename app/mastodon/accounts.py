"""Accounts: reading them, their posts and follows; signing up; one's own profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import current
from app.accounts import lookup, profile, signup
from app.accounts.profile import ProfileEdit
from app.accounts.signup import SignUp
from app.accounts.tables import ActorRow
from app.errors import ConflictError, InvalidError, NotFoundError
from app.lifecycle import moving
from app.mastodon import answers, blueprint, finding, languages, params, present, refused_sign_ups
from app.mastodon.params import Params
from app.mastodon.serialise import accounts as entities
from app.mastodon.statuses import VISIBILITIES
from app.media.shapes import Shape
from app.oauth import bearer, tokens
from app.paging import Paging
from app.posts import pins, resolve
from app.posts.terms import QuotePolicy
from app.relationships import featured, relations, welcome
from app.relationships.relations import Listed
from app.relationships.tables import FollowRow, FollowState
from app.timelines import public
from app.timelines.public import AuthorFilter
from app.uploads import faces, taking

api = blueprint.make("accounts")
LARGEST_REQUEST = 2 * taking.LARGEST_BYTES + 256 * 1024
"""Picture and banner, and the words."""
MOST_IDS = 40


@api.post("/api/v1/accounts")
@bearer.require_app("write:accounts")
def sign_up() -> Response:
    """Sign up from a client; the token works once the address is confirmed (and the house agrees)."""
    sent, services = params.sent(), current.services()
    form = SignUp(
        username=sent.text("username", most=300),
        email=sent.text("email", most=320),
        password=sent.text("password", most=1000),
        reason=sent.text("reason", most=5000),
        locale=sent.text("locale", "en", most=35),
        agreement=sent.flag("agreement"),
        address=request.remote_addr or "",
    )
    try:
        account = signup.sign_up(services, form)
    except (InvalidError, ConflictError) as error:
        refused = refused_sign_ups.body(error, form)
        if refused is None:
            raise
        return answers.json(refused, 422)
    welcome.follow_chosen(services, account.id)
    viewer = bearer.viewer()
    with services.db.write() as session:
        token = tokens.add(session, services, viewer.app_id, account.id, viewer.granted, second_factored=False)
    created = int(services.clock.now().timestamp())
    return answers.json({"access_token": token, "token_type": "Bearer", "scope": viewer.granted, "created_at": created})


@api.get("/api/v1/accounts/verify_credentials")
@bearer.require("profile", "read:accounts")
def verify_credentials() -> Response:
    """The member's own account."""
    with current.services().db.read() as session:
        return answers.json(_credentials(session))


@api.patch("/api/v1/accounts/update_credentials")
@bearer.require("write:accounts")
def update_credentials() -> Response:
    """Change one's profile. The words go through the door: until they are let in, the old ones are shown."""
    _edit_profile()
    with current.services().db.read() as session:
        return answers.json(_credentials(session))


@api.get("/api/v1/profile")
@bearer.require("profile", "read:accounts")
def own_profile() -> Response:
    """The member's profile as they edit it."""
    with current.services().db.read() as session:
        return answers.json(_profile(session))


@api.patch("/api/v1/profile")
@bearer.require("write:accounts")
def update_profile() -> Response:
    """Change it, as `update_credentials` does."""
    _edit_profile()
    with current.services().db.read() as session:
        return answers.json(_profile(session))


@api.delete("/api/v1/profile/avatar")
@bearer.require("write:accounts")
def remove_avatar() -> Response:
    """Take one's picture away."""
    return _without(ProfileEdit(avatar_url=""))


@api.delete("/api/v1/profile/header")
@bearer.require("write:accounts")
def remove_header() -> Response:
    """Take one's banner away."""
    return _without(ProfileEdit(header_url=""))


def _edit_profile() -> None:
    request.max_content_length = LARGEST_REQUEST
    account_id = bearer.account_id()
    wanted = _profile_edit(params.sent())
    avatar, header = (_face(account_id, shape) for shape in (Shape.AVATAR, Shape.HEADER))
    profile.edit(current.services(), account_id, replace(wanted, avatar_url=avatar, header_url=header))


def _profile(session: Session) -> dict[str, Any]:
    account, settings = lookup.account(session, bearer.account_id()), current.services().settings
    shown = [entities.featured_tag(one, settings) for one in featured.of_account(session, account.id)]
    return entities.profile(account.actor, settings, shown)


def _without(wanted: ProfileEdit) -> Response:
    services = current.services()
    profile.edit(services, bearer.account_id(), wanted)
    with services.db.read() as session:
        return answers.json(_credentials(session))


def _face(account_id: int, shape: Shape) -> str | None:
    """The picture that was sent for it; None where none was. Raises InvalidError."""
    file = request.files.get(shape.value)
    if file is None or not file.filename:
        return None
    return faces.take(current.services(), account_id, file.stream.read(taking.LARGEST_BYTES + 1), shape)


@api.get("/api/v1/accounts")
@bearer.optional("read:accounts")
def several() -> Response:
    """Accounts by their ids."""
    ids = params.asked().ids("id", most=MOST_IDS)
    with current.services().db.read() as session:
        rows = [row for row in lookup.by_ids(session, ids) if not row.domain_hidden]
    return answers.json(present.accounts(rows))


@api.get("/api/v1/accounts/lookup")
@bearer.optional("read:accounts")
def look_up() -> Response:
    """An account that is known here, by its name; nothing is fetched."""
    acct = params.asked().text("acct", most=600)
    services = current.services()
    with services.db.read() as session:
        row = lookup.by_handle(session, services.settings, acct)
    return answers.json(present.account(_shown(row)))


@api.get("/api/v1/accounts/search")
@bearer.require("read:accounts")
def search() -> Response:
    """Accounts by a part of their name; `resolve` asks another server for a whole one."""
    asked = params.asked()
    query = finding.AccountQuery(
        text=asked.text("q", most=500),
        limit=asked.integer("limit", 40, least=1, most=80),
        offset=asked.integer("offset", 0, most=10_000),
        resolve=asked.flag("resolve"),
        following=asked.flag("following"),
    )
    return answers.json(present.accounts(finding.accounts(current.services(), bearer.account_id(), query)))


@api.get("/api/v1/accounts/<public_id>")
@bearer.optional("read:accounts")
def one(public_id: str) -> Response:
    """One account."""
    with current.services().db.read() as session:
        return answers.json(present.account(find(session, public_id)))


@api.get("/api/v1/accounts/<public_id>/statuses")
@bearer.optional("read:statuses")
def statuses(public_id: str) -> Response:
    """What an account posted; `pinned` alone asks for what it pinned."""
    asked, services = params.asked(), current.services()
    paging = params.paging(asked)
    wanted = AuthorFilter(
        exclude_replies=asked.flag("exclude_replies"),
        exclude_boosts=asked.flag("exclude_reblogs"),
        only_media=asked.flag("only_media"),
        tag=asked.text_or_none("tagged", most=255),
    )
    with services.db.read() as session:
        actor = find(session, public_id)
        if asked.flag("pinned"):
            views = pins.of_author(session, actor.id, bearer.viewer_id())
            return answers.json(present.statuses(views))
    views = public.author_page(services, bearer.viewer_id(), actor.id, paging, wanted)
    return answers.page(present.statuses(views), [view.post.id for view in views], paging)


@api.get("/api/v1/accounts/<public_id>/followers")
@bearer.optional("read:accounts")
def followers(public_id: str) -> Response:
    """Who follows it, as far as is known here and theirs to see."""
    return _follows(public_id, relations.followers)


@api.get("/api/v1/accounts/<public_id>/following")
@bearer.optional("read:accounts")
def following(public_id: str) -> Response:
    """Whom it follows, as far as is known here and theirs to see."""
    return _follows(public_id, relations.following)


def _follows(public_id: str, listed: Callable[[Session, int, Paging], list[Listed]]) -> Response:
    """Who hides whom they follow shows it to themselves alone."""
    paging = list_paging()
    with current.services().db.read() as session:
        row = find(session, public_id)
        hidden = row.hides_follows and bearer.viewer_id() != row.id
        return listing([] if hidden else listed(session, row.id, paging), paging)


def find(session: Session, public_id: str) -> ActorRow:
    """The account of an id; raises NotFoundError."""
    return _shown(lookup.by_id(session, resolve.parse_id(public_id)))


def list_paging() -> Paging:
    """Lists of accounts are longer than those of posts."""
    return params.paging(params.asked(), otherwise=40, most=80)


def listing(found: list[Listed], paging: Paging) -> Response:
    """A page of accounts, by the ids of what lists them."""
    return answers.page(present.accounts([item.actor for item in found]), [item.id for item in found], paging)


def _shown(row: ActorRow) -> ActorRow:
    if row.domain_hidden:
        raise NotFoundError
    return row


def _credentials(session: Session) -> dict[str, Any]:
    account = lookup.account(session, bearer.account_id())
    waiting = select(func.count()).where(FollowRow.target_id == account.id, FollowRow.state == FollowState.REQUESTED)
    requests = session.scalar(waiting) or 0
    settings = current.services().settings
    entity = entities.credentials(account, account.actor, settings, requests)
    there = moving.redirects(session, [account.actor]).get(account.id)
    return entity if there is None else entity | {"moved": entities.plain(there, settings)}


def _profile_edit(sent: Params) -> ProfileEdit:
    source = sent.group("source")
    privacy = source.text_or_none("privacy")
    if privacy is not None and privacy not in VISIBILITIES:
        raise InvalidError("Validation failed: Privacy is not included in the list")
    if any(sent.text_or_none(name) for name in ("avatar", "header")):
        raise InvalidError("Validation failed: A picture is sent as a file, not as text")
    return ProfileEdit(
        display_name=sent.text_or_none("display_name"),
        note=sent.text_or_none("note"),
        fields=_fields(sent),
        locked=sent.flag_or_none("locked"),
        bot=sent.flag_or_none("bot"),
        discoverable=sent.flag_or_none("discoverable"),
        indexable=sent.flag_or_none("indexable"),
        hides_follows=sent.flag_or_none("hide_collections"),
        attribution_domains=sent.texts("attribution_domains") if "attribution_domains" in sent else None,
        default_visibility=None if privacy is None else VISIBILITIES[privacy].value,
        default_sensitive=source.flag_or_none("sensitive"),
        default_language=_language(source),
        default_quote_policy=_quote_policy(source),
    )


def _language(source: Params) -> str | None:
    """In which language a member writes mostly; empty: none. Raises InvalidError for what is none."""
    code = source.text_or_none("language", most=12)
    if code and not languages.is_known(code):
        raise InvalidError("Validation failed: Language is not a code of a language")
    return code


def _quote_policy(source: Params) -> str | None:
    word = source.text_or_none("quote_policy")
    if word is not None and word not in [policy.value for policy in QuotePolicy]:
        raise InvalidError("Validation failed: Quote policy is not included in the list")
    return word


def _fields(sent: Params) -> tuple[tuple[str, str], ...] | None:
    if "fields_attributes" not in sent:
        return None
    pairs = ((group.text("name"), group.text("value")) for group in sent.groups("fields_attributes"))
    return tuple((name, value) for name, value in pairs if name.strip() or value.strip())
