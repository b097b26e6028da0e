"""Private posts: the table, and that nobody reads them."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from moderation.cases.tables import CaseRow
from moderation.domains.editing import set_rule
from moderation.duplicates.tables import FingerprintRow
from moderation.evidence.tables import SnapshotRow
from moderation.policy import store
from moderation.values import Author, Outcome, Severity, Visibility
from moderation.verdicts.tables import FindingRow, VerdictRow
from tests.moderation.cast import DARK, HATEFUL, HOME, House, friend, strangers


def test_a_followers_only_post_that_would_be_held_is_let_in_behind_a_warning(house: House) -> None:
    judgement = house.judge(house.post(HATEFUL, visibility=Visibility.FOLLOWERS))[0]
    assert (judgement.outcome, judgement.warning, judgement.as_request) == (Outcome.LABEL, "hate", False)


def test_a_strangers_direct_post_goes_to_the_requests(house: House) -> None:
    judgement = house.judge(house.post(HATEFUL, visibility=Visibility.DIRECT, mentions=strangers(1)))[0]
    assert (judgement.outcome, judgement.as_request) == (Outcome.LABEL, True)


def test_between_people_who_know_each_other_it_is_a_warning(house: House) -> None:
    judgement = house.judge(house.post(HATEFUL, visibility=Visibility.DIRECT, mentions=friend()))[0]
    assert (judgement.outcome, judgement.as_request) == (Outcome.LABEL, False)


@pytest.mark.parametrize("visibility", [Visibility.FOLLOWERS, Visibility.DIRECT])
def test_a_persons_rule_refuses_private_posts_too(house: House, visibility: Visibility) -> None:
    set_rule(house.session, "far.example", Severity.SUSPEND, "ana", house.now)
    assert house.judge(house.post(visibility=visibility))[0].outcome is Outcome.REJECT


@pytest.mark.parametrize("visibility", [Visibility.FOLLOWERS, Visibility.DIRECT])
def test_a_limit_has_no_meaning(house: House, visibility: Visibility) -> None:
    silenced: Author = house.author(silenced=True)
    assert house.judge(house.post(author=silenced, visibility=visibility))[0].outcome is Outcome.APPROVE


@pytest.mark.parametrize("count", [5, 6])
def test_a_direct_post_to_more_than_five_strangers_is_a_mailing(house: House, count: int) -> None:
    post = house.post(HATEFUL, visibility=Visibility.DIRECT, mentions=strangers(count))
    assert house.judge(post)[0].outcome is (Outcome.HOLD if count > 5 else Outcome.LABEL)


@pytest.mark.parametrize("visibility", [Visibility.FOLLOWERS, Visibility.DIRECT])
def test_of_a_private_post_nothing_is_kept_beyond_its_verdict(house: House, visibility: Visibility) -> None:
    house.tools = House(house.session, chance=0.0).tools
    member = house.author("ben", HOME)
    for text in (HATEFUL, DARK, "just between us, nothing bad at all in this longer text"):
        verdict = house.one(text, member, visibility=visibility, mentions=friend())
        assert house.session.get_one(VerdictRow, verdict.id).facts is None
    for table in (FindingRow, SnapshotRow, CaseRow):
        assert house.session.scalar(select(func.count()).select_from(table)) == 0
    prints = house.session.scalars(select(FingerprintRow)).all()
    assert all(row.private for row in prints)
    assert bool(prints) is (visibility is Visibility.DIRECT)


def test_private_copies_never_make_a_wave(house: House) -> None:
    text = "come to my birthday on saturday at eight, bring the whole family and some cake"
    for number in range(12):
        outcome = house.one(text, house.author(f"a{number}"), visibility=Visibility.DIRECT, mentions=friend()).outcome
        assert outcome is Outcome.APPROVE


def unread(house: House) -> None:
    """The admin has switched the text model off for private messages."""
    document = {**store.current(house.session).document, "private": {"text_model": False}}
    store.publish(house.session, document, "ada", house.now)


def test_switched_off_no_model_reads_a_letter_and_none_has_to_be_there(house: House) -> None:
    unread(house)
    house.model.broken = True
    judgement = house.judge(house.post(HATEFUL, visibility=Visibility.DIRECT, mentions=strangers(1)))[0]
    assert judgement.outcome is Outcome.APPROVE and not judgement.failed_checks


def test_switched_off_a_letter_among_others_leaves_the_others_findings_theirs(house: House) -> None:
    unread(house)
    letter = house.post(HATEFUL, visibility=Visibility.DIRECT, mentions=friend())
    judged = house.judge(house.post(), letter, house.post(HATEFUL))
    assert [each.outcome for each in judged] == [Outcome.APPROVE, Outcome.APPROVE, Outcome.HOLD]


def test_switched_off_mailings_followers_posts_and_peoples_rules_stay_as_they_are(house: House) -> None:
    unread(house)
    mailing = house.post(HATEFUL, visibility=Visibility.DIRECT, mentions=strangers(6))
    assert house.judge(mailing)[0].outcome is Outcome.HOLD
    assert house.judge(house.post(HATEFUL, visibility=Visibility.FOLLOWERS))[0].warning == "hate"
    set_rule(house.session, "far.example", Severity.SUSPEND, "ana", house.now)
    assert house.judge(house.post(visibility=Visibility.DIRECT, mentions=friend()))[0].outcome is Outcome.REJECT
