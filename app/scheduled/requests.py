"""What a member typed and chose, as it is kept until it is published. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.posts.compose import ComposeRequest, PollRequest
from app.posts.terms import QuotePolicy
from moderation.values import Visibility


def kept(request: ComposeRequest) -> dict[str, Any]:
    """As JSON; the idempotency key has a column of its own."""
    return {
        "text": request.text,
        "visibility": request.visibility.value,
        "warning": request.warning,
        "sensitive": request.sensitive,
        "in_reply_to_id": request.in_reply_to_id,
        "language": request.language,
        "poll": None if request.poll is None else _poll_kept(request.poll),
        "quoted_id": request.quoted_id,
        "quote_policy": request.quote_policy.value,
        "picture_ids": list(request.picture_ids),
    }


def read(kept: Mapping[str, Any]) -> ComposeRequest:
    """The same as it was asked for."""
    return ComposeRequest(
        text=kept["text"],
        visibility=Visibility(kept["visibility"]),
        warning=kept["warning"],
        sensitive=kept["sensitive"],
        in_reply_to_id=kept["in_reply_to_id"],
        language=kept["language"],
        poll=None if kept["poll"] is None else _poll_read(kept["poll"]),
        quoted_id=kept["quoted_id"],
        quote_policy=QuotePolicy(kept["quote_policy"]),
        picture_ids=tuple(kept["picture_ids"]),
    )


def _poll_kept(poll: PollRequest) -> dict[str, Any]:
    return {
        "options": list(poll.options),
        "expires_in": int(poll.expires_in.total_seconds()),
        "multiple": poll.multiple,
        "hide_totals": poll.hide_totals,
    }


def _poll_read(kept: Mapping[str, Any]) -> PollRequest:
    lasts = timedelta(seconds=kept["expires_in"])
    return PollRequest(tuple(kept["options"]), lasts, kept["multiple"], kept["hide_totals"])
