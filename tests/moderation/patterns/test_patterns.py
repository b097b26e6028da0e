"""Patterns at the door: links, hashtags and names by a person's word, with an end, and named in what is said."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from moderation import hashtags
from moderation.errors import RefusedError
from moderation.patterns import keeping, spelling
from moderation.patterns.keeping import Draft
from moderation.patterns.matching import Pattern, Patterns
from moderation.patterns.tables import PatternKind, PatternRow, PatternSeverity
from moderation.values import Judgement, Outcome, Visibility
from tests.moderation.cast import HOME, NOON, House

LINK, HASHTAG, NAME = PatternKind.LINK, PatternKind.HASHTAG, PatternKind.NAME
REJECT, HOLD = PatternSeverity.REJECT, PatternSeverity.HOLD


def ruled(house: House, kind: PatternKind, text: str, severity: PatternSeverity = HOLD, **more: Any) -> PatternRow:
    return keeping.add(house.session, Draft(kind, text, severity, **more), "lea", house.now, HOME)


def one(house: House, **said: Any) -> Judgement:
    return house.judge(house.post(**said))[0]


@pytest.mark.parametrize("severity", list(PatternSeverity))
def test_what_matches_has_the_outcome_that_a_person_asked_for_and_names_the_pattern(
    house: House, severity: PatternSeverity
) -> None:
    row = ruled(house, LINK, "https://Shop.Example/", severity, label="spam")
    judged = one(house, links=("https://www.shop.example/offers?x=1",))
    assert judged.outcome == Outcome(severity.value)
    (found,) = [each for each in judged.findings if each.check == "patterns"]
    assert (found.why, found.details["pattern"], found.details["what"]) == ("pattern_link", row.id, "shop.example")
    assert one(house, links=("https://myshop.example/",)).outcome is Outcome.APPROVE


def test_a_path_is_a_place_of_its_own_on_a_host_that_many_share(house: House) -> None:
    ruled(house, LINK, "github.io/bad/page", REJECT)
    assert one(house, links=("https://github.io/bad/page/2",)).outcome is Outcome.REJECT
    assert one(house, links=("https://github.io/bad/pages",)).outcome is Outcome.APPROVE
    assert one(house, links=("https://github.io/bad%2Fpage",)).outcome is Outcome.REJECT


@pytest.mark.parametrize(
    "link",
    [
        r"https://shop.example\@fine.example/", r"https:\\shop.example/", "https:/shop.example/", "https:shop.example",
        "https://ｓｈｏｐ.example/", "https://shop。example/", "https://sh%6Fp.example/", "https://sh\u00adop.example/",
        "https://Shop.Example.:8443/", "https://fine@shop.example/", "https://sh\top.example/",
        f"https://{'a' * 9000}@shop.example/",
    ],
)  # fmt: skip
def test_a_link_is_read_as_browsers_read_it_however_it_is_spelt(house: House, link: str) -> None:
    ruled(house, LINK, "shop.example", REJECT)
    assert one(house, links=(link,)).outcome is Outcome.REJECT


@pytest.mark.parametrize(
    "path",
    ["//bad/./page", "/x/../bad/page/a", "/bad/%2e/page", r"\bad\page", "/bad//page?x#y", "/." * 5000 + "/bad/page"],
)
def test_dots_and_slashes_of_a_path_lead_where_browsers_go(house: House, path: str) -> None:
    ruled(house, LINK, "github.io/bad/page", REJECT)
    assert one(house, links=(f"https://github.io{path}",)).outcome is Outcome.REJECT


def test_a_host_with_accents_matches_in_both_of_its_spellings(house: House) -> None:
    ruled(house, LINK, "bücher.example", REJECT)
    for link in ("https://bücher.example/", "https://BÜCHER.example", "https://xn--bcher-kva.example/a"):
        assert one(house, links=(link,)).outcome is Outcome.REJECT


def test_links_that_are_none_match_nothing_and_break_nothing(house: House) -> None:
    ruled(house, LINK, "shop.example", REJECT)
    links = (
        "https://a%00b.example/",
        "https://a%20b.example",
        "https://a%2Fb.example",
        "https://[",
        "https://",
        "https:",
        "",
        "a" * 9000,
        "https://" + "é." * 4000,
        "https://..",
        "mailto:a@b",
    )
    assert one(house, links=links).outcome is Outcome.APPROVE


def test_letters_that_make_no_other_hashtag_pass_no_pattern() -> None:
    plain, kept = Pattern(1, HASHTAG, "freeloot", HOLD, "spam"), Pattern(2, HASHTAG, "søvn*", HOLD, "spam")
    patterns = Patterns([plain, kept])
    for tag in ("#FreeŁoot", "freelooŧ", "frééløøt"):
        assert hashtags.key(tag) == "freeloot"
        assert patterns.hashtags([tag], NOON) == [plain], tag
    for tag in ("Søvn", "sovn2"):
        assert patterns.hashtags([tag], NOON) == [kept], "also of patterns that were kept with such a letter"
    assert spelling.spelt(HASHTAG, "#Søvn") == "sovn"


@pytest.mark.parametrize("letter", sorted("".join(hashtags._LETTERS_LIKE.values())))
def test_two_that_are_one_hashtag_are_one_for_patterns(letter: str) -> None:
    assert spelling.hashtag(f"x{letter}") == spelling.hashtag(hashtags.key(f"x{letter}"))


def test_hashtags_and_names_are_known_whatever_their_case_accents_and_letters_that_look_alike(house: House) -> None:
    ruled(house, HASHTAG, "#Été", REJECT)
    ruled(house, NAME, "*casino*", HOLD)
    assert one(house, hashtags=("ETE",)).outcome is Outcome.REJECT
    assert one(house, author=house.author("best_саsino_24")).outcome is Outcome.HOLD
    assert one(house, author=house.author("cas_ino"), hashtags=("eteint",)).outcome is Outcome.APPROVE


def test_a_pattern_ends_by_itself_or_by_somebody_and_another_takes_its_place(house: House) -> None:
    said = {"links": ("https://shop.example/",)}
    row = ruled(house, LINK, "shop.example", REJECT, expires_at=house.now + timedelta(days=2))
    assert one(house, **said).outcome is Outcome.REJECT
    house.later(days=2)
    assert one(house, **said).outcome is Outcome.APPROVE
    second = ruled(house, LINK, "shop.example", REJECT)
    third = ruled(house, LINK, "shop.example", PatternSeverity.LABEL)
    assert (row.lifted_at, second.lifted_by) == (None, "lea")
    assert one(house, **said).outcome is Outcome.LABEL
    house.later(seconds=1)
    keeping.lift(house.session, third.id, "lea", house.now)
    assert one(house, **said).outcome is Outcome.APPROVE
    with pytest.raises(RefusedError):
        keeping.lift(house.session, third.id, "lea", house.now)


def test_a_letter_that_a_pattern_would_hold_is_let_in_behind_a_warning(house: House) -> None:
    ruled(house, LINK, "shop.example", HOLD)
    judged = one(house, links=("https://shop.example/",), visibility=Visibility.FOLLOWERS)
    assert judged.outcome is Outcome.LABEL and judged.findings == ()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (LINK, "com"), (LINK, "co.uk"), (LINK, HOME), (LINK, f"{HOME}/about"), (LINK, "*.example"), (LINK, "a b"),
        (LINK, "shop.example/?id=1"), (LINK, ""), (HASHTAG, "*"), (HASHTAG, "a*"), (HASHTAG, "two words"),
        (NAME, "*"), (NAME, "a*b"), (NAME, "ana@far.example"), (NAME, "a*b*c*d*e*f"), (NAME, "x" * 501),
    ],
)  # fmt: skip
def test_what_would_match_everybody_or_nothing_is_refused_with_a_reason(kind: PatternKind, text: str) -> None:
    with pytest.raises(RefusedError):
        spelling.spelt(kind, text, HOME)


def test_lines_of_a_list_are_taken_or_left_out_each_with_its_reason(house: House) -> None:
    lines = ["# a list", "shop.example", "", "com", "<html>", "win.example/path/"]
    added, refused = keeping.add_lines(house.session, Draft(LINK, "", REJECT), lines, "lea", house.now, HOME)
    assert [row.pattern for row in added] == ["shop.example", "win.example/path"]
    assert [each.line for each in refused] == [4, 5]


def test_a_hundred_thousand_hosts_cost_no_more_than_ten_and_stars_never_run_away() -> None:
    many = Patterns(Pattern(n, LINK, f"shop{n}.example", HOLD, "spam") for n in range(100_000))
    started = time.perf_counter()
    for n in range(2000):
        assert [each.id for each in many.links([f"https://www.shop{n}.example/x"], NOON)] == [n]
    assert time.perf_counter() - started < 1.0
    starred = Patterns([Pattern(1, HASHTAG, "*a*a*a*b", HOLD, "spam")])
    started = time.perf_counter()
    assert starred.hashtags(["a" * 20_000], NOON) == []
    assert starred.hashtags(["xaxaab"], NOON) != []
    assert time.perf_counter() - started < 0.5
