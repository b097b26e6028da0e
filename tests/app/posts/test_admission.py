"""Nothing is shown before it was judged, and what was judged goes where its verdict says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.tables import AccountRow, ActorRow
from app.clock import FrozenClock
from app.enforcement import enact
from app.errors import InvalidError, NotFoundError
from app.paging import Paging
from app.posts import admission, boosts, compose, delete, door, edit, likes, readers, reading, redraft, rejudge, resolve
from app.posts.compose import ComposeRequest
from app.posts.drafts import DraftAttachment, PostDraft
from app.posts.edit import EditRequest
from app.posts.tables import PendingEditRow, PostKind, PostRow, PostState
from app.relationships import follow
from app.search import schema
from app.services import Services
from app.stores import events
from app.timelines import fanout, home, public
from moderation.cases.tables import CaseRow
from moderation.recording import verdicts
from moderation.values import Effect, Outcome, RecordedVerdict, Verb, Visibility
from moderation.verdicts.tables import VerdictRow
from tests.app.people import again, member, remote, told

HATEFUL = "they are vermin, all of them"
BENIGN = "The tram was late but the light was worth it"


def write(services: Services, who: AccountRow, words: str, **more: Any) -> PostRow:
    return compose.compose(services, who.id, ComposeRequest(text=words, **more))


def draft_of(services: Services, author: ActorRow, words: str, **more: Any) -> PostDraft:
    now = services.clock.now()
    values: dict[str, Any] = {
        "uri": f"{author.uri}/statuses/{abs(hash((words, len(more))))}",
        "actor_id": author.id,
        "local": False,
        "kind": PostKind.NOTE,
        "visibility": Visibility.PUBLIC,
        "submitted_at": now,
        "published_at": now,
        "content": f"<p>{words}</p>",
        "text": words,
    }
    return PostDraft(**values | more)


def let_in(services: Services, post: PostRow) -> None:
    """A person's release, as a decision's effect brings it."""
    with services.db.write() as session:
        old = verdicts.latest(session, [post.uri])[post.uri]
        row = VerdictRow(**verdicts.superseding(old, Outcome.APPROVE, services.clock.now(), reasons=[], by_person=True))
        session.add(row)
        session.flush()
        effect = Effect(Verb.PUBLISH, post.uri, verdict=RecordedVerdict(row.id, row.uri, row.outcome))
        enact.enact(services, session, [effect])


def seen_at_home(services: Services, who: AccountRow, **paging: Any) -> list[int]:
    return [view.post.pk for view in home.page(services, who.id, Paging(**paging))]


def test_a_benign_post_is_published_at_once_and_stands_at_home(services: Services) -> None:
    ana = member(services, "ana")
    post = write(services, ana, BENIGN)
    assert post.state is PostState.PUBLISHED
    assert seen_at_home(services, ana) == [post.pk]
    assert [view.post.pk for view in public.page(services, None, Paging())] == [post.pk]


def test_a_hateful_post_waits_seen_by_its_author_alone(services: Services) -> None:
    ana, mallory = member(services, "ana"), member(services, "mallory")
    post = write(services, mallory, HATEFUL)
    assert post.state is PostState.HELD
    with services.db.read() as session:
        assert reading.load_one(session, post.pk, mallory.id) is not None
        assert reading.load_one(session, post.pk, ana.id) is None
        assert reading.load_one(session, post.pk, None) is None
        assert session.scalar(select(CaseRow.uri)) == post.uri
    assert public.page(services, None, Paging()) == public.page(services, ana.id, Paging()) == []
    assert "held" in told(services, mallory.id)


def test_the_database_itself_refuses_a_published_post_without_a_verdict(services: Services) -> None:
    ana = member(services, "ana")
    post = write(services, ana, HATEFUL)
    for change in ({"state": PostState.PUBLISHED}, {"state": PostState.PUBLISHED, "verdict_id": None}):
        with pytest.raises(IntegrityError), services.db.write() as session:
            row = session.get_one(PostRow, post.pk)
            for column, value in change.items():
                setattr(row, column, value)


def test_a_verdict_cant_be_borrowed_for_another_outcome(services: Services) -> None:
    ana = member(services, "ana")
    post = write(services, ana, HATEFUL)
    with pytest.raises(IntegrityError), services.db.write() as session:
        row = session.get_one(PostRow, post.pk)
        row.state, row.outcome = PostState.PUBLISHED, Outcome.APPROVE


def test_the_door_refuses_to_publish_on_a_verdict_that_holds(services: Services) -> None:
    post = write(services, member(services, "ana"), HATEFUL)
    with pytest.raises(door.UnjudgedError), services.db.write() as session:
        row = session.get_one(PostRow, post.pk)
        door.publish(session, row, RecordedVerdict(1, row.uri, Outcome.HOLD), services.clock.now())


def test_a_released_post_appears_at_the_top_and_its_first_id_still_finds_it(
    services: Services, clock: FrozenClock
) -> None:
    ana = member(services, "ana")
    held = write(services, ana, HATEFUL)
    clock.move(timedelta(minutes=5))
    later = write(services, ana, BENIGN)
    clock.move(timedelta(minutes=5))
    let_in(services, held)
    now = again(services, held)
    assert now.state is PostState.PUBLISHED
    assert now.id > later.id > held.id
    assert now.published_at == clock.now()
    assert now.submitted_at == held.submitted_at
    assert seen_at_home(services, ana) == [held.pk, later.pk]
    assert seen_at_home(services, ana, min_id=later.id) == [held.pk]
    with services.db.read() as session:
        assert resolve.view(session, held.id, None).post.pk == held.pk
    assert "released" in told(services, ana.id)


def test_a_followers_home_shows_what_was_let_in_and_never_what_waits(services: Services) -> None:
    ana, ben = member(services, "ana"), member(services, "ben")
    follow.follow(services, ana.id, ben.id)
    assert seen_at_home(services, ana) == []
    shown = write(services, ben, BENIGN)
    write(services, ben, HATEFUL)
    assert seen_at_home(services, ana) == [shown.pk]


def test_a_feed_that_names_a_withdrawn_post_doesnt_show_it(services: Services) -> None:
    ana = member(services, "ana")
    seen_at_home(services, ana)
    post = write(services, ana, BENIGN)
    with services.db.write() as session:
        door.withdraw(session, session.get_one(PostRow, post.pk))
    assert seen_at_home(services, ana) == []


def test_what_a_broken_check_couldnt_judge_waits_and_is_judged_when_it_is_back(services: Services) -> None:
    ana = member(services, "ana")
    model: Any = services.tools.text_model
    model.broken = True
    benign, hateful = write(services, ana, BENIGN), write(services, ana, HATEFUL)
    assert {benign.state, hateful.state} == {PostState.WAITING}
    assert public.page(services, None, Paging()) == []
    model.broken = False
    assert rejudge.waiting(services) == 2
    assert again(services, benign).state is PostState.PUBLISHED
    assert again(services, hateful).state is PostState.HELD
    assert seen_at_home(services, ana, limit=1)


def test_a_remote_batch_is_judged_together_and_each_goes_its_way(services: Services) -> None:
    far = remote(services, "far", public_key_pem="k")
    drafts = [draft_of(services, far, BENIGN), draft_of(services, far, HATEFUL)]
    admitted = admission.admit(services, [*drafts, drafts[0]])
    assert [a.state for a in admitted] == [PostState.PUBLISHED, PostState.HELD, PostState.PUBLISHED]
    assert not any(a.created for a in admission.admit(services, drafts))


@pytest.mark.parametrize(
    "hidden",
    [
        {"attachments": (DraftAttachment("https://far.example/a.png", "image/png", description=HATEFUL),)},
        {"title": HATEFUL},
        {"warning": HATEFUL},
        {"poll": {"options": [{"title": "yes"}, {"title": HATEFUL}]}},
    ],
    ids=["alt text", "title", "warning", "poll"],
)
def test_hateful_words_wait_wherever_in_a_post_they_stand(services: Services, hidden: dict[str, Any]) -> None:
    (admitted,) = admission.admit(services, [draft_of(services, remote(services, "mallory"), BENIGN, **hidden)])
    assert admitted.state is PostState.HELD


def test_an_old_post_takes_its_place_in_the_past_and_enters_no_feed(services: Services) -> None:
    ana, far = member(services, "ana"), remote(services, "far", public_key_pem="k")
    recent = write(services, ana, BENIGN)
    last_year = services.clock.now() - timedelta(days=365)
    (old,) = admission.admit(services, [draft_of(services, far, "an old song", published_at=last_year)])
    row = again(services, recent)
    with services.db.read() as session:
        fetched = session.get_one(PostRow, old.pk)
    assert fetched.id < row.id
    assert fetched.fanned_out_at is not None


def test_the_sweep_finishes_a_fan_out_that_a_crash_left(
    services: Services, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock
) -> None:
    ana = member(services, "ana")
    seen_at_home(services, ana)
    with monkeypatch.context() as crashed:
        crashed.setattr(fanout, "spread", lambda _services, _posts: None)
        post = write(services, ana, BENIGN)
    assert fanout.sweep(services) == 0, "it may still be on its way"
    clock.move(fanout.UNDER_WAY + timedelta(seconds=1))
    assert seen_at_home(services, ana) == []
    assert fanout.sweep(services) == 1
    assert fanout.sweep(services) == 0
    assert seen_at_home(services, ana) == [post.pk]


def test_what_is_in_its_feeds_is_marked_by_the_sweep_and_told_no_second_time(
    services: Services, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock
) -> None:
    post = write(services, member(services, "ana"), BENIGN)
    told_again: list[int] = []
    monkeypatch.setattr(events, "publish", lambda _redis, _channels, _event, payload: told_again.append(payload["id"]))
    clock.move(fanout.UNDER_WAY + timedelta(seconds=1))
    assert again(services, post).fanned_out_at is None
    assert fanout.sweep(services) == 1
    assert again(services, post).fanned_out_at is not None
    assert fanout.sweep(services) == 0 and told_again == []


def test_a_members_words_are_found_as_soon_as_the_post_is_there_and_never_those_of_one_that_waits(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "spread", lambda _services, _posts: None)
    ana = member(services, "ana")
    shown, waits = write(services, ana, BENIGN), write(services, ana, HATEFUL)
    name = services.db.engine.dialect.name
    with services.db.read() as session:
        table = {"sqlite": schema.SQLITE, "postgresql": schema.POSTGRESQL}[name]
        indexed = set(session.scalars(select(table.c[schema.ROW[name]])))
    assert waits.state is PostState.HELD and indexed == {shown.pk}


def test_a_harmless_post_cant_be_turned_into_another_by_an_edit(services: Services) -> None:
    ana = member(services, "ana")
    post = write(services, ana, BENIGN)
    edit.edit(services, ana.id, post.id, EditRequest(text=HATEFUL))
    shown = again(services, post)
    assert shown.state is PostState.PUBLISHED
    assert "tram" in shown.content
    with services.db.read() as session:
        assert session.get(PendingEditRow, post.pk) is not None


def test_a_benign_edit_is_shown_and_the_earlier_version_kept(services: Services) -> None:
    ana = member(services, "ana")
    post = write(services, ana, BENIGN)
    edit.edit(services, ana.id, post.id, EditRequest(text="The tram was on time"))
    row = again(services, post)
    assert "on time" in row.content
    assert row.edited_at is not None


def test_editing_a_held_post_keeps_its_case_and_doesnt_open_the_door(services: Services) -> None:
    ana = member(services, "ana")
    post = write(services, ana, HATEFUL)
    edit.edit(services, ana.id, post.id, EditRequest(text=BENIGN))
    assert again(services, post).state is PostState.HELD
    with services.db.read() as session:
        assert len(session.scalars(select(CaseRow)).all()) == 1


def test_deleting_a_held_post_closes_its_case_for_good(services: Services) -> None:
    ana = member(services, "ana")
    post = write(services, ana, HATEFUL)
    delete.delete(services, ana.id, post.id)
    row = again(services, post)
    assert row.state is PostState.DELETED
    assert row.content == row.source == ""
    with services.db.read() as session:
        assert session.scalar(select(CaseRow.state)) == "closed"


def test_only_its_author_deletes_a_post(services: Services) -> None:
    ana, mallory = member(services, "ana"), member(services, "mallory")
    post = write(services, ana, BENIGN)
    with pytest.raises(NotFoundError):
        delete.delete(services, mallory.id, post.id)
    far = remote(services, "far", public_key_pem="k")
    assert delete.forget_remote(services, [(post.uri, far.id)]) == 0


def test_a_boost_shows_the_post_and_goes_with_it(services: Services) -> None:
    ana, ben = member(services, "ana"), member(services, "ben")
    post = write(services, ana, BENIGN)
    view = boosts.boost(services, ben.id, post.id)
    assert view.shown.post.pk == post.pk
    assert boosts.boost(services, ben.id, post.id).post.pk == view.post.pk
    assert again(services, post).boosts_count == 1
    delete.delete(services, ana.id, post.id)
    assert again(services, view.post).state is PostState.DELETED


def test_a_held_post_cant_be_boosted_or_liked_by_others(services: Services) -> None:
    ana, ben = member(services, "ana"), member(services, "ben")
    post = write(services, ana, HATEFUL)
    for act in (boosts.boost, likes.like):
        with pytest.raises(NotFoundError):
            act(services, ben.id, post.id)
    with pytest.raises(InvalidError):
        boosts.boost(services, ana.id, post.id)


def test_likes_count_once(services: Services) -> None:
    ana, ben = member(services, "ana"), member(services, "ben")
    post = write(services, ana, BENIGN)
    likes.like(services, ben.id, post.id)
    assert likes.like(services, ben.id, post.id).post.likes_count == 1
    assert likes.unlike(services, ben.id, post.id).post.likes_count == 0
    assert told(services, ana.id) == ["favourite"]


def test_the_same_idempotency_key_gives_the_same_post(services: Services) -> None:
    ana = member(services, "ana")
    one = write(services, ana, BENIGN, idempotency_key="k")
    assert write(services, ana, BENIGN, idempotency_key="k").pk == one.pk


def test_a_direct_post_is_for_those_it_names(services: Services) -> None:
    ana, ben, eve = member(services, "ana"), member(services, "ben"), member(services, "eve")
    post = write(services, ana, "@ben a word between us", visibility=Visibility.DIRECT)
    with services.db.read() as session:
        assert reading.load_one(session, post.pk, ben.id) is not None
        assert reading.load_one(session, post.pk, eve.id) is None
        assert reading.load_one(session, post.pk, None) is None


@pytest.mark.parametrize(
    "words", ["", "   ", "x" * 5001, "a\0b"], ids=["empty", "blank", "too long", "a null character"]
)
def test_what_cant_be_a_post_is_refused_before_it_is_judged(services: Services, words: str) -> None:
    with pytest.raises(InvalidError):
        write(services, member(services, "ana"), words)


def test_a_reply_names_what_it_answers_and_counts(services: Services) -> None:
    ana, ben = member(services, "ana"), member(services, "ben")
    post = write(services, ana, BENIGN)
    reply = write(services, ben, "so it was", in_reply_to_id=post.id)
    with services.db.read() as session:
        assert resolve.view(session, reply.id, None).reply_to_id == post.id
    assert again(services, post).replies_count == 1
    assert replace(redraft.of_post(reply)).in_reply_to_uri == post.uri


def test_answers_that_came_first_are_counted_only_where_they_are_for_everybody(services: Services) -> None:
    far = remote(services, "far", public_key_pem="k")
    late = draft_of(services, far, "what they all answered")
    kinds = (Visibility.PUBLIC, Visibility.UNLISTED, Visibility.FOLLOWERS, Visibility.DIRECT)
    first = [draft_of(services, far, f"an answer, {kind}", in_reply_to_uri=late.uri, visibility=kind) for kind in kinds]
    orphans = admission.admit(services, first)
    (parent,) = admission.admit(services, [late])
    with services.db.read() as session:
        found = [session.get_one(PostRow, each.pk) for each in orphans]
        assert {row.state for row in found} == {PostState.PUBLISHED}
        assert {row.in_reply_to_pk for row in found} == {parent.pk}
        assert session.get_one(PostRow, parent.pk).replies_count == 2


def test_a_held_post_that_nobody_would_see_is_a_case_once_a_reader_appears(services: Services) -> None:
    far = remote(services, "far", public_key_pem="k")
    unseen = draft_of(services, far, HATEFUL, visibility=Visibility.UNLISTED)
    (admitted,) = admission.admit(services, [unseen])
    assert admitted.state is PostState.HELD
    with services.db.read() as session:
        assert session.scalars(select(CaseRow)).all() == []
    admission.admit(services, [draft_of(services, far, "what I said above", in_reply_to_uri=unseen.uri)])
    assert readers.appeared(services, [unseen.uri]) == 1
    with services.db.read() as session:
        assert [case.uri for case in session.scalars(select(CaseRow))] == [unseen.uri]


def test_an_edit_that_couldnt_be_judged_waits_and_is_judged_when_the_check_is_back(services: Services) -> None:
    ana = member(services, "ana")
    post = write(services, ana, BENIGN)
    model: Any = services.tools.text_model
    model.broken = True
    edit.edit(services, ana.id, post.id, EditRequest(text="The tram was on time"))
    assert edit.rejudge_waiting(services) == 0
    assert "late" in again(services, post).content
    model.broken = False
    assert edit.rejudge_waiting(services) == 1
    assert "on time" in again(services, post).content
    with services.db.read() as session:
        assert session.get(PendingEditRow, post.pk) is None


def test_a_hateful_edit_that_waited_for_its_check_isnt_let_in_by_waiting(services: Services) -> None:
    ana = member(services, "ana")
    post = write(services, ana, BENIGN)
    model: Any = services.tools.text_model
    model.broken = True
    edit.edit(services, ana.id, post.id, EditRequest(text=HATEFUL))
    model.broken = False
    edit.rejudge_waiting(services)
    assert "late" in again(services, post).content
    with services.db.read() as session:
        assert session.get_one(PendingEditRow, post.pk).state is PostState.HELD
