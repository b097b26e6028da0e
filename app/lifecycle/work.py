"""The job behind the comings and goings: what a person began in a moment is carried out here, some at a time."""

from __future__ import annotations

from app.lifecycle import carrying, erasing, keys, severing
from app.services import Services

LEAVING_AT_ONCE = 20


def drain(services: Services, limit: int = 500) -> int:
    """Carry, sever, erase and forget; how many rows of these were dealt with."""
    moved = carrying.carry(services, limit) + severing.sever(services, limit)
    gone = erasing.erase(services, LEAVING_AT_ONCE) + erasing.forget_keys(services, LEAVING_AT_ONCE)
    return moved + gone + keys.forget_retired(services)
