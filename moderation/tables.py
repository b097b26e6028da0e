"""Every table of moderation, imported in one place."""

from __future__ import annotations

import moderation.verdicts.tables

__all__ = ["moderation"]
