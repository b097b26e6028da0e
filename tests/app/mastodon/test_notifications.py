"""Notifications and markers by the client API."""

from __future__ import annotations

from flask.testing import FlaskClient

from app.accounts.instance_actor import instance_actor
from app.notifications import notify
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind
from app.services import Services
from tests.app.mastodon.people import Person

PATH = "/api/v1/notifications"


def types(person: Person, query: str = "") -> list[str]:
    return [n["type"] for n in person.read(PATH + query)]


def test_what_others_do_is_told(ana: Person, ben: Person) -> None:
    status = ana.says("hello")
    ben.do(f"/api/v1/statuses/{status['id']}/favourite")
    ben.do(f"/api/v1/statuses/{status['id']}/reblog")
    ben.do(f"/api/v1/accounts/{ana.id}/follow")
    ben.says("@ana hello to you", in_reply_to_id=status["id"])
    assert types(ana) == ["mention", "follow", "reblog", "favourite"]
    told = ana.read(PATH)
    assert told[0]["account"]["acct"] == "ben" and "hello to you" in told[0]["status"]["content"]
    assert told[3]["status"]["id"] == status["id"] and "status" not in told[1]
    assert types(ben) == []


def test_kinds_can_be_chosen(ana: Person, ben: Person) -> None:
    status = ana.says("hello")
    ben.do(f"/api/v1/statuses/{status['id']}/favourite")
    ben.do(f"/api/v1/accounts/{ana.id}/follow")
    assert types(ana, "?types[]=follow") == ["follow"]
    assert types(ana, "?exclude_types[]=follow&exclude_types[]=mention") == ["favourite"]
    assert types(ana, "?types[]=nonsense") == []
    assert types(ana, "?limit=1") == ["follow"]


def test_one_can_be_read_dismissed_and_all_cleared(ana: Person, ben: Person) -> None:
    ben.do(f"/api/v1/accounts/{ana.id}/follow")
    ben.do(f"/api/v1/statuses/{ana.says('hello')['id']}/favourite")
    newest = ana.read(PATH)[0]
    assert ana.read(f"{PATH}/{newest['id']}") == newest
    assert ben.get(f"{PATH}/{newest['id']}").status_code == 404
    assert ben.post(f"{PATH}/{newest['id']}/dismiss").status_code == 404
    assert ana.do(f"{PATH}/{newest['id']}/dismiss") == {}
    assert types(ana) == ["follow"]
    assert ana.do(f"{PATH}/clear") == {} and types(ana) == []


def test_markers_say_how_far_one_has_read(ana: Person, ben: Person) -> None:
    ben.do(f"/api/v1/accounts/{ana.id}/follow")
    assert ana.read(f"{PATH}/unread_count") == {"count": 1}
    newest = ana.read(PATH)[0]["id"]
    set_ = ana.do("/api/v1/markers", data={"notifications[last_read_id]": newest})
    assert set_["notifications"]["last_read_id"] == newest and set_["notifications"]["version"] == 1
    assert ana.read("/api/v1/markers?timeline[]=notifications&timeline[]=home") == set_
    assert ana.read(f"{PATH}/unread_count") == {"count": 0}
    assert ana.post("/api/v1/markers", json={"home": "x"}).status_code == 422


def test_a_decision_is_told_as_a_moderation_warning(ana: Person, services: Services) -> None:
    house = instance_actor(services)
    payload = {"decision_id": 7, "action": "remove", "reason": "It named somebody's street."}
    with services.db.write() as session:
        draft = NotificationDraft(ana.account.id, NotificationKind.MODERATION_WARNING, house.id, payload=payload)
        notify.add(session, services, draft)
    [told] = ana.read(PATH)
    assert told["type"] == "moderation_warning"
    warning = told["moderation_warning"]
    assert (warning["action"], warning["text"]) == ("delete_statuses", "It named somebody's street.")


def test_what_came_of_a_report_is_told_with_the_report(ana: Person, ben: Person, services: Services) -> None:
    filed = ana.do("/api/v1/reports", json={"account_id": ben.id, "comment": "rude"})
    house = instance_actor(services)
    with services.db.write() as session:
        payload = {"report_id": int(filed["id"]), "outcome": "upheld"}
        draft = NotificationDraft(ana.account.id, NotificationKind.REPORT_OUTCOME, house.id, payload=payload)
        notify.add(session, services, draft)
    [told] = ana.read(PATH)
    assert told["type"] == "admin.report" and told["account"]["acct"] == "ana"
    assert told["report"]["id"] == filed["id"] and told["report"]["target_account"]["acct"] == "ben"


def test_a_report_hides_the_post_at_once_and_is_not_forwarded(ana: Person, ben: Person, http: FlaskClient) -> None:
    status = ben.says("Something rude")
    form = {"account_id": ben.id, "status_ids[]": [status["id"]], "comment": "rude", "category": "spam"}
    filed = ana.do("/api/v1/reports", data=form)
    assert filed["status_ids"] == [status["id"]] and filed["category"] == "spam" and filed["forwarded"] is False
    assert filed["target_account"]["acct"] == "ben" and filed["action_taken"] is False
    assert ana.get(f"/api/v1/statuses/{status['id']}").status_code == 404
    assert http.get(f"/api/v1/statuses/{status['id']}").status_code == 200


def test_a_report_that_cannot_be_is_refused(ana: Person, ben: Person) -> None:
    status = ana.says("mine")
    refused = [
        {}, {"account_id": "999"}, {"account_id": ben.id, "category": "nonsense"},
        {"account_id": ben.id, "status_ids": [status["id"]]}, {"account_id": ben.id, "comment": "x" * 1001},
        {"account_id": ben.id, "status_ids": ["nope"]},
    ]  # fmt: skip
    for sent in refused:
        assert ana.post("/api/v1/reports", json=sent).status_code in (404, 422), sent
