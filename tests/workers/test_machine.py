"""How many web processes `ostiary run` starts by itself."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from workers import machine
from workers.cli import processes

GIB = 1024**3


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with two cores and 8 GiB, whatever this one has."""
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 8 * GIB // 4096}
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    monkeypatch.setattr(os, "sysconf", lambda name: sizes[name])


def grouped(system: Path, group: str, limits: dict[str, str]) -> Path:
    """A system whose control groups have these limits, by path; this process is in `group`."""
    (system / "proc/self").mkdir(parents=True)
    (system / "proc/self/cgroup").write_text(f"0::{group}\n")
    for name, text in limits.items():
        file = system / "sys/fs/cgroup" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    return system


def test_two_cores_and_memory_for_them_have_two_web_processes(two_cores: None, tmp_path: Path) -> None:
    assert machine.web_processes(tmp_path) == 2


def test_one_core_has_one(two_cores: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {1})
    assert machine.web_processes(tmp_path) == 1


def test_a_container_that_may_use_one_core_or_little_memory_has_one(two_cores: None, tmp_path: Path) -> None:
    slow = grouped(tmp_path / "slow", "/", {"cpu.max": "150000 100000", "memory.max": "max"})
    small = grouped(tmp_path / "small", "/", {"cpu.max": "max 100000", "memory.max": str(GIB)})
    large = grouped(tmp_path / "large", "/", {"cpu.max": "200000 100000", "memory.max": str(4 * GIB)})
    assert [machine.web_processes(system) for system in (slow, small, large)] == [1, 1, 2]


def test_a_units_limit_counts_and_so_does_that_of_what_it_is_in(two_cores: None, tmp_path: Path) -> None:
    unit = "/system.slice/ostiary.service"
    own = grouped(tmp_path / "own", unit, {f"{unit[1:]}/memory.max": str(GIB)})
    above = grouped(tmp_path / "above", unit, {f"{unit[1:]}/memory.max": "max", "system.slice/memory.max": str(GIB)})
    beside = grouped(tmp_path / "beside", unit, {"user.slice/memory.max": str(GIB)})
    assert [machine.web_processes(system) for system in (own, above, beside)] == [1, 1, 2]


@pytest.mark.parametrize(("given", "number"), [((), 2), (("--workers", "auto"), 2), (("--workers", "3"), 3)])
def test_the_command_takes_a_number_or_reckons_one(two_cores: None, given: tuple[str, ...], number: int) -> None:
    asked = []
    command = click.command()(processes.web_workers_option(lambda web_workers: asked.append(web_workers)))
    assert CliRunner().invoke(command, given).exit_code == 0
    assert asked == [number]


@pytest.mark.parametrize("given", ["0", "-1", "two", ""])
def test_what_is_no_number_of_processes_is_refused(given: str) -> None:
    command = click.command()(processes.web_workers_option(lambda web_workers: None))
    answer = CliRunner().invoke(command, ["--workers", given])
    assert answer.exit_code == 2 and "--workers" in answer.output
