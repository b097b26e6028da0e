"""Every bad list, by every way in which lists come: one clear reason, what is good of it is taken, nothing by halves."""

from __future__ import annotations

import gzip
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path
from ssl import create_default_context
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from app.accounts import marking
from app.accounts.tables import Role
from app.federation.wire.client import HttpClient
from app.federation.wire.twins import FakeResolver, FakeWeb, Page
from app.oauth import tokens
from app.reviewing import followed_lists, many_rules
from app.reviewing.followed_lists import Wish
from app.reviewing.many_rules import Wanted
from app.services import Services
from app.web.review import list_uploads
from moderation.domains import editing, following, list_rules, lists
from moderation.domains.lists.tables import DomainListRow
from moderation.domains.tables import DomainEventRow, DomainImportRow
from moderation.domains.values import Filter, RuleDraft
from moderation.values import Severity
from tests.app.web.conftest import BASE, Town, Visitor
from tests.app.web.review.conftest import agreed_to, take_list
from tests.federation.wire.servers import Server, answer, serving
from workers.cli import domains as domains_cli

API = "/api/ostiary/v1/imports"
FORM = "/review/domains/import"
GOOD = "domain,severity,public_comment\ngood.example,silence,\n"
UNKNOWN = "not a list in any format"
WORTHLESS: tuple[tuple[str, str, str], ...] = (
    ("a page", "<!doctype html><html><body>404 Not Found</body></html>", UNKNOWN),
    ("a feed", "<?xml version='1.0'?><rss><channel/></rss>", UNKNOWN),
    ("an error as JSON", '{"error": "gone"}', UNKNOWN),
    ("JSON without an end", "[" * 5000, "too long for a domain"),
    ("everything", "*\n", "a wildcard for everybody"),
    ("everything, as CSV", "domain,severity\n*,suspend\n", "a wildcard for everybody"),
    ("everything below a suffix", "*.com\n", "wildcards aren't needed"),
    ("this house", "ostiary.example\n", "own domain"),
    ("this house and all below it", "domain,severity\n*.ostiary.example,suspend\n", "own domain"),
    ("a top-level domain", "com\n", "top-level"),
    ("a public suffix", '["co.uk"]', "strangers register"),
    ("two words on one server", "domain,severity\nbad.example,suspend\nbad.example,noop\n", "line 3 says otherwise"),
    ("two words in two spellings", "domain,severity\nBad.example,suspend\n*.bad.example,noop\n", "otherwise"),
    ("blocked and taken back", '[{"domain":"bad.example"},{"domain":"bad.example","retracted":true}]', "line 2 says"),
    ("what is packed", gzip.compress(GOOD.encode(), mtime=0).decode("utf-8", "replace"), UNKNOWN),
)
"""Name, text, and what is said of it."""
ROWS: tuple[tuple[str, str], ...] = (
    ("*,suspend,", "a wildcard for everybody"),
    ("b*d.example,suspend,", "its name is hidden"),
    ("ostiary.example,suspend,", "own domain"),
    ("com,suspend,", "top-level"),
    ("github.io,suspend,", "strangers register"),
    ("https://bad.example/,suspend,", "without scheme"),
    ("@mallory@bad.example,suspend,", "without scheme"),
    ("bad..example,suspend,", "not a domain"),
    ("bad.example,banish,", "unknown severity"),
    ("bad.example,suspend," + "x" * 2001, "at most 2000 characters"),
    (",suspend,", "empty"),
    ('"bad.example,suspend,', "not a line of CSV"),
    ("\x07\x1b[2J,suspend,", "not a domain"),
)
"""A row after a good one, and what is said of it."""


@dataclass(frozen=True)
class Said:
    """What a way answers a list with: its status or exit code, and all its words."""

    refused: bool
    words: str


ODD_ROWS: tuple[tuple[str, str], ...] = (
    (r'{"domain":"bad.example","public_comment":"\ud800"}', "public_comment isn't text"),
    (r'{"domain":"bad.example","private_comment":"a\u0000b"}', "private_comment isn't text"),
    (r'{"domain":"bad.example","labels":["\udfff"]}', "labels isn't text"),
    (r'{"domain":"bad\ud800.example"}', "not a domain"),
    (r'{"domain":"bad.example","\ud800":1}', "unknown field"),
    (r'{"domain":"bad.example","retracted":true,"public_comment":"\ud800"}', "public_comment isn't text"),
    ('{"domain":"bad.example","review_at":"9999-12-31T23:59:59-14:00"}', "review_at is a time in the years"),
    ('{"domain":"bad.example","expires_at":"9999-12-31T23:59:59-14:00"}', "expires_at is a time in the years"),
    ('{"domain":"bad.example","review_at":"0001-01-01T00:00:00+14:00"}', "review_at is a time in the years"),
    ('{"domain":"bad.example","expires_at":"2001-01-01T00:00:00Z"}', "the day on which it ends is over"),
)
"""The same in this house's own format: a row, and what is said of it."""


Way = Callable[[str], Said]


@pytest.fixture(params=["page", "file", "api", "command", "followed"])
def way(
    request: pytest.FixtureRequest, town: Town, lea: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Way:
    """Each way in which a list comes, taken without a look before."""
    account = town.member("lena", Role.LEAD)

    def by_page(text: str) -> Said:
        answer = take_list(lea, text)
        return Said(answer.status_code == 422, answer.text)

    def by_file(text: str) -> Said:
        answer = take_list(lea, text, as_file=True)
        return Said(answer.status_code == 422, answer.text)

    def by_api(text: str) -> Said:
        token = tokens.make(town.services, account.id, "read write admin:read admin:write", second_factored=True)
        http, headers = town.app.test_client(use_cookies=False), {"Authorization": f"Bearer {token}"}
        answer = http.post(API, base_url=BASE, headers=headers, json={"list": text})
        return Said(answer.status_code == 422, answer.text)

    def by_command(text: str) -> Said:
        @contextmanager
        def given(_port: int, _data: Path | None) -> Iterator[Services]:
            from workers.cli.common import one_line

            with one_line():
                yield town.services

        monkeypatch.setattr(domains_cli, "services", given)
        file = tmp_path / "list"
        file.write_bytes(text.encode())
        done = CliRunner().invoke(domains_cli.domain, ["import", str(file)])
        assert done.exit_code in (0, 1) and "Traceback" not in done.output
        return Said(done.exit_code == 1, done.output)

    def by_following(text: str) -> Said:
        assert isinstance(town.services.fetcher, FakeWeb)
        url = f"https://lists.example/{len(town.services.fetcher.pages)}"
        town.services.fetcher.pages[url] = Page(text.encode(), "text/plain")
        number = followed_lists.follow(town.services, account, Wish("Lists", url, at_once=True))
        with town.services.db.read() as session:
            row = following.one(session, number)
        return Said(bool(row.error), row.error)

    ways = {"page": by_page, "file": by_file, "api": by_api, "command": by_command, "followed": by_following}
    return ways[request.param]


def state(services: Services) -> tuple[dict[str, Severity], int, int]:
    """The rules in force, how many events there were, and how many lists were taken."""
    with services.db.read() as session:
        counted = [
            session.scalar(select(func.count()).select_from(one)) or 0 for one in (DomainEventRow, DomainImportRow)
        ]
        return {rule.domain: rule.severity for rule in list_rules(session)}, counted[0], counted[1]


@pytest.mark.one_database
def test_a_list_of_which_nothing_can_be_taken_is_refused_with_its_reason(town: Town, way: Way) -> None:
    for name, text, why in WORTHLESS:
        said = way(text)
        words = unescape(said.words).replace("’", "'")  # as pages write them
        assert said.refused and (why in words or ("\0" in text and "must be text" in words)), name
        assert state(town.services) == ({}, 0, 0), name


@pytest.mark.one_database
def test_a_bad_row_is_left_out_and_the_good_ones_are_taken(town: Town, way: Way) -> None:
    good = set()
    for number, (row, _why) in enumerate(ROWS):
        good.add(f"good{number}.example")
        said = way(f"domain,severity,public_comment\ngood{number}.example,silence,\n{row}\n")
        assert not said.refused, (row, said.words)
        assert state(town.services)[:2] == (dict.fromkeys(good, Severity.SILENCE), len(good)), row


@pytest.mark.one_database
def test_of_a_server_with_two_words_neither_is_taken_and_the_same_word_twice_is_one(town: Town, way: Way) -> None:
    said = way("domain,severity\ngood.example,silence\nbad.example,suspend\ngood.example,silence\nbad.example,noop\n")
    assert not said.refused, said.words
    assert state(town.services)[:2] == ({"good.example": Severity.SILENCE}, 1)


@pytest.mark.one_database
def test_both_lines_that_contradict_each_other_are_named_and_the_counts_add_up(town: Town, lea: Visitor) -> None:
    rows = "good.example,silence\nbad.example,suspend\ngood.example,silence\nbad.example,noop\nbad.example,suspend\n"
    found = lists.parse(f"domain,severity\n{rows}")
    assert [(each.line, each.reason) for each in found.refused] == [
        (3, "line 5 says otherwise of the same server"),
        (5, "line 3 says otherwise of the same server"),
        (6, "line 5 says otherwise of the same server"),
    ]
    assert len(found.entries) + len(found.refused) + len(found.repeated) == 5
    page = unescape(lea.post(FORM, on="/review/domains", list=f"domain,severity\n{rows}").text)
    assert "1 rule would be set" in page and "3 lines are left out" in page
    assert "1 line says what one before it said" in page and "line 5 says otherwise" in page


def test_a_row_that_no_database_keeps_is_left_out_and_the_good_ones_are_taken(town: Town, way: Way) -> None:
    good = set()
    for number, (row, _why) in enumerate(ODD_ROWS):
        good.add(f"good{number}.example")
        said = way(f'{{"domain":"good{number}.example","severity":"silence"}}\n{row}\n')
        assert not said.refused, (row, said.words)
        assert state(town.services)[:2] == (dict.fromkeys(good, Severity.SILENCE), len(good)), row


@pytest.mark.one_database
def test_a_row_that_no_database_keeps_is_named_before_anything_is_taken(town: Town, lea: Visitor) -> None:
    for row, why in ODD_ROWS:
        page = unescape(lea.post(FORM, on="/review/domains", list=f'{{"domain":"good.example"}}\n{row}\n').text)
        assert "1 line is left out" in page and "1 rule would be set" in page and why in page.replace("’", "'"), row
    assert state(town.services) == ({}, 0, 0)


@pytest.mark.one_database
def test_a_rule_that_is_due_for_a_look_is_taken_from_a_list_and_is_due(town: Town, way: Way) -> None:
    assert not way('{"domain":"bad.example","review_at":"2001-01-01T00:00:00Z"}\n').refused
    with town.services.db.read() as session:
        [rule] = list_rules(session)
    assert rule.review_at == datetime(2001, 1, 1, tzinfo=UTC)
    before = state(town.services)
    way('{"domain":"bad.example","review_at":"2001-01-01T00:00:00Z"}\n')
    assert state(town.services)[:2] == before[:2]


@pytest.mark.one_database
def test_a_bad_row_is_named_with_its_line_and_reason_before_anything_is_taken(town: Town, lea: Visitor) -> None:
    for row, why in ROWS:
        [refused] = lists.parse(f"{GOOD}{row}\n", "ostiary.example").refused
        assert refused.line == 3 and why in refused.reason, (row, refused.reason)
        page = unescape(lea.post(FORM, on="/review/domains", list=f"{GOOD}{row}\n").text)
        assert (
            "1 line is left out" in page and "1 rule would be set" in page and refused.reason in page.replace("’", "'")
        ), row
    assert state(town.services) == ({}, 0, 0)


@pytest.mark.one_database
def test_a_list_beyond_what_is_taken_is_refused_whole(
    town: Town, lea: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_uploads, "LONGEST_LIST", 1000)
    long = "bad.example\n" + "x" * 1000
    for confirmed in ({}, {"confirmed": "1"}):
        by_field = lea.post(FORM, on="/review/domains", list=long, **confirmed)
        by_file = lea.post(FORM, on="/review/domains", file=(BytesIO(long.encode()), "list.txt"), **confirmed)
        for refused in (by_field, by_file):
            assert refused.status_code == 422 and "at most 1,000 characters" in refused.text
    assert state(town.services) == ({}, 0, 0)


@pytest.mark.one_database
def test_a_list_is_measured_by_what_is_read_of_it_and_never_cut(
    town: Town, lea: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_uploads, "LONGEST_LIST", 1000)
    lines = [f"bad{number:03}.example" for number in range(67)]
    assert len("\n".join(lines[:66])) < 1000 < len("\n".join(lines)) < len("\r\n".join(lines[:66]))
    refused = lea.post(FORM, on="/review/domains", list="\r\n".join(lines))
    assert refused.status_code == 422 and "at most 1,000 characters" in refused.text
    assert "66 rules would be set" in lea.post(FORM, on="/review/domains", list="\r\n".join(lines[:66])).text


@pytest.mark.one_database
def test_how_a_list_that_is_too_long_was_to_be_taken_is_kept_for_the_next(
    lea: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_uploads, "LONGEST_LIST", 100)
    wishes = {"spare_followed": "1", "overrule": "1", "unsaid": "hold", "at_most": "silence"}
    refused = lea.post(FORM, on="/review/domains", list="x" * 101, confirmed="1", **wishes)
    assert refused.status_code == 422
    form = refused.text.split('action="/review/domains/import"')[1].split("</form>")[0]
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', form))
    assert {name: value for name, value in kept.items() if name != "csrf_token"} == wishes
    page = lea.post(FORM, on="/review/domains", list="bad.example\n", **wishes).text
    assert page.count(" checked") == 2 and '<option value="hold" selected>' in page
    none = lea.post(FORM, on="/review/domains", list="bad.example", at_most="allow", unsaid="x", overrule="1").text
    form = none.split('action="/review/domains/import"')[1].split("</form>")[0]
    assert 'name="overrule"' in form and 'name="at_most"' not in form and 'name="unsaid"' not in form


@pytest.mark.one_database
def test_a_list_of_the_greatest_length_comes_back_from_its_preview(lea: Visitor) -> None:
    text = "".join(f"bad{number:05}.{'long' * 10}.example\n" for number in range(15_000))
    assert 800_000 < len(text) < 900_000
    page = lea.post(FORM, on="/review/domains", list="bad.example").text
    assert 'name="kept"' in page, "the next form doesn't carry the list"
    fields = {"csrf_token": lea.token("/review/domains"), "list": text, "spare_followed": "1"}
    said = [
        f'--part\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{each}\r\n' for name, each in fields.items()
    ]
    back = lea.client.post(
        FORM, base_url=BASE, headers=lea.headers | {"Referer": f"{BASE}/review/domains"},
        data="".join((*said, "--part--\r\n")).encode(), content_type="multipart/form-data; boundary=part",
    )  # fmt: skip
    assert back.status_code == 200 and "15000 rules would be set" in back.text


@pytest.mark.one_database
def test_a_file_without_an_end_is_not_read_to_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def given(_port: int, _data: Path | None) -> Iterator[Services]:
        yield town.services

    monkeypatch.setattr(domains_cli, "services", given)
    done = CliRunner().invoke(domains_cli.domain, ["import", "/dev/zero"])
    assert done.exit_code == 1 and "this one goes on" in done.output
    assert state(town.services) == ({}, 0, 0)


@contextmanager
def followed_at(town: Town, reply: bytes | Callable[[Server, socket.socket], None]) -> Iterator[tuple[Services, int]]:
    """A list at a server of its own that names one server, follows at once, and from then on answers otherwise."""
    resolver = FakeResolver({"lists.example": [["127.0.0.1"]]})
    fetcher = HttpClient(
        scheme="http", allowed_networks=(ip_network("127.0.0.0/8"),), resolver=resolver,
        ssl_context=create_default_context(), timeout_seconds=20, max_bytes=10_000, user_agent="Ostiary (test)",
    )  # fmt: skip
    services = replace(town.services, fetcher=fetcher)
    with serving() as server:
        server.replies["/"] = answer(GOOD.encode(), content_type="text/csv")
        now = services.clock.now()
        with services.db.write() as session:
            row = DomainListRow(url=server.url("/", "lists.example"), followed_by="lea", followed_at=now, next_at=now)
            followed_lists._put(row, Wish("Lists", row.url, at_once=True))
            session.add(row)
            session.flush()
            number = row.id
        followed_lists.ask(services, number)
        server.replies["/"] = reply if isinstance(reply, bytes) else lambda peer: reply(server, peer)  # type: ignore[operator]
        yield services, number


def endless(server: Server, peer: socket.socket) -> None:
    """A list that never ends."""
    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n" + GOOD.encode())
    while not server.stopped.is_set():
        peer.sendall(b"x" * 65_536)


BOMB = answer(gzip.compress(bytes(64 * 1024 * 1024)), content_type="text/csv", headers=("Content-Encoding: gzip",))


@pytest.mark.one_database
@pytest.mark.parametrize("reply", [BOMB, endless], ids=["bomb", "endless"])
def test_a_followed_list_that_is_a_bomb_or_never_ends_is_shown_as_broken_and_lifts_nothing(
    town: Town, reply: bytes | Callable[[Server, socket.socket], None]
) -> None:
    with followed_at(town, reply) as (services, number):
        before = state(services)
        assert before[0] == {"good.example": Severity.SILENCE}
        followed_lists.ask(services, number)
        with services.db.read() as session:
            row = following.one(session, number)
        assert "too large" in row.error.lower() or "bytes" in row.error, row.error
        assert state(services) == before


def test_what_was_not_seen_is_not_taken_by_the_page(town: Town, lea: Visitor) -> None:
    for none in ({}, {"seen": ""}):
        unseen = lea.post(FORM, on="/review/domains", list=GOOD, confirmed="1", **none)
        assert unseen.status_code == 409 and "1 rule would be set" in unseen.text
    assert state(town.services) == ({}, 0, 0)
    seen = agreed_to(lea.post(FORM, on="/review/domains", list=GOOD).text)
    with town.services.db.write() as session:
        editing.set_rule(session, "good.example", Severity.ALLOW, "mo", town.services.clock.now())
    changed = lea.post(FORM, on="/review/domains", list=GOOD, confirmed="1", seen=seen)
    assert changed.status_code == 409 and "look again" in changed.text and "0 rules would be set" in changed.text
    otherwise = lea.post(FORM, on="/review/domains", list=GOOD, confirmed="1", seen=seen, overrule="1", at_most="noop")
    assert otherwise.status_code == 409 and state(town.services)[0] == {"good.example": Severity.ALLOW}
    again = agreed_to(otherwise.text)
    lea.post(FORM, on="/review/domains", list=GOOD, confirmed="1", seen=again, overrule="1", at_most="noop")
    assert state(town.services)[0] == {"good.example": Severity.NOOP}


def test_to_let_in_is_no_bound_on_the_page(town: Town, lea: Visitor) -> None:
    for confirmed in ("", "1"):
        page = lea.post(FORM, on="/review/domains", list=GOOD, confirmed=confirmed, at_most="allow")
        assert page.status_code == 422 and "no bound" in page.text
    assert state(town.services)[0] == {}


def test_what_was_not_seen_is_not_taken_by_the_api(town: Town) -> None:
    lena = town.member("lena", Role.LEAD)
    token = tokens.make(town.services, lena.id, "read write admin:read admin:write", second_factored=True)
    http, headers = town.app.test_client(use_cookies=False), {"Authorization": f"Bearer {token}"}

    def post(path: str, **sent: Any) -> Any:
        return http.post(API + path, base_url=BASE, headers=headers, json={"list": GOOD} | sent)

    seen = post("/preview").json["seen"]
    assert post("", seen=seen, at_most="noop").status_code == 409 and post("", seen=7).status_code == 422
    assert state(town.services) == ({}, 0, 0)
    done = post("", seen=seen).json
    assert done["rules"] == 1 and done["refused"] == []


@pytest.mark.parametrize(
    "place", [(editing, "put"), (editing, "insert_ids"), (marking, "put")], ids=["", "rules", "all"]
)
def test_a_crash_in_the_middle_takes_nothing(
    town: Town, lea: Visitor, monkeypatch: pytest.MonkeyPatch, place: tuple[object, str]
) -> None:
    text = "domain,severity\n" + "".join(f"bad{number}.example,suspend\n" for number in range(50))

    def fails(*_given: object, **_more: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(*place, fails)
        town.app.config["PROPAGATE_EXCEPTIONS"] = False
        failed = take_list(lea, text)
    assert failed.status_code == 500 and "the power went" not in failed.text
    assert state(town.services) == ({}, 0, 0)
    take_list(lea, text)
    assert len(state(town.services)[0]) == 50


def test_what_is_agreed_to_reads_the_same_in_every_process() -> None:
    filters = ", ".join(f"Filter.{one.name}" for one in Filter)
    code = (
        "from app.reviewing import many_rules\n"
        "from moderation.domains.values import Filter, RuleDraft\n"
        "from moderation.values import Severity\n"
        f"draft = RuleDraft('a.example', Severity.FILTER, filters=frozenset([{filters}]))\n"
        "print(many_rules.digest(many_rules.Wanted([draft], ['b.example'])))\n"
    )
    said = {
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1
    drafts = [RuleDraft("a.example", Severity.FILTER), RuleDraft("a.example", Severity.SILENCE)]
    assert (
        len({many_rules.digest(Wanted([one])) for one in drafts} | {many_rules.digest(Wanted((), ["a.example"]))}) == 3
    )
