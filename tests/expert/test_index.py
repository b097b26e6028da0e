"""What an expert would test us on, point by point: each has a file of its number here, or tests elsewhere that are named."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ELSEWHERE = {
    1: ("leaks/test_matrix.py", "leaks/test_push.py", "leaks/test_bypasses.py"),
    5: ("moderation/test_races.py",),
    8: ("browser/test_drill.py",),
    14: ("moderation/dsa/test_statements.py",),
    18: ("browser/test_looking.py",),
    19: ("security/test_roles.py",),
    20: (
        "app/web/review/test_training.py",
        "moderation/quality/test_golden.py",
        "moderation/quality/test_agreement.py",
    ),
    21: (
        "browser/test_whole_session.py",
        "browser/test_phone_session.py",
        "browser/test_everyone_can_use_it.py",
        "browser/test_review.py",
    ),
    24: ("federation/test_recorded.py",),
}
COVERED = (1, 2, 3, 4, 5, 7, 8, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25)
"""Defederation with its notice (9), rules that are tried on the past (6) and calibrated figures (16) belong to what isn't
built yet; of lists (10) half is there."""


def files_of(point: int) -> list[Path]:
    """Where a point is tested."""
    own = sorted((TESTS / "expert").glob(f"test_{point:02d}_*.py"))
    return [*own, *(TESTS / name for name in ELSEWHERE.get(point, ()))]


@pytest.mark.parametrize("point", COVERED)
def test_each_point_has_tests_that_are_there(point: int) -> None:
    found = files_of(point)
    assert found
    for file in found:
        assert "\ndef test_" in file.read_text(), file
