"""Logs are one JSON line each, carry the request's id, and hold no secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from app import logs

ROOT = Path(__file__).parents[2]


def cleaned(**event: object) -> dict[str, object]:
    return dict(logs.without_secrets(None, "info", dict(event)))


@pytest.mark.parametrize(
    "name", ["password", "new_password", "access_token", "client_secret", "Authorization", "cookie", "private_key_pem"]
)
def test_what_is_named_like_a_secret_is_hidden(name: str) -> None:
    assert cleaned(**{name: "hunter2 hunter2"})[name] == "[hidden]"


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/v1/streaming?access_token=hunter2hunter2&stream=user",
        "Authorization: Bearer hunter2hunter2",
        "smtp://ana:hunter2hunter2@mail.example:587",
        "POST /oauth?client_secret=hunter2hunter2",
    ],
)
def test_what_looks_like_a_secret_inside_a_text_is_hidden(text: str) -> None:
    assert "hunter2" not in str(cleaned(event=text)["event"])
    assert "hunter2" not in str(cleaned(event="x", inside={"list": [text]}))


def test_ordinary_words_stay() -> None:
    assert cleaned(event="post_published", post=5, uri="https://a.example/1") == {
        "event": "post_published",
        "post": 5,
        "uri": "https://a.example/1",
    }


@pytest.mark.parametrize(
    ("given", "kept"), [("abcdef0123456789", True), ("a b\nc", False), ("x" * 65, False), (None, False)]
)
def test_a_proxys_id_is_kept_only_when_it_looks_like_one(given: str | None, kept: bool) -> None:
    found = logs.request_id(given)
    assert (found == given) is kept
    assert found


def test_a_line_is_json_with_its_context_whoever_writes_it() -> None:
    code = (
        "import logging, structlog; from app import logs; logs.configure('web')\n"
        "with logs.bound(request_id='r1'):\n"
        "    structlog.get_logger().info('hello', password='hunter2')\n"
        "    logging.getLogger('other').warning('from %s', 'elsewhere')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["hello", "from elsewhere"]
    assert all(line["request_id"] == "r1" and line["process"] == "web" for line in lines)
    assert "hunter2" not in done.stderr


def test_nothing_is_bound_after_the_block() -> None:
    with logs.bound(activity="https://a.example/1"):
        assert structlog.contextvars.get_contextvars() == {"activity": "https://a.example/1"}
    assert structlog.contextvars.get_contextvars() == {}
