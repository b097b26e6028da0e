"""The queue of sign-ups: what helps to see who somebody is, several turned down together, and what is out."""

from __future__ import annotations

import re

import pytest

from app.accounts import addresses, signup
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow
from app.barring import breakers
from moderation import alarms
from tests.app.web.conftest import Town, Visitor

pytestmark = pytest.mark.one_database
PAGE = "/review/signups"
REASON = "I repair copper kettles and write about the harbour, number {}"


def applies(town: Town, name: str, reason: str = "", domain: str = "mail.example", address: str = "") -> AccountRow:
    form = SignUp(name, f"{name}@{domain}", "a long enough password", reason=reason, agreement=True, address=address)
    return signup.sign_up(town.services, form)


def card(page: str, account: AccountRow) -> str:
    return page.split(f'id="signup-{account.id}"')[1].split("</article>", maxsplit=1)[0]


def test_each_has_what_helps_and_no_address_is_shown(town: Town, admin: AccountRow, mo: Visitor) -> None:
    bad = town.member("mallory")
    with town.services.db.write() as session:
        addresses.note(session, town.services, bad.id, "198.51.100.7")
        session.get_one(AccountRow, bad.id).disabled_at = town.services.clock.now()
    jo = applies(town, "jo", REASON.format(1), "mailinator.com", "198.51.100.7")
    kim = applies(town, "kim", REASON.format(2))
    lou = applies(town, "lou", "you are vermin and all of you should go away")
    max1, max2 = applies(town, "max_1"), applies(town, "max_2")
    page = mo.page(PAGE)
    assert "throw-away address" in card(page, jo) and "@mallory" in card(page, jo) and "locked" in card(page, jo)
    assert "@kim" in card(page, jo) and "@jo" in card(page, kim)
    assert "perhaps" in card(page, lou) and "look closer" in card(page, lou)
    assert "@max_2" in card(page, max1) and "@max_1" in card(page, max2)
    assert "198.51.100.7" not in page and "jo@mailinator.com" not in page


def test_several_are_turned_down_together_and_who_was_let_in_meanwhile_stays(
    town: Town, admin: AccountRow, mo: Visitor
) -> None:
    one, two, three = (applies(town, name) for name in ("one_x", "two_y", "tre_z"))
    signup.approve(town.services, two.id, "ada")
    answer = mo.post(f"{PAGE}/turn-down-chosen", on=PAGE, chosen=[str(one.id), str(two.id), str(three.id), "7", "x"])
    assert answer.status_code == 302
    assert "2 were turned down" in mo.page(PAGE)
    with town.services.db.read() as session:
        assert [session.get(AccountRow, each.id) is None for each in (one, two, three)] == [True, False, True]


def test_what_is_out_stands_there_and_on_the_overview_until_somebody_says_that_it_is_over(
    town: Town, admin: AccountRow, mo: Visitor
) -> None:
    with town.services.db.write() as session:
        alarms.raise_(session, breakers.SIGN_UPS, town.services.clock.now(), {"count": 30})
    assert "Many sign up at once" in mo.page("/review/start")
    assert "Many sign up at once" in mo.page(PAGE)
    mo.post(f"{PAGE}/breakers/{breakers.SIGN_UPS}/over", on=PAGE)
    assert "Many sign up at once" not in mo.page(PAGE)
    assert mo.post(f"{PAGE}/breakers/else/over", on=PAGE).status_code == 404


def test_a_lead_sets_when_they_go_out(town: Town, admin: AccountRow, lea: Visitor) -> None:
    page = "/review/policy"
    shown = lea.page(page)
    assert 'name="breakers_sign_ups"' in shown and 'value="30"' in shown
    fields = {"version": "1", "breakers_sign_ups": "12", "disposable": "refuse"}
    preview = lea.post(f"{page}/preview", on=page, **_as_shown(shown) | fields)
    assert "Sign-ups, so many" in preview.text and "throw-away addresses: refuse" in preview.text


def _as_shown(page: str) -> dict[str, str]:
    """The fields of the policy's form as they stand there."""
    found = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1].startswith(("hold_", "limit_", "label_")):
            found[name[1]] = value[1] if value else ""
    return found
