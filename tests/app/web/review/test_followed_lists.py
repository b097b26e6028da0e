"""The pages of lists that are followed: followed, looked at, agreed to, left."""

from __future__ import annotations

from app.federation.wire.twins import FakeWeb, Page
from moderation.domains import list_rules
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


def test_bad_wishes_are_refused_and_keep_what_was_typed(town: Town, lea: Visitor) -> None:
    for changed in ({"url": "http://lists.example/x"}, {"together": "many"}, {"together": "0"}, {"excludes": "a b/c"}):
        answer = lea.post(HOME, on=HOME, **(FORM | changed))
        assert answer.status_code == 422 and "The neighbours" in answer.text and "doesn’t fit" in answer.text
