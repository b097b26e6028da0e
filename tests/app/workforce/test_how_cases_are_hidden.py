"""What keeps a moderator from a case is asked by indexes, however many people elsewhere are known."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite

from app.services import Services
from app.workforce import conflicts
from moderation.cases.tables import CaseRow


def test_no_list_of_cases_reads_every_actor_there_is(services: Services) -> None:
    asked = select(CaseRow.id).where(conflicts.hidden_from("mo", services.clock.now()))
    with services.db.read() as session:
        if not services.db.sqlite:
            assert session.scalar(text("SHOW jit")) == "off", "plans of many conditions take seconds to compile"
            return
        said = asked.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        plan = [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {said}".replace(":", "\\:")))]
    # who else is free is looked for among all, but only where somebody has to do with the case
    assert plan
    assert len([line for line in plan if line.startswith("SCAN actors")]) <= 1, plan
