"""The models' labels, the door's codes and the outcomes of reports, in words for members."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from moderation import warnings
from moderation.reports.forwards import Forward
from moderation.reports.tables import ForwardState, ReportOutcome
from moderation.values import Severity


def name(label: str) -> str:
    """A label of the models."""
    words = {
        "hate": _("hatred"),
        "violence": _("violence, threats"),
        "harassment": _("harassment"),
        "sexual": _("sexual"),
        "self_harm": _("self-harm"),
        "spam": _("spam"),
        "toxic": _("rudeness"),
    }
    return words.get(label, label)


def kind(code: str) -> str:
    """What a rule of a house can be about."""
    words = {
        "child_safety": _("harm to children"),
        "illegal": _("something illegal"),
        "privacy": _("private things made public"),
        "impersonation": _("passing for somebody else"),
        "misinformation": _("false claims that do harm"),
        "copyright": _("others’ works"),
    }
    return words.get(code) or name(code)


def warning(code: str) -> str:
    """A content warning that the house added: a moderator's own words, or those of a code."""
    own = warnings.words_of(code)
    if own is not None:
        return own
    words = {
        "hate": _("perhaps hateful"),
        "violence": _("perhaps violent"),
        "harassment": _("perhaps hurtful"),
        "sexual": _("perhaps sexual"),
        "self_harm": _("about harming oneself"),
        "spam": _("perhaps unasked advertising"),
        "toxic": _("perhaps rude"),
        "unjudged": _("no check could judge this"),
        warnings.SENSITIVE: _("pictures and other media marked as sensitive"),
        warnings.GENERAL: _("put behind a warning by the moderators"),
    }
    return words.get(code) or _("let in without a look by a person")


def hesitation(label: str | None) -> str:
    """What made the door hesitate about a post, said to its author."""
    words = {
        "hate": _("Something in it reads like hatred against people for what they are."),
        "violence": _("Something in it reads like a threat, or like praise of violence."),
        "harassment": _("Something in it reads like an attack on somebody."),
        "sexual": _("Something in it reads as sexual."),
        "spam": _("It looks like advertising that nobody asked for, or like many other posts of the same kind."),
        "toxic": _("Its tone reads as rude."),
    }
    return words.get(label or "") or _("It is one of the things that this house wants a person to look at first.")


def reasons(label: str | None, codes: Iterable[str]) -> list[str]:
    """Every hesitation that helps an author; how spam is noticed isn't told in detail, for spammers read it too."""
    said = [hesitation(label)]
    codes = set(codes)
    if codes & {"listed_picture", "listed_file"}:
        said.append(_("A picture or file in it is on a list of this house."))
    if codes & {"nudity", "nudity_trusted", "nudity_careful"}:
        said.append(_("One of its pictures looks like nudity."))
    if codes & {"wave", "confirmed_wave"}:
        said.append(_("Posts much like it came from several people in a short time."))
    if "link_rule" in codes:
        said.append(_("It links to an address that this house keeps out for a while."))
    if "instance_rule" in codes:
        said.append(_("A rule that people of this house wrote matches it."))
    if codes & {"pattern_link", "pattern_hashtag", "pattern_name"}:
        said.append(_("A rule of this house names a link, a hashtag or a name in it."))
    if "domain_hold" in codes:
        said.append(_("Everything from its server waits here at the moment."))
    if "domain_unknown" in codes:
        said.append(_("What comes from a server that is new here waits at first."))
    return said


def categories() -> list[tuple[str, str]]:
    """What a report can be about; the codes are the client API's."""
    return [
        ("spam", _("Advertising or a trick: links, fake offers, the same thing again and again")),
        ("legal", _("Something that the law forbids")),
        ("violation", _("It breaks a rule of this house")),
        ("other", _("Something else that should not stay")),
    ]


def outcome(value: ReportOutcome) -> tuple[str, str, str, str]:
    """Chip, sign, word and sentence for what came of a report."""
    return {
        ReportOutcome.WAITING: (
            "hold", "◷", _("waiting for a person"),
            _("Somebody from moderation will read it. You’ll be told what they decide."),
        ),
        ReportOutcome.UPHELD: (
            "in", "✓", _("followed"),
            _("The people who moderate agreed with you and did something about it. Thank you."),
        ),
        ReportOutcome.DECLINED: (
            "note", "○", _("looked at, and left as it is"),
            _("Somebody read it and found no rule broken. Muting and blocking are always yours to use."),
        ),
        ReportOutcome.ALREADY_REVIEWED: (
            "note", "○", _("decided before"),
            _("The same thing had been looked at already; it hasn’t changed since."),
        ),
    }[value]  # fmt: skip


def forwarded(one: Forward) -> str:
    """Where a report that was passed on to another server is: what its reporter reads."""
    return {
        ForwardState.SENT: _("On its way to the moderators of %(domain)s.", domain=one.domain),
        ForwardState.DELIVERED: _("It reached the server %(domain)s.", domain=one.domain),
        ForwardState.REFUSED: _("It could not be passed on: %(domain)s didn’t take it.", domain=one.domain),
        ForwardState.ANSWERED: _("The moderators of %(domain)s say that they have settled it.", domain=one.domain),
    }[one.state]


def severity(value: Severity) -> tuple[str, str]:
    """Chip and words for a rule about a server."""
    return {
        Severity.SUSPEND: ("out", _("not let in at all")),
        Severity.SILENCE: ("hold", _("only for those who follow")),
        Severity.HOLD: ("hold", _("everything waits for a person")),
        Severity.FILTER: ("hold", _("filtered")),
        Severity.NOOP: ("", _("noted only")),
        Severity.ALLOW: ("in", _("let in")),
    }[value]
