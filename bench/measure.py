"""Measures a whole running Ostiary: starts one on loopback, loads it, prints figures ready for bench/RESULTS.md.

The load comes from two stand-alone tools, `deliver_load.py` (signed deliveries) and `api_load.py` (the client API),
in the folder that --tools names. Everything runs against a fresh data directory, and ends with this script.

Usage: python -m bench.measure --tools DIR [--only deliver,alike,api] [-n 2000] [--port 8100]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench import floor

ROOT = Path(__file__).resolve().parent.parent
OSTIARY = ROOT / ".venv" / "bin" / "ostiary"
ACTORS = 20
SENDERS_PORT = 9200
API = ("post", "home", "notifications", "public")
API_REQUESTS = 400


class Server:
    """`ostiary run` in a directory of its own."""

    def __init__(self, home: Path, port: int, *options: str) -> None:
        self.home, self.port = home, port
        self.base = f"http://127.0.0.1:{port}"
        self.environment = {
            **os.environ,
            "OSTIARY_DOMAIN": f"127.0.0.1:{port}",
            "OSTIARY_SCHEME": "http",
            "OSTIARY_ALLOWED_NETWORKS": "127.0.0.0/8",
            "OSTIARY_RATE_LIMITS": "off",
            "OSTIARY_REGISTRATION": "closed",
            "OSTIARY_DATA_DIR": str(home),
        }
        log = (home.parent / "server.log").open("w")
        command = [str(OSTIARY), "run", "--port", str(port), "--data", str(home), *options]
        self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                with urllib.request.urlopen(self.base + "/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        raise SystemExit("the server didn't become ready; see " + str(self.home.parent / "server.log"))

    def run(self, *words: str) -> str:
        """One `ostiary` command against the same data."""
        done = subprocess.run([OSTIARY, *words], env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def call(self, token: str, path: str, *, post: bool = False) -> object:
        """One call of the client API."""
        request = urllib.request.Request(
            self.base + path, headers={"Authorization": f"Bearer {token}"}, method="POST" if post else "GET"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def pss_megabytes(self) -> float:
        """Proportional memory of the whole tree of processes."""
        total = 0
        for pid in self.tree():
            rollup = Path(f"/proc/{pid}/smaps_rollup")
            for line in rollup.read_text().splitlines() if rollup.exists() else ():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1024

    def tree(self) -> list[int]:
        """The supervisor's process and all that descend from it."""
        pids, found = [self.process.pid], []
        while pids:
            pid = pids.pop()
            found.append(pid)
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                pids += [int(child) for child in children.read_text().split()]
        return found

    def stop(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


def deliver(server: Server, tools: Path, token: str, n: int, *, alike: bool) -> None:
    """Signed deliveries from twenty actors whom ana follows, each mentioning her."""
    count = f"{shlex.quote(sys.executable)} {shlex.quote(__file__)} --count {shlex.quote(str(server.home))}"
    command = [
        sys.executable, "-u", str(tools / "deliver_load.py"), "--inbox", server.base + "/inbox", "--mention",
        server.base + "/users/ana", "--handle", f"@ana@127.0.0.1:{server.port}", "-n", str(n), "-c", "16",
        "--actors", str(ACTORS), "--port", str(SENDERS_PORT), "--count-cmd", count, "--pause",
    ] + (["--alike"] if alike else [])  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as tool:
        assert tool.stdout is not None and tool.stdin is not None
        print("  " + tool.stdout.readline().rstrip())
        time.sleep(4)  # the tool waits three seconds for the server to settle before it asks
        follow_all(server, token)
        tool.stdin.write("\n")
        tool.stdin.flush()
        for line in tool.stdout:
            print("  " + line.rstrip().replace("actors are known and served now; follow them, then press Enter: ", ""))


def follow_all(server: Server, token: str) -> None:
    """ana follows every sender, so that each post belongs into her home feed."""
    for i in range(ACTORS):
        path = f"/api/v1/accounts/lookup?acct=load{i}@127.0.0.1:{SENDERS_PORT}"
        account = server.call(token, path)
        assert isinstance(account, dict)
        server.call(token, f"/api/v1/accounts/{account['id']}/follow", post=True)
    time.sleep(2)


def api(server: Server, tools: Path, token: str, port: int) -> None:
    """What clients do most, each as a share of the floor (bench/floor.py) that was measured the moment before."""
    with floor.serving(port, floor.PROCESSES) as base:
        for operation in API:
            under = per_second(floor.load(tools, base))
            told = floor.load(tools, server.base, token, operation, API_REQUESTS)
            for line, answers, least in zip(told, per_second(told), under, strict=True):
                print(f"{line}  {answers / least:.3f} of the floor's {least:.0f}", flush=True)


def per_second(lines: list[str]) -> list[float]:
    """Answers a second, from each line that the load tool prints: with one client, then with eight."""
    return [float(line.split("/s")[0].split()[-1]) for line in lines]


def state(home: Path) -> dict[str, int]:
    """Posts by state, and cases, in the database."""
    with sqlite3.connect(f"file:{home / 'ostiary.sqlite3'}?mode=ro", uri=True) as connection:
        posts = dict(connection.execute("SELECT state, count(*) FROM posts GROUP BY state"))
        cases = connection.execute("SELECT count(*) FROM cases").fetchone()[0]
    return {**posts, "cases": cases}


def visible(home: Path) -> int:
    """Posts that are published and in their readers' feeds."""
    with sqlite3.connect(f"file:{home / 'ostiary.sqlite3'}?mode=ro", uri=True) as connection:
        query = "SELECT count(*) FROM posts WHERE state = 'published' AND fanned_out_at IS NOT NULL AND NOT local"
        return int(connection.execute(query).fetchone()[0])


def machine() -> str:
    """What this ran on."""
    model = next(
        (x.split(":")[1].strip() for x in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in x), "?"
    )
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, load before {os.getloadavg()[0]:.2f}"


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path)
    parser.add_argument("--only", default="deliver,api,alike")
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--count", type=Path, help="print how many posts are visible in this data directory, and end")
    arguments = parser.parse_args()
    if arguments.count:
        print(visible(arguments.count))
        return
    print(machine(), flush=True)
    for what in arguments.only.split(","):
        with tempfile.TemporaryDirectory() as folder:
            measure(what, Path(folder), arguments)


def measure(what: str, folder: Path, arguments: argparse.Namespace) -> None:
    """One kind of load against a fresh server."""
    server = Server(folder / "data", arguments.port)
    try:
        server.run("account", "create", "ana", "--email", "ana@here.example", "--password", "a long enough password")
        token = server.run("token", "create", "ana", "--scope", "read write follow").splitlines()[-1]
        print(f"{what}: {server.pss_megabytes():.0f} MB at rest", flush=True)
        if what == "api":
            api(server, arguments.tools, token, arguments.port + 10)
        else:
            deliver(server, arguments.tools, token, arguments.n, alike=what == "alike")
            print(f"  afterwards {state(server.home)}")
        print(f"  {server.pss_megabytes():.0f} MB under load", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
