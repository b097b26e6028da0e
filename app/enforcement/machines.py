"""What is restricted without a person: at the door, or when a hold ends unread. Its author is told why, at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.enforcement import reasons
from app.enforcement.telling import note
from app.notifications import languages
from app.notifications.tables import NotificationKind
from app.posts.tables import PostRow
from app.services import Services
from moderation.statements import making
from moderation.values import PUBLISHABLE, Outcome, RecordedVerdict

ACTIONS = {Outcome.LABEL: "label", Outcome.LIMIT: "limit", Outcome.REJECT: "remove"}


@dataclass(frozen=True, slots=True)
class Restricted:
    """A member's post or edit that was let in with restraint, or refused."""

    actor_id: int
    verdict: RecordedVerdict
    label: str | None
    language: str | None
    of_edit: bool = False
    unread: bool = False
    """Nobody read it before its hold was over."""
    warned: bool = False
    """It is behind a warning, whatever else."""


def of_post(
    post: PostRow, verdict: RecordedVerdict, label: str | None, *, of_edit: bool = False, unread: bool = False
) -> Restricted | None:
    """What a verdict restricts of a post as it stands now; None where that is nothing, or not a member's."""
    if not post.local or verdict.outcome not in ACTIONS:
        return None
    warned = verdict.outcome in PUBLISHABLE and post.moderation_warning is not None
    return Restricted(post.actor_id, verdict, label, post.language, of_edit, unread, warned)


def state_reasons(services: Services, session: Session, restricted: Sequence[Restricted]) -> None:
    """A statement of reasons for each, as a page and a notice, in the write that stores the post."""
    for one in restricted:
        account = session.get(AccountRow, one.actor_id)
        if account is not None and one.verdict.outcome in ACTIONS:
            _state(services, session, account, one)


def _state(services: Services, session: Session, account: AccountRow, one: Restricted) -> None:
    now, locale = services.clock.now(), languages.normal(account.locale)
    action = ACTIONS[one.verdict.outcome]
    stated = making.of_verdict(
        session,
        one.verdict,
        account.actor.uri,
        action,
        one.label,
        one.language,
        now,
        of_edit=one.of_edit,
        unread=one.unread,
        warned=one.warned,
    )
    facts = reasons.facts(stated, services.settings.domain, locale, languages.translator(locale))
    row = making.store(session, stated, lang=locale, rule="", facts=facts, via=("page", "notification"), now=now)
    words = reasons.happened(action, languages.translator(locale), of_edit=row.of_edit)
    words = reasons.happened(action, languages.translator(locale), of_edit=row.of_edit)
    payload = {"action": action, "statement_id": row.id, "subject_uri": row.uri, "automated": True}
    payload |= {"edit": row.of_edit, "text": words}
    note(services, session, account.id, NotificationKind.MODERATION_WARNING, payload)
