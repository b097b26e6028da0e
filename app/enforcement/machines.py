"""What machines restrict by themselves at the door: a warning, a limit, a refusal. Its author is told why, at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.enforcement import reasons
from app.enforcement.telling import note
from app.notifications import languages
from app.notifications.tables import NotificationKind
from app.services import Services
from moderation.statements import making
from moderation.values import Outcome, RecordedVerdict

ACTIONS = {Outcome.LABEL: "label", Outcome.LIMIT: "limit", Outcome.REJECT: "remove"}


@dataclass(frozen=True, slots=True)
class Restricted:
    """A member's post that the door let in with restraint, or refused."""

    actor_id: int
    verdict: RecordedVerdict
    label: str | None
    language: str | None


def state_reasons(services: Services, session: Session, restricted: Sequence[Restricted]) -> None:
    """A statement of reasons for each, as a page and a notice, in the write that stores the post."""
    for one in restricted:
        account = session.get(AccountRow, one.actor_id)
        if account is not None and one.verdict.outcome in ACTIONS:
            _state(services, session, account, one)


def _state(services: Services, session: Session, account: AccountRow, one: Restricted) -> None:
    now, locale = services.clock.now(), languages.normal(account.locale)
    action = ACTIONS[one.verdict.outcome]
    stated = making.of_verdict(session, one.verdict, account.actor.uri, action, one.label, one.language, now)
    facts = reasons.facts(stated, services.settings.domain, locale, languages.translator(locale))
    row = making.store(session, stated, lang=locale, rule="", facts=facts, via=("page", "notification"), now=now)
    payload = {"action": action, "statement_id": row.id, "subject_uri": row.uri, "automated": True}
    note(services, session, account.id, NotificationKind.MODERATION_WARNING, payload)
