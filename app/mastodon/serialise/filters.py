"""Filters as Mastodon's clients know them."""

from __future__ import annotations

from typing import Any

from app.federation.wire import sanitise
from app.filters import matching
from app.filters.tables import FilterAction
from app.filters.values import Filter, FilteredPost, Keyword, Match
from app.mastodon.serialise.times import instant_or_none
from app.posts.tables import PostRow


def plain(one: Filter) -> dict[str, Any]:
    """A Filter without what is on it, as it stands in a FilterResult."""
    return {
        "id": str(one.id),
        "title": one.title,
        "context": list(one.context),
        "expires_at": instant_or_none(one.expires_at),
        "filter_action": one.action.value,
    }


def whole(one: Filter) -> dict[str, Any]:
    """A Filter."""
    return plain(one) | {
        "keywords": [keyword(word) for word in one.keywords],
        "statuses": [post(found) for found in one.posts],
    }


def keyword(word: Keyword) -> dict[str, Any]:
    """A FilterKeyword."""
    return {"id": str(word.id), "keyword": word.keyword, "whole_word": word.whole_word}


def post(found: FilteredPost) -> dict[str, Any]:
    """A FilterStatus."""
    return {"id": str(found.id), "status_id": str(found.status_id)}


def single(one: Filter, word: Keyword) -> dict[str, Any]:
    """A V1::Filter."""
    return {
        "id": str(word.id),
        "phrase": word.keyword,
        "context": list(one.context),
        "whole_word": word.whole_word,
        "expires_at": instant_or_none(one.expires_at),
        "irreversible": one.action is FilterAction.HIDE,
    }


def results(filters: tuple[Filter, ...], row: PostRow) -> list[dict[str, Any]]:
    """The FilterResults of a post: all that readers would see of it is looked through."""
    if not filters:
        return []
    return [_result(match) for match in matching.matches(filters, text_of(row), row.pk)]


def text_of(row: PostRow) -> str:
    """Title, warning, text, poll options and descriptions of a post."""
    options = [str(option.get("title", "")) for option in (row.poll or {}).get("options", ())]
    described = [attachment.description for attachment in row.attachments]
    return "\n".join([row.title, row.warning, sanitise.text_of(row.content), *options, *described])


def _result(match: Match) -> dict[str, Any]:
    return {
        "filter": plain(match.filter),
        "keyword_matches": list(match.keywords) or None,
        "status_matches": None if match.status_id is None else [str(match.status_id)],
    }
