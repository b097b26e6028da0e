"""What is kept of a case for each person who has it open: a hash in Redis by case, with a field for each of them.

In Redis and not in a table: no backup needs it, and it goes away without a purge (ADR 0027). A store that is away is
only logged, for nothing depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind of such things. `kept_seconds` run from the last that anybody put on it for a case."""

    name: str
    kept_seconds: int

    def put(self, redis: Redis, case_id: int, person: str, said: Any) -> None:
        """Keep `said`, which JSON can say, instead of what was kept before."""
        try:
            with redis.pipeline() as pipeline:
                pipeline.hset(self._key(case_id), person, orjson.dumps(said).decode())
                pipeline.expire(self._key(case_id), self.kept_seconds)
                pipeline.execute()
        except RedisError as error:
            log.warning("not_kept", what=self.name, case=case_id, error=str(error))

    def get(self, redis: Redis, case_id: int, person: str) -> Any:
        """What was kept, as JSON says it; None where that is nothing, or the store is away."""
        try:
            found = redis.hget(self._key(case_id), person)
        except RedisError as error:
            log.warning("not_found", what=self.name, case=case_id, error=str(error))
            return None
        return None if found is None else orjson.loads(found)

    def forget(self, redis: Redis, case_id: int, person: str | None = None) -> None:
        """Forget it for one, or, without a person, for everybody."""
        try:
            if person is None:
                redis.delete(self._key(case_id))
            else:
                redis.hdel(self._key(case_id), person)
        except RedisError as error:
            log.warning("not_forgotten", what=self.name, case=case_id, error=str(error))

    def _key(self, case_id: int) -> str:
        return f"ostiary:{self.name}:{case_id}"
