"""Part of a job: appeals that wait go to whoever may judge them as the crew is now, and who contests is told."""

from __future__ import annotations

from dataclasses import replace

from app.appealing import crew, looking, outside, readers
from app.enforcement import enact
from app.services import Services
from moderation import turns
from moderation.appeals import reading, recrewing, talking
from moderation.cases.tables import DecisionRow


def reconsider(services: Services, limit: int = 200) -> int:
    """How many wait for somebody else than they did."""
    changed = 0
    with services.db.write() as session:
        turns.take(session)
        reader, now = readers.reader(session), services.clock.now()
        for row in recrewing.open_ones(session, limit):
            first = session.get_one(DecisionRow, row.decision_id)
            able = crew.of(session, first, now)
            if not recrewing.reconsider(session, row, able, now, outside=reader is not None):
                continue
            changed += 1
            if row.outside_at is not None and reader is not None:
                outside.ask(services, session, reader, reading.appeal_of(row))
            told = talking.told(row, "crew")
            looks = looking.waiting(session, row, first, now)
            enact.enact(services, session, [replace(told, params={**told.params, "looks": looks.value})])
    return changed
