"""QuoteRequest: somebody elsewhere asks to quote a member's post, whose own terms answer (FEP-044f)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.federation import drafting, outgoing, tombstones
from app.federation.outcomes import DONE, Item, Outcome, fetch_first, look_again, refused
from app.federation.tombstones import Deleted
from app.federation.wire.values import Embedded, Post, QuoteRequest
from app.notifications import of_posts as told
from app.posts import admission, reading, terms
from app.posts.tables import PostRow, PostState, QuoteRow, QuoteState
from app.posts.terms import Deed, May
from app.quotes import requests
from app.relationships import block
from app.services import Services
from moderation.domains.rules import DomainRules

_WAITS = (PostState.HELD, PostState.WAITING)


def request(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Yes, with a stamp, where the quoted post's terms allow it and the quoting one is let in here; nothing yet where
    its author wants to be asked; else no.

    While the quoting post waits at our own door nothing is answered.
    """
    _admit_embedded(services, items)
    with services.db.write() as session:
        return [_answer(session, services, item) for item in items]


def _admit_embedded(services: Services, items: Sequence[Item]) -> None:
    """Posts that came whole with the request go through the door as if they had been sent alone."""
    asked = [(item, cast(QuoteRequest, item.activity)) for item in items]
    whole = [(item, a.instrument, a.object_uri) for item, a in asked if isinstance(a.instrument, Post)]
    with services.db.read() as session:
        ours = set(
            session.scalars(select(PostRow.uri).where(PostRow.uri.in_([quoted for *_, quoted in whole]), PostRow.local))
        )
        wanted = [(item, post) for item, post, quoted in whole if quoted in ours]
        deleted = tombstones.among(session, [Deleted(post.uri, item.actor.id) for item, post in wanted])
        wanted = [(item, post) for item, post in wanted if Deleted(post.uri, item.actor.id) not in deleted]
        known, rules = drafting.people(session, [post for _, post in wanted]), DomainRules.load(session)
    drafts = [
        drafting.draft(p, item.actor, known, rules, received_at=item.received_at, live=True) for item, p in wanted
    ]
    if drafts:
        admission.admit(services, drafts)


def _answer(session: Session, services: Services, item: Item) -> Outcome:
    activity, actor = cast(QuoteRequest, item.activity), session.get_one(ActorRow, item.actor.id)
    quoted = session.scalar(select(PostRow).where(PostRow.uri == activity.object_uri))
    if quoted is None or not quoted.local or quoted.state is not PostState.PUBLISHED:
        return refused("quote_of_nothing_here")
    asked = Embedded("QuoteRequest", activity.uri, actor.uri, quoted.uri, activity.instrument.uri)
    leave = may_quote(session, quoted, actor.id)
    if leave not in (May.AUTOMATIC, May.MANUAL):
        outgoing.quote_rejected(session, services, quoted, actor, asked)
        return DONE
    quoting = session.scalar(select(PostRow).where(PostRow.uri == activity.instrument.uri))
    if quoting is None:
        return fetch_first(item, "quoting_not_found")
    row = session.get(QuoteRow, quoting.pk)
    if quoting.actor_id != actor.id or row is None or row.quoted_pk != quoted.pk:
        return refused("request_of_another")
    if quoting.state in _WAITS:
        return look_again(item, "quoting_waits", services.clock.now())
    if quoting.state is not PostState.PUBLISHED or row.state not in (QuoteState.PENDING, QuoteState.ACCEPTED):
        outgoing.quote_rejected(session, services, quoted, actor, asked)
        return DONE
    if row.state is QuoteState.PENDING and leave is May.MANUAL:
        return _ask(session, services, row, quoting, quoted, actor, asked)
    requests.accept(session, services, row, quoted, asked)
    return DONE


def may_quote(session: Session, quoted: PostRow, actor_id: int) -> May:
    """Whether a member's post allows it; never between people of whom one blocks the other."""
    if block.between(session, quoted.actor_id, actor_id):
        return May.DENIED
    return terms.may(session, quoted, actor_id, Deed.QUOTE)


def _ask(
    session: Session,
    services: Services,
    row: QuoteRow,
    quoting: PostRow,
    quoted: PostRow,
    actor: ActorRow,
    asked: Embedded,
) -> Outcome:
    """Its author answers by hand, if they can read what quotes them."""
    if reading.load_one(session, quoting.pk, quoted.actor_id) is None:
        outgoing.quote_rejected(session, services, quoted, actor, asked)
        return DONE
    row.request_uri = asked.uri
    told.quoted(session, services, row, quoting)
    return DONE
