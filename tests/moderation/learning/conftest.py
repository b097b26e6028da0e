"""A house with its database open for writing."""

from __future__ import annotations

from tests.moderation.conftest import house, session

__all__ = ["house", "session"]
