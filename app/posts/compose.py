"""A member writes a post: checked, rendered, judged in the same request, so that its author knows at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import lookup, writers
from app.accounts.tables import ActorRow
from app.errors import AppError, ForbiddenError, InvalidError, RateLimitedError
from app.federation import actors as remote_actors
from app.posts import gathering, markup, resolve, terms
from app.posts.admission import Alongside
from app.posts.drafts import DraftAttachment, DraftMention, DraftQuote, PostDraft
from app.posts.markup import Named, Written
from app.posts.reading import PostView
from app.posts.storing import Stored
from app.posts.tables import IdempotencyRow, MentionRow, PostKind, PostRow, PostState
from app.posts.terms import Deed, May, QuotePolicy
from app.services import Services
from app.stores.budgets import LOOKUPS, Budgets
from app.uploads import keeping
from moderation import hashtags
from moderation.values import PUBLIC_KINDS, Visibility

MOST_CHARACTERS = 5000
MOST_WARNING_CHARACTERS = 500
MOST_OPTIONS = 8
MOST_OPTION_CHARACTERS = 100
SHORTEST_POLL, LONGEST_POLL = timedelta(minutes=5), timedelta(days=31)
MOST_LOOKUPS = 5
"""Handles that nobody here knows yet are asked for over the network; more than these stay plain text."""


@dataclass(frozen=True, slots=True)
class PollRequest:
    """A poll to attach."""

    options: tuple[str, ...]
    expires_in: timedelta
    multiple: bool = False
    hide_totals: bool = False


@dataclass(frozen=True, slots=True)
class ComposeRequest:
    """What a member typed and chose."""

    text: str
    visibility: Visibility = Visibility.PUBLIC
    warning: str = ""
    sensitive: bool = False
    in_reply_to_id: int | None = None
    language: str | None = None
    poll: PollRequest | None = None
    idempotency_key: str | None = None
    quoted_id: int | None = None
    quote_policy: QuotePolicy = QuotePolicy.PUBLIC
    picture_ids: tuple[int, ...] = ()
    """Uploads of the member, in the order in which they are shown."""


def compose(
    services: Services,
    actor_id: int,
    request: ComposeRequest,
    *,
    scheduled_id: int | None = None,
    alongside: Alongside | None = None,
) -> PostRow:
    """Write, judge, store. The row's state says whether it's published or waits.

    `scheduled_id` is what of the member's this was until now, `alongside` runs in the post's own write. Raises
    InvalidError for a text that can't be posted, NotFoundError for a reply to something unseen, ForbiddenError where
    the account may not post, or not reply there.
    """
    with services.db.read() as session:
        author = writers.writer(session, actor_id)
    composed = write(services, author, request, scheduled_id=scheduled_id, alongside=alongside)
    with services.db.read() as session:
        return session.get_one(PostRow, composed.pk)


@dataclass(frozen=True, slots=True)
class Composed:
    """A post that was written. `draft` is what of, None where it was there already: the same key came again."""

    pk: int
    draft: PostDraft | None


def write(
    services: Services,
    author: ActorRow,
    request: ComposeRequest,
    *,
    scheduled_id: int | None = None,
    alongside: Alongside | None = None,
) -> Composed:
    """As `compose`, for an author who was just read and may write; raises what it raises."""
    check_text(request)
    actor_id, now = author.id, services.clock.now()
    with services.db.read() as session:
        again = _written_before(session, actor_id, request.idempotency_key)
        parent = _parent(session, actor_id, request.in_reply_to_id)
        quoted = _quoted(session, actor_id, request.quoted_id)
        pictures = () if again is not None else _pictures(session, services, actor_id, request, scheduled_id)
    if again is not None:
        return Composed(again, None)
    people = name_people(services, request.text, actor_id)
    draft = _quoting(replace(_draft(services, author, request, parent, people, now), attachments=pictures), quoted)
    try:
        remember = _remember(services, actor_id, request.idempotency_key, alongside)
        pk = gathering.admit(services, draft, remember).pk
    except IntegrityError as error:
        return Composed(_first_of_two(services, actor_id, request.idempotency_key, error), None)
    return Composed(pk, draft)


def require_surroundings(session: Session, services: Services, actor_id: int, request: ComposeRequest) -> None:
    """Raise as `compose` would for what the request names: pictures, what it answers, what it quotes."""
    _parent(session, actor_id, request.in_reply_to_id)
    _quoted(session, actor_id, request.quoted_id)
    _pictures(session, services, actor_id, request, None)


def _pictures(
    session: Session, services: Services, actor_id: int, request: ComposeRequest, scheduled_id: int | None
) -> tuple[DraftAttachment, ...]:
    return keeping.for_post(session, services, actor_id, request.picture_ids, scheduled_id=scheduled_id)


def check_text(request: ComposeRequest) -> None:
    """Raise InvalidError unless this can be a post."""
    length = len(request.text) + len(request.warning)
    if request.picture_ids and request.poll is not None:
        raise InvalidError(_("A poll has no pictures"), code="poll_with_pictures")
    if not (request.text.strip() or request.poll or request.quoted_id or request.picture_ids):
        raise InvalidError("Validation failed: Text can't be blank")
    if length > MOST_CHARACTERS:
        raise InvalidError(f"Validation failed: Text character limit of {MOST_CHARACTERS} exceeded")
    if len(request.warning) > MOST_WARNING_CHARACTERS:
        raise InvalidError(f"Validation failed: Warning character limit of {MOST_WARNING_CHARACTERS} exceeded")
    if "\0" in request.text or "\0" in request.warning:
        raise InvalidError("Validation failed: Text contains a null character")
    if request.poll is not None:
        _check_poll(request.poll)


def _check_poll(poll: PollRequest) -> None:
    if not 2 <= len(poll.options) <= MOST_OPTIONS:
        raise InvalidError(f"Validation failed: A poll has 2 to {MOST_OPTIONS} options")
    if any(not option.strip() or len(option) > MOST_OPTION_CHARACTERS for option in poll.options):
        raise InvalidError(f"Validation failed: A poll's option has 1 to {MOST_OPTION_CHARACTERS} characters")
    if any("\0" in option for option in poll.options):
        raise InvalidError("Validation failed: A poll's option contains a null character")
    if len({option.strip() for option in poll.options}) != len(poll.options):
        raise InvalidError("Validation failed: A poll's options must differ")
    if not SHORTEST_POLL <= poll.expires_in <= LONGEST_POLL:
        raise InvalidError("Validation failed: A poll lasts from 5 minutes to 31 days")


def _written_before(session: Session, actor_id: int, key: str | None) -> int | None:
    if key is None:
        return None
    found = session.get(IdempotencyRow, (actor_id, key[:255]))
    return found.post_pk if found is not None else None


def _parent(session: Session, actor_id: int, public_id: int | None) -> PostRow | None:
    if public_id is None:
        return None
    view = resolve.view(session, public_id, actor_id).shown
    if not view.allows(Deed.REPLY):
        raise ForbiddenError(_("The author doesn’t allow you to reply to this post"), code="reply_denied")
    return view.post


def _quoted(session: Session, actor_id: int, public_id: int | None) -> PostView | None:
    """What is to be quoted, which its author must allow, at least once asked. Raises NotFoundError, InvalidError."""
    if public_id is None:
        return None
    view = resolve.view(session, public_id, actor_id).shown
    if view.post.state is not PostState.PUBLISHED:
        raise InvalidError(_("What waits at the door can’t be quoted"), code="quoted_waits")
    if not view.allows(Deed.QUOTE):
        raise InvalidError(_("The author doesn’t allow you to quote this post"), code="quote_denied")
    return view


def _quoting(draft: PostDraft, view: PostView | None) -> PostDraft:
    """The draft with what it quotes. What only followers see isn't quoted to more people than these, and what isn't for
    everybody isn't shown to an author who must allow it first. Raises InvalidError.
    """
    if view is None:
        return draft
    quoted = view.post
    by_hand = quoted.actor_id != draft.actor_id and (not quoted.local or view.may(Deed.QUOTE) is May.MANUAL)
    if by_hand and draft.visibility not in PUBLIC_KINDS:
        raise InvalidError(
            _("Only what everybody may read can quote somebody who is asked first: to agree, they have to read it"),
            code="quote_too_private",
        )
    narrower = quoted.visibility not in PUBLIC_KINDS and draft.visibility in PUBLIC_KINDS
    visibility = Visibility.FOLLOWERS if narrower else draft.visibility
    return replace(draft, visibility=visibility, quote=DraftQuote(quoted.uri))


def name_people(services: Services, text: str, actor_id: int) -> dict[str, ActorRow]:
    """Whom the handles of a text name; unknown remote ones are asked for, a few at most."""
    handles = markup.handles(text)
    with services.db.read() as session:
        people = {h: found for h in handles if (found := lookup.find_by_handle(session, services.settings, h))}
    unknown = [handle for handle in handles if handle not in people and "@" in handle]
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    for handle in unknown[:MOST_LOOKUPS]:
        try:
            budgets.spend(LOOKUPS, str(actor_id))
            people[handle] = remote_actors.by_handle(services, handle)
        except RateLimitedError:
            break  # who names so many strangers writes without their being asked for
        except AppError:
            continue  # nobody answers to that name: it stays as it was typed
    return people


def render(services: Services, text: str, people: dict[str, ActorRow]) -> Written:
    """The text as HTML."""
    named = {handle: Named(p.uri, p.url or p.uri, p.username) for handle, p in people.items()}
    return markup.write(text, named, lambda tag: services.settings.url(hashtags.path(tag)))


def mentions_of(people: dict[str, ActorRow], parent: PostRow | None, author_id: int) -> tuple[DraftMention, ...]:
    """Those named, each once; the author of what is answered counts by being named, as in every client."""
    unique = {person.id: DraftMention(person.id, person.uri, person.local) for person in people.values()}
    return tuple(unique.values())


def _draft(
    services: Services,
    author: ActorRow,
    request: ComposeRequest,
    parent: PostRow | None,
    people: dict[str, ActorRow],
    now: datetime,
) -> PostDraft:
    written = render(services, request.text, people)
    key = secrets.token_urlsafe(12)
    uri = services.settings.url(f"/users/{author.username}/statuses/{key}")
    return PostDraft(
        uri=uri,
        url=uri,
        actor_id=author.id,
        local=True,
        kind=PostKind.QUESTION if request.poll else PostKind.NOTE,
        visibility=request.visibility,
        content=written.html,
        text=request.text,
        source=request.text,
        warning=request.warning,
        sensitive=request.sensitive or bool(request.warning),
        language=request.language,
        in_reply_to_uri=parent.uri if parent is not None else None,
        conversation=services.settings.url(f"/contexts/{key}"),
        mentions=mentions_of(people, parent, author.id),
        hashtags=written.hashtags,
        links=written.links,
        poll=poll_of(request.poll, now),
        terms=terms.of_choice(request.quote_policy, request.visibility),
        submitted_at=now,
        published_at=now,
    )


def poll_of(poll: PollRequest | None, now: datetime) -> dict[str, Any] | None:
    """A new poll as it is kept with its post: see app.polls.numbers."""
    if poll is None:
        return None
    return {
        "options": [{"title": option.strip(), "votes": 0} for option in poll.options],
        "multiple": poll.multiple,
        "hide_totals": poll.hide_totals,
        "voters": 0,
        "expires_in": int(poll.expires_in.total_seconds()),
        "expires_at": (now + poll.expires_in).isoformat(),
    }


def _remember(services: Services, actor_id: int, key: str | None, alongside: Alongside | None) -> Alongside:
    now = services.clock.now()

    def write(session: Session, stored: list[Stored]) -> None:
        if alongside is not None:
            alongside(session, stored)
        for item in stored:
            keeping.mark_used(services, session, item.pk, item.draft.attachments)
            if key is not None:
                session.add(IdempotencyRow(account_id=actor_id, key=key[:255], post_pk=item.pk, made_at=now))

    return write


def _first_of_two(services: Services, actor_id: int, key: str | None, error: IntegrityError) -> int:
    """The same key arrived twice at once: whoever lost gets the winner's post. Anything else is raised on."""
    with services.db.read() as session:
        first = _written_before(session, actor_id, key)
    if first is None:
        raise error
    return first


def addressed(session: Session, post: PostRow) -> Sequence[int]:
    """Actor ids that a post names."""
    return session.scalars(select(MentionRow.actor_id).where(MentionRow.post_pk == post.pk)).all()
