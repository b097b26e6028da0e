"""What people decide becomes examples: with whose word it is, and never of what is private."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from moderation.appeals.tables import AppealOutcome
from moderation.authors import strikes
from moderation.cases import claims, decisions, reversals
from moderation.cases.tables import CaseRow
from moderation.cases.values import Decision, DecisionRequest
from moderation.evidence import purging
from moderation.evidence.snapshots import take
from moderation.evidence.tables import SnapshotCause
from moderation.learning import examples, gathering
from moderation.learning.tables import ExampleRow
from moderation.learning.values import Chosen, Example, Provenance
from moderation.quality import answering, proposals, reviews
from moderation.reports import file as reports
from moderation.reports.file import ReportDraft
from moderation.reports.tables import ReportOrigin
from moderation.values import Action, CaseOrigin, Scope, Submission, Visibility
from tests.moderation.cast import DARK, HARMLESS, HATEFUL, HOME, House, TwinModel, friend
from tests.moderation.test_appeals import answer, contest
from tests.moderation.test_decisions import report


def decide(house: House, case_id: int, action: Action = Action.REMOVE, by: str = "mo", **more: Any) -> Decision:
    """A person's word, a minute later."""
    house.later(minutes=1)
    return decisions.decide(house.session, case_id, DecisionRequest(action, **more), by, house.now).decision


def gathered(house: House, since: datetime | None = None) -> list[Example]:
    """What there is to learn from now."""
    house.later(minutes=1)
    gathering.gather(house.session, house.now)
    house.session.expire_all()
    return examples.read(house.session, since)


def one(house: House) -> Example:
    """The only example."""
    (found,) = gathered(house)
    return found


def rules(house: House, **about: str) -> None:
    """What the rules of the house are about."""
    house.session.info[strikes.LABELS_OF_RULES] = lambda _session, number: tuple(about.get(f"rule{number}", "").split())


def test_what_a_person_removed_is_an_example_of_its_label_and_of_no_other(house: House) -> None:
    decision = decide(house, house.case_of(HATEFUL))
    found = one(house)
    assert (found.text, found.language, found.author_uri) == (HATEFUL, "en", decision.author_uri)
    assert {label: value for label, value in found.labels.items() if value is not None} == {"hate": 1.0, "toxic": 1.0}
    assert (found.provenance, found.chosen, found.propensity) == (Provenance.DECISION, Chosen.SCORE, 1.0)
    assert (found.decision_id, found.case_id, found.readers) == (decision.id, decision.case_id, 1)
    assert (found.scores["hate"], found.model_version) == (0.99, "twin-1")
    assert found.decided_at == decision.at


def test_what_a_person_let_in_says_that_nothing_of_it_holds(house: House) -> None:
    decide(house, house.case_of(HATEFUL), Action.APPROVE)
    found = one(house).labels
    assert [found[label] for label in ("hate", "harassment", "violence", "spam", "sexual")] == [0.0] * 5
    assert found["toxic"] is None and found["self_harm"] is None  # to be rude, or in need, is allowed here


def test_the_rule_that_somebody_named_says_what_it_is(house: House) -> None:
    rules(house, rule1="harassment violence toxic", rule2="spam", rule3="illegal_goods")
    for number, expected in (("1", None), ("2", "spam"), ("3", "")):
        decide(house, house.case_of(f"{HATEFUL} {number}"), rule_id=number)
        found = gathered(house)
        if expected == "":  # the text model knows nothing of that
            assert len(found) == 2
            continue
        labels = {label for label, value in found[-1].labels.items() if value}
        assert labels == ({expected} if expected else {"toxic"})


def test_nothing_that_only_machines_said_is_an_example(house: House) -> None:
    house.admit(house.post(HATEFUL), house.post(HARMLESS))
    house.later(days=3)
    assert gathered(house) == []


def of_report(house: House, post: Submission) -> int:
    """A post that ben reported: its case."""
    house.admit(post)
    draft = ReportDraft(
        f"https://{HOME}/users/ben", HOME, ReportOrigin.MEMBER, post.author.uri, (post,), "violation", comment="look"
    )
    return reports.file(house.session, draft, house.now).case_id


@pytest.mark.parametrize("visibility", [Visibility.FOLLOWERS, Visibility.DIRECT])
def test_nothing_private_is_an_example(house: House, visibility: Visibility) -> None:
    rules(house, rule1="hate")
    post = house.post(HARMLESS, visibility=visibility, mentions=friend("ben"))
    decide(house, of_report(house, post), rule_id="1")
    assert gathered(house) == []
    assert house.session.scalars(select(ExampleRow)).all() == []


def test_what_was_ever_private_is_no_example_any_more(house: House) -> None:
    rules(house, rule1="hate")
    post = house.post(HARMLESS)
    decide(house, of_report(house, post), rule_id="1")
    assert len(gathered(house)) == 1
    narrowed = replace(post, visibility=Visibility.FOLLOWERS, text="For few.")
    take(house.session, [narrowed], SnapshotCause.EDIT, house.now)
    gathering.refresh(house.session, [post.uri], house.now)
    assert examples.read(house.session) == []
    assert house.session.scalars(select(ExampleRow)).all() == []


def test_what_is_taken_back_is_no_example_any_more(house: House) -> None:
    decision = decide(house, house.case_of(HATEFUL))
    assert len(gathered(house)) == 1
    house.later(days=2)
    reversals.reverse(house.session, decision.id, "wrong", "lea", house.now)
    assert gathered(house) == []


def test_that_a_term_is_over_takes_nothing_back(house: House) -> None:
    decide(house, house.case_of(HATEFUL), Action.LIMIT, expires_in=timedelta(hours=1))
    house.later(hours=2)
    reversals.expire_due(house.session, house.now)
    assert one(house).labels["hate"] == 1.0


def test_an_appeal_that_wins_turns_the_label_round(house: House) -> None:
    _, case_id = report(house, HATEFUL.replace("vermin", "rats"))
    decision = decide(house, case_id, by="ana", rule_id=None)
    appeal = contest(house, decision.id)
    answer(house, appeal, AppealOutcome.OVERTURN)
    found = one(house)
    assert (found.provenance, found.chosen) == (Provenance.APPEAL, Chosen.REPORT)
    assert found.labels["hate"] == 0.0 and found.propensity == 1.0


def test_an_appeal_that_is_lost_is_a_second_word(house: House) -> None:
    decision = decide(house, house.case_of(HATEFUL, house.author("mallory", HOME)), by="ana")
    appeal = contest(house, decision.id)
    answer(house, appeal, AppealOutcome.UPHOLD)
    found = one(house)
    assert (found.provenance, found.readers, found.labels["hate"]) == (Provenance.APPEAL, 2, 1.0)


def test_where_people_differ_the_label_is_soft(house: House) -> None:
    case_id = house.case_of(HATEFUL, house.author("mallory", HOME))
    claims.take(house.session, case_id, "rita", house.now)
    proposals.ask(house.session, case_id, DecisionRequest(Action.REMOVE), "rita", house.now)
    answering.answer(house.session, case_id, DecisionRequest(Action.APPROVE), "ben", house.now)
    assert gathered(house) == []  # a lead decides first
    decide(house, case_id, Action.REMOVE, by="lea")
    found = one(house)
    assert (found.provenance, found.readers) == (Provenance.SECOND_OPINION, 3)
    assert found.labels["hate"] == pytest.approx(2 / 3, abs=1e-4)


def test_who_reads_a_decided_case_again_is_heard(house: House) -> None:
    decision = decide(house, house.case_of(HATEFUL))
    reviews.draw(house.session, decision, house.now, 0.0, others=True)
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None
    answering.answer(house.session, claim.case_id, DecisionRequest(Action.NO_ACTION), "ben", house.now)
    found = one(house)
    assert (found.readers, found.provenance, found.labels["hate"]) == (2, Provenance.SECOND_OPINION, 0.5)


def test_trainees_propose_and_teach_nobody(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    proposals.propose(house.session, case_id, DecisionRequest(Action.APPROVE), "tia", house.now)
    decide(house, case_id)
    assert (one(house).readers, one(house).labels["hate"]) == (1, 1.0)


def test_samples_are_drawn_at_a_rate_and_half_of_them_is_kept_for_measuring(house: House) -> None:
    always = House(house.session, TwinModel(), chance=0.0)
    for number in range(5):
        always.admit(always.post(f"{HARMLESS} {number}", always.author(f"baker{number}", HOME)))
    for row in list(house.session.scalars(select(CaseRow).where(CaseRow.origin == CaseOrigin.AUDIT))):
        decide(house, row.id, Action.NO_ACTION)
    found = gathered(house)
    assert len(found) == 5
    assert {(each.provenance, each.chosen, each.propensity) for each in found} == {
        (Provenance.AUDIT, Chosen.SAMPLE, 0.002)
    }
    assert [each.held_out for each in found] == [gathering.held_out(each.uri) for each in found]
    counted = examples.count(house.session)
    assert counted.total == 5
    assert counted.by_label["hate"] == (0, 5 - counted.held_out)


def test_a_sample_that_somebody_reported_would_have_been_looked_at_anyway(house: House) -> None:
    always = House(house.session, TwinModel(), chance=0.0)
    post = always.post(HARMLESS, always.author("baker", HOME))
    always.admit(post)
    audit = house.session.scalars(select(CaseRow).where(CaseRow.origin == CaseOrigin.AUDIT)).one()
    draft = ReportDraft(None, "visitor", ReportOrigin.VISITOR, post.author.uri, (post,), "spam")
    reports.file(house.session, draft, house.now)
    decide(house, audit.id, Action.NO_ACTION)
    assert [(each.chosen, each.propensity) for each in gathered(house)] == [(Chosen.SAMPLE, 1.0)]


def test_half_of_all_addresses_are_held_out() -> None:
    out = sum(gathering.held_out(f"https://far.example/{number}") for number in range(2000))
    assert 900 < out < 1100


def test_care_and_whole_servers_say_nothing_of_a_text(house: House) -> None:
    cared = house.one(DARK, house.author("noor", HOME))
    assert cared.case_id is not None
    decide(house, cared.case_id, Action.NO_ACTION)
    decide(house, house.case_of(HATEFUL), Action.SUSPEND, scope=Scope.DOMAIN)
    assert gathered(house) == []


def test_with_the_evidence_the_example_goes(house: House) -> None:
    decide(house, house.case_of(HATEFUL))
    assert len(gathered(house)) == 1
    house.later(days=191)
    purging.forget_snapshots(house.session, house.now, 100)
    assert examples.read(house.session) == []
    assert examples.forget(house.session, 100) == 1
    assert house.session.scalars(select(ExampleRow)).all() == []
    assert gathered(house) == []


def test_gathering_again_changes_nothing(house: House) -> None:
    decide(house, house.case_of(HATEFUL))
    first = gathered(house)
    gathering.gather(house.session, house.now)
    assert gathered(house) == first
    assert gathered(house, first[0].decided_at + timedelta(seconds=1)) == []
