"""Enacting: one function for each verb, in one table. Only here does a decision change what people see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from sqlalchemy.orm import Session

from app.enforcement import appeals, domains, people, posts, sealing, telling
from app.services import Services
from moderation.values import Effect, Verb

Enactor = Callable[[Services, Session, Sequence[Effect]], None]


def _each(enactor: Callable[[Services, Session, Effect], None]) -> Enactor:
    """What takes one effect, as what takes many."""

    def enact_each(services: Services, session: Session, effects: Sequence[Effect]) -> None:
        for effect in effects:
            enactor(services, session, effect)

    return enact_each


ENACTORS: Mapping[Verb, Enactor] = MappingProxyType(
    {
        Verb.PUBLISH: _each(posts.publish),
        Verb.REMOVE: _each(posts.remove),
        Verb.WITHDRAW: _each(posts.withdraw),
        Verb.RESTORE: _each(posts.restore),
        Verb.LABEL: _each(posts.relabel),
        Verb.UNLABEL: _each(posts.relabel),
        Verb.LIMIT: _each(posts.relabel),
        Verb.UNLIMIT: _each(posts.relabel),
        Verb.FREEZE: _each(people.freeze),
        Verb.UNFREEZE: _each(people.unfreeze),
        Verb.WARN: _each(people.warn),
        Verb.SILENCE: _each(people.silence),
        Verb.UNSILENCE: _each(people.unsilence),
        Verb.DISABLE: _each(people.disable),
        Verb.ENABLE: _each(people.enable),
        Verb.SUSPEND: _each(people.suspend),
        Verb.UNSUSPEND: _each(people.unsuspend),
        Verb.BLOCK_DOMAIN: domains.rules_changed,
        Verb.UNBLOCK_DOMAIN: domains.rules_changed,
        Verb.SEAL: _each(sealing.seal),
        Verb.NOTIFY_AUTHOR: _each(telling.notify_author),
        Verb.NOTIFY_REPORTER: _each(telling.notify_reporter),
        Verb.NOTIFY_APPELLANT: _each(appeals.notify_appellant),
    }
)


def enact(services: Services, session: Session, effects: Iterable[Effect]) -> None:
    """Do what moderation asks for, in order, inside the decision's own write; the rest follows after the commit.

    Each effect may come twice. What it is about may be gone by now: then there's nothing to do.
    """
    for verb, group in groupby(effects, key=lambda effect: effect.verb):
        ENACTORS[verb](services, session, list(group))
