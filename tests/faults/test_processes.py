"""`ostiary run`: starts everything, brings back what is killed, leaves nothing behind, keeps everything."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from tests.support.running import RunningServer, alive, children, running_server, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A trial that runs through this file."""
    with running_server(tmp_path_factory.mktemp("trial")) as started:
        yield started


@pytest.fixture(scope="module")
def ana(server: RunningServer) -> dict[str, str]:
    """Ana's headers."""
    return server.member("ana")


def say(server: RunningServer, who: dict[str, str], text: str) -> str:
    """Post; the status's id."""
    answer = server.http.post("/api/v1/statuses", headers=who, json={"status": text, "visibility": "public"})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def test_it_says_where_it_runs_and_how_to_make_the_admin(server: RunningServer) -> None:
    wait_for(lambda: "Ostiary runs at" in server.said(), "it says so")
    said = server.said()
    assert server.base_url in said
    assert "it can't be kept" in said
    assert "works once" in said


@pytest.mark.parametrize("name", ["web", "worker", "stream", "valkey"])
def test_what_is_killed_comes_back(server: RunningServer, name: str) -> None:
    before = server.pids(name)
    server.kill(name)
    wait_for(lambda: bool(server.pids(name)) and not set(server.pids(name)) & set(before), f"a new {name} runs")
    wait_for(server.ready, "it is ready again")


def test_everything_killed_at_once_comes_back(server: RunningServer) -> None:
    for name in ("valkey", "worker", "web", "stream"):
        server.kill(name)
    wait_for(server.ready, "it is ready again")


@pytest.mark.parametrize("name", ["web", "worker", "valkey"])
def test_a_post_that_was_acknowledged_outlives_a_kill(server: RunningServer, ana: dict[str, str], name: str) -> None:
    post = say(server, ana, f"The heron stood in the reeds while the {name} slept")
    server.kill(name)
    wait_for(server.ready, "it is ready again")
    assert server.http.get(f"/api/v1/statuses/{post}", headers=ana).status_code == 200

    def at_home() -> bool:
        home = server.http.get("/api/v1/timelines/home", headers=ana)
        return home.status_code == 200 and post in [status["id"] for status in home.json()]

    wait_for(at_home, "it stands in the home timeline")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[RunningServer]:
    """One with two web processes."""
    started = RunningServer(tmp_path)
    started.web_processes = 2
    try:
        yield started.start()
    finally:
        started.close()


def test_two_web_processes_are_one_house(pair: RunningServer) -> None:
    ana = pair.member("ana")
    texts = [f"Heron {number} stood in the reeds of pond {number * 7}" for number in range(40)]
    with ThreadPoolExecutor(8) as many:
        posts = list(many.map(partial(say, pair, ana), texts))
    same = ana | {"Idempotency-Key": "the very same"}
    with ThreadPoolExecutor(8) as many:
        once = set(many.map(lambda _: say(pair, same, "Said once, and sent eight times at once"), range(8)))
    assert len(once) == 1

    home = pair.http.get("/api/v1/timelines/home?limit=40", headers=ana)
    assert [status["id"] for status in home.json()] == sorted({*posts, *once}, key=int, reverse=True)[:40]
    assert pair.http.get("/api/v1/accounts/verify_credentials", headers=ana).json()["statuses_count"] == 41


def test_one_of_two_web_processes_is_enough_until_the_other_is_back(pair: RunningServer) -> None:
    master, *servers = sorted(pair.pids("web"))
    assert len(servers) == 2
    os.kill(servers[0], signal.SIGKILL)
    wait_for(lambda: not alive(servers[0]), "it is gone")
    wait_for(pair.ready, "it is ready")
    wait_for(lambda: len(set(pair.pids("web")) - {master, servers[0]}) == 2, "there are two again")
    wait_for(pair.ready, "it is ready again")


def test_a_second_run_on_the_same_data_is_refused(server: RunningServer) -> None:
    second = RunningServer(server.folder)
    second.start(ready=False)
    assert second.wait() == 1
    assert "runs already" in second.said()
    second.close()
    assert server.ready()


def test_a_taken_port_is_one_clear_line(server: RunningServer, tmp_path: Path) -> None:
    second = RunningServer(tmp_path, port=server.port)
    second.start(ready=False)
    assert second.wait() == 1
    assert f"Port {server.port}" in second.said()
    assert "Traceback" not in second.said()
    second.close()


def test_a_bad_setting_is_one_clear_line(tmp_path: Path) -> None:
    server = RunningServer(tmp_path, {"OSTIARY_DOMIAN": "ostiary.example"})
    server.start(ready=False)
    assert server.wait() == 1
    assert "OSTIARY_DOMIAN is not a setting" in server.said()
    assert "Traceback" not in server.said()
    server.close()


def test_another_domain_on_the_same_data_is_refused_and_a_stopped_server_keeps_everything(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        who = server.member("ben")
        post = say(server, who, "The ferry leaves at seven from the other pier")
        family = children(server.process.pid) if server.process else {}
        assert server.stop() == 0
        assert not any(map(alive, family))
        assert not (server.data / "valkey.sock").exists()

        other = RunningServer(tmp_path, {"OSTIARY_DOMAIN": "elsewhere.example"})
        other.start(ready=False)
        assert other.wait() == 1
        assert "a domain can never change" in other.said()
        other.close()

        server.start()
        assert server.http.get(f"/api/v1/statuses/{post}", headers=who).json()["id"] == post
        assert post in [status["id"] for status in server.http.get("/api/v1/timelines/home", headers=who).json()]


def test_a_killed_supervisor_takes_its_children_along_and_the_next_start_clears_up(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        who = server.member("ana")
        post = say(server, who, "Rain on the tin roof all night long")
        family = children(server.process.pid) if server.process else {}
        assert len(family) >= 5
        server.kill("supervisor")
        wait_for(lambda: not any(map(alive, family)), f"all of {family} is gone")
        assert (server.data / "valkey.sock").exists()
        server.start()
        assert server.http.get(f"/api/v1/statuses/{post}", headers=who).status_code == 200
