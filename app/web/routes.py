"""Which blueprints there are."""

from __future__ import annotations

from flask import Blueprint

from app.web import (
    about,
    acts,
    composing,
    contesting,
    embedding,
    follow_requests,
    front,
    held,
    leaving,
    letters,
    media,
    model_page,
    moving,
    notices,
    outside,
    profiles,
    quote_requests,
    record,
    reporting,
    searching,
    second_factor,
    settings,
    signing,
    statements,
    timelines,
)
from app.web.review import routes as review

BLUEPRINTS: tuple[Blueprint, ...] = (
    front.blueprint,
    signing.blueprint,
    timelines.blueprint,
    composing.blueprint,
    acts.blueprint,
    held.blueprint,
    reporting.blueprint,
    statements.blueprint,
    contesting.blueprint,
    outside.blueprint,
    record.blueprint,
    notices.blueprint,
    letters.blueprint,
    follow_requests.blueprint,
    quote_requests.blueprint,
    searching.blueprint,
    settings.blueprint,
    second_factor.blueprint,
    moving.blueprint,
    leaving.blueprint,
    about.blueprint,
    embedding.blueprint,
    media.blueprint,
    model_page.blueprint,
    *review.BLUEPRINTS,
    profiles.blueprint,
)
