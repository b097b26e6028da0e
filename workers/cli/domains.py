"""`ostiary domain`: domain rules, one at a time or as lists."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from moderation.domains.exporting import WRITERS
from moderation.domains.modes import FIRST, Mode
from moderation.domains.planning import BOUNDS, Change
from moderation.domains.values import Filter
from moderation.values import Severity
from workers.cli.common import services, settings_options
from workers.cli.domain_list import published, purge
from workers.cli.followed import lists
from workers.cli.list_imports import imports
from workers.cli.list_readers import readers
from workers.cli.servers import impact_lines, known, preview_lines, printable, show_one

if TYPE_CHECKING:
    from app.accounts.marking import Progress
    from app.services import Services
    from moderation.domains.values import RuleDraft

BY = "command line"
LONGEST_LIST = 8 * 1024 * 1024
"""Characters."""


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
@click.option("--only-itself", is_flag=True, help="Leave its subdomains alone.")
@click.option(
    "--filter", "filters", multiple=True, type=click.Choice([f.value for f in Filter]), help="Tone this down."
)
@click.option("--review", type=click.DateTime(["%Y-%m-%d"]), help="The day to look at it again.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it ends by itself.")
@click.option("--evidence", type=int, multiple=True, help="The number of a case that speaks for it; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Count what it would do, and change nothing.")
@settings_options
def block(
    name: str,
    severity: str,
    public_comment: str,
    private_comment: str,
    reject_media: bool,
    reject_reports: bool,
    obfuscate: bool,
    only_itself: bool,
    filters: tuple[str, ...],
    review: datetime | None,
    until: datetime | None,
    evidence: tuple[int, ...],
    dry_run: bool,
    port: int,
    data: Path | None,
) -> None:
    """Set the rule for a domain, and its subdomains unless --only-itself says otherwise."""
    from moderation.domains import names
    from moderation.domains.values import RuleDraft

    with services(port, data) as made:
        draft = RuleDraft(
            names.for_rule(name, made.settings.domain),
            Severity(severity),
            reject_media=reject_media,
            reject_reports=reject_reports,
            obfuscate=obfuscate,
            public_comment=public_comment,
            private_comment=private_comment,
            subdomains=not only_itself,
            filters=frozenset(map(Filter, filters)),
            review_at=review.replace(tzinfo=UTC) if review else None,
            expires_at=until.replace(tzinfo=UTC) if until else None,
            evidence=evidence,
        )
        if dry_run:
            _foresee(made, draft)
        else:
            _set(made, draft)


def _foresee(made: Services, draft: RuleDraft) -> None:
    from app.reviewing import rule_preview

    with made.db.read() as session:
        seen = rule_preview.checked(session, draft, BY, made.clock.now())
    for line in preview_lines(seen):
        click.echo(line)


def _set(made: Services, draft: RuleDraft) -> None:
    from app.reviewing import ruling

    ruling.set_rules_as(made, BY, [draft])
    click.echo(f"{draft.domain}: {draft.severity.value}")


@domain.command()
@click.argument("name")
@settings_options
def unblock(name: str, port: int, data: Path | None) -> None:
    """Lift the rule that was set for exactly this domain."""
    from app.reviewing import ruling

    with services(port, data) as made:
        ruling.lift_rule_as(made, BY, name)
    click.echo(f"{name}: no rule of its own")


@domain.command()
@click.argument("name")
@click.option("--public-comment", required=True, help="Why: members read it.")
@click.option("--private-comment", default="", help="What the crew reads.")
@click.option("--only-itself", is_flag=True, help="Leave its subdomains alone.")
@settings_options
def announce(
    name: str, public_comment: str, private_comment: str, only_itself: bool, port: int, data: Path | None
) -> None:
    """Suspend a domain in a week, and tell members whose follows will end."""
    from app.reviewing import planned
    from moderation.domains import names
    from moderation.domains.values import RuleDraft

    with services(port, data) as made:
        draft = RuleDraft(
            names.for_rule(name, made.settings.domain),
            Severity.SUSPEND,
            public_comment=public_comment,
            private_comment=private_comment,
            subdomains=not only_itself,
        )
        planned.announce_as(made, BY, draft)
    click.echo(f"{draft.domain}: will be suspended in a week")


@domain.command("call-off")
@click.argument("name")
@settings_options
def call_off(name: str, port: int, data: Path | None) -> None:
    """Call an announced suspension off; who was told hears it."""
    from app.reviewing import planned
    from moderation.domains import names

    with services(port, data) as made:
        planned.call_off_as(made, BY, names.canonical(name))
    click.echo(f"{name}: called off")


@domain.command("announced")
@settings_options
def list_announced(port: int, data: Path | None) -> None:
    """Print the suspensions that are to come, the next first."""
    from moderation.domains import planned

    with services(port, data) as made, made.db.read() as session:
        for row in planned.announced(session):
            click.echo(f"{row.domain}\t{row.takes_place_at:%Y-%m-%d %H:%M} UTC\t{row.rule.get('public_comment', '')}")


@domain.command()
@click.argument("name")
@click.argument("text")
@click.option("--post", "posts", multiple=True, help="The address of a public post there that it is about.")
@settings_options
def ask(name: str, text: str, posts: tuple[str, ...], port: int, data: Path | None) -> None:
    """Ask the moderators of a domain something, in the house's name; it leaves after ten minutes."""
    from app.federation import contacts
    from app.reviewing import asking
    from moderation.domains import names

    with services(port, data) as made:
        domain = names.for_rule(name, made.settings.domain)
        contacts.ask(made, domain)
        asking.ask_as(made, BY, domain, text, posts, made.clock.now())
    click.echo(f"{domain}: asked")


@domain.command()
@click.argument("name", type=click.Choice([m.value for m in Mode]), required=False)
@click.option("--first", type=int, default=FIRST, show_default=True, help="Of a new server, to be let in by people.")
@click.option("--dry-run", is_flag=True, help="Say what it would mean, and change nothing.")
@settings_options
def mode(name: str | None, first: int, dry_run: bool, port: int, data: Path | None) -> None:
    """What servers without a rule meet: open, greylist (new ones wait at first), allowlist (only named servers)."""
    from app.reviewing import modes
    from moderation.domains.modes import require_sound

    with services(port, data) as made:
        if name is not None:
            require_sound(Mode(name), first)
            with made.db.read() as session:
                seen = modes.consequences(session, made.clock.now())
            click.echo(f"{seen.named} known servers are named by rules, {seen.unnamed} are not")
            lost = f"{seen.impact.members} members with {seen.impact.followed} follows there"
            click.echo(f"of these: {seen.impact.people} people, {seen.impact.posts} posts, {lost}")
            click.echo(f"new in seven days: {seen.new_lately} servers with {seen.posts_lately} posts")
            if not dry_run:
                modes.choose_as(made, BY, Mode(name), first)
        with made.db.read() as session:
            way = modes.way(session)
    click.echo(f"{way.mode.value}" + (f", first {way.first}" if way.mode is Mode.GREYLIST else ""))


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
@click.option(
    "--severity",
    type=click.Choice([s.value for s in Severity]),
    default=Severity.SUSPEND.value,
    show_default=True,
    help="What rows mean that don't say.",
)
@click.option("--at-most", type=click.Choice([s.value for s in BOUNDS]), help="The most that the list may do.")
@click.option("--spare-followed", is_flag=True, help="Silence instead of suspending where members follow people.")
@click.option("--overrule", is_flag=True, help="Take it also where the house has said otherwise.")
@settings_options
def take(
    file: TextIO,
    dry_run: bool,
    severity: str,
    at_most: str | None,
    spare_followed: bool,
    overrule: bool,
    port: int,
    data: Path | None,
) -> None:
    """Apply a list in any of the known formats: all valid rows at once; each refused row is printed with its reason."""
    from app.accounts import marking
    from app.reviewing import domain_lists

    taking = domain_lists.Taking(Severity(severity), overrule, spare_followed, Severity(at_most) if at_most else None)
    with services(port, data) as made:
        text = file.read(LONGEST_LIST + 1)
        if len(text) > LONGEST_LIST:
            raise click.ClickException(f"a list has at most {LONGEST_LIST:,} characters, and this one goes on")
        with made.db.read() as session:
            seen = domain_lists.preview(made, session, text, taking)
        for refusal in seen.plan.refused:
            click.echo(f"line {refusal.line} refused: {refusal.reason}: {printable(refusal.text)}")
        for line in impact_lines(seen.impact) if seen.plan.drafts else ():
            click.echo(line)
        taken = None
        if not dry_run:
            taken = domain_lists.take_as(made, BY, text, taking, seen.seen)
            marking.work(made, tell)
    plan = taken.plan if taken is not None else seen.plan
    for step in plan.of(Change.CONFLICT):
        now = f"{step.now.severity.value} for {step.now.domain}" if step.now else ""
        click.echo(f"{step.draft.domain} left as it is: the list says {step.draft.severity.value}, the house {now}")
    would = "would be " if dry_run else ""
    counts = [f"{len(plan.of(change))} {word}" for change, word in _counted(would)]
    click.echo(
        f"{seen.read.form.value}: {', '.join(counts)}, {len(plan.refused)} refused,"
        f" {len(seen.read.repeated)} said twice"
    )
    if taken is not None and taken.import_id is not None:
        click.echo(f"all of it is undone by: ostiary domain imports undo {taken.import_id}")


def tell(progress: Progress) -> None:
    """How far marking is, on the command line."""
    click.echo(f"{progress.done:,} of {progress.all:,} servers marked")


def _counted(would: str) -> list[tuple[Change, str]]:
    return [
        (Change.ADDED, f"{would}added"),
        (Change.CHANGED, f"{would}changed"),
        (Change.KEPT, "as before"),
        (Change.CONFLICT, "in conflict"),
    ]


@domain.command()
@click.option("--format", "form", type=click.Choice(list(WRITERS)), default="mastodon", show_default=True)
@settings_options
def export(form: str, port: int, data: Path | None) -> None:
    """Print every rule in one of the formats; `ostiary` is the one that loses nothing."""
    from moderation.domains import editing

    with services(port, data) as made, made.db.read() as session:
        rules = editing.list_rules(session)
    click.echo(WRITERS[form](rules), nl=False)


domain.add_command(show_one)
domain.add_command(known)
domain.add_command(published)
domain.add_command(purge)
domain.add_command(lists)
domain.add_command(imports)
domain.add_command(readers)
