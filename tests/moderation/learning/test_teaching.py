"""Teaching: who is asked about what, what their answers say, and what never becomes a lesson."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from moderation.errors import NotFoundError, RefusedError
from moderation.evidence.snapshots import take
from moderation.evidence.tables import SnapshotCause, SnapshotRow
from moderation.learning import taught, teaching, unsure
from moderation.learning.tables import LessonRow
from moderation.learning.values import Provenance, Taught
from moderation.policy import store
from moderation.policy.document import DEFAULT
from moderation.reports import file as reports
from moderation.reports.file import ReportDraft
from moderation.reports.tables import ReportOrigin
from moderation.values import Action, Submission, Visibility
from moderation.workforce import records
from moderation.workforce.records import Record
from tests.moderation.cast import HATEFUL, HOME, House, Scores, TwinModel
from tests.moderation.learning.test_examples import decide, gathered

LINES = dict.fromkeys(("hate", "harassment", "violence", "sexual", "spam", "self_harm"), 0.95)


class Unsure(TwinModel):
    """Says of "maybe N" that it is hate, as sure as N hundredths."""

    def _score(self, text: str, language: str | None) -> Scores:
        found = super()._score(text, language)
        words = text.split()
        if words[0] == "maybe":
            return replace(found, scores=dict(found.scores) | {words[2]: int(words[1]) / 100})
        return found


@pytest.fixture
def unsure_house(house: House) -> House:
    """A house whose model is unsure of much."""
    return House(house.session, Unsure(label_lines=dict(LINES)))


def let_in(house: House, percent: int = 93, label: str = "hate", **more: Any) -> Submission:
    """A post of which the model is that sure, which comes in."""
    post = house.post(f"maybe {percent} {label}", **more)
    house.admit(post)
    return post


def publish(house: House, learning: dict[str, int]) -> None:
    """The policy says how much is asked."""
    document = deepcopy(DEFAULT)
    document["learning"] |= learning
    store.publish(house.session, document, "lead", house.now)


def candidates(house: House, by: str = "mo", apart: tuple[str, ...] = ()) -> list[unsure.Candidate]:
    """What somebody could be asked about, with how far it is from its line."""
    return unsure.candidates(house.session, unsure.bounds(house.session, by, LINES, house.now, apart), house.now)


def asked(house: House, by: str = "mo", apart: tuple[str, ...] = ()) -> list[str]:
    """About what somebody could be asked."""
    return [each.uri for each in candidates(house, by, apart)]


def put(house: House, **more: Any) -> None:
    """What stands in somebody's record."""
    records.put(house.session, Record("mo", **more), "lead", house.now)


def lesson(house: House, post: Submission, by: str = "mo") -> LessonRow:
    """A question before somebody who teaches."""
    teaching.begin(house.session, by, 5, house.now)
    (candidate,) = [each for each in candidates(house, by) if each.uri == post.uri]
    teaching.offer(house.session, by, [candidate], house.now)
    return next(each for each in teaching.waiting(house.session, by, house.now) if each.uri == post.uri)


def say(house: House, post: Submission, given: Taught, by: str = "mo") -> LessonRow:
    """Somebody's answer, with the evidence of what they read."""
    row = lesson(house, post, by)
    number = None
    if given is not Taught.UNSURE:
        take(house.session, [post], SnapshotCause.TEACHING, house.now)
        found = house.session.query(SnapshotRow).filter_by(uri=post.uri).order_by(SnapshotRow.seq.desc()).first()
        assert found is not None
        number = found.id
    teaching.answer(house.session, row, given, number, house.now)
    return row


def test_what_is_nearest_to_the_line_comes_first_and_what_is_plain_not_at_all(unsure_house: House) -> None:
    far, near = let_in(unsure_house, 88), let_in(unsure_house, 94)
    let_in(unsure_house, 2)
    assert asked(unsure_house) == [near.uri, far.uri]


def test_what_isnt_for_everybody_is_never_a_lesson(unsure_house: House) -> None:
    for visibility in (Visibility.FOLLOWERS, Visibility.DIRECT):
        let_in(unsure_house, visibility=visibility)
    assert asked(unsure_house) == []


def test_what_is_held_or_old_is_never_a_lesson(unsure_house: House) -> None:
    unsure_house.admit(unsure_house.post(HATEFUL))
    let_in(unsure_house)
    assert len(asked(unsure_house)) == 1
    unsure_house.later(days=4)
    assert asked(unsure_house) == []


def test_nobody_is_asked_about_those_with_whom_they_have_to_do(unsure_house: House) -> None:
    post = let_in(unsure_house)
    assert asked(unsure_house, apart=(post.author.uri,)) == []
    put(unsure_house, conflict_domains=("far.example",))
    assert asked(unsure_house) == []
    put(unsure_house, conflict_people={"@mallory@far.example": post.author.uri})
    assert asked(unsure_house) == []
    assert asked(unsure_house, "another") == [post.uri]


def test_a_server_above_is_a_conflict_and_one_that_only_ends_alike_is_none() -> None:
    record = Record("mo", conflict_domains=("far.example",))
    assert unsure.in_conflict(record, "https://sub.far.example/users/a")
    assert not unsure.in_conflict(record, "https://so-far.example/users/a")


def test_nobody_is_asked_in_a_language_that_they_dont_read(unsure_house: House) -> None:
    let_in(unsure_house, language="en")
    put(unsure_house, languages=("fr",))
    assert asked(unsure_house) == []
    put(unsure_house, languages=("fr", "en"))
    assert len(asked(unsure_house)) == 1


def test_what_somebody_skips_doesnt_come_under_another_label_either(unsure_house: House) -> None:
    let_in(unsure_house, 94)
    put(unsure_house, skips=("hate",))
    assert asked(unsure_house) == []


def test_nobody_is_taught_by_those_who_may_need_somebody(unsure_house: House) -> None:
    let_in(unsure_house, 94, "self_harm")
    assert asked(unsure_house) == []


def test_somebody_who_doesnt_teach_has_no_questions(unsure_house: House) -> None:
    assert teaching.standing(unsure_house.session, "mo", unsure_house.now).an_hour is None
    assert teaching.wanted(unsure_house.session, "mo", unsure_house.now) == 0


def test_only_the_numbers_that_are_offered_may_be_chosen(house: House) -> None:
    for number in (0, -1, 6, 1000):
        with pytest.raises(RefusedError):
            teaching.begin(house.session, "mo", number, house.now)


def test_after_so_many_answers_nothing_comes_until_an_hour_is_over(unsure_house: House) -> None:
    for _ in range(5):
        say(unsure_house, let_in(unsure_house, label="spam"), Taught.NONE)
    assert teaching.wanted(unsure_house.session, "mo", unsure_house.now) == 0
    unsure_house.later(minutes=61)
    assert teaching.wanted(unsure_house.session, "mo", unsure_house.now) == 5


def test_the_policy_goes_before_what_somebody_wants(unsure_house: House) -> None:
    publish(unsure_house, {"questions_an_hour": 2})
    say(unsure_house, let_in(unsure_house, label="spam"), Taught.NONE)
    assert teaching.wanted(unsure_house.session, "mo", unsure_house.now) == 1
    publish(unsure_house, {"questions_an_hour": 0})
    assert teaching.wanted(unsure_house.session, "mo", unsure_house.now) == 0


def test_in_a_shift_there_are_so_many_and_no_more(unsure_house: House) -> None:
    publish(unsure_house, {"questions_a_shift": 2})
    for _ in range(2):
        say(unsure_house, let_in(unsure_house, label="spam"), Taught.NONE)
    assert teaching.wanted(unsure_house.session, "mo", unsure_house.now) == 0


def test_after_three_grave_lessons_what_comes_is_light(unsure_house: House) -> None:
    for _ in range(3):
        say(unsure_house, let_in(unsure_house), Taught.UNSURE)
    grave, light = let_in(unsure_house), let_in(unsure_house, label="spam")
    assert asked(unsure_house) == [light.uri]
    assert set(asked(unsure_house, "another")) >= {grave.uri, light.uri}


def test_a_grave_post_doesnt_come_as_a_light_one_either(unsure_house: House) -> None:
    assert unsure.Bounds(Record("mo"), (), frozenset({"hate"}), LINES).spare({"hate": 0.94, "spam": 0.94})
    assert not unsure.Bounds(Record("mo"), (), frozenset({"hate"}), LINES).spare({"hate": 0.1, "spam": 0.94})


def test_an_answer_is_an_example_of_its_label_with_the_text_that_was_read(unsure_house: House) -> None:
    post = let_in(unsure_house)
    say(unsure_house, post, Taught.HATE)
    (found,) = taught.read(unsure_house.session)
    assert (found.text, found.provenance, found.readers, found.held_out) == (post.text, Provenance.TEACHING, 1, False)
    assert {label: value for label, value in found.labels.items() if value is not None} == {"hate": 1.0, "toxic": 1.0}


def test_two_who_disagree_make_a_soft_label(unsure_house: House) -> None:
    post = let_in(unsure_house)
    say(unsure_house, post, Taught.HATE)
    say(unsure_house, post, Taught.NONE, "ana")
    (found,) = taught.read(unsure_house.session)
    assert (found.labels["hate"], found.labels["spam"], found.readers) == (0.5, 0.0, 2)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((Taught.HATE, Taught.SPAM), {"hate": 0.5, "spam": 0.5, "toxic": 1.0}),
        ((Taught.SPAM, Taught.UNSURE), {"spam": 1.0}),
        ((Taught.UNSURE,), {}),
    ],
)
def test_what_several_answers_say_together(given: tuple[Taught, ...], expected: dict[str, float]) -> None:
    assert taught.soft(given) == expected


def test_who_cant_tell_teaches_nothing(unsure_house: House) -> None:
    say(unsure_house, let_in(unsure_house), Taught.UNSURE)
    assert taught.read(unsure_house.session) == []


def test_what_people_decided_goes_before_what_was_taught(unsure_house: House) -> None:
    post = let_in(unsure_house)
    say(unsure_house, post, Taught.NONE)
    draft = ReportDraft(
        f"https://{HOME}/users/ben", HOME, ReportOrigin.MEMBER, post.author.uri, (post,), "violation", comment="look"
    )
    case_id = reports.file(unsure_house.session, draft, unsure_house.now).case_id
    assert len(taught.read(unsure_house.session)) == 1
    decide(unsure_house, case_id, Action.NO_ACTION)
    assert [each.provenance for each in gathered(unsure_house)] == [Provenance.DECISION]
    assert taught.read(unsure_house.session) == []


def test_an_answer_can_be_taken_back_for_ten_minutes_and_is_asked_again(unsure_house: House) -> None:
    row = say(unsure_house, let_in(unsure_house), Taught.HATE)
    assert teaching.take_back(unsure_house.session, "mo", unsure_house.now).id == row.id
    assert taught.read(unsure_house.session) == []
    assert [each.id for each in teaching.waiting(unsure_house.session, "mo", unsure_house.now)] == [row.id]
    with pytest.raises(RefusedError):
        teaching.take_back(unsure_house.session, "mo", unsure_house.now)


def test_an_answer_of_long_ago_stands_and_nobody_takes_back_anothers(unsure_house: House) -> None:
    say(unsure_house, let_in(unsure_house), Taught.HATE)
    with pytest.raises(RefusedError):
        teaching.take_back(unsure_house.session, "ana", unsure_house.now)
    unsure_house.later(minutes=11)
    with pytest.raises(RefusedError):
        teaching.take_back(unsure_house.session, "mo", unsure_house.now)


def test_a_question_is_answered_once_and_by_whom_it_was_put_to(unsure_house: House) -> None:
    row = say(unsure_house, let_in(unsure_house), Taught.UNSURE)
    with pytest.raises(RefusedError):
        teaching.answer(unsure_house.session, row, Taught.UNSURE, None, unsure_house.now)
    with pytest.raises(NotFoundError):
        teaching.find(unsure_house.session, row.id, "ana")


def test_an_answer_goes_with_its_evidence_and_a_question_after_a_day(unsure_house: House) -> None:
    row = say(unsure_house, let_in(unsure_house), Taught.HATE)
    lesson(unsure_house, let_in(unsure_house))
    assert teaching.forget(unsure_house.session, unsure_house.now, 100) == 0
    unsure_house.session.query(SnapshotRow).filter_by(id=row.snapshot_id).delete()
    assert teaching.forget(unsure_house.session, unsure_house.now, 100) == 1
    unsure_house.later(days=2)
    assert teaching.forget(unsure_house.session, unsure_house.now, 100) == 1


def test_who_stops_is_asked_nothing_and_what_they_said_stays(unsure_house: House) -> None:
    say(unsure_house, let_in(unsure_house), Taught.HATE)
    lesson(unsure_house, let_in(unsure_house))
    teaching.stop(unsure_house.session, "mo")
    assert teaching.teachers(unsure_house.session) == []
    assert teaching.waiting(unsure_house.session, "mo", unsure_house.now) == ()
    assert teaching.counts(unsure_house.session) == {Taught.HATE: 1}
    assert len(taught.read(unsure_house.session)) == 1
