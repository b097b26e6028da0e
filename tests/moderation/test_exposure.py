"""What is grave counts by cases and pictures, and after three at once text and what is light come first."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from moderation.cases import claims, opening
from moderation.cases.tables import CaseRow
from moderation.values import Media, Submission
from moderation.workforce import exposure
from tests.moderation.cast import HATEFUL, House

PICTURE = Media("https://far.example/cat.png", "image/png")


def held(house: House, *media: Media, text: str = HATEFUL) -> CaseRow:
    """A case of somebody's, with these pictures."""
    post: Submission = house.post(text, house.author(f"a{len(text)}-{house.later(seconds=1).timestamp()}"), media=media)
    house.admit(post)
    return house.session.scalars(select(CaseRow).where(CaseRow.uri == post.uri)).one()


def looks(house: House, case: CaseRow, *pictures: str) -> None:
    opening.note(house.session, case.id, "looked", "mo", house.now, {"step": "grey", "pictures": list(pictures)})


def counted(house: House) -> int:
    return exposure.today(house.session, "mo", exposure.heavy_labels(house.session), house.now)


def dealt(house: House) -> int | None:
    """What comes next, which whoever reads ahead would be told, too."""
    ahead = claims.next_for(house.session, "mo", house.now)
    claim = claims.take_next(house.session, "mo", house.now)
    assert (claim.case_id if claim else None) == ahead
    return ahead


def test_a_picture_counts_once_for_who_looked_at_it_whatever_case_shows_it(house: House) -> None:
    first, second = held(house, PICTURE), held(house, PICTURE, text=f"{HATEFUL} again")
    claims.take(house.session, first.id, "mo", house.now)
    assert counted(house) == 1, "a case that was taken counts by itself"
    looks(house, first, "cat", "dog")
    looks(house, first, "cat")
    assert counted(house) == 2, "its pictures count instead"
    looks(house, second, "cat")
    assert counted(house) == 2
    claims.take(house.session, second.id, "mo", house.now)
    assert counted(house) == 3


def test_looks_at_what_isnt_grave_count_nothing(house: House) -> None:
    case = held(house, PICTURE)
    case.label = "spam"
    house.session.flush()
    looks(house, case, "cat")
    assert counted(house) == 0


def test_after_three_at_once_text_comes_first_for_a_while(house: House) -> None:
    for number in range(3):
        case = held(house, PICTURE, text=f"{HATEFUL} {'x' * number}")
        assert case.has_pictures
        claims.take(house.session, case.id, "mo", house.now)
        looks(house, case, f"picture{number}")
        claims.escalate(house.session, case.id, "mo", house.now)
    gory = held(house, PICTURE, text=f"{HATEFUL}, the fourth")
    text = held(house, text=f"{HATEFUL}, in words")
    gory.rank, text.rank = text.rank + 5, text.rank
    house.session.flush()
    assert exposure.rests_until(house.session, "mo", house.now) is not None
    assert dealt(house) == text.id
    claims.escalate(house.session, text.id, "mo", house.now)
    assert dealt(house) == gory.id, "where nothing else waits, nobody is sent home"
    claims.release(house.session, gory.id, "mo", house.now)
    other = held(house, text=f"{HATEFUL}, in more words")
    other.rank = gory.rank - 1
    house.later(minutes=31)
    assert exposure.rests_until(house.session, "mo", house.now) is None
    assert dealt(house) == gory.id


def test_three_in_an_hour_are_no_burst(house: House) -> None:
    for number in range(3):
        case = held(house, PICTURE, text=f"{HATEFUL} {'x' * number}")
        claims.take(house.session, case.id, "mo", house.now)
        claims.release(house.session, case.id, "mo", house.now)
        house.later(minutes=14)
    assert exposure.rests_until(house.session, "mo", house.now - timedelta(minutes=14)) is None
