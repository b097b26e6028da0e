"""A real Valkey for tests, on a Unix socket in a short path (a socket's has 107 characters at most)."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from redis import Redis

from workers import valkey


class TestValkey:
    """One server; leave the block and it is gone."""

    __test__ = False

    def __enter__(self) -> TestValkey:
        self.folder = Path(tempfile.mkdtemp(prefix="ostiary-v-"))
        self.socket = self.folder / "valkey.sock"
        self._process: subprocess.Popen[bytes] = valkey.start(self.socket, self.folder / "valkey.log")
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
