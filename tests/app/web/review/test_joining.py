"""Freelancers are invited on terms, sign an undertaking before their role begins, and land on the training queue."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import roles
from app.accounts.tables import AccountRow, Role
from app.workforce import pay
from moderation.log import chain
from moderation.log.tables import LogRow
from moderation.workforce import records, terms, undertakings
from moderation.workforce.terms import Terms
from tests.app.people import again
from tests.app.web.conftest import Town, Visitor

pytestmark = pytest.mark.one_database
TERMS = {
    "called": "Nadia, from the co-operative",
    "role": "reviewer",
    "languages": "fr",
    "hours_a_week": "10",
    "per_hour": "24,50",
    "currency": "eur",
    "role_until": "2026-05-31",
    "skip": ["sexual"],
    "conflicts": "far.example",
}


def invited(lea: Visitor, **other: object) -> str:
    """The path of a fresh invitation."""
    answer = lea.post("/review/invitations", **{**TERMS, **other})
    assert answer.status_code == 200, answer.text
    return re.search(r'value="https://[^/]+(/join/[^"]+)"', answer.text)[1]  # type: ignore[index]


def joins(visitor: Visitor, path: str, **other: object) -> int:
    """Sign and join; the status."""
    form: dict[str, object] = {"read": "1", "signed_as": "Nadia Roy", "skip": ["sexual"], **other}
    return visitor.post(path, **{key: value for key, value in form.items() if value is not None}).status_code


def role_of(town: Town, account: AccountRow) -> Role:
    """As it is in the database."""
    return again(town.services, account).role  # type: ignore[no-any-return]


def test_who_signs_joins_with_role_record_and_rates(town: Town, lea: Visitor, ana: AccountRow) -> None:
    path = invited(lea)
    at_home = town.at_home(ana)
    page = at_home.page(path)
    assert "€24.50 an hour" in page and "31 May 2026" in page and "keep it to yourself" in page
    answer = at_home.post(path, read="1", signed_as="Nadia Roy", skip=["sexual", "violence"], conflicts="near.example")
    assert answer.headers["Location"] == "/review/training"
    now = town.services.clock.now()
    with town.services.db.read() as session:
        record, signature = records.of(session, "ana"), undertakings.last(session, "ana")
        assert terms.at(session, "ana", now) == Terms("EUR", 2450)
    assert record.languages == ("fr",) and record.hours_a_week == 10
    assert record.skips == ("sexual", "violence") and record.conflict_domains == ("far.example", "near.example")
    assert signature is not None and (signature.version, signature.signed_as) == (1, "Nadia Roy")
    assert role_of(town, ana) is Role.REVIEWER


def test_the_signature_stands_in_the_chain(town: Town, lea: Visitor, ana: AccountRow) -> None:
    assert joins(town.at_home(ana), invited(lea)) == 302
    with town.services.db.read() as session:
        verbs = list(session.scalars(select(LogRow.verb).order_by(LogRow.seq)))
        assert chain.verify(session) is None
    assert verbs[-4:] == ["crew_invited", "undertaking_signed", "terms_agreed", "role_given"]


@pytest.mark.parametrize("missing", ["read", "signed_as"])
def test_without_a_signature_nothing_begins(town: Town, lea: Visitor, ana: AccountRow, missing: str) -> None:
    path = invited(lea)
    assert joins(town.at_home(ana), path, **{missing: None}) == 422
    assert role_of(town, ana) is Role.MEMBER
    with town.services.db.read() as session:
        assert undertakings.last(session, "ana") is None and records.every(session) == {}
    assert joins(town.at_home(ana), path) == 302


def test_the_second_factor_is_asked_for_before_the_training_queue(town: Town, lea: Visitor, ana: AccountRow) -> None:
    at_home = town.at_home(ana)
    joins(at_home, invited(lea))
    assert at_home.get("/review/training").headers["Location"] == "/settings/second-factor"


def test_a_link_is_for_one_person_and_ends(town: Town, lea: Visitor, ana: AccountRow, ben: AccountRow) -> None:
    path, late = invited(lea), invited(lea)
    assert joins(town.at_home(ana), path) == 302
    assert town.at_home(ben).get(path).status_code == 404
    town.services.clock.move(timedelta(days=14))  # type: ignore[attr-defined]
    assert town.at_home(ben).get(late).status_code == 404


def test_a_withdrawn_link_opens_nothing_not_even_signing_up(town: Town, lea: Visitor, ana: AccountRow) -> None:
    path = invited(lea)
    number = re.search(r"/review/invitations/(\d+)/withdraw", lea.page("/review/invitations"))[1]  # type: ignore[index]
    assert lea.post(f"/review/invitations/{number}/withdraw", on="/review/invitations").status_code == 302
    assert town.at_home(ana).get(path).status_code == 404
    assert town.visitor().get(path.replace("/join/", "/sign-up?invitation=")).status_code == 404


def test_the_link_lets_who_has_no_account_sign_up(town: Town, admin: AccountRow, lea: Visitor) -> None:
    path = invited(lea)
    page = town.visitor().page(path)
    assert "/sign-up?invitation=" in page and "I have read this" not in page
    assert town.visitor().get(path.replace("/join/", "/sign-up?invitation=")).status_code == 200


def test_access_ends_by_itself(town: Town, lea: Visitor, ana: AccountRow) -> None:
    now = town.services.clock.now()
    path = invited(lea, role_until=(now + timedelta(days=2)).date().isoformat())
    joins(town.at_home(ana), path)
    town.services.clock.move(timedelta(days=4))  # type: ignore[attr-defined]
    roles.expire(town.services)
    assert role_of(town, ana) is Role.MEMBER


def test_nobody_invites_to_their_own_rank(town: Town, lea: Visitor) -> None:
    assert lea.post("/review/invitations", **{**TERMS, "role": "lead"}).status_code == 403
    assert lea.post("/review/invitations", **{**TERMS, "role": "child-safety"}).status_code == 403


def test_an_invitation_takes_no_role_away(town: Town, lea: Visitor) -> None:
    mo = town.member("mo", Role.MODERATOR)
    assert joins(town.at_home(mo), invited(lea)) == 409
    assert role_of(town, mo) is Role.MODERATOR


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_hour": "12.345"},
        {"per_hour": "-3"},
        {"currency": "EURO"},
        {"role_until": "2001-01-01"},
        {"role_until": ""},
        {"role_until": "2031-05-31"},
        {"hours_a_week": "90"},
        {"languages": "french"},
        {"called": " "},
        {"conflicts": "@nobody@far.example"},
    ],
)
def test_what_does_not_fit_is_said(lea: Visitor, wrong: dict[str, str]) -> None:
    answer = lea.post("/review/invitations", **{**TERMS, **wrong})
    assert answer.status_code == 422 and "/join/" not in answer.text


def test_pay_by_decision_is_off_until_the_house_allows_it(town: Town, lea: Visitor, ana: AccountRow) -> None:
    assert 'name="per_decision"' not in lea.page("/review/invitations")
    joins(town.at_home(ana), invited(lea, per_decision="0.50"))
    with town.services.db.read() as session:
        assert terms.at(session, "ana", town.services.clock.now()) == Terms("EUR", 2450)
    pay.choose(town.services, town.member("lou", Role.LEAD), by_decision=True)
    assert 'name="per_decision"' in lea.page("/review/invitations")
