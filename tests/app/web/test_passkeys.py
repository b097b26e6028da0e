"""Passkeys as people meet them: added, used after the password, and removed; and what isn't good."""

from __future__ import annotations

import html
import json
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.accounts.factors import ceremonies, enrol, passkeys, verify
from app.accounts.factors.passkey_values import CeremonyError, Place
from app.accounts.tables import AccountRow, Role
from app.errors import ForbiddenError
from app.lifecycle import leaving
from tests.app.people import PASSWORD
from tests.app.web.conftest import Town, Visitor
from tests.app.web.test_second_factor import PAGE, enrolled, give_password
from tests.support.authenticator import Authenticator

HERE = Place("ostiary.example", "ostiary.example", "https://ostiary.example")


def options(page: str) -> str:
    """What the browser is asked for."""
    found = re.search(r'data-options="([^"]+)"', page)
    assert found, page
    return html.unescape(found[1])


def adds(home: Visitor, device: Authenticator, name: str = "My phone", password: str = PASSWORD) -> TestResponse:
    """A member adds a passkey."""
    asked = home.post(f"{PAGE}/passkeys", on=PAGE, name=name, password=password)
    if asked.status_code != 200:
        return asked
    answer = device.makes(options(asked.text))
    return home.post(f"{PAGE}/passkeys/made", on=PAGE, name=name, answer=answer)


def uses(visitor: Visitor, device: Authenticator) -> TestResponse:
    """Name and password are given; now the passkey."""
    asked = options(visitor.get("/sign-in/code").text)
    return visitor.post("/sign-in/passkey", on="/sign-in/code", answer=device.uses(asked))


def codes_of(page: TestResponse) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<li><code>([a-z2-7-]+)</code>", page.text)


@pytest.fixture
def ana(town: Town) -> AccountRow:
    return town.member("ana")


def test_a_passkey_is_a_second_factor_by_itself(town: Town, ana: AccountRow) -> None:
    home, device = town.at_home(ana), Authenticator()
    assert len(codes_of(adds(home, device))) == 10
    page = home.get(PAGE).text
    assert "My phone" in page and "Signing in takes your password and a passkey." in page
    visitor = town.visitor()
    assert give_password(visitor, wanted="/notifications").endswith("/sign-in/code")
    assert "/sign-in" in visitor.get("/home").headers["Location"], "half way in is not in"
    done = uses(visitor, device)
    assert done.status_code == 302 and done.headers["Location"].endswith("/notifications")
    assert visitor.get("/home").status_code == 200 and "last used" in home.get(PAGE).text


def test_it_stands_beside_the_codes_and_either_lets_in(town: Town, ana: AccountRow) -> None:
    home, device = town.at_home(ana), Authenticator()
    _, recovery = enrolled(town, ana)
    assert codes_of(adds(home, device)) == [], "there are recovery codes already, and they stay good"
    visitor, other = town.visitor(), town.visitor()
    give_password(visitor)
    assert uses(visitor, device).status_code == 302
    give_password(other)
    assert other.post("/sign-in/code", code=recovery[0]).status_code == 302


def test_without_it_a_recovery_code_lets_in_once(town: Town, ana: AccountRow) -> None:
    fresh = codes_of(adds(town.at_home(ana), Authenticator()))
    for status in (302, 403):
        visitor = town.visitor()
        give_password(visitor)
        assert visitor.post("/sign-in/code", code=fresh[0]).status_code == status


def test_whoever_sits_down_at_an_open_browser_adds_and_removes_nothing(town: Town, ana: AccountRow) -> None:
    home, device = town.at_home(ana), Authenticator()
    assert adds(home, device, password="guessed").status_code == 403
    adds(home, device)
    with town.services.db.read() as session:
        (row,) = passkeys.listed(session, ana.id)
    assert home.post(f"{PAGE}/passkeys/{row.id}/remove", on=PAGE, password="guessed").status_code == 403
    assert home.post(f"{PAGE}/passkeys/{row.id}/remove", on=PAGE, password=PASSWORD).status_code == 403
    ben = town.at_home(town.member("ben"))
    assert ben.post(f"{PAGE}/passkeys/{row.id}/remove", on=PAGE, password=PASSWORD).status_code == 404


def test_one_of_two_is_removed_with_the_password_and_the_last_with_a_recovery_code(town: Town, ana: AccountRow) -> None:
    home, phone, stick = town.at_home(ana), Authenticator(), Authenticator()
    fresh = codes_of(adds(home, phone))
    adds(home, stick, "A stick")
    with town.services.db.read() as session:
        first, second = passkeys.listed(session, ana.id)
    assert home.post(f"{PAGE}/passkeys/{first.id}/remove", on=PAGE, password=PASSWORD).status_code == 302
    visitor = town.visitor()
    give_password(visitor)
    assert uses(visitor, phone).status_code == 403
    gone = home.post(f"{PAGE}/passkeys/{second.id}/remove", on=PAGE, password=PASSWORD, code=fresh[0])
    assert gone.status_code == 302 and give_password(town.visitor()).endswith("/home")
    with town.services.db.read() as session:
        assert enrol.standing(session, ana.id).codes_left == 0


def test_who_moderates_reaches_the_review_with_one_and_not_without(town: Town) -> None:
    moira = town.member("moira", Role.MODERATOR)
    with town.services.db.write() as session:
        session.get_one(AccountRow, moira.id).second_factor_at = None
    home = town.at_home(moira)
    assert home.get("/review").headers["Location"].endswith(PAGE)
    fresh = codes_of(adds(home, Authenticator()))
    assert home.get("/review").status_code == 200
    with town.services.db.read() as session:
        (row,) = passkeys.listed(session, moira.id)
    home.post(f"{PAGE}/passkeys/{row.id}/remove", on=PAGE, password=PASSWORD, code=fresh[0])
    assert home.get("/review").headers["Location"].endswith(PAGE)


def test_turning_the_codes_off_leaves_the_passkey(town: Town, ana: AccountRow) -> None:
    home, device = town.at_home(ana), Authenticator()
    _, recovery = enrolled(town, ana)
    adds(home, device)
    assert home.post(f"{PAGE}/off", on=PAGE, password=PASSWORD, code=recovery[0]).status_code == 302
    visitor = town.visitor()
    assert give_password(visitor).endswith("/sign-in/code") and uses(visitor, device).status_code == 302


def test_an_answer_is_good_once_and_for_a_short_time(town: Town, ana: AccountRow) -> None:
    device, services = Authenticator(), town.services
    adds(town.at_home(ana), device)
    asked = passkeys.ask_to_use(services, ana.id)
    assert asked is not None
    answer = device.uses(asked)
    passkeys.check(services, ana.id, answer)
    with pytest.raises(ForbiddenError):
        passkeys.check(services, ana.id, answer)
    late = device.uses(passkeys.ask_to_use(services, ana.id) or "")
    services.redis.flushdb()
    with pytest.raises(ForbiddenError):
        passkeys.check(services, ana.id, late)


def test_a_copy_whose_count_stands_still_is_refused(town: Town, ana: AccountRow) -> None:
    home, device = town.at_home(ana), Authenticator()
    adds(home, device)
    for expected in (302, 403):
        visitor = town.visitor()
        give_password(visitor)
        assert uses(visitor, device).status_code == expected
        device.count -= 1


@pytest.mark.parametrize(
    "device",
    [Authenticator(origin="https://ostiary.example.evil.example"), Authenticator(host="evil.example")],
    ids=["from elsewhere", "for elsewhere"],
)
def test_what_was_made_elsewhere_is_not_taken(town: Town, ana: AccountRow, device: Authenticator) -> None:
    answer = adds(town.at_home(ana), device)
    assert answer.status_code == 403 and "isn’t good here" in answer.text
    with town.services.db.read() as session:
        assert not verify.is_asked(session, ana.id)


def test_another_s_passkey_lets_nobody_in(town: Town, ana: AccountRow) -> None:
    mine, theirs = Authenticator(), Authenticator()
    adds(town.at_home(ana), mine)
    adds(town.at_home(town.member("ben")), theirs)
    visitor = town.visitor()
    give_password(visitor)
    assert uses(visitor, theirs).status_code == 403
    theirs.credential_id = mine.credential_id
    assert uses(visitor, theirs).status_code == 403, "the right name, and another's key"
    assert uses(visitor, mine).status_code == 302


def test_an_account_has_so_many_and_each_device_one(town: Town, ana: AccountRow) -> None:
    home, device = town.at_home(ana), Authenticator()
    adds(home, device)
    assert adds(home, device).status_code == 409
    for number in range(passkeys.MOST - 1):
        town.services.redis.flushdb()
        assert adds(home, Authenticator(), f"Key {number}").status_code == 302
    assert adds(home, Authenticator()).status_code == 409


def test_trying_is_bounded(town: Town, ana: AccountRow) -> None:
    adds(town.at_home(ana), Authenticator())
    visitor = town.visitor()
    give_password(visitor)
    stranger = Authenticator()
    assert [uses(visitor, stranger).status_code for _ in range(12)][-1] == 429


def test_whoever_leaves_leaves_no_passkey(town: Town, ana: AccountRow) -> None:
    adds(town.at_home(ana), Authenticator())
    leaving.remove(town.services, ana.id, by="tests")
    with town.services.db.read() as session:
        assert passkeys.listed(session, ana.id) == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["public-key", "none", "AAAA"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "rawId",
                    "type",
                    "response",
                    "clientDataJSON",
                    "attestationObject",
                    "authenticatorData",
                    "signature",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)


@given(answer=ANYTHING.map(lambda value: json.dumps(value)) | st.text(max_size=60), bent=st.integers(0, 400))
def test_whatever_a_browser_says_is_good_or_refused(answer: str, bent: int) -> None:
    asked = ceremonies.ask_to_make(HERE, 1, "ana", [])
    state = json.loads(asked.state)
    with pytest.raises(CeremonyError):
        ceremonies.made(HERE, state, answer)
    with pytest.raises(CeremonyError):
        ceremonies.used(HERE, state, [], answer)
    good = Authenticator().makes(asked.options)
    changed = good[: bent % len(good)] + "A" + good[bent % len(good) + 1 :]
    with suppress(CeremonyError):
        ceremonies.made(HERE, state, changed)
