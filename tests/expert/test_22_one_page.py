"""22. Any handle, address, domain or number leads to one page with everything that happened to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite

from app.accounts.tables import AccountRow, Role
from app.federation.wire.values import Flag
from app.posts import delete, edit
from app.posts.edit import EditRequest
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import decide, timeline
from moderation.appeals import contesting
from moderation.appeals.tables import AppealRow, Party
from moderation.cases import exclusions
from moderation.cases.values import DecisionRequest
from moderation.domains import editing
from moderation.reports.tables import ReportRow
from moderation.statements.tables import StatementRow
from moderation.timeline import pages
from moderation.timeline.sources import SOURCES
from moderation.timeline.values import About, cursor
from moderation.values import Action, Severity
from tests.app.people import post, remote
from tests.app.web.conftest import BASE, Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.federation.world import World

pytestmark = pytest.mark.one_database


@pytest.fixture
def mo(town: Town) -> AccountRow:
    """A moderator."""
    return town.member("mo", Role.MODERATOR)


@pytest.fixture
def numbers(town: Town, mo: AccountRow, ben: AccountRow) -> dict[str, Any]:
    """A post that was reported, removed and contested, and the numbers of all of it."""
    services, desk = town.services, Desk(town)
    author = town.member("mallory")
    post = town.writes(author, "an ordinary day at the harbour")
    case = desk.reported(ben, post)
    decided = decide.decide(
        services, mo, case.id, DecisionRequest(Action.REMOVE, rule_id="1", reason="It shouts.")
    ).decision
    with services.db.write() as session:
        appeal = contesting.contest(
            session,
            decided.id,
            Party.AUTHOR,
            author.actor.uri,
            "I did not.",
            services.clock.now(),
            crew=("lea",),
            kept_out={},
        )
    with services.db.read() as session:
        return {
            "uri": post.uri,
            "author": author.actor.uri,
            "case": case.id,
            "decision": decided.id,
            "appeal": appeal.id,
            "appeal case": session.scalars(select(AppealRow.case_id)).one(),
            "report": session.scalars(select(ReportRow.id)).one(),
            "statement": session.scalars(select(StatementRow.id)).one(),
        }


def leads(visitor: Visitor, asked: object) -> str | None:
    """Where Ctrl-K leads; None for a list."""
    return visitor.get("/review/find?q=" + quote(str(asked), safe="")).headers.get("Location")


def history(uri: object) -> str:
    """The page of a subject."""
    return "/review/history?uri=" + quote(str(uri), safe="")


def test_every_number_leads_to_the_one_page_of_what_it_counts(
    town: Town, mo: AccountRow, numbers: dict[str, Any]
) -> None:
    reader = town.at_home(mo)
    decision = f"/review/decisions/{numbers['decision']}"
    assert leads(reader, numbers["case"]) == f"/review/case/{numbers['case']}"
    assert leads(reader, f"report {numbers['report']}") == f"/review/case/{numbers['case']}"
    assert leads(reader, f"Signalement #{numbers['report']}") == f"/review/case/{numbers['case']}"
    assert leads(reader, f"decision {numbers['decision']}") == decision
    assert leads(reader, f"statement {numbers['statement']}") == decision
    lea = town.at_home(town.member("lea", Role.LEAD))  # who decided first is kept from the appeal
    assert leads(lea, f"appeal {numbers['appeal']}") == f"/review/case/{numbers['appeal case']}"
    assert leads(reader, f"appeal {numbers['appeal']}") is None
    assert leads(reader, f"{BASE}{decision}") == decision
    assert leads(reader, "decision 999999") is None


def test_addresses_lead_home_with_or_without_their_scheme_and_a_link_to_its_server(town: Town, mo: AccountRow) -> None:
    reader, far = town.at_home(mo), remote(town.services, "winner", "promo.example")
    assert leads(reader, far.uri) == history(far.uri)
    assert leads(reader, far.uri.removeprefix("https://")) == history(far.uri)
    assert leads(reader, "https://promo.example/@Winner") == history(far.uri)
    assert leads(reader, "https://shop.example/buy?now=1") == "/review/domains/shop.example"
    assert leads(reader, "shop.example/buy") == "/review/domains/shop.example"
    found = reader.page("/review/find?q=winn")
    assert "@winner@promo.example" in found


def test_the_page_of_a_post_tells_its_whole_story(town: Town, numbers: dict[str, Any]) -> None:
    """To somebody else than who decided first, for whom the appeal isn't."""
    reader = town.at_home(town.member("lea", Role.LEAD))
    for uri in (numbers["uri"], numbers["author"]):
        page = reader.page(history(uri))
        for said in ("Reported", "It shouts.", "A decision was contested.", "was given the reasons", "strike", "Rule:"):
            assert said in page, (uri, said)
        assert f"/review/decisions/{numbers['decision']}" in page
    narrowed = reader.page(history(numbers["uri"]) + "&kind=appeals")
    assert "A decision was contested." in narrowed and "Reported" not in narrowed


def test_edits_and_what_its_author_took_away_are_in_it(town: Town, mo: AccountRow, ben: AccountRow) -> None:
    services, author = town.services, town.member("mallory")
    post = town.writes(author, "an ordinary day at the harbour")
    Desk(town).reported(ben, post)
    edit.edit(services, author.id, post.id, EditRequest("a fine day at the harbour"))
    assert "Its author edited it." in town.at_home(mo).page(history(post.uri))
    delete.delete(services, author.id, post.id)
    assert "It was deleted." in town.at_home(mo).page(history(post.uri))


def test_the_page_of_a_server_tells_of_its_rules_and_of_what_was_decided_there(town: Town, mo: AccountRow) -> None:
    services = town.services
    with services.db.write() as session:
        editing.set_rule(session, "bad.example", Severity.SILENCE, "ada", services.clock.now())
        editing.lift_rule(session, "bad.example", "ada", services.clock.now())
    page = town.at_home(mo).page("/review/domains/bad.example")
    assert (
        "The rule for this server: only for those who follow." in page
        and "The rule for this server was lifted." in page
    )


def test_whoever_has_to_do_with_a_case_is_shown_nothing_of_it_in_any_timeline(
    town: Town, mo: AccountRow, numbers: dict[str, Any]
) -> None:
    rita = town.member("rita", Role.MODERATOR)
    with town.services.db.write() as session:
        exclusions.exclude(session, numbers["case"], "rita", "named", None)
    reader = town.at_home(rita)
    page = reader.page(history(numbers["author"]))
    assert "It shouts." not in page and f"/review/case/{numbers['case']}" not in page
    assert reader.get(f"/review/decisions/{numbers['decision']}").status_code == 404
    assert leads(reader, f"decision {numbers['decision']}") is None


def test_a_report_that_was_passed_on_stands_in_both_histories(town: Town, mo: AccountRow, ben: AccountRow) -> None:
    services, mallory = town.services, remote(town.services, "mallory")
    other = post(services, mallory, "Something that somebody minds.")
    file.file(services, ben.actor, FileReport(mallory.id, (other.id,), forward=True))
    villain = remote(services, "instance.actor", "rude.example")
    with services.db.write() as session:
        file.receive_flag(
            session, services, villain, Flag("https://rude.example/1", villain.uri, (ben.actor.uri,), "!")
        )
    reader = town.at_home(mo)
    said = "A report was passed on to far.example: on its way."
    assert said in reader.page(history(other.uri)) and said in reader.page("/review/domains/far.example")
    assert "It sent a report about somebody here." in reader.page("/review/domains/rude.example")
    assert said not in reader.page("/review/domains/rude.example") and said not in reader.page(history(ben.actor.uri))


def test_updates_are_told_with_how_far_they_have_come_and_a_server_with_what_waits_for_it(
    town: Town, mo: AccountRow
) -> None:
    services, ana, olaf = town.services, town.member("ana"), remote(town.services, "olaf")
    World(services, town.app.test_client()).follow(olaf, ana.actor)
    mine = town.writes(ana, "We bake on Sunday.")
    edit.edit(services, ana.id, mine.id, EditRequest("We bake on Monday."))
    reader = town.at_home(mo)
    page = reader.page(history(mine.uri))
    assert (
        "“Create” to other servers: 0 sent, 1 waiting" in page
        and "“Update” to other servers: 0 sent, 1 waiting" in page
    )
    assert "Waiting to be sent there</dt><dd>2" in reader.page("/review/domains/far.example")


def test_pages_follow_each_other_without_a_gap_or_a_repetition(
    town: Town, mo: AccountRow, numbers: dict[str, Any]
) -> None:
    """Much of it happened at the very same moment: the clock of this test stands still."""
    with town.services.db.read() as session:
        everything, more = pages.page(session, About(str(numbers["uri"])), SOURCES, limit=500)
        assert more is None and len(everything) > 6
        read, place = [], None
        for _turn in range(50):
            part, place = pages.page(session, About(str(numbers["uri"])), SOURCES, after=place, limit=2)
            read += part
            if place is None:
                break
            assert cursor(str(place)) == place
        assert read == everything
    assert cursor("2026~x") is cursor("yesterday~cases~1") is cursor("2026-01-01T00:00:00~cases~1") is None


def test_no_source_reads_more_than_what_belongs_to_the_subject(town: Town) -> None:
    """Plans, not times: each source finds its rows by an index, however much was decided about others."""
    with town.services.db.read() as session:
        if session.get_bind().dialect.name != "sqlite":
            pytest.skip("plans are read as SQLite writes them")
        for about in (About(uri="https://far.example/1"), About(domain="far.example")):
            for source in timeline.ALL:
                statement = source.rows(about)
                if statement is None:
                    continue
                said = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
                plan = [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {said}".replace(":", "\\:")))]
                whole = [line for line in plan if line.startswith("SCAN") and "SUBQUERY" not in line.upper()]
                assert not [line for line in whole if "constant" not in line.lower() and "(subquery" not in line], (
                    source.name,
                    plan,
                )
