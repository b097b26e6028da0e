"""Notifications as a page: what happened, in words, each with where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, g, render_template
from flask_babel import gettext
from flask_babel import gettext as _

from app.accounts.tables import ActorRow
from app.current import services
from app.enforcement import appeals, reasons
from app.notifications import markers, reading
from app.notifications.of_posts import Release
from app.notifications.reading import NotificationView
from app.notifications.tables import NotificationKind as Kind
from app.notifications.tables import SeveranceRow
from app.posts.reading import PostView
from app.posts.tables import QuoteState
from app.web import paged, pages, sessions

blueprint = sessions.guard(Blueprint("notices", __name__))


@dataclass(frozen=True)
class Notice:
    """One notification in words."""

    id: int
    kind: str
    sign: str
    words: str
    at: datetime
    new: bool
    actor: ActorRow | None = None
    post: PostView | None = None
    chip: str = ""
    details: str = ""
    note: str = ""
    """What moderators wrote to them besides the reason."""
    link: str = ""
    link_words: str = ""


@blueprint.get("/notifications")
@sessions.signed_in
def notifications() -> str:
    """What came, newest first; looking at the first page marks it read."""
    me, paging = sessions.required(), paged.asked()
    with services().db.read() as session:
        views = reading.page(session, me.id, paging)
        read_to = markers.unread_since(session, me.id)
    newest = max((view.row.id for view in views), default=0)
    if newest > read_to:
        markers.set_read(services(), me.id, {"notifications": newest})
        g.unread = 0
    page = paged.page([_notice(view, read_to) for view in views], paging, lambda notice: notice.id)
    return render_template("notifications.html", page=page)


def _notice(view: NotificationView, read_to: int) -> Notice:
    row = view.row
    said = _said(row.kind, row.payload, view)
    return Notice(id=row.id, kind=row.kind.value, at=row.created_at, new=row.id > read_to, post=view.post, **said)


def _said(kind: Kind, payload: Mapping[str, Any], view: NotificationView) -> dict[str, Any]:
    if kind in _OF_THE_HOUSE:
        return _OF_THE_HOUSE[kind](payload, view)
    sign, words = _signs().get(kind, ("·", _("did something")))
    said: dict[str, Any] = {"sign": sign, "words": words, "actor": view.actor}
    if kind is Kind.FOLLOW_REQUEST:
        said |= {"link": "/follow-requests", "link_words": _("Answer")}
    elif kind is Kind.QUOTE and _asks(view):
        said |= {"words": _("asks to quote you"), "link": "/quote-requests", "link_words": _("Answer")}
    elif kind in (Kind.REPORT, Kind.SIGN_UP):
        said |= {"link": "/review", "link_words": _("To the queue")}
    return said


def _asks(view: NotificationView) -> bool:
    """Whether a quote waits for the reader's leave."""
    quote = view.post.shown.quote if view.post is not None else None
    return quote is not None and quote.state == QuoteState.PENDING


def _signs() -> dict[Kind, tuple[str, str]]:
    return {
        Kind.MENTION: ("↩", _("wrote to you")),
        Kind.STATUS: ("●", _("posted")),
        Kind.BOOST: ("⟳", _("boosted your post")),
        Kind.LIKE: ("☆", _("likes your post")),
        Kind.FOLLOW: ("+", _("follows you")),
        Kind.FOLLOW_REQUEST: ("+", _("asks to follow you")),
        Kind.POLL: ("▤", _("A poll is over")),
        Kind.UPDATE: ("✎", _("changed a post that you boosted or answered")),
        Kind.QUOTE: ("❝", _("quoted you")),
        Kind.QUOTED_UPDATE: ("✎", _("changed a post that you quoted")),
        Kind.SIGN_UP: ("+", _("signed up")),
        Kind.REPORT: ("⚑", _("sent a report")),
    }


def _held(_payload: Mapping[str, Any], view: NotificationView) -> dict[str, Any]:
    said: dict[str, Any] = {"sign": "◷", "chip": "hold", "words": _("your post waits at the door")}
    if view.post is not None and view.post.held:
        said |= {"link": f"/held/{view.post.post.id}", "link_words": _("Why, and how long?")}
    return said


def _released(payload: Mapping[str, Any], _view: NotificationView) -> dict[str, Any]:
    details = {
        Release.UNREAD.value: _("Nobody could read it in time, so it was let in by itself; it can be seen now."),
        Release.JUDGED.value: _("It was judged by itself; it can be seen now, at the top of the timelines."),
    }.get(str(payload.get("how"))) or _("Somebody has read it; it can be seen now, at the top of the timelines.")
    return {"sign": "✓", "chip": "in", "words": _("your post was let in"), "details": details}


def _appeal(payload: Mapping[str, Any]) -> dict[str, Any]:
    won = payload.get("outcome") in ("overturn", "vary", "taken_back")
    return {
        "sign": "✓" if won else "○",
        "chip": "in" if won else "note",
        "words": appeals.happened(payload, gettext).rstrip("."),
        "details": str(payload.get("reason") or ""),
        "link": f"/appeals/{payload['appeal_id']}",
        "link_words": _("Your appeal"),
    }


def _unpublished(payload: Mapping[str, Any]) -> dict[str, Any]:
    words = _("a post that you had scheduled was not published")
    return {"sign": "✕", "chip": "note", "words": words, "details": str(payload.get("reason") or "")}


def _planned(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A server will be suspended, or won't after all: no warning, though programs know no better word for it."""
    over = bool(payload.get("called_off"))
    return {
        "sign": "✓" if over else "◷",
        "chip": "in" if over else "note",
        "words": _("a suspension was called off") if over else _("follows with another server will end"),
        "details": str(payload.get("text") or ""),
        "link": f"/settings/moving/planned/{payload['plan_id']}",
        "link_words": _("Whom it concerns"),
    }


def _restored(payload: Mapping[str, Any]) -> dict[str, Any]:
    """No warning either: programs know no word for good news of a server."""
    return {
        "sign": "✓",
        "chip": "in",
        "words": _("follows can be had back"),
        "details": str(payload.get("text") or ""),
        "link": "/settings/moving",
        "link_words": _("Whom you can follow again"),
    }


def _warning(payload: Mapping[str, Any], _view: NotificationView) -> dict[str, Any]:
    if payload.get("scheduled_id"):
        return _unpublished(payload)
    if payload.get("plan_id"):
        return _planned(payload)
    if payload.get("restored"):
        return _restored(payload)
    if payload.get("appeal_id"):
        return _appeal(payload)
    reversed_ = payload.get("reverses") is not None
    said_of = [reasons.happened(str(payload.get("action") or ""), gettext, of_edit=bool(payload.get("edit")))]
    happened = " ".join([*said_of, *reasons.along(payload.get("also") or (), pages.language(), gettext)])
    words = _("a decision about you was taken back") if reversed_ else happened
    said: dict[str, Any] = {
        "sign": "✓" if reversed_ else "✕",
        "chip": "in" if reversed_ else "out",
        "words": words.rstrip("."),
        "details": str(payload.get("reason") or ""),
    }
    if payload.get("author_note"):
        said["note"] = _("The moderators also write to you: %(words)s", words=str(payload["author_note"]))
    if payload.get("statement_id"):
        sign = "◷" if payload.get("action") == "hold" else "✕"
        hold = {"sign": sign, "chip": "hold", "link": f"/statements/{payload['statement_id']}"}
        said |= hold | {"link_words": _("Why, and what you can do")}
    if payload.get("decision_id"):
        said |= {"link": f"/decisions/{payload['decision_id']}", "link_words": _("Why, and how to contest it")}
    return said


def _outcome(payload: Mapping[str, Any], _view: NotificationView) -> dict[str, Any]:
    if payload.get("appeal_id"):
        return _appeal(payload)
    number = payload.get("report_id")
    said: dict[str, Any] = {"sign": "✓", "chip": "in", "words": _("your report was decided")}
    if number:
        said["details"] = " ".join([_("Report %(number)s.", number=number), str(payload.get("reason") or "")]).strip()
        said |= {"link": f"/reports#report-{number}", "link_words": _("What came of it")}
    return said


def _severed(payload: Mapping[str, Any], _view: NotificationView) -> dict[str, Any]:
    with services().db.read() as session:
        event = session.get(SeveranceRow, payload.get("severance_id") or 0)
    said: dict[str, Any] = {"sign": "✕", "chip": "note", "words": _("follows ended with another server")}
    if event is None:
        return said
    said["details"] = _(
        "%(server)s: %(followers)s who followed you, %(following)s whom you followed.",
        server=event.target_name,
        followers=event.followers,
        following=event.following,
    )
    if event.following:
        said |= {"link": "/settings/moving", "link_words": _("Whom you can follow again")}
    return said


_OF_THE_HOUSE = {
    Kind.HELD: _held,
    Kind.RELEASED: _released,
    Kind.MODERATION_WARNING: _warning,
    Kind.REPORT_OUTCOME: _outcome,
    Kind.SEVERED: _severed,
}
