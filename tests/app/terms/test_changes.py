"""The difference between two versions, as people read it."""

from __future__ import annotations

from app.terms.changes import Change, Changed, between


def section(title: str, *parts: str | list[str]) -> dict[str, object]:
    return {"title": title, "parts": list(parts)}


def test_what_stayed_is_not_told() -> None:
    same = [section("Rules", "1. Be kind.", ["Fine: a joke."])]
    assert between(same, same) == []


def test_a_line_is_new_gone_or_worded_anew() -> None:
    before = [section("Rules", "1. Be kind.", "2. Post no advertising here.")]
    after = [section("Rules", "1. Be kind.", "2. Post no advertising at all.", ["Fine: your own concert."])]
    worded, new = Change("2. Post no advertising here.", "2. Post no advertising at all."), "Fine: your own concert."
    assert between(before, after) == [Changed("Rules", (worded, Change("", new)))]
    assert between(after, before) == [Changed("Rules", (Change(worded.after, worded.before), Change(new, "")))]


def test_a_section_comes_and_goes_whole() -> None:
    rules, more = section("Rules", "1. Be kind."), section("What else applies", "We sing.")
    assert between([rules], [rules, more]) == [Changed("What else applies", (Change("", "We sing."),))]
    assert between([rules, more], [rules]) == [Changed("What else applies", (Change("We sing.", ""),))]
