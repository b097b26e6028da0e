"""Where a delivery's time goes, stage by stage: the request until its 202, then the intake until it's visible.

Everything is real but the network: SQLite on disk, an embedded Valkey, the shipped model. One process, so the figures
are time on one core; `python -m bench.stages -n 2000` prints milliseconds per delivery.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson

from app import wiring
from app.accounts.keys import make_key_pair
from app.accounts.making import house_actor, local_actor
from app.accounts.tables import AccountRow, ActorRow
from app.database.schema import create_all
from app.factory import create_app
from app.federation import intake
from app.federation.keys import KeyCache
from app.federation.wire import documents, parse, signatures
from app.federation.wire.signatures import SignedRequest
from app.federation.wire.values import PUBLIC
from app.ids import IDS
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from app.settings import read
from workers import valkey

DOMAIN = "bench.example"
INBOX = f"https://{DOMAIN}/inbox"
ACTORS = 20
WORDS = (
    *("kettle", "apples", "harbour", "movement", "birds", "bicycle", "recipe", "snow", "tool", "garden", "marbles"),
    *("timetable", "story", "clock", "oven", "scarf", "neighbour", "librarian", "driver", "baker", "nurse", "captain"),
    *("ferry", "choir", "gardener", "cyclist", "lighthouse", "repaired", "painted", "measured", "carried", "learned"),
    *("before", "sunrise", "tram", "rain", "market", "concert", "meetings", "edge", "lake", "evenings", "although"),
)
INTAKE_STAGES = (
    ("claim rows", "app.federation.claims", "take_verified"),
    ("parse, load actors and rules", "app.federation.intake", "_read"),
    ("clean and draft", "app.federation.receive_posts", "_drafts"),
    ("look around", "app.posts.submissions", "look_around"),
    ("judge", "moderation.door", "judge"),
    ("store posts and verdicts", "app.posts.admission", "_store"),
    ("of which: verdicts", "moderation.door", "record"),
    ("of which: notifications", "app.notifications.notify", "for_posts"),
    ("fan out", "app.timelines.fanout", "fan_out"),
    ("mark rows", "app.federation.intake", "_mark"),
)


@dataclass
class Watch:
    """Seconds by stage, on the clock and on the processor, in the order in which they were first seen."""

    spent: dict[str, tuple[float, float]] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block."""
        begun, worked = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            wall, cpu = self.spent.get(name, (0.0, 0.0))
            self.spent[name] = wall + time.perf_counter() - begun, cpu + time.process_time() - worked

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        @wraps(function)
        def inner(*args: Any, **kwargs: Any) -> Any:
            with self.stage(name):
                return function(*args, **kwargs)

        return inner

    def show(self, title: str, n: int) -> None:
        """Print milliseconds per delivery: by the clock, and of processor time, which neighbours don't change."""
        print(f"\n{title:<50} {'clock':>9} {'processor':>11} {'one core':>10}")
        for name, (wall, cpu) in self.spent.items():
            rate = f"{n / cpu:8.0f}/s" if cpu else ""
            print(f"  {name:<48} {1000 * wall / n:6.3f} ms {1000 * cpu / n:8.3f} ms {rate}")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("-c", type=int, default=16, help="requests at a time")
    parser.add_argument("--batch", type=int, default=200, help="rows that the intake takes at a time")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ostiary-bench-")))
        services = _services(folder, stack)
        requests = _prepare(services, options.n)
        _pieces(services, requests).show("In the request, piece by piece (one thread)", options.n)
        _requests(services, requests, options.c).show("The whole request", options.n)
        _intake(services, options.batch).show(f"The intake, batches of {options.batch}", options.n)
    return 0


def embedded_valkey(folder: Path, stack: ExitStack) -> Path:
    """Start one that ends with the stack; its socket."""
    socket = folder / "valkey.sock"
    process = subprocess.Popen(valkey.command(socket), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    if not valkey.answers(socket, lambda: process.poll() is None):
        raise SystemExit("the embedded Valkey doesn't start")
    return socket


def _services(folder: Path, stack: ExitStack) -> Services:
    environment = {
        "OSTIARY_DOMAIN": DOMAIN,
        "OSTIARY_SECRET_KEY": "for this measurement only",
        "OSTIARY_REDIS_URL": f"unix://{embedded_valkey(folder, stack)}",
        "OSTIARY_RATE_LIMITS": "off",
    }
    services = wiring.make_services(read(environment, data_dir=folder))
    stack.callback(services.db.dispose)
    create_all(services.db.engine)
    return services


def _prepare(services: Services, n: int) -> list[SignedRequest]:
    """A member, actors whom they follow, and signed deliveries of all-different posts that mention them."""
    pair = make_key_pair()
    now = services.clock.now()
    with services.db.write() as session:
        session.add(house_actor(services.settings, pair, now))
        member = local_actor(services.settings, "ana", pair, now - timedelta(days=90))
        session.add(member)
        session.flush()
        session.add(
            AccountRow(id=member.id, email="ana@mail.example", email_lower="ana@mail.example", password_hash="none",
                       session_salt="none", created_at=now, confirmed_at=now, approved_at=now)
        )  # fmt: skip
        actors = [_remote(number, pair.public_pem, services) for number in range(ACTORS)]
        session.add_all(actors)
        session.flush()
        for actor in actors:
            row = FollowRow(
                id=IDS.take(now), follower_id=member.id, target_id=actor.id, uri=f"https://{DOMAIN}/f/{actor.id}"
            )
            row.state, row.created_at = FollowState.ACCEPTED, now
            session.add(row)
    key = signatures.load_private_key(pair.private_pem)
    return [_request(actors[number % ACTORS], member, number, key, services) for number in range(n)]


def _remote(number: int, pem: str, services: Services) -> ActorRow:
    now, uri = services.clock.now(), f"https://far.example/users/load{number}"
    return ActorRow(
        id=IDS.take(now), uri=uri, local=False, username=f"load{number}", username_lower=f"load{number}",
        domain="far.example", inbox_url=uri + "/inbox", followers_url=uri + "/followers", key_id=uri + "#main-key",
        public_key_pem=pem, key_fetched_at=now, fetched_at=now, published_at=now - timedelta(days=400), created_at=now,
        fields=[],
    )  # fmt: skip


def _request(actor: ActorRow, member: ActorRow, number: int, key: Any, services: Services) -> SignedRequest:
    uri = f"{actor.uri}/statuses/{number}"
    text = " ".join(random.Random(number).choices(WORDS, k=24))
    note = {
        "id": uri, "type": "Note", "attributedTo": actor.uri, "to": [PUBLIC],
        "cc": [member.uri, actor.followers_url], "published": services.clock.now().isoformat(),
        "content": f'<p><a href="{member.uri}" class="u-url mention">@ana@{DOMAIN}</a> {text}.</p>',
        "tag": [{"type": "Mention", "href": member.uri, "name": f"@ana@{DOMAIN}"}],
    }  # fmt: skip
    activity = {"id": uri + "/activity", "type": "Create", "actor": actor.uri, "object": note, "to": note["to"]}
    body = orjson.dumps(activity)
    headers = signatures.sign("POST", INBOX, body, key_id=actor.key_id or "", private_key=key, now=services.clock.now())
    return SignedRequest.of("POST", "/inbox", headers.items(), body)


def _pieces(services: Services, requests: list[SignedRequest]) -> Watch:
    watch, cache, now = Watch(), KeyCache(services.db), services.clock.now()
    for request in requests:
        with watch.stage("JSON within bounds"):
            document = documents.load(request.body)
        with watch.stage("activity parsed"):
            parse.parse_activity(document)
        with watch.stage("Signature header parsed"):
            (parsed,) = signatures.parse_signatures(request)
        with watch.stage("digest, clock, host"):
            signatures.check(request, parsed, now=now, expected_host=DOMAIN)
        with watch.stage("key from the cache"):
            known = cache.get(parsed.key_id, now)
        assert known is not None
        with watch.stage("RSA verification"):
            signatures.check_key(request, parsed, known.key)
    return watch


def _requests(services: Services, requests: list[SignedRequest], concurrency: int) -> Watch:
    """Through Flask, without a server's own cost: so many threads at once, each waiting for its commit."""
    app, watch = create_app(services), Watch()

    def deliver(request: SignedRequest) -> None:
        statuses: list[str] = []
        body = app.wsgi_app(_environ(request), lambda status, *_: statuses.append(status) or bytes)  # type: ignore
        b"".join(body)
        if not statuses[0].startswith("202"):
            raise SystemExit(f"a delivery was answered {statuses[0]}")

    with watch.stage(f"Flask, gate and group commit, x{concurrency}"), ThreadPoolExecutor(concurrency) as pool:
        list(pool.map(deliver, requests))
    return watch


def _environ(request: SignedRequest) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/inbox", "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": DOMAIN, "SERVER_PORT": "443", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "https", "wsgi.input": BytesIO(request.body),
        "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(request.body)), "CONTENT_TYPE": "application/activity+json",
    }  # fmt: skip
    return environ | {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}


def _intake(services: Services, batch: int) -> Watch:
    watch = Watch()
    for name, module_name, function in INTAKE_STAGES:
        module = import_module(module_name)
        setattr(module, function, watch.timed(name, getattr(module, function)))
    with watch.stage("all of it"):
        while intake.judge(services, batch):
            pass
    return watch


if __name__ == "__main__":
    sys.exit(main())
