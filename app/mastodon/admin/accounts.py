"""Accounts for those who moderate: found, let in, decided about. Each action is a decision on a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from app import current
from app.accounts import addresses, lookup, signup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import ForbiddenError, InvalidError
from app.mastodon import answers, params, present
from app.mastodon.admin import door
from app.mastodon.params import Params
from app.mastodon.serialise import admin
from app.oauth import bearer
from app.posts import resolve
from app.reviewing import accounts, finding, people, private
from app.reviewing.accounts import AccountAction
from app.reviewing.finding import Which
from moderation.values import Action, Verb

api = door.make("accounts")
READ, WRITE = "admin:read:accounts", "admin:write:accounts"
MOST = 200
LONGEST_NAME = 500
ACTIONS = {"disable": Action.DISABLE, "silence": Action.SILENCE, "suspend": Action.SUSPEND}


@api.get("/api/v1/admin/accounts")
@bearer.require(READ)
def first_version() -> Response:
    """Accounts by the flags of the first version."""
    asked = params.asked()
    local = True if asked.flag("local") else False if asked.flag("remote") else None
    statuses = tuple(name for name in finding.STATUSES if asked.flag(name))
    return _page(asked, local, statuses, staff=asked.flag("staff"), none=asked.flag("sensitized"))


@api.get("/api/v2/admin/accounts")
@bearer.require(READ)
def second_version() -> Response:
    """Accounts by the words of the second version."""
    asked = params.asked()
    origin, status = asked.text("origin"), asked.text("status")
    if origin not in ("", "local", "remote") or (status and status not in finding.STATUSES):
        raise InvalidError("Validation failed: origin or status is none of the known")
    local = None if not origin else origin == "local"
    staff = asked.text("permissions") == "staff"
    return _page(asked, local, (status,) if status else (), staff=staff, none=bool(asked.text("invited_by")))


@api.get("/api/v1/admin/accounts/<public_id>")
@bearer.require(READ)
def one(public_id: str) -> Response:
    """One account."""
    door.caller(people.PEOPLE)
    return _answer(*_find(public_id))


@api.delete("/api/v1/admin/accounts/<public_id>")
@bearer.require(WRITE)
def erase(public_id: str) -> Response:
    """Delete a suspended member's account for good; the account as it was."""
    account = door.caller(Role.ADMIN)
    actor, own = _find(public_id)
    answer = _answer(actor, own)
    accounts.erase(current.services(), account, actor)
    return answer


@api.post("/api/v1/admin/accounts/<public_id>/approve")
@bearer.require(WRITE)
def approve(public_id: str) -> Response:
    """Let in somebody who waits."""
    account = door.caller(people.PEOPLE)
    _actor, own = _waiting(public_id)
    signup.approve(current.services(), own.id, people.name_of(account))
    return _answer(*_find(public_id))


@api.post("/api/v1/admin/accounts/<public_id>/reject")
@bearer.require(WRITE)
def reject(public_id: str) -> Response:
    """Turn down somebody who waits; the account as it was."""
    account = door.caller(people.PEOPLE)
    actor, own = _waiting(public_id)
    answer = _answer(actor, own)
    signup.turn_down(current.services(), own.id, people.name_of(account))
    return answer


@api.post("/api/v1/admin/accounts/<public_id>/action")
@bearer.require(WRITE)
def act(public_id: str) -> Response:
    """Decide about an account, on a report's case or on one of its own."""
    account, sent = door.caller(people.PEOPLE), params.sent()
    actor, _own = _find(public_id)
    if sent.id("warning_preset_id") is not None:
        raise InvalidError("There are no warning presets here", code="no_presets")
    wanted = AccountAction(_action(sent, actor), sent.text("text", most=5000), sent.id("report_id"))
    accounts.act(current.services(), account, actor, wanted)
    return door.empty()


def _action(sent: Params, actor: ActorRow) -> Action:
    kind = sent.text("type")
    if kind == "none" and actor.local:
        return Action.WARN
    if kind == "none" and sent.id("report_id") is not None:
        return Action.NO_ACTION
    if kind not in ACTIONS:
        raise InvalidError("Validation failed: Type is not included in the list", code="type")
    return ACTIONS[kind]


def _lifts(verb: Verb) -> Callable[[str], Response]:
    @bearer.require(WRITE)
    def lift(public_id: str) -> Response:
        account = door.caller(people.PEOPLE)
        actor, _own = _find(public_id)
        accounts.lift(current.services(), account, actor, verb)
        return _answer(*_find(public_id))

    return lift


for _name, _verb in (("enable", Verb.DISABLE), ("unsilence", Verb.SILENCE), ("unsuspend", Verb.SUSPEND)):
    api.add_url_rule(f"/api/v1/admin/accounts/<public_id>/{_name}", _name, _lifts(_verb), methods=["POST"])


def entities(rows: list[tuple[ActorRow, AccountRow | None]], viewer_id: int | None) -> list[dict[str, Any]]:
    """Admin::Accounts, in their order, with the private data of those for whom the viewer broke the glass. Without a
    viewer, all of it: a webhook takes away again what its admin didn't choose to send.
    """
    services, shown = current.services(), present.accounts([actor for actor, _own in rows])
    with services.db.read() as session:
        opened = None
        if viewer_id is not None:
            name = people.name_of(lookup.account(session, viewer_id))
            opened = private.open_to(session, name, services.clock.now())
        told = [opened is None or actor.uri in opened for actor, _own in rows]
        seen = addresses.of(session, [actor.id for (actor, _own), may in zip(rows, told, strict=True) if may])
    return [
        admin.account(actor, own, each, seen.get(actor.id, ()), with_private=may)
        for (actor, own), each, may in zip(rows, shown, told, strict=True)
    ]


def _page(asked: Params, local: bool | None, statuses: tuple[str, ...], *, staff: bool, none: bool) -> Response:
    """A page of accounts; `none` where what is asked for is true of nobody here."""
    caller = door.caller(people.PEOPLE)
    roles = tuple(role for number in asked.ids("role_ids") if (role := finding.role_of(number)) is not None)
    which = Which(
        local=local,
        statuses=statuses,
        staff=staff,
        roles=roles,
        username=asked.text("username", most=LONGEST_NAME).removeprefix("@"),
        display_name=asked.text("display_name", most=LONGEST_NAME),
        domain=asked.text("by_domain", most=LONGEST_NAME),
        email=asked.text("email", most=LONGEST_NAME),
        address=asked.text("ip", most=LONGEST_NAME),
    )
    for kind, given in (("mail", which.email), ("address", which.address)):
        if given:
            private.note_search(current.services(), caller, kind)
    paging = params.paging(asked, otherwise=100, most=MOST)
    if none or ("role_ids" in asked and not roles):
        return answers.page([], [], paging)
    with current.services().db.read() as session:
        rows = finding.several(session, which, paging)
    return answers.page(entities(rows, bearer.account_id()), [actor.id for actor, _own in rows], paging)


def _find(public_id: str) -> tuple[ActorRow, AccountRow | None]:
    with current.services().db.read() as session:
        return finding.one(session, resolve.parse_id(public_id))


def _waiting(public_id: str) -> tuple[ActorRow, AccountRow]:
    actor, own = _find(public_id)
    if own is None or own.approved_at is not None:
        raise ForbiddenError("This action is not allowed", code="not_waiting")
    return actor, own


def _answer(actor: ActorRow, own: AccountRow | None) -> Response:
    return answers.json(entities([(actor, own)], bearer.account_id())[0])
