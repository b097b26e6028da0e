"""What the answer to a delivery means for it, and for its host."""

from __future__ import annotations

from enum import StrEnum

from app.federation.wire.errors import BadStatusError, FetchTimeoutError, UnreachableError
from app.federation.wire.fetching import Sent


class Answer(StrEnum):
    """The words are the metric's, too."""

    DELIVERED = "delivered"
    GONE = "gone"
    """410: the inbox is gone for good. It's forgotten, with everything that waits for it."""
    REFUSED = "refused"
    """This activity will never be taken. It's given up at once and doesn't hold up what follows."""
    NOT_NOW = "not_now"
    """This one later: a key not fetched yet, a proxy's page, a block that may be lifted. What follows goes on."""
    HOST_FAILED = "host_failed"
    """No answer, or one that says that the host is in trouble: everything for it waits."""
    UNTRIED = "untried"
    """The host had just failed."""


_NOT_NOW = frozenset((401, 403, 404, 405, 421, 425))
_OF_THE_HOST = frozenset((408, 429))


def meaning(sent: Sent) -> Answer:
    """2xx is delivered; 410 is gone; 401, 403, 404, 405, 421 and 425 not now; 408, 429, everything from 500 on, and
    silence are the host's; whatever else is refused: other 4xx, redirects, URLs that we don't visit.
    """
    error = sent.error
    if error is None:
        return Answer.DELIVERED
    if isinstance(error, BadStatusError):
        return _of_status(error.answered)
    return Answer.HOST_FAILED if isinstance(error, FetchTimeoutError | UnreachableError) else Answer.REFUSED


def _of_status(status: int) -> Answer:
    if status == 410:
        return Answer.GONE
    if status in _NOT_NOW:
        return Answer.NOT_NOW
    if status in _OF_THE_HOST or status >= 500:
        return Answer.HOST_FAILED
    return Answer.REFUSED
