"""Documents that other servers really sent, where a collection of them lies beside the project: each is taken in rightly,
or refused with its reason. They belong to others, so that they aren't part of the project; elsewhere this is skipped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.federation import actors, intake
from app.federation.tables import IntakeState
from app.federation.wire import fields, sanitise, uris
from app.posts.tables import PostRow, PostState
from tests.federation.world import Remote, World

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).parents[2]
PLACES = [folder / "shared" / "wire" for folder in ROOT.parents[:2]]
RECORDED = sorted(path for place in PLACES for path in place.glob("*/*/*.json"))
POSTS = {"Note", "Article", "Page", "Question", "Video"}
PEOPLE = {"Person", "Group", "Service", "Application"}

OUTCOMES = {
    "Like": "like_of_nothing_here", "Announce": "boost_for_nobody_here", "Follow": "follow_of_nobody_here",
    "Block": "block_of_nobody_here", "Flag": "flag_of_nobody_here", "Undo": "undo_of_nothing", "Update": None,
    "Dislike": "unsupported:activity:Dislike", "Undo:Dislike": "unsupported:Undo:Dislike",
    "Announce:Update": "announced_of_nothing_here", "Announce:Delete": "announced_of_nothing_here",
}  # fmt: skip
"""Why what isn't a new post comes to nothing here, where nobody knows what it is about; None: it is done."""


def name_of(path: Path) -> str:
    return "/".join(path.parts[-3:])


def load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(path.read_bytes())
    return document


def of(kinds: set[str], folder: str) -> list[Path]:
    return [path for path in RECORDED if path.parts[-2] == folder and kinds & set(fields.types(load(path)))]


def sender(world: World, uri: str) -> Remote:
    """Whoever sent it, with a key of ours."""
    host = uris.origin(uri) or ""
    return Remote("sender", host, path=uri.partition(host)[2]).live_on(world.web)


def check_post(world: World, post: dict[str, Any], author: str) -> None:
    with world.services.db.read() as session:
        row = session.scalars(select(PostRow).where(PostRow.uri == post["id"])).one()
        assert session.get_one(ActorRow, row.actor_id).uri == author
    assert row.state in (PostState.PUBLISHED, PostState.HELD)
    assert row.verdict_id is not None or row.state is PostState.HELD
    said = sanitise.clean_all(post.get("content") or "", post.get("mediaType") or "text/html").text
    assert said.strip() in sanitise.to_text(row.content)
    assert row.title == sanitise.plain_line(post.get("name") or "", 1000)
    assert row.in_reply_to_uri == fields.uri(post.get("inReplyTo"))
    assert row.sensitive >= bool(post.get("sensitive"))
    at = fields.time(post.get("published"))
    assert at is not None and row.published_at == min(at, world.services.clock.now())


@pytest.mark.skipif(not RECORDED, reason="there are no recorded documents beside the project")
def test_the_collection_has_what_these_tests_are_about() -> None:
    assert len(of(POSTS, "objects")) > 10 and len(of({"Create"}, "activities")) > 5


@pytest.mark.parametrize("path", [*of(POSTS, "objects"), *of(POSTS, "activities")], ids=name_of)
def test_a_recorded_post_is_understood(world: World, path: Path) -> None:
    post = load(path)
    author = next(fields.uri(one) for one in fields.items(post["attributedTo"]))
    assert author is not None
    if isinstance(post["attributedTo"], list):
        author = next(one["id"] for one in post["attributedTo"] if one["type"] == "Person")
    remote = sender(world, author)
    activity = {"id": post["id"] + "#create", "type": "Create", "actor": author, "object": post}
    world.take(remote, activity)
    check_post(world, post, author)


CREATIONS = [path for path in of({"Create"}, "activities") if load(path)["actor"].startswith("https://")]
"""One was recorded between two servers on one machine: nobody is asked over plain http."""


@pytest.mark.parametrize("path", CREATIONS, ids=name_of)
def test_a_recorded_creation_is_understood(world: World, path: Path) -> None:
    activity = load(path)
    world.take(sender(world, activity["actor"]), activity)
    check_post(world, activity["object"], activity["actor"])


OTHERS = [
    path for path in RECORDED if path.parts[-2] == "activities" and path not in of({"Create"} | POSTS, "activities")
]


@pytest.mark.parametrize("path", OTHERS, ids=name_of)
def test_another_recorded_activity_is_done_or_refused_with_its_reason(world: World, path: Path) -> None:
    activity = load(path)
    answer = world.deliver(sender(world, activity["actor"]), activity)
    if activity["type"] == "Delete":
        assert (answer.status_code, world.inbox()) == (202, []), "of what nobody here knows"
        return
    assert answer.status_code == 202, answer.text
    intake.drain(world.services)
    (row,) = world.inbox()
    inner = activity["object"].get("type") if isinstance(activity["object"], dict) else None
    kind = f"{activity['type']}:{inner}"
    reason = OUTCOMES[kind if kind in OUTCOMES else activity["type"]]
    assert (row.state, row.reason) == (IntakeState.REFUSED if reason else IntakeState.DONE, reason)


@pytest.mark.parametrize("path", of(PEOPLE, "objects"), ids=name_of)
def test_a_recorded_actor_is_known_by_its_own_names(world: World, path: Path) -> None:
    document = load(path)
    world.web.put(document["id"], document)
    actor = actors.fetch(world.services, document["id"])
    assert (actor.uri, actor.username) == (document["id"], document["preferredUsername"])
    assert actor.inbox_url == document["inbox"]
    key = document["publicKey"]["id"]
    below = key.startswith(document["id"])  # else it must be asked for at its own address first
    assert actor.key_id == (key if below else None)
    assert actor.shared_inbox_url == (document.get("endpoints") or {}).get("sharedInbox")
    assert actor.suspended_at is None
