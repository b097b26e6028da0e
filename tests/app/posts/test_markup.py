"""What a member typed becomes HTML in which only links, mentions and hashtags mean anything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import sanitise
from app.posts import markup
from app.posts.markup import Named

BEN = Named("https://velo.example/users/ben", "https://velo.example/@ben", "ben")


def write(text: str) -> markup.Written:
    return markup.write(text, {"ben@velo.example": BEN}, lambda tag: f"https://here.example/tags/{tag}")


def test_markup_that_was_typed_is_shown_as_it_was_typed() -> None:
    assert write("<script>alert(1)</script> & so").html == "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; so</p>"


def test_paragraphs_and_lines_are_kept() -> None:
    assert write("one\ntwo\n\nthree").html == "<p>one<br>two</p><p>three</p>"


def test_a_known_handle_becomes_a_mention_and_an_unknown_one_stays_text() -> None:
    html = write("@ben@velo.example meets @nobody@elsewhere.example").html
    assert '<a href="https://velo.example/@ben" class="u-url mention">@<span>ben</span></a>' in html
    assert "meets @nobody@elsewhere.example" in html


def test_a_link_keeps_its_target_and_loses_the_full_stop_behind_it() -> None:
    written = write("see https://example.org/a_(b)?c=d&e=f.")
    assert written.links == ("https://example.org/a_(b)?c=d&e=f",)
    assert written.html.endswith("</a>.</p>")
    assert 'href="https://example.org/a_(b)?c=d&amp;e=f"' in written.html


def test_hashtags_need_a_letter_and_are_found_once() -> None:
    written = write("#lyon #lyon #2026 #été2026 and a#b")
    assert written.hashtags == ("lyon", "été2026")


def test_an_address_of_mail_is_no_mention() -> None:
    assert markup.handles("write to ana@here.example or @Ana and @ben@Velo.example") == ["ana", "ben@velo.example"]


def test_a_mention_inside_a_link_is_part_of_the_link() -> None:
    assert markup.handles("https://velo.example/@ben") == []


@given(st.text(max_size=300))
def test_whatever_is_typed_survives_the_sanitiser_unchanged(text: str) -> None:
    html = write(text).html
    assert sanitise.to_text(sanitise.clean(html)) == sanitise.to_text(html)
