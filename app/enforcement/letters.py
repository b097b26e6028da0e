"""The statement of reasons: what an author is told of a decision, in their language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.accounts.tables import AccountRow
from app.mail import Mail
from app.notifications.languages import Translate, translator
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Statement:
    """Facts, rule, whether a machine took part, and which decision to contest."""

    decision_id: int | None
    action: str
    subject_uri: str
    rule_id: str | None
    rule: str | None
    reason: str
    automated: bool
    ends_at: str | None
    reverses: int | None
    also: tuple[Mapping[str, Any], ...] = ()
    """What was done to their account along with it, each `{"action", "ends_at"}`."""
    author_note: str = ""

    def as_payload(self) -> dict[str, Any]:
        """As a notification keeps it."""
        return {
            "decision_id": self.decision_id,
            "action": self.action,
            "also": [dict(each) for each in self.also],
            "subject_uri": self.subject_uri,
            "rule_id": self.rule_id,
            "reason": self.reason,
            "automated": self.automated,
            "ends_at": self.ends_at,
            "reverses": self.reverses,
            "author_note": self.author_note,
        }


def decided(
    settings: Settings, account: AccountRow, statement: Statement, contest: str, said: Sequence[str] = ()
) -> Mail:
    """The mail that tells of a decision, or that one was taken back. `contest` says where and before whom it is
    contested, `said` is the statement of reasons in paragraphs."""
    _ = translator(account.locale)
    subject = (
        _("A decision about you on %(domain)s was taken back")
        if statement.reverses is not None
        else _("A moderator of %(domain)s has decided something about you")
    )
    return Mail(
        to=account.email,
        subject=subject % {"domain": settings.domain},
        text="\n\n".join(_paragraphs(account, statement, contest, said, _)),
    )


def what_happened(action: str, _: Translate) -> str:
    """One sentence for each action, in the reader's language."""
    sentences = {
        "approve": _("Your post was let in."),
        "label": _("Your post was put behind a warning."),
        "limit": _("Your post was taken off public timelines."),
        "remove": _("Your post was removed, or not published."),
        "spam": _("Your post was removed as spam."),
        "freeze": _("Your post is hidden, and you can’t post, until you have mended it."),
        "warn": _("This is a warning. Nothing else was changed."),
        "silence": _("Your posts are shown only to those who follow you."),
        "disable": _("Your account was disabled: you can’t sign in."),
        "suspend": _("Your account was suspended: nothing of it is shown."),
    }
    return sentences.get(action) or _("A decision was made.")


def _paragraphs(
    account: AccountRow, statement: Statement, contest: str, said: Sequence[str], _: Translate
) -> list[str]:
    hello = _("Hello %(name)s,") % {"name": account.actor.username}
    if statement.reverses is not None:
        reason = [_("Reason: %(reason)s") % {"reason": statement.reason}] if statement.reason else []
        return [hello, _("an earlier decision about you was taken back; it no longer counts."), *reason]
    return [hello, *(said or [what_happened(statement.action, _)]), contest, beyond(_)]


def beyond(_: Translate) -> str:
    """What is left to somebody who isn't content with an answer here."""
    return _(
        "You can also turn to an out-of-court dispute settlement body that your country’s digital services coordinator "
        "has certified, or to a court. Nothing here takes that from you."
    )
