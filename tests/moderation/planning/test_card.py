"""Which version's figures the planner borrows."""

from __future__ import annotations

from models import registry
from moderation.learning import uses
from moderation.planning import card
from tests.moderation.cast import House
from tests.moderation.learning.test_uses import settled


def older() -> registry.Version:
    return next(each for each in registry.versions() if not each.current)


def test_the_figures_are_those_of_the_shipped_version_that_judges(house: House) -> None:
    assert card.in_use(house.session) == registry.current()
    uses.put_shipped(house.session, "lea", house.now, older().name, older().digest())
    found = card.in_use(house.session)
    assert found == older()
    lines = {name: each.hold for name, each in card.figures(found).items()}
    assert lines == {name: each.hold for name, each in older().manifest().lines.items()}
    assert lines != {name: each.hold for name, each in card.figures(registry.current()).items()}


def test_of_a_servers_own_version_they_are_those_of_what_it_corrects(house: House) -> None:
    settled(house, "local-a", base=older().name)
    uses.promote(house.session, "local-a", "lea", house.now)
    assert card.in_use(house.session) == older()


def test_of_a_version_that_is_not_here_there_are_none(house: House) -> None:
    uses.put_shipped(house.session, "lea", house.now, "text-none", "digest")
    assert card.in_use(house.session) is None
    assert card.figures(None) == {}
