"""Learning the context model anew: asked for by a person, put beside cases where it says more than the text alone."""

from __future__ import annotations

from app.services import Services
from moderation import context_model
from moderation.learning import gathering, in_context
from moderation.learning.in_context import Learnt
from moderation.log import chain as log


def learn(services: Services, by: str) -> Learnt:
    """Learn from all that people decided by now; what isn't better on later decisions isn't put."""
    with services.db.write() as session:
        gathering.gather(session, services.clock.now())
    with services.db.read() as session:
        found = in_context.posts(session)
    learnt = in_context.learn(found)
    if learnt.model is None or not learnt.is_better:
        return learnt
    context_model.put(services.settings.data_dir, learnt.model)
    said: dict[str, str | int | bool | None] = {
        "version": learnt.model.version,
        "learnt": learnt.learnt,
        "measured": learnt.measured,
    }
    with services.db.write() as session:
        log.append(
            session, by, "context_model_learnt", f"context_model:{learnt.model.version}", said, services.clock.now()
        )
    return learnt
