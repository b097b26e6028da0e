"""The pages of legal notices, visited without an account."""

from __future__ import annotations

import re

from sqlalchemy import select

from app.notifications.tables import MailRow
from tests.app import people
from tests.app.web.conftest import Town

WHY = "This insults the baker of our town by name, section 185."


def test_a_visitor_gives_a_notice_confirms_it_and_reads_its_number(town: Town) -> None:
    post = people.post(town.services, people.remote(town.services, "mallory"))
    visitor = town.visitor()
    fields = {"kind": "other", "urls": post.uri, "explanation": WHY, "name": "Vera", "email": "vera@mail.example"}
    answer = visitor.post("/legal", **fields, bona_fide="1")
    assert "look into your mail" in answer.text
    with town.services.db.read() as session:
        text = session.scalars(select(MailRow.text)).one()
    path = re.search(r"https://ostiary\.example(/legal/confirm/\S+)", text)[1]  # type: ignore[index]
    assert WHY in visitor.page(path)
    receipt = visitor.post(path).headers["Location"]
    page = visitor.page(receipt)
    assert "We mean to decide by" in page and "It waits for a person." in page and "Vera" not in page


def test_what_is_missing_is_said_and_what_was_typed_stays(town: Town) -> None:
    answer = town.visitor().post("/legal", kind="other", urls="https://elsewhere.example/1", explanation=WHY)
    assert answer.status_code == 422 and 'role="alert"' in answer.text and WHY in answer.text


def test_a_link_that_we_didnt_write_leads_nowhere(town: Town) -> None:
    visitor = town.visitor()
    assert visitor.get("/legal/confirm/abc").status_code == 422 and visitor.get("/legal/abc").status_code == 422


def test_every_page_leads_to_the_form(town: Town) -> None:
    assert 'href="/legal"' in town.visitor().page("/about")
