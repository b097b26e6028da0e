"""The text model whose lines the review's pages draw; judging loads the same one."""

from __future__ import annotations

from app.services import Services
from moderation.checks.model import TextScorer


def text_model(services: Services) -> TextScorer | None:
    """The model in use; None where it can't be read, which the door says for every post that waits for it."""
    if services.tools.text_model is not None:
        return services.tools.text_model
    with services.db.read() as session:
        return services.tools.models.get(session)
