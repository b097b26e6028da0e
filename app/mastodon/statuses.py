"""Posts: write, read, edit, delete, like, boost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import current
from app.accounts import writers
from app.accounts.tables import AccountRow
from app.care import quiet
from app.emojis import showing
from app.errors import InvalidError, NotFoundError
from app.federation import wanted
from app.mastodon import answers, async_refreshes, blueprint, languages, listed, media, params, present, scheduled
from app.mastodon.params import Params
from app.mastodon.serialise import statuses as entities
from app.mastodon.serialise.emojis import emojis
from app.mastodon.serialise.times import instant
from app.oauth import bearer
from app.posts import boosts, compose, delete, edit, gathering, likes, mending, pins, reading, resolve, threads
from app.posts.compose import Composed, ComposeRequest, PollRequest
from app.posts.edit import EditRequest
from app.posts.reading import PostView
from app.posts.tables import PostRow, PostVersionRow
from app.posts.terms import QuotePolicy
from app.quotes import allowing
from app.scheduled import keeping
from app.stores.budgets import DELETES_BY_ACCOUNT, POSTS_BY_ACCOUNT
from app.uploads.taking import Focus
from moderation.values import Visibility

api = blueprint.make("statuses")
VISIBILITIES = {
    "public": Visibility.PUBLIC,
    "unlisted": Visibility.UNLISTED,
    "private": Visibility.FOLLOWERS,
    "direct": Visibility.DIRECT,
}
LONGEST_LANGUAGE = 12


@api.post("/api/v1/statuses")
@bearer.require("write:statuses")
def create() -> Response:
    """Write a post. One that waits for a moderator comes back as a status too, with a line that says so; what is to be
    published later, as a ScheduledStatus.
    """
    account_id = bearer.account_id()
    sent = params.sent()
    blueprint.spend(POSTS_BY_ACCOUNT, str(account_id))
    services = current.services()
    with gathering.near(services):
        with services.db.read() as session:
            account = writers.account(session, account_id)
        wanted, at = _compose_request(sent, account), sent.instant_or_none("scheduled_at")
        if at is not None:
            return answers.json(scheduled.entity(keeping.schedule(services, account_id, wanted, at)))
        return answers.json(present.status(_written(compose.write(services, writers.of_account(account), wanted))))


@api.get("/api/v1/statuses")
@bearer.optional("read:statuses")
def several() -> Response:
    """Posts by their ids; those that can't be seen are left out."""
    found = []
    for public_id in params.asked().ids("id", most=20):
        try:
            found.append(_view(str(public_id)))
        except NotFoundError:
            continue
    return answers.json(present.statuses(found))


@api.get("/api/v1/statuses/<public_id>")
@bearer.optional("read:statuses")
def one(public_id: str) -> Response:
    """One post."""
    view = _view(public_id)
    if bearer.viewer_id() is not None:
        wanted.read_poll(current.services(), view.shown.post)
    return answers.json(present.status(view))


@api.put("/api/v1/statuses/<public_id>")
@bearer.require("write:statuses")
def change(public_id: str) -> Response:
    """Edit a post of one's own."""
    sent = params.sent()
    blueprint.spend(POSTS_BY_ACCOUNT, str(bearer.account_id()))
    text, warning = _words(sent)
    request_ = EditRequest(
        text=text,
        warning=warning,
        sensitive=sent.flag("sensitive") or bool(sent.text("spoiler_text")),
        language=_language(sent),
        poll=_poll(sent),
        picture_ids=_pictures(sent),
        descriptions=_descriptions(sent),
        focuses=_focuses(sent),
    )
    policy, number = _quote_policy(sent), resolve.parse_id(public_id)
    post = edit.edit(current.services(), bearer.account_id(), number, request_)
    if policy is not None:
        post = allowing.choose(current.services(), bearer.account_id(), number, policy)
    return answers.json(present.status(_own_view(post)))


@api.delete("/api/v1/statuses/<public_id>")
@bearer.require("write:statuses")
def remove(public_id: str) -> Response:
    """Delete a post of one's own; the answer holds what was typed, for redrafting, and its pictures are kept for that a
    day, unless `delete_media` says otherwise.
    """
    keep_pictures = not params.sent().flag("delete_media")
    services, account_id, number = current.services(), bearer.account_id(), resolve.parse_id(public_id)
    blueprint.spend(DELETES_BY_ACCOUNT, str(account_id))
    with services.db.read() as session:
        resolve.own(session, number, account_id)
        view = resolve.view(session, number, account_id)
    entity = present.status_with_source(view)
    delete.delete(services, account_id, number, keep_pictures=keep_pictures)
    return answers.json(entity)


@api.get("/api/v1/statuses/<public_id>/context")
@bearer.optional("read:statuses")
def context(public_id: str) -> Response:
    """The thread around a post."""
    viewer_id = bearer.viewer_id()
    with current.services().db.read() as session:
        view = resolve.view(session, resolve.parse_id(public_id), viewer_id)
        ancestors, descendants = threads.context(session, view.shown.post, viewer_id)
        descendants = quiet.without_strangers(session, descendants, viewer_id, current.services().clock.now())
    answer = answers.json({"ancestors": present.statuses(ancestors), "descendants": present.statuses(descendants)})
    if viewer_id is not None:
        wanted.read_thread(current.services(), view.shown.post)
        async_refreshes.announce(answer, view.shown.post)
    return answer


@api.get("/api/v1/statuses/<public_id>/source")
@bearer.require("read:statuses")
def source(public_id: str) -> Response:
    """What was typed, for editing."""
    with current.services().db.read() as session:
        post = resolve.own(session, resolve.parse_id(public_id), bearer.account_id())
    return answers.json(entities.source(post))


@api.get("/api/v1/statuses/<public_id>/history")
@bearer.optional("read:statuses")
def history(public_id: str) -> Response:
    """Every version that was shown, oldest first, the present one last."""
    view = _view(public_id)
    post = view.post
    with current.services().db.read() as session:
        query = select(PostVersionRow).where(PostVersionRow.post_pk == post.pk).order_by(PostVersionRow.id)
        earlier = [_earlier(post, row) for row in session.scalars(query)]
    shown = instant(post.edited_at or post.published_at)
    now = _version(post, post.content, entities.spoiler(post), post.sensitive, shown)
    options = [str(option.get("title", "")) for option in post.poll.get("options", ())] if post.poll else None
    return answers.json([*earlier, now | _options(options)])


@api.post("/api/v1/statuses/<public_id>/favourite")
@bearer.require("write:favourites")
def favourite(public_id: str) -> Response:
    """Like a post."""
    return answers.json(
        present.status(likes.like(current.services(), bearer.account_id(), resolve.parse_id(public_id)))
    )


@api.post("/api/v1/statuses/<public_id>/unfavourite")
@bearer.require("write:favourites")
def unfavourite(public_id: str) -> Response:
    """Take a like back."""
    return answers.json(
        present.status(likes.unlike(current.services(), bearer.account_id(), resolve.parse_id(public_id)))
    )


@api.post("/api/v1/statuses/<public_id>/reblog")
@bearer.require("write:statuses")
def reblog(public_id: str) -> Response:
    """Boost a post."""
    wanted = _visibility(params.sent(), Visibility.PUBLIC)
    number = resolve.parse_id(public_id)
    return answers.json(present.status(boosts.boost(current.services(), bearer.account_id(), number, wanted)))


@api.post("/api/v1/statuses/<public_id>/unreblog")
@bearer.require("write:statuses")
def unreblog(public_id: str) -> Response:
    """Take a boost back."""
    return answers.json(
        present.status(boosts.unboost(current.services(), bearer.account_id(), resolve.parse_id(public_id)))
    )


@api.post("/api/v1/statuses/<public_id>/pin")
@bearer.require("write:accounts")
def pin(public_id: str) -> Response:
    """Have a post of one's own stand first on one's profile."""
    number = resolve.parse_id(public_id)
    return answers.json(present.status(pins.pin(current.services(), bearer.account_id(), number)))


@api.post("/api/v1/statuses/<public_id>/unpin")
@bearer.require("write:accounts")
def unpin(public_id: str) -> Response:
    """Let it stand among the others again."""
    number = resolve.parse_id(public_id)
    return answers.json(present.status(pins.unpin(current.services(), bearer.account_id(), number)))


@api.get("/api/v1/statuses/<public_id>/favourited_by")
@bearer.optional("read:accounts")
def favourited_by(public_id: str) -> Response:
    """Who likes it."""
    paging = params.paging(params.asked(), otherwise=40, most=80)
    view = _view(public_id)
    with current.services().db.read() as session:
        found = listed.likers(session, view.shown.post.pk, bearer.viewer_id(), paging)
    return answers.page(present.accounts([actor for _id, actor in found]), [i for i, _actor in found], paging)


@api.get("/api/v1/statuses/<public_id>/reblogged_by")
@bearer.optional("read:accounts")
def reblogged_by(public_id: str) -> Response:
    """Who boosted it."""
    paging = params.paging(params.asked(), otherwise=40, most=80)
    view = _view(public_id)
    with current.services().db.read() as session:
        found = listed.boosters(session, view.shown.post.pk, bearer.viewer_id(), paging)
    return answers.page(present.accounts([actor for _id, actor in found]), [i for i, _actor in found], paging)


@api.put("/api/v1/statuses/<public_id>/interaction_policy")
@bearer.require("write:statuses")
def change_policy(public_id: str) -> Response:
    """Choose anew who may quote a post of one's own; quotes that were allowed stay."""
    policy = _quote_policy(params.sent())
    if policy is None:
        raise InvalidError("Validation failed: Quote approval policy can't be blank")
    post = allowing.choose(current.services(), bearer.account_id(), resolve.parse_id(public_id), policy)
    return answers.json(present.status(_own_view(post)))


@api.get("/api/v1/statuses/<public_id>/quotes")
@bearer.require("read:statuses")
def quotes(public_id: str) -> Response:
    """What quotes it with its author's leave."""
    paging = params.paging(params.asked())
    view = _view(public_id)
    with current.services().db.read() as session:
        found = listed.quotes(session, view.shown.post.pk, bearer.account_id(), paging)
    return answers.page(present.statuses(found), [one.post.id for one in found], paging)


@api.post("/api/v1/statuses/<public_id>/quotes/<quoting_id>/revoke")
@bearer.require("write:statuses")
def revoke_quote(public_id: str, quoting_id: str) -> Response:
    """Take back that a post may quote one's own; the answer is the post that quoted, where it may be seen."""
    quoted, quoting = resolve.parse_id(public_id), resolve.parse_id(quoting_id)
    view = allowing.revoke(current.services(), bearer.account_id(), quoting, quoted)
    return answers.json(present.status(view) if view is not None else {})


@api.get("/api/v1/favourites")
@bearer.require("read:favourites")
def favourites() -> Response:
    """What the member likes, newest like first."""
    paging = params.paging(params.asked())
    with current.services().db.read() as session:
        found = listed.liked(session, bearer.account_id(), paging)
    return answers.page(present.statuses([view for _id, view in found]), [i for i, _view in found], paging)


def _view(public_id: str) -> PostView:
    number, viewer_id = resolve.parse_id(public_id), bearer.viewer_id()
    with current.services().db.read() as session:
        try:
            return resolve.view(session, number, viewer_id)
        except NotFoundError:
            if viewer_id is None:
                raise
            hidden = _to_mend(session, resolve.own(session, number, viewer_id))
            if hidden is None:
                raise
            return hidden


def _to_mend(session: Session, post: PostRow) -> PostView | None:
    """What is hidden until its author mends it, for them alone; None for everything else."""
    return reading.load_own_hidden(session, post.pk, post.actor_id) if mending.may_be_mended(session, post) else None


def _written(composed: Composed) -> PostView:
    """A post that its author has just written, as they see it."""
    with current.services().db.read() as session:
        view = reading.load_new(session, composed.pk, composed.draft) if composed.draft is not None else None
        if view is not None:
            return view
        post = session.get_one(PostRow, composed.pk)
    return _own_view(post)


def _own_view(post: PostRow) -> PostView:
    """As its author sees it; what was refused outright isn't a status any more."""
    with current.services().db.read() as session:
        try:
            return resolve.view(session, post.id, post.actor_id)
        except NotFoundError as error:
            mended = _to_mend(session, post)
            if mended is not None:
                return mended
            raise InvalidError("Validation failed: This post was refused by a rule of this server") from error


def _answered(sent: Params) -> int | None:
    """Raises NotFoundError: what can't be an id is nobody's post."""
    text = sent.text("in_reply_to_id", most=40).strip()
    return resolve.parse_id(text) if text else None


def _compose_request(sent: Params, account: AccountRow) -> ComposeRequest:
    text, warning = _words(sent)
    return ComposeRequest(
        text=text,
        visibility=_visibility(sent, Visibility(account.default_visibility)),
        warning=warning,
        sensitive=sent.flag("sensitive", account.default_sensitive) or bool(sent.text("spoiler_text")),
        in_reply_to_id=_answered(sent),
        language=_language(sent) or account.default_language,
        poll=_poll(sent),
        picture_ids=_pictures(sent),
        idempotency_key=_idempotency_key(),
        quoted_id=sent.id("quoted_status_id"),
        quote_policy=_quote_policy(sent) or QuotePolicy(account.default_quote_policy),
    )


def _words(sent: Params) -> tuple[str, str]:
    """The text and its warning. A warning before nothing at all is the text, as Mastodon takes it."""
    text, warning = sent.text("status"), sent.text("spoiler_text")
    nothing = not (text.strip() or sent.texts("media_ids") or "poll" in sent or sent.id("quoted_status_id"))
    return (warning, "") if nothing else (text, warning)


def _quote_policy(sent: Params) -> QuotePolicy | None:
    word = sent.text_or_none("quote_approval_policy")
    if word is None:
        return None
    if word not in [policy.value for policy in QuotePolicy]:
        raise InvalidError("Validation failed: Quote approval policy is not included in the list")
    return QuotePolicy(word)


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    return params.clean("Idempotency-Key", key, 255) if key else None


def _visibility(sent: Params, otherwise: Visibility) -> Visibility:
    word = sent.text_or_none("visibility")
    if not word:
        return otherwise
    if word not in VISIBILITIES:
        raise InvalidError("Validation failed: Visibility is not included in the list")
    return VISIBILITIES[word]


def _language(sent: Params) -> str | None:
    """What is sent, where it's a language: as Mastodon, which takes the member's own for one that isn't."""
    code = sent.text("language").strip()
    if len(code) > LONGEST_LANGUAGE or not all(char.isalnum() or char == "-" for char in code) or not code.isascii():
        raise InvalidError("Validation failed: Language is not a code of a language")
    return code if languages.is_known(code) else None


def _pictures(sent: Params) -> tuple[int, ...]:
    """The uploads that are named. Raises InvalidError for what can't be one: a post without its picture says less."""
    named = [text for text in sent.texts("media_ids") if text.strip()]
    if len(sent.ids("media_ids")) != len(set(named)):
        raise InvalidError("Validation failed: Media can't be found")
    return tuple(sent.ids("media_ids"))


def _descriptions(sent: Params) -> dict[int, str]:
    groups = sent.groups("media_attributes")
    told = ((group.id("id"), group.text_or_none("description")) for group in groups)
    return {number: text for number, text in told if number is not None and text is not None}


def _focuses(sent: Params) -> dict[int, Focus]:
    told = ((group.id("id"), media.focus(group)) for group in sent.groups("media_attributes"))
    return {number: focus for number, focus in told if number is not None and focus is not None}


def _poll(sent: Params) -> PollRequest | None:
    poll = sent.group("poll")
    options = tuple(poll.texts("options"))
    if not options:
        return None
    return PollRequest(
        options=options,
        expires_in=timedelta(seconds=poll.integer("expires_in", 86400, most=10**8)),
        multiple=poll.flag("multiple"),
        hide_totals=poll.flag("hide_totals"),
    )


def _version(post: PostRow, content: str, warning: str, sensitive: bool, at: str) -> dict[str, Any]:
    return {
        "content": entities.clean(content),
        "spoiler_text": warning,
        "sensitive": sensitive,
        "created_at": at,
        "account": present.account(post.actor),
        "media_attachments": entities.attachments(post.attachments, current.services().settings),
        "emojis": emojis(showing.of_post(current.services().settings, post), current.services().settings),
    }


def _earlier(post: PostRow, row: PostVersionRow) -> dict[str, Any]:
    found = _version(post, row.content, row.warning, row.sensitive, instant(row.shown_from)) | _options(
        row.poll_options
    )
    if row.attachments is None:
        return found
    then = entities.attachments_then(row.attachments, post.attachments, current.services().settings)
    return found | {"media_attachments": then}


def _options(titles: list[str] | None) -> dict[str, Any]:
    """What a poll asked, where there was one."""
    return {"poll": {"options": [{"title": title} for title in titles]}} if titles else {}
