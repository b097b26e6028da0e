"""What a frozen author answers to the moderators, besides mending what they are frozen for."""

from __future__ import annotations

from flask_babel import gettext as _

from app.errors import InvalidError, NotFoundError
from app.services import Services
from moderation.appeals import contesting
from moderation.cases import freezing
from moderation.cases.tables import DecisionRow
from moderation.errors import NotFoundError as NotInForceError
from moderation.errors import RefusedError


def answer(services: Services, author_uri: str, decision_id: int, words: str) -> None:
    """The case that they are frozen for is open again, with their words. Raises NotFoundError for what isn't about them
    or isn't in force, InvalidError for no words, too many, or too often."""
    with services.db.write() as session:
        row = session.get(DecisionRow, decision_id)
        if row is None or not contesting.subjects_of(row, author_uri):
            raise NotFoundError
        try:
            freezing.answer(session, decision_id, words, services.clock.now())
        except NotInForceError as error:
            raise NotFoundError from error
        except RefusedError as error:
            raise InvalidError(
                _("An answer has up to 2,000 characters, and there are at most five. A moderator reads them."),
                code="answer_refused",
            ) from error
