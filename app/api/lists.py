"""Lists of servers that are followed: which and how, what they say now, and what that would change."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from app import current
from app.accounts import marking
from app.accounts.tables import Role
from app.api import answers, bodies, who
from app.errors import InvalidError
from app.reviewing import doubtful, followed_lists, people
from app.reviewing.followed_lists import MOST_EXCLUDED, Waiting, Wish
from moderation.domains import following
from moderation.domains.doubtful import Doubtful, note
from moderation.domains.lists.tables import DomainListRow
from moderation.domains.planning import Change, Step
from moderation.values import Severity

api = answers.make("lists")
WISHES = frozenset(
    {"name", "priority", "at_once", "unsaid", "at_most", "together", "spare_followed", "adopts", "excludes"}
)
MOST_PRIORITY = 1000
_FLAGS: tuple[str, ...] = ("at_once", "spare_followed", "adopts")


@api.get("/lists")
def list_followed() -> Response:
    """The lists, the one whose word counts most first."""
    who.reader(Role.LEAD)
    with current.services().db.read() as session:
        return answers.json([_list(row) for row in following.followed(session)])


@api.post("/lists")
def follow() -> Response:
    """Follow another: it is asked at once, and nothing of it is done before unless `at_once`."""
    account = who.writer(Role.LEAD)
    values = bodies.body(WISHES | {"url"})
    wish = _wish(values, Wish(bodies.required(values, "name", most=120), bodies.required(values, "url", most=2048)))
    return _one(followed_lists.follow(current.services(), account, wish))


@api.get("/lists/changes")
def show_changes() -> Response:
    """What all of them would change together, and what it would touch; `seen` is what one agrees to."""
    who.reader(Role.LEAD)
    return _changes(None)


@api.post("/lists/changes")
def agree() -> Response:
    """Do what is proposed, if it is still what was `seen`; or leave some `declined` domains for good."""
    account = who.writer(Role.LEAD)
    values = bodies.body({"seen", "list", "declined"})
    declined = _several(values, "declined")
    if declined:
        followed_lists.decline(current.services(), account, declined)
    else:
        list_id = bodies.whole(values, "list", 2**63 - 1)
        followed_lists.agree(current.services(), account, list_id, bodies.required(values, "seen", most=40))
    return _changes(None)


@api.get("/lists/marking")
def show_marking() -> Response:
    """How far servers are marked since rules were set or lifted; the rules hold for all of them already."""
    who.reader(Role.LEAD)
    with current.services().db.read() as session:
        return answers.json(answers.plain(marking.progress(session)))


@api.get("/lists/<int:list_id>")
def show(list_id: int) -> Response:
    """One list."""
    who.reader(Role.LEAD)
    return _one(list_id)


@api.patch("/lists/<int:list_id>")
def change(list_id: int) -> Response:
    """Follow it otherwise; what isn't sent stays, and so does its address."""
    account = who.writer(Role.LEAD)
    values = bodies.body(WISHES)
    with current.services().db.read() as session:
        before = followed_lists.wish_of(following.one(session, list_id))
    followed_lists.change(current.services(), account, list_id, _wish(values, before))
    return _one(list_id)


@api.delete("/lists/<int:list_id>")
def unfollow(list_id: int) -> Response:
    """Follow it no longer; `rules` says whether its rules are kept or lifted."""
    account = who.writer(Role.LEAD)
    rules = bodies.text(bodies.body({"rules"}), "rules", otherwise="keep", most=10)
    if rules not in ("keep", "lift"):
        raise InvalidError("rules must be keep or lift")
    followed_lists.unfollow(current.services(), account, list_id, keeps=rules == "keep")
    with current.services().db.read() as session:
        return answers.json([_list(row) for row in following.followed(session)])


@api.post("/lists/<int:list_id>/ask")
def ask(list_id: int) -> Response:
    """Ask it now."""
    people.require(who.writer(Role.LEAD), people.RULES)
    followed_lists.ask(current.services(), list_id)
    return _one(list_id)


@api.get("/lists/<int:list_id>/changes")
def show_its_changes(list_id: int) -> Response:
    """What it would change where its word counts."""
    who.reader(Role.LEAD)
    return _changes(list_id)


@api.get("/lists/<int:list_id>/doubtful")
def show_doubtful(list_id: int) -> Response:
    """What of it stays only because some of its rows can't be read; `seen` is what one lifts."""
    who.reader(Role.LEAD)
    with current.services().db.read() as session:
        found = doubtful.look(current.services(), session, list_id)
    return answers.json(_doubtful(found.found) | {"seen": found.seen})


@api.post("/lists/<int:list_id>/doubtful")
def lift_doubtful(list_id: int) -> Response:
    """Lift it all the same, if it is still what was `seen`; what was lifted."""
    account = who.writer(Role.LEAD)
    seen = bodies.required(bodies.body({"seen"}), "seen", most=40)
    return answers.json(_doubtful(doubtful.lift(current.services(), account, list_id, seen)))


def _doubtful(found: Doubtful) -> dict[str, Any]:
    rules = [{"domain": rule.domain, "severity": rule.severity} for rule in found.lifted]
    return {"domains": list(found.domains), "lifted": rules}


def _one(list_id: int) -> Response:
    with current.services().db.read() as session:
        return answers.json(_list(following.one(session, list_id)))


def _changes(list_id: int | None) -> Response:
    now = current.services().clock.now()
    with current.services().db.read() as session:
        return answers.json(_waiting(session, followed_lists.waiting(session, now, list_id)))


def _waiting(session: Session, found: Waiting) -> dict[str, Any]:
    plan = found.proposal.plan
    return {
        "seen": followed_lists.digest(found.proposal),
        "set": [_step(step) for step in (*plan.of(Change.ADDED), *plan.of(Change.CHANGED))],
        "lifted": [rule.domain for rule in found.proposal.lifted],
        "conflicts": [_step(step) for step in plan.of(Change.CONFLICT)],
        "covers": [_step(step) for step in plan.of(Change.COVERS)],
        "orphans": [rule.domain for rule in following.orphans(session)],
        "impact": answers.plain(found.impact),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "domain": step.draft.domain,
        "severity": step.draft.severity,
        "now": step.now.severity if step.now is not None else None,
        "public_comment": step.draft.public_comment,
        "source": step.draft.source,
        "downgraded": step.downgraded,
    }


def _list(row: DomainListRow) -> dict[str, Any]:
    names = (
        "id", "name", "url", "priority", "at_once", "unsaid", "together", "spare_followed", "adopts", "excludes",
        "form", "asked_at", "changed_at", "next_at", "error", "entries", "refused", "unread", "unread_rows",
        "followed_by", "followed_at",
    )  # fmt: skip
    said: dict[str, Any] = answers.plain({name: getattr(row, name) for name in names})
    return said | {"at_most": row.at_most or None, "note": note(row)}


def _wish(values: dict[str, Any], before: Wish) -> Wish:
    flags: dict[str, bool] = {name: bodies.flag(values, name) for name in _FLAGS if name in values}
    at_most = values.get("at_most", before.at_most)
    return followed_lists.with_wishes(
        before,
        flags,
        name=bodies.text(values, "name", otherwise=before.name, most=120).strip(),
        priority=_number(values, "priority", before.priority, -MOST_PRIORITY),
        together=_number(values, "together", before.together, 1),
        unsaid=bodies.word(Severity, values.get("unsaid", before.unsaid), "unsaid"),
        at_most=bodies.word(Severity, at_most, "at_most") if at_most is not None else None,
        excludes=tuple(_several(values, "excludes")) if "excludes" in values else before.excludes,
    )


def _number(values: dict[str, Any], name: str, otherwise: int, least: int) -> int:
    value = values.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_PRIORITY:
        raise InvalidError(f"{name} must be a whole number from {least} to {MOST_PRIORITY}")
    return value


def _several(values: dict[str, Any], name: str) -> list[str]:
    found = values.get(name) or []
    if not isinstance(found, list) or len(found) > MOST_EXCLUDED or not all(isinstance(one, str) for one in found):
        raise InvalidError(f"{name} must be a list of at most {MOST_EXCLUDED} domains")
    return [one[:300] for one in found]
