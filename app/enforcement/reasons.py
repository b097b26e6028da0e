"""Statements of reasons in words: facts, means, duration and redress, in the reader's language, for page and mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_datetime

from app.accounts.tables import AccountRow
from app.enforcement import letters
from app.mail import Mail
from app.notifications import languages
from app.notifications.languages import Translate
from app.settings import Settings
from moderation import warnings
from moderation.statements.making import HOLD, Stated
from moderation.statements.tables import StatementRow
from moderation.values import Action


def facts(stated: Stated, domain: str, locale: str, _: Translate) -> str:
    """Facts and circumstances: how it was noticed, who looked, when. Never who reported or who decided."""
    values = {"domain": domain, "when": moment(stated.applied_at, locale), "label": label(stated.label, _)}
    noticed = _noticed(stated, _) % values
    if stated.action == HOLD:
        held = _("It has waited since %(when)s for a moderator of %(domain)s to read it, and nobody else sees it.")
        return f"{noticed} {held % values}"
    if stated.unread:
        let_in = _("It waited for a moderator; nobody had read it by %(when)s, and it was let in by itself.")
        return f"{noticed} {let_in % values}"
    if stated.automated_decision == "FULLY":
        at_once = _("On %(when)s that was decided at the door, before anybody read it.")
        return f"{noticed} {at_once % values}"
    looked = _("On %(when)s a moderator of %(domain)s looked at it, and decided.") % values
    return f"{noticed} {looked}"


def means(row: StatementRow, _: Translate) -> str:
    """Whether machines took part in noticing, and in deciding."""
    if row.automated_decision == "FULLY" and row.action != HOLD:
        return _("A machine noticed it and decided by itself. Contest it, and a person looks.")
    if row.automated_decision == "FULLY":
        return _("A machine noticed it and made it wait. Nobody has decided yet; a person will.")
    if row.automated_detection:
        return _("A machine pointed it out; a person decided.")
    return _("A person decided; no machine took part.")


def source(row: StatementRow, _: Translate) -> str:
    """On whose initiative."""
    return {
        "ARTICLE_16": _("Somebody gave notice of it."),
        "OTHER_NOTIFICATION": _("Somebody reported it."),
    }.get(row.source) or _("Nobody reported it: we looked of our own accord.")


def ground(row: StatementRow, _: Translate) -> str:
    """Which rule, or why none is named."""
    if row.rule:
        return _("It breaks a rule of this house, and so its terms: “%(rule)s”") % {"rule": row.rule}
    if row.action == HOLD:
        return _("The terms of this house let a machine make a post wait for a person.")
    if row.automated_decision == "FULLY":
        return _("The terms of this house let a machine put posts behind a warning, limit or refuse them.")
    return _("It can’t stay under the terms of this house, for the reason given.")


def duration(row: StatementRow, locale: str, _: Translate) -> str:
    """For how long."""
    if row.ends_at is None:
        return _("until it is taken back")
    return _("until %(when)s") % {"when": moment(row.ends_at, locale)}


def territory(_: Translate) -> str:
    """Where it holds."""
    return _("everywhere that this server is read")


def happened(action: str, _: Translate, *, of_edit: bool = False) -> str:
    """What was restricted, as a sentence; of an edit alone, that the version before stays."""
    if of_edit and action == HOLD:
        return _("Your edit waits longer than an hour for a person to read it; until then the version before is shown.")
    if of_edit and action == Action.REMOVE:
        return _("Your edit was refused; the version before stays.")
    if action == HOLD:
        return _("Your post waits longer than an hour for a person to read it.")
    return letters.what_happened(action, _)


def along(also: Sequence[Mapping[str, Any]], locale: str, _: Translate) -> list[str]:
    """What was done to their account along with it, a sentence each, with its end."""
    return [_along(each, locale, _) for each in also]


def all_of(row: StatementRow, locale: str, _: Translate) -> str:
    """Everything that was restricted, as sentences."""
    return " ".join([*_labelled(row, _), *along(row.also, locale, _)])


def _labelled(row: StatementRow, _: Translate) -> list[str]:
    """What was restricted, with the words that were put before it where a moderator wrote them."""
    if row.warning == warnings.SENSITIVE:
        return [_("The pictures, films and sounds of your post were marked as sensitive.")]
    words, said = warnings.words_of(row.warning), happened(row.action, _, of_edit=row.of_edit)
    return [said] if words is None else [said, _("The warning reads: “%(words)s”") % {"words": words}]


def moment(at: datetime, locale: str) -> str:
    """A date and a time in words, UTC."""
    return f"{format_datetime(at, 'd MMMM y, HH:mm', locale=locale)} UTC"


def label(name: str | None, _: Translate) -> str:
    """What a machine called it, for a reader."""
    words: Mapping[str, str] = {
        "hate": _("hatred"),
        "harassment": _("harassment"),
        "violence": _("threats or violence"),
        "sexual": _("sexual content"),
        "self_harm": _("self-harm"),
        "spam": _("spam"),
        "toxic": _("rudeness"),
    }
    return words.get(name or "") or _("something against the rules")


def paragraphs(row: StatementRow, locale: str, _: Translate) -> list[str]:
    """The whole statement for a mail, but for how to contest it."""
    parts = [
        all_of(row, locale, _),
        _("It is about: %(uri)s") % {"uri": row.uri},
        row.facts,
        f"{source(row, _)} {means(row, _)}",
        ground(row, _),
    ]
    if row.reason:
        parts.append(_("Reason: %(reason)s") % {"reason": row.reason})
    if row.author_note:
        parts.append(_("The moderators also write to you: %(words)s") % {"words": row.author_note})
    where = {"duration": duration(row, locale, _), "territory": territory(_)}
    if row.mend_by is not None:
        parts.append(to_mend(row.mend_by, locale, _))
    parts.append(_("It holds %(duration)s, and %(territory)s.") % where)
    return parts


def to_mend(by: datetime, locale: str, _: Translate) -> str:
    """By when it is to be mended, and what follows."""
    said = _("You have until %(when)s to mend it, or to answer the moderators. Then they look at it again.")
    return said % {"when": moment(by, locale)}


def _along(one: Mapping[str, Any], locale: str, _: Translate) -> str:
    said = happened(str(one["action"]), _)
    if not one.get("ends_at"):
        return said
    ends = moment(datetime.fromisoformat(str(one["ends_at"])), locale)
    return f"{said} {_('This holds until %(when)s.') % {'when': ends}}"


def _noticed(stated: Stated, _: Translate) -> str:
    if stated.reports and stated.automated_detection:
        return _("A machine took it for %(label)s, and somebody reported it.")
    if stated.reports:
        return _("Somebody reported it to the moderators of %(domain)s.")
    if stated.automated_detection:
        return _("A machine at the door of %(domain)s took it for %(label)s.")
    return _("The moderators of %(domain)s came upon it.")


def held_long(settings: Settings, account: AccountRow, row: StatementRow, link: str) -> Mail:
    """The mail that says why a post waits for longer than an hour."""
    locale = languages.normal(account.locale)
    _ = languages.translator(locale)
    parts = [
        _("Hello %(name)s,") % {"name": account.actor.username},
        *paragraphs(row, locale, _),
        (
            _("You can edit it again, or just wait: %(link)s")
            if row.of_edit
            else _("You can edit it, withdraw it, or just wait: %(link)s")
        )
        % {"link": link},
        _("If it is refused, you will be told why and can contest that."),
    ]
    waits = _("An edit of yours waits on %(domain)s") if row.of_edit else _("A post of yours waits on %(domain)s")
    return Mail(account.email, waits % {"domain": settings.domain}, "\n\n".join(parts))
