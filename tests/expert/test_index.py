"""What an expert would test us on, point by point: where each is tested. A point without a test fails here."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
POINTS = {
    1: ("leaks/test_matrix.py", "leaks/test_push.py", "leaks/test_bypasses.py"),
    3: ("expert/test_03_release.py",),
    4: ("expert/test_04_inbox.py",),
    5: ("expert/test_05_racing.py", "moderation/test_races.py"),
    7: ("expert/test_07_undo.py",),
    8: ("expert/test_08_wave.py", "browser/test_drill.py"),
    11: ("expert/test_11_the_reporter_hears.py",),
    14: ("expert/test_14_statements_of_reasons.py", "moderation/dsa/test_statements.py"),
    18: ("expert/test_18_care.py", "browser/test_looking.py"),
    19: ("expert/test_19_least_privilege.py", "security/test_roles.py"),
    20: (
        "app/web/review/test_training.py",
        "moderation/quality/test_golden.py",
        "moderation/quality/test_agreement.py",
    ),
    21: ("browser/test_whole_session.py", "browser/test_everyone_can_use_it.py", "browser/test_review.py"),
    24: ("expert/test_24_interop.py", "federation/test_recorded.py"),
}
"""By number. Lists of other servers (9, 10), rules that are tried on the past (6) and calibrated figures (16) belong to what
isn't built yet."""


@pytest.mark.parametrize("point", POINTS)
def test_each_point_has_tests_that_are_there(point: int) -> None:
    for name in POINTS[point]:
        file = TESTS / name
        assert file.exists(), name
        assert "\ndef test_" in file.read_text(), name


def test_no_file_of_a_point_is_forgotten_here() -> None:
    named = {name for names in POINTS.values() for name in names}
    files = {f"expert/{file.name}" for file in (TESTS / "expert").glob("test_[0-9]*.py")}
    assert files <= named, files - named
