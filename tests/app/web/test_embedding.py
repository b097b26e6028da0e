"""What pages elsewhere learn of posts and profiles here: oEmbed, OpenGraph, rel=me."""

from __future__ import annotations

from html import unescape
from urllib.parse import quote

import pytest

from app.accounts import profile
from app.accounts.profile import ProfileEdit
from app.accounts.tables import AccountRow
from moderation.values import Visibility
from tests.app.web.conftest import Town

BASE = "https://ostiary.example"


def _oembed(town: Town, url: str, **headers: str) -> tuple[int, dict[str, object]]:
    answer = town.visitor().get(f"/api/oembed?url={quote(url, safe='')}", **headers)
    return answer.status_code, answer.get_json()


def test_a_posts_page_names_its_oembed_which_is_the_post_without_scripts(town: Town, ana: AccountRow) -> None:
    post = town.writes(ana, "the light <script>over</script> the river")
    page = town.visitor().page(f"/@ana/{post.id}")
    assert f'property="og:url" content="{BASE}/@ana/{post.id}"' in page
    found = unescape(page.split('type="application/json+oembed" href="')[1].split('"')[0])
    told = town.visitor().get(found).get_json()
    assert (told["type"], told["version"], told["author_url"]) == ("rich", "1.0", f"{BASE}/@ana")
    assert "&lt;script&gt;" in told["html"] and "<script" not in told["html"] and "<iframe" not in told["html"]


def test_the_address_of_its_document_is_as_good_as_that_of_its_page(town: Town, ana: AccountRow) -> None:
    post = town.writes(ana, "the lock opens at six")
    assert _oembed(town, post.uri) == _oembed(town, f"{BASE}/@ana/{post.id}")


def test_behind_a_warning_only_the_warning_is_given_out(town: Town, ana: AccountRow) -> None:
    post = town.writes(ana, "what I saw tonight", warning="hospital")
    status, told = _oembed(town, f"{BASE}/@ana/{post.id}")
    assert status == 200 and "hospital" in str(told["html"]) and "tonight" not in str(told)


@pytest.mark.parametrize("visibility", [Visibility.FOLLOWERS, Visibility.DIRECT])
def test_what_is_not_for_everybody_is_not_given_out(town: Town, ana: AccountRow, visibility: Visibility) -> None:
    post = town.writes_to(ana, "soup at eight", visibility)
    assert _oembed(town, f"{BASE}/@ana/{post.id}")[0] == 404
    assert "json+oembed" not in town.at_home(ana).page(f"/@ana/{post.id}")


def test_a_held_post_and_other_addresses_are_not_there(town: Town, ana: AccountRow) -> None:
    held = town.writes(ana, "they are vermin, all of them")
    for url in (
        f"{BASE}/@ana/{held.id}",
        held.uri,
        f"https://far.example/@ana/{held.id}",
        BASE,
        "javascript:1",
        "",
        f"{BASE}/@ana/x",
    ):
        assert _oembed(town, url)[0] == 404


def test_a_members_own_links_say_that_they_are_theirs(town: Town, ana: AccountRow) -> None:
    profile.edit(town.services, ana.id, ProfileEdit(fields=(("Web", "https://ana.example/"),)))
    assert 'rel="me nofollow noopener noreferrer"' in town.visitor().page("/@ana")
