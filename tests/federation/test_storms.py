"""Much at once: whoever sends it waits behind themselves, pays for it alone, and hinders nobody whom they only name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.federation import claims, intake, storms
from app.federation.prefetch import FetchingPass
from app.federation.tables import InboxActivityRow, IntakeState
from app.federation.turns import Turns
from app.posts.tables import PostState
from app.stores import budgets
from app.stores.budgets import Budget, neighbourhood
from tests.federation.world import Remote, World, keys

VILLAIN, HONEST = "198.51.100.66", "203.0.113.5"
BIG = "big.example"


def forge(world: World, count: int, domain: str = BIG) -> list[int]:
    """A stranger claims the keys of people at a host that isn't theirs; what each delivery was answered."""
    world.address = VILLAIN
    codes = []
    for number in range(count):
        claimed = Remote(f"nobody{number}", domain, keys(2))
        codes.append(world.deliver(claimed, claimed.create(claimed.note("Not mine."))).status_code)
    return codes


def send(world: World, sender: Remote, count: int) -> list[str]:
    """Somebody sends posts; their URIs."""
    notes = [sender.note(f"Number {number} of many about the harbour.") for number in range(count)]
    for note in notes:
        assert world.deliver(sender, sender.create(note)).status_code == 202
    return [note["id"] for note in notes]


def shown(world: World, uris: Sequence[str]) -> int:
    return sum(world.state(uri) is PostState.PUBLISHED for uri in uris)


# What strangers claim.


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("", ""),
    ],
)
def test_a_neighbourhood_is_what_one_customer_easily_has(address: str, expected: str) -> None:
    assert neighbourhood(address) == expected


def test_who_claims_a_big_hosts_keys_spends_their_own_budget_and_not_the_hosts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.federation.gate.UNVERIFIED_PER_NETWORK", 3)
    assert forge(world, 5) == [202, 202, 202, 429, 429]
    world.address = HONEST
    ana = world.remote("ana", BIG)
    note = ana.note("Something true about the harbour.")
    assert world.deliver(ana, ana.create(note)).status_code == 202
    intake.drain(world.services)
    assert world.state(note) is PostState.PUBLISHED


def test_an_address_next_door_is_no_new_budget(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.federation.gate.UNVERIFIED_PER_NETWORK", 2)
    codes = []
    for number in range(3):
        world.address = f"198.51.100.{number}"
        stranger = Remote("zoe", f"zoe{number}.example")
        codes.append(world.deliver(stranger, stranger.create(stranger.note("Hello."))).status_code)
    assert codes == [202, 202, 429]


def test_forged_claims_make_no_storm_of_questions_at_the_host_that_they_name(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "KEYS_OF_HOST_FOR_NETWORK", Budget("keys-of-host-network", 3, 300))
    world.remote("somebody", BIG)  # the host is there, and answers 404 for whom it doesn't have
    forge(world, 10)
    world.address = HONEST
    ana = world.remote("ana", BIG)
    note = ana.note("Something true about the harbour.")
    world.deliver(ana, ana.create(note))
    intake.drain(world.services)
    asked = [url for url in world.web.asked if "nobody" in url]
    assert len(asked) == 3
    assert world.state(note) is PostState.PUBLISHED


def test_many_networks_together_make_no_storm_there_either(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "KEYS_OF_HOST", Budget("keys-of-host", 3, 300))
    world.remote("somebody", BIG)
    for number in range(6):
        world.address = f"198.51.{number}.1"
        claimed = Remote(f"nobody{number}", BIG, keys(2))
        world.deliver(claimed, claimed.create(claimed.note("Not mine.")))
    intake.drain(world.services)
    assert len([url for url in world.web.asked if "nobody" in url]) == 3
    waiting = [row for row in world.inbox() if row.state is IntakeState.UNVERIFIED]
    assert len(waiting) == 3
    assert all(row.next_at is not None and row.next_at > world.services.clock.now() for row in waiting)


def test_claims_by_a_real_key_that_did_not_make_them_ask_for_it_once(world: World) -> None:
    world.remote("ana", BIG)
    world.address = VILLAIN
    thief = Remote("ana", BIG, keys(2))
    for number in range(5):
        assert world.deliver(thief, thief.create(thief.note(f"Lie {number}."))).status_code == 202
    intake.drain(world.services)
    assert [url for url in world.web.asked if url.startswith(thief.uri)] == [thief.uri]
    assert world.deliver(thief, thief.create(thief.note("One more."))).status_code == 401
    assert all(row.state is IntakeState.REFUSED for row in world.inbox())


def test_a_key_that_is_not_there_is_not_asked_for_a_second_time(world: World) -> None:
    world.remote("somebody", BIG)
    forge(world, 1)
    intake.drain(world.services)
    asked = len(world.web.asked)
    assert forge(world, 1) == [401]
    intake.drain(world.services)
    assert len(world.web.asked) == asked


def test_budgets_by_host_and_actor_are_spent_by_who_proved_it_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.federation.gate.INBOX_BY_HOST", Budget("inbox-host", 2, 300))
    ana = world.known("ana", BIG)
    forge(world, 4)
    thief = Remote("ana", BIG, keys(2))
    assert [world.deliver(thief, thief.create(thief.note("A lie."))).status_code for _ in range(3)] == [401] * 3
    world.address = HONEST
    codes = [world.deliver(ana, ana.create(ana.note("The truth."))).status_code for _ in range(3)]
    assert codes == [202, 202, 429]


def test_claims_wait_in_line_by_where_they_come_from(world: World) -> None:
    forge(world, 30, "claimed.example")
    world.address = HONEST
    ana = world.remote("ana", BIG)
    world.deliver(ana, ana.create(ana.note("Hello.")))
    taken = claims.take_for_fetching(world.services, 10)
    assert {row.queue for row in taken} == {"198.51.100.0/24", "203.0.113.0/24"}


def test_a_verified_row_waits_in_its_hosts_line(world: World) -> None:
    ana = world.remote("ana", BIG)
    world.deliver(ana, ana.create(ana.note("Hello.")))
    assert world.inbox()[0].queue == "192.0.2.0/24"
    with FetchingPass(world.services) as fetches:
        fetches.start()
        while fetches.wait():
            fetches.start()
    (row,) = world.inbox()
    assert (row.state, row.queue) == (IntakeState.WAITING, BIG)


# What one host sends.


def test_a_storm_from_one_host_waits_behind_itself(world: World) -> None:
    storm = send(world, world.known("mallory", "spam.example"), 30)
    calm = send(world, world.known("ana", BIG), 2) + send(world, world.known("ben", "small.example"), 1)
    assert intake.judge(world.services, 6) == 6
    assert shown(world, calm) == 3
    assert shown(world, storm) == 3


def test_within_a_host_what_came_first_is_taken_first(world: World) -> None:
    storm = send(world, world.known("mallory", "spam.example"), 10)
    send(world, world.known("ana", BIG), 10)
    intake.judge(world.services, 6)
    assert [shown(world, [uri]) for uri in storm] == [1] * 3 + [0] * 7


def test_places_that_the_calm_ones_leave_go_to_the_storm(world: World) -> None:
    storm = send(world, world.known("mallory", "spam.example"), 30)
    send(world, world.known("ana", BIG), 1)
    assert intake.judge(world.services, 10) == 10
    assert shown(world, storm) == 9


def test_more_hosts_than_places_all_come_in_the_end(world: World) -> None:
    uris = [uri for number in range(8) for uri in send(world, world.known("ana", f"host{number}.example"), 2)]
    rounds = 0
    while intake.judge(world.services, 3):
        rounds += 1
    assert shown(world, uris) == 16
    assert rounds == 6


@pytest.mark.parametrize("waiting", [1, 40])
def test_with_any_backlog_nothing_is_shown_that_was_not_judged(world: World, waiting: int) -> None:
    """What waits isn't here at all; what was taken was judged, and what the judges hold stays held."""
    mallory = world.known("mallory", "spam.example")
    hateful = mallory.note("they are vermin, all of them")
    world.deliver(mallory, mallory.create(hateful))
    rest = send(world, mallory, waiting)
    assert world.state(hateful) is None
    assert shown(world, rest) == 0
    intake.judge(world.services, 1)
    assert world.state(hateful) is PostState.HELD
    assert shown(world, rest) == 0
    world.services.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    assert shown(world, rest) == 0, "no age lets anything in"
    intake.drain(world.services)
    assert world.state(hateful) is PostState.HELD
    assert shown(world, rest) == waiting
    for uri in rest:
        assert world.stored(uri).verdict_id is not None


def test_rows_of_an_older_version_have_a_line_of_their_own(world: World) -> None:
    send(world, world.known("ana", BIG), 3)
    with world.services.db.write() as session:
        session.execute(update(InboxActivityRow).values(queue=""))
    send(world, world.known("mallory", "spam.example"), 3)
    assert intake.judge(world.services, 4) == 4
    assert intake.judge(world.services, 4) == 2


# Turns.


def test_owners_take_turns_however_much_one_has_waiting() -> None:
    turns: Turns[int] = Turns()
    for number in range(3):
        turns.add("storm", number)
    turns.add("calm", 10)
    assert [turns.take() for _ in range(5)] == [0, 10, 1, 2, None]
    assert not turns


def test_what_is_given_back_is_taken_first() -> None:
    turns: Turns[int] = Turns()
    for number in range(2):
        turns.add("ana", number)
    turns.add("ben", 10)
    first = turns.take()
    assert first is not None
    turns.give_back("ana", first)
    assert [turns.take() for _ in range(3)] == [0, 10, 1]


def test_a_host_that_is_asked_much_gives_way_to_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.federation.prefetch.THREADS", 1)
    world.remote("somebody", BIG)
    forge(world, 8)
    world.address = HONEST
    ana = world.remote("ana", "small.example")
    world.deliver(ana, ana.create(ana.note("Hello.")))
    with FetchingPass(world.services) as fetches:
        fetches.start()
    asked = [url for url in world.web.asked if url.startswith("https://") and "/users/" in url]
    assert asked.index(ana.uri) == 3
    with world.services.db.read() as session:
        waiting = session.scalars(select(InboxActivityRow).where(InboxActivityRow.state == IntakeState.UNVERIFIED))
        assert waiting.all() == []


# What the people here are told.


def queue_up(world: World, domain: str, count: int, state: IntakeState = IntakeState.WAITING) -> None:
    """Rows as the gate leaves them, without the work of signing each."""
    now = world.services.clock.now()
    with world.services.db.write() as session:
        session.add_all(
            InboxActivityRow(activity_uri=f"https://{domain}/{state}/{number}", kind="Create", domain=domain, queue=domain,
                             actor_uri=f"https://{domain}/users/mallory", key_id="k", body=b"{}", state=state,
                             received_at=now)
            for number in range(count)
        )  # fmt: skip


def told(world: World) -> list[tuple[str, int, int]]:
    with world.services.db.read() as session:
        return [(one.domain, one.waiting, one.refused) for one in storms.current(world.services, session)]


def test_a_host_with_far_more_that_waits_than_others_is_a_storm(world: World) -> None:
    queue_up(world, "spam.example", 400)
    queue_up(world, BIG, 20)
    queue_up(world, "small.example", 2)
    assert told(world) == [("spam.example", 400, 0)]
    with world.services.db.read() as session:
        assert storms.current(world.services, session)[0].per_minute == 40


def test_when_everybody_waits_nobody_is_a_storm(world: World) -> None:
    for domain in ("one.example", "two.example", "three.example"):
        queue_up(world, domain, 400)
    assert told(world) == []


def test_what_only_claims_to_be_of_a_host_makes_it_no_storm(world: World) -> None:
    queue_up(world, BIG, 400, IntakeState.UNVERIFIED)
    queue_up(world, BIG, 400, IntakeState.DONE)
    assert told(world) == []


def test_a_host_that_is_turned_away_much_is_a_storm_for_some_minutes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.federation.gate.INBOX_BY_HOST", Budget("inbox-host", 1, 300))
    monkeypatch.setattr("app.federation.storms.MANY_REFUSED", 2)
    mallory = world.known("mallory", "spam.example")
    codes = [world.deliver(mallory, mallory.create(mallory.note("Hello."))).status_code for _ in range(3)]
    assert codes == [202, 429, 429]
    assert told(world) == [("spam.example", 1, 2)]
    world.services.clock.move(timedelta(minutes=11))  # type: ignore[attr-defined]
    assert told(world) == []


def test_a_forged_signature_turns_nobody_away_in_a_hosts_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.federation.gate.INBOX_BY_HOST", Budget("inbox-host", 0, 300))
    monkeypatch.setattr("app.federation.storms.MANY_REFUSED", 1)
    world.known("ana", BIG)
    thief = Remote("ana", BIG, keys(2))
    assert world.deliver(thief, thief.create(thief.note("A lie."))).status_code == 401
    forge(world, 2)
    assert told(world) == []
