"""The transparency page, for everybody, and the same figures for machines."""

from __future__ import annotations

from app.accounts.tables import Role
from moderation.values import Action
from tests.app.web.conftest import Town
from tests.app.web.test_members import decide


def test_everybody_reads_what_was_decided_this_year(town: Town) -> None:
    ana, _admin = town.member("ana"), town.member("ada", Role.ADMIN)
    town.writes(ana, "they are vermin")
    decide(town, Action.REMOVE)
    visitor = town.visitor()
    page, year = visitor.page("/transparency"), town.services.clock.now().year
    assert "Decided by people, pointed out by machines" in page and "kept for a person" in page
    told = visitor.get(f"/transparency/{year}.json").json
    assert told is not None and told["decisions"] == {"remove": 1} and told["pointed_out_by_machine"] == 1
    assert "decisions,remove,1" in visitor.get(f"/transparency/{year}.csv").text


def test_there_are_no_figures_of_the_future(town: Town) -> None:
    assert town.visitor().get("/transparency/2999.json").status_code == 404
