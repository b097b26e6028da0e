"""A first list: groups by severity and reason, suspensions only where they are asked for, excludes before all else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.setup import blocklist
from app.setup.blocklist import Choice
from moderation.domains import lists
from moderation.domains.lists.values import Import
from moderation.errors import BadDomainError
from moderation.values import Severity

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LIST = """#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
hate.example,suspend,true,true,Hate speech,false
worse.example,suspend,true,true,hate  speech,false
spam.example,suspend,false,false,Spam,false
loud.example,silence,false,false,,false
"""


@pytest.fixture
def asked() -> Import:
    return lists.parse(LIST, "home.example", severity=Severity.SILENCE)


def test_rows_of_one_severity_and_reason_are_one_group_the_gravest_and_largest_first(asked: Import) -> None:
    found = [(each.severity, each.reason, len(each.domains)) for each in blocklist.groups(asked)]
    assert found == [(Severity.SUSPEND, "Hate speech", 2), (Severity.SUSPEND, "Spam", 1), (Severity.SILENCE, "", 1)]


def test_nothing_is_taken_that_nobody_ticked(asked: Import) -> None:
    assert blocklist.chosen(asked, Choice(frozenset()), NOW).entries == ()


def test_a_suspension_becomes_a_silence_with_a_review_in_ninety_days_unless_it_is_asked_for(asked: Import) -> None:
    hate, spam, _loud = blocklist.groups(asked)
    choice = Choice(frozenset({hate.key, spam.key}), suspended=frozenset({hate.key}))
    drafts = {each.domain: each for each in blocklist.chosen(asked, choice, NOW).drafts}
    assert set(drafts) == {"hate.example", "worse.example", "spam.example"}
    assert drafts["hate.example"].severity is Severity.SUSPEND
    assert drafts["hate.example"].review_at is None
    assert drafts["spam.example"].severity is Severity.SILENCE
    assert drafts["spam.example"].review_at == NOW + timedelta(days=90)


def test_excludes_are_domains_one_a_line_or_with_commas() -> None:
    assert blocklist.excludes("Friends.example, other.example\nmünchen.example\n") == {
        "friends.example",
        "other.example",
        "xn--mnchen-3ya.example",
    }
    with pytest.raises(BadDomainError):
        blocklist.excludes("https://friends.example/")


def test_what_no_list_may_touch_is_in_no_group_with_what_lies_below_it(asked: Import) -> None:
    excluded = frozenset({"worse.example", "example.org"})
    hate, *_others = blocklist.groups(asked, excluded)
    assert hate.domains == ("hate.example",)
    assert blocklist.spared(asked, excluded) == ["worse.example"]
    below = lists.parse("a.b.example.org", "home.example", severity=Severity.SILENCE)
    assert blocklist.groups(below, excluded) == []
    assert blocklist.spared(below, excluded) == ["a.b.example.org"]


def test_what_would_hit_an_excluded_server_from_above_is_in_no_group_and_named() -> None:
    asked = lists.parse("parent.example\nother.example\ngood.parent.example\n")
    excluded = frozenset({"good.parent.example"})
    assert blocklist.covering(asked, excluded) == ["parent.example"]
    assert blocklist.spared(asked, excluded) == ["good.parent.example"]
    assert [group.domains for group in blocklist.groups(asked, excluded)] == [("other.example",)]
