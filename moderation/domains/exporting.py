"""Domain rules as others read them: Mastodon's CSV, GoToSocial's JSON, bare names, or Ostiary's own lossless lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping

from moderation.domains.publishing import Kind, Record
from moderation.domains.values import DomainRule, in_order
from moderation.values import Severity

MASTODON_HEADER = (
    "#domain",
    "#severity",
    "#reject_media",
    "#reject_reports",
    "#public_comment",
    "#obfuscate",
)


def mastodon_severity(severity: Severity) -> str | None:
    """Mastodon's word for a severity; None for what it has no word for (allow)."""
    if severity is Severity.ALLOW:
        return None
    return Severity.SILENCE.value if severity in (Severity.HOLD, Severity.FILTER) else severity.value


def mastodon(rules: Iterable[DomainRule]) -> str:
    """Mastodon's CSV with its `#` headers. Private comments stay here; allow is left out."""
    return _csv((rule, rule.public_comment, rule.obfuscate) for rule in rules)


def published(records: Iterable[Record]) -> str:
    """What is told of our rules as the same CSV, without the names that are hidden."""
    return _csv((record, record.comment, False) for record in records if not record.hidden)


def told(record: Record) -> dict[str, object]:
    """What is told of a rule, or that it was taken back, as JSON: with the digest of the name, which may be hidden."""
    said: dict[str, object] = {"domain": record.domain, "digest": record.digest, "obfuscate": record.hidden}
    if record.kind is not Kind.SET:
        return said | {"retracted": True, "retracted_at": record.at.isoformat()}
    return said | {
        "severity": record.severity.value,
        "reject_media": record.reject_media,
        "reject_reports": record.reject_reports,
        "filters": [one.value for one in record.filters],
        "public_comment": record.comment,
        "labels": list(record.labels),
        "since": record.at.isoformat(),
    }


def _csv(rows: Iterable[tuple[DomainRule | Record, str, bool]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(MASTODON_HEADER)
    for rule, comment, obfuscate in rows:
        severity = mastodon_severity(rule.severity)
        if severity is not None:
            flags = [str(flag).lower() for flag in (rule.reject_media, rule.reject_reports)]
            # a line break inside a cell would be two lines to readers that go line by line
            words = " ".join(comment.split())
            writer.writerow([rule.domain, severity, *flags, words, str(obfuscate).lower()])
    return out.getvalue()


def ostiary(rules: Iterable[DomainRule]) -> str:
    """One JSON object a line, everything kept."""
    return "".join(json.dumps(_all_of(rule), ensure_ascii=False) + "\n" for rule in rules)


def gotosocial(rules: Iterable[DomainRule]) -> str:
    """GoToSocial's JSON of domain blocks: it knows no severities, so that only suspended domains are in it."""
    found = [
        {"domain": rule.domain, "public_comment": rule.public_comment, "obfuscate": rule.obfuscate}
        for rule in rules
        if rule.severity is Severity.SUSPEND
    ]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def plain(rules: Iterable[DomainRule]) -> str:
    """The suspended domains, one a line."""
    return "".join(rule.domain + "\n" for rule in rules if rule.severity is Severity.SUSPEND)


def _all_of(rule: DomainRule) -> dict[str, object]:
    kept: dict[str, object] = {
        "domain": rule.domain,
        "severity": rule.severity.value,
        "reject_media": rule.reject_media,
        "reject_reports": rule.reject_reports,
        "public_comment": rule.public_comment,
        "private_comment": rule.private_comment,
        "obfuscate": rule.obfuscate,
    }
    if not rule.subdomains:
        kept["subdomains"] = False
    if rule.filters:
        kept["filters"] = [one.value for one in in_order(rule.filters)]
    for name in ("review_at", "expires_at"):
        at = getattr(rule, name)
        if at is not None:
            kept[name] = at.isoformat()
    return kept


WRITERS: Mapping[str, Callable[[Iterable[DomainRule]], str]] = {
    "mastodon": mastodon,
    "ostiary": ostiary,
    "gotosocial": gotosocial,
    "plain": plain,
}
