"""The files under deploy/ say what the program understands: settings, commands, processes, ports."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner

from app import settings
from app.stores.jobs import QUEUES
from workers.cli import main

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def env_lines() -> Iterator[tuple[str, str]]:
    """Each setting of the env file with its value, commented out or not."""
    for line in (DEPLOY / "ostiary.env").read_text().splitlines():
        found = re.fullmatch(r"#?(OSTIARY_[A-Z0-9_]+)=(.*)", line)
        if found:
            yield found[1], found[2]


def unit_command(unit: Path) -> list[str]:
    """What a unit starts, without the path of the program."""
    line = next(line for line in unit.read_text().splitlines() if line.startswith("ExecStart="))
    program, *arguments = shlex.split(line.removeprefix("ExecStart="))
    assert program.endswith("/ostiary")
    return arguments


def assert_understood(arguments: list[str]) -> None:
    """The command exists and takes these options; its parsing is run, its work isn't."""
    name, *options = arguments
    with click.Context(main) as context:
        command = main.get_command(context, name)
    assert command is not None, name
    command.make_context(name, list(options))


def test_the_env_file_lists_exactly_the_settings_each_once() -> None:
    names = [name for name, _ in env_lines()]
    assert sorted(names) == sorted(settings.KNOWN)


def test_every_setting_of_the_env_file_has_a_comment_above_it() -> None:
    lines = (DEPLOY / "ostiary.env").read_text().splitlines()
    for number, line in enumerate(lines):
        if re.fullmatch(r"#?OSTIARY_[A-Z0-9_]+=.*", line):
            assert lines[number - 1].startswith("# "), line


def test_the_env_file_is_accepted_as_it_is_and_with_every_line_in_force(tmp_path: Path) -> None:
    text = (DEPLOY / "ostiary.env").read_text()
    in_force = {n: v for n, v in env_lines() if f"\n{n}=" in text}
    assert settings.read(in_force, data_dir=tmp_path).domain == "social.example"
    assert settings.read(dict(env_lines()), data_dir=tmp_path).registration is settings.Registration.APPROVAL


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_of_the_compose_file_is_understood(name: str) -> None:
    assert_understood(OURS[name]["command"])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_unit_starts_a_command_that_is_understood(unit: Path) -> None:
    assert_understood(unit_command(unit))
    assert "EnvironmentFile=/etc/ostiary/ostiary.env" in unit.read_text()


def test_a_wrong_option_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        assert_understood(["web", "--no-such-option"])


def queues_of(commands: list[list[str]]) -> set[str]:
    """The queues that these commands work on."""
    found: set[str] = set()
    for name, *options in commands:
        if name == "worker":
            found |= {after for option, after in pairwise(options) if option == "--queue"} or set(QUEUES)
    return found


@pytest.mark.parametrize(
    "commands",
    [
        [service["command"] for service in OURS.values()],
        [unit_command(unit) for unit in UNITS if unit.stem != "ostiary"],
    ],
    ids=["compose", "systemd"],
)
def test_every_process_is_there_and_every_queue_worked_on(commands: list[list[str]]) -> None:
    names = [command[0] for command in commands]
    assert {"prepare", "web", "stream", "worker", "scheduler"} == set(names)
    assert names.count("scheduler") == 1
    assert queues_of(commands) == set(QUEUES)


def test_compose_services_wait_for_what_they_need() -> None:
    for name, service in OURS.items():
        needed = set(service["depends_on"])
        assert needed <= set(COMPOSE["services"])
        assert {"postgres", "redis"} <= needed
        assert name == "prepare" or "prepare" in needed
    for volume in (v.split(":")[0] for s in COMPOSE["services"].values() for v in s.get("volumes", ())):
        assert volume.startswith("./") or volume in COMPOSE["volumes"]


def test_compose_settings_are_known_and_accepted(tmp_path: Path) -> None:
    for service in OURS.values():
        given = {name: str(value) for name, value in service["environment"].items()}
        assert settings.read(dict(env_lines()) | given, data_dir=tmp_path).redis_url == "redis://redis:6379/0"


def test_nginx_asks_the_ports_that_compose_opens() -> None:
    conf = (DEPLOY / "nginx.conf").read_text()
    web, stream = OURS["web"]["command"], OURS["stream"]["command"]
    assert f"server web:{web[web.index('--port') + 1]};" in conf
    assert f"server stream:{stream[stream.index('--stream-port') + 1]};" in conf
    assert conf.count("{") == conf.count("}")
    assert "location /api/v1/streaming" in conf
    assert "proxy_set_header Host $http_host" in conf


def test_the_image_holds_every_package_and_checks_hashes() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    for package in ("models", "moderation", "app", "workers"):
        assert f"COPY {package} {package}" in text
    assert "--require-hashes" in text
    assert "USER ostiary" in text


def test_the_scripts_of_setup_are_sound_bash() -> None:
    import subprocess

    for script in (*DEPLOY.glob("*.sh"), DEPLOY.parent / ".ci" / "run"):
        subprocess.run(["bash", "-n", script], check=True)
        assert "set -euo pipefail" in script.read_text()


def test_help_lists_what_the_design_promises() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output
    for name in ("run", "web", "stream", "worker", "scheduler", "db", "setup", "account", "token", "domain", "model"):
        assert f"\n  {name} " in shown
    for name in ("replay", "backup", "restore", "doctor"):
        assert f"\n  {name} " in shown
