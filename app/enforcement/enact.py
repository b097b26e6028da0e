"""Enacting: one function for each verb, in one table. Only here does a decision change what people see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from sqlalchemy.orm import Session

from app.enforcement import domains, people, posts, telling
from app.services import Services
from moderation.values import Effect, Verb

Enactor = Callable[[Services, Session, Effect], None]

ENACTORS: Mapping[Verb, Enactor] = MappingProxyType(
    {
        Verb.PUBLISH: posts.publish,
        Verb.REMOVE: posts.remove,
        Verb.WITHDRAW: posts.withdraw,
        Verb.RESTORE: posts.restore,
        Verb.LABEL: posts.relabel,
        Verb.UNLABEL: posts.relabel,
        Verb.LIMIT: posts.relabel,
        Verb.UNLIMIT: posts.relabel,
        Verb.FREEZE: people.freeze,
        Verb.UNFREEZE: people.unfreeze,
        Verb.WARN: people.warn,
        Verb.SILENCE: people.silence,
        Verb.UNSILENCE: people.unsilence,
        Verb.DISABLE: people.disable,
        Verb.ENABLE: people.enable,
        Verb.SUSPEND: people.suspend,
        Verb.UNSUSPEND: people.unsuspend,
        Verb.BLOCK_DOMAIN: domains.rule_changed,
        Verb.UNBLOCK_DOMAIN: domains.rule_changed,
        Verb.NOTIFY_AUTHOR: telling.notify_author,
        Verb.NOTIFY_REPORTER: telling.notify_reporter,
    }
)


def enact(services: Services, session: Session, effects: Iterable[Effect]) -> None:
    """Do what moderation asks for, in order, inside the decision's own write; the rest follows after the commit.

    Each effect may come twice. What it is about may be gone by now: then there's nothing to do.
    """
    for effect in effects:
        ENACTORS[effect.verb](services, session, effect)
