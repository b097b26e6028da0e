"""Telling who contests a decision: somebody wrote to them, or their appeal was answered. Never who."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import instance_actor
from app.accounts.tables import AccountRow
from app.appealing import links, looking
from app.appealing.looking import Looks
from app.enforcement import letters, subjects
from app.mail import Mail
from app.notices import letters as notice_letters
from app.notices import receipts
from app.notices.tables import LegalNoticeRow
from app.notifications import languages, notify, post_office
from app.notifications.languages import Translate
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind
from app.services import Services
from moderation.appeals.tables import AppealRow, Party
from moderation.cases.reversals import UNDO_WINDOW
from moderation.cases.tables import DecisionRow
from moderation.values import Effect

_NAMES = ("appeal_id", "what", "outcome", "report_id", "looks")


def notify_appellant(services: Services, session: Session, effect: Effect) -> None:
    """A notice at once; a mail, which for an answer waits out the time in which it may be undone."""
    effect = _with_who_looked(session, effect)
    params = effect.params
    notice = receipts.of_appellant(session, effect.uri)
    account = subjects.account(session, effect.uri) if notice is None else None
    if not params.get("appeal_id"):
        return
    if notice is not None and notice.email:
        _mail(services, session, effect, _letter_about_notice(services, notice, effect))
    if account is not None:
        _notice(services, session, account, effect)
        _mail(services, session, effect, _letter(services, account, effect))


def _with_who_looked(session: Session, effect: Effect) -> Effect:
    row = session.get(AppealRow, effect.params.get("appeal_id") or 0)
    if row is None or row.closed_by is None or effect.params.get("looks"):
        return effect
    looks = looking.answered(row, session.get_one(DecisionRow, row.decision_id))
    return replace(effect, params={**effect.params, "looks": looks.value})


def _notice(services: Services, session: Session, account: AccountRow, effect: Effect) -> None:
    params = effect.params
    payload: dict[str, Any] = {name: params.get(name) for name in _NAMES} | {"reason": params.get("reply")}
    reporter = params.get("party") == Party.REPORTER.value
    kind = NotificationKind.REPORT_OUTCOME if reporter else NotificationKind.MODERATION_WARNING
    house = instance_actor.find(session, services.settings)
    draft = NotificationDraft(account.id, kind, house.id if house is not None else account.id, payload=payload)
    notify.add(session, services, draft)


def _mail(services: Services, session: Session, effect: Effect, letter: Mail) -> None:
    params = effect.params
    about = f"appeal:{params['appeal_id']}"
    if params.get("what") == "reopened" and post_office.take_back(session, about):
        return  # the mail that told of the answer never left
    answered = params.get("what") == "answered"
    wait = UNDO_WINDOW if answered else post_office.NOW
    post_office.put(session, services, letter, wait=wait, about=about if answered else None)


def happened(params: Mapping[str, Any], _: Translate) -> str:
    """What happened to an appeal, in the reader's language: from an effect, or from the notice that was kept of it."""
    what = str(params.get("what"))
    if what == "message":
        return _("The moderators wrote to you about your appeal.")
    if what == "reopened":
        return _("Your appeal is looked at once more: its answer was taken back.")
    looks = Looks(params.get("looks") or Looks.OTHERS)
    if what == "crew":
        return _("Who looks at your appeal has changed.") + " " + looking.who(looks, _)
    return looking.happened(params.get("outcome"), looks, _)


def _letter(services: Services, account: AccountRow, effect: Effect) -> Mail:
    _ = languages.translator(account.locale)
    params = effect.params
    values = {"domain": services.settings.domain, "name": account.actor.username}
    link = links.appeal(services, account, int(params["appeal_id"]), effect.decision_id or 0)
    parts = [
        _("Hello %(name)s,") % values,
        happened(params, _),
        *([str(params["reply"])] if params.get("reply") else []),
        _("Read it, and answer if you like: %(link)s") % {"link": link},
    ]
    if params.get("what") == "answered":
        parts.append(letters.beyond(_))
    return Mail(account.email, _("Your appeal on %(domain)s") % values, "\n\n".join(parts))


def _letter_about_notice(services: Services, notice: LegalNoticeRow, effect: Effect) -> Mail:
    _ = languages.translator(notice.locale)
    params = effect.params
    said = happened(params, _)
    link = receipts.contest_address(services, notice.id)
    return notice_letters.about_appeal(services.settings, notice, said, str(params.get("reply") or ""), link)
