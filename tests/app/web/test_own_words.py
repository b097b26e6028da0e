"""A statement has the words that it is about, for who wrote them and for nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from app.accounts.tables import AccountRow
from app.posts.tables import PostRow
from moderation.cases.tables import DecisionRow
from moderation.evidence.tables import SnapshotRow
from moderation.values import Action
from tests.app.web.conftest import Town
from tests.app.web.test_members import decide

pytestmark = pytest.mark.one_database
WORDS = "they are vermin, <all> of them"


def removed(town: Town) -> int:
    """The decision's number."""
    decide(town, Action.REMOVE)
    with town.services.db.read() as session:
        return session.scalars(select(DecisionRow.id)).one()


def test_what_was_removed_is_read_by_its_author_on_the_decisions_page(
    town: Town, ana: AccountRow, ben: AccountRow
) -> None:
    town.writes(ana, WORDS, warning="About neighbours")
    number = removed(town)
    hers = town.at_home(ana)
    page = hers.get(f"/decisions/{number}").text
    assert (
        "they are vermin, &lt;all&gt; of them" in page and "neighbours they" not in page and "About neighbours" in page
    )
    assert WORDS in hers.page(f"/decisions/{number}/contest"), "and where it is contested"
    for other in (town.at_home(ben), town.visitor()):
        assert "vermin" not in other.get(f"/decisions/{number}").text


def test_what_is_not_kept_any_more_is_not_there(town: Town, ana: AccountRow) -> None:
    town.writes(ana, WORDS)
    number = removed(town)
    with town.services.db.write() as session:
        session.execute(delete(SnapshotRow))
        session.execute(update(PostRow).values(deleted_at=town.services.clock.now()))
    page = town.at_home(ana).page(f"/decisions/{number}")
    assert "vermin" not in page and "What you wrote" not in page
