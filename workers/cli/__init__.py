"""The command line: `ostiary COMMAND`. Each command's module is imported when it is asked for, and none before."""

from __future__ import annotations

import importlib

import click

from app.version import VERSION

COMMANDS = {
    "run": "workers.cli.processes:run",
    "web": "workers.cli.processes:web",
    "stream": "workers.cli.processes:stream",
    "worker": "workers.cli.processes:worker",
    "scheduler": "workers.cli.processes:scheduler",
    "prepare": "workers.cli.processes:prepare",
    "db": "workers.cli.database:db",
    "setup": "workers.cli.setup:setup",
    "account": "workers.cli.accounts:account",
    "token": "workers.cli.tokens:token",
    "domain": "workers.cli.domains:domain",
    "hashes": "workers.cli.hashes:hashes",
    "pattern": "workers.cli.patterns:pattern",
    "bar": "workers.cli.barring:bar",
    "signups": "workers.cli.signups:signups",
    "breakers": "workers.cli.signups:breakers",
    "rule": "workers.cli.instance_rules:rule",
    "preserve": "workers.cli.preserve:preserve",
    "purge": "workers.cli.purge:purge",
    "emoji": "workers.cli.emojis:emoji",
    "waiting": "workers.cli.waiting:waiting",
    "media": "workers.cli.media:media",
    "relay": "workers.cli.relays:relay",
    "model": "workers.cli.models:model",
    "planner": "workers.cli.planner:planner",
    "replay": "workers.cli.replay:replay",
    "backup": "workers.cli.backups:backup",
    "restore": "workers.cli.backups:restore",
    "transparency": "workers.cli.transparency:transparency",
    "search": "workers.cli.search:search",
    "doctor": "workers.cli.doctor:doctor",
}


class Commands(click.Group):
    """A group whose commands stand in a table of names."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return it."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=Commands)
@click.version_option(VERSION, prog_name="ostiary")
def main() -> None:
    """Ostiary: a fediverse server where every post passes one moderation door before it is shown."""
