"""The inbox: what is taken, what is refused, with which words; nothing refused is ever stored."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import orjson
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from app.federation import intake, writer
from app.federation.tables import InboxActivityRow, IntakeState
from app.federation.wire import signatures
from app.federation.wire.errors import FetchTimeoutError
from app.federation.wire.signatures import Form
from app.posts.tables import PostRow, PostState
from app.stores.budgets import Budget
from app.stores.jobs import Job
from moderation.domains import editing
from moderation.values import Severity
from tests.federation.world import INBOX, Remote, World, keys

Refusal = tuple[int, str]


def _refused(world: World, answer: Any, status: int, code: str, before: float) -> None:
    """One clear line, a counter, and nothing on disk."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    line = answer.get_json()
    assert set(line) == {"error", "error_description"}
    assert line["error_description"] == code
    assert "\n" not in answer.text.strip()
    assert _count(code) == before + 1
    with world.services.db.read() as session:
        assert session.scalar(select(func.count()).select_from(InboxActivityRow)) == 0
        assert session.scalar(select(func.count()).select_from(PostRow)) == 0


def _count(code: str) -> float:
    return REGISTRY.get_sample_value("ostiary_inbox_refused_total", {"reason": code}) or 0.0


def test_a_signed_delivery_of_a_known_actor_is_on_disk_before_it_is_answered(world: World) -> None:
    mallory = world.known()
    answer = world.deliver(mallory, mallory.create(mallory.note("Hello.")))
    assert answer.status_code == 202
    (row,) = world.inbox()
    assert (row.state, row.kind, row.domain) == (IntakeState.WAITING, "Create", "far.example")
    assert world.services.nudger.asked == [Job.INTAKE]  # type: ignore[attr-defined]
    assert world.web.asked == []


def test_a_personal_inbox_takes_what_the_shared_one_takes(world: World) -> None:
    world.member("ana")
    mallory = world.known()
    body = orjson.dumps(mallory.create(mallory.note("Hello.")))
    url = INBOX.replace("/inbox", "/users/ana/inbox")
    answer = world.post(body, mallory.sign(body, world.services.clock.now(), url), "/users/ana/inbox")
    assert answer.status_code == 202
    assert len(world.inbox()) == 1


def test_a_delivery_that_comes_twice_is_one(world: World) -> None:
    mallory = world.known()
    activity = mallory.create(mallory.note("Hello."))
    body = orjson.dumps(activity)
    headers = mallory.sign(body, world.services.clock.now())
    assert [world.post(body, headers).status_code for _ in range(3)] == [202, 202, 202]
    assert len(world.inbox()) == 1


def test_a_replay_after_it_was_handled_changes_nothing(world: World) -> None:
    mallory = world.known()
    note = mallory.note("Hello.")
    body = orjson.dumps(mallory.create(note))
    headers = mallory.sign(body, world.services.clock.now())
    world.post(body, headers)
    intake.drain(world.services)
    world.services.clock.move(timedelta(minutes=5))  # type: ignore[attr-defined]
    assert world.post(body, headers).status_code == 202
    intake.drain(world.services)
    (row,) = world.inbox()
    assert row.state is IntakeState.DONE
    assert row.body == b""


@pytest.mark.parametrize("known", [True, False])
def test_a_delivery_signed_by_rfc_9421_is_taken(world: World, known: bool) -> None:
    mallory = world.known(form=Form.RFC9421) if known else world.remote(form=Form.RFC9421)
    note = mallory.note("Hello.")
    world.take(mallory, mallory.create(note))
    assert world.state(note) is PostState.PUBLISHED


@pytest.mark.parametrize("known", [True, False])
def test_a_good_signature_among_bad_ones_is_enough(world: World, known: bool) -> None:
    mallory = world.known() if known else world.remote()
    note = mallory.note("Hello.")
    body = orjson.dumps(mallory.create(note))
    headers = mallory.sign(body, world.services.clock.now())
    forged = Remote("mallory", pair=keys(2)).sign(body, world.services.clock.now())["Signature"]
    assert world.post(body, headers | {"Signature": f"{forged},{headers['Signature']}"}).status_code == 202
    intake.drain(world.services)
    assert world.state(note) is PostState.PUBLISHED


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("form", list(Form))
def test_a_signature_over_a_header_that_was_not_sent_spoils_no_other(world: World, form: Form, known: bool) -> None:
    mallory = world.known(form=form) if known else world.remote(form=form)
    note = mallory.note("Hello.")
    body, now = orjson.dumps(mallory.create(note)), world.services.clock.now()
    headers = mallory.sign(body, now)
    more = mallory.sign(body, now, **{"X-Not-Sent": "whatever"})
    for name in ("Signature-Input", "Signature"):
        if name in headers:
            headers[name] = f"{more[name].replace('sig1=', 'sig0=')}, {headers[name]}"
    assert world.post(body, headers).status_code == 202
    intake.drain(world.services)
    assert world.state(note) is PostState.PUBLISHED


@pytest.mark.parametrize("known", [True, False])
def test_a_neighbours_signature_spoils_no_other(world: World, known: bool) -> None:
    mallory = world.known() if known else world.remote()
    neighbour = world.known("ben", pair=keys(2))
    note = mallory.note("Hello.")
    body, now = orjson.dumps(mallory.create(note)), world.services.clock.now()
    headers, other = mallory.sign(body, now), neighbour.sign(body, now)["Signature"]
    assert world.post(body, headers | {"Signature": f"{other},{headers['Signature']}"}).status_code == 202
    intake.drain(world.services)
    assert world.state(note) is PostState.PUBLISHED


def test_a_signature_that_covers_too_little_is_not_believed_later_either(world: World) -> None:
    """Beside one whose key must be fetched, one that would have been refused is none."""
    ana, mallory = world.remote("ana"), world.remote("mallory", pair=keys(2))
    key = signatures.load_private_key(ana.pair.private_pem)
    little = b64encode(key.sign(b"host: ostiary.example")).decode()
    body = orjson.dumps(ana.create(ana.note("I never said that.")))
    headers = mallory.sign(body, world.services.clock.now())
    replayed = f'keyId="{ana.key_id}",algorithm="rsa-sha256",headers="host",signature="{little}"'
    world.post(body, headers | {"Signature": f"{headers['Signature']},{replayed}"})
    intake.drain(world.services)
    (row,) = world.inbox()
    assert (row.state, row.reason) == (IntakeState.REFUSED, "signer_not_actor")


def _unsigned(world: World, sender: Remote, body: bytes) -> Any:
    return world.post(body, {})


def _forged(world: World, sender: Remote, body: bytes) -> Any:
    thief = Remote(sender.name, sender.domain, keys(2))
    return world.post(body, thief.sign(body, world.services.clock.now()))


def _tampered(world: World, sender: Remote, body: bytes) -> Any:
    headers = sender.sign(body, world.services.clock.now())
    return world.post(body.replace(b"Hello", b"Adieu"), headers)


def _no_digest(world: World, sender: Remote, body: bytes) -> Any:
    headers = sender.sign(body, world.services.clock.now())
    del headers["Digest"]
    return world.post(body, headers)


def _too_late(world: World, sender: Remote, body: bytes) -> Any:
    return world.post(body, sender.sign(body, world.services.clock.now() - timedelta(hours=13)))


def _too_early(world: World, sender: Remote, body: bytes) -> Any:
    return world.post(body, sender.sign(body, world.services.clock.now() + timedelta(hours=2)))


def _for_another_host(world: World, sender: Remote, body: bytes) -> Any:
    headers = sender.sign(body, world.services.clock.now(), "https://other.example/inbox")
    return world.post(body, headers)


def _for_another_path(world: World, sender: Remote, body: bytes) -> Any:
    headers = sender.sign(body, world.services.clock.now(), INBOX + "/elsewhere")
    return world.post(body, headers)


def _unreadable(world: World, sender: Remote, body: bytes) -> Any:
    return world.post(body, sender.sign(body, world.services.clock.now()) | {"Signature": "what?"})


@pytest.mark.parametrize(
    ("deliver", "status", "code"),
    [
        (_unsigned, 401, "signature_missing"),
        (_forged, 401, "signature_wrong"),
        (_tampered, 401, "digest_mismatch"),
        (_no_digest, 401, "digest_missing"),
        (_too_late, 401, "date_outside_window"),
        (_too_early, 401, "date_outside_window"),
        (_for_another_host, 401, "wrong_host"),
        (_for_another_path, 401, "signature_wrong"),
        (_unreadable, 400, "signature_syntax"),
    ],
)
def test_a_delivery_whose_signature_proves_nothing_is_refused(
    world: World, deliver: Callable[[World, Remote, bytes], Any], status: int, code: str
) -> None:
    mallory = world.known()
    before = _count(code)
    body = orjson.dumps(mallory.create(mallory.note("Hello.")))
    _refused(world, deliver(world, mallory, body), status, code, before)


def _deep(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b" ", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b'{"id": "\xff\xfe"}', 400, "not_json"),
        ('{"type": "Création"}'.encode("latin-1"), 400, "not_json"),
        (b'"a string"', 400, "not_an_object"),
        (b"[]", 400, "not_an_object"),
        (b'{"a": NaN}', 400, "not_json"),
        (_deep(40), 400, "document_too_deep"),
        (_deep(5000), 400, None),
        (orjson.dumps({"a": list(range(30_000))}), 400, "document_too_wide"),
        (b"{}", 422, "type_missing"),
        (orjson.dumps({"type": "Create"}), 422, "id_missing"),
        (orjson.dumps({"type": "Create", "id": 7}), 422, "id_bad"),
        (orjson.dumps({"type": "Create", "id": "javascript:alert(1)"}), 422, "id_bad"),
        (orjson.dumps({"type": "Create", "id": "https://far.example/1", "actor": 7}), 422, "actor_bad"),
        (orjson.dumps({"type": "Create", "id": "https://far.example/1", "actor": []}), 422, "actor_missing"),
        (orjson.dumps({"type": "Follow", "id": "https://far.example/1", "actor": "https://far.example/a", "object": 1}), 422, "object_bad"),
        (orjson.dumps({"type": {"a": 1}, "id": "https://far.example/1"}), 422, "type_missing"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_activity_is_refused(world: World, body: bytes, status: int, code: str | None) -> None:
    mallory = world.known()
    counts = {name: _count(name) for name in ("not_json", "document_too_deep")}
    before = _count(code) if code else 0.0
    answer = world.post(body, mallory.sign(body, world.services.clock.now()))
    code = code or answer.get_json()["error_description"]
    _refused(world, answer, status, code, counts.get(code, before))


def test_an_oversized_delivery_is_refused_before_it_is_read(world: World) -> None:
    mallory = world.known()
    before = _count("document_too_large")
    answer = world.deliver(mallory, mallory.create(mallory.note("x" * 300_000)))
    _refused(world, answer, 413, "document_too_large", before)


def test_a_delivery_without_a_length_is_refused(world: World) -> None:
    before = _count("length_required")
    _refused(world, world.post(b"{}", {"Transfer-Encoding": "chunked"}), 411, "length_required", before)


def test_an_actor_cannot_speak_for_one_on_another_host(world: World) -> None:
    mallory = world.known()
    victim = Remote("ben", "near.example")
    before = _count("key_foreign")
    answer = world.deliver(mallory, victim.create(victim.note("I am Ben.")))
    _refused(world, answer, 403, "key_foreign", before)


def test_an_actor_cannot_speak_for_a_neighbour(world: World) -> None:
    mallory = world.known()
    ben = world.known("ben", pair=keys(2))
    before = _count("signer_not_actor")
    answer = world.deliver(mallory, ben.create(ben.note("I am Ben.")))
    _refused(world, answer, 403, "signer_not_actor", before)


def test_nobody_speaks_in_our_own_name(world: World) -> None:
    before = _count("own_domain")
    impostor = Remote("ana", world.services.settings.domain)
    _refused(world, world.deliver(impostor, impostor.create(impostor.note("Me."))), 403, "own_domain", before)


def test_an_id_too_long_for_the_index_is_refused(world: World) -> None:
    mallory = world.known()
    before = _count("id_too_long")
    activity = mallory.create(mallory.note("Hello.")) | {"id": "https://far.example/" + "a" * 2000}
    _refused(world, world.deliver(mallory, activity), 422, "id_too_long", before)


def _suspend(world: World, domain: str, severity: Severity = Severity.SUSPEND) -> None:
    with world.services.db.write() as session:
        editing.set_rule(session, domain, severity, "ada", world.services.clock.now())


@pytest.mark.parametrize("blocked", ["far.example", "example"])
def test_the_next_delivery_of_a_suspended_domain_is_refused(world: World, blocked: str) -> None:
    mallory = world.known("mallory", "sub.far.example" if blocked == "far.example" else "far.example")
    assert world.deliver(mallory, mallory.activity("Like", "https://ostiary.example/x")).status_code == 202
    with world.services.db.write() as session:
        session.delete(session.scalars(select(InboxActivityRow)).one())
    if blocked == "example":
        blocked = "far.example"
    _suspend(world, blocked)
    before = _count("domain_suspended")
    _refused(world, world.deliver(mallory, mallory.create(mallory.note("Hello."))), 403, "domain_suspended", before)


def test_a_lifted_rule_lets_the_next_delivery_in(world: World) -> None:
    mallory = world.known()
    _suspend(world, "far.example")
    assert world.deliver(mallory, mallory.create(mallory.note("Hello."))).status_code == 403
    with world.services.db.write() as session:
        editing.lift_rule(session, "far.example", "ada", world.services.clock.now())
    assert world.deliver(mallory, mallory.create(mallory.note("Hello."))).status_code == 202


def test_deleting_what_nobody_here_knows_is_answered_and_dropped(world: World) -> None:
    stranger = world.remote("zoe", "unknown.example")
    answer = world.deliver(stranger, stranger.activity("Delete", stranger.uri))
    assert answer.status_code == 202
    assert world.inbox() == []
    assert world.web.asked == []


def test_a_delete_right_behind_its_create_is_kept(world: World) -> None:
    stranger = world.remote("zoe", "unknown.example")
    note = stranger.note("Hello.")
    world.deliver(stranger, stranger.create(note))
    world.deliver(stranger, stranger.activity("Delete", note["id"]))
    assert [row.kind for row in world.inbox()] == ["Create", "Delete"]


def test_an_unknown_key_is_fetched_by_the_worker_not_in_the_request(world: World) -> None:
    stranger = world.remote("zoe", "unknown.example")
    assert world.deliver(stranger, stranger.create(stranger.note("Hello."))).status_code == 202
    (row,) = world.inbox()
    assert row.state is IntakeState.UNVERIFIED
    assert world.web.asked == []


def test_a_failing_signature_with_an_old_key_waits_for_the_new_one(world: World) -> None:
    mallory = world.known()
    world.services.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
    mallory.pair = keys(2)
    assert world.deliver(mallory, mallory.create(mallory.note("Hello."))).status_code == 202
    assert world.inbox()[0].state is IntakeState.UNVERIFIED


def test_claims_that_nobody_verified_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.federation.gate.UNVERIFIED_PER_NETWORK", 2)
    names = ("one.example", "two.example", "three.example")
    strangers = [world.remote("zoe", domain) for domain in names]  # as many names as they like
    codes = [world.deliver(zoe, zoe.create(zoe.note("Hello."))).status_code for zoe in strangers]
    assert codes == [202, 202, 429]


def test_a_key_that_could_not_be_fetched_is_not_asked_for_again_and_again(world: World) -> None:
    stranger = world.remote("zoe", "unknown.example")
    world.web.fail(stranger.uri, FetchTimeoutError("too slow"))
    world.deliver(stranger, stranger.create(stranger.note("Hello.")))
    intake.drain(world.services)
    asked = len(world.web.asked)
    answer = world.deliver(stranger, stranger.create(stranger.note("Hello again.")))
    assert (answer.status_code, answer.get_json()["error_description"]) == (401, "key_unavailable")
    intake.drain(world.services)
    assert len(world.web.asked) == asked


def test_a_forgery_that_comes_first_does_not_keep_the_real_one_out(world: World) -> None:
    stranger = world.remote("zoe", "unknown.example")
    activity = stranger.create(stranger.note("The real one."))
    thief = Remote("zoe", "unknown.example", keys(2))
    assert world.deliver(thief, activity | {"object": activity["object"] | {"content": "A lie."}}).status_code == 202
    assert world.deliver(stranger, activity).status_code == 202
    intake.drain(world.services)
    assert world.stored(activity["object"]).content == "<p>The real one.</p>"
    assert sorted(row.state for row in world.inbox()) == [IntakeState.DONE, IntakeState.REFUSED]


def test_an_address_that_sends_too_much_is_told_when_to_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.federation.gate.INBOX_BY_ADDRESS", Budget("inbox-address", 2, 300))
    mallory = world.known()
    answers = [world.deliver(mallory, mallory.activity("Like", "https://ostiary.example/x")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[2].headers["Retry-After"]) > 0


def test_other_methods_are_told_so(world: World) -> None:
    assert world.http.get("/inbox", base_url=INBOX.removesuffix("/inbox")).status_code == 405


def test_requests_at_the_same_time_share_a_commit_and_each_waits_for_its_own(world: World, app: Any) -> None:
    mallory = world.known()

    def deliver(_number: int) -> int:
        other = World(world.services, app.test_client(use_cookies=False))
        return other.deliver(mallory, mallory.create(mallory.note("Hello."))).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(deliver, range(24))) == [202] * 24
    assert len(world.inbox()) == 24


def test_a_writer_that_has_nothing_to_do_lets_its_thread_go_and_starts_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "IDLE_SECONDS", 0.0)
    mallory, others = world.known(), set(threading.enumerate())
    for number in (1, 2):
        assert world.deliver(mallory, mallory.create(mallory.note("Hello."))).status_code == 202
        for thread in set(threading.enumerate()) - others:
            thread.join(60)
            assert not thread.is_alive()
        assert len(world.inbox()) == number


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_nobody_foresaw_fails_one_delivery_and_not_those_that_come_after(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PATIENCE_SECONDS", 0.5)
    mallory = world.known()
    with monkeypatch.context() as broken:
        broken.setattr(writer.InboxWriter, "_commit", lambda *_: 1 // 0)
        assert world.deliver(mallory, mallory.create(mallory.note("Hello."))).status_code == 503
    monkeypatch.setattr(writer, "PATIENCE_SECONDS", 60.0)
    assert world.deliver(mallory, mallory.create(mallory.note("Hello again."))).status_code == 202
    assert len(world.inbox()) == 1
