"""Which text is one emoji."""

from __future__ import annotations

import pytest

from app.announcements.signs import is_emoji


@pytest.mark.parametrize("text", ["🤔", "❤", "❤️", "👍🏽", "👩‍🚒", "👨‍👩‍👧‍👦", "🇫🇷", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏳️‍🌈", "☕", "✅", "™️"])
def test_one_emoji_is(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize(
    "text", ["", "a", "ok", "1", "🤔🤔", "🤔 ", " 🤔", "🤔a", "\u200d", "\ufe0f", "🇫", ":x:", "🤔" * 40, "<b>"]
)
def test_anything_else_isn_t(text: str) -> None:
    assert not is_emoji(text)
