"""Routing: the next case is one for this moderator, and what is for nobody is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import true

from moderation.cases import claims
from moderation.cases.tables import CaseRow
from moderation.errors import ExcludedError, RefusedError
from moderation.workforce import records, routing
from moderation.workforce.records import Record
from tests.moderation.cast import HATEFUL, House

pytestmark = pytest.mark.usefixtures("house")


def reads(house: House, record: Record) -> None:
    """Somebody's record."""
    records.put(house.session, record, "lea", house.now)


def next_for(house: House, name: str) -> int | None:
    """What they are given; it is theirs from then on."""
    claim = claims.take_next(house.session, name, house.now)
    return None if claim is None else claim.case_id


def held(house: House, domain: str = "far.example", **more: str) -> int:
    """A hateful post by somebody who wrote no other."""
    count = house.later(seconds=1).second
    return house.case_of(f"{HATEFUL} {count}", house.author(f"mallory{count}", domain), **more)


def test_who_said_nothing_is_given_everything(house: House) -> None:
    case_id = held(house, language="fr")
    assert next_for(house, "ana") == case_id


def test_a_case_goes_to_who_reads_its_language(house: House) -> None:
    reads(house, Record("ana", languages=("fr",)))
    english, french = held(house), held(house, language="fr")
    assert next_for(house, "ana") == french
    assert next_for(house, "ana") is None
    assert next_for(house, "ben") == english


@pytest.mark.parametrize("record", [Record("ana", skips=("hate",)), Record("ana", skills=("spam",))])
def test_a_case_does_not_go_to_who_skips_its_label_or_only_reads_others(house: House, record: Record) -> None:
    reads(house, record)
    case_id = held(house)
    assert next_for(house, "ana") is None
    assert next_for(house, "ben") == case_id


@pytest.mark.parametrize("domain", ["far.example", "deep.far.example"])
def test_a_declared_server_and_those_below_it_are_a_conflict(house: House, domain: str) -> None:
    reads(house, Record("ana", conflict_domains=("far.example",)))
    case_id, near = held(house, domain), held(house, "notfar.example")
    assert next_for(house, "ana") == near
    assert next_for(house, "ana") is None
    assert next_for(house, "ben") == case_id


def test_a_declared_person_is_a_conflict_even_when_a_lead_assigns_the_case(house: House) -> None:
    author = house.author("cousin")
    reads(house, Record("ana", conflict_people={"@cousin@far.example": author.uri}))
    case_id = house.case_of(HATEFUL, author)
    with pytest.raises(ExcludedError):
        claims.assign(house.session, case_id, "lea", house.now, to="ana")
    assert next_for(house, "ana") is None


def test_what_is_assigned_comes_whatever_its_language(house: House) -> None:
    reads(house, Record("ana", languages=("fr",)))
    case_id = held(house)
    claims.assign(house.session, case_id, "lea", house.now, to="ana")
    assert next_for(house, "ana") == case_id


def test_after_so_many_grave_cases_lighter_ones_come_until_the_next_day(house: House) -> None:
    reads(house, Record("ana", heavy_a_day=1))
    first, second = held(house), held(house)
    assert next_for(house, "ana") in (first, second)
    assert next_for(house, "ana") is None
    light = held(house)
    house.session.get_one(CaseRow, light).label = "spam"
    house.session.flush()
    assert next_for(house, "ana") == light
    house.later(days=1)
    assert next_for(house, "ana") is not None


def test_what_the_app_knows_keeps_a_case_away(house: House) -> None:
    held(house)
    assert claims.take_next(house.session, "ana", house.now, unless=true()) is None


def test_a_case_that_goes_to_nobody_is_named(house: House) -> None:
    reads(house, Record("ana", languages=("fr",)))
    reads(house, Record("ben", skips=("hate",)))
    english, french = held(house), held(house, language="fr")
    crew = [(name, routing.suits(house.session, name, house.now)) for name in ("ana", "ben")]
    assert routing.for_nobody(house.session, crew, house.now) == [english]
    assert routing.waiting_for(house.session, *("ana", house.now, crew[0][1]), 1000) == 1
    assert sorted(routing.for_nobody(house.session, [], house.now)) == [english, french]


def test_counting_what_waits_for_somebody_stops_where_nobody_asks_for_the_number(house: House) -> None:
    for _ in range(3):
        held(house)
    suits = routing.suits(house.session, "ana", house.now)
    assert routing.waiting_for(house.session, "ana", house.now, suits, 1000) == 3
    assert routing.waiting_for(house.session, "ana", house.now, suits, 2) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"languages": ("french",)},
        {"skills": ("nonsense",)},
        {"skips": ("nonsense",)},
        {"skills": ("hate",), "skips": ("hate", "spam")},
        {"conflict_domains": ("not a domain",)},
        {"conflict_domains": tuple(f"d{number}.example" for number in range(101))},
        {"heavy_a_day": -1},
        {"hours_a_week": 81},
    ],
)
def test_a_record_that_does_not_fit_is_refused(house: House, wrong: dict[str, object]) -> None:
    with pytest.raises(RefusedError):
        records.put(house.session, replace(Record("ana"), **wrong), "ana", house.now)  # type: ignore[arg-type]
    assert records.of(house.session, "ana") == Record("ana")


def test_who_is_gone_has_no_record(house: House) -> None:
    reads(house, Record("ana", languages=("fr",)))
    records.forget(house.session, "ana")
    assert records.every(house.session) == {}
