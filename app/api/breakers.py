"""What makes everybody who signs up wait for a yes: which breakers are out, since when and why, and that it is over."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import Response

from app import current
from app.api import answers, bodies, who
from app.barring import breakers
from app.barring.breakers import Breaker
from app.errors import InvalidError, NotFoundError
from app.reviewing import people, ruling
from moderation.policy import store
from moderation.policy.values import Breakers, Policy

api = answers.make("breakers")
NUMBERS = tuple(each.name for each in fields(Breakers))


@api.get("/breakers")
def list_breakers() -> Response:
    """Every breaker, in or out."""
    who.reader(people.PEOPLE)
    with current.services().db.read() as session:
        return answers.json([_said(each) for each in breakers.standing(session)])


@api.post("/breakers/<name>/over")
def over(name: str) -> Response:
    """Say that it is over; `was_out` is false where it was in already."""
    account = who.writer(people.PEOPLE)
    bodies.body(())
    if name not in breakers.SHORT:
        raise NotFoundError
    was_out = breakers.put_back(current.services(), account, breakers.SHORT[name])
    with current.services().db.read() as session:
        (found,) = (each for each in breakers.standing(session) if each.short == name)
    return answers.json(_said(found) | {"was_out": was_out})


@api.get("/breakers/numbers")
def show_numbers() -> Response:
    """When they go out, by the policy in force; 0 is never."""
    who.reader(people.PEOPLE)
    with current.services().db.read() as session:
        return answers.json(_numbers(store.current(session)))


@api.patch("/breakers/numbers")
def set_numbers() -> Response:
    """Set some of these; that is a new version of the policy, where anything changed."""
    account = who.writer(people.RULES)
    wanted = bodies.body(NUMBERS)
    if not wanted:
        raise InvalidError(f"say at least one of {', '.join(NUMBERS)}")
    return answers.json(_numbers(ruling.change_policy(current.services(), account, {"breakers": wanted})))


def _numbers(policy: Policy) -> dict[str, Any]:
    numbers: dict[str, Any] = answers.plain(policy.breakers)
    return numbers | {"version": policy.version}


def _said(one: Breaker) -> dict[str, Any]:
    return {
        "name": one.short,
        "state": "in" if one.since is None else "out",
        "since": one.since,
        "why": one.why,
        "goes_out_at": one.bar,
    }
