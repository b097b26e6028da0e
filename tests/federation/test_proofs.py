"""What is passed on with a proof of its own is its actor's word; whatever is wrong with the proof, it's nobody's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.tables import ActorRow
from app.federation import intake
from app.federation.tables import ActorKeyRow, InboxActivityRow, IntakeState, OutboxActivityRow
from app.federation.wire import documents, integrity
from app.federation.wire.keys import (
    PrivateKey,
    load_private_key,
    load_public_key,
    make_ed25519_key,
    multikey_of,
    pem_of_multikey,
)
from app.lifecycle import keys as changing
from app.lifecycle import leaving
from app.posts import compose, likes
from app.posts.compose import ComposeRequest
from app.posts.tables import LikeRow, PostState
from moderation.domains import editing
from moderation.values import Severity
from tests.app import people
from tests.federation.world import PUBLIC, Remote, World, keys

PRIVATE: dict[str, PrivateKey] = {}


def _with_proofs(remote: Remote, world: World) -> Remote:
    """Their actor lists a key for proofs."""
    private = PRIVATE.setdefault(remote.uri, load_private_key(make_ed25519_key()))
    key = {
        "id": _key_id(remote),
        "type": "Multikey",
        "controller": remote.uri,
        "publicKeyMultibase": multikey_of(private),
    }
    remote.document["assertionMethod"] = [key]
    return remote.live_on(world.web)


def _key_id(remote: Remote) -> str:
    return remote.uri + "#ed25519-key"


def _proved(world: World, remote: Remote, activity: dict[str, Any], *, by: Remote | None = None) -> dict[str, Any]:
    maker = by or remote
    return integrity.sign(activity, _key_id(maker), PRIVATE[maker.uri], world.services.clock.now())


def _known_key(world: World, remote: Remote) -> None:
    """The key is here already."""
    pem = pem_of_multikey(multikey_of(PRIVATE[remote.uri]))
    now = world.services.clock.now()
    with world.services.db.write() as session:
        actor_id = session.scalars(select(ActorRow.id).where(ActorRow.uri == remote.uri)).one()
        session.add(ActorKeyRow(key_id=_key_id(remote), actor_id=actor_id, public_key_pem=pem, fetched_at=now))


def _code(answer: TestResponse) -> tuple[int, str | None]:
    return answer.status_code, (answer.get_json(silent=True) or {}).get("error_description")


@pytest.fixture
def ben(world: World) -> Remote:
    """Who acts, and proves it; known here."""
    ben = _with_proofs(world.known("ben"), world)
    _known_key(world, ben)
    return ben


@pytest.fixture
def fran(world: World) -> Remote:
    """Who passes on what others say, from another host."""
    return _with_proofs(world.known("fran", "forward.example", pair=keys(2)), world)


def _states(world: World) -> list[tuple[IntakeState, str | None]]:
    return [(row.state, row.reason) for row in world.inbox()]


def test_what_is_passed_on_with_a_proof_is_taken_as_its_actors_own(world: World, ben: Remote, fran: Remote) -> None:
    note = ben.note("I wrote this, whoever brings it.")
    world.take(fran, _proved(world, ben, ben.create(note)))
    assert world.state(note) is PostState.PUBLISHED
    assert world.stored(note).actor_id == world.row(ben).id
    assert _states(world) == [(IntakeState.DONE, None)]


@pytest.mark.parametrize("known", ["nobody", "the forwarder", "the actor"])
def test_keys_that_nobody_here_knows_are_fetched_afterwards(world: World, known: str) -> None:
    ben = world.known("ben") if known == "the actor" else world.remote("ben")
    _with_proofs(ben, world)
    fran = (world.known if known == "the forwarder" else world.remote)("fran", "forward.example", pair=keys(2))
    note = ben.note("I wrote this, whoever brings it.")
    assert world.deliver(fran, _proved(world, ben, ben.create(note))).status_code == 202
    assert [state for state, _ in _states(world)] == [IntakeState.UNVERIFIED]
    intake.drain(world.services)
    assert world.state(note) is PostState.PUBLISHED


@pytest.mark.parametrize("known", [True, False])
def test_a_neighbour_passes_on_as_anybody_does(world: World, ben: Remote, known: bool) -> None:
    neighbour = (world.known if known else world.remote)("nils", pair=keys(2))
    note = ben.note("I wrote this, whoever brings it.")
    world.take(neighbour, _proved(world, ben, ben.create(note)))
    assert world.state(note) is PostState.PUBLISHED
    assert _code(world.deliver(neighbour, ben.create(ben.note("I never wrote this."))))[1] == (
        "signer_not_actor" if known or world.row(neighbour) else None
    )


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"object": "https://ostiary.example/users/other"}, 401, "proof_wrong"),
        ({"summary": "added"}, 401, "proof_wrong"),
        ({"width": 2**60}, 401, "proof_wrong"),
        ({"@context": "https://www.w3.org/ns/activitystreams"}, 401, "proof_wrong"),
        ({"id": "https://far.example/another"}, 401, "proof_wrong"),
        ({"id": "https://forward.example/activities/1"}, 403, "id_foreign"),
        ({"actor": "https://far.example/users/mallory"}, 403, "proof_foreign"),
        ({"actor": "https://forward.example/users/fran"}, 403, "proof_foreign"),
    ],
)
def test_a_changed_activity_is_refused_whoever_passes_it_on(
    world: World, ben: Remote, changed: dict[str, Any], status: int, code: str
) -> None:
    ana = world.member("ana")
    relayer = world.known("rita", "third.example", pair=keys(2))
    document = _proved(world, ben, ben.activity("Follow", ana.uri)) | changed
    assert _code(world.deliver(relayer, document)) == (status, code)
    assert world.inbox() == []


def test_what_is_taken_out_of_it_makes_it_nobodys(world: World, ben: Remote, fran: Remote) -> None:
    document = _proved(world, ben, ben.activity("Follow", world.member("ana").uri, to=[PUBLIC]))
    del document["to"]
    assert _code(world.deliver(fran, document)) == (401, "proof_wrong")
    del document["proof"]
    assert _code(world.deliver(fran, document)) == (403, "key_foreign")
    assert world.inbox() == []


def test_a_proof_by_another_actors_key_is_refused(world: World, ben: Remote, fran: Remote) -> None:
    mallory = _with_proofs(world.known("mallory", pair=keys(3)), world)
    _known_key(world, mallory)
    activity = ben.activity("Follow", world.member("ana").uri)
    for other in (mallory, fran):
        assert _code(world.deliver(fran, _proved(world, ben, activity, by=other))) == (403, "proof_foreign")
    assert world.inbox() == []


def test_a_neighbours_key_that_must_be_fetched_proves_nothing_either(world: World, ben: Remote, fran: Remote) -> None:
    mallory = _with_proofs(world.remote("mallory", pair=keys(3)), world)
    activity = ben.activity("Follow", world.member("ana").uri)
    assert world.deliver(fran, _proved(world, ben, activity, by=mallory)).status_code == 202
    intake.drain(world.services)
    assert _states(world) == [(IntakeState.REFUSED, "proof_foreign")]


def test_a_key_that_its_own_actor_does_not_list_proves_nothing(world: World, fran: Remote) -> None:
    ben = world.remote("ben")
    PRIVATE[ben.uri] = load_private_key(make_ed25519_key())
    assert world.deliver(fran, _proved(world, ben, ben.activity("Follow", world.member("ana").uri))).status_code == 202
    intake.drain(world.services)
    assert _states(world) == [(IntakeState.REFUSED, "key_not_listed")]


def test_a_key_that_was_changed_since_is_fetched_before_a_proof_is_refused(
    world: World, ben: Remote, fran: Remote
) -> None:
    world.services.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
    PRIVATE[ben.uri] = load_private_key(make_ed25519_key())
    _with_proofs(ben, world)
    note = ben.note("Signed by my new key.")
    world.take(fran, _proved(world, ben, ben.create(note)))
    assert world.state(note) is PostState.PUBLISHED


def test_a_proof_from_the_future_is_refused_and_an_old_one_is_none(world: World, ben: Remote, fran: Remote) -> None:
    follow = ben.activity("Follow", world.member("ana").uri)
    old = _proved(world, ben, follow)
    world.services.clock.move(timedelta(hours=13))  # type: ignore[attr-defined]
    assert _code(world.deliver(fran, old)) == (403, "key_foreign")
    early = integrity.sign(
        follow, _key_id(ben), PRIVATE[ben.uri], world.services.clock.now() + timedelta(hours=1, seconds=1)
    )
    assert _code(world.deliver(fran, early)) == (401, "proof_from_the_future")
    assert world.inbox() == []


def test_an_old_proof_leaves_it_to_the_posts_own_home(world: World, ben: Remote, fran: Remote) -> None:
    note = ben.note("What do you all think of the new tram?")
    world.take(ben, ben.create(note))
    gone = _proved(world, ben, ben.activity("Delete", note["id"]))
    world.services.clock.move(timedelta(hours=13))  # type: ignore[attr-defined]
    assert world.deliver(fran, gone).status_code == 202
    assert len(world.inbox()) == 1 and world.state(note) is PostState.PUBLISHED


def test_what_was_done_is_not_done_again_for_whoever_passes_it_on(world: World, ben: Remote, fran: Remote) -> None:
    ana = world.member("ana")
    post = compose.compose(world.services, ana.id, ComposeRequest("Counted cranes on the bog since dawn."))
    like = _proved(world, ben, ben.activity("Like", post.uri))
    world.take(ben, like)
    world.take(ben, ben.activity("Undo", like))
    for again in (fran, ben, world.known("rita", "third.example", pair=keys(2))):
        world.take(again, like)
    with world.services.db.read() as session:
        assert session.scalars(select(LikeRow)).all() == []
    assert len(world.inbox()) == 2
    with world.services.db.write() as session:  # the rows go, the digests stay
        session.query(InboxActivityRow).update({"done_at": world.services.clock.now() - timedelta(days=1)})
    intake.prune(world.services, world.services.clock.now())
    world.take(fran, like)
    with world.services.db.read() as session:
        assert session.scalars(select(LikeRow)).all() == []


def test_passed_on_by_two_whose_keys_were_unknown_it_is_still_done_once(world: World) -> None:
    ben = _with_proofs(world.remote("ben"), world)
    note = ben.note("I wrote this, whoever brings it.")
    document = _proved(world, ben, ben.create(note))
    for name in ("fran", "rita"):
        assert world.deliver(world.remote(name, f"{name}.example", pair=keys(2)), document).status_code == 202
    intake.drain(world.services)
    assert world.state(note) is PostState.PUBLISHED
    assert sorted(state for state, _ in _states(world)) == [IntakeState.DONE, IntakeState.REFUSED]


def test_a_proof_around_somebody_elses_words_makes_them_nobodys(world: World, ben: Remote, fran: Remote) -> None:
    victim = world.known("vera", "near.example", pair=keys(3))
    said = victim.note("Vera never wrote this.")
    wrapped = ben.activity("Create", said, to=[PUBLIC], cc=[])
    assert world.deliver(fran, _proved(world, ben, wrapped)).status_code == 202
    taken = ben.activity("Update", said | {"id": ben.uri + "/notes/1"}, to=[PUBLIC], cc=[])
    assert world.deliver(fran, _proved(world, ben, taken)).status_code == 202
    intake.drain(world.services)
    assert world.state(said) is None and world.state(ben.uri + "/notes/1") is None


def test_of_a_member_given_twice_it_is_what_was_proved_that_is_done(world: World, ben: Remote, fran: Remote) -> None:
    ana = world.member("ana")
    body = orjson.dumps(_proved(world, ben, ben.activity("Follow", ana.uri)))
    now = world.services.clock.now()
    for forged in (body.replace(b'"Follow"', b'"Follow","type":"Block"'), body.replace(b"{", b'{"proof":null,', 1)[:-1] + b',"actor":"x"}'):  # fmt: skip
        assert world.post(forged, fran.sign(forged, now)).status_code in (401, 403, 422)
    hidden = body.replace(b'"type":"Follow"', b'"type":"Block","type":"Follow"')
    assert world.post(hidden, fran.sign(hidden, now)).status_code == 202
    assert [row.kind for row in world.inbox()] == ["Follow"]


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"-1e999"])
def test_numbers_that_are_none_are_refused(world: World, ben: Remote, fran: Remote, number: bytes) -> None:
    body = orjson.dumps(_proved(world, ben, ben.activity("Follow", world.member("ana").uri)))
    body = body.replace(b"{", b'{"width":' + number + b",", 1)
    assert world.post(body, fran.sign(body, world.services.clock.now())).status_code in (400, 401)
    assert world.inbox() == []


@pytest.mark.parametrize("which", ["far.example", "forward.example"])
def test_a_suspended_domain_is_heard_of_neither_way(world: World, ben: Remote, fran: Remote, which: str) -> None:
    with world.services.db.write() as session:
        editing.set_rule(session, which, Severity.SUSPEND, "ada", world.services.clock.now())
    document = _proved(world, ben, ben.create(ben.note("Let me in.")))
    stranger = world.remote("stu", "forward.example", pair=keys(3))
    for sender in (fran, stranger):
        assert _code(world.deliver(sender, document)) == (403, "domain_suspended")
    assert world.inbox() == []


def test_nobody_proves_anything_in_our_own_name(world: World, fran: Remote) -> None:
    ana = world.member("ana")
    ours = Remote("ana", world.services.settings.domain)
    with world.services.db.read() as session:
        PRIVATE[ours.uri] = load_private_key(
            session.get_one(ActorRow, ana.id).ed25519_private_pem or make_ed25519_key()
        )
    stranger = world.remote("stu", "stranger.example", pair=keys(3))
    for sender in (fran, stranger):
        assert _code(world.deliver(sender, _proved(world, ours, ours.create(ours.note("Me."))))) == (403, "own_domain")


def test_a_linked_data_signature_is_no_proof(world: World, ben: Remote, fran: Remote) -> None:
    note = ben.note("I never wrote this.")
    signed = ben.create(note) | {
        "signature": {"type": "RsaSignature2017", "creator": ben.key_id, "signatureValue": "AA=="}
    }
    assert _code(world.deliver(fran, signed)) == (403, "key_foreign")
    stranger = world.remote("stu", "stranger.example", pair=keys(3))
    assert _code(world.deliver(stranger, signed)) == (403, "key_foreign")
    assert world.inbox() == []


def test_claims_of_strangers_who_pass_things_on_are_bounded(
    world: World, ben: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.federation import gate

    monkeypatch.setattr(gate, "UNVERIFIED_PER_NETWORK", 2)
    stranger = world.remote("stu", "stranger.example", pair=keys(3))
    told = [
        world.deliver(stranger, _proved(world, ben, ben.create(ben.note(f"Number {n}.")))).status_code for n in range(3)
    ]
    assert told == [202, 202, 429]


def test_what_members_do_carries_their_proof(world: World, ben: Remote) -> None:
    ana = world.member("ana")
    world.follow(world.row(ben), ana)
    note = ben.note("A heron on the roof of the library.")
    world.take(ben, ben.create(note))
    post = compose.compose(world.services, ana.id, ComposeRequest("Counted cranes on the bog since dawn."))
    likes.like(world.services, ana.id, world.stored(note).id)
    with world.services.db.read() as session:
        bodies = [documents.load(body.encode()) for body in session.scalars(select(OutboxActivityRow.body))]
        private = session.get_one(ActorRow, ana.id).ed25519_private_pem
    assert sorted(body["type"] for body in bodies) == ["Create", "Like"]
    assert private is not None
    public = load_public_key(pem_of_multikey(multikey_of(load_private_key(private))))
    for body in bodies:
        (proof,) = integrity.read(body)
        assert proof.key_id == ana.uri + "#ed25519-key" and integrity.is_made_by(public, body, proof)
    assert post.uri in {body["object"]["id"] for body in bodies if body["type"] == "Create"}
    listed = world.http.get(
        "/users/ana", headers={"Accept": "application/activity+json"}, base_url="https://ostiary.example"
    )
    assert multikey_of(load_private_key(private)) in listed.text


def test_who_changes_keys_changes_both(world: World) -> None:
    ana = people.member(world.services, "zoe", private_key_pem=keys(0).private_pem, public_key_pem=keys(0).public_pem)
    changing.rotate(world.services, ana.id)
    with world.services.db.read() as session:
        first = session.get_one(ActorRow, ana.id).ed25519_private_pem
    changing.rotate(world.services, ana.id)
    with world.services.db.read() as session:
        assert session.get_one(ActorRow, ana.id).ed25519_private_pem not in (None, first)


def test_the_goodbye_of_who_leaves_carries_a_proof(world: World, ben: Remote) -> None:
    ana = world.member("ana")
    world.follow(world.row(ben), ana)
    leaving.remove(world.services, ana.id)
    with world.services.db.read() as session:
        body = session.scalars(select(OutboxActivityRow.body).where(OutboxActivityRow.kind == "Delete")).one()
    assert integrity.read(documents.load(body.encode()))
