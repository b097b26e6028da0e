"""Events for the stream process, by Redis pub/sub: what is lost there, a client's next poll brings."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()


_OF_MEMBERS = "ostiary:stream:user:"


def user_channel(account_id: int) -> str:
    """Updates, deletes and notifications of one member."""
    return f"{_OF_MEMBERS}{account_id}"


def list_channel(owner_id: int, list_id: int) -> str:
    """What those on a member's list post; its owner alone is ever subscribed."""
    return f"ostiary:stream:list:{owner_id}:{list_id}"


PUBLIC = "ostiary:stream:public"
PUBLIC_LOCAL = "ostiary:stream:public:local"
PUBLIC_REMOTE = "ostiary:stream:public:remote"
REVIEW = "ostiary:stream:review"
"""Counts of the queue, for the review pages."""


ACCESS = "ostiary:stream:access"
"""Whose tokens ended just now: their streams end, too."""


def access_ended(redis: Redis, account_id: int) -> None:
    """Some of a member's tokens are no good any more: the stream process looks at those that are listened with."""
    publish(redis, [ACCESS], "access", {"account_id": account_id})


def direct_channel(account_id: int) -> str:
    """What happens in a member's private conversations, whether or not they follow who writes."""
    return f"ostiary:stream:direct:{account_id}"


def tag_channel(tag: str, *, local: bool = False) -> str:
    """Posts with a hashtag."""
    return f"ostiary:stream:hashtag:{'local:' if local else ''}{tag}"


ANNOUNCED, REACTED, UNANNOUNCED = "announcement", "announcement.reaction", "announcement.delete"
"""What is told to every member who listens."""
TO_ALL = frozenset((ANNOUNCED, REACTED, UNANNOUNCED))


def publish_to_members(redis: Redis, event: str, payload: object) -> None:
    """Tell every member who listens at the moment: the channels that somebody is subscribed to are asked for."""
    try:
        channels = redis.pubsub_channels(f"{_OF_MEMBERS}*")
    except RedisError as error:
        log.warning("event_lost", stream_event=event, error=str(error))
        return
    publish(
        redis, [channel.decode() if isinstance(channel, bytes) else channel for channel in channels], event, payload
    )


def publish(redis: Redis, channels: Iterable[str], event: str, payload: object) -> None:
    """Tell every channel. The payload is ids and small values: the stream process renders for each reader."""
    message = orjson.dumps({"event": event, "payload": payload})
    try:
        with redis.pipeline(transaction=False) as pipe:
            for channel in channels:
                pipe.publish(channel, message)
            pipe.execute()
    except RedisError as error:
        log.warning("event_lost", stream_event=event, error=str(error))
