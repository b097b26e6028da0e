"""A moderator's day on the pages, without scripts: claim, decide, undo, and being second."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.posts import admission, edit
from app.posts.edit import EditRequest
from app.posts.tables import PostState
from moderation.cases import claims
from moderation.cases.tables import CaseSubjectRow
from moderation.values import CaseState
from tests.app.people import draft, remote, told
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import HATEFUL, SPAM, Desk

pytestmark = pytest.mark.one_database
UNDO = 'action="/review/undo" data-undo'


def decide(visitor: Visitor, number: int, subject: str, action: str, **fields: object):  # type: ignore[no-untyped-def]
    """Press a button of the case's form."""
    where = f"/review/case/{number}"
    return visitor.post(f"{where}/decide", on=where, action=action, subject=subject, **fields)


def test_the_case_says_why_before_it_shows_what(mo: Visitor, desk: Desk) -> None:
    post = desk.held()
    page = mo.page(f"/review/case/{desk.case_of(post).id}")
    why, what, marked = page.index("Why it is here"), page.index("perhaps hatred"), page.index("<mark>vermin</mark>")
    assert why < what < marked
    assert "Very likely hatred." in page
    assert "Its author is a member here and waits." in page


def test_what_a_case_quotes_is_read_with_it(town: Town, mo: Visitor, ana: AccountRow, desk: Desk) -> None:
    quoted = town.writes(ana, "the ferry left without the bicycles")
    mallory = town.member("mallory")
    page = mo.page(f"/review/case/{desk.case_of(town.writes(mallory, HATEFUL, quoted_id=quoted.id)).id}")
    assert "the ferry left without the bicycles" in page[page.index("What it is about") :]


def test_what_is_let_in_stands_at_the_top_of_the_timeline(
    town: Town, mo: Visitor, ana: AccountRow, desk: Desk, clock: FrozenClock
) -> None:
    post = desk.held("what he said: they are vermin")
    clock.move(timedelta(minutes=9))
    town.writes(ana, "the tram was late again")
    case = desk.case_of(post)
    answer = decide(mo, case.id, post.uri, "approve", version=case.version)
    assert answer.status_code == 302
    assert desk.now(post).state is PostState.PUBLISHED
    timeline = town.visitor().page("/public")
    assert timeline.index("what he said") < timeline.index("the tram was late")


def test_after_a_decision_the_next_case_is_claimed(mo: Visitor, desk: Desk, ben: AccountRow) -> None:
    first, second = desk.held(), desk.held("vermin, the lot", by=ben)
    answer = decide(mo, desk.case_of(first).id, first.uri, "approve")
    other = desk.case_of(second)
    assert answer.headers["Location"] == f"/review/case/{other.id}"
    assert other.claimed_by == "mo"
    assert "Nobody but you has it" in mo.page(f"/review/case/{other.id}")


def test_a_refused_author_reads_the_words_that_the_moderator_saw(town: Town, mo: Visitor, desk: Desk) -> None:
    mallory = town.member("mallory")
    post = desk.held(by=mallory)
    case = desk.case_of(post)
    assert "This breaks rule 2 of this house" in mo.page(f"/review/case/{case.id}")
    decide(mo, case.id, post.uri, "remove", rule_remove="2", reason_remove="Not like this.", version=case.version)
    assert desk.now(post).state is PostState.REJECTED
    assert "moderation_warning" in [str(kind) for kind in told(town.services, mallory.id)]


def test_a_decision_is_undone_and_the_case_is_open_again(mo: Visitor, desk: Desk) -> None:
    post = desk.held()
    case = desk.case_of(post)
    decide(mo, case.id, post.uri, "approve", version=case.version)
    assert desk.now(post).state is PostState.PUBLISHED
    answer = mo.post("/review/undo", on="/review")
    assert answer.headers["Location"] == f"/review/case/{case.id}"
    assert desk.case_of(post).state is CaseState.OPEN
    assert desk.now(post).state is not PostState.PUBLISHED


def test_undo_is_there_on_decided_cases_and_on_what_a_colleague_works_on(town: Town, mo: Visitor, desk: Desk) -> None:
    decided = desk.case_of(desk.held())
    another = desk.case_of(desk.held("vermin, the lot", by=town.member("nell")))
    decide(mo, decided.id, decided.uri, "approve", version=decided.version)
    with town.services.db.write() as session:
        claims.release(session, another.id, "mo", town.services.clock.now())
        claims.take(session, another.id, "cleo", town.services.clock.now())
    assert UNDO in mo.page(f"/review/case/{decided.id}")
    page = mo.page(f"/review/case/{another.id}")
    assert "is working on it" in page and UNDO in page


def test_undo_with_nothing_to_undo_says_so(mo: Visitor, desk: Desk) -> None:
    answer = mo.post("/review/undo", on="/review/decided")
    assert answer.status_code == 404


def test_an_older_decision_is_taken_back_with_a_reason(mo: Visitor, desk: Desk, clock: FrozenClock) -> None:
    post = desk.held()
    case = desk.case_of(post)
    decide(mo, case.id, post.uri, "approve", version=case.version)
    clock.move(timedelta(hours=3))
    listed = mo.page("/review/decided")
    assert "let in" in listed
    assert mo.post("/review/decisions/1/reverse", on="/review/decided", reason=" ").status_code == 422
    assert mo.post("/review/decisions/1/reverse", on="/review/decided", reason="I misread it").status_code == 302
    assert desk.case_of(post).state is CaseState.OPEN
    assert mo.post("/review/decisions/1/reverse", on="/review/decided", reason="again").status_code == 409


def test_the_second_of_two_is_told_who_has_it(town: Town, mo: Visitor, rita: Visitor, desk: Desk) -> None:
    post = desk.held()
    case = desk.case_of(post)
    where = f"/review/case/{case.id}"
    assert mo.post(f"{where}/claim", on=where).status_code == 302
    refused = rita.post(f"{where}/claim", on="/review/start")
    assert refused.status_code == 409
    assert "@mo has this case for another 5 min" in refused.text
    assert "is working on it" in rita.page(where)


def test_the_second_decision_is_refused_and_what_was_typed_is_kept(
    town: Town, mo: Visitor, rita: Visitor, desk: Desk
) -> None:
    post = desk.held()
    case = desk.case_of(post)
    token_page = f"/review/case/{case.id}"
    rita.page(token_page)
    decide(mo, case.id, post.uri, "remove", version=case.version)
    refused = rita.post(
        f"{token_page}/decide",
        on="/review/start",
        action="approve",
        subject=post.uri,
        version=case.version,
        note="reads like a quotation",
    )
    assert refused.status_code == 409
    assert "@mo decided this case" in refused.text
    assert "reads like a quotation" in refused.text
    assert desk.now(post).state is PostState.REJECTED


def test_a_decision_on_words_that_were_edited_meanwhile_is_refused(town: Town, mo: Visitor, desk: Desk) -> None:
    mallory = town.member("mallory")
    post = desk.held(by=mallory)
    case = desk.case_of(post)
    edit.edit(town.services, mallory.id, post.id, EditRequest(text="vermin, I say it again"))
    refused = decide(mo, case.id, post.uri, "approve", version=case.version, note="fine by me")
    assert refused.status_code == 409
    assert "what you read isn’t what it says now" in refused.text
    assert "fine by me" in refused.text
    assert "<del>" in refused.text
    assert "again</ins>" in refused.text
    assert desk.now(post).state is not PostState.PUBLISHED


def test_the_claim_renews_itself_for_a_script(mo: Visitor, desk: Desk, clock: FrozenClock) -> None:
    case = desk.case_of(desk.held())
    where = f"/review/case/{case.id}"
    token = mo.token(where)
    headers = mo.headers | {"Accept": "application/json", "X-CSRFToken": token, "Referer": "https://ostiary.example/"}
    for _ in range(2):
        answer = mo.client.post(f"{where}/claim", base_url="https://ostiary.example", headers=headers)
        assert answer.get_json()["seconds"] == 300
        clock.move(timedelta(minutes=4))
    clock.move(timedelta(minutes=2))
    assert "Nobody but you" not in mo.page(where)


def test_next_gives_the_case_back_and_goes_down_the_queue(mo: Visitor, desk: Desk, ben: AccountRow) -> None:
    posts = [desk.held(), desk.held("vermin, the lot", by=ben)]
    numbers = {desk.case_of(post).id for post in posts}
    seen = []
    answer = mo.post("/review/next", on="/review/start")
    for _ in range(2):
        number = int(answer.headers["Location"].rpartition("/")[2])
        seen.append(number)
        answer = mo.post("/review/next", on=f"/review/case/{number}", leave=number)
    assert set(seen) == numbers
    held = [desk.case_of(post).claimed_by for post in posts]
    assert sorted(str(one) for one in held) == ["None", "mo"]


def test_whoever_holds_a_case_goes_on_with_it(mo: Visitor, desk: Desk, ben: AccountRow) -> None:
    first = desk.case_of(desk.held())
    desk.held("vermin, the lot", by=ben)
    mo.post(f"/review/case/{first.id}/claim", on=f"/review/case/{first.id}")
    assert f"<h1>Case {first.id}</h1>" in mo.page("/review")
    assert mo.post("/review/next", on="/review/start").headers["Location"] == f"/review/case/{first.id}"


def test_a_wave_is_one_case_and_goes_with_one_press(mo: Visitor, desk: Desk) -> None:
    case = desk.wave()
    page = mo.page(f"/review/case/{case.id}")
    assert "look-alikes" in page
    decide(mo, case.id, case.uri, "spam", version=case.version, wave="1")
    uris = [f"https://promo{n % 3}.example/users/winner{n}/statuses/1" for n in range(8)]
    assert desk.states(uris) <= {"rejected", "withdrawn"}


def test_who_is_unticked_in_a_wave_keeps_waiting(mo: Visitor, desk: Desk) -> None:
    case = desk.wave()
    page = mo.page(f"/review/case/{case.id}")
    uris = [f"https://promo{n % 3}.example/users/winner{n}/statuses/1" for n in range(8)]
    assert all(f'name="member" value="{uri}"' in page for uri in uris)
    spared = next(uri for uri in uris if uri != case.uri)
    ticked = [uri for uri in uris if uri != spared]
    decide(mo, case.id, case.uri, "spam", version=case.version, wave="1", shown=uris, member=ticked)
    assert desk.states([spared]) == {"held"}
    assert desk.states(ticked) <= {"rejected", "withdrawn"}


def with_a_past(town: Town, count: int, language: str = "en") -> list[str]:
    """Copies of the desk's wave, by accounts that were made three years ago."""
    made = town.services.clock.now() - timedelta(days=1100)
    senders = [remote(town.services, f"old{n}", "elder.example", published_at=made) for n in range(count)]
    drafts = [draft(town.services, each, SPAM.format(77), language=language) for each in senders]
    admission.admit(town.services, drafts)
    return [each.uri for each in drafts]


def test_people_with_a_past_are_unticked_in_a_wave_and_say_why(town: Town, mo: Visitor, desk: Desk) -> None:
    number = desk.wave().id
    spared = with_a_past(town, 2)
    page = mo.page(f"/review/case/{number}")
    assert page.count('class="like odd"') == 2
    for uri in spared:
        assert re.search(rf'name="member" value="{uri}" id="m[12]"><', page), "unticked, and before the others"
    assert "account of 3 yr" in page
    assert "Clear 8 posts as spam" in page
    case = desk.case_of_id(number)
    decide(mo, case.id, case.uri, "spam", version=case.version, wave="1", shown=[case.uri, *spared], member=[case.uri])
    assert desk.states(spared) == {"held"}


def test_another_language_stands_out_of_a_wave(town: Town, mo: Visitor, desk: Desk) -> None:
    case = desk.wave()
    with town.services.db.write() as session:
        session.execute(update(CaseSubjectRow).where(CaseSubjectRow.case_id == case.id).values(language="en"))
    with_a_past(town, 1, "fr")
    assert "in French, the others in English" in mo.page(f"/review/case/{case.id}")


def test_more_than_a_page_shows_stand_out_unticked_until_all_of_them_are_meant(
    town: Town, mo: Visitor, desk: Desk
) -> None:
    number = desk.wave().id
    odd = with_a_past(town, 43)
    page = mo.page(f"/review/case/{number}")
    assert "and 3 more that stand out like that, unticked" in page
    assert "Take all 43 along that stand out, shown here or not" in page
    case = desk.case_of_id(number)
    where, shown = f"/review/case/{number}", re.findall(r'name="shown" value="([^"]+)"', page)
    ticked = [uri for uri in shown if uri not in odd]
    fields = {"version": case.version, "shown": shown, "member": ticked}
    assert "8 posts are refused, or taken away" in mo.post(f"{where}/macro/1", on=where, **fields).text
    preview = mo.post(f"{where}/macro/1", on=where, all_that_stand_out="1", **fields).text
    assert "51 posts are refused, or taken away" in preview
    assert 'name="all_that_stand_out" value="1"' in preview
    decide(mo, number, case.uri, "spam", wave="1", all_that_stand_out="1", **fields)
    assert desk.states(odd) == {"rejected"}


def test_an_escalated_case_leaves_with_its_note(mo: Visitor, desk: Desk) -> None:
    post = desk.held()
    where = f"/review/case/{desk.case_of(post).id}"
    mo.post(f"{where}/escalate", on=where, note_escalate="a journalist, I think")
    case = desk.case_of(post)
    assert case.state is CaseState.ESCALATED
    page = mo.page(where)
    assert "a journalist, I think" in page


def test_a_case_is_meant_for_a_colleague_and_nobody_else(town: Town, mo: Visitor, desk: Desk) -> None:
    nils, ola = town.member("nils", Role.REVIEWER), town.member("ola")
    where = f"/review/case/{desk.case_of(desk.held()).id}"
    assert f'value="{nils.id}">@nils<' in mo.page(where) and f'value="{ola.id}"' not in mo.page(where)
    assert mo.post(f"{where}/assign", on=where, to_number=nils.id).status_code == 302
    assert "Meant for @nils." in mo.page(where)
    assert mo.post(f"{where}/assign", on=where, to="@nils").status_code == 302
    assert mo.post(f"{where}/assign", on=where, to="ola").status_code == 422
    assert "Give it to somebody" not in town.at_home(town.member("rae", Role.REVIEWER)).page(where)


def test_a_report_that_is_left_as_it_is_gets_its_answer(
    town: Town, mo: Visitor, ana: AccountRow, ben: AccountRow, desk: Desk
) -> None:
    post = town.writes(ben, "I like my soup with tomatoes")
    case = desk.reported(ana, post, "tomatoes!")
    page = mo.page(f"/review/case/{case.id}")
    assert "“tomatoes!”" in page
    assert "nothing of theirs decided yet" in page
    assert 'value="no_action"' in page
    decide(mo, case.id, post.uri, "no_action", version=case.version)
    assert desk.now(post).state is PostState.PUBLISHED
    assert "left as it is" in town.at_home(ana).page("/reports")


def test_an_account_is_suspended_by_a_form_and_never_by_one_press(town: Town, mo: Visitor, desk: Desk) -> None:
    post = desk.held()
    case = desk.case_of(post)
    assert decide(mo, case.id, post.uri, "account", version=case.version).status_code == 422
    answer = decide(mo, case.id, post.uri, "account", measure="suspend", term="7d", version=case.version)
    assert answer.status_code == 302
    with town.services.db.read() as session:
        from app.accounts.tables import ActorRow

        assert session.get_one(ActorRow, post.actor_id).suspended_at is not None


def test_a_freeze_cant_be_asked_for_somebody_elsewhere(mo: Visitor, desk: Desk) -> None:
    case = desk.wave()
    refused = decide(mo, case.id, case.uri, "account", measure="freeze", version=case.version)
    assert refused.status_code == 422
    assert desk.case_of_id(case.id).state is CaseState.OPEN


def test_an_unknown_action_is_refused(mo: Visitor, desk: Desk) -> None:
    post = desk.held()
    case = desk.case_of(post)
    for action in ("", "explode", "domain"):
        assert decide(mo, case.id, post.uri, action, version=case.version).status_code == 422
    assert desk.case_of(post).state is CaseState.OPEN
