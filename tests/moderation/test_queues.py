"""Named queues: what goes where, who works there, what can't be decided, by when, and how what nobody reads ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.cases import claims, decisions, due, figures, queue
from moderation.cases.tables import CaseRow
from moderation.cases.values import CaseQuery, DecisionRequest
from moderation.errors import HiddenActionError, NotFoundError, RefusedError
from moderation.holds import declared, ending
from moderation.holds.tables import HoldRow
from moderation.queues import keeping, placing, values
from moderation.queues.values import Ageing, Match, Queue, Source
from moderation.reports import file
from moderation.reports.file import ReportDraft
from moderation.reports.tables import ReportOrigin
from moderation.values import Action, CaseOrigin, CaseState, Outcome, Verb
from tests.moderation.cast import DARK, HARMLESS, HATEFUL, HOME, THREAT, House

pytestmark = pytest.mark.one_database


def made(house: House, name: str, match: Match | None = None, **more: object) -> Queue:
    """A queue, after those that there are."""
    return keeping.put(house.session, Queue(0, name, match or Match(), **more), "lea", house.now)  # type: ignore[arg-type]


def case(house: House, number: int) -> CaseRow:
    """A case as it is now."""
    return house.session.get_one(CaseRow, number, populate_existing=True)


def hold(house: House, number: int) -> HoldRow:
    """The hold of a case."""
    found = house.session.query(HoldRow).filter(HoldRow.case_id == number).one()
    house.session.refresh(found)
    return found


def report(house: House, post: object, category: str = "other", origin: ReportOrigin = ReportOrigin.MEMBER) -> int:
    """Somebody's report about a post: its case."""
    draft = ReportDraft(f"https://{HOME}/users/ana", HOME, origin, post.author.uri, (post,), category)  # type: ignore[attr-defined,arg-type]
    return file.file(house.session, draft, house.now).case_id


def somebody_works(house: House, number: int, now: datetime) -> None:
    """Else what is declared for a house without moderators holds."""
    claims.take(house.session, number, "mo", now)


def test_a_case_goes_to_the_first_queue_that_it_fits_and_else_to_the_rest(house: House) -> None:
    hatred = made(house, "Hatred", Match(categories=("hate",)))
    english = made(house, "English", Match(languages=("en",)))
    assert case(house, house.case_of(HATEFUL)).queue_id == hatred.id
    assert case(house, house.case_of(THREAT)).queue_id == english.id
    assert case(house, house.case_of(THREAT + " demain", language="fr")).queue_id is None
    stats = figures.of(house.session, house.now)
    assert stats.by_queue == {"Hatred": 1, "English": 1, "rest": 1}


def test_counting_stops_where_only_the_order_of_magnitude_is_told(house: House) -> None:
    hatred = made(house, "Hatred", Match(categories=("hate",)))
    for number in range(3):
        house.case_of(f"{HATEFUL} on day {number}", house.author(f"who{number}"))
    assert placing.counts_up_to(house.session, [hatred.id], 2) == {hatred.id: 2, None: 0}
    assert placing.counts_up_to(house.session, [hatred.id], 9) == {hatred.id: 3, None: 0}


def test_a_claim_that_ran_out_counts_as_what_it_was_before(house: House) -> None:
    plain, hard = house.case_of(HATEFUL), house.case_of(THREAT)
    claims.escalate(house.session, hard, "mo", house.now)
    for number in (plain, hard):
        claims.take(house.session, number, "lea", house.now)
    waits = figures.waiting(house.session, house.now)
    assert [waits.states[each] for each in (CaseState.OPEN, CaseState.CLAIMED, CaseState.ESCALATED)] == [0, 2, 0]
    later = figures.waiting(house.session, house.now + timedelta(hours=1))
    assert [later.states[each] for each in (CaseState.OPEN, CaseState.CLAIMED, CaseState.ESCALATED)] == [1, 0, 1]
    assert later.oldest == house.now


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        (Match(domains=("far.example",)), True),
        (Match(domains=("example",)), True),
        (Match(domains=("ar.example",)), False),
        (Match(domains=("sub.far.example",)), False),
        (Match(sources=(Source.REMOTE,)), True),
        (Match(sources=(Source.LOCAL,)), False),
        (Match(sources=(Source.LOCAL, Source.REMOTE)), True),
        (Match(sources=(Source.MACHINE,)), True),
        (Match(sources=(Source.REPORT,)), False),
        (Match(sources=(Source.REMOTE, Source.REPORT)), False),
        (Match(languages=("EN",)), True),
        (Match(languages=("und",)), False),
        (Match(categories=("hate",), languages=("fr",)), False),
        (Match(), True),
    ],
)
def test_any_of_a_kind_is_enough_and_every_kind_must_fit(house: House, match: Match, fits: bool) -> None:
    one = made(house, "one", match)
    assert case(house, house.case_of(HATEFUL)).queue_id == (one.id if fits else None)


def test_what_nobody_could_tell_the_language_of_can_be_asked_for(house: House) -> None:
    unknown = made(house, "unknown", Match(languages=("und", "pt")))
    assert case(house, house.case_of(HATEFUL, language=None)).queue_id in (unknown.id, None)
    assert case(house, house.case_of(HATEFUL + " agora", language="pt-BR")).queue_id == unknown.id


def test_a_report_moves_a_case_to_where_reports_go_and_a_graver_one_on(house: House) -> None:
    legal = made(house, "Law", Match(categories=("legal",)))
    reports = made(house, "Reports", Match(sources=(Source.REPORT,)))
    post = house.post(HATEFUL)
    number = house.admit(post).verdicts[0].case_id  # type: ignore[union-attr]
    assert number is not None
    assert case(house, number).queue_id is None
    assert report(house, post) == number
    assert case(house, number).queue_id == reports.id
    draft = ReportDraft(None, "visitors", ReportOrigin.VISITOR, post.author.uri, (post,), "legal")
    file.file(house.session, draft, house.now)
    assert case(house, number).queue_id == legal.id


def test_a_preview_counts_what_would_go_there_and_moves_nothing(house: House) -> None:
    made(house, "French", Match(languages=("fr",)))
    numbers = [house.case_of(f"{HATEFUL} {n}") for n in range(3)] + [house.case_of(HATEFUL + " x", language="fr")]
    assert placing.would_go(house.session, Queue(0, "draft", Match(categories=("hate",)))) == 3, "French comes first"
    assert [case(house, each).queue_id is None for each in numbers] == [True, True, True, False]


def test_cases_follow_when_queues_are_made_moved_and_retired(house: House) -> None:
    numbers = [house.case_of(f"{HATEFUL} {n}") for n in range(3)]
    first, second = made(house, "all"), made(house, "Hatred", Match(categories=("hate",)))
    assert placing.behind(house.session) == 3
    assert placing.again(house.session, house.now, limit=2) == 2
    assert placing.again(house.session, house.now, limit=2) == 1
    assert placing.again(house.session, house.now) == 0
    assert {case(house, each).queue_id for each in numbers} == {first.id}
    keeping.move(house.session, second.id, "lea", house.now, up=True)
    placing.again(house.session, house.now)
    assert {case(house, each).queue_id for each in numbers} == {second.id}
    keeping.retire(house.session, second.id, "lea", house.now)
    placing.again(house.session, house.now)
    assert {case(house, each).queue_id for each in numbers} == {first.id}
    with pytest.raises(NotFoundError):
        keeping.find(house.session, second.id)


def test_the_next_case_is_taken_from_the_chosen_queue_but_what_is_assigned_comes_first(house: House) -> None:
    hatred = made(house, "Hatred", Match(categories=("hate",)))
    threat, hateful = house.case_of(THREAT), house.case_of(HATEFUL)
    session, now = house.session, house.now
    taken = claims.take_next(session, "mo", now, among=queue.in_queue(hatred.id))
    assert taken is not None
    assert taken.case_id == hateful
    claims.release(session, hateful, "mo", now)
    rest = claims.take_next(session, "mo", now, among=queue.in_queue(0))
    assert rest is not None
    assert rest.case_id == threat
    claims.release(session, threat, "mo", now)
    claims.assign(session, threat, "lea", now, "mo")
    again = claims.take_next(session, "mo", now, among=queue.in_queue(hatred.id))
    assert again is not None
    assert again.case_id == threat
    listed = queue.list_cases(session, CaseQuery(queue=hatred.id), now).items
    assert [each.id for each in listed] == [hateful]


def test_what_a_queue_hides_is_refused_also_along_with_something_else(house: House) -> None:
    made(house, "careful", hidden_actions=(Action.SUSPEND, Action.REMOVE))
    number = house.case_of(HATEFUL)
    with pytest.raises(HiddenActionError):
        decisions.decide(house.session, number, DecisionRequest(Action.REMOVE), "mo", house.now)
    with pytest.raises(HiddenActionError):
        decisions.require_possible(case(house, number), DecisionRequest(Action.SUSPEND))
    decisions.decide(house.session, number, DecisionRequest(Action.APPROVE), "mo", house.now)


def test_a_queue_sets_due_times_and_gives_them_back_when_it_is_retired(house: House) -> None:
    usual, number = due.TERMS[CaseOrigin.HOLD], house.case_of(HATEFUL, house.author("ana", HOME))
    assert case(house, number).due_at == house.now + usual
    slow = made(house, "slow", due_hours=72)
    placing.again(house.session, house.now)
    assert case(house, number).due_at == house.now + timedelta(hours=72)
    keeping.retire(house.session, slow.id, "lea", house.now)
    placing.again(house.session, house.now)
    assert case(house, number).due_at == house.now + usual


def test_no_queue_gives_a_legal_notice_more_time(house: House) -> None:
    made(house, "slow", due_hours=72)
    post = house.post(HARMLESS)
    house.admit(post)
    draft = ReportDraft(None, "visitors", ReportOrigin.VISITOR, post.author.uri, (post,), "legal")
    number = file.file(house.session, draft, house.now).case_id
    assert case(house, number).due_at == house.now + due.NOTICE


def test_a_case_that_is_given_more_time_is_overdue_no_longer(house: House) -> None:
    number = house.case_of(HATEFUL, house.author("ana", HOME))
    before = case(house, number).rank
    now = house.later(hours=5)
    assert due.note_overdue(house.session, now) == 1
    made(house, "slow", due_hours=72)
    placing.again(house.session, now)
    row = case(house, number)
    assert row.overdue_at is None
    assert "overdue" not in row.rank_parts
    assert row.rank == pytest.approx(before)


@pytest.mark.parametrize(
    ("ageing", "text", "outcome"),
    [
        (Ageing.LONGER, HATEFUL, Outcome.LABEL),
        (Ageing.LIMITED, HATEFUL, Outcome.LIMIT),
        (Ageing.RELEASE, HATEFUL, Outcome.APPROVE),
        (Ageing.RELEASE, THREAT, Outcome.LABEL),
        (Ageing.LIMITED, THREAT, Outcome.LABEL),
    ],
)
def test_what_nobody_reads_ends_as_declared_and_never_a_threat_without_a_warning(
    house: House, ageing: Ageing, text: str, outcome: Outcome
) -> None:
    made(house, "ageing", ageing=ageing, ageing_hours=200)
    post = house.post(text)
    number = house.admit(post).verdicts[0].case_id  # type: ignore[union-attr]
    assert number is not None
    assert hold(house, number).due_at == house.now + timedelta(hours=200)
    told = declared.end_of(house.session, post.uri)
    assert told == declared.End(house.now + timedelta(hours=200), outcome)
    somebody_works(house, number, house.later(hours=199))
    assert ending.end_due(house.session, house.now) == []
    [effect] = ending.end_due(house.session, house.later(hours=2))
    assert effect.verb is Verb.PUBLISH
    assert effect.verdict is not None
    assert effect.verdict.outcome is outcome
    assert ("warning" in effect.params) == (outcome is Outcome.LABEL)


def test_while_nobody_works_what_the_house_declares_goes_before_what_a_queue_does(house: House) -> None:
    made(house, "ageing", ageing=Ageing.RELEASE, ageing_hours=200)
    house.case_of(HATEFUL)
    house.later(hours=201)
    effects = ending.end_due(house.session, house.now)
    assert all(effect.params.get("warning") for effect in effects), "nothing is let in plainly that nobody could read"


def test_holds_follow_the_queue_that_their_case_goes_to(house: House) -> None:
    number = house.case_of(HATEFUL)
    usual = hold(house, number).due_at
    one = made(house, "long", ageing=Ageing.LONGER, ageing_hours=500)
    placing.again(house.session, house.now)
    assert hold(house, number).due_at == house.now + timedelta(hours=500)
    keeping.retire(house.session, one.id, "lea", house.now)
    placing.again(house.session, house.now)
    assert hold(house, number).due_at == usual


def test_what_only_a_person_may_end_has_no_end_in_any_queue(house: House) -> None:
    number = house.case_of(HATEFUL)
    hold(house, number).due_at = None
    made(house, "ageing", ageing=Ageing.RELEASE, ageing_hours=1)
    placing.again(house.session, house.now)
    assert hold(house, number).due_at is None


@pytest.mark.parametrize(
    "bad",
    [
        Queue(0, " "),
        Queue(0, "x" * 81),
        Queue(0, "a", Match(domains=("not a domain",))),
        Queue(0, "a", Match(languages=("x",))),
        Queue(0, "a", hidden_actions=(Action.APPROVE,)),
        Queue(0, "a", ageing=Ageing.RELEASE),
        Queue(0, "a", ageing_hours=4),
        Queue(0, "a", due_hours=0),
        Queue(0, "a", due_hours=10_000),
        Queue(0, "a", Match(domains=tuple(f"d{n}.example" for n in range(101)))),
    ],
)
def test_a_queue_that_does_not_hold_together_is_refused(bad: Queue) -> None:
    with pytest.raises(RefusedError):
        values.require_good(bad)


def test_two_queues_have_two_names(house: House) -> None:
    made(house, "Hatred")
    with pytest.raises(RefusedError):
        made(house, "hatred ")


@given(
    st.builds(
        Match,
        st.lists(st.text(max_size=9), max_size=3).map(tuple),
        st.lists(st.text(max_size=9), max_size=3).map(tuple),
        st.lists(st.sampled_from(Source), max_size=3).map(tuple),
        st.lists(st.text(max_size=9), max_size=3).map(tuple),
    )
)
def test_what_a_queue_matches_is_stored_as_it_is(match: Match) -> None:
    assert values.from_json(values.as_json(match)) == match


def test_care_and_samples_are_machines_cases(house: House) -> None:
    one = made(house, "machines", Match(sources=(Source.MACHINE,)))
    house.admit(house.post(DARK))
    found = queue.list_cases(house.session, CaseQuery(queue=one.id), house.now).items
    assert all(each.origin is not CaseOrigin.REPORT for each in found)
