"""A look at a case's pictures, as the page's script says it."""

from __future__ import annotations

from app.accounts.tables import Role
from app.current import services
from app.reviewing import looking
from app.web import forms, sessions
from app.web.review import frame

blueprint = frame.blueprint("looking")


@blueprint.post("/case/<int:number>/look")
@sessions.at_least(Role.TRAINEE)
def look(number: int) -> tuple[str, int]:
    """Note it."""
    looking.note(services(), frame.account(), number, forms.line("step", 10), forms.number("snapshot"))
    return "", 204
