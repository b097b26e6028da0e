"""`ostiary domain show` and `servers`: what the house knows of one server, and of all; and what a rule would do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workers.cli.common import services, settings_options

if TYPE_CHECKING:
    from datetime import datetime

    from app.reviewing.domain_record import Asked, Happened, Mention, Record
    from app.reviewing.domains import KnownDomain
    from app.reviewing.impact import Impact
    from app.reviewing.rule_preview import Preview
    from moderation.domains.values import DomainRule, RuleDraft

BY = "command line"
ORDERS = ("name", "actors", "posts", "cases", "seen", "follows")
RULED = {"any": True, "none": False}
HEADER = ("server", "rule", "people", "posts", "held", "cases", "following", "followers", "software", "seen", "trouble")


@click.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
@settings_options
def show_one(name: str, as_json: bool, port: int, data: Path | None) -> None:
    """Say what the page of a domain says: the rule in force, its record, all that happened to it, ties."""
    from app.api import answers
    from app.reviewing import domain_record
    from moderation.domains import names

    with services(port, data) as made, made.db.read() as session:
        found = domain_record.of(session, names.canonical(name), BY, made.clock.now())
    if as_json:
        tell_json(answers.plain(found))
    else:
        for line in record_lines(found):
            click.echo(line)


@click.command("servers")
@click.option("--sort", type=click.Choice(ORDERS), default="name", show_default=True)
@click.option("--rule", type=click.Choice(list(RULED)), help="Only those with a rule in force, or without one.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--after", type=click.IntRange(0, 10_000_000), default=0, help="Leave so many out at the beginning.")
@click.option("--json", "form", flag_value="json", help="All figures as JSON.")
@click.option("--csv", "form", flag_value="csv", help="All figures as CSV, as the page saves them.")
@settings_options
def known(sort: str, rule: str | None, limit: int, after: int, form: str | None, port: int, data: Path | None) -> None:
    """Print the servers that were met or have a rule, with their figures."""
    from app.api import answers
    from app.reviewing import domains
    from app.reviewing.domains import Order

    with services(port, data) as made, made.db.read() as session:
        only_ruled = RULED[rule] if rule else None
        found = domains.known(session, order=Order(sort), only_ruled=only_ruled, after=after, limit=limit + 1)
    shown = found[:limit]
    if form == "json":
        tell_json(answers.plain(shown))
    elif form == "csv":
        click.echo(domains.sheet(shown), nl=False)
    else:
        for line in ("\t".join(HEADER), *map(server_line, shown)):
            click.echo(line)
    if len(found) > limit:
        click.echo(f"more with --after {after + limit}", err=True)


def tell_json(value: Any) -> None:
    """In ASCII: what strangers wrote moves no terminal."""
    click.echo(json.dumps(value, indent=1))


def preview_lines(seen: Preview) -> Iterator[str]:
    """What a rule would do, as a dry run says it."""
    yield f"{seen.draft.domain}\twould be set: {told(seen.draft)}"
    if seen.before is None:
        yield "now\tno rule"
    else:
        yield f"now\t{told(seen.before)}, set for {seen.before.domain}"
    for each in seen.otherwise:
        yield f"a list says otherwise\t{_of_list(each)}"
    yield from impact_lines(seen.impact)
    for one in seen.losses:
        yield f"would lose follows\t@{one.member}\t{one.follows}"


def impact_lines(found: Impact) -> Iterator[str]:
    """What a rule would touch, in the order of the page."""
    yield f"members who follow somebody there\t{found.members}"
    yield f"follows from here to there\t{found.followed}"
    yield f"follows from there to here\t{found.followers}"
    yield f"people there whom we know\t{found.people}"
    yield f"posts shown here\t{found.posts}"
    yield f"private conversations with people there\t{found.conversations}"
    yield f"posts waiting at the door\t{found.held}"


def server_line(one: KnownDomain) -> str:
    """A server with its figures, as HEADER has them."""
    rule = "-" if one.rule is None else one.rule.severity.value
    if one.rule is not None and one.rule_domain != one.domain:
        rule += f" by {one.rule_domain}"
    figures = (one.actors, one.posts, one.held, one.cases, one.following, one.followers)
    seen = f"{one.last_seen_at:%Y-%m-%d}" if one.last_seen_at else "-"
    return "\t".join((one.domain, rule, *map(str, figures), _software(one), seen, _trouble(one)))


def record_lines(found: Record) -> Iterator[str]:
    """What is known of a domain; whatever strangers or the crew wrote stands on one line each."""
    known = found.known
    yield known.domain
    yield from _rule_lines(found)
    if found.planned is not None:
        plan = found.planned
        why = printable(plan.public_comment)
        yield f"will be suspended\t{moment(plan.takes_place_at)}\tannounced by {printable(plan.announced_by)}\t{why}"
    if known.rule_domain not in (None, known.domain):
        for event in found.history:
            yield f"happened\t{moment(event.at)}\t{event.what}\t{printable(event.by)}\tfor {known.rule_domain}"
    yield from map(_happened_line, found.happened)
    for each in found.lists:
        yield f"list\t{each.id}\t{_of_list(each)}"
    yield from impact_lines(found.impact)
    yield from _figures(found)
    for one in found.questions:
        yield from _question_lines(one)


def told(rule: DomainRule | RuleDraft) -> str:
    """A rule in few words."""
    from moderation.domains.values import in_order

    more = [one.value for one in in_order(rule.filters)]
    more += [name for name in ("reject_media", "reject_reports", "obfuscate") if getattr(rule, name)]
    reach = "with its subdomains" if rule.subdomains else "without its subdomains"
    ends = [f"until {rule.expires_at:%Y-%m-%d}"] if rule.expires_at else []
    looked = [f"to be looked at again on {rule.review_at:%Y-%m-%d}"] if rule.review_at else []
    return ", ".join([rule.severity.value, *more, reach, *ends, *looked])


def printable(text: str) -> str:
    """On one line, and with nothing that moves a terminal or turns the order of its letters: such a character is
    written as its escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def moment(at: datetime) -> str:
    """A time, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _rule_lines(found: Record) -> Iterator[str]:
    rule = found.known.rule
    if rule is None:
        yield "rule\tnone"
        return
    by = printable(rule.set_by)
    whose = f"set for {rule.domain} by {by} on {moment(rule.set_at)}"
    of_list = f"\tof the list {printable(found.source)}" if found.source else ""
    yield f"rule\t{told(rule)}\t{whose}{of_list}"
    if rule.evidence:
        yield f"cases that speak for it\t{', '.join(map(str, rule.evidence))}"
    if rule.public_comment:
        yield f"public comment\t{printable(rule.public_comment)}"
    if rule.private_comment:
        yield f"private comment\t{printable(rule.private_comment)}"


def _of_list(one: Mention) -> str:
    more = [*one.filters, *(name for name in ("reject_media", "reject_reports") if getattr(one, name))]
    alone = [] if one.subdomains else ["without its subdomains"]
    says = f"{', '.join([one.severity or 'unsaid', *more, *alone])} for {one.domain}"
    return f"{printable(one.name)}\t{says}\t{printable(one.public_comment)}"


def _happened_line(one: Happened) -> str:
    """What happened, and its details as they are kept."""
    said = {"case": one.case_id, "about": one.uri} | {name: said for name, said in one.details.items() if said != ""}
    more = ", ".join(f"{name} {said}" for name, said in said.items() if said is not None and said is not False)
    told = ("happened", moment(one.at), one.what.removeprefix("domain_"), one.by or "-", more)
    return "\t".join(printable(part) for part in told if part)


def _figures(found: Record) -> Iterator[str]:
    known, week, passed_on, sent = found.known, found.week, found.passed_on, found.on_the_way
    let_in, held = sum(day.let_in for day in found.verdicts), sum(day.held for day in found.verdicts)
    refused = sum(day.refused for day in found.verdicts)
    yield f"posts of the last nine days\t{let_in} let in, {held} held, {refused} refused"
    yield f"cases\t{known.cases}, of the last seven days {week.cases}, {week.upheld} upheld"
    yield f"reports that went there\t{passed_on.sent}, {passed_on.refused} not taken, {passed_on.acted_on} acted on"
    open_ = {None: "", True: ", open to everybody", False: ", not open"}[known.open_registrations]
    accounts = "-" if known.users is None else str(known.users)
    yield f"software\t{_software(known)}\taccounts {accounts}{open_}\ttrouble {_trouble(known)}"
    yield f"first seen\t{moment(known.first_seen_at) if known.first_seen_at else '-'}"
    yield f"last seen\t{moment(known.last_seen_at) if known.last_seen_at else '-'}"
    reason = f"\t{printable(sent.reason)}" if sent.reason else ""
    yield f"waiting to be sent there\t{sent.waiting}, {sent.given_up} given up{reason}"
    named = [*found.contact.accounts, *([found.contact.email] if found.contact.email else [])]
    yield f"can be written to\t{', '.join(map(printable, named)) or '-'}"


def _question_lines(one: Asked) -> Iterator[str]:
    yield f"asked\t{moment(one.asked_at)}\t{printable(one.asked_by)}\t{one.state.value}\t{printable(one.text)}"
    for answer in one.answers:
        yield f"answered\t{moment(answer.at)}\t{printable(answer.by)}\t{printable(answer.text)}"


def _software(one: KnownDomain) -> str:
    return printable(" ".join(part for part in (one.software, one.software_version) if part)) or "-"


def _trouble(one: KnownDomain) -> str:
    """Whether it can be sent anything."""
    if one.dead_since is not None:
        return f"given up, fails since {one.failing_since or one.dead_since:%Y-%m-%d}"
    return f"fails since {one.failing_since:%Y-%m-%d}" if one.failing_since is not None else "-"
