"""A house with its database open for writing, and cases to have opinions about."""

from __future__ import annotations

from tests.moderation.conftest import house, session

__all__ = ["house", "session"]
