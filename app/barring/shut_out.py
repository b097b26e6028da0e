"""Networks to which nothing is answered but a refusal, as one process knows them.

Every request asks, so the table is read at most once in a second; who changes it in this process says so. Nobody can
shut out the address from which they ask, nor what this server itself, or a proxy before it, asks from.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.barring import spelling
from app.barring.tables import BarredNetworkRow, NetworkSeverity
from app.database.engine import Database
from app.errors import InvalidError
from app.settings import Network, Settings

log = structlog.get_logger()
FRESH_SECONDS: Final = 1.0
_KNOWN: Final = "shut_out"
_OWN: Final = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


class ShutOut:
    """Those of a database. While that doesn't answer, what was known holds on."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._known: Sequence[tuple[Network, datetime | None]] = ()
        self._looked_at = float("-inf")

    def holds(self, address: str, now: datetime) -> bool:
        """Whether nothing is answered to a client's address; one that can't be read is of no network."""
        known = self._all()
        found = spelling.address(address) if known else None
        return found is not None and any(found in network for network, ends in known if ends is None or ends > now)

    def forget(self) -> None:
        """Something changed: look again at the next question."""
        with self._lock:
            self._looked_at = float("-inf")

    def _all(self) -> Sequence[tuple[Network, datetime | None]]:
        with self._lock:
            if time.monotonic() - self._looked_at >= FRESH_SECONDS:
                self._look()
                self._looked_at = time.monotonic()
            return self._known

    def _look(self) -> None:
        wanted = select(BarredNetworkRow.network, BarredNetworkRow.expires_at)
        try:
            with self._db.read() as session:
                found = session.execute(wanted.where(BarredNetworkRow.severity == NetworkSeverity.NO_ACCESS)).all()
        except SQLAlchemyError as error:
            log.warning("shut_out_not_read", error=type(error).__name__)
            return
        self._known = [(ipaddress.ip_network(network), ends) for network, ends in found]


def of(db: Database) -> ShutOut:
    """What this process knows of a database's."""
    found: ShutOut = db.info.setdefault(_KNOWN, ShutOut(db))
    return found


def require_safe(settings: Settings, network: str, asking: str | None) -> None:
    """Raise InvalidError for a network that may not be shut out. `asking` is the address of who wants that; None is
    somebody at the machine itself, who can take it back whatever is answered."""
    wanted = ipaddress.ip_network(network)
    if any(wanted.overlaps(own) for own in (*_OWN, *settings.trusted_proxies) if own.version == wanted.version):
        raise InvalidError("Validation failed: IP would bar this server itself, or its proxy", code="network_own")
    if asking is None:
        return
    if spelling.address(asking) is None:
        raise InvalidError("Validation failed: IP can't be barred while your own isn't known", code="network_asking")
    if spelling.is_within(asking, network):
        raise InvalidError("Validation failed: IP is of the network from which you ask", code="network_asking")
