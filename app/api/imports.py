"""Lists of servers that are taken by hand: what one would do, taking it, and undoing all of it in one step."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app import current
from app.accounts.tables import Role
from app.api import answers, bodies, who
from app.errors import InvalidError
from app.reviewing import domain_lists, list_imports
from app.reviewing.domain_lists import Preview, Taking
from app.reviewing.list_imports import MOST
from moderation.domains import imports
from moderation.domains.lists import LONGEST
from moderation.domains.planning import Change, Step
from moderation.domains.tables import DomainImportRow
from moderation.domains.values import RuleDraft
from moderation.values import Severity

api = answers.make("imports")
MOST_BYTES = 12_000_000
"""Of a request with the longest list."""
WISHES = frozenset({"list", "unsaid", "at_most", "spare_followed", "overrule"})


@api.get("/imports")
def list_imported() -> Response:
    """The lists that were taken, the latest first."""
    who.reader(Role.LEAD)
    with current.services().db.read() as session:
        return answers.json([_import(row) for row in imports.taken(session, MOST)])


@api.post("/imports/preview")
def preview() -> Response:
    """What a list would do, row by row, with each line that is refused; nothing changes."""
    who.reader(Role.LEAD)
    text, taking = _asked()
    with current.services().db.read() as session:
        return answers.json(_preview(domain_lists.preview(current.services(), session, text, taking)))


@api.post("/imports")
def take() -> Response:
    """Take a list: all that its preview says, or nothing; where that isn't what was `seen` there any more, nothing."""
    account = who.writer(Role.LEAD)
    text, taking = _asked()
    seen = bodies.body(WISHES | {"seen"}).get("seen")
    if seen is not None and not isinstance(seen, str):
        raise InvalidError("seen is what the preview said")
    taken = domain_lists.take(current.services(), account, text, taking, seen)
    said = {
        "id": taken.import_id,
        "rules": len(taken.rules),
        "counts": taken.plan.counts,
        Change.CONFLICT.value: [_step(step) for step in taken.plan.of(Change.CONFLICT)],
        "refused": taken.plan.refused,
    }
    return answers.json(said)


@api.get("/imports/<int:import_id>")
def show(import_id: int) -> Response:
    """One of them, and what undoing it would do now."""
    who.reader(Role.LEAD)
    return _one(import_id)


@api.post("/imports/<int:import_id>/undo")
def undo(import_id: int) -> Response:
    """Undo it: its rules go back to what was before, but for those on which somebody had another word since."""
    account = who.writer(Role.LEAD)
    done = list_imports.undo(current.services(), account, import_id)
    with current.services().db.read() as session:
        said = _import(imports.one(session, import_id))
    return answers.json(said | {"lifted": done.lifted, "put_back": _drafts(done.put_back), "kept": done.kept})


def _one(import_id: int) -> Response:
    services = current.services()
    with services.db.read() as session:
        found = list_imports.foresee(services, session, import_id)
    would = {
        "lifted": found.undoing.lifted,
        "put_back": _drafts(found.undoing.put_back),
        "kept": found.undoing.kept,
        "impact": found.impact,
        "offered": found.offered,
    }
    return answers.json(_import(found.row) | {"undo": would if found.row.undone_at is None else None})


def _import(row: DomainImportRow) -> dict[str, Any]:
    names = ("id", "digest", "rules", "taken_by", "taken_at", "undone_by", "undone_at")
    said: dict[str, Any] = answers.plain({name: getattr(row, name) for name in names})
    return said


def _drafts(drafts: tuple[RuleDraft, ...]) -> list[dict[str, Any]]:
    return [{"domain": draft.domain, "severity": draft.severity} for draft in drafts]


def _preview(seen: Preview) -> dict[str, Any]:
    return {
        "form": seen.read.form,
        **{change.value: [_step(step) for step in seen.plan.of(change)] for change in Change},
        "refused": seen.plan.refused,
        "repeated": seen.read.repeated,
        "impact": seen.impact,
        "seen": seen.seen,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "domain": step.draft.domain,
        "severity": step.draft.severity,
        "now": step.now.severity if step.now is not None else None,
        "public_comment": step.draft.public_comment,
        "downgraded": step.downgraded,
    }


def _asked() -> tuple[str, Taking]:
    request.max_content_length = MOST_BYTES
    values = bodies.body(WISHES | {"seen"})
    at_most = values.get("at_most")
    taking = Taking(
        severity=bodies.word(Severity, values.get("unsaid", Severity.SUSPEND), "unsaid"),
        overrule=bodies.flag(values, "overrule"),
        spare_followed=bodies.flag(values, "spare_followed"),
        at_most=bodies.word(Severity, at_most, "at_most") if at_most is not None else None,
    )
    return bodies.required(values, "list", most=LONGEST), taking
