"""A candidate of each model looks at what came through the door, and its page says where it differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.learning import shadowing
from app.services import Services
from models import waves
from moderation.cases import decisions
from moderation.cases.values import DecisionRequest
from moderation.checks import sending
from moderation.learning import trainings
from moderation.learning.tables import ShadowRow
from moderation.learning.values import Example, ModelKind
from moderation.values import Action, Media
from tests.app.learning.test_other_models import candidate, example, talked
from tests.app.web.conftest import Town, Visitor, town
from tests.app.web.review.conftest import lea, mo
from tests.moderation.cast import HATEFUL, House, Scores, TwinModel, strangers

__all__ = ["lea", "mo", "town"]


class Unsure(TwinModel):
    """One half for hate where a text says perhaps."""

    def score(self, texts: Sequence[str], languages: Sequence[str | None]) -> list[Scores]:
        return [
            replace(found, scores=dict(found.scores) | {"hate": 0.5}) if "perhaps" in text else found
            for text, found in zip(texts, super().score(texts, languages), strict=True)
        ]


def at_the_door(services: Services, happens: Callable[[House], None]) -> None:
    """Something comes through the door of this server's database."""
    with services.db.write() as session:
        house = House(session, Unsure())
        house.now = services.clock.now()
        happens(house)


def looked(services: Services, version: str) -> ShadowRow:
    """What the candidate said, after the worker came by."""
    while shadowing.work(services, 100):
        pass
    with services.db.read() as session:
        row = session.get(ShadowRow, version)
        assert row is not None
        return row


def page(services: Services, who: Visitor, version: str) -> str:
    with services.db.read() as session:
        number = trainings.of_version(session, version).id
    return who.page(f"/review/model/{number}")


def harmless_waves(count: int) -> list[Example]:
    """People let be what the shipped model takes for a wave, and called what is ordinary spam."""
    life, wave = waves.ordinary(count, 5), waves.wave("mention_images", count, 5)
    return [
        example(
            number,
            {sending.FACT: sending.packed((wave if number % 2 else life)[number].facts)},
            {"spam": float(number % 2 == 0)},
        )
        for number in range(count)
    ]


def send_wave(house: House) -> None:
    """As in February 2024, from an account some minutes old; then something ordinary."""
    house.one("Somebody has been here for a while.", house.author("ana"))
    house.later(days=9)
    author = house.author("q7x2kd9p1v", made_at=house.now - timedelta(minutes=40))
    for number in range(6):
        picture = (Media(f"https://far.example/{number}.png", "image/png"),)
        house.admit(house.post("hi", author, mentions=strangers(3), media=picture))
        house.later(minutes=1)
    house.one("The trams are late, and the bread is good.", house.author("ana"))


def test_where_the_behaviour_model_would_hold_and_its_candidate_would_not_stands_on_the_page(
    town: Town, lea: Visitor
) -> None:
    services = town.services
    version = candidate(services, ModelKind.BEHAVIOUR, harmless_waves(1200))
    assert looked(services, version).looked_at == 0
    at_the_door(services, send_wave)
    row = looked(services, version)
    assert row.looked_at == 7  # before the house knew anybody, nothing was kept of how things are sent
    assert row.counts["spam"]["current"] >= 1
    first: dict[str, Any] = row.differing[0]
    assert first["current"] > first["candidate"]
    shown = page(services, lea, version)
    assert "Posts about which they differ" in shown and first["uri"] in shown
    assert f"{first['current']:.2f} → {first['candidate']:.2f}" in shown


def test_where_only_the_context_candidate_would_say_something_stands_on_the_page(town: Town, lea: Visitor) -> None:
    services = town.services
    version = candidate(services, ModelKind.CONTEXT, talked(400))
    assert looked(services, version).looked_at == 0

    def happens(house: House) -> None:
        for number in range(4):
            case_id = house.case_of(f"{HATEFUL} {number}", house.author("mallory"))
            decisions.decide(house.session, case_id, DecisionRequest(Action.REMOVE, rule_id="1"), "mo", house.now)
        house.later(minutes=5)
        house.one("this is perhaps meant well", house.author("mallory"))

    at_the_door(services, happens)
    row = looked(services, version)
    assert row.looked_at == 5
    (differing,) = [each for each in row.differing if each["current"] == 0.5]
    assert differing["label"] == "hate" and differing["candidate"] > 2 / 3
    assert row.counts["hate"]["candidate"] >= 1 and "current" not in row.counts["hate"]
    shown = page(services, lea, version)
    assert "only this version would say something" in shown and differing["uri"] in shown
