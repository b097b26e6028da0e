"""Deliveries: sent over one asynchronous client, each host at its own pace, given up after a week.

A drain takes hosts, not rows: a host belongs to one worker at a time, and one author's deliveries go to it in the
order in which they were made, so that an Update never overtakes its Create. Hosts are served side by side and settled
as they finish: one that hangs holds up itself alone, and is left alone for a while, longer each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import select

from app.federation import delivery_rows, followers, forms
from app.federation.answers_from import Answer, meaning
from app.federation.delivery_rows import Due, Result
from app.federation.forms import HostForm
from app.federation.signing import signer_for
from app.federation.tables import DeliveryRow, DeliveryState, OutboxActivityRow
from app.federation.wire import synchronisation
from app.federation.wire.client import AsyncHttpClient
from app.federation.wire.fetching import Outgoing, Poster
from app.services import Services
from app.wiring import user_agent

LANES = 4
"""At most so many at a time to one host; one author's deliveries stay in one lane, in their order."""
HOSTS_AT_ONCE = 64
"""Of those that answer; whoever hasn't for SLOW_SECONDS holds nobody's place any more."""
SLOW_SECONDS = 0.25
MOST_HOSTS = 512
"""Slow ones and all."""
LOOK_SECONDS = 0.1
GATHER_SECONDS = 0.02
"""Hosts that finish within it are written down together: a commit for each of those that fail at once would keep the
others waiting.
"""
MOST_ROUNDS = 400


def drain(services: Services, limit: int = 500, *, poster: Poster | None = None) -> int:
    """Send what is due; how many were tried. `poster` stands in for the network."""
    return asyncio.run(_drain(services, limit, poster))


def prune(services: Services, before: datetime, limit: int = 5000) -> int:
    """Drop activities that were made before then and wait for nobody; how many."""
    with services.db.write() as session:
        waiting = select(DeliveryRow.activity_id).where(DeliveryRow.state == DeliveryState.WAITING)
        old = session.scalars(
            select(OutboxActivityRow.id)
            .where(OutboxActivityRow.created_at < before, OutboxActivityRow.id.not_in(waiting))
            .limit(limit)
        ).all()
        delivery_rows.drop(session, old)
    return len(old)


async def _drain(services: Services, limit: int, poster: Poster | None) -> int:
    clock = asyncio.get_running_loop().time
    running: dict[asyncio.Task[list[Result]], float] = {}
    tried = 0
    async with _client(services, poster) as client:
        for _ in range(MOST_ROUNDS):
            room = _room(running, clock())
            if room > 0:
                due = delivery_rows.take(services, limit, room)
                running |= {asyncio.create_task(_serve(services, client, rows)): clock() for rows in _by_host(due)}
            if not running:
                return tried
            tried += await _settle(services, running, asyncio.FIRST_COMPLETED, LOOK_SECONDS)
        if running:
            tried += await _settle(services, running, asyncio.ALL_COMPLETED, None)
    return tried


def _room(running: Mapping[asyncio.Task[list[Result]], float], now: float) -> int:
    """For how many more hosts there's room: those that don't answer must not fill it."""
    quick = sum(now - begun < SLOW_SECONDS for begun in running.values())
    return min(HOSTS_AT_ONCE - quick, MOST_HOSTS - len(running))


async def _settle(
    services: Services, running: dict[asyncio.Task[list[Result]], float], until: str, timeout_seconds: float | None
) -> int:
    done, pending = await asyncio.wait(running, timeout=timeout_seconds, return_when=until)
    if done and pending:
        more, _ = await asyncio.wait(pending, timeout=GATHER_SECONDS)
        done |= more
    for task in done:
        del running[task]
    return delivery_rows.settle(services, [result for task in done for result in task.result()])


@asynccontextmanager
async def _client(services: Services, poster: Poster | None) -> AsyncIterator[Poster]:
    if poster is not None:
        yield poster
        return
    settings = services.settings
    async with AsyncHttpClient(
        scheme=settings.scheme,
        allowed_networks=settings.allowed_networks,
        user_agent=user_agent(settings),
        concurrency=MOST_HOSTS * LANES,
        per_host_concurrency=LANES,
    ) as client:
        yield client


def _by_host(due: Iterable[Due]) -> Sequence[list[Due]]:
    found: dict[str, list[Due]] = {}
    for one in due:
        found.setdefault(one.host, []).append(one)
    return list(found.values())


async def _serve(services: Services, client: Poster, rows: Sequence[Due]) -> list[Result]:
    """Send one host what waits for it; once it fails as a host, the rest isn't tried."""
    lanes: dict[int, list[Due]] = {}
    for due in rows:
        lanes.setdefault(due.actor_id % LANES, []).append(due)
    down, host = asyncio.Event(), rows[0].host
    form = forms.HostForm(rows[0].form)
    with services.db.read() as session:
        told = {due.actor_id: followers.claim(session, due.actor_id, host) for due in rows if due.for_followers}
    results = await asyncio.gather(*(_lane(services, client, lane, down, form, told) for lane in lanes.values()))
    if form.learnt is not None:
        forms.StoredForms(services).learn(host, form.learnt)
    return [result for lane in results for result in lane]


async def _lane(
    services: Services,
    client: Poster,
    rows: Sequence[Due],
    down: asyncio.Event,
    form: HostForm,
    told: Mapping[int, str | None],
) -> list[Result]:
    results: list[Result] = []
    for due in rows:
        if down.is_set():
            results.append(Result(due, Answer.UNTRIED))
            continue
        claim = told.get(due.actor_id) if due.for_followers else None
        more = {synchronisation.HEADER: claim} if claim is not None else None
        signer = signer_for(due.key_id, due.private_key_pem, services.clock, form, more)
        sent = await client.post(Outgoing(due.inbox_url, due.body, signer))
        result = Result(due, meaning(sent), sent.error)
        if result.answer is Answer.HOST_FAILED:
            down.set()
        results.append(result)
    return results
