"""What a decision does: pure tables from action and scope to steps, each of which knows how it is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from moderation.errors import RefusedError
from moderation.values import PUBLISHABLE, Action, Outcome, Scope, Severity, SubjectKind, Verb

EVERY: Final = frozenset(Scope)
POSTS: Final = frozenset((Scope.SUBJECT, Scope.ACCOUNT, Scope.CLUSTER))
PEOPLE: Final = frozenset((Scope.SUBJECT, Scope.ACCOUNT))
SCOPES: Final[Mapping[Action, frozenset[Scope]]] = {
    Action.APPROVE: EVERY,
    Action.NO_ACTION: EVERY,
    Action.LABEL: POSTS,
    Action.LIMIT: EVERY,
    Action.REMOVE: POSTS,
    Action.SPAM: EVERY,
    Action.SILENCE: EVERY,
    Action.SUSPEND: EVERY,
    Action.FREEZE: PEOPLE,
    Action.WARN: PEOPLE,
    Action.DISABLE: PEOPLE,
}
"""Which actions reach how far."""
MEMBERS_ONLY: Final = frozenset((Action.FREEZE, Action.WARN, Action.DISABLE))
"""What only makes sense for an account of this server."""
LETS_IN: Final[Mapping[Action, Outcome]] = {
    Action.APPROVE: Outcome.APPROVE,
    Action.NO_ACTION: Outcome.APPROVE,
    Action.WARN: Outcome.APPROVE,
    Action.LABEL: Outcome.LABEL,
    Action.LIMIT: Outcome.LIMIT,
    Action.SILENCE: Outcome.LIMIT,
}
"""What a held post becomes; every other action refuses it."""
HARMLESS: Final = frozenset((Action.APPROVE, Action.NO_ACTION))
FURTHER: Final[Mapping[Action, frozenset[Scope]]] = {
    Action.SILENCE: frozenset((Scope.ACCOUNT, Scope.CLUSTER, Scope.DOMAIN)),
    Action.DISABLE: frozenset((Scope.ACCOUNT,)),
    Action.SUSPEND: frozenset((Scope.ACCOUNT, Scope.CLUSTER, Scope.DOMAIN)),
}
"""What may be done along with another decision: to accounts and servers, never to the posts once more."""
_ACCOUNT: Final[Mapping[Action, Verb]] = {
    Action.WARN: Verb.WARN,
    Action.FREEZE: Verb.FREEZE,
    Action.SILENCE: Verb.SILENCE,
    Action.DISABLE: Verb.DISABLE,
    Action.SUSPEND: Verb.SUSPEND,
}
_WHOLE_ACCOUNT: Final[Mapping[Action, Verb]] = {Action.LIMIT: Verb.SILENCE, Action.SPAM: Verb.SUSPEND}
"""What an action on posts means for the account when that is its scope."""
DOMAIN_SEVERITY: Final[Mapping[Action, Severity]] = {
    Action.LIMIT: Severity.SILENCE,
    Action.SILENCE: Severity.SILENCE,
    Action.SUSPEND: Severity.SUSPEND,
    Action.SPAM: Severity.SUSPEND,
}
INVERSE: Final[Mapping[Verb, Verb]] = {
    Verb.PUBLISH: Verb.WITHDRAW,
    Verb.REMOVE: Verb.RESTORE,
    Verb.WITHDRAW: Verb.RESTORE,
    Verb.RESTORE: Verb.REMOVE,
    Verb.LABEL: Verb.UNLABEL,
    Verb.UNLABEL: Verb.LABEL,
    Verb.LIMIT: Verb.UNLIMIT,
    Verb.UNLIMIT: Verb.LIMIT,
    Verb.FREEZE: Verb.UNFREEZE,
    Verb.UNFREEZE: Verb.FREEZE,
    Verb.SILENCE: Verb.UNSILENCE,
    Verb.UNSILENCE: Verb.SILENCE,
    Verb.DISABLE: Verb.ENABLE,
    Verb.ENABLE: Verb.DISABLE,
    Verb.SUSPEND: Verb.UNSUSPEND,
    Verb.UNSUSPEND: Verb.SUSPEND,
    Verb.BLOCK_DOMAIN: Verb.UNBLOCK_DOMAIN,
    Verb.UNBLOCK_DOMAIN: Verb.BLOCK_DOMAIN,
    Verb.SEAL: Verb.RESTORE,
    Verb.WARN: Verb.NOTIFY_AUTHOR,
    Verb.NOTIFY_AUTHOR: Verb.NOTIFY_AUTHOR,
    Verb.NOTIFY_REPORTER: Verb.NOTIFY_REPORTER,
    Verb.NOTIFY_APPELLANT: Verb.NOTIFY_APPELLANT,
}
"""How each verb is taken back. What was told can't be untold: there it is another notice."""
STATES: Final = frozenset((Verb.FREEZE, Verb.SILENCE, Verb.DISABLE, Verb.SUSPEND))
"""What lasts on an account, so that another decision may still ask for it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A subject that a decision reaches. `now` is its verdict's outcome; None for what never had one."""

    uri: str
    kind: SubjectKind
    author_uri: str
    now: Outcome | None
    hold_id: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `after` is the outcome of the verdict that a person's word puts in place, None for none."""

    verb: Verb
    uri: str
    after: Outcome | None = None
    target: Target | None = None


def require_further(action: Action, further: Sequence[tuple[Action, Scope]]) -> None:
    """Raise RefusedError where something can't be done along with `action`."""
    if further and action in HARMLESS:
        raise RefusedError("who is let in isn't punished along with it")
    for more, scope in further:
        if scope not in FURTHER.get(more, ()):
            raise RefusedError(f"“{more}” can't be done to “{scope}” along with another decision")


def posts(action: Action, targets: Sequence[Target]) -> list[Step]:
    """What happens to the posts."""
    return [step for target in targets for step in _post(action, target)]


def accounts(action: Action, scope: Scope, authors: Sequence[str]) -> list[Step]:
    """What happens to their authors."""
    verb = _ACCOUNT.get(action) if scope in PEOPLE else None
    if scope is Scope.ACCOUNT:
        verb = verb or _WHOLE_ACCOUNT.get(action)
    elif scope is Scope.CLUSTER:
        verb = _ACCOUNT.get(action)
    return [Step(verb, author) for author in authors] if verb is not None else []


def _post(action: Action, target: Target) -> list[Step]:
    if target.kind in (SubjectKind.ACCOUNT, SubjectKind.DOMAIN):
        return []
    if target.hold_id is not None:
        after = LETS_IN.get(action, Outcome.REJECT)
        verb = Verb.PUBLISH if after in PUBLISHABLE else Verb.REMOVE
        return [Step(verb, target.uri, after, target)]
    return _shown(action, target)


def _shown(action: Action, target: Target) -> list[Step]:
    """A post that isn't held: reported, audited, cared for, or one whose hold has ended."""
    if action is Action.APPROVE:
        verb = {
            Outcome.LABEL: Verb.UNLABEL,
            Outcome.LIMIT: Verb.UNLIMIT,
            Outcome.REJECT: Verb.RESTORE,
        }.get(target.now or Outcome.APPROVE)
        return [Step(verb, target.uri, Outcome.APPROVE, target)] if verb else []
    if target.now is Outcome.REJECT:
        return []
    verb, after = {
        Action.LABEL: (Verb.LABEL, Outcome.LABEL),
        Action.LIMIT: (Verb.LIMIT, Outcome.LIMIT),
        Action.REMOVE: (Verb.REMOVE, Outcome.REJECT),
        Action.SPAM: (Verb.REMOVE, Outcome.REJECT),
        Action.FREEZE: (Verb.WITHDRAW, Outcome.REJECT),
    }.get(action, (None, None))
    return [Step(verb, target.uri, after, target)] if verb else []
