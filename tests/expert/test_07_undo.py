"""7. Everything that was decided can be undone for ten minutes: what can't be recalled from others waits as long.

Seen from the other servers and the letter box: nothing of a decision has left before its window is over, and what was
undone in time never leaves. What a release sends is the release, and leaves at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from app.accounts import profile
from app.accounts.profile import ProfileEdit
from app.accounts.tables import ActorRow
from app.enforcement import enact
from app.federation import deliver
from app.notifications import post_office
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow
from app.reports import file
from app.reports.file import FileReport
from moderation.values import Action, Effect, Scope, Verb
from tests.app.enforcement.test_decisions import decide, reverse
from tests.federation.conftest import app, world
from tests.federation.world import World

__all__ = ["app", "world"]
FINE = "The tomatoes on my balcony are ripe."


def sent(world: World) -> list[str]:
    """What has reached another server by now, by type; each is told once."""
    before = len(world.web.sent)
    deliver.drain(world.services, poster=world.web)
    return [orjson.loads(one.body)["type"] for one in world.web.sent[before:]]


def mails(world: World) -> int:
    """How many letters leave now."""
    return post_office.drain(world.services, 100)


def wait(world: World, **time: float) -> None:
    world.services.clock.move(timedelta(**time))  # type: ignore[attr-defined]


@pytest.fixture
def ana(world: World) -> ActorRow:
    """A member whom somebody elsewhere follows."""
    ana = world.member("ana")
    world.follow(world.row(world.known("fan")), ana)
    return ana


def writes(world: World, member: ActorRow, text: str = FINE) -> PostRow:
    post = compose.compose(world.services, member.id, ComposeRequest(text))
    sent(world)
    return post


def reported(world: World, post: PostRow) -> None:
    reporter = world.member("ben")
    file.file(world.services, reporter, FileReport(post.actor_id, (post.id,), "Look."))


MEASURES: list[tuple[Action, Scope, str]] = [
    (Action.REMOVE, Scope.SUBJECT, "Delete"),
    (Action.FREEZE, Scope.SUBJECT, "Delete"),
    (Action.SPAM, Scope.SUBJECT, "Delete"),
    (Action.SUSPEND, Scope.ACCOUNT, "Update"),
]


@pytest.mark.parametrize(("action", "scope", "kind"), MEASURES)
def test_what_others_must_hear_waits_out_the_window(
    world: World, ana: ActorRow, action: Action, scope: Scope, kind: str
) -> None:
    post = writes(world, ana)
    reported(world, post)
    decide(world.services, post.uri, action, scope)
    wait(world, minutes=9, seconds=59)
    assert (sent(world), mails(world)) == ([], 0)
    wait(world, seconds=2)
    assert sent(world) == [kind]
    assert mails(world) == 1, "the statement of reasons"


@pytest.mark.parametrize(("action", "scope", "kind"), MEASURES)
def test_what_was_undone_in_time_never_leaves(
    world: World, ana: ActorRow, action: Action, scope: Scope, kind: str
) -> None:
    post = writes(world, ana)
    reported(world, post)
    number = decide(world.services, post.uri, action, scope)
    wait(world, minutes=9)
    reverse(world.services, number)
    wait(world, days=1)
    assert (sent(world), mails(world)) == ([], 0), kind


def test_what_is_released_leaves_at_once_and_its_undo_is_a_delete_that_a_second_thought_stops(
    world: World, ana: ActorRow
) -> None:
    post = writes(world, ana, "they are vermin")
    number = decide(world.services, post.uri, Action.APPROVE)
    assert sent(world) == ["Create"], "the point of a release"
    reverse(world.services, number)
    assert sent(world) == []
    decide(world.services, post.uri, Action.APPROVE)
    wait(world, minutes=11)
    assert "Delete" not in sent(world), "it would be gone elsewhere for good, and stand here"


def test_a_release_that_is_undone_is_deleted_elsewhere(world: World, ana: ActorRow) -> None:
    post = writes(world, ana, "they are vermin")
    number = decide(world.services, post.uri, Action.APPROVE)
    assert sent(world) == ["Create"]
    reverse(world.services, number)
    wait(world, minutes=11)
    assert sent(world) == ["Delete"]


def test_a_profile_that_is_taken_away_is_told_after_the_window(world: World, ana: ActorRow) -> None:
    blanked(world, ana)
    assert sent(world) == []
    wait(world, minutes=11)
    assert sent(world) == ["Update"]
    enacted(world, Effect(Verb.RESTORE, ana.uri))
    assert sent(world) == ["Update"], "and that it is back at once: it only corrects"


def test_a_profile_that_is_back_in_time_was_never_away_for_others(world: World, ana: ActorRow) -> None:
    blanked(world, ana)
    enacted(world, Effect(Verb.RESTORE, ana.uri))
    wait(world, days=1)
    before = len(world.web.sent)
    sent(world)
    assert ["tomatoes" in orjson.loads(one.body)["object"]["summary"] for one in world.web.sent[before:]] == [True]


def test_what_a_member_says_anew_isnt_overtaken_by_what_was_taken_away(world: World, ana: ActorRow) -> None:
    blanked(world, ana)
    profile.edit(world.services, ana.id, ProfileEdit(note="I grow beans now."))
    told: list[dict[str, Any]] = []
    for _ in range(2):
        before = len(world.web.sent)
        sent(world)
        told += [orjson.loads(one.body)["object"] for one in world.web.sent[before:]]
        wait(world, minutes=11)
    assert ["beans" in each["summary"] for each in told] == [True]


def blanked(world: World, ana: ActorRow) -> None:
    """Her shown profile is taken away."""
    profile.edit(world.services, ana.id, ProfileEdit(note="I grow tomatoes."))
    sent(world)
    enacted(world, Effect(Verb.REMOVE, ana.uri))


def enacted(world: World, effect: Effect) -> None:
    with world.services.db.write() as session:
        enact.enact(world.services, session, [effect])


def test_a_report_that_is_passed_on_leaves_after_the_window(world: World) -> None:
    mallory = world.known("mallory")
    world.take(mallory, mallory.create(mallory.note("Hello there.")))
    ben = world.member("ben")
    file.file(world.services, ben, FileReport(world.row(mallory).id, (), "Look.", forward=True))
    assert sent(world) == []
    wait(world, minutes=11)
    assert sent(world) == ["Flag"]
