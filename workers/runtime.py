"""What a process has while it runs: its services, made once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from app.services import Services


class NoServicesError(Exception):
    """A job was run in a process that didn't say `use(services)` first."""


class _Current:
    services: Services | None = None


def use(services: Services) -> None:
    """From now on jobs of this process work on these services."""
    _Current.services = services


@contextlib.contextmanager
def using(services: Services) -> Iterator[None]:
    """The same for a stretch of code."""
    before, _Current.services = _Current.services, services
    try:
        yield
    finally:
        _Current.services = before


def services() -> Services:
    """This process's services. Raises NoServicesError."""
    if _Current.services is None:
        raise NoServicesError("workers.runtime.use(services) comes first")
    return _Current.services
