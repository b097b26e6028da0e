"""After something was let in that a machine had held, its author can be trusted for that, and no longer when it is ended."""

from __future__ import annotations

import pytest

from app.accounts.tables import AccountRow, Role
from app.posts.tables import PostState
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.app.web.review.test_deciding import decide

pytestmark = pytest.mark.one_database


@pytest.fixture
def released(town: Town, mo: Visitor, desk: Desk, ana: AccountRow) -> int:
    """A post of Ana's, let in a moment ago; another one of hers waits."""
    first, second = (
        town.writes(ana, "vermin, says the pest controller's van"),
        town.writes(ana, "vermin again, on his cap"),
    )
    decide(mo, desk.case_of(first).id, first.uri, "approve")
    return desk.case_of(second).id


def offer(visitor: Visitor, number: int) -> str | None:
    """Where the button leads."""
    page = visitor.page(f"/review/case/{number}")
    return page.split("data-trust", 1)[0].rsplit('action="', 1)[1].split('"')[0] if "data-trust" in page else None


def test_the_next_page_offers_it_and_what_she_writes_then_is_let_in(
    town: Town, mo: Visitor, ana: AccountRow, released: int
) -> None:
    where = offer(mo, released)
    assert where is not None
    assert "Was the machine wrong about @ana" in mo.page(f"/review/case/{released}")
    answer = mo.post(where, on=f"/review/case/{released}", case=released)
    assert answer.headers["Location"] == f"/review/case/{released}"
    page = mo.page(f"/review/case/{released}")
    assert "Trusted for" in page
    assert offer(mo, released) is None
    assert town.writes(ana, "vermin, a third time, on his boots").state is PostState.PUBLISHED


def test_it_is_ended_from_any_case_of_theirs(town: Town, mo: Visitor, ana: AccountRow, released: int) -> None:
    where = offer(mo, released) or ""
    mo.post(where, on=f"/review/case/{released}", case=released)
    mo.post("/review/trust/withdraw", on=f"/review/case/{released}", author=ana.actor.uri, label="hate", case=released)
    assert "Trusted for" not in mo.page(f"/review/case/{released}")
    assert town.writes(ana, "vermin, a third time, on his boots").state is not PostState.PUBLISHED


def test_a_reviewer_who_decides_posts_alone_is_offered_nothing(town: Town, desk: Desk, ana: AccountRow) -> None:
    town.member("rita", Role.REVIEWER)
    rita = town.visitor().sign_in("rita")
    first, second = town.writes(ana, "vermin, says the van"), town.writes(ana, "vermin again, on his cap")
    decide(rita, desk.case_of(first).id, first.uri, "approve")
    assert offer(rita, desk.case_of(second).id) is None


def test_nothing_follows_from_a_decision_that_isnt_there(mo: Visitor, released: int) -> None:
    assert mo.post("/review/decisions/9999/trust", on=f"/review/case/{released}").status_code == 404
