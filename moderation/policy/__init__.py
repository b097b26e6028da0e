"""Policy: what findings lead to here. Versioned data, edited on a page, never code."""

from moderation.policy.preview import Preview, PreviewItem, preview
from moderation.policy.store import Loosening, current, hold_less, loosened_until, publish, versions
from moderation.policy.values import Policy

__all__ = [
    "Loosening",
    "Policy",
    "Preview",
    "PreviewItem",
    "current",
    "hold_less",
    "loosened_until",
    "preview",
    "publish",
    "versions",
]
