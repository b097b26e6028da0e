"""What others write can do nothing on our pages."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.accounts.tables import AccountRow
from app.posts.tables import AttachmentRow, PostRow
from tests.app import people
from tests.app.web.conftest import Town

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '<a href="javascript:alert(1)">x</a>',
        "<svg onload=alert(1)>", "<iframe src=https://mallory.example></iframe>", "<form action=/sign-out><button>",
        '<p style="position:fixed">x</p>', "<base href=//mallory.example>", '<input name="csrf_token">',
    ],
)  # fmt: skip
def test_html_that_slipped_into_the_database_is_cleaned_where_it_is_shown(town: Town, html: str) -> None:
    mallory = people.remote(town.services, "mallory", summary=html)
    post = people.post(town.services, mallory, html)
    for path in (f"/@mallory@far.example/{post.id}", "/@mallory@far.example", "/public", "/search?q=mallory"):
        page = town.visitor().get(path).text
        for evil in (
            "<script>",
            "javascript:",
            "onerror",
            "onload",
            "<iframe",
            "<base",
            "<form action=/sign",
            'style="',
        ):
            assert evil not in page, (path, evil)


def test_names_and_warnings_are_text(town: Town) -> None:
    evil = "<b onclick=alert(1)>bold</b>"
    mallory = people.remote(town.services, "mallory", display_name=evil)
    people.post(town.services, mallory, "hello", warning=evil, title=evil)
    page = town.visitor().get("/public").text
    assert "<b onclick" not in page
    assert "&lt;b onclick" in page


def test_a_link_to_elsewhere_must_be_of_the_web(town: Town) -> None:
    mallory = people.remote(town.services, "mallory", url="javascript:alert(1)")
    post = people.post(town.services, mallory, "hello", url="javascript:alert(1)", title="a page")
    for path in (f"/@mallory@far.example/{post.id}", "/@mallory@far.example"):
        assert "javascript:" not in town.visitor().get(path).text


def attached(town: Town, post: PostRow, url: str, media_type: str, description: str) -> None:
    """A medium of a post."""
    with town.services.db.write() as session:
        session.add(AttachmentRow(post_pk=post.pk, position=0, url=url, media_type=media_type, description=description))


def test_pictures_and_faces_are_shown_from_here_and_their_homes_are_not_named(town: Town) -> None:
    nina = people.remote(
        town.services, "nina", avatar_url="https://far.example/face.png", header_url="https://far.example/banner.png"
    )
    attached(town, people.post(town.services, nina, "look"), "https://far.example/cat.png", "image/png", "A cat asleep")
    page = town.visitor().page("/public") + town.visitor().page("/@nina@far.example")
    assert page.count('<img src="https://ostiary.example/media/attachments/') == 2
    assert 'alt="A cat asleep"' in page
    assert '<img class="avatar" src="https://ostiary.example/media/avatars/' in page
    assert '<img class="banner" src="https://ostiary.example/media/headers/' in page
    for name in ("cat.png", "face.png", "banner.png"):
        assert name not in page


def test_films_and_sounds_are_played_from_here_and_their_homes_are_not_named(town: Town) -> None:
    post = people.post(town.services, people.remote(town.services, "nina"), "listen")
    attached(town, post, "https://far.example/song.ogg", "audio/ogg", "A song")
    page = town.visitor().page("/public")
    assert '<audio controls preload="none"' in page and 'aria-label="A song"' in page
    assert "/media/attachments/" in page and "song.ogg" not in page


def test_what_cant_be_played_is_described_and_not_loaded(town: Town) -> None:
    post = people.post(town.services, people.remote(town.services, "nina"), "read")
    attached(town, post, "https://far.example/paper.pdf", "application/pdf", "A paper")
    page = town.visitor().page("/public")
    assert "1 film, sound or other file" in page and "A paper" in page and "paper.pdf" not in page


def test_sensitive_pictures_wait_for_a_press(town: Town) -> None:
    post = people.post(town.services, people.remote(town.services, "nina"), "look", sensitive=True)
    attached(town, post, "https://far.example/cat.png", "image/png", "A cat asleep")
    page = town.visitor().page("/public")
    assert "Sensitive pictures" in page
    assert page.index('<summary class="veil">') < page.index("/media/attachments/")


def test_custom_emojis_are_pictures_from_here_and_never_inside_a_tag(town: Town) -> None:
    emojis = [{"shortcode": "blob", "url": "https://far.example/blob.png"}, {"shortcode": "http", "url": "nonsense"}]
    nina = people.remote(town.services, "nina", display_name="Nina :blob: <b>", emojis=emojis[:1])
    content = '<p>so :blob: and :nope: <a href="https://far.example/?a=:blob:">x</a></p>'
    post = people.post(town.services, nina, "so", emojis=emojis)
    with town.services.db.write() as session:
        session.execute(update(PostRow).where(PostRow.pk == post.pk).values(content=content))
    page = town.visitor().get("/public").text
    assert page.count('<img class="emoji" src="https://ostiary.example/media/emojis/') == 2
    assert "?a=:blob:" in page
    assert "Nina <img" in page
    assert "&lt;b&gt;" in page
    assert ":nope:" in page


def test_no_page_has_inline_scripts_or_styles_and_the_policy_forbids_them(town: Town, ana: AccountRow) -> None:
    post = town.writes(ana, "hello")
    visitor = town.at_home(ana)
    for path in ("/home", "/", "/settings", f"/@ana/{post.id}", "/about", "/about/model", "/compose"):
        answer = visitor.get(path)
        if answer.status_code == 302:
            continue
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "style=" not in answer.text
        assert " on" + "click" not in answer.text
        assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/@nobody", "/@nobody/1", "/@ana/99999999999999999999999", "/@ana/abc", "/posts/-1", "/posts/%00", "/tags/" + "x" * 999,
        "/@%00", "/@a@b@c", "/news/else", "/held/1", "/report/post/1", "/language/xx", "/welcome/none", "/@ana/1/2/3",
        "/public?max_id=abc", "/public?min_id=99999999999999999999999", "/search?q=%00%00", "/search?q=" + "x" * 5000,
        "/sign-up?invitation=none", "/compose?in_reply_to=abc", "/search?q=https://", "/search?q=@", "/search?q=%25_",
    ],
)  # fmt: skip
def test_odd_addresses_never_break_a_page(town: Town, ana: AccountRow, path: str) -> None:
    for visitor in (town.visitor(), town.at_home(ana)):
        assert visitor.get(path).status_code in (200, 302, 308, 404, 422)


@pytest.mark.parametrize("field", ["text", "warning", "language", "visibility", "reply_to_id", "key"])
@pytest.mark.parametrize("value", ["\x00", "￿" * 300, "-1", "9" * 40, "<script>", "🦊" * 3000])
def test_odd_fields_never_break_the_box(town: Town, ana: AccountRow, field: str, value: str) -> None:
    answer = town.at_home(ana).post("/compose", **{"text": "hello", field: value})
    assert answer.status_code in (200, 302, 404, 422)
