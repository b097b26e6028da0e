"""A real Valkey for tests, on a Unix socket in a short path (a socket's has 107 characters at most)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from redis import Redis

from workers import valkey

TIED = Path(__file__).with_name("tied.py")


class TestValkey:
    """One server; leave the block and it is gone, and so it is when pytest is killed."""

    __test__ = False

    def __enter__(self) -> TestValkey:
        self.folder = Path(tempfile.mkdtemp(prefix="ostiary-v-"))
        self.socket = self.folder / "valkey.sock"
        self._process = subprocess.Popen(
            [sys.executable, str(TIED), str(os.getpid()), *valkey.command(self.socket)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        if not valkey.answers(self.socket, lambda: self._process.poll() is None):
            raise valkey.ValkeyError("the embedded Valkey doesn't start")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """For OSTIARY_REDIS_URL."""
        return f"unix://{self.socket}"

    def client(self) -> Redis:
        """A new client."""
        return Redis.from_url(self.url)
