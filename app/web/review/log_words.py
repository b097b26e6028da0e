"""What each verb of the log means, in words."""

from __future__ import annotations

from flask_babel import gettext as _


def said(verb: str) -> str:
    """What staff did, in a few words; the bare verb of what has none."""
    words = {
        "decided": _("Decided a case"),
        "reversed": _("Took a decision back"),
        "assigned": _("Gave a case to somebody"),
        "policy_published": _("Published a policy"),
        "nobody_works": _("Nobody worked: the policy’s part for that came into force"),
        "somebody_is_back": _("Somebody is back: the policy is as ever"),
        "held_less": _("Pressed “hold less now”"),
        "domain_set": _("Set a rule for a server"),
        "domain_lifted": _("Lifted a rule for a server"),
        "signup_approved": _("Let somebody in"),
        "signup_turned_down": _("Turned a sign-up down"),
        "trend_allowed": _("Let something be shown among what is spoken of"),
        "trend_refused": _("Kept something from what is spoken of"),
        "webhook_added": _("Added a webhook"),
        "webhook_secret_changed": _("Gave a webhook another secret"),
        "webhook_switched_off": _("Switched a webhook off"),
        "webhook_switched_on": _("Switched a webhook on"),
        "webhook_removed": _("Took a webhook away"),
        "report_edited": _("Changed what a report is about"),
        "account_deleted": _("Deleted an account"),
        "role_given": _("Gave somebody a role"),
        "role_ended": _("A role ended by itself"),
        "private_data_opened": _("Broke the glass before private data"),
        "private_data_searched": _("Looked for accounts by private data"),
        "house_changed": _("Changed what the house says of itself"),
        "outside_reader_named": _("Named the reader outside"),
        "golden_proposed": _("Proposed a golden case"),
        "golden_confirmed": _("Confirmed a golden case"),
        "golden_retired": _("Retired a golden case"),
        "golden_disputed": _("Disagreed with a golden case"),
        "golden_dispute_settled": _("Answered who disagreed with a golden case"),
        "review_upheld": _("Left a decision as it was, after a second review"),
        "review_changed": _("Changed a decision, after a second review"),
        "relay_added": _("Added a relay"),
        "relay_removed": _("Took a relay away"),
        "log_exported": _("Saved the log"),
        "public_log_set": _("Opened or closed the public log"),
        "why_asked": _("Asked why a member can’t see something"),
        "redacted": _("Emptied an event"),
        "child_safety_raised": _("Sealed a case"),
        "threat_to_life_raised": _("Said that a life may be in danger"),
        "grave_reported": _("Reported a case to an authority"),
        "grave_released": _("Released a sealed case"),
        "grave_destroyed": _("Destroyed what was sealed"),
        "sealed_opened": _("Opened what was sealed"),
        "pack_read": _("Read a report to an authority"),
        "pack_saved": _("Saved a report to an authority"),
    }
    return words.get(verb) or verb.replace("_", " ")
