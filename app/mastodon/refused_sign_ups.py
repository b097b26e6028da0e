"""Why a sign-up is refused, as clients show it beside the field: Mastodon's `details`."""

from __future__ import annotations

from typing import Any, Final

from app.accounts.credentials import MAX_PASSWORD
from app.accounts.signup import SignUp
from app.errors import AppError

LONGEST_USERNAME: Final = 30
FIELDS: Final = {
    "username_invalid": ("username", "ERR_INVALID"),
    "username_taken": ("username", "ERR_TAKEN"),
    "taken_just_now": ("username", "ERR_TAKEN"),
    "username_reserved": ("username", "ERR_RESERVED"),
    "username_barred": ("username", "ERR_RESERVED"),
    "email_invalid": ("email", "ERR_INVALID"),
    "email_barred": ("email", "ERR_BLOCKED"),
    "password_length": ("password", "ERR_TOO_SHORT"),
    "password_is_name": ("password", "ERR_INVALID"),
    "reason_too_long": ("reason", "ERR_TOO_LONG"),
    "agreement_required": ("agreement", "ERR_ACCEPTED"),
}
"""Code of an error → the field that it is about, and Mastodon's word for it."""


def body(error: AppError, form: SignUp) -> dict[str, Any] | None:
    """The answer; None for what isn't about a field."""
    found = FIELDS.get(error.code)
    if found is None:
        return None
    field, word = found
    details = {field: [{"error": _word(error.code, word, getattr(form, field)), "description": error.text}]}
    return {"error": f"Validation failed: {error.text}", "details": details}


def _word(code: str, word: str, value: str | bool) -> str:
    if value is False or value is True:
        return word
    if not value:
        return "ERR_BLANK"
    most = {"username_invalid": LONGEST_USERNAME, "password_length": MAX_PASSWORD}.get(code)
    return "ERR_TOO_LONG" if most is not None and len(value) > most else word
