"""Who leads reads what was done; it says by whom, and what can't be seen was emptied."""

from __future__ import annotations

import json

from app.accounts.tables import Role
from moderation.log import chain
from tests.app.web.review.conftest import Desk


def test_what_staff_did_stands_in_the_log(desk: Desk) -> None:
    town = desk.town
    case = desk.case_of(desk.held())
    mo = town.at_home(town.member("mo", Role.MODERATOR))
    assert mo.post(f"/review/case/{case.id}/claim", on="/review").status_code == 302
    answer = mo.post(
        f"/review/case/{case.id}/decide", on=f"/review/case/{case.id}", action="approve", scope="subject", version="1"
    )
    assert answer.status_code in (200, 302), answer.text
    assert mo.post("/review/undo", on="/review/decided").status_code == 302
    lead = town.at_home(town.member("lee", Role.LEAD))
    page = lead.page("/review/log")
    assert "Decided a case" in page
    assert "Took a decision back" in page
    assert "@mo" in page
    assert "Decided a case" not in lead.page("/review/log?verb=reversed").split("</form>")[-1]
    lines = [json.loads(line) for line in lead.get("/review/log.jsonl").text.splitlines()]
    assert [line["verb"] for line in lines] == ["decided", "reversed", "log_exported"]
    assert lines[1]["prev_hash"] == lines[0]["hash"]


def test_an_emptied_event_says_so_and_bad_filters_are_no_error(desk: Desk) -> None:
    services = desk.town.services
    with services.db.write() as session:
        chain.append(session, "mo", "held_less", "policy", {"until": "tomorrow"}, services.clock.now())
    with services.db.write() as session:
        chain.redact(session, 1, "ada", services.clock.now(), "asked for")
    lead = desk.town.at_home(desk.town.member("lee", Role.LEAD))
    page = lead.page("/review/log?before=x&verb=")
    assert "was emptied" in page
    assert "tomorrow" not in page
    assert "Nothing like it" in lead.page("/review/log?actor=nobody&before=99999999999999999999")
