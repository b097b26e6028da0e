"""The fourth of the first steps with lists as large as they are: kept between its two pages, taken by a few ticks."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.accounts.tables import Role
from app.instance import our_list
from app.web.review import list_uploads
from moderation import domains
from moderation.values import Severity
from tests.app.web.conftest import BASE, Town, Visitor

pytestmark = pytest.mark.one_database
PAGE = "/review/setup/blocklist"
HEAD = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
GROUP = re.compile(r'name="group" value="([^"]+)"')
KEPT = re.compile(r'name="kept" value="([^"]+)"')


@pytest.fixture
def ada(town: Town) -> Visitor:
    """The admin, signed in."""
    return town.at_home(town.member("ada", Role.ADMIN))


def rows(count: int, reasons: int) -> str:
    """A list as Mastodon exports it."""
    return HEAD + "".join(
        f"bad-server-number-{at}.example,suspend,true,false,Reason {at % reasons} of somebody who says why,false\n"
        for at in range(count)
    )


def choose(visitor: Visitor, text: str, page: str = PAGE, on: str = PAGE, **fields: str) -> TestResponse:
    """A file that is chosen in a form and sent, from memory."""
    values = {
        "csrf_token": visitor.token(on),
        "do": "read",
        "file": FileStorage(io.BytesIO(text.encode()), "list.csv"),
        **fields,
    }
    boundary, body = encode_multipart(values)
    kind, headers = f"multipart/form-data; boundary={boundary}", visitor.headers | {"Referer": BASE + on}
    return visitor.client.post(page, base_url=BASE, headers=headers, data=body, content_type=kind)


def ruled(town: Town) -> dict[str, Severity]:
    """The rules in force."""
    with town.services.db.read() as session:
        return {rule.domain: rule.severity for rule in domains.list_rules(session)}


def kept(page: str) -> str:
    """The name of the list that a page's form carries."""
    found = KEPT.search(page)
    assert found is not None, page[:3000]
    return found[1]


@pytest.mark.parametrize("count", [8_000, 20_000])
def test_a_list_of_thousands_is_read_and_set_and_the_second_form_carries_its_name_alone(
    town: Town, ada: Visitor, count: int
) -> None:
    read = choose(ada, rows(count, 3))
    assert read.status_code == 200, read.text[:500]
    groups = GROUP.findall(read.text)
    assert len(groups) == 3 and '<textarea name="list" hidden' not in read.text
    done = ada.post(PAGE, do="take", kept=kept(read.text), group=groups, suspend=groups[:1])
    assert done.status_code == 302, done.text[:500]
    rules = ruled(town)
    assert len(rules) == count and rules["bad-server-number-0.example"] is Severity.SUSPEND
    assert rules["bad-server-number-1.example"] is Severity.SILENCE


def test_of_thousands_of_reasons_the_largest_stand_alone_and_all_are_taken_by_one_tick(
    town: Town, ada: Visitor
) -> None:
    text = rows(1_300, 1_200) + "".join(f"spam{at}.example,silence,,,Spam,\n" for at in range(30))
    page = unescape(choose(ada, text).text)
    assert len(GROUP.findall(page)) == 14, "twelve and the others, and one of the silenced"
    assert "1,188 rarer reasons" in page and "All 1,276 of them" in page
    assert "bad-server-number-1199.example" in page and "spam29.example" in page, "each can be looked up"
    done = ada.post(PAGE, do="take", kept=kept(page), all=["suspend"], suspend_all="1")
    assert done.status_code == 302, done.text[:500]
    assert ruled(town) == {f"bad-server-number-{at}.example": Severity.SUSPEND for at in range(1_300)}


def test_rare_reasons_that_were_ticked_together_are_looked_at_again_when_one_is_left_alone(
    town: Town, ada: Visitor
) -> None:
    page = choose(ada, rows(40, 40)).text
    rare = GROUP.findall(page)[-1]
    answer = ada.post(PAGE, do="take", kept=kept(page), group=rare, excludes="bad-server-number-9.example")
    assert answer.status_code == 409 and "The groups have changed" in answer.text
    assert ruled(town) == {}
    assert ada.post(PAGE, do="take", kept=kept(page), group=rare, excludes="").status_code == 302
    assert len(ruled(town)) == 28


def test_a_wrong_exclude_keeps_the_list_and_says_so(town: Town, ada: Visitor) -> None:
    answer = choose(ada, rows(5, 1), excludes="https://friends.example/")
    page = unescape(answer.text)
    assert answer.status_code == 422 and "Your list is here still" in page and "https://friends.example/" in page
    again = ada.post(PAGE, do="read", kept=kept(page), excludes="bad-server-number-0.example").text
    assert "Reason 0" in again and "1 of its servers is one that no list may touch" in again


def test_a_list_that_is_kept_no_more_is_chosen_again_and_the_excludes_stay(town: Town, ada: Visitor) -> None:
    page = choose(ada, rows(5, 1)).text
    town.services.redis.flushall()
    answer = ada.post(PAGE, do="take", kept=kept(page), group=GROUP.findall(page), excludes="friends.example")
    assert answer.status_code == 410 and "choose it again" in answer.text and "friends.example" in answer.text
    assert ruled(town) == {}


def test_nobody_takes_a_list_that_somebody_else_chose(town: Town, ada: Visitor) -> None:
    name = kept(choose(ada, rows(5, 1)).text)
    bea = town.at_home(town.member("bea", Role.ADMIN))
    assert bea.post(PAGE, do="read", kept=name).status_code == 410


def test_a_list_beyond_the_bound_is_refused_with_it(town: Town, ada: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_uploads, "LONGEST_LIST", 1_000)
    answer = choose(ada, rows(100, 1), excludes="friends.example")
    assert answer.status_code == 422 and "at most 1,000 characters" in answer.text
    assert "friends.example" in answer.text
    over = choose(ada, "x" * (list_uploads.MOST_BYTES + 1))
    assert over.status_code == 413 and "larger than the 12 MB" in over.text


def test_a_list_of_thousands_goes_through_the_page_of_servers_too(town: Town, ada: Visitor) -> None:
    seen = choose(ada, rows(20_000, 3), "/review/domains/import", "/review/domains").text
    assert re.search("20,?000 rules would be set", seen)
    digest = seen.split('name="seen" value="')[1].split('"')[0]
    done = ada.post("/review/domains/import", on="/review/domains", kept=kept(seen), seen=digest, confirmed="1")
    assert done.status_code == 302 and len(ruled(town)) == 20_000


def test_what_no_list_may_touch_is_kept_for_the_next_list_and_for_the_page_of_servers(town: Town, ada: Visitor) -> None:
    choose(ada, rows(5, 1), excludes="bad-server-number-0.example")
    assert "bad-server-number-0.example</textarea>" in ada.page(PAGE)
    seen = ada.post("/review/domains/import", on="/review/domains", list=rows(5, 1)).text
    assert "4 rules would be set" in seen and "Left alone: no list may touch it" in seen
    choose(ada, rows(5, 1), excludes="")
    assert "bad-server-number-0.example</textarea>" not in ada.page(PAGE), "it can be taken off"


def test_a_wrong_exclude_is_named(ada: Visitor) -> None:
    answer = choose(ada, rows(5, 1), excludes="friends.example\nnot_a..name")
    assert "not_a..name: not a domain" in answer.text


def test_who_reads_our_list_is_chosen_and_somebody_elses_comments_are_published_by_a_tick_alone(
    town: Town, ada: Visitor
) -> None:
    page = choose(ada, rows(2, 1)).text
    [group] = GROUP.findall(page)
    ada.post(PAGE, do="take", kept=kept(page), group=group, readers="members")
    with town.services.db.read() as session:
        [one, _other] = domains.list_rules(session)
        assert our_list.readers(session) == {our_list.Reader.MEMBERS}
    assert (one.public_comment, one.private_comment) == ("", "Reason 0 of somebody who says why")
    assert town.visitor().get("/about/blocks").status_code != 200 or "Reason 0" not in town.visitor().page(
        "/about/blocks"
    )
    page = choose(ada, rows(2, 1)).text
    ada.post(PAGE, do="take", kept=kept(page), group=group, readers="everybody", comments="1")
    assert "Reason 0" in town.visitor().page("/about/blocks")
