"""Named readers of our list: their tokens read it while it is for such as them, and open nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from app.accounts.tables import Role
from app.clock import FrozenClock
from app.errors import NotFoundError
from app.instance import list_readers, our_list
from app.instance.list_readers import PREFIX
from app.instance.our_list import Reader
from app.oauth import tokens
from app.services import Services
from moderation.domains import editing
from moderation.values import Severity
from tests.app.web.conftest import BASE, Town
from tests.app.web.test_our_list import PLACES, listed
from tests.workers.outcomes import well
from workers.cli import list_readers as command

__all__ = ["listed"]
PAGE = "/review/domains/tokens"
API = "/api/ostiary/v1/published/tokens"
BLOCKS = "/api/v1/instance/domain_blocks"


def asked(town: Town, place: str, token: str) -> int:
    """The status for a program that sends a token."""
    program = town.app.test_client(use_cookies=False)
    return program.get(place, base_url=BASE, headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.parametrize("audience", list_readers.AUDIENCES)
def test_a_token_reads_the_list_in_every_form_while_it_is_for_such_readers(listed: Town, audience: Reader) -> None:
    [other] = {*list_readers.AUDIENCES} - {audience}
    token = list_readers.make(listed.services, "ada", "the neighbours’ script", audience).token
    for readers, status in (
        ([audience], 200), ([audience, other], 200), ([Reader.EVERYBODY], 200), ([other], 401), ([], 404),
    ):  # fmt: skip
        our_list.choose(listed.services, "ada", readers)
        assert {asked(listed, place, token) for place in PLACES} == {status}, readers
        assert asked(listed, BLOCKS, token) == status, readers
    our_list.choose(listed.services, "ada", [audience])
    assert asked(listed, BLOCKS, token) == 200
    assert asked(listed, BLOCKS, PREFIX + "0" * 64) == 401
    assert asked(listed, PLACES[0], PREFIX + "0" * 64) == 401
    for elsewhere in ("/api/v1/accounts/verify_credentials", "/api/ostiary/v1/published", "/api/v1/timelines/home"):
        assert asked(listed, elsewhere, token) == 401, elsewhere


def test_who_may_read_as_a_member_or_by_a_signature_still_does(listed: Town) -> None:
    our_list.choose(listed.services, "ada", [Reader.MEMBERS])
    list_readers.make(listed.services, "ada", "a script", Reader.MEMBERS)
    assert listed.at_home(listed.member("ana")).get(PLACES[1]).status_code == 200
    assert listed.visitor().get(PLACES[1]).status_code == 404


def test_a_revoked_token_and_that_of_a_suspended_server_read_nothing(listed: Town) -> None:
    services = listed.services
    our_list.choose(services, "ada", [Reader.PEERS])
    first = list_readers.make(services, "ada", "first", Reader.PEERS)
    second = list_readers.make(services, "ada", "second", Reader.PEERS, "Social.Friends.example")
    assert [asked(listed, PLACES[2], each.token) for each in (first, second)] == [200, 200]
    list_readers.revoke(services, "ada", first.row.id)
    with services.db.write() as session:
        editing.set_rule(session, "friends.example", Severity.SUSPEND, "ada", services.clock.now())
    assert [asked(listed, PLACES[2], each.token) for each in (first, second)] == [401, 401]
    assert [asked(listed, BLOCKS, each.token) for each in (first, second)] == [401, 401]
    again = list_readers.revoke(services, "zoe", first.row.id)
    assert again.revoked_by == "ada"


def test_only_a_digest_is_kept_and_the_last_use_to_the_hour(listed: Town, clock: FrozenClock) -> None:
    services, began = listed.services, clock.now()
    our_list.choose(services, "ada", [Reader.PEERS])
    made = list_readers.make(services, "ada", "a script", Reader.PEERS)
    used = []
    for later in (timedelta(0), timedelta(minutes=59), timedelta(minutes=1)):
        clock.move(later)
        assert asked(listed, PLACES[2], made.token) == 200
        with services.db.read() as session:
            [row] = list_readers.listed(session)
            used.append(row.used_at)
    assert used == [began, began, began + timedelta(hours=1)]
    assert made.token not in str(vars(row)) and row.token_hash not in made.token
    assert made.token not in repr(made)


def test_an_admin_makes_a_token_on_the_page_which_shows_it_once_and_revokes_it(listed: Town) -> None:
    our_list.choose(listed.services, "ada", [Reader.PEERS])
    ada = listed.at_home(listed.member("ada", Role.ADMIN))
    assert f'href="{PAGE}"' in ada.page("/review/domains") and "Nobody has a token yet" in ada.page(PAGE)
    shown = ada.post(PAGE, on=PAGE, name="Friends’ script", audience="peers", domain="friends.example")
    found = re.search(rf'id="token">Bearer ({PREFIX}[0-9a-f]{{64}})<', shown.text)
    assert shown.status_code == 200 and found is not None and shown.headers["Cache-Control"] == "no-store"
    page = ada.page(PAGE)
    assert found[1] not in page and "Friends’ script" in page and "never" in page
    assert asked(listed, PLACES[1], found[1]) == 200
    assert "never" not in ada.page(PAGE)
    with listed.services.db.read() as session:
        [row] = list_readers.listed(session)
    assert ada.post(f"{PAGE}/{row.id}/revoke", on=PAGE).status_code == 302
    assert "revoked" in ada.page(PAGE) and asked(listed, PLACES[1], found[1]) == 401
    assert ada.post(f"{PAGE}/999/revoke", on=PAGE).status_code == 404
    log = ada.page("/review/log")
    assert "Gave a reader of our list of servers a token" in log
    assert "Revoked a token that read our list of servers" in log and found[1] not in log


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"name": " ", "audience": "peers"}, "name of up to 120"),
        ({"name": "x" * 121, "audience": "peers"}, "name of up to 120"),
        ({"name": "a script", "audience": "everybody"}, "for members or for other servers"),
        ({"name": "a script"}, "for members or for other servers"),
        ({"name": "a script", "audience": "peers", "domain": "no domain"}, "That doesn’t fit"),
    ],
)
def test_what_doesn_t_fit_is_said_and_what_was_typed_stays(listed: Town, form: dict[str, str], why: str) -> None:
    ada = listed.at_home(listed.member("ada", Role.ADMIN))
    answer = ada.post(PAGE, on=PAGE, **form)
    assert answer.status_code == 422 and why in answer.text
    assert form["name"].strip()[:120] in answer.text
    with listed.services.db.read() as session:
        assert list_readers.listed(session) == []


def test_the_api_makes_shows_and_revokes_them(listed: Town) -> None:
    ada = listed.member("ada", Role.ADMIN)
    token = tokens.make(listed.services, ada.id, "read write admin:read admin:write", second_factored=True)
    headers, http = {"Authorization": f"Bearer {token}"}, listed.app.test_client(use_cookies=False)
    body = {"name": "A script", "audience": "members", "domain": "friends.example"}
    made = http.post(API, base_url=BASE, headers=headers, json=body).json
    assert made["token"].startswith(PREFIX) and (made["audience"], made["domain"]) == ("members", "friends.example")
    [row] = http.get(API, base_url=BASE, headers=headers).json
    assert "token" not in row and "token_hash" not in row and row["used_at"] is None and row["made_by"] == "ada"
    assert http.delete(f"{API}/{made['id']}", base_url=BASE, headers=headers).json["revoked_by"] == "ada"
    assert http.delete(f"{API}/9999", base_url=BASE, headers=headers).status_code == 404
    for bad in ({"name": "x"}, {"name": "x", "audience": "everybody"}, {"audience": "peers"}, {**body, "scope": "all"}):
        assert http.post(API, base_url=BASE, headers=headers, json=bad).status_code == 422, bad


def test_the_command_line_makes_lists_and_revokes_them(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def given(*_args: object, **_more: object) -> Iterator[Services]:
        yield services

    monkeypatch.setattr(command, "services", given)

    def said(*words: str) -> Result:
        return CliRunner().invoke(command.readers, words)

    token = well(said("add", "A script", "--for", "members", "--server", "friends.example")).strip()
    assert token.startswith(PREFIX)
    shown = well(said("list"))
    assert "A script\tmembers\tfriends.example\tnever used\tgood" in shown and token not in shown
    number = shown.split("\t")[0]
    assert "revoked" in well(said("revoke", number))
    assert "by command line" in well(said("list"))
    assert not list_readers.lets_in(services, token, [Reader.MEMBERS])
    for unknown in ("99", str(2**63)):
        assert isinstance(said("revoke", unknown).exception, NotFoundError)
