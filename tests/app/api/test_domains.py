"""Admins see what a domain rule would do, set it, and lift it without a trace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.accounts.tables import Role
from app.federation.tables import InboxActivityRow, InstanceRow, IntakeState
from app.federation.wire.twins import FakeWeb, Page
from app.paging import Paging
from app.relationships import follow
from app.reports import file
from app.reports.file import FileReport
from app.services import Services
from app.timelines import public
from tests.app.api.conftest import Caller
from tests.app.people import member, post, remote

Staff = Callable[..., Caller]


def test_a_block_hides_what_was_there_and_lifting_it_brings_it_back(staff: Staff, services: Services) -> None:
    lena = staff("lena", Role.LEAD)
    shown = post(services, remote(services, "far", "sub.bad.example"))
    assert lena.call("PUT", "/domains/bad.example/rule", json={"severity": "suspend"}).status_code == 200
    assert public.page(services, None, Paging()) == []
    answer = lena.get("/domains/sub.bad.example").json
    assert answer["rule_domain"] == "bad.example"
    assert lena.call("DELETE", "/domains/bad.example/rule").status_code == 200
    assert [view.post.pk for view in public.page(services, None, Paging())] == [shown.pk]


def test_a_preview_counts_and_changes_nothing(staff: Staff, services: Services) -> None:
    lena = staff("lena", Role.LEAD)
    far = remote(services, "far", "bad.example")
    post(services, far)
    row = follow.follow(services, lena.account.id, far.id)
    with services.db.write() as session:
        follow.arrive(session, services, session.merge(row), session.merge(lena.account.actor), session.merge(far))
    rules = [{"domain": "bad.example", "severity": "suspend"}, {"domain": "com", "severity": "suspend"}]
    answer = lena.post("/domains/preview", rules=rules).json
    (impact,) = answer["impact"]
    assert (impact["posts"], impact["people"], impact["followed"]) == (1, 1, 1)
    assert answer["refusals"][0]["place"] == 1
    assert lena.get("/domains/bad.example").json["rule"] is None


def test_a_preview_counts_only_what_the_rule_would_decide_about(staff: Staff, services: Services) -> None:
    lena = staff("lena", Role.LEAD)
    remote(services, "far", "bad.example")
    remote(services, "farther", "sub.bad.example")
    rules = [{"domain": "bad.example", "severity": "suspend", "subdomains": reach} for reach in (True, False)]
    assert [each["people"] for each in lena.post("/domains/preview", rules=rules).json["impact"]] == [2, 1]
    lena.call("PUT", "/domains/sub.bad.example/rule", json={"severity": "allow"})
    assert [each["people"] for each in lena.post("/domains/preview", rules=rules).json["impact"]] == [1, 1]


def test_a_domain_says_which_followed_lists_name_it_and_why(staff: Staff, services: Services) -> None:
    assert isinstance(services.fetcher, FakeWeb)
    url = "https://lists.example/blocks.csv"
    services.fetcher.pages[url] = Page(b"domain,severity,public_comment\nbad.example,silence,spam\n", "text/csv")
    made = staff("lena", Role.LEAD).post("/lists", name="Neighbours", url=url).json
    rob = staff("rob", Role.REVIEWER)
    assert rob.get("/domains/sub.bad.example").json["lists"] == [
        {
            "id": made["id"],
            "name": "Neighbours",
            "domain": "bad.example",
            "severity": "silence",
            "public_comment": "spam",
            "reject_media": False,
            "reject_reports": False,
            "filters": [],
            "subdomains": True,
            "said": ["severity"],
        }
    ]
    assert rob.get("/domains/good.example").json["lists"] == []
    rules = [{"domain": "bad.example", "severity": severity} for severity in ("suspend", "silence")]
    previewed = rob.post("/domains/preview", rules=rules).json["impact"]
    assert [[one["name"] for one in each["otherwise"]] for each in previewed] == [["Neighbours"], []]
    text = b"domain,severity,reject_media,public_comment\nbad.example,silence,true,spam\n"
    services.fetcher.pages[url] = Page(text, "text/csv")
    staff("lou", Role.LEAD).post(f"/lists/{made['id']}/ask")
    rules = [{"domain": "bad.example", "severity": "silence", "reject_media": media} for media in (True, False)]
    previewed = rob.post("/domains/preview", rules=rules).json["impact"]
    assert [[one["reject_media"] for one in each["otherwise"]] for each in previewed] == [[], [True]]


def test_only_leads_make_rules(staff: Staff) -> None:
    ana = staff("ana", Role.MODERATOR)
    assert ana.call("PUT", "/domains/bad.example/rule", json={"severity": "silence"}).status_code == 403
    assert ana.get("/domains/bad.example").status_code == 200


@pytest.mark.parametrize("domain", ["ostiary.example", "com", "*", "..", "bad example", "x" * 300])
def test_a_domain_that_no_rule_can_be_made_for_is_refused(staff: Staff, domain: str) -> None:
    lena = staff("lena", Role.LEAD)
    answer = lena.call("PUT", f"/domains/{domain}/rule", json={"severity": "suspend"})
    assert answer.status_code == 422, answer.json


@pytest.mark.parametrize("name", ["review_at", "expires_at"])
@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2030-01-31T00:00:00"])
def test_a_time_that_cannot_be_kept_is_refused(staff: Staff, name: str, at: str) -> None:
    rule = {"severity": "suspend", name: at}
    assert staff("lena", Role.LEAD).call("PUT", "/domains/bad.example/rule", json=rule).status_code == 422


def test_known_domains_are_listed_page_by_page(staff: Staff, services: Services) -> None:
    lena = staff("lena", Role.LEAD)
    for name in ("a.example", "b.example", "c.example"):
        remote(services, "far", name)
    first = lena.get("/domains?limit=2")
    assert [each["domain"] for each in first.json] == ["a.example", "b.example"]
    assert 'rel="next"' in first.headers["Link"]
    assert [each["domain"] for each in lena.get("/domains?limit=2&cursor=2").json] == ["c.example"]


def test_a_domains_own_words_and_whether_it_lives_are_told(staff: Staff, services: Services) -> None:
    ana, now = staff("ana"), services.clock.now()
    with services.db.write() as session:
        told = {"users": 12, "open_registrations": False}
        session.add(
            InstanceRow(domain="far.example", software="akkoma", nodeinfo=told, first_seen_at=now, dead_since=now)
        )
    answer = ana.get("/domains/far.example").json
    assert (answer["software"], answer["users"], answer["open_registrations"]) == ("akkoma", 12, False)
    assert answer["dead_since"] is not None
    assert ana.get("/domains/other.example").json["dead_since"] is None


def test_a_host_that_sends_far_more_than_others_is_told_of(staff: Staff, services: Services) -> None:
    now = services.clock.now()
    with services.db.write() as session:
        session.add_all(
            InboxActivityRow(activity_uri=f"https://spam.example/{number}", kind="Create", domain="spam.example",
                             queue="spam.example", actor_uri="https://spam.example/a", key_id="k", body=b"{}",
                             state=IntakeState.WAITING, received_at=now)
            for number in range(300)
        )  # fmt: skip
    assert staff("rita", Role.REVIEWER).get("/storms").json == [
        {"domain": "spam.example", "waiting": 300, "per_minute": 30, "refused": 0, "rule": None}
    ]
    lena = staff("lena", Role.LEAD)
    lena.call("PUT", "/domains/spam.example/rule", json={"severity": "hold"})
    (storm,) = lena.get("/storms").json
    assert storm["rule"]["severity"] == "hold"
    assert staff("ana", Role.MEMBER).get("/storms").status_code == 403


def test_a_suspension_is_announced_and_called_off(staff: Staff, services: Services) -> None:
    lena, mo = staff("lena", Role.LEAD), staff("mo", Role.MODERATOR)
    assert mo.call("PUT", "/domains/bad.example/notice", json={"public_comment": "Spam."}).status_code == 403
    assert lena.call("PUT", "/domains/bad.example/notice", json={"public_comment": ""}).status_code == 422
    answer = lena.call("PUT", "/domains/bad.example/notice", json={"public_comment": "Spam."})
    assert answer.json["planned"]["public_comment"] == "Spam." and answer.json["rule"] is None
    assert lena.call("DELETE", "/domains/bad.example/notice").json["planned"] is None
    assert lena.call("DELETE", "/domains/bad.example/notice").status_code == 404


def test_its_moderators_are_asked_and_only_moderators_read_what(staff: Staff, services: Services) -> None:
    mo, rita = staff("mo", Role.MODERATOR), staff("rita", Role.REVIEWER)
    far = remote(services, "far", "bad.example")
    about, other = post(services, far), post(services, far, "Nobody has a case about this.")
    file.file(services, member(services, "ben").actor, FileReport(far.id, (about.id,)))
    refused = mo.post("/domains/bad.example/questions", text="Would you?", posts=[about.uri, other.uri])
    assert refused.status_code == 422, "its page offers only what cases are about"
    answer = mo.post("/domains/bad.example/questions", text="Would you?", posts=[about.uri])
    assert [each["text"] for each in answer.json["questions"]] == ["Would you?"]
    assert answer.json["week"] == {"cases": 1, "upheld": 0}
    assert "questions" not in rita.get("/domains/bad.example").json
    assert mo.post("/domains/bad.example/questions", text="", posts=[about.uri]).status_code == 422
