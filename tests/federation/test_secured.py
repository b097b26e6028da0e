"""In secure mode nobody learns anything from a document without signing for it; nobody from a suspended domain ever does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.accounts.tables import ActorRow
from app.federation import secured
from app.federation.wire import signatures
from app.lifecycle import leaving
from app.posts import delete
from moderation.domains import editing
from moderation.values import Severity, Visibility
from tests.app import people
from tests.federation.world import Remote, World, keys

AS = "application/activity+json"
BASE = "https://ostiary.example"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BLUEPRINTS = ("documents.", "collections.")


@pytest.fixture
def secure(world: World) -> World:
    object.__setattr__(world.services.settings, "secure_mode", True)
    return world


def _get(world: World, path: str, who: Remote | None = None, accept: str = AS) -> TestResponse:
    headers: dict[str, str] = {}
    if who is not None:
        key, now = signatures.load_private_key(who.pair.private_pem), world.services.clock.now()
        headers = signatures.sign("GET", BASE + path, None, key_id=who.key_id, private_key=key, now=now)
    return world.http.get(path, base_url=BASE, headers={"Accept": accept, **headers})


def _endpoints(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(BLUEPRINTS) and "GET" in (rule.methods or ()):
            yield rule.endpoint, rule.rule


def _documents(app: Flask) -> list[str]:
    return [rule for endpoint, rule in _endpoints(app) if endpoint not in secured.OPEN]


def _house(world: World) -> list[dict[str, str]]:
    """A name and a key for everything that might be told of: what is there, what isn't, and what was."""
    ana, zoe = world.member("ana"), world.member("zoe")
    public, private = (
        people.post(world.services, ana, "Good morning.", visibility=kind)
        for kind in (Visibility.PUBLIC, Visibility.FOLLOWERS)
    )
    gone, left = people.post(world.services, ana, "Not for long."), people.post(world.services, zoe, "Farewell.")
    delete.delete(world.services, ana.id, gone.id)
    leaving.remove(world.services, zoe.id)
    named = [("ana", public), ("ana", private), ("ana", gone), ("zoe", left)]
    found = [{"name": name, "key": post.uri.rpartition("/")[2]} for name, post in named]
    return [*found, {"name": "ana", "key": "nothing"}, {"name": "nobody", "key": "nothing"}]


def _filled(rule: str, values: dict[str, str]) -> str:
    return rule.replace("<name>", values["name"]).replace("<key>", values["key"]).replace("<int:number>", "1")


def _told(answer: TestResponse) -> tuple[Any, ...]:
    return answer.status_code, answer.data, answer.mimetype


def _of(rules: list[str], house: list[dict[str, str]]) -> list[str]:
    return [_filled(rule, values) for rule in rules for values in house]


def test_every_document_is_behind_the_guard(app: Flask) -> None:
    rules = dict(_endpoints(app))
    assert {"documents.actor", "documents.post", "documents.activity", "documents.authorization"} <= set(rules)
    assert {"collections.outbox", "collections.featured", "collections.replies", "collections.likes"} <= set(rules)
    assert len(_documents(app)) >= 12 and set(rules) >= secured.OPEN | secured.PAGES


def test_whoever_does_not_sign_learns_nothing(secure: World, app: Flask) -> None:
    paths = _of(_documents(app), _house(secure))
    answers = {_told(_get(secure, path)) for path in paths}
    ((status, body, _),) = answers
    assert status == 401 and b"signature_required" in body


def test_whose_signature_is_forged_learns_nothing(secure: World, app: Flask) -> None:
    secure.known("ben")
    forger = Remote("ben", pair=keys(2))
    answers = {_told(_get(secure, path, forger)) for path in _of(_documents(app), _house(secure))}
    ((status, _, _),) = answers
    assert status == 401


@pytest.mark.parametrize("mode", [True, False])
def test_a_suspended_domain_learns_nothing_whatever_it_asks_for(world: World, app: Flask, mode: bool) -> None:
    object.__setattr__(world.services.settings, "secure_mode", mode)
    ben = world.known("ben")
    with world.services.db.write() as session:
        editing.set_rule(session, "far.example", Severity.SUSPEND, "ada", world.services.clock.now())
    answers = {_told(_get(world, path, ben)) for path in _of(_documents(app), _house(world))}
    ((status, body, _),) = answers
    assert status == 403 and b"domain_suspended" in body


def test_what_is_told_to_one_who_signs_is_kept_by_no_cache_in_between(secure: World, app: Flask) -> None:
    ben = secure.known("ben")
    statuses = set()
    for path in _of(_documents(app), _house(secure)):
        answer = _get(secure, path, ben)
        statuses.add(answer.status_code)
        assert answer.headers["Cache-Control"].startswith("private"), path
        assert "Signature" in answer.headers["Vary"], path
    assert statuses == {200, 404, 410}
    assert "private" in _get(secure, "/users/ana").headers["Cache-Control"]


def test_the_servers_own_actor_is_had_by_everybody(secure: World) -> None:
    for path in ("/actor", "/actor/outbox"):
        answer = _get(secure, path)
        assert answer.status_code == 200 and "public" in answer.headers["Cache-Control"]


def test_people_are_still_led_to_the_pages(secure: World) -> None:
    ana: ActorRow = secure.member("ana")
    post = people.post(secure.services, ana, "Good morning.")
    path = post.uri.removeprefix(BASE)
    for uri, page in (("/users/ana", "/@ana"), (path, f"/@ana/{post.id}"), (path + "/activity", f"/@ana/{post.id}")):
        answer = _get(secure, uri, accept=BROWSER)
        assert (answer.status_code, answer.headers["Location"]) == (302, BASE + page)
        assert "Accept" in answer.headers["Vary"]
