"""Codes of the second factor as values, against the examples of RFC 6238 (appendix B, SHA-1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.factors import codes

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    now = datetime.fromtimestamp(at, UTC)
    assert codes.code_of(SECRET, at // 30) == code
    assert codes.matching_step(SECRET, code, now, 0) == at // 30
    assert codes.matching_step(SECRET, f" {code[:3]} {code[3:]} ", now, 0) == at // 30


def test_a_code_is_good_for_a_step_before_and_after_and_not_twice() -> None:
    now = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)
    step = int(now.timestamp()) // 30
    for off, good in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        found = codes.matching_step(SECRET, codes.code_of(SECRET, step + off), now, 0)
        assert (found == step + off) is good, off
    assert codes.matching_step(SECRET, codes.code_of(SECRET, step), now, step) is None
    assert codes.matching_step(SECRET, codes.code_of(SECRET, step - 1), now, step) is None
    assert codes.matching_step(SECRET, codes.code_of(SECRET, step), now + timedelta(minutes=2), 0) is None


@given(st.text(max_size=12))
def test_what_is_no_code_matches_nothing(text: str) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    good = {codes.code_of(SECRET, int(now.timestamp()) // 30 + off) for off in (-1, 0, 1)}
    assert codes.matching_step(SECRET, text, now, 0) is None or text.strip().replace(" ", "") in good


def test_recovery_codes_are_many_long_and_read_however_they_are_typed() -> None:
    fresh = codes.new_recovery_codes()
    assert len(set(fresh)) == 10 and all(len(code.replace("-", "")) == 16 for code in fresh)
    one = fresh[0]
    assert codes.recovery_hash(one) == codes.recovery_hash(f" {one.upper().replace('-', ' ')} ") != one
    assert codes.recovery_hash(one) != codes.recovery_hash(fresh[1])


def test_the_address_names_server_and_account_and_holds_the_key() -> None:
    address = codes.address(SECRET, "ostiary.example", "ana@ostiary.example")
    assert address == (
        "otpauth://totp/ostiary.example:ana@ostiary.example"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ostiary.example"
    )
