"""Every answer of the client API has the fields that Mastodon documents, each of its type, and no others."""

from __future__ import annotations

import pytest

from app.factory import create_app
from app.services import Services
from tests.clients.entities import reading, sections
from tests.clients.entities.walk import Walk

pytestmark = pytest.mark.one_database

NOT_ASKED = {
    ("GET", "/api/oembed"): "oEmbed has a standard of its own: tests/app/web/test_embedding.py",
    ("GET", "/api/v1/instance/translation_languages"): "where an admin names a service: tests/app/translating",
    ("POST", "/api/v1/statuses/<public_id>/translate"): "the same",
}
"""Endpoints without a row in the walk, each with the reason."""
NOT_SEEN = {
    "AccountRole": "who is staff isn't shown on profiles",
    "Admin::Ip": "told to whoever broke the glass alone: tests/app/mastodon/test_admin.py",
    "InstanceIcon": "the house has no pictures of its own",
    "PreviewCard": "posts have no cards; links that are spoken of are seen as TrendsLink",
    "PreviewCardAuthor": "nothing is fetched for a link",
    "StatusApplication": "with which program something was posted isn't kept",
}  # fmt: skip
"""Entities that no answer has, each with the reason."""


def test_every_answer_is_as_documented(services: Services) -> None:
    object.__setattr__(services.settings, "rate_limits", False)
    walk = Walk(create_app(services), services, reading.read())
    for section in sections.SECTIONS:
        section(walk)
    assert not walk.faults, "\n".join(sorted(set(walk.faults)))
    known = {
        (method, rule.rule)
        for rule in walk.app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and not rule.rule.startswith("/api/ostiary/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    missing = " ".join(sorted(map(" ".join, known - walk.asked - NOT_ASKED.keys())))
    assert not missing, f"these need a row in tests/clients/entities/sections.py: {missing}"
    unseen = walk.entities.tables.keys() - walk.entities.seen
    assert unseen == NOT_SEEN.keys(), " ".join(sorted(unseen ^ NOT_SEEN.keys()))


@pytest.mark.parametrize(
    ("value", "type_", "fault"),
    [
        ({}, "Marker", ".last_read_id: missing"),
        (None, "FilterStatus", ": None isn't FilterStatus"),
        ({"id": 1, "status_id": "2"}, "FilterStatus", ".id: 1 isn't text"),
        ({"id": "1", "status_id": None}, "FilterStatus", ".status_id: None isn't text"),
        ({"id": "1", "status_id": "2", "more": 1}, "FilterStatus", ".more: not documented"),
        ([{"id": "1", "status_id": 2}], "[FilterStatus]", "[0].status_id: 2 isn't text"),
        ({"text": "?", "state": "lost"}, "Appeal", ".state: 'lost' is none of approved, rejected, pending"),
        ({"state": "accepted", "quoted_status_id": 1}, "Quote|ShallowQuote", ".quoted_status_id: 1 isn't text"),
        ({"last_read_id": "1", "version": True, "updated_at": "soon"}, "Marker", ".version: True isn't int"),
        ({"last_read_id": "1", "version": 1, "updated_at": "soon"}, "Marker", ".updated_at: 'soon' isn't time"),
    ],
)
def test_what_differs_is_found(value: object, type_: str, fault: str) -> None:
    assert fault in list(reading.read().faults(value, type_))


def test_what_is_only_ours_says_why() -> None:
    with pytest.raises(AssertionError):
        reading.parsed("  trusted  bool  ours")
    assert reading.parsed("  trusted~  bool?  ours  # for us").optional
