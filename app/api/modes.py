"""What servers without a rule meet: the mode in force, what another would mean, and choosing one. For admins."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.accounts.tables import Role
from app.api import answers, bodies, who
from app.reviewing import modes
from moderation.domains.modes import FIRST, MOST_FIRST, Mode, require_sound

api = answers.make("modes")


@api.get("/domains/mode")
def show_mode() -> Response:
    """The mode in force, since when and by whom."""
    who.reader(Role.ADMIN)
    return _in_force()


@api.post("/domains/mode/preview")
def preview() -> Response:
    """What a mode would mean now; nothing changes."""
    who.reader(Role.ADMIN)
    mode, first = _asked()
    services = current.services()
    with services.db.read() as session:
        seen: dict[str, Any] = answers.plain(modes.consequences(session, services.clock.now()))
    return answers.json({"mode": mode, "first": first, **seen, "secure_mode": services.settings.secure_mode})


@api.put("/domains/mode")
def choose() -> Response:
    """Put a mode in force; one that is in force already stays as it is."""
    account = who.writer(Role.ADMIN)
    mode, first = _asked()
    modes.choose(current.services(), account, mode, first)
    return _in_force()


def _in_force() -> Response:
    with current.services().db.read() as session:
        return answers.json(modes.way(session))


def _asked() -> tuple[Mode, int]:
    values = bodies.body({"mode", "first"})
    mode = bodies.word(Mode, values.get("mode"), "mode")
    first = bodies.whole(values, "first", MOST_FIRST)
    first = FIRST if first is None else first
    require_sound(mode, first)
    return mode, first
