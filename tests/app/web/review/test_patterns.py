"""Links, hashtags and names on their page: made, saved, ended, asked by who signs up, and told at a case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.accounts import signup
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.settings import Registration
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
PAGE = "/review/patterns"


def test_a_lead_makes_saves_and_ends_them_and_all_of_it_is_logged(lea: Visitor) -> None:
    assert "There is no rule about any so far" in lea.page(PAGE)
    refused = lea.post(PAGE, on=PAGE, kind="link", patterns="com")
    assert refused.status_code == 422 and "bare top-level domain" in refused.text
    assert lea.post(PAGE, on=PAGE, kind="link", patterns="a.example", until="2020-01-01").status_code == 422
    made = lea.post(PAGE, on=PAGE, kind="link", patterns="Shop.example\ncom\n", severity="reject", note="again")
    assert "1 pattern holds from now on" in made.text and "1 line is left out" in made.text
    shown = lea.page(f"{PAGE}?kind=link")
    assert "shop.example" in shown and "not let in" in shown and "again" in shown
    assert lea.get(f"{PAGE}/link.txt").text == "shop.example\n"
    assert lea.post(f"{PAGE}/1/lift", on=PAGE).status_code == 302
    lea.post(f"{PAGE}/1/lift", on=PAGE)
    assert "It doesn’t hold any more" in lea.page(PAGE)
    log = lea.page("/review/log")
    assert "Made a pattern of links" in log and "Ended a pattern of links" in log


def test_a_case_says_which_pattern_held_the_post_and_its_author_is_told_why(desk: Desk, lea: Visitor) -> None:
    lea.post(PAGE, on=PAGE, kind="hashtag", patterns="raid*", severity="hold", label="hate")
    post = desk.held("come all of you #raidtonight")
    page = lea.page(f"/review/case/{desk.case_of(post).id}")
    assert "It has the hashtag #raid*: pattern 1 of this house." in page


def test_who_signs_up_with_a_refused_name_is_told_and_with_a_held_one_waits(
    town: Town, admin: AccountRow, lea: Visitor
) -> None:
    lea.post(PAGE, on=PAGE, kind="name", patterns="*casino*", severity="reject")
    lea.post(PAGE, on=PAGE, kind="name", patterns="*promo*", severity="hold")
    services = replace(town.services, settings=replace(town.services.settings, registration=Registration.OPEN))

    def signed_up(name: str) -> AccountRow:
        return signup.sign_up(services, SignUp(name, f"{name}@mail.example", "a long enough password", agreement=True))

    with pytest.raises(InvalidError, match="can’t be used here"):
        signed_up("best_casino")
    assert signed_up("promo_queen").approved_at is None
    assert signed_up("jo").approved_at is not None
