"""The page of the house's emojis: uploaded, copied after a look, put away, and what pages show of them."""

from __future__ import annotations

import io

import pytest

from app.accounts.tables import Role
from app.federation.wire.twins import FakeWeb
from moderation.domains import editing
from moderation.values import Severity
from tests.app import people
from tests.app.web.conftest import Town, Visitor
from tests.support.pictures import hang, picture

pytestmark = pytest.mark.one_database
PAGE = "/review/emojis"
FAR = "https://far.example/blob.png"


@pytest.fixture
def ada(town: Town) -> Visitor:
    """An admin, signed in."""
    return town.at_home(town.member("ada", Role.ADMIN))


def upload(who: Visitor, name: str = "blob.png", body: bytes | None = None, **fields: str) -> int:
    file = (io.BytesIO(picture() if body is None else body), name)
    return who.post(f"{PAGE}/add", on=PAGE, file=file, **fields).status_code


def test_an_admin_uploads_one_and_it_stands_wherever_a_member_writes_it(town: Town, ada: Visitor) -> None:
    assert upload(ada, "blob-cat.png", category="Cats") == 302
    page = ada.page(PAGE)
    assert ":blob_cat:" in page and "Cats" in page and "Added an emoji" in ada.page("/review/log")
    town.writes(town.member("ana"), "so :blob_cat: <b>:blob_cat:</b>")
    shown = town.visitor().page("/@ana")
    assert shown.count('<img class="emoji" src="https://ostiary.example/media/house-emojis/') == 2
    number = page.split('id="emoji-')[1].split('"')[0]
    assert ada.post(f"{PAGE}/{number}/switch", on=PAGE).status_code == 302
    assert 'class="emoji"' not in town.visitor().page("/@ana")
    assert "/media/mine/" in ada.page(PAGE), "who may enable it sees it"
    assert ada.post(f"{PAGE}/{number}/switch", on=PAGE, shown="1").status_code == 302
    assert ada.post(f"{PAGE}/{number}/sort", on=PAGE, category="Animals").status_code == 302
    assert "Animals" in ada.page(f"{PAGE}?q=ANIM") and "none like that" in ada.page(f"{PAGE}?q=dog")
    assert ada.post(f"{PAGE}/{number}/remove", on=PAGE).status_code == 302
    assert "There is none yet" in ada.page(PAGE) and 'class="emoji"' not in town.visitor().page("/@ana")


def test_what_isn_t_taken_is_said_and_what_was_typed_stays(ada: Visitor) -> None:
    assert upload(ada, "blob.png", b"no picture", category="Cats") == 422
    assert ada.post(f"{PAGE}/add", on=PAGE, shortcode="blob").status_code == 422
    assert upload(ada) == 302 and upload(ada) == 422


def test_one_of_another_server_is_looked_at_and_copied(town: Town, ada: Visitor) -> None:
    web = town.services.fetcher
    assert isinstance(web, FakeWeb)
    hang(web, FAR)
    emojis = [{"shortcode": "blob", "url": FAR}]
    nina = people.remote(town.services, "nina", display_name="Nina :blob:", emojis=emojis)
    post = people.post(town.services, nina, "so :blob:", emojis=emojis)
    for address in (post.uri, f"https://ostiary.example/@nina@far.example/{post.id}", "@nina@far.example", nina.uri):
        page = ada.page(f"{PAGE}/elsewhere?address={address}")
        assert ":blob:" in page and 'src="https://ostiary.example/media/emojis/' in page
    assert web.asked == [], "a page fetches nothing by itself"
    given = {"address": "@nina@far.example", "code": "blob", "shortcode": "far_blob"}
    assert ada.post(f"{PAGE}/copy", on=PAGE, **given).status_code == 302
    page = ada.page(PAGE)
    assert ":far_blob:" in page and "copied from far.example" in page and web.asked == [FAR]
    assert ada.post(f"{PAGE}/copy", on=PAGE, **given | {"code": "other"}).status_code == 404
    assert ada.get(f"{PAGE}/elsewhere?address=@nobody@far.example").status_code == 404


def test_nothing_of_a_server_whose_media_are_kept_out_is_offered(town: Town, ada: Visitor) -> None:
    emojis = [{"shortcode": "blob", "url": "https://cdn.example/blob.png"}]
    people.remote(town.services, "nina", emojis=emojis)
    now = town.services.clock.now()
    with town.services.db.write() as session:
        editing.set_rule(session, "far.example", Severity.NOOP, by="ada", now=now, reject_media=True)
    assert ":blob:" not in ada.page(f"{PAGE}/elsewhere?address=@nina@far.example")
