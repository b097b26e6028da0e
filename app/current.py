"""The services of the running Flask app."""

from __future__ import annotations

from typing import cast

from flask import current_app

from app.services import Services

EXTENSION = "ostiary"


def services() -> Services:
    """What this request's use cases are given."""
    return cast(Services, current_app.extensions[EXTENSION])
