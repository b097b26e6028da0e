"""Who signs in, and what ends it."""

from __future__ import annotations

import importlib.util
from datetime import timedelta

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from sqlalchemy import select, update

from app.accounts import browsers, credentials, recovery
from app.accounts.tables import AccountRow
from app.clock import FrozenClock
from app.errors import ForbiddenError, InvalidError, RateLimitedError, UnauthorizedError
from app.notifications.tables import MailRow
from app.oauth.tables import OAuthAppRow, OAuthTokenRow
from app.services import Services
from tests.app import people
from tests.app.people import PASSWORD

NEW = "another long password"


@pytest.mark.parametrize(
    "name", ["ana", "ANA", "@ana", "ana@ostiary.example", "ana@mail.example", " Ana@Mail.example "]
)
def test_a_member_signs_in_with_name_handle_or_address(services: Services, name: str) -> None:
    ana = people.member(services, "ana")
    assert credentials.check(services, name, PASSWORD).id == ana.id


def test_a_wrong_name_and_a_wrong_password_sound_the_same(services: Services) -> None:
    people.member(services, "ana")
    texts = []
    for name, password in (("ana", "wrong password"), ("nobody", PASSWORD), ("ana@far.example", PASSWORD)):
        with pytest.raises(UnauthorizedError) as raised:
            credentials.check(services, name, password)
        texts.append((raised.value.text, raised.value.code))
    assert len(set(texts)) == 1


def test_an_unknown_name_costs_a_verification_too(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    real = credentials._matches
    monkeypatch.setattr(credentials, "_matches", lambda hashed, given: verified.append(hashed) or real(hashed, given))
    with pytest.raises(UnauthorizedError):
        credentials.check(services, "nobody", PASSWORD)
    assert len(verified) == 1 and verified[0].startswith("$argon2id$")


def test_guessing_ends_at_the_budget_even_from_many_addresses(services: Services) -> None:
    people.member(services, "ana")
    with pytest.raises(RateLimitedError) as raised:
        for number in range(25):
            with pytest.raises(UnauthorizedError):
                credentials.check(services, "ana", "wrong password", address=f"203.0.113.{number}")
    assert raised.value.retry_after > 0


def test_a_disabled_member_is_told_so_only_with_the_right_password(services: Services) -> None:
    ana = people.member(services, "ana")
    with services.db.write() as session:
        session.execute(update(AccountRow).where(AccountRow.id == ana.id).values(disabled_at=services.clock.now()))
    with pytest.raises(ForbiddenError, match="disabled"):
        credentials.check(services, "ana", PASSWORD)
    with pytest.raises(UnauthorizedError):
        credentials.check(services, "ana", "wrong password")


def test_a_hash_costs_what_owasp_asks_for() -> None:
    """Of the module as it's installed: these tests hash with less work."""
    spec = importlib.util.find_spec("app.accounts.credentials")
    assert spec is not None and spec.loader is not None
    installed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(installed)
    parameters = extract_parameters(installed.hash_password(PASSWORD))
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024 and parameters.time_cost >= 2
    nobodys = extract_parameters(installed._NOBODYS_HASH)
    assert (nobodys.memory_cost, nobodys.time_cost) == (parameters.memory_cost, parameters.time_cost)


def test_an_old_hash_is_renewed_at_sign_in(services: Services) -> None:
    ana = people.member(services, "ana")
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with services.db.write() as session:
        session.execute(update(AccountRow).where(AccountRow.id == ana.id).values(password_hash=weak))
    credentials.check(services, "ana", PASSWORD)
    assert people.again(services, ana).password_hash != weak
    assert credentials.check(services, "ana", PASSWORD).id == ana.id


def token_of(services: Services, account: AccountRow) -> int:
    with services.db.write() as session:
        app = OAuthAppRow(
            client_id="c", client_secret="s", name="A client", redirect_uris="", scopes="read",
            created_at=services.clock.now(),
        )  # fmt: skip
        token = OAuthTokenRow(
            token_hash="h", app=app, account_id=account.id, scope="read", created_at=services.clock.now()
        )
        session.add(token)
        session.flush()
        return token.id


def test_a_new_password_signs_out_browsers_and_clients(services: Services) -> None:
    ana = people.member(services, "ana")
    token_id, cookie = token_of(services, ana), credentials.stamp(ana)
    _row, token = browsers.begin(services, ana, browsers.Said("", ""))
    with services.db.read() as session:
        assert credentials.of_stamp(session, cookie) is not None
        assert browsers.find(session, token, services.clock.now()) is not None
    changed = credentials.change_password(services, ana.id, PASSWORD, NEW)
    with services.db.read() as session:
        assert credentials.of_stamp(session, cookie) is None
        assert credentials.of_stamp(session, credentials.stamp(changed)) is not None
        assert browsers.find(session, token, services.clock.now()) is None
        assert session.get_one(OAuthTokenRow, token_id).revoked_at is not None
    assert credentials.check(services, "ana", NEW).id == ana.id


@pytest.mark.parametrize("cookie", ["", ".", "1", "abc.def", "-1.x", "9" * 30 + ".x", "1.", "²."])
def test_a_made_up_stamp_is_nobody(services: Services, cookie: str) -> None:
    people.member(services, "ana")
    with services.db.read() as session:
        assert credentials.of_stamp(session, cookie) is None


def test_a_forgotten_password_is_replaced_with_a_link_that_works_once(services: Services, clock: FrozenClock) -> None:
    people.member(services, "ana")
    recovery.ask(services, "Ana@mail.example", address="203.0.113.7")
    with services.db.read() as session:
        text = session.scalars(select(MailRow.text)).one()
    token = text.split("/password/")[1].split()[0]
    recovery.reset(services, token, NEW)
    assert credentials.check(services, "ana", NEW)
    with pytest.raises(InvalidError):
        recovery.reset(services, token, "yet another password")


def test_asking_for_a_strangers_address_mails_nobody_and_says_nothing(services: Services) -> None:
    recovery.ask(services, "nobody@mail.example")
    with services.db.read() as session:
        assert session.scalars(select(MailRow)).all() == []


def test_a_reset_link_runs_out(services: Services, clock: FrozenClock) -> None:
    people.member(services, "ana")
    recovery.ask(services, "ana@mail.example")
    with services.db.read() as session:
        token = session.scalars(select(MailRow.text)).one().split("/password/")[1].split()[0]
    clock.move(timedelta(hours=2))
    with pytest.raises(InvalidError):
        recovery.reset(services, token, NEW)
