"""12. A purge produces a report, store by store: of the regular job, and of what people delete on purpose."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.tables import AccountRow, Role, SeenAddressRow
from app.clock import FrozenClock
from app.enforcement import upkeep
from app.federation import departures
from app.lifecycle import erasing, leaving
from app.preservation import making
from app.purging import reports, running
from app.purging.tables import PurgeKind, PurgeReportRow
from app.relationships import follow
from app.services import Services
from moderation.evidence import snapshots
from moderation.evidence.tables import SnapshotRow
from moderation.preservation.orders import Order
from moderation.preservation.tables import OrderKind
from tests.app import people
from tests.app.web.conftest import Town
from tests.app.web.review.conftest import Desk
from workers.cli import purge as command

pytestmark = pytest.mark.one_database
LONG = snapshots.RETENTION + timedelta(days=1)


@pytest.fixture
def desk(town: Town) -> Desk:
    """A house with cases."""
    return Desk(town)


def reported(services: Services, kind: PurgeKind) -> PurgeReportRow:
    """The latest report of a kind."""
    with services.db.read() as session:
        return next(row for row in reports.listed(session) if row.kind is kind)


def counts(row: PurgeReportRow) -> dict[tuple[str, str], int]:
    """By store and place, how much went; nothing left out."""
    return {(line["store"], line["where"]): line["count"] for line in row.gone if line["count"]}


def left(services: Services, table: Any) -> int:
    """Rows of a table."""
    with services.db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def old_things(desk: Desk, clock: FrozenClock) -> AccountRow:
    """Evidence of a hold that a person settled, and an address, both past their day."""
    services, mallory = desk.town.services, desk.town.member("mallory")
    desk.held(by=mallory)
    now = clock.now()
    with services.db.write() as session:
        session.add(SeenAddressRow(account_id=mallory.id, address="203.0.113.7", first_at=now, last_at=now))
    upkeep.end_holds(services)
    clock.move(LONG)
    upkeep.end_holds(services)
    with services.db.write() as session:
        from moderation.cases.tables import CaseRow
        from moderation.values import CaseState

        for case in session.scalars(select(CaseRow)):
            case.state = CaseState.CLOSED
    return mallory


def test_the_regular_purge_reports_place_by_place(desk: Desk, clock: FrozenClock) -> None:
    services = desk.town.services
    old_things(desk, clock)
    upkeep.purge(services)
    row = reported(services, PurgeKind.REGULAR)
    assert counts(row)[("tables", "snapshots")] == 1 and counts(row)[("tables", "seen_addresses")] == 1
    assert row.by == running.JOB and row.ended_at is not None
    assert {line["store"] for line in row.gone} >= {"tables", "files", "cache", "index", "queue", "vault"}
    assert left(services, SnapshotRow) == 0


def test_a_dry_run_counts_the_same_and_deletes_nothing(desk: Desk, clock: FrozenClock) -> None:
    services = desk.town.services
    old_things(desk, clock)
    foretold = running.count(services)
    assert foretold.rows > 0 and foretold.report is None
    assert left(services, SnapshotRow) == 1 and left(services, SeenAddressRow) == 1
    assert left(services, PurgeReportRow) == 0
    done = running.run(services, PurgeKind.BY_HAND, command.BY)
    assert done.gone == foretold.gone
    assert reported(services, PurgeKind.BY_HAND).by == "command line"


def test_what_an_order_reaches_is_in_no_report_and_the_order_is(desk: Desk, clock: FrozenClock) -> None:
    services = desk.town.services
    mallory = old_things(desk, clock)
    making.make(services, Order(OrderKind.ACCOUNT, "@mallory", "A court"), "ada")
    upkeep.purge(services)
    row = reported(services, PurgeKind.REGULAR)
    assert ("tables", "snapshots") not in counts(row) and ("tables", "seen_addresses") not in counts(row)
    assert row.orders == 1 and left(services, SnapshotRow) == 1
    assert mallory.actor.uri not in str(row.gone)


def test_a_purge_that_fails_is_named_and_holds_up_no_other(
    desk: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = desk.town.services
    old_things(desk, clock)

    def broken(*_given: object) -> int:
        raise OSError("the disk is gone")

    monkeypatch.setattr("app.purging.table.uploads.take", broken)
    with pytest.raises(OSError, match="the disk is gone"):
        upkeep.purge(services)
    row = reported(services, PurgeKind.REGULAR)
    assert row.failed == ["uploads"] and counts(row)[("tables", "snapshots")] == 1


def test_who_leaves_has_a_report_of_everything_that_went(desk: Desk, ana: AccountRow, ben: AccountRow) -> None:
    services = desk.town.services
    desk.town.writes(ana, "zqsecret words")
    follow.follow(services, ben.id, ana.id)
    leaving.remove(services, ana.id)
    assert reported(services, PurgeKind.ACCOUNT).ended_at is None
    erasing.erase(services, 10)
    row = reported(services, PurgeKind.ACCOUNT)
    found = counts(row)
    assert (row.by, row.subject) == ("ana", ana.actor.uri) and row.ended_at is not None
    assert found[("tables", "accounts")] == found[("tables", "posts")] == found[("tables", "follows")] == 1
    assert found[("index", "post_search")] == 1
    assert "zqsecret" not in str(row.gone)


def test_an_actor_elsewhere_who_is_gone_has_one_too(desk: Desk, ben: AccountRow) -> None:
    services = desk.town.services
    vic = people.remote(services, "vic")
    people.post(services, vic)
    departures.depart(services, vic.id)
    row = reported(services, PurgeKind.DEPARTURE)
    assert (row.by, row.subject, counts(row)[("tables", "posts")]) == ("far.example", vic.uri, 1)


def test_a_lead_reads_them_and_a_moderator_doesnt(desk: Desk, clock: FrozenClock) -> None:
    old_things(desk, clock)
    upkeep.purge(desk.town.services)
    number = reported(desk.town.services, PurgeKind.REGULAR).id
    lea = desk.town.at_home(desk.town.member("lea", Role.LEAD))
    assert "The regular purge" in lea.page("/review/purges")
    page = lea.page(f"/review/purges/{number}")
    assert "evidence (snapshots)" in page and "Search index" in page and "Members’ files" in page
    mo = desk.town.at_home(desk.town.member("mo", Role.MODERATOR))
    assert mo.get(f"/review/purges/{number}").status_code == 403
    assert "the clock" in page
    lea.post("/settings/writing", on="/settings", locale="fr", default_visibility="public", default_language="fr")
    assert "l’horloge" in lea.page("/review/purges") and "l’horloge" in lea.page(f"/review/purges/{number}")


def test_reports_go_when_the_policy_says(desk: Desk, clock: FrozenClock) -> None:
    services = desk.town.services
    upkeep.purge(services)
    clock.move(timedelta(days=729))
    upkeep.purge(services)
    assert left(services, PurgeReportRow) == 2
    clock.move(timedelta(days=2))
    upkeep.purge(services)
    assert left(services, PurgeReportRow) == 2
