"""The intake: what activities do here, once they were taken; what waits, what is refused, what is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.federation import intake
from app.federation.tables import InstanceRow, IntakeState, OutboxActivityRow
from app.federation.wire.errors import FetchTimeoutError, GoneError
from app.paging import Paging
from app.posts.tables import LikeRow, PendingEditRow, PostKind, PostRow, PostState, PostVersionRow
from app.relationships.tables import BlockRow, FollowRow
from app.timelines import home, public
from moderation.domains import editing
from moderation.reports.tables import ReportRow
from moderation.values import Severity
from tests.app import people
from tests.federation.world import Remote, World, keys


def _home(world: World, member: ActorRow) -> list[str]:
    return [view.shown.post.uri for view in home.page(world.services, member.id, Paging())]


def _reasons(world: World) -> list[str | None]:
    return [row.reason for row in world.inbox()]


def _wait(world: World, **time: float) -> None:
    world.services.clock.move(timedelta(**time))  # type: ignore[attr-defined]


def test_a_benign_post_of_a_stranger_reaches_the_member_whom_it_mentions(world: World) -> None:
    ana = world.member("ana")
    zoe = world.remote("zoe")
    note = zoe.note_to(ana, "Shall we look at the lighthouse tomorrow?")
    world.take(zoe, zoe.create(note))
    assert world.state(note) is PostState.PUBLISHED
    assert people.told(world.services, ana.id) == ["mention"]
    assert world.inbox()[0].state is IntakeState.DONE


def test_a_post_of_somebody_followed_is_in_the_home_timeline(world: World) -> None:
    ana = world.member("ana")
    mallory = world.known()
    world.follow(ana, world.row(mallory))
    note = mallory.note("The tide was very low this morning.")
    world.take(mallory, mallory.create(note))
    assert _home(world, ana) == [note["id"]]


def test_a_hateful_post_is_held_and_shown_to_nobody(world: World) -> None:
    ana = world.member("ana")
    mallory = world.known()
    world.follow(ana, world.row(mallory))
    note = mallory.note_to(ana, "They are vermin, all of them, and you know it.")
    world.take(mallory, mallory.create(note))
    assert world.state(note) is PostState.HELD
    assert _home(world, ana) == []
    assert people.told(world.services, ana.id) == []


def test_a_batch_is_judged_in_one_go_and_in_order(world: World) -> None:
    ana = world.member("ana")
    mallory, ben = world.known(), world.known("ben", "near.example", pair=keys(2))
    world.follow(ana, world.row(mallory))
    notes = [mallory.note(f"The {word} bird flew over the quiet harbour.") for word in ("first", "second", "third")]
    for note in notes:
        world.deliver(mallory, mallory.create(note))
        world.deliver(ben, ben.create(ben.note("Something else entirely, about bread.")))
    assert intake.drain(world.services) == 6
    assert _home(world, ana) == [note["id"] for note in reversed(notes)]


def test_what_somebody_sends_is_handled_in_their_order_whatever_its_kind(world: World) -> None:
    mallory, ben = world.known(), world.known("ben", "near.example", pair=keys(2))
    gone, kept, later = mallory.note("One."), mallory.note("Two."), ben.note("Three.")
    for sender, activity in (
        (mallory, mallory.create(gone)),
        (mallory, mallory.activity("Delete", gone["id"])),
        (ben, ben.create(later)),
        (mallory, mallory.create(kept)),
    ):
        world.deliver(sender, activity)
    intake.drain(world.services)
    assert world.state(gone) is PostState.DELETED
    assert world.state(kept) is world.state(later) is PostState.PUBLISHED


def test_an_actor_who_changes_keys_is_believed_after_their_own_host_was_asked(world: World) -> None:
    mallory = world.known()
    _wait(world, hours=2)
    mallory.pair = keys(2)
    mallory.live_on(world.web)
    note = mallory.note("I have new keys.")
    world.take(mallory, mallory.create(note))
    assert world.state(note) is PostState.PUBLISHED
    assert world.row(mallory).public_key_pem == keys(2).public_pem
    asked = len(world.web.asked)
    world.take(mallory, mallory.create(mallory.note("And use them.")))
    assert len(world.web.asked) == asked


def test_a_key_that_its_host_does_not_list_is_refused(world: World) -> None:
    world.remote("zoe")
    thief = Remote("zoe", pair=keys(2))
    world.take(thief, thief.create(thief.note("I am Zoe.")))
    assert _reasons(world) == ["signature_wrong"]
    assert world.state(world.inbox()[0].activity_uri) is None


def test_a_key_document_of_its_own_leads_to_its_owner(world: World) -> None:
    zoe = world.remote("zoe")
    key_id = zoe.uri + "/main-key"
    pem = zoe.pair.public_pem
    zoe.document = {"publicKey": {"id": key_id, "owner": zoe.uri, "publicKeyPem": pem}}
    zoe.live_on(world.web)
    world.web.put(key_id, {"id": key_id, "owner": zoe.uri, "publicKeyPem": pem})
    type(zoe).key_id = property(lambda self: self.uri + "/main-key")  # type: ignore[method-assign,assignment]
    try:
        note = zoe.note("My key lives elsewhere.")
        world.take(zoe, zoe.create(note))
    finally:
        type(zoe).key_id = property(lambda self: self.uri + "#main-key")  # type: ignore[method-assign,assignment]
    assert world.state(note) is PostState.PUBLISHED


def test_a_host_that_does_not_answer_is_asked_again_later_and_others_do_not_wait(world: World) -> None:
    slow, quick = world.remote("slow", "slow.example"), world.remote("quick", "quick.example")
    world.web.fail(slow.uri, FetchTimeoutError("too slow"))
    late, soon = slow.note("Late."), quick.note("Soon.")
    world.deliver(slow, slow.create(late))
    world.deliver(quick, quick.create(soon))
    intake.drain(world.services)
    assert (world.state(late), world.state(soon)) == (None, PostState.PUBLISHED)
    assert world.inbox()[0].state is IntakeState.UNVERIFIED
    slow.live_on(world.web)
    intake.drain(world.services)
    assert world.state(late) is None
    _wait(world, minutes=3)
    intake.drain(world.services)
    assert world.state(late) is PostState.PUBLISHED


def test_a_signer_who_is_gone_is_refused_for_good(world: World) -> None:
    zoe = world.remote("zoe")
    world.web.fail(zoe.uri, GoneError("gone", answered=410))
    world.take(zoe, zoe.create(zoe.note("Farewell.")))
    (row,) = world.inbox()
    assert (row.state, row.reason, row.body) == (IntakeState.REFUSED, "gone", b"")


def test_an_edit_that_turns_into_spam_leaves_the_old_text_standing(world: World) -> None:
    mallory = world.known()
    note = mallory.note("A recipe for lentil soup.")
    world.take(mallory, mallory.create(note))
    changed = note | {"content": "<p>casino casino casino</p>", "updated": "2026-03-02T12:05:00Z"}
    world.take(mallory, mallory.activity("Update", changed))
    assert world.stored(note).content == "<p>A recipe for lentil soup.</p>"
    assert world.state(note) is PostState.PUBLISHED


def test_a_harmless_edit_is_shown(world: World) -> None:
    mallory = world.known()
    note = mallory.note("A recipe for lentil soup.")
    world.take(mallory, mallory.create(note))
    world.take(mallory, mallory.activity("Update", note | {"content": "<p>A recipe for pea soup.</p>"}))
    assert world.stored(note).content == "<p>A recipe for pea soup.</p>"


def _poll(votes: int, **fields: Any) -> dict[str, Any]:
    options = [{"type": "Note", "name": name, "replies": {"totalItems": votes}} for name in ("Lentils", "Peas")]
    return {"type": "Question", "oneOf": options, "endTime": "2026-03-09T12:00:00Z", **fields}


def _versions(world: World) -> int:
    with world.services.db.read() as session:
        return len(session.scalars(select(PostVersionRow)).all())


def test_new_numbers_in_a_poll_are_no_edit(world: World) -> None:
    mallory = world.known()
    note = mallory.note("Which soup?", **_poll(1))
    world.take(mallory, mallory.create(note))
    world.take(mallory, mallory.activity("Update", note | _poll(7)))
    stored = world.stored(note)
    assert stored.poll is not None
    assert [option["votes"] for option in stored.poll["options"]] == [7, 7]
    assert (stored.edited_at, _versions(world)) == (None, 0)


def test_a_poll_s_other_options_are_an_edit_and_judged(world: World) -> None:
    mallory = world.known()
    note = mallory.note("Which soup?", **_poll(1))
    world.take(mallory, mallory.create(note))
    options = [{"type": "Note", "name": name} for name in ("Leeks", "Peas")]
    world.take(mallory, mallory.activity("Update", note | _poll(7, oneOf=options)))
    stored = world.stored(note)
    assert stored.poll is not None and stored.edited_at is not None
    assert [option["title"] for option in stored.poll["options"]] == ["Leeks", "Peas"]
    assert _versions(world) == 1


def test_the_old_text_with_new_numbers_takes_back_an_edit_that_waits(world: World) -> None:
    mallory = world.known()
    note = mallory.note("Which soup?", **_poll(1))
    world.take(mallory, mallory.create(note))
    world.take(mallory, mallory.activity("Update", note | {"content": "<p>casino casino casino</p>"}))
    with world.services.db.read() as session:
        assert session.scalars(select(PendingEditRow)).one()
    world.take(mallory, mallory.activity("Update", note | _poll(7)))
    with world.services.db.read() as session:
        assert session.scalars(select(PendingEditRow)).one().draft["content"] == "<p>Which soup?</p>"


def test_nobody_counts_in_a_poll_that_is_not_theirs(world: World) -> None:
    mallory, ben = world.known(), world.known("ben", pair=keys(2))
    note = ben.note("Which soup?", **_poll(1))
    world.take(ben, ben.create(note))
    world.take(mallory, mallory.activity("Update", note | _poll(7)))
    stored = world.stored(note)
    assert stored.poll is not None and stored.poll["options"][0]["votes"] == 1


def test_nobody_edits_or_deletes_what_is_not_theirs(world: World) -> None:
    mallory, ben = world.known(), world.known("ben", pair=keys(2))
    note = ben.note("Mine.")
    world.take(ben, ben.create(note))
    world.take(mallory, mallory.activity("Update", note | {"content": "<p>Stolen.</p>"}))
    world.take(mallory, mallory.activity("Delete", note["id"]))
    assert world.stored(note).content == "<p>Mine.</p>"
    assert world.state(note) is PostState.PUBLISHED


def test_a_profile_that_changes_goes_through_the_door(world: World) -> None:
    mallory = world.known()
    world.take(mallory, mallory.activity("Update", mallory.actor() | {"name": "Mallory of the Hills"}))
    assert world.row(mallory).display_name == "Mallory of the Hills"
    world.take(mallory, mallory.activity("Update", mallory.actor() | {"summary": "<p>casino vermin</p>"}))
    assert "casino" not in world.row(mallory).summary


def test_an_actor_who_leaves_takes_everything_along(world: World) -> None:
    ana = world.member("ana")
    mallory = world.known()
    world.follow(ana, world.row(mallory))
    note = mallory.note("I won't be here for long.")
    world.take(mallory, mallory.create(note))
    world.take(mallory, mallory.activity("Delete", mallory.uri))
    assert world.state(note) is PostState.DELETED
    row = world.row(mallory)
    assert row.deleted_at is not None
    assert row.display_name == ""
    assert _home(world, ana) == []
    with world.services.db.read() as session:
        assert session.scalar(select(FollowRow.id)) is None


def test_a_post_that_lives_elsewhere_is_believed_only_from_there(world: World) -> None:
    mallory = world.known()
    ben = world.remote("ben", "near.example", pair=keys(2))
    note = ben.note("What I really wrote.")
    world.web.put(note["id"], note)
    world.take(mallory, mallory.create(note | {"content": "<p>What Mallory says that I wrote.</p>"}) | {
        "id": mallory.uri + "/activities/forwarded"
    })  # fmt: skip
    stored = world.stored(note)
    assert stored.content == "<p>What I really wrote.</p>"
    assert stored.actor_id == world.row(ben).id


def test_a_boost_of_an_unseen_post_fetches_it_through_the_door(world: World) -> None:
    ana = world.member("ana")
    mallory = world.known()
    ben = world.remote("ben", "near.example", pair=keys(2))
    world.follow(ana, world.row(mallory))
    note = ben.note("A story about foxes.", published="2026-03-01T09:00:00Z")
    world.web.put(note["id"], note)
    world.take(mallory, mallory.activity("Announce", note["id"], to=[note["to"][0]]))
    assert world.state(note) is PostState.PUBLISHED
    assert _home(world, ana) == [note["id"]]
    assert world.inbox()[0].state is IntakeState.DONE


def test_a_boost_of_a_hateful_unseen_post_shows_nothing_until_it_is_let_in(world: World) -> None:
    ana = world.member("ana")
    mallory = world.known()
    ben = world.remote("ben", "near.example", pair=keys(2))
    world.follow(ana, world.row(mallory))
    note = ben.note("Nothing but vermin around here.")
    world.web.put(note["id"], note)
    boost = mallory.activity("Announce", note["id"], to=[note["to"][0]])
    world.take(mallory, boost)
    assert world.state(note) is PostState.HELD
    assert world.state(boost["id"]) is None
    assert _home(world, ana) == []
    assert (world.inbox()[0].state, world.inbox()[0].reason) == (IntakeState.RETRY, "boosted_waits")
    _release(world, note["id"])
    _wait(world, minutes=3)
    intake.drain(world.services)
    assert world.state(boost["id"]) is PostState.PUBLISHED
    assert _home(world, ana) == [note["id"]]


def test_a_boost_that_is_taken_back_while_it_waits_never_shows(world: World) -> None:
    ana = world.member("ana")
    mallory = world.known()
    ben = world.known("ben", "near.example", pair=keys(2))
    world.follow(ana, world.row(mallory))
    note = ben.note("Nothing but vermin around here.")
    world.take(ben, ben.create(note))
    boost = mallory.activity("Announce", note["id"], to=[note["to"][0]])
    world.take(mallory, boost)
    world.take(mallory, mallory.activity("Undo", boost))
    _release(world, note["id"])
    _wait(world, minutes=3)
    intake.drain(world.services)
    assert world.state(boost["id"]) is None


def test_a_boost_that_nobody_here_would_see_is_not_worth_a_fetch(world: World) -> None:
    mallory = world.known()
    ben = world.remote("ben", "near.example", pair=keys(2))
    note = ben.note("A story about foxes.")
    world.web.put(note["id"], note)
    world.take(mallory, mallory.activity("Announce", note["id"]))
    assert world.web.asked == []
    assert _reasons(world) == ["boost_for_nobody_here"]


def test_a_boost_is_undone(world: World) -> None:
    mallory, ben = world.known(), world.known("ben", pair=keys(2))
    note = ben.note("Worth spreading.")
    world.take(ben, ben.create(note))
    boost = mallory.activity("Announce", note["id"], to=[note["to"][0]])
    world.take(mallory, boost)
    assert world.stored(note).boosts_count == 1
    world.take(mallory, mallory.activity("Undo", boost))
    assert world.state(boost["id"]) is PostState.DELETED
    assert world.stored(note).boosts_count == 0


def _release(world: World, uri: str) -> None:
    """A person lets a held post in."""
    from app.posts import consequences, door
    from moderation.values import Outcome, RecordedVerdict

    with world.services.db.write() as session:
        post = session.scalars(select(PostRow).where(PostRow.uri == uri)).one()
        row = people.verdict(session, world.services, uri, Outcome.APPROVE)
        door.publish(session, post, RecordedVerdict(row.id, uri, Outcome.APPROVE), world.services.clock.now())
        consequences.of_release(world.services, session, post)


def test_a_follow_is_accepted_and_the_answer_is_queued(world: World) -> None:
    ana = world.member("ana")
    mallory = world.known()
    follow = mallory.activity("Follow", ana.uri)
    world.take(mallory, follow)
    with world.services.db.read() as session:
        assert session.scalars(select(FollowRow)).one().uri == follow["id"]
        assert session.scalars(select(OutboxActivityRow)).one().kind == "Accept"
    assert people.told(world.services, ana.id) == ["follow"]
    world.take(mallory, mallory.activity("Undo", follow))
    with world.services.db.read() as session:
        assert session.scalar(select(FollowRow.id)) is None


def test_a_follow_of_nobody_is_refused(world: World) -> None:
    mallory = world.known()
    world.take(mallory, mallory.activity("Follow", "https://ostiary.example/users/nobody"))
    assert _reasons(world) == ["follow_of_nobody_here"]


@pytest.mark.parametrize("embedded", [True, False])
def test_an_accept_by_the_one_who_was_asked_makes_the_follow(world: World, embedded: bool) -> None:
    from app.relationships import follow

    ana = world.member("ana")
    mallory, ben = world.known(), world.known("ben", pair=keys(2))
    asked = follow.follow(world.services, ana.id, world.row(mallory).id)
    inner = {"type": "Follow", "id": asked.uri, "actor": ana.uri, "object": mallory.uri}
    world.take(ben, ben.activity("Accept", asked.uri))
    world.take(mallory, mallory.activity("Accept", inner if embedded else asked.uri))
    with world.services.db.read() as session:
        assert session.scalars(select(FollowRow)).one().state == "accepted"
    assert _reasons(world) == ["accept_of_nothing", None]
    world.take(mallory, mallory.activity("Reject", inner if embedded else asked.uri))
    with world.services.db.read() as session:
        assert session.scalar(select(FollowRow.id)) is None


def test_likes_are_counted_once_and_taken_back(world: World) -> None:
    ana = world.member("ana")
    mallory = world.known()
    post = people.post(world.services, ana, "A picture of the harbour.")
    like = mallory.activity("Like", post.uri)
    world.take(mallory, like)
    world.take(mallory, mallory.activity("Like", post.uri))
    assert people.again(world.services, post).likes_count == 1
    assert people.told(world.services, ana.id) == ["favourite"]
    world.take(mallory, mallory.activity("Undo", like))
    assert people.again(world.services, post).likes_count == 0
    with world.services.db.read() as session:
        assert session.scalar(select(LikeRow.id)) is None


def test_a_reaction_counts_as_a_like_and_is_taken_back(world: World) -> None:
    post = people.post(world.services, world.member("ana"), "A picture of the harbour.")
    mallory = world.known()
    reaction = mallory.activity("EmojiReact", post.uri, content="🫖")
    world.take(mallory, reaction)
    world.take(mallory, mallory.activity("Like", post.uri, content=":kettle:", _misskey_reaction=":kettle:"))
    assert people.again(world.services, post).likes_count == 1
    world.take(mallory, mallory.activity("Undo", reaction))
    assert people.again(world.services, post).likes_count == 0


def test_what_a_group_passes_on_is_fetched_from_its_own_home(world: World) -> None:
    ana = world.member("ana")
    group, ben = world.known("cyclists"), world.remote("ben", "near.example", pair=keys(2))
    world.follow(ana, world.row(group))
    note = ben.note("A story about foxes.")
    world.web.put(note["id"], note)
    forged = ben.create(note | {"content": "<p>What ben never wrote.</p>"})
    world.take(group, group.activity("Announce", forged, to=[note["to"][0]]))
    assert "foxes" in world.stored(note).content
    assert _home(world, ana) == [note["id"]]


def test_a_block_ends_the_follow_and_is_taken_back(world: World) -> None:
    ana = world.member("ana")
    mallory = world.known()
    world.follow(ana, world.row(mallory))
    block = mallory.activity("Block", ana.uri)
    world.take(mallory, block)
    with world.services.db.read() as session:
        assert session.scalar(select(FollowRow.id)) is None
        assert session.scalar(select(BlockRow.id)) is not None
    world.take(mallory, mallory.activity("Undo", block))
    with world.services.db.read() as session:
        assert session.scalar(select(BlockRow.id)) is None


def _flag(world: World, ana: ActorRow) -> dict[str, Any]:
    post = people.post(world.services, ana, "Something that somebody minds.")
    return {"content": "Rude.", "object": [ana.uri, post.uri]}


def test_a_report_by_another_server_is_filed(world: World) -> None:
    ana, mallory = world.member("ana"), world.known()
    world.take(mallory, mallory.activity("Flag", None, **_flag(world, ana)))
    with world.services.db.read() as session:
        report = session.scalars(select(ReportRow)).one()
    assert (report.target_uri, report.reporter_domain) == (ana.uri, "far.example")


def test_a_rule_can_keep_a_domains_reports_out(world: World) -> None:
    ana, mallory = world.member("ana"), world.known()
    with world.services.db.write() as session:
        editing.set_rule(session, "far.example", Severity.NOOP, "ada", world.services.clock.now(), reject_reports=True)
    world.take(mallory, mallory.activity("Flag", None, **_flag(world, ana)))
    assert _reasons(world) == ["reports_rejected"]


@pytest.mark.parametrize(
    ("kind", "what", "reason"),
    [
        ("Dislike", "https://far.example/users/mallory", "unsupported:activity:Dislike"),
        ("Dance", "https://far.example/1", "unsupported:activity:other"),
        ("Create", {"id": "https://far.example/1", "type": "ChatMessage"}, "unsupported:Create:ChatMessage"),
    ],
)
def test_what_is_not_handled_is_kept_out_with_a_counted_reason(world: World, kind: str, what: Any, reason: str) -> None:
    mallory = world.known()
    world.take(mallory, mallory.activity(kind, what))
    assert _reasons(world) == [reason]


def test_a_vote_in_a_poll_is_no_post(world: World) -> None:
    mallory = world.known()
    vote = mallory.note("", name="Yes", content=None, inReplyTo="https://ostiary.example/users/ana/statuses/1")
    world.take(mallory, mallory.create(vote))
    assert _reasons(world) == ["vote_for_nothing_here"]
    assert world.state(vote) is None


def test_a_domain_suspended_after_its_delivery_was_taken_shows_nothing(world: World) -> None:
    mallory = world.known()
    note = mallory.note("Just in time.")
    world.deliver(mallory, mallory.create(note))
    with world.services.db.write() as session:
        editing.set_rule(session, "far.example", Severity.SUSPEND, "ada", world.services.clock.now())
    intake.drain(world.services)
    assert world.state(note) is None
    assert _reasons(world) == ["domain_suspended"]


def test_one_activity_that_breaks_its_handler_breaks_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.posts import admission

    real = admission.admit

    def fragile(services: Any, drafts: Any) -> Any:
        if any("poison" in draft.content for draft in drafts):
            raise RuntimeError("a bug")
        return real(services, drafts)

    monkeypatch.setattr(admission, "admit", fragile)
    mallory = world.known()
    good, bad = mallory.note("Harmless."), mallory.note("A poison pill.")
    world.deliver(mallory, mallory.create(bad))
    world.deliver(mallory, mallory.create(good))
    intake.drain(world.services)
    assert world.state(good) is PostState.PUBLISHED
    assert [row.state for row in world.inbox()] == [IntakeState.RETRY, IntakeState.DONE]
    for _ in range(12):
        _wait(world, days=1, minutes=1)
        intake.drain(world.services)
    assert world.inbox()[0].reason == "gave_up:failed"


def test_what_a_killed_worker_had_in_hand_is_taken_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mallory = world.known()
    note = mallory.note("Hello.")
    world.deliver(mallory, mallory.create(note))

    class KilledError(BaseException):
        """What kill -9 leaves behind: nothing is cleaned up."""

    def die(*_arguments: Any) -> Any:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(intake, "_mark", die)
        with pytest.raises(KilledError):
            intake.drain(world.services)
    assert world.inbox()[0].state is IntakeState.WAITING
    assert intake.drain(world.services) == 0
    _wait(world, minutes=3)
    assert intake.drain(world.services) == 1
    assert world.inbox()[0].state is IntakeState.DONE
    assert world.state(note) is PostState.PUBLISHED


def test_domains_are_met_counted_and_asked_for_their_nodeinfo(world: World) -> None:
    from app.federation import actors

    zoe = world.remote("zoe")
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    world.web.put(
        "https://far.example/.well-known/nodeinfo",
        {"links": [{"rel": schema, "href": "https://far.example/nodeinfo/2.0"}]},
        "application/json",
    )
    world.web.put(
        "https://far.example/nodeinfo/2.0",
        {"version": "2.0", "software": {"name": "Mastodon", "version": "4.3"}, "usage": {"users": {"total": 7}}},
        "application/json",
    )
    world.take(zoe, zoe.create(zoe.note("Hello.")))
    actors.refresh_stale(world.services)
    with world.services.db.read() as session:
        row = session.get_one(InstanceRow, "far.example")
    assert (row.software, row.received, row.refused) == ("mastodon", 1, 0)
    assert row.first_nodeinfo_at == world.services.clock.now()


def test_settled_rows_are_dropped_once_no_replay_could_pass(world: World) -> None:
    mallory = world.known()
    world.take(mallory, mallory.create(mallory.note("Hello.")))
    assert intake.prune(world.services, world.services.clock.now() - timedelta(days=1)) == 0
    assert intake.prune(world.services, world.services.clock.now() + timedelta(seconds=1)) == 1
    assert world.inbox() == []


def test_a_boost_is_a_post_that_shows_another(world: World) -> None:
    mallory, ben = world.known(), world.known("ben", pair=keys(2))
    note = ben.note("Worth spreading.")
    world.take(ben, ben.create(note))
    boost = mallory.activity("Announce", note["id"], to=[note["to"][0]])
    world.take(mallory, boost)
    assert world.stored(boost["id"]).kind is PostKind.BOOST
    assert len(public.page(world.services, None, Paging())) >= 1
