"""Home feeds: capped lists of post pks' public ids in Redis, rebuilt from the database when they're missing.

A feed is a sorted set of equal scores, so that members sort as text: public ids padded to twenty digits. Two members
that sort behind every id tell its condition: `~here` while it exists (so that posts published during a rebuild are
added), `~ready` once it is complete.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from redis import Redis

from app.paging import Paging

CAPACITY = 400
KEEP_SECONDS = 14 * 86400
_HERE, _READY = "~here", "~ready"
_DONE = "ostiary:feed:done"
_ADD = """
local added = 0
for i, key in ipairs(KEYS) do
  if redis.call('ZSCORE', key, '~here') then
    for j = 2, #ARGV do redis.call('ZADD', key, 0, ARGV[j]) end
    redis.call('ZREMRANGEBYRANK', key, 0, -(tonumber(ARGV[1]) + 3))
    added = added + 1
  end
end
return added
"""


def _key(account_id: int) -> str:
    return f"ostiary:feed:home:{account_id}"


def _member(public_id: int) -> str:
    return f"{public_id:020d}"


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some of a feed. `whole`: nothing was ever cut off at the feed's end, so that what isn't in it isn't anywhere."""

    ids: list[int]
    whole: bool


class Feeds:
    """Reads and writes home feeds. Every method raises RedisError when Redis is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def add_many(self, additions: Iterable[tuple[Sequence[int], Sequence[int]]], *, done: Collection[int] = ()) -> None:
        """Put post ids into the feeds of accounts: pairs of (account ids, post ids). Missing feeds stay missing.

        `done` are ids that are to be marked in the database, now that they are in their feeds: see `done`.
        """
        pipe = self._redis.pipeline(transaction=False)
        for account_ids, public_ids in additions:
            if account_ids and public_ids:
                keys = [_key(a) for a in account_ids]
                # The script itself goes along: asking whether Redis has it would be another way there and back.
                pipe.eval(_ADD, len(keys), *keys, CAPACITY, *map(_member, public_ids))
        if done:
            pipe.sadd(_DONE, *done)
        pipe.execute()

    def done(self, limit: int) -> list[int]:
        """Some of the posts that are in their feeds and not marked so yet."""
        return [int(found) for found in cast(list[bytes], self._redis.srandmember(_DONE, limit))]

    def marked(self, public_ids: Collection[int]) -> None:
        """They are marked."""
        if public_ids:
            self._redis.srem(_DONE, *public_ids)

    def page(self, account_id: int, paging: Paging, count: int) -> FeedPage | None:
        """Up to `count` ids of this page, nearest to its edge first; None where the feed must be rebuilt."""
        key = _key(account_id)
        low = max(paging.since_id or 0, paging.min_id or 0)
        lowest = f"({_member(low)}" if low else "-"
        highest = f"({_member(paging.max_id)}" if paging.max_id is not None else "(~"
        pipe = self._redis.pipeline(transaction=False)
        pipe.zscore(key, _READY)
        pipe.zcard(key)
        if paging.upwards:
            pipe.zrangebylex(key, lowest, highest, start=0, num=count)
        else:
            pipe.zrevrangebylex(key, highest, lowest, start=0, num=count)
        ready, size, members = pipe.execute()
        if ready is None:
            return None
        return FeedPage([int(member) for member in cast(list[bytes], members)], whole=size < CAPACITY + 2)

    def begin_rebuild(self, account_id: int) -> None:
        """From here on, what is published meanwhile is added."""
        key = _key(account_id)
        with self._redis.pipeline() as pipe:
            pipe.delete(key)
            pipe.zadd(key, {_HERE: 0})
            pipe.expire(key, KEEP_SECONDS)
            pipe.execute()

    def finish_rebuild(self, account_id: int, public_ids: Sequence[int]) -> None:
        """It's complete."""
        self._redis.zadd(_key(account_id), {**{_member(i): 0 for i in public_ids}, _READY: 0})

    def keep(self, account_id: int) -> None:
        """Its owner was here: keep it for another while."""
        self._redis.expire(_key(account_id), KEEP_SECONDS)

    def drop(self, account_ids: Iterable[int]) -> None:
        """Forget feeds: the next look rebuilds them."""
        keys = [_key(a) for a in account_ids]
        if keys:
            self._redis.delete(*keys)
