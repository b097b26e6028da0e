"""Whether a followed list says otherwise than a rule: by what is done, and only as far as the list says something."""

from __future__ import annotations

from typing import Any

import pytest

from app.reviewing.domain_record import Mention
from moderation.domains.values import Filter, RuleDraft
from moderation.values import Severity

BAD = "bad.example"


def mention(domain: str = BAD, severity: str = "silence", **says: Any) -> Mention:
    """What a list says."""
    return Mention(1, "Neighbours", domain, severity, "", **says, said=("severity", *says))


def draft(severity: Severity = Severity.SILENCE, **more: Any) -> RuleDraft:
    """A rule that somebody wants."""
    return RuleDraft(BAD, severity, **more)


@pytest.mark.parametrize(
    ("says", "rule", "otherwise"),
    [
        ({}, {}, False),
        ({}, {"severity": Severity.SUSPEND}, True),
        ({}, {"reject_media": True, "filters": frozenset({Filter.BOOSTS}), "subdomains": False}, False),
        ({"reject_media": True}, {}, True),
        ({"reject_media": False}, {"reject_media": True}, True),
        ({"reject_media": True}, {"reject_media": True}, False),
        ({"reject_reports": True}, {"reject_media": True}, True),
        ({"filters": (Filter.BOOSTS,)}, {}, True),
        ({"filters": (Filter.BOOSTS,)}, {"filters": frozenset({Filter.BOOSTS, Filter.UNLISTED})}, True),
        (
            {"filters": (Filter.BOOSTS, Filter.UNLISTED)},
            {"filters": frozenset({Filter.UNLISTED, Filter.BOOSTS})},
            False,
        ),
        ({"filters": (Filter.AVATARS,), "reject_media": True}, {"reject_media": True}, False),
        ({"subdomains": False}, {}, True),
        ({"subdomains": False}, {"subdomains": False}, False),
        ({"subdomains": False, "domain": "example"}, {"severity": Severity.SUSPEND}, False),
        ({"subdomains": True, "domain": "example"}, {"subdomains": False}, False),
        ({"domain": "example"}, {"severity": Severity.SUSPEND}, True),
    ],
)
def test_a_list_says_otherwise_where_something_else_would_be_done(
    says: dict[str, Any], rule: dict[str, Any], otherwise: bool
) -> None:
    assert mention(**says).differs(draft(**rule)) is otherwise


def test_what_is_suspended_or_let_in_has_nothing_to_tone_down() -> None:
    toned = {"reject_media": True, "reject_reports": True, "filters": (Filter.BOOSTS,)}
    said = mention(severity="suspend", **toned)
    assert not said.differs(draft(Severity.SUSPEND)) and said.differs(draft(Severity.FILTER))
    assert not mention(severity="allow", filters=(Filter.BOOSTS,)).differs(draft(Severity.ALLOW))
    assert mention(severity="allow", reject_media=True).differs(draft(Severity.ALLOW)), (
        "pictures are a rule of their own"
    )
