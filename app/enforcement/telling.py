"""Telling people what was decided: the author why and how to contest it, the reporter what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import instance_actor
from app.accounts.tables import AccountRow
from app.appealing import links, looking
from app.enforcement import letters, reasons, subjects
from app.enforcement.letters import Statement
from app.instance import rules
from app.notifications import languages, notify, post_office
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind, NotificationRow
from app.services import Services
from moderation.cases.reversals import UNDO_WINDOW
from moderation.cases.tables import DecisionRow
from moderation.statements import making, reading
from moderation.statements.tables import StatementRow
from moderation.values import Effect


def notify_author(services: Services, session: Session, effect: Effect) -> None:
    """Tell a member what was decided about something of theirs: at once in any client, later by mail."""
    account = subjects.account(session, str(effect.params.get("author_uri") or effect.uri))
    if account is None:
        return
    statement = _statement(session, effect, account.locale)
    payload = statement.as_payload()
    note(services, session, account.id, NotificationKind.MODERATION_WARNING, payload)
    stated = _state(services, session, account, statement) if statement.reverses is None else None
    if stated is not None and stated.exempt_reason:
        return  # the notice is enough: a mail to each sender of a wave would be one more wave
    if statement.reverses is not None:
        _take_note_back(session, account.id, statement.reverses)
        if _told_by_no_mail(session, account, statement.reverses):
            return
    link = links.address(services, account, statement.decision_id or 0)
    said = _paragraphs(stated, account) if stated is not None else ()
    row = session.get(DecisionRow, statement.decision_id) if statement.decision_id is not None else None
    looks = (
        looking.at(session, row, account.actor.uri, services.clock.now()) if row is not None else looking.Looks.NOBODY
    )
    contest = looking.contest(looks, link, languages.translator(account.locale))
    letter = letters.decided(services.settings, account, statement, contest, said)
    post_office.put(session, services, letter, wait=UNDO_WINDOW, about=_about(statement.decision_id))


def notify_reporter(services: Services, session: Session, effect: Effect) -> None:
    """Tell a member what came of their report; reporters elsewhere have no address that we could write to."""
    account = subjects.account(session, effect.uri)
    if account is not None:
        names = ("report_id", "outcome", "action", "reason")
        payload = {name: effect.params.get(name) for name in names} | {"decision_id": effect.decision_id}
        note(services, session, account.id, NotificationKind.REPORT_OUTCOME, payload)


def note(
    services: Services, session: Session, account_id: int, kind: NotificationKind, payload: dict[str, Any]
) -> None:
    """A notice from the house."""
    house = instance_actor.find(session, services.settings)
    sender = house.id if house is not None else account_id
    notify.add(session, services, NotificationDraft(account_id, kind, sender, payload=payload))


def _state(services: Services, session: Session, account: AccountRow, statement: Statement) -> StatementRow | None:
    """The statement of reasons, made from the decision and kept; None for one that isn't stored any more."""
    decision = session.get(DecisionRow, statement.decision_id) if statement.decision_id is not None else None
    if decision is None:
        return None
    known = reading.of_decision(session, decision.id, account.actor.uri)
    if known is not None:
        return known
    locale = languages.normal(account.locale)
    stated = making.of_decision(session, decision, account.actor.uri, statement.subject_uri)
    stated = replace(stated, category=rules.category_of(session, stated.rule_id) or stated.category)
    facts = reasons.facts(stated, services.settings.domain, locale, languages.translator(locale))
    via = ("page", "notification") if stated.exempt_reason else ("page", "notification", "mail")
    now = services.clock.now()
    return making.store(session, stated, lang=locale, rule=statement.rule or "", facts=facts, via=via, now=now)


def _paragraphs(stated: StatementRow, account: AccountRow) -> list[str]:
    locale = languages.normal(account.locale)
    return reasons.paragraphs(stated, locale, languages.translator(locale))


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
        also=tuple(params.get("also") or ()),
        author_note=str(params.get("author_note") or ""),
    )


def _take_note_back(session: Session, account_id: int, decision_id: int) -> None:
    """What moderators wrote to an author is shown no longer than the decision stands that it went with."""
    told = select(NotificationRow).where(
        NotificationRow.account_id == account_id, NotificationRow.kind == NotificationKind.MODERATION_WARNING
    )
    for row in session.scalars(told):
        if row.payload.get("decision_id") == decision_id and row.payload.get("author_note"):
            row.payload = {**row.payload, "author_note": ""}


def _told_by_no_mail(session: Session, account: AccountRow, decision_id: int) -> bool:
    """Whether there's nothing to correct: the mail that told of it never left, or none was to."""
    before = reading.of_decision(session, decision_id, account.actor.uri)
    if before is not None and before.exempt_reason:
        return True
    return post_office.take_back(session, _about(decision_id), account.email) > 0


def _about(decision_id: int | None) -> str:
    return f"decision:{decision_id}"
