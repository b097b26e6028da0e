"""Domain rules as other servers read them: Mastodon's CSV, or Ostiary's own JSON lines that lose nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from moderation.domains.values import DomainRule
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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(MASTODON_HEADER)
    for rule in rules:
        severity = mastodon_severity(rule.severity)
        if severity is not None:
            flags = [str(flag).lower() for flag in (rule.reject_media, rule.reject_reports)]
            # a line break inside a cell would be two lines to readers that go line by line
            comment = " ".join(rule.public_comment.split())
            writer.writerow([rule.domain, severity, *flags, comment, str(rule.obfuscate).lower()])
    return out.getvalue()


def ostiary(rules: Iterable[DomainRule]) -> str:
    """One JSON object a line, everything kept."""
    lines = (
        json.dumps(
            {
                "domain": rule.domain,
                "severity": rule.severity.value,
                "reject_media": rule.reject_media,
                "reject_reports": rule.reject_reports,
                "public_comment": rule.public_comment,
                "private_comment": rule.private_comment,
                "obfuscate": rule.obfuscate,
            },
            ensure_ascii=False,
        )
        for rule in rules
    )
    return "".join(line + "\n" for line in lines)
