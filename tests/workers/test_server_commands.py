"""What the command line says of servers: a rule before it is set, one server, all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.tables import ActorRow
from app.api import answers
from app.federation.tables import InstanceRow
from app.ids import IDS
from app.relationships.tables import FollowRow, FollowState
from app.reviewing import domain_record, domains, rule_preview
from app.reviewing.domains import Order
from app.services import Services
from moderation.domains import editing, following, planned, questions
from moderation.domains.editing import set_draft
from moderation.domains.lists.tables import DomainListEntryRow, DomainListRow
from moderation.domains.rules import rule_at
from moderation.domains.tables import DomainAnswerRow, DomainQuestionRow
from moderation.domains.values import Filter, RuleDraft
from moderation.errors import BadDomainError
from moderation.reports.tables import ForwardState
from moderation.timeline import pages
from moderation.values import Severity
from tests.app.people import member, post, remote
from workers.cli import servers

BAD = "bad.example"
BY = "command line"
HOSTILE = "\x1b[2Jgone\u202e\nrule\tnone"


def follows(services: Services, follower: ActorRow, target: ActorRow) -> None:
    """One follows the other."""
    now = services.clock.now()
    with services.db.write() as session:
        number = IDS.take(now)
        row = FollowRow(id=number, follower_id=follower.id, target_id=target.id, uri=f"https://x.example/{number}")
        row.state, row.created_at = FollowState.ACCEPTED, now
        session.add(row)


def put(services: Services, draft: RuleDraft) -> None:
    """Set a rule."""
    with services.db.write() as session:
        set_draft(session, draft, BY, services.clock.now())


def previewed(services: Services, draft: RuleDraft) -> list[str]:
    """What a dry run prints."""
    with services.db.read() as session:
        return list(servers.preview_lines(rule_preview.checked(session, draft, BY, services.clock.now())))


def shown(services: Services, domain: str = BAD) -> list[str]:
    """What `domain show` prints."""
    with services.db.read() as session:
        return list(servers.record_lines(domain_record.of(session, domain, BY, services.clock.now())))


@pytest.fixture
def ties(services: Services) -> None:
    """ana follows olaf at bad.example, and is followed by zoe of a subdomain; both have written a post."""
    ana, olaf = member(services, "ana").actor, remote(services, "olaf", BAD)
    zoe = remote(services, "zoe", f"sub.{BAD}")
    follows(services, ana, olaf)
    follows(services, zoe, ana)
    post(services, olaf)
    post(services, zoe)


@pytest.mark.usefixtures("ties")
def test_a_dry_run_counts_what_a_suspension_would_touch_and_sets_nothing(services: Services) -> None:
    lines = previewed(services, RuleDraft(BAD, Severity.SUSPEND))
    assert lines[:2] == ["bad.example\twould be set: suspend, with its subdomains", "now\tno rule"]
    assert lines[2:6] == [
        "members who follow somebody there\t1",
        "follows from here to there\t1",
        "follows from there to here\t1",
        "people there whom we know\t2",
    ]
    assert "posts shown here\t2" in lines
    assert lines[-1] == "would lose follows\t@ana\t1"
    with services.db.read() as session:
        assert rule_at(session, BAD) is None
        assert domains.history(session, BAD) == []


@pytest.mark.usefixtures("ties")
def test_a_dry_run_counts_only_what_the_rule_would_decide_about(services: Services) -> None:
    itself = previewed(services, RuleDraft(BAD, Severity.SILENCE, subdomains=False))
    assert "people there whom we know\t1" in itself and "follows from there to here\t0" in itself
    assert not [line for line in itself if line.startswith("would lose")], "a silence ends no follow"
    put(services, RuleDraft(f"sub.{BAD}", Severity.ALLOW))
    assert "people there whom we know\t1" in previewed(services, RuleDraft(BAD, Severity.SUSPEND))


def test_a_dry_run_says_what_is_in_force_now_and_where_it_was_set(services: Services) -> None:
    put(services, RuleDraft(BAD, Severity.FILTER, reject_media=True, filters=frozenset((Filter.BOOSTS,))))
    lines = previewed(services, RuleDraft(f"sub.{BAD}", Severity.SUSPEND))
    assert lines[1] == "now\tfilter, boosts, reject_media, with its subdomains, set for bad.example"


def test_a_dry_run_refuses_what_setting_would(services: Services) -> None:
    over = services.clock.now() - timedelta(days=1)
    with pytest.raises(BadDomainError, match="is over"):
        previewed(services, RuleDraft(BAD, Severity.HOLD, expires_at=over))
    with pytest.raises(BadDomainError, match="nothing to tone down"):
        previewed(services, RuleDraft(BAD, Severity.SUSPEND, filters=frozenset((Filter.BOOSTS,))))


def test_a_server_shows_its_rule_with_both_comments_and_its_history(services: Services) -> None:
    put(services, RuleDraft(BAD, Severity.HOLD))
    draft = RuleDraft(BAD, Severity.SILENCE, public_comment="Spam.", private_comment="Seen twice.", evidence=(4, 7))
    put(services, draft)
    day = f"{services.clock.now():%Y-%m-%d %H:%M} UTC"
    lines = shown(services, f"sub.{BAD}")
    assert lines[:5] == [
        "sub.bad.example",
        f"rule\tsilence, with its subdomains\tset for bad.example by command line on {day}",
        "cases that speak for it\t4, 7",
        "public comment\tSpam.",
        "private comment\tSeen twice.",
    ]
    assert lines[5:7] == [f"happened\t{day}\tset\tcommand line\tfor bad.example"] * 2


def test_a_server_shows_every_rule_that_it_ever_had_and_all_else_that_happened_to_it(services: Services) -> None:
    put(services, RuleDraft(BAD, Severity.NOOP))
    for severity in (Severity.HOLD, Severity.SUSPEND) * pages.SIZE:
        put(services, RuleDraft(BAD, severity, private_comment=f"So: {severity.value}."))
    with services.db.write() as session:
        editing.lift_rule(session, BAD, "lea", services.clock.now())
        session.add(InstanceRow(domain=BAD, first_seen_at=services.clock.now() - timedelta(hours=1)))
    happened = [line.split("\t")[2:] for line in shown(services) if line.startswith("happened\t")]
    assert happened == [
        ["met", "-"],
        ["set", BY, "severity noop"],
        *(["set", BY, f"severity {one}, comment So: {one}."] for one in ("hold", "suspend") * pages.SIZE),
        ["lifted", "lea"],
    ]


@pytest.mark.usefixtures("ties")
def test_a_server_without_a_rule_shows_its_figures(services: Services) -> None:
    lines = shown(services)
    assert lines[1] == "rule\tnone"
    assert "people there whom we know\t2" in lines, "with those of its subdomains, as on the page"


def named_by_a_list(services: Services, severity: Severity, comment: str) -> DomainListRow:
    """A followed list that names the server."""
    now = services.clock.now()
    with services.db.write() as session:
        row = DomainListRow(name="Friends' list", url="https://lists.example/a.csv", priority=1, at_once=False)
        row.unsaid, row.next_at, row.followed_by, row.followed_at = Severity.SUSPEND, now, "lea", now
        session.add(row)
        session.flush()
        said = {"severity": severity.value, "public_comment": comment}
        session.add(DomainListEntryRow(list_id=row.id, domain=BAD, said=said, labels=[], since=now))
        return row


def test_a_server_shows_the_lists_that_name_it_and_whose_rule_is_in_force(services: Services) -> None:
    row = named_by_a_list(services, Severity.SUSPEND, "Spam.")
    number, source = row.id, following.source_of(row)
    put(services, RuleDraft(BAD, Severity.SUSPEND, source=source))
    lines = shown(services, f"sub.{BAD}")
    assert lines[1].endswith("\tof the list Friends' list")
    assert f"list\t{number}\tFriends' list\tsuspend for bad.example\tSpam." in lines


def test_a_dry_run_says_which_lists_say_otherwise(services: Services) -> None:
    named_by_a_list(services, Severity.SILENCE, "Loud.")
    line = "a list says otherwise\tFriends' list\tsilence for bad.example\tLoud."
    assert line in previewed(services, RuleDraft(BAD, Severity.SUSPEND))
    assert line not in previewed(services, RuleDraft(BAD, Severity.SILENCE))


def test_a_server_shows_what_its_moderators_were_asked_and_said(services: Services) -> None:
    now = services.clock.now()
    with services.db.write() as session:
        row = DomainQuestionRow(domain=BAD, text="Is this bot yours?", about=[], state=ForwardState.ANSWERED)
        row.asked_by, row.asked_at = "lea", now
        questions.put(session, row)
        by = f"https://{BAD}/users/mod"
        uri = f"https://{BAD}/notes/1"
        session.add(DomainAnswerRow(question_id=row.id, uri=uri, author_uri=by, text="Yes,\nsorry.", at=now))
    lines = shown(services)
    day = f"{now:%Y-%m-%d %H:%M} UTC"
    assert f"asked\t{day}\tlea\tanswered\tIs this bot yours?" in lines
    assert f"answered\t{day}\t{by}\tYes,\\nsorry." in lines


def test_nothing_that_strangers_write_moves_the_terminal_or_makes_a_line(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    now = services.clock.now()
    with services.db.write() as session:
        row = InstanceRow(domain=BAD, software=HOSTILE, contact={"accounts": [HOSTILE], "email": HOSTILE})
        row.first_seen_at = now
        session.add(row)
    put(services, RuleDraft(BAD, Severity.HOLD, public_comment=HOSTILE, private_comment=HOSTILE))
    lines = shown(services)
    with services.db.read() as session:
        lines += map(servers.server_line, domains.known(session, order=Order.NAME))
        servers.tell_json(answers.plain(domain_record.of(session, BAD, BY, now)))
    assert any("\\x1b[2Jgone\\u202e\\nrule\\tnone" in line for line in lines)
    assert all(char.isprintable() or char == "\t" for line in lines for char in line)
    assert all(char.isprintable() or char == "\n" for char in capsys.readouterr().out)
    assert [line for line in lines if line.startswith("rule\t")] == [lines[1]]


@pytest.mark.usefixtures("ties")
def test_servers_are_told_with_their_figures_rules_and_trouble(services: Services) -> None:
    put(services, RuleDraft(BAD, Severity.HOLD))
    since = services.clock.now() - timedelta(days=3)
    with services.db.write() as session:
        row = InstanceRow(domain=BAD, software="mastodon", software_version="4.4.0", failing_since=since)
        row.first_seen_at = row.last_seen_at = since
        session.add(row)
    with services.db.read() as session:
        found = domains.known(session, order=Order.FOLLOWS)
        lines = [dict(zip(servers.HEADER, servers.server_line(one).split("\t"), strict=True)) for one in found]
    bad, sub = lines
    day = f"{since:%Y-%m-%d}"
    assert (bad["server"], bad["rule"], bad["people"], bad["following"], bad["posts"]) == (BAD, "hold", "1", "1", "1")
    assert (bad["software"], bad["seen"], bad["trouble"]) == ("mastodon 4.4.0", day, f"fails since {day}")
    assert (sub["server"], sub["rule"], sub["followers"]) == (f"sub.{BAD}", f"hold by {BAD}", "1")
    assert (sub["software"], sub["seen"], sub["trouble"]) == ("-", "-", "-")


@pytest.mark.one_database
def test_the_orders_of_the_command_line_are_those_of_the_page() -> None:
    assert tuple(one.value for one in Order) == servers.ORDERS


def test_a_plan_to_suspend_stands_with_the_server(services: Services) -> None:
    with services.db.write() as session:
        draft = RuleDraft(BAD, Severity.SUSPEND, public_comment="Spam.")
        row = planned.announce(session, draft, BY, services.clock.now())
        day = f"{row.takes_place_at:%Y-%m-%d %H:%M} UTC"
    assert f"will be suspended\t{day}\tannounced by command line\tSpam." in shown(services)
    event = next(line for line in shown(services) if line.startswith("happened"))
    assert event.endswith(f"\t{editing.ANNOUNCED}\t{BY}")
