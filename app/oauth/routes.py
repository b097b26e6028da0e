"""Which blueprints there are."""

from __future__ import annotations

from flask import Blueprint

from app.oauth import views

BLUEPRINTS: tuple[Blueprint, ...] = (views.pages, views.endpoints)
