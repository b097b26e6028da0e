"""What rules about servers cost: `python -m bench.domain_rules`.

First one process looks up servers among ever more rules in memory, as the inbox and the door do for each post, with
a plain dictionary of as many names in the same run for comparison. Then a database of its own (SQLite's, or with
`--postgresql` a PostgreSQL that ends with this process) is filled with servers, their people and posts, and follows;
a list of thousands is shown with what it would touch, taken while a member posts all the time, and lifted again; the
people's rows before and after are compared.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, insert, select

from app.accounts import marking
from app.accounts.tables import ActorRow
from app.database.engine import Database
from app.database.schema import create_all
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow
from app.relationships.tables import FollowRow, FollowState
from app.reviewing import domain_lists, many_rules
from app.reviewing.domain_lists import Taking
from app.reviewing.many_rules import Wanted
from app.services import Services
from moderation.domains import editing
from moderation.domains.rules import DomainRules
from moderation.domains.values import DomainRule
from moderation.values import Severity
from tests.app import people
from tests.support import postgres
from tests.support.services import make_services
from tests.support.stores import TestValkey

NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ASKED: Final = 50_000
BATCH: Final = 20_000
PEOPLE_OF_A_SERVER: Final = 4
MEMBERS: Final = 50
FOLLOWS: Final = 5_000
TAKING: Final = Taking(spare_followed=True)


def main() -> None:
    """Look up, then fill, show, take and lift; prints rows of RESULTS.md."""
    parser = argparse.ArgumentParser(description="What rules about servers cost.")
    parser.add_argument("--servers", type=int, default=50_000)
    parser.add_argument("--posts", type=int, default=2_000_000)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--only", choices=["match", "list"])
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    if given.only != "list":
        _match()
    if given.only != "match":
        with tempfile.TemporaryDirectory() as folder, TestValkey() as valkey:
            db = database(Path(folder), given.postgresql)
            services = make_services(Path(folder), db=db, redis=valkey.client())
            fill(services, given.servers, given.posts)
            _lists(services, given.servers, given.entries)
            db.dispose()


def database(folder: Path, postgresql: bool) -> Database:
    """An empty one."""
    if postgresql:
        place = folder / "postgresql" / "server"
        place.mkdir(parents=True)
        for each in (folder, place.parent, place):
            each.chmod(0o755)  # the server is a process of somebody else's
        postgres.ensure_running(place, os.getpid())
        postgres.make_database(place, "bench")
        db = Database(postgres.url(place, "bench"))
    else:
        db = Database(f"sqlite:///{folder / 'domains.sqlite3'}")
    create_all(db.engine)
    return db


def _match() -> None:
    print("| rules | a look-up | beside a dictionary’s of as many names |\n|---|---|---|")
    for many in (100, 1_000, 10_000, 100_000):
        rules = DomainRules(1, {name: _rule(name) for name in map(_listed, range(many))})
        asked = list(_asked(many))
        plain = {name: name for name in rules.rules}
        took, beside = _each(rules.match, asked), _each(plain.get, asked)
        print(f"| {many:,} | {took:.2f} µs | {took / beside:.0f} times |", flush=True)


def _each(look: Any, asked: list[str]) -> float:
    """Microseconds a look-up, the median of five rounds."""
    rounds = []
    for _ in range(5):
        begun = time.perf_counter()
        for name in asked:
            look(name)
        rounds.append((time.perf_counter() - begun) * 1e6 / len(asked))
    return statistics.median(rounds)


def _asked(many: int) -> Iterator[str]:
    """A third listed, a third below what is listed, a third not at all."""
    chance = random.Random(7)
    for number in range(ASKED):
        listed = _listed(chance.randrange(many))
        yield (listed, f"social.{listed}", f"host{number}.somewhere.example")[number % 3]


def _listed(number: int) -> str:
    return f"bad{number}.org{number % 97}.example"


def _rule(name: str) -> DomainRule:
    return DomainRule(name, Severity.SUSPEND, False, False, False, "", "", "ada", NOON)


def fill(services: Services, servers: int, posts: int) -> None:
    """Servers with their people, posts of theirs, and members who follow some of them."""
    first = people.post(services, people.remote(services, "first", "template.example"), "A post.")
    members = [people.member(services, f"member{number}") for number in range(MEMBERS)]
    with services.db.read() as session:
        post, actor = _columns(session.get_one(PostRow, first.pk)), _columns(session.get_one(ActorRow, first.actor_id))
    count = servers * PEOPLE_OF_A_SERVER
    _put(services.db, ActorRow, (_actor(actor, number) for number in range(count)))
    _put(services.db, PostRow, (_post(post, number, count) for number in range(posts)))
    chance = random.Random(3)
    _put(
        services.db,
        FollowRow,
        (
            {
                "id": 10**9 + number, "follower_id": chance.choice(members).id,
                "target_id": 10**12 + number * 7 % count, "state": FollowState.ACCEPTED,
                "uri": f"https://x.example/{number}", "created_at": NOON,
            }
            for number in range(FOLLOWS)
        ),
    )  # fmt: skip
    with services.db.write() as session:
        session.connection().exec_driver_sql("ANALYZE")


def _columns(row: Any) -> dict[str, Any]:
    stored = set(type(row).__table__.c)
    found = [each.key for each in type(row).__mapper__.column_attrs if each.columns[0] in stored]
    return {key: getattr(row, key) for key in found}


def _actor(like: dict[str, Any], number: int) -> dict[str, Any]:
    domain, name = server(number // PEOPLE_OF_A_SERVER), f"a{number}"
    uri = f"https://{domain}/users/{name}"
    return like | {
        "id": 10**12 + number, "uri": uri, "domain": domain, "username": name, "username_lower": name,
        "inbox_url": f"{uri}/inbox", "shared_inbox_url": f"https://{domain}/inbox",
    }  # fmt: skip


def _post(like: dict[str, Any], number: int, actors: int) -> dict[str, Any]:
    uri = f"https://posts.example/{number}"
    return like | {
        "pk": 10**7 + number, "id": 10**13 + number, "uri": uri, "conversation": uri,
        "actor_id": 10**12 + number % actors,
    }  # fmt: skip


def server(number: int) -> str:
    """The name of one that is known."""
    return f"host{number}.net{number % 89}.example"


def _put(db: Database, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    while part := list(islice(rows, BATCH)):
        with db.write() as session:
            session.execute(insert(table.__table__), [_stored(table, row) for row in part])


def _stored(table: Any, row: dict[str, Any]) -> dict[str, Any]:
    attributes = table.__mapper__.column_attrs
    return {attributes[key].columns[0].name: value for key, value in row.items()}


def _lists(services: Services, servers: int, entries: int) -> None:
    """Half of what is listed is known here, as lists are."""
    names = [server(number * 2 % servers) if number % 2 else _listed(number) for number in range(entries)]
    text = "domain,severity,public_comment\n" + "".join(f"{name},suspend,spam and worse\n" for name in names)
    print("| what | took |\n|---|---|")
    with _timed(f"a list of {entries:,} shown with what it would touch"), services.db.read() as session:
        seen = domain_lists.preview(services, session, text, TAKING)
    with _timed("– counting all posts once, for comparison"), services.db.read() as session:
        session.scalar(select(func.count()).select_from(PostRow).where(PostRow.content != ""))
    reached = seen.impact
    print(f"| – it reaches | {reached.people:,} people, {reached.posts:,} posts, {reached.followed:,} follows |")
    before = _marks(services.db)
    quiet = _posting(services, lambda: time.sleep(3))
    print(f"| a member’s post without any of it, at most | {max(quiet) * 1000:.0f} ms |")
    _meanwhile(services, "it is taken", lambda: domain_lists.take_as(services, "ada", text, TAKING))
    _meanwhile(services, "– people are marked", lambda: marking.work(services))
    _meanwhile(services, "all of it is lifted", lambda: _lift(services))
    _meanwhile(services, "– people are marked again", lambda: marking.work(services))
    print(f"| – people’s rows as before | {'all of them' if _marks(services.db) == before else 'NO'} |")


def _meanwhile(services: Services, what: str, work: Any) -> None:
    with _timed(what):
        waits = _posting(services, work)
    print(f"| – a member’s post meanwhile, at most | {max(waits) * 1000:.0f} ms |", flush=True)


def _lift(services: Services) -> None:
    with services.db.read() as session:
        names = [rule.domain for rule in editing.list_rules(session)]
    many_rules.carry_out(services, "ada", lambda _session: Wanted(lifted=names))


def _posting(services: Services, work: Any) -> list[float]:
    """Do something while a member posts again and again; how many seconds each post took."""
    with services.db.read() as session:
        member = session.scalars(select(ActorRow.id).where(ActorRow.local, ActorRow.username == "member1")).one()
    over, waits = threading.Event(), list[float]()

    def post() -> None:
        number = 0
        while not over.is_set() or not waits:
            begun = time.perf_counter()
            compose.compose(services, member, ComposeRequest(f"Post {number} at {begun}, about nothing much."))
            waits.append(time.perf_counter() - begun)
            number += 1
            time.sleep(0.05)

    thread = threading.Thread(target=post)
    thread.start()
    try:
        work()
    finally:
        over.set()
        thread.join()
    return waits


def _marks(db: Database) -> str:
    """Every column of every actor elsewhere, as a digest."""
    found = sha256()
    with db.read() as session:
        for row in session.execute(select(ActorRow.__table__).where(ActorRow.local.is_(False)).order_by(ActorRow.id)):
            found.update(repr(tuple(row)).encode())
    return found.hexdigest()


@contextmanager
def _timed(what: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    print(f"| {what} | {time.perf_counter() - begun:.1f} s |", flush=True)


if __name__ == "__main__":
    main()
