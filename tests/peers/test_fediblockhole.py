"""FediBlockHole, which admins sync their blocks with, pulls from and pushes to a running Ostiary over TLS on loopback.

It is one long acquaintance, in the order in which it is written, with the program as its makers publish it, in an
environment of its own.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.engine import Database
from app.ids import IDS
from app.relationships.tables import FollowRow, FollowState
from tests.support import tls
from tests.support.running import ROOT, RunningServer, free_ports, running_server

pytestmark = pytest.mark.slow
PROGRAM = ROOT / ".venv/fediblockhole/bin/fediblock-sync"
FIELDS = '["public_comment", "reject_media", "reject_reports", "obfuscate"]'
MANY = 230
"""Rules: more than a page of the admin API."""


@dataclass
class House:
    """A server behind TLS, its lead's token, and a folder of lists."""

    server: RunningServer
    port: int
    token: str
    pem: Path
    folder: Path

    @property
    def host(self) -> str:
        """As others call it."""
        return f"localhost:{self.port}"

    def rules(self) -> dict[str, dict[str, object]]:
        """Every rule, as Ostiary's own format has it."""
        lines = self.server.cli("domain", "export", "--format", "ostiary").splitlines()
        return {each["domain"]: each for each in map(json.loads, lines)}

    def severities(self) -> dict[str, object]:
        """What happens to whom, but for the many."""
        return {name: rule["severity"] for name, rule in self.rules().items() if not name.startswith("many")}

    def list(self, name: str, *rows: str) -> str:
        """A list in a file; its address."""
        file = self.folder / f"{name}.csv"
        file.write_text("\n".join(["domain,severity,public_comment", *rows, ""]))
        return file.as_uri()

    def sync(self, *lists: str, more: str = "", push: bool = True, pull: bool = False, **flags: str) -> str:
        """Run the program over these lists; what it merged, as CSV."""
        merged = self.folder / "merged.csv"
        tables = [f'[[blocklist_url_sources]]\nurl = "{each}"\nformat = "csv"' for each in lists]
        instance = f'domain = "{self.host}"\ntoken = "{self.token}"\n'
        if pull:
            tables.append(f"[[blocklist_instance_sources]]\n{instance}admin = true")
        if push:
            tables.append(f"[[blocklist_instance_destinations]]\n{instance}{flags.get('followed', '')}")
        config = self.folder / "sync.toml"
        config.write_text(f'blocklist_savefile = "{merged}"\nimport_fields = {FIELDS}\n{more}\n' + "\n".join(tables))
        command = (
            f"import fediblockhole as f; f.API_CALL_DELAY = 0; import sys; sys.argv = ['x', '-c', {str(config)!r}]"
        )
        done = subprocess.run(
            [str(PROGRAM.with_name("python")), "-c", f"{command}; f.main()"],
            env={"REQUESTS_CA_BUNDLE": str(self.pem)}, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return merged.read_text()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server of which two others are known: somebody here follows somebody of one."""
    assert PROGRAM.exists(), "make setup-dev makes the environment of FediBlockHole"
    folder, port, outside = tmp_path_factory.mktemp("blocks"), free_ports(), free_ports()
    pem = tls.certificate(folder)
    (folder / "house").mkdir()
    environment = {
        "OSTIARY_DOMAIN": f"localhost:{outside}",
        "OSTIARY_RATE_LIMITS": "off",
        "OSTIARY_TRUSTED_PROXIES": "127.0.0.1/32",
    }
    with running_server(folder / "house", environment, port) as server, tls.front(outside, port, pem):
        server.member("ana")
        token = server.member("lea", "lead")["Authorization"].removeprefix("Bearer ")
        _follows(server)
        yield House(server, outside, token, pem, folder)


def _follows(server: RunningServer) -> None:
    db = Database(f"sqlite:///{server.data / 'ostiary.sqlite3'}")
    with db.write() as session:
        ana = session.query(ActorRow).filter_by(username="ana").one()
        friend = _remote(session, "friend", "followed.example")
        _remote(session, "other", "unfollowed.example")
        session.flush()
        now = datetime.now(UTC)  # noqa: TID251 - a running server's clock
        session.add(
            FollowRow(
                id=IDS.take(now), follower_id=ana.id, target_id=friend.id, state=FollowState.ACCEPTED,
                uri="https://x.example/f", created_at=now,
            )
        )  # fmt: skip
    db.dispose()


def _remote(session: Session, name: str, domain: str) -> ActorRow:
    now, uri = datetime.now(UTC), f"https://{domain}/users/{name}"  # noqa: TID251
    row = ActorRow(
        id=IDS.take(now), uri=uri, local=False, username=name, username_lower=name, domain=domain, created_at=now,
        inbox_url=f"{uri}/inbox", shared_inbox_url=f"https://{domain}/inbox", fields=[],
    )  # fmt: skip
    session.add(row)
    return row


def test_two_lists_are_merged_and_pushed_and_where_members_follow_it_stops_at_silence(house: House) -> None:
    one = house.list("one", "bad.example,suspend,spam", "loud.example,silence,loud", "followed.example,suspend,odd")
    two = house.list("two", "bad.example,silence,scams", "loud.example,suspend,", "unfollowed.example,suspend,odd")
    house.sync(one, two)
    assert house.severities() == {
        "bad.example": "suspend", "loud.example": "suspend", "followed.example": "silence",
        "unfollowed.example": "suspend",
    }  # fmt: skip
    assert house.rules()["bad.example"]["public_comment"] == "spam, scams"


def test_only_what_enough_lists_name_is_pushed_and_allowed_ones_never(house: House) -> None:
    lists = [
        house.list("a", "twice.example,suspend,", "thrice.example,suspend,", "friend.example,suspend,"),
        house.list("b", "twice.example,suspend,", "thrice.example,suspend,", "friend.example,suspend,"),
        house.list("c", "once.example,suspend,", "thrice.example,silence,", "friend.example,suspend,"),
    ]
    allowed = house.list("allowed", "friend.example,noop,")
    more = f'merge_threshold = 2\nmergeplan = "min"\n[[allowlist_url_sources]]\nurl = "{allowed}"\nformat = "csv"'
    house.sync(*lists, more=more)
    found = house.severities()
    assert (found["twice.example"], found["thrice.example"]) == ("suspend", "silence")
    assert "once.example" not in found and "friend.example" not in found


def test_what_the_house_says_beyond_mastodons_words_outlives_a_push(house: House) -> None:
    house.server.cli("domain", "block", "held.example", "--severity", "hold", "--private-comment", "ours")
    house.server.cli("domain", "block", "toned.example", "--severity", "filter", "--filter", "trends")
    house.server.cli("domain", "block", "let-in.example", "--severity", "allow")
    theirs = house.list("theirs", "held.example,silence,loud", "toned.example,silence,x", "let-in.example,suspend,x")
    house.sync(theirs)
    rules = house.rules()
    assert (rules["held.example"]["severity"], rules["held.example"]["private_comment"]) == ("hold", "ours")
    assert rules["held.example"]["public_comment"] == "loud"
    assert (rules["toned.example"]["severity"], rules["toned.example"]["filters"]) == ("filter", ["trends"])
    assert rules["let-in.example"]["severity"] == "allow"


def test_it_pulls_every_page_of_our_rules_and_the_public_list(house: House) -> None:
    lines = "".join(f"many{number}.example,suspend\n" for number in range(MANY))
    file = house.folder / "many.csv"
    file.write_text(f"domain,severity\n{lines}")
    house.server.cli("domain", "import", str(file))
    merged = house.sync(pull=True, push=False)
    assert merged.count("many") == MANY and "held.example,silence" in merged
    public = house.sync(pull=False, push=False, more=_public(house))
    assert "bad.example,suspend" in public and "many" not in public


def _public(house: House) -> str:
    return f'[[blocklist_instance_sources]]\ndomain = "{house.host}"'


def test_pushing_the_same_again_changes_nothing(house: House) -> None:
    before = house.rules()
    house.sync(house.list("one", 'bad.example,suspend,"spam, scams"', "held.example,silence,loud"))
    assert house.rules() == before
