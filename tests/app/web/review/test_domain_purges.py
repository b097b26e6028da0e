"""What a suspended server left here is purged: late, on purpose, counted, some at a time, and reported."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.tables import AccountRow, ActorRow, Role
from app.clock import FrozenClock
from app.errors import ConflictError, InvalidError
from app.oauth import tokens
from app.posts.tables import PostRow, PostState
from app.preservation import making
from app.purging import domains
from app.purging.tables import DomainPurgeRow, DomainPurgeState
from app.relationships import block
from app.relationships.tables import BlockRow
from app.reports import file
from app.reports.file import FileReport
from app.services import Services
from moderation.cases.tables import CaseRow
from moderation.domains import editing
from moderation.preservation.orders import Order
from moderation.preservation.tables import OrderKind
from moderation.values import CaseState, Severity
from tests.app.api.conftest import SCOPE, Caller
from tests.app.people import post, remote
from tests.app.web.conftest import Town

BAD = "bad.example"


@pytest.fixture
def gone_bad(town: Town, ana: AccountRow, clock: FrozenClock) -> list[ActorRow]:
    """Three people of a suspended server and its subdomain, with posts, and one of another server; 31 days ago."""
    services = town.services
    people = [remote(services, "far", BAD), remote(services, "near", f"sub.{BAD}"), remote(services, "kept", BAD)]
    for person in (*people, remote(services, "friend", "good.example")):
        for number in range(3):
            post(services, person, f"Post {number} of {person.username}.")
    block.block(services, ana.id, people[0].id)
    suspend(services)
    clock.move(domains.WAITS + timedelta(days=1))
    return people


def suspend(services: Services) -> None:
    """By a lead's word."""
    with services.db.write() as session:
        editing.set_rule(session, BAD, Severity.SUSPEND, "lea", services.clock.now())


def ordered(services: Services, clock: FrozenClock) -> None:
    """An admin orders it, and ten minutes pass."""
    domains.order(services, BAD, "ada", BAD)
    clock.move(timedelta(minutes=11))


def latest(services: Services) -> DomainPurgeRow:
    """The purge."""
    with services.db.read() as session:
        return domains.of(session, BAD)[0]


def posts_of(services: Services, *names: str) -> int:
    """What is left of what they wrote."""
    with services.db.read() as session:
        query = select(func.count()).select_from(PostRow).join(ActorRow, ActorRow.id == PostRow.actor_id)
        return session.scalar(query.where(ActorRow.username.in_(names), PostRow.state != PostState.DELETED)) or 0


def test_it_waits_thirty_days_from_the_suspension_and_asks_for_the_name(
    town: Town, clock: FrozenClock, ana: AccountRow
) -> None:
    services = town.services
    with pytest.raises(InvalidError, match="suspended"):
        domains.order(services, BAD, "ada", BAD)
    suspend(services)
    clock.move(timedelta(days=29))
    with services.db.write() as session:  # another comment begins no new wait
        editing.set_rule(session, BAD, Severity.SUSPEND, "lea", clock.now(), public_comment="spam")
    with pytest.raises(InvalidError, match="30 days"):
        domains.order(services, BAD, "ada", BAD)
    clock.move(timedelta(days=1))
    with pytest.raises(InvalidError, match="once more"):
        domains.order(services, BAD, "ada", "good.example")
    domains.order(services, BAD, "ada", BAD)
    with pytest.raises(ConflictError):
        domains.order(services, BAD, "ada", BAD)


def test_what_was_counted_goes_and_the_report_says_so(town: Town, gone_bad: list[ActorRow], clock: FrozenClock) -> None:
    services = town.services
    with services.db.read() as session:
        found = domains.foresee(session, BAD, clock.now())
    assert (found.domains, found.people, found.posts) == ((BAD, f"sub.{BAD}"), 3, 9)
    domains.order(services, BAD, "ada", BAD)
    assert domains.work(services, 100) == 0 and posts_of(services, "far") == 3
    clock.move(timedelta(minutes=11))
    domains.work(services, 100)
    row = latest(services)
    assert row.state is DomainPurgeState.DONE and row.people_done == 3
    assert (row.gone["posts"], row.gone["profiles"], row.kept) == (9, 3, [])
    assert posts_of(services, "far", "near", "kept") == 0 and posts_of(services, "friend") == 3
    with services.db.read() as session:
        assert session.scalar(select(func.count()).select_from(BlockRow)) == 1  # a member's own
        assert session.get_one(ActorRow, gone_bad[0].id).deleted_at is None


def test_orders_to_preserve_and_sealed_cases_are_kept_and_named(
    town: Town, gone_bad: list[ActorRow], clock: FrozenClock
) -> None:
    services = town.services
    with services.db.read() as session:
        one = session.scalars(select(PostRow).where(PostRow.actor_id == gone_bad[0].id)).first()
        assert one is not None
    for kind, target in ((OrderKind.ACCOUNT, gone_bad[2].uri), (OrderKind.POST, one.uri)):
        making.make(services, Order(kind, target, "A court", "50 Gs 1/26", "DE", ends_at=None), "mia")
    with services.db.read() as session:
        found = domains.foresee(session, BAD, clock.now())
    assert (found.people, found.posts, found.kept_people, found.kept_posts) == (2, 5, 1, 4)
    ordered(services, clock)
    domains.work(services, 100)
    row = latest(services)
    assert (posts_of(services, "kept"), posts_of(services, "far"), posts_of(services, "near")) == (3, 1, 0)
    assert {(each["what"], each["uri"]) for each in row.kept} == {("person", gone_bad[2].uri), ("post", one.uri)}


def test_a_sealed_case_is_counted_and_named(
    town: Town, gone_bad: list[ActorRow], ana: AccountRow, clock: FrozenClock
) -> None:
    services = town.services
    with services.db.write() as session:
        editing.lift_rule(session, BAD, "lea", clock.now())
    shown = post(services, gone_bad[2], "Something grave.")
    file.file(services, ana.actor, FileReport(gone_bad[2].id, (shown.id,), "look", "other"))
    suspend(services)
    with services.db.write() as session:
        session.scalars(select(CaseRow).where(CaseRow.author_domain == BAD)).one().state = CaseState.SEALED
    clock.move(domains.WAITS)
    ordered(services, clock)
    domains.work(services, 100)
    assert latest(services).kept == [{"what": "sealed_cases", "count": 1}]


def test_a_crash_in_the_middle_is_gone_on_with_and_nothing_counts_twice(
    town: Town, gone_bad: list[ActorRow], clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = town.services
    monkeypatch.setattr(domains, "CHUNK", 2)
    ordered(services, clock)
    taken: list[int] = []
    remove = domains.posts_deleted.remove

    def fails(*given: object, **more: object) -> None:
        taken.append(1)
        if len(taken) == 4:
            raise RuntimeError("the power went")
        remove(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(domains.posts_deleted, "remove", fails)
    with pytest.raises(RuntimeError):
        domains.work(services, 100)
    assert latest(services).state is DomainPurgeState.UNDER_WAY and latest(services).gone["posts"] == 3
    assert posts_of(services, "far", "near", "kept") == 6
    while domains.work(services, 1):
        pass
    row = latest(services)
    assert row.state is DomainPurgeState.DONE and (row.gone["posts"], row.people_done) == (9, 3)


def test_lifted_or_called_off_it_stops_where_it_is(
    town: Town, gone_bad: list[ActorRow], clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = town.services
    monkeypatch.setattr(domains, "CHUNK", 2)
    ordered(services, clock)
    domains.work(services, 1)
    domains.call_off(services, BAD, "ada")
    assert domains.work(services, 100) == 0 and posts_of(services, "far", "near", "kept") == 7
    ordered(services, clock)
    domains.work(services, 1)
    with services.db.write() as session:
        editing.lift_rule(session, BAD, "lea", clock.now())
    domains.work(services, 100)
    row = latest(services)
    assert (row.state, row.ended_by, row.gone["posts"]) == (DomainPurgeState.CALLED_OFF, "the rule", 1)


def test_a_subdomain_that_was_let_in_until_lately_waits_for_as_long(
    town: Town, gone_bad: list[ActorRow], clock: FrozenClock
) -> None:
    services, near = town.services, f"sub.{BAD}"
    with services.db.write() as session:
        editing.set_rule(session, near, Severity.ALLOW, "lea", clock.now())
    with services.db.read() as session:
        assert domains.foresee(session, BAD, clock.now()).domains == (BAD,)
    with services.db.write() as session:
        editing.lift_rule(session, near, "lea", clock.now())
    with services.db.read() as session:
        assert domains.foresee(session, BAD, clock.now()).domains == (BAD,)
    clock.move(domains.WAITS)
    with services.db.read() as session:
        assert domains.foresee(session, BAD, clock.now()).domains == (BAD, near)


def test_an_admin_orders_it_on_its_page_and_by_the_api(
    town: Town, gone_bad: list[ActorRow], clock: FrozenClock
) -> None:
    ada = town.member("ada", Role.ADMIN)
    browser, place = town.at_home(ada), f"/review/domains/purge?domain={BAD}"
    assert browser.get("/review/domains/purge").location == "/review/domains"
    assert place in browser.page(f"/review/domains/{BAD}")
    assert browser.post("/review/domains/purge", on=place, domain=BAD, confirmed="bad").status_code == 422
    browser.post("/review/domains/purge", on=place, domain=BAD, confirmed=BAD)
    assert "ordered" in browser.page(place)
    browser.post("/review/domains/purge/call-off", on=place, domain=BAD)
    caller = Caller(ada, tokens.make(town.services, ada.id, SCOPE), town.app.test_client(use_cookies=False))
    assert caller.call("PUT", f"/domains/{BAD}/purge", json={"confirmed": "x"}).status_code == 422
    said = caller.call("PUT", f"/domains/{BAD}/purge", json={"confirmed": BAD}).json
    assert said["foreseen"]["posts"] == 9 and [each["state"] for each in said["purges"]] == ["ordered", "called_off"]
    clock.move(timedelta(minutes=11))
    domains.work(town.services, 100)
    assert caller.get(f"/domains/{BAD}/purge").json["purges"][0]["gone"]["posts"] == 9
    assert browser.page(place).count("Nothing is gone") == 1
    assert "Its data was purged." in browser.page(f"/review/domains/{BAD}")
