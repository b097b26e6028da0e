"""About this server: who runs it, its rules, what it does with other servers; and how posts are judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow, Role
from app.current import services
from app.instance import counts, our_list
from app.instance.our_list import Reader
from app.web import house, labels, sessions
from moderation.domains import editing, planned
from moderation.domains.publishing import is_told, obfuscated
from moderation.domains.tables import PlannedSuspensionRow
from moderation.domains.values import DomainRule
from moderation.values import Severity

blueprint = sessions.guard(Blueprint("about", __name__))


@dataclass(frozen=True)
class ListedRule:
    """A rule about another server, as it is made public."""

    domain: str
    kind: str
    words: str
    why: str


@dataclass(frozen=True)
class Planned:
    """A suspension that was announced, in its public words."""

    domain: str
    at: datetime
    why: str


@blueprint.get("/about")
def about() -> str:
    """The house, its rules, and the rules about others that were made public."""
    who = Reader.MEMBERS if sessions.member() is not None else Reader.EVERYBODY
    with services().db.read() as session:
        lists = our_list.may_read(session, who)
        rules = house.rules(session)
        domains = _public_rules(session) if lists else None
        admins = _admins(session)
        plans = [_planned(row) for row in planned.announced(session)]
    numbers = counts.counts(services())
    return render_template("about.html", rules=rules, domains=domains, plans=plans, admins=admins, numbers=numbers)


def _admins(session: Session) -> list[ActorRow]:
    query = (
        select(ActorRow)
        .join(AccountRow, AccountRow.id == ActorRow.id)
        .where(AccountRow.role == Role.ADMIN, ActorRow.suspended_at.is_(None))
        .order_by(ActorRow.id)
        .limit(5)
    )
    return list(session.scalars(query))


def _public_rules(session: Session) -> list[ListedRule]:
    """Those for which the admin wrote a public comment."""
    return [_listed(rule) for rule in editing.list_rules(session) if is_told(rule.severity, rule.public_comment)]


def _listed(rule: DomainRule) -> ListedRule:
    kind, words = labels.severity(Severity(rule.severity))
    domain = obfuscated(rule.domain) if rule.obfuscate else rule.domain
    return ListedRule(domain, kind, words, rule.public_comment)


def _planned(row: PlannedSuspensionRow) -> Planned:
    domain = obfuscated(row.domain) if row.rule.get("obfuscate") else row.domain
    return Planned(domain, row.takes_place_at, str(row.rule.get("public_comment", "")))
