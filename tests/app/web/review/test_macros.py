"""Macros at the desk, without scripts: chosen, previewed, done, undone, and written by leads."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow, Role
from app.clock import FrozenClock
from app.enforcement import upkeep
from app.notifications import post_office
from app.notifications.tables import MailRow
from app.posts.tables import PostState
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.domains.tables import DomainRuleRow
from moderation.log.tables import LogRow
from moderation.statements.tables import StatementRow
from moderation.values import CaseState, Severity
from tests.app.people import told
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
SPAM_WAVE, HATRED, MENDED = 1, 3, 4


def do(visitor: Visitor, case: CaseRow, key: int, **fields: object):  # type: ignore[no-untyped-def]
    """Choose, and do what the preview shows."""
    where = f"/review/case/{case.id}/macro/{key}"
    return visitor.post(f"{where}/do", on=where, version=case.version, **fields)


def suspended(town: Town) -> list[str]:
    """Who is, by name."""
    with town.services.db.read() as session:
        query = select(ActorRow.username).where(ActorRow.suspended_at.is_not(None)).order_by(ActorRow.username)
        return list(session.scalars(query))


def test_a_wave_is_refused_and_its_senders_suspended_by_one_macro_that_one_undo_takes_back(
    town: Town, mo: Visitor, desk: Desk
) -> None:
    case = desk.wave(copies=8)
    uris = [f"https://promo{n % 3}.example/users/winner{n}/statuses/1" for n in range(8)]
    page = mo.page(f"/review/case/{case.id}/macro/{SPAM_WAVE}")
    assert f"{case.members} posts are refused, or taken away" in page
    assert "account suspended: 8 accounts, until somebody lifts it" in page
    assert "8 accounts · 3 servers" in page
    assert "what comes later and is alike is refused" in page
    assert "Nobody here waits for an answer" in page
    assert suspended(town) == [], "a preview does nothing"

    assert do(mo, case, SPAM_WAVE).status_code == 302
    assert desk.states(uris) == {"rejected"}
    assert suspended(town) == [f"winner{n}" for n in range(8)]

    assert mo.post("/review/undo", on="/review").status_code == 302
    assert suspended(town) == []
    assert "rejected" not in desk.states(uris)
    assert desk.case_of_id(case.id).state is CaseState.OPEN
    assert mo.post("/review/undo", on="/review").status_code == 404, "one undo was all of it"


def test_what_was_unticked_stays_out_of_a_macro(town: Town, mo: Visitor, desk: Desk) -> None:
    case = desk.wave(copies=8)
    spared = "https://promo0.example/users/winner3/statuses/1"
    where = f"/review/case/{case.id}"
    chosen = mo.post(f"{where}/macro/1", on=where, version=case.version, shown=[case.uri, spared], member=[case.uri])
    assert "1 unticked post stays as it is" in chosen.text
    assert f'name="shown" value="{spared}"' in chosen.text
    do(mo, case, SPAM_WAVE, shown=[case.uri, spared], member=[case.uri])
    assert "winner3" not in suspended(town)
    assert desk.states([spared]) == {"held"}


def test_a_term_ends_without_bringing_back_what_was_removed(
    town: Town, mo: Visitor, desk: Desk, clock: FrozenClock
) -> None:
    mallory = town.member("mallory")
    post = desk.held(by=mallory)
    assert do(mo, desk.case_of(post), HATRED, reason="Not here.").status_code == 302

    def silenced() -> bool:
        with town.services.db.read() as session:
            return session.get_one(ActorRow, mallory.id).silenced_at is not None

    assert silenced()
    clock.move(timedelta(days=7, minutes=1))
    upkeep.end_holds(town.services)
    assert not silenced()
    assert desk.now(post).state is PostState.REJECTED


def test_its_author_gets_one_statement_of_everything(town: Town, mo: Visitor, desk: Desk, clock: FrozenClock) -> None:
    mallory = town.member("mallory")
    post = desk.held(by=mallory)
    before = len(told(town.services, mallory.id))
    do(mo, desk.case_of(post), HATRED, reason="Nobody is vermin.")
    assert len(told(town.services, mallory.id)) == before + 1
    with town.services.db.read() as session:
        stated = session.scalars(select(StatementRow).where(StatementRow.decision_id.is_not(None))).one()
        mail = session.scalars(select(MailRow).where(MailRow.about.startswith("decision:"))).one()
        strikes = session.scalars(select(DecisionRow.strike).order_by(DecisionRow.id)).all()
    assert stated.visibility == ["CONTENT_REMOVED", "CONTENT_DEMOTED"]
    assert [each["action"] for each in stated.also] == ["silence"]
    assert "Your posts are shown only to those who follow you. This holds until" in mail.text
    assert "Nobody is vermin." in mail.text
    assert strikes == [True, False], "two measures, one strike"
    page = town.at_home(mallory).page(f"/decisions/{stated.decision_id}")
    assert "shown only to those who follow you" in page


def test_an_undo_in_time_stops_its_mail(town: Town, mo: Visitor, desk: Desk, clock: FrozenClock) -> None:
    mallory = town.member("mallory")
    do(mo, desk.case_of(desk.held(by=mallory)), HATRED, reason="Nobody is vermin.")
    assert post_office.drain(town.services, 10) == 0, "it waits out the window"
    mo.post("/review/undo", on="/review")
    clock.move(timedelta(minutes=11))
    post_office.drain(town.services, 10)
    assert town.services.mailer.sent == []  # type: ignore[attr-defined]


def test_the_text_is_in_the_authors_language_and_a_fallback_is_stated(town: Town, mo: Visitor, desk: Desk) -> None:
    mallory = town.member("mallory")
    with town.services.db.write() as session:
        session.get_one(AccountRow, mallory.id).locale = "fr"
    case = desk.case_of(desk.held(by=mallory))
    page = mo.page(f"/review/case/{case.id}/macro/{HATRED}")
    assert "Votre message s’en prend à des gens" in page
    lea = town.at_home(town.member("lea", Role.LEAD))
    lea.post("/review/macros/3", **FORM | {"text_fr": ""})
    page = mo.page(f"/review/case/{case.id}/macro/{HATRED}")
    assert "has no text in the author’s language" in page
    assert "Go away." in page


def test_a_macro_that_doesnt_fit_says_why_and_can_be_done_by_nobody(mo: Visitor, rita: Visitor, desk: Desk) -> None:
    case = desk.wave(copies=8)
    assert "for members here" in mo.page(f"/review/case/{case.id}")
    assert mo.get(f"/review/case/{case.id}/macro/{MENDED}").status_code == 422
    assert "takes another role" in rita.page(f"/review/case/{case.id}")
    assert "This takes another role than yours." in rita.page(f"/review/case/{case.id}/macro/{SPAM_WAVE}")
    assert do(rita, case, SPAM_WAVE).status_code == 403


def test_who_is_late_reads_who_was_faster_and_keeps_what_they_typed(town: Town, mo: Visitor, desk: Desk) -> None:
    lea = town.at_home(town.member("lea", Role.LEAD))
    case = desk.case_of(desk.held())
    do(mo, case, HATRED, reason="First.")
    late = lea.post(
        f"/review/case/{case.id}/macro/{HATRED}/do", on=f"/review/case/{case.id}", version=case.version,
        reason="My own words.",
    )  # fmt: skip
    assert late.status_code == 409
    assert "@mo decided this case" in late.text
    assert "My own words." in late.text


def test_what_is_shown_before_a_change_isnt_done_after_it(town: Town, mo: Visitor, desk: Desk) -> None:
    case = desk.case_of(desk.held())
    late = mo.post(f"/review/case/{case.id}/macro/3", on=f"/review/case/{case.id}", version=case.version + 1)
    assert late.status_code == 409


FORM = {
    "name_en": "Out", "name_fr": "Dehors", "text_en": "Go away.", "text_fr": "Partez.", "rule": "",
    "action_0": "remove", "scope_0": "subject", "action_1": "suspend", "scope_1": "account", "days_1": "30",
}  # fmt: skip


def test_a_lead_writes_a_macro_and_the_log_says_so(town: Town, mo: Visitor, desk: Desk) -> None:
    lea = town.at_home(town.member("lea", Role.LEAD))
    assert "Change" not in mo.page("/review/macros")
    assert lea.post("/review/macros/9", **FORM).status_code == 302
    assert "Out" in lea.page("/review/macros")
    mallory = town.member("mallory")
    assert do(mo, desk.case_of(desk.held(by=mallory)), 9, reason="Go away.").status_code == 302
    assert suspended(town) == ["mallory"]
    with town.services.db.read() as session:
        verbs = session.execute(select(LogRow.actor, LogRow.verb, LogRow.payload).order_by(LogRow.seq)).all()
    found = [(actor, verb, json.loads(payload)) for actor, verb, payload in verbs]
    changed = [(actor, payload) for actor, verb, payload in found if verb == "macro_changed"]
    assert changed == [("lea", {"name": "Out", "steps": "remove subject, suspend account", "rule": None})]
    assert [payload["macro"] for _actor, verb, payload in found if verb == "decided"] == ["Out"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name_en": "", "name_fr": ""}, "has a name"),
        ({"action_0": "approve"}, "isn’t punished along with it"),
        ({"action_1": "remove"}, "along with another decision"),
        ({"days_1": "0"}, "at least a day"),
        ({"scope_0": "domain"}, "can’t be decided for “the whole server”"),
        ({"action_0": ""}, "one to 3 actions"),
    ],
)
def test_a_macro_that_couldnt_be_done_isnt_saved(town: Town, wrong: dict[str, str], says: str) -> None:
    lea = town.at_home(town.member("lea", Role.LEAD))
    answer = lea.post("/review/macros/9", **FORM | wrong)
    assert answer.status_code == 422
    assert says in answer.text.replace("&#39;", "'")
    assert "Go away." in answer.text, "what was typed is kept"


def test_an_emptied_key_does_nothing_and_stays_so(town: Town, desk: Desk) -> None:
    lea = town.at_home(town.member("lea", Role.LEAD))
    assert lea.post("/review/macros/3", what="empty").status_code == 302
    case = desk.case_of(desk.held())
    assert lea.get(f"/review/case/{case.id}/macro/3").status_code == 404
    assert "Hatred" not in lea.page("/review/macros")


def test_a_macro_may_limit_a_whole_server_where_the_role_reaches_as_far(town: Town, mo: Visitor, desk: Desk) -> None:
    lea = town.at_home(town.member("lea", Role.LEAD))
    lea.post("/review/macros/9", **FORM | {"action_1": "silence", "scope_1": "domain", "days_1": ""})
    case = desk.wave(copies=8)
    assert do(mo, case, 9).status_code == 403
    assert f"everybody on {case.author_domain}" in lea.page(f"/review/case/{case.id}/macro/9")
    assert do(lea, case, 9).status_code == 302
    with town.services.db.read() as session:
        assert session.get_one(DomainRuleRow, case.author_domain).severity is Severity.SILENCE
