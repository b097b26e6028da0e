"""Names that would pass for the house, in any alphabet; and names that only look a little so."""

from __future__ import annotations

import pytest

from app.accounts.imitating import imitates
from app.accounts.tables import ActorRow
from app.push import wording

OURS = ("bread.example", "The Bakers’ House")


@pytest.mark.parametrize(
    "name",
    ["The Moderators", "Мoderator", "M0DERATORS", "Équipe de modération", "mod team", "🛡 Staff 🛡", "ADMIN", "The Bakers’ House", "bread.example support"],
)  # fmt: skip
def test_a_name_that_passes_for_the_house(name: str) -> None:
    assert imitates(name, OURS)


@pytest.mark.parametrize("name", ["Alice", "modern art", "Adam In", "Bread", "A baker", "Marmoset", ""])
def test_a_name_that_does_not(name: str) -> None:
    assert not imitates(name, OURS)


def test_a_lock_screen_tells_who_passes_for_us_by_their_handle() -> None:
    villain = ActorRow(username="mods", domain="far.example", local=False, display_name="The Moderators")
    assert wording.name(villain, OURS) == "@mods@far.example"
    friend = ActorRow(username="ana", domain="bread.example", local=True, display_name="Ana")
    assert wording.name(friend, OURS) == "Ana"
    nameless = ActorRow(username="moderators", domain="far.example", local=False, display_name="")
    assert wording.name(nameless, OURS) == "@moderators@far.example", "never as one of ours"
