"""The house: its domain for good, its rules, what it says of itself, how many it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.accounts import instance_actor
from app.accounts.tables import ActorKind, ActorRow
from app.errors import InvalidError, NotFoundError
from app.instance import countries, counts, house, rules, start
from app.instance.first_rules import RuleText
from app.instance.tables import RuleRow
from app.services import Services
from app.settings import SettingsError
from tests.app import people


def test_a_start_with_another_domain_is_refused(services: Services) -> None:
    start.prepare(services)
    start.prepare(services)
    moved = replace(services, settings=replace(services.settings, domain="other.example"))
    with pytest.raises(SettingsError, match=r"ostiary\.example") as raised:
        start.prepare(moved)
    assert "\n" not in str(raised.value)


def test_a_new_house_has_its_actor_once(services: Services) -> None:
    start.prepare(services)
    first, second = instance_actor.instance_actor(services), instance_actor.instance_actor(services)
    assert first.id == second.id and first.kind is ActorKind.APPLICATION
    assert (first.username, first.uri) == ("ostiary.example", "https://ostiary.example/actor")
    with services.db.read() as session:
        assert len(session.scalars(select(ActorRow)).all()) == 1


def test_a_new_house_has_six_rules_in_both_languages(services: Services) -> None:
    start.prepare(services)
    start.prepare(services)
    with services.db.read() as session:
        found = rules.rules(session)
    assert [row.position for row in found] == [1, 2, 3, 4, 5, 6]
    assert all(row.text_en and row.text_fr and row.text_en != row.text_fr for row in found)


def test_a_retired_rule_is_gone_from_the_list_but_can_still_be_named(services: Services) -> None:
    row = rules.add(services, RuleText("Be brief.", "Soyez brefs."))
    rules.retire(services, row.id)
    with services.db.read() as session:
        assert rules.rules(session) == []
        assert rules.text_of(session, str(row.id), "fr") == "Soyez brefs."
        assert rules.text_of(session, "nonsense", "fr") is None
    with pytest.raises(NotFoundError):
        rules.change(services, row.id, RuleText("a", "b"))
    start.prepare(services)
    with services.db.read() as session:
        assert len(session.scalars(select(RuleRow)).all()) == 1


def test_a_rule_needs_both_languages(services: Services) -> None:
    with pytest.raises(InvalidError):
        rules.add(services, RuleText("Be brief.", " "))
    row = rules.add(services, RuleText("Be brief.", "Soyez brefs."))
    assert rules.change(services, row.id, RuleText("Be short.", "Soyez courts.")).text_en == "Be short."


def test_the_house_is_named_after_its_domain_until_it_has_a_title(services: Services) -> None:
    with services.db.read() as session:
        assert house.house(session, services.settings).title == "ostiary.example"
    told = house.change(services, title="The Bakery", contact_email="Boss@Mail.Example")
    assert (told.title, told.contact_email) == ("The Bakery", "Boss@mail.example")


@pytest.mark.parametrize("news", [{"title": "x" * 101}, {"unknown": "x"}, {"contact_email": "nobody"}])
def test_what_the_house_cannot_say_is_refused(services: Services, news: dict[str, str]) -> None:
    with pytest.raises(InvalidError):
        house.change(services, **news)


def test_counts_are_kept_for_a_while(services: Services) -> None:
    ana = people.member(services, "ana")
    people.post(services, ana.actor)
    people.post(services, people.remote(services, "far"))
    first = counts.counts(services)
    assert (first.members, first.posts) == (1, 1)
    people.post(services, ana.actor)
    assert counts.counts(services).posts == 1
    services.redis.flushall()
    assert counts.counts(services).posts == 2


def test_a_house_stands_in_any_country_and_finds_it_by_its_name(services: Services) -> None:
    for code in ("NO", "IS", "JP", "BR", "AU"):
        assert house.change(services, country=code).country == code
    with pytest.raises(InvalidError):
        house.change(services, country="EU")
    french = [name for _code, name in countries.listed("fr")]
    assert french.index("Égypte") < french.index("Espagne") < french.index("Norvège")
