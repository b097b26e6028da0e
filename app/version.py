"""The version of this Ostiary, as it tells others."""

from __future__ import annotations

VERSION = "0.1.0"
