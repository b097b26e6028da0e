"""A home timeline that nothing changed, beside an empty Flask application that reads one key from Redis.

Both are called as a server calls them, without one: microseconds of processor time an answer, in turns.
Usage: `python -m bench.warm_page [-n 2000] [--profile]`.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import sys
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response

from app.accounts.signup import create_account
from app.accounts.tables import Role
from app.factory import create_app
from app.oauth import tokens
from app.services import Services
from bench import posting
from bench.floor import BODY, PATH

POSTS, TURNS = 25, 5


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("--profile", action="store_true", help="where the house's time goes")
    arguments = parser.parse_args()
    with posting.house() as services:
        token, ours = _house(services)
        under = _floor(services)
        for _ in range(TURNS):
            spent, least = _spent(ours, token, arguments.n), _spent(under, token, arguments.n)
            print(f"home {spent:.0f} µs, floor {least:.0f} µs, {spent / least:.2f} times as much", flush=True)
        if arguments.profile:
            profile = cProfile.Profile()
            profile.runcall(_spent, ours, token, arguments.n)
            pstats.Stats(profile, stream=sys.stdout).sort_stats("cumulative").print_stats(60)


def _house(services: Services) -> tuple[str, Callable[..., Any]]:
    member = create_account(services, "ana", "ana@people.example", "a long enough passphrase", Role.MEMBER)
    token = tokens.make(services, member.id, "read write")
    app = create_app(services)
    client = app.test_client(use_cookies=False)
    for _ in range(POSTS):
        asked = {"status": posting.text(), "visibility": "public"}
        client.post("/api/v1/statuses", json=asked, headers={"Authorization": f"Bearer {token}"})
    return token, app.wsgi_app


def _floor(services: Services) -> Callable[..., Any]:
    app = Flask("floor")
    services.redis.set("floor", BODY)

    @app.get(PATH)
    def page() -> Response:
        return Response(services.redis.get("floor"), mimetype="application/json")

    return app.wsgi_app


def _spent(application: Callable[..., Any], token: str, n: int) -> float:
    """Microseconds of this thread's processor time an answer."""
    told: list[str] = []
    began = time.thread_time()
    for _ in range(n):
        answer = application(_environment(token), lambda status, _headers, _error=None: told.append(status))
        b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
    spent = time.thread_time() - began
    if set(told) != {"200 OK"}:
        raise SystemExit(f"not a measurement: {sorted(set(told))}")
    return spent / n * 1e6


def _environment(token: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET", "PATH_INFO": PATH, "QUERY_STRING": "limit=20", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(b""), "wsgi.errors": sys.stderr, "HTTP_HOST": "bench.example",
        "HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_ACCEPT": "application/json", "HTTP_USER_AGENT": "load/1",
    }  # fmt: skip


if __name__ == "__main__":
    main()
