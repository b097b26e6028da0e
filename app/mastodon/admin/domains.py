"""Rules about servers as Mastodon has them: blocks (suspend, silence, noop) and allows. A domain is its rule's id."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from app import current
from app.errors import InvalidError, NotFoundError
from app.mastodon import answers, params
from app.mastodon.admin import door
from app.mastodon.params import Params
from app.mastodon.serialise import admin
from app.oauth import bearer
from app.reviewing import people, ruling
from moderation.domains import editing, exporting
from moderation.domains.names import canonical, for_rule
from moderation.domains.rules import rule_at
from moderation.domains.values import NO_FILTERS, DomainRule, RuleDraft, draft_of
from moderation.values import Severity

api = door.make("domains")
BLOCKS = "domain_blocks"
ALLOWS = "domain_allows"
MOST = 200
BLOCKING = frozenset((Severity.SUSPEND, Severity.SILENCE, Severity.NOOP, Severity.HOLD, Severity.FILTER))
"""To hold and to filter read as silence, which is the nearest that Mastodon's programs have a word for."""
_WORDS = frozenset((Severity.SUSPEND, Severity.SILENCE, Severity.NOOP))
ALLOWING = frozenset((Severity.ALLOW,))


@api.get("/api/v1/admin/domain_blocks")
@bearer.require(f"admin:read:{BLOCKS}")
def blocks() -> Response:
    """Every block, by domain."""
    found = _several(BLOCKING)
    return _page([admin.domain_block(rule) for rule in found], found)


@api.get("/api/v1/admin/domain_blocks/<public_id>")
@bearer.require(f"admin:read:{BLOCKS}")
def block(public_id: str) -> Response:
    """One block."""
    door.caller(people.RULES)
    return answers.json(admin.domain_block(_one(public_id, BLOCKING)))


@api.post("/api/v1/admin/domain_blocks")
@bearer.require(f"admin:write:{BLOCKS}")
def add_block() -> Response:
    """Block a domain. One that has a rule is refused, with the block in its way."""
    sent = params.sent()
    account = door.caller(people.RULES)
    draft = _draft(sent, RuleDraft(_domain(sent), Severity.SILENCE))
    there = _rule(draft.domain)
    if there is not None:
        answer = {"error": f"Validation failed: Domain {there.domain} already has a rule"}
        known = {"existing_domain_block": admin.domain_block(there)} if there.severity in BLOCKING else {}
        return answers.json(answer | known, 422)
    (done,) = ruling.set_rules(current.services(), account, [draft])
    return answers.json(admin.domain_block(_there(done.rule)))


@api.put("/api/v1/admin/domain_blocks/<public_id>")
@bearer.require(f"admin:write:{BLOCKS}")
def change_block(public_id: str) -> Response:
    """Change a block: what isn't sent stays, and so does a note where none is sent for it; what is as before is no
    change."""
    account = door.caller(people.RULES)
    there = _one(public_id, BLOCKING)
    before, sent = replace(draft_of(there), source=""), params.sent()
    wanted = _draft(sent, before)
    wanted = replace(wanted, private_comment=wanted.private_comment or before.private_comment)
    if wanted == before:
        return answers.json(admin.domain_block(there))
    (done,) = ruling.set_rules(current.services(), account, [wanted])
    return answers.json(admin.domain_block(_there(done.rule)))


@api.delete("/api/v1/admin/domain_blocks/<public_id>")
@bearer.require(f"admin:write:{BLOCKS}")
def lift_block(public_id: str) -> Response:
    """Lift a block; what it hid comes back."""
    return _lift(public_id, BLOCKING)


@api.get("/api/v1/admin/domain_allows")
@bearer.require(f"admin:read:{ALLOWS}")
def allows() -> Response:
    """Every allowed domain."""
    found = _several(ALLOWING)
    return _page([admin.domain_allow(rule) for rule in found], found)


@api.get("/api/v1/admin/domain_allows/<public_id>")
@bearer.require(f"admin:read:{ALLOWS}")
def allowed(public_id: str) -> Response:
    """One allowed domain."""
    door.caller(people.RULES)
    return answers.json(admin.domain_allow(_one(public_id, ALLOWING)))


@api.post("/api/v1/admin/domain_allows")
@bearer.require(f"admin:write:{ALLOWS}")
def allow() -> Response:
    """Allow a domain; one that is allowed already stays so, one with another rule is refused."""
    account, name = door.caller(people.RULES), _domain(params.sent())
    there = _rule(name)
    if there is not None and there.severity not in ALLOWING:
        raise InvalidError(f"Validation failed: Domain {name} already has a rule")
    if there is None:
        (done,) = ruling.set_rules(current.services(), account, [RuleDraft(name, Severity.ALLOW)])
        there = _there(done.rule)
    return answers.json(admin.domain_allow(there))


@api.delete("/api/v1/admin/domain_allows/<public_id>")
@bearer.require(f"admin:write:{ALLOWS}")
def disallow(public_id: str) -> Response:
    """Lift it."""
    return _lift(public_id, ALLOWING)


def _several(severities: Collection[Severity]) -> list[DomainRule]:
    """A page of rules by domain; `max_id` is the last domain of the page before."""
    door.caller(people.RULES)
    asked = params.asked()
    after, limit = asked.text("max_id", most=300), asked.integer("limit", 100, least=1, most=MOST)
    with current.services().db.read() as session:
        rules = editing.list_rules(session)
    return [rule for rule in rules if rule.severity in severities and rule.domain > after][:limit]


def _page(items: list[dict[str, Any]], found: list[DomainRule]) -> Response:
    """With the Link header as Mastodon has it: programs go on by it only where it names both ways."""
    asked = params.asked()
    limit = asked.integer("limit", 100, least=1, most=MOST)
    answer = answers.json(items)
    if found:
        parts = [("next", "max_id", found[-1].domain)] if len(found) == limit else []
        parts.append(("prev", "min_id", found[0].domain))
        links = (f'<{_address(name, value, limit)}>; rel="{rel}"' for rel, name, value in parts)
        answer.headers["Link"] = ", ".join(links)
    return answer


def _address(name: str, value: str, limit: int) -> str:
    query = urlencode({"limit": limit, name: value})
    return f"{current.services().settings.base_url}{request.path}?{query}"


def _rule(domain: str) -> DomainRule | None:
    with current.services().db.read() as session:
        return rule_at(session, domain)


def _one(public_id: str, severities: Collection[Severity]) -> DomainRule:
    return _there(next((rule for rule in [_rule(canonical(public_id))] if rule and rule.severity in severities), None))


def _there(rule: DomainRule | None) -> DomainRule:
    if rule is None:
        raise NotFoundError
    return rule


def _lift(public_id: str, severities: Collection[Severity]) -> Response:
    account = door.caller(people.RULES)
    ruling.lift_rule(current.services(), account, _one(public_id, severities).domain)
    return door.empty()


def _domain(sent: Params) -> str:
    return for_rule(sent.text("domain", most=300), current.services().settings.domain)


def _draft(sent: Params, before: RuleDraft) -> RuleDraft:
    read_as = exporting.mastodon_severity(before.severity)
    wanted = sent.text("severity") or read_as
    if wanted not in {severity.value for severity in _WORDS}:
        raise InvalidError("Validation failed: Severity is not included in the list")
    return replace(
        before,
        severity=before.severity if wanted == read_as else Severity(wanted),
        filters=NO_FILTERS if wanted == Severity.SUSPEND else before.filters,
        reject_media=sent.flag("reject_media", before.reject_media),
        reject_reports=sent.flag("reject_reports", before.reject_reports),
        obfuscate=sent.flag("obfuscate", before.obfuscate),
        public_comment=sent.text("public_comment", before.public_comment, most=2000),
        private_comment=sent.text("private_comment", before.private_comment, most=2000),
    )
