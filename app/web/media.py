"""Where no proxy joins the processes under one name (a trial, a test): the way to the one that has pictures."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from app.current import services
from app.errors import NotFoundError

blueprint = Blueprint("media", __name__)


@blueprint.get("/media/<path:rest>")
def elsewhere(rest: str) -> Response:
    """The same address at the stream process. Raises NotFoundError where that has no address of its own."""
    origin = services().settings.media_origin
    if origin is None:
        raise NotFoundError()
    return redirect(f"{origin}/media/{rest}", 307)
