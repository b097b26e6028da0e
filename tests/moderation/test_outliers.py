"""Who stands out of a wave isn't decided along with it, wherever in its thousands they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from moderation.cases import decisions, foreseeing, outliers, show
from moderation.cases.outliers import Mark
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.cases.values import CaseDetail, Decided, DecisionRequest
from moderation.values import Action, Scope, Submission, Verb
from tests.moderation.cast import ALIKE, HATEFUL, House, strangers

MANY = 300
SPAM = DecisionRequest(Action.SPAM, Scope.CLUSTER)


def wave(house: House, *last: Submission, copies: int = MANY) -> CaseRow:
    """So many copies by new accounts, and then these."""
    made = house.now - timedelta(days=1)
    for start in range(0, copies, 100):
        batch = range(start, min(start + 100, copies))
        house.admit(*(house.post(ALIKE.format(n), house.author(f"a{n % 40}", made_at=made)) for n in batch))
    house.later(seconds=1)
    if last:
        house.admit(*last)
    return house.session.scalars(select(CaseRow).where(CaseRow.members > 1)).one()


def odd_one(house: House, name: str = "odd", language: str = "en", **of_author: Any) -> Submission:
    """A copy by somebody else."""
    return house.post(ALIKE.format(7), house.author(name, **of_author), language=language)


def shown(house: House, case: CaseRow) -> CaseDetail:
    return show.case(house.session, case.id, house.now)


def removed(decided: Decided) -> set[str]:
    return {each.uri for each in decided.effects if each.verb is Verb.REMOVE}


def test_those_who_came_last_of_hundreds_are_shown_first_and_left_out(house: House) -> None:
    young, old = house.now - timedelta(days=1), house.now - timedelta(days=1100)
    followed = odd_one(house, "friend", made_at=young, followers_here=2)
    french = odd_one(house, "rene", "fr", made_at=young)
    aged = odd_one(house, "elder", made_at=old)
    odd = {followed.uri: Mark.FOLLOWED_HERE, french.uri: Mark.OTHER_LANGUAGE, aged.uri: Mark.AGED}
    case = wave(house, aged, french, followed)
    detail = shown(house, case)
    assert (detail.case.members, detail.standing_out, len(detail.members)) == (MANY + 3, 3, show.MEMBERS)
    assert (detail.members[0].uri, detail.language) == (case.uri, "en")
    assert [(each.uri, each.marks) for each in detail.members[1:4]] == [(uri, (mark,)) for uri, mark in odd.items()]
    assert foreseeing.foresee(house.session, case.id, SPAM, house.now).left == 3
    gone = removed(decisions.decide(house.session, case.id, SPAM, "ana", house.now))
    assert len(gone) == MANY and not gone & set(odd)
    rest = house.session.scalars(select(CaseRow).where(CaseRow.uri.in_(odd))).one()
    assert rest.members == 3, "they wait as a case of their own"


def test_the_worst_to_take_along_come_first_and_what_no_page_shows_stays_out_too(house: House) -> None:
    made = house.now - timedelta(days=900)
    old = [odd_one(house, f"old{n}", made_at=made) for n in range(50)]
    friend = odd_one(house, "friend", made_at=made, followers_here=3)
    case = wave(house, *old, friend, copies=30)
    detail = shown(house, case)
    assert detail.standing_out == 51
    assert detail.members[1].uri == friend.uri
    assert detail.members[1].marks == (Mark.FOLLOWED_HERE, Mark.AGED)
    assert sum(bool(each.marks) for each in detail.members) == show.STANDING_OUT
    gone = removed(decisions.decide(house.session, case.id, SPAM, "ana", house.now))
    assert len(gone) == 30 and not gone & {each.uri for each in (*old, friend)}


def test_whoever_is_named_is_decided_about_although_they_stand_out(house: House) -> None:
    odd = odd_one(house, followers_here=1)
    case = wave(house, odd, copies=20)
    request = DecisionRequest(Action.SPAM, Scope.CLUSTER, members=(case.uri, odd.uri))
    assert odd.uri in removed(decisions.decide(house.session, case.id, request, "ana", house.now))


def test_the_least_alike_come_before_what_says_the_same(house: House) -> None:
    more, less = (house.post(ALIKE.format(5) + end, house.author("other")) for end in ("!! wow", "z"))
    case = wave(house, less, more, copies=30)
    members = shown(house, case).members[1:]
    assert [each.uri for each in members[:2]] == [more.uri, less.uri]
    distances = [each.distance or 0 for each in members]
    assert distances[0] > distances[1] > distances[2]
    assert distances == sorted(distances, reverse=True)


def test_those_who_passed_before_the_line_was_crossed_are_compared_as_well(house: House) -> None:
    made = house.now - timedelta(days=1)
    french = odd_one(house, language="fr-CA", made_at=made)
    house.admit(french)
    house.later(seconds=5)
    case = wave(house, copies=40)
    row = house.session.get_one(CaseSubjectRow, (case.id, french.uri))
    assert (row.language, row.distance) == ("fr-CA", row.distance or 0)
    assert row.distance is not None
    assert outliers.of(house.session, case, house.now).marks == {french.uri: (Mark.OTHER_LANGUAGE,)}


def test_where_languages_are_mixed_none_of_them_stands_out(house: House) -> None:
    case = wave(house, *(odd_one(house, f"f{n}", language="fr") for n in range(20)), copies=20)
    found = outliers.of(house.session, case, house.now)
    assert (found.marks, found.language) == ({}, None)


def test_one_author_who_floods_strangers_doesnt_stand_out_of_their_own_wave(house: House) -> None:
    old = house.author("flood", made_at=house.now - timedelta(days=900))
    house.admit(*(house.post(f"@ana {ALIKE.format(n)}", old, mentions=strangers(1)) for n in range(60)))
    case = house.session.scalars(select(CaseRow).where(CaseRow.members > 1)).one()
    assert outliers.of(house.session, case, house.now).marks == {}


def test_what_is_alike_but_no_part_of_the_case_is_left_alone_where_its_author_has_a_past(house: House) -> None:
    text = f"{HATEFUL}, and that is what I have to say about all of it"
    first, new, old = (
        house.post(text, house.author(name, followers_here=count)) for name, count in (("a", 0), ("b", 0), ("c", 1))
    )
    house.admit(first, new, old)
    case = house.session.scalars(select(CaseRow).where(CaseRow.uri == first.uri)).one()
    assert removed(decisions.decide(house.session, case.id, SPAM, "ana", house.now)) == {first.uri, new.uri}
