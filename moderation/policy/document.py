"""The policy that an install begins with: version 1, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moderation.policy import graves, strikes

DEFAULT: dict[str, Any] = {
    # A line is a probability, "model" for the line that the model's card measured, or null for never.
    "labels": {
        "hate": {"label": "model", "limit": None, "hold": "model", "severity": 8},
        "violence": {"label": "model", "limit": None, "hold": None, "severity": 9},  # as sexual: too little data
        "harassment": {"label": "model", "limit": None, "hold": "model", "severity": 6},
        "sexual": {"label": "model", "limit": None, "hold": None, "severity": 3},
        "self_harm": {"label": "model", "limit": None, "hold": None, "severity": 7},
        "spam": {"label": None, "limit": "model", "hold": "model", "severity": 4},
        "toxic": {"label": None, "limit": None, "hold": None, "severity": 2},
    },
    # Care is for the author, not against them: a case, and the post stays where it is.
    "care": {"label": "self_harm", "line": "model", "local_only": True},
    "behaviour": {
        "limit": 4,
        "hold": 6,
        "points": {
            "young_account": 2,
            "young_domain": 1,
            "many_strangers": 2,
            "fan_out": 3,
            "first_contact": 1,
            "new_link": 1,
            "many_links": 1,
            "many_hashtags": 1,
        },
        "young_account_days": 3,
        "young_domain_days": 14,
        "strangers_in_a_post": 5,
        "strangers_in_an_hour": 15,
        "links": 4,
        "hashtags": 12,
    },
    # The behaviour model's lines: a probability, "model" for the score that one in 2,000 ordinary things of its
    # simulation exceed, or null for never. It was trained on made-up waves: nothing comes of it until an admin says so.
    "sending": {"limit": None, "hold": None},
    # First-contact, fan-out and new links say nothing until this much is known.
    "acquaintance": {"days": 7, "posts": 1000},
    "wave": {
        "copies": 6,
        "authors": 3,
        "copies_of_one_author": 10,
        "minimum_characters": 40,
        "distance": 6,
        "window_hours": 24,
        "lasts_days": 14,
    },
    "proven": {"approved": 25, "days": 14, "removed_per_hundred": 0.0},
    "mailing": {"strangers": 5},
    "budget": {"cases_per_moderator": 30},
    "audits": {"rate": 0.002, "restrained_rate": 0.02, "per_day": 5},
    "holds": {"local_hours": 4, "remote_hours": 24},
    # The dead man's switch: something has waited for so long, and nobody worked.
    "unattended": {"hours": 48, "holds": "released", "longest_hours": 96, "approve_sign_ups": True},
    # Mail from providers of throw-away addresses: "refuse", "approval" or "welcome".
    "sign_ups": {"disposable": "approval"},
    # What turns open sign-ups into sign-ups by approval: days without any moderator, and so many sign-ups or reports
    # within the window. 0 is never.
    "breakers": {"quiet_days": 7, "sign_ups": 30, "reports": 60, "window_hours": 1},
    "careful": {"days": 14, "decisions": 200, "hold": ["spam", "hate"]},
    "loosened": {"logits": 1.5},
    # Whether lines for holding go up by themselves for a while when held posts would wait for longer than so many
    # minutes of the people who are there: by how much at most, and for how long. What is grave keeps its line.
    "adapt": {"on": False, "minutes": 60, "logits": 1, "hours": 4},
    "strikes": strikes.DEFAULT,
    "grave": graves.DEFAULT,
    # For how long a frozen author may mend what they are frozen for, before the case is the desk's again.
    "mending": {"hours": 72},
    # Decisions that somebody else reads again without knowing the first answer; `shares` by category.
    "quality": {"share": 0.02, "shares": {}, "golden_every": 25},
    "pile_on": {"authors": 8, "posts": 12, "window_hours": 1, "limited_hours": 24},
    # Whether machines read the text of direct posts that aren't mailings: an admin's own switch, with its legal basis.
    "private": {"text_model": True},
    # The text model's second stage, where its encoder was built: whose posts it reads, how near to a line (in log-odds)
    # the first stage must be, and for which labels and languages it was measured to be worth its milliseconds.
    "second_stage": {
        "on": False,
        "strangers": True,
        "wide_from": 50,
        "reported": True,
        "band": 1.0,
        "labels": ["violence"],
        "languages": ["en"],
    },
    # How long the reports of purges are kept: what they prove may be asked for years later.
    "keeping": {"purge_reports_days": 730},
    # A reviewer may be a freelancer: what they may see ends by itself, unless a lead renews it.
    "access": {"reviewer_days": 180},
    # After how many days the text model learns anew from what people decided here; 0 is only when somebody asks.
    # Who wants to teach it is asked about so many posts at most, since cases come first; 0 asks nobody.
    "learning": {"every_days": 0, "questions_an_hour": 20, "questions_a_shift": 60},
    # Nearness in bits of 256 (31 is what the hash's description says), the least quality of a hash that is compared;
    # scores of the image classifier, which hold and refuse nothing until an admin says so.
    "pictures": {
        "distance": 31,
        "quality": 50,
        "turned": True,
        "nudity": {"label": 0.8, "limit": None, "hold": None, "reject": None},
    },
}


def whole(document: Mapping[str, Any]) -> dict[str, Any]:
    """A stored document with the parts and fields that came after it was written, as an install begins with them."""
    return {name: {**part, **document.get(name, {})} for name, part in DEFAULT.items()}


def merged(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A document with some of its values replaced, at any depth."""
    found = dict(document)
    for name, value in changes.items():
        inner = found.get(name)
        both = isinstance(value, Mapping) and isinstance(inner, Mapping)
        found[name] = merged(inner, value) if both and inner is not None else value
    return found
