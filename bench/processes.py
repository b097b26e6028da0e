"""What a member's post costs each process of a running house: milliseconds of processor time, from /proc.

A house as `ostiary run` starts it, on loopback, and the load tool `api_load.py` that posts. What runs beside it
lengthens the wait, and the processor time far less: two versions are compared by turns all the same. Also how many
posts share a write.
Usage: `python -m bench.processes --tools DIR [-n 2000] [-c 8] [--port 8300] [--workers 1] [--only post]`.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

from bench.measure import Server

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Load, and print who worked how long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("-c", type=int, default=8)
    parser.add_argument("--port", type=int, default=8300)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", default="post")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", arguments.port, "--workers", str(arguments.workers))
        try:
            _load(server, arguments)
        finally:
            server.stop()


def _load(server: Server, arguments: argparse.Namespace) -> None:
    server.run("account", "create", "ana", "--email", "ana@here.example", "--password", "a long enough password")
    token = server.run("token", "create", "ana", "--scope", "read write follow").splitlines()[-1]
    tool = [sys.executable, str(arguments.tools / "api_load.py"), "--base", server.base, f"--token={token}"]
    tool += ["--only", arguments.only, "-c", str(arguments.c)]
    subprocess.run([*tool, "-n", "200"], check=True, stdout=subprocess.DEVNULL)
    before, loader, writes = _spent(server), os.times(), _writes(server.home)
    subprocess.run([*tool, "-n", str(arguments.n)], check=True)
    after, loaded = _spent(server), os.times()
    spent = Counter({name: after[name] - before[name] for name in after})
    spent["(load tool)"] = round(
        (loaded.children_user + loaded.children_system - loader.children_user - loader.children_system) * 1000
    )
    for name, milliseconds in spent.most_common():
        print(f"  {milliseconds / (arguments.n + 20):6.2f} ms  {name}")
    print(f"  {spent.total() / (arguments.n + 20):6.2f} ms  all together")
    if arguments.only == "post":
        print(f"  {(arguments.n + 20) / (_writes(server.home) - writes):6.2f} posts share a write", flush=True)


def _writes(home: Path) -> int:
    """Writes that stored posts until now: what is judged together has one moment."""
    with closing(sqlite3.connect(f"file:{home / 'ostiary.sqlite3'}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(DISTINCT made_at) FROM verdicts").fetchone()[0])


def _spent(server: Server) -> Counter[str]:
    """Milliseconds of processor time until now, by the processes' names."""
    spent: Counter[str] = Counter()
    for pid in server.tree():
        stat = Path(f"/proc/{pid}/stat").read_text()
        name, rest = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
        spent[name] += round((int(rest[11]) + int(rest[12])) * TICK_MS)
    return spent


if __name__ == "__main__":
    main()
