"""The pages of lists that are followed: followed, looked at, agreed to, left."""

from __future__ import annotations

from app.federation.wire.twins import FakeWeb, Page
from moderation.domains import editing, list_rules
from moderation.values import Severity
from tests.app.web.conftest import Town, Visitor

URL = "https://lists.example/blocks.csv"
LIST = "domain,severity,public_comment\nbad.example,suspend,<b>spam</b>\nloud.example,silence,\ncom,suspend,\n"
HOME = "/review/domains/lists"
FORM: dict[str, object] = {
    "name": "The neighbours’ list",
    "url": URL,
    "priority": "0",
    "together": "1",
    "spare_followed": "1",
}


def _follows(lea: Visitor) -> str:
    """The page of the list that she follows from now on."""
    return str(lea.post(HOME, on=HOME, **FORM).headers["Location"])


def test_a_lead_follows_a_list_looks_and_agrees(town: Town, lea: Visitor) -> None:
    assert isinstance(town.services.fetcher, FakeWeb)
    town.services.fetcher.pages[URL] = Page(LIST.encode(), "text/csv")
    page = lea.get(_follows(lea)).text
    assert "2 rules would change" in page and "bad.example" in page
    assert "<b>spam" not in page and "&lt;b&gt;spam" in page
    with town.services.db.read() as session:
        assert list_rules(session) == []
    seen = page.split('name="seen" value="')[1].split('"')[0]
    lea.post("/review/domains/lists/agree", on=HOME, seen=seen, answer="agree")
    done = lea.page(HOME)
    assert "2 rules have changed" in done and "all that the lists say" in done
    assert "The neighbours’ list" in lea.get("/review/domains/sub.bad.example").text
    again = lea.post("/review/domains/lists/agree", on=HOME, seen="0" * 16, answer="agree")
    assert again.status_code == 409


def test_what_is_ticked_is_left_for_good_and_a_broken_list_says_so(town: Town, lea: Visitor) -> None:
    assert isinstance(town.services.fetcher, FakeWeb)
    town.services.fetcher.pages[URL] = Page(LIST.encode(), "text/csv")
    address = _follows(lea)
    lea.post("/review/domains/lists/agree", on=HOME, answer="decline", domain=["bad.example"])
    assert "1 rule would change" in lea.get("/review/domains/lists").text
    town.services.fetcher.pages[URL] = Page(b"<html>", "text/plain")
    lea.post(f"{address}/ask", on=address)
    assert "names nothing" in lea.get(address).text
    lea.post(f"{address}/unfollow", on=address, rules="lift")
    assert lea.get(address).status_code == 404


def test_what_is_left_out_for_a_parents_sake_or_an_excluded_server_is_shown_with_why(town: Town, lea: Visitor) -> None:
    assert isinstance(town.services.fetcher, FakeWeb)
    with town.services.db.write() as session:
        editing.set_rule(session, "spam.example", Severity.SUSPEND, "mo", town.services.clock.now())
    rows = "domain,severity\nwww.spam.example,silence\nparent.example,suspend\n"
    town.services.fetcher.pages[URL] = Page(rows.encode(), "text/csv")
    answer = lea.post(HOME, on=HOME, **(FORM | {"excludes": "good.parent.example"}))
    page = lea.get(str(answer.headers["Location"])).text
    assert "1 word of the lists is not followed: the house said otherwise" in page
    assert "www.spam.example" in page and "<small>spam.example</small>" in page
    assert "1 word of the lists is not followed: it covers what no list may touch" in page
    taken = lea.post("/review/domains/import", on="/review/domains", list=rows).text
    assert "1 rule would be set" in taken and "<small>spam.example</small>" in taken


def test_bad_wishes_are_refused_and_keep_what_was_typed(town: Town, lea: Visitor) -> None:
    for changed in (
        {"url": "http://lists.example/x"},
        {"together": "many"},
        {"together": "0"},
        {"excludes": "a b/c"},
        {"at_most": "allow"},
    ):
        answer = lea.post(HOME, on=HOME, **(FORM | changed))
        assert answer.status_code == 422 and "The neighbours" in answer.text and "doesn’t fit" in answer.text


def test_rows_that_cannot_be_read_are_shown_with_what_stays_for_them_and_a_lead_lifts_it_all_the_same(
    town: Town, lea: Visitor
) -> None:
    assert isinstance(town.services.fetcher, FakeWeb)
    town.services.fetcher.pages[URL] = Page(b"bad.example\nloud.example\n", "text/plain")
    address = _follows(lea)
    page = lea.get(address).text
    assert "can’t be read" not in page
    lea.post("/review/domains/lists/agree", on=HOME, seen=_seen(page), answer="agree")
    town.services.fetcher.pages[URL] = Page(b"loud.example\nb&d <b>\n", "text/plain")
    lea.post(f"{address}/ask", on=address)
    page = lea.get(address).text
    assert "1 row can’t be read" in page and "b&amp;d &lt;b&gt;" in page and "1 server stays only for that" in page
    assert "1 row can’t be read: what it may name stays" in lea.get(HOME).text
    stale = lea.post(f"{address}/doubtful", on=address, seen="0" * 16)
    assert stale.status_code == 409 and "have changed since" in stale.text
    lea.post(f"{address}/doubtful", on=address, seen=_seen(page))
    after = lea.page(address)
    assert "1 rule is lifted" in after and "Nothing stays only for that now" in after
    with town.services.db.read() as session:
        assert [rule.domain for rule in list_rules(session)] == ["loud.example"]


def _seen(page: str) -> str:
    """What the first form of a page agrees to."""
    return page.split('name="seen" value="')[1].split('"', maxsplit=1)[0]
