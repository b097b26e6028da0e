"""The fourth of the first steps on a terminal: a first list of servers, by severity and stated reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from workers.cli.asking import ask, numbers

if TYPE_CHECKING:
    from app.accounts.tables import AccountRow
    from app.services import Services
    from moderation.domains.lists.values import Import

MOST_SAID = 20
"""Lines and servers of a list that are left out, each with its reason; the rest is counted."""


def blocklist(made: Services, admin: AccountRow) -> bool:
    """Read a file, and set what is chosen of it; whether anything was."""
    from app.reviewing import left_alone
    from app.setup import blocklist
    from app.setup.blocklist import Choice

    text = ask("A list of servers, as a file (empty: none)", _file)
    if not text:
        return False
    with made.db.read() as session:
        kept = " ".join(sorted(left_alone.of(session)))
    excludes = ask("First: servers that no list may touch", blocklist.excludes, kept)
    left_alone.keep(made, admin.actor.username, excludes)
    found = blocklist.read(made, text)
    groups = blocklist.groups(found, excludes)
    _say_what_stays_out(found, excludes)
    for number, group in enumerate(groups, start=1):
        reason = f"{len(group.rarer)} rarer reasons" if group.rarer else group.reason or "no reason given"
        click.echo(f"  {number}. {group.severity}: {reason} ({len(group.domains)})")
    taken = ask("Which to take (numbers, all, or empty)", numbers(len(groups)))
    meant = ask("Which of them to suspend; the others are silenced", numbers(len(groups))) if taken else []
    comments = bool(taken) and click.confirm(
        "Publish its comments as ours (else they are private notes)", default=False
    )
    choice = Choice(
        frozenset(groups[each].key for each in taken), frozenset(groups[each].key for each in meant), excludes, comments
    )
    count = len(blocklist.take(made, admin, text, choice).rules) if taken else 0
    click.echo(f"{count} rules are in force.")
    return bool(count)


def _file(path: str) -> str:
    """Its text, empty for no path; the length is bounded as on pages."""
    from app.errors import InvalidError
    from moderation.domains.lists import LONGEST

    if not path:
        return ""
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            text = file.read(LONGEST + 1)
    except OSError as error:
        raise InvalidError(f"{path}: {error.strerror}") from error
    if len(text) > LONGEST:
        raise InvalidError(f"a list has at most {LONGEST:,} characters, and this one goes on")
    if not text.strip():
        raise InvalidError(f"{path}: empty")
    return text


def _say_what_stays_out(found: Import, excludes: frozenset[str]) -> None:
    from app.setup import blocklist

    for row in found.refused[:MOST_SAID]:
        click.echo(f"  left out: line {row.line}: {row.reason}")
    if len(found.refused) > MOST_SAID:
        click.echo(f"  left out: {len(found.refused) - MOST_SAID} more lines")
    if found.repeated:
        click.echo(f"  said twice: {len(found.repeated)} lines")
    for why, domains in (
        ("no list may touch it", blocklist.spared(found, excludes)),
        ("it covers what no list may touch", blocklist.covering(found, excludes)),
    ):
        for domain in domains[:MOST_SAID]:
            click.echo(f"  left out: {domain}: {why}")
