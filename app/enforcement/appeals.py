"""Telling who contests a decision: somebody wrote to them, or their appeal was answered. Never who."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.accounts import instance_actor
from app.accounts.tables import AccountRow
from app.appealing import links
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
from moderation.appeals.tables import Party
from moderation.cases.reversals import UNDO_WINDOW
from moderation.values import Effect

_NAMES = ("appeal_id", "what", "outcome", "report_id")


def notify_appellant(services: Services, session: Session, effect: Effect) -> None:
    """A notice at once; a mail, which for an answer waits out the time in which it may be undone."""
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


def happened(what: str, outcome: str | None, _: Translate) -> str:
    """One sentence for what happened to an appeal, in the reader's language."""
    if what == "message":
        return _("The moderators wrote to you about your appeal.")
    if what == "reopened":
        return _("Your appeal is looked at once more: its answer was taken back.")
    sentences = {
        "uphold": _("Somebody else looked at it again. The decision stands."),
        "overturn": _("Somebody else looked at it again, and agrees with you. What can be undone was undone."),
        "vary": _("Somebody else looked at it again, and decided otherwise."),
        "taken_back": _("The decision was taken back."),
    }
    return sentences.get(outcome or "") or _("Your appeal was answered.")


def _letter(services: Services, account: AccountRow, effect: Effect) -> Mail:
    _ = languages.translator(account.locale)
    params = effect.params
    values = {"domain": services.settings.domain, "name": account.actor.username}
    link = links.appeal(services, account, int(params["appeal_id"]), effect.decision_id or 0)
    parts = [
        _("Hello %(name)s,") % values,
        happened(str(params.get("what")), params.get("outcome"), _),
        *([str(params["reply"])] if params.get("reply") else []),
        _("Read it, and answer if you like: %(link)s") % {"link": link},
    ]
    if params.get("what") == "answered":
        parts.append(letters.beyond(_))
    return Mail(account.email, _("Your appeal on %(domain)s") % values, "\n\n".join(parts))


def _letter_about_notice(services: Services, notice: LegalNoticeRow, effect: Effect) -> Mail:
    _ = languages.translator(notice.locale)
    params = effect.params
    said = happened(str(params.get("what")), params.get("outcome"), _)
    link = receipts.contest_address(services, notice.id)
    return notice_letters.about_appeal(services.settings, notice, said, str(params.get("reply") or ""), link)
