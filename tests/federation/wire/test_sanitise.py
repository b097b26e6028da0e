"""HTML from elsewhere does no harm, and what is judged is what is read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire.sanitise import MAX_TAGS, clean, clean_all, from_plain, links, plain_line, to_text

REL = 'target="_blank" rel="nofollow noopener noreferrer"'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>plain</p>", "<p>plain</p>"),
        ("a &amp; b", "a &amp; b"),
        ("1 < 2 > 0", "1 &lt; 2 &gt; 0"),
        ("a > b", "a &gt; b"),
        ("a\r\nb", "a\nb"),
        ("half \ud83d", "half ?"),
        ("<script>alert(1)</script>ok", "ok"),
        ("<style>p{}</style>ok", "ok"),
        ('<p style="color:red" onclick="x()" id="a" title="t" data-x="y">t</p>', "<p>t</p>"),
        ('<img src="x" onerror="alert(1)">t', "t"),
        ("<iframe src='https://x.example'></iframe><video></video><form><input></form>t", "t"),
        ("<!-- hidden -->t", "t"),
        ("<h1>Title</h1><p>text</p>", "<p><strong>Title</strong></p><p>text</p>"),
        ("<p>open", "<p>open</p>"),
        ('<span class="h-card evil mention">x</span>', '<span class="h-card mention">x</span>'),
        ('<p class="mention">x</p>', '<p class="">x</p>'),
        ("<svg><a xlink:href='javascript:alert(1)'>x</a></svg>", None),
        ("<math><mi//xlink:href='data:x,<script>alert(4)</script>'>", None),
        ('<a href="jAvAsCrIpT:alert(1)">x</a>', f"<a {REL}>x</a>"),
        ('<a href="/auth/sign_out">x</a>', f"<a {REL}>x</a>"),
        ('<a href="//villain.example">x</a>', f"<a {REL}>x</a>"),
        ('<a href="data:text/html,x">x</a>', f"<a {REL}>x</a>"),
        (
            '<a href="https://x.example" rel="me follow" target="_top">x</a>',
            f'<a href="https://x.example" {REL}>x</a>',
        ),
    ],
)
def test_only_what_is_harmless_is_left(html: str, expected: str | None) -> None:
    cleaned = clean(html)
    assert expected is None or cleaned == expected
    assert not re.search(r"javascript:|<script|<svg|onerror|style=", cleaned)


def test_a_mention_as_mastodon_writes_it_stays() -> None:
    html = '<p><span class="h-card" translate="no"><a href="https://remote.example/@ana" class="u-url mention">@<span>ana</span></a></span></p>'
    cleaned = clean_all(html)
    assert 'class="u-url mention"' in cleaned.html
    assert cleaned.text == "@ana"
    assert [(link.href, link.text, link.claims) for link in cleaned.links] == [
        ("https://remote.example/@ana", "@ana", "mention")
    ]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\ntwo\nthree"),
        ('h<span class="invisible">a</span>t<b></b>e', "hate"),
        (
            '<a href="https://x.example/a"><span class="invisible">https://</span><span class="ellipsis">x.example</span><span class="invisible">/a</span></a>',
            "https://x.example/a",
        ),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("&lt;script&gt; &amp;amp; &#39;x&#39;", "<script> &amp; 'x'"),
        ("<del>struck</del> <ruby>a<rt>b</rt></ruby>", "struck ab"),
        ("<p title='hidden'>seen</p>", "seen"),
        ("no markup", "no markup"),
        ("<table><tr><td>cell</td></tr></table>", "cell"),
        ("", ""),
    ],
)
def test_the_text_is_what_readers_see(html: str, text: str) -> None:
    assert to_text(html) == text


def test_links_are_listed_once_with_what_they_read() -> None:
    html = '<a href="https://villain.example/?a=1&amp;b=2">bank.example</a> <a href="https://villain.example/?a=1&amp;b=2">again</a> <a href="/here">x</a> <a class="hashtag" href="https://t.example/t">#t</a>'
    assert links(html) == (
        ("https://villain.example/?a=1&b=2", "bank.example", ""),
        ("https://t.example/t", "#t", "hashtag"),
    )


def test_a_link_hidden_inside_a_link_is_listed() -> None:
    html = '<a href="https://a.example/"><tr><td><table><ol><a href="https://b.example/">in</a>'
    assert [link.href for link in links(html)] == ["https://a.example/", "https://b.example/"]


def test_plain_text_is_shown_as_it_was_typed() -> None:
    cleaned = clean_all("<b> see https://x.example/?a=1&b=2.\nline\n\nnew", "text/markdown")
    assert cleaned.text == "<b> see https://x.example/?a=1&b=2.\nline\nnew"
    assert [link.href for link in cleaned.links] == ["https://x.example/?a=1&b=2"]
    assert from_plain("https://") == "<p>https://</p>"


@pytest.mark.parametrize("unit", ["<div>", "<ul><li>", "<b id={i}>", "<p><b><i><a>", "<blockquote>"])
def test_html_of_nothing_but_tags_is_shown_as_its_text(unit: str) -> None:
    html = "".join(unit.format(i=i) for i in range(MAX_TAGS)) + "deep"
    assert clean(html + unit).strip().endswith("deep")
    assert "<div>" not in clean(html + unit)


def test_what_is_just_under_the_limit_of_tags_keeps_them() -> None:
    html = "<b>x</b>" * (MAX_TAGS - 1)
    assert clean(html) == html


@given(
    st.text()
    | st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<a href='https://x.example'>",
                "</a>",
                "<",
                ">",
                "&",
                "&lt;",
                '"',
                "<h2>",
                "</h2>",
                "x",
                "<li>",
                "<svg>",
                "<![CDATA[",
            ]
        )
    ).map("".join)
)
def test_cleaning_what_is_clean_changes_nothing(html: str) -> None:
    once = clean(html)
    assert clean(once) == once
    assert not re.search(r"<(?!/?[a-z])", once)


ODD = [
    "<select>",
    "<option>",
    "<table>",
    "<tr><td>",
    "<template>",
    "<textarea>",
    "<title>",
    "<svg>",
    "<math>",
    "<pre>",
    "<ruby>",
    "<rt>",
    "<li>",
    "<ul>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "x",
    "y",
]


@given(
    st.lists(st.sampled_from([*ODD, "<a href='https://x.example'>", "</a>", "\n", "<!--", "<plaintext>"])).map("".join)
)
def test_what_is_read_stays_the_same_when_it_is_cleaned_again(html: str) -> None:
    once = clean(html)
    assert to_text(clean(once)).split() == to_text(once).split()
    assert [link.href for link in links(clean(once))] == [link.href for link in links(once)]


@given(st.text(alphabet=st.characters(blacklist_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1))
def test_typed_text_comes_back_out(text: str) -> None:
    assert to_text(from_plain(text)) == text


def test_a_name_is_one_line_without_tricks() -> None:
    assert plain_line(" a\u202en\x00a \n b ", 50) == "ana b"
    assert len(plain_line("a" * 900, 100)) == 100
