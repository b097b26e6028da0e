"""Why something is refused is said in the reader's language, wherever a page shows it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import pytest
from flask import Flask
from flask_babel import force_locale

from app import locales
from app.accounts.tables import AccountRow, Role
from app.errors import InvalidError
from app.web import reasons
from app.web.reason_words import ALL
from app.web.review import expression_words
from moderation.errors import (
    AppealRefusedError,
    BadDomainError,
    ForbiddenArrowError,
    HiddenActionError,
    ModerationError,
    NotFoundError,
    RefusedError,
)
from moderation.instance_rules import language
from moderation.instance_rules.language import BadExpressionError
from tests.app.web.conftest import BASE, Town, Visitor
from tests.app.web.refusals import ROOT, Text, texts

NO_PAGE: Final[Mapping[str, str]] = {
    "app/api/": "the program's interface, in English",
    "app/mastodon/": "clients' interface, in the words that they know",
    "app/announcements/answering.py": "reactions come from clients",
    "app/filters/": "clients' filters",
    "app/lists/": "clients' lists",
    "app/measuring/": "figures for clients of admins",
    "app/notifications/policy.py": "clients choose it by these words; the page offers what there is",
    "app/relationships/endorsements.py": "clients'",
    "app/relationships/notes.py": "clients'",
    "app/relationships/tags.py": "clients'",
    "app/scheduled/": "clients schedule",
    "app/oauth/apps.py": "programs register themselves",
    "app/oauth/bearer.py": "tokens are clients'",
    "app/accounts/signup.py": "clients sign up by these; the page has its own words",
    "app/push/": "browsers and clients",
    "app/uploads/recordings/": "codes, which `refusals.sentence` says",
    "app/posts/states.py": "two states and no text: a mistake of ours",
    "app/quotes/states.py": "two states and no text: a mistake of ours",
    "app/health.py": "the machine that looks after this one",
    "app/federation/collections.py": "other servers",
    "app/federation/discovery.py": "other servers",
    "app/federation/documents.py": "other servers",
    "app/federation/gate.py": "other servers",
    "app/federation/inbox.py": "other servers",
    "app/federation/visitors.py": "other servers",
    "app/federation/wire/": "other servers; `as_app_error` says the rest",
    "app/federation/writer.py": "other servers",
}
"""Whose refusals no page shows, and why."""

SAID_ELSEWHERE: Final[Mapping[tuple[str, str], str]] = {
    ("moderation/appeals/answering.py", "error.safe"): "another's text, passed on",
    ("moderation/domains/lists/reading.py", "fields"): "why a line has no cells, found where that is made",
    ("moderation/listed/sheets.py", "fields['wrong']"): "why a line has no cells, found where that is made",
    ("app/lifecycle/redirecting.py", "_words(refused)"): "translated",
    ("app/notices/addresses.py", "text"): "translated",
    ("app/notices/give.py", "text"): "translated",
    ("app/uploads/keeping.py", "sentence(row.error or '')"): "translated",
    ("app/web/review/appeals.py", "refusal(error.why)"): "translated",
    ("app/web/sessions.py", "_not_theirs(me)"): "translated",
}
"""Texts that aren't written out where the error is made."""

_VALUE: Final = re.compile(r"%\(\w+\)s")
_WHERE: Final = re.compile(r"(?:\{\}|[a-z_]+)(?:\.(?:\{\}|[a-z_]+))*: ")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """A request in a language; nothing else is needed."""
    app = Flask("app")
    locales.prepare(app)
    with app.test_request_context(), force_locale(code):
        yield


def plain(text: str) -> str:
    """An entry as the source has it."""
    return _VALUE.sub("{}", text).replace("’", "'")


def forms(words: str) -> set[str]:
    """A text, and what is left of it after the name of a field."""
    text = words.removeprefix("Validation failed: ").replace("’", "'")
    return {text, _WHERE.sub("", text, count=1)}


def reaches_no_page(text: Text) -> bool:
    """Whether its file, or its kind, has another way of being told."""
    if text.error.endswith(".UnavailableError"):
        return True  # from 500 up a page says one sentence for all
    if text.error == "moderation.errors.NotFoundError":
        return True  # pages say that nothing is here; `reasons.of` has a sentence for the rest
    if text.error.endswith(".ForbiddenArrowError") and "{}" in "".join(text.words):
        return True  # names of states mean something to programs only; `reasons.of` has a sentence
    return text.file.startswith(tuple(NO_PAGE)) or (text.file, text.code) in SAID_ELSEWHERE


def test_every_text_that_a_page_can_show_is_in_the_table() -> None:
    known = {plain(entry) for entry in ALL}
    shown = [text for text in texts() if not reaches_no_page(text)]
    missing = [
        f"{text.place}: {words or text.code}"
        for text in shown
        for words in text.words or ("",)
        if words != "{}: {}" and not forms(words) & known
    ]
    assert not missing, "write them into app/web/reason_words.py, and their French into the catalogue"
    assert len(shown) > 300


def test_the_table_has_nothing_that_the_source_does_not_say() -> None:
    in_source = {form for text in texts() for words in text.words for form in forms(words)}
    assert not [entry for entry in ALL if plain(entry) not in in_source]


def test_no_entry_is_there_twice() -> None:
    assert len({plain(entry) for entry in ALL}) == len(ALL)


def test_what_reaches_no_page_is_still_there() -> None:
    found = texts()
    assert not [start for start in NO_PAGE if not any(text.file.startswith(start) for text in found)]
    assert not set(SAID_ELSEWHERE) - {(text.file, text.code) for text in found}


def raw(tree: ast.Module) -> Iterator[int]:
    """Lines that take an error's text without saying it in the reader's language."""
    for node in ast.walk(tree):
        caught = node.name if isinstance(node, ast.ExceptHandler) else None
        if isinstance(node, ast.FunctionDef):
            for argument in node.args.args:
                if argument.annotation is not None and "Error" in ast.unparse(argument.annotation):
                    caught = argument.arg
        if caught is not None:
            yield from (
                each.lineno
                for each in ast.walk(node)
                if isinstance(each, ast.Attribute)
                and each.attr in ("safe", "text")
                and isinstance(each.value, ast.Name)
                and each.value.id == caught
            )


def test_no_page_shows_an_error_as_it_is() -> None:
    files = [file for file in (ROOT / "app" / "web").rglob("*.py") if file.name != "reasons.py"]
    found = [f"{file}:{line}" for file in files for line in raw(ast.parse(file.read_text()))]
    assert not found, "say it with reasons.of(error)"


@pytest.mark.parametrize(
    ("error", "french"),
    [
        (BadDomainError("this server's own domain"), "c’est ce serveur lui-même"),
        (BadDomainError("far.example: at most 50 cases can be named"), "far.example\u202f: au plus 50 dossiers peuvent être cités"),
        (RefusedError("“suspend” can't be decided for “domain”"), "«\u202fcompte suspendu\u202f» ne peut pas être décidé pour «\u202ftout le serveur\u202f»"),
        (InvalidError("Validation failed: Text can't be blank"), "Écrivez d’abord quelque chose"),
        (ForbiddenArrowError("this order is over already"), "cet ordre a déjà pris fin"),
        (ForbiddenArrowError("a case that is open can't become held"), "Cela ne peut plus être changé ainsi\u202f: regardez de nouveau."),
        (NotFoundError("there is no such case"), "Cela n’existe plus ici, ou plus rien ne peut en être annulé."),
        (AppealRefusedError("already"), "Vous avez déjà contesté cette décision."),
        (HiddenActionError("suspend"), "«\u202fcompte suspendu\u202f» ne peut pas être décidé dans la file de ce dossier."),
        (BadExpressionError("empty", "an expression is missing"), "Il manque une expression."),
        (RefusedError("what nobody wrote down: 3"), "what nobody wrote down: 3"),
    ],
)  # fmt: skip
def test_a_reason_is_said_in_french(error: ModerationError | InvalidError, french: str) -> None:
    with speaking("fr"):
        assert reasons.of(error) == french


def test_in_english_a_reason_keeps_its_words_and_the_reader_s_own() -> None:
    with speaking("en"):
        assert (
            reasons.said("“warn” can't be decided for “subject”") == "“warned” can’t be decided for “the post itself”"
        )
        assert reasons.said("unknown severity 'l’ours'") == "unknown severity 'l’ours'"
        assert reasons.said("said by somebody") == "said by somebody"


@pytest.fixture
def ada(town: Town) -> Visitor:
    """The admin, signed in, who reads French."""
    account = town.member("ada", Role.ADMIN)
    with town.services.db.write() as session:
        session.get_one(AccountRow, account.id).locale = "fr"
    return town.at_home(account)


@pytest.mark.parametrize("before", ["x: ", "it names nothing: "])
def test_a_long_row_of_reasons_ends_and_its_last_is_left_as_it_is(before: str) -> None:
    with speaking("fr"):
        assert reasons.said("a.example: b: empty") == "a.example\u202f: b\u202f: rien n’est écrit"
        assert reasons.said(before * 5000 + "empty").endswith("empty")


@pytest.mark.one_database
def test_the_first_list_of_a_house_says_in_french_why_a_line_is_none(ada: Visitor) -> None:
    page = "/review/setup/blocklist"
    answer = ada.post(page, on=page, do="look", list="co.uk,suspend\nfar.example,dance\n", excludes="")
    assert "un suffixe sous lequel n’importe qui s’enregistre" in answer.text
    answer = ada.post(page, on=page, do="look", list="far.example,suspend", excludes="far example/")
    assert "ce n’est pas un nom de serveur" in answer.text and "not a domain" not in answer.text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("page", "fields", "said"),
    [
        (
            "/review/barring/provider",
            {"on": "/review/barring", "what": "co.uk"},
            "un suffixe sous lequel n’importe qui s’enregistre",
        ),
        ("/review/patterns", {"kind": "hashtag", "patterns": "a b"}, "un hashtag a des lettres, des chiffres"),
        ("/review/instance-rules/new", {"name": "", "expression": "author.bot"}, "une règle a un nom d’au plus"),
        ("/review/domains/lists", {"address": "http://far.example/list"}, "une liste a une adresse qui commence par"),
    ],
)
def test_forms_are_refused_in_french(ada: Visitor, page: str, fields: dict[str, str], said: str) -> None:
    answer = ada.post(page, **{"on": page} | fields)
    assert answer.status_code == 422 and said in answer.text


@pytest.mark.one_database
def test_a_page_that_says_what_went_wrong_says_it_in_french(ada: Visitor) -> None:
    answer = ada.client.post("/review/barring/provider", base_url=BASE, headers=ada.headers, data={"what": "x.example"})
    assert answer.status_code == 400 and "Ce formulaire est trop ancien" in answer.text
    answer = ada.client.delete("/review/domains", base_url=BASE, headers=ada.headers)
    assert answer.status_code == 405 and "Cette adresse ne se demande pas ainsi." in answer.text


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("author.bot &&", "Ligne 1, colonne 14\u202f: elle s’arrête au milieu."),
        ("(author.bot", "Ligne 1, colonne 12\u202f: «\u202f)\u202f» manque."),
        ("author.bot ? 1", "Ligne 1, colonne 15\u202f: «\u202f:\u202f» manque."),
        ("author.bot &&& true", "Ligne 1, colonne 14\u202f: «\u202f&\u202f» n’a pas sa place ici."),
        ("1 +* 2", "Ligne 1, colonne 4\u202f: «\u202f*\u202f» n’a pas sa place ici."),
        ("'abc", "Ligne 1, colonne 1\u202f: «\u202f'abc\u202f» n’a pas sa place ici."),
    ],
)
def test_an_expression_that_can_not_be_read_is_told_in_french(expression: str, wrong: str) -> None:
    with pytest.raises(BadExpressionError) as caught:
        language.compile_(expression)
    with speaking("fr"):
        assert expression_words.wrong(caught.value) == wrong


@pytest.mark.one_database
def test_a_program_that_asks_wrongly_is_told_so_in_french(ada: Visitor) -> None:
    answer = ada.get("/oauth/authorize?client_id=nobody&response_type=code")
    assert answer.status_code == 422 and "Ce que ce programme demande n’est pas possible." in answer.text
