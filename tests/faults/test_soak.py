"""Ten minutes of deliveries while anything may be killed at any moment: `make soak`."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.faults.test_deliveries import assert_every_shown_post_was_judged, deliver, loopback, settled
from tests.support.peer import Peer
from tests.support.running import free_ports, running_server, wait_for

MINUTES = 10
SEED = 20260302


@pytest.mark.soak
def test_ten_minutes_of_kills_lose_nothing_and_show_nothing_unjudged(tmp_path: Path) -> None:
    rng, port = random.Random(SEED), free_ports()
    acknowledged: set[str] = set()
    with Peer("mia", "noah", "olga") as peer, running_server(tmp_path, loopback(port), port) as server:
        server.member("ana")
        until, number, kill_at = time.monotonic() + MINUTES * 60, 0, 20
        while time.monotonic() < until:
            uri = deliver(server, peer, number)
            acknowledged |= {uri} if uri else set()
            number += 1
            if number == kill_at:
                kill_at = number + rng.randint(5, 200)
                victim = rng.choice(("worker", "web", "valkey", "stream", "supervisor"))
                server.kill(victim)
                if victim == "supervisor":
                    server.start()
        wait_for(server.ready, "it is ready at the end", 120)
        wait_for(lambda: settled(server, acknowledged), f"all of {len(acknowledged)} were judged", 300)
        assert_every_shown_post_was_judged(server)
