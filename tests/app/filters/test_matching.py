"""What a member's filters match."""

from __future__ import annotations

import pytest

from app.filters.matching import matches
from app.filters.tables import FilterAction
from app.filters.values import Filter, FilteredPost, Keyword


def _filter(*words: tuple[str, bool], posts: tuple[FilteredPost, ...] = ()) -> Filter:
    keywords = tuple(Keyword(number, word, whole) for number, (word, whole) in enumerate(words))
    return Filter(1, "Football", ("home",), FilterAction.WARN, None, keywords, posts)


@pytest.mark.parametrize(
    ("word", "whole", "text", "found"),
    [
        ("cup", True, "The Cup is over", True),
        ("cup", True, "A cupboard", False),
        ("cup", False, "A cupboard", True),
        ("world cup", True, "the WORLD CUP!", True),
        ("#cup", True, "so many #cup posts", True),
        ("#cup", True, "so many #cups", False),
        ("cup!", True, "cup!!", True),
        ("été", True, "L’ÉTÉ est là", True),
        ("été", True, "L’e\u0301te\u0301 est là", True),
        ("a.c", True, "abc", False),
        ("(a+)+$", False, "a" * 5000 + "!", False),
        ("ﬁnal", True, "the final", True),
    ],
)
def test_words_are_plain_and_case_counts_for_nothing(word: str, whole: bool, text: str, found: bool) -> None:
    assert bool(matches([_filter((word, whole))], text, 7)) is found


def test_a_match_names_the_words_and_the_post() -> None:
    one = _filter(("cup", True), ("goal", True), ("card", True), posts=(FilteredPost(3, 7, 70),))
    (match,) = matches([one], "A goal in the cup", 7)
    assert match.keywords == ("cup", "goal") and match.status_id == 70
    (match,) = matches([one], "A red card", 8)
    assert match.keywords == ("card",) and match.status_id is None


def test_a_filter_with_nothing_on_it_matches_nothing() -> None:
    assert matches([_filter()], "anything", 7) == ()
