"""`ostiary domain`: domain rules, one at a time or as lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from moderation.values import Severity
from workers.cli.common import services, settings_options

if TYPE_CHECKING:
    from app.services import Services
    from moderation.domains.editing import DomainDecided
    from moderation.domains.importing import Import

BY = "command line"


@click.group()
def domain() -> None:
    """Domain rules: what applies to other servers."""


@domain.command()
@click.argument("name")
@click.option(
    "--severity", type=click.Choice([s.value for s in Severity]), default=Severity.SUSPEND.value, show_default=True
)
@click.option("--public-comment", default="", help="What everybody may read.")
@click.option("--private-comment", default="", help="What the crew reads.")
@click.option("--reject-media", is_flag=True)
@click.option("--reject-reports", is_flag=True)
@click.option("--obfuscate", is_flag=True, help="Hide part of the name on the public list.")
@settings_options
def block(
    name: str,
    severity: str,
    public_comment: str,
    private_comment: str,
    reject_media: bool,
    reject_reports: bool,
    obfuscate: bool,
    port: int,
    data: Path | None,
) -> None:
    """Set the rule for a domain and its subdomains."""
    from app.enforcement import enact
    from moderation.domains import editing

    with services(port, data) as made, made.db.write() as session:
        done = editing.set_rule(
            session,
            name,
            Severity(severity),
            BY,
            made.clock.now(),
            reject_media=reject_media,
            reject_reports=reject_reports,
            obfuscate=obfuscate,
            public_comment=public_comment,
            private_comment=private_comment,
            own=made.settings.domain,
        )
        enact.enact(made, session, done.effects)
        if done.rule is not None:
            click.echo(f"{done.rule.domain}: {done.rule.severity.value}")


@domain.command()
@click.argument("name")
@settings_options
def unblock(name: str, port: int, data: Path | None) -> None:
    """Lift the rule that was set for exactly this domain."""
    from app.enforcement import enact
    from moderation.domains import editing

    with services(port, data) as made, made.db.write() as session:
        done = editing.lift_rule(session, name, BY, made.clock.now())
        enact.enact(made, session, done.effects)
    click.echo(f"{name}: no rule of its own")


@domain.command("list")
@click.option("--severity", type=click.Choice([s.value for s in Severity]))
@settings_options
def show(severity: str | None, port: int, data: Path | None) -> None:
    """Print every rule."""
    from moderation.domains import editing

    with services(port, data) as made, made.db.read() as session:
        for rule in editing.list_rules(session, severity=Severity(severity) if severity else None):
            click.echo(f"{rule.domain}\t{rule.severity.value}\t{rule.public_comment}")


@domain.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@settings_options
def take(file: TextIO, dry_run: bool, port: int, data: Path | None) -> None:
    """Apply a list: all valid lines at once; each refused line is printed with its reason."""
    from moderation.domains import importing

    with services(port, data) as made:
        asked = importing.parse(file.read(), made.settings.domain)
        added, changed, kept = _compare(made, asked)
        if not dry_run:
            _apply(made, asked)
    for refusal in asked.refused:
        click.echo(f"line {refusal.line} refused: {refusal.reason}: {refusal.text}")
    would = "would be " if dry_run else ""
    click.echo(f"{added} {would}added, {changed} {would}changed, {kept} as before, {len(asked.refused)} refused")


def _compare(made: Services, asked: Import) -> tuple[int, int, int]:
    from moderation.domains import editing

    with made.db.read() as session:
        there = {rule.domain: rule for rule in editing.list_rules(session)}
    added = sum(draft.domain not in there for draft in asked.drafts)
    same = sum(draft.domain in there and draft.severity == there[draft.domain].severity for draft in asked.drafts)
    return added, len(asked.drafts) - added - same, same


def _apply(made: Services, asked: Import) -> list[DomainDecided]:
    from app.enforcement import enact
    from moderation.domains import editing

    with made.db.write() as session:
        done = editing.set_many(session, asked.drafts, BY, made.clock.now())
        enact.enact(made, session, [effect for one in done for effect in one.effects])
    return done


@domain.command()
@click.option("--format", "form", type=click.Choice(["mastodon", "ostiary"]), default="mastodon", show_default=True)
@settings_options
def export(form: str, port: int, data: Path | None) -> None:
    """Print every rule as Mastodon's CSV, or as JSON lines that lose nothing."""
    from moderation.domains import editing, exporting

    with services(port, data) as made, made.db.read() as session:
        rules = editing.list_rules(session)
    click.echo(exporting.mastodon(rules) if form == "mastodon" else exporting.ostiary(rules), nl=False)
