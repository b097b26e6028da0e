"""The text model whose lines the review's pages draw; judging loads the same one."""

from __future__ import annotations

from enum import StrEnum

from app.services import Services
from moderation import second_model
from moderation.checks.model import TextScorer
from moderation.errors import CheckFailedError
from moderation.second_model import SecondScorer


def text_model(services: Services) -> TextScorer | None:
    """The model in use; None where it can't be read, which the door says for every post that waits for it."""
    if services.tools.text_model is not None:
        return services.tools.text_model
    with services.db.read() as session:
        return services.tools.models.get(session)


class Second(StrEnum):
    """How it is with the second stage of this install."""

    ABSENT = "absent"
    """Nobody built its encoder, or the extra that runs it isn't installed."""
    BROKEN = "broken"
    """It is here, and can't be used."""
    HERE = "here"


def second_stage(services: Services) -> SecondScorer | None:
    """The second stage that was built here; None where there is none, or it can't be used."""
    return second_with_state(services)[0]


def second_with_state(services: Services) -> tuple[SecondScorer | None, Second]:
    """The same, with how it is."""
    tools = services.tools
    try:
        found = tools.second_stage or second_model.shipped(tools.data_dir)
    except CheckFailedError:
        return None, Second.BROKEN
    return found, Second.HERE if found is not None else Second.ABSENT
