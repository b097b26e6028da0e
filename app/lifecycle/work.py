"""The job behind the comings and goings: what a person began in a moment is carried out here, some at a time."""

from __future__ import annotations

from functools import partial

import structlog

from app.accounts import marking, roles
from app.lifecycle import carrying, erasing, keys, offering, severing
from app.services import Services

log = structlog.get_logger()
LEAVING_AT_ONCE = 20


def drain(services: Services, limit: int = 500) -> int:
    """Carry, mark by the rules about servers, sever, offer back, erase, forget, and end roles whose time is over;
    how many rows of these were dealt with. What fails of it holds up nothing else, and is raised at the end.
    """
    parts = (
        partial(carrying.carry, services, limit),
        partial(marking.work, services),
        partial(severing.sever, services, limit),
        partial(offering.offer, services, limit),
        partial(erasing.erase, services, LEAVING_AT_ONCE),
        partial(erasing.forget_keys, services, LEAVING_AT_ONCE),
        partial(keys.forget_retired, services),
        partial(roles.expire, services),
        partial(roles.bound, services),
    )
    done, failed = 0, list[Exception]()
    for part in parts:
        try:
            done += part()
        except Exception as error:
            log.error("lifecycle_part_failed", part=part.func.__name__, exc_info=error)
            failed.append(error)
    if failed:
        raise failed[0]
    return done
