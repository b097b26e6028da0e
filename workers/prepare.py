"""What must be done before the processes start: migrate, settle the domain, make what a first start needs."""

from __future__ import annotations

from collections.abc import Callable

from app.accounts import invitations
from app.database import migrate
from app.instance import start
from app.services import Services
from workers.demo import fill


def prepare(services: Services, say: Callable[[str], None], *, demo: bool = False) -> None:
    """Raises SettingsError when the data belongs to another domain."""
    migrate.upgrade(services.db)
    start.prepare(services)
    if demo and fill.fill(services):
        say("The demo's members, posts, reports and queue are in. They were judged like real ones.")
    link = invitations.first_admin_link(services)
    if services.settings.trial:
        say(
            f"This is a trial on {services.settings.domain}: without OSTIARY_DOMAIN it can't be kept,"
            " and federates with nothing."
        )
    if link is not None:
        say(f"Make the admin's account here; the link works once: {services.settings.url('/welcome/' + link)}")
