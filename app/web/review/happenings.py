"""Timelines on pages: each event as a sentence, with where to read on, and what the list can be narrowed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.current import services
from app.instance import rules
from app.reviewing import timeline
from app.web import labels, pages, sessions
from app.web.review import colleagues, log_words, versions, words
from moderation.appeals.tables import AppealOutcome
from moderation.cases.values import Event
from moderation.evidence.tables import ChangedBy, ChangeKind, SnapshotCause
from moderation.reports.tables import ForwardState
from moderation.timeline.values import About, Entry, Kind, cursor
from moderation.values import Action, Outcome, Severity

_BETWEEN_SERVERS = frozenset(("sent", "severed", "passed_on", "settled_there"))


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as a sentence. `rule` is the clause it was decided under, `uri` the other subject that it tells of."""

    event: Event
    said: str
    case_id: int | None
    decision_id: int | None = None
    uri: str | None = None
    rule: str | None = None
    automatic: bool = False
    strike: bool = False
    note: str = ""
    author_note: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A page of a timeline. `kinds` are `(value, words, chosen)`; `older` is the address of the next page."""

    events: tuple[Happened, ...]
    kinds: tuple[tuple[str, str, bool], ...]
    older: str | None
    first: bool
    asked: Mapping[str, str]


def view(session: Session, about: About, asked: Mapping[str, str]) -> View:
    """What the request asks for (`kind`, several times over, and `after`); `asked` is what its address says besides."""
    me = sessions.required()
    kinds = [kind for kind in timeline.kinds_for(me.role) if kind.value in request.args.getlist("kind")]
    after = cursor(request.args.get("after", ""))
    entries, more = timeline.of(session, about, me.username, me.role, services().clock.now(), kinds=kinds, after=after)
    further = [*asked.items(), *(("kind", kind.value) for kind in kinds), ("after", str(more))]
    chosen = tuple((kind.value, _kind(kind), kind in kinds) for kind in timeline.kinds_for(me.role))
    return View(
        tuple(_happened(session, about, each) for each in entries),
        chosen,
        "?" + urlencode(further) if more is not None else None,
        after is None,
        asked,
    )


def _happened(session: Session, about: About, entry: Entry) -> Happened:
    event, details = entry.event, entry.event.details
    decided = event.what in ("decided", "reversed")
    return Happened(
        event,
        _said(event),
        entry.case_id,
        details.get("decision"),
        entry.uri if decided and entry.uri != about.uri else None,
        rules.text_of(session, details.get("rule"), pages.language()) if decided else None,
        event.what == "verdict" and event.by is None,
        bool(details.get("strike")),
        str(details.get("note") or details.get("comment") or "") if event.what != "case_escalated" else "",
        str(details.get("author_note") or ""),
    )


def _kind(kind: Kind) -> str:
    return {
        Kind.DOOR: _("the door"),
        Kind.REPORTS: _("reports"),
        Kind.CASES: _("cases"),
        Kind.DECISIONS: _("decisions and rules"),
        Kind.APPEALS: _("appeals"),
        Kind.STATEMENTS: _("what was told"),
        Kind.CHANGES: _("edits and moves"),
        Kind.NETWORK: _("other servers"),
        Kind.STAFF: _("what staff did"),
    }[kind]


def _said(event: Event) -> str:
    details = event.details
    if event.what == "verdict":
        return _verdict(event)
    if event.what == "decided":
        return _decided(Action(details["action"]), str(details["reason"]))
    if event.what == "reported":
        return _("Reported: %(category)s.", category=words.category(str(details["category"])))
    if event.what == "case_assigned":
        return _("The case was given to %(name)s.", name=colleagues.shown(to) if (to := details.get("to")) else "–")
    if event.what == "report_answered":
        return _("The report was answered: it was right.") if details["upheld"] else _("The report was answered.")
    if event.what == "appeal_closed":
        return appeal(details["outcome"])
    if event.what == "statement":
        return _statement(event)
    if event.what == "domain_set":
        return _("The rule for this server: %(rule)s.", rule=_severity(details.get("severity")))
    if event.what == "snapshot" and details.get("cause") == SnapshotCause.TEACHING:
        return _("Evidence was taken: somebody taught the text model what it is.")
    if event.what.startswith("became_"):
        what, by = ChangeKind(event.what.removeprefix("became_")), ChangedBy(details["by"])
        return versions.became(what, by, event.by, local=True)
    if event.what in _BETWEEN_SERVERS:
        return _between_servers(event)
    if event.what == "staff":
        return log_words.said(str(details["verb"])) + "."
    return _sentences().get(event.what) or event.what.replace("_", " ")


def _sentences() -> dict[str, str]:
    return {
        "snapshot": _("Evidence was taken."),
        "flagged": _("It sent a report about somebody here."),
        "reversed": _("The decision was taken back."),
        "held": _("It began to wait at the door."),
        "hold_ended": _("Its time was over: let in unread."),
        "hold_deleted": _("It was deleted while it waited."),
        "case_opened": _("A case was opened."),
        "case_looked": _("Somebody looked at its pictures."),
        "case_noted": _("Somebody put a note on the case."),
        "case_translated": _("Somebody had its text translated by a machine elsewhere."),
        "case_claimed": _("Somebody took the case."),
        "case_released": _("The case was given back."),
        "case_escalated": _("The case was escalated."),
        "case_second_opinion": _("Somebody asked for a second opinion."),
        "case_proposed": _("Somebody who is learning proposed a decision."),
        "case_edited": _("It was edited while the case was open."),
        "case_report_added": _("Who reported added something."),
        "case_reported": _("Another report joined the case."),
        "case_joined": _("Another post joined the case."),
        "case_let_in": _("Its time was over: let in behind a warning."),
        "case_answered": _("Its frozen author answered, and the case is open again."),
        "case_unmended": _("Its author’s time to mend it was over, and the case is open again."),
        "case_mended": _("Its author mended it, and the case is open again."),
        "case_message": _("Somebody wrote about the appeal."),
        "case_deleted": _("It was deleted while the case was open."),
        "case_closed": _("The case was closed."),
        "appealed": _("A decision was contested."),
        "domain_lifted": _("The rule for this server was lifted."),
        "domain_retracted": _("The list that asked for the rule for this server took it back."),
        "domain_asked": _("Its moderators were asked."),
        "domain_purge_ordered": _("A purge of its data was ordered."),
        "domain_purge_called_off": _("The purge of its data was called off."),
        "domain_purged": _("Its data was purged."),
        "domain_announced": _("Its suspension was announced."),
        "domain_called_off": _("The suspension that had been announced was called off."),
        "domain_undone": _("The last step about this server was taken back."),
        "domain_expired": _("The time of the rule for this server was over."),
        "version": _("This version was shown from then on."),
        "edited": _("It was edited."),
        "deleted": _("It was deleted."),
        "known": _("First known here."),
        "moved": _("They moved to another account."),
        "left": _("The account is gone."),
        "met": _("First heard of this server."),
        "failing": _("It hasn’t answered since."),
        "dead": _("It counts as gone since: only a try a day is sent."),
    }


def _verdict(event: Event) -> str:
    said = words.outcome(Outcome(event.details["outcome"]))[1]
    label = event.details.get("label")
    if event.by == "person":
        return _("A person’s word at the door: %(outcome)s.", outcome=said)
    if label:
        return _("The door: %(outcome)s, for %(label)s.", outcome=said, label=labels.name(str(label)))
    return _("The door: %(outcome)s.", outcome=said)


def _decided(action: Action, reason: str) -> str:
    if reason:
        return _("Decided: %(action)s. “%(reason)s”", action=words.action(action), reason=reason)
    return _("Decided: %(action)s.", action=words.action(action))


def appeal(outcome: str | None) -> str:
    """How an appeal ended."""
    return {
        AppealOutcome.UPHOLD.value: _("The appeal ended: the decision stands."),
        AppealOutcome.OVERTURN.value: _("The appeal ended: the decision was overturned."),
        AppealOutcome.VARY.value: _("The appeal ended: something else was decided."),
        AppealOutcome.TAKEN_BACK.value: _("The appeal ended: the decision had been taken back."),
    }.get(outcome or "") or _("The appeal ended.")


def _statement(event: Event) -> str:
    if event.details.get("exempt"):
        return _("No reasons are owed: it was one of many like it.")
    return _("Its author was given the reasons.")


def _severity(value: object) -> str:
    return labels.severity(Severity(str(value)))[1] if value else "–"


def _between_servers(event: Event) -> str:
    details = event.details
    if event.what == "sent":
        return _sent(event)
    if event.what == "passed_on":
        return _passed_on(str(details["to"]), ForwardState(details["state"]))
    if event.what == "settled_there":
        return _(
            "The moderators of %(domain)s say that they settled a report that was passed on.", domain=details["to"]
        )
    return ngettext("%(num)d follow ended with it.", "%(num)d follows ended with it.", int(details["follows"]))


def _passed_on(domain: str, state: ForwardState) -> str:
    said = {
        ForwardState.SENT: _("on its way"),
        ForwardState.DELIVERED: _("arrived"),
        ForwardState.REFUSED: _("not taken"),
        ForwardState.ANSWERED: _("settled there"),
    }
    return _("A report was passed on to %(domain)s: %(state)s.", domain=domain, state=said[state])


def _sent(event: Event) -> str:
    told = event.details
    return _(
        "“%(kind)s” to other servers: %(sent)s sent, %(waiting)s waiting, %(failed)s failed.",
        kind=told["activity"], sent=told["sent"], waiting=told["waiting"], failed=told["failed"],
    )  # fmt: skip
