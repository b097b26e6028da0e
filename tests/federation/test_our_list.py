"""A list that is for other servers: had by those that sign, unless they are suspended."""

from __future__ import annotations

from werkzeug.test import TestResponse

from app.federation.wire import signatures
from app.instance import our_list
from app.instance.our_list import Reader
from moderation.domains import editing
from moderation.values import Severity
from tests.federation.world import Remote, World

PATH = "/about/blocks.json"
BASE = "https://ostiary.example"


def _get(world: World, who: Remote | None = None) -> TestResponse:
    headers: dict[str, str] = {}
    if who is not None:
        key, now = signatures.load_private_key(who.pair.private_pem), world.services.clock.now()
        headers = signatures.sign("GET", BASE + PATH, None, key_id=who.key_id, private_key=key, now=now)
    return world.http.get(PATH, base_url=BASE, headers=headers)


def test_a_peer_that_signs_reads_a_list_for_peers(world: World) -> None:
    our_list.choose(world.services, "ada", [Reader.PEERS])
    mira = world.remote("mira")
    assert _get(world).status_code == 404
    assert _get(world, mira).status_code == 200
    with world.services.db.write() as session:
        editing.set_rule(session, mira.domain, Severity.SUSPEND, "ada", world.services.clock.now())
    assert _get(world, mira).status_code == 403
