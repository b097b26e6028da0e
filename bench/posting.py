"""What a member's post costs by the client API: statements, commits and Python calls, with the answer's rendering.

Counts don't depend on what else the machine does. Everything is real but the network: the database on disk, an embedded
Valkey, the shipped model; each figure is the mean of ten posts in a warm process. Usage: `python -m bench.posting
[--url DATABASE] [--profile] [--statements]`; without an address the database is SQLite.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event

from app import wiring
from app.accounts.signup import create_account
from app.accounts.tables import Role
from app.database.schema import create_all
from app.factory import create_app
from app.oauth import tokens
from app.services import Services
from app.settings import read
from bench.stages import WORDS
from tests.support.stores import TestValkey

WARM, COUNTED = 30, 10


def main() -> None:
    """Count, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="an empty database, as SQLAlchemy writes its address")
    parser.add_argument("--profile", action="store_true", help="where the calls are")
    parser.add_argument("--statements", action="store_true", help="the statements of one post")
    arguments = parser.parse_args()
    with house(arguments.url) as services:
        _count(services, arguments)


@contextmanager
def house(url: str | None = None) -> Iterator[Services]:
    """A new house's services: real but for the network, on SQLite unless an empty database is named."""
    with tempfile.TemporaryDirectory() as folder, TestValkey() as valkey:
        environment = {
            "OSTIARY_DOMAIN": "bench.example",
            "OSTIARY_SECRET_KEY": "of no use anywhere",
            "OSTIARY_RATE_LIMITS": "off",
            "OSTIARY_REDIS_URL": valkey.url,
        } | ({"OSTIARY_DATABASE_URL": url} if url else {})
        services = wiring.make_services(read(environment, data_dir=Path(folder)))
        create_all(services.db.engine)
        yield services


def _count(services: Services, arguments: argparse.Namespace) -> None:
    member = create_account(services, "ana", "ana@people.example", "a long enough passphrase", Role.MEMBER)
    headers = {"Authorization": f"Bearer {tokens.make(services, member.id, 'read write')}"}
    client = create_app(services).test_client(use_cookies=False)

    def post() -> None:
        answer = client.post("/api/v1/statuses", json={"status": text(), "visibility": "public"}, headers=headers)
        if answer.status_code != 200:
            raise SystemExit(answer.text)

    for _ in range(WARM):
        post()
    statements, commits = _listen(services)
    for _ in range(COUNTED):
        post()
    asked, written = len(statements), len(commits)
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(COUNTED):
        post()
    profile.disable()
    calls = sum(stat.callcount for stat in profile.getstats())
    print(
        f"{asked / COUNTED:.1f} statements, {written / COUNTED:.1f} commits, {calls / COUNTED:,.0f} Python calls a post"
    )
    if arguments.statements:
        for statement, number in Counter(statements).items():
            print(f"{number / COUNTED / 2:5.1f}  {' '.join(statement.split())[:200]}")
    if arguments.profile:
        pstats.Stats(profile, stream=sys.stdout).sort_stats("cumulative").print_stats(110)


def _listen(services: Services) -> tuple[list[str], list[str]]:
    """Statements and commits from now on."""
    statements: list[str] = []
    commits: list[str] = []
    event.listen(services.db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    event.listen(services.db.engine, "commit", lambda _connection: commits.append("COMMIT"))
    return statements, commits


def text() -> str:
    """Unlike the others: near-duplicate checks must have nothing to find."""
    return " ".join(random.choices(WORDS, k=18))


if __name__ == "__main__":
    main()
