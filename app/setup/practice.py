"""A planted spam post that goes through the real door, to be decided on the real desk: marked as practice, then gone.

Its author lives on a domain that can't exist (`.invalid`, RFC 2606), so that nothing is fetched from there or sent.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.errors import ConflictError
from app.federation import departures
from app.federation.tables import InstanceRow
from app.ids import IDS
from app.instance import facts
from app.posts import admission, invented
from app.posts.drafts import PostDraft
from app.posts.storing import Stored
from app.posts.tables import PostRow, PostState
from app.reviewing import decide, people
from app.services import Services
from moderation import turns
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.values import Action

FACT: Final = "practice_post"
DOMAIN: Final = "practice.invalid"
NAME: Final = "practice"
TEXTS: Final = {
    "en": "This is a practice post, planted by this server’s setup. Congratulations! You have won a free casino bonus"
    " of $5000. Click here now to claim your prize: https://casino.practice.invalid/win",
    "fr": "Ceci est un message d’essai, déposé par l’installation de ce serveur. Félicitations ! Vous avez gagné un"
    " bonus casino gratuit de 5000 €. Cliquez ici maintenant pour réclamer votre prix : https://casino.practice.invalid/win",
}
"""By the language of whoever plants it: a spam is learnt from in one’s own. In others it is the English one."""


class Stage(StrEnum):
    """How far the exercise is."""

    NOT_PLANTED = "not_planted"
    WAITS = "waits"
    LET_IN = "let_in"
    UNDONE = "undone"
    """It was let in, and taken back: it waits again, or it is removed."""
    DECIDED = "decided"
    """It was decided otherwise than let in."""
    NOT_HELD = "not_held"
    """The door let it through: the lines of this policy hold no such post."""
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Practice:
    """The exercise as it is; the case's number where there is one."""

    stage: Stage
    case: int | None = None


def of(session: Session) -> Practice:
    """How far it is now."""
    kept = facts.get(session, FACT)
    if not isinstance(kept, dict) or "uri" not in kept:
        return Practice(Stage.NOT_PLANTED)
    post = session.scalar(select(PostRow).where(PostRow.uri == kept["uri"]))
    if post is None or post.state is PostState.DELETED:
        return Practice(Stage.GONE)
    case = session.scalars(select(CaseRow).where(CaseRow.uri == post.uri).order_by(CaseRow.id.desc())).first()
    if case is None:
        return Practice(Stage.NOT_HELD)
    return Practice(_stage(session, post, case), case.id)


def plant(services: Services, account: AccountRow) -> Practice:
    """Send one to the door. Raises ForbiddenError, ConflictError while one is there."""
    people.require(account, people.RULES)
    with services.db.read() as session:
        _require_none(session)
    author = _author(services)
    now = services.clock.now()
    language, text = text_for(account)
    draft = invented.draft(author, str(IDS.take(now)), text, now, language=language)
    try:
        admission.admit_one(services, draft, alongside=partial(_note, services, draft))
    except ConflictError:
        departures.depart(services, author.id)
        raise
    with services.db.read() as session:
        return of(session)


def text_for(account: AccountRow) -> tuple[str, str]:
    """The language of the post that they would plant, and its text."""
    language = account.locale if account.locale in TEXTS else "en"
    return language, TEXTS[language]


def let_in(services: Services, account: AccountRow) -> Practice:
    """Decide that it may be read, as on its case's page. Raises ConflictError where it doesn't wait, and what deciding
    raises."""
    with services.db.read() as session:
        found = of(session)
    if found.case is None or found.stage not in (Stage.WAITS, Stage.UNDONE):
        raise ConflictError("The practice post doesn't wait", code="practice_not_there")
    decide.decide(services, account, found.case, DecisionRequest(Action.APPROVE))
    with services.db.read() as session:
        return of(session)


def undo(services: Services, account: AccountRow) -> Practice:
    """Take that back. Raises ConflictError where nothing was decided, and what taking back raises."""
    with services.db.read() as session:
        found = of(session)
        last = session.scalars(
            select(DecisionRow.id).where(DecisionRow.case_id == found.case).order_by(DecisionRow.id.desc()).limit(1)
        ).first()
    if last is None or found.stage not in (Stage.LET_IN, Stage.DECIDED):
        raise ConflictError("Nothing is decided about the practice post", code="practice_not_there")
    decide.reverse(services, account, last, "practice")
    with services.db.read() as session:
        return of(session)


def clear(services: Services, account: AccountRow) -> None:
    """Take it away with its author and its server; doing so twice is the same. Raises ForbiddenError."""
    people.require(account, people.RULES)
    with services.db.read() as session:
        kept = facts.get(session, FACT)
        there = isinstance(kept, dict) and session.get(ActorRow, kept.get("actor", 0)) is not None
    if there:
        departures.depart(services, kept["actor"])
        with services.db.write() as session:
            session.execute(delete(InstanceRow).where(InstanceRow.domain == DOMAIN))


def _require_none(session: Session) -> None:
    if of(session).stage not in (Stage.NOT_PLANTED, Stage.GONE):
        raise ConflictError("There is a practice post already", code="practice_planted")


def _note(services: Services, draft: PostDraft, session: Session, _stored: list[Stored]) -> None:
    """In the write that stores it, so that of two that are planted at once one is taken back. Raises ConflictError."""
    _require_none(session)
    facts.put(session, FACT, {"uri": draft.uri, "actor": draft.actor_id}, services.clock.now())


def _stage(session: Session, post: PostRow, case: CaseRow) -> Stage:
    decided = list(session.scalars(select(DecisionRow).where(DecisionRow.case_id == case.id)))
    reversed_ = {each.reverses_id for each in decided if each.reverses_id}
    if post.state is PostState.PUBLISHED:
        return Stage.LET_IN
    if any(each.id in reversed_ for each in decided):
        return Stage.UNDONE
    return Stage.DECIDED if decided else Stage.WAITS


def _author(services: Services) -> ActorRow:
    """Somebody new each time: whoever departed stays gone."""
    now, name = services.clock.now(), f"{NAME}{secrets.token_hex(3)}"
    actor = invented.author(services.settings, name, DOMAIN, now, display_name="Practice", fetched_at=now)
    with services.db.write() as session:
        turns.take(session)
        session.merge(InstanceRow(domain=DOMAIN, first_seen_at=now))
        session.add(actor)
    return actor
