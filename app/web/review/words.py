"""The review's codes in words: states, origins, reasons, decisions, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.barring import breakers
from app.web import filters, labels
from app.web.review import colleagues, keymap
from models.labels import LABELS
from moderation import pile_ons
from moderation.authors.severities import KINDS
from moderation.cases.presence import Presence
from moderation.cases.priority import GRAVE
from moderation.cases.values import CaseSummary
from moderation.drift import alarming
from moderation.holds import absence
from moderation.policy import store
from moderation.quality.answering import What
from moderation.recording import retries
from moderation.values import Action, CaseOrigin, CaseState, Finding, Outcome, Scope

MANY = 0.5 * 2.4
"""A part `reach` of ten people or more."""
SIGNS: Mapping[str, str] = {"high": "▲", "medium": "●", "low": "○"}
"""With each word of priority, so that colour is never alone."""


def priority(word: str) -> str:
    """high, medium, low."""
    return {"high": _("high"), "medium": _("medium")}.get(word) or _("low")


def because(case: CaseSummary) -> str:
    """What its priority comes from, the weightiest first, in a sentence."""
    parts = case.priority_parts
    said = {
        "severity": _("it may be grave") if parts.get("severity", 0.0) >= GRAVE else "",
        "reach": _("many would see it") if parts.get("reach", 0.0) >= MANY else "",
        "copies": _("there are many of it") if parts.get("copies", 0.0) > 0 else "",
        "reports": _("it was reported") if parts.get("reports", 0.0) > 0 else "",
        "waiting_author": _("its author is a member here and waits") if parts.get("waiting_author", 0.0) > 0 else "",
        "overdue": _("it is past due") if parts.get("overdue", 0.0) > 0 else "",
    }
    found = [said[name] for name, _value in sorted(parts.items(), key=lambda each: -each[1]) if said.get(name)]
    if not found:
        return _("nothing speaks for more haste")
    return _("because %(reasons)s", reasons=", ".join(found))


def origin(value: CaseOrigin) -> str:
    """Why a case was opened, in a word or two."""
    return {
        CaseOrigin.HOLD: _("held"),
        CaseOrigin.REPORT: _("report"),
        CaseOrigin.WAVE: _("spam wave"),
        CaseOrigin.AUDIT: _("sample"),
        CaseOrigin.CARE: _("care"),
        CaseOrigin.RETRY: _("not judged"),
        CaseOrigin.APPEAL: _("appeal"),
    }[value]


def kind_of(case: CaseSummary) -> str:
    """What a case is called: its label where a machine gave one, else where it comes from."""
    if case.label == pile_ons.LABEL:
        return _("pile-on")
    if (
        case.origin in (CaseOrigin.WAVE, CaseOrigin.AUDIT, CaseOrigin.CARE, CaseOrigin.APPEAL)
        or case.label not in KINDS
    ):
        return origin(case.origin)
    return labels.kind(case.label)


def chip(case: CaseSummary) -> str:
    """The colour of its chip: brick where people were hurt or complained, amber at the door, blue for information."""
    if case.origin in (CaseOrigin.AUDIT, CaseOrigin.CARE, CaseOrigin.APPEAL):
        return "note"
    if case.label == "violence":
        return "out"
    return "hold" if case.origin in (CaseOrigin.HOLD, CaseOrigin.WAVE, CaseOrigin.RETRY) else ""


def state(value: CaseState) -> tuple[str, str]:
    """Chip and word."""
    return {
        CaseState.OPEN: ("hold", _("waiting")),
        CaseState.CLAIMED: ("note", _("being looked at")),
        CaseState.ESCALATED: ("out", _("escalated")),
        CaseState.DECIDED: ("in", _("decided")),
        CaseState.CLOSED: ("", _("closed: its subject is gone")),
        CaseState.SEALED: ("out", _("sealed")),
    }[value]


def outcome(value: Outcome) -> tuple[str, str]:
    """Chip and word for what the door said."""
    return {
        Outcome.APPROVE: ("in", _("let in")),
        Outcome.LABEL: ("note", _("let in behind a warning")),
        Outcome.LIMIT: ("note", _("let in, off the public timelines")),
        Outcome.HOLD: ("hold", _("waiting at the door")),
        Outcome.REJECT: ("out", _("not let in")),
    }[value]


def action(value: Action) -> str:
    """What was decided, as a participle."""
    return {
        Action.APPROVE: _("let in"),
        Action.LABEL: _("put behind a warning"),
        Action.LIMIT: _("taken off the public timelines"),
        Action.REMOVE: _("removed"),
        Action.FREEZE: _("frozen until it is mended"),
        Action.WARN: _("warned"),
        Action.SILENCE: _("account limited"),
        Action.DISABLE: _("account locked"),
        Action.SUSPEND: _("account suspended"),
        Action.SPAM: _("cleared as spam"),
        Action.NO_ACTION: _("left as it is"),
    }[value]


def action_chip(value: Action) -> str:
    """Green let in, blue and amber in between, brick removed."""
    if value in (Action.APPROVE, Action.NO_ACTION):
        return "in"
    return "out" if value in (Action.REMOVE, Action.SPAM, Action.SUSPEND, Action.DISABLE) else "hold"


def scope(value: Scope) -> str:
    """How far it reached; nothing for the subject alone."""
    return {
        Scope.SUBJECT: "",
        Scope.ACCOUNT: _("the whole account"),
        Scope.CLUSTER: _("everything like it"),
        Scope.DOMAIN: _("the whole server"),
    }[value]


def named(label: str | None, *, reported: bool = False) -> str:
    """A badge: what a post is called, said before it is shown. Empty where nobody gave it a name."""
    if label in LABELS:
        said = labels.name(label or "")
        return _("reported as %(label)s", label=said) if reported else _("perhaps %(label)s", label=said)
    return _("reported as %(label)s", label=category(label or "")) if reported else ""


def certainty(score: float) -> str:
    """A calibrated probability, in words."""
    if score >= 0.95:
        return _("Very likely")
    if score >= 0.8:
        return _("Likely")
    return _("Perhaps")


def why(code: str, findings: Mapping[str, Finding]) -> str:
    """A sentence for a reason; `findings` are the machine's, by their `why`. Empty where it adds nothing."""
    found = findings.get(code)
    if found is not None and code in ("wave", "confirmed_wave", "near_duplicate"):
        return _wave(found)
    if found is not None and code == "spam_behaviour":
        return _behaviour(found.details)
    if found is not None and code == "spam_sending":
        return _sending(found.details)
    if found is not None and code in ("context_raised", "context_lowered"):
        return _context(found)
    if found is not None and code in ("listed_picture", "listed_file"):
        return _listed(found)
    if found is not None and code == "instance_rule":
        return _(
            "A rule of this house matches it: “%(name)s” (rule %(number)s, version %(version)s).",
            name=found.details.get("name", ""),
            number=filters.number(int(found.details.get("rule", 0))),
            version=filters.number(int(found.details.get("version", 0))),
        )
    if found is not None and code.startswith("pattern_"):
        return _pattern(found)
    if code == "domain_strangers":
        return _("A rule of this house keeps out what people of its server write to members who don’t know them.")
    if code == "domain_unknown":
        return _("Its server is new here: what it sends waits until people have let in some of it.")
    if code.startswith("domain_"):
        return _("A rule of this house says that everything from its server waits for a person.")
    return _sentences().get(code, "")


def _sentences() -> dict[str, str]:
    return {
        "wave": _("Many posts nearly like it came from several accounts in a short time."),
        "confirmed_wave": _("Posts like it were cleared as spam here before."),
        "link_rule": _("It links to where a decision here lets nothing link for a while."),
        "near_duplicate": _("It says nearly the same as other posts of these days."),
        "second_stage_abstained": _("The second stage wasn’t asked: it isn’t built here, or too much came at once."),
        "nudity": _("One of its pictures looks like nudity."),
        "nudity_trusted": _("One of its pictures looks like nudity; its author has a good record here."),
        "nudity_careful": _(
            "One of its pictures looks like nudity; it would be held, were this not the careful start."
        ),
        "listed_picture": _("One of its pictures looks like one on a list."),
        "listed_file": _("One of its files is on a list."),
        "spam_behaviour": _("It is sent the way that spam is sent."),
        "text_too_long": _("It is so long that machines read only parts of it."),
        "text_illegible": _("Machines can’t read it: it has no letters, or is full of control characters."),
        "spam_sending": _("It is sent the way that spam is sent."),
        "language_unread": _("It is in a language that the machine can’t judge."),
        "author_silenced": _("Its author is limited here."),
        "opened_audit": _("A random post: did machines do right by it?"),
        "opened_care": _("Its author may need somebody. It isn’t held, and nothing here counts against them."),
        "pile_on": _(
            "Many strangers write to one member at once. One by one most of it may be harmless; together it is a lot."
        ),
        "quiet_day": _(
            "It is a stranger’s word to somebody who has a quiet day; it was let in, off the public timelines."
        ),
        "opened_retry": _("A check failed on this post alone, again and again. A person has to judge it."),
        "check_failing_alone": _("A check failed on this post alone, again and again. A person has to judge it."),
        "was_held": _("It was held before, and then edited."),
        "was_shown": _("It had been shown for a while before it was taken back to the door."),
        "author_waits": _("Its author is a member here and waits."),
        "over_budget": _("It would have been held, but the budget of people’s time was full."),
        "text_model_adapted": _("It would be held, had the lines not gone up while more waits than people can answer."),
        "text_model_careful": _("It would be held, were this not the careful start."),
        "text_model_trusted": _("Its author has a good record here, so the text alone doesn’t hold it."),
        "author_trusted": _("Somebody here trusts its author for this, so the text alone says nothing."),
        "hold_ended": _("Its time at the door was over; it was let in behind a warning."),
        "hold_ended_limited": _("Its time at the door was over; it was let in, off the public timelines."),
        "hold_ended_released": _("Its time at the door was over; it was let in as it is."),
    }


def _wave(found: Finding) -> str:
    copies, authors = int(found.details.get("copies", 0)), int(found.details.get("authors", 0))
    if found.why == "confirmed_wave":
        return _("Posts like it were cleared as spam here before.")
    return _(
        "%(copies)s posts nearly like it came from %(authors)s accounts in a short time.",
        copies=filters.number(copies),
        authors=filters.number(authors),
    )


def _context(found: Finding) -> str:
    """What this house's context model says beside the text model, with what weighed."""
    known = {
        "text": _("the words themselves"),
        "removed": _("posts of theirs were removed"),
        "upheld_reports": _("reports of them were right"),
        "strangers": _("it addresses strangers"),
        "approved": _("many posts of theirs were let in"),
        "known_days": _("they have been known here for long"),
        "mutuals": _("the two follow each other"),
        "answers": _("whether it answers somebody"),
        "label": _("what people here mostly say of this"),
    }
    said = {
        "label": labels.name(found.label),
        "first": filters.number(round(100 * float(found.details.get("first", 0.0)))),
        "score": filters.number(round(100 * float(found.details.get("score", 0.0)))),
        "signals": ", ".join(known[name] for name in found.details.get("weighed", ()) if name in known),
    }
    if found.why == "context_raised":
        return _(
            "In its context more likely %(label)s: %(score)s of 100, by the text alone %(first)s. "
            "Most weighed: %(signals)s.",
            **said,
        )
    return _(
        "In its context less likely %(label)s: %(score)s of 100, by the text alone %(first)s. "
        "Most weighed: %(signals)s.",
        **said,
    )


def _listed(found: Finding) -> str:
    said = {"picture": filters.number(int(found.details.get("picture", 1))), "list": found.details.get("list", "")}
    if found.why == "listed_file":
        return _("File %(picture)s is on the list “%(list)s”: the very same file.", **said)
    said["distance"] = filters.number(int(found.details.get("distance", 0)))
    if found.details.get("turned"):
        return _(
            "Picture %(picture)s, mirrored or turned, matches one on the list “%(list)s”: "
            "distance %(distance)s of 256.",
            **said,
        )
    return _("Picture %(picture)s matches one on the list “%(list)s”: distance %(distance)s of 256.", **said)


def _pattern(found: Finding) -> str:
    said = {"what": found.details.get("what", ""), "number": filters.number(int(found.details.get("pattern", 0)))}
    if found.why == "pattern_link":
        return _("It links to %(what)s: pattern %(number)s of this house.", **said)
    if found.why == "pattern_hashtag":
        return _("It has the hashtag #%(what)s: pattern %(number)s of this house.", **said)
    return _("Its author’s name is like %(what)s: pattern %(number)s of this house.", **said)


def _behaviour(details: Mapping[str, Any]) -> str:
    known = {
        "young_account": _("the account is only days old"),
        "young_domain": _("its server is only days old"),
        "many_strangers": _("it addresses many strangers"),
        "fan_out": _("its author wrote to many strangers this hour"),
        "first_contact": _("it is their first word to somebody here"),
        "new_link": _("it links to a place never seen here"),
        "many_links": _("it has many links"),
        "many_hashtags": _("it has many hashtags"),
    }
    spoken = [known[name] for name in details.get("signals", ()) if name in known]
    return _("It is sent the way that spam is: %(signals)s.", signals=", ".join(spoken)) if spoken else ""


def _sending(details: Mapping[str, Any]) -> str:
    """What weighed with the behaviour model, the heaviest first."""
    known = {
        "account_age": _("a young account"),
        "server_age": _("a young server"),
        "acquaintance": _("an author who is new here"),
        "approved": _("few posts of theirs were let in"),
        "removed": _("posts of theirs were removed"),
        "strangers": _("it addresses strangers"),
        "stranger_share": _("hardly anybody whom it addresses knows them"),
        "fan_out": _("they wrote to many strangers this hour"),
        "links": _("its links"),
        "new_links": _("it links to a place never seen here"),
        "link_age": _("it links to a place that is new here"),
        "pace": _("many posts in a short time"),
        "copies": _("other posts say nearly the same"),
        "copiers": _("other accounts say nearly the same"),
        "wordless_media": _("a picture and hardly a word"),
        "letters": _("how long it is"),
        "hashtags": _("its hashtags"),
        "answers": _("whether it answers somebody"),
        "odd_name": _("a name as if drawn by lot"),
        "followers_here": _("nobody here follows them"),
        "profile": _("that it is a profile"),
        "local": _("where the account is"),
        "signed_up": _("that they signed up here lately"),
        "throwaway_mail": _("a mail address to throw away"),
        "rare_mail": _("a mail provider that hardly anybody here uses"),
        "mail_crowd": _("others signed up with the same mail provider that day"),
        "range_crowd": _("others signed up from nearby network addresses that day"),
        "reason_crowd": _("others gave nearly the same reason for joining"),
        "vouched": _("nobody approved or invited them"),
        "haste": _("they began to post soon after signing up"),
        "followed": _("they followed many strangers within hours"),
    }
    weighed = [known[name] for name in details.get("weighed", ()) if name in known]
    if not weighed:
        return _("It is sent the way that spam is sent.")
    score = filters.number(round(100 * float(details.get("score", 0.0))))
    return _(
        "It is sent the way that spam is (behaviour model: %(score)s of 100). Most weighed: %(signals)s.",
        score=score,
        signals=", ".join(weighed),
    )


def nearest(actions: Sequence[Action]) -> str:
    """`12 decided cases like this: 10 removed, 2 let be`; empty where there is none."""
    if not actions:
        return ""
    kept = sum(each in (Action.APPROVE, Action.NO_ACTION) for each in actions)
    eased = sum(each in (Action.LABEL, Action.LIMIT, Action.WARN, Action.SILENCE) for each in actions)
    removed = len(actions) - kept - eased
    parts = [
        str(ngettext("%(num)d removed", "%(num)d removed", removed)) if removed else "",
        str(ngettext("%(num)d restrained", "%(num)d restrained", eased)) if eased else "",
        str(ngettext("%(num)d let be", "%(num)d let be", kept)) if kept else "",
    ]
    said = ", ".join(part for part in parts if part)
    return str(
        ngettext(
            "%(num)d decided case like this: %(said)s",
            "%(num)d decided cases like this: %(said)s",
            len(actions),
            said=said,
        )
    )


def answered(what: What) -> str:
    """What became of an answer that was given blind; empty for a plain decision."""
    return {
        What.AGREED: keymap.undoable(_("Both of you would do the same: it is done.")),
        What.DIFFERING: _("You two differ. A lead decides, and sees both answers. Thank you."),
        What.STORED: _("Thank you: it was read before. Your answer is kept beside the first; nothing changes by it."),
    }.get(what, "")


def reports(count: int) -> str:
    """`3 reports`."""
    return str(ngettext("%(num)d report", "%(num)d reports", count))


def posts(count: int) -> str:
    """`32 posts`."""
    return str(ngettext("%(num)d post", "%(num)d posts", count))


def category(code: str) -> str:
    """What a report is about, briefly."""
    known = {"spam": _("advertising or a trick"), "legal": _("against the law"), "violation": _("against a rule")}
    return known.get(code) or _("something else")


def alarm(name: str, count: int) -> str:
    """One line for something that is broken."""
    if name.startswith(retries.PREFIX):
        return _(
            "The check “%(check)s” doesn’t answer. %(count)s posts wait, and are judged when it does.",
            check=name.removeprefix(retries.PREFIX),
            count=filters.number(count),
        )
    if name == "child_safety_waits":
        return _("A sealed case waits for the child-safety role.")
    if name == "threat_to_life_waits":
        return _("A life may be in danger: a case waits for a lead.")
    if name in breakers.NAMES:
        return breaker(name)
    if name == absence.NAME:
        return _("Nobody works on what waits. Until somebody does, the policy’s part for that is in force.")
    if name == alarming.DRIFT:
        return _("What comes this week is unlike the weeks before: the text model may know less of it.")
    if name == alarming.CALIBRATION:
        return _("People disagree with the text model more often than it says.")
    if name == store.ADAPTED:
        return _(
            "More waits than the people who are there can answer: lines for holding have gone up for a while, except "
            "of what is grave. What is let by for it is behind a warning and off the public timelines."
        )
    return _("%(name)s: %(count)s times", name=name.replace("_", " "), count=filters.number(count))


def breaker(name: str) -> str:
    """Why who signs up waits for a yes."""
    return {
        breakers.QUIET: _("No moderator has done anything for days: who signs up waits for a yes."),
        breakers.SIGN_UPS: _("Many sign up at once: who signs up waits for a yes, until somebody says it is over."),
        breakers.REPORTS: _("Many reports come at once: who signs up waits for a yes, until somebody says it is over."),
    }[name]


def lead(score: float, label: str) -> str:
    """How sure, and of what: the first thing that is said."""
    return _("%(certainty)s %(label)s.", certainty=certainty(score), label=labels.name(label))


def reported(count: int) -> str:
    """The first thing that is said where no machine spoke."""
    return str(ngettext("%(num)d person reported it.", "%(num)d people reported it.", count))


def opened(value: CaseOrigin) -> str:
    """The first thing that is said where nobody spoke at all."""
    return {
        CaseOrigin.AUDIT: _("One of today’s random posts."),
        CaseOrigin.CARE: _("Somebody may need help."),
        CaseOrigin.RETRY: _("It couldn’t be judged."),
        CaseOrigin.APPEAL: _("A decision is contested."),
    }.get(value) or _("A rule of this house stopped it.")


def present(case_id: int, others: Sequence[Presence]) -> str:
    """Who else is at work on a case, or on others of its author; nothing where nobody is."""
    said = [
        _("%(name)s works on this case now.", name=colleagues.shown(one.name))
        if one.case_id == case_id
        else _(
            "%(name)s works on case %(number)s of the same author now.",
            name=colleagues.shown(one.name),
            number=one.case_id,
        )
        for one in others
    ]
    return " ".join(said)


def looking(names: Sequence[str]) -> list[str]:
    """Who else has the case open, a sentence each."""
    return [_("%(name)s looks at it, too.", name=colleagues.shown(each)) for each in names]
