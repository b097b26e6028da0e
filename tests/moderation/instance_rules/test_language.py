"""The language of instance rules: typed, told what is wrong and where, and bounded whatever is written in it."""

from __future__ import annotations

import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.instance_rules import language
from moderation.instance_rules.language import NAMES, BadExpressionError, TooCostlyError

MOST = {"text": "a" * 5000, "texts": ["a" * 500] * 50, "number": 1, "yes": True, "scores": language.no_scores()}


def asked(expression: str, **changed: object) -> bool:
    values = {each.name: MOST[each.kind] for each in NAMES}
    given_values = {name.replace("_of_", "."): value for name, value in changed.items()}
    return language.compile_(expression).matches(language.activation(values | given_values))


@pytest.mark.parametrize(
    "expression",
    [
        'post.text.contains("aaa") && author.age_days < 3',
        'post.hosts.exists(host, host.startsWith("a")) || "spam_behaviour" in findings',
        'scores["spam"] < 0.5 && scores.hate < 0.5',
        'post.text.matches(r"^a+$")',
        "post.links.filter(link, link.contains('a')).size() > 2 // loops may follow one another",
        'author.local\n  && author.name in ["ana", "' + "a" * 5 + '"] == false',
        "post.mentions + post.media > 1",
    ],
)
def test_what_is_sound_is_answered(expression: str) -> None:
    assert asked(expression)


@pytest.mark.parametrize(
    ("expression", "why", "line", "column"),
    [
        ("", "empty", 0, 0),
        ("true || " * 300 + "true", "long", 0, 0),
        ("post.txt == 'a'", "unknown", 1, 1),
        ("author.local &&\n  post.txet == 'a'", "unknown", 2, 3),
        ("post.text > 5", "types", 1, 11),
        ("post.text.contains('a'", "syntax", 1, 23),
        ("post.mentions", "no_answer", 0, 0),
        ("(" * 200 + "true" + ")" * 200, "deep", 0, 0),
        ("post.text + 'a' == 'b'", "types", 1, 11),
        ("post.links.map(a, a + a).size() > 1", "unknown", 1, 16),
        ("post.text.matches('(')", "regex", 1, 10),
        ("post.text.matches(author.name)", "regex_form", 1, 10),
        ("matches(post.text, 'a')", "regex_form", 1, 1),
        ("post.text.matches('(a{1,20}){20}')", "repeats", 1, 10),
        (r"post.text.matches('(a\x7b1,20}){20}')", "repeats", 1, 10),
        (
            r"""post.text.contains('''\'''') || post.links.exists(a, findings.exists(b, a == b)) || '' == ''''''""",
            "nested",
            1,
            43,
        ),
        (" || ".join(["post.text.matches('a')"] * 6), "regexes", 0, 0),
        ("post.links.exists(a, post.hosts . exists\n (b, a == b))", "nested", 1, 11),
        ("post.links.exists(a, post.text.contains(a))", "text_in_loop", 1, 11),
    ],
)
def test_what_is_wrong_is_said_with_its_place(expression: str, why: str, line: int, column: int) -> None:
    with pytest.raises(BadExpressionError) as found:
        language.compile_(expression)
    assert (found.value.why, found.value.line, found.value.column) == (why, line, column)


def test_a_name_that_is_nearly_right_is_guessed() -> None:
    with pytest.raises(BadExpressionError) as found:
        language.compile_("autor.local")
    assert found.value.near == "author.local"


def test_what_stands_in_texts_and_comments_is_no_part_of_the_expression() -> None:
    assert not asked("post.links.exists(a, a == 'post.text.exists(b, §0)') // x.exists(a, b.exists(c, d))")
    assert asked('post.text != """a "matches(" here"""')


@pytest.mark.parametrize(
    "expression",
    [
        " || ".join(["post.links.exists(a, a.matches('((a{1,10}){1,10})y'))"] * 5),
        "post.links.exists(a, " + " || ".join(["a.matches('(a|aa|aaa)*(.*)(.*)(.*)x{1,100}(.*)y')"] * 5) + ")",
        " || ".join(["post.text.matches('(a|aa|aaa)*(.*)(.*)(.*)x{1,100}(.*)y')"] * 5),
        " || ".join(["post.links.exists(a, a.contains('b'))"] * 45),
        "post.links.filter(a, a == 'b') + post.links == post.hosts",
    ],
)
def test_the_worst_that_can_be_written_takes_neither_time_nor_memory(expression: str) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.thread_time()
    assert not asked(expression) or "filter" in expression
    assert time.thread_time() - began < 1.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_what_has_no_answer_is_an_error_and_nothing_else() -> None:
    with pytest.raises(TooCostlyError):
        asked("1 / author.followers == 1", author_of_followers=0)
    with pytest.raises(TooCostlyError):
        asked('scores["spa"] > 0.5')


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *("post.text", "post.links", "scores", "true", "'a'", "1", "(", ")", "&&", "||", "==", "<", "!", "+"),
                *(".exists(x,", ".filter(y,", ".matches('a')", ".size()", "[", "]", ",", "x", "\n", '"', "'", "//"),
            ]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_whatever_is_typed_is_read_or_refused_in_words(text: str) -> None:
    try:
        language.compile_(text)
    except BadExpressionError as error:
        assert error.safe
