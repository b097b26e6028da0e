"""The near-duplicates in memory answer what the rows answer, and nothing until they know all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from moderation.duplicates import index, memory
from moderation.duplicates.memory import RecentPosts
from moderation.duplicates.simhash import fingerprints
from moderation.duplicates.tables import FingerprintRow
from moderation.values import Visibility
from tests.moderation.cast import ALIKE, House

TEXT = "the harbour is closed today because of the storm, the ferry will not leave before the evening number {}"


def write(house: House, count: int, text: str = TEXT) -> None:
    house.admit(*(house.post(text.format(n), house.author(f"m{n}")) for n in range(count)))


def found(house: House, front: RecentPosts, text: str) -> set[str] | None:
    (print_,) = fingerprints([text])
    known = front.candidates(house.session, [print_.simhash], house.now - timedelta(hours=24))
    return None if known is None else {each.uri for each in known}


def rows_say(house: House, text: str) -> set[str]:
    (print_,) = fingerprints([text])
    near = index.neighbours(house.session, [print_], house.now, 24.0)
    return {each.uri for each in near if (each.simhash ^ print_.simhash).bit_count() <= memory.FARTHEST}


@pytest.mark.parametrize(("fresh", "segment"), [(8192, 131_072), (2, 6), (1, 1)])
def test_it_finds_what_the_rows_find_however_they_are_stored(
    house: House, monkeypatch: pytest.MonkeyPatch, fresh: int, segment: int
) -> None:
    monkeypatch.setattr(memory, "FRESH", fresh)
    front = RecentPosts(segment=segment)
    for _ in range(5):
        write(house, 1)
        for text in (TEXT.format(1), "something else that is long enough to be compared with others here"):
            assert found(house, front, text) == rows_say(house, text)
        house.later(minutes=1)
    assert len(front) == 5 and len(rows_say(house, TEXT.format(1))) == 5


def test_it_says_nothing_until_it_knows_all(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "AT_ONCE", 2)
    write(house, 5)
    front = RecentPosts()
    answers = [found(house, front, TEXT.format(1)) for _ in range(4)]
    assert answers[:2] == [None, None] and answers[-1] == rows_say(house, TEXT.format(1))


def test_what_the_rows_took_back_is_not_told(house: House) -> None:
    front = RecentPosts()
    write(house, 4)
    before = found(house, front, TEXT.format(1))
    assert before is not None and len(before) == 4
    rows = list(house.session.scalars(select(FingerprintRow.id).order_by(FingerprintRow.id)))
    house.session.execute(delete(FingerprintRow).where(FingerprintRow.id == rows[0]))
    house.session.execute(update(FingerprintRow).where(FingerprintRow.id == rows[1]).values(cluster_id=1))
    house.session.execute(update(FingerprintRow).where(FingerprintRow.id == rows[2]).values(private=True))
    after = found(house, front, TEXT.format(1))
    assert after is not None and len(after) == 1


def test_old_posts_go_and_memory_is_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "FRESH", 2)
    front = RecentPosts(most=6, segment=4)
    for _ in range(6):
        write(house, 3)
        found(house, front, TEXT.format(1))
        house.later(minutes=1)
    assert len(front) <= 8
    house.later(days=2)
    write(house, 3)
    assert found(house, front, TEXT.format(1)) == rows_say(house, TEXT.format(1))
    assert len(front) <= 4


def test_private_posts_are_never_in_it(house: House) -> None:
    front = RecentPosts()
    house.admit(house.post(TEXT.format(1), visibility=Visibility.FOLLOWERS))
    assert found(house, front, TEXT.format(1)) == set() and len(front) == 0


def test_a_wave_is_noticed_through_it_as_through_the_rows(house: House) -> None:
    posts = [house.post(ALIKE.format(n), house.author(f"a{n}")) for n in range(8)]
    plain = [each.outcome for each in house.judge(*posts)]
    house.tools = replace(house.tools, bands=RecentPosts())
    assert [each.outcome for each in house.judge(*posts)] == plain
    house.admit(*posts[:5])
    after = house.judge(
        house.post(ALIKE.format(99), house.author("z1")), house.post(ALIKE.format(98), house.author("z2"))
    )
    house.tools = replace(house.tools, bands=None)
    again = house.judge(
        house.post(ALIKE.format(99), house.author("z1")), house.post(ALIKE.format(98), house.author("z2"))
    )
    assert [each.outcome for each in after] == [each.outcome for each in again]
