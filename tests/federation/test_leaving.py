"""Leaving for good: hidden at once, told to everybody, erased, and never anybody else's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.accounts import credentials, signup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import AppError, ConflictError, ForbiddenError, UnauthorizedError
from app.federation import deliver
from app.federation.tables import DeliveryRow, DeliveryState, OutboxActivityRow
from app.federation.wire.errors import BadStatusError, UnreachableError
from app.federation.wire.keys import make_ed25519_key
from app.federation.wire.signatures import SignedRequest, check_key, load_public_key, parse_signatures
from app.lifecycle import carrying, leaving, work
from app.paging import Paging
from app.posts import boosts, compose, likes
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow, PostState
from app.reports.file import FileReport, file
from app.services import Services
from app.timelines import home, public
from moderation.cases.tables import CaseRow
from moderation.evidence.tables import SnapshotRow
from moderation.values import CaseState, Visibility
from tests.app import people
from tests.app.people import PASSWORD
from tests.federation.world import World, keys

TYPE = "application/activity+json"


def _get(world: World, path: str) -> TestResponse:
    return world.http.get(path, headers={"Accept": TYPE}, base_url="https://ostiary.example")


def _write(world: World, actor: ActorRow, words: str, **more: Any) -> PostRow:
    return compose.compose(world.services, actor.id, ComposeRequest(words, **more))


def _work(world: World) -> None:
    deliver.drain(world.services, poster=world.web)
    work.drain(world.services)


def _actor(world: World, actor: ActorRow) -> ActorRow:
    with world.services.db.read() as session:
        return session.get_one(ActorRow, actor.id)


def _town(world: World) -> tuple[ActorRow, ActorRow, PostRow]:
    """A member with a follower here and one elsewhere, and what she wrote."""
    ana, ben, far = world.member("ana", summary="<p>About me.</p>"), world.member("ben"), world.row(world.known("far"))
    world.follow(ben, ana)
    world.follow(far, ana)
    post = _write(world, ana, "The tide tables for this week.")
    deliver.drain(world.services, poster=world.web)
    return ana, ben, post


def test_everything_is_hidden_at_once(world: World) -> None:
    ana, ben, post = _town(world)
    leaving.leave(world.services, ana.id, PASSWORD)
    assert home.page(world.services, ben.id, Paging()) == []
    assert public.page(world.services, None, Paging()) == []
    answers = {path: _get(world, path) for path in ("/users/ana", post.uri.partition("example")[2])}
    for path, answer in answers.items():
        assert (answer.status_code, answer.json["type"]) == (410, "Tombstone"), path  # type: ignore[index]
    for path in ("/users/ana/outbox", "/users/ana/followers", "/users/ana/collections/featured"):
        assert _get(world, path).status_code == 410
    for resource in ("acct:ana@ostiary.example", ana.uri, "https://ostiary.example/@ana"):
        assert _get(world, f"/.well-known/webfinger?resource={resource}").status_code == 410


def test_the_goodbye_is_signed_and_only_then_the_key_goes(world: World) -> None:
    ana, _ben, _post = _town(world)
    world.web.fail("https://far.example/inbox", UnreachableError("down"))
    leaving.leave(world.services, ana.id, PASSWORD)
    _work(world)
    with world.services.db.write() as session:
        session.get_one(ActorRow, ana.id).ed25519_private_pem = make_ed25519_key()
    assert _actor(world, ana).private_key_pem is not None
    world.web.pages.pop("https://far.example/inbox")
    world.services.clock.move(timedelta(minutes=5))  # type: ignore[attr-defined]
    world.web.sent.clear()
    _work(world)
    (sent,) = world.web.sent
    said = json.loads(sent.body)
    assert (said["type"], said["object"]) == ("Delete", ana.uri)
    headers = world.web.signatures[-1]
    request = SignedRequest.of("POST", "/inbox", headers.items(), sent.body)
    check_key(request, parse_signatures(request)[0], load_public_key(keys(0).public_pem))
    assert (_actor(world, ana).private_key_pem, _actor(world, ana).ed25519_private_pem) == (None, None)
    assert _get(world, "/users/ana").status_code == 410


def test_what_fails_of_others_comings_and_goings_keeps_no_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_services: Services, _limit: int) -> int:
        raise ValueError("a move that can't be carried")

    ana, _ben, _post = _town(world)
    leaving.leave(world.services, ana.id, PASSWORD)
    deliver.drain(world.services, poster=world.web)
    monkeypatch.setattr(carrying, "carry", fails)
    with pytest.raises(ValueError, match="carried"):
        work.drain(world.services)
    assert _actor(world, ana).private_key_pem is None


def test_a_goodbye_that_is_refused_for_good_holds_no_key(world: World) -> None:
    ana, _ben, _post = _town(world)
    world.web.fail("https://far.example/inbox", BadStatusError("no", answered=400))
    leaving.leave(world.services, ana.id, PASSWORD)
    _work(world)
    assert _actor(world, ana).private_key_pem is None


def test_it_goes_to_everybody_who_may_know_and_nothing_else_is_sent_any_more(world: World) -> None:
    ana, _ben, _post = _town(world)
    people.remote(world.services, "somebody", "third.example")
    _write(world, ana, "Not delivered yet.")
    leaving.leave(world.services, ana.id, PASSWORD)
    with world.services.db.read() as session:
        rows = session.execute(
            select(OutboxActivityRow.kind, DeliveryRow.inbox_url).join(
                DeliveryRow, DeliveryRow.activity_id == OutboxActivityRow.id
            )
        ).all()
    assert sorted(tuple(row) for row in rows) == [
        ("Delete", "https://far.example/inbox"),
        ("Delete", "https://third.example/inbox"),
    ]


def test_nothing_personal_is_left_anywhere_but_with_the_moderators(world: World) -> None:
    ana, ben, post = _town(world)
    reported = _write(world, ana, "Rude pumpernickel words about somebody.")
    ben_account = _account(world, ben)
    file(world.services, ben_account.actor, FileReport(ana.id, (reported.id,), "Look."))
    theirs = _write(world, ben, "Ben's own.")
    likes.like(world.services, ana.id, theirs.id)
    boosts.boost(world.services, ana.id, theirs.id)
    boosts.boost(world.services, ben.id, post.id)
    _write(world, ana, "Only for @ben", visibility=Visibility.DIRECT)
    leaving.leave(world.services, ana.id, PASSWORD)
    _work(world)
    with world.services.db.read() as session:
        states = set(session.scalars(select(PostRow.state).where(PostRow.actor_id == ana.id)))
        assert states == {PostState.DELETED}
        assert session.scalars(select(PostRow).where(PostRow.boost_of_pk == post.pk)).one().state is PostState.DELETED
        ben_post = session.get_one(PostRow, theirs.pk)
        assert (ben_post.likes_count, ben_post.boosts_count) == (0, 0)
        assert session.get_one(ActorRow, ben.id).following_count == 0
        assert session.scalars(select(SnapshotRow).where(SnapshotRow.uri == reported.uri)).first() is not None
        assert session.scalars(select(CaseRow.state)).all() == [CaseState.OPEN]
        for table in ("posts", "actors", "accounts", "outbox_activities", "notifications", "oauth_tokens"):
            dump = str(session.execute(text(f"SELECT * FROM {table}")).all())
            for word in ("ana@mail.example", "pumpernickel", "About me", "tide tables"):
                assert word not in dump, (table, word)
    assert people.told(world.services, ben.id) == []


def _account(world: World, actor: ActorRow) -> AccountRow:
    with world.services.db.read() as session:
        account = session.get_one(AccountRow, actor.id)
        assert account.actor is not None
        return account


def test_a_held_posts_case_is_closed(world: World) -> None:
    ana, _ben, _post = _town(world)
    held = _write(world, ana, "They are vermin, vermin, all of them.")
    assert held.state is PostState.HELD
    leaving.leave(world.services, ana.id, PASSWORD)
    _work(world)
    with world.services.db.read() as session:
        assert session.scalars(select(CaseRow.state)).all() == [CaseState.CLOSED]
    assert _get(world, held.uri.partition("example")[2]).status_code == 404


def test_the_name_is_never_given_out_again(world: World) -> None:
    ana, _ben, _post = _town(world)
    leaving.leave(world.services, ana.id, PASSWORD)
    _work(world)
    with pytest.raises(ConflictError):
        signup.create_account(world.services, "ana", "new@mail.example", "a long enough passphrase")
    with pytest.raises(UnauthorizedError):
        credentials.check(world.services, "ana", PASSWORD)


def test_a_wrong_password_deletes_nothing(world: World) -> None:
    ana, _ben, _post = _town(world)
    with pytest.raises(ForbiddenError):
        leaving.leave(world.services, ana.id, "not it")
    assert _get(world, "/users/ana").status_code == 200


def test_the_last_admin_stays_until_there_is_another(world: World) -> None:
    ana, ben, _post = _town(world)
    _make_admin(world, ana)
    with pytest.raises(ConflictError):
        leaving.leave(world.services, ana.id, PASSWORD)
    _make_admin(world, ben)
    leaving.leave(world.services, ana.id, PASSWORD)


def _make_admin(world: World, actor: ActorRow) -> None:
    with world.services.db.write() as session:
        session.get_one(AccountRow, actor.id).role = Role.ADMIN


def test_nobody_leaves_twice_and_nothing_arrives_for_who_left(world: World) -> None:
    ana, _ben, post = _town(world)
    mallory = world.known()
    leaving.leave(world.services, ana.id, PASSWORD)
    _work(world)
    with pytest.raises(AppError):
        leaving.remove(world.services, ana.id)
    world.take(mallory, mallory.activity("Follow", ana.uri))
    world.take(mallory, mallory.activity("Like", post.uri))
    assert [row.reason for row in world.inbox()] == ["follow_of_nobody_here", "like_of_nothing_here"]
    assert _actor(world, ana).private_key_pem is None
    with world.services.db.read() as session:
        waiting = select(DeliveryRow).where(DeliveryRow.state == DeliveryState.WAITING)
        assert session.scalars(waiting).all() == []
