"""What an order wants kept: purged by nothing, gone from every page when it is deleted, erased when the order ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.tables import ActorRow, SeenAddressRow
from app.clock import FrozenClock
from app.enforcement import upkeep
from app.errors import InvalidError, NotFoundError
from app.grave import settling
from app.lifecycle import erasing, leaving
from app.posts import delete
from app.posts.tables import PostRow, PostState
from app.preservation import copies, making
from app.services import Services
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.errors import ForbiddenArrowError, RefusedError
from moderation.errors import NotFoundError as NoSuchCaseError
from moderation.evidence import snapshots
from moderation.evidence.tables import SnapshotCause, SnapshotRow
from moderation.grave import cases
from moderation.grave.tables import GraveCaseRow, GraveKind, GraveState
from moderation.log.tables import LogRow
from moderation.preservation.orders import Order
from moderation.preservation.tables import OrderKind, PreservationOrderRow, PreservedCopyRow
from moderation.values import CaseOrigin, CaseState, SubjectKind, Visibility
from tests.app import people

COURT = "Amtsgericht"
LONG = timedelta(days=400)


def order(services: Services, kind: OrderKind, target: str, ends_at: datetime | None = None) -> PreservationOrderRow:
    """A court orders."""
    return making.make(services, Order(kind, target, COURT, "50 Gs 1/26", "DE", ends_at=ends_at), "mia")


def count(services: Services, table: Any) -> int:
    """Rows of a table."""
    with services.db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def evidence(services: Services, uri: str, author_uri: str) -> None:
    """Something was reported once."""
    now = services.clock.now()
    with services.db.write() as session:
        session.add(
            SnapshotRow(
                uri=uri, seq=1, cause=SnapshotCause.REPORT, kind=SubjectKind.POST, author_uri=author_uri,
                author_handle="vic", visibility=Visibility.PUBLIC, text="Evil", html="", warning="", context={},
                digest="0" * 64, taken_at=now, purge_after=now + snapshots.RETENTION,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "target", "home"),
    [
        (OrderKind.ACCOUNT, "@vic@far.example", "far.example"),
        (OrderKind.DOMAIN, "far.example", "far.example"),
        (OrderKind.DOMAIN, "far.example", "deep.far.example"),
        (OrderKind.POST, "https://far.example/users/vic/statuses/7", "far.example"),
    ],
)
def test_evidence_outlives_its_time_under_an_order_and_no_longer(
    services: Services, clock: FrozenClock, kind: OrderKind, target: str, home: str
) -> None:
    vic = people.remote(services, "vic", home)
    post = people.post(services, vic, uri=f"{vic.uri}/statuses/7")
    evidence(services, post.uri, vic.uri)
    evidence(services, "https://elsewhere.test/far.example/1", "https://elsewhere.test/far.example")
    made = order(services, kind, target)
    clock.move(LONG)
    upkeep.purge(services)
    with services.db.read() as session:
        assert session.scalars(select(SnapshotRow.uri)).all() == [post.uri]
    making.lift(services, made.id, "mia", "withdrawn")
    upkeep.purge(services)
    assert count(services, SnapshotRow) == 0


def test_a_post_that_is_deleted_is_gone_and_lies_sealed(services: Services, clock: FrozenClock) -> None:
    ana = people.member(services, "ana")
    post = people.post(services, ana.actor, "Never again")
    other = people.post(services, people.member(services, "ben").actor, "Nothing")
    order(services, OrderKind.POST, post.uri, clock.now() + LONG)
    delete.delete(services, ana.id, post.id)
    delete.delete(services, other.actor_id, other.id)
    with services.db.read() as session:
        gone = session.get_one(PostRow, post.pk)
        [copy] = copies.listed(session)
    assert (gone.state, gone.content) == (PostState.DELETED, "")
    assert copy.uri == post.uri and "Never again" not in copy.body
    told = copies.opened(services, copy.id, "mia", "for the court")
    assert told["posts"][0]["content"] == "<p>Never again</p>"
    upkeep.purge(services)
    assert count(services, PreservedCopyRow) == 1
    clock.move(LONG)
    upkeep.purge(services)
    assert count(services, PreservedCopyRow) == 0


def test_who_leaves_is_gone_at_once_and_lies_sealed(services: Services, clock: FrozenClock) -> None:
    people.member(services, "root", role=people.Role.ADMIN)
    ana = people.member(services, "ana", display_name="Ana A.")
    now = clock.now()
    with services.db.write() as session:
        session.add(SeenAddressRow(account_id=ana.id, address="203.0.113.7", first_at=now, last_at=now))
    post = people.post(services, ana.actor, "Mine")
    made = order(services, OrderKind.ACCOUNT, "@ana")
    leaving.remove(services, ana.id)
    erasing.erase(services, 10)
    with services.db.read() as session:
        actor = session.get_one(ActorRow, ana.id)
        assert actor.deleted_at is not None and actor.display_name == ""
        assert session.get_one(PostRow, post.pk).content == ""
        kept = {each.kind.value: each.id for each in copies.listed(session)}
    account = copies.opened(services, kept["account"], "mia", "for the court")
    assert account["accounts"][0]["email"] == "ana@mail.example"
    assert account["actors"][0]["display_name"] == "Ana A."
    assert account["seen_addresses"][0]["address"] == "203.0.113.7"
    assert not {"password_hash", "session_salt"} & account["accounts"][0].keys()
    assert copies.opened(services, kept["post"], "mia", "for the court")["posts"][0]["content"] == "<p>Mine</p>"
    making.lift(services, made.id, "mia", "withdrawn")
    upkeep.purge(services)
    assert count(services, PreservedCopyRow) == 0


def test_network_addresses_stay_under_an_order(services: Services, clock: FrozenClock) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    now = clock.now()
    with services.db.write() as session:
        for each in (ana, ben):
            session.add(SeenAddressRow(account_id=each.id, address="203.0.113.7", first_at=now, last_at=now))
    order(services, OrderKind.ACCOUNT, "@ana")
    clock.move(LONG)
    upkeep.purge(services)
    with services.db.read() as session:
        assert session.scalars(select(SeenAddressRow.account_id)).all() == [ana.id]


def test_an_order_begins_on_its_day(services: Services, clock: FrozenClock) -> None:
    vic = people.remote(services, "vic")
    evidence(services, f"{vic.uri}/1", vic.uri)
    later = Order(OrderKind.ACCOUNT, vic.uri, COURT, begins_at=clock.now() + 2 * LONG)
    making.make(services, later, "mia")
    clock.move(LONG)
    upkeep.purge(services)
    assert count(services, SnapshotRow) == 0


def test_an_order_that_would_keep_nothing_is_refused(services: Services, clock: FrozenClock) -> None:
    people.member(services, "ana")
    for kind, target in ((OrderKind.ACCOUNT, "@anna"), (OrderKind.POST, "https://far.example/1")):
        with pytest.raises(NotFoundError):
            order(services, kind, target)
    with pytest.raises(RefusedError):
        order(services, OrderKind.ACCOUNT, "@ana", clock.now())
    with pytest.raises(RefusedError):
        making.make(services, Order(OrderKind.ACCOUNT, "@ana", " "), "mia")
    assert count(services, PreservationOrderRow) == 0


def test_what_is_done_with_orders_stands_in_the_log_with_a_reason(services: Services, clock: FrozenClock) -> None:
    ana = people.member(services, "ana")
    post = people.post(services, ana.actor)
    made = order(services, OrderKind.ACCOUNT, "@ana")
    delete.delete(services, ana.id, post.id)
    with services.db.read() as session:
        [copy] = copies.listed(session)
    with pytest.raises(InvalidError):
        copies.opened(services, copy.id, "mia", " ")
    copies.opened(services, copy.id, "mia", "for the court")
    with pytest.raises(RefusedError):
        making.lift(services, made.id, "mia", "")
    making.lift(services, made.id, "mia", "withdrawn")
    with pytest.raises(ForbiddenArrowError):
        making.lift(services, made.id, "mia", "again")
    with services.db.read() as session:
        verbs = session.scalars(select(LogRow.verb).where(LogRow.actor == "mia").order_by(LogRow.seq)).all()
    assert verbs == ["preservation_ordered", "preserved_opened", "preservation_lifted"]


def case_about(services: Services, uri: str, author_uri: str) -> int:
    """A case that was decided long ago."""
    now = services.clock.now()
    with services.db.write() as session:
        row = CaseRow(
            uri=uri, kind=SubjectKind.POST, origin=CaseOrigin.REPORT, state=CaseState.DECIDED, author_uri=author_uri,
            author_domain="far.example", local=False, reasons=[], rank=1.0, rank_parts={}, changed_at=now, opened_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        subject = CaseSubjectRow(
            case_id=row.id, uri=uri, author_uri=author_uri, kind=SubjectKind.POST, added_at=now
        )  # fmt: skip
        session.add(subject)
    return row.id


def test_a_case_is_kept_with_what_it_is_about(services: Services, clock: FrozenClock) -> None:
    vic = people.remote(services, "vic")
    evidence(services, f"{vic.uri}/1", vic.uri)
    evidence(services, "https://elsewhere.test/1", "https://elsewhere.test/ann")
    order(services, OrderKind.CASE, str(case_about(services, f"{vic.uri}/1", vic.uri)))
    clock.move(LONG)
    upkeep.purge(services)
    with services.db.read() as session:
        assert session.scalars(select(SnapshotRow.uri)).all() == [f"{vic.uri}/1"]
    with pytest.raises(NoSuchCaseError):
        order(services, OrderKind.CASE, "99")


@pytest.mark.parametrize("by_account", [True, False])
def test_what_is_sealed_of_a_grave_case_outlives_the_law_under_an_order(
    services: Services, clock: FrozenClock, by_account: bool
) -> None:
    vic = people.remote(services, "vic")
    number, now = case_about(services, f"{vic.uri}/1", vic.uri), clock.now()
    with services.db.write() as session:
        session.add(
            GraveCaseRow(
                case_id=number, kind=GraveKind.CHILD_SAFETY, state=GraveState.REPORTED, raised_by="mia", raised_at=now,
                due_at=now, keep_until=now + timedelta(days=1),
            )
        )  # fmt: skip
    target = (OrderKind.ACCOUNT, vic.uri) if by_account else (OrderKind.CASE, str(number))
    made = order(services, *target)
    clock.move(LONG)
    settling.destroy_due(services)
    with services.db.write() as session:
        row = session.get_one(GraveCaseRow, number)
        assert row.state is GraveState.REPORTED
        with pytest.raises(RefusedError):
            cases.destroyed(session, row, "mia", clock.now())
    making.lift(services, made.id, "mia", "withdrawn")
    settling.destroy_due(services)
    with services.db.read() as session:
        assert session.get_one(GraveCaseRow, number).state is GraveState.DESTROYED
