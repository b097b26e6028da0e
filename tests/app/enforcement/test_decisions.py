"""What people decide takes effect, and is taken back, from the door to what readers see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow, Role
from app.clock import FrozenClock
from app.enforcement import enact, upkeep
from app.federation.tables import DeliveryRow, OutboxActivityRow
from app.instance import start
from app.instance.tables import RuleRow
from app.mail import MailBox
from app.notifications import post_office
from app.notifications.tables import MailRow, NotificationKind, NotificationRow
from app.oauth.tables import OAuthAppRow, OAuthTokenRow
from app.posts import compose, edit, reading
from app.posts.compose import ComposeRequest
from app.posts.edit import EditRequest
from app.posts.tables import PostRow, PostState
from app.relationships import follow
from app.relationships.tables import FollowRow, FollowState
from app.reports.file import FileReport, file
from app.services import Services
from moderation.cases import decisions
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.domains import editing
from moderation.values import Action, Effect, Outcome, Scope, Severity, Verb
from tests.app import people

Kind = NotificationKind
HATE = "They are vermin, vermin, and should all go away from this town."
FINE = "The tomatoes on my balcony are ripe and I am happy about each of them."


def write(services: Services, author: AccountRow, text: str) -> PostRow:
    return compose.compose(services, author.id, ComposeRequest(text=text))


def case_of(services: Services, uri: str) -> CaseRow:
    with services.db.read() as session:
        return session.scalars(select(CaseRow).where(CaseRow.uri == uri).order_by(CaseRow.id.desc())).first()  # type: ignore[return-value]


def decide(services: Services, uri: str, action: Action, scope: Scope = Scope.SUBJECT, **options: Any) -> int:
    """A moderator's decision, enacted; its id."""
    case = case_of(services, uri)
    with services.db.write() as session:
        request = DecisionRequest(action, scope, reason="Because.", **options)
        decided = decisions.decide(session, case.id, request, "mod", services.clock.now())
        enact.enact(services, session, decided.effects)
    return decided.decision.id


def reverse(services: Services, decision_id: int) -> None:
    with services.db.write() as session:
        decided = decisions.reverse(session, decision_id, "It was wrong.", "lead", services.clock.now())
        enact.enact(services, session, decided.effects)


def state(services: Services, post: PostRow) -> PostState:
    found = people.again(services, post).state
    assert isinstance(found, PostState)
    return found


def report(services: Services, post: PostRow) -> AccountRow:
    """Somebody reports a post, so that there is a case about it."""
    ben = people.member(services, "ben")
    file(services, ben.actor, FileReport(post.actor_id, (post.id,), "Look at this."))
    return ben


def sees(services: Services, viewer: AccountRow | None, post: PostRow) -> bool:
    with services.db.read() as session:
        return reading.load_one(session, post.pk, viewer.id if viewer else None) is not None


def test_a_held_post_that_is_let_in_is_new_and_its_author_is_told(services: Services, clock: FrozenClock) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    post = write(services, ana, HATE)
    assert state(services, post) is PostState.HELD and not sees(services, ben, post)
    clock.move(timedelta(minutes=20))
    decide(services, post.uri, Action.APPROVE)
    row = people.again(services, post)
    assert sees(services, ben, post) and row.id > post.id and row.published_at == clock.now()
    assert people.told(services, ana.id) == [Kind.RELEASED]
    assert people.again(services, ana.actor).posts_count == 1


def test_a_released_post_federates_only_then(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    with services.db.write() as session:
        session.add(
            FollowRow(
                id=1,
                follower_id=far.id,
                target_id=ana.id,
                state=FollowState.ACCEPTED,
                uri="https://far.example/f",
                created_at=services.clock.now(),
            )
        )
    post = write(services, ana, HATE)
    with services.db.read() as session:
        assert session.scalars(select(OutboxActivityRow)).all() == []
    decide(services, post.uri, Action.APPROVE)
    with services.db.read() as session:
        assert [row.kind for row in session.scalars(select(OutboxActivityRow))] == ["Create"]


def test_a_release_that_is_taken_back_waits_again(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    post = write(services, ana, HATE)
    number = decide(services, post.uri, Action.APPROVE)
    reverse(services, number)
    assert state(services, post) is PostState.HELD and not sees(services, ben, post)
    assert people.again(services, ana.actor).posts_count == 0


def test_a_refusal_is_told_with_its_reason_and_can_be_taken_back(services: Services, clock: FrozenClock) -> None:
    start.prepare(services)
    ana = people.member(services, "ana")
    post = write(services, ana, HATE)
    with services.db.read() as session:
        rule = session.scalars(select(RuleRow).order_by(RuleRow.position)).first()
    assert rule is not None
    number = decide(services, post.uri, Action.REMOVE, rule_id=str(rule.id))
    assert state(services, post) is PostState.REJECTED and not sees(services, ana, post)
    with services.db.read() as session:
        told = session.scalars(select(NotificationRow).where(NotificationRow.kind == Kind.MODERATION_WARNING)).one()
    assert (told.payload["reason"], told.payload["automated"], told.payload["decision_id"]) == (
        "Because.",
        True,
        number,
    )
    reverse(services, number)
    assert state(services, post) is PostState.HELD and sees(services, ana, post)


def test_the_mail_with_the_reasons_waits_out_the_undo_window(services: Services, clock: FrozenClock) -> None:
    start.prepare(services)
    ana = people.member(services, "ana")
    post = write(services, ana, HATE)
    with services.db.read() as session:
        rule = session.scalars(select(RuleRow).order_by(RuleRow.position)).first()
    assert rule is not None and isinstance(services.mailer, MailBox)
    number = decide(services, post.uri, Action.REMOVE, rule_id=str(rule.id))
    assert post_office.drain(services, 10) == 0
    clock.move(timedelta(minutes=10))
    assert post_office.drain(services, 10) == 1
    text = services.mailer.sent[0].text
    for part in ("Because.", rule.text_en, "A machine pointed it out; a person decided.", f"/decisions/{number}"):
        assert part in text


def test_a_decision_that_is_undone_in_time_leaves_no_mail_at_all(services: Services) -> None:
    ana = people.member(services, "ana")
    post = write(services, ana, HATE)
    reverse(services, decide(services, post.uri, Action.REMOVE))
    with services.db.read() as session:
        assert session.scalars(select(MailRow)).all() == []


def test_a_published_post_that_is_removed_disappears_and_comes_back_in_its_place(services: Services) -> None:
    ana = people.member(services, "ana")
    post = write(services, ana, FINE)
    carl = people.member(services, "carl")
    report(services, post)
    number = decide(services, post.uri, Action.REMOVE)
    assert state(services, post) is PostState.WITHDRAWN and not sees(services, carl, post)
    assert people.again(services, ana.actor).posts_count == 0
    reverse(services, number)
    assert sees(services, carl, post) and people.again(services, post).id == post.id
    assert people.again(services, ana.actor).posts_count == 1


def test_a_delete_that_has_not_left_yet_is_taken_back_with_the_decision(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    with services.db.write() as session:
        session.add(
            FollowRow(
                id=1,
                follower_id=far.id,
                target_id=ana.id,
                state=FollowState.ACCEPTED,
                uri="https://far.example/f",
                created_at=services.clock.now(),
            )
        )
    post = write(services, ana, FINE)
    report(services, post)
    number = decide(services, post.uri, Action.REMOVE)
    assert _deliveries(services, "Delete") == 1
    with services.db.read() as session:
        (due,) = session.scalars(
            select(DeliveryRow.next_at).join(OutboxActivityRow).where(OutboxActivityRow.kind == "Delete")
        )
    assert due > services.clock.now()
    reverse(services, number)
    assert _deliveries(services, "Delete") == 0


def _deliveries(services: Services, kind: str) -> int:
    with services.db.read() as session:
        query = select(DeliveryRow).join(OutboxActivityRow).where(OutboxActivityRow.kind == kind)
        return len(session.scalars(query).all())


def test_a_label_and_a_limit_stand_until_they_are_lifted(services: Services) -> None:
    ana = people.member(services, "ana")
    post = write(services, ana, FINE)
    report(services, post)
    number = decide(services, post.uri, Action.LABEL, warning="toxic")
    row = people.again(services, post)
    assert (row.outcome, row.moderation_warning) == (Outcome.LABEL, "toxic")
    reverse(services, number)
    row = people.again(services, post)
    assert (row.outcome, row.moderation_warning) == (Outcome.APPROVE, None)


def test_an_edit_takes_nothing_back_of_what_a_person_said(services: Services) -> None:
    ana = people.member(services, "ana")
    post = write(services, ana, FINE)
    report(services, post)
    number = decide(services, post.uri, Action.LABEL, warning="toxic")
    edit.edit(services, ana.id, post.id, EditRequest(FINE + " Really."))
    row = people.again(services, post)
    assert "Really" in row.content
    assert (row.outcome, row.moderation_warning) == (Outcome.LABEL, "toxic")
    reverse(services, number)
    row = people.again(services, post)
    assert (row.outcome, row.moderation_warning) == (Outcome.APPROVE, None)
    edit.edit(services, ana.id, post.id, EditRequest(FINE + " Indeed."))
    assert people.again(services, post).outcome is Outcome.APPROVE


def test_an_edit_that_is_let_in_stands_on_its_own_where_no_person_was_stricter(services: Services) -> None:
    ana = people.member(services, "ana")
    post = write(services, ana, FINE)
    before = people.again(services, post).verdict_id
    edit.edit(services, ana.id, post.id, EditRequest(FINE + " Really."))
    assert people.again(services, post).verdict_id != before


def test_a_held_edit_that_is_refused_leaves_the_old_version(services: Services) -> None:
    ana = people.member(services, "ana")
    post = write(services, ana, FINE)
    edit.edit(services, ana.id, post.id, EditRequest(HATE))
    assert "vermin" not in people.again(services, post).content
    decide(services, post.uri, Action.REMOVE)
    row = people.again(services, post)
    assert row.state is PostState.PUBLISHED and "tomatoes" in row.content
    with services.db.read() as session:
        assert session.get(edit.PendingEditRow, post.pk) is None


def test_a_held_edit_that_is_let_in_replaces_the_old_version(services: Services) -> None:
    ana = people.member(services, "ana")
    post = write(services, ana, FINE)
    edit.edit(services, ana.id, post.id, EditRequest(HATE))
    decide(services, post.uri, Action.LABEL, warning="hate")
    row = people.again(services, post)
    assert "vermin" in row.content and (row.outcome, row.moderation_warning) == (Outcome.LABEL, "hate")


def test_freezing_stops_posting_until_it_is_taken_back(services: Services) -> None:
    ana = people.member(services, "ana")
    post = write(services, ana, HATE)
    number = decide(services, post.uri, Action.FREEZE)
    assert people.again(services, ana).frozen_at is not None
    reverse(services, number)
    assert people.again(services, ana).frozen_at is None


def test_disabling_signs_out_and_enabling_lets_in_again(services: Services) -> None:
    ana = people.member(services, "ana")
    with services.db.write() as session:
        app = OAuthAppRow(
            client_id="c",
            client_secret="s",
            name="A client",
            redirect_uris="",
            scopes="read",
            created_at=services.clock.now(),
        )
        session.add(
            OAuthTokenRow(token_hash="h", app=app, account_id=ana.id, scope="read", created_at=services.clock.now())
        )
    post = write(services, ana, HATE)
    number = decide(services, post.uri, Action.DISABLE)
    with services.db.read() as session:
        assert session.scalars(select(OAuthTokenRow)).one().revoked_at is not None
    row = people.again(services, ana)
    assert row.disabled_at is not None and row.session_salt != ana.session_salt
    reverse(services, number)
    assert people.again(services, ana).disabled_at is None


def test_a_suspension_hides_everything_and_lifting_it_loses_nothing(services: Services) -> None:
    ana = people.member(services, "ana")
    good = write(services, ana, FINE)
    follow.follow(services, people.member(services, "fan").id, ana.id)
    ben = report(services, good)
    carl = people.member(services, "carl")
    number = decide(services, good.uri, Action.SUSPEND, Scope.ACCOUNT)
    assert not sees(services, carl, good)
    reverse(services, number)
    assert sees(services, carl, good) and not sees(services, ben, good)
    assert people.again(services, ana.actor).followers_count == 1


def test_a_term_that_is_over_takes_its_decision_back(services: Services, clock: FrozenClock) -> None:
    ana = people.member(services, "ana")
    post = write(services, ana, FINE)
    report(services, post)
    decide(services, post.uri, Action.SILENCE, Scope.ACCOUNT, expires_in=timedelta(days=2))
    assert people.again(services, ana.actor).silenced_at is not None
    clock.move(timedelta(days=2))
    assert upkeep.end_holds(services) > 0
    assert people.again(services, ana.actor).silenced_at is None


def test_a_hold_that_nobody_looked_at_ends_behind_a_warning(services: Services, clock: FrozenClock) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    post = write(services, ana, HATE)
    clock.move(timedelta(hours=4))
    assert upkeep.end_holds(services) == 1
    row = people.again(services, post)
    assert row.state is PostState.PUBLISHED and row.outcome is Outcome.LABEL and row.moderation_warning == "hate"
    assert sees(services, ben, post) and upkeep.end_holds(services) == 0


def test_a_reporter_is_told_what_came_of_it_and_not_by_whom(services: Services) -> None:
    ana = people.member(services, "ana")
    post = write(services, ana, FINE)
    ben = report(services, post)
    people.member(services, "mod", Role.MODERATOR)
    decide(services, post.uri, Action.NO_ACTION)
    with services.db.read() as session:
        row = session.scalars(select(NotificationRow).where(NotificationRow.account_id == ben.id)).one()
    assert row.kind is Kind.REPORT_OUTCOME and row.payload["outcome"] == "declined"
    assert "mod" not in str(row.payload.values())
    assert people.told(services, ana.id) == []


def test_a_blocked_domain_is_hidden_at_once_and_comes_back_whole(services: Services) -> None:
    ana, mallory = people.member(services, "ana"), people.remote(services, "mallory", "sub.bad.example")
    post = people.post(services, mallory)
    for verb, seen in ((Verb.BLOCK_DOMAIN, False), (Verb.UNBLOCK_DOMAIN, True)):
        with services.db.write() as session:
            if verb is Verb.BLOCK_DOMAIN:
                done = editing.set_rule(session, "bad.example", Severity.SUSPEND, "boss", services.clock.now())
            else:
                done = editing.lift_rule(session, "bad.example", "boss", services.clock.now())
            assert [effect.verb for effect in done.effects] == [verb]
            enact.enact(services, session, done.effects)
        assert sees(services, ana, post) is seen and sees(services, None, post) is seen


def test_every_verb_has_its_function() -> None:
    assert set(enact.ENACTORS) == set(Verb)


@pytest.mark.parametrize("verb", list(Verb))
def test_what_an_effect_is_about_may_be_gone(services: Services, verb: Verb) -> None:
    with services.db.write() as session:
        enact.enact(services, session, [Effect(verb, "https://gone.example/nothing")])


@pytest.mark.parametrize(
    "verb", [v for v in Verb if v not in (Verb.NOTIFY_AUTHOR, Verb.NOTIFY_REPORTER, Verb.BLOCK_DOMAIN, Verb.UNBLOCK_DOMAIN)]
)  # fmt: skip
def test_an_effect_that_comes_twice_means_the_same(services: Services, verb: Verb) -> None:
    ana = people.member(services, "ana")
    post = people.post(services, ana.actor)
    about_people = verb in (
        Verb.FREEZE,
        Verb.UNFREEZE,
        Verb.SILENCE,
        Verb.UNSILENCE,
        Verb.DISABLE,
        Verb.ENABLE,
        Verb.SUSPEND,
    )
    effect = Effect(verb, ana.actor.uri if about_people else post.uri)
    snapshots = []
    for _ in range(2):
        with services.db.write() as session:
            enact.enact(services, session, [effect])
        with services.db.read() as session:
            actor, row = session.get_one(ActorRow, ana.id), session.get_one(PostRow, post.pk)
            snapshots.append((row.state, row.outcome, row.id, actor.suspended_at, actor.silenced_at, actor.posts_count))
    assert snapshots[0] == snapshots[1]
