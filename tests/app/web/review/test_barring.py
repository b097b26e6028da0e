"""From where nobody signs up, on its page: barred, ended, asked by who signs up, and logged."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts import addresses, signup
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow
from app.barring import spelling
from app.errors import ForbiddenError, InvalidError
from tests.app.web.conftest import Town, Visitor

pytestmark = pytest.mark.one_database
PAGE = "/review/barring"


def signs_up(town: Town, name: str, domain: str = "mail.example", address: str = "198.51.100.7") -> AccountRow:
    form = SignUp(name, f"{name}@{domain}", "a long enough password", agreement=True, address=address)
    return signup.sign_up(town.services, form)


def test_providers_networks_and_mailboxes_are_barred_and_let_be(town: Town, admin: AccountRow, lea: Visitor) -> None:
    assert "None is barred" in lea.page(PAGE)
    lea.post(f"{PAGE}/provider", on=PAGE, what="Bad.example", how="block")
    lea.post(f"{PAGE}/network", on=PAGE, what="198.51.100.0/24", how="block", until="2099-01-01", comment="bots")
    lea.post(f"{PAGE}/mailbox", on=PAGE, what="mal.lory+x@mail.example")
    page = lea.page(PAGE)
    assert "bad.example" in page and "198.51.100.0/24" in page and "bots" in page and "mal.lory" not in page
    with pytest.raises(InvalidError):
        signs_up(town, "one", "sub.bad.example", "203.0.113.1")
    with pytest.raises(ForbiddenError):
        signs_up(town, "two")
    with pytest.raises(InvalidError):
        signs_up(town, "mallory", address="203.0.113.1")
    for kind in ("provider", "network", "mailbox"):
        assert lea.post(f"{PAGE}/{kind}/1/lift", on=PAGE).status_code == 302
    assert signs_up(town, "mallory")
    log = lea.page("/review/log")
    assert "Barred sign-ups from somewhere" in log and "Let sign-ups from somewhere be" in log


@pytest.mark.parametrize(
    ("kind", "what", "said"),
    [
        ("provider", "com", "bare top-level domain"),
        ("network", "0.0.0.0/0", "much of the world"),
        ("network", "10.0.0.0/1", "much of the world"),
        ("network", "2000::/3", "much of the world"),
        ("network", "127.0.0.1", "this server or its proxy"),
        ("network", "::1", "this server or its proxy"),
        ("network", "::ffff:127.0.0.1", "this server or its proxy"),
        ("network", "::ffff:0:0/96", "much of the world"),
        ("network", "nowhere", "A network is an address"),
        ("mailbox", "nobody", "That is no e-mail address"),
    ],
)
def test_what_can_not_be_barred_is_told_why(lea: Visitor, kind: str, what: str, said: str) -> None:
    answer = lea.post(f"{PAGE}/{kind}", on=PAGE, what=what)
    assert answer.status_code == 422 and said in answer.text


@pytest.mark.parametrize(("kind", "what"), [("provider", "mail.example"), ("network", "198.51.100.0/24")])
def test_members_who_came_from_there_are_counted_and_it_is_asked_once_more(
    town: Town, admin: AccountRow, lea: Visitor, kind: str, what: str
) -> None:
    for name in ("one", "two"):
        signs_up(town, name)
    with town.services.db.write() as session:
        for name in ("one", "two"):
            row = session.scalars(select(AccountRow).where(AccountRow.email_lower == f"{name}@mail.example")).one()
            addresses.note(session, town.services, row.id, "198.51.100.7")
    asked = lea.post(f"{PAGE}/{kind}", on=PAGE, what=what, how="approval", comment="bots")
    assert asked.status_code == 422 and "members here came from there" in asked.text
    assert 'value="approval" selected' in asked.text and f'value="{what}"' in asked.text
    assert "None is barred" in lea.page(PAGE)
    assert lea.post(f"{PAGE}/{kind}", on=PAGE, what=what, how="approval", sure="1").status_code == 302
    assert what in lea.page(PAGE)


def test_a_network_of_version_4_is_one_however_it_is_written() -> None:
    assert spelling.network("::ffff:198.51.100.0/120") == spelling.network("198.51.100.0/24") == "198.51.100.0/24"


def test_twice_is_told_and_another_kind_is_not_there(lea: Visitor) -> None:
    for status in (302, 422):
        assert lea.post(f"{PAGE}/provider", on=PAGE, what="bad.example").status_code == status
    assert lea.post(f"{PAGE}/else", on=PAGE, what="bad.example").status_code == 404
    assert lea.post(f"{PAGE}/else/1/lift", on=PAGE).status_code == 404
    assert lea.post(f"{PAGE}/network", on=PAGE, what="203.0.113.0/24", until="2020-01-01").status_code == 422


def test_a_network_is_shut_out_of_everything_but_ones_own_is_not(lea: Visitor) -> None:
    lea.post(f"{PAGE}/network", on=PAGE, what="203.0.113.0/24", how="no_access")
    page = lea.page(PAGE)
    assert "shut out of everything" in page and "is refused from now on" in page
    assert lea.client.get("/about", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 403
    own = lea.post(f"{PAGE}/network", on=PAGE, what="127.0.0.1", how="no_access")
    assert own.status_code == 422 and "You would be shut out by it" in own.text
    assert lea.page(PAGE).count("shut out of everything") == 1
