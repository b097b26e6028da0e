"""What Mastodon's admin API says of accounts, reports and domains. Pure: rows in, values out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from app.accounts.tables import AccountRow, ActorRow, SeenAddressRow
from app.barring.tables import BarredMailboxRow, BarredMailDomainRow, BarredNetworkRow, NetworkSeverity
from app.mastodon.serialise import accounts
from app.mastodon.serialise.times import instant, instant_or_none
from moderation.domains import exporting
from moderation.domains.values import DomainRule
from moderation.reports.tables import ReportOutcome, ReportRow

NETWORK_SEVERITIES = {
    NetworkSeverity.APPROVAL: "sign_up_requires_approval",
    NetworkSeverity.BLOCK: "sign_up_block",
    NetworkSeverity.NO_ACCESS: "no_access",
}


def account(
    actor: ActorRow,
    own: AccountRow | None,
    shown: orjson.Fragment,
    seen: Sequence[SeenAddressRow] = (),
    *,
    with_private: bool,
) -> dict[str, Any]:
    """An Admin::Account. `seen`: from where they came lately, the latest first. Mail and networks are told
    `with_private` alone; what they wrote at sign-up also to who is about to let them in.
    """
    told = own if with_private else None
    seen = seen if with_private else ()
    asked = own if own is not None and (with_private or own.approved_at is None) else None
    return {
        "id": str(actor.id),
        "username": actor.username,
        "domain": None if actor.local else actor.domain,
        "created_at": instant(actor.created_at),
        "email": told.email if told else None,
        "ip": seen[0].address if seen else None,
        "ips": [{"ip": row.address, "used_at": instant(row.last_at)} for row in seen],
        "role": accounts.role(own.role) if own else None,
        "confirmed": own.confirmed_at is not None if own else None,
        "suspended": actor.suspended_at is not None,
        "silenced": actor.silenced_at is not None,
        "sensitized": False,
        "disabled": own.disabled_at is not None if own else None,
        "approved": own.approved_at is not None if own else None,
        "locale": own.locale if own else None,
        "invite_request": (asked.signup_reason or None) if asked else None,
        "account": shown,
    }


def report(
    row: ReportRow,
    people: Mapping[str, dict[str, Any] | None],
    statuses: Sequence[orjson.Fragment],
    rules: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """An Admin::Report. `people` are `account`, `target_account`, `assigned_account`, `action_taken_by_account`."""
    settled = row.outcome is not ReportOutcome.WAITING
    return {
        "id": str(row.id),
        "action_taken": settled,
        "action_taken_at": instant_or_none(row.settled_at) if settled else None,
        "category": row.category,
        "comment": row.comment,
        "forwarded": row.forward,
        "created_at": instant(row.filed_at),
        "updated_at": instant(row.settled_at or row.filed_at),
        **people,
        "statuses": list(statuses),
        "rules": [dict(rule) for rule in rules],
    }


def domain_block(rule: DomainRule) -> dict[str, Any]:
    """An Admin::DomainBlock; a domain is its own id."""
    return {
        "id": rule.domain,
        "domain": rule.domain,
        "digest": hashlib.sha256(rule.domain.encode()).hexdigest(),
        "created_at": instant(rule.set_at),
        "severity": exporting.mastodon_severity(rule.severity),
        "reject_media": rule.reject_media,
        "reject_reports": rule.reject_reports,
        "private_comment": rule.private_comment or None,
        "public_comment": rule.public_comment or None,
        "obfuscate": rule.obfuscate,
    }


def domain_allow(rule: DomainRule) -> dict[str, Any]:
    """An Admin::DomainAllow."""
    return {"id": rule.domain, "domain": rule.domain, "created_at": instant(rule.set_at)}


def barred(row: BarredMailDomainRow | BarredMailboxRow | BarredNetworkRow) -> dict[str, Any]:
    """An Admin::EmailDomainBlock (attempts aren't counted), CanonicalEmailBlock or IpBlock."""
    if isinstance(row, BarredMailDomainRow):
        told = {"domain": row.domain, "allow_with_approval": row.with_approval, "history": []}
        return {"id": str(row.id), "created_at": instant(row.barred_at), **told}
    if isinstance(row, BarredMailboxRow):
        return {"id": str(row.id), "canonical_email_hash": row.digest}
    return {
        "id": str(row.id),
        "ip": row.network,
        "severity": NETWORK_SEVERITIES[row.severity],
        "comment": row.comment,
        "created_at": instant(row.barred_at),
        "expires_at": instant_or_none(row.expires_at),
    }
