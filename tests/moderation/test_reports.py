"""Reports: filed with their evidence, joined, before machines, and answered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from moderation import evidence
from moderation.cases import decisions, queue, show
from moderation.cases.tables import CaseRow
from moderation.cases.values import CaseQuery, DecisionRequest
from moderation.domains import set_rule
from moderation.errors import ReportRefusedError
from moderation.reports import file as reports
from moderation.reports import standing
from moderation.reports.tables import ReportOrigin, ReportOutcome, ReportRow
from moderation.values import Action, CaseOrigin, CaseState, Outcome, Scope, Severity, Submission, Verb, Visibility
from moderation.workforce import exposure
from tests.moderation.cast import HARMLESS, HATEFUL, HOME, THREAT, House, friend


def draft(post: Submission, who: str = "ben", **more: object) -> reports.ReportDraft:
    values: dict[str, object] = {
        "reporter_uri": f"https://{HOME}/users/{who}",
        "reporter_domain": HOME,
        "origin": ReportOrigin.MEMBER,
        "target_uri": post.author.uri,
        "submissions": (post,),
        "category": "violation",
        "comment": "this hurts",
    }
    return reports.ReportDraft(**(values | more))  # type: ignore[arg-type]


def test_a_report_makes_a_case_with_the_evidence_as_it_was(house: House) -> None:
    post = house.post()
    house.admit(post)
    filed = reports.file(house.session, draft(post), house.now)
    case = house.session.get_one(CaseRow, filed.case_id)
    assert (case.origin, case.uri, case.reports) == (CaseOrigin.REPORT, post.uri, 1)
    assert evidence.of(house.session, post.uri)[0].text == HARMLESS
    assert filed.outcome is ReportOutcome.WAITING


def test_a_reported_post_that_the_door_took_for_something_grave_is_called_that_and_counts_as_grave(
    house: House,
) -> None:
    post = house.post(THREAT, reply_between_mutuals=True)
    shown = house.admit(post).verdicts[0]
    assert shown is not None and shown.outcome is Outcome.LABEL and shown.case_id is None
    filed = reports.file(house.session, draft(post), house.now)
    case = house.session.get_one(CaseRow, filed.case_id)
    heavy = exposure.heavy_labels(house.session)
    assert (case.origin, case.label) == (CaseOrigin.REPORT, "violence") and case.label in heavy
    assert exposure.today(house.session, "mo", heavy, house.now) == 0
    decisions.decide(house.session, case.id, DecisionRequest(Action.REMOVE), "mo", house.now)
    assert exposure.today(house.session, "mo", heavy, house.now) == 1, "decided without taking it first"


def test_reports_go_before_what_machines_found(house: House) -> None:
    post = house.post()
    house.admit(post)
    house.case_of(THREAT, house.author("cleo"), seen_by=40)
    filed = reports.file(house.session, draft(post), house.now)
    assert queue.list_cases(house.session, CaseQuery(), house.now).items[0].id == filed.case_id


def test_a_report_on_what_is_held_joins_its_case(house: House) -> None:
    post = house.post(HATEFUL)
    held = house.admit(post).verdicts[0]
    assert held is not None
    filed = reports.file(house.session, draft(post), house.now)
    case = house.session.get_one(CaseRow, held.case_id)
    assert filed.case_id == held.case_id
    assert (case.reports, case.changed_what, case.label) == (1, "reported", "hate")


def test_a_second_report_by_the_same_person_is_the_first_one(house: House) -> None:
    post = house.post()
    one = reports.file(house.session, draft(post), house.now)
    two = reports.file(house.session, draft(post, comment="and this too", rule_ids=("3",)), house.now)
    other = reports.file(house.session, draft(post, "cleo"), house.now)
    assert one.id == two.id != other.id
    assert one.comment == "this hurts\nand this too" and one.rule_ids == ["3"]
    assert house.session.get_one(CaseRow, one.case_id).reports == 2


def test_several_posts_are_one_case(house: House) -> None:
    posts = tuple(house.post(f"number {n}") for n in range(3))
    house.admit(*posts)
    filed = reports.file(house.session, draft(posts[0], submissions=posts), house.now)
    assert house.session.get_one(CaseRow, filed.case_id).members == 3
    request = DecisionRequest(Action.REMOVE, members=(posts[0].uri, posts[2].uri))
    decided = decisions.decide(house.session, filed.case_id, request, "ana", house.now)
    removed = {effect.uri for effect in decided.effects if effect.verb is Verb.REMOVE}
    assert removed == {posts[0].uri, posts[2].uri}


def test_what_was_left_as_it_is_is_not_reviewed_again_unless_it_changed_or_is_graver(house: House) -> None:
    post = house.post()
    filed = reports.file(house.session, draft(post), house.now)
    decisions.decide(house.session, filed.case_id, DecisionRequest(Action.NO_ACTION), "ana", house.later(minutes=5))
    again = reports.file(house.session, draft(post, "cleo"), house.later(days=1))
    assert (again.outcome, again.case_id) == (ReportOutcome.ALREADY_REVIEWED, filed.case_id)
    graver = reports.file(house.session, draft(post, "dan", category="legal"), house.now)
    assert graver.outcome is ReportOutcome.WAITING and graver.case_id != filed.case_id
    decisions.decide(house.session, graver.case_id, DecisionRequest(Action.NO_ACTION), "ana", house.now)
    edited = reports.file(house.session, draft(replace(post, text="worse now"), "eve"), house.now)
    assert edited.outcome is ReportOutcome.WAITING


@pytest.mark.parametrize(
    ("text", "category", "about", "called"),
    [
        (HARMLESS, "violation", (("harassment",),), "harassment"),
        (HARMLESS, "violation", (("spam",), ("violence",)), "violence"),
        (HARMLESS, "violation", (("privacy",),), "privacy"),
        (HARMLESS, "violation", (("harassment", "violence", "toxic"),), "violation"),
        (HARMLESS, "violation", (("violence",), ("illegal", "child_safety")), "child_safety"),
        (HARMLESS, "violation", ((),), "violation"),
        (HARMLESS, "legal", (("harassment",),), "legal"),
        (HARMLESS, "spam", (("harassment",),), "spam"),
        (HATEFUL, "violation", (("harassment",),), "hate"),
        (HATEFUL, "violation", (("privacy",),), "hate"),
        (HATEFUL, "violation", (("violence",),), "violence"),
        (HATEFUL, "violation", (("illegal", "child_safety"),), "child_safety"),
    ],
)
def test_the_rule_that_a_report_names_names_its_case_unless_something_graver_is_known(
    house: House, text: str, category: str, about: tuple[tuple[str, ...], ...], called: str
) -> None:
    post = house.post(text)
    house.admit(post)
    for case in house.session.scalars(select(CaseRow)):
        case.state = CaseState.DECIDED
    filed = reports.file(house.session, draft(post, category=category, rule_labels=about), house.now)
    case = house.session.get_one(CaseRow, filed.case_id, populate_existing=True)
    assert case.label == called


def test_a_second_report_names_a_case_that_had_no_name(house: House) -> None:
    post = house.post()
    first = reports.file(house.session, draft(post), house.now)
    reports.file(house.session, draft(post, "cleo", category="violation", rule_labels=(("violence",),)), house.now)
    case = house.session.get_one(CaseRow, first.case_id, populate_existing=True)
    assert (case.label, case.reports) == ("violence", 2)
    reports.file(house.session, draft(post, "dan", category="violation", rule_labels=(("harassment",),)), house.now)
    assert house.session.get_one(CaseRow, first.case_id, populate_existing=True).label == "violence"


def ignored(house: House, post: Submission) -> int:
    """Its case, left as it is and without further reports."""
    filed = reports.file(house.session, draft(post), house.now)
    leave = DecisionRequest(Action.NO_ACTION, ignores_reports=True)
    decisions.decide(house.session, filed.case_id, leave, "ana", house.later(minutes=5))
    return filed.case_id


def test_ignored_reports_count_again_once_the_post_was_edited_even_back_and_forth(house: House) -> None:
    post = house.post()
    number = ignored(house, post)
    assert reports.file(house.session, draft(post, "cleo"), house.later(days=90)).case_id == number
    worse = reports.file(house.session, draft(replace(post, warning="look here"), "dan"), house.now)
    assert worse.outcome is ReportOutcome.WAITING, "an edit of the warning is one, too"
    decisions.decide(house.session, worse.case_id, DecisionRequest(Action.NO_ACTION), "ana", house.later(minutes=5))
    back = reports.file(house.session, draft(post, "eve"), house.now)
    assert back.outcome is ReportOutcome.WAITING, "it isn't what was looked at last"


def test_ignored_reports_count_again_for_a_graver_category_and_only_for_that(house: House) -> None:
    post = house.post()
    number = ignored(house, post)
    for who, category in (("cleo", "spam"), ("dan", "other"), ("eve", "violation")):
        assert reports.file(house.session, draft(post, who, category=category), house.now).case_id == number
    graver = reports.file(house.session, draft(post, "fay", category="legal"), house.later(minutes=1))
    assert (graver.outcome, graver.case_id == number) == (ReportOutcome.WAITING, False)
    assert reports.file(house.session, draft(post, "gus"), house.now).case_id == graver.case_id, "it joins what is open"


def test_an_ignored_post_takes_no_other_along_that_nobody_looked_at(house: House) -> None:
    first, second = house.post(), house.post("something else entirely, and nobody has read it")
    number = ignored(house, first)
    both = reports.file(house.session, draft(first, "cleo", submissions=(first, second)), house.now)
    assert (both.outcome, both.case_id == number) == (ReportOutcome.WAITING, False)


def test_a_reporters_accuracy_comes_from_what_became_of_their_reports(house: House) -> None:
    for number, action in enumerate([Action.REMOVE, Action.REMOVE, Action.NO_ACTION]):
        filed = reports.file(house.session, draft(house.post(f"number {number}")), house.now)
        decisions.decide(house.session, filed.case_id, DecisionRequest(action), "ana", house.now)
    known = standing.of(house.session, [f"https://{HOME}/users/ben"])[f"https://{HOME}/users/ben"]
    assert (known.filed, known.upheld, known.declined) == (3, 2, 1)
    assert known.accuracy == pytest.approx(2 / 3)
    last = reports.file(house.session, draft(house.post("again")), house.now)
    shown = show.case(house.session, last.case_id, house.now).reports[0]
    assert shown.reporter_accuracy == pytest.approx(2 / 3)


def test_a_domain_cannot_buy_priority_with_many_voices(house: House) -> None:
    few, many = house.post("number one"), house.post("number two")
    for number in range(3):
        one = reports.file(house.session, remote(few, number), house.now)
    for number in range(40):
        two = reports.file(house.session, remote(many, number), house.now)
    ranks = [house.session.get_one(CaseRow, each.case_id).rank for each in (one, two)]
    assert ranks[0] == ranks[1]


def remote(post: Submission, number: int) -> reports.ReportDraft:
    return draft(
        post,
        reporter_uri=f"https://loud.example/u/{number}",
        reporter_domain="loud.example",
        origin=ReportOrigin.REMOTE,
    )


def test_reports_from_a_domain_whose_reports_we_reject_are_refused(house: House) -> None:
    set_rule(house.session, "loud.example", Severity.NOOP, "ana", house.now, reject_reports=True)
    with pytest.raises(ReportRefusedError):
        reports.file(house.session, remote(house.post(), 1), house.now)
    assert house.session.scalars(select(ReportRow)).all() == []


def test_a_report_needs_something_by_whom_it_is_about(house: House) -> None:
    post = house.post()
    for wrong in (draft(post, submissions=()), draft(post, target_uri="https://else.example/users/x")):
        with pytest.raises(ReportRefusedError):
            reports.file(house.session, wrong, house.now)


def test_a_direct_message_is_read_because_a_party_reported_it_and_its_copies_are_dealt_with_unread(
    house: House,
) -> None:
    text = "send me a picture of your bank card please, it is quite urgent for the both of us"
    posts = [house.post(text, visibility=Visibility.DIRECT, mentions=friend(name)) for name in ("ben", "cleo", "dan")]
    house.admit(*posts)
    filed = reports.file(house.session, draft(posts[0]), house.now)
    detail = show.case(house.session, filed.case_id, house.now)
    assert detail.private and detail.snapshots[0].text == text
    assert detail.similar == () and len(detail.members) == 1
    request = DecisionRequest(Action.SPAM, Scope.CLUSTER)
    decided = decisions.decide(house.session, filed.case_id, request, "ana", house.now)
    assert {effect.uri for effect in decided.effects if effect.verb is Verb.REMOVE} == {each.uri for each in posts}
    assert evidence.of(house.session, posts[1].uri) == []


def test_reporters_wait_again_when_a_decision_is_taken_back(house: House) -> None:
    filed = reports.file(house.session, draft(house.post()), house.now)
    decided = decisions.decide(house.session, filed.case_id, DecisionRequest(Action.REMOVE), "ana", house.now)
    assert filed.outcome is ReportOutcome.UPHELD
    decisions.reverse(house.session, decided.decision.id, "oops", "ana", house.now)
    assert filed.outcome is ReportOutcome.WAITING
