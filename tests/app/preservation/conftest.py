"""The people of these tests: a house with pages."""

from __future__ import annotations

from tests.app.web.conftest import admin, ana, ben, town

__all__ = ["admin", "ana", "ben", "town"]
