"""Queues on pages: made and ordered by leads, chosen by everybody, closed to who hasn't the role."""

from __future__ import annotations

import pytest

from app.reviewing import queues
from moderation.queues import keeping
from moderation.queues.values import Queue
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
NEW = "/review/queues/new"


def make(town: Town, lead: Visitor, name: str, **fields: object) -> Queue:
    """Through the page; its cases have followed."""
    assert lead.post(NEW, on=NEW, name=name, **({"required_role": "reviewer"} | fields)).status_code == 302
    queues.drain(town.services, 500)
    with town.services.db.read() as session:
        return next(each for each in keeping.live(session) if each.name == name)


def test_a_lead_sees_how_many_would_go_there_before_anything_changes(town: Town, lea: Visitor, desk: Desk) -> None:
    case = desk.case_of(desk.held())
    page = lea.post(NEW, on=NEW, name="Hatred", category="hate", required_role="reviewer", what="look")
    assert "1 case that waits would go there." in page.text
    assert "Nothing has changed yet." in page.text
    assert desk.case_of_id(case.id).queue_id is None
    one = make(town, lea, "Hatred", category="hate")
    assert desk.case_of_id(case.id).queue_id == one.id
    listed = lea.page("/review/queues")
    assert "Hatred" in listed
    assert "1 waiting" in listed


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(lea: Visitor) -> None:
    page = lea.post(NEW, on=NEW, name="Far", domains="not/a/domain", required_role="reviewer")
    assert page.status_code == 422
    assert "That doesn’t fit" in page.text
    assert "not/a/domain" in page.text
    assert lea.post(NEW, on=NEW, name="Far", required_role="admin").status_code == 422
    assert lea.post(NEW, on=NEW, name="Far", required_role="reviewer", due_hours="soon").status_code == 422


def test_the_next_case_comes_from_the_chosen_queue_and_the_choice_is_remembered(
    town: Town, lea: Visitor, rita: Visitor, desk: Desk
) -> None:
    held = desk.case_of(desk.held())
    reported = desk.reported(town.member("ana"), town.writes(town.member("ben"), "good morning everybody"))
    make(town, lea, "Hatred", category="hate")
    rita.post("/review/queues/choose", on="/review", queue="rest")
    assert rita.post("/review/next", on="/review").location.endswith(f"/review/case/{reported.id}")
    page = rita.page("/review")
    assert f'href="/review/case/{held.id}"' not in page
    rita.post(f"/review/case/{reported.id}/decide", on="/review", action="no_action", version=reported.version, stay=1)
    assert rita.post("/review/next", on="/review").location.endswith("/review/start")
    assert "Nothing else waits in “the rest”" in rita.page("/review/start")


def test_a_case_of_a_queue_for_moderators_is_closed_to_a_reviewer_everywhere(
    town: Town, lea: Visitor, rita: Visitor, mo: Visitor, desk: Desk
) -> None:
    case = desk.case_of(desk.held())
    make(town, lea, "Hatred", category="hate", required_role="moderator")
    assert rita.get(f"/review/case/{case.id}").status_code == 403
    assert rita.post(f"/review/case/{case.id}/claim", on="/review").status_code == 403
    decided = rita.post(f"/review/case/{case.id}/decide", on="/review", action="approve", version=case.version)
    assert decided.status_code == 403
    assert rita.post("/review/next", on="/review").location.endswith("/review/start")
    assert f"/review/case/{case.id}" not in rita.page("/review")
    assert mo.post("/review/next", on="/review").location.endswith(f"/review/case/{case.id}")
    rest = desk.reported(town.member("ana"), town.writes(town.member("ben"), "good morning everybody"))
    assert rita.post("/review/next", on="/review").location.endswith(f"/review/case/{rest.id}"), "the rest is hers"


def test_what_a_queue_hides_is_neither_offered_nor_taken(town: Town, lea: Visitor, mo: Visitor, desk: Desk) -> None:
    post = desk.held()
    case = desk.case_of(post)
    make(town, lea, "Careful", hide="remove")
    page = mo.page(f"/review/case/{case.id}")
    assert 'value="remove"' not in page.split('data-panel="m"')[0]
    assert "This queue leaves some decisions to others" in page
    refused = mo.post(f"/review/case/{case.id}/decide", on="/review", action="remove", version=case.version)
    assert refused.status_code == 422
    assert "can’t be decided in this case’s queue" in refused.text
    assert desk.now(post).state.value == "held"


def test_an_author_reads_how_the_hold_ends_by_itself(town: Town, lea: Visitor, desk: Desk) -> None:
    make(town, lea, "Hatred", category="hate", ageing="limited", ageing_hours=48)
    author = town.member("mallory")
    post = desk.held(by=author)
    page = town.at_home(author).page(f"/held/{post.id}")
    assert "If nobody has read it in 48 hours (" in page
    assert "it is let in, off the public timelines." in page


def test_a_queue_that_never_gets_a_case_says_which_other_takes_them(town: Town, lea: Visitor) -> None:
    make(town, lea, "Hatred", category="hate")
    make(town, lea, "English hatred", category="hate", languages="en")
    page = lea.page("/review/queues")
    assert page.count("It never gets a case") == 1
    assert "“Hatred”, asked before it, takes all of them" in page


def test_queues_are_moved_and_retired(town: Town, lea: Visitor) -> None:
    first, second = make(town, lea, "one"), make(town, lea, "two")
    lea.post(f"/review/queues/{second.id}", on="/review/queues", what="up")
    page = lea.page("/review/queues")
    assert page.index("<b>two</b>") < page.index("<b>one</b>")
    lea.post(f"/review/queues/{first.id}", on="/review/queues", what="retire")
    assert "<b>one</b>" not in lea.page("/review/queues")
    assert lea.get(f"/review/queues/{first.id}").status_code == 404
