"""Which version was reported, what is otherwise in the newest one, and who edited or deleted it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.web import filters
from app.web.review import colleagues, marking
from moderation.cases.values import CaseDetail
from moderation.evidence.changes import Change
from moderation.evidence.snapshots import Snapshot
from moderation.evidence.tables import ChangedBy, ChangeKind
from moderation.values import Action

_TAKES_AWAY = frozenset((Action.REMOVE.value, Action.SPAM.value, Action.FREEZE.value))


@dataclass(frozen=True, slots=True)
class Happened:
    """A sentence of what became of it, and when."""

    said: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Versions:
    """Everything that the page says of versions."""

    reported: Snapshot | None
    """The version that the first reporter saw, where it isn't the newest."""
    text: Markup | None
    """What is otherwise in the words since it was reported, or else since the last edit."""
    others: tuple[str, ...]
    """The same of warnings, pictures, links and polls, in sentences."""
    happened: tuple[Happened, ...]
    deleted: bool

    @property
    def edited(self) -> bool:
        """Whether there is a difference to show."""
        return self.text is not None or bool(self.others)


def of(detail: CaseDetail, *, deleted: bool) -> Versions:
    """What to say of a case's own subject. `deleted`: it isn't here any more, whoever did it."""
    taken, reported = detail.snapshots, as_reported(detail)
    before = reported or (taken[-2] if len(taken) > 1 else None)
    text = marking.changed(before.text, taken[-1].text) if before and before.text != taken[-1].text else None
    others = tuple(_others(before, taken[-1])) if before else ()
    happened = [_became(each, detail.case.local) for each in detail.changes] + _taken_away(detail)
    happened.sort(key=lambda each: each.at)
    return Versions(reported, text, others, tuple(happened), deleted)


def as_reported(detail: CaseDetail) -> Snapshot | None:
    """The version that the first reporter saw, where it isn't the newest."""
    first = min((each.filed_at for each in detail.reports), default=None)
    seen = seen_at(detail.snapshots, first) if first is not None else None
    return seen if seen is not None and seen.seq != detail.snapshots[-1].seq else None


def seen_at(taken: Sequence[Snapshot], at: datetime) -> Snapshot | None:
    """The version that stood at a moment, as far as there is evidence of it."""
    same = next((each for each in taken if each.taken_at == at), None)  # an edit in the same moment came after it
    return same or next((each for each in reversed(taken) if each.taken_at < at), None)


def became(what: ChangeKind, by: ChangedBy, who: str | None, *, local: bool) -> str:
    """One change as a sentence."""
    if what is ChangeKind.PURGED:
        return _("The evidence of it was purged: its time was over.")
    if what is ChangeKind.EDITED:
        return _("Its author edited it.") if by is ChangedBy.AUTHOR else _("Its server had another version of it.")
    if by is ChangedBy.STAFF:
        return _("%(name)s deleted the account, and this with it.", name=colleagues.shown(who or ""))
    if by is ChangedBy.SERVER:
        return _("Its server said that it is gone.")
    return _("Its author deleted it.") if local else _("Its author deleted it, their server says.")


def _became(change: Change, local: bool) -> Happened:
    return Happened(became(change.what, change.by, change.who, local=local), change.at)


def _taken_away(detail: CaseDetail) -> list[Happened]:
    """Decisions that took it from its readers, those of other cases, too; a blind reader has no history."""
    return [
        Happened(_("%(name)s took it away: a decision.", name=colleagues.shown(each.by)), each.at)
        for each in detail.history
        if each.what == "decided" and each.by and each.details.get("action") in _TAKES_AWAY
    ]


def _others(before: Snapshot, after: Snapshot) -> list[str]:
    said = []
    if before.warning != after.warning:
        said.append(_warning(before.warning, after.warning))
    said += _pictures(_media(before), _media(after))
    said += _lists(before, after)
    if before.html != after.html and before.text == after.text and not said:
        said.append(_("The words are the same, but they are marked up otherwise."))
    return said


def _warning(before: str, after: str) -> str:
    if not before:
        return _("A warning was added: %(words)s", words=after)
    if not after:
        return _("The warning was taken out: %(words)s", words=before)
    return _("The warning was “%(before)s”, and is “%(after)s”.", before=before, after=after)


def _pictures(before: Mapping[str, dict[str, Any]], after: Mapping[str, dict[str, Any]]) -> list[str]:
    out, new = before.keys() - after.keys(), after.keys() - before.keys()
    kept = before.keys() & after.keys()
    swapped = [url for url in kept if before[url].get("sha256") != after[url].get("sha256")]
    said = []
    if out:
        said.append(ngettext("%(num)d picture was taken out.", "%(num)d pictures were taken out.", len(out)))
    if new:
        said.append(ngettext("%(num)d picture was added.", "%(num)d pictures were added.", len(new)))
    if swapped:
        said.append(
            ngettext(
                "%(num)d picture is another at the same address.",
                "%(num)d pictures are others at the same addresses.",
                len(swapped),
            )
        )
    for url in sorted(kept):
        if before[url].get("description") != after[url].get("description"):
            was = before[url].get("description") or _("nothing")
            said.append(_("A picture was described otherwise; it was: %(words)s", words=was))
    return said


def _lists(before: Snapshot, after: Snapshot) -> list[str]:
    """Links and choices, where the text alone wouldn't tell."""
    said = []
    gone, new = (_minus(one, other, "links") for one, other in ((before, after), (after, before)))
    if before.text == after.text and (gone or new):
        named = {"before": ", ".join(gone) or "–", "after": ", ".join(new) or "–"}
        said.append(_("Links lead elsewhere. Before: %(before)s. Now: %(after)s.", **named))
    if before.context.get("poll_options", []) != after.context.get("poll_options", []):
        said.append(
            _("The choices of the poll were: %(words)s", words=", ".join(before.context.get("poll_options", [])) or "–")
        )
    return said


def _minus(one: Snapshot, other: Snapshot, what: str) -> list[str]:
    known = set(other.context.get(what, []))
    return [filters.outward(each)[:120] for each in one.context.get(what, []) if each not in known]


def _media(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    return {str(each["url"]): each for each in snapshot.context.get("media", [])}
