"""Second opinions: given blind, agreed or a lead's; trainees propose, others accept."""

from __future__ import annotations

import pytest

from moderation.cases import claims, decisions
from moderation.cases.values import DecisionRequest
from moderation.errors import RefusedError, StaleError
from moderation.quality import answering, blinding, proposals
from moderation.quality.answering import What
from moderation.quality.tables import ProposalRow, ProposalState
from moderation.values import Action, CaseState, Scope
from tests.moderation.cast import HATEFUL, HOME, House

REMOVE = DecisionRequest(Action.REMOVE, rule_id="2", reason="Not here.", note="plain hatred")
KEEP = DecisionRequest(Action.APPROVE)


def asked(house: House) -> int:
    """A case that rita read, and on which she wants a second opinion."""
    case_id = house.case_of(HATEFUL, house.author("mallory", HOME))
    claims.take(house.session, case_id, "rita", house.now)
    proposals.ask(house.session, case_id, REMOVE, "rita", house.now)
    return case_id


def state_of(house: House, case_id: int) -> ProposalState:
    """What became of the proposal on a case."""
    found = proposals.of_case(house.session, case_id)
    assert len(found) == 1
    return found[0].state


def test_the_case_leaves_ones_hands_and_goes_to_somebody_else(house: House) -> None:
    case_id = asked(house)
    assert claims.take_next(house.session, "rita", house.now) is None
    with pytest.raises(RefusedError):
        claims.take(house.session, case_id, "rita", house.now)
    taken = claims.take_next(house.session, "ben", house.now)
    assert taken is not None
    assert taken.case_id == case_id


def test_the_second_reader_sees_no_score_no_decision_and_no_hint(house: House) -> None:
    case_id = asked(house)
    seen = blinding.see(house.session, case_id, "ben", house.now)
    assert seen.blind
    assert not seen.detail.findings
    assert seen.detail.verdict is None
    assert not seen.detail.history
    assert seen.detail.case.label is None
    assert not seen.detail.case.reasons
    assert not seen.detail.case.priority_parts
    assert seen.detail.snapshots[-1].text == HATEFUL
    shown = blinding.summaries(house.session, [seen.detail.case], "ben")
    assert shown[0].label is None
    assert blinding.hides_history(house.session, seen.detail.case.uri, "ben")
    assert not blinding.see(house.session, case_id, "rita", house.now).blind


def test_where_both_agree_it_is_done_with_both_names(house: House) -> None:
    case_id = asked(house)
    given = answering.answer(house.session, case_id, DecisionRequest(Action.REMOVE), "ben", house.now)
    assert given.what is What.AGREED
    assert given.decided is not None
    decision = given.decided.decision
    assert (decision.by, decision.rule_id, decision.reason) == ("ben", "2", "Not here.")
    assert "rita" in decision.note
    assert state_of(house, case_id) is ProposalState.AGREED


def test_where_they_differ_a_lead_decides_and_sees_both(house: House) -> None:
    case_id = asked(house)
    given = answering.answer(house.session, case_id, KEEP, "ben", house.now)
    assert given.what is What.DIFFERING
    assert given.decided is None
    assert claims.find(house.session, case_id).state is CaseState.ESCALATED
    seen = blinding.see(house.session, case_id, "lea", house.now)
    assert not seen.blind
    (found,) = proposals.of_case(house.session, case_id)
    assert (found.by, found.request.action) == ("rita", Action.REMOVE)
    assert (found.second_by, found.second.action if found.second else None) == ("ben", Action.APPROVE)
    decided = decisions.decide(house.session, case_id, KEEP, "lea", house.now).decision
    proposals.settle(house.session, decided.id, "lea", house.now)
    assert state_of(house, case_id) is ProposalState.SETTLED


def test_another_rule_is_another_opinion(house: House) -> None:
    case_id = asked(house)
    other = DecisionRequest(Action.REMOVE, rule_id="3")
    assert answering.answer(house.session, case_id, other, "ben", house.now).what is What.DIFFERING


def test_who_proposed_cant_answer_themselves(house: House) -> None:
    case_id = asked(house)
    with pytest.raises(RefusedError):
        answering.answer(house.session, case_id, REMOVE, "rita", house.now)
    with pytest.raises(RefusedError):
        answering.require_plain(house.session, case_id)


def test_a_second_opinion_is_asked_once_and_about_what_was_read(house: House) -> None:
    case_id = asked(house)
    with pytest.raises(RefusedError):
        proposals.ask(house.session, case_id, KEEP, "ben", house.now)
    fresh = house.case_of(HATEFUL + "!", house.author("tom"))
    with pytest.raises(StaleError):
        proposals.ask(house.session, fresh, DecisionRequest(Action.REMOVE, version=7), "ben", house.now)


def test_who_is_alone_reads_it_afresh_half_a_day_later(house: House) -> None:
    case_id = house.case_of(HATEFUL, house.author("mallory", HOME))
    proposals.ask(house.session, case_id, REMOVE, "rita", house.now, alone=True)
    assert claims.take_next(house.session, "rita", house.now) is None
    house.later(hours=12)
    assert claims.take_next(house.session, "rita", house.now) is not None
    assert blinding.see(house.session, case_id, "rita", house.now).blind
    given = answering.answer(house.session, case_id, DecisionRequest(Action.REMOVE), "rita", house.now)
    assert given.what is What.AGREED


def test_a_trainee_only_proposes_and_somebody_else_accepts(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    made = proposals.propose(house.session, case_id, REMOVE, "tia", house.now)
    again = proposals.propose(house.session, case_id, KEEP, "tia", house.now)
    assert again.id == made.id
    assert claims.find(house.session, case_id).state is CaseState.OPEN
    with pytest.raises(RefusedError):
        proposals.accepted(house.session, made.id, "tia")
    number, request = proposals.accepted(house.session, made.id, "rita")
    decision = decisions.decide(house.session, number, request, "rita", house.now).decision
    proposals.settle(house.session, decision.id, "rita", house.now, accepted_id=made.id)
    assert state_of(house, case_id) is ProposalState.ACCEPTED
    assert decision.note == "proposed by tia."
    assert house.session.get_one(ProposalRow, made.id).decision_id == decision.id


def test_colleagues_say_what_they_think_of_a_proposal_but_not_of_a_blind_one(house: House) -> None:
    blind = asked(house)
    open_case = house.case_of(HATEFUL + "!", house.author("tom"))
    made = proposals.propose(house.session, open_case, REMOVE, "tia", house.now)
    proposals.thumb(house.session, made.id, "ben", house.now, up=False, words="a quotation")
    proposals.thumb(house.session, made.id, "ben", house.now, up=True, words="it isn't, after all")
    (shown,) = proposals.of_case(house.session, open_case)
    assert [(each.by, each.up, each.words) for each in shown.thumbs] == [("ben", True, "it isn't, after all")]
    with pytest.raises(RefusedError):
        proposals.thumb(house.session, proposals.of_case(house.session, blind)[0].id, "ben", house.now, up=True)
    with pytest.raises(RefusedError):
        proposals.thumb(house.session, made.id, "tia", house.now, up=True)


def test_a_proposal_reaches_only_as_far_as_its_decision_could(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    with pytest.raises(RefusedError):
        proposals.propose(house.session, case_id, DecisionRequest(Action.WARN, Scope.DOMAIN), "tia", house.now)
