"""Health pages: this process, all processes, and figures for those who may see them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from app.services import Services
from app.stores import heartbeats
from models.encoder import files
from moderation.policy import store

pytestmark = pytest.mark.one_database


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


def test_this_process_answers(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_it_is_not_ready_while_a_process_is_missing(client: FlaskClient, services: Services) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json["missing"]) == {"stream", "worker", "scheduler"}
    for process in ("stream", "worker"):
        heartbeats.beat(services.redis, process)
    assert client.get("/readyz").json["missing"] == ["scheduler"]


def test_it_is_ready_when_every_process_beats(client: FlaskClient, services: Services) -> None:
    for process in heartbeats.PROCESSES:
        heartbeats.beat(services.redis, process)
    assert client.get("/readyz").status_code == 200


def test_a_process_that_stops_is_missed_at_once(client: FlaskClient, services: Services) -> None:
    for process in heartbeats.PROCESSES:
        heartbeats.beat(services.redis, process)
    heartbeats.still(services.redis, "worker")
    assert client.get("/readyz").json["missing"] == ["worker"]


def test_a_heartbeat_fades(services: Services) -> None:
    heartbeats.beat(services.redis, "worker")
    assert 0 < services.redis.ttl("ostiary:alive:worker") <= heartbeats.GONE_AFTER_SECONDS


def test_metrics_are_shown_on_this_machine(client: FlaskClient) -> None:
    text = client.get("/metrics").get_data(as_text=True)
    for name in ("ostiary_waiting{", "ostiary_waiting_seconds{", "ostiary_cases{", "ostiary_verdicts_last_hour{"):
        assert name in text


def test_requests_are_counted_by_endpoint_and_never_by_address(client: FlaskClient) -> None:
    client.get("/users/somebody-with-a-name")
    client.get("/healthz")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'ostiary_requests_total{endpoint="health.healthz",method="GET",status="200"}' in text
    assert "somebody-with-a-name" not in text


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("203.0.113.9", {}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("203.0.113.9", {"Authorization": "Bearer wrong"}),
    ],
)
def test_others_find_no_metrics(client: FlaskClient, address: str, headers: dict[str, str]) -> None:
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers)
    assert answer.status_code == 404


def test_with_the_token_metrics_are_shown_anywhere(services: Services) -> None:
    settings = replace(services.settings, metrics_token="a token for the monitor")
    client = create_app(replace(services, settings=settings)).test_client()
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    allowed = {"Authorization": "Bearer a token for the monitor"}
    assert client.get("/metrics", environ_base=elsewhere, headers=allowed).status_code == 200
    assert client.get("/metrics", environ_base=elsewhere).status_code == 404


def test_every_answer_has_a_request_id(client: FlaskClient) -> None:
    assert client.get("/healthz").headers["X-Request-Id"]
    given = client.get("/healthz", headers={"X-Request-Id": "abcdef0123456789"})
    assert given.headers["X-Request-Id"] == "abcdef0123456789"
    forged = client.get("/healthz", headers={"X-Request-Id": "no good id!"})
    assert forged.headers["X-Request-Id"] != "no good id!"


def test_a_second_stage_that_is_asked_for_and_cannot_be_used_is_named_and_keeps_nobody_away(
    services: Services, tmp_path: Path
) -> None:
    place = files.folder(tmp_path)
    place.mkdir(parents=True)
    spoilt = services.with_tools(replace(services.tools, data_dir=tmp_path))
    client = create_app(spoilt).test_client()
    for process in heartbeats.PROCESSES:
        heartbeats.beat(services.redis, process)
    assert client.get("/readyz").json["degraded"] == []
    with services.db.write() as session:
        document = store.current(session).document
        part = {**document["second_stage"], "on": True}
        store.publish(session, {**document, "second_stage": part}, "lea", services.clock.now())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["degraded"]) == (200, ["second_stage"])
