"""The categories of the DSA's transparency database in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from moderation.dsa.schema import CATEGORIES


def name(code: str) -> str:
    """One of them; empty for none."""
    return _words().get(code, "")


def choices() -> list[tuple[str, str]]:
    """All of them for a chooser, the first of which is none."""
    words = _words()
    return [("", _("left to what each case is about")), *((code, words[code]) for code in CATEGORIES)]


def _words() -> Mapping[str, str]:
    return {
        "ILLEGAL_OR_HARMFUL_SPEECH": _("illegal or harmful speech"),
        "CYBER_VIOLENCE": _("cyber violence"),
        "CYBER_VIOLENCE_AGAINST_WOMEN": _("cyber violence against women"),
        "VIOLENCE": _("violence"),
        "SELF_HARM": _("self-harm"),
        "PROTECTION_OF_MINORS": _("protection of minors"),
        "SCAMS_AND_FRAUD": _("scams and fraud"),
        "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS": _("data protection and privacy"),
        "INTELLECTUAL_PROPERTY_INFRINGEMENTS": _("intellectual property"),
        "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS": _("civic discourse and elections"),
        "RISK_FOR_PUBLIC_SECURITY": _("public security"),
        "CONSUMER_INFORMATION": _("consumer information"),
        "UNSAFE_AND_PROHIBITED_PRODUCTS": _("unsafe or prohibited products"),
        "ANIMAL_WELFARE": _("animal welfare"),
        "NOT_SPECIFIED_NOTICE": _("not specified by who gave notice"),
        "OTHER_VIOLATION_TC": _("another breach of the terms"),
    }
