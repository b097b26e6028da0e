"""What a profile says: the part of an actor that readers see, and that goes through the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.accounts.tables import ActorRow
from app.federation.wire import sanitise
from moderation.values import Author, Media, Origin, SubjectKind, Submission, Visibility

MAX_SHOWN_NAME = 500
MAX_FIELDS = 16
MAX_EMOJIS = 30


@dataclass(frozen=True, slots=True)
class ProfileContent:
    """`summary` and the fields' values are sanitised HTML; names are plain lines."""

    display_name: str = ""
    summary: str = ""
    summary_source: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    avatar_url: str | None = None
    header_url: str | None = None
    emojis: tuple[tuple[str, str], ...] = ()
    """Shortcode and address of each."""

    @property
    def empty(self) -> bool:
        """Whether there's nothing to see, so nothing to judge."""
        return self == ProfileContent()


def content(
    display_name: str,
    summary_html: str,
    fields: Sequence[tuple[str, str]],
    *,
    summary_source: str = "",
    avatar_url: str | None = None,
    header_url: str | None = None,
    emojis: Sequence[tuple[str, str]] = (),
) -> ProfileContent:
    """A profile made of what somebody sent: bounded and sanitised. Field values are HTML."""
    cleaned = ((sanitise.plain_line(name, 255), sanitise.clean(value[:5000])) for name, value in fields[:MAX_FIELDS])
    return ProfileContent(
        display_name=sanitise.plain_line(display_name, MAX_SHOWN_NAME),
        summary=sanitise.clean(summary_html),
        summary_source=summary_source,
        fields=tuple((name, value) for name, value in cleaned if name),
        avatar_url=avatar_url,
        header_url=header_url,
        emojis=tuple(emojis[:MAX_EMOJIS]),
    )


def shown(actor: ActorRow) -> ProfileContent:
    """What readers see now."""
    return ProfileContent(
        display_name=actor.display_name or "",
        summary=actor.summary or "",
        summary_source=actor.summary_source or "",
        fields=_fields(actor.fields or []),
        avatar_url=actor.avatar_url,
        header_url=actor.header_url,
        emojis=_emojis(actor.emojis or []),
    )


def pending(actor: ActorRow) -> ProfileContent | None:
    """What waits, if something does."""
    kept = actor.pending_profile
    return None if kept is None else from_json(kept["content"])


def show(actor: ActorRow, wanted: ProfileContent) -> None:
    """Put it where readers see it; only what passed the door may come here."""
    actor.display_name, actor.summary, actor.summary_source = (
        wanted.display_name,
        wanted.summary,
        wanted.summary_source,
    )
    actor.fields = [{"name": name, "value": value} for name, value in wanted.fields]
    actor.avatar_url, actor.header_url = wanted.avatar_url, wanted.header_url
    actor.emojis = _emoji_rows(wanted)


def to_json(wanted: ProfileContent) -> dict[str, Any]:
    """As `pending_profile` keeps it."""
    rows = [{"name": name, "value": value} for name, value in wanted.fields]
    return asdict(wanted) | {"fields": rows, "emojis": _emoji_rows(wanted)}


def from_json(kept: Mapping[str, Any]) -> ProfileContent:
    """Back from `pending_profile`."""
    emojis = _emojis(kept.get("emojis") or [])
    return ProfileContent(**{**kept, "fields": _fields(kept["fields"]), "emojis": emojis})


def submission(
    actor: ActorRow, author: Author, wanted: ProfileContent, pictures: tuple[Media, ...], now: datetime
) -> Submission:
    """A profile as the door judges it: every word that readers would see, and its pictures."""
    html = "\n".join([wanted.summary, *(value for _name, value in wanted.fields)])
    return Submission(
        uri=actor.uri,
        kind=SubjectKind.PROFILE,
        author=author,
        visibility=Visibility.PUBLIC,
        text=text(wanted),
        html=html,
        links=tuple(link.href for link in sanitise.links_of(html)),
        media=pictures,
        submitted_at=now,
        seen_by=author.followers_here + (1 if author.origin is Origin.LOCAL else 0),
    )


def picture_urls(wanted: ProfileContent) -> tuple[str, ...]:
    """Where its pictures are."""
    return tuple(url for url in (wanted.avatar_url, wanted.header_url) if url)


def text(wanted: ProfileContent) -> str:
    """Every word of it."""
    fields = (f"{name}: {sanitise.text_of(value)}" for name, value in wanted.fields)
    return "\n".join(part for part in (wanted.display_name, sanitise.text_of(wanted.summary), *fields) if part)


def _fields(rows: Sequence[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((row["name"], row["value"]) for row in rows)


def _emojis(rows: Sequence[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((row["shortcode"], row["url"]) for row in rows)


def _emoji_rows(wanted: ProfileContent) -> list[dict[str, str]]:
    return [{"shortcode": shortcode, "url": url} for shortcode, url in wanted.emojis]
