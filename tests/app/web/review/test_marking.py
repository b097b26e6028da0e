"""Words are marked where they stand, and whatever stands there is text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.review import marking
from moderation.values import Span
from tests.app.web.conftest import Town

SPANS = st.lists(
    st.builds(Span, st.integers(-5, 60), st.integers(-5, 60), st.floats(0, 1)),
    max_size=8,
)


def test_what_weighed_is_marked() -> None:
    assert marking.marked("they are vermin, all", [Span(9, 15)]) == "they are <mark>vermin</mark>, all"


def test_neighbours_become_one_mark() -> None:
    assert marking.marked("buy now here", [Span(4, 7), Span(0, 3)]) == "<mark>buy now</mark> here"


@pytest.mark.parametrize(
    "one",
    ["🇫🇷", "👨‍👩‍👧‍👦", "👍🏽", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301", "नि", "1️⃣", "\u1112\u1161\u11ab", "🏳️‍🌈"],
)
def test_a_character_as_people_see_it_is_never_split(one: str) -> None:
    text = f"a {one} b"
    for start in range(2, 2 + len(one)):
        for end in range(start + 1, 3 + len(one)):
            assert marking.marked(text, [Span(start, end)]) == f"a <mark>{one}</mark> b"


def test_of_several_flags_only_the_one_that_weighed_is_marked() -> None:
    assert marking.marked("🇫🇷🇩🇪🇮🇹", [Span(3, 4)]) == "🇫🇷<mark>🇩🇪</mark>🇮🇹"


def test_letters_side_by_side_stay_apart() -> None:
    assert marking.marked("abc", [Span(1, 2)]) == "a<mark>b</mark>c"
    assert marking.marked("👍👎", [Span(1, 2)]) == "👍<mark>👎</mark>"


def test_what_hardly_weighed_is_not_marked() -> None:
    assert marking.marked("the vermin", [Span(0, 3, 0.05), Span(4, 10, 0.9)]) == "the <mark>vermin</mark>"


def test_spans_outside_the_text_do_no_harm() -> None:
    assert marking.marked("short", [Span(2, 400), Span(90, 95), Span(3, 1)]) == "sh<mark>ort</mark>"


def test_a_script_is_shown_and_not_run() -> None:
    said = marking.marked("<script>alert(1)</script>", [Span(0, 8)])
    assert said == "<mark>&lt;script&gt;</mark>alert(1)&lt;/script&gt;"


@given(st.text(max_size=50), SPANS)
def test_without_its_marks_it_says_what_it_said(text: str, spans: list[Span]) -> None:
    said = marking.marked(text, spans).replace("<mark>", "").replace("</mark>", "")
    assert said.unescape() == text


def test_an_edit_shows_what_was_taken_out_and_added(town: Town) -> None:
    with town.app.test_request_context():
        said = marking.changed("I like <b>soup</b> a lot", "I like stew a lot")
    assert "&lt;b&gt;soup&lt;/b&gt;</del>" in said
    assert "stew</ins>" in said
    assert said.startswith("I like ")


def test_a_long_edit_is_shown_without_being_compared(town: Town) -> None:
    with town.app.test_request_context():
        said = marking.changed("a " * 4000, "b " * 4000)
    assert said.count("<del>") == said.count("<ins>") == 1
