"""The second factor as people meet it: set up in the settings, asked for at sign-in, needed by who moderates."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.factors import codes, enrol
from app.accounts.factors.tables import RecoveryCodeRow, SecondFactorRow
from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.lifecycle import leaving
from app.services import Services
from tests.app.people import PASSWORD
from tests.app.web.conftest import Town, Visitor

PAGE = "/settings/second-factor"


def now_code(services: Services, secret: bytes) -> str:
    return codes.code_of(secret, int(services.clock.now().timestamp()) // codes.STEP_SECONDS)


def wait(services: Services, seconds: int = 30) -> None:
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(seconds=seconds))


def enrolled(town: Town, account: AccountRow) -> tuple[bytes, list[str]]:
    secret = enrol.begin(town.services, account.id)
    fresh = enrol.confirm(town.services, account.id, now_code(town.services, secret))
    wait(town.services)
    return secret, fresh


def give_password(visitor: Visitor, name: str = "ana", wanted: str = "/home") -> str:
    """Name and password; where that leads."""
    answer = visitor.post("/sign-in", name=name, password=PASSWORD, next=wanted)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


@pytest.fixture
def ana(town: Town) -> AccountRow:
    return town.member("ana")


def test_a_member_sets_it_up_and_is_shown_the_recovery_codes_once(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    page = home.post(f"{PAGE}/begin", on=PAGE).get_data(as_text=True)
    key = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    assert key is not None and "<svg" in page and "otpauth://totp/" in page
    secret = enrol.begin(town.services, ana.id)
    assert key[1].replace(" ", "") == codes.key_text(secret)
    wrong = home.post(f"{PAGE}/confirm", on=PAGE, code="000000")
    assert wrong.status_code == 403 and key[1] in wrong.get_data(as_text=True)
    done = home.post(f"{PAGE}/confirm", on=PAGE, code=now_code(town.services, secret))
    shown = re.findall(r"<li><code>([a-z2-7-]+)</code>", done.get_data(as_text=True))
    assert len(shown) == 10 and done.headers["Cache-Control"] == "no-store"
    later = home.get(PAGE).get_data(as_text=True)
    assert shown[0] not in later and key[1] not in later
    assert home.post(f"{PAGE}/begin", on=PAGE).status_code == 302, "a secret that is in use is never shown again"
    with town.services.db.read() as session:
        row = session.get_one(SecondFactorRow, ana.id)
        hashes = session.scalars(select(RecoveryCodeRow.code_hash)).all()
    assert codes.key_text(secret) not in row.secret and not set(shown) & set(hashes)


def test_signing_in_takes_the_code_and_one_is_good_once(town: Town, ana: AccountRow) -> None:
    secret, _ = enrolled(town, ana)
    visitor = town.visitor()
    assert give_password(visitor, wanted="/notifications").endswith("/sign-in/code")
    assert "/sign-in" in visitor.get("/home").headers["Location"], "half way in is not in"
    code = now_code(town.services, secret)
    wrong = visitor.post("/sign-in/code", code="123456" if code != "123456" else "654321")
    assert wrong.status_code == 403
    right = visitor.post("/sign-in/code", code=code)
    assert right.status_code == 302 and right.headers["Location"].endswith("/notifications")
    assert visitor.get("/home").status_code == 200
    other = town.visitor()
    give_password(other)
    assert other.post("/sign-in/code", code=code).status_code == 403, "a code that somebody saw being typed"
    wait(town.services)
    assert other.post("/sign-in/code", code=now_code(town.services, secret)).status_code == 302


def test_without_the_phone_a_recovery_code_lets_in_once(town: Town, ana: AccountRow) -> None:
    _, fresh = enrolled(town, ana)
    for status in (302, 403):
        visitor = town.visitor()
        give_password(visitor)
        assert visitor.post("/sign-in/code", code=fresh[3].upper().replace("-", " ")).status_code == status


def test_the_way_between_password_and_code_is_short(town: Town, ana: AccountRow) -> None:
    secret, _ = enrolled(town, ana)
    visitor = town.visitor()
    give_password(visitor)
    wait(town.services, 601)
    answer = visitor.post("/sign-in/code", on="/sign-in", code=now_code(town.services, secret))
    assert answer.headers["Location"].endswith("/sign-in") and visitor.get("/home").status_code == 302
    assert town.visitor().get("/sign-in/code").status_code == 302


def test_guessing_codes_is_bounded(town: Town, ana: AccountRow) -> None:
    secret, _ = enrolled(town, ana)
    visitor = town.visitor()
    give_password(visitor)
    statuses = [visitor.post("/sign-in/code", code=f"{number:06}").status_code for number in range(12)]
    assert statuses[0] == 403 and statuses[-1] == 429
    assert visitor.post("/sign-in/code", code=now_code(town.services, secret)).status_code == 429


def test_turning_it_off_takes_password_and_code(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    secret, _ = enrolled(town, ana)
    code = now_code(town.services, secret)
    assert home.post(f"{PAGE}/off", on=PAGE, password="wrong", code=code).status_code == 403
    assert home.post(f"{PAGE}/off", on=PAGE, password=PASSWORD, code="000000").status_code == 403
    assert home.post(f"{PAGE}/off", on=PAGE, password=PASSWORD, code=code).status_code == 302
    assert give_password(town.visitor()).endswith("/home")


def test_new_recovery_codes_end_the_old_ones(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    secret, old = enrolled(town, ana)
    answer = home.post(f"{PAGE}/codes", on=PAGE, code=now_code(town.services, secret))
    (new, *_rest) = re.findall(r"<li><code>([a-z2-7-]+)</code>", answer.get_data(as_text=True))
    visitor = town.visitor()
    give_password(visitor)
    assert visitor.post("/sign-in/code", code=old[0]).status_code == 403
    assert visitor.post("/sign-in/code", code=new).status_code == 302


def test_who_moderates_reaches_nothing_of_the_review_without_one(town: Town) -> None:
    moira = town.member("moira", Role.MODERATOR)
    with town.services.db.write() as session:
        session.get_one(AccountRow, moira.id).second_factor_at = None
    home = town.at_home(moira)
    assert home.get("/review").headers["Location"].endswith(PAGE)
    assert home.post("/review/next", on="/home").status_code == 403
    assert home.get("/home").status_code == 200 and home.get(PAGE).status_code == 200
    enrolled(town, moira)
    assert home.get("/review").status_code == 200


def test_a_role_that_ran_out_closes_the_review_at_once(town: Town) -> None:
    moira = town.member("moira", Role.MODERATOR)
    with town.services.db.write() as session:
        session.get_one(AccountRow, moira.id).role_until = town.services.clock.now() + timedelta(hours=1)
    home = town.at_home(moira)
    assert home.get("/review").status_code == 200
    wait(town.services, 3600)
    answer = home.get("/review")
    assert answer.status_code == 403 and "is over" in answer.get_data(as_text=True)


def test_who_leaves_takes_secret_and_codes_along(town: Town, ana: AccountRow) -> None:
    enrolled(town, ana)
    leaving.remove(town.services, ana.id, by="tests")
    with town.services.db.read() as session:
        assert session.scalars(select(SecondFactorRow)).all() == [] == session.scalars(select(RecoveryCodeRow)).all()


def test_a_reset_lets_the_password_in_alone(town: Town, ana: AccountRow) -> None:
    enrolled(town, ana)
    enrol.reset(town.services, ana.id)
    assert give_password(town.visitor()).endswith("/home")
