"""What colleagues are called in the answers of this API: as they chose, as on the pages. Their user names are profiles.

The caller's own name stays their user name, by which a program knows its own claims.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import g

from app import current
from app.accounts.tables import AccountRow
from app.reviewing import people
from moderation.errors import AuthorDecidedError, ClaimedError, ModerationError, StaleError
from moderation.workforce import names

_WHO: Final = frozenset({"by", "to", "holder", "assigned_to"})
_DONE_BY: Final = "_by"


def asked_by(account: AccountRow) -> None:
    """Note for this request who asks."""
    g.ostiary_caller = people.name_of(account)


def shown(value: Any) -> Any:
    """An answer in JSON's own kinds, with what colleagues chose to be called in place of their user names."""
    chosen = _chosen()
    return _shown(value, chosen) if chosen else value


def told(error: ModerationError) -> ModerationError:
    """The same refusal, naming colleagues as they chose."""
    if isinstance(error, AuthorDecidedError) and error.by is not None and error.at is not None:
        by = _called(error.by)
        return AuthorDecidedError(error.action, error.decision, by, error.at, error.version, error.taken_back)
    if isinstance(error, StaleError):
        return StaleError(error.what, error.by and _called(error.by), error.at, error.version)
    if isinstance(error, ClaimedError):
        return ClaimedError(_called(error.holder), error.until)
    return error


def meant(said: str | None) -> str | None:
    """The user name of whom a caller names, by that or by what the desk calls them."""
    return None if said is None else names.meant(_chosen(), said)


def _called(name: str) -> str:
    return _chosen().get(name, name)


def _shown(value: Any, chosen: Mapping[str, str], field: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _shown(item, chosen, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item, chosen, field) for item in value]
    return chosen.get(value, value) if names_somebody(field) and isinstance(value, str) else value


def names_somebody(field: str) -> bool:
    """Whether it is where the name of a colleague stands: `holder`, `decided_by` and the like."""
    return field in _WHO or field.endswith(_DONE_BY)


def _chosen() -> Mapping[str, str]:
    found: Mapping[str, str] | None = g.get("ostiary_names")
    if found is None:
        with current.services().db.read() as session:
            mine = g.get("ostiary_caller")
            found = {name: desk for name, desk in names.on_the_desk(session).items() if name != mine}
        g.ostiary_names = found
    return found
