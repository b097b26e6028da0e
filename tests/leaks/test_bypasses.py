"""Every way around the door that somebody could think of, tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import func, select

from app.accounts import profile
from app.accounts.profile import ProfileEdit
from app.accounts.tables import ActorRow
from app.clock import FrozenClock
from app.enforcement import enact, upkeep
from app.federation import intake
from app.federation.wire.values import PUBLIC
from app.mastodon import finding
from app.paging import Paging
from app.posts import compose, delete, edit, reading, redraft
from app.posts.compose import ComposeRequest, PollRequest
from app.posts.edit import EditRequest
from app.posts.tables import PendingEditRow, PostKind, PostRow, PostState
from app.services import Services
from app.stream.channels import subscription
from app.stream.hub import Event
from app.stream.rendering import Rendering
from app.timelines import home
from moderation import alarms
from moderation.alarms.tables import RetryRow
from moderation.cases.tables import CaseRow
from moderation.domains import editing
from moderation.values import CaseOrigin, CaseState, Effect, Outcome, Severity, Verb, Visibility
from tests.app import people
from tests.federation.world import Remote, World, keys

BAD = "They are vermin, all of them."
FINE = "The ferry was late but the light on the water was worth it."


def cases(world: World, uri: str | None = None) -> list[CaseRow]:
    with world.services.db.read() as session:
        query = select(CaseRow).order_by(CaseRow.id)
        return list(session.scalars(query.where(CaseRow.uri == uri) if uri else query))


def published(world: World) -> set[str]:
    with world.services.db.read() as session:
        return set(session.scalars(select(PostRow.content).where(PostRow.state == PostState.PUBLISHED)))


def writes(world: World, author: ActorRow, text: str, **more: Any) -> PostRow:
    return compose.compose(world.services, author.id, ComposeRequest(text, **more))


def now(world: World, post: PostRow) -> PostRow:
    row: PostRow = people.again(world.services, post)
    return row


def model(services: Services) -> Any:
    return services.tools.text_model


# What can be said elsewhere than in the text


@pytest.mark.one_database
@pytest.mark.parametrize(
    "fields",
    [
        {"summary": "vermin"},
        {"name": "vermin"},
        {"attachment": [{"type": "Image", "mediaType": "image/png", "url": "https://far.example/i", "name": "vermin"}]},
        {"type": "Question", "oneOf": [{"type": "Note", "name": "vermin"}, {"type": "Note", "name": "no"}]},
        {"tag": [{"type": "Hashtag", "name": "#vermin", "href": "https://far.example/tags/vermin"}]},
        {"content": "<p>ver<b></b>min</p>"},
        {"content": "<p>fine</p>", "contentMap": {"en": "<p>vermin</p>"}},
        {"type": "Article", "name": "vermin"},
        {"content": '<p title="x">ver<span class="invisible"></span>min</p>'},
    ],
    ids=lambda fields: "+".join(fields),
)
def test_hatred_outside_the_text_of_a_remote_post_is_held_or_not_shown(world: World, fields: dict[str, Any]) -> None:
    ana, mallory = world.member(), world.known()
    note = mallory.note_to(ana, FINE) | fields
    world.take(mallory, mallory.create(note))
    if world.state(note) is PostState.PUBLISHED:
        with world.services.db.read() as session:
            view = reading.load_one(session, world.stored(note).pk, ana.id)
            assert view is not None
            said = [view.post.content, view.post.title, view.post.warning, *(tag.name for tag in view.post.tags)]
        assert "vermin" not in " ".join(said)
    else:
        assert world.state(note) is PostState.HELD


@pytest.mark.one_database
@pytest.mark.parametrize(
    "more",
    [
        {"warning": "vermin"},
        {"poll": PollRequest(("vermin", "no"), timedelta(days=1))},
        {"text": "Look at #vermin"},
    ],
    ids=lambda more: "+".join(more),
)
def test_hatred_outside_the_text_of_a_members_post_is_held(world: World, more: dict[str, Any]) -> None:
    post = writes(world, world.member(), **{"text": FINE, **more})
    assert post.state is PostState.HELD


@pytest.mark.one_database
@pytest.mark.parametrize(
    "content",
    ["https://far.example/users/mallory2", "", None],
    ids=["elsewhere's actor", "nothing", "none"],
)
def test_a_post_that_says_somebody_elses_name_is_not_taken(world: World, content: str | None) -> None:
    mallory, zoe = world.known(), world.known("zoe", "near.example", pair=keys(2))
    note = mallory.note(FINE) | {"attributedTo": content or zoe.uri}
    world.deliver(mallory, mallory.activity("Create", note, id=note["id"] + "/c", to=note["to"], cc=note["cc"]))
    intake.drain(world.services)
    assert world.state(note) is None


# Profiles


@pytest.mark.parametrize(
    "what",
    [{"display_name": "vermin"}, {"note": BAD}, {"fields": (("about", "vermin"),)}, {"fields": (("vermin", "x"),)}],
)
@pytest.mark.one_database
def test_a_members_hateful_profile_waits_and_the_old_one_stands(world: World, what: dict[str, Any]) -> None:
    ana = world.member()
    profile.edit(world.services, ana.id, ProfileEdit(**what))
    row = people.again(world.services, ana)
    assert row.pending_profile is not None
    assert "vermin" not in f"{row.display_name}{row.summary}{row.fields}"
    assert len(cases(world, ana.uri)) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    "what",
    [
        {"name": "vermin"},
        {"summary": "<p>vermin</p>"},
        {"attachment": [{"type": "PropertyValue", "name": "vermin", "value": "x"}]},
        {"attachment": [{"type": "PropertyValue", "name": "x", "value": "vermin"}]},
    ],
)
def test_a_hateful_profile_from_elsewhere_isnt_shown_at_first_sight_nor_later(
    world: World, what: dict[str, Any]
) -> None:
    mallory = world.remote("mallory", document=what)
    world.take(mallory, mallory.create(mallory.note_to(world.member(), FINE)))
    world.take(mallory, mallory.activity("Update", mallory.actor()))
    row = world.row(mallory)
    assert "vermin" not in f"{row.display_name}{row.summary}{row.fields}"


@pytest.mark.one_database
def test_nobody_updates_another_actor(world: World) -> None:
    mallory, zoe = world.known(), world.known("zoe", "near.example", pair=keys(2))
    world.deliver(mallory, mallory.activity("Update", {**zoe.actor(), "name": "Owned"}))
    intake.drain(world.services)
    assert world.row(zoe).display_name != "Owned"


# Boosts and fetches


def test_a_boost_of_a_held_post_shows_nothing_and_comes_when_it_is_let_in(world: World, clock: FrozenClock) -> None:
    ana, mallory = world.member(), world.known()
    zoe = world.known("zoe", "near.example", pair=keys(2))
    world.follow(ana, world.row(zoe))
    note = mallory.note(BAD)
    world.take(mallory, mallory.create(note))
    world.take(zoe, zoe.activity("Announce", note["id"], to=[PUBLIC]))
    assert home.page(world.services, ana.id, Paging()) == []
    assert len(cases(world, note["id"])) == 1


def test_a_boost_by_somebody_followed_gives_an_unlisted_held_post_its_case(world: World) -> None:
    ana, mallory = world.member(), world.known()
    zoe = world.known("zoe", "near.example", pair=keys(2))
    world.follow(ana, world.row(zoe))
    note = mallory.note(BAD, to=[mallory.uri + "/followers"], cc=[PUBLIC])
    world.take(mallory, mallory.create(note))
    assert world.state(note) is PostState.HELD and cases(world, note["id"]) == []
    world.take(zoe, zoe.activity("Announce", note["id"], to=[PUBLIC]))
    assert len(cases(world, note["id"])) == 1


def test_a_boost_of_something_hateful_that_was_never_sent_is_fetched_and_held(world: World) -> None:
    ana, mallory = world.member(), world.remote()
    zoe = world.known("zoe", "near.example", pair=keys(2))
    world.follow(ana, world.row(zoe))
    note = mallory.note(BAD)
    world.web.put(note["id"], note)
    world.take(zoe, zoe.activity("Announce", note["id"], to=[PUBLIC]))
    assert world.state(note) is PostState.HELD
    assert home.page(world.services, ana.id, Paging()) == []


@pytest.mark.one_database
def test_what_is_sent_again_while_it_is_held_adds_no_case(world: World) -> None:
    mallory = world.known()
    note = mallory.note_to(world.member(), BAD)
    world.take(mallory, mallory.create(note))
    for number in range(3):
        world.deliver(mallory, mallory.create(note) | {"id": f"{note['id']}/again/{number}"})
    intake.drain(world.services)
    assert len(cases(world)) == 1 and world.state(note) is PostState.HELD


@pytest.mark.one_database
def test_the_same_address_from_another_actor_is_not_taken(world: World) -> None:
    mallory, mole = world.known(), world.known("mole", pair=keys(2))
    note = mallory.note(FINE)
    world.take(mallory, mallory.create(note))
    stolen = mole.note(BAD, id=note["id"])
    world.deliver(mole, mole.activity("Create", stolen, to=[PUBLIC], cc=[]))
    world.deliver(mole, mole.activity("Update", stolen, to=[PUBLIC], cc=[]))
    intake.drain(world.services)
    row = world.stored(note)
    assert row.actor_id == world.row(mallory).id and "vermin" not in row.content


@pytest.mark.one_database
@pytest.mark.parametrize("kind", ["Delete", "Undo"])
def test_nobody_deletes_or_undoes_what_is_anothers(world: World, kind: str) -> None:
    mallory, mole = world.known(), world.known("mole", pair=keys(2))
    note = mallory.note(FINE)
    world.take(mallory, mallory.create(note))
    what: Any = (
        note["id"]
        if kind == "Delete"
        else {"type": "Create", "id": note["id"], "actor": mallory.uri, "object": note["id"]}
    )
    world.deliver(mole, mole.activity(kind, what))
    intake.drain(world.services)
    assert world.state(note) is PostState.PUBLISHED


# Edits


def test_an_edit_of_a_published_post_to_hatred_leaves_the_old_text(world: World) -> None:
    ana, mallory = world.member(), world.known()
    world.follow(ana, world.row(mallory))
    note = mallory.note(FINE)
    world.take(mallory, mallory.create(note))
    changed = note | {"content": f"<p>{BAD}</p>", "updated": "2026-03-02T12:05:00Z"}
    world.take(mallory, mallory.activity("Update", changed))
    own = writes(world, ana, FINE)
    edit.edit(world.services, ana.id, own.id, EditRequest(BAD))
    for row in (world.stored(note), now(world, own)):
        assert row.state is PostState.PUBLISHED and "vermin" not in row.content
    assert not any("vermin" in text for text in published(world))
    assert [case.uri for case in cases(world)] == [note["id"], own.uri]


def test_an_edit_that_no_check_could_judge_is_judged_when_the_check_is_back(world: World) -> None:
    ana = world.member()
    fine, bad = writes(world, ana, FINE), writes(world, ana, "The bakery opens at seven.")
    model(world.services).broken = True
    edit.edit(world.services, ana.id, fine.id, EditRequest("The ferry was early."))
    edit.edit(world.services, ana.id, bad.id, EditRequest(BAD))
    assert "early" not in now(world, fine).content
    model(world.services).broken = False
    upkeep.rejudge(world.services)
    assert "early" in now(world, fine).content
    assert "vermin" not in now(world, bad).content
    assert len(cases(world, bad.uri)) == 1
    with world.services.db.read() as session:
        assert session.get(PendingEditRow, fine.pk) is None
        assert session.scalar(select(func.count()).select_from(RetryRow)) == 0


def test_a_later_edit_is_not_undone_by_an_earlier_one_that_waited(world: World) -> None:
    ana = world.member()
    post = writes(world, ana, FINE)
    model(world.services).broken = True
    edit.edit(world.services, ana.id, post.id, EditRequest("The first change of it."))
    model(world.services).broken = False
    edit.edit(world.services, ana.id, post.id, EditRequest("The second change of it."))
    upkeep.rejudge(world.services)
    assert "second" in now(world, post).content
    with world.services.db.read() as session:
        assert session.get(PendingEditRow, post.pk) is None


def test_a_held_post_that_is_edited_keeps_its_case_and_stays_held(world: World) -> None:
    ana = world.member()
    post = writes(world, ana, BAD)
    [before] = cases(world)
    edit.edit(world.services, ana.id, post.id, EditRequest(FINE))
    [after] = cases(world)
    assert now(world, post).state is PostState.HELD
    assert after.id == before.id and after.version > before.version


def test_an_edit_of_a_held_post_that_a_rule_refuses_is_refused(world: World) -> None:
    mallory = world.known()
    note = mallory.note_to(world.member(), BAD)
    world.take(mallory, mallory.create(note))
    row = world.stored(note)
    with world.services.db.write() as session:
        editing.set_rule(session, mallory.domain, Severity.SUSPEND, "admin", world.services.clock.now())
    draft = replace(redraft.of_post(row), text="Worse.", content="<p>Worse.</p>")
    edit.apply_remote(world.services, [draft])
    assert now(world, row).state is PostState.REJECTED


def test_deleting_a_held_post_closes_its_case_for_good(world: World, clock: FrozenClock) -> None:
    ana, mallory = world.member(), world.known()
    post, note = writes(world, ana, BAD), mallory.note_to(ana, f"{BAD} And you.")
    world.take(mallory, mallory.create(note))
    delete.delete(world.services, ana.id, post.id)
    world.take(mallory, mallory.activity("Delete", note["id"]))
    assert {case.state for case in cases(world)} == {CaseState.CLOSED}
    clock.move(timedelta(days=3))
    upkeep.end_holds(world.services)
    assert now(world, post).state is PostState.DELETED and world.state(note) is PostState.DELETED


# Holds end, and what no machine holds


@pytest.mark.parametrize("local", [True, False])
def test_a_hold_ends_by_itself_behind_a_warning(world: World, clock: FrozenClock, *, local: bool) -> None:
    ana, mallory = world.member(), world.known()
    if local:
        post = writes(world, ana, BAD)
    else:
        note = mallory.note_to(ana, BAD)
        world.take(mallory, mallory.create(note))
        post = world.stored(note)
    hours = 4 if local else 24
    clock.move(timedelta(hours=hours) - timedelta(minutes=1))
    upkeep.end_holds(world.services)
    assert now(world, post).state is PostState.HELD
    clock.move(timedelta(minutes=2))
    upkeep.end_holds(world.services)
    row = now(world, post)
    assert row.state is PostState.PUBLISHED and row.outcome is Outcome.LABEL and row.moderation_warning


@pytest.mark.one_database
def test_self_harm_is_care_and_nothing_is_held(world: World) -> None:
    post = writes(world, world.member(), "I have been cutting again and nobody knows about it.")
    assert post.state is PostState.PUBLISHED
    assert [case.origin for case in cases(world)] == [CaseOrigin.CARE]


@pytest.mark.one_database
def test_a_language_that_the_model_doesnt_know_is_no_reason_to_hold(world: World) -> None:
    assert writes(world, world.member(), BAD, language="xx").state is PostState.PUBLISHED


def test_a_broken_check_makes_posts_wait_with_one_alarm_and_no_case(world: World) -> None:
    ana, mallory = world.member(), world.known()
    model(world.services).broken = True
    posts = [writes(world, ana, f"{FINE} Number {number}.") for number in range(5)]
    for number in range(5):
        world.deliver(mallory, mallory.create(mallory.note_to(ana, f"{FINE} Again {number}.")))
    intake.drain(world.services)
    assert {now(world, post).state for post in posts} == {PostState.WAITING}
    with world.services.db.read() as session:
        assert len(alarms.current(session)) == 1
    assert cases(world) == []


# Direct posts


def direct(world: World, sender: Remote, to: Sequence[ActorRow], text: str) -> PostRow:
    tags = [{"type": "Mention", "href": row.uri, "name": f"@{row.username}"} for row in to]
    note = sender.note(text, to=[row.uri for row in to], cc=[], tag=tags)
    world.take(sender, sender.create(note))
    return world.stored(note)


def test_a_strangers_hateful_letter_is_a_request_without_a_notification(world: World) -> None:
    ana, mallory = world.member(), world.known()
    post = direct(world, mallory, [ana], BAD)
    assert post.state is PostState.PUBLISHED and post.as_request and post.moderation_warning
    assert people.told(world.services, ana.id) == [] and cases(world) == []


def test_a_hateful_letter_between_people_who_know_each_other_comes_behind_a_warning(world: World) -> None:
    ana, mallory = world.member(), world.known()
    world.follow(ana, world.row(mallory))
    world.follow(world.row(mallory), ana)
    post = direct(world, mallory, [ana], BAD)
    assert post.state is PostState.PUBLISHED and not post.as_request and post.moderation_warning
    assert people.told(world.services, ana.id) == ["mention"] and cases(world) == []


def test_a_letter_to_more_than_five_strangers_is_treated_as_public(world: World) -> None:
    members, mallory = [world.member(f"member{number}") for number in range(6)], world.known()
    post = direct(world, mallory, members, BAD)
    assert post.state is PostState.HELD
    assert len(cases(world, post.uri)) == 1


def test_a_reply_between_people_who_follow_each_other_isnt_held_by_the_model_alone(world: World) -> None:
    ana, ben = world.member("ana"), world.member("ben")
    world.follow(ana, ben)
    world.follow(ben, ana)
    first = writes(world, ana, FINE)
    reply = writes(world, ben, "You are vermin, my dear", in_reply_to_id=first.id)
    assert reply.state is PostState.PUBLISHED


# Domain rules


@pytest.mark.parametrize(
    ("severity", "state"),
    [
        (Severity.HOLD, PostState.HELD),
        (Severity.SILENCE, PostState.PUBLISHED),
        (Severity.SUSPEND, None),
        (Severity.NOOP, PostState.PUBLISHED),
    ],
)
@pytest.mark.one_database
def test_a_domain_rule_does_what_it_says(world: World, severity: Severity, state: PostState | None) -> None:
    ana, mallory = world.member(), world.known()
    with world.services.db.write() as session:
        decided = editing.set_rule(session, "far.example", severity, "admin", world.services.clock.now())
        enact.enact(world.services, session, decided.effects)
    note = mallory.note_to(ana, FINE)
    answer = world.deliver(mallory, mallory.create(note))
    intake.drain(world.services)
    assert world.state(note) is state
    assert (answer.status_code == 403) == (severity is Severity.SUSPEND)


@pytest.mark.one_database
def test_a_flood_of_flags_is_one_case(world: World) -> None:
    ana, mallory = world.member(), world.known()
    post = writes(world, ana, FINE)
    for _ in range(20):
        world.deliver(mallory, mallory.activity("Flag", [ana.uri, post.uri], content="Bad."))
    intake.drain(world.services)
    assert len(cases(world)) <= 1
    assert now(world, post).state is PostState.PUBLISHED


@pytest.mark.one_database
def test_a_replay_is_taken_once(world: World) -> None:
    mallory = world.known()
    create = mallory.create(mallory.note_to(world.member(), FINE))
    assert [world.deliver(mallory, create).status_code for _ in range(3)] == [202, 202, 202]
    intake.drain(world.services)
    with world.services.db.read() as session:
        notes = select(func.count()).select_from(PostRow).where(PostRow.kind == PostKind.NOTE)
        assert session.scalar(notes) == 1


# Without Redis


def test_without_redis_members_post_and_read_and_peers_are_heard(world: World, services: Services) -> None:
    ana, ben, mallory = world.member("ana"), world.member("ben"), world.known()
    world.follow(ana, ben)
    world.follow(ana, world.row(mallory))
    object.__setattr__(services, "redis", Redis(unix_socket_path="/nowhere/valkey.sock", retry=Retry(NoBackoff(), 0)))
    post = writes(world, ben, FINE)
    note = mallory.note(f"{FINE} Truly.")
    held = mallory.note(BAD)
    assert world.deliver(mallory, mallory.create(note)).status_code == 202
    assert world.deliver(mallory, mallory.create(held)).status_code == 202
    intake.drain(services)
    assert {view.post.uri for view in home.page(services, ana.id, Paging())} == {post.uri, note["id"]}
    assert world.state(held) is PostState.HELD


def test_counters_are_right_however_a_post_came_in(world: World) -> None:
    ana = world.member()
    model(world.services).broken = True
    post = writes(world, ana, FINE)
    model(world.services).broken = False
    upkeep.rejudge(world.services)
    assert now(world, post).state is PostState.PUBLISHED
    assert people.again(world.services, ana).posts_count == 1


def test_visibility_of_a_reply_to_what_is_hidden_names_nobody(world: World) -> None:
    ana, ben = world.member("ana"), world.member("ben")
    first = writes(world, ana, FINE)
    reply = writes(world, ben, "Indeed.", in_reply_to_id=first.id)
    delete.delete(world.services, ana.id, first.id)
    with world.services.db.read() as session:
        view = reading.load_one(session, reply.pk, None)
    assert view is not None and view.reply_to_id is None
    assert view.post.visibility is Visibility.PUBLIC


@pytest.mark.one_database
def test_who_is_silenced_is_on_the_streams_of_their_followers_alone(world: World) -> None:
    ana, ben = world.member("ana"), world.member("ben")
    world.follow(ana, ben)
    post = writes(world, ben, FINE)
    rendering, payload = Rendering(world.services), {"id": post.id}
    for_all, for_ana = subscription("public", None, None), subscription("user", None, ana.id)
    assert rendering.render(Event(for_all, "update", payload), None) is not None
    with world.services.db.write() as session:
        enact.enact(world.services, session, [Effect(Verb.SILENCE, ben.uri)])
    assert rendering.render(Event(for_all, "update", payload), None) is None
    assert rendering.render(Event(for_ana, "update", payload), None) is not None


@pytest.mark.one_database
def test_the_tag_search_knows_public_posts_alone(world: World) -> None:
    ana = world.member()
    writes(world, ana, f"{FINE} #harbour")
    for text, visibility in ((f"{BAD} #harbours", Visibility.PUBLIC), (f"{FINE} #harbourmaster", Visibility.DIRECT)):
        writes(world, ana, text, visibility=visibility)
    assert finding.tags(world.services, "harb", 10, 0) == ["harbour"]


def test_boosting_the_same_post_again_and_again_shows_it_once(world: World) -> None:
    ana, mallory = world.member(), world.known()
    world.follow(ana, world.row(mallory))
    note = mallory.note(FINE)
    world.take(mallory, mallory.create(note))
    for _ in range(3):
        world.deliver(mallory, mallory.activity("Announce", note["id"], to=[PUBLIC]))
    intake.drain(world.services)
    world.take(mallory, mallory.activity("Announce", note["id"], to=[PUBLIC]))
    assert len(home.page(world.services, ana.id, Paging())) == 2
    assert world.stored(note).boosts_count == 1
