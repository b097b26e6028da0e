"""What colleagues are called on the pages of the review: read once for each request."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g

from app.current import services
from moderation.workforce import names


def shown(name: str) -> str:
    """A colleague's name for the desk, or their user name with its sign; what is nobody's name (`list: …`, the command
    line, the clock) as it is.
    """
    if " " in name:
        return name
    return _chosen().get(name) or f"@{name}"


def _chosen() -> Mapping[str, str]:
    found: Mapping[str, str] | None = g.get("desk_names")
    if found is None:
        with services().db.read() as session:
            found = names.on_the_desk(session)
        g.desk_names = found
    return found
