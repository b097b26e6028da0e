"""Servers that a member blocks for themselves."""

from __future__ import annotations

from flask import Response

from app import current
from app.mastodon import answers, params
from app.mastodon.admin import door
from app.oauth import bearer
from app.relationships import blocked_domains, domains

api = door.make("own_domain_blocks")
PATH = "/api/v1/domain_blocks"


@api.get(PATH)
@bearer.require("read:blocks")
def blocked() -> Response:
    """Their names."""
    paging = params.paging(params.asked(), otherwise=100, most=200)
    with current.services().db.read() as session:
        rows = blocked_domains.blocked(session, bearer.account_id(), paging)
    return answers.page([row.domain for row in rows], [row.id for row in rows], paging)


@api.post(PATH)
@bearer.require("write:blocks")
def block() -> Response:
    """Another one."""
    domains.block(current.services(), bearer.account_id(), params.sent().text("domain", most=300))
    return answers.json({})


@api.delete(PATH)
@bearer.require("write:blocks")
def unblock() -> Response:
    """No longer."""
    domains.unblock(current.services(), bearer.account_id(), params.sent().text("domain", most=300))
    return answers.json({})
