"""Moderators work on cases through the API as they do on the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.tables import Role
from app.clock import FrozenClock
from app.paging import Paging
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow, PostState
from app.services import Services
from app.timelines import public
from tests.app.api.conftest import Caller
from tests.app.people import again, member, told

Staff = Callable[..., Caller]


def only_case(who: Caller) -> dict[str, Any]:
    (found,) = who.get("/cases").json
    return dict(found)


def test_the_queue_shows_a_held_post_with_what_weighed(held: PostRow, staff: Staff) -> None:
    ana = staff("ana")
    case = only_case(ana)
    assert case["uri"] == held.uri
    detail = ana.get(f"/cases/{case['id']}").json
    assert {finding["label"] for finding in detail["findings"]} >= {"hate"}
    assert detail["held"] is True
    assert detail["snapshots"][-1]["text"] == "they are vermin, all of them"


def test_a_case_names_decided_cases_like_it(held: PostRow, staff: Staff, services: Services) -> None:
    lea = staff("lea", Role.LEAD)
    known = only_case(lea)
    lea.post(f"/cases/{known['id']}/decisions", action="remove", version=known["version"])
    compose.compose(services, member(services, "nero").id, ComposeRequest(text="all of them are vermin, they are"))
    said = lea.get(f"/cases/{only_case(lea)['id']}").json
    assert [(each["case_id"], each["action"]) for each in said["nearest"]] == [(known["id"], "remove")]


def test_two_moderators_dont_work_on_one_case(held: PostRow, staff: Staff, clock: FrozenClock) -> None:
    ana, ben = staff("ana"), staff("ben")
    case = only_case(ana)["id"]
    assert ana.post(f"/cases/{case}/claim").status_code == 200
    refused = ben.post(f"/cases/{case}/claim")
    assert refused.status_code == 409
    assert refused.json["holder"] == "ana"
    assert ana.post(f"/cases/{case}/claim").status_code == 200
    clock.move(timedelta(minutes=6))
    assert ben.post(f"/cases/{case}/claim").status_code == 200


def test_a_release_publishes_at_the_top_and_a_reversal_takes_it_back(
    held: PostRow, staff: Staff, services: Services
) -> None:
    ana = staff("ana")
    case = only_case(ana)
    made = ana.post(f"/cases/{case['id']}/decisions", action="approve", version=case["version"])
    assert made.status_code == 200, made.json
    assert again(services, held).state is PostState.PUBLISHED
    assert [view.post.pk for view in public.page(services, None, Paging())] == [held.pk]
    assert "released" in told(services, held.actor_id)
    undone = ana.post(f"/decisions/{made.json['id']}/reverse", reason="a slip")
    assert undone.status_code == 200, undone.json
    assert public.page(services, None, Paging()) == []


def test_a_removed_held_post_is_never_published_and_its_author_is_told_why(
    held: PostRow, staff: Staff, services: Services
) -> None:
    ana = staff("ana")
    case = only_case(ana)["id"]
    made = ana.post(f"/cases/{case}/decisions", action="remove", rule_id="2", reason="Rule 2: no hatred.")
    assert made.status_code == 200, made.json
    assert again(services, held).state is PostState.REJECTED
    assert "moderation_warning" in told(services, held.actor_id)


def test_a_stale_version_is_refused_and_says_what_happened(held: PostRow, staff: Staff) -> None:
    ana, ben = staff("ana"), staff("ben")
    case = only_case(ana)
    assert ana.post(f"/cases/{case['id']}/decisions", action="no_action", version=case["version"]).status_code == 200
    late = ben.post(f"/cases/{case['id']}/decisions", action="remove", version=case["version"])
    assert late.status_code == 409
    assert late.json["by"] == "ana"


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [
        (Role.MEMBER, "admin:read admin:write", 403),
        (Role.TRAINEE, "admin:read admin:write", 403),
        (Role.MODERATOR, "read write", 403),
        (Role.MODERATOR, "admin:read", 403),
        (Role.REVIEWER, "admin:read admin:write", 200),
    ],
)
def test_deciding_takes_scope_and_role(held: PostRow, staff: Staff, role: Role, scope: str, status: int) -> None:
    case = only_case(staff("lena", Role.LEAD))["id"]
    caller = staff("ana", role, scope)
    assert caller.post(f"/cases/{case}/decisions", action="no_action").status_code == status


def test_a_reviewer_decides_about_posts_and_not_about_people(held: PostRow, staff: Staff) -> None:
    rita = staff("rita", Role.REVIEWER)
    case = only_case(rita)["id"]
    refused = rita.post(f"/cases/{case}/decisions", action="suspend", scope="account")
    assert refused.status_code == 403
    assert refused.json["error_description"] == "role_required"


def test_nobody_without_a_token_sees_anything(held: PostRow, staff: Staff) -> None:
    http = staff("ana").http
    for path in ("/cases", "/queue/stats", "/domains", "/subjects/history?uri=x"):
        assert http.get(f"/api/ostiary/v1{path}").status_code == 401


def test_the_history_of_a_subject_is_told_from_the_beginning(held: PostRow, staff: Staff) -> None:
    ana = staff("ana")
    case = only_case(ana)["id"]
    ana.post(f"/cases/{case}/decisions", action="approve")
    what = [event["what"] for event in ana.get("/subjects/history", query_string={"uri": held.uri}).json]
    assert what[0] != what[-1]
    times = [event["at"] for event in ana.get("/subjects/history", query_string={"uri": held.uri}).json]
    assert times == sorted(times)


def test_the_stats_count_what_waits(held: PostRow, staff: Staff) -> None:
    stats = staff("ana").get("/queue/stats").json
    assert stats["open"] == 1
    assert stats["by_label"] == {"hate": 1}


@pytest.mark.parametrize(
    "sent",
    [
        {"action": "explode"}, {}, {"action": "remove", "scope": "galaxy"}, {"action": "remove", "expires_in": -1},
        {"action": "remove", "version": "one"}, {"action": "remove", "reason": "x" * 6000}, {"action": "remove", "sneaky": 1},
        {"action": "remove", "reason": "nul\0"}, {"action": "remove", "members": "all"}, {"action": ["remove"]},
    ],
)  # fmt: skip
def test_a_decision_that_makes_no_sense_is_one_clear_refusal(held: PostRow, staff: Staff, sent: dict[str, Any]) -> None:
    ana = staff("ana")
    answer = ana.post(f"/cases/{only_case(ana)['id']}/decisions", **sent)
    assert answer.status_code == 422
    assert answer.json["error"]


def test_a_program_says_which_decision_about_the_author_it_saw(held: PostRow, staff: Staff, services: Services) -> None:
    ana, ben = staff("ana"), staff("ben")
    again = compose.compose(services, held.actor_id, ComposeRequest(text="vermin, and their friends as well"))
    cases = {case["uri"]: case for case in ana.get("/cases").json}
    seen = ana.get(f"/cases/{cases[again.uri]['id']}").json["author_decision"]
    assert seen == 0
    ben.post(f"/cases/{cases[held.uri]['id']}/decisions", action="remove")
    path = f"/cases/{cases[again.uri]['id']}/decisions"
    late = ana.post(path, action="approve", author_decision=seen)
    assert late.status_code == 409
    assert (late.json["what"], late.json["by"]) == ("author_decided", "ben")
    assert ana.post(path, action="approve").status_code == 200, "who doesn't say isn't asked"


@pytest.mark.parametrize(
    ("role", "status"), [(Role.TRAINEE, 403), (Role.REVIEWER, 403), (Role.MODERATOR, 200), (Role.LEAD, 200)]
)
def test_what_was_decided_about_an_author_is_listed_for_whom_their_history_is(
    held: PostRow, staff: Staff, role: Role, status: int
) -> None:
    ana, ben = staff("ana"), staff("ben", role=role)
    case = only_case(ana)
    assert ana.post(f"/cases/{case['id']}/decisions", action="approve", version=case["version"]).status_code == 200
    asked = f"/cases?state=decided&subject={case['author_uri']}"
    assert ben.get(asked).status_code == status
    assert ana.get(asked).status_code == 200
    assert ben.get(f"/cases?state=decided&subject={case['uri']}").status_code == 200
    assert ben.get(f"/cases?subject={case['author_uri']}").json == []
