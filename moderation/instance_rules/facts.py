"""What an expression sees of a submission: values for every name of the language. Bounded, and nothing of the app."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from moderation import addresses, hashtags
from moderation.checks.values import Context
from moderation.instance_rules import language
from moderation.values import Finding, Origin, SubjectKind, Submission

MOST_ITEMS: Final = 50
LONGEST_ITEM: Final = 500
NOBODY_SAID: Final = 36_500
"""Days of age where nobody said how old somebody is: never young."""


def of(submission: Submission, findings: Sequence[Finding], context: Context) -> dict[str, Any]:
    """By name. Ages are whole days; lists have 50 items at most, hashtags in two forms; scores are probabilities."""
    return {**_post(submission, context), **_author(submission, context), **_found(findings)}


def _post(submission: Submission, context: Context) -> dict[str, Any]:
    links = _items(submission.links)
    return {
        "post.text": submission.text[: language.TEXT_LOOKED_AT],
        "post.characters": len(submission.text),
        "post.warning": submission.warning[:LONGEST_ITEM],
        "post.language": submission.language or "",
        "post.kind": submission.kind.value,
        "post.visibility": submission.visibility.value,
        "post.links": links,
        "post.hosts": _items(sorted({addresses.host(link) for link in links} - {""})),
        "post.hashtags": _items(_named(submission.hashtags[:MOST_ITEMS]), 2 * MOST_ITEMS),
        "post.media_types": _items(each.media_type for each in submission.media),
        "post.media": len(submission.media),
        "post.mentions": len(submission.mentions),
        "post.strangers": context.strangers(submission),
        "post.is_reply": submission.in_reply_to is not None,
        "post.is_quote": submission.quotes is not None,
        "post.has_poll": bool(submission.poll_options),
        "post.sensitive": submission.behind_warning,
        "post.is_edit": submission.kind is SubjectKind.EDIT,
        "post.via_relay": submission.via_relay,
    }


def _author(submission: Submission, context: Context) -> dict[str, Any]:
    author, record = submission.author, context.records.get(submission.author.uri)
    local = author.origin is Origin.LOCAL
    rule = None if local else context.rules.match(author.domain)
    return {
        "author.name": author.handle.lstrip("@").partition("@")[0].lower(),
        "author.domain": author.domain,
        "author.local": local,
        "author.bot": author.bot,
        "author.followers": author.followers_here,
        "author.age_days": _days(author.made_at, context.now),
        "author.known": record is not None,
        "author.approved": record.approved if record else 0,
        "author.held": record.held if record else 0,
        "author.removed": record.removed if record else 0,
        "author.proven": context.is_proven(author.uri),
        "domain.age_days": _days(author.domain_made_at, context.now),
        "domain.new": author.domain in context.new_domains,
        "domain.rule": rule.severity.value if rule is not None else "",
    }


def _found(findings: Sequence[Finding]) -> dict[str, Any]:
    scores = language.no_scores()
    for each in findings:
        if each.score is not None and each.label in scores:
            scores[each.label] = max(scores[each.label], float(each.score))
    points = [each.details.get("points", 0) for each in findings if each.why == "spam_behaviour"]
    whys = [each.why for each in findings if each.score is None]
    return {"scores": scores, "points": int(max(points, default=0)), "findings": _items(dict.fromkeys(whys))}


def _named(tags: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(form for tag in tags for form in hashtags.forms(tag))


def _items(values: Iterable[object], most: int = MOST_ITEMS) -> list[str]:
    found: list[str] = []
    for value in values:
        if len(found) == most:
            break
        found.append(str(value)[:LONGEST_ITEM])
    return found


def _days(made_at: datetime | None, now: datetime) -> int:
    return NOBODY_SAID if made_at is None else max(0, (now - made_at).days)
