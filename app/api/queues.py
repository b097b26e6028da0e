"""The house's named queues, in the order in which they are asked."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.accounts.tables import Role
from app.api import answers, who
from app.reviewing import queues
from moderation.cases import queue
from moderation.queues import keeping, placing
from moderation.queues.values import Queue

api = answers.make("queues")


@api.get("/queues")
def list_queues() -> Response:
    """Every queue with how many cases wait in it, and last the rest, which no queue matches: its id is 0."""
    account = who.reader()
    with current.services().db.read() as session:
        live, counts = keeping.live(session), placing.counts(session)
    rest = Queue(0, queue.REST, position=len(live) + 1)
    waiting = {each.id: counts.get(each.id, 0) for each in live}
    waiting[rest.id] = sum(counts.values()) - sum(waiting.values())
    return answers.json([_said(each, waiting[each.id], account.role) for each in (*live, rest)])


def _said(each: Queue, waiting: int, role: Role) -> dict[str, Any]:
    """`yours`: whether the caller is dealt its cases."""
    said: dict[str, Any] = answers.plain(each)
    return said | {"waiting": waiting, "yours": queues.may(role, each)}
