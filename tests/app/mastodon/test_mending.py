"""A frozen member mends their post with any client: reads it, edits it, and nobody else sees it meanwhile."""

from __future__ import annotations

from flask.testing import FlaskClient

from app.services import Services
from moderation.values import Action, CaseState
from tests.app.enforcement.test_decisions import case_of, decide
from tests.app.mastodon.people import Person


def test_a_frozen_author_reads_and_edits_what_they_must_mend(
    ana: Person, ben: Person, http: FlaskClient, services: Services
) -> None:
    status = ana.says("the vermin at number nine", visibility="public")
    path = f"/api/v1/statuses/{status['id']}"
    decide(services, status["uri"], Action.FREEZE)
    assert ana.read(path)["id"] == status["id"]
    assert ana.read(f"{path}/source")["text"] == "the vermin at number nine"
    changed = ana.send("PUT", path, json={"status": "the people at number nine"})
    assert changed.status_code == 200, changed.text
    assert "the people at number nine" in changed.json["content"]
    case = case_of(services, status["uri"])
    assert case.state is CaseState.OPEN, "a moderator looks again"
    for somebody in (ben, None):
        answer = somebody.get(path) if somebody else http.get(path)
        assert answer.status_code == 404
    assert status["id"] not in [each["id"] for each in ana.read(f"/api/v1/accounts/{ana.id}/statuses")]


def test_what_was_removed_for_good_is_not_to_be_read_again(ana: Person, services: Services) -> None:
    status = ana.says("the vermin at number nine")
    decide(services, status["uri"], Action.REMOVE)
    assert ana.get(f"/api/v1/statuses/{status['id']}").status_code == 404
