"""Profiles go through the door."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts import profile
from app.accounts.profile import ProfileEdit, RemoteProfile
from app.accounts.tables import ActorRow
from app.errors import InvalidError
from app.federation.tables import OutboxActivityRow
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from moderation.cases.tables import CaseRow
from moderation.values import Outcome, RecordedVerdict, SubjectKind
from moderation.verdicts.tables import VerdictRow
from tests.app import people
from tests.support.scorer import KeywordScorer

HATE = "They are vermin, vermin, and should all go away from this town."


def scorer(services: Services) -> KeywordScorer:
    model = services.tools.text_model
    assert isinstance(model, KeywordScorer)
    return model


def test_a_harmless_profile_is_shown_with_its_verdict(services: Services) -> None:
    ana = people.member(services, "ana")
    row = profile.edit(
        services,
        ana.id,
        ProfileEdit(display_name="Ana", note="I bake <bread>.", fields=(("Web", "https://ana.example"),)),
    )
    assert (row.display_name, row.summary_source, row.pending_profile) == ("Ana", "I bake <bread>.", None)
    assert row.summary == "<p>I bake &lt;bread&gt;.</p>"
    assert row.fields[0]["name"] == "Web" and 'href="https://ana.example"' in row.fields[0]["value"]
    assert row.profile_verdict_id is not None


def test_every_word_of_a_profile_is_judged(services: Services) -> None:
    ana = people.member(services, "ana")
    profile.edit(services, ana.id, ProfileEdit("Zora", "Yes.", (("Left", "Right"),)))
    (text,) = scorer(services).scored
    for word in ("Zora", "Yes.", "Left", "Right"):
        assert word in text


def test_a_hateful_profile_waits_and_the_old_one_stands(services: Services) -> None:
    ana = people.member(services, "ana", display_name="Ana")
    row = profile.edit(services, ana.id, ProfileEdit(note=HATE))
    assert (row.summary, row.display_name) == ("", "Ana")
    assert row.pending_profile is not None and row.pending_profile["state"] == "held"
    with services.db.read() as session:
        case = session.scalars(select(CaseRow)).one()
    assert (case.uri, case.kind) == (row.uri, SubjectKind.PROFILE)


@pytest.mark.parametrize(
    "edit", [ProfileEdit(fields=((HATE[:40], "x"),)), ProfileEdit(fields=(("About", HATE),))], ids=["name", "value"]
)
def test_hateful_words_in_a_field_wait_like_any_others(services: Services, edit: ProfileEdit) -> None:
    row = profile.edit(services, people.member(services, "ana").id, edit)
    assert row.fields == [] and row.pending_profile is not None and row.pending_profile["state"] == "held"


def test_a_profile_that_a_person_let_in_is_shown(services: Services) -> None:
    ana = people.member(services, "ana")
    profile.edit(services, ana.id, ProfileEdit(note=HATE))
    with services.db.write() as session:
        actor = session.get_one(ActorRow, ana.id)
        verdict = people.verdict(session, services, actor.uri)
        assert profile.apply_pending(session, services, actor, RecordedVerdict(verdict.id, actor.uri, Outcome.APPROVE))
        assert not profile.apply_pending(session, services, actor)
    row = people.again(services, ana.actor)
    assert "vermin" in row.summary and row.pending_profile is None and row.profile_verdict_id == verdict.id


def test_an_edit_upon_an_edit_that_waits_adds_up(services: Services) -> None:
    ana = people.member(services, "ana")
    profile.edit(services, ana.id, ProfileEdit(note=HATE))
    row = profile.edit(services, ana.id, ProfileEdit(display_name="Ana"))
    assert row.display_name == "" and row.pending_profile is not None
    assert row.pending_profile["content"]["display_name"] == "Ana"


def test_while_a_check_is_broken_a_profile_waits_and_is_judged_later(services: Services) -> None:
    ana = people.member(services, "ana")
    scorer(services).broken = True
    row = profile.edit(services, ana.id, ProfileEdit(note="Quite harmless words about bread."))
    assert row.summary == "" and row.pending_profile is not None and row.pending_profile["state"] == "waiting"
    scorer(services).broken = False
    assert profile.rejudge_waiting(services) == 1
    row = people.again(services, ana.actor)
    assert "harmless" in row.summary and row.pending_profile is None
    assert profile.rejudge_waiting(services) == 0


def test_the_switches_change_at_once_even_if_the_words_wait(services: Services) -> None:
    ana = people.member(services, "ana")
    row = profile.edit(services, ana.id, ProfileEdit(note=HATE, locked=True, discoverable=True))
    assert row.locked and row.discoverable and row.summary == ""


def test_the_same_profile_again_is_not_judged_again(services: Services) -> None:
    ana = people.member(services, "ana")
    for _ in range(3):
        profile.edit(services, ana.id, ProfileEdit(display_name="Ana"))
    with services.db.read() as session:
        assert len(session.scalars(select(VerdictRow)).all()) == 1


@pytest.mark.parametrize(
    "edit",
    [
        ProfileEdit(display_name="x" * 31),
        ProfileEdit(note="x" * 501),
        ProfileEdit(fields=(("a", "b"),) * 5),
        ProfileEdit(fields=(("a", "b" * 256),)),
    ],
)
def test_what_is_too_long_is_refused(services: Services, edit: ProfileEdit) -> None:
    ana = people.member(services, "ana")
    with pytest.raises(InvalidError, match="long"):
        profile.edit(services, ana.id, edit)


def test_peers_hear_of_a_profile_when_it_is_shown_and_not_before(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    with services.db.write() as session:
        session.add(
            FollowRow(
                id=1, follower_id=far.id, target_id=ana.id, state=FollowState.ACCEPTED, uri="https://far.example/f",
                created_at=services.clock.now(),
            )
        )  # fmt: skip
    profile.edit(services, ana.id, ProfileEdit(note=HATE))
    with services.db.read() as session:
        assert session.scalars(select(OutboxActivityRow)).all() == []
    with services.db.write() as session:
        profile.apply_pending(session, services, session.get_one(ActorRow, ana.id))
    with services.db.read() as session:
        assert [row.kind for row in session.scalars(select(OutboxActivityRow))] == ["Update"]


def test_remote_profiles_are_cleaned_and_judged_in_one_batch(services: Services) -> None:
    good, bad = people.remote(services, "good"), people.remote(services, "bad")
    profile.admit_remote_profiles(
        services,
        [
            RemoteProfile(
                good.id, "Good\x00 one", "<p>Hi<script>alert(1)</script></p>", avatar_url="https://far.example/a"
            ),
            RemoteProfile(bad.id, "Bad one", f"<p>{HATE}</p>"),
        ],
    )
    good, bad = people.again(services, good), people.again(services, bad)
    assert (good.display_name, good.summary, good.avatar_url) == ("Good one", "<p>Hi</p>", "https://far.example/a")
    assert (bad.display_name, bad.summary) == ("", "") and bad.pending_profile is not None


def test_an_emptied_profile_needs_no_judge(services: Services) -> None:
    far = people.remote(services, "far", display_name="Far")
    profile.admit_remote_profiles(services, [RemoteProfile(far.id)])
    assert people.again(services, far).display_name == ""
    with services.db.read() as session:
        assert session.scalars(select(VerdictRow)).all() == []


def test_a_removed_profile_can_come_back(services: Services) -> None:
    ana = people.member(services, "ana", display_name="Ana")
    with services.db.write() as session:
        profile.blank(session, services, session.get_one(ActorRow, ana.id))
    assert people.again(services, ana.actor).display_name == ""
    with services.db.write() as session:
        profile.apply_pending(session, services, session.get_one(ActorRow, ana.id))
    assert people.again(services, ana.actor).display_name == "Ana"


def test_while_the_check_stays_broken_judging_again_changes_nothing(services: Services) -> None:
    ana = people.member(services, "ana")
    scorer(services).broken = True
    profile.edit(services, ana.id, ProfileEdit(note="Quite harmless words about bread."))
    assert profile.rejudge_waiting(services) == 0
    row = people.again(services, ana.actor)
    assert row.summary == "" and row.pending_profile is not None
