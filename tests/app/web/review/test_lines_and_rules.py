"""What admins do here: lines, rules about servers, sign-ups; each shows what it would do before it does it."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta
from io import BytesIO
from itertools import product

import pytest
from sqlalchemy import select

from app.accounts import signup
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow
from app.clock import FrozenClock
from app.federation.wire.twins import FakeWeb, Page
from app.posts.tables import PostState
from moderation import alarms
from moderation.domains import rule_for
from moderation.policy import store
from moderation.policy.document import DEFAULT
from moderation.values import Severity
from tests.app import people
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk, take_list

pytestmark = pytest.mark.one_database


def lines(town: Town) -> dict[str, object]:
    """The policy's form as it stands."""
    with town.services.db.read() as session:
        policy = store.current(session)
    form: dict[str, object] = {"version": policy.version, "budget": 30, "audit_rate": "0.002"}
    for label, each in policy.labels.items():
        for field in ("hold", "limit", "label"):
            line = getattr(each, field)
            form[f"{field}_{label}"] = "" if line is None else line
    return form


def policy_version(town: Town) -> int:
    """Which version is in force."""
    with town.services.db.read() as session:
        return store.current(session).version


def test_a_line_is_not_moved_before_it_was_shown_what_it_would_have_held(
    town: Town, lea: Visitor, desk: Desk, ana: AccountRow
) -> None:
    desk.held()
    town.writes(ana, "the tram was late again")
    before = policy_version(town)
    wanted = lines(town) | {"hold_hate": ""}
    page = lea.post("/review/policy/preview", on="/review/policy", **wanted)
    assert page.status_code == 200
    assert "1 → 0" in page.text
    assert "they are vermin, all of them" in page.text
    assert "would be let in" in page.text
    assert policy_version(town) == before


def test_a_line_that_was_looked_at_is_drawn(town: Town, lea: Visitor, desk: Desk) -> None:
    wanted = lines(town) | {"hold_hate": "0.995"}
    assert lea.post("/review/policy", on="/review/policy", **wanted).status_code == 302
    with town.services.db.read() as session:
        policy = store.current(session)
    assert policy.labels["hate"].hold == 0.995
    assert policy.labels["violence"].hold is None and policy.labels["spam"].hold == "model"
    assert desk.held().state is PostState.PUBLISHED


def test_the_behaviour_models_lines_are_drawn_like_any_others(town: Town, lea: Visitor) -> None:
    assert 'name="limit_sending" value=""' in lea.page("/review/policy")
    wanted = lines(town) | {"hold_sending": "0.97", "limit_sending": "model"}
    page = lea.post("/review/policy/preview", on="/review/policy", **wanted).text
    assert "spam, by how it is sent holds from never → 0.97" in page
    assert lea.post("/review/policy", on="/review/policy", **wanted).status_code == 302
    with town.services.db.read() as session:
        policy = store.current(session)
    assert (policy.sending.hold, policy.sending.limit) == (0.97, "model")


def test_how_many_decisions_are_read_again_is_policy(town: Town, lea: Visitor) -> None:
    wanted = lines(town) | {"review_share": "0,05"}
    assert "decisions read again: 0.05" in lea.post("/review/policy/preview", on="/review/policy", **wanted).text
    assert lea.post("/review/policy", on="/review/policy", **wanted).status_code == 302
    with town.services.db.read() as session:
        assert store.current(session).quality.share_of("hate") == 0.05
    refused = lines(town) | {"review_share": "2"}
    assert lea.post("/review/policy", on="/review/policy", **refused).status_code == 422


def test_when_strangers_are_a_pile_on_is_policy_within_its_bounds(town: Town, lea: Visitor) -> None:
    page = lea.page("/review/policy")
    assert "Strangers, at least" in page and "From 3 to 500." in page
    wanted = lines(town) | {"pile_on_authors": "5", "pile_on_window_hours": "0,5"}
    seen = lea.post("/review/policy/preview", on="/review/policy", **wanted).text
    assert "pile-ons, Strangers, at least: 8 → 5" in seen
    assert 'name="pile_on_authors" value="5"' in seen
    assert lea.post("/review/policy", on="/review/policy", **wanted).status_code == 302
    with town.services.db.read() as session:
        kept = store.current(session).pile_on
    assert (kept.authors, kept.posts, kept.window_hours) == (5, 12, 0.5)
    for field, value in (("authors", "2"), ("authors", "501"), ("window_hours", "0.1"), ("posts", "many")):
        refused = lea.post("/review/policy", on="/review/policy", **lines(town), **{f"pile_on_{field}": value})
        assert refused.status_code == 422, field


def test_lines_that_somebody_moved_meanwhile_are_not_overwritten(town: Town, lea: Visitor) -> None:
    old = lines(town) | {"hold_hate": "0.7"}
    lea.post("/review/policy", on="/review/policy", **old)
    again = lea.post("/review/policy", on="/review/policy", **(old | {"hold_hate": "0.8"}))
    assert again.status_code == 409
    with town.services.db.read() as session:
        assert store.current(session).labels["hate"].hold == 0.7


def test_a_line_that_is_no_probability_is_refused(town: Town, lea: Visitor) -> None:
    before = policy_version(town)
    places = ("/review/policy/preview", "/review/policy")
    for place, line in product(places, ("high", "-1", "7", "1e5", "0.5.5", "٣")):
        answer = lea.post(place, on="/review/policy", **(lines(town) | {"hold_hate": line}))
        assert answer.status_code == 422, answer.text
    assert policy_version(town) == before


def test_hold_less_now_holds_less_for_a_day_and_says_who(town: Town, mo: Visitor, clock: FrozenClock) -> None:
    mo.post("/review/policy/hold-less", on="/review/start")
    assert "holding less" in mo.page("/review/policy")
    with town.services.db.read() as session:
        until = store.loosened_until(session)
    assert until == clock.now() + timedelta(days=1)
    clock.move(timedelta(days=1, minutes=1))
    assert "Hold less now, for a day" in mo.page("/review/policy")


def test_the_overview_shows_figures_and_nobodys_words(mo: Visitor, town: Town, desk: Desk) -> None:
    desk.held()
    with town.services.db.write() as session:
        alarms.raise_(session, "check_failing:text", town.services.clock.now(), count=12)
    page = mo.page("/review/start")
    assert "vermin" not in page
    assert "Machines made 1 of at most 30 cases in the last day." in page
    assert "The check “text” doesn’t answer. 12 posts wait" in page
    assert "borrowed from public data" in page
    assert "only spam and plain hatred" in page


def test_the_counts_are_live(mo: Visitor, desk: Desk) -> None:
    assert mo.get("/review/counts.json").get_json()["open"] == 0
    case = desk.case_of(desk.held())
    counted = mo.get("/review/counts.json").get_json()
    assert (counted["open"], counted["claimed"]) == (1, 0)
    assert f"/review/case/{case.id}" in mo.page("/review/queue.html")
    assert f"/review/case/{case.id}" not in mo.page("/review/queue.html?origin=report")


def test_what_is_awful_is_described_in_the_queue_and_not_quoted(town: Town, mo: Visitor, desk: Desk) -> None:
    document = deepcopy(DEFAULT)
    document["labels"]["violence"]["hold"] = "model"
    document["careful"]["hold"].append("violence")
    with town.services.db.write() as session:
        store.publish(session, document, "lea", town.services.clock.now())
    desk.held("I will stab you tonight")
    listed = mo.page("/review/queue.html")
    assert "stab" not in listed
    assert "described before it is shown" in listed


def test_a_rule_shows_what_it_would_touch_before_it_is_set(town: Town, lea: Visitor, ana: AccountRow) -> None:
    far = people.remote(town.services, "tom", "far.example")
    people.post(town.services, far, "hello from far away")
    wanted = {"domain": "Far.Example", "severity": "suspend", "public_comment": "spam", "private_comment": "since May"}
    page = lea.post("/review/domains/preview", on="/review/domains", **wanted)
    assert "If you set this rule" in page.text
    assert "hello from far away" in town.visitor().page("/public")
    lea.post("/review/domains/set", on="/review/domains", **wanted)
    assert "hello from far away" not in town.visitor().page("/public")
    under = lea.page("/review/domains/sub.far.example")
    assert "not let in at all" in under
    assert "Set for far.example" in under
    assert "since May" in lea.page("/review/domains/far.example")
    lea.post("/review/domains/lift", on="/review/domains", domain="far.example")
    assert "hello from far away" in town.visitor().page("/public")
    assert "The rule for this server was lifted." in lea.page("/review/domains/far.example")


def test_a_rule_that_would_hit_the_wrong_ones_is_refused(lea: Visitor, town: Town) -> None:
    wrong = ("ostiary.example", "com", "*.far.example", "https://far.example", "", "a" * 400)
    for place, domain in product(("/review/domains/preview", "/review/domains/set"), wrong):
        answer = lea.post(place, on="/review/domains", domain=domain, severity="suspend")
        assert answer.status_code == 422, domain
    assert "No rules" in lea.page("/review/domains")


def test_a_preview_refuses_what_setting_would(lea: Visitor) -> None:
    for place in ("/review/domains/preview", "/review/domains/set"):
        answer = lea.post(place, on="/review/domains", domain="far.example", severity="suspend", filter_boosts="1")
        assert answer.status_code == 422, place
        assert "nothing to tone down" in answer.text
    assert "No rules" in lea.page("/review/domains")


def test_a_rule_that_is_refused_keeps_what_was_typed_and_ticked(lea: Visitor) -> None:
    typed = {
        "domain": "co.uk", "severity": "filter", "public_comment": "<b>adverts</b>", "private_comment": "seen twice",
        "reject_media": "1", "filter_boosts": "1", "only_itself": "1", "review_at": "2020-01-31", "evidence": "7 x",
    }  # fmt: skip
    for place in ("/review/domains/preview", "/review/domains/set"):
        page = lea.post(place, on="/review/domains", **typed)
        assert page.status_code == 422 and 'value="co.uk"' in page.text
        form = page.text.split('action="/review/domains/preview"')[1].split("</form>")[0]
        assert '<option value="filter" selected>' in form and "&lt;b&gt;adverts" in form and "seen twice" in form
        ticked = {name for name in re.findall(r'name="(\w+)" value="1" checked', form)}
        assert ticked == {"reject_media", "filter_boosts", "only_itself"}
        assert 'value="2020-01-31"' in form and 'value="7 x"' in form
    empty = lea.page("/review/domains").split('action="/review/domains/preview"')[1].split("</form>")[0]
    assert "checked" not in empty and '<option value="silence" selected>' in empty


def test_a_preview_says_which_lists_say_otherwise(town: Town, lea: Visitor) -> None:
    assert isinstance(town.services.fetcher, FakeWeb)
    town.services.fetcher.pages["https://lists.example/"] = Page(
        b"domain,severity,public_comment\nfar.example,silence,loud people\nbad.example,suspend,\n", "text/csv"
    )
    lea.post("/review/domains/lists", on="/review/domains/lists", name="Neighbours", url="https://lists.example/",
             priority="0", together="1")  # fmt: skip
    for domain, severity, says in (
        ("far.example", "suspend", True), ("sub.far.example", "suspend", True), ("far.example", "silence", False),
        ("bad.example", "suspend", False), ("other.example", "suspend", False),
    ):  # fmt: skip
        page = lea.post("/review/domains/preview", on="/review/domains", domain=domain, severity=severity).text
        assert ("A list that is followed says otherwise" in page) is says, (domain, severity)
        assert ("loud people" in page) is says
    more = {"reject_media": "1", "filter_unlisted": "1"}
    page = lea.post("/review/domains/preview", on="/review/domains", domain="far.example", severity="silence", **more)
    assert "A list that is followed says otherwise" not in page.text, "the list says nothing of media"
    town.services.fetcher.pages["https://lists.example/"] = Page(
        b"domain,severity,reject_media\nfar.example,silence,true\nbad.example,suspend,true\n", "text/csv"
    )
    lea.post("/review/domains/lists/1/ask", on="/review/domains/lists")
    for domain, severity, sent, says in (
        ("far.example", "silence", {}, True), ("far.example", "silence", more, False),
        ("bad.example", "suspend", {}, False),
    ):  # fmt: skip
        page = lea.post("/review/domains/preview", on="/review/domains", domain=domain, severity=severity, **sent).text
        otherwise = page.partition("A list that is followed says otherwise")[2]
        assert bool(otherwise) is says and ("no media" in otherwise) is says, (domain, severity, sent)
    step = lea.page("/review/domains/steps/suspend?domain=far.example")
    assert "A list that is followed says otherwise" in step and "no media" in step


def test_a_list_is_read_before_it_is_taken(town: Town, lea: Visitor) -> None:
    text = "#domain,#severity,#public_comment\nspam.example,suspend,spam\nloud.example,silence,\nco.uk,suspend,\n"
    page = lea.post("/review/domains/import", on="/review/domains", file=(BytesIO(text.encode()), "list.csv"))
    assert "2 rules would be set" in page.text
    assert "a suffix under which strangers register" in page.text
    with town.services.db.read() as session:
        assert rule_for(session, "spam.example") is None
    take_list(lea, text)
    with town.services.db.read() as session:
        rule = rule_for(session, "spam.example")
    assert rule is not None
    assert rule.severity is Severity.SUSPEND
    assert "spam.example,suspend" in lea.get("/review/domains/export/mastodon").text
    assert '"severity": "silence"' in lea.get("/review/domains/export/ostiary").text


def test_the_history_of_a_post_is_told_from_the_start(mo: Visitor, desk: Desk) -> None:
    post = desk.held()
    page = mo.page(f"/review/history?uri={post.uri}")
    steps = [page.index(said) for said in ("The door: waiting at the door, for hatred.", "A case was opened.")]
    assert all(steps)
    assert "Nothing is known of it here." in mo.page("/review/history?uri=https://far.example/nothing")


def test_who_signs_up_is_let_in_or_turned_down(town: Town, mo: Visitor, admin: AccountRow) -> None:
    for name in ("nils", "ola"):
        account = signup.sign_up(
            town.services,
            SignUp(name, f"{name}@mail.example", "a good long password", reason=f"I am {name}", agreement=True),
        )
        with town.services.db.write() as session:
            session.get_one(AccountRow, account.id).approved_at = None
    page = mo.page("/review/signups")
    assert "“I am nils”" in page
    with town.services.db.read() as session:
        first, second = [account.id for account in signup.waiting(session)]
    mo.post(f"/review/signups/{first}/approve", on="/review/signups")
    mo.post(f"/review/signups/{second}/turn-down", on="/review/signups")
    with town.services.db.read() as session:
        assert session.get_one(AccountRow, first).approved_at is not None
        assert session.scalar(select(AccountRow.id).where(AccountRow.id == second)) is None
    assert "Nobody waits." in mo.page("/review/signups")
    assert mo.post(f"/review/signups/{second}/approve", on="/review/signups").status_code in (404, 400)
