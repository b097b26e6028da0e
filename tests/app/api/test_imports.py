"""Lists taken by hand, by programs and on the command line: previewed, taken, undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.accounts.tables import Role
from app.services import Services
from moderation.domains import editing, list_rules
from moderation.values import Severity
from tests.app.api.conftest import Caller
from workers.cli import domains as domains_cli
from workers.cli import list_imports as command

Staff = Callable[..., Caller]
NONE = dict.fromkeys(("added", "changed", "kept", "conflict", "excluded", "covers", "refused"), 0)
LIST = "domain,severity,public_comment\nbad.example,suspend,spam\nloud.example,silence,\ncom,suspend,\n"


def rules(services: Services) -> dict[str, str]:
    """What is in force."""
    with services.db.read() as session:
        return {rule.domain: rule.severity.value for rule in list_rules(session)}


def test_a_lead_previews_takes_and_undoes_a_list_by_the_api(staff: Staff, services: Services) -> None:
    lena = staff("lena", Role.LEAD)
    seen = lena.post("/imports/preview", list=LIST, at_most="silence").json
    assert (seen["form"], [each["domain"] for each in seen["added"]]) == ("csv", ["bad.example", "loud.example"])
    assert {each["severity"] for each in seen["added"]} == {"silence"} and seen["refused"][0]["line"] == 4
    assert rules(services) == {} and lena.get("/imports").json == []
    taken = lena.post("/imports", list=LIST).json
    assert taken["counts"] == NONE | {"added": 2, "refused": 1} and taken["conflict"] == []
    assert taken["rules"] == 2 and rules(services) == {"bad.example": "suspend", "loud.example": "silence"}
    with services.db.write() as session:
        editing.set_rule(session, "loud.example", Severity.ALLOW, "mo", services.clock.now())
    place = f"/imports/{taken['id']}"
    would = lena.get(place).json["undo"]
    assert would["lifted"] == ["bad.example"] and would["put_back"] == []
    assert [(each["domain"], each["what"], each["by"]) for each in would["kept"]] == [("loud.example", "set", "mo")]
    done = lena.post(f"{place}/undo").json
    assert (done["lifted"], done["undone_by"]) == (["bad.example"], "lena") and rules(services) == {
        "loud.example": "allow"
    }
    assert lena.post(f"{place}/undo").status_code == 409
    assert lena.get(place).json["undo"] is None and len(lena.get("/imports").json) == 1
    assert lena.get("/imports/99").status_code == 404


def test_a_list_that_conflicts_in_all_its_rows_says_so_by_the_api_and_sets_nothing(
    staff: Staff, services: Services
) -> None:
    lena = staff("lena", Role.LEAD)
    with services.db.write() as session:
        for domain in ("bad.example", "loud.example"):
            editing.set_rule(session, domain, Severity.SUSPEND, "mo", services.clock.now())
    taken = lena.post("/imports", list="domain,severity\nbad.example,silence\nwww.loud.example,noop\n").json
    assert (taken["id"], taken["rules"], taken["counts"]) == (None, 0, NONE | {"conflict": 2})
    assert [(each["domain"], each["severity"], each["now"]) for each in taken["conflict"]] == [
        ("bad.example", "silence", "suspend"), ("www.loud.example", "noop", "suspend"),
    ]  # fmt: skip
    again = lena.post("/imports", list="bad.example,suspend\nbad.example,silence\nloud.example,suspend").json
    assert again["counts"] == NONE | {"refused": 2, "kept": 1}, "of two words about one server neither counts"
    assert rules(services) == {"bad.example": "suspend", "loud.example": "suspend"}


@pytest.mark.parametrize(
    "sent", [{}, {"list": ""}, {"list": 7}, {"list": LIST, "at_most": "burn"}, {"list": LIST, "at_most": "allow"}, {"list": LIST, "overrule": "yes"},
             {"list": "x" * 900_001}, {"list": LIST, "force": True}, {"list": "<html>"}],
)  # fmt: skip
def test_a_bad_request_is_one_clear_error_and_takes_nothing(
    staff: Staff, services: Services, sent: dict[str, Any]
) -> None:
    answer = staff("lena", Role.LEAD).post("/imports", **sent)
    assert answer.status_code in (413, 422) or answer.json["rules"] == 0
    assert rules(services) == {}


@pytest.fixture
def on_the_line(services: Services, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs `ostiary domain …` on these services."""

    @contextmanager
    def made(_port: int, _data: Path | None) -> Iterator[Services]:
        yield services

    for module in (command, domains_cli):
        monkeypatch.setattr(module, "services", made)

    def run(*words: str) -> str:
        result = CliRunner().invoke(domains_cli.domain, list(words))
        assert result.exception is None, result.output
        return result.output

    return run


def test_a_list_is_taken_and_undone_on_the_command_line(
    services: Services, tmp_path: Path, on_the_line: Callable[..., str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST)
    number = on_the_line("import", str(file)).split("imports undo ")[1].strip()
    assert "2 rules\tin force" in on_the_line("imports", "list")
    assert "2 would be lifted" in on_the_line("imports", "undo", number, "--dry-run") and len(rules(services)) == 2
    with services.db.write() as session:
        editing.set_rule(session, "loud.example", Severity.ALLOW, "mo", services.clock.now())
    said = on_the_line("imports", "undo", number)
    assert "loud.example kept: set by mo" in said and "1 lifted, 0 put back, 1 kept" in said
    assert "undone" in on_the_line("imports", "list") and rules(services) == {"loud.example": "allow"}
