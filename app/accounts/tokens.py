"""Signed links in mails: they run out, and each kind is good for one purpose. Time comes from our clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from app.clock import Clock
from app.errors import InvalidError
from app.services import Services


class _ClockSigner(TimestampSigner):
    """itsdangerous' signer, told the time by the clock that was handed in."""

    def __init__(self, *args: Any, clock: Clock, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return int(self._clock.now().timestamp())


def sign(services: Services, purpose: str, payload: list[Any]) -> str:
    """A token for a link: small JSON, readable by its holder, changeable by nobody."""
    return str(_serializer(services, purpose).dumps(payload))


def read(services: Services, purpose: str, token: str, lifetime: timedelta) -> list[Any]:
    """What `sign` was given. Raises InvalidError when it's forged, cut, meant for something else, or too old."""
    try:
        payload = _serializer(services, purpose).loads(token, max_age=int(lifetime.total_seconds()))
    except BadSignature as error:
        raise InvalidError("This link is wrong or too old", code="bad_link") from error
    if not isinstance(payload, list):
        raise InvalidError("This link is wrong or too old", code="bad_link")
    return payload


def _serializer(services: Services, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        services.settings.secret_key,
        salt=f"ostiary.{purpose}",
        signer=_ClockSigner,
        signer_kwargs={"clock": services.clock},
    )
