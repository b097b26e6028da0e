"""Budgets: so many in so many seconds, counted in Redis in fixed windows."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import structlog
from redis import Redis
from redis.exceptions import RedisError

from app.clock import Clock
from app.errors import RateLimitedError

log = structlog.get_logger()


@dataclass(frozen=True)
class Budget:
    """At most `count` in `seconds`, per key."""

    name: str
    count: int
    seconds: int


INBOX_BY_ADDRESS = Budget("inbox-address", 6000, 300)
INBOX_BY_HOST = Budget("inbox-host", 9000, 300)
INBOX_BY_ACTOR = Budget("inbox-actor", 600, 300)
RELAYED = Budget("relayed", 300, 300)
KEY_FETCHES = Budget("key-fetches", 300, 300)
KEYS_OF_HOST = Budget("keys-of-host", 1500, 300)
KEYS_OF_HOST_FOR_NETWORK = Budget("keys-of-host-network", 300, 300)
"""Strangers who claim a host's keys mustn't make us a storm there, nor spend what others need for theirs."""
MEDIA_BY_HOST = Budget("media-host", 600, 300)
API_BY_ADDRESS = Budget("api-address", 3000, 300)
API_BY_ACCOUNT = Budget("api-account", 1500, 300)
POSTS_BY_ACCOUNT = Budget("posts", 300, 10800)
TRANSLATIONS_BY_ACCOUNT = Budget("translations", 60, 3600)
TRANSLATIONS_ON_DESK = Budget("translations-desk", 120, 3600)
FEATURED_TAGS = Budget("featured-tags", 30, 3600)
"""Each change is told to every server with a follower."""
DELETES_BY_ACCOUNT = Budget("deletes", 60, 1800)
SIGN_INS = Budget("sign-ins", 20, 300)
CODES = Budget("codes", 10, 300)
"""Tries of second-factor codes: six figures would take years at that pace."""
SIGN_UPS = Budget("sign-ups", 10, 3600)
RESETS = Budget("resets", 5, 3600)
CONFIRMATIONS = Budget("confirmations", 5, 1800)
"""Of one account, and to one mailbox, whoever asks."""
CONFIRMATIONS_BY_NETWORK = Budget("confirmations-network", 10, 3600)
"""As many as there may be sign-ups."""
TRIED_LETTERS = Budget("tried-letters", 1, 86400)
"""To whose address others sign up with, whoever they are."""
DOOR_LETTERS = Budget("door-letters", 3, 86400)
"""To one mailbox, from a door that is closed, whoever asks."""
DOOR_LETTERS_BY_NETWORK = Budget("door-letters-network", 10, 3600)
UPLOADS = Budget("uploads", 120, 3600)
RECORDINGS = Budget("recordings", 20, 3600)
LOOKUPS = Budget("lookups", 60, 300)
APPS = Budget("apps", 60, 1800)
PRIVATE_LOOKS = Budget("private-looks", 30, 3600)
REPORTS = Budget("reports", 60, 3600)
REPORT_ADDITIONS = Budget("report-additions", 20, 3600)
"""Each sets back whoever is deciding the case."""


def network(address: str) -> str:
    """Whose budget an address spends: an IPv6 customer has a /64 at least, and would have a budget for each of it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def neighbourhood(address: str) -> str:
    """What one customer of a provider easily has: a /24 of IPv4, a /48 of IPv6. Bounds what waits, not what comes."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    found = (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def spend_for_key(budgets: Budgets, host: str, network_of_asker: str) -> None:
    """One question for a key of a host, at the expense of the network that makes us ask it. Raises RateLimitedError."""
    budgets.spend(KEYS_OF_HOST_FOR_NETWORK, f"{host} {network_of_asker}")
    budgets.spend(KEYS_OF_HOST, host)


class Budgets:
    """Counts spending. `enabled=False` is for load tests (`OSTIARY_RATE_LIMITS=off`)."""

    def __init__(self, redis: Redis, clock: Clock, *, enabled: bool) -> None:
        self._redis, self._clock, self._enabled = redis, clock, enabled

    def spend(self, budget: Budget, who: str, amount: int = 1) -> int:
        """Spend of `who`'s budget; what is left. Raises RateLimitedError with the seconds until the next window.

        Without Redis there's no count, so nothing is refused: limits protect, they don't decide what is shown.
        """
        if not self._enabled:
            return budget.count
        now = int(self._clock.now().timestamp())
        window = now // budget.seconds
        key = f"ostiary:budget:{budget.name}:{window}:{who}"
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.incrby(key, amount)
                pipe.expire(key, budget.seconds)
                spent = int(pipe.execute()[0])
        except RedisError as error:
            log.warning("budget_uncounted", budget=budget.name, error=str(error))
            return budget.count
        if spent > budget.count:
            raise RateLimitedError("Too many requests", retry_after=(window + 1) * budget.seconds - now)
        return budget.count - spent
