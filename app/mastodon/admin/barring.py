"""Who can't sign up: mail domains, mailboxes and networks, as Mastodon's admin API has them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, request

from app import current
from app.accounts.tables import AccountRow
from app.barring import keep, spelling
from app.barring.keep import R
from app.barring.tables import BarredMailboxRow, BarredMailDomainRow, BarredNetworkRow, NetworkSeverity
from app.errors import InvalidError
from app.mastodon import answers, params
from app.mastodon.admin import door
from app.mastodon.params import Params
from app.mastodon.serialise import admin
from app.oauth import bearer
from app.posts import resolve
from app.reviewing import people

api = door.make("barring")
DOMAINS, BOXES, NETWORKS = "email_domain_blocks", "canonical_email_blocks", "ip_blocks"
MOST = 200
LONGEST_COMMENT = 2000
LONGEST_SECONDS = 100 * 366 * 86400


@api.get(f"/api/v1/admin/{DOMAINS}")
@bearer.require(f"admin:read:{DOMAINS}")
def mail_domains() -> Response:
    """Barred mail domains."""
    return _several(BarredMailDomainRow)


@api.get(f"/api/v1/admin/{DOMAINS}/<public_id>")
@bearer.require(f"admin:read:{DOMAINS}")
def mail_domain(public_id: str) -> Response:
    """One."""
    return _one(BarredMailDomainRow, public_id)


@api.post(f"/api/v1/admin/{DOMAINS}")
@bearer.require(f"admin:write:{DOMAINS}")
def bar_mail_domain() -> Response:
    """Bar a domain and all below it."""
    account, sent = door.caller(people.RULES), params.sent()
    name = spelling.mail_domain(sent.text("domain", most=300))
    return _add(account, BarredMailDomainRow(domain=name, with_approval=sent.flag("allow_with_approval")))


@api.delete(f"/api/v1/admin/{DOMAINS}/<public_id>")
@bearer.require(f"admin:write:{DOMAINS}")
def let_mail_domain_be(public_id: str) -> Response:
    """Let it be."""
    return _drop(BarredMailDomainRow, public_id)


@api.get(f"/api/v1/admin/{BOXES}")
@bearer.require(f"admin:read:{BOXES}")
def mailboxes() -> Response:
    """Barred mailboxes."""
    return _several(BarredMailboxRow)


@api.get(f"/api/v1/admin/{BOXES}/<public_id>")
@bearer.require(f"admin:read:{BOXES}")
def mailbox(public_id: str) -> Response:
    """One."""
    return _one(BarredMailboxRow, public_id)


@api.post(f"/api/v1/admin/{BOXES}/test")
@bearer.require(f"admin:read:{BOXES}")
def try_mailbox() -> Response:
    """Which row bars an address, if one does."""
    account = door.caller(people.RULES)
    digest = spelling.mailbox_digest(params.sent().text("email", most=320))
    rows = keep.of_digest(current.services(), account, digest)
    return answers.json([admin.barred(row) for row in rows])


@api.post(f"/api/v1/admin/{BOXES}")
@bearer.require(f"admin:write:{BOXES}")
def bar_mailbox() -> Response:
    """Bar a mailbox, given as an address or as the digest of one."""
    account, sent = door.caller(people.RULES), params.sent()
    given = sent.text("canonical_email_hash", most=100)
    found = spelling.digest(given) if given else spelling.mailbox_digest(sent.text("email", most=320))
    return _add(account, BarredMailboxRow(digest=found))


@api.delete(f"/api/v1/admin/{BOXES}/<public_id>")
@bearer.require(f"admin:write:{BOXES}")
def let_mailbox_be(public_id: str) -> Response:
    """Let it be."""
    return _drop(BarredMailboxRow, public_id)


@api.get(f"/api/v1/admin/{NETWORKS}")
@bearer.require(f"admin:read:{NETWORKS}")
def networks() -> Response:
    """Barred networks, those whose time is over too."""
    return _several(BarredNetworkRow)


@api.get(f"/api/v1/admin/{NETWORKS}/<public_id>")
@bearer.require(f"admin:read:{NETWORKS}")
def network(public_id: str) -> Response:
    """One."""
    return _one(BarredNetworkRow, public_id)


@api.post(f"/api/v1/admin/{NETWORKS}")
@bearer.require(f"admin:write:{NETWORKS}")
def bar_network() -> Response:
    """Bar a network, or only sign-ups from it, or have somebody look at each; for `expires_in` seconds or for good."""
    account, sent = door.caller(people.RULES), params.sent()
    given = {"comment": "", "expires_at": None, **_network(sent)}
    given |= {"network": spelling.network(sent.text("ip", most=100)), "severity": _severity(sent)}
    return _add(account, BarredNetworkRow(**given))


@api.put(f"/api/v1/admin/{NETWORKS}/<public_id>")
@bearer.require(f"admin:write:{NETWORKS}")
def change_network(public_id: str) -> Response:
    """Say parts of it anew."""
    account, number = door.caller(people.RULES), resolve.parse_id(public_id)
    news, asking = _network(params.sent()), request.remote_addr or ""
    return answers.json(_entity(keep.change_network(current.services(), account, number, news, asking)))


@api.delete(f"/api/v1/admin/{NETWORKS}/<public_id>")
@bearer.require(f"admin:write:{NETWORKS}")
def let_network_be(public_id: str) -> Response:
    """Let it be."""
    return _drop(BarredNetworkRow, public_id)


def _network(sent: Params) -> dict[str, Any]:
    """What is said of a network, by column; an empty `expires_in` means for good."""
    found: dict[str, Any] = {}
    if "ip" in sent:
        found["network"] = spelling.network(sent.text("ip", most=100))
    if "severity" in sent:
        found["severity"] = _severity(sent)
    if "comment" in sent:
        found["comment"] = sent.text("comment", most=LONGEST_COMMENT)
    if "expires_in" in sent:
        seconds = sent.integer_or_none("expires_in") or 0
        if not 0 <= seconds <= LONGEST_SECONDS:
            what = f"Expires in must be from 0 to {LONGEST_SECONDS} seconds; without it, it is for good"
            raise InvalidError(f"Validation failed: {what}", code="expires_in")
        found["expires_at"] = current.services().clock.now() + timedelta(seconds=seconds) if seconds else None
    return found


def _severity(sent: Params) -> NetworkSeverity:
    wanted = sent.text("severity", most=64)
    found = next((severity for severity, word in admin.NETWORK_SEVERITIES.items() if word == wanted), None)
    if found is None:
        raise InvalidError("Validation failed: Severity is not included in the list", code="severity")
    return found


def _several(kind: type[R]) -> Response:
    paging = params.paging(params.asked(), otherwise=100, most=MOST)
    rows = keep.several(current.services(), door.caller(people.RULES), kind, paging)
    return answers.page([_entity(row) for row in rows], [row.id for row in rows], paging)


def _one(kind: type[R], public_id: str) -> Response:
    account = door.caller(people.RULES)
    return answers.json(_entity(keep.one(current.services(), account, kind, resolve.parse_id(public_id))))


def _add(account: AccountRow, row: R) -> Response:
    return answers.json(_entity(keep.add(current.services(), account, row, request.remote_addr or "")))


def _drop(kind: type[R], public_id: str) -> Response:
    keep.drop(current.services(), door.caller(people.RULES), kind, resolve.parse_id(public_id))
    return door.empty()


def _entity(row: R) -> dict[str, Any]:
    return admin.barred(row)
