"""Quotes on pages: in a frame, written by a link, absent where the author doesn't want them."""

from __future__ import annotations

import re

from app.accounts.tables import AccountRow
from app.posts import delete
from app.quotes import inline
from tests.app import people
from tests.app.web.conftest import Town


def test_a_quote_is_written_by_its_link_and_stands_in_a_frame(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post = town.writes(ana, "the ferry left without the bicycles")
    visitor = town.at_home(ben)
    assert f'href="/compose?quote={post.id}"' in visitor.page(f"/@ana/{post.id}")
    page = visitor.page(f"/compose?quote={post.id}")
    assert "<h1>Quote</h1>" in page and "without the bicycles" in page
    answer = visitor.post("/compose", on=f"/compose?quote={post.id}", text="read this", quoted_id=str(post.id))
    assert answer.status_code == 302
    profile = town.visitor().page("/@ben")
    assert '<blockquote class="quote tight">' in profile and "without the bicycles" in profile
    assert "RE:" not in profile
    assert "quoted you" in town.at_home(ana).page("/notifications")


def test_who_wants_to_be_asked_finds_the_question_and_answers_it(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    hers, his = town.at_home(ana), town.at_home(ben)
    hers.post("/compose", text="the ferry left", visibility="public", quote_policy="manual")
    (number,) = re.findall(r'href="/compose\?quote=(\d+)"', his.page("/@ana"))
    for text in ("read this", "and this"):
        his.post("/compose", on=f"/compose?quote={number}", text=text, quoted_id=number)
    assert "its author is asked" in his.page("/@ben") and "the ferry left" not in his.page("/@ben")
    told = hers.page("/notifications")
    assert "asks to quote you" in told and 'href="/quote-requests"' in told
    first, second = re.findall(r'action="/quote-requests/(\d+)/allow"', hers.page("/quote-requests"))
    assert his.post(f"/quote-requests/{first}/allow", on="/home").status_code == 404
    hers.post(f"/quote-requests/{first}/allow", on="/quote-requests")
    assert "Declined" in hers.page(hers.post(f"/quote-requests/{second}/decline", on="/quote-requests").location)
    page = his.page("/@ben")
    assert page.count("the ferry left") == 1 and "doesn’t allow this quote" in page
    answer = his.post("/compose", on=f"/compose?quote={number}", text="us", quoted_id=number, visibility="followers")
    assert "they have to read it" in answer.text


def test_who_is_quoted_takes_it_back_where_it_stands(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post = town.writes(ana, "the ferry left without the bicycles")
    quoting = town.writes(ben, "read this", quoted_id=post.id)
    press = f"/posts/{quoting.id}/unquote"
    assert press not in town.at_home(ben).page("/@ben")
    town.at_home(ana).post(press, on="/@ben")
    page = town.visitor().page("/@ben")
    assert "The author of the quoted post took their leave back." in page and "bicycles" not in page
    assert town.at_home(ben).post(press, on="/home").status_code == 404


def test_a_deleted_post_leaves_a_sentence_in_its_frame(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    post = town.writes(ana, "the ferry left without the bicycles")
    town.writes(ben, "read this", quoted_id=post.id)
    delete.delete(town.services, ana.id, post.id)
    page = town.visitor().page("/@ben")
    assert "The quoted post was deleted." in page and "bicycles" not in page
    assert "Le message cité a été supprimé." in town.visitor("fr").page("/@ben")


def test_the_line_for_those_who_know_no_quotes_goes_with_its_link_alone() -> None:
    line, lie = (
        inline.line("https://far.example/1?a=b&c"),
        '<p class="quote-inline">and <a href="https://x.example">this</a></p>',
    )
    html = f"{line}<p>read this</p>{lie}"
    assert inline.without(html, ["https://far.example/1?a=b&c"]) == f"<p>read this</p>{lie}"
    assert inline.without(html, ["https://far.example/2", None]) == html


def test_buttons_that_would_do_nothing_are_absent(town: Town, ana: AccountRow) -> None:
    nothing: dict[str, list[str]] = {"automatic": [], "manual": []}
    terms = dict.fromkeys(("quote", "reply", "like", "announce"), nothing)
    cleo = people.remote(town.services, "cleo")
    post = people.post(town.services, cleo, "leave it alone", terms=terms)
    page = town.at_home(ana).page(f"/@cleo@far.example/{post.id}")
    assert "leave it alone" in page
    for absent in (f"/posts/{post.id}/like", f"/posts/{post.id}/boost", f"/compose?quote={post.id}", "reply_to_id"):
        assert absent not in page
    assert "The author doesn’t allow you to reply to this post." in page


def test_who_may_quote_is_a_choice_for_each_post_and_a_habit(town: Town, ana: AccountRow) -> None:
    visitor = town.at_home(ana)
    visitor.post("/settings/writing", on="/settings", default_quote_policy="nobody", default_visibility="public")
    visitor.post("/compose", text="the ferry left", visibility="public", quote_policy="nobody")
    other = town.at_home(town.member("dora"))
    assert "/compose?quote=" not in other.page("/@ana")
    assert '<option value="nobody" selected>' in visitor.page("/compose")
