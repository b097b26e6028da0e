"""Translations by a service that the admin named: for moderators who ask, and of public posts in the client API."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow, Role
from app.factory import create_app
from app.grave import sealing
from app.instance import rules
from app.posts import delete
from app.reviewing import translating
from app.services import Services
from app.settings import SettingsError
from app.stores import translations
from app.stores.budgets import Budget
from app.translating import posts
from app.translating.values import Translated, TranslationError, Translator, UntranslatableError
from app.wiring import make_translator
from moderation.cases import opening, priority
from moderation.cases.tables import CaseEventRow, CaseRow
from moderation.evidence import snapshots
from moderation.quality import staging
from moderation.quality.tables import StagedKind
from moderation.reports.tables import ReportRow
from moderation.values import CaseOrigin, Visibility
from tests.app.mastodon.people import Person, sign_in
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import HATEFUL, Desk
from tests.support.services import make_settings

pytestmark = pytest.mark.one_database


class Service:
    """LibreTranslate on loopback: turns words round, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: tuple[int, bytes] | None = None
        self.takes = 0.0
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.asked.append(asked)
                time.sleep(service.takes)
                said = {"translatedText": [text[::-1] for text in asked["q"]]}
                said |= {"detectedLanguage": [{"confidence": 90, "language": "de"} for _ in asked["q"]]}
                self._send(*(service.answer or (200, json.dumps(said).encode())))

            def do_GET(self) -> None:
                said = [{"code": "en", "name": "English", "targets": ["en", "fr"]}, {"code": "fr", "targets": ["en"]}]
                self._send(*(service.answer or (200, json.dumps(said).encode())))

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    """It runs."""
    service = Service()
    yield service
    service.close()


@dataclass
class Loud:
    """A translator that shouts; it remembers what it was given."""

    asked: list[tuple[str, ...]] = field(default_factory=list)
    fails: bool = False

    def translate(self, texts: Sequence[str], source: str | None, target: str, *, html: bool = False) -> Translated:
        self.asked.append(tuple(texts))
        if self.fails:
            raise TranslationError("The translation service doesn’t answer. Try it later.")
        said = [f"<p>{text.upper()}<script>x</script></p>" if html else text.upper() for text in texts]
        return Translated(tuple(said), source or "de", "loud.example")

    def languages(self) -> Mapping[str, tuple[str, ...]]:
        return {"de": ("en", "fr")}


@pytest.fixture
def loud() -> Loud:
    """One that answers."""
    return Loud()


@pytest.fixture
def there(services: Services, loud: Loud) -> Services:
    """A house whose admin named it."""
    return replace(services, translator=loud)


@pytest.fixture
def town(there: Services) -> Town:
    """Its pages."""
    rules.ensure_defaults(there)
    return Town(create_app(there), there)


@pytest.fixture
def desk(town: Town) -> Desk:
    """Cases."""
    return Desk(town)


@pytest.fixture
def mo(town: Town) -> Visitor:
    """A moderator, signed in."""
    return town.at_home(town.member("mo", Role.MODERATOR))


def made(tmp_path: Path, url: str, key: str = "") -> Translator:
    found = make_translator(make_settings(tmp_path, translate_url=url, translate_key=key))
    assert found is not None
    return found


def test_the_service_is_asked_with_its_key_for_several_texts_at_once(tmp_path: Path, service: Service) -> None:
    done = made(tmp_path, service.url + "/", "zqkey").translate(["abc", "de"], None, "en")
    assert (done.texts, done.source, done.provider) == (("cba", "ed"), "de", "127.0.0.1")
    wanted = {"q": ["abc", "de"], "source": "auto", "target": "en", "format": "text", "api_key": "zqkey"}
    assert service.asked == [wanted]
    assert made(tmp_path, service.url).languages() == {"en": ("fr",), "fr": ("en",)}


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (302, b""),
        (200, b"not json"),
        (200, b"[]"),
        (200, b'{"translatedText": "one"}'),
        (200, b'{"translatedText": []}'),
        (200, b'{"translatedText": [1]}'),
        (200, b" " * (1024 * 1024 + 1)),
    ],
)
def test_whatever_else_it_answers_is_one_error_in_words(
    tmp_path: Path, service: Service, answer: tuple[int, bytes], town: Town
) -> None:
    service.answer = answer
    translator = made(tmp_path, service.url)
    with town.app.test_request_context(), pytest.raises(TranslationError, match="doesn’t answer"):
        translator.translate(["x"], "de", "en")
    with town.app.test_request_context(), pytest.raises(TranslationError):
        translator.languages()


def test_without_the_setting_there_is_no_translator_and_a_wrong_one_stops_the_start(tmp_path: Path) -> None:
    assert make_translator(make_settings(tmp_path)) is None
    with pytest.raises(SettingsError, match="TRANSLATE_URL"):
        make_settings(tmp_path, translate_url="ftp://x.example")
    assert "zqkey" not in repr(make_settings(tmp_path, translate_url="https://x.example", translate_key="zqkey"))


def test_a_moderator_asks_and_reads_it_below_the_original_for_five_minutes(
    town: Town, desk: Desk, mo: Visitor, loud: Loud
) -> None:
    case = desk.case_of(desk.held())
    where = f"/review/case/{case.id}"
    with town.services.db.write() as session:
        session.get_one(type(case), case.id).language = "de"
    assert loud.asked == [] and "data-translate" in mo.page(where)
    assert mo.post(f"{where}/translate", on=where).status_code == 302
    page = mo.page(where)
    assert "Translated by a machine (loud.example)" in page and HATEFUL.upper() in page and loud.asked == [(HATEFUL,)]
    with town.services.db.read() as session:
        assert session.scalars(select(CaseEventRow.by).where(CaseEventRow.what == "translated")).all() == ["mo"]
    assert 0 < town.services.redis.ttl(f"ostiary:translated:{case.id}") <= 300  # type: ignore[operator]
    assert HATEFUL.upper() not in town.at_home(town.member("rita", Role.REVIEWER)).page(where)


def test_a_service_that_fails_says_so_and_nothing_is_lost(desk: Desk, mo: Visitor, loud: Loud) -> None:
    loud.fails = True
    case = desk.case_of(desk.held())
    answer = mo.post(f"/review/case/{case.id}/translate", on=f"/review/case/{case.id}")
    assert answer.status_code == 302 and "doesn’t answer" in mo.page(answer.headers["Location"])


def test_nothing_private_grave_or_sealed_goes_out(town: Town, desk: Desk, mo: Visitor, loud: Loud) -> None:
    ana, ben = town.member("ana"), town.member("ben")
    private = desk.reported(ben, town.writes(ana, "@ben in private", visibility=Visibility.DIRECT))
    grave = desk.reported(ben, town.writes(town.member("cay"), "what happens there"))
    with town.services.db.write() as session:
        session.scalars(select(ReportRow).where(ReportRow.case_id == grave.id)).one().category = "child_safety"
    sealed = desk.case_of(desk.held())
    where = f"/review/case/{sealed.id}"
    assert mo.post(f"{where}/translate", on=where).status_code == 302
    with town.services.db.read() as session:
        moderator = session.scalars(select(AccountRow).join(ActorRow).where(ActorRow.username == "mo")).one()
    sealing.seal(town.services, moderator, sealed.id, "")
    assert translations.of(town.services.redis, sealed.id, "mo") is None
    loud.asked.clear()
    for case, status in ((private, 422), (grave, 422), (sealed, 404)):
        answer = mo.post(f"/review/case/{case.id}/translate", on="/review/keys")
        assert answer.status_code == status
    assert "data-translate" not in mo.page(f"/review/case/{private.id}") + mo.page(f"/review/case/{grave.id}")
    assert loud.asked == []


def test_without_a_service_there_is_neither_key_nor_button_nor_method(
    services: Services, http: FlaskClient, ana: Person
) -> None:
    rules.ensure_defaults(services)
    town = Town(create_app(services), services)
    case = Desk(town).case_of(Desk(town).held())
    mo = town.at_home(town.member("mo", Role.MODERATOR))
    page = mo.page(f"/review/case/{case.id}")
    assert "data-translate" not in page and "translate the text" not in page
    assert mo.post(f"/review/case/{case.id}/translate", on="/review/keys").status_code == 404
    post = ana.says("good morning")
    assert ana.post(f"/api/v1/statuses/{post['id']}/translate").status_code == 404
    assert http.get("/api/v1/instance/translation_languages").status_code == 404


def test_clients_translate_what_everybody_may_read_and_nothing_else(there: Services, loud: Loud) -> None:
    http = create_app(there).test_client(use_cookies=False)
    ana, ben = sign_in(http, there, "ana"), sign_in(http, there, "ben")
    fields = {"spoiler_text": "cats", "poll": {"options": ["yes", "no"], "expires_in": 3600}}
    post = ana.says("guten <b>Morgen</b>", **fields)
    said = ben.do(f"/api/v1/statuses/{post['id']}/translate", json={"lang": "fr"})
    assert "MORGEN" in said["content"] and "script" not in said["content"]
    assert (said["spoiler_text"], said["language"], said["provider"]) == ("CATS", "fr", "loud.example")
    assert [one["title"] for one in said["poll"]["options"]] == ["YES", "NO"]
    loud.asked.clear()
    closed = ana.says("for friends", visibility="private")
    assert ana.post(f"/api/v1/statuses/{closed['id']}/translate").status_code == 403
    assert ben.post(f"/api/v1/statuses/{closed['id']}/translate").status_code == 404
    assert http.post(f"/api/v1/statuses/{post['id']}/translate").status_code == 401
    assert loud.asked == []
    told: Any = http.get("/api/v1/instance/translation_languages").json
    assert told == {"de": ["en", "fr"]}
    loud.fails = True
    assert ben.post(f"/api/v1/statuses/{post['id']}/translate").status_code == 503


def test_what_was_kept_is_shown_again_without_asking(town: Town, desk: Desk, mo: Visitor, loud: Loud) -> None:
    where = f"/review/case/{desk.case_of(desk.held()).id}"
    for _again in range(2):
        assert mo.post(f"{where}/translate", on=where).status_code == 302
    assert loud.asked == [(HATEFUL,)]


def test_a_moderator_has_a_budget_for_what_is_sent_out(
    town: Town, desk: Desk, mo: Visitor, loud: Loud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translating, "TRANSLATIONS_ON_DESK", Budget("translations-desk", 1, 3600))
    first, second = (desk.case_of(desk.held(f"{HATEFUL} {name}", town.member(name))).id for name in ("cay", "dov"))
    for number in (first, second):
        answer = mo.post(f"/review/case/{number}/translate", on="/review/keys")
    assert "many translations" in mo.page(answer.headers["Location"])
    assert len(loud.asked) == 1


def test_the_case_has_that_it_was_asked_before_anything_is_sent(desk: Desk, mo: Visitor, loud: Loud) -> None:
    loud.fails = True
    number = desk.case_of(desk.held()).id
    mo.post(f"/review/case/{number}/translate", on="/review/keys")
    with desk.town.services.db.read() as session:
        assert session.scalars(select(CaseEventRow.by).where(CaseEventRow.what == "translated")).all() == ["mo"]


@pytest.mark.parametrize("which", ["appeal", "copy"])
def test_what_is_grave_in_one_case_goes_out_through_no_other_about_the_same(
    town: Town, desk: Desk, mo: Visitor, loud: Loud, which: str
) -> None:
    case = desk.reported(town.member("ben"), town.writes(town.member("cay"), "what happens there"))
    now = town.services.clock.now()
    with town.services.db.write() as session:
        real = session.get_one(CaseRow, case.id)
        if which == "copy":
            number = staging.stage(session, real, StagedKind.REVIEW, 1, now)
        else:
            made = opening.Opening(
                real.uri, real.kind, CaseOrigin.APPEAL, real.author_uri, real.author_domain, real.local,
                priority.rank(CaseOrigin.APPEAL, now),
            )  # fmt: skip
            number = opening.open_many(session, [made], now)[0]
    with town.services.db.read() as session:
        assert translating.may_be(session, number, snapshots.of(session, session.get_one(CaseRow, number).uri)[-1])
    with town.services.db.write() as session:
        session.scalars(select(ReportRow).where(ReportRow.case_id == case.id)).one().category = "child_safety"
    assert mo.post(f"/review/case/{number}/translate", on="/review/keys").status_code == 422
    assert loud.asked == []


def test_what_its_author_deleted_does_not_go_out(town: Town, desk: Desk, mo: Visitor, loud: Loud) -> None:
    cay = town.member("cay")
    post = town.writes(cay, "what happens there")
    case = desk.reported(town.member("ben"), post)
    delete.delete(town.services, cay.id, post.id)
    assert mo.post(f"/review/case/{case.id}/translate", on="/review/keys").status_code == 422
    assert loud.asked == []


def test_what_is_sealed_while_it_is_translated_is_not_kept(
    town: Town, desk: Desk, mo: Visitor, loud: Loud, monkeypatch: pytest.MonkeyPatch
) -> None:
    rob = town.member("rob", Role.REVIEWER)
    number = desk.case_of(desk.held()).id
    plain = loud.translate

    def slow(texts: Sequence[str], source: str | None, target: str, *, html: bool = False) -> Translated:
        sealing.seal(town.services, rob, number, "")
        return plain(texts, source, target, html=html)

    monkeypatch.setattr(loud, "translate", slow)
    assert mo.post(f"/review/case/{number}/translate", on="/review/keys").status_code == 404
    assert translations.of(town.services.redis, number, "mo") is None


def test_after_it_failed_nobody_asks_for_a_minute(there: Services, loud: Loud) -> None:
    loud.fails = True
    first, second = posts.required(there), posts.required(there)
    with pytest.raises(TranslationError):
        first.translate(["x"], None, "en")
    loud.fails = False
    with pytest.raises(TranslationError):
        second.translate(["x"], None, "en")
    with pytest.raises(TranslationError):
        second.languages()
    assert len(loud.asked) == 1
    assert 0 < there.redis.ttl("ostiary:translator:failed") <= 60  # type: ignore[operator]
    there.redis.delete("ostiary:translator:failed")
    assert second.translate(["x"], None, "en").texts == ("X",)


def test_only_one_asks_at_a_time_and_the_others_are_told_at_once(there: Services, loud: Loud) -> None:
    there.redis.set("ostiary:translator:asking", "somebody else")
    with pytest.raises(TranslationError, match="busy"):
        posts.required(there).translate(["x"], None, "en")
    assert loud.asked == []
    assert there.redis.get("ostiary:translator:asking") is not None
    there.redis.delete("ostiary:translator:asking")
    posts.required(there).translate(["x"], None, "en")
    assert there.redis.get("ostiary:translator:asking") is None


def test_languages_are_asked_once_for_all_processes(there: Services, loud: Loud) -> None:
    assert posts.required(there).languages() == posts.required(there).languages() == {"de": ("en", "fr")}
    loud.fails = True
    with pytest.raises(TranslationError):
        posts.required(there).translate(["x"], None, "en")
    assert posts.required(there).languages() == {"de": ("en", "fr")}


def test_a_slow_service_is_waited_for(tmp_path: Path, service: Service) -> None:
    service.takes = 5.5
    assert made(tmp_path, service.url).translate(["abc"], None, "en").texts == ("cba",)


def test_a_language_of_three_letters_is_not_another_of_two(there: Services, loud: Loud) -> None:
    http = create_app(there).test_client(use_cookies=False)
    ana = sign_in(http, there, "ana")
    post = ana.says("magandang umaga", language="fil")
    said = ana.do(f"/api/v1/statuses/{post['id']}/translate", json={"lang": "fr"})
    assert said["detected_source_language"] == "fil"


def test_who_asks_for_a_language_that_there_isn_t_keeps_nobody_else_from_asking(
    tmp_path: Path, service: Service, there: Services, town: Town
) -> None:
    services = replace(there, translator=made(tmp_path, service.url))
    service.answer = (400, b'{"error": "zz is not supported"}')
    with town.app.test_request_context(), pytest.raises(UntranslatableError):
        posts.required(services).translate(["x"], None, "zz")
    service.answer = None
    assert posts.required(services).translate(["abc"], None, "en").texts == ("cba",)
