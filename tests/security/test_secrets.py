"""Secrets stay where they belong: not in logs, not on pages, not in files that others can read."""

from __future__ import annotations

import ast
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import settings as app_settings
from app.accounts.tables import AccountRow, Role
from app.database.engine import Database
from app.services import Services
from tests.app.web.conftest import Town
from tests.security.conftest import Caller, filled, rules_of

PACKAGES = ("models", "moderation", "app", "workers")
ROOT = Path(app_settings.__file__).parent.parent


@pytest.mark.one_database
def test_settings_can_be_printed(tmp_path: Path) -> None:
    given = {
        "OSTIARY_DATABASE_URL": "postgresql://ostiary:hush-db@db/ostiary",
        "OSTIARY_REDIS_URL": "redis://:hush-redis@store:6379/0",
        "OSTIARY_SECRET_KEY": "hush-key",
        "OSTIARY_SMTP_URL": "smtp://us:hush-mail@mail.example",
        "OSTIARY_S3_URL": "s3://bucket/media?region=eu-west-1",
        "OSTIARY_S3_ACCESS_KEY": "hush-name",
        "OSTIARY_S3_SECRET_KEY": "hush-s3",
        "OSTIARY_TRANSLATE_URL": "https://translate.example",
        "OSTIARY_TRANSLATE_KEY": "hush-translate",
        "OSTIARY_METRICS_TOKEN": "hush-metrics",
    }
    assert "hush" not in repr(app_settings.read(given, data_dir=tmp_path))


def test_an_error_of_the_database_names_no_values(db: Database) -> None:
    for query in ("INSERT INTO nowhere (a) VALUES (:secret)", "SELECT nothing FROM accounts WHERE email = :secret"):
        with pytest.raises(DBAPIError) as caught, db.write() as session:
            session.execute(text(query), {"secret": "hush"})
        assert "hush" not in str(caught.value)
    with pytest.raises(DBAPIError) as caught, db.read() as session:
        session.execute(text("SELECT nothing FROM accounts WHERE email = :secret"), {"secret": "hush"})
    assert "hush" not in str(caught.value)


@pytest.mark.one_database
def test_no_page_or_document_has_a_hash_a_salt_or_a_private_key(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    ana, ada = town.member("ana"), town.member("ada", Role.ADMIN)
    post = town.writes(ana, "hello")
    with town.services.db.read() as session:
        row = session.get_one(AccountRow, ana.id)
        secrets = (row.password_hash, row.session_salt, row.actor.private_key_pem or "none", "argon2", "PRIVATE KEY")
    browsers, caller = (town.visitor(), town.at_home(ana), town.at_home(ada)), Caller(town, ada)
    ids = {"handle": "ana", "name": "ana", "number": post.id, "public_id": ana.id, "key": post.uri.rsplit("/", 1)[1]}
    with caplog.at_level(logging.DEBUG):
        for rule in rules_of(town.app):
            if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
                continue
            path = filled(rule, **ids)
            answers = [browser.get(path).text for browser in browsers]
            answers += [caller.http.get(path, headers=caller.headers | {"Accept": "application/activity+json"}).text]
            for answer in answers:
                assert not [secret for secret in secrets if secret in answer], path
            for mail in ("ana@mail.example",):
                assert mail not in answers[0], path
    assert caller.headers["Authorization"].split()[1] not in caplog.text


@pytest.mark.one_database
def test_what_is_kept_on_disk_is_for_its_owner(tmp_path: Path) -> None:
    home = tmp_path / "new" / "data"
    made = app_settings.with_secret(app_settings.read({"OSTIARY_DOMAIN": "ostiary.example"}, data_dir=home))
    assert made.secret_key
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    other = tmp_path / "other"
    database = Database(f"sqlite:///{other / 'x.sqlite3'}")
    database.dispose()
    assert stat.S_IMODE(other.stat().st_mode) == 0o700


@pytest.mark.one_database
def test_pages_with_secrets_are_kept_nowhere_and_the_others_by_the_browser_alone(
    services: Services, town: Town
) -> None:
    ana = town.member("ana")
    browser, caller = town.at_home(ana), Caller(town, ana)
    for path in ("/settings", "/sign-in", "/sign-up", "/password", "/oauth/authorize/native?code=x"):
        assert browser.get(path).headers["Cache-Control"] == "no-store", path
    for path in ("/home", "/notifications", "/reports", "/@ana", "/compose", "/nothing/here"):
        kept = browser.get(path).headers.get("Cache-Control", "")
        assert "private" in kept or "no-store" in kept or path == "/nothing/here", path
    answer = caller.http.get("/api/v1/accounts/verify_credentials", headers=caller.headers)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.one_database
def test_nothing_that_runs_what_it_reads_is_imported() -> None:
    banned = {"pickle", "cPickle", "marshal", "shelve", "dill", "joblib", "yaml", "telnetlib", "requests"}
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not {name.partition(".")[0] for name in names} & banned, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec", "__import__"}, path
            if isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle", "verify"):
                value = node.value.value if isinstance(node.value, ast.Constant) else None
                assert value is (node.arg == "verify") or (node.arg == "allow_pickle" and value is False), path


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "train" not in path.parts)
