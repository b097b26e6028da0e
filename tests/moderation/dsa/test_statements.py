"""Whatever a statement of ours holds, the transparency database takes it, and it names nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.dsa import rendering, schema, validating
from moderation.statements import making
from moderation.statements.tables import StatementRow
from moderation.values import Action

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TERMS = "https://ostiary.example/terms"
GOOD: dict[str, Any] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "No spam.",
    "incompatible_content_explanation": "It was spam.",
    "content_type": ["CONTENT_TYPE_TEXT"],
    "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    "content_date": "2026-03-01",
    "application_date": "2026-03-02",
    "decision_facts": "Somebody reported it.",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "No",
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
    "puid": "statement-1",
}
times = st.integers(-(2**29), 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def statement(**columns: Any) -> StatementRow:
    values: dict[str, Any] = {
        "id": 7,
        "recipient": "https://ostiary.example/users/ana",
        "uri": "https://ostiary.example/users/ana/statuses/1",
        "lang": "en",
        "action": "remove",
        "visibility": ["CONTENT_REMOVED"],
        "ground": "INCOMPATIBLE_CONTENT",
        "rule": "Be kind.",
        "category": "CYBER_VIOLENCE",
        "facts": "Somebody reported it.",
        "reason": "You told @ben@far.example to leave.",
        "source": "OTHER_NOTIFICATION",
        "automated_detection": False,
        "automated_decision": "NOT",
        "content_types": ["TEXT"],
        "content_language": "fr",
        "content_at": NOON,
        "applied_at": NOON,
        "ends_at": None,
    }
    return StatementRow(**(values | columns))


def test_a_good_statement_has_no_faults() -> None:
    assert validating.faults(GOOD) == []


def test_a_rule_of_blanks_names_none_and_the_terms_stand_for_it() -> None:
    record = rendering.record(statement(rule=" \n"), TERMS)
    assert validating.faults(record) == []
    assert record["incompatible_content_ground"] == rendering.NO_RULE["person"]


@given(
    rule=st.text(max_size=6000),
    facts=st.text(min_size=1, max_size=9000).map(lambda text: "It was seen. " + text),
    action=st.sampled_from(["remove", "limit", "suspend", "freeze", "disable", "hold", "label", "silence"]),
    category=st.sampled_from([*making.CATEGORIES.values(), *schema.CATEGORIES]),
    source=st.sampled_from(["VOLUNTARY", "ARTICLE_16", "OTHER_NOTIFICATION"]),
    decided=st.sampled_from(["FULLY", "PARTIALLY", "NOT"]),
    types=st.lists(st.sampled_from(["TEXT", "IMAGE", "VIDEO", "AUDIO", "OTHER"]), unique=True),
    language=st.none() | st.text(max_size=12),
    content_at=st.none() | times,
    applied_at=times,
    ends_at=st.none() | times,
)
def test_whatever_a_statement_holds_the_database_takes_it(
    rule: str,
    facts: str,
    action: str,
    category: str,
    source: str,
    decided: str,
    types: list[str],
    language: str | None,
    content_at: datetime | None,
    applied_at: datetime,
    ends_at: datetime | None,
) -> None:
    row = statement(
        rule=rule,
        facts=facts,
        action=action,
        visibility=list(making.VISIBILITY.get(action, ())),
        account=making.ACCOUNT.get(action),
        provision=making.PROVISION.get(action),
        category=category,
        source=source,
        automated_decision=decided,
        content_types=types,
        content_language=language,
        content_at=content_at,
        applied_at=applied_at,
        ends_at=ends_at,
    )
    assert rendering.is_restriction(row)
    assert validating.faults(rendering.record(row, TERMS)) == []


@given(
    st.dictionaries(
        st.sampled_from(sorted(schema.FIELDS)) | st.text(max_size=20),
        st.none() | st.text(max_size=600) | st.integers() | st.lists(st.text(max_size=30) | st.integers(), max_size=3),
    )
)
def test_the_validator_answers_whatever_it_is_given(record: dict[str, Any]) -> None:
    assert all(": " in line or line.startswith("none of") for line in validating.faults(record))


@pytest.mark.parametrize("name", sorted(name for name, field in schema.FIELDS.items() if field.required))
def test_what_is_required_is_missed(name: str) -> None:
    assert f"{name}: missing" in validating.faults({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"category": "STATEMENT_CATEGORY_NONSENSE"}, "category: 'STATEMENT_CATEGORY_NONSENSE' isn't one of its words"),
        ({"puid": "a b"}, "puid: characters that aren't allowed"),
        ({"puid": "a" * 501}, "puid: longer than 500 characters"),
        ({"decision_facts": "x" * 5001}, "decision_facts: longer than 5000 characters"),
        ({"application_date": "2019-12-31"}, "application_date: not between 2020-01-01 and 2038-01-01"),
        ({"application_date": "20260302"}, "application_date: not a date (YYYY-MM-DD)"),
        ({"content_type": "CONTENT_TYPE_TEXT"}, "content_type: not a list"),
        ({"content_type": ["CONTENT_TYPE_OTHER"]}, "content_type_other: missing, as content_type says"),
        ({"decision_visibility": []}, "none of decision_visibility"),
        ({"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"}, "illegal_content_legal_ground: missing"),
        ({"territorial_scope": ["US"]}, "territorial_scope: 'US' isn't one of its words"),
        ({"handle": "@ana"}, "handle: there is no such field"),
    ],
)
def test_what_the_database_would_refuse_is_said(change: dict[str, Any], fault: str) -> None:
    assert any(line.startswith(fault) for line in validating.faults(GOOD | change))


def test_nothing_in_it_names_anybody() -> None:
    facts = "Somebody wrote @mo or mo@mail.example, +49 30 1234567, at https://ostiary.example/@ana."
    said = str(rendering.record(statement(facts=facts), TERMS))
    for name in ("/users", "@ana", "ben", "@mo", "mail.example", "1234567", "statuses"):
        assert name not in said, name


def test_the_day_and_the_label_in_the_facts_stay() -> None:
    facts = "A machine took it for hatred. On 2 March 2026, 12:00 UTC a moderator of ostiary.example looked at it."
    assert rendering.impersonal(facts) == facts


def test_what_ends_says_when_for_each_of_its_restrictions() -> None:
    until = datetime(2026, 4, 1, tzinfo=UTC)
    row = statement(action="suspend", visibility=[], account="SUSPENDED", provision="TOTAL_SUSPENSION", ends_at=until)
    said = rendering.record(row, TERMS)
    assert said["end_date_account_restriction"] == said["end_date_service_restriction"] == "2026-04-01"
    assert "end_date_visibility_restriction" not in said


@pytest.mark.parametrize("action", [each.value for each in Action])
def test_every_word_that_statements_use_is_the_databases(action: str) -> None:
    for name in making.VISIBILITY.get(action, ()):
        assert f"DECISION_VISIBILITY_{name}" in schema.VISIBILITY
    assert making.ACCOUNT.get(action) is None or f"DECISION_ACCOUNT_{making.ACCOUNT[action]}" in schema.ACCOUNT
    assert making.PROVISION.get(action) is None or f"DECISION_PROVISION_{making.PROVISION[action]}" in schema.PROVISION
