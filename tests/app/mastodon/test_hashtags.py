"""Hashtags of every script are whole everywhere: written, arrived, followed, shown, looked for, streamed, ruled about."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.posts import markup
from app.services import Services
from app.stream import channels
from moderation import hashtags
from moderation.patterns import spelling
from moderation.patterns.matching import Pattern, Patterns
from moderation.patterns.tables import PatternKind, PatternSeverity
from tests.app.mastodon.people import Person

HINDI, THAI, TAMIL, DOTTED, JAPANESE = "हिन्दी", "ที่นี่", "தமிழ்", "a·b", "日本・語"
PERSIAN = "می\u200cخواهم"
WHOLE = [HINDI, THAI, TAMIL, PERSIAN, DOTTED, JAPANESE, "été2026", "1a", "_a_"]


@pytest.mark.parametrize("tag", WHOLE)
def test_a_hashtag_is_whole_wherever_the_api_takes_or_gives_one(ana: Person, ben: Person, tag: str) -> None:
    key = hashtags.key(tag)
    address = quote(key, safe="")
    assert ana.do(f"/api/v1/tags/{quote(tag, safe='')}/follow")["name"] == tag
    assert ana.do("/api/v1/featured_tags", json={"name": f"#{tag}"})["name"] == tag
    said = ben.says(f"Look: #{tag}.")
    assert said["tags"] == [{"name": key, "url": f"https://ostiary.example/tags/{address}"}]
    assert (
        f'href="https://ostiary.example/tags/{address}"' in said["content"] and f">{tag}</span></a>." in said["content"]
    )
    assert [one["id"] for one in ana.read(f"/api/v1/timelines/tag/{address}")] == [said["id"]]
    assert [one["id"] for one in ana.read("/api/v1/timelines/home")] == [said["id"]]
    found = ana.read(f"/api/v2/search?type=hashtags&q=%23{quote(tag[:-1] if len(tag) > 2 else tag)}")
    assert [one["name"] for one in found["hashtags"]] == [key]
    assert channels.subscription("hashtag", tag, None).channel.endswith(f":{key}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#a··", ("a",)), ("#·a", ()), ("#2026", ()), ("#1·2", ()), ("＃Lyon", ("Lyon",)), ("हिन्#दी", ()),
        ("#️⃣abc", ()), ("#a#b", ("a",)), ("/#a &#a", ()),
    ],
)  # fmt: skip
def test_what_is_no_part_of_a_hashtag_stays_outside(text: str, found: tuple[str, ...]) -> None:
    assert markup.write(text, {}, hashtags.path).hashtags == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｌｙｏｎ", "lyon"),
        ("ÉTÉ", "e\u0301te\u0301"),
        ("ﾊﾟﾘ", "パリ"),
        ("#Lyon", "lyon"),
        ("Café", "cafe"),
        ("Łódź", "lodz"),
        ("ŽIŽKOV", "zizkov"),
    ],
)
def test_two_ways_to_write_it_are_one_hashtag(one: str, other: str) -> None:
    assert hashtags.key(one) == hashtags.key(other)


@pytest.mark.parametrize(("one", "other"), [("हिन्दी", "हनद"), ("パリ", "ハリ"), ("straße", "strasse"), ("йод", "иод")])
def test_marks_that_make_another_letter_make_another_hashtag(one: str, other: str) -> None:
    assert hashtags.key(one) != hashtags.key(other)


def test_accents_are_neither_here_nor_there(ana: Person, ben: Person, services: Services) -> None:
    ana.do("/api/v1/tags/cafe/follow")
    assert ana.read(f"/api/v1/tags/{quote('Café')}") | {"history": []} == {
        "id": "cafe", "name": "Café", "url": "https://ostiary.example/tags/cafe", "history": [], "following": True,
        "featuring": False,
    }  # fmt: skip
    plain, accented = ben.says("Tea at the #cafe")["id"], ben.says("Tea at the #Café")["id"]
    for tag in ("cafe", "CAFÉ"):
        assert [one["id"] for one in ana.read(f"/api/v1/timelines/tag/{quote(tag)}")] == [accented, plain]
    assert [one["id"] for one in ana.read("/api/v1/timelines/home")] == [accented, plain]
    [found] = ana.read(f"/api/v2/search?type=hashtags&q={quote('café')}")["hashtags"]
    assert found["name"] == "cafe" and found["history"][0]["uses"] == "2"
    ben.do("/api/v1/featured_tags", json={"name": "café"})
    assert ben.do("/api/v1/featured_tags", json={"name": "cafe"})["statuses_count"] == "2"
    assert [one["name"] for one in ben.read("/api/v1/featured_tags")] == ["café"]
    assert channels.subscription("hashtag", "Café", None) == channels.subscription("hashtag", "cafe", None)


def test_a_page_of_a_hashtag_is_found_from_the_box_of_the_search(http: FlaskClient, ana: Person) -> None:
    ana.says(f"Look: #{HINDI}")
    to = http.get("/search", query_string={"q": f"#{HINDI}"}).headers["Location"]
    assert to == f"/tags/{quote(HINDI)}" and HINDI in http.get(to).text


@pytest.mark.parametrize("tag", [HINDI, THAI, TAMIL, PERSIAN, DOTTED])
def test_a_rule_about_a_hashtag_matches_it_in_every_script(services: Services, tag: str) -> None:
    now = services.clock.now()
    rule = Pattern(1, PatternKind.HASHTAG, spelling.spelt(PatternKind.HASHTAG, f"#{tag}"), PatternSeverity.HOLD, "spam")
    assert Patterns([rule]).hashtags(markup.write(f"#{tag}", {}, hashtags.path).hashtags, now) == [rule]


@pytest.mark.parametrize("tag", ["cas·ino", "cas\u200cino", "CASINO", "cas\u00adino", "cási\u0301no", "ｃａｓｉｎｏ"])
def test_no_separator_hides_a_hashtag_from_a_rule(services: Services, tag: str) -> None:
    rule = Pattern(1, PatternKind.HASHTAG, "casino", PatternSeverity.HOLD, "spam")
    assert Patterns([rule]).hashtags([tag], services.clock.now()) == [rule]
