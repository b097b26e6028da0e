"""An application without views: for rendering outside of any request, in the stream process and in jobs."""

from __future__ import annotations

from flask import Flask

from app import locales
from app.current import EXTENSION
from app.services import Services


def application(services: Services) -> Flask:
    """It knows the services and the languages, and nothing else."""
    flask = Flask("app")
    flask.extensions[EXTENSION] = services
    locales.prepare(flask)
    return flask
