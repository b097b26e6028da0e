"""Answers to what the house wrote to other servers' moderators: kept for those who asked, and never posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from app.federation.outcomes import DONE, Item, Outcome, refused
from app.federation.wire import sanitise
from app.federation.wire.values import Create, Post
from app.services import Services
from moderation.domains import questions


def take(services: Services, items: Sequence[Item]) -> dict[int, Outcome]:
    """By row, what became of those that answer a question of the house's. Nobody but the server that was asked is
    heard; what anybody else writes under it goes nowhere either, as it would name what was asked.
    """
    home = services.settings.url("/")
    posts = {item.row_id: _post(item) for item in items}
    answers = [
        (item, post.in_reply_to, post)
        for item in items
        if (post := posts[item.row_id]) is not None and post.in_reply_to and post.in_reply_to.startswith(home)
    ]
    if not answers:
        return {}
    with services.db.read() as session:
        asked = questions.by_notes(session, (uri for _item, uri, _post in answers))
    mine = [(item, asked[uri].id, post) for item, uri, post in answers if uri in asked]
    return {item.row_id: _keep(services, item, question_id, post) for item, question_id, post in mine}


def _post(item: Item) -> Post | None:
    post = cast(Create, item.activity).object
    return post if isinstance(post, Post) else None


def _keep(services: Services, item: Item, question_id: int, post: Post) -> Outcome:
    text = sanitise.clean_all(post.content, post.content_type).text
    with services.db.write() as session:
        row = questions.one(session, question_id)
        if item.actor.domain != row.domain:
            return refused("answer_from_elsewhere")
        why_not = questions.answer(session, row, post.uri, item.actor.uri, text, services.clock.now())
    return DONE if why_not is None else refused(why_not)
