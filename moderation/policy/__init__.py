"""Policy: what findings lead to here. Versioned data, edited on a page, never code."""

from moderation.policy.store import Loosening, current, hold_less, loosened_until, publish, versions
from moderation.policy.values import Policy

__all__ = [
    "Loosening",
    "Policy",
    "current",
    "hold_less",
    "loosened_until",
    "publish",
    "versions",
]
