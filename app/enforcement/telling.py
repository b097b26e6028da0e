"""Telling people what was decided: the author why and how to contest it, the reporter what came of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.accounts import instance_actor
from app.appealing import links
from app.enforcement import letters, subjects
from app.enforcement.letters import Statement
from app.instance import rules
from app.notifications import notify, post_office
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind
from app.services import Services
from moderation.cases.reversals import UNDO_WINDOW
from moderation.values import Effect


def notify_author(services: Services, session: Session, effect: Effect) -> None:
    """Tell a member what was decided about something of theirs: at once in any client, later by mail."""
    account = subjects.account(session, str(effect.params.get("author_uri") or effect.uri))
    if account is None:
        return
    statement = _statement(session, effect, account.locale)
    payload = statement.as_payload()
    _note(services, session, account.id, NotificationKind.MODERATION_WARNING, payload)
    if statement.reverses is not None and post_office.take_back(session, _about(statement.reverses)):
        return  # the mail that told of it never left: there's nothing to correct
    link = links.address(services, account, statement.decision_id or 0)
    letter = letters.decided(services.settings, account, statement, link)
    post_office.put(session, services, letter, wait=UNDO_WINDOW, about=_about(statement.decision_id))


def notify_reporter(services: Services, session: Session, effect: Effect) -> None:
    """Tell a member what came of their report; reporters elsewhere have no address that we could write to."""
    account = subjects.account(session, effect.uri)
    if account is not None:
        names = ("report_id", "outcome", "action", "reason")
        payload = {name: effect.params.get(name) for name in names} | {"decision_id": effect.decision_id}
        _note(services, session, account.id, NotificationKind.REPORT_OUTCOME, payload)


def _note(
    services: Services, session: Session, account_id: int, kind: NotificationKind, payload: dict[str, Any]
) -> None:
    house = instance_actor.find(session, services.settings)
    sender = house.id if house is not None else account_id
    notify.add(session, services, NotificationDraft(account_id, kind, sender, payload=payload))


def _statement(session: Session, effect: Effect, locale: str) -> Statement:
    params = effect.params
    rule_id = params.get("rule_id")
    return Statement(
        decision_id=effect.decision_id,
        action=str(params.get("action") or ""),
        subject_uri=str(params.get("subject_uri") or effect.uri),
        rule_id=str(rule_id) if rule_id is not None else None,
        rule=rules.text_of(session, rule_id, locale),
        reason=str(params.get("reason") or ""),
        automated=bool(params.get("automated")),
        ends_at=str(params["ends_at"]) if params.get("ends_at") else None,
        reverses=params.get("reverses"),
    )


def _about(decision_id: int | None) -> str:
    return f"decision:{decision_id}"
