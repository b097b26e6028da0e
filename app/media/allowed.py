"""Whether a picture may be shown to whoever holds its address: asked anew at each request.

A post's pictures are there while the post is: published, its author and their domain not hidden, and no rule that says
"no media from there". The same answer, nothing, for what never was, what waits and what was taken away.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.cards.rules import is_kept_out as has_no_cards
from app.cards.tables import CardState, PostCardRow, PreviewCardRow
from app.emojis.tables import CustomEmojiRow
from app.federation.wire import uris
from app.media.cache import Picture
from app.media.links import SHAPES, Asked, Links, Place
from app.media.shapes import RECORDINGS, STILLS, Shape, names
from app.posts import visibility
from app.posts.tables import AttachmentRow, PostRow
from app.settings import Settings
from app.uploads import places
from app.uploads.tables import UploadRow, UploadState
from moderation.domains.rules import DomainRules
from moderation.grave.tables import SealedItemRow
from moderation.values import Severity


def picture(session: Session, links: Links, rules: DomainRules, asked: Asked, now: datetime) -> Picture | None:
    """The picture that an address leads to, if it's one of ours and may be shown now."""
    shape = SHAPES[asked.place]
    still = asked.place is Place.DESK and asked.file in STILLS
    if not still and asked.file not in names(shape) and not (shape is Shape.PICTURE and asked.file in RECORDINGS):
        return None
    if asked.expires is not None and asked.expires < now.timestamp():
        return None
    url, domain = _found(session, asked)
    if url is None or not links.made(asked, url):
        return None
    if asked.place is Place.DESK:
        if is_sealed(session, url):
            return None
        return Picture(shape, url, evidence=True, recording=still or asked.file in RECORDINGS)
    if asked.place is Place.MINE:
        return Picture(shape, url)
    if refused(rules, url, domain):
        return None
    if asked.place is Place.CARDS and domain is not None and has_no_cards(rules, domain):
        return None
    if asked.place is Place.ATTACHMENTS:
        return Picture(shape, url, attachment_id=asked.holder, recording=_is_recording(session, asked.holder))
    if asked.place is Place.CARDS:
        return Picture(shape, url)
    return Picture(shape, url, actor_id=asked.holder)


def may_be_had(session: Session, rules: DomainRules, wanted: Picture) -> bool:
    """Whether a film or sound that was asked for may (still) be fetched: evidence from anywhere, else what is shown."""
    if wanted.evidence:
        return True
    found = session.execute(_attached(wanted.attachment_id)).one_or_none()
    return found is not None and found[0] == wanted.url and not refused(rules, found[0], found[1])


def _is_recording(session: Session, attachment_id: int | None) -> bool:
    media_type = session.scalar(select(AttachmentRow.media_type).where(AttachmentRow.id == attachment_id)) or ""
    return media_type.startswith(("video/", "audio/"))


def upload(session: Session, settings: Settings, key: str, file: str) -> Picture | None:
    """A member's picture by the address that other servers are given, while something that is shown shows it."""
    row = session.scalar(select(UploadRow).where(UploadRow.key == key))
    if row is None or row.state is not UploadState.READY or file not in (*names(row.shape), places.MAIN[row.kind]):
        return None
    url = places.address(settings, key, row.kind)
    return Picture(row.shape, url) if session.scalar(_showing(row, url)) is not None else None


def house_emoji(session: Session, settings: Settings, key: str, file: str) -> Picture | None:
    """One of the house's emojis by the address that everybody is given, unless it's disabled."""
    shown = select(CustomEmojiRow.id).where(CustomEmojiRow.key == key, CustomEmojiRow.disabled_at.is_(None))
    if file not in names(Shape.EMOJI) or session.scalar(shown) is None:
        return None
    return Picture(Shape.EMOJI, places.emoji_address(settings, key))


def _showing(row: UploadRow, url: str) -> Select[int]:
    if row.shape is Shape.PICTURE:
        attached = select(AttachmentRow.id).join(PostRow, PostRow.pk == AttachmentRow.post_pk)
        attached = attached.join(ActorRow, ActorRow.id == PostRow.actor_id)
        return attached.where(AttachmentRow.post_pk == row.post_pk, AttachmentRow.url == url, visibility.shown()).limit(
            1
        )
    profile = ActorRow.avatar_url if row.shape is Shape.AVATAR else ActorRow.header_url
    return select(ActorRow.id).where(ActorRow.id == row.account_id, profile == url, visibility.standing(ActorRow))


def _found(session: Session, asked: Asked) -> tuple[str | None, str | None]:
    """Where it is, and the domain of who showed it."""
    if asked.url is not None:
        return asked.url, None
    if asked.place is Place.ATTACHMENTS:
        attached = session.execute(_attached(asked.holder)).one_or_none()
        return (None, None) if attached is None else (attached[0], attached[1])
    if asked.place is Place.CARDS:
        carded = session.execute(_carded(asked.holder)).one_or_none()
        return (None, None) if carded is None else (carded[0], uris.origin(carded[1]))
    actor = session.scalar(select(ActorRow).where(ActorRow.id == asked.holder, visibility.standing(ActorRow)))
    if actor is None:
        return None, None
    return actor.avatar_url if asked.place is Place.AVATARS else actor.header_url, actor.domain


def _attached(holder: int | None) -> Select[str, str]:
    return (
        select(AttachmentRow.url, ActorRow.domain)
        .join(PostRow, PostRow.pk == AttachmentRow.post_pk)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(AttachmentRow.id == holder, visibility.shown())
    )


def _carded(holder: int | None) -> Select[str | None, str]:
    """The picture of a card that is let in, while a post that is shown shows it."""
    return (
        select(PreviewCardRow.picture_url, PreviewCardRow.url)
        .join(PostCardRow, PostCardRow.card_id == PreviewCardRow.id)
        .join(PostRow, PostRow.pk == PostCardRow.post_pk)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(PreviewCardRow.id == holder, PreviewCardRow.state == CardState.READY, visibility.shown())
        .limit(1)
    )


def is_sealed(session: Session, url: str) -> bool:
    """Whether what lies at an address was sealed here: no page shows it, and nothing fetches it again."""
    sealed = select(SealedItemRow.id).where(
        SealedItemRow.address == sha256(url.encode(errors="surrogatepass")).hexdigest()
    )
    return session.scalar(sealed.limit(1)) is not None


def refused(rules: DomainRules, url: str, domain: str | None) -> bool:
    """Whether a rule keeps out the media of who showed it, or of the host where it lies."""
    hosts = {host for host in (uris.origin(url), domain) if host}
    return any(is_kept_out(rules, host) for host in hosts)


def is_kept_out(rules: DomainRules, host: str) -> bool:
    """Whether no picture of this host is shown."""
    rule = rules.named(host)
    return rule is not None and (rule.reject_media or rule.severity is Severity.SUSPEND)
