"""Which form of signature each host takes: draft-cavage until it refuses that, or speaks RFC 9421 itself."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.federation import instances
from app.federation.tables import InstanceRow
from app.federation.wire.signatures import Form
from app.services import Services

FIRST = Form.CAVAGE
"""What most deployed servers read."""


class StoredForms:
    """As the database has them: for fetches, which happen one at a time. Never use it inside a write."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def of(self, host: str) -> Form:
        """The form to begin with."""
        with self._services.db.read() as session:
            return known(session, host) or FIRST

    def learn(self, host: str, form: Form) -> None:
        """A host takes this one."""
        with self._services.db.write() as session:
            remember(session, self._services, host, form)


class HostForm:
    """One host's in memory, for a run of deliveries: what was learnt is written down with their outcomes."""

    def __init__(self, form: Form | None) -> None:
        self._form = form or FIRST
        self.learnt: Form | None = None

    def of(self, _host: str) -> Form:
        """The form to begin with."""
        return self._form

    def learn(self, _host: str, form: Form) -> None:
        """It takes this one."""
        self._form = self.learnt = form


def known(session: Session, host: str) -> Form | None:
    """What was learnt of a host; None where nothing was."""
    found = session.scalar(select(InstanceRow.signature_form).where(InstanceRow.domain == host))
    return Form(found) if found is not None else None


def remember(session: Session, services: Services, host: str, form: Form) -> None:
    """A host takes this form."""
    instances.meet(session, host, services.clock.now())
    session.execute(update(InstanceRow).where(InstanceRow.domain == host).values(signature_form=form))


def noticed(services: Services, host: str, form: Form) -> None:
    """A host signed so itself: where it speaks RFC 9421 and we have learnt nothing else, it's spoken to so."""
    if form is not Form.RFC9421:
        return
    with services.db.read() as session:
        if known(session, host) is not None:
            return
    with services.db.write() as session:
        remember(session, services, host, form)
