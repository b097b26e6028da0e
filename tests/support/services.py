"""Services made of twins: a real database and a real Valkey, and harmless stand-ins for what is outside."""

from __future__ import annotations

from datetime import UTC, datetime

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DOMAIN = "ostiary.example"
SECRET = "a secret key for tests, of no use anywhere else"
