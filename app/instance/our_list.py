"""Who may read our list of rules about other servers: set by an admin, everybody at first."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from app.instance import facts
from app.services import Services
from moderation.log import chain

FACT: Final = "our_list_readers"


class Reader(StrEnum):
    """Whom the list is for. Everybody are also members and peers."""

    EVERYBODY = "everybody"
    MEMBERS = "members"
    """Who is signed in, or has a token."""
    PEERS = "peers"
    """Servers that sign what they ask, and aren't suspended."""


def readers(session: Session) -> frozenset[Reader]:
    """Whom it is for; nobody where that is empty."""
    return frozenset(map(Reader, facts.get(session, FACT, [Reader.EVERYBODY.value])))


def may_read(session: Session, who: Reader) -> bool:
    """Whether it is for those."""
    return not readers(session).isdisjoint((Reader.EVERYBODY, who))


def choose(services: Services, by: str, wanted: Collection[Reader]) -> None:
    """Say whom it is for."""
    words, now = [one.value for one in Reader if one in wanted], services.clock.now()
    with services.db.write() as session:
        facts.put(session, FACT, words, now)
        chain.append(session, by, "our_list_readers_set", "house:our_list", {"readers": ", ".join(words)}, now)
