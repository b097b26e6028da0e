"""Followed lists for programs and on the command line: followed, changed, asked, agreed to, dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.accounts import marking
from app.accounts.tables import Role
from app.federation.wire.twins import FakeWeb, Page
from app.services import Services
from moderation.domains import list_rules
from tests.app.api.conftest import Caller
from tests.app.people import again, remote
from workers.cli import domains as domains_cli
from workers.cli import followed as command

Staff = Callable[..., Caller]
URL = "https://lists.example/blocks.csv"
OTHER = "https://others.example/blocks.csv"
LIST = b"domain,severity,public_comment\nbad.example,suspend,spam\nloud.example,silence,\n"


@pytest.fixture
def web(services: Services) -> FakeWeb:
    """Two lists, of which one names one server more."""
    assert isinstance(services.fetcher, FakeWeb)
    services.fetcher.pages[URL] = Page(LIST, "text/csv")
    services.fetcher.pages[OTHER] = Page(LIST + b"odd.example,suspend,\n", "text/csv")
    return services.fetcher


def rules(services: Services) -> dict[str, str]:
    """What is in force."""
    with services.db.read() as session:
        return {rule.domain: rule.severity.value for rule in list_rules(session)}


def garbled(web: FakeWeb) -> None:
    """A row of the list can't be read any more."""
    web.pages[URL] = Page(LIST.replace(b"bad.example", b"b ad\x1b[1m"), "text/csv")


def test_what_stays_only_for_rows_that_cannot_be_read_is_shown_and_lifted_by_the_api(
    staff: Staff, services: Services, web: FakeWeb
) -> None:
    lena = staff("lena", Role.LEAD)
    made = lena.post("/lists", name="Neighbours", url=URL, at_once=True).json
    assert (made["unread"], made["unread_rows"], made["note"]) == ([], 0, "")
    garbled(web)
    place = f"/lists/{made['id']}"
    there = lena.post(f"{place}/ask").json
    assert (there["unread_rows"], there["unread"][0]["line"]) == (1, 2) and "can't be read" in there["note"]
    found = lena.get(f"{place}/doubtful").json
    assert found["domains"] == ["bad.example"]
    assert found["lifted"] == [{"domain": "bad.example", "severity": "suspend"}]
    assert staff("mo").get(f"{place}/doubtful").status_code == 403
    for seen in ("", "nonsense", None, 7):
        assert lena.post(f"{place}/doubtful", seen=seen).status_code == 422
    assert set(rules(services)) == {"bad.example", "loud.example"}
    assert lena.post(f"{place}/doubtful", seen=found["seen"]).json["domains"] == ["bad.example"]
    assert set(rules(services)) == {"loud.example"}
    assert lena.get(f"{place}/doubtful").json["domains"] == [] and lena.get("/lists/99/doubtful").status_code == 404


def test_a_lead_follows_looks_agrees_and_drops_by_the_api(staff: Staff, services: Services, web: FakeWeb) -> None:
    lena = staff("lena", Role.LEAD)
    made = lena.post("/lists", name="Neighbours", url=URL, excludes=["loud.example"]).json
    assert (made["entries"], made["excludes"], made["at_once"]) == (2, ["loud.example"], False)
    changes = lena.get("/lists/changes").json
    assert [(each["domain"], each["severity"], each["now"]) for each in changes["set"]] == [
        ("bad.example", "suspend", None)
    ]
    assert lena.post("/lists/changes", seen="nonsense").status_code == 422 and rules(services) == {}
    lena.post("/lists/changes", seen=changes["seen"])
    assert rules(services) == {"bad.example": "suspend"}
    place = f"/lists/{made['id']}"
    assert lena.call("PATCH", place, json={"excludes": [], "at_most": "silence"}).json["at_most"] == "silence"
    assert lena.call("PATCH", place, json={"priority": "high"}).status_code == 422
    refused = lena.call("PATCH", place, json={"at_most": "allow"})
    assert refused.status_code == 422 and "no bound" in refused.text
    proposed = lena.get(f"{place}/changes").json["set"]
    assert {each["domain"]: each["severity"] for each in proposed} == {
        "bad.example": "silence", "loud.example": "silence",
    }  # fmt: skip
    assert lena.post("/lists/changes", declined=["bad.example"]).json["set"][0]["domain"] == "loud.example"
    web.pages[URL] = Page(b"<html>", "text/plain")
    assert "names nothing" in lena.post(f"{place}/ask").json["error"]
    assert lena.call("DELETE", place, json={"rules": "lift"}).json == [] and rules(services) == {}
    assert staff("mo", Role.MODERATOR).get("/lists").status_code == 403


def test_the_api_says_how_far_servers_are_marked_since_rules_were_lifted(
    staff: Staff, services: Services, web: FakeWeb
) -> None:
    there = remote(services, "x", "bad.example")
    lena = staff("lena", Role.LEAD)
    made = lena.post("/lists", name="Neighbours", url=URL, at_once=True).json
    assert lena.get("/lists/marking").json == {"done": 0, "all": 1} and again(services, there).domain_hidden
    marking.work(services)
    assert lena.get("/lists/marking").json == {"done": 1, "all": 1}
    lena.call("DELETE", f"/lists/{made['id']}", json={"rules": "lift"})
    assert lena.get("/lists/marking").json == {"done": 0, "all": 1}
    assert again(services, there).marked_hidden and not again(services, there).domain_hidden


def test_a_threshold_across_lists_holds_by_the_api(staff: Staff, web: FakeWeb) -> None:
    lena = staff("lena", Role.LEAD)
    for url in (URL, OTHER):
        assert lena.post("/lists", name=url, url=url, together=2).status_code == 200
    assert [each["domain"] for each in lena.get("/lists/changes").json["set"]] == ["bad.example", "loud.example"]


@pytest.fixture
def ostiary(services: Services, monkeypatch: pytest.MonkeyPatch, web: FakeWeb) -> Callable[..., Result]:
    """The command line on these services."""

    @contextmanager
    def given(_port: int, _data: Any) -> Iterator[Services]:
        yield services

    monkeypatch.setattr(command, "services", given)
    return lambda *words: CliRunner().invoke(domains_cli.domain, ["lists", *words], catch_exceptions=False)


def test_an_import_by_the_command_line_marks_and_says_how_far_it_is(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [remote(services, "x", f"bad{number}.example") for number in range(3)]
    (tmp_path / "list.txt").write_text("bad0.example\nbad1.example\nbad2.example\n")
    monkeypatch.setattr(domains_cli, "services", lambda _port, _data: nullcontext(services))
    monkeypatch.setattr(marking, "SERVERS_AT_ONCE", 2)
    done = CliRunner().invoke(domains_cli.domain, ["import", str(tmp_path / "list.txt")], catch_exceptions=False)
    assert "2 of 3 servers marked\n3 of 3 servers marked\n" in done.output
    assert all(again(services, one).marked_hidden for one in there)


def test_the_command_line_does_the_same(services: Services, ostiary: Callable[..., Result], web: FakeWeb) -> None:
    said = ostiary("follow", URL, "--name", "Neighbours", "--exclude", "loud.example").output
    assert "2 servers" in said
    number = said.split("\t")[0]
    assert "1 excluded" in ostiary("list").output
    seen = ostiary("changes").output
    assert "bad.example\t-\tsuspend\tNeighbours" in seen and "1 rules would change" in seen and rules(services) == {}
    assert "1 rules changed" in ostiary("changes", "--apply").output
    said = ostiary("set", number, "--exclude-none", "--together", "2", "--at-most", "silence").output
    assert "in at least 2" in said and "at most silence, 0 excluded" in said
    assert ostiary("set", number, "--at-most", "allow").exit_code == 2
    assert "in at least 1" in ostiary("set", number, "--together", "1", "--at-most", "all").output
    web.pages[URL] = Page(b"bad.example\nloud.example\n", "text/plain")
    ostiary("set", number, "--exclude", "good.loud.example")
    ostiary("fetch", number)
    assert "loud.example left as it is: it covers what no list may touch" in ostiary("changes").output
    ostiary("set", number, "--exclude-none")
    assert "1 left for good" in ostiary("changes", "--decline", "loud.example").output
    garbled(web)
    assert "one of its rows can't be read" in ostiary("fetch", number).output
    assert f"ostiary domain lists doubtful {number}" in ostiary("list").output
    seen = ostiary("doubtful", number).output
    assert seen.startswith("row 2 can't be read: ") and "\x1b" not in seen
    assert seen.endswith("bad.example\tsuspend\n1 rules would be lifted, of 1 servers that it may name no longer\n")
    assert rules(services) == {"bad.example": "suspend"}
    assert "1 rules lifted, of 1 servers" in ostiary("doubtful", number, "--lift").output and rules(services) == {}
    assert "0 rules lifted, of 0 servers" in ostiary("doubtful", number, "--lift").output
    web.pages[URL] = Page(b"", "text/csv")
    assert "broken: it names nothing" in ostiary("fetch", number).output
    assert "kept" in ostiary("drop", number).output
    assert ostiary("list").output == ""
