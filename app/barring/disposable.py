"""Providers of throw-away mail addresses, by the list of the package disposable-email-domains (its community keeps it,
and its releases bring it up to date)."""

from __future__ import annotations

from disposable_email_domains import blocklist

from app.barring.spelling import mail_domains_of


def is_disposable(email: str) -> bool:
    """Whether an address, or just its domain, is of such a provider or of a domain below one."""
    return any(domain in blocklist for domain in mail_domains_of(email))
